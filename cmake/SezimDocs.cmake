# SPDX-License-Identifier: Apache-2.0
# The target "doc": the library's documentation by Doxygen; where that is not installed, it says how to.

find_package(Doxygen QUIET)
if(DOXYGEN_FOUND)
  set(DOXYGEN_PROJECT_NAME "sezim")
  set(DOXYGEN_PROJECT_BRIEF "${PROJECT_DESCRIPTION}")
  set(DOXYGEN_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/doc")
  set(DOXYGEN_USE_MDFILE_AS_MAINPAGE "${PROJECT_SOURCE_DIR}/README.md")
  set(DOXYGEN_EXTRACT_ALL YES)
  set(DOXYGEN_EXCLUDE_PATTERNS "*_test.cc")
  set(DOXYGEN_QUIET YES)
  set(DOXYGEN_WARN_IF_UNDOCUMENTED NO)
  set(DOXYGEN_GENERATE_LATEX NO)
  set(DOXYGEN_DOT_GRAPH_MAX_NODES 250)
  set(DOXYGEN_FILTER_PATTERNS "\"*.h=sed -f ${PROJECT_SOURCE_DIR}/cmake/doxygen_filter.sed\"")
  doxygen_add_docs(doc README.md CONTRIBUTING.md CHANGELOG.md docs src/sezim COMMENT "Documentation in ${PROJECT_BINARY_DIR}/doc/html")
else()
  add_custom_target(doc
    COMMAND "${CMAKE_COMMAND}" -E echo "Doxygen is not installed: apt-get install doxygen graphviz, then configure again (cmake --preset ...)"
    COMMAND "${CMAKE_COMMAND}" -E false VERBATIM)
endif()
