/* The phase plane of the Solvers figure.
 * SPDX-License-Identifier: MIT
 *
 * From back to front: direction field, nullclines, the true solution as a broad pale
 * line, each method's curve with a mark at every step, equilibria, the points under the
 * scrubber, crosses where a run ended early, and the start that can be dragged. Runs
 * that leave the range are cut far outside it, so that infinities never reach the
 * drawing. */
#include "figure-solvers.h"

#include <math.h>
#include <string.h>

/* The two coordinates of state y at time t in this plane. */
static void
project (const OdlSolversPayload *payload, double t, const double *y, double *px,
         double *py)
{
  *px = payload->over_time ? t : y[payload->axis_x];
  *py = y[payload->axis_y];
}

/* NaN for what lies too far outside to be drawn. */
static double
cut (double value, double low, double high)
{
  double size = high - low;
  return value > low - 1000 * size && value < high + 1000 * size ? value : NAN;
}

typedef struct {
  guint n;
  double *x, *y;
} Points;

static Points
project_all (const OdlSolversPayload *payload, guint n, const double *t,
             const double *y)
{
  Points points = { n, g_new (double, n + 1), g_new (double, n + 1) };
  for (guint i = 0; i < n; i++) {
    project (payload, t[i], y + (gsize)i * payload->dim, &points.x[i], &points.y[i]);
    points.x[i] = cut (points.x[i], payload->x0, payload->x1);
    points.y[i] = cut (points.y[i], payload->y0, payload->y1);
  }
  return points;
}

static void
points_clear (Points *points)
{
  g_free (points->x);
  g_free (points->y);
}

/* Index of the picture of a forced field nearest to now. */
static guint
moment (const OdlSolversPage *page)
{
  const OdlSolversPayload *p = page->payload;
  if (p->n_moments < 2)
    return 0;
  double part = (page->now - p->t0) / (p->t1 - p->t0);
  return (guint)lround (CLAMP (part, 0, 1) * (p->n_moments - 1));
}

static void
add_field (const OdlSolversPage *page, OdlPlot *plot)
{
  const OdlSolversPayload *p = page->payload;
  guint n = p->arrow_rows * p->arrow_columns;
  if (p->arrow_u == NULL)
    return;
  g_autofree double *x = g_new (double, n), *y = g_new (double, n);
  for (guint i = 0; i < n; i++) {
    double u = (i % p->arrow_columns) / (p->arrow_columns - 1.0);
    double v = (i / p->arrow_columns) / (p->arrow_rows - 1.0);
    x[i] = p->back_x0 + u * (p->back_x1 - p->back_x0);
    y[i] = p->back_y0 + v * (p->back_y1 - p->back_y0);
  }
  gsize shift = (gsize)moment (page) * n;
  odl_plot_arrows (
      plot, "direction field", x, y, p->arrow_u + shift, p->arrow_v + shift, n, 13,
      (OdlStyle){ .color = ODL_COLOR_DIM, .width = 1, .alpha = 0.4, .no_fit = TRUE });
}

static void
add_nullcline (const OdlSolversPage *page, OdlPlot *plot, const double *grid,
               guint state, OdlStyle style)
{
  const OdlSolversPayload *p = page->payload;
  if (grid == NULL)
    return;
  gsize n = (gsize)p->null_rows * p->null_columns;
  OdlHeat heat = { .z = grid + moment (page) * n,
                   .rows = p->null_rows,
                   .columns = p->null_columns,
                   .x0 = p->back_x0,
                   .x1 = p->back_x1,
                   .y0 = p->back_y0,
                   .y1 = p->back_y1 };
  g_autofree char *name = g_strdup_printf ("d%s = 0", p->states[state]);
  style.width = 1.2;
  style.alpha = 0.55;
  style.no_fit = TRUE;
  odl_plot_contour (plot, name, &heat, 0, style);
}

static void
add_nullclines (const OdlSolversPage *page, OdlPlot *plot)
{
  const OdlSolversPayload *p = page->payload;
  add_nullcline (page, plot, p->null_x, p->axis_x,
                 (OdlStyle){ .color = ODL_COLOR_TEXT, .dash = ODL_DASH_DASH_DOT });
  add_nullcline (page, plot, p->null_y, p->axis_y,
                 (OdlStyle){ .color = ODL_COLOR_TEXT, .dash = ODL_DASH_DOTTED });
}

