/* Work and convergence: the same problem at many costs, and the straight lines fitted to it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solvers-run.h"

/* Adds the next rung: 4, 8, 16, … equal steps, or (adaptive) tolerances 1e-1, 1e-2, …. Returns how it went. */
typedef enum { ODL_RUNG_ADDED, ODL_RUNG_LAST, ODL_RUNG_INTERRUPTED } OdlRung;
OdlRung odl_solvers_add_rung (const OdlSolversProblem *problem, const OdlSolversPlan *plan, const OdlMethod *method,
                              const OdlReference *reference, gboolean adaptive, guint index, OdlLadder *ladder);

/* Fits both lines over the asymptotic range: the longest row of rungs above `floor` whose local slopes agree with that of its
 * finest pair. Sets the slopes to NaN when there is none of three rungs. */
void odl_solvers_fit (OdlLadder *ladder, double floor);
