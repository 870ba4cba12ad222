/* Linear stability.
 * SPDX-License-Identifier: MIT
 *
 * A step of a Runge–Kutta method multiplies an eigenvector of ∂f/∂y by R (λΔt) (Hairer
 * & Wanner II, IV.2): where the flow itself shrinks (Re λ < 0) a method with |R| > 1
 * grows instead, and the fewest steps from which on |R| ≤ 1 for every finer Δt is what
 * it would need. Steps are doubled until that holds and counted down from there, so
 * that the gaps of a region that is not connected do not mislead. Not the spectral
 * radius of ∂f/∂y: that says nothing about either. */
#include "solvers-stability.h"

#include "solvers-eigen.h"
#include "solvers-slab.h"

#include <math.h>
#include <string.h>

#define N_LAMBDA         241
#define MAX_STEPS_WANTED 200000

gboolean
odl_solvers_has_region (const OdlMethod *method)
{
  return method->kind == ODL_METHOD_EXPLICIT || method->kind == ODL_METHOD_IMPLICIT;
}

/* The stretch of the negative real axis and of the imaginary axis (from 0) to be shown.
 */
static double
reach (const OdlMethod *method, double re, double im)
{
  double last = 0;
  for (double r = 0.1; r < 10; r += 0.1)
    if (odl_method_stability (method, re * r, im * r) <= 1 + 1e-9)
      last = r;
  return last;
}

static void
choose_box (const OdlMethod *const *methods, guint n, OdlSolversStability *stability)
{
  double left = 2.5, up = 2.5, right = 1;
  for (guint i = 0; i < n; i++) {
    if (!odl_solvers_has_region (methods[i]))
      continue;
    left = fmax (left, fmin (reach (methods[i], -1, 0), 8));
    for (double tilt = 0; tilt < 1.5; tilt += 0.25)
      up = fmax (up,
                 fmin (reach (methods[i], -sin (tilt), cos (tilt)) * cos (tilt), 8));
    if (methods[i]->kind == ODL_METHOD_IMPLICIT)
      right = 3;
  }
  stability->x0 = -1.15 * left;
  stability->x1 = fmax (right, 0.25 * left);
  stability->y0 = -1.15 * up;
  stability->y1 = 1.15 * up;
}

static void
eigenvalues_at (const OdlSolversProblem *problem, double t, const double *y, double *re,
                double *im)
{
  guint dim = problem->dim;
  g_autofree double *work = g_new (double, dim + (gsize)dim * dim);
  odl_field_at (problem->field, problem->theta, t, y, work, work + dim);
  odl_eigenvalues (dim, work + dim, re, im);
}

static void
walk_along (const OdlSolversProblem *problem, const OdlReference *reference,
            OdlSolversStability *stability)
{
  guint dim = problem->dim, n = MIN (N_LAMBDA, reference->n);
  stability->lambda_t = odl_slab_doubles (stability->blocks, n);
  stability->lambda_re = odl_slab_doubles (stability->blocks, (gsize)n * dim);
  stability->lambda_im = odl_slab_doubles (stability->blocks, (gsize)n * dim);
  stability->n_lambda = n;
  for (guint i = 0; i < n; i++) {
    guint at = n > 1 ? (guint)((guint64)i * (reference->n - 1) / (n - 1)) : 0;
    stability->lambda_t[i] = reference->t[at];
    eigenvalues_at (problem, reference->t[at], reference->y + (gsize)at * dim,
                    stability->lambda_re + (gsize)i * dim,
                    stability->lambda_im + (gsize)i * dim);
  }
}

/* The equilibrium nearest to where the solution is at the end, if it came nearer to it
 * or circles it. */
static const OdlEquilibrium *
governing_equilibrium (const OdlSolversProblem *problem, const OdlReference *reference,
                       const OdlPortrait *portrait)
{
  const OdlEquilibrium *best = NULL;
  double least = INFINITY;
  for (guint i = 0; i < portrait->n_equilibria; i++) {
    const OdlEquilibrium *e = &portrait->equilibria[i];
    double before = 0, after = 0;
    for (guint k = 0; k < problem->dim; k++) {
      before += (problem->start[k] - e->y[k]) * (problem->start[k] - e->y[k]);
      after += (reference->end[k] - e->y[k]) * (reference->end[k] - e->y[k]);
    }
    gboolean repels = e->re[0] > 1e-9;
    if (after <= before * 1.0001 && !repels && after < least) {
      least = after;
      best = e;
    }
  }
  return best;
}

static void
choose_governing (const OdlSolversProblem *problem, const OdlReference *reference,
                  const OdlPortrait *portrait, OdlSolversStability *stability)
{
  guint dim = problem->dim;
  stability->re = odl_slab_doubles (stability->blocks, dim);
  stability->im = odl_slab_doubles (stability->blocks, dim);
  const OdlEquilibrium *e = governing_equilibrium (problem, reference, portrait);
  stability->at_equilibrium = e != NULL;
  const double *re = e != NULL ? e->re : NULL, *im = e != NULL ? e->im : NULL;
  double largest = -1;
  for (guint i = 0; i < stability->n_lambda && e == NULL; i++) {
    double size = 0;
    for (guint k = 0; k < dim; k++)
      size = fmax (size, hypot (stability->lambda_re[i * dim + k],
                                stability->lambda_im[i * dim + k]));
    if (size > largest) {
      largest = size;
      re = stability->lambda_re + (gsize)i * dim;
      im = stability->lambda_im + (gsize)i * dim;
    }
  }
  stability->abscissa = re != NULL ? re[0] : NAN;
  for (guint k = 0; k < dim; k++) {
    stability->re[k] = re != NULL ? re[k] : NAN;
    stability->im[k] = im != NULL ? im[k] : NAN;
  }
}

