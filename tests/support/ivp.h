/* Initial value problems from text, for tests.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/expression.h"
#include "solve/solve.h"

/* One lane at first; more by ivp_lanes. Everything may be changed in place. */
typedef struct {
  OdlField *field;
  double *theta, *t0, *t1, *y0, *aux;
  OdlProblem problem;
} Ivp;

/* `equations` as the user types them, with a start for every state. */
Ivp *ivp_new (const char *equations, double t0, double t1, const double *start);
/* dy/dt = aux·y, one row each: the field of tests that watch aux_at. aux is 1. */
Ivp *ivp_new_driven (double t0, double t1, double start);
void ivp_free (Ivp *ivp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ivp, ivp_free)
/* That many lanes, all with the first one's start and span. */
void ivp_lanes (Ivp *ivp, guint lanes);
/* Fails the test where it cannot be solved. */
OdlSolution *ivp_solve (const Ivp *ivp, const OdlSolveOptions *options);
/* Options: equal steps, or adaptive at this tolerance (rtol = atol). */
OdlSolveOptions ivp_fixed (const OdlMethod *method, guint64 steps);
OdlSolveOptions ivp_adaptive (const OdlMethod *method, double tolerance);
/* Same bits, NaN equal to NaN. */
gboolean ivp_same_bits (const double *a, const double *b, gsize n);
