# The installed package: find_package(Tenon) gives Tenon::runtime, Tenon::frontend,
# tenon_add_model() and tenon_add_autograph().
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Tenon")

# The frontend is installed as one shared library: the compiler inside it is hidden, so that a user's program links
# neither MLIR nor LLVM, whatever version of them it may use itself. In this build the static one is quicker to link.
if(TARGET TenonFrontend)
  add_library(TenonFrontendShared SHARED $<TARGET_OBJECTS:TenonFrontend>)
  get_target_property(frontend_links TenonFrontend LINK_LIBRARIES)
  target_link_libraries(TenonFrontendShared PRIVATE ${frontend_links})
  target_link_options(TenonFrontendShared PRIVATE LINKER:--exclude-libs,ALL)
  target_include_directories(TenonFrontendShared INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_compile_features(TenonFrontendShared INTERFACE cxx_std_20)
  set_target_properties(TenonFrontendShared PROPERTIES OUTPUT_NAME tenon EXPORT_NAME frontend
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  install(TARGETS TenonFrontendShared EXPORT TenonTargets)
  install(DIRECTORY python-free-frontend/include/tenon DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  if(NOT TARGET Tenon::frontend)
    add_library(Tenon::frontend ALIAS TenonFrontend)
  endif()
endif()

install(EXPORT TenonTargets NAMESPACE Tenon:: DESTINATION "${package_dir}")
configure_package_config_file(cmake/TenonConfig.cmake.in TenonConfig.cmake INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(TenonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/TenonConfig.cmake" "${PROJECT_BINARY_DIR}/TenonConfigVersion.cmake"
  cmake/TenonAddModel.cmake cmake/TenonAddAutograph.cmake DESTINATION "${package_dir}")
install(PROGRAMS scripts/build-runtime.sh DESTINATION "${CMAKE_INSTALL_DATADIR}/tenon")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
