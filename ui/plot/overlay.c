/* Handles, crosshair, tips and the box of a zoom.
 * SPDX-License-Identifier: MIT
 *
 * The crosshair stands on the nearest sample of any line or set of marks within reach,
 * measured in pixels, and a chip says which series it is and its exact values; farther
 * away chips on the axes say where the pointer is. A tip near the pointer goes first.
 */
#include "plot/overlay.h"

#include <math.h>
#include <string.h>

#define HANDLE_REACH 13
#define QUIET_REACH  10
#define SAMPLE_REACH 36
#define TIP_REACH    10

static gboolean
is_on_axes (const OdlScene *scene)
{
  return isfinite (scene->pointer_x)
         && odl_rect_contains (&scene->inner, scene->pointer_x, scene->pointer_y);
}

/* ── Handles ── */

/* A mark that is held where it is drawn is smaller than a handle with a disc: between
 * marks close together there must be room for a click. */
static double
reach (const OdlHandle *handle)
{
  return handle->series != NULL ? QUIET_REACH : HANDLE_REACH;
}

int
odl_overlay_find_handle (const OdlScene *scene, double px, double py)
{
  int found = -1;
  double nearest = HANDLE_REACH;
  for (guint i = 0; i < scene->plot->handles->len; i++) {
    const OdlHandle *handle = &g_array_index (scene->plot->handles, OdlHandle, i);
    double distance = hypot (odl_axis_pixel (&scene->x, handle->x) - px,
                             odl_axis_pixel (&scene->y, handle->y) - py);
    if (distance <= nearest && distance <= reach (handle)
        && !odl_plot_view_is_hidden (scene->view, handle->series)) {
      nearest = distance;
      found = (int)i;
    }
  }
  return found;
}

/* The ring round a mark that can be taken. */
static void
draw_hold (OdlScene *scene, const OdlHandle *handle)
{
  OdlCanvas *canvas = scene->canvas;
  double x = odl_axis_pixel (&scene->x, handle->x),
         y = odl_axis_pixel (&scene->y, handle->y);
  odl_canvas_color (canvas, handle->color, 0.18);
  odl_canvas_marker (canvas, ODL_MARKER_DISC, x, y, 23, 0);
  odl_canvas_color (canvas, handle->color, 0.9);
  odl_canvas_marker (canvas, ODL_MARKER_CIRCLE, x, y, 17, 1.6);
}

static void
draw_handle (OdlScene *scene, const OdlHandle *handle, gboolean lit)
{
  OdlCanvas *canvas = scene->canvas;
  double x = odl_axis_pixel (&scene->x, handle->x),
         y = odl_axis_pixel (&scene->y, handle->y);
  const OdlRect *inner = &scene->inner;
  if (!(x >= inner->x - 8 && y >= inner->y - 8 && x <= inner->x + inner->width + 8
        && y <= inner->y + inner->height + 8))
    return;
  if (lit) {
    odl_canvas_color (canvas, handle->color, 0.22);
    odl_canvas_marker (canvas, ODL_MARKER_DISC, x, y, 27, 0);
  }
  odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 1);
  odl_canvas_marker (canvas, ODL_MARKER_DISC, x, y, 16, 0);
  odl_canvas_color (canvas, handle->color, 1);
  odl_canvas_marker (canvas, ODL_MARKER_DISC, x, y, 13, 0);
  odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 1);
  odl_canvas_marker (canvas, ODL_MARKER_DISC, x, y, 4.5, 0);
  if (handle->label == NULL || *handle->label == '\0')
    return;
  OdlWords words = { .color = handle->color, .bold = TRUE, .size = 0.92 };
  double width, height;
  odl_canvas_measure (canvas, handle->label, &words, &width, &height);
  double left = x + 12 + width > inner->x + inner->width ? x - 12 - width : x + 12;
  double top = CLAMP (y - height / 2, inner->y,
                      fmax (inner->y, inner->y + inner->height - height));
  OdlRect ground = { left - 3, top, width + 6, height };
  odl_canvas_rounded (canvas, &ground, 4);
  odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 0.75);
  cairo_fill (canvas->cr);
  odl_canvas_text (canvas, left, top, handle->label, &words);
}

static void
draw_handles (OdlScene *scene)
{
  int lit = scene->view->hovering
                ? odl_overlay_find_handle (scene, scene->pointer_x, scene->pointer_y)
                : -1;
  for (guint i = 0; i < scene->plot->handles->len; i++) {
    const OdlHandle *handle = &g_array_index (scene->plot->handles, OdlHandle, i);
    if (handle->series == NULL)
      draw_handle (scene, handle, (int)i == lit);
    else if ((int)i == lit)
      draw_hold (scene, handle);
  }
}

/* ── Chips ── */

