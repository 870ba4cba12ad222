/* Makes a frame of the Solvers experiment: copies what there is into one payload.
 * SPDX-License-Identifier: MIT
 *
 * Everything is copied, a megabyte at most, because a frame outlives the next change;
 * all copies go into one slab that dies with the frame. */
#include "experiment-solvers.h"

#include "solvers-slab.h"
#include "solvers-state.h"

#include <math.h>

static void
payload_free (gpointer data)
{
  OdlSolversPayload *payload = data;
  g_ptr_array_unref (payload->blocks);
  g_free (payload);
}

static void
copy_run (OdlSolversPayload *payload, const OdlContender *from, OdlSolverRun *to)
{
  GPtrArray *blocks = payload->blocks;
  const OdlSolverRun *run = &from->run;
  guint dim = payload->dim, n = run->n_curve;
  *to = *run;
  to->id = odl_slab_text (blocks, run->id);
  to->title = odl_slab_text (blocks, run->title);
  to->message = odl_slab_text (blocks, run->message);
  to->stop_y = odl_slab_copy_doubles (blocks, run->stop_y, dim);
  to->t = odl_slab_copy_doubles (blocks, run->t, n);
  to->y = odl_slab_copy_doubles (blocks, run->y, (gsize)n * dim);
  to->error = odl_slab_copy_doubles (blocks, run->error, n);
  to->drift = odl_slab_copy_doubles (blocks, run->drift, n);
  n = run->n_steps;
  to->step_t = odl_slab_copy_doubles (blocks, run->step_t, n);
  to->step_y = odl_slab_copy_doubles (blocks, run->step_y, (gsize)n * dim);
  to->step_error = odl_slab_copy_doubles (blocks, run->step_error, n);
  n = run->n_tried;
  to->tried_t = odl_slab_copy_doubles (blocks, run->tried_t, n);
  to->tried_h = odl_slab_copy_doubles (blocks, run->tried_h, n);
  to->tried_error = odl_slab_copy_doubles (blocks, run->tried_error, n);
  to->tried_accepted = odl_slab_copy (blocks, run->tried_accepted, n);
  to->region
      = odl_slab_copy_doubles (blocks, from->region, ODL_REGION_SIDE * ODL_REGION_SIDE);
}

static void
copy_problem (const OdlSolvers *self, OdlSolversPayload *payload)
{
  const OdlSolversProblem *problem = self->problem;
  GPtrArray *blocks = payload->blocks;
  payload->system
      = odl_slab_text (blocks, problem->system != NULL ? problem->system->id : "typed");
  payload->system_title = odl_slab_text (blocks, problem->title);
  payload->dim = problem->dim;
  payload->states = odl_slab_take (blocks, g_new0 (char *, problem->dim + 1));
  for (guint i = 0; i < problem->dim; i++)
    payload->states[i] = odl_slab_text (blocks, problem->equations->states[i]);
  payload->forced = problem->forced;
  payload->axis_x = self->axis_x;
  payload->axis_y = self->axis_y;
  payload->over_time = self->over_time;
  payload->t0 = problem->t0;
  payload->t1 = problem->t1;
  payload->start = odl_slab_copy_doubles (blocks, problem->start, problem->dim);
  payload->fixed = self->plan.fixed;
  payload->equal_evaluations = self->plan.equal_evaluations;
  payload->evaluation_budget = self->plan.equal_evaluations ? self->budget : 0;
  if (problem->system != NULL && problem->system->invariant != NULL)
    payload->invariant = odl_slab_text (blocks, problem->system->invariant);
}

/* At most ODL_SOLVERS_MAX_POINTS of them, evenly. */
static void
copy_reference (const OdlReference *reference, OdlSolversPayload *payload)
{
  guint dim = payload->dim, n = MIN (reference->n, ODL_SOLVERS_MAX_POINTS);
  GPtrArray *blocks = payload->blocks;
  payload->exact = reference->exact;
  payload->reference_title = odl_slab_text (blocks, reference->title);
  payload->reference_uncertainty = reference->uncertainty;
  payload->reference_stop = reference->stop;
  payload->n_reference = n;
  payload->reference_t = odl_slab_doubles (blocks, n);
  payload->reference_y = odl_slab_doubles (blocks, (gsize)n * dim);
  for (guint i = 0; i < n; i++) {
    guint at = n > 1 ? (guint)((guint64)i * (reference->n - 1) / (n - 1)) : 0;
    payload->reference_t[i] = reference->t[at];
    for (guint k = 0; k < dim; k++)
      payload->reference_y[(gsize)i * dim + k] = reference->y[(gsize)at * dim + k];
  }
}

static void
copy_equilibria (const OdlPortrait *portrait, OdlSolversPayload *payload)
{
  GPtrArray *blocks = payload->blocks;
  guint dim = payload->dim, n = portrait->n_equilibria;
  payload->n_equilibria = n;
  payload->equilibria = odl_slab_take (blocks, g_new0 (OdlEquilibrium, n + 1));
  for (guint i = 0; i < n; i++) {
    const OdlEquilibrium *from = &portrait->equilibria[i];
    OdlEquilibrium *to = &payload->equilibria[i];
    to->y = odl_slab_copy_doubles (blocks, from->y, dim);
    to->re = odl_slab_copy_doubles (blocks, from->re, dim);
    to->im = odl_slab_copy_doubles (blocks, from->im, dim);
    to->kind = odl_slab_text (blocks, from->kind);
  }
}

