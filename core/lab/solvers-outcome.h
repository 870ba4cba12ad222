/* Solving one trajectory of a problem from start to end, over the jumps of its event if it has one.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solve/solve.h"
#include "solvers-problem.h"

/* How every run is to go. */
typedef struct {
  gboolean fixed, equal_evaluations;
  guint64 steps, max_steps;
  double rtol, atol;
  OdlControl control;
  double reference_tolerance;
  gboolean (*interrupted) (gpointer data);   /* nullable */
  gpointer interrupted_data;
} OdlSolversPlan;

/* What is wanted beside the end: as in solve.h. rtol 0: the plan's tolerances. */
typedef struct {
  double rtol, atol;
  OdlRecorder recorder;     /* a jump is recorded as an accepted step with h = 0 */
  gpointer recorder_data;
  guint n_at;
  const double *at;
} OdlWanted;

typedef struct {
  OdlStatus status;
  guint dim;
  double t1, *y1;           /* where it ended; dim */
  guint64 evaluations, accepted, rejected;
  guint jumps;
  guint n_at;
  double *samples;          /* n_at × dim, NaN where not reached */
} OdlOutcome;
void odl_outcome_free (OdlOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlOutcome, odl_outcome_free)

/* steps 0: adaptive. Never NULL: status STOPPED when it was interrupted. */
OdlOutcome *odl_solvers_solve (const OdlSolversProblem *problem, const OdlSolversPlan *plan, const OdlMethod *method,
                               guint64 steps, const OdlWanted *wanted);
