/* Markers, arrows, bars, rules and words.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "plot/layers.h"
#include "plot/pixels.h"

/* Whether a point is on the axes' rectangle, or within `margin` px of it. */
static gboolean
is_near (const OdlScene *scene, double x, double y, double margin)
{
  const OdlRect *inner = &scene->inner;
  return x >= inner->x - margin && x <= inner->x + inner->width + margin
         && y >= inner->y - margin && y <= inner->y + inner->height + margin;
}

static gboolean
is_filled (OdlMarker marker)
{
  return marker != ODL_MARKER_CROSS && marker != ODL_MARKER_PLUS
         && marker != ODL_MARKER_CIRCLE;
}

/* Which pixels have a mark of this layer already: one more there would not be seen. */
typedef struct {
  guint8 *bits;
  int width, height;
} Seen;

static gboolean
was_seen (const OdlScene *scene, Seen *seen, double x, double y)
{
  int column = (int)floor (x - scene->inner.x) + 16,
      row = (int)floor (y - scene->inner.y) + 16;
  if (column < 0 || row < 0 || column >= seen->width || row >= seen->height)
    return FALSE;
  gsize place = (gsize)row * seen->width + column;
  gboolean before = seen->bits[place / 8] >> place % 8 & 1;
  seen->bits[place / 8] |= 1 << place % 8;
  return before;
}

static Seen
seen_new (const OdlScene *scene)
{
  Seen seen = { NULL, (int)scene->inner.width + 32, (int)scene->inner.height + 32 };
  seen.bits = g_new0 (guint8, (gsize)seen.width * seen.height / 8 + 1);
  return seen;
}

/* Filled marks get a rim of the background, so that neighbours and curves stay apart;
 * very many do not. A mark whose middle is in the same pixel as another's is not drawn.
 */
void
odl_layer_draw_markers (OdlScene *scene, const OdlLayer *layer)
{
  OdlCanvas *canvas = scene->canvas;
  OdlMarker marker
      = layer->style.marker != ODL_MARKER_NONE ? layer->style.marker : ODL_MARKER_DISC;
  double size = layer->style.size > 0 ? layer->style.size : 5;
  double alpha = odl_scene_alpha (scene, layer);
  double width = odl_style_width (canvas, &layer->style);
  gboolean rim = is_filled (marker) && size >= 5 && layer->n <= 500 && alpha > 0.9;
  Seen seen = seen_new (scene);
  cairo_set_line_cap (canvas->cr, CAIRO_LINE_CAP_ROUND);
  for (gsize i = 0; i < layer->n; i++) {
    double x = odl_axis_pixel (&scene->x, layer->x[i]);
    double y = odl_axis_pixel (&scene->y, layer->y[i]);
    if (isnan (x) || isnan (y) || !is_near (scene, x, y, size)
        || was_seen (scene, &seen, x, y))
      continue;
    if (rim) {
      odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 0.85);
      odl_canvas_marker (canvas, marker, x, y, size + 2, 0);
    }
    odl_canvas_color (canvas, layer->style.color, alpha);
    odl_canvas_marker (canvas, marker, x, y, size, width);
  }
  g_free (seen.bits);
}

/* ── Arrows ── */

static void
arrow (cairo_t *cr, double x, double y, double dx, double dy)
{
  double length = hypot (dx, dy), head = fmin (length * 0.3, 5);
  double cx = dx / length, cy = dy / length, tip_x = x + dx, tip_y = y + dy;
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, tip_x, tip_y);
  cairo_move_to (cr, tip_x - head * (cx * 0.88 - cy * 0.5),
                 tip_y - head * (cy * 0.88 + cx * 0.5));
  cairo_line_to (cr, tip_x, tip_y);
  cairo_line_to (cr, tip_x - head * (cx * 0.88 + cy * 0.5),
                 tip_y - head * (cy * 0.88 - cx * 0.5));
}

/* The arrow in pixels; with a common length only the direction counts. */
static gboolean
arrow_pixels (const OdlScene *scene, const OdlLayer *layer, gsize i, double *at)
{
  double x = odl_axis_pixel (&scene->x, layer->x[i]),
         y = odl_axis_pixel (&scene->y, layer->y[i]);
  double dx = odl_axis_pixel (&scene->x, layer->x[i] + layer->u[i]) - x;
  double dy = odl_axis_pixel (&scene->y, layer->y[i] + layer->v[i]) - y;
  if (layer->length_px > 0) {
    double u = layer->u[i], v = layer->v[i], most = fmax (fabs (u), fabs (v));
    if (!(most > 0) || !isfinite (most))
      return FALSE;
    dx = u / most * scene->x.factor;
    dy = v / most * scene->y.factor;
    double length = hypot (dx, dy);
    dx *= layer->length_px / length;
    dy *= layer->length_px / length;
  }
  double length = hypot (dx, dy);
  at[0] = x;
  at[1] = y;
  at[2] = dx;
  at[3] = dy;
  return isfinite (length) && length > 0.5 && length < 1e5 && isfinite (x + y);
}

