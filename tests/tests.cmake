# The tests that are not test-*.c programs: the layering, the command line, the files of the package.
# SPDX-License-Identifier: MIT
find_program (BASH bash)
if (BASH AND EXISTS ${CMAKE_SOURCE_DIR}/tests/lint/lint)
  add_test (NAME lint COMMAND ${CMAKE_SOURCE_DIR}/tests/lint/lint $<TARGET_FILE:core>)
  add_test (NAME lint-catches-faults COMMAND ${CMAKE_SOURCE_DIR}/tests/lint/lint-catches-faults)
endif ()

if (ODELAB_GUI AND EXISTS ${CMAKE_SOURCE_DIR}/resources/install.cmake)
  find_program (DESKTOP_FILE_VALIDATE desktop-file-validate)
  if (DESKTOP_FILE_VALIDATE)
    add_test (NAME package-desktop COMMAND ${DESKTOP_FILE_VALIDATE} ${CMAKE_BINARY_DIR}/data/${APP_ID}.desktop)
  endif ()
  find_program (APPSTREAMCLI appstreamcli)
  if (APPSTREAMCLI)
    add_test (NAME package-metainfo
      COMMAND ${APPSTREAMCLI} validate --no-net ${CMAKE_BINARY_DIR}/data/${APP_ID}.metainfo.xml)
  endif ()
  find_program (XMLLINT xmllint)
  if (XMLLINT)
    add_test (NAME package-mime COMMAND ${XMLLINT} --noout ${CMAKE_SOURCE_DIR}/resources/${APP_ID}.mime.xml)
  endif ()
endif ()

# The command line, through the real program.
if (ODELAB_GUI)
  file (GLOB cli_tests CONFIGURE_DEPENDS tests/cli/test-*.c)
  foreach (source ${cli_tests})
    get_filename_component (name ${source} NAME_WE)
    add_executable (cli-${name} ${source} tests/cli/cli.c)
    target_include_directories (cli-${name} PRIVATE tests)
    target_link_libraries (cli-${name} PRIVATE odelab_flags PkgConfig::GLIB PkgConfig::JANSSON m)
    add_dependencies (cli-${name} odelab)
    add_test (NAME cli-${name} COMMAND cli-${name} --tap)
    set_tests_properties (cli-${name} PROPERTIES TIMEOUT 600 ENVIRONMENT ODELAB=$<TARGET_FILE:odelab>)
  endforeach ()
endif ()

# What measures time has the machine to itself.
foreach (name contract-test-stops core-test-worker-life)
  if (TEST ${name})
    set_tests_properties (${name} PROPERTIES RUN_SERIAL ON)
  endif ()
endforeach ()
