/* The tables of the Training figure: the runs, with a button in each cell that can do
 * something, and the settings in which runs differ. SPDX-License-Identifier: MIT */
#include "figure-training.h"

#include <math.h>

enum {
  NAME,
  SHOWN,
  KEPT,
  ITERATION,
  LOSS,
  BEST,
  ACCURACY,
  NLL,
  NFE,
  TOTAL,
  PACE,
  REMOVE,
  N_COLUMNS
};

static const char *const head[N_COLUMNS]
    = { "Run",      "Shown", "Kept", "Iteration", "Loss", "Least",
        "Accuracy", "NLL",   "NFE",  "Time",      "Each", "Remove" };

/* What a click on a cell of the column means (experiment-training.c). */
static const char *const deeds[N_COLUMNS]
    = { [SHOWN] = "hide", [NAME] = "choose", [KEPT] = "keep", [REMOVE] = "remove" };

/* Values under the scrubber where the run has curves, else the newest. */
static double
value_at (const OdlTrainingPage *page, const OdlTrainingRun *run, OdlColumn column)
{
  const int at = odl_training_row_at (run, page->now);
  if (!isfinite (page->now) || run->n == 0)
    return run->last[column];
  if (at < 0 || run->raw[column] == NULL)
    return NAN;
  return column == ODL_COLUMN_SECONDS ? run->seconds[at] : run->raw[column][at];
}

static char *
iteration_text (const OdlTrainingPage *page, const OdlTrainingRun *run)
{
  const int at = odl_training_row_at (run, page->now);
  if (isfinite (page->now) && run->n > 0)
    return at < 0 ? g_strdup ("–") : g_strdup_printf ("%.0f", run->iteration[at]);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, run->last_iteration);
}

/* Where it was is told when it is not the newest. */
static char *
best_text (const OdlTrainingRun *run)
{
  g_autofree char *number = odl_training_number (run->best_loss);
  if (!(run->best_iteration < (double)run->last_iteration))
    return g_steal_pointer (&number);
  return g_strdup_printf ("%s at %.0f", number, run->best_iteration);
}

/* What is not all is not called 100 %. */
static char *
accuracy_text (double accuracy)
{
  if (!isfinite (accuracy))
    return g_strdup ("–");
  return g_strdup_printf ("%.3g %%", accuracy < 1 ? fmin (100 * accuracy, 99.9) : 100);
}

/* Forward and backward. */
static char *
nfe_text (const OdlTrainingPage *page, const OdlTrainingRun *run)
{
  const double forward = value_at (page, run, ODL_COLUMN_NFE_FORWARD);
  const double back = value_at (page, run, ODL_COLUMN_NFE_BACKWARD);
  if (!isfinite (forward) || !isfinite (back))
    return odl_training_number (forward);
  return g_strdup_printf ("%.3g + %.3g", forward, back);
}

static void
fill_row (const OdlTrainingPage *page, const OdlTrainingRun *run, char **cells)
{
  cells[NAME] = g_strdup_printf ("%s%s", run->chosen ? "▸ " : "", run->name);
  cells[SHOWN] = g_strdup (run->shown ? "●" : "○");
  cells[KEPT] = g_strdup (run->kept ? "★" : "☆");
  cells[ITERATION] = iteration_text (page, run);
  cells[BEST] = best_text (run);
  cells[ACCURACY] = accuracy_text (value_at (page, run, ODL_COLUMN_ACCURACY));
  cells[LOSS] = odl_training_number (value_at (page, run, ODL_COLUMN_LOSS));
  cells[NLL] = odl_training_number (value_at (page, run, ODL_COLUMN_NLL));
  cells[NFE] = nfe_text (page, run);
  cells[PACE] = odl_training_duration (run->pace);
  cells[TOTAL] = odl_training_duration (value_at (page, run, ODL_COLUMN_SECONDS));
  cells[REMOVE] = g_strdup ("✕");
}

/* Columns that say nothing about any run are left out. */
static guint
pick_columns (const OdlTrainingPayload *p, guint columns[N_COLUMNS])
{
  gboolean nll = FALSE, accuracy = FALSE;
  guint n = 0;
  for (guint i = 0; i < p->n_runs; i++) {
    nll |= isfinite (p->runs[i].last[ODL_COLUMN_NLL]);
    accuracy |= isfinite (p->runs[i].last[ODL_COLUMN_ACCURACY]);
  }
  for (guint c = 0; c < N_COLUMNS; c++)
    if ((c != NLL || nll) && (c != ACCURACY || accuracy))
      columns[n++] = c;
  return n;
}

