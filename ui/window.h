/* The window: panels, header, actions, and the session it works on.
 * SPDX-License-Identifier: MIT
 *
 * Every operation is an action "win.…", those that ask for something also in a form that is told (open-path, save-path,
 * export-path, import-path, set, scrub, panel), so that scripts and tests drive the window as a hand does. */
#pragma once

#include <adwaita.h>
#include "document.h"
#include "panel.h"
#include "widgets/notice.h"

#define ODL_TYPE_WINDOW (odl_window_get_type ())
G_DECLARE_FINAL_TYPE (OdlWindow, odl_window, ODL, WINDOW, AdwApplicationWindow)

/* With a worker of its own; threads: of its pool, 0 = one per core. NULL with an error. */
OdlWindow *odl_window_new (GtkApplication *application, guint threads, GError **error);
/* Asks first if there is unsaved work. A file that cannot be opened leaves everything as it is, and says why. */
void odl_window_open (OdlWindow *window, const char *path);

OdlPanel *odl_window_get_panel (OdlWindow *window, const char *id);   /* NULL: no such experiment */
OdlPanel *odl_window_get_shown (OdlWindow *window);
OdlDocument *odl_window_get_document (OdlWindow *window);
OdlNotice *odl_window_get_notice (OdlWindow *window);
/* The question that is open (save, discard, cancel), or NULL. */
GtkWidget *odl_window_get_question (OdlWindow *window);
/* The window as it is drawn. NULL before it is. */
GdkTexture *odl_window_to_texture (OdlWindow *window);
