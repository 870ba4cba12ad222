/* The phase portrait: range, direction field, nullclines.
 * SPDX-License-Identifier: MIT
 *
 * The grids reach beyond the range shown, because a plot with equal units on both axes
 * shows more than was asked for in one direction. A forced field changes with t, so it
 * is sampled at several moments of the span and the figure shows the one under the
 * scrubber. Over t the field of one state is (1, f (t, y)). */
#include "solvers-portrait.h"

#include "solvers-equilibria.h"
#include "solvers-slab.h"

#include <math.h>

#define N_ARROWS      41
#define N_NULL        81
#define N_NULL_FORCED 49
#define N_MOMENTS     25

typedef struct {
  double low, high;
} Range;

static void
widen (Range *range, double value)
{
  if (!isfinite (value))
    return;
  range->low = isnan (range->low) ? value : fmin (range->low, value);
  range->high = isnan (range->high) ? value : fmax (range->high, value);
}

/* What the solution and the start need. */
static Range
solution_range (const OdlSolversProblem *problem, const OdlReference *reference,
                guint axis)
{
  Range range = { NAN, NAN };
  widen (&range, problem->start[axis]);
  for (guint i = 0; i < reference->n; i++)
    widen (&range, reference->y[(gsize)i * problem->dim + axis]);
  double least = 1e-9 * fmax (fabs (range.low), fabs (range.high));
  if (range.high - range.low <= least) {
    double half = fmax (0.5 * fabs (range.low), 0.5);
    range = (Range){ range.low - half, range.high + half };
  }
  return range;
}

/* Makes room for runs that go further, within limits: one that diverges must not shrink
 * the rest to a dot. */
static Range
runs_range (Range range, guint dim, const OdlSolverRun *runs, guint n_runs, guint axis)
{
  double size = range.high - range.low;
  Range limit = { range.low - size / 2, range.high + size / 2 }, wide = range;
  for (guint i = 0; i < n_runs; i++)
    for (guint j = 0; j < runs[i].n_curve; j++)
      widen (&wide, runs[i].y[(gsize)j * dim + axis]);
  wide.low = fmax (wide.low, limit.low);
  wide.high = fmin (wide.high, limit.high);
  return wide;
}

static Range
with_margin (Range range)
{
  double margin = 0.07 * (range.high - range.low);
  return (Range){ range.low - margin, range.high + margin };
}

static void
set_range (OdlPortrait *portrait, Range x, Range y)
{
  portrait->x0 = x.low;
  portrait->x1 = x.high;
  portrait->y0 = y.low;
  portrait->y1 = y.high;
}

/* The box behind: twice the range around its middle; square when units are equal. */
static void
set_back (OdlPortrait *portrait)
{
  double half_x = portrait->x1 - portrait->x0, half_y = portrait->y1 - portrait->y0;
  if (portrait->equal_aspect)
    half_x = half_y = fmax (half_x, half_y);
  double middle_x = 0.5 * (portrait->x0 + portrait->x1);
  double middle_y = 0.5 * (portrait->y0 + portrait->y1);
  if (portrait->over_time)
    half_x *= 0.5;
  portrait->back_x0 = middle_x - half_x;
  portrait->back_x1 = middle_x + half_x;
  portrait->back_y0 = middle_y - half_y;
  portrait->back_y1 = middle_y + half_y;
}

OdlPortrait
odl_portrait_frame (const OdlSolversProblem *problem, OdlPortrait axes,
                    const OdlReference *reference, const OdlSolverRun *runs,
                    guint n_runs)
{
  guint dim = problem->dim;
  OdlPortrait portrait = axes;
  Range y = solution_range (problem, reference, axes.axis_y);
  y = runs_range (y, dim, runs, n_runs, axes.axis_y);
  if (axes.over_time) {
    Range t = { fmin (problem->t0, problem->t1), fmax (problem->t0, problem->t1) };
    set_range (&portrait, t, with_margin (y));
  } else {
    Range x = solution_range (problem, reference, axes.axis_x);
    x = runs_range (x, dim, runs, n_runs, axes.axis_x);
    double ratio = (x.high - x.low) / (y.high - y.low);
    portrait.equal_aspect = ratio > 0.4 && ratio < 2.5;
    set_range (&portrait, with_margin (x), with_margin (y));
  }
  set_back (&portrait);
  return portrait;
}

