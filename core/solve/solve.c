/* Solving: checks what is asked for, makes room for the answer, chooses the way.
 * SPDX-License-Identifier: MIT
 *
 * Explicit and reversible methods run tiles of lanes (fixed.c, adaptive.c), implicit
 * ones and CVODE lane by lane (implicit.c, cvode.c). What a caller can get wrong is an
 * error before anything is computed; what numbers do is a status of the lane. */
#include "solve/solve.h"

#include <math.h>
#include "solve/run.h"

#define DEFAULT_STEPS 1000000

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, ODL_ERROR, ODL_ERROR_INVALID, message);
  return FALSE;
}

static gboolean
is_adaptive (const OdlMethod *method)
{
  return method->error_order > 0 || method->kind == ODL_METHOD_CVODE;
}

static gboolean
check (const OdlSolveOptions *o, GError **error)
{
  if (o->steps > 0 && o->method->kind == ODL_METHOD_CVODE)
    return refuse (error,
                   "CVODE chooses its own steps: tolerances, not a number of steps");
  if (o->steps > 0)
    return TRUE;
  if (!is_adaptive (o->method)) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "%s has no error estimate: a number of steps, not a tolerance",
                 o->method->id);
    return FALSE;
  }
  if (!(o->rtol >= 0 && o->atol >= 0 && isfinite (o->rtol) && isfinite (o->atol)))
    return refuse (error, "tolerances must be finite and not negative");
  if (!(o->rtol > 0 || o->atol > 0))
    return refuse (error, "one of the tolerances must be greater than 0");
  if (!isfinite (o->first_step))
    return refuse (error, "the first step must be finite");
  return TRUE;
}

static gboolean
check_times (const OdlProblem *p, const OdlSolveOptions *o, GError **error)
{
  for (gsize i = 0; i < (gsize)p->lanes * o->n_at; i++)
    if (!isfinite (o->at[i]))
      return refuse (error, "the times wanted must be finite");
  return TRUE;
}

static OdlSolution *
solution_new (const OdlProblem *p, guint n_at)
{
  const gsize lanes = p->lanes, dim = p->field->dim;
  OdlSolution *s = g_new0 (OdlSolution, 1);
  s->lanes = p->lanes;
  s->dim = p->field->dim;
  s->y1 = g_new0 (double, lanes *dim);
  s->t1 = g_new0 (double, lanes);
  s->status = g_new0 (OdlStatus, lanes);
  s->evaluations = g_new0 (guint64, 3 * lanes);
  s->accepted = s->evaluations + lanes;
  s->rejected = s->accepted + lanes;
  s->samples = n_at > 0 ? g_new (double, lanes *n_at *dim) : NULL;
  for (gsize i = 0; i < lanes * n_at * dim; i++)
    s->samples[i] = NAN;
  return s;
}

void
odl_solution_free (OdlSolution *solution)
{
  g_return_if_fail (solution != NULL);
  g_free (solution->y1);
  g_free (solution->t1);
  g_free (solution->status);
  g_free (solution->evaluations);
  g_free (solution->samples);
  g_free (solution);
}

typedef struct {
  const double *at;
  double direction;
} Sorting;

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const Sorting *s = data;
  const double x = s->direction * s->at[*(const guint *)a];
  const double y = s->direction * s->at[*(const guint *)b];
  return (x > y) - (x < y);
}

static gboolean
is_sorted (const double *at, guint n, double direction)
{
  for (guint i = 1; i < n; i++)
    if (!(direction * at[i - 1] <= direction * at[i]))
      return FALSE;
  return TRUE;
}

/* NULL where every lane's times stand in its own direction. */
static guint *
sample_order (const OdlRun *run)
{
  const guint n = run->options->n_at, lanes = run->problem->lanes;
  gboolean sorted = TRUE;
  for (guint lane = 0; lane < lanes && sorted; lane++)
    sorted = is_sorted (run->options->at + (gsize)lane * n, n,
                        odl_run_direction (run, lane));
  if (sorted)
    return NULL;
  guint *order = g_new (guint, (gsize)lanes * n);
  for (guint lane = 0; lane < lanes; lane++) {
    guint *mine = order + (gsize)lane * n;
    Sorting sorting
        = { run->options->at + (gsize)lane * n, odl_run_direction (run, lane) };
    for (guint i = 0; i < n; i++)
      mine[i] = i;
    g_qsort_with_data (mine, (gint)n, sizeof *mine, compare, &sorting);
  }
  return order;
}

OdlSolution *
odl_solve (const OdlProblem *problem, const OdlSolveOptions *options, GError **error)
{
  g_return_val_if_fail (problem && problem->field && options && options->method, NULL);
  g_return_val_if_fail (options->n_at == 0 || options->at, NULL);
  g_return_val_if_fail (problem->field->n_aux == 0 || problem->aux || problem->aux_at,
                        NULL);
  if (!check (options, error) || !check_times (problem, options, error))
    return NULL;
  OdlRun run = { .problem = problem,
                 .options = options,
                 .out = solution_new (problem, options->n_at),
                 .workers = odl_pool_threads (options->pool),
                 .max_steps = options->max_steps ? options->max_steps
                              : options->steps   ? G_MAXUINT64
                                                 : DEFAULT_STEPS };
  run.order = sample_order (&run);
  if (options->method->kind == ODL_METHOD_CVODE)
    odl_solve_cvode (&run);
  else if (options->method->kind == ODL_METHOD_IMPLICIT)
    odl_solve_implicit (&run);
  else if (options->steps > 0)
    odl_solve_fixed (&run);
  else
    odl_solve_adaptive (&run);
  g_free (run.order);
  return run.out;
}
