# tenon_add_autograph(): native control flow on Tensors, at build time. Installed with the package.
#
#   add_executable(train main.cpp model.cpp)
#   target_link_libraries(train PRIVATE Tenon::frontend)
#   tenon_add_autograph(train model.cpp ...)
#
# rewrites functions marked TENON_FUNCTION in model.cpp, and compiles the result in place of model.cpp, whether or not
# the target names that file itself. The tool sees the file as the compiler does: with the target's standard, include
# directories, definitions, options and precompiled headers, those of what it links included. It runs again when the file, a header, an
# option or the tool changes. Errors, debuggers and coverage name the lines of model.cpp.
#
# For a model that tenon_add_model(digits SOURCES digits.cpp) makes, the target is digits_trace.
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

function(tenon_add_autograph target)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "tenon_add_autograph(${target}): there is no such target; call it after add_executable or "
                        "add_library")
  endif()
  get_target_property(target_dir ${target} SOURCE_DIR)
  if(NOT target_dir STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    message(FATAL_ERROR "tenon_add_autograph(${target}): has to be called where the target is made, in ${target_dir}")
  endif()
  if(NOT ARGN)
    message(FATAL_ERROR "tenon_add_autograph(${target}): which files? Name those that have a TENON_FUNCTION")
  endif()
  if(NOT TARGET Tenon::autograph)
    message(FATAL_ERROR "tenon_add_autograph(${target}): this Tenon was built without tenon-autograph; build it where "
                        "libclang-22-dev is installed")
  endif()

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}.autograph")
  file(MAKE_DIRECTORY "${folder}")
  set(options "${folder}/options.$<CONFIG>")
  tenon_autograph_write_options(${target} "${options}" "${folder}/precompiled.$<CONFIG>.h")

  get_target_property(sources ${target} SOURCES)
  foreach(file IN LISTS ARGN)
    get_filename_component(path "${file}" ABSOLUTE)
    get_filename_component(source_dir "${path}" DIRECTORY)
    file(RELATIVE_PATH name "${CMAKE_CURRENT_SOURCE_DIR}" "${path}")
    string(REPLACE "../" "" name "${name}")
    set(generated "${folder}/${name}")
    get_filename_component(generated_dir "${generated}" DIRECTORY)
    file(MAKE_DIRECTORY "${generated_dir}")

    # Options of this one file, the compiler's and the tool's alike.
    set(own_options)
    get_source_file_property(definitions "${path}" COMPILE_DEFINITIONS)
    if(definitions)
      list(TRANSFORM definitions PREPEND "-D" OUTPUT_VARIABLE flags)
      list(APPEND own_options ${flags})
    endif()
    get_source_file_property(more "${path}" COMPILE_OPTIONS)
    if(more)
      list(APPEND own_options ${more})
    endif()

    add_custom_command(
      OUTPUT "${generated}"
      COMMAND Tenon::autograph "${path}" -o "${generated}" --depfile "${generated}.d" -- "@${options}" ${own_options}
      DEPENDS "${path}" "${options}" Tenon::autograph
      DEPFILE "${generated}.d"
      COMMENT "Rewriting control flow of ${name}"
      VERBATIM)
    # What the file includes in quotes is beside it, not beside what is compiled.
    set_source_files_properties("${generated}" PROPERTIES COMPILE_OPTIONS "-iquote${source_dir};${own_options}")
    target_sources(${target} PRIVATE "${generated}")

    set(kept)
    foreach(source IN LISTS sources)
      get_filename_component(source_path "${source}" ABSOLUTE)
      if(NOT source_path STREQUAL path)
        list(APPEND kept "${source}")
      endif()
    endforeach()
    set(sources "${kept}")
    get_target_property(now ${target} SOURCES)
    list(FILTER now INCLUDE REGEX "\\.autograph/")
    set_target_properties(${target} PROPERTIES SOURCES "${sources};${now}")
  endforeach()
