/* The curves of the Training figure: one number of every run against iterations or
 * time. SPDX-License-Identifier: MIT
 *
 * The measured values are drawn pale and thin, their average over them; without an
 * average the measured values take its place. Where a run diverged there is a cross, at
 * the last value that could be drawn. */
#include "figure-training.h"

#include <math.h>

typedef struct {
  const char *title, *label;
  OdlScale scale;
} Kind;

static const Kind kinds[ODL_N_COLUMNS] = {
  [ODL_COLUMN_LOSS] = { "Loss", "loss", ODL_SCALE_LOG },
  [ODL_COLUMN_ACCURACY] = { "Accuracy", "accuracy", ODL_SCALE_LINEAR },
  [ODL_COLUMN_NLL] = { "Negative log-likelihood", "NLL, nats", ODL_SCALE_LINEAR },
  [ODL_COLUMN_NFE_FORWARD] = { "Evaluations forward", "NFE forward", ODL_SCALE_LINEAR },
  [ODL_COLUMN_NFE_BACKWARD]
  = { "Evaluations backward", "NFE backward", ODL_SCALE_LINEAR },
  [ODL_COLUMN_GRADIENT_NORM] = { "Gradient norm", "|dL/dθ|", ODL_SCALE_LOG },
  [ODL_COLUMN_SECONDS] = { "Time per iteration", "seconds", ODL_SCALE_LOG },
};

static const double *
across (const OdlTrainingPage *page, const OdlTrainingRun *run)
{
  return page->against_time ? run->seconds : run->iteration;
}

/* The last row that has a place on the axes; −1: none. */
static int
last_drawn (const OdlTrainingRun *run, const double *values, OdlScale scale)
{
  int i = (int)run->n - 1;
  while (i >= 0
         && !(isfinite (values[i]) && (scale == ODL_SCALE_LINEAR || values[i] > 0)))
    i--;
  return i;
}

static void
add_end (const OdlTrainingPage *page, OdlPlot *plot, const OdlTrainingRun *run,
         OdlColumn column)
{
  const double *values = run->smooth[column] ? run->smooth[column] : run->raw[column];
  const int at = last_drawn (run, values, kinds[column].scale);
  const gboolean bad = isfinite (run->diverged) && column == ODL_COLUMN_LOSS;
  if (at < 0 || (!bad && !run->live))
    return;
  const double x = across (page, run)[at];
  OdlStyle style = { .color = bad ? ODL_COLOR_BAD : odl_training_style (run).color,
                     .marker = bad ? ODL_MARKER_CROSS : ODL_MARKER_DISC,
                     .size = bad ? 12 : 7,
                     .width = 2.5,
                     .no_fit = TRUE };
  odl_plot_markers (plot, NULL, &x, &values[at], 1, style);
  if (!bad)
    return;
  g_autofree char *text
      = g_strdup_printf ("%s diverged at iteration %.0f", run->name, run->diverged);
  odl_plot_tip (plot, x, values[at], text);
}

static void
add_run (const OdlTrainingPage *page, OdlPlot *plot, const OdlTrainingRun *run,
         OdlColumn column)
{
  OdlStyle style = odl_training_style (run);
  const double *x = across (page, run);
  if (run->smooth[column] != NULL) {
    OdlStyle pale = style;
    pale.width = 1;
    pale.alpha = 0.35;
    pale.dash = ODL_DASH_SOLID;
    g_autofree char *average = g_strdup_printf ("%s, average", run->name);
    odl_plot_line (plot, run->name, x, run->raw[column], run->n, pale);
    odl_plot_line (plot, average, x, run->smooth[column], run->n, style);
  } else
    odl_plot_line (plot, run->name, x, run->raw[column], run->n, style);
  add_end (page, plot, run, column);
}

static void
add_now (const OdlTrainingPage *page, OdlPlot *plot)
{
  if (isfinite (page->now) && !page->against_time)
    odl_plot_vertical (
        plot, NULL, page->now,
        (OdlStyle){ .color = ODL_COLOR_DIM, .width = 1, .no_fit = TRUE });
}

static void
summarise (const OdlTrainingPage *page, OdlPlot *plot, OdlColumn column)
{
  g_autoptr (GString) text = g_string_new (kinds[column].title);
  g_string_append (text, " of the runs shown.");
  for (guint i = 0; i < page->payload->n_runs; i++) {
    const OdlTrainingRun *run = &page->payload->runs[i];
    const int at = odl_training_row_at (run, page->now);
    if (run->raw[column] == NULL || at < 0)
      continue;
    g_autofree char *number = odl_training_number (run->raw[column][at]);
    g_string_append_printf (text, " %s: %s at iteration %.0f.", run->name, number,
                            run->iteration[at]);
  }
  odl_plot_summary (plot, text->str);
}

static guint
count_runs (const OdlTrainingPage *page, OdlColumn column)
{
  guint n = 0;
  for (guint i = 0; i < page->payload->n_runs; i++)
    n += page->payload->runs[i].raw[column] != NULL;
  return n;
}

OdlPlot *
odl_training_curve (const OdlTrainingPage *page, const char *id, OdlColumn column)
{
  const Kind *kind = &kinds[column];
  const guint n = count_runs (page, column);
  if (n == 0 && column != ODL_COLUMN_LOSS)
    return NULL;
  OdlPlot *plot = odl_plot_new (id, kind->title);
  odl_plot_axes (plot, page->against_time ? "seconds of training" : "iteration",
                 ODL_SCALE_LINEAR, kind->label, kind->scale);
  if (column == ODL_COLUMN_ACCURACY)
    odl_plot_range_y (plot, 0, 1.02);
  /* The chosen run is drawn last, over the others. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < page->payload->n_runs; i++) {
      const OdlTrainingRun *run = &page->payload->runs[i];
      if (run->raw[column] != NULL && run->chosen == (pass == 1))
        add_run (page, plot, run, column);
    }
  add_now (page, plot);
  if (n > 4 || column != ODL_COLUMN_LOSS)
    odl_plot_no_legend (plot);
  if (n == 0)
    odl_plot_message (plot, page->payload->n_runs == 0
                                ? "No runs yet. Press run in a panel that trains."
                                : "Every run is hidden.");
  summarise (page, plot, column);
  return plot;
}
