# The tests that are not test-*.c programs: the layering, the command line, the files of the package.
# SPDX-License-Identifier: MIT
find_program (BASH bash)
if (BASH AND EXISTS ${CMAKE_SOURCE_DIR}/tests/lint/lint)
  add_test (NAME lint COMMAND ${CMAKE_SOURCE_DIR}/tests/lint/lint $<TARGET_FILE:core>)
  add_test (NAME lint-catches-faults COMMAND ${CMAKE_SOURCE_DIR}/tests/lint/lint-catches-faults)
endif ()
