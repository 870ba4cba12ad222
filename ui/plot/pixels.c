/* Blending by hand.
 * SPDX-License-Identifier: MIT
 *
 * A disc is a small square of coverages, computed once per size for sixteen places of
 * its centre within a pixel; drawing one is a premultiplied source-over per covered
 * pixel in integers. A line (Wu 1991) steps along its longer side and shares each step
 * between two pixels by distance. What lies outside the image is left out pixel by
 * pixel. */
#include "plot/pixels.h"

#include <math.h>

gboolean
odl_pixels_init (OdlPixels *pixels, const OdlRect *rect, double scale)
{
  int width = (int)ceil (rect->width * scale),
      height = (int)ceil (rect->height * scale);
  *pixels = (OdlPixels){ .x = rect->x, .y = rect->y, .scale = scale };
  if (width < 1 || height < 1 || width > 16384 || height > 16384)
    return FALSE;
  pixels->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  if (cairo_surface_status (pixels->surface) != CAIRO_STATUS_SUCCESS) {
    odl_pixels_clear (pixels);
    return FALSE;
  }
  pixels->pixel = (guint32 *)(gpointer)cairo_image_surface_get_data (pixels->surface);
  pixels->width = width;
  pixels->height = height;
  pixels->stride = cairo_image_surface_get_stride (pixels->surface) / 4;
  return TRUE;
}

void
odl_pixels_clear (OdlPixels *pixels)
{
  g_clear_pointer (&pixels->surface, cairo_surface_destroy);
  for (guint i = 0; i < MIN (pixels->n_discs, G_N_ELEMENTS (pixels->discs)); i++)
    g_clear_pointer (&pixels->discs[i].coverage, g_free);
  pixels->n_discs = 0;
  pixels->coverage = NULL;
}

static guint8 *
make_disc (double radius, int reach)
{
  const int side = 2 * reach + 1;
  guint8 *coverage = g_new (guint8, 16 * (gsize)side * side);
  for (int place = 0; place < 16; place++)
    for (int row = 0; row < side; row++)
      for (int column = 0; column < side; column++) {
        double dx = column - reach - (place % 4) / 4.0,
               dy = row - reach - (place / 4) / 4.0;
        double covered = CLAMP (radius + 0.5 - hypot (dx, dy), 0, 1);
        coverage[((gsize)place * side + row) * side + column]
            = (guint8)lround (255 * covered);
      }
  return coverage;
}

void
odl_pixels_set_disc (OdlPixels *pixels, double diameter)
{
  const guint most = G_N_ELEMENTS (pixels->discs);
  guint at = 0;
  while (at < MIN (pixels->n_discs, most) && pixels->discs[at].diameter != diameter)
    at++;
  if (at == MIN (pixels->n_discs, most)) {
    const double radius = fmax (diameter * pixels->scale / 2, 0.5);
    const int reach = (int)ceil (radius + 1);
    at = pixels->n_discs++ % most;
    g_free (pixels->discs[at].coverage);
    pixels->discs[at].diameter = diameter;
    pixels->discs[at].side = 2 * reach + 1;
    pixels->discs[at].coverage = make_disc (radius, reach);
  }
  pixels->side = pixels->discs[at].side;
  pixels->coverage = pixels->discs[at].coverage;
}

/* Source over destination, both premultiplied; alpha 0 … 255. */
static inline void
blend (guint32 *pixel, const guint32 *rgb, guint32 alpha)
{
  guint32 keep = 255 - alpha, under = *pixel;
  guint32 a = alpha + ((under >> 24) * keep + 127) / 255;
  guint32 r = (rgb[0] * alpha + (under >> 16 & 255) * keep + 127) / 255;
  guint32 g = (rgb[1] * alpha + (under >> 8 & 255) * keep + 127) / 255;
  guint32 b = (rgb[2] * alpha + (under & 255) * keep + 127) / 255;
  *pixel = a << 24 | r << 16 | g << 8 | b;
}

static void
to_bytes (OdlRgb color, guint32 *rgb)
{
  rgb[0] = (guint32)lround (color.r * 255);
  rgb[1] = (guint32)lround (color.g * 255);
  rgb[2] = (guint32)lround (color.b * 255);
}

