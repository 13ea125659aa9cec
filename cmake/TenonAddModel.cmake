# tenon_add_model(): from a tracing program to a library, at build time. Installed with the package.
#
#   tenon_add_model(digits SOURCES trace.cpp [NAMES digits ...] [DATA w0.npy ...] [ARGUMENTS ...])
#
# builds SOURCES as a program (digits_trace) with the frontend and runs it in ${CMAKE_CURRENT_BINARY_DIR}/digits. The
# program has to write NAME.o, NAME.h and NAME.hpp there for each of NAMES (the target's own name by default), as
# tenon::Program::write("NAME.o") does. The result is a library target: what links to it finds the headers, the objects
# and the runtime.
#
#   target_link_libraries(my_program PRIVATE digits)      # and #include "digits.h"
#
# DATA files are copied beside the program's outputs before it runs, so that it reads them by their plain names; when
# one of them, or a source, changes, the model is made again. ARGUMENTS go to the program.
function(tenon_add_model name)
  cmake_parse_arguments(arg "" "" "SOURCES;NAMES;DATA;ARGUMENTS" ${ARGN})
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "tenon_add_model(${name}): SOURCES is missing; expected the tracing program's files")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tenon_add_model(${name}): unknown arguments: ${arg_UNPARSED_ARGUMENTS}; "
                        "expected SOURCES, NAMES, DATA or ARGUMENTS")
  endif()
  if(NOT TARGET Tenon::frontend)
    message(FATAL_ERROR "tenon_add_model(${name}): there is no Tenon::frontend to trace with; this package of Tenon "
                        "has the runtime only")
  endif()
  if(NOT arg_NAMES)
    set(arg_NAMES ${name})
  endif()

  add_executable(${name}_trace EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_link_libraries(${name}_trace PRIVATE Tenon::frontend)

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}")
  file(MAKE_DIRECTORY "${folder}")
  set(copies)
  set(inputs)
  foreach(file IN LISTS arg_DATA)
    get_filename_component(path "${file}" ABSOLUTE)
    list(APPEND inputs "${path}")
    list(APPEND copies COMMAND "${CMAKE_COMMAND}" -E copy_if_different "${path}" "${folder}")
  endforeach()
  set(objects)
  set(headers)
  foreach(model IN LISTS arg_NAMES)
    list(APPEND objects "${folder}/${model}.o")
    list(APPEND headers "${folder}/${model}.h" "${folder}/${model}.hpp")
  endforeach()
  add_custom_command(
    OUTPUT ${objects} ${headers}
    ${copies}
    COMMAND ${name}_trace ${arg_ARGUMENTS}
    WORKING_DIRECTORY "${folder}"
    DEPENDS ${name}_trace ${inputs}
    COMMENT "Tracing and compiling ${arg_NAMES}"
    VERBATIM)

  set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  add_library(${name} STATIC ${objects} ${headers})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
  target_include_directories(${name} INTERFACE "${folder}")
  target_link_libraries(${name} PUBLIC Tenon::runtime)
endfunction()
