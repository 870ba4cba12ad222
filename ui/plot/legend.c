/* The legend: rows by name, in the emptiest corner or in lines above the axes.
 * SPDX-License-Identifier: MIT
 *
 * How full a corner is, is counted on a coarse grid of cells over the plot: every layer
 * with a place marks the cells that its points and the lines between them touch. A
 * corner is good enough when next to none of its cells is touched; corners are asked in
 * a fixed order, so the legend stays where it is while data move elsewhere. */
#include <math.h>
#include <string.h>

#include "plot/scene.h"

enum { CELLS_X = 40, CELLS_Y = 24, MOST_POINTS = 3000 };

static const OdlWords row_words = { .size = 0.92 };

static gboolean
has_row (const OdlLegend *legend, const char *name)
{
  for (guint i = 0; i < legend->n; i++)
    if (strcmp (legend->row[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

void
odl_legend_collect (OdlScene *scene)
{
  OdlLegend *legend = &scene->legend;
  legend->n = 0;
  if (scene->plot->no_legend)
    return;
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if (layer->name == NULL || *layer->name == '\0' || legend->n == ODL_MAX_LEGEND
        || has_row (legend, layer->name))
      continue;
    OdlLegendRow *row = &legend->row[legend->n++];
    row->name = layer->name;
    row->hidden = !odl_scene_shows (scene, layer);
    odl_canvas_measure (scene->canvas, row->name, &row_words, &row->rect.width, NULL);
    row->rect.width += scene->swatch + scene->canvas->em * 0.6;
    row->rect.height = round (scene->canvas->em * 1.5);
  }
}

/* Lines of rows under the title; what does not fit into a third of the height is left
 * out. */
void
odl_legend_flow (OdlScene *scene, double *top)
{
  OdlLegend *legend = &scene->legend;
  double em = scene->canvas->em, left = scene->area.x + scene->pad, x = left,
         y = *top - em * 0.2;
  double right = scene->area.x + scene->area.width - scene->pad;
  double line = legend->row[0].rect.height,
         bottom = scene->area.y + scene->area.height * 0.36;
  guint shown = 0;
  for (guint i = 0; i < legend->n; i++) {
    OdlRect *rect = &legend->row[i].rect;
    rect->width = fmin (rect->width, right - left);
    gboolean breaks = x > left && x + rect->width > right;
    if (breaks && y + 2 * line > bottom)
      break;
    x = breaks ? left : x;
    y += breaks ? line : 0;
    rect->x = x;
    rect->y = y;
    x += rect->width + em * 0.9;
    shown = i + 1;
  }
  legend->left_out = legend->n - shown;
  legend->n = shown;
  legend->inside = FALSE;
  legend->box = (OdlRect){ left, *top, right - left, y + line - *top };
  *top = y + line + em * 0.5;
}

/* ── How full the corners are ── */

typedef struct {
  const OdlScene *scene;
  guint8 cell[CELLS_Y][CELLS_X];
} Crowd;

static void
touch (Crowd *crowd, double px, double py)
{
  const OdlRect *inner = &crowd->scene->inner;
  double u = (px - inner->x) / inner->width * CELLS_X,
         v = (py - inner->y) / inner->height * CELLS_Y;
  if (u >= 0 && v >= 0 && u < CELLS_X && v < CELLS_Y)
    crowd->cell[(int)v][(int)u] = 1;
}

static void
touch_segment (Crowd *crowd, double x0, double y0, double x1, double y1)
{
  const OdlRect *inner = &crowd->scene->inner;
  double steps = fmax (fabs (x1 - x0) / inner->width * CELLS_X,
                       fabs (y1 - y0) / inner->height * CELLS_Y);
  guint n = isfinite (steps) ? (guint)fmin (ceil (steps), 64) : 0;
  for (guint i = 1; i <= n; i++)
    touch (crowd, x0 + (x1 - x0) * i / n, y0 + (y1 - y0) * i / n);
}

static void
touch_points (Crowd *crowd, const OdlLayer *layer, const double *ys, gboolean joined)
{
  const OdlScene *scene = crowd->scene;
  gsize stride = layer->n / MOST_POINTS + 1;
  double before_x = NAN, before_y = NAN;
  for (gsize i = 0; i < layer->n; i += stride) {
    double x = odl_axis_pixel (&scene->x, layer->x[i]),
           y = odl_axis_pixel (&scene->y, ys[i]);
    if (!isnan (x) && !isnan (y)) {
      touch (crowd, x, y);
      if (joined)
        touch_segment (crowd, before_x, before_y, x, y);
    }
    before_x = x;
    before_y = y;
  }
}

static void
touch_bars (Crowd *crowd, const OdlLayer *layer)
{
  const OdlScene *scene = crowd->scene;
  for (gsize i = 0; i < MIN (layer->n, MOST_POINTS); i++) {
    double x = odl_axis_pixel (&scene->x, layer->x[i] + layer->u[i] / 2);
    double low = odl_axis_pixel (&scene->y, layer->y[i]);
    double high = odl_axis_pixel (&scene->y, layer->v[i]);
    touch (crowd, x, high);
    touch_segment (crowd, x, isnan (low) ? scene->y.from : low, x, high);
  }
}

static void
touch_layer (Crowd *crowd, const OdlLayer *layer)
{
  switch (layer->kind) {
  case ODL_LAYER_LINE:
  case ODL_LAYER_MARKERS:
  case ODL_LAYER_CLOUD:
    touch_points (crowd, layer, layer->y, layer->kind == ODL_LAYER_LINE);
    break;
  case ODL_LAYER_BAND:
    touch_points (crowd, layer, layer->y, TRUE);
    touch_points (crowd, layer, layer->u, TRUE);
    break;
  case ODL_LAYER_BARS:
    touch_bars (crowd, layer);
    break;
  default:
    break;
  }
}

static double
fullness (const Crowd *crowd, const OdlRect *box)
{
  const OdlRect *inner = &crowd->scene->inner;
  int u0 = (int)floor ((box->x - inner->x) / inner->width * CELLS_X);
  int u1 = (int)ceil ((box->x + box->width - inner->x) / inner->width * CELLS_X);
  int v0 = (int)floor ((box->y - inner->y) / inner->height * CELLS_Y);
  int v1 = (int)ceil ((box->y + box->height - inner->y) / inner->height * CELLS_Y);
  int full = 0, all = 0;
  for (int v = MAX (v0, 0); v < MIN (v1, CELLS_Y); v++)
    for (int u = MAX (u0, 0); u < MIN (u1, CELLS_X); u++, all++)
      full += crowd->cell[v][u];
  return all > 0 ? (double)full / all : 1;
}

static void
stack_rows (OdlScene *scene)
{
  OdlLegend *legend = &scene->legend;
  double em = scene->canvas->em, y = legend->box.y + em * 0.35;
  for (guint i = 0; i < legend->n; i++) {
    OdlRect *rect = &legend->row[i].rect;
    rect->x = legend->box.x + em * 0.5;
    rect->y = y;
    rect->width = legend->box.width - em;
    y += rect->height;
  }
}

gboolean
odl_legend_place (OdlScene *scene)
{
  OdlLegend *legend = &scene->legend;
  const OdlRect *inner = &scene->inner;
  double em = scene->canvas->em, gap = round (em * 0.6), width = 0;
  for (guint i = 0; i < legend->n; i++)
    width = fmax (width, legend->row[i].rect.width);
  OdlRect box = { 0, 0, ceil (width + em),
                  ceil (legend->n * legend->row[0].rect.height + em * 0.7) };
  if (box.width > inner->width * 0.5 || box.height > inner->height * 0.6)
    return FALSE;
  Crowd crowd = { .scene = scene };
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if (odl_scene_shows (scene, layer) && !layer->style.no_fit)
      touch_layer (&crowd, layer);
  }
  for (guint corner = 0; corner < 4; corner++) {
    box.x
        = corner % 2 == 0 ? inner->x + inner->width - box.width - gap : inner->x + gap;
    box.y = corner < 2 ? inner->y + gap : inner->y + inner->height - box.height - gap;
    if (fullness (&crowd, &box) > 0)
      continue;
    legend->inside = TRUE;
    legend->box = box;
    stack_rows (scene);
    return TRUE;
  }
  return FALSE;
}

/* ── Drawing ── */

static void
swatch_line (OdlScene *scene, const OdlLayer *layer, double x, double y)
{
  OdlCanvas *canvas = scene->canvas;
  cairo_t *cr = canvas->cr;
  double width = CLAMP (odl_style_width (canvas, &layer->style), 1, 5);
  cairo_set_line_width (cr, width);
  odl_canvas_dash (canvas, layer->style.dash, width);
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + scene->swatch * 0.85, y);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
swatch_head (OdlCanvas *canvas, double x, double y)
{
  cairo_move_to (canvas->cr, x - 4, y - 2.5);
  cairo_line_to (canvas->cr, x, y);
  cairo_line_to (canvas->cr, x - 4, y + 2.5);
  cairo_set_line_width (canvas->cr, 1);
  cairo_stroke (canvas->cr);
}

/* Five slices of the colour map. */
static void
swatch_map (OdlScene *scene, const OdlLayer *layer, const OdlRect *box)
{
  OdlCanvas *canvas = scene->canvas;
  double alpha = odl_scene_shows (scene, layer) ? 1 : 0.3, width = box->width / 5;
  for (guint i = 0; i < 5; i++) {
    odl_canvas_rgb (canvas, odl_palette_map (&canvas->theme, layer->heat.map, i / 4.0),
                    alpha);
    cairo_rectangle (canvas->cr, box->x + i * width, box->y, width, box->height);
    cairo_fill (canvas->cr);
  }
}

static void
swatch (OdlScene *scene, const OdlLayer *layer, double x, double y)
{
  OdlCanvas *canvas = scene->canvas;
  double middle = x + scene->swatch * 0.42, half = canvas->em * 0.35;
  OdlRect box = { x, y - half, scene->swatch * 0.85, 2 * half };
  switch (layer->kind) {
  case ODL_LAYER_MARKERS:
    odl_canvas_marker (
        canvas,
        layer->style.marker != ODL_MARKER_NONE ? layer->style.marker : ODL_MARKER_DISC,
        middle, y, CLAMP (layer->style.size > 0 ? layer->style.size : 5, 4, 9),
        fmin (odl_style_width (canvas, &layer->style), 2));
    break;
  case ODL_LAYER_CLOUD:
    odl_canvas_marker (canvas, ODL_MARKER_DISC, middle, y, 6, 0);
    break;
  case ODL_LAYER_HEAT:
    swatch_map (scene, layer, &box);
    break;
  case ODL_LAYER_BAND:
  case ODL_LAYER_REGION:
  case ODL_LAYER_BARS:
    odl_canvas_rounded (canvas, &box, 2);
    cairo_fill (canvas->cr);
    break;
  case ODL_LAYER_ARROWS:
    swatch_line (scene, layer, x, y);
    swatch_head (canvas, x + scene->swatch * 0.85, y);
    break;
  default:
    swatch_line (scene, layer, x, y);
  }
}

static void
draw_row (OdlScene *scene, const OdlLegendRow *row)
{
  OdlCanvas *canvas = scene->canvas;
  const OdlRect *rect = &row->rect;
  double y = floor (rect->y + rect->height / 2) + 0.5;
  if (odl_rect_contains (rect, scene->pointer_x, scene->pointer_y)) {
    OdlRect glow = { rect->x - 4, rect->y, rect->width + 8, rect->height };
    odl_canvas_rounded (canvas, &glow, 4);
    odl_canvas_color (canvas, ODL_COLOR_TEXT, 0.07);
    cairo_fill (canvas->cr);
  }
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if (layer->name == NULL || strcmp (layer->name, row->name) != 0)
      continue;
    odl_canvas_color (canvas, row->hidden ? ODL_COLOR_DIM : layer->style.color,
                      row->hidden ? 0.35 : fmax (layer->style.alpha, 0.15));
    swatch (scene, layer, rect->x, y);
  }
  OdlWords words = row_words;
  words.color = row->hidden ? ODL_COLOR_DIM : ODL_COLOR_TEXT;
  words.alpha = row->hidden ? 0.6 : 1;
  words.anchor_y = 0.5;
  words.width = fmax (rect->width - scene->swatch + 2, 8);
  odl_canvas_text (canvas, rect->x + scene->swatch, y, row->name, &words);
}

void
odl_legend_draw (OdlScene *scene)
{
  OdlLegend *legend = &scene->legend;
  OdlCanvas *canvas = scene->canvas;
  if (legend->n == 0)
    return;
  if (legend->inside) {
    OdlRect box = { legend->box.x + 0.5, legend->box.y + 0.5, legend->box.width - 1,
                    legend->box.height - 1 };
    odl_canvas_rounded (canvas, &box, 5);
    odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 0.88);
    cairo_fill_preserve (canvas->cr);
    odl_canvas_color (canvas, ODL_COLOR_TEXT, 0.12);
    cairo_set_line_width (canvas->cr, 1);
    cairo_stroke (canvas->cr);
  }
  for (guint i = 0; i < legend->n; i++)
    draw_row (scene, &legend->row[i]);
  if (legend->left_out == 0)
    return;
  const OdlRect *last = &legend->row[legend->n - 1].rect;
  g_autofree char *more = g_strdup_printf ("+ %u", legend->left_out);
  OdlWords words = { .size = 0.92, .color = ODL_COLOR_DIM, .anchor_y = 0.5 };
  odl_canvas_text (canvas, last->x + last->width + canvas->em * 0.5,
                   floor (last->y + last->height / 2) + 0.5, more, &words);
}
