# Settings that every room shares: standard, warnings, ccache, linker, where programs go.
include(GNUInstallDirs)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Installed tools and libtenon.so find libMLIR.so where this build found it.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

# -O2 -DNDEBUG instead of -O3: the compiler's own speed does not change and it builds faster.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
# libstdc++ 12 marks std::get_temporary_buffer deprecated and uses it in stable_sort: clang says so at every use.
add_compile_options(-Wall -Wextra -Wno-unused-parameter -Wno-deprecated-declarations)
if(TENON_WERROR)
  add_compile_options(-Werror)
endif()

if(TENON_CCACHE)
  find_program(TENON_CCACHE_PROGRAM ccache)
  if(TENON_CCACHE_PROGRAM)
    # Sloppiness lets ccache see through the precompiled header.
    set(ccache_command ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${TENON_CCACHE_PROGRAM})
    set(CMAKE_C_COMPILER_LAUNCHER ${ccache_command})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${ccache_command})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      add_compile_options($<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang\ -fno-pch-timestamp>)
    endif()
  endif()
endif()

find_program(TENON_LLD NAMES ld.lld-22 PATHS /usr/lib/llvm-22/bin)
if(TENON_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=${TENON_LLD})
endif()