/* Fields of hundreds of thin arrows are blended by hand. */
static gboolean
blend_arrows (OdlScene *scene, const OdlLayer *layer)
{
  OdlPixels pixels;
  double at[4], alpha = odl_scene_alpha (scene, layer);
  OdlRgb color = odl_palette_color (&scene->canvas->theme, layer->style.color);
  if (scene->canvas->vector || scene->canvas->scale != 1 || layer->n < 60
      || odl_style_width (scene->canvas, &layer->style) > 1.05
      || !odl_pixels_init (&pixels, &scene->inner, 1))
    return FALSE;
  for (gsize i = 0; i < layer->n; i++) {
    if (!arrow_pixels (scene, layer, i, at))
      continue;
    double length = hypot (at[2], at[3]), head = fmin (length * 0.3, 5);
    double cx = at[2] / length, cy = at[3] / length, x = at[0] + at[2],
           y = at[1] + at[3];
    odl_pixels_line (&pixels, at[0], at[1], x, y, color, alpha, alpha);
    odl_pixels_line (&pixels, x - head * (cx * 0.88 - cy * 0.5),
                     y - head * (cy * 0.88 + cx * 0.5), x, y, color, alpha, alpha);
    odl_pixels_line (&pixels, x - head * (cx * 0.88 + cy * 0.5),
                     y - head * (cy * 0.88 - cx * 0.5), x, y, color, alpha, alpha);
  }
  odl_pixels_paint (&pixels, scene->canvas->cr, 1);
  odl_pixels_clear (&pixels);
  return TRUE;
}

