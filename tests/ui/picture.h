/* A plot drawn into memory, and its pixels. Shared by the tests of ui/plot.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <cairo.h>
#include <math.h>

#include "plot/draw.h"
#include "plot/palette.h"

typedef struct {
  cairo_surface_t *surface;
  const guint32 *pixel;
  int width, height, stride;
} Picture;

static inline Picture
picture_of (const OdlPlot *plot, int width, int height, const OdlPlotView *view,
            const OdlTheme *theme)
{
  OdlRect area = { 0, 0, width, height };
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  odl_plot_draw (plot, cr, &area, view, theme);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return (Picture){ surface,
                    (const guint32 *)(gpointer)cairo_image_surface_get_data (surface),
                    width, height, cairo_image_surface_get_stride (surface) / 4 };
}

static inline void
picture_clear (Picture *picture)
{
  cairo_surface_destroy (picture->surface);
}

static inline guint32
picture_at (const Picture *picture, double x, double y)
{
  int column = CLAMP ((int)floor (x), 0, picture->width - 1);
  int row = CLAMP ((int)floor (y), 0, picture->height - 1);
  return picture->pixel[row * picture->stride + column] & 0xffffff;
}

static inline gboolean
picture_is_near (guint32 a, guint32 b, int most)
{
  for (int shift = 0; shift < 24; shift += 8)
    if (ABS ((int)(a >> shift & 255) - (int)(b >> shift & 255)) > most)
      return FALSE;
  return TRUE;
}

/* Pixels of a colour of plot.h, within `most` of each byte. */
static inline guint
picture_count (const Picture *picture, int color, int most)
{
  static const OdlTheme light;
  guint32 wanted = odl_palette_pixel (odl_palette_color (&light, color));
  guint n = 0;
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      n += picture_is_near (picture_at (picture, x, y), wanted, most);
  return n;
}

/* Where data (x, y) are drawn. */
static inline void
picture_place (const OdlPlot *plot, int width, int height, const OdlPlotView *view,
               double x, double y, double *px, double *py)
{
  OdlRect area = { 0, 0, width, height };
  OdlPick a = odl_plot_pick (plot, &area, view, NULL, 100, 100);
  OdlPick b = odl_plot_pick (plot, &area, view, NULL, 200, 200);
  *px = 100 + 100 * (x - a.x) / (b.x - a.x);
  *py = 100 + 100 * (y - a.y) / (b.y - a.y);
}
