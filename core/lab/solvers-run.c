/* Records one solve: steps taken and tried, and a curve through them.
 * SPDX-License-Identifier: MIT
 *
 * The recorder sees every step. Records are kept in order and thinned when they are too
 * many: at the limit every second is dropped and from then on only every second new one
 * is kept, so what remains is spread evenly and the memory is bounded. The curve is
 * dense output on an even grid merged with the steps; a first-order method has none
 * worth drawing (its step is a straight line), so its curve is the polygon of its
 * steps. */
#include "solvers-run.h"

#include "solvers-slab.h"

#include <math.h>
#include <string.h>

#define N_GRID 1201

/* Rows of numbers, thinned. */
typedef struct {
  guint width; /* numbers a row */
  guint64 seen, stride;
  GArray *rows;
} Thinned;

static Thinned
thinned (guint width)
{
  return (Thinned){ width, 0, 1, g_array_new (FALSE, FALSE, sizeof (double)) };
}

static void
halve (Thinned *list)
{
  guint n = list->rows->len / list->width, kept = (n + 1) / 2;
  double *data = (double *)list->rows->data;
  for (guint i = 0; i < kept; i++)
    memmove (data + i * list->width, data + 2 * i * list->width,
             list->width * sizeof (double));
  g_array_set_size (list->rows, kept * list->width);
  list->stride *= 2;
}

/* A new row to be filled, or NULL when this one is left out. */
static double *
add_row (Thinned *list)
{
  if (list->seen++ % list->stride != 0)
    return NULL;
  if (list->rows->len / list->width >= ODL_SOLVERS_MAX_POINTS) {
    halve (list);
    if ((list->seen - 1) % list->stride != 0)
      return NULL;
  }
  guint at = list->rows->len;
  g_array_set_size (list->rows, at + list->width);
  return &g_array_index (list->rows, double, at);
}

static guint
count (const Thinned *list)
{
  return list->rows->len / list->width;
}

static const double *
row (const Thinned *list, guint i)
{
  return &g_array_index (list->rows, double, i * list->width);
}

typedef struct {
  guint dim;
  Thinned steps; /* t, y */
  Thinned tried; /* t, h, error, accepted */
  double *last;  /* t, y of the last finite accepted step */
} Recording;

static void
record (gpointer data, const OdlStepRecord *step)
{
  Recording *recording = data;
  double *tried = step->h != 0 ? add_row (&recording->tried) : NULL;
  if (tried != NULL) {
    tried[0] = step->t;
    tried[1] = step->h;
    tried[2] = step->error;
    tried[3] = step->accepted;
  }
  if (!step->accepted)
    return;
  for (guint i = 0; i < recording->dim; i++)
    if (!isfinite (step->y1[i]))
      return;
  recording->last[0] = step->t1;
  memcpy (recording->last + 1, step->y1, recording->dim * sizeof (double));
  double *kept = add_row (&recording->steps);
  if (kept != NULL)
    memcpy (kept, recording->last, (recording->dim + 1) * sizeof (double));
}

static Recording
recording_new (const OdlSolversProblem *problem)
{
  Recording recording = { .dim = problem->dim,
                          .steps = thinned (problem->dim + 1),
                          .tried = thinned (4),
                          .last = g_new0 (double, problem->dim + 1) };
  recording.last[0] = problem->t0;
  memcpy (recording.last + 1, problem->start, problem->dim * sizeof (double));
  memcpy (add_row (&recording.steps), recording.last,
          (problem->dim + 1) * sizeof (double));
  return recording;
}

static void
recording_clear (Recording *recording)
{
  g_array_unref (recording->steps.rows);
  g_array_unref (recording->tried.rows);
  g_free (recording->last);
}

gboolean
odl_solvers_adapts (const OdlSolversPlan *plan, const OdlMethod *method)
{
  return method->kind == ODL_METHOD_CVODE || (!plan->fixed && method->error_order > 0);
}

guint
odl_solvers_step_cost (const OdlMethod *method)
{
  return MAX (method->stages, 1) - (odl_method_is_fsal (method) ? 1 : 0);
}

guint64
odl_solvers_budget (const OdlSolversPlan *plan, const OdlMethod *const *methods,
                    guint n)
{
  guint dearest = 1;
  for (guint i = 0; i < n; i++)
    if (methods[i]->kind != ODL_METHOD_CVODE)
      dearest = MAX (dearest, odl_solvers_step_cost (methods[i]));
  return plan->steps * dearest;
}

