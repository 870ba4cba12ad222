/* Solves piece by piece, from jump to jump.
 * SPDX-License-Identifier: MIT
 *
 * Without an event there is one piece, the whole span. With one, a piece is first
 * solved to find the first accepted step over which the event's function falls through
 * zero; the length of that step is then shortened by regula falsi (the Illinois
 * variant) until the method itself, taking one such step, lands on the zero. So the
 * jump is located with the method's own accuracy and no other interpolant. The piece is
 * solved again up to that time, recorded this time, the state jumps, and the next piece
 * begins. Solutions that run backwards do not jump: the event has no inverse. */
#include "solvers-outcome.h"

#include <math.h>
#include <string.h>

#define MAX_JUMPS 200

/* One call of odl_solve. */
typedef struct {
  const OdlSolversProblem *problem;
  const OdlSolversPlan *plan;
  const OdlMethod *method;
  const OdlWanted *wanted;
  OdlOutcome *outcome;
} Solve;

void
odl_outcome_free (OdlOutcome *outcome)
{
  if (outcome == NULL)
    return;
  g_free (outcome->y1);
  g_free (outcome->samples);
  g_free (outcome);
}

/* From (t0, y0) to t1. Everything a person can get wrong was checked when it was set,
 * so it cannot fail. */
static OdlSolution *
solve_piece (const Solve *solve, double t0, const double *y0, double t1, guint64 steps,
             OdlSolveOptions options)
{
  g_autoptr (GError) error = NULL;
  const OdlSolversPlan *plan = solve->plan;
  OdlProblem problem = { .field = solve->problem->field,
                         .theta = solve->problem->theta,
                         .lanes = 1,
                         .t0 = &t0,
                         .t1 = &t1,
                         .y0 = y0 };
  gboolean own = solve->wanted->rtol > 0;
  options.method = solve->method;
  options.steps = steps;
  options.rtol = own ? solve->wanted->rtol : plan->rtol;
  options.atol = own ? solve->wanted->atol : plan->atol;
  options.control = plan->control;
  options.max_steps = MAX (plan->max_steps, steps);
  if (options.interrupted == NULL) {
    options.interrupted = plan->interrupted;
    options.interrupted_data = plan->interrupted_data;
  }
  OdlSolution *solution = odl_solve (&problem, &options, &error);
  g_assert_no_error (error);
  g_assert (solution != NULL);
  return solution;
}

/* The part of the wanted times in (from, to], or [from, to] at the very start. */
static void
part_of_times (const Solve *solve, double from, double to, guint *first, guint *n)
{
  const OdlWanted *wanted = solve->wanted;
  double direction = to < from ? -1 : 1;
  gboolean at_start = from == solve->problem->t0;
  guint i = 0;
  while (i < wanted->n_at
         && (direction * wanted->at[i] < direction * from
             || (wanted->at[i] == from && !at_start)))
    i++;
  *first = i;
  while (i < wanted->n_at && direction * wanted->at[i] <= direction * to)
    i++;
  *n = i - *first;
}

/* Solves and books a piece: records, samples, counts, the end. TRUE: it reached t1. */
static gboolean
book_piece (const Solve *solve, double t0, double t1, guint64 steps)
{
  OdlOutcome *outcome = solve->outcome;
  guint first, n, dim = outcome->dim;
  part_of_times (solve, t0, t1, &first, &n);
  OdlSolveOptions options = { .recorder = solve->wanted->recorder,
                              .recorder_data = solve->wanted->recorder_data,
                              .n_at = n,
                              .at = n > 0 ? solve->wanted->at + first : NULL };
  g_autoptr (OdlSolution) solution
      = solve_piece (solve, t0, outcome->y1, t1, steps, options);
  if (n > 0)
    memcpy (outcome->samples + (gsize)first * dim, solution->samples,
            sizeof (double) * n * dim);
  outcome->status = solution->status[0];
  outcome->t1 = solution->t1[0];
  memcpy (outcome->y1, solution->y1, sizeof (double) * dim);
  outcome->evaluations += solution->evaluations[0];
  outcome->accepted += solution->accepted[0];
  outcome->rejected += solution->rejected[0];
  return outcome->t1 == t1 && outcome->status != ODL_STATUS_STOPPED
         && outcome->status != ODL_STATUS_NON_FINITE;
}

/* Looks for the step over which the event's function falls through zero. */
typedef struct {
  const Solve *solve;
  gboolean found;
  guint64 before;  /* accepted steps before it */
  double t, h, *y; /* the step; dim */
} Watch;

static double
event_value (const Solve *solve, double t, const double *y)
{
  double value = NAN;
  odl_solvers_problem_when (solve->problem, 1, &t, y, &value);
  return value;
}

static void
watch_step (gpointer data, const OdlStepRecord *step)
{
  Watch *watch = data;
  if (!step->accepted || watch->found)
    return;
  double before = event_value (watch->solve, step->t, step->y);
  double after = event_value (watch->solve, step->t1, step->y1);
  /* The first step of a piece begins on the zero of the last jump. */
  if (after < 0 && (before > 0 || watch->before == 0)) {
    watch->found = TRUE;
    watch->t = step->t;
    watch->h = step->h;
    memcpy (watch->y, step->y, sizeof (double) * watch->solve->outcome->dim);
  } else
    watch->before++;
}

static gboolean
watch_is_over (gpointer data)
{
  const Watch *watch = data;
  const OdlSolversPlan *plan = watch->solve->plan;
  return watch->found
         || (plan->interrupted != NULL && plan->interrupted (plan->interrupted_data));
}

