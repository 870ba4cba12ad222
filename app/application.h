/* The application: one program, its window, and what belongs to neither panel nor session: theme, help, about, quit.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <adwaita.h>

#define ODL_TYPE_APPLICATION (odl_application_get_type ())
G_DECLARE_FINAL_TYPE (OdlApplication, odl_application, ODL, APPLICATION, AdwApplication)

OdlApplication *odl_application_new (void);
/* Opens the window, and the session named in argv if there is one; returns the exit status. Without a display: one line on
 * stderr, and 1. */
int odl_application_main (int argc, char **argv);
