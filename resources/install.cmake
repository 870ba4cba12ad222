# What is installed beside the program, and the Debian package.
# SPDX-License-Identifier: MIT
set (DATA ${CMAKE_BINARY_DIR}/data)
foreach (kind desktop metainfo.xml service)
  configure_file (resources/${APP_ID}.${kind}.in ${DATA}/${APP_ID}.${kind} @ONLY)
endforeach ()

install (TARGETS odelab RUNTIME)
install (FILES ${DATA}/${APP_ID}.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install (FILES ${DATA}/${APP_ID}.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
install (FILES ${DATA}/${APP_ID}.service DESTINATION ${CMAKE_INSTALL_DATADIR}/dbus-1/services)
install (FILES resources/${APP_ID}.mime.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages RENAME ${APP_ID}.xml)
file (GLOB ICON resources/icons/${APP_ID}.svg)
file (GLOB SYMBOLIC_ICON resources/icons/${APP_ID}-symbolic.svg)
install (FILES ${ICON} DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
install (FILES ${SYMBOLIC_ICON} DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/symbolic/apps)
install (FILES resources/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/odelab)

# Compressed without time stamps, so that the package is the same for the same sources.
find_program (GZIP gzip REQUIRED)
foreach (pair "odelab.1|${CMAKE_INSTALL_MANDIR}/man1" "changelog|${CMAKE_INSTALL_DATADIR}/doc/odelab")
  string (REPLACE "|" ";" pair ${pair})
  list (GET pair 0 name)
  list (GET pair 1 folder)
  add_custom_command (OUTPUT ${DATA}/${name}.gz DEPENDS ${CMAKE_SOURCE_DIR}/resources/${name}
    COMMAND ${GZIP} -9nc ${CMAKE_SOURCE_DIR}/resources/${name} > ${DATA}/${name}.gz)
  list (APPEND compressed ${DATA}/${name}.gz)
  install (FILES ${DATA}/${name}.gz DESTINATION ${folder})
endforeach ()
add_custom_target (compressed ALL DEPENDS ${compressed})

set (CPACK_GENERATOR DEB)
set (CPACK_PACKAGE_NAME odelab)
set (CPACK_PACKAGE_CONTACT "The Odelab developers <odelab@example.org>")
set (CPACK_PACKAGE_DESCRIPTION_SUMMARY "laboratory for neural ordinary differential equations")
set (CPACK_PACKAGE_DESCRIPTION "Solves, trains and shows neural ordinary differential equations, live, with
sessions, export and a command line.")
set (CPACK_PACKAGING_INSTALL_PREFIX /usr)
set (CPACK_STRIP_FILES ON)
set (CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set (CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set (CPACK_DEBIAN_PACKAGE_SECTION science)
set (CPACK_DEBIAN_PACKAGE_RECOMMENDS "adwaita-icon-theme, librsvg2-common")
include (CPack)
