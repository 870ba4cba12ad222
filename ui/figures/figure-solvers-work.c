/* Work–precision, convergence and the table of the Solvers figure.
 * SPDX-License-Identifier: MIT */
#include "figure-solvers.h"

#include <math.h>

/* The fitted line over the rungs it was fitted to, and a legend row that names its
 * slope. */
static void
add_ladder (OdlPlot *plot, const OdlSolversPayload *p, const OdlSolverRun *run,
            const OdlLadder *ladder, gboolean against_step)
{
  const double *x = against_step ? ladder->step : ladder->evaluations;
  double slope = against_step ? ladder->slope : ladder->work_slope;
  double intercept = against_step ? ladder->intercept : ladder->work_intercept;
  if (ladder->n == 0)
    return;
  g_autofree char *name = isfinite (slope)
                              ? g_strdup_printf ("%s (%s%.2f)", run->title,
                                                 slope < 0 ? "−" : "", fabs (slope))
                              : g_strdup (run->title);
  OdlStyle line = odl_solvers_line_style (p, run),
           marks = odl_solvers_marker_style (p, run);
  line.width = 1.2;
  line.alpha = 0.7;
  odl_plot_line (plot, name, x, ladder->error, ladder->n, line);
  odl_plot_markers (plot, name, x, ladder->error, ladder->n, marks);
  if (!isfinite (slope))
    return;
  double ends[2] = { x[ladder->first], x[ladder->last] };
  double fitted[2] = { exp (intercept) * pow (ends[0], slope),
                       exp (intercept) * pow (ends[1], slope) };
  odl_plot_line (
      plot, name, ends, fitted, 2,
      (OdlStyle){ .color = line.color, .width = 5, .alpha = 0.25, .no_fit = TRUE });
}

/* The cost and the error of the run that is on show. */
static void
add_here (OdlPlot *plot, const OdlSolversPayload *p, const OdlSolverRun *run, double x)
{
  if (!(run->end_error > 0) || !(x > 0) || run->end != ODL_RUN_DONE)
    return;
  odl_plot_markers (plot, NULL, &x, &run->end_error, 1,
                    (OdlStyle){ .color = odl_solvers_color (p, run),
                                .marker = ODL_MARKER_CIRCLE,
                                .size = 13,
                                .width = 2 });
}

static const OdlLadder *
ladder_of (const OdlSolverRun *run)
{
  return run->adaptive ? &run->adaptive_ladder : &run->fixed;
}

static void
summarise (const OdlSolversPayload *p, OdlPlot *plot, gboolean against_step)
{
  g_autoptr (GString) text
      = g_string_new (against_step ? "Error at the end against step size."
                                   : "Error against evaluations.");
  for (guint i = 0; i < p->n_runs; i++) {
    const OdlSolverRun *run = &p->runs[i];
    double slope = against_step ? run->fixed.slope : ladder_of (run)->work_slope;
    if (isfinite (slope))
      g_string_append_printf (text, " %s: slope %.2f, order %u.", run->title, slope,
                              run->order);
  }
  odl_plot_summary (plot, text->str);
}

OdlPlot *
odl_solvers_precision (const OdlSolversPage *page)
{
  const OdlSolversPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("precision", "Work–precision");
  odl_plot_axes (plot, "evaluations of f", ODL_SCALE_LOG, "error at the end",
                 ODL_SCALE_LOG);
  guint n = 0;
  for (guint i = 0; i < p->n_runs; i++) {
    const OdlSolverRun *run = &p->runs[i];
    n += ladder_of (run)->n;
    add_ladder (plot, p, run, ladder_of (run), FALSE);
    add_here (plot, p, run, run->evaluations);
  }
  if (n == 0)
    odl_plot_message (plot, p->settled ? "Nothing to measure." : "Measuring…");
  odl_plot_note (plot,
                 "Rings: the runs on show. In brackets: the slope of the fitted line.");
  summarise (p, plot, FALSE);
  return plot;
}

