/* The curves of a run: rows of its history, and an average that follows them.
 * SPDX-License-Identifier: MIT
 *
 * The average is exponential with a half-life H in iterations: from one row to the next
 * the weight of all rows before is multiplied by 2^(−Δ/H), Δ the iterations between
 * them, and the new row gets what is missing to 1. Divided by the sum of the weights it
 * has no bias at the start: the first average is the first row. Because Δ is counted in
 * iterations, rows that a history has thinned out are averaged over the same stretch.
 * Numbers that live on a logarithmic axis are averaged as logarithms, or the average
 * would be drawn above the curve it stands for. */
#include "training-state.h"

#include "solvers-slab.h"

#include <math.h>

static gboolean
is_logarithmic (guint column)
{
  return column == ODL_COLUMN_LOSS || column == ODL_COLUMN_GRADIENT_NORM
         || column == ODL_COLUMN_SECONDS;
}

static double *
smooth (const double *iteration, const double *raw, guint n, double half_life,
        gboolean logarithmic)
{
  double *to = g_new (double, MAX (n, 1)), mean = 0, weight = 0, before = 0;
  for (guint i = 0; i < n; i++) {
    const double value = logarithmic ? log (raw[i]) : raw[i];
    to[i] = NAN;
    if (!isfinite (value))
      continue;
    const double old = weight > 0 ? exp2 (-(iteration[i] - before) / half_life) : 0.5;
    mean = old * mean + (1 - old) * value;
    weight = old * weight + (1 - old);
    before = iteration[i];
    to[i] = logarithmic ? exp (mean / weight) : mean / weight;
  }
  return to;
}

/* Every stride-th row, and the newest. */
static guint
pick_rows (const OdlHistory *history, guint stride, guint *rows)
{
  guint n = 0;
  for (guint row = 0; row < history->n; row += stride)
    rows[n++] = row;
  if (n > 0 && rows[n - 1] != history->n - 1)
    rows[n++] = history->n - 1;
  return n;
}

/* Seconds an iteration took, on average since the row before. */
static double
pace_at (const OdlHistory *history, guint row)
{
  const double *seconds = history->columns[ODL_COLUMN_SECONDS];
  if (row == 0)
    return history->iteration[0] > 0 ? seconds[0] / (double)history->iteration[0] : NAN;
  return (seconds[row] - seconds[row - 1])
         / (double)(history->iteration[row] - history->iteration[row - 1]);
}

static double
value_at (const OdlHistory *history, guint column, guint row)
{
  return column == ODL_COLUMN_SECONDS ? pace_at (history, row)
                                      : history->columns[column][row];
}

static gboolean
has_numbers (const double *values, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!isnan (values[i]))
      return TRUE;
  return FALSE;
}

void
odl_training_curves (const OdlHistory *history, guint stride, double smoothing,
                     GPtrArray *blocks, OdlTrainingRun *run)
{
  g_autofree guint *rows = g_new (guint, history->n + 1);
  const guint n = run->n = pick_rows (history, MAX (stride, 1), rows);
  run->iteration = odl_slab_doubles (blocks, n);
  run->seconds = odl_slab_doubles (blocks, n);
  for (guint i = 0; i < n; i++) {
    run->iteration[i] = (double)history->iteration[rows[i]];
    run->seconds[i] = history->columns[ODL_COLUMN_SECONDS][rows[i]];
  }
  for (guint c = 0; c < ODL_N_COLUMNS; c++) {
    g_autofree double *raw = g_new (double, MAX (n, 1));
    for (guint i = 0; i < n; i++)
      raw[i] = value_at (history, c, rows[i]);
    if (!has_numbers (raw, n))
      continue;
    if (smoothing > 0)
      run->smooth[c] = odl_slab_take (
          blocks, smooth (run->iteration, raw, n, smoothing, is_logarithmic (c)));
    run->raw[c] = odl_slab_take (blocks, g_steal_pointer (&raw));
  }
}

void
odl_training_numbers (const OdlHistory *history, OdlTrainingRun *run)
{
  const double *loss = history->columns[ODL_COLUMN_LOSS];
  run->best_loss = run->best_iteration = run->diverged = run->pace = NAN;
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    run->last[c] = history->n > 0 ? history->columns[c][history->n - 1] : NAN;
  if (history->n == 0)
    return;
  run->first_iteration = history->iteration[0];
  run->last_iteration = history->iteration[history->n - 1];
  for (guint i = 0; i < history->n; i++) {
    if (isfinite (loss[i]) && !(run->best_loss <= loss[i])) {
      run->best_loss = loss[i];
      run->best_iteration = (double)history->iteration[i];
    }
    if (isinf (loss[i]) && isnan (run->diverged))
      run->diverged = (double)history->iteration[i];
  }
  if (run->last_iteration > 0)
    run->pace = run->last[ODL_COLUMN_SECONDS] / (double)run->last_iteration;
}
