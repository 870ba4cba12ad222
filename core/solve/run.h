/* What every way of solving shares: the results of lanes, their samples and records.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solve/solve.h"

/* One call of odl_solve. Only results of a lane are written, by the worker that has it. */
typedef struct {
  const OdlProblem *problem;
  const OdlSolveOptions *options;
  OdlSolution *out;
  guint *order;     /* n_at a lane: samples in the order in which the lane meets them; NULL: as given */
  guint workers;
  guint64 max_steps;
} OdlRun;

/* Where a lane is among its samples. */
typedef struct {
  guint lane, next;
} OdlSampler;

/* y at time t, from the step that is under way. */
typedef void (*OdlInterpolate) (gpointer data, double t, double *y);

/* 1, −1, or 0 where t1 = t0; not a number where one is not. */
double odl_run_direction (const OdlRun *run, guint lane);
gboolean odl_run_interrupted (const OdlRun *run);
/* Writes the samples at t0 itself, passes those before it. */
OdlSampler odl_run_sampler (const OdlRun *run, guint lane);
/* Whether a sample lies at or before t. */
gboolean odl_run_has_sample (const OdlRun *run, const OdlSampler *sampler, double t);
/* Writes all samples up to t. */
void odl_run_sample (const OdlRun *run, OdlSampler *sampler, double t, OdlInterpolate interpolate, gpointer data);
/* y[dim] with this stride becomes the lane's end. */
void odl_run_end (const OdlRun *run, guint lane, OdlStatus status, double t, const double *y, gsize stride);
/* Lanes that need no step: t1 = t0, or a start that is not finite. TRUE: it is ended. */
gboolean odl_run_is_trivial (const OdlRun *run, guint lane);

/* The ways of solving; each runs all lanes. */
void odl_solve_fixed (OdlRun *run);
void odl_solve_adaptive (OdlRun *run);
void odl_solve_implicit (OdlRun *run);
void odl_solve_cvode (OdlRun *run);
