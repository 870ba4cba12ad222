/* Draws a figure into memory, for tests to look at.
 * SPDX-License-Identifier: MIT
 *
 * With ODELAB_PICTURES set to a folder every picture is also written there as PNG, to be looked at. */
#pragma once

#include <math.h>
#include "plot/figure.h"

typedef struct {
  int width, height;
  cairo_surface_t *surface;
} Picture;

static inline guint32
picture_pixel (const Picture *picture, int x, int y)
{
  const guint32 *pixels = (const guint32 *)cairo_image_surface_get_data (picture->surface);
  return pixels[y * cairo_image_surface_get_stride (picture->surface) / 4 + x] & 0xffffff;
}

/* How many different colours there are: an empty page has one. */
static inline guint
picture_colors (const Picture *picture)
{
  g_autoptr (GHashTable) colors = g_hash_table_new (g_direct_hash, g_direct_equal);
  for (int y = 0; y < picture->height; y += 2)
    for (int x = 0; x < picture->width; x += 2)
      g_hash_table_add (colors, GUINT_TO_POINTER (picture_pixel (picture, x, y)));
  return g_hash_table_size (colors);
}

static inline void
picture_clear (Picture *picture)
{
  cairo_surface_destroy (picture->surface);
}

/* Every plot must lie on the page; every plot must have words for those who do not see it. */
static inline Picture
picture_of (const OdlFigure *figure, double width, double least_height, gboolean dark, const char *name)
{
  const OdlTheme theme = { .dark = dark };
  g_autofree OdlRect *rects = g_new0 (OdlRect, odl_figure_n_plots (figure) + 1);
  const double height = odl_figure_arrange (figure, width, least_height, rects);
  for (guint i = 0; i < odl_figure_n_plots (figure); i++) {
    g_assert_cmpfloat (rects[i].x, >=, 0);
    g_assert_cmpfloat (rects[i].x + rects[i].width, <=, width + 1e-6);
    g_assert_cmpfloat (rects[i].y + rects[i].height, <=, height + 1e-6);
    g_assert_nonnull (odl_plot_get_summary (odl_figure_plot (figure, i)));
  }
  Picture picture = { (int)width, (int)ceil (height), NULL };
  picture.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, picture.width, picture.height);
  cairo_t *cr = cairo_create (picture.surface);
  odl_figure_draw (figure, cr, width, height, NULL, &theme);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (picture.surface);
  const char *folder = g_getenv ("ODELAB_PICTURES");
  if (folder != NULL) {
    g_autofree char *path
        = g_strdup_printf ("%s/%s-%.0f-%s.png", folder, name, width, dark ? "dark" : "light");
    cairo_surface_write_to_png (picture.surface, path);
  }
  return picture;
}