/* Text on a raised ground beside a point, inside the area. */
static void
draw_chip (OdlScene *scene, double x, double y, const char *text, int color)
{
  OdlCanvas *canvas = scene->canvas;
  const OdlRect *area = &scene->area;
  double em = canvas->em, width, height;
  OdlWords words = { .color = ODL_COLOR_TEXT, .size = 0.95 }, wrapped = words;
  odl_canvas_measure (canvas, text, &words, &width, &height);
  double most = fmax (area->width * 0.7, 60);
  if (width > most) {
    wrapped.width = most;
    wrapped.wrap = TRUE;
    odl_canvas_measure (canvas, text, &wrapped, &width, &height);
  }
  double stripe = color >= 0 ? em * 0.5 : 0;
  OdlRect box
      = { x + 14, y - height - 14, width + em * 1.1 + stripe, height + em * 0.6 };
  if (box.x + box.width > area->x + area->width - 2)
    box.x = fmax (x - 14 - box.width, area->x + 2);
  if (box.y < area->y + 2)
    box.y = fmin (y + 16, area->y + area->height - box.height - 2);
  box.x = round (box.x) + 0.5;
  box.y = round (box.y) + 0.5;
  odl_canvas_rounded (canvas, &box, 5);
  odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 0.96);
  cairo_fill_preserve (canvas->cr);
  odl_canvas_color (canvas, ODL_COLOR_TEXT, 0.28);
  cairo_set_line_width (canvas->cr, 1);
  cairo_stroke (canvas->cr);
  if (color >= 0) {
    OdlRect mark = { box.x + em * 0.45, box.y + em * 0.4, 3, box.height - em * 0.8 };
    odl_canvas_rounded (canvas, &mark, 1.5);
    odl_canvas_color (canvas, color, 1);
    cairo_fill (canvas->cr);
  }
  odl_canvas_text (canvas, box.x + em * 0.55 + stripe, box.y + em * 0.3, text,
                   &wrapped);
}

static gboolean
draw_tip (OdlScene *scene)
{
  const OdlTip *found = NULL;
  double nearest = TIP_REACH;
  for (guint i = 0; i < scene->plot->tips->len; i++) {
    const OdlTip *tip = &g_array_index (scene->plot->tips, OdlTip, i);
    double x = odl_axis_pixel (&scene->x, tip->x),
           y = odl_axis_pixel (&scene->y, tip->y);
    double distance = hypot (x - scene->pointer_x, y - scene->pointer_y);
    if (distance <= nearest) {
      nearest = distance;
      found = tip;
    }
  }
  if (found == NULL)
    return FALSE;
  draw_chip (scene, odl_axis_pixel (&scene->x, found->x),
             odl_axis_pixel (&scene->y, found->y), found->text, -1);
  return TRUE;
}

/* ── The crosshair ── */

/* Layers that do not count for the fitted range, such as level lines behind the data,
 * have no samples either. */

typedef struct {
  const OdlLayer *layer;
  gsize index;
  double x, y, distance; /* px */
} Sample;

static void
search_layer (const OdlScene *scene, const OdlLayer *layer, Sample *best)
{
  for (gsize i = 0; i < layer->n; i++) {
    double x = odl_axis_pixel (&scene->x, layer->x[i]);
    if (!(fabs (x - scene->pointer_x) < best->distance))
      continue;
    double y = odl_axis_pixel (&scene->y, layer->y[i]),
           distance = hypot (x - scene->pointer_x, y - scene->pointer_y);
    if (distance < best->distance && odl_rect_contains (&scene->inner, x, y))
      *best = (Sample){ layer, i, x, y, distance };
  }
}

static gboolean
has_samples (const OdlLayer *layer)
{
  return layer->kind == ODL_LAYER_LINE || layer->kind == ODL_LAYER_MARKERS
         || layer->kind == ODL_LAYER_CLOUD;
}

static Sample
nearest_sample (const OdlScene *scene)
{
  Sample best = { .distance = SAMPLE_REACH };
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if (has_samples (layer) && !layer->style.no_fit && odl_scene_shows (scene, layer)
        && layer->z == NULL)
      search_layer (scene, layer, &best);
  }
  return best;
}

