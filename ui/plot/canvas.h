/* Where a plot is drawn: the cairo_t, the colours of the theme, and text.
 * SPDX-License-Identifier: MIT
 *
 * All text goes through odl_canvas_text, so that an exporter can take the words instead of their outlines (text-record.h). */
#pragma once

#include <pango/pangocairo.h>

#include "plot/draw.h"
#include "plot/palette.h"

typedef struct {
  cairo_t *cr;                  /* NULL: measures only */
  OdlTheme theme;
  double em;                    /* px of the font */
  gboolean vector;              /* SVG or PDF: no hand-made pixels where shapes will do */
  double scale;                 /* pixels of the target per px; images in vector files have 2 */
  gboolean whole;               /* glyphs lie on pixels */
  PangoContext *context;
  PangoFontDescription *font;
  PangoLayout *layout;          /* of the text at hand: `scratch`, or one that is kept */
  PangoLayout *scratch;
  double size_set;              /* what `scratch` is set to */
  gboolean bold_set;
} OdlCanvas;

typedef struct {
  double size;                  /* in em; 0: 1 */
  gboolean bold;
  int color;                    /* a colour of plot.h */
  double alpha;                 /* 0: 1 */
  double anchor_x, anchor_y;    /* 0 left, top … 1 right, bottom: what of the text lies at the point */
  double width;                 /* px; > 0: cut with an ellipsis, or wrapped */
  gboolean wrap;
  gboolean upward;              /* turned by a quarter, to be read from the right */
} OdlWords;

void odl_canvas_init (OdlCanvas *canvas, cairo_t *cr, const OdlTheme *theme);
void odl_canvas_clear (OdlCanvas *canvas);
void odl_canvas_color (OdlCanvas *canvas, int color, double alpha);
void odl_canvas_rgb (OdlCanvas *canvas, OdlRgb color, double alpha);
void odl_canvas_measure (OdlCanvas *canvas, const char *text, const OdlWords *words, double *width, double *height);
void odl_canvas_text (OdlCanvas *canvas, double x, double y, const char *text, const OdlWords *words);
/* A rounded rectangle as the current path. */
void odl_canvas_rounded (OdlCanvas *canvas, const OdlRect *rect, double radius);
/* The lengths of a dash pattern in px, at most four; returns how many. */
guint odl_dash_lengths (OdlDash dash, double width, double *lengths);
void odl_canvas_dash (OdlCanvas *canvas, OdlDash dash, double width);
/* A marker centred at a point, in the current colour. width: of the lines of open kinds; 0: 1.5. */
void odl_canvas_marker (OdlCanvas *canvas, OdlMarker marker, double x, double y, double size, double width);
double odl_style_width (const OdlCanvas *canvas, const OdlStyle *style);