static void
copy_portrait (const OdlPortrait *portrait, OdlSolversPayload *payload)
{
  GPtrArray *blocks = payload->blocks;
  payload->x0 = portrait->x0;
  payload->x1 = portrait->x1;
  payload->y0 = portrait->y0;
  payload->y1 = portrait->y1;
  payload->equal_aspect = portrait->equal_aspect;
  payload->back_x0 = portrait->back_x0;
  payload->back_x1 = portrait->back_x1;
  payload->back_y0 = portrait->back_y0;
  payload->back_y1 = portrait->back_y1;
  payload->n_moments = portrait->n_moments;
  payload->arrow_rows = portrait->arrow_rows;
  payload->arrow_columns = portrait->arrow_columns;
  gsize n = (gsize)portrait->n_moments * portrait->arrow_rows * portrait->arrow_columns;
  payload->arrow_u = odl_slab_copy_doubles (blocks, portrait->arrow_u, n);
  payload->arrow_v = odl_slab_copy_doubles (blocks, portrait->arrow_v, n);
  payload->null_rows = portrait->null_rows;
  payload->null_columns = portrait->null_columns;
  n = (gsize)portrait->n_moments * portrait->null_rows * portrait->null_columns;
  payload->null_x = odl_slab_copy_doubles (blocks, portrait->null_x, n);
  payload->null_y = odl_slab_copy_doubles (blocks, portrait->null_y, n);
  copy_equilibria (portrait, payload);
}

static void
copy_stability (const OdlSolversStability *stability, OdlSolversPayload *payload)
{
  GPtrArray *blocks = payload->blocks;
  gsize n = stability->n_lambda;
  payload->n_lambda = n;
  payload->lambda_t = odl_slab_copy_doubles (blocks, stability->lambda_t, n);
  payload->lambda_re
      = odl_slab_copy_doubles (blocks, stability->lambda_re, n * payload->dim);
  payload->lambda_im
      = odl_slab_copy_doubles (blocks, stability->lambda_im, n * payload->dim);
  payload->region_rows = payload->region_columns = ODL_REGION_SIDE;
  payload->region_x0 = stability->x0;
  payload->region_x1 = stability->x1;
  payload->region_y0 = stability->y0;
  payload->region_y1 = stability->y1;
  payload->at_equilibrium = stability->at_equilibrium;
  payload->abscissa = stability->abscissa;
}

static void
copy_parameters (const OdlSolversProblem *problem, OdlFrame *frame)
{
  frame->n_parameters = problem->n_parameters;
  frame->parameters = g_new0 (OdlParameter, problem->n_parameters + 1);
  for (guint i = 0; i < problem->n_parameters; i++)
    frame->parameters[i] = (OdlParameter){
      .name = g_strdup (problem->equations->parameters[i]),
      .value = problem->theta[i],
      .min = fmin (problem->min[i], problem->theta[i]),
      .max = fmax (problem->max[i], problem->theta[i]),
      .fallback = problem->equations->defaults[i],
    };
}

/* "Euler: diverged: …", for the first run that did not reach the end; NULL: all did. */
static char *
trouble (const OdlSolversPayload *payload)
{
  for (guint i = 0; i < payload->n_runs; i++)
    if (payload->runs[i].end != ODL_RUN_DONE)
      return g_strdup_printf ("%s %s", payload->runs[i].title,
                              payload->runs[i].message);
  return NULL;
}

static void
write_status (const OdlSolvers *self, const OdlSolversPayload *payload, OdlFrame *frame)
{
  g_autofree char *wrong = trouble (payload);
  if (self->error != NULL) {
    frame->severity = ODL_SEVERITY_ERROR;
    frame->status = g_strdup_printf (
        "The equations have an error; the last good picture stays. %s", self->error);
  } else if (!payload->settled && self->stage <= ODL_STAGE_REFERENCE)
    frame->status = g_strdup_printf ("Solving %s…", payload->system_title);
  else if (wrong != NULL) {
    frame->severity = ODL_SEVERITY_WARNING;
    frame->status = g_steal_pointer (&wrong);
  } else if (!payload->settled)
    frame->status = g_strdup ("Measuring work and convergence…");
  else
    frame->status = g_strdup_printf ("%s solved by %u method%s.", payload->system_title,
                                     payload->n_runs, payload->n_runs == 1 ? "" : "s");
}

OdlFrame *
odl_solvers_snapshot (gpointer data)
{
  const OdlSolvers *self = data;
  OdlSolversPayload *payload = g_new0 (OdlSolversPayload, 1);
  payload->blocks = odl_slab_new ();
  payload->settled = self->stage == ODL_STAGE_DONE;
  copy_problem (self, payload);
  if (self->reference != NULL)
    copy_reference (self->reference, payload);
  payload->n_runs = self->shown->len;
  payload->runs
      = odl_slab_take (payload->blocks, g_new0 (OdlSolverRun, self->shown->len + 1));
  for (guint i = 0; i < self->shown->len; i++)
    copy_run (payload, odl_solvers_contender (self->shown, i), &payload->runs[i]);
  copy_portrait (&self->portrait, payload);
  copy_stability (&self->stability, payload);

  OdlFrame *frame = odl_frame_new (payload, payload_free);
  frame->progress = payload->settled ? NAN : (double)self->stage / ODL_STAGE_DONE;
  frame->scrub_min = fmin (payload->t0, payload->t1);
  frame->scrub_max = fmax (payload->t0, payload->t1);
  frame->scrub_label = g_strdup ("time t");
  frame->error_key = g_strdup (self->error_key);
  frame->error = g_strdup (self->error);
  copy_parameters (self->problem, frame);
  write_status (self, payload, frame);
  return frame;
}
