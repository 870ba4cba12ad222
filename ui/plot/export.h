/* Bytes of a page in each file format.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/figure.h"

/* Draws the page at its size in px, the upper left at (0, 0). */
typedef struct {
  const OdlFigure *figure;
  const OdlPlot *plot;          /* one plot only, or NULL */
  const OdlExport *options;
} OdlPage;
void odl_page_draw (const OdlPage *page, cairo_t *cr);
const char *odl_page_title (const OdlPage *page);

/* Each returns the whole file, or NULL and error. */
GByteArray *odl_page_to_png (const OdlPage *page, GError **error);
GByteArray *odl_page_to_svg (const OdlPage *page, GError **error);
GByteArray *odl_page_to_pdf (const OdlPage *page, GError **error);
/* Sets error from a cairo status; TRUE: there was none. */
gboolean odl_page_check (cairo_status_t status, GError **error);
cairo_status_t odl_page_collect (void *bytes, const unsigned char *data, unsigned length);