static void
add_reference (const OdlSolversPage *page, OdlPlot *plot)
{
  const OdlSolversPayload *p = page->payload;
  if (p->n_reference == 0)
    return;
  Points points = project_all (p, p->n_reference, p->reference_t, p->reference_y);
  odl_plot_line (plot, p->reference_title, points.x, points.y, points.n,
                 (OdlStyle){ .color = ODL_COLOR_REFERENCE, .width = 4, .alpha = 0.5 });
  points_clear (&points);
}

static void
add_run (const OdlSolversPage *page, OdlPlot *plot, const OdlSolverRun *run)
{
  const OdlSolversPayload *p = page->payload;
  Points curve = project_all (p, run->n_curve, run->t, run->y);
  odl_plot_line (plot, run->title, curve.x, curve.y, curve.n,
                 odl_solvers_line_style (p, run));
  points_clear (&curve);
  if (!odl_values_boolean (page->frame->values, "markers") || run->n_steps > 400)
    return;
  Points steps = project_all (p, run->n_steps, run->step_t, run->step_y);
  OdlStyle style = odl_solvers_marker_style (p, run);
  style.size = run->n_steps > 60 ? 4 : 6;
  odl_plot_markers (plot, run->title, steps.x, steps.y, steps.n, style);
  points_clear (&steps);
}

static gboolean
is_inside (const OdlSolversPage *page, double x, double y)
{
  return x >= page->x0 && x <= page->x1 && y >= page->y0 && y <= page->y1;
}

/* Where a run that ended early is marked: its last state, or the last point still in
 * the picture. */
static void
add_end (const OdlSolversPage *page, OdlPlot *plot, const OdlSolverRun *run)
{
  const OdlSolversPayload *p = page->payload;
  double x, y;
  if (run->end == ODL_RUN_DONE || run->end == ODL_RUN_PENDING || run->stop_y == NULL)
    return;
  project (p, run->stop_t, run->stop_y, &x, &y);
  for (guint i = run->n_curve; i-- > 0 && !is_inside (page, x, y);)
    project (p, run->t[i], run->y + (gsize)i * p->dim, &x, &y);
  if (!is_inside (page, x, y))
    return;
  odl_plot_markers (plot, NULL, &x, &y, 1,
                    (OdlStyle){ .color = ODL_COLOR_BAD,
                                .marker = ODL_MARKER_CROSS,
                                .size = 13,
                                .width = 2.5 });
  g_autofree char *text = g_strdup_printf ("%s %s", run->title, run->message);
  odl_plot_text (plot, x, y, 10, -10, 0, text, (OdlStyle){ .color = ODL_COLOR_BAD });
  odl_plot_tip (plot, x, y, text);
}

