/* Lays one plot out.
 * SPDX-License-Identifier: MIT
 *
 * From the outside in: title above, note and label below, labels of the ticks, colour
 * bar at the right. The width that labels need depends on the ticks, the ticks on the
 * height that is left, and an equal aspect on both, so the frame is fitted twice.
 * Margins are rounded to a few pixels: they stay where they are while a view is panned.
 */
#include "plot/scene.h"

#include <math.h>
#include <string.h>

static const OdlPlotView no_view;

gboolean
odl_rect_contains (const OdlRect *rect, double x, double y)
{
  return x >= rect->x && y >= rect->y && x < rect->x + rect->width
         && y < rect->y + rect->height;
}

gboolean
odl_scene_shows (const OdlScene *scene, const OdlLayer *layer)
{
  return layer->name == NULL || !odl_plot_view_is_hidden (scene->view, layer->name);
}

double
odl_scene_alpha (const OdlScene *scene, const OdlLayer *layer)
{
  const char *focus = scene->view->focus_series;
  gboolean aside
      = focus != NULL && layer->name != NULL && strcmp (focus, layer->name) != 0;
  double alpha = scene->canvas->theme.high_contrast ? fmax (layer->style.alpha, 0.4)
                                                    : layer->style.alpha;
  return aside ? alpha * 0.2 : alpha;
}

OdlScale
odl_scene_scale (const OdlPlot *plot, const OdlPlotView *view, guint axis)
{
  gboolean flip = axis == 0 ? view->log_x_flip : view->log_y_flip;
  return flip ? (plot->scale[axis] == ODL_SCALE_LOG ? ODL_SCALE_LINEAR : ODL_SCALE_LOG)
              : plot->scale[axis];
}

/* ── The range that is shown ── */

static void
join_layers (const OdlScene *scene, guint axis, gboolean all, OdlExtent *extent)
{
  odl_extent_clear (extent);
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if ((all || !layer->style.no_fit) && odl_scene_shows (scene, layer))
      odl_extent_join (extent, &layer->range[axis]);
  }
  for (guint i = 0; i < scene->plot->handles->len; i++) {
    const OdlHandle *handle = &g_array_index (scene->plot->handles, OdlHandle, i);
    odl_extent_add (extent, axis == 0 ? &handle->x : &handle->y, 1);
  }
}

/* Whether images or regions decide the extent: then there is no margin around them. */
static gboolean
is_tight (const OdlScene *scene)
{
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    OdlLayerKind kind = odl_plot_layer (scene->plot, i)->kind;
    if (kind == ODL_LAYER_HEAT || kind == ODL_LAYER_REGION)
      return TRUE;
  }
  return FALSE;
}

static void
fit (const OdlScene *scene, guint axis, double *low, double *high)
{
  OdlExtent extent;
  OdlScale scale = odl_scene_scale (scene->plot, scene->view, axis);
  join_layers (scene, axis, FALSE, &extent);
  if (odl_extent_is_empty (&extent))
    join_layers (scene, axis, TRUE, &extent);
  gboolean log = scale == ODL_SCALE_LOG;
  *low = log ? extent.low_positive : extent.low;
  *high = log ? extent.high_positive : extent.high;
  if (!(*low <= *high)) {
    *low = log ? 0.1 : 0;
    *high = 1;
  }
  double a = odl_scale_forward (scale, *low), b = odl_scale_forward (scale, *high);
  double margin = is_tight (scene) ? 0 : 0.045 * (b - a);
  if (!(b > a))
    margin = log ? 0.5 : *low != 0 ? fabs (*low) * 0.1 : 0.5;
  *low = odl_scale_back (scale, a - margin);
  *high = odl_scale_back (scale, b + margin);
}

static void
fitted_range (const OdlScene *scene, guint axis, double *low, double *high)
{
  const OdlPlot *plot = scene->plot;
  gboolean log = odl_scene_scale (plot, scene->view, axis) == ODL_SCALE_LOG;
  fit (scene, axis, low, high);
  if (!plot->has_range[axis] || (log && !(plot->range[axis][1] > 0)))
    return;
  *high = plot->range[axis][1];
  if (!log || plot->range[axis][0] > 0)
    *low = plot->range[axis][0];
  else
    *low = fmin (*low, *high * 1e-3);
}