guint64
odl_solvers_steps (const OdlSolversPlan *plan, const OdlMethod *method, guint64 budget)
{
  if (odl_solvers_adapts (plan, method))
    return 0;
  if (!plan->equal_evaluations)
    return plan->steps;
  return MAX (budget / odl_solvers_step_cost (method), 1);
}

static gboolean
asked_to_stop (const OdlSolversPlan *plan)
{
  return plan->interrupted != NULL && plan->interrupted (plan->interrupted_data);
}

static double *
even_grid (const OdlSolversProblem *problem)
{
  double *at = g_new (double, N_GRID);
  for (guint i = 0; i < N_GRID; i++)
    at[i] = problem->t0 + (problem->t1 - problem->t0) * i / (N_GRID - 1);
  at[N_GRID - 1] = problem->t1;
  return at;
}

static void
keep_steps (const Recording *recording, GPtrArray *blocks, OdlSolverRun *run)
{
  guint dim = recording->dim, n = count (&recording->steps);
  gboolean has_last = row (&recording->steps, n - 1)[0] == recording->last[0];
  run->n_steps = n + !has_last;
  run->step_t = odl_slab_doubles (blocks, run->n_steps);
  run->step_y = odl_slab_doubles (blocks, (gsize)run->n_steps * dim);
  run->step_error = odl_slab_doubles (blocks, run->n_steps);
  for (guint i = 0; i < run->n_steps; i++) {
    const double *from = i < n ? row (&recording->steps, i) : recording->last;
    run->step_t[i] = from[0];
    memcpy (run->step_y + (gsize)i * dim, from + 1, dim * sizeof (double));
  }
}

static void
keep_tried (const Recording *recording, GPtrArray *blocks, OdlSolverRun *run)
{
  run->n_tried = count (&recording->tried);
  run->tried_t = odl_slab_doubles (blocks, run->n_tried);
  run->tried_h = odl_slab_doubles (blocks, run->n_tried);
  run->tried_error = odl_slab_doubles (blocks, run->n_tried);
  run->tried_accepted = odl_slab_take (blocks, g_new0 (guint8, run->n_tried + 1));
  for (guint i = 0; i < run->n_tried; i++) {
    const double *from = row (&recording->tried, i);
    run->tried_t[i] = from[0];
    run->tried_h[i] = from[1];
    run->tried_error[i] = from[2];
    run->tried_accepted[i] = from[3] != 0;
  }
}

static void
add_point (OdlSolverRun *run, guint dim, double t, const double *y)
{
  guint i = run->n_curve++;
  run->t[i] = t;
  memcpy (run->y + (gsize)i * dim, y, dim * sizeof (double));
}

static gboolean
all_finite (const double *y, guint dim)
{
  for (guint i = 0; i < dim; i++)
    if (!isfinite (y[i]))
      return FALSE;
  return TRUE;
}

/* Whether step i begins where the one before it ended but in another state. */
static gboolean
is_jump (const OdlSolverRun *run, guint i, gboolean from_step)
{
  return from_step && i > 0 && run->step_t[i] == run->step_t[i - 1];
}

/* Merges the grid's samples (n_at may be 0) with the steps, in the direction of the
 * span. */
static void
merge_curve (guint dim, const double *at, const double *samples, guint n_at,
             GPtrArray *blocks, OdlSolverRun *run)
{
  guint room = run->n_steps + n_at;
  run->t = odl_slab_doubles (blocks, room);
  run->y = odl_slab_doubles (blocks, (gsize)room * dim);
  run->error = odl_slab_doubles (blocks, room);
  run->drift = odl_slab_doubles (blocks, room);
  double direction = n_at > 0 && at[n_at - 1] < at[0] ? -1 : 1;
  guint i = 0, j = 0;
  while (i < run->n_steps || j < n_at) {
    gboolean from_step
        = j >= n_at
          || (i < run->n_steps && direction * run->step_t[i] <= direction * at[j]);
    const double *y
        = from_step ? run->step_y + (gsize)i * dim : samples + (gsize)j * dim;
    double t = from_step ? run->step_t[i] : at[j];
    gboolean again = run->n_curve > 0 && run->t[run->n_curve - 1] == t
                     && !is_jump (run, i, from_step);
    if (!again && all_finite (y, dim))
      add_point (run, dim, t, y);
    from_step ? i++ : j++;
  }
}

