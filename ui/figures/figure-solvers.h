/* The plots of the Solvers figure. Shared by the figure-solvers files only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-solvers.h"
#include "plot/figure.h"

/* What every plot is made from. */
typedef struct {
  const OdlFrame *frame;
  const OdlSolversPayload *payload;
  double now;                 /* where the scrubber stands */
  double x0, x1, y0, y1;      /* shown in the phase plane: the payload's range, wider where a run goes a little beyond */
} OdlSolversPage;

/* A method is the same colour, dash and marker in every plot; no two methods of a page share them. */
int odl_solvers_color (const OdlSolversPayload *payload, const OdlSolverRun *run);
OdlStyle odl_solvers_line_style (const OdlSolversPayload *payload, const OdlSolverRun *run);
OdlStyle odl_solvers_marker_style (const OdlSolversPayload *payload, const OdlSolverRun *run);
/* State `row` along a run at time t; NaN where it is not. */
double odl_solvers_state_at (const OdlSolversPayload *payload, const OdlSolverRun *run, double t, guint row);
/* Size of the step that is under way at t; NaN: none. */
double odl_solvers_step_at (const OdlSolverRun *run, double t);
/* What is to be said about the steps of the runs, from their numbers; "" when there is nothing. Free it. */
char *odl_solvers_stability_sentences (const OdlSolversPayload *payload, guint most);
/* Two or three digits for a person. Free it. */
char *odl_solvers_number (double value);

OdlPlot *odl_solvers_phase (const OdlSolversPage *page);
OdlPlot *odl_solvers_time (const OdlSolversPage *page, const char *id, guint row);
OdlPlot *odl_solvers_error (const OdlSolversPage *page);
OdlPlot *odl_solvers_drift (const OdlSolversPage *page);
OdlPlot *odl_solvers_ribbon (const OdlSolversPage *page);
OdlPlot *odl_solvers_precision (const OdlSolversPage *page);
OdlPlot *odl_solvers_convergence (const OdlSolversPage *page);
OdlPlot *odl_solvers_region (const OdlSolversPage *page);
OdlPlot *odl_solvers_table (const OdlSolversPage *page);
