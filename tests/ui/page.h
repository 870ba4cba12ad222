/* A figure drawn into memory, for tests to look at. Shared by the tests of figures.
 * SPDX-License-Identifier: MIT
 *
 * With ODELAB_PICTURES set to a folder every page drawn is also written there as PNG, to be looked at. */
#pragma once

#include <math.h>
#include "plot/figure.h"

typedef struct {
  int width, height;
  cairo_surface_t *surface;
} Page;

static inline guint32
page_pixel (const Page *page, int x, int y)
{
  const guint32 *pixels = (const guint32 *)cairo_image_surface_get_data (page->surface);
  return pixels[y * cairo_image_surface_get_stride (page->surface) / 4 + x] & 0xffffff;
}

/* How many different colours there are: an empty page has one. */
static inline guint
page_colors (const Page *page)
{
  g_autoptr (GHashTable) colors = g_hash_table_new (g_direct_hash, g_direct_equal);
  for (int y = 0; y < page->height; y += 2)
    for (int x = 0; x < page->width; x += 2)
      g_hash_table_add (colors, GUINT_TO_POINTER (page_pixel (page, x, y)));
  return g_hash_table_size (colors);
}

static inline void
page_clear (Page *page)
{
  cairo_surface_destroy (page->surface);
}

/* Every plot must lie on the page; every plot must have words for those who do not see it. */
static inline Page
page_of (const OdlFigure *figure, double width, double least_height, gboolean dark, const char *name)
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
  Page page = { (int)width, (int)ceil (height), NULL };
  page.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, page.width, page.height);
  cairo_t *cr = cairo_create (page.surface);
  odl_figure_draw (figure, cr, width, height, NULL, &theme);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (page.surface);
  const char *folder = g_getenv ("ODELAB_PICTURES");
  if (folder != NULL) {
    g_autofree char *path
        = g_strdup_printf ("%s/%s-%.0f-%s.png", folder, name, width, dark ? "dark" : "light");
    cairo_surface_write_to_png (page.surface, path);
  }
  return page;
}
