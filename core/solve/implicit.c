/* Diagonally implicit methods with equal steps, lane by lane.
 * SPDX-License-Identifier: MIT
 *
 * A stage solves Y = g + h a_ii f (t_i, Y), g the sum of what is known, by Newton's
 * method with the exact Jacobian, made anew in each iteration, and LU factors. A step
 * of Newton's that does not make the residual smaller is halved. The iteration ends
 * where its step is at the level of rounding, or when that level is near and steps no
 * longer shrink. The stage's k is (Y − g)/(h a_ii), which for stiff fields is more
 * accurate than f (Y) (Hairer & Wanner II, IV.8). */
#include <float.h>
#include <math.h>
#include <string.h>

#include <lapacke.h>
#include "solve/dense.h"
#include "solve/local.h"

#define MAX_ITERATIONS 60
#define MAX_HALVINGS   30
#define AT_ROUNDING    (16 * DBL_EPSILON)
#define NEAR_ROUNDING  1e-10

/* A worker's own; one lane's numbers. */
typedef struct {
  OdlLocal *local;
  double t, t1, h;
  double *slab, *y, *y1, *k, *known, *stage, *trial, *f, *residual, *delta, *matrix;
  lapack_int *pivots;
  OdlSampler sampler;
} Stepper;

typedef struct {
  OdlRun *run;
  Stepper *steppers;
} Implicit;

static void
prepare (Stepper *s, const OdlRun *run)
{
  const gsize dim = run->problem->field->dim;
  const OdlMethod *m = run->options->method;
  s->local = odl_local_new (run);
  s->slab = g_new0 (double, dim *(8 + m->stages + dim));
  double **parts[] = { &s->y,     &s->y1, &s->known,    &s->stage,
                       &s->trial, &s->f,  &s->residual, &s->delta };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    *parts[i] = s->slab + i * dim;
  s->k = s->slab + 8 * dim;
  s->matrix = s->k + m->stages * dim;
  s->pivots = g_new0 (lapack_int, dim);
}

static void
release (Stepper *s)
{
  odl_local_free (s->local);
  g_free (s->slab);
  g_free (s->pivots);
}

static guint
dim_of (const Stepper *s)
{
  return s->local->run->problem->field->dim;
}

/* r = Y − g − ha f (t, Y); its largest element relative to the state. Not finite where
 * f is not. */
static double
residual (Stepper *s, double t, double ha, const double *at, double *r)
{
  double largest = 0;
  if (!odl_local_eval (s->local, t, at, s->f))
    return NAN;
  for (guint i = 0; i < dim_of (s); i++) {
    const double scale = fabs (s->y[i]) + fabs (at[i]);
    r[i] = at[i] - s->known[i] - ha * s->f[i];
    largest = fmax (largest, fabs (r[i]) / (scale > 0 ? scale : 1));
  }
  return isfinite (largest) ? largest : NAN;
}

/* delta = −(I − ha J)⁻¹ r; FALSE: singular or not finite. */
static gboolean
newton_step (Stepper *s, double t, double ha)
{
  const guint dim = dim_of (s);
  if (!odl_local_jacobian (s->local, t, s->stage, s->matrix))
    return FALSE;
  for (gsize i = 0; i < (gsize)dim * dim; i++)
    s->matrix[i] *= -ha;
  for (guint i = 0; i < dim; i++) {
    s->matrix[(gsize)i * dim + i] += 1;
    s->delta[i] = -s->residual[i];
  }
  return LAPACKE_dgesv_work (LAPACK_COL_MAJOR, (lapack_int)dim, 1, s->matrix,
                             (lapack_int)dim, s->pivots, s->delta, (lapack_int)dim)
         == 0;
}

/* The size of delta relative to the state. */
static double
size_of_step (const Stepper *s)
{
  double largest = 0;
  for (guint i = 0; i < dim_of (s); i++) {
    const double scale = fabs (s->stage[i]) + fabs (s->y[i]);
    largest = fmax (largest, fabs (s->delta[i]) / (scale > 0 ? scale : 1));
  }
  return largest;
}

/* Moves stage by delta or a part of it that makes the residual smaller. */
static gboolean
move (Stepper *s, double t, double ha, double *norm)
{
  const guint dim = dim_of (s);
  double part = 1;
  for (guint halving = 0; halving < MAX_HALVINGS; halving++, part *= 0.5) {
    for (guint i = 0; i < dim; i++)
      s->trial[i] = s->stage[i] + part * s->delta[i];
    const double now = residual (s, t, ha, s->trial, s->residual);
    if (now < *norm || now <= AT_ROUNDING) {
      memcpy (s->stage, s->trial, sizeof (double) * dim);
      *norm = now;
      return TRUE;
    }
  }
  return FALSE;
}

/* Solves for `stage`, which holds a guess. */
static OdlStatus
solve_stage (Stepper *s, double t, double ha)
{
  double norm = residual (s, t, ha, s->stage, s->residual);
  if (!isfinite (norm))
    return ODL_STATUS_NON_FINITE;
  for (guint i = 0; i < MAX_ITERATIONS; i++) {
    if (norm == 0)
      return ODL_STATUS_DONE;
    if (!newton_step (s, t, ha))
      return ODL_STATUS_SOLVER_FAILED;
    const double size = size_of_step (s);
    if (!move (s, t, ha, &norm))
      return size < NEAR_ROUNDING ? ODL_STATUS_DONE : ODL_STATUS_SOLVER_FAILED;
    if (size <= AT_ROUNDING)
      return ODL_STATUS_DONE;
  }
  return ODL_STATUS_SOLVER_FAILED;
}

