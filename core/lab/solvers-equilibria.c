/* Finds where f (y) = 0 by Newton's method from many starts.
 * SPDX-License-Identifier: MIT
 *
 * Starts are a grid over the box of the portrait, the other states taken from points
 * along the reference in turn, and the origin. Each Newton step solves J·d = −f with
 * LAPACK and is halved until |f| falls. Points closer than a hundredth of the box are
 * one equilibrium; where J is singular the points may fill a line, of which a few are
 * kept. */
#include "solvers-equilibria.h"

#include "solvers-eigen.h"
#include "solvers-slab.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

#define N_SIDE         11
#define MAX_FOUND      12
#define MAX_ITERATIONS 50

typedef struct {
  const OdlPortrait *portrait;
  const OdlSolversProblem *problem;
  guint dim;
  double *low, *high;       /* dim: where an equilibrium is of interest */
  double *f, *j, *y, *next; /* scratch */
  lapack_int *pivots;
  double *found; /* MAX_FOUND × dim */
  guint n_found;
} Search;

static double
norm (const double *v, guint dim)
{
  double sum = 0;
  for (guint i = 0; i < dim; i++)
    sum += v[i] * v[i];
  return sqrt (sum);
}

static void
evaluate (Search *search, const double *y, double *jacobian)
{
  odl_field_at (search->problem->field, search->problem->theta, search->problem->t0, y,
                search->f, jacobian);
}

/* One damped Newton step of search->y. Returns the length of the full step relative to
 * the box, or NaN: no way on. */
static double
newton_step (Search *search)
{
  guint dim = search->dim;
  evaluate (search, search->y, search->j);
  double before = norm (search->f, dim);
  if (!isfinite (before))
    return NAN;
  if (before == 0)
    return 0;
  g_autofree double *d = g_memdup2 (search->f, sizeof (double) * dim);
  if (LAPACKE_dgesv (LAPACK_ROW_MAJOR, dim, 1, search->j, dim, search->pivots, d, 1)
      != 0)
    return NAN;
  double length = 0;
  for (guint i = 0; i < dim; i++)
    length = fmax (length, fabs (d[i]) / (search->high[i] - search->low[i]));
  for (double part = 1; part > 1e-3; part *= 0.5) {
    for (guint i = 0; i < dim; i++)
      search->next[i] = search->y[i] - part * d[i];
    evaluate (search, search->next, NULL);
    double after = norm (search->f, dim);
    if (isfinite (after) && (after < before || length < 1e-9)) {
      memcpy (search->y, search->next, sizeof (double) * dim);
      return length;
    }
  }
  return NAN;
}

static gboolean
of_interest (const Search *search)
{
  for (guint i = 0; i < search->dim; i++)
    if (!(search->y[i] >= search->low[i] && search->y[i] <= search->high[i]))
      return FALSE;
  return TRUE;
}

static gboolean
known (const Search *search)
{
  for (guint i = 0; i < search->n_found; i++) {
    double apart = 0;
    for (guint k = 0; k < search->dim; k++)
      apart = fmax (apart, fabs (search->y[k] - search->found[i * search->dim + k])
                               / (search->high[k] - search->low[k]));
    if (apart < 0.005)
      return TRUE;
  }
  return FALSE;
}

/* Newton from search->y; keeps what it finds. */
static void
search_from_here (Search *search)
{
  double length = 1;
  for (guint i = 0; i < MAX_ITERATIONS && length > 1e-12; i++)
    length = newton_step (search);
  if (!(length <= 1e-8) || !of_interest (search) || known (search))
    return;
  for (guint i = 0; i < search->dim; i++)
    if (fabs (search->y[i]) < 1e-11 * (search->high[i] - search->low[i]))
      search->y[i] = 0;
  memcpy (search->found + (gsize)search->n_found * search->dim, search->y,
          sizeof (double) * search->dim);
  search->n_found++;
}

/* Where to look: the box on the axes, thrice the solution's range elsewhere. */
static void
set_bounds (Search *search, const OdlReference *reference)
{
  for (guint k = 0; k < search->dim; k++) {
    double low = search->problem->start[k], high = low;
    for (guint i = 0; i < reference->n; i++) {
      double y = reference->y[(gsize)i * search->dim + k];
      low = isfinite (y) ? fmin (low, y) : low;
      high = isfinite (y) ? fmax (high, y) : high;
    }
    double size = fmax (high - low, 1e-6);
    search->low[k] = low - size;
    search->high[k] = high + size;
  }
  const OdlPortrait *portrait = search->portrait;
  if (!portrait->over_time) {
    search->low[portrait->axis_x] = portrait->back_x0;
    search->high[portrait->axis_x] = portrait->back_x1;
  }
  search->low[portrait->axis_y] = portrait->back_y0;
  search->high[portrait->axis_y] = portrait->back_y1;
}

/* The start of search number i. */
static void
choose_start (Search *search, const OdlReference *reference, guint i)
{
  const OdlPortrait *portrait = search->portrait;
  guint along = (guint)((guint64)i * 7919 % MAX (reference->n, 1));
  for (guint k = 0; k < search->dim; k++) {
    double y = reference->y[(gsize)along * search->dim + k];
    search->y[k] = isfinite (y) ? y : search->problem->start[k];
  }
  double u = (i % N_SIDE + 0.5) / N_SIDE, v = (i / N_SIDE + 0.5) / N_SIDE;
  if (!portrait->over_time)
    search->y[portrait->axis_x]
        = portrait->back_x0 + u * (portrait->back_x1 - portrait->back_x0);
  search->y[portrait->axis_y]
      = portrait->back_y0 + v * (portrait->back_y1 - portrait->back_y0);
}

static void
keep (OdlPortrait *portrait, Search *search)
{
  guint dim = search->dim;
  GPtrArray *blocks = portrait->blocks;
  portrait->n_equilibria = search->n_found;
  portrait->equilibria
      = odl_slab_take (blocks, g_new0 (OdlEquilibrium, search->n_found + 1));
  for (guint i = 0; i < search->n_found; i++) {
    OdlEquilibrium *e = &portrait->equilibria[i];
    e->y = odl_slab_copy_doubles (blocks, search->found + (gsize)i * dim, dim);
    e->re = odl_slab_doubles (blocks, dim);
    e->im = odl_slab_doubles (blocks, dim);
    evaluate (search, e->y, search->j);
    odl_eigenvalues (dim, search->j, e->re, e->im);
    e->kind = odl_slab_text (blocks, odl_equilibrium_kind (dim, e->re, e->im));
  }
}

void
odl_find_equilibria (OdlPortrait *portrait, const OdlSolversProblem *problem,
                     const OdlReference *reference)
{
  guint dim = problem->dim;
  g_autofree double *numbers = g_new0 (double, (gsize)dim *(5 + dim + MAX_FOUND));
  g_autofree lapack_int *pivots = g_new0 (lapack_int, dim);
  Search search = { .portrait = portrait,
                    .problem = problem,
                    .dim = dim,
                    .low = numbers,
                    .high = numbers + dim,
                    .f = numbers + 2 * dim,
                    .y = numbers + 3 * dim,
                    .next = numbers + 4 * dim,
                    .j = numbers + 5 * dim,
                    .found = numbers + (5 + dim) * dim,
                    .pivots = pivots };
  set_bounds (&search, reference);
  search_from_here (&search); /* y is the origin */
  for (guint i = 0; i < N_SIDE * N_SIDE && search.n_found < MAX_FOUND; i++) {
    choose_start (&search, reference, i);
    search_from_here (&search);
  }
  keep (portrait, &search);
}
