/* The bridge to CVODE of SUNDIALS, lane by lane. SPDX-License-Identifier: MIT
 *
 * CVODE is run one of its steps at a time, up to t1 and not beyond, so that the
 * recorder sees its steps, samples come from its own interpolant while it is valid, and
 * a caller may stop it. BDF solves its stages by Newton's method with the exact
 * Jacobian, Adams by fixed-point iteration. A field that is not finite makes CVODE
 * shorten the step; where that does not help, it gives up. A worker has one integrator,
 * begun anew for every lane.
 *
 * CVODE tells how many attempts it rejected, not where. But every attempt begins with f
 * at its end, and one that fails is counted before the next begins: so when f is called
 * and the count has grown, the attempt of the calls before it ended where they were. */
#include <math.h>
#include <string.h>

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include "solve/control.h"
#include "solve/local.h"

/* A worker's own. */
typedef struct {
  OdlRun *run;
  OdlLocal *local;
  SUNContext context;
  void *memory;
  N_Vector y, here; /* the state; whatever is asked for */
  N_Vector weights, errors;
  SUNMatrix matrix;
  SUNLinearSolver linear;
  SUNNonlinearSolver nonlinear;
  double *before, *f0, *f1; /* the start of the step; f at its ends */
  double tried, *iterate;   /* where the attempt ends; the last state f was asked for */
  guint64 failed;           /* attempts CVODE had rejected then */
  OdlSampler sampler;
  double t0, t, t1;
  gboolean bad; /* f was not finite since the step began */
} Bridge;

typedef struct {
  OdlRun *run;
  Bridge *bridges;
} Cvode;

static gsize
dim_of (const Bridge *b)
{
  return b->run->problem->field->dim;
}

static void
count (const Bridge *b, guint64 *accepted, guint64 *rejected)
{
  long steps = 0, errors = 0, failures = 0;
  CVodeGetNumSteps (b->memory, &steps);
  CVodeGetNumErrTestFails (b->memory, &errors);
  CVodeGetNumStepSolveFails (b->memory, &failures);
  *accepted = (guint64)steps;
  *rejected = (guint64)(errors + failures);
}

/* Records the attempt that f was last called for, if CVODE has rejected it since. */
static void
record_rejected (Bridge *b)
{
  const OdlSolveOptions *o = b->run->options;
  guint64 accepted, rejected;
  count (b, &accepted, &rejected);
  if (rejected == b->failed)
    return;
  b->failed = rejected;
  const OdlStepRecord step = { .lane = b->local->lane,
                               .t = b->t,
                               .h = b->tried - b->t,
                               .t1 = b->tried,
                               .y = b->before,
                               .y1 = b->iterate,
                               .error = NAN };
  o->recorder (o->recorder_data, &step);
}

/* Follows the attempts by the times f is asked for. At the start of the step f is asked
 * for by no attempt, but when CVODE begins, or begins anew at order 1. */
static void
watch_attempts (Bridge *b, double t, const double *y)
{
  if (!b->run->options->recorder)
    return;
  record_rejected (b);
  if (t == b->t)
    return;
  b->tried = t;
  memcpy (b->iterate, y, sizeof (double) * dim_of (b));
}

static int
field (realtype t, N_Vector y, N_Vector dy, void *data)
{
  Bridge *b = data;
  watch_attempts (b, t, N_VGetArrayPointer (y));
  if (odl_local_eval (b->local, t, N_VGetArrayPointer (y), N_VGetArrayPointer (dy)))
    return 0;
  b->bad = TRUE;
  return 1;
}

static int
jacobian (realtype t, N_Vector y, N_Vector dy, SUNMatrix j, void *data, N_Vector w1,
          N_Vector w2, N_Vector w3)
{
  const Bridge *b = data;
  return odl_local_jacobian (b->local, t, N_VGetArrayPointer (y), SM_DATA_D (j)) ? 0
                                                                                 : 1;
}

/* CVODE's norm is the mean square over all rows; rows outside a seminorm count nothing.
 */
