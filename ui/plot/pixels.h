/* Discs and thin lines blended into an image by hand: many of them cost less than cairo's own.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <cairo.h>
#include <glib.h>

#include "plot/draw.h"
#include "plot/palette.h"

typedef struct {
  cairo_surface_t *surface;     /* ARGB32, premultiplied */
  guint32 *pixel;
  int width, height, stride;    /* stride in pixels */
  double x, y, scale;           /* where it lies, and its pixels per unit */
  /* A disc's coverage, 0 … 255, for each of 4 × 4 places of its centre within a pixel; a few sizes are kept. */
  int side;
  guint8 *coverage;
  struct {
    double diameter;
    int side;
    guint8 *coverage;
  } discs[4];
  guint n_discs;
} OdlPixels;

/* A clear image over rect; FALSE: none could be made. */
gboolean odl_pixels_init (OdlPixels *pixels, const OdlRect *rect, double scale);
void odl_pixels_clear (OdlPixels *pixels);
/* Of the discs that follow. Going to and fro between four sizes costs nothing. */
void odl_pixels_set_disc (OdlPixels *pixels, double diameter);
void odl_pixels_disc (OdlPixels *pixels, double x, double y, OdlRgb color, double alpha);
/* One pixel wide, alpha from the first end to the second. */
void odl_pixels_line (OdlPixels *pixels, double x0, double y0, double x1, double y1, OdlRgb color, double alpha0, double alpha1);
/* Onto the plot, where the image was made for. */
void odl_pixels_paint (OdlPixels *pixels, cairo_t *cr, double alpha);