endfunction()

# Writes how the target's C++ files are compiled, an option a line, and what its precompiled header includes. Only file(GENERATE) may ask for a target's options:
# they may differ by language.
function(tenon_autograph_write_options target output precompiled)
  set(includes "$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>")
  set(definitions "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
  set(compile_options "$<TARGET_PROPERTY:${target},COMPILE_OPTIONS>")
  set(features "$<TARGET_PROPERTY:${target},COMPILE_FEATURES>")
  set(extensions "$<TARGET_PROPERTY:${target},CXX_EXTENSIONS>")
  set(standard "$<TARGET_PROPERTY:${target},CXX_STANDARD>")

  # The later one of the target's own standard and of what it links requires; Tenon's headers require C++20.
  set(required "$<IF:$<IN_LIST:cxx_std_26,${features}>,26,$<IF:$<IN_LIST:cxx_std_23,${features}>,23,20>>")
  set(language "$<IF:$<OR:$<STREQUAL:${extensions},>,$<BOOL:${extensions}>>,gnu++,c++>")
  set(lines "-std=${language}$<IF:$<VERSION_GREATER:0${standard},${required}>,${standard},${required}>\n")
  foreach(setting IN ITEMS SYSROOT:--sysroot= CXX_COMPILER_TARGET:--target=)
    string(REGEX MATCH "^([A-Z_]+):(.*)$" matched "${setting}")
    if(CMAKE_${CMAKE_MATCH_1})
      string(APPEND lines "${CMAKE_MATCH_2}${CMAKE_${CMAKE_MATCH_1}}\n")
    endif()
  endforeach()

  separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS}")
  foreach(flag IN LISTS flags)
    string(APPEND lines "${flag}\n")
  endforeach()
  foreach(config IN LISTS CMAKE_CONFIGURATION_TYPES CMAKE_BUILD_TYPE)
    string(TOUPPER "${config}" upper)
    separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS_${upper}}")
    foreach(flag IN LISTS flags)
      string(APPEND lines "$<$<CONFIG:${config}>:${flag}\n>")
    endforeach()
  endforeach()

  # The compiler reads a precompiled header that CMake makes; the tool, what goes into it. Of those of another target, if
  # the target is told so before. Names in <> or quotes are written as they are.
  get_target_property(reused ${target} PRECOMPILE_HEADERS_REUSE_FROM)
  if(reused)
    set(headers "$<TARGET_PROPERTY:${reused},PRECOMPILE_HEADERS>")
  else()
    set(headers "$<TARGET_PROPERTY:${target},PRECOMPILE_HEADERS>")
  endif()
  set(marked "$<FILTER:${headers},INCLUDE,^[<\"]>")
  set(plain "$<FILTER:${headers},EXCLUDE,^[<\"]>")
  set(text "// What the precompiled header of ${target} includes.\n")
  string(APPEND text "$<$<BOOL:${marked}>:#include $<JOIN:${marked},\n#include >\n>")
  string(APPEND text "$<$<BOOL:${plain}>:#include \"$<JOIN:${plain},\"\n#include \">\"\n>")
  file(GENERATE OUTPUT "${precompiled}" CONTENT "${text}" TARGET ${target} CONDITION "$<COMPILE_LANGUAGE:CXX>")
  string(APPEND lines "$<$<BOOL:${headers}>:-include\n${precompiled}\n>")

  string(APPEND lines "$<$<BOOL:${includes}>:-I$<JOIN:${includes},\n-I>\n>")
  string(APPEND lines "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},\n-D>\n>")
  string(APPEND lines "$<$<BOOL:${compile_options}>:$<JOIN:${compile_options},\n>\n>")
  file(GENERATE OUTPUT "${output}" CONTENT "${lines}" TARGET ${target} CONDITION "$<COMPILE_LANGUAGE:CXX>")
endfunction()

cmake_policy(POP)