static OdlRunEnd
end_of (OdlStatus status, gboolean reached)
{
  if (reached)
    return ODL_RUN_DONE;
  switch (status) {
  case ODL_STATUS_NON_FINITE:
    return ODL_RUN_DIVERGED;
  case ODL_STATUS_STEP_TOO_SMALL:
  case ODL_STATUS_SOLVER_FAILED:
    return ODL_RUN_COLLAPSED;
  default:
    return ODL_RUN_STOPPED;
  }
}

static void
describe_end (const OdlOutcome *outcome, const OdlSolversProblem *problem,
              const Recording *recording, GPtrArray *blocks, OdlSolverRun *run)
{
  OdlStatus status = outcome->status;
  gboolean reached
      = outcome->t1 == problem->t1 && all_finite (outcome->y1, problem->dim);
  run->end = end_of (status, reached);
  run->stop_t = recording->last[0];
  run->stop_y = odl_slab_copy_doubles (blocks, recording->last + 1, problem->dim);
  const char *text = odl_status_message (status);
  if (reached && status == ODL_STATUS_DONE)
    run->message = odl_slab_text (blocks, "reached the end");
  else
    run->message = odl_slab_take (
        blocks, reached
                    ? g_strdup_printf ("reached the end, but %s", text)
                    : g_strdup_printf ("stopped at t = %.4g: %s", run->stop_t, text));
}

static void
describe_method (const OdlMethod *method, GPtrArray *blocks, OdlSolverRun *run)
{
  run->id = odl_slab_text (blocks, method->id);
  run->title = odl_slab_text (blocks, method->title);
  run->order = method->order;
  run->stages = method->stages;
  run->end_error = run->worst_error = run->seconds = run->amplification = NAN;
  run->fixed.slope = run->fixed.work_slope = NAN;
  run->adaptive_ladder.slope = run->adaptive_ladder.work_slope = NAN;
  guint n;
  const OdlMethod *const *all = odl_methods (&n);
  for (guint i = 0; i < n; i++)
    if (all[i] == method)
      run->identity = i;
}

gboolean
odl_solvers_run (const OdlSolversProblem *problem, const OdlSolversPlan *plan,
                 const OdlMethod *method, guint64 budget, GPtrArray *blocks,
                 OdlSolverRun *run)
{
  Recording recording = recording_new (problem);
  g_autofree double *at = even_grid (problem);
  gboolean dense = method->order > 1;
  OdlWanted wanted = { .recorder = record,
                       .recorder_data = &recording,
                       .n_at = dense ? N_GRID : 0,
                       .at = dense ? at : NULL };
  guint64 steps = odl_solvers_steps (plan, method, budget);
  g_autoptr (OdlOutcome) outcome
      = odl_solvers_solve (problem, plan, method, steps, &wanted);
  gboolean done = outcome->status != ODL_STATUS_STOPPED;
  if (done) {
    *run = (OdlSolverRun){ .adaptive = steps == 0 };
    describe_method (method, blocks, run);
    keep_steps (&recording, blocks, run);
    keep_tried (&recording, blocks, run);
    merge_curve (problem->dim, at, outcome->samples, wanted.n_at, blocks, run);
    describe_end (outcome, problem, &recording, blocks, run);
    run->evaluations = outcome->evaluations;
    run->accepted = outcome->accepted;
    run->rejected = outcome->rejected;
  }
  recording_clear (&recording);
  return done;
}

double
odl_solvers_seconds (const OdlSolversProblem *problem, const OdlSolversPlan *plan,
                     const OdlMethod *method, guint64 budget)
{
  guint64 steps = odl_solvers_steps (plan, method, budget);
  double best = INFINITY;
  gint64 spent = 0;
  for (guint i = 0; i < 20 && spent < 1000; i++) {
    gint64 before = g_get_monotonic_time ();
    guint repeats = best < 50e-6 ? 10 : 1;
    for (guint j = 0; j < repeats; j++) {
      g_autoptr (OdlOutcome) outcome
          = odl_solvers_solve (problem, plan, method, steps, &(OdlWanted){ 0 });
      if (outcome->status == ODL_STATUS_STOPPED || asked_to_stop (plan))
        return NAN;
    }
    gint64 took = g_get_monotonic_time () - before;
    best = fmin (best, took * 1e-6 / repeats);
    spent += took;
  }
  return best;
}
