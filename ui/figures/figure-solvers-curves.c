/* Plots over time of the Solvers figure: a state, the error, the invariant's drift, the
 * steps. SPDX-License-Identifier: MIT */
#include "figure-solvers.h"

#include <math.h>

static void
mark_now (const OdlSolversPage *page, OdlPlot *plot)
{
  if (page->now != page->payload->t1)
    odl_plot_vertical (
        plot, NULL, page->now,
        (OdlStyle){ .color = ODL_COLOR_DIM, .width = 1, .no_fit = TRUE });
}

static void
set_time_axis (const OdlSolversPayload *p, OdlPlot *plot)
{
  odl_plot_range_x (plot, fmin (p->t0, p->t1), fmax (p->t0, p->t1));
}

/* A cross at the time a run ended early, at the height of its last value. */
static void
mark_end (OdlPlot *plot, const OdlSolverRun *run, double y)
{
  if (run->end == ODL_RUN_DONE || run->end == ODL_RUN_PENDING || !isfinite (y))
    return;
  odl_plot_markers (plot, NULL, &run->stop_t, &y, 1,
                    (OdlStyle){ .color = ODL_COLOR_BAD,
                                .marker = ODL_MARKER_CROSS,
                                .size = 11,
                                .width = 2.5,
                                .no_fit = TRUE });
  g_autofree char *text = g_strdup_printf ("%s %s", run->title, run->message);
  odl_plot_tip (plot, run->stop_t, y, text);
}

/* ── A state against time ── */

static void
widen (double value, double *low, double *high)
{
  if (isfinite (value)) {
    *low = fmin (*low, value);
    *high = fmax (*high, value);
  }
}

/* The range of the phase plane along this state, or what the reference and the start
 * need. */
static void
state_range (const OdlSolversPage *page, guint row, double *low, double *high)
{
  const OdlSolversPayload *p = page->payload;
  if (row == p->axis_y || (row == p->axis_x && !p->over_time)) {
    *low = row == p->axis_y ? page->y0 : page->x0;
    *high = row == p->axis_y ? page->y1 : page->x1;
    return;
  }
  *low = *high = p->start[row];
  for (guint i = 0; i < p->n_reference; i++)
    widen (p->reference_y[(gsize)i * p->dim + row], low, high);
  double margin = fmax (0.1 * (*high - *low), 1e-9 * fabs (*high));
  *low -= margin;
  *high += margin;
}

static double *
column (const double *y, guint n, guint dim, guint row, double low, double high)
{
  double *values = g_new (double, n + 1), size = high - low;
  for (guint i = 0; i < n; i++) {
    double value = y[(gsize)i * dim + row];
    gboolean far = value < low - 1000 * size || value > high + 1000 * size;
    values[i] = far ? NAN : value;
  }
  return values;
}

static void
add_state (const OdlSolversPage *page, OdlPlot *plot, const OdlSolverRun *run,
           guint row)
{
  const OdlSolversPayload *p = page->payload;
  double low, high;
  state_range (page, row, &low, &high);
  g_autofree double *y = column (run->y, run->n_curve, p->dim, row, low, high);
  odl_plot_line (plot, run->title, run->t, y, run->n_curve,
                 odl_solvers_line_style (p, run));
  if (odl_values_boolean (page->frame->values, "markers") && run->n_steps <= 100) {
    g_autofree double *steps
        = column (run->step_y, run->n_steps, p->dim, row, low, high);
    OdlStyle style = odl_solvers_marker_style (p, run);
    style.size = 4.5;
    odl_plot_markers (plot, run->title, run->step_t, steps, run->n_steps, style);
  }
  if (run->stop_y != NULL)
    mark_end (plot, run, CLAMP (run->stop_y[row], low, high));
}

/* In words: where the runs end, and where the true solution does. */
static void
summarise_time (const OdlSolversPage *page, OdlPlot *plot, guint row)
{
  const OdlSolversPayload *p = page->payload;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *start = odl_solvers_number (p->start[row]);
  g_string_printf (text, "%s from t = %g to %g, from %s.", odl_plot_title (plot), p->t0,
                   p->t1, start);
  for (guint i = 0; i < p->n_runs; i++) {
    const OdlSolverRun *run = &p->runs[i];
    g_autofree char *end = odl_solvers_number (run->stop_y ? run->stop_y[row] : NAN);
    g_string_append_printf (text, " %s: %s at t = %.4g.", run->title, end, run->stop_t);
  }
  if (p->n_reference > 0) {
    const gsize last = (gsize)(p->n_reference - 1) * p->dim + row;
    g_autofree char *end = odl_solvers_number (p->reference_y[last]);
    g_string_append_printf (text, " %s: %s.", p->exact ? "Exact" : "Reference", end);
  }
  odl_plot_summary (plot, text->str);
}

