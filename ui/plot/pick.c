/* What is under a point, and the range that is shown.
 * SPDX-License-Identifier: MIT
 *
 * The scene is laid out again as for drawing, so what is found is what was seen. */
#include <math.h>

#include "plot/draw.h"
#include "plot/layers.h"
#include "plot/overlay.h"

/* A scene without a target, for arithmetic. Free with close_scene. */
static OdlScene *
open_scene (const OdlPlot *plot, OdlCanvas *canvas, const OdlRect *area,
            const OdlPlotView *view, const OdlTheme *theme)
{
  OdlScene *scene = g_new (OdlScene, 1);
  odl_canvas_init (canvas, NULL, theme);
  odl_scene_init (scene, plot, canvas, area, view);
  return scene;
}

static void
close_scene (OdlScene *scene)
{
  odl_canvas_clear (scene->canvas);
  g_free (scene);
}

static void
pick_cell (OdlScene *scene, double px, double py, OdlPick *pick)
{
  const OdlPlot *plot = scene->plot;
  guint row, column;
  if (!odl_table_find (scene, px, py, &row, &column))
    return;
  pick->x = column;
  pick->y = row;
  if (plot->kinds == NULL || plot->kinds[column] == NULL || plot->indices[row] < 0)
    return;
  pick->kind = ODL_PICK_CELL;
  pick->action = plot->kinds[column];
  pick->index = plot->indices[row];
}

static void
pick_legend (const OdlScene *scene, double px, double py, OdlPick *pick)
{
  for (guint i = 0; i < scene->legend.n; i++)
    if (odl_rect_contains (&scene->legend.row[i].rect, px, py)) {
      pick->kind = ODL_PICK_LEGEND;
      pick->series = scene->legend.row[i].name;
    }
}

static OdlPickKind
pick_place (const OdlScene *scene, double px, double py)
{
  const OdlRect *inner = &scene->inner;
  if (odl_rect_contains (inner, px, py))
    return ODL_PICK_CANVAS;
  if (scene->plot->three)
    return odl_rect_contains (&scene->area, px, py) ? ODL_PICK_CANVAS
                                                    : ODL_PICK_NOTHING;
  if (px >= inner->x && px < inner->x + inner->width && py >= inner->y + inner->height
      && py < scene->note_y && py < scene->area.y + scene->area.height)
    return ODL_PICK_AXIS_X;
  if (py >= inner->y && py < inner->y + inner->height && px >= scene->area.x
      && px < inner->x)
    return ODL_PICK_AXIS_Y;
  return ODL_PICK_NOTHING;
}

OdlPick
odl_plot_pick (const OdlPlot *plot, const OdlRect *area, const OdlPlotView *view,
               const OdlTheme *theme, double px, double py)
{
  OdlPick pick = { .kind = ODL_PICK_NOTHING, .handle = -1, .index = -1 };
  g_return_val_if_fail (plot != NULL && area != NULL, pick);
  OdlCanvas canvas;
  OdlScene *scene = open_scene (plot, &canvas, area, view, theme);
  if (plot->cells != NULL) {
    pick_cell (scene, px, py, &pick);
  } else if (!scene->empty) {
    pick.x = odl_axis_value (&scene->x, px);
    pick.y = odl_axis_value (&scene->y, py);
    pick_legend (scene, px, py, &pick);
    if (pick.kind == ODL_PICK_NOTHING && !plot->three)
      pick.handle = odl_overlay_find_handle (scene, px, py);
    if (pick.handle >= 0)
      pick.kind = ODL_PICK_HANDLE;
    if (pick.kind == ODL_PICK_NOTHING)
      pick.kind = pick_place (scene, px, py);
  }
  close_scene (scene);
  return pick;
}

void
odl_plot_shown_range (const OdlPlot *plot, const OdlRect *area, const OdlPlotView *view,
                      const OdlTheme *theme, double *x0, double *x1, double *y0,
                      double *y1)
{
  g_return_if_fail (plot != NULL && area != NULL);
  OdlCanvas canvas;
  OdlScene *scene = open_scene (plot, &canvas, area, view, theme);
  *x0 = scene->x.low;
  *x1 = scene->x.high;
  *y0 = scene->y.low;
  *y1 = scene->y.high;
  close_scene (scene);
}

const OdlHandle *
odl_plot_get_handle (const OdlPlot *plot, int index)
{
  g_return_val_if_fail (plot != NULL && index >= 0 && index < (int)plot->handles->len,
                        NULL);
  return &g_array_index (plot->handles, OdlHandle, index);
}

guint
odl_plot_n_handles (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, 0);
  return plot->handles->len;
}

const char *
odl_plot_click_kind (const OdlPlot *plot, gboolean *paints)
{
  g_return_val_if_fail (plot != NULL, NULL);
  if (paints != NULL)
    *paints = plot->paints;
  return plot->click;
}