void
odl_pixels_disc (OdlPixels *pixels, double x, double y, OdlRgb color, double alpha)
{
  double px = (x - pixels->x) * pixels->scale - 0.5,
         py = (y - pixels->y) * pixels->scale - 0.5;
  int side = pixels->side, reach = side / 2;
  if (!(px > -side && py > -side && px < pixels->width + side
        && py < pixels->height + side))
    return;
  int quarter_x = (int)floor (px * 4 + 0.5), quarter_y = (int)floor (py * 4 + 0.5);
  int left = (quarter_x >> 2) - reach, top = (quarter_y >> 2) - reach;
  const guint8 *coverage
      = pixels->coverage + (gsize)((quarter_y & 3) * 4 + (quarter_x & 3)) * side * side;
  guint32 rgb[3], strength = (guint32)lround (CLAMP (alpha, 0, 1) * 255);
  to_bytes (color, rgb);
  for (int row = MAX (0, -top); row < MIN (side, pixels->height - top); row++) {
    guint32 *line = pixels->pixel + (gsize)(top + row) * pixels->stride;
    for (int column = MAX (0, -left); column < MIN (side, pixels->width - left);
         column++) {
      guint32 covered = coverage[row * side + column];
      if (covered > 0)
        blend (&line[left + column], rgb, (covered * strength + 127) / 255);
    }
  }
}

static inline void
blend_at (OdlPixels *pixels, int x, int y, const guint32 *rgb, guint32 alpha)
{
  if (x >= 0 && y >= 0 && x < pixels->width && y < pixels->height && alpha > 0)
    blend (&pixels->pixel[(gsize)y * pixels->stride + x], rgb, alpha);
}

/* Sixteen binary places, so that a step is two additions. */
static inline gint64
fixed (double value)
{
  return (gint64)(value * 65536);
}

void
odl_pixels_line (OdlPixels *pixels, double x0, double y0, double x1, double y1,
                 OdlRgb color, double alpha0, double alpha1)
{
  double scale = pixels->scale, px0 = (x0 - pixels->x) * scale - 0.5,
         py0 = (y0 - pixels->y) * scale - 0.5;
  double dx = (x1 - x0) * scale, dy = (y1 - y0) * scale,
         length = MAX (fabs (dx), fabs (dy));
  guint32 rgb[3];
  if (!(length > 0 && length < 4.0 * (pixels->width + pixels->height))
      || !(fabs (px0) < 1e6 && fabs (py0) < 1e6))
    return;
  to_bytes (color, rgb);
  const gboolean flat = fabs (dx) >= fabs (dy);
  const int n = (int)length + 1;
  const double part = 0.5 / n;
  gint64 along = fixed ((flat ? px0 + part * dx : py0 + part * dy) + 0.5),
         across = fixed (flat ? py0 + part * dy : px0 + part * dx),
         alpha = fixed (255 * (alpha0 + part * (alpha1 - alpha0)));
  const gint64 next_along = fixed ((flat ? dx : dy) / n),
               next_across = fixed ((flat ? dy : dx) / n),
               next_alpha = fixed (255 * (alpha1 - alpha0) / n);
  for (int i = 0; i < n;
       i++, along += next_along, across += next_across, alpha += next_alpha) {
    const int a = (int)(along >> 16), b = (int)(across >> 16);
    const guint32 rest = (guint32)(across >> 8 & 255),
                  strength = (guint32)(alpha >> 16);
    blend_at (pixels, flat ? a : b, flat ? b : a, rgb, strength * (256 - rest) >> 8);
    blend_at (pixels, flat ? a : b + 1, flat ? b + 1 : a, rgb, strength * rest >> 8);
  }
}

void
odl_pixels_paint (OdlPixels *pixels, cairo_t *cr, double alpha)
{
  cairo_surface_mark_dirty (pixels->surface);
  cairo_save (cr);
  cairo_translate (cr, pixels->x, pixels->y);
  cairo_scale (cr, 1 / pixels->scale, 1 / pixels->scale);
  cairo_set_source_surface (cr, pixels->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), pixels->scale == 1
                                                       ? CAIRO_FILTER_NEAREST
                                                       : CAIRO_FILTER_GOOD);
  cairo_paint_with_alpha (cr, alpha);
  cairo_restore (cr);
}