/* The event's function after a step of length h from the watched one's beginning. */
static double
value_after (const Watch *watch, gboolean fixed, double h)
{
  g_autoptr (OdlSolution) solution
      = solve_piece (watch->solve, watch->t, watch->y, watch->t + h, fixed ? 1 : 0,
                     (OdlSolveOptions){ 0 });
  return event_value (watch->solve, watch->t + h, solution->y1);
}

/* The length of the step that lands on the zero; 0: it never leaves zero, so it rests
 * there. */
static double
locate (const Watch *watch, gboolean fixed)
{
  double low = 0, high = watch->h;
  double f_low = event_value (watch->solve, watch->t, watch->y);
  double f_high = value_after (watch, fixed, high);
  for (double part = 0.5; f_low <= 0 && part > 1e-9; part *= 0.5) {
    f_low = value_after (watch, fixed, part * watch->h);
    low = part * watch->h;
  }
  if (f_low <= 0)
    return 0;
  int side = 0;
  for (guint i = 0; i < 60 && high - low > 1e-15 * fabs (watch->t + high); i++) {
    double middle = (low * f_high - high * f_low) / (f_high - f_low);
    double f = value_after (watch, fixed, middle);
    if (f == 0)
      return middle;
    if (f < 0) {
      high = middle;
      f_high = f;
      f_low *= side == -1 ? 0.5 : 1;
      side = -1;
    } else {
      low = middle;
      f_low = f;
      f_high *= side == 1 ? 0.5 : 1;
      side = 1;
    }
  }
  return 0.5 * (low + high);
}

static void
jump (const Solve *solve)
{
  OdlOutcome *outcome = solve->outcome;
  g_autofree double *after = g_new (double, outcome->dim);
  odl_solvers_problem_then (solve->problem, 1, &outcome->t1, outcome->y1, after);
  OdlStepRecord record = {
    .t = outcome->t1, .t1 = outcome->t1, .y = outcome->y1, .y1 = after, .accepted = TRUE
  };
  if (solve->wanted->recorder != NULL)
    solve->wanted->recorder (solve->wanted->recorder_data, &record);
  memcpy (outcome->y1, after, sizeof (double) * outcome->dim);
  outcome->jumps++;
}

/* Books the steps up to a located event. TRUE: it was reached. */
static gboolean
book_to_event (const Solve *solve, const Watch *watch, gboolean fixed, double root)
{
  double from = solve->outcome->t1;
  if (!fixed)
    return book_piece (solve, from, root, 0);
  if (watch->before > 0 && !book_piece (solve, from, watch->t, watch->before))
    return FALSE;
  return book_piece (solve, watch->t, root, 1);
}

/* One piece up to its event, or to the end of the span. TRUE: there is another piece.
 */
static gboolean
solve_to_event (const Solve *solve, guint64 steps, Watch *watch)
{
  double from = solve->outcome->t1, end = solve->problem->t1;
  *watch = (Watch){ .solve = solve, .y = watch->y };
  OdlSolveOptions options = { .recorder = watch_step,
                              .recorder_data = watch,
                              .interrupted = watch_is_over,
                              .interrupted_data = watch };
  g_autoptr (OdlSolution) scout
      = solve_piece (solve, from, solve->outcome->y1, end, steps, options);
  if (!watch->found && scout->status[0] == ODL_STATUS_STOPPED) {
    solve->outcome->status = ODL_STATUS_STOPPED;
    return FALSE;
  }
  if (!watch->found) {
    book_piece (solve, from, end, steps);
    return FALSE;
  }
  double h = locate (watch, steps > 0);
  if (h == 0 || solve->outcome->jumps == MAX_JUMPS) {
    solve->outcome->status = ODL_STATUS_BUDGET_SPENT;
    return FALSE;
  }
  if (!book_to_event (solve, watch, steps > 0, watch->t + h))
    return FALSE;
  jump (solve);
  return TRUE;
}

static void
solve_over_events (const Solve *solve, guint64 steps)
{
  const OdlSolversProblem *problem = solve->problem;
  double h = steps > 0 ? (problem->t1 - problem->t0) / steps : 0;
  g_autofree double *y = g_new (double, problem->dim);
  Watch watch = { .y = y };
  guint64 left = steps;
  while (solve_to_event (solve, left, &watch))
    if (steps > 0)
      left = (guint64)fmax (1, ceil ((problem->t1 - solve->outcome->t1) / h - 1e-9));
}

OdlOutcome *
odl_solvers_solve (const OdlSolversProblem *problem, const OdlSolversPlan *plan,
                   const OdlMethod *method, guint64 steps, const OdlWanted *wanted)
{
  OdlOutcome *outcome = g_new0 (OdlOutcome, 1);
  outcome->dim = problem->dim;
  outcome->n_at = wanted->n_at;
  outcome->t1 = problem->t0;
  outcome->y1 = g_memdup2 (problem->start, problem->dim * sizeof (double));
  gsize n = (gsize)wanted->n_at * problem->dim;
  outcome->samples = g_new (double, n + 1);
  for (gsize i = 0; i < n; i++)
    outcome->samples[i] = NAN;
  Solve solve = { problem, plan, method, wanted, outcome };
  if (problem->when != NULL && problem->t1 > problem->t0)
    solve_over_events (&solve, steps);
  else
    book_piece (&solve, problem->t0, problem->t1, steps);
  return outcome;
}