OdlPlot *
odl_solvers_convergence (const OdlSolversPage *page)
{
  const OdlSolversPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("convergence", "Convergence");
  odl_plot_axes (plot, "step Δt", ODL_SCALE_LOG, "error at the end", ODL_SCALE_LOG);
  guint n = 0;
  for (guint i = 0; i < p->n_runs; i++) {
    const OdlSolverRun *run = &p->runs[i];
    n += run->fixed.n;
    add_ladder (plot, p, run, &run->fixed, TRUE);
    if (!run->adaptive && run->accepted > 0)
      add_here (plot, p, run, fabs (p->t1 - p->t0) / run->accepted);
  }
  if (n == 0)
    odl_plot_message (plot, p->settled ? "Nothing to measure." : "Measuring…");
  odl_plot_note (plot, "Rings: the runs on show. In brackets: the order that is seen.");
  summarise (p, plot, TRUE);
  return plot;
}

/* ── The table ── */

/* Times scatter by more than their second digit, so they are given as 1, 2 or 5 of a
 * unit. */
static char *
time_text (double seconds)
{
  if (!isfinite (seconds) || seconds <= 0)
    return g_strdup ("…");
  double unit = pow (10, floor (log10 (seconds))), part = seconds / unit;
  double rounded = (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10) * unit;
  return rounded < 0.9e-3 ? g_strdup_printf ("~%g µs", round (rounded * 1e7) / 10)
         : rounded < 0.9  ? g_strdup_printf ("~%g ms", round (rounded * 1e4) / 10)
                          : g_strdup_printf ("~%g s", rounded);
}

static char *
steps_text (const OdlSolverRun *run)
{
  return run->rejected > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT
                                              " + %" G_GUINT64_FORMAT " rejected",
                                              run->accepted, run->rejected)
                           : g_strdup_printf ("%" G_GUINT64_FORMAT, run->accepted);
}

enum { N_COLUMNS = 7 };

static void
fill_row (const OdlSolverRun *run, char **cells)
{
  cells[0] = g_strdup (run->title);
  cells[1] = g_strdup_printf ("%u", run->order);
  cells[2] = steps_text (run);
  cells[3] = g_strdup_printf ("%" G_GUINT64_FORMAT, run->evaluations);
  cells[4] = odl_solvers_number (run->end_error);
  cells[5] = time_text (run->seconds);
  cells[6] = g_strdup (run->message);
}

OdlPlot *
odl_solvers_table (const OdlSolversPage *page)
{
  static const char *const head[N_COLUMNS] = {
    "Method", "Order", "Steps", "Evaluations", "Error at the end", "Time", "End"
  };
  const OdlSolversPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("table", "Methods compared");
  g_auto (GStrv) cells = g_new0 (char *, (p->n_runs + 1) * N_COLUMNS + 1);
  g_autofree int *colors = g_new (int, p->n_runs + 1);
  colors[0] = -1;
  for (guint i = 0; i < N_COLUMNS; i++)
    cells[i] = g_strdup (head[i]);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < p->n_runs; i++) {
    char **row = cells + (i + 1) * N_COLUMNS;
    fill_row (&p->runs[i], row);
    colors[i + 1] = odl_solvers_color (p, &p->runs[i]);
    g_string_append_printf (text, "%s: %s steps, %s evaluations, error %s, %s. ",
                            row[0], row[2], row[3], row[4], row[6]);
  }
  odl_plot_table (plot, (const char *const *)cells, p->n_runs + 1, N_COLUMNS, colors);
  if (p->evaluation_budget > 0) {
    g_autofree char *note
        = g_strdup_printf ("Compared at %" G_GUINT64_FORMAT " evaluations of f each.",
                           p->evaluation_budget);
    odl_plot_note (plot, note);
  }
  odl_plot_summary (plot, text->str);
  return plot;
}