OdlPlot *
odl_solvers_time (const OdlSolversPage *page, const char *id, guint row)
{
  const OdlSolversPayload *p = page->payload;
  double low, high;
  state_range (page, row, &low, &high);
  g_autofree char *title = g_strdup_printf ("%s against time", p->states[row]);
  OdlPlot *plot = odl_plot_new (id, title);
  odl_plot_axes (plot, "t", ODL_SCALE_LINEAR, p->states[row], ODL_SCALE_LINEAR);
  odl_plot_no_legend (plot);
  set_time_axis (p, plot);
  if (high > low)
    odl_plot_range_y (plot, low, high);
  if (p->n_reference > 0 && odl_values_boolean (page->frame->values, "reference")) {
    g_autofree double *y
        = column (p->reference_y, p->n_reference, p->dim, row, low, high);
    odl_plot_line (
        plot, p->reference_title, p->reference_t, y, p->n_reference,
        (OdlStyle){ .color = ODL_COLOR_REFERENCE, .width = 4, .alpha = 0.5 });
  }
  for (guint i = 0; i < p->n_runs; i++)
    add_state (page, plot, &p->runs[i], row);
  mark_now (page, plot);
  summarise_time (page, plot, row);
  return plot;
}

/* ── Errors and drifts, on log axes ── */

/* |values| with zeros as gaps: a log axis has no place for them. */
static double *
magnitudes (const double *values, guint n)
{
  double *out = g_new (double, n + 1);
  for (guint i = 0; i < n; i++)
    out[i] = values[i] != 0 && isfinite (values[i]) ? fabs (values[i]) : NAN;
  return out;
}

/* The value at the time the run stopped; NaN: none. */
static double
value_at_stop (const OdlSolverRun *run, const double *values)
{
  double found = NAN, nearest = INFINITY;
  for (guint i = 0; i < run->n_curve; i++) {
    double distance = fabs (run->t[i] - run->stop_t);
    if (isfinite (values[i]) && distance < nearest) {
      nearest = distance;
      found = values[i];
    }
  }
  return found;
}

/* Shows the magnitudes of all runs but for their first moments, which begin at nothing,
 * and for what is ten times beyond the picture of the solution. */
static void
set_magnitude_range (const OdlSolversPage *page, OdlPlot *plot, gboolean of_error)
{
  const OdlSolversPayload *p = page->payload;
  double low = INFINITY, high = 0,
         beyond = 10 * fmax (page->x1 - page->x0, page->y1 - page->y0);
  double first = 0.02 * fabs (p->t1 - p->t0);
  for (guint i = 0; i < p->n_runs; i++) {
    const OdlSolverRun *run = &p->runs[i];
    const double *values = of_error ? run->error : run->drift;
    for (guint k = 0; k < run->n_curve; k++) {
      double value = fabs (values[k]);
      if (!(value > 0) || !isfinite (value) || fabs (run->t[k] - p->t0) < first)
        continue;
      low = fmin (low, value);
      high = fmax (high, value);
    }
  }
  if (of_error && beyond > low)
    high = fmin (high, beyond);
  if (low < high)
    odl_plot_range_y (plot, fmax (low / 2, high * 1e-18), high * 2);
}

/* A line of magnitudes of one run; steps nullable. */
static void
add_magnitude (OdlPlot *plot, const OdlSolversPayload *p, const OdlSolverRun *run,
               const double *values, const double *steps)
{
  g_autofree double *y = magnitudes (values, run->n_curve);
  odl_plot_line (plot, run->title, run->t, y, run->n_curve,
                 odl_solvers_line_style (p, run));
  if (steps != NULL && run->n_steps <= 100) {
    g_autofree double *at_steps = magnitudes (steps, run->n_steps);
    OdlStyle style = odl_solvers_marker_style (p, run);
    style.size = 4.5;
    odl_plot_markers (plot, run->title, run->step_t, at_steps, run->n_steps, style);
  }
  mark_end (plot, run, value_at_stop (run, y));
}

static void
summarise_errors (const OdlSolversPayload *p, OdlPlot *plot)
{
  g_autoptr (GString) text = g_string_new ("Error against time.");
  for (guint i = 0; i < p->n_runs; i++) {
    g_autofree char *end = odl_solvers_number (p->runs[i].end_error);
    g_autofree char *worst = odl_solvers_number (p->runs[i].worst_error);
    g_string_append_printf (text, " %s: %s at the end, at most %s.", p->runs[i].title,
                            end, worst);
  }
  odl_plot_summary (plot, text->str);
}