static void
summarise (const OdlTrainingPage *page, OdlPlot *plot)
{
  const OdlTrainingPayload *p = page->payload;
  g_autoptr (GString) text = g_string_new ("Runs:");
  for (guint i = 0; i < p->n_runs; i++) {
    g_autofree char *loss = odl_training_number (p->runs[i].last[ODL_COLUMN_LOSS]);
    g_string_append_printf (
        text, " %s, %sloss %s after %" G_GUINT64_FORMAT " iterations%s.",
        p->runs[i].name, p->runs[i].shown ? "" : "not shown, ", loss,
        p->runs[i].last_iteration, p->runs[i].kept ? ", kept" : "");
  }
  odl_plot_summary (plot, p->n_runs > 0 ? text->str : "No runs yet.");
}

OdlPlot *
odl_training_table (const OdlTrainingPage *page)
{
  const OdlTrainingPayload *p = page->payload;
  guint columns[N_COLUMNS];
  const guint n = pick_columns (p, columns);
  OdlPlot *plot = odl_plot_new ("table", "Runs");
  g_auto (GStrv) cells = g_new0 (char *, (gsize)(p->n_runs + 1) * n + 1);
  g_autofree int *colors = g_new (int, p->n_runs + 1),
                 *indices = g_new (int, p->n_runs + 1);
  const char *kinds[N_COLUMNS];
  colors[0] = -1;
  indices[0] = 0; /* the head means all runs, where that makes sense */
  for (guint c = 0; c < n; c++) {
    kinds[c] = deeds[columns[c]];
    cells[c] = g_strdup (head[columns[c]]);
  }
  for (guint i = 0; i < p->n_runs; i++) {
    char *row[N_COLUMNS];
    fill_row (page, &p->runs[i], row);
    for (guint c = 0, k = 0; c < N_COLUMNS; c++)
      if (k < n && columns[k] == c)
        cells[(i + 1) * n + k++] = row[c];
      else
        g_free (row[c]);
    colors[i + 1]
        = p->runs[i].shown ? odl_training_style (&p->runs[i]).color : ODL_COLOR_DIM;
    indices[i + 1] = (int)p->runs[i].id;
  }
  odl_plot_table (plot, (const char *const *)cells, p->n_runs + 1, n, colors);
  odl_plot_table_actions (plot, kinds, indices);
  if (p->n_runs > 0)
    odl_plot_note (plot, "Click a name to choose the run: it is drawn bold and can be "
                         "renamed; ● hides it, ★ keeps it from being forgotten, ✕ "
                         "removes it.");
  summarise (page, plot);
  return plot;
}

OdlPlot *
odl_training_differences (const OdlTrainingPage *page)
{
  const OdlTrainingPayload *p = page->payload;
  const guint n = p->n_compared + 1;
  if (p->n_differences == 0)
    return NULL;
  OdlPlot *plot = odl_plot_new ("differences", "Settings that differ");
  g_autofree const char **cells
      = g_new0 (const char *, (gsize)(p->n_differences + 1) * n);
  g_autoptr (GString) text = g_string_new ("Settings that differ.");
  cells[0] = "Setting";
  for (guint k = 0; k < p->n_compared; k++)
    cells[k + 1] = p->runs[p->compared[k]].name;
  for (guint i = 0; i < p->n_differences; i++) {
    cells[(i + 1) * n] = p->difference_keys[i];
    g_string_append_printf (text, " %s:", p->difference_keys[i]);
    for (guint k = 0; k < p->n_compared; k++) {
      cells[(i + 1) * n + k + 1] = p->difference_values[i * p->n_compared + k];
      g_string_append_printf (text, " %s", cells[(i + 1) * n + k + 1]);
    }
    g_string_append (text, ".");
  }
  odl_plot_table (plot, cells, p->n_differences + 1, n, NULL);
  odl_plot_note (plot, "– : the panel's default.");
  odl_plot_summary (plot, text->str);
  return plot;
}
