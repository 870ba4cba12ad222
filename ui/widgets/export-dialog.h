/* The dialog that asks what is to be exported and how.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

typedef struct {
  const char *plot;     /* id, or NULL: the whole panel */
  const char *ending;   /* ".png", … */
  double scale;
} OdlExportChoice;

typedef void (*OdlExportChosen) (gpointer data, const OdlExportChoice *choice);

/* ids and titles of the plots, NULL-terminated; `plot` is chosen at first (NULL: the whole panel). Calls at most once.
 * `free_data` is called in the end, whatever was chosen. */
GtkWidget *odl_export_dialog_new (GtkWindow *parent, const char *const *ids, const char *const *titles, const char *plot,
                                  OdlExportChosen chosen, gpointer data, GDestroyNotify free_data);
