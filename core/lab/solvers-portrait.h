/* What lies behind the trajectories in the phase plane: its range, the direction field, nullclines and equilibria.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solvers-run.h"

/* All arrays belong to `blocks`; meanings as in the payload. */
typedef struct {
  GPtrArray *blocks;
  guint axis_x, axis_y;
  gboolean over_time;
  double x0, x1, y0, y1, back_x0, back_x1, back_y0, back_y1;
  gboolean equal_aspect;
  guint n_moments, arrow_rows, arrow_columns, null_rows, null_columns;
  double *arrow_u, *arrow_v, *null_x, *null_y;
  guint n_equilibria;
  OdlEquilibrium *equilibria;
} OdlPortrait;

/* The range: where the reference goes and the start lies, widened by runs that leave it, but by no more than half as much
 * again on each side. `axes` says which states; `blocks` stays empty. */
OdlPortrait odl_portrait_frame (const OdlSolversProblem *problem, OdlPortrait axes, const OdlReference *reference,
                                const OdlSolverRun *runs, guint n_runs);
/* Fills in all that lies behind. Of a system of more states than are on the axes, only equilibria: its field in the plane
 * depends on the other states. */
void odl_portrait_fill (OdlPortrait *portrait, const OdlSolversProblem *problem, const OdlReference *reference);
void odl_portrait_clear (OdlPortrait *portrait);