/* Widens the axis with fewer data per pixel, about its middle. */
static void
make_equal (OdlScene *scene)
{
  OdlAxis *axes[2] = { &scene->x, &scene->y };
  if (scene->x.scale == ODL_SCALE_LOG || scene->y.scale == ODL_SCALE_LOG)
    return;
  double kx = fabs (scene->x.factor), ky = fabs (scene->y.factor), k = fmin (kx, ky);
  for (guint i = 0; i < 2; i++) {
    OdlAxis *axis = axes[i];
    double middle = (axis->low + axis->high) / 2,
           half = fabs (axis->to - axis->from) / k / 2;
    if (fabs (axis->factor) > k * (1 + 1e-9))
      odl_axis_set (axis, axis->scale, middle - half, middle + half, axis->from,
                    axis->to);
  }
}

static void
set_axes (OdlScene *scene)
{
  const OdlPlotView *view = scene->view;
  const OdlRect *inner = &scene->inner;
  double x0 = view->x0, x1 = view->x1, y0 = view->y0, y1 = view->y1;
  if (!view->zoomed) {
    fitted_range (scene, 0, &x0, &x1);
    fitted_range (scene, 1, &y0, &y1);
  }
  odl_axis_set (&scene->x, odl_scene_scale (scene->plot, view, 0), x0, x1, inner->x,
                inner->x + inner->width);
  odl_axis_set (&scene->y, odl_scene_scale (scene->plot, view, 1), y0, y1,
                inner->y + inner->height, inner->y);
  if (scene->plot->equal)
    make_equal (scene);
}

/* ── Ticks ── */

static const OdlWords tick_words = { .size = 0.92 };

/* Widths of the few characters that labels of ticks are made of: ticks are tried many
 * times, and a layout for each would cost more than the drawing. */
static void
measure_glyphs (OdlScene *scene)
{
  static const char *const samples[]
      = { "00000000", "........", "−−−−", "××××", "⁰⁻⁰⁻" };
  double width[G_N_ELEMENTS (samples)];
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++) {
    odl_canvas_measure (scene->canvas, samples[i], &tick_words, &width[i], NULL);
    width[i] /= g_utf8_strlen (samples[i], -1);
  }
  for (guint c = 0; c < G_N_ELEMENTS (scene->glyph); c++)
    scene->glyph[c] = c == '.' ? width[1] : width[0];
  scene->minus = width[2];
  scene->times = width[3];
  scene->superscript = width[4];
}

static double
measure_label (gpointer data, const char *label)
{
  const OdlScene *scene = data;
  double width = 0;
  for (const char *c = label; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar u = g_utf8_get_char (c);
    width += u < 128       ? scene->glyph[u]
             : u == 0x2212 ? scene->minus
             : u == 0x00d7 ? scene->times
                           : scene->superscript;
  }
  return ceil (width) + 1;
}

static OdlTickRule
tick_rule (OdlScene *scene, gboolean vertical)
{
  double em = scene->canvas->em;
  return (OdlTickRule){ .vertical = vertical,
                        .line_height = em * 1.15,
                        .gap = vertical ? em * 0.25 : em * 0.9,
                        .wanted = vertical ? em * 2.6 : em * 4.6,
                        .measure = measure_label,
                        .data = scene };
}

static double
widest (const OdlTicks *ticks)
{
  double width = 0;
  for (guint i = 0; i < ticks->n; i++)
    width = fmax (width, ticks->tick[i].width);
  return width;
}

static gboolean
has_label (const OdlPlot *plot, guint axis)
{
  return plot->label[axis] != NULL && *plot->label[axis] != '\0';
}

static gboolean
counts_nothing (const OdlPlot *plot, guint axis)
{
  return plot->label[axis] != NULL && *plot->label[axis] == '\0';
}

/* Takes away labels of ticks where the name of the axis stands, at the right. */
static void
make_room_for_name (OdlScene *scene)
{
  double width, right = scene->inner.x + scene->inner.width;
  odl_canvas_measure (scene->canvas, scene->plot->label[0], &(OdlWords){ 0 }, &width,
                      NULL);
  for (guint i = 0; i < scene->x_ticks.n; i++) {
    OdlTick *tick = &scene->x_ticks.tick[i];
    if (tick->pixel + tick->width / 2 > right - width - scene->canvas->em * 0.6)
      tick->label[0] = '\0';
  }
}