void
odl_layer_draw_arrows (OdlScene *scene, const OdlLayer *layer)
{
  if (blend_arrows (scene, layer))
    return;
  cairo_t *cr = scene->canvas->cr;
  double at[4];
  odl_canvas_color (scene->canvas, layer->style.color, odl_scene_alpha (scene, layer));
  cairo_set_line_width (cr, odl_style_width (scene->canvas, &layer->style));
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  cairo_set_antialias (cr,
                       layer->n > 100 ? CAIRO_ANTIALIAS_FAST : CAIRO_ANTIALIAS_DEFAULT);
  guint in_stroke = 0;
  for (gsize i = 0; i < layer->n; i++) {
    if (!arrow_pixels (scene, layer, i, at)
        || !is_near (scene, at[0], at[1], layer->length_px + 200))
      continue;
    arrow (cr, at[0], at[1], at[2], at[3]);
    if (++in_stroke % 32 == 0)
      cairo_stroke (cr);
  }
  cairo_stroke (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
}

/* ── Bars ── */

static double
within (double value, double low, double high)
{
  return isnan (value) ? low : CLAMP (value, low, high);
}

/* The bar in pixels, cut to the plot; upright edges lie on pixels. */
static OdlRect
bar_pixels (const OdlScene *scene, const OdlLayer *layer, gsize i)
{
  const OdlRect *inner = &scene->inner;
  double left = inner->x - 8, right = inner->x + inner->width + 8;
  double top = inner->y - 8, bottom = inner->y + inner->height + 8;
  double x0 = within (odl_axis_pixel (&scene->x, layer->x[i]), left, right);
  double x1
      = within (odl_axis_pixel (&scene->x, layer->x[i] + layer->u[i]), left, right);
  double y0 = odl_axis_pixel (&scene->y, layer->y[i]),
         y1 = odl_axis_pixel (&scene->y, layer->v[i]);
  y0 = isnan (y0) ? bottom : CLAMP (y0, top, bottom);
  y1 = isnan (y1) ? bottom : CLAMP (y1, top, bottom);
  return (OdlRect){ fmin (x0, x1), fmin (y0, y1), fabs (x1 - x0), fabs (y1 - y0) };
}

static gboolean
is_bar (const OdlLayer *layer, gsize i)
{
  return isfinite (layer->x[i]) && isfinite (layer->u[i]) && isfinite (layer->y[i])
         && isfinite (layer->v[i]);
}

/* Bars wide enough are parted by a gap. Those narrower than a few pixels run together
 * from pixel to pixel, also where rounding has parted the end of one from the start of
 * the next; the many within a column are drawn as the tallest of them. */
static void
fit_bar (OdlRect *bar)
{
  double right = bar->x + bar->width;
  if (bar->width > 3) {
    bar->width -= 1;
    return;
  }
  bar->x = floor (bar->x + 1e-6);
  bar->width = fmax (floor (right + 1e-6) - bar->x, 1);
}

void
odl_layer_draw_bars (OdlScene *scene, const OdlLayer *layer)
{
  cairo_t *cr = scene->canvas->cr;
  OdlRect last = { NAN, NAN, 0, 0 };
  odl_canvas_color (scene->canvas, layer->style.color, odl_scene_alpha (scene, layer));
  for (gsize i = 0; i < layer->n; i++) {
    if (!is_bar (layer, i))
      continue;
    OdlRect bar = bar_pixels (scene, layer, i);
    fit_bar (&bar);
    if (bar.width <= 1 && bar.x >= last.x && bar.x < last.x + last.width
        && bar.y >= last.y && bar.y + bar.height <= last.y + last.height)
      continue;
    last = bar;
    cairo_rectangle (cr, bar.x, bar.y, bar.width, bar.height);
  }
  cairo_fill (cr);
}

/* ── Rules and words ── */

void
odl_layer_draw_rule (OdlScene *scene, const OdlLayer *layer)
{
  OdlCanvas *canvas = scene->canvas;
  cairo_t *cr = canvas->cr;
  const OdlRect *inner = &scene->inner;
  gboolean upright = layer->kind == ODL_LAYER_VERTICAL;
  double at = upright ? odl_axis_pixel (&scene->x, *layer->x)
                      : odl_axis_pixel (&scene->y, *layer->y);
  double width = odl_style_width (canvas, &layer->style);
  if (isnan (at) || fabs (at) > 1e6)
    return;
  at = width < 2 ? floor (at) + 0.5 : at;
  odl_canvas_color (canvas, layer->style.color, odl_scene_alpha (scene, layer));
  cairo_set_line_width (cr, width);
  odl_canvas_dash (canvas, layer->style.dash, width);
  cairo_move_to (cr, upright ? at : inner->x, upright ? inner->y : at);
  cairo_line_to (cr, upright ? at : inner->x + inner->width,
                 upright ? inner->y + inner->height : at);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

/* Text at a point of the data, pushed back into the plot where it would leave it; on a
 * pale ground to be read over lines. */
void
odl_layer_draw_words (OdlScene *scene, const OdlLayer *layer)
{
  OdlCanvas *canvas = scene->canvas;
  const OdlRect *inner = &scene->inner;
  double x = odl_axis_pixel (&scene->x, *layer->x),
         y = odl_axis_pixel (&scene->y, *layer->y), width, height;
  if (isnan (x) || isnan (y) || !is_near (scene, x, y, 4))
    return;
  OdlWords words = { .size = 0.92,
                     .color = layer->style.color,
                     .alpha = odl_scene_alpha (scene, layer),
                     .width = fmax (inner->width - 8, 20) };
  odl_canvas_measure (canvas, layer->text, &words, &width, &height);
  double left = CLAMP (x + layer->dx - layer->anchor * width, inner->x + 4,
                       fmax (inner->x + 4, inner->x + inner->width - width - 4));
  double top = CLAMP (y + layer->dy - height, inner->y + 2,
                      fmax (inner->y + 2, inner->y + inner->height - height - 2));
  OdlRect ground = { round (left) - 3, round (top), ceil (width) + 6, ceil (height) };
  odl_canvas_rounded (canvas, &ground, 3);
  odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 0.72);
  cairo_fill (canvas->cr);
  odl_canvas_text (canvas, left, top, layer->text, &words);
}

void
odl_layer_draw (OdlScene *scene, const OdlLayer *layer)
{
  static void (*const draw[]) (OdlScene *, const OdlLayer *) = {
    [ODL_LAYER_LINE] = odl_layer_draw_line,
    [ODL_LAYER_MARKERS] = odl_layer_draw_markers,
    [ODL_LAYER_CLOUD] = odl_layer_draw_cloud,
    [ODL_LAYER_ARROWS] = odl_layer_draw_arrows,
    [ODL_LAYER_BAND] = odl_layer_draw_band,
    [ODL_LAYER_HEAT] = odl_layer_draw_heat,
    [ODL_LAYER_REGION] = odl_layer_draw_region,
    [ODL_LAYER_BARS] = odl_layer_draw_bars,
    [ODL_LAYER_VERTICAL] = odl_layer_draw_rule,
    [ODL_LAYER_HORIZONTAL] = odl_layer_draw_rule,
    [ODL_LAYER_TEXT] = odl_layer_draw_words,
  };
  cairo_new_path (scene->canvas->cr);
  draw[layer->kind](scene, layer);
}
