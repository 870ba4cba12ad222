/* The solution that every run is compared with: the closed form where there is one, a
 * tight solve otherwise. SPDX-License-Identifier: MIT
 *
 * The reference is wanted at exactly the times of the runs' curves, so the union of all
 * those times is solved for once, with dense output, and looked up by bisection. A
 * second solve at a hundredfold tolerance tells how far the reference itself can be
 * trusted: for a chaotic system that, not the method, limits every error shown. DOP853
 * does the work; CVODE's BDF where the system is stiff or DOP853 gives up. */
#include "solvers-run.h"

#include "solvers-slab.h"

#include <math.h>
#include <string.h>

#define N_EVEN 1201
/* A run counts as diverged when it is this many times larger than the solution ever is.
 */
#define DIVERGED_FACTOR 1e3

static int
compare_up (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int
compare_down (gconstpointer a, gconstpointer b)
{
  return compare_up (b, a);
}

/* All times, sorted along the span, each once. */
static GArray *
union_of_times (const OdlSolversProblem *problem, const OdlSolverRun *runs,
                guint n_runs)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < N_EVEN; i++) {
    double t = problem->t0 + (problem->t1 - problem->t0) * i / (N_EVEN - 1);
    g_array_append_val (times, t);
  }
  g_array_append_val (times, problem->t1);
  for (guint i = 0; i < n_runs; i++) {
    g_array_append_vals (times, runs[i].t, runs[i].n_curve);
    g_array_append_vals (times, runs[i].step_t, runs[i].n_steps);
  }
  g_array_sort (times, problem->t1 < problem->t0 ? compare_down : compare_up);
  guint kept = 0;
  double *t = (double *)times->data;
  for (guint i = 0; i < times->len; i++)
    if (kept == 0 || t[i] != t[kept - 1])
      t[kept++] = t[i];
  g_array_set_size (times, kept);
  return times;
}

static OdlOutcome *
solve_tightly (const OdlSolversProblem *problem, const OdlSolversPlan *plan,
               const OdlMethod *method, double tolerance, const GArray *times)
{
  OdlSolversPlan tight = *plan;
  tight.max_steps = 200000;
  OdlWanted wanted = { .rtol = tolerance,
                       .atol = tolerance * 1e-2,
                       .n_at = times->len,
                       .at = (const double *)times->data };
  return odl_solvers_solve (problem, &tight, method, 0, &wanted);
}

/* DOP853, or BDF where that is what it takes; writes which. NULL: interrupted. */
static OdlOutcome *
solve_somehow (const OdlSolversProblem *problem, const OdlSolversPlan *plan,
               double tolerance, const GArray *times, const OdlMethod **used)
{
  static const char *const ids[] = { "dop853", "cvode-bdf" };
  OdlOutcome *best = NULL;
  for (guint i = problem->system != NULL && problem->system->stiff; i < 2; i++) {
    const OdlMethod *method = odl_method_find (ids[i], NULL);
    g_assert (method != NULL);
    OdlOutcome *solution = solve_tightly (problem, plan, method, tolerance, times);
    if (solution->status == ODL_STATUS_STOPPED) {
      odl_outcome_free (solution);
      g_clear_pointer (&best, odl_outcome_free);
      return NULL;
    }
    double direction = problem->t1 < problem->t0 ? -1 : 1;
    if (best == NULL || direction * solution->t1 > direction * best->t1) {
      g_clear_pointer (&best, odl_outcome_free);
      best = g_steal_pointer (&solution);
      *used = method;
    }
    g_clear_pointer (&solution, odl_outcome_free);
    if (best->t1 == problem->t1)
      break;
  }
  return best;
}