void
odl_solvers_stability (const OdlSolversProblem *problem, const OdlReference *reference,
                       const OdlPortrait *portrait, const OdlMethod *const *methods,
                       guint n, OdlSolversStability *stability)
{
  odl_solvers_stability_clear (stability);
  stability->blocks = odl_slab_new ();
  choose_box (methods, n, stability);
  walk_along (problem, reference, stability);
  choose_governing (problem, reference, portrait, stability);
}

void
odl_solvers_stability_clear (OdlSolversStability *stability)
{
  g_clear_pointer (&stability->blocks, g_ptr_array_unref);
  *stability = (OdlSolversStability){ .abscissa = NAN };
}

void
odl_solvers_fill_region (const OdlMethod *method, const OdlSolversStability *stability,
                         double *grid)
{
  const guint side = ODL_REGION_SIDE;
  for (guint i = 0; i < side * side; i++) {
    double u = (i % side) / (side - 1.0), v = (i / side) / (side - 1.0);
    double r = odl_method_stability (
        method, stability->x0 + u * (stability->x1 - stability->x0),
        stability->y0 + v * (stability->y1 - stability->y0));
    grid[i] = CLAMP (log (r), -20, 20);
  }
}

/* max |R| over the governing eigenvalues with Re λ ≤ 0: those whose directions the flow
 * itself does not stretch. */
static double
amplification (guint dim, const OdlMethod *method, const OdlSolversStability *stability,
               double h)
{
  double largest = NAN;
  for (guint k = 0; k < dim; k++) {
    double re = stability->re[k] * h, im = stability->im[k] * h;
    if (stability->re[k] * copysign (1, h) > 1e-12 || !isfinite (re))
      continue;
    double r = odl_method_stability (method, re, im);
    largest = isnan (largest) ? r : fmax (largest, r);
  }
  return largest;
}

/* Stable at n steps and at some finer ones, as a check that n is not in a lucky gap. */
static gboolean
is_stable (const OdlSolversProblem *problem, const OdlMethod *method,
           const OdlSolversStability *stability, guint64 n)
{
  double span = problem->t1 - problem->t0;
  for (guint finer = 1; finer <= 4; finer *= 2)
    if (!(amplification (problem->dim, method, stability, span / (n * finer))
          <= 1 + 1e-12))
      return FALSE;
  return TRUE;
}

void
odl_solvers_judge_step (const OdlSolversProblem *problem, const OdlMethod *method,
                        const OdlSolversStability *stability, OdlSolverRun *run)
{
  run->amplification = NAN;
  run->steps_wanted = 0;
  guint64 steps = run->adaptive ? 0 : run->accepted;
  if (steps == 0 || stability->blocks == NULL || !odl_solvers_has_region (method))
    return;
  double span = problem->t1 - problem->t0;
  run->amplification = amplification (problem->dim, method, stability, span / steps);
  if (!(run->amplification > 1 + 1e-12))
    return;
  guint64 n = 2 * steps;
  while (n <= MAX_STEPS_WANTED && !is_stable (problem, method, stability, n))
    n *= 2;
  if (n > MAX_STEPS_WANTED)
    return;
  while (n - 1 > steps && is_stable (problem, method, stability, n - 1))
    n--;
  run->steps_wanted = n;
}

/* The largest |λ| along a rough solution. */
static double
largest_modulus (const OdlSolversProblem *problem)
{
  enum { N = 60 };
  guint dim = problem->dim;
  OdlSolversPlan plan = { .max_steps = 5000, .rtol = 1e-4, .atol = 1e-6 };
  double at[N], largest = 0;
  for (guint i = 0; i < N; i++)
    at[i] = problem->t0 + (problem->t1 - problem->t0) * (i + 0.5) / N;
  OdlWanted wanted = { .n_at = N, .at = at };
  g_autoptr (OdlOutcome) outcome = odl_solvers_solve (
      problem, &plan, odl_method_find ("dopri5", NULL), 0, &wanted);
  g_autofree double *re = g_new (double, 2 * dim);
  double *im = re + dim;
  for (guint i = 0; i <= N; i++) {
    const double *y = i < N ? outcome->samples + (gsize)i * dim : problem->start;
    eigenvalues_at (problem, i < N ? at[i] : problem->t0, y, re, im);
    for (guint k = 0; k < dim; k++)
      if (isfinite (re[k]))
        largest = fmax (largest, hypot (re[k], im[k]));
  }
  return largest;
}

guint64
odl_solvers_usual_steps (const OdlSolversProblem *problem)
{
  if (problem->system != NULL && problem->system->stiff)
    return 100;
  double steps = 2.5 * largest_modulus (problem) * fabs (problem->t1 - problem->t0);
  steps = CLAMP (steps, 5, 2000);
  double unit = pow (10, fmax (floor (log10 (steps)) - 1, 0));
  return (guint64)(round (steps / unit) * unit);
}