static char *
describe_equilibrium (const OdlSolversPayload *p, const OdlEquilibrium *e)
{
  g_autoptr (GString) text = g_string_new (e->kind);
  g_string_append (text, " at (");
  for (guint i = 0; i < p->dim; i++) {
    g_autofree char *number = odl_solvers_number (e->y[i]);
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", number);
  }
  g_string_append (text, ")\nλ = ");
  for (guint i = 0; i < p->dim; i++) {
    if (e->im[i] < 0)
      continue;
    g_string_append_printf (text, "%s%.4g", i > 0 ? ", " : "", e->re[i]);
    if (e->im[i] != 0)
      g_string_append_printf (text, " ± %.4g i", e->im[i]);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_equilibria (const OdlSolversPage *page, OdlPlot *plot)
{
  const OdlSolversPayload *p = page->payload;
  for (guint i = 0; i < p->n_equilibria; i++) {
    const OdlEquilibrium *e = &p->equilibria[i];
    OdlMarker marker = strstr (e->kind, "saddle") != NULL     ? ODL_MARKER_DIAMOND
                       : g_str_has_prefix (e->kind, "stable") ? ODL_MARKER_DISC
                                                              : ODL_MARKER_CIRCLE;
    OdlStyle style = {
      .color = ODL_COLOR_TEXT, .marker = marker, .size = 9, .no_fit = TRUE, .width = 1.6
    };
    g_autofree char *text = describe_equilibrium (p, e);
    if (p->dim == 1)
      odl_plot_horizontal (plot, "equilibrium", e->y[0],
                           (OdlStyle){ .color = ODL_COLOR_TEXT,
                                       .width = 1,
                                       .dash = ODL_DASH_DASHED,
                                       .no_fit = TRUE });
    double x, y;
    project (p, p->t1, e->y, &x, &y);
    odl_plot_markers (plot, p->dim == 1 ? NULL : "equilibrium", &x, &y, 1, style);
    odl_plot_tip (plot, x, y, text);
  }
}

/* The points all runs have come to at the scrubber's time. */
static void
add_now (const OdlSolversPage *page, OdlPlot *plot)
{
  const OdlSolversPayload *p = page->payload;
  for (guint i = 0; i < p->n_runs; i++) {
    const OdlSolverRun *run = &p->runs[i];
    double x
        = p->dim == 1 ? page->now : odl_solvers_state_at (p, run, page->now, p->axis_x);
    double y = odl_solvers_state_at (p, run, page->now, p->axis_y);
    OdlStyle style = { .color = odl_solvers_color (p, run),
                       .marker = ODL_MARKER_DISC,
                       .size = 11,
                       .no_fit = TRUE };
    if (isfinite (x) && isfinite (y) && is_inside (page, x, y))
      odl_plot_markers (plot, NULL, &x, &y, 1, style);
  }
}

static void
add_start (const OdlSolversPage *page, OdlPlot *plot)
{
  const OdlSolversPayload *p = page->payload;
  OdlHandle handle = {
    .kind = "start", .label = "start", .color = ODL_COLOR_ACCENT, .y_only = p->dim == 1
  };
  project (p, p->t0, p->start, &handle.x, &handle.y);
  odl_plot_handle (plot, &handle);
}

static void
set_frame (const OdlSolversPage *page, OdlPlot *plot)
{
  const OdlSolversPayload *p = page->payload;
  odl_plot_axes (plot, p->over_time ? "t" : p->states[p->axis_x], ODL_SCALE_LINEAR,
                 p->states[p->axis_y], ODL_SCALE_LINEAR);
  if (page->x1 > page->x0 && page->y1 > page->y0) {
    odl_plot_range_x (plot, page->x0, page->x1);
    odl_plot_range_y (plot, page->y0, page->y1);
  }
  if (p->equal_aspect)
    odl_plot_equal_aspect (plot);
}

static void
add_words (const OdlSolversPage *page, OdlPlot *plot)
{
  const OdlSolversPayload *p = page->payload;
  g_autofree char *note = odl_solvers_stability_sentences (p, 1);
  if (*note != '\0')
    odl_plot_note (plot, note);
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "%s from t = %g to %g.", p->system_title, p->t0, p->t1);
  for (guint i = 0; i < p->n_runs; i++)
    g_string_append_printf (text, " %s: %s.", p->runs[i].title, p->runs[i].message);
  for (guint i = 0; i < p->n_equilibria; i++) {
    g_autofree char *words = describe_equilibrium (p, &p->equilibria[i]);
    g_string_append_printf (text, " %s.", g_strdelimit (words, "\n", ' '));
  }
  g_string_append_printf (text, " %s", note);
  odl_plot_summary (plot, text->str);
}

OdlPlot *
odl_solvers_phase (const OdlSolversPage *page)
{
  const OdlSolversPayload *p = page->payload;
  const OdlValues *values = page->frame->values;
  OdlPlot *plot = odl_plot_new ("phase", p->over_time ? "Solution" : "Phase plane");
  set_frame (page, plot);
  if (odl_values_boolean (values, "field"))
    add_field (page, plot);
  if (odl_values_boolean (values, "nullclines"))
    add_nullclines (page, plot);
  if (odl_values_boolean (values, "reference"))
    add_reference (page, plot);
  for (guint i = 0; i < p->n_runs; i++)
    add_run (page, plot, &p->runs[i]);
  if (odl_values_boolean (values, "equilibria") && (p->dim == 1 || !p->over_time))
    add_equilibria (page, plot);
  add_now (page, plot);
  for (guint i = 0; i < p->n_runs; i++)
    add_end (page, plot, &p->runs[i]);
  add_start (page, plot);
  add_words (page, plot);
  return plot;
}