/* A grid of points over the box behind at one moment; states off the axes stay at the
 * start. */
static void
lay_grid (const OdlPortrait *portrait, const OdlSolversProblem *problem, guint rows,
          guint columns, double moment, double *t, double *y)
{
  guint dim = problem->dim;
  for (guint i = 0; i < rows * columns; i++) {
    double u = (i % columns) / (columns - 1.0), v = (i / columns) / (rows - 1.0);
    double px = portrait->back_x0 + u * (portrait->back_x1 - portrait->back_x0);
    double py = portrait->back_y0 + v * (portrait->back_y1 - portrait->back_y0);
    t[i] = portrait->over_time ? px : moment;
    for (guint row = 0; row < dim; row++)
      y[(gsize)i * dim + row] = problem->start[row];
    if (!portrait->over_time)
      y[(gsize)i * dim + portrait->axis_x] = px;
    y[(gsize)i * dim + portrait->axis_y] = py;
  }
}

/* f on such a grid at every moment: u along the x axis (nullable), v along the y axis.
 */
static void
sample (const OdlPortrait *portrait, const OdlSolversProblem *problem, guint rows,
        guint columns, double *u, double *v)
{
  guint dim = problem->dim, n = rows * columns;
  g_autofree double *t = g_new (double, n);
  g_autofree double *y = g_new (double, (gsize)n *dim);
  g_autofree double *dy = g_new (double, (gsize)n *dim);
  for (guint moment = 0; moment < portrait->n_moments; moment++) {
    double part = portrait->n_moments > 1 ? moment / (portrait->n_moments - 1.0) : 0;
    lay_grid (portrait, problem, rows, columns,
              problem->t0 + part * (problem->t1 - problem->t0), t, y);
    odl_solvers_problem_field (problem, n, t, y, dy);
    for (guint i = 0; i < n; i++) {
      gsize at = (gsize)moment * n + i;
      if (u != NULL)
        u[at] = portrait->over_time ? 1 : dy[(gsize)i * dim + portrait->axis_x];
      v[at] = dy[(gsize)i * dim + portrait->axis_y];
    }
  }
}

static void
fill_grids (OdlPortrait *portrait, const OdlSolversProblem *problem)
{
  portrait->n_moments = problem->forced && !portrait->over_time ? N_MOMENTS : 1;
  portrait->arrow_rows = portrait->arrow_columns = N_ARROWS;
  gsize n = (gsize)N_ARROWS * N_ARROWS * portrait->n_moments;
  portrait->arrow_u = odl_slab_doubles (portrait->blocks, n);
  portrait->arrow_v = odl_slab_doubles (portrait->blocks, n);
  sample (portrait, problem, N_ARROWS, N_ARROWS, portrait->arrow_u, portrait->arrow_v);
  guint side = portrait->n_moments > 1 ? N_NULL_FORCED : N_NULL;
  portrait->null_rows = portrait->null_columns = side;
  n = (gsize)side * side * portrait->n_moments;
  portrait->null_x
      = portrait->over_time ? NULL : odl_slab_doubles (portrait->blocks, n);
  portrait->null_y = odl_slab_doubles (portrait->blocks, n);
  sample (portrait, problem, side, side, portrait->null_x, portrait->null_y);
}

void
odl_portrait_fill (OdlPortrait *portrait, const OdlSolversProblem *problem,
                   const OdlReference *reference)
{
  g_assert (portrait->blocks == NULL);
  portrait->blocks = odl_slab_new ();
  if (problem->dim == (portrait->over_time ? 1 : 2))
    fill_grids (portrait, problem);
  if (!problem->forced)
    odl_find_equilibria (portrait, problem, reference);
}

void
odl_portrait_clear (OdlPortrait *portrait)
{
  g_clear_pointer (&portrait->blocks, g_ptr_array_unref);
  *portrait = (OdlPortrait){ 0 };
}