static double
distance (const double *a, const double *b, guint dim)
{
  double sum = 0;
  for (guint i = 0; i < dim; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt (sum);
}

static void
measure_scale (OdlReference *reference, guint dim)
{
  g_autofree double *origin = g_new0 (double, dim);
  for (guint i = 0; i < reference->n; i++) {
    double size = distance (reference->y + (gsize)i * dim, origin, dim);
    if (isfinite (size))
      reference->scale = fmax (reference->scale, size);
  }
}

static void
take_exact (OdlReference *reference, const OdlSolversProblem *problem)
{
  reference->exact = TRUE;
  reference->title = g_strdup ("exact");
  odl_solvers_problem_exact (problem, reference->n, reference->t, reference->y);
  reference->stop = problem->t1;
}

/* How far a looser solve strays; FALSE: interrupted. */
static gboolean
measure_uncertainty (OdlReference *reference, const OdlSolversProblem *problem,
                     const OdlSolversPlan *plan, const GArray *times)
{
  const OdlMethod *used = NULL;
  double looser = fmin (plan->reference_tolerance * 100, 1e-3);
  g_autoptr (OdlOutcome) other = solve_somehow (problem, plan, looser, times, &used);
  if (other == NULL)
    return FALSE;
  for (guint i = 0; i < reference->n; i++) {
    gsize at = (gsize)i * problem->dim;
    double apart = distance (reference->y + at, other->samples + at, problem->dim);
    if (isfinite (apart))
      reference->uncertainty = fmax (reference->uncertainty, apart);
  }
  return TRUE;
}

static gboolean
take_solved (OdlReference *reference, const OdlSolversProblem *problem,
             const OdlSolversPlan *plan, const GArray *times)
{
  const OdlMethod *used = NULL;
  g_autoptr (OdlOutcome) solution
      = solve_somehow (problem, plan, plan->reference_tolerance, times, &used);
  if (solution == NULL)
    return FALSE;
  memcpy (reference->y, solution->samples,
          sizeof (double) * reference->n * problem->dim);
  reference->title = g_strdup_printf ("reference (%s, %.0e)", used->title,
                                      plan->reference_tolerance);
  reference->stop = solution->t1;
  return measure_uncertainty (reference, problem, plan, times);
}

OdlReference *
odl_reference_new (const OdlSolversProblem *problem, const OdlSolversPlan *plan,
                   const OdlSolverRun *runs, guint n_runs)
{
  g_autoptr (GArray) times = union_of_times (problem, runs, n_runs);
  OdlReference *reference = g_new0 (OdlReference, 1);
  guint dim = problem->dim;
  reference->n = times->len;
  reference->t = g_memdup2 (times->data, times->len * sizeof (double));
  reference->y = g_new (double, (gsize)times->len *dim);
  if (problem->exact != NULL)
    take_exact (reference, problem);
  else if (!take_solved (reference, problem, plan, times)) {
    odl_reference_free (reference);
    return NULL;
  }
  reference->end = g_memdup2 (reference->y + (gsize)(reference->n - 1) * dim,
                              dim * sizeof (double));
  measure_scale (reference, dim);
  return reference;
}

void
odl_reference_free (OdlReference *reference)
{
  if (reference == NULL)
    return;
  g_free (reference->title);
  g_free (reference->t);
  g_free (reference->y);
  g_free (reference->end);
  g_free (reference);
}

/* y*(t) by bisection, or NULL: not one of its times. */
static const double *
look_up (const OdlReference *reference, guint dim, double t)
{
  double direction
      = reference->n > 1 && reference->t[reference->n - 1] < reference->t[0] ? -1 : 1;
  guint low = 0, high = reference->n;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (direction * reference->t[middle] < direction * t)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == reference->n || reference->t[low] != t)
    return NULL;
  return reference->y + (gsize)low * dim;
}

static double
error_at (const OdlReference *reference, guint dim, double t, const double *y)
{
  const double *truth = look_up (reference, dim, t);
  return truth == NULL ? NAN : distance (y, truth, dim);
}

/* The first step that lies out of all proportion makes a finite run a diverged one. */
static void
judge (const OdlReference *reference, guint dim, GPtrArray *blocks, OdlSolverRun *run)
{
  g_autofree double *origin = g_new0 (double, dim);
  double bound = DIVERGED_FACTOR * fmax (reference->scale, 1e-300);
  for (guint i = 0; i < run->n_steps && run->end == ODL_RUN_DONE; i++) {
    const double *y = run->step_y + (gsize)i * dim;
    double size = distance (y, origin, dim);
    if (size <= bound)
      continue;
    run->end = ODL_RUN_DIVERGED;
    run->stop_t = run->step_t[i];
    run->stop_y = odl_slab_copy_doubles (blocks, y, dim);
    run->message = odl_slab_take (
        blocks, g_strdup_printf ("diverged: |y| = %.2g at t = %.4g, where the solution "
                                 "stays below %.2g",
                                 size, run->stop_t, reference->scale));
  }
}

/* At a jump the true solution may be on the other side of its own: the distance says
 * nothing there. */
static gboolean
beside_jump (const double *t, guint n, guint i)
{
  return (i > 0 && t[i] == t[i - 1]) || (i + 1 < n && t[i] == t[i + 1]);
}

/* I (y) − I (y₀) along the curve; NaN without an invariant. */
static void
measure_drift (const OdlSolversProblem *problem, OdlSolverRun *run)
{
  double first = NAN;
  if (problem->invariant != NULL) {
    odl_solvers_problem_invariant (problem, 1, &problem->t0, problem->start, &first);
    odl_solvers_problem_invariant (problem, run->n_curve, run->t, run->y, run->drift);
  }
  for (guint i = 0; i < run->n_curve; i++)
    run->drift[i] = problem->invariant == NULL ? NAN : run->drift[i] - first;
}

void
odl_reference_compare (const OdlReference *reference, const OdlSolversProblem *problem,
                       GPtrArray *blocks, OdlSolverRun *run)
{
  guint dim = problem->dim;
  run->worst_error = 0;
  for (guint i = 0; i < run->n_curve; i++) {
    run->error[i] = beside_jump (run->t, run->n_curve, i)
                        ? NAN
                        : error_at (reference, dim, run->t[i], run->y + (gsize)i * dim);
    run->worst_error = fmax (run->worst_error, run->error[i]);
  }
  for (guint i = 0; i < run->n_steps; i++)
    run->step_error[i]
        = beside_jump (run->step_t, run->n_steps, i)
              ? NAN
              : error_at (reference, dim, run->step_t[i], run->step_y + (gsize)i * dim);
  gboolean reached = run->n_steps > 0 && run->step_t[run->n_steps - 1] == problem->t1;
  run->end_error = reached ? run->step_error[run->n_steps - 1] : NAN;
  measure_drift (problem, run);
  judge (reference, dim, blocks, run);
}