/* The sum of the stages before i, with the weights of a row: to = y + h Σ w k. */
static void
gather (const Stepper *s, const double *w, guint n, double *to)
{
  const guint dim = dim_of (s);
  for (guint row = 0; row < dim; row++) {
    double sum = 0;
    for (guint j = 0; j < n; j++)
      sum += w[j] * s->k[j * dim + row];
    to[row] = s->y[row] + s->h * sum;
  }
}

static OdlStatus
step (Stepper *s)
{
  const OdlMethod *m = s->local->run->options->method;
  const guint dim = dim_of (s), n = m->stages;
  for (guint i = 0; i < n; i++) {
    const double a = m->a[i * n + i], t = s->t + m->c[i] * s->h;
    double *k = s->k + i * dim;
    gather (s, m->a + i * n, i, s->known);
    if (a == 0) {
      if (i > 0 && !odl_local_eval (s->local, t, s->known, k))
        return ODL_STATUS_NON_FINITE;
      continue; /* the first is known */
    }
    memcpy (s->stage, i > 0 ? s->known : s->y, sizeof (double) * dim);
    const OdlStatus status = solve_stage (s, t, a * s->h);
    if (status != ODL_STATUS_DONE)
      return status;
    for (guint row = 0; row < dim; row++)
      k[row] = (s->stage[row] - s->known[row]) / (a * s->h);
  }
  gather (s, m->b, n, s->y1);
  return ODL_STATUS_DONE;
}

static void
interpolate (gpointer data, double t, double *y)
{
  const Stepper *s = data;
  const guint dim = dim_of (s);
  if (t == s->t1)
    memcpy (y, s->y1, sizeof (double) * dim);
  else
    odl_dense_strided (s->local->run->options->method, (t - s->t) / s->h, s->h, dim, 1,
                       s->y, s->k, y);
}

static void
record (const Stepper *s, gboolean good)
{
  const OdlSolveOptions *o = s->local->run->options;
  const OdlStepRecord step = { .lane = s->local->lane,
                               .t = s->t,
                               .h = s->h,
                               .t1 = s->t1,
                               .y = s->y,
                               .y1 = s->y1,
                               .k = s->k,
                               .error = good ? 0 : NAN,
                               .accepted = good };
  if (o->recorder)
    o->recorder (o->recorder_data, &step);
}

/* The steps of a lane from its start; how it ended. */
static OdlStatus
run_steps (Stepper *s, guint64 *done)
{
  const OdlRun *run = s->local->run;
  const OdlMethod *m = run->options->method;
  const OdlProblem *p = run->problem;
  const guint lane = s->local->lane, dim = dim_of (s);
  const guint64 steps = run->options->steps;
  const double t0 = p->t0[lane], t1 = p->t1[lane];
  if (m->a[0] == 0 && !odl_local_eval (s->local, t0, s->y, s->k))
    return ODL_STATUS_NON_FINITE;
  for (; *done < MIN (steps, run->max_steps); ++*done) {
    if (odl_run_interrupted (run))
      return ODL_STATUS_STOPPED;
    s->t = t0 + (double)*done * s->h;
    s->t1 = *done + 1 == steps ? t1 : t0 + (double)(*done + 1) * s->h;
    const OdlStatus status = step (s);
    record (s, status == ODL_STATUS_DONE);
    if (status != ODL_STATUS_DONE)
      return status;
    odl_run_sample (run, &s->sampler, s->t1, interpolate, s);
    memcpy (s->y, s->y1, sizeof (double) * dim);
    if (odl_method_is_fsal (m))
      memcpy (s->k, s->k + (m->stages - 1) * dim, sizeof (double) * dim);
    s->t = s->t1;
  }
  return *done == steps ? ODL_STATUS_DONE : ODL_STATUS_BUDGET_SPENT;
}

static void
run_lane (gpointer data, guint lane, guint worker)
{
  const Implicit *implicit = data;
  OdlRun *run = implicit->run;
  const OdlProblem *p = run->problem;
  Stepper *s = &implicit->steppers[worker];
  if (odl_run_is_trivial (run, lane))
    return;
  odl_local_enter (s->local, lane);
  for (guint row = 0; row < p->field->dim; row++)
    s->y[row] = p->y0[(gsize)row * p->lanes + lane];
  s->t = p->t0[lane];
  s->h = (p->t1[lane] - p->t0[lane]) / (double)run->options->steps;
  s->sampler = odl_run_sampler (run, lane);
  guint64 done = 0;
  const OdlStatus status = run_steps (s, &done);
  odl_run_end (run, lane, status, s->t, s->y, 1);
  run->out->accepted[lane] = done;
  run->out->rejected[lane]
      = status == ODL_STATUS_NON_FINITE || status == ODL_STATUS_SOLVER_FAILED;
  run->out->evaluations[lane] = s->local->evaluations;
}

void
odl_solve_implicit (OdlRun *run)
{
  Implicit implicit = { run, g_new0 (Stepper, run->workers) };
  for (guint i = 0; i < run->workers; i++)
    prepare (&implicit.steppers[i], run);
  odl_pool_run (run->options->pool, run->problem->lanes, run_lane, &implicit);
  for (guint i = 0; i < run->workers; i++)
    release (&implicit.steppers[i]);
  g_free (implicit.steppers);
}