static void
set_ticks (OdlScene *scene)
{
  OdlTickRule along = tick_rule (scene, FALSE), up = tick_rule (scene, TRUE);
  scene->x_ticks.n = scene->y_ticks.n = 0;
  if (!counts_nothing (scene->plot, 0))
    odl_axis_ticks (&scene->x, &along, &scene->x_ticks);
  if (!counts_nothing (scene->plot, 1))
    odl_axis_ticks (&scene->y, &up, &scene->y_ticks);
  if (scene->compact && has_label (scene->plot, 0))
    make_room_for_name (scene);
  if (scene->bar_layer == NULL)
    return;
  const OdlHeat *heat = &scene->bar_layer->heat;
  odl_axis_set (&scene->bar_axis, ODL_SCALE_LINEAR, heat->z0, heat->z1,
                scene->inner.y + scene->inner.height, scene->inner.y);
  odl_axis_ticks (&scene->bar_axis, &up, &scene->bar_ticks);
}

/* ── Frames ── */

/* A label of a letter or two is not turned. */
gboolean
odl_scene_label_is_short (const OdlScene *scene)
{
  return has_label (scene->plot, 1) && g_utf8_strlen (scene->plot->label[1], -1) <= 2;
}

static double
round_up (double value, double unit)
{
  return ceil (value / unit) * unit;
}

static double
left_margin (OdlScene *scene)
{
  double em = scene->canvas->em, width = 0;
  double labels
      = fmin (round_up (widest (&scene->y_ticks), 4), scene->area.width * 0.4);
  if (odl_scene_label_is_short (scene))
    odl_canvas_measure (scene->canvas, scene->plot->label[1], &(OdlWords){ 0 }, &width,
                        NULL);
  else if (has_label (scene->plot, 1))
    width = em * 1.35;
  scene->y_label_x = scene->area.x + scene->pad;
  return scene->pad + width + (width > 0 ? em * 0.5 : 0) + labels + 8;
}

static double
right_margin (OdlScene *scene)
{
  double em = scene->canvas->em, margin = scene->pad;
  const OdlTicks *ticks = &scene->x_ticks;
  for (guint i = ticks->n; i-- > 0;)
    if (*ticks->tick[i].label != '\0') {
      double over = ticks->tick[i].pixel + ticks->tick[i].width / 2 - scene->inner.x
                    - scene->inner.width;
      margin = fmax (margin, round_up (over + 4, 4));
      break;
    }
  return scene->bar_layer != NULL
             ? margin + em * 1.8 + round_up (widest (&scene->bar_ticks), 4)
             : margin;
}

static double
bottom_margin (OdlScene *scene)
{
  double em = scene->canvas->em, height = scene->pad * 0.7 + em * 1.75;
  if (has_label (scene->plot, 0) && !scene->compact)
    height += em * 1.35;
  if (scene->note_height > 0)
    height += scene->note_height + em * 0.5;
  return height;
}

/* To the proportions of the ranges that were set. */
static void
shrink (OdlScene *scene)
{
  const OdlPlot *plot = scene->plot;
  OdlRect *inner = &scene->inner;
  const double x = plot->range[0][1] - plot->range[0][0],
               y = plot->range[1][1] - plot->range[1][0];
  if (!plot->has_range[0] || !plot->has_range[1] || !(x > 0) || !(y > 0))
    return;
  const double width = fmax (round (fmin (inner->width, inner->height * x / y)), 16),
               height = fmax (round (fmin (inner->height, inner->width * y / x)), 16);
  inner->x += round ((inner->width - width) / 2);
  inner->width = width;
  inner->height = height;
}

