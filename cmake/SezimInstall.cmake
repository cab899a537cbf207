# SPDX-License-Identifier: Apache-2.0
# cmake --install: the program, the library with its headers, ONNX Runtime beside it, scripts and model cards, and a
# CMake package: find_package(sezim) gives the target sezim::sezim.

include(CMakePackageConfigHelpers)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/sezim")

install(TARGETS sezim_program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS sezim EXPORT sezimTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT sezimTargets NAMESPACE sezim:: DESTINATION "${package_folder}")
install(FILES "${ONNXRUNTIME_LIBRARY}" DESTINATION "${SEZIM_MODULE_FOLDER}")
if(SEZIM_TRAINING)
  install(TARGETS sezim_torch LIBRARY DESTINATION "${SEZIM_MODULE_FOLDER}")
endif()
install(DIRECTORY src/sezim DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h"
        PATTERN "cli" EXCLUDE PATTERN "ffmpeg.h" EXCLUDE PATTERN "luma.h" EXCLUDE PATTERN "catalog_storage.h" EXCLUDE PATTERN "training" EXCLUDE)
install(DIRECTORY models/ DESTINATION "${CMAKE_INSTALL_DATADIR}/sezim/models"
        PATTERN "__pycache__" EXCLUDE PATTERN "test_*" EXCLUDE)
install(DIRECTORY feature-sets DESTINATION "${CMAKE_INSTALL_DATADIR}/sezim")
install(DIRECTORY label-maps DESTINATION "${CMAKE_INSTALL_DATADIR}/sezim")
install(FILES LICENSE README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")

configure_package_config_file(cmake/sezimConfig.cmake.in "${PROJECT_BINARY_DIR}/sezimConfig.cmake"
                              INSTALL_DESTINATION "${package_folder}" PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/sezimConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/sezimConfig.cmake" "${PROJECT_BINARY_DIR}/sezimConfigVersion.cmake"
        DESTINATION "${package_folder}")
