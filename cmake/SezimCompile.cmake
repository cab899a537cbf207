# SPDX-License-Identifier: Apache-2.0
# How our own code is compiled: C++20, every warning an error, ccache and mold where they are.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(SEZIM_CCACHE ccache)
if(SEZIM_CCACHE)
  # What is compiled with precompiled headers is kept too (ccache(1), "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${SEZIM_CCACHE}")
endif()
find_program(SEZIM_MOLD mold)
if(SEZIM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(sezim_warnings INTERFACE)
target_compile_options(sezim_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(sezim_warnings INTERFACE -Wno-restrict)  # false alarms on std::string (GCC bug 105329)
endif()

if(SEZIM_SANITIZE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False alarms in instrumented code, but the first one on std::string.
    target_compile_options(sezim_warnings INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds
                           -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
  add_compile_options(-fsanitize=${SEZIM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SEZIM_SANITIZE})
endif()