const char *
odl_plot_click_hint (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, NULL);
  return plot->hint;
}

int
odl_plot_get_click_index (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, 0);
  return plot->click_index;
}

gboolean
odl_plot_is_three (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, FALSE);
  return plot->three;
}

gboolean
odl_plot_is_table (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, FALSE);
  return plot->cells != NULL;
}

/* ── Zooming ── */

/* Scales about a point on the scaled line; refuses what double precision could not tell
 * apart. */
static void
zoom_axis (const OdlAxis *axis, double factor, double about, double *low, double *high)
{
  double a = odl_scale_forward (axis->scale, axis->low),
         b = odl_scale_forward (axis->scale, axis->high);
  double at = odl_scale_forward (axis->scale, about);
  *low = axis->low;
  *high = axis->high;
  if (!isfinite (at) || !(factor > 0))
    return;
  double c = at + (a - at) * factor, d = at + (b - at) * factor;
  double size = fmax (fabs (c), fabs (d)),
         most = axis->scale == ODL_SCALE_LOG ? 300 : 1e300;
  if (!(d - c > 1e-11 * size) || !(size < most) || !(d - c > 1e-290))
    return;
  *low = odl_scale_back (axis->scale, c);
  *high = odl_scale_back (axis->scale, d);
}

void
odl_plot_view_zoom (const OdlPlot *plot, const OdlRect *area, OdlPlotView *view,
                    const OdlTheme *theme, double factor_x, double factor_y, double x,
                    double y)
{
  g_return_if_fail (plot != NULL && area != NULL && view != NULL);
  OdlCanvas canvas;
  OdlScene *scene = open_scene (plot, &canvas, area, view, theme);
  if (plot->equal)
    factor_x = factor_y
        = fabs (log (factor_x)) > fabs (log (factor_y)) ? factor_x : factor_y;
  zoom_axis (&scene->x, factor_x, x, &view->x0, &view->x1);
  zoom_axis (&scene->y, factor_y, y, &view->y0, &view->y1);
  view->zoomed = TRUE;
  close_scene (scene);
}

static void
pan_axis (const OdlAxis *axis, double pixels, double *low, double *high)
{
  double a = odl_axis_value (axis, axis->from - pixels),
         b = odl_axis_value (axis, axis->to - pixels);
  gboolean good = isfinite (a) && isfinite (b) && a < b && fabs (a) < 1e300
                  && fabs (b) < 1e300
                  && (axis->scale == ODL_SCALE_LINEAR || a > 1e-300);
  *low = good ? a : axis->low;
  *high = good ? b : axis->high;
}

void
odl_plot_view_pan (const OdlPlot *plot, const OdlRect *area, OdlPlotView *view,
                   const OdlTheme *theme, double dx_px, double dy_px)
{
  g_return_if_fail (plot != NULL && area != NULL && view != NULL);
  OdlCanvas canvas;
  OdlScene *scene = open_scene (plot, &canvas, area, view, theme);
  pan_axis (&scene->x, dx_px, &view->x0, &view->x1);
  pan_axis (&scene->y, dy_px, &view->y0, &view->y1);
  view->zoomed = TRUE;
  close_scene (scene);
}

/* Two pixels of an axis as an ordered range, kept on the axis. */
static gboolean
box_axis (const OdlAxis *axis, double p, double q, double *low, double *high)
{
  double least = fmin (axis->from, axis->to), most = fmax (axis->from, axis->to);
  double a = odl_axis_value (axis, CLAMP (p, least, most)),
         b = odl_axis_value (axis, CLAMP (q, least, most));
  *low = fmin (a, b);
  *high = fmax (a, b);
  return fabs (p - q) >= 4 && *high - *low > 1e-11 * fmax (fabs (*low), fabs (*high));
}

void
odl_plot_view_box (const OdlPlot *plot, const OdlRect *area, OdlPlotView *view,
                   const OdlTheme *theme, double px0, double py0, double px1,
                   double py1)
{
  g_return_if_fail (plot != NULL && area != NULL && view != NULL);
  OdlCanvas canvas;
  OdlScene *scene = open_scene (plot, &canvas, area, view, theme);
  double x0, x1, y0, y1;
  gboolean wide = box_axis (&scene->x, px0, px1, &x0, &x1),
           tall = box_axis (&scene->y, py0, py1, &y0, &y1);
  if (wide || tall) {
    view->x0 = wide ? x0 : scene->x.low;
    view->x1 = wide ? x1 : scene->x.high;
    view->y0 = tall ? y0 : scene->y.low;
    view->y1 = tall ? y1 : scene->y.high;
    view->zoomed = TRUE;
  }
  close_scene (scene);
}
