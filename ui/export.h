/* Writing figures into files without making the window wait: the figure is made again from the frame, in a thread.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "panel.h"
#include "plot/figure.h"

typedef struct {
  const char *path;      /* its ending says what is written: .png .svg .pdf .csv */
  const char *plot;      /* id, or NULL: the whole panel */
  double scale;          /* of PNG; 0: 1 */
  double width, height;  /* of the page; 0: as on the screen */
} OdlExportOrder;

typedef void (*OdlExported) (gpointer data, const char *path, const GError *error);
/* Exports what the panel shows: the same frame, scrubber, zoom and hidden series. */
void odl_export_panel (OdlPanel *panel, const OdlExportOrder *order, OdlExported done, gpointer data);
/* What the panel shows, all plots, as an image. NULL: nothing is shown. */
GdkTexture *odl_export_to_texture (OdlPanel *panel, double scale);
