/* Lines, bands and regions.
 * SPDX-License-Identifier: MIT
 *
 * Points become pixels, pixels a thinned path, the path strokes. Cairo's time grows
 * faster than the length of a stroke, so long solid paths are stroked in parts, with
 * the cheaper of its two ways of smoothing. Hairlines of many points, such as a bundle
 * of paths or a grid, whose crossings would cost it most, are blended by hand. */
#include <math.h>

#include "plot/decimate.h"
#include "plot/layers.h"
#include "plot/pixels.h"
#include "plot/stroke.h"

enum { PART = 400, MANY = 2000, BUNDLE = 300 };

static OdlBox
wide_box (const OdlScene *scene)
{
  const OdlRect *inner = &scene->inner;
  return (OdlBox){ inner->x - 64, inner->y - 64, inner->x + inner->width + 64,
                   inner->y + inner->height + 64 };
}

static OdlPixel *
to_pixels (const OdlScene *scene, const double *x, const double *y, gsize n)
{
  OdlPixel *points = g_new (OdlPixel, n + 1);
  for (gsize i = 0; i < n; i++)
    points[i] = (OdlPixel){ odl_axis_pixel (&scene->x, x[i]),
                            odl_axis_pixel (&scene->y, y[i]) };
  return points;
}

/* A piece of a single point becomes a dot. */
static void
dot (cairo_t *cr, OdlPixel p, double width)
{
  cairo_save (cr);
  cairo_arc (cr, p.x, p.y, width * 0.75, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
stroke_path (cairo_t *cr, const OdlPath *path, double width, gboolean split)
{
  guint in_stroke = 0;
  for (gsize i = 0; i < path->n; i++) {
    OdlPixel p = path->point[i];
    gboolean begins = i == 0 || isnan (path->point[i - 1].x);
    if (isnan (p.x))
      continue;
    if (begins && i + 1 < path->n && isnan (path->point[i + 1].x)) {
      cairo_stroke (cr);
      dot (cr, p, width);
      in_stroke = 0;
      continue;
    }
    if (begins)
      cairo_move_to (cr, p.x, p.y);
    else
      cairo_line_to (cr, p.x, p.y);
    if (split && !begins && ++in_stroke >= PART) {
      cairo_stroke (cr);
      cairo_move_to (cr, p.x, p.y);
      in_stroke = 0;
    }
  }
  cairo_stroke (cr);
}

static gboolean
is_bundle (const OdlScene *scene, const OdlLayer *layer, const OdlPath *path,
           double width)
{
  return !scene->canvas->vector && scene->canvas->scale == 1 && path->n >= BUNDLE
         && width <= 1.05 && layer->style.dash == ODL_DASH_SOLID;
}

static void
blend_path (OdlScene *scene, const OdlPath *path, OdlRgb color, double strength)
{
  OdlPixels pixels;
  if (!odl_pixels_init (&pixels, &scene->inner, 1))
    return;
  for (gsize i = 1; i < path->n; i++) {
    const OdlPixel a = path->point[i - 1], b = path->point[i];
    if (!isnan (a.x) && !isnan (b.x))
      odl_pixels_line (&pixels, a.x, a.y, b.x, b.y, color, strength, strength);
  }
  odl_pixels_paint (&pixels, scene->canvas->cr, 1);
  odl_pixels_clear (&pixels);
}

void
odl_layer_draw_line (OdlScene *scene, const OdlLayer *layer)
{
  OdlCanvas *canvas = scene->canvas;
  cairo_t *cr = canvas->cr;
  OdlPath path = { 0 };
  OdlBox box = wide_box (scene);
  double width = odl_style_width (canvas, &layer->style),
         alpha = odl_scene_alpha (scene, layer);
  g_autofree OdlPixel *points = to_pixels (scene, layer->x, layer->y, layer->n);
  odl_path_add (&path, points, layer->n, &box);
  if (is_bundle (scene, layer, &path, width)) {
    blend_path (scene, &path, odl_palette_color (&canvas->theme, layer->style.color),
                alpha * fmin (width, 1));
    odl_path_clear (&path);
    return;
  }
  odl_canvas_color (canvas, layer->style.color, alpha);
  if (odl_stroke_path (canvas, &path, &scene->inner, width, layer->style.dash)) {
    odl_path_clear (&path);
    return;
  }
  cairo_set_line_width (cr, width);
  cairo_set_line_join (cr,
                       path.n > MANY ? CAIRO_LINE_JOIN_BEVEL : CAIRO_LINE_JOIN_ROUND);
  odl_canvas_dash (canvas, layer->style.dash, width);
  if (layer->style.dash == ODL_DASH_SOLID && path.n <= MANY)
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_antialias (cr,
                       path.n > MANY ? CAIRO_ANTIALIAS_FAST : CAIRO_ANTIALIAS_DEFAULT);
  stroke_path (cr, &path, width,
               layer->style.dash == ODL_DASH_SOLID && (alpha >= 1 || path.n > MANY));
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
  cairo_set_dash (cr, NULL, 0, 0);
  odl_path_clear (&path);
}

/* ── Bands ── */

static gboolean
is_finite_at (const OdlLayer *layer, gsize i)
{
  return isfinite (layer->x[i]) && isfinite (layer->y[i]) && isfinite (layer->u[i]);
}

static double
limited (const OdlAxis *axis, double value, double margin)
{
  double pixel = odl_axis_pixel (axis, value), a = fmin (axis->from, axis->to),
         b = fmax (axis->from, axis->to);
  if (isnan (pixel))
    pixel = axis->from;
  return CLAMP (pixel, a - margin, b + margin);
}

/* One stretch without gaps: along the upper edge and back along the lower. At most two
 * points an edge and pixel column. */
static void
band_piece (OdlScene *scene, const OdlLayer *layer, gsize first, gsize next)
{
  cairo_t *cr = scene->canvas->cr;
  double pixels = fabs (odl_axis_pixel (&scene->x, layer->x[next - 1])
                        - odl_axis_pixel (&scene->x, layer->x[first]));
  gsize stride
      = (gsize)fmax (1, floor ((next - first) / fmax (2 * fmin (pixels, 1e6), 64)));
  cairo_new_path (cr);
  for (gsize i = first;; i = MIN (i + stride, next - 1)) {
    cairo_line_to (cr, limited (&scene->x, layer->x[i], 1e5),
                   limited (&scene->y, layer->u[i], 1e5));
    if (i == next - 1)
      break;
  }
  for (gsize i = next - 1;; i = i > first + stride ? i - stride : first) {
    cairo_line_to (cr, limited (&scene->x, layer->x[i], 1e5),
                   limited (&scene->y, layer->y[i], 1e5));
    if (i == first)
      break;
  }
  cairo_close_path (cr);
  cairo_fill (cr);
}

void
odl_layer_draw_band (OdlScene *scene, const OdlLayer *layer)
{
  odl_canvas_color (scene->canvas, layer->style.color, odl_scene_alpha (scene, layer));
  for (gsize first = 0, next; first < layer->n; first = next + 1) {
    for (next = first; next < layer->n && is_finite_at (layer, next); next++) {
    }
    if (next > first + 1)
      band_piece (scene, layer, first, next);
  }
}

/* ── Regions ── */

void
odl_layer_draw_region (OdlScene *scene, const OdlLayer *layer)
{
  cairo_t *cr = scene->canvas->cr;
  gboolean begins = TRUE;
  cairo_new_path (cr);
  for (gsize i = 0; i < layer->n; i++) {
    if (isnan (layer->x[i])) {
      cairo_close_path (cr);
      begins = TRUE;
      continue;
    }
    if (begins)
      cairo_new_sub_path (cr);
    begins = FALSE;
    cairo_line_to (cr, limited (&scene->x, layer->x[i], 1e5),
                   limited (&scene->y, layer->y[i], 1e5));
  }
  odl_canvas_color (scene->canvas, layer->style.color, odl_scene_alpha (scene, layer));
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_fill (cr);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_WINDING);
}
