/* Ladders of steps or tolerances, and their asymptotic slopes.
 * SPDX-License-Identifier: MIT
 *
 * A method of order p has error ≈ C·hᵖ once h is small enough and until rounding (or
 * the reference's own error) takes over; only that range may be fitted. It is found
 * from the local slopes between neighbouring rungs: a row of rungs counts when each of
 * its local slopes is near that of its finest pair, and the longest row wins. The lines
 * are least squares in ln error against ln step and ln evaluations. */
#include "solvers-study.h"

#include <math.h>

#define MAX_RUNG_EVALUATIONS 400000

static double
end_error (const OdlReference *reference, const OdlOutcome *outcome, guint dim)
{
  double sum = 0;
  for (guint i = 0; i < dim; i++) {
    double d = outcome->y1[i] - reference->end[i];
    sum += d * d;
  }
  return sqrt (sum);
}

OdlRung
odl_solvers_add_rung (const OdlSolversProblem *problem, const OdlSolversPlan *plan,
                      const OdlMethod *method, const OdlReference *reference,
                      gboolean adaptive, guint index, OdlLadder *ladder)
{
  guint64 steps = adaptive ? 0 : G_GUINT64_CONSTANT (4) << index;
  OdlWanted wanted = { .rtol = adaptive ? pow (10, -1.0 - index) : 0 };
  wanted.atol = wanted.rtol * reference->scale;
  OdlSolversPlan limited = *plan;
  limited.max_steps = MAX_RUNG_EVALUATIONS / odl_solvers_step_cost (method);
  if (ladder->n == ODL_MAX_RUNGS || steps > limited.max_steps
      || (adaptive && index > 11))
    return ODL_RUNG_LAST;
  g_autoptr (OdlOutcome) outcome
      = odl_solvers_solve (problem, &limited, method, steps, &wanted);
  if (outcome->status == ODL_STATUS_STOPPED)
    return ODL_RUNG_INTERRUPTED;
  double error = end_error (reference, outcome, problem->dim);
  gboolean whole = outcome->t1 == problem->t1 && isfinite (error) && error > 0;
  if (whole && error < 1e3 * reference->scale) {
    guint i = ladder->n++;
    ladder->evaluations[i] = outcome->evaluations;
    ladder->step[i] = fabs (problem->t1 - problem->t0) / MAX (outcome->accepted, 1);
    ladder->error[i] = error;
  }
  gboolean flat = ladder->n > 2 && whole
                  && error < 1e-14 * fmax (reference->scale, 1e-300)
                  && ladder->error[ladder->n - 2] < 1e-13 * reference->scale;
  return flat ? ODL_RUNG_LAST : ODL_RUNG_ADDED;
}

static double
local_slope (const OdlLadder *ladder, guint i)
{
  return log (ladder->error[i] / ladder->error[i + 1])
         / log (ladder->step[i] / ladder->step[i + 1]);
}

/* Whether rungs first … last are all above the floor and their local slopes agree with
 * the finest one. */
static gboolean
is_straight (const OdlLadder *ladder, guint first, guint last, double floor)
{
  for (guint i = first; i <= last; i++)
    if (ladder->error[i] <= floor
        || (i > first && ladder->step[i] >= ladder->step[i - 1]))
      return FALSE;
  double finest = local_slope (ladder, last - 1);
  for (guint i = first; i < last; i++)
    if (!(fabs (local_slope (ladder, i) - finest) <= 0.08 + 0.04 * finest))
      return FALSE;
  return finest > 0.25;
}

/* ln y ≈ intercept + slope · ln x over rungs first … last. */
static void
fit (const double *x, const double *y, guint first, guint last, double *slope,
     double *intercept)
{
  double n = last - first + 1, mx = 0, my = 0, xx = 0, xy = 0;
  for (guint i = first; i <= last; i++) {
    mx += log (x[i]) / n;
    my += log (y[i]) / n;
  }
  for (guint i = first; i <= last; i++) {
    xx += (log (x[i]) - mx) * (log (x[i]) - mx);
    xy += (log (x[i]) - mx) * (log (y[i]) - my);
  }
  *slope = xx > 0 ? xy / xx : NAN;
  *intercept = my - *slope * mx;
}

void
odl_solvers_fit (OdlLadder *ladder, double floor)
{
  guint longest = 0;
  ladder->slope = ladder->intercept = NAN;
  ladder->work_slope = ladder->work_intercept = NAN;
  for (guint first = 0; first + 2 < ladder->n; first++)
    for (guint last = first + 2; last < ladder->n; last++)
      if (last - first >= longest && is_straight (ladder, first, last, floor)) {
        longest = last - first;
        ladder->first = first;
        ladder->last = last;
      }
  if (longest == 0)
    return;
  fit (ladder->step, ladder->error, ladder->first, ladder->last, &ladder->slope,
       &ladder->intercept);
  fit (ladder->evaluations, ladder->error, ladder->first, ladder->last,
       &ladder->work_slope, &ladder->work_intercept);
}