static void
cross_lines (OdlScene *scene, double x, double y)
{
  cairo_t *cr = scene->canvas->cr;
  const OdlRect *inner = &scene->inner;
  const double dash[2] = { 3, 3 };
  cairo_set_dash (cr, dash, 2, 0);
  cairo_set_line_width (cr, 1);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  odl_canvas_color (scene->canvas, ODL_COLOR_TEXT, 0.4);
  cairo_move_to (cr, floor (x) + 0.5, inner->y);
  cairo_line_to (cr, floor (x) + 0.5, inner->y + inner->height);
  cairo_move_to (cr, inner->x, floor (y) + 0.5);
  cairo_line_to (cr, inner->x + inner->width, floor (y) + 0.5);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static const char *
axis_name (const OdlPlot *plot, guint axis)
{
  const char *label = plot->label[axis];
  return label != NULL && *label != '\0' ? label : axis == 0 ? "x" : "y";
}

static char *
values_text (const OdlScene *scene, const char *name, double x, double y, guint digits)
{
  g_autofree char *a = odl_number_text (x, digits), *b = odl_number_text (y, digits);
  return g_strdup_printf ("%s%s%s = %s\n%s = %s", name != NULL ? name : "",
                          name != NULL ? "\n" : "", axis_name (scene->plot, 0), a,
                          axis_name (scene->plot, 1), b);
}

/* The value of a heat map under the pointer, as another line. */
static char *
heat_text (const OdlScene *scene, double x, double y)
{
  for (guint i = odl_plot_n_layers (scene->plot); i-- > 0;) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    const OdlHeat *heat = &layer->heat;
    if (layer->kind != ODL_LAYER_HEAT || !odl_scene_shows (scene, layer))
      continue;
    double u = (x - heat->x0) / (heat->x1 - heat->x0) * heat->columns,
           v = (y - heat->y0) / (heat->y1 - heat->y0) * heat->rows;
    if (!(u >= 0 && v >= 0 && u < heat->columns && v < heat->rows))
      continue;
    g_autofree char *number
        = odl_number_text (heat->z[(gsize)v * heat->columns + (gsize)u], 5);
    return g_strdup_printf ("\n%s = %s", layer->name != NULL ? layer->name : "value",
                            number);
  }
  return g_strdup ("");
}

static void
draw_crosshair (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  Sample sample = nearest_sample (scene);
  if (sample.layer == NULL) {
    double x = odl_axis_value (&scene->x, scene->pointer_x),
           y = odl_axis_value (&scene->y, scene->pointer_y);
    g_autofree char *place = values_text (scene, NULL, x, y, 4),
                    *heat = heat_text (scene, x, y);
    g_autofree char *text = g_strconcat (place, heat, NULL);
    cross_lines (scene, scene->pointer_x, scene->pointer_y);
    draw_chip (scene, scene->pointer_x, scene->pointer_y, text, -1);
    return;
  }
  const OdlLayer *layer = sample.layer;
  int color
      = layer->category != NULL ? layer->category[sample.index] : layer->style.color;
  g_autofree char *text = values_text (scene, layer->name, layer->x[sample.index],
                                       layer->y[sample.index], 8);
  cross_lines (scene, sample.x, sample.y);
  odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 1);
  odl_canvas_marker (canvas, ODL_MARKER_DISC, sample.x, sample.y, 11, 0);
  odl_canvas_color (canvas, color, 1);
  odl_canvas_marker (canvas, ODL_MARKER_DISC, sample.x, sample.y, 8, 0);
  draw_chip (scene, sample.x, sample.y, text, color);
}

/* What a mark that can be taken holds. */
static void
draw_held_values (OdlScene *scene, const OdlHandle *handle)
{
  if (handle->series == NULL)
    return;
  g_autofree char *text = values_text (scene, handle->series, handle->x, handle->y, 8);
  draw_chip (scene, odl_axis_pixel (&scene->x, handle->x),
             odl_axis_pixel (&scene->y, handle->y), text, handle->color);
}

static void
draw_selection (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  const OdlPlotView *view = scene->view;
  const OdlRect *inner = &scene->inner;
  double right = inner->x + inner->width, bottom = inner->y + inner->height;
  double x0 = CLAMP (scene->area.x + view->select_x, inner->x, right),
         y0 = CLAMP (scene->area.y + view->select_y, inner->y, bottom);
  double x1 = CLAMP (scene->area.x + view->pointer_x, inner->x, right),
         y1 = CLAMP (scene->area.y + view->pointer_y, inner->y, bottom);
  OdlRect box = { floor (fmin (x0, x1)) + 0.5, floor (fmin (y0, y1)) + 0.5,
                  round (fabs (x1 - x0)), round (fabs (y1 - y0)) };
  cairo_rectangle (canvas->cr, box.x, box.y, box.width, box.height);
  odl_canvas_color (canvas, ODL_COLOR_ACCENT, 0.14);
  cairo_fill_preserve (canvas->cr);
  odl_canvas_color (canvas, ODL_COLOR_ACCENT, 0.9);
  cairo_set_line_width (canvas->cr, 1);
  cairo_stroke (canvas->cr);
}

void
odl_overlay_draw (OdlScene *scene)
{
  draw_handles (scene);
  if (scene->view->selecting) {
    draw_selection (scene);
    return;
  }
  if (!is_on_axes (scene))
    return;
  int held = odl_overlay_find_handle (scene, scene->pointer_x, scene->pointer_y);
  if (held >= 0) {
    draw_held_values (scene, &g_array_index (scene->plot->handles, OdlHandle, held));
    return;
  }
  for (guint i = 0; i < scene->legend.n; i++)
    if (odl_rect_contains (&scene->legend.row[i].rect, scene->pointer_x,
                           scene->pointer_y))
      return;
  if (!draw_tip (scene))
    draw_crosshair (scene);
}
