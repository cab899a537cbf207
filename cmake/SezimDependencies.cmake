# SPDX-License-Identifier: Apache-2.0
# What sezim links: Debian packages, and ONNX Runtime out of registry packages (scripts/setup.sh fetches it).

find_package(PkgConfig REQUIRED)
pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET
                  libavformat>=59 libavcodec>=59 libavutil>=57 libswresample>=4 libswscale>=6)
pkg_check_modules(CHROMAPRINT REQUIRED IMPORTED_TARGET libchromaprint>=1.4)
pkg_check_modules(LBFGS REQUIRED IMPORTED_TARGET liblbfgs)
find_package(OpenCV 4.5 REQUIRED COMPONENTS core imgproc ml objdetect)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(LibArchive REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_library(SVM_LIBRARY svm REQUIRED)
find_library(LINEAR_LIBRARY linear REQUIRED)
find_package(Threads REQUIRED)

if(DEFINED ENV{SEZIM_CACHE})
  set(SEZIM_CACHE_DEFAULT "$ENV{SEZIM_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(SEZIM_CACHE_DEFAULT "$ENV{XDG_CACHE_HOME}/sezim")
else()
  set(SEZIM_CACHE_DEFAULT "$ENV{HOME}/.cache/sezim")
endif()
set(SEZIM_ONNXRUNTIME_ROOT "${SEZIM_CACHE_DEFAULT}/deps/onnxruntime" CACHE PATH
    "A folder with include/onnxruntime_cxx_api.h and lib/libonnxruntime.so")

find_path(ONNXRUNTIME_INCLUDE_DIR onnxruntime_cxx_api.h PATHS "${SEZIM_ONNXRUNTIME_ROOT}/include" NO_DEFAULT_PATH)
find_library(ONNXRUNTIME_LIBRARY onnxruntime PATHS "${SEZIM_ONNXRUNTIME_ROOT}/lib" NO_DEFAULT_PATH)
if(NOT ONNXRUNTIME_INCLUDE_DIR OR NOT ONNXRUNTIME_LIBRARY)
  message(FATAL_ERROR "ONNX Runtime is not in ${SEZIM_ONNXRUNTIME_ROOT}: run scripts/setup.sh, "
                      "or set SEZIM_ONNXRUNTIME_ROOT to where it is")
endif()
add_library(onnxruntime SHARED IMPORTED)
set_target_properties(onnxruntime PROPERTIES IMPORTED_LOCATION "${ONNXRUNTIME_LIBRARY}")
target_include_directories(onnxruntime SYSTEM INTERFACE "${ONNXRUNTIME_INCLUDE_DIR}")

set(SEZIM_CHARTS_FOLDER "${SEZIM_CACHE_DEFAULT}/deps/web" CACHE PATH
    "A folder with vega, vega-lite and vega-embed, each with its LICENSE and build/NAME.min.js")
foreach(library IN ITEMS vega vega-lite vega-embed)
  if(NOT EXISTS "${SEZIM_CHARTS_FOLDER}/${library}/build/${library}.min.js")
    message(FATAL_ERROR "${library} is not in ${SEZIM_CHARTS_FOLDER}: run scripts/setup.sh, "
                        "or set SEZIM_CHARTS_FOLDER to where it is")
  endif()
endforeach()

# libtorch, for training only. Its own headers are found by their folder, without the CMake package, which asks for CUDA.
if(SEZIM_TRAINING)
  set(SEZIM_LIBTORCH_ROOT "${SEZIM_CACHE_DEFAULT}/deps/libtorch" CACHE PATH
      "A folder with include/ATen/ATen.h and lib/libtorch_cpu.so, of libtorch 2.15")
  if(NOT EXISTS "${SEZIM_LIBTORCH_ROOT}/lib/libtorch_cpu.so")
    message(FATAL_ERROR "libtorch is not in ${SEZIM_LIBTORCH_ROOT}: run scripts/setup.sh --training, "
                        "set SEZIM_LIBTORCH_ROOT to where it is, or configure with -DSEZIM_TRAINING=OFF")
  endif()
  add_library(libtorch INTERFACE IMPORTED)
  target_include_directories(libtorch SYSTEM INTERFACE "${SEZIM_LIBTORCH_ROOT}/include")
  target_link_libraries(libtorch INTERFACE "${SEZIM_LIBTORCH_ROOT}/lib/libtorch_cpu.so" "${SEZIM_LIBTORCH_ROOT}/lib/libc10.so")
  target_compile_definitions(libtorch INTERFACE AT_PER_OPERATOR_HEADERS)
endif()