static int
weigh (N_Vector y, N_Vector weights, void *data)
{
  const Bridge *b = data;
  const OdlSolveOptions *o = b->run->options;
  const guint dim = (guint)dim_of (b);
  const guint rows = o->norm_rows ? MIN (o->norm_rows, dim) : dim;
  const double *at = N_VGetArrayPointer (y), share = sqrt ((double)dim / rows);
  double *w = N_VGetArrayPointer (weights);
  for (guint i = 0; i < dim; i++) {
    const double scale = fmax (o->rtol * fabs (at[i]) + o->atol, 1e-100);
    w[i] = i < rows ? share / scale : 1e-100;
  }
  return 0;
}

static void
keep_quiet (int code, const char *module, const char *function, char *message,
            void *data)
{
  /* What happened comes back as a return value. */
}

static void
prepare (Bridge *b, OdlRun *run)
{
  const sunindextype dim = (sunindextype)run->problem->field->dim;
  const gboolean bdf = g_str_equal (run->options->method->id, "cvode-bdf");
  int bad = 0;
  b->run = run;
  b->local = odl_local_new (run);
  bad |= SUNContext_Create (NULL, &b->context);
  b->y = N_VNew_Serial (dim, b->context);
  b->here = N_VNew_Serial (dim, b->context);
  b->weights = N_VNew_Serial (dim, b->context);
  b->errors = N_VNew_Serial (dim, b->context);
  b->before = g_new0 (double, 4 * dim);
  b->f0 = b->before + dim;
  b->f1 = b->f0 + dim;
  b->iterate = b->f1 + dim;
  b->memory = CVodeCreate (bdf ? CV_BDF : CV_ADAMS, b->context);
  bad |= CVodeSetErrHandlerFn (b->memory, keep_quiet, NULL);
  bad |= CVodeInit (b->memory, field, 0, b->y);
  bad |= CVodeSetUserData (b->memory, b);
  bad |= CVodeWFtolerances (b->memory, weigh);
  if (bdf) {
    b->matrix = SUNDenseMatrix (dim, dim, b->context);
    b->linear = SUNLinSol_Dense (b->y, b->matrix, b->context);
    bad |= CVodeSetLinearSolver (b->memory, b->linear, b->matrix);
    bad |= CVodeSetJacFn (b->memory, jacobian);
  } else {
    b->nonlinear = SUNNonlinSol_FixedPoint (b->y, 0, b->context);
    bad |= CVodeSetNonlinearSolver (b->memory, b->nonlinear);
  }
  g_assert (!bad); /* nothing in this depends on the caller */
}

static void
release (Bridge *b)
{
  CVodeFree (&b->memory);
  if (b->matrix) {
    SUNLinSolFree (b->linear);
    SUNMatDestroy (b->matrix);
  } else
    SUNNonlinSolFree (b->nonlinear);
  N_VDestroy (b->y);
  N_VDestroy (b->here);
  N_VDestroy (b->weights);
  N_VDestroy (b->errors);
  SUNContext_Free (&b->context);
  odl_local_free (b->local);
  g_free (b->before);
}

/* The derivative of this order of CVODE's polynomial at t. */
static void
derivative (const Bridge *b, double t, int order, double *to)
{
  if (CVodeGetDky (b->memory, t, order, b->here) == CV_SUCCESS)
    memcpy (to, N_VGetArrayPointer (b->here), sizeof (double) * dim_of (b));
  else
    for (gsize i = 0; i < dim_of (b); i++)
      to[i] = NAN;
}

static void
interpolate (gpointer data, double t, double *y)
{
  const Bridge *b = data;
  if (t == b->t)
    memcpy (y, N_VGetArrayPointer (b->y), sizeof (double) * dim_of (b));
  else
    derivative (b, t, 0, y);
}

static double
error_of_step (const Bridge *b)
{
  CVodeGetEstLocalErrors (b->memory, b->errors);
  CVodeGetErrWeights (b->memory, b->weights);
  return N_VWrmsNorm (b->errors, b->weights);
}

static void
record (const Bridge *b, double from)
{
  const OdlSolveOptions *o = b->run->options;
  if (!o->recorder)
    return;
  derivative (b, from, 1, b->f0);
  derivative (b, b->t, 1, b->f1);
  const OdlStepRecord step = { .lane = b->local->lane,
                               .t = from,
                               .h = b->t - from,
                               .t1 = b->t,
                               .y = b->before,
                               .y1 = N_VGetArrayPointer (b->y),
                               .f0 = b->f0,
                               .f1 = b->f1,
                               .error = error_of_step (b),
                               .accepted = TRUE };
  o->recorder (o->recorder_data, &step);
}

