/* Strokes by hand: as dark as cairo's, no darker at crossings, dashed where they should
 * be. SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "plot/stroke.h"

enum { WIDTH = 300, HEIGHT = 200 };
static const OdlRect clip = { 0, 0, WIDTH, HEIGHT };

typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  OdlCanvas canvas;
} Sheet;

static Sheet
sheet_new (double scale)
{
  Sheet sheet;
  sheet.surface = cairo_image_surface_create (CAIRO_FORMAT_A8, (int)(WIDTH * scale),
                                              (int)(HEIGHT * scale));
  cairo_surface_set_device_scale (sheet.surface, scale, scale);
  sheet.cr = cairo_create (sheet.surface);
  odl_canvas_init (&sheet.canvas, sheet.cr, NULL);
  return sheet;
}

static void
sheet_clear (Sheet *sheet)
{
  odl_canvas_clear (&sheet->canvas);
  cairo_destroy (sheet->cr);
  cairo_surface_destroy (sheet->surface);
}

static guint
ink_at (const Sheet *sheet, int x, int y)
{
  cairo_surface_flush (sheet->surface);
  return cairo_image_surface_get_data (
      sheet->surface)[y * cairo_image_surface_get_stride (sheet->surface) + x];
}

/* Σ of coverage, in pixels. */
static double
ink (const Sheet *sheet)
{
  double sum = 0;
  for (int y = 0; y < cairo_image_surface_get_height (sheet->surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (sheet->surface); x++)
      sum += ink_at (sheet, x, y) / 255.0;
  return sum;
}

static OdlPath
wave_path (void)
{
  OdlPath path = { g_new (OdlPixel, 42), 42, 42 };
  for (guint i = 0; i < 41; i++)
    path.point[i] = (OdlPixel){ 20 + 6.5 * i, 100 + 60 * sin (i * 0.2) };
  path.point[41] = (OdlPixel){ NAN, NAN };
  return path;
}

static void
stroke_by_cairo (Sheet *sheet, const OdlPath *path, double width)
{
  for (gsize i = 0; i + 1 < path->n; i++)
    cairo_line_to (sheet->cr, path->point[i].x, path->point[i].y);
  cairo_set_line_width (sheet->cr, width);
  cairo_set_line_cap (sheet->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (sheet->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (sheet->cr);
}

/* The same ink as cairo within 4 %, and nowhere far from it, at widths and scales of
 * use. */
static void
test_like_cairo (void)
{
  const double widths[] = { 1, 1.5, 1.8, 4 }, scales[] = { 1, 2 };
  for (guint i = 0; i < 8; i++) {
    double width = widths[i % 4], scale = scales[i / 4];
    Sheet own = sheet_new (scale), other = sheet_new (scale);
    OdlPath path = wave_path ();
    g_assert_true (odl_stroke_path (&own.canvas, &path, &clip, width, ODL_DASH_SOLID));
    stroke_by_cairo (&other, &path, width);
    g_assert_cmpfloat (fabs (ink (&own) / ink (&other) - 1), <, 0.04);
    int worst = 0;
    for (int y = 0; y < HEIGHT * scale; y++)
      for (int x = 0; x < WIDTH * scale; x++)
        worst
            = MAX (worst, ABS ((int)ink_at (&own, x, y) - (int)ink_at (&other, x, y)));
    g_test_message ("width %g at %g: the worst pixel differs by %d of 255", width,
                    scale, worst);
    g_assert_cmpint (worst, <, 70);
    odl_path_clear (&path);
    sheet_clear (&own);
    sheet_clear (&other);
  }
}

/* Half transparent, a crossing is as pale as the rest. */
static void
test_crossing (void)
{
  OdlPixel points[] = { { 20, 100 }, { 280, 100 }, { 280, 20 },
                        { 150, 20 }, { 150, 180 }, { NAN, NAN } };
  OdlPath path = { points, 6, 6 };
  Sheet sheet = sheet_new (1);
  cairo_set_source_rgba (sheet.cr, 0, 0, 0, 0.5);
  odl_stroke_path (&sheet.canvas, &path, &clip, 6, ODL_DASH_SOLID);
  g_assert_cmpint (ink_at (&sheet, 150, 100), ==, ink_at (&sheet, 80, 100));
  g_assert_cmpint (ABS ((int)ink_at (&sheet, 80, 100) - 128), <=, 2);
  sheet_clear (&sheet);
}

/* A dashed line has less ink than a solid one, with clear gaps, and more than half. */
static void
test_dashes (void)
{
  OdlPixel points[] = { { 20, 100 }, { 280, 100 }, { NAN, NAN } };
  OdlPath path = { points, 3, 3 };
  double solid = 0;
  for (guint dash = ODL_DASH_SOLID; dash <= ODL_DASH_DASH_DOT; dash++) {
    Sheet sheet = sheet_new (1);
    odl_stroke_path (&sheet.canvas, &path, &clip, 2, (OdlDash)dash);
    double own = ink (&sheet);
    guint gaps = 0;
    for (int x = 21; x < 280; x++)
      gaps += ink_at (&sheet, x, 100) < 40 && ink_at (&sheet, x - 1, 100) >= 40;
    if (dash == ODL_DASH_SOLID)
      solid = own;
    g_assert_cmpuint (gaps, >=, dash == ODL_DASH_SOLID ? 0 : 10);
    g_assert_cmpuint (gaps, <=, dash == ODL_DASH_SOLID ? 0 : 80);
    g_assert_true (dash == ODL_DASH_SOLID || (own > 0.3 * solid && own < 0.85 * solid));
    sheet_clear (&sheet);
  }
}

/* Ends outside, lone points, pieces of no length, nothing at all. */
static void
test_edges (void)
{
  OdlPixel points[] = { { -60, 100 }, { 360, 100 }, { NAN, NAN }, { 50, 50 },
                        { NAN, NAN }, { 80, 50 },   { 80, 50 },   { NAN, NAN },
                        { 10, -64 },  { 10, 264 },  { NAN, NAN } };
  for (guint dash = 0; dash < 4; dash++) {
    OdlPath path = { points, G_N_ELEMENTS (points), G_N_ELEMENTS (points) },
            none = { 0 };
    Sheet sheet = sheet_new (1);
    g_assert_true (odl_stroke_path (&sheet.canvas, &none, &clip, 2, (OdlDash)dash));
    g_assert_true (odl_stroke_path (&sheet.canvas, &path, &clip, 3, (OdlDash)dash));
    g_assert_cmpuint (ink_at (&sheet, 50, 50), >, 150);
    g_assert_cmpuint (ink_at (&sheet, 80, 50), >, 150);
    sheet_clear (&sheet);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot-stroke/like-cairo", test_like_cairo);
  g_test_add_func ("/plot-stroke/crossing", test_crossing);
  g_test_add_func ("/plot-stroke/dashes", test_dashes);
  g_test_add_func ("/plot-stroke/edges", test_edges);
  return g_test_run ();
}
