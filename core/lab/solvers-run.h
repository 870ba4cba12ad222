/* One method on one problem, recorded; and the solution it is compared with.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-solvers.h"
#include "solvers-outcome.h"

/* Whether the method chooses its own steps under this plan: those without an error estimate never do, CVODE always does. */
gboolean odl_solvers_adapts (const OdlSolversPlan *plan, const OdlMethod *method);
/* Evaluations a step costs once it is under way. */
guint odl_solvers_step_cost (const OdlMethod *method);
/* Equal steps of a run. At equal evaluations the dearest of `methods` takes plan->steps and the others as many as its
 * evaluations pay for. */
guint64 odl_solvers_budget (const OdlSolversPlan *plan, const OdlMethod *const *methods, guint n);
guint64 odl_solvers_steps (const OdlSolversPlan *plan, const OdlMethod *method, guint64 budget);

/* Fills everything of `run` but the errors; its arrays go into `blocks`. FALSE: interrupted, `run` is not to be used. */
gboolean odl_solvers_run (const OdlSolversProblem *problem, const OdlSolversPlan *plan, const OdlMethod *method,
                          guint64 budget, GPtrArray *blocks, OdlSolverRun *run);
/* The shortest time of a few solves without any recording, in seconds; NaN when interrupted. */
double odl_solvers_seconds (const OdlSolversProblem *problem, const OdlSolversPlan *plan, const OdlMethod *method,
                            guint64 budget);

/* The true solution at ascending (along the span) times. */
typedef struct {
  gboolean exact;
  char *title;
  guint n;
  double *t, *y;           /* n; n × dim; NaN after it had to stop */
  double *end;             /* dim: at t1, NaN when not reached */
  double uncertainty, stop, scale;   /* scale: the largest |y| */
} OdlReference;
/* At the union of the runs' times and an even grid. NULL: interrupted. */
OdlReference *odl_reference_new (const OdlSolversProblem *problem, const OdlSolversPlan *plan, const OdlSolverRun *runs,
                                 guint n_runs);
void odl_reference_free (OdlReference *reference);
/* Writes the errors and drifts of a run whose times the reference holds, and judges whether it diverged. */
void odl_reference_compare (const OdlReference *reference, const OdlSolversProblem *problem, GPtrArray *blocks,
                            OdlSolverRun *run);