static void
set_inner (OdlScene *scene, double top)
{
  OdlRect *inner = &scene->inner;
  const OdlRect *area = &scene->area;
  double left = left_margin (scene), right = right_margin (scene),
         em = scene->canvas->em;
  inner->x = round (area->x + left);
  inner->y = round (top);
  inner->width = fmax (round (area->x + area->width - right) - inner->x, 16);
  inner->height
      = fmax (round (area->y + area->height - bottom_margin (scene)) - inner->y, 16);
  if (scene->plot->equal && scene->plot->keeps_range)
    shrink (scene);
  scene->x_label_y = inner->y + inner->height + em * (scene->compact ? 0.4 : 1.75);
  scene->note_y = inner->y + inner->height + em * 2.25;
  if (has_label (scene->plot, 0) && !scene->compact)
    scene->note_y += em * 1.35;
  if (scene->bar_layer != NULL)
    scene->bar = (OdlRect){ inner->x + inner->width + em * 0.8, inner->y,
                            round (em * 0.9), inner->height };
}

static void
measure_note (OdlScene *scene)
{
  const char *note = scene->plot->note;
  double most = scene->area.height * 0.34;
  scene->note_height = 0;
  if (note == NULL || *note == '\0')
    return;
  OdlWords words
      = { .size = 0.9, .width = scene->area.width - 2 * scene->pad, .wrap = TRUE };
  odl_canvas_measure (scene->canvas, note, &words, NULL, &scene->note_height);
  if (scene->note_height > most)
    scene->note_height
        = floor (most / (scene->canvas->em * 1.2)) * scene->canvas->em * 1.2;
}

static const OdlLayer *
find_bar (const OdlScene *scene)
{
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if (layer->kind == ODL_LAYER_HEAT && layer->heat.colorbar
        && odl_scene_shows (scene, layer))
      return layer;
  }
  return NULL;
}

static gboolean
is_empty (const OdlPlot *plot)
{
  for (guint i = 0; i < odl_plot_n_layers (plot); i++) {
    const OdlLayer *layer = odl_plot_layer (plot, i);
    if (!layer->style.no_fit
        && (!odl_extent_is_empty (&layer->range[0])
            || !odl_extent_is_empty (&layer->range[1])))
      return FALSE;
  }
  return TRUE;
}

static void
set_frame (OdlScene *scene, double top)
{
  scene->inner = (OdlRect){ scene->area.x + 50, top, fmax (scene->area.width - 70, 16),
                            fmax (scene->area.height - 80, 16) };
  for (guint pass = 0; pass < 3; pass++) {
    if (pass > 0)
      set_inner (scene, top);
    set_axes (scene);
    set_ticks (scene);
  }
}

void
odl_scene_init (OdlScene *scene, const OdlPlot *plot, OdlCanvas *canvas,
                const OdlRect *area, const OdlPlotView *view)
{
  memset (scene, 0, sizeof *scene);
  scene->plot = plot;
  scene->view = view != NULL ? view : &no_view;
  scene->canvas = canvas;
  double x = round (area->x), y = round (area->y);
  scene->area = (OdlRect){ x, y, round (area->x + area->width) - x,
                           round (area->y + area->height) - y };
  scene->pointer_x
      = scene->view->hovering ? scene->area.x + scene->view->pointer_x : NAN;
  scene->pointer_y
      = scene->view->hovering ? scene->area.y + scene->view->pointer_y : NAN;
  scene->pad = fmin (canvas->em, scene->area.width / 20);
  scene->swatch = canvas->em * 1.7;
  scene->compact = scene->area.height < canvas->em * 15;
  scene->says = plot->cells == NULL && plot->message != NULL && is_empty (plot);
  scene->empty = scene->says && plot->click == NULL;
  scene->title_y = scene->area.y + scene->pad * 0.75;
  double top
      = scene->title_y + (*plot->title != '\0' ? canvas->em * 1.85 : canvas->em * 0.4);
  measure_glyphs (scene);
  measure_note (scene);
  odl_legend_collect (scene);
  if (plot->cells != NULL || scene->empty) {
    scene->legend.n = 0;
    set_frame (scene, top);
    return;
  }
  scene->bar_layer = plot->three ? NULL : find_bar (scene);
  set_frame (scene, top);
  if (scene->legend.n == 0
      || (!plot->three && !plot->legend_above && odl_legend_place (scene)))
    return;
  odl_legend_flow (scene, &top);
  set_frame (scene, top);
}