OdlPlot *
odl_solvers_error (const OdlSolversPage *page)
{
  const OdlSolversPayload *p = page->payload;
  gboolean markers = odl_values_boolean (page->frame->values, "markers");
  OdlPlot *plot = odl_plot_new ("error", "Error against time");
  odl_plot_axes (plot, "t", ODL_SCALE_LINEAR, "|y − y*|", ODL_SCALE_LOG);
  odl_plot_no_legend (plot);
  set_time_axis (p, plot);
  set_magnitude_range (page, plot, TRUE);
  for (guint i = 0; i < p->n_runs; i++)
    add_magnitude (plot, p, &p->runs[i], p->runs[i].error,
                   markers ? p->runs[i].step_error : NULL);
  if (p->n_reference > 0 && !p->exact && p->reference_uncertainty > 0) {
    g_autofree char *number = odl_solvers_number (p->reference_uncertainty);
    g_autofree char *note
        = g_strdup_printf ("The reference itself is certain to %s only: two of "
                           "different tolerance are that "
                           "far apart.",
                           number);
    odl_plot_horizontal (plot, "uncertainty of the reference", p->reference_uncertainty,
                         (OdlStyle){ .color = ODL_COLOR_REFERENCE,
                                     .width = 1,
                                     .dash = ODL_DASH_DASHED,
                                     .no_fit = TRUE });
    if (p->reference_uncertainty > 1e-6)
      odl_plot_note (plot, note);
  }
  if (p->n_runs == 0)
    odl_plot_message (plot, "Choose a method to see its error.");
  mark_now (page, plot);
  summarise_errors (p, plot);
  return plot;
}

OdlPlot *
odl_solvers_drift (const OdlSolversPage *page)
{
  const OdlSolversPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("drift", "Drift of the invariant");
  odl_plot_axes (plot, "t", ODL_SCALE_LINEAR, "|I − I(0)|", ODL_SCALE_LOG);
  odl_plot_no_legend (plot);
  set_time_axis (p, plot);
  set_magnitude_range (page, plot, FALSE);
  for (guint i = 0; i < p->n_runs; i++)
    add_magnitude (plot, p, &p->runs[i], p->runs[i].drift, NULL);
  mark_now (page, plot);
  g_autofree char *note = g_strdup_printf (
      "I = %s stays the same along the true solution.", p->invariant);
  odl_plot_note (plot, note);
  odl_plot_summary (plot, note);
  return plot;
}

/* ── The ribbon of steps ── */

/* Attempts rejected from the same start as this one: before it, and all of them. */
static void
count_attempts (const OdlSolverRun *run, guint i, guint *before, guint *all)
{
  guint first = i, end = i + 1;
  while (first > 0 && !run->tried_accepted[first - 1]
         && run->tried_t[first - 1] == run->tried_t[i])
    first--;
  while (end < run->n_tried && !run->tried_accepted[end]
         && run->tried_t[end] == run->tried_t[i])
    end++;
  *before = i - first;
  *all = end - first;
}

/* Tried steps of one run as bars, those accepted or those rejected. Attempts rejected
 * from the same start lie within each other: the shorter, the higher. */
static void
add_bars (OdlPlot *plot, const OdlSolversPayload *p, const OdlSolverRun *run,
          double low, gboolean accepted)
{
  guint n = 0, before = 0, all = 1;
  g_autofree double *x = g_new (double, run->n_tried + 1);
  g_autofree double *width = g_new (double, run->n_tried + 1);
  g_autofree double *y0 = g_new (double, run->n_tried + 1);
  g_autofree double *y1 = g_new (double, run->n_tried + 1);
  for (guint i = 0; i < run->n_tried; i++) {
    if ((run->tried_accepted[i] != 0) != accepted)
      continue;
    if (!accepted)
      count_attempts (run, i, &before, &all);
    double h = run->tried_h[i];
    x[n] = h < 0 ? run->tried_t[i] + h : run->tried_t[i];
    width[n] = fabs (h);
    y0[n] = low;
    y1[n] = low + (accepted ? 0.32 : 0.16 * (before + 1) / all);
    n++;
  }
  OdlStyle style = { .color = accepted ? odl_solvers_color (p, run) : ODL_COLOR_BAD,
                     .alpha = accepted ? 0.75 : 0.9 };
  g_autofree char *rejected = g_strdup_printf ("%s: rejected", run->title);
  odl_plot_bars (plot, accepted ? run->title : rejected, x, width, y0, y1, n, style);
}

OdlPlot *
odl_solvers_ribbon (const OdlSolversPage *page)
{
  const OdlSolversPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("ribbon", "Steps taken and rejected");
  g_autoptr (GString) text = g_string_new ("Steps.");
  odl_plot_axes (plot, "t", ODL_SCALE_LINEAR, "", ODL_SCALE_LINEAR);
  odl_plot_no_legend (plot);
  set_time_axis (p, plot);
  odl_plot_range_y (plot, 0, MAX (p->n_runs, 1) + 0.1);
  for (guint i = 0; i < p->n_runs; i++) {
    const OdlSolverRun *run = &p->runs[i];
    double base = p->n_runs - 1 - i;
    add_bars (plot, p, run, base + 0.30, TRUE);
    add_bars (plot, p, run, base + 0.08, FALSE);
    g_autofree char *label = g_strdup_printf (
        "%s: %" G_GUINT64_FORMAT " accepted, %" G_GUINT64_FORMAT " rejected",
        run->title, run->accepted, run->rejected);
    odl_plot_text (plot, fmin (p->t0, p->t1), base + 0.66, 4, -2, 0, label,
                   (OdlStyle){ .color = ODL_COLOR_TEXT });
    g_string_append_printf (text, " %s.", label);
  }
  mark_now (page, plot);
  odl_plot_summary (plot, text->str);
  return plot;
}
