# Clang's libraries, which tenon-autograph is built on: TENON_BUILD_AUTOGRAPH is ON where they are found.
# find_package(Clang) is of no use: it wants every program of Clang's own build, which Debian spreads over packages.
find_library(TENON_CLANG_CPP NAMES libclang-cpp.so.${LLVM_VERSION_MAJOR}.${LLVM_VERSION_MINOR}
  libclang-cpp.so.${LLVM_VERSION_MAJOR} clang-cpp HINTS ${LLVM_LIBRARY_DIRS} NO_DEFAULT_PATH)
find_path(TENON_CLANG_INCLUDE_DIR clang/Tooling/Tooling.h HINTS ${LLVM_INCLUDE_DIRS} NO_DEFAULT_PATH)
find_path(TENON_CLANG_RESOURCE_DIR include/stddef.h
  HINTS ${LLVM_LIBRARY_DIRS}/clang/${LLVM_VERSION_MAJOR} NO_DEFAULT_PATH)
mark_as_advanced(TENON_CLANG_CPP TENON_CLANG_INCLUDE_DIR TENON_CLANG_RESOURCE_DIR)

set(clang_found OFF)
if(TENON_CLANG_CPP AND TENON_CLANG_INCLUDE_DIR AND TENON_CLANG_RESOURCE_DIR)
  set(clang_found ON)
endif()
option(TENON_BUILD_AUTOGRAPH "Build tenon-autograph, which rewrites native control flow on Tensors" ${clang_found})
if(TENON_BUILD_AUTOGRAPH AND NOT clang_found)
  message(FATAL_ERROR "TENON_BUILD_AUTOGRAPH is ON, but Clang ${LLVM_VERSION_MAJOR}'s libraries or headers are not beside "
                      "LLVM's in ${LLVM_LIBRARY_DIRS}: install libclang-${LLVM_VERSION_MAJOR}-dev, or set it OFF")
elseif(NOT TENON_BUILD_AUTOGRAPH)
  message(STATUS "tenon-autograph is not built: libclang-${LLVM_VERSION_MAJOR}-dev is missing, or TENON_BUILD_AUTOGRAPH is OFF")
endif()