static OdlStatus
status_of (const Bridge *b, int code)
{
  if (b->bad)
    return ODL_STATUS_NON_FINITE;
  return code == CV_TOO_MUCH_ACC || code == CV_ERR_FAILURE ? ODL_STATUS_STEP_TOO_SMALL
                                                           : ODL_STATUS_SOLVER_FAILED;
}

/* A span that CVODE finds too short to begin with: a step of Euler's is exact there. */
static OdlStatus
jump (Bridge *b)
{
  double *y = N_VGetArrayPointer (b->y);
  const gboolean finite = odl_local_eval (b->local, b->t, y, b->f0);
  for (gsize i = 0; finite && i < dim_of (b); i++)
    y[i] += (b->t1 - b->t) * b->f0[i];
  if (finite)
    b->t = b->t1;
  return finite ? ODL_STATUS_DONE : ODL_STATUS_NON_FINITE;
}

static OdlStatus
run_steps (Bridge *b)
{
  for (guint64 tried = 0; b->t != b->t1;) {
    const double from = b->t;
    guint64 accepted, rejected;
    if (odl_run_interrupted (b->run))
      return ODL_STATUS_STOPPED;
    if (tried >= b->run->max_steps)
      return ODL_STATUS_BUDGET_SPENT;
    memcpy (b->before, N_VGetArrayPointer (b->y), sizeof (double) * dim_of (b));
    b->bad = FALSE;
    double t = from;
    const int code = CVode (b->memory, b->t1, b->y, &t, CV_ONE_STEP);
    if (code == CV_TOO_CLOSE)
      return jump (b);
    if (b->run->options->recorder)
      record_rejected (b);
    if (code < 0) {
      memcpy (N_VGetArrayPointer (b->y), b->before, sizeof (double) * dim_of (b));
      return status_of (b, code);
    }
    b->t = code == CV_TSTOP_RETURN ? b->t1 : t;
    record (b, from);
    odl_run_sample (b->run, &b->sampler, b->t, interpolate, b);
    count (b, &accepted, &rejected);
    tried = accepted + rejected;
    if (b->t != b->t1 && odl_step_too_small (from, b->t - from, b->t1 - b->t0))
      return ODL_STATUS_STEP_TOO_SMALL;
  }
  return ODL_STATUS_DONE;
}

static gboolean
begin (Bridge *b, guint lane)
{
  const OdlProblem *p = b->run->problem;
  double *y = N_VGetArrayPointer (b->y);
  for (gsize row = 0; row < dim_of (b); row++)
    y[row] = p->y0[row * p->lanes + lane];
  b->t = b->t0 = p->t0[lane];
  b->t1 = p->t1[lane];
  b->failed = 0;
  b->sampler = odl_run_sampler (b->run, lane);
  odl_local_enter (b->local, lane);
  const double span = b->t1 - b->t, wanted = fabs (b->run->options->first_step);
  const double h = copysign (fmin (wanted, fabs (span)), span);
  return CVodeReInit (b->memory, b->t, b->y) == CV_SUCCESS
         && CVodeSetInitStep (b->memory, wanted > 0 ? h : 0) == CV_SUCCESS
         && CVodeSetStopTime (b->memory, b->t1) == CV_SUCCESS;
}

static void
run_lane (gpointer data, guint lane, guint worker)
{
  const Cvode *cvode = data;
  OdlRun *run = cvode->run;
  Bridge *b = &cvode->bridges[worker];
  if (odl_run_is_trivial (run, lane))
    return;
  const OdlStatus status = begin (b, lane) ? run_steps (b) : ODL_STATUS_SOLVER_FAILED;
  odl_run_end (run, lane, status, b->t, N_VGetArrayPointer (b->y), 1);
  count (b, &run->out->accepted[lane], &run->out->rejected[lane]);
  run->out->evaluations[lane] = b->local->evaluations;
}

void
odl_solve_cvode (OdlRun *run)
{
  Cvode cvode = { run, g_new0 (Bridge, run->workers) };
  for (guint i = 0; i < run->workers; i++)
    prepare (&cvode.bridges[i], run);
  odl_pool_run (run->options->pool, run->problem->lanes, run_lane, &cvode);
  for (guint i = 0; i < run->workers; i++)
    release (&cvode.bridges[i]);
  g_free (cvode.bridges);
}
