/* Checks the derivatives of a graph at a point.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

/* Every error is signed differences over magnitudes: 1 is all wrong. */
typedef struct {
  double values;   /* outputs of the JVP graph against those of the graph */
  double tangents; /* J v against central differences */
  double identity; /* ⟨w, J v⟩ against ⟨Jᵀ w, v⟩: about 1e-14 is right */
  double theta;    /* gθ · u against central differences in θ; 0 without θ */
} CheckErrors;

/* Central differences extrapolated twice are right to about 1e-9 where the graph is
 * smooth within CHECK_STEP. */
#define CHECK_STEP     1e-2
#define CHECK_TANGENTS 1e-7
#define CHECK_IDENTITY 1e-12

/* `inputs`: all rows of all inputs, one after another. v, w, u are drawn from `seed`.
 */
CheckErrors check_derivatives (const OdlGraph *graph, const double *theta,
                               const double *inputs, guint32 seed);
/* The same for a JVP and a VJP made elsewhere (a planted fault, another derivation). */
CheckErrors
check_derivatives_of (const OdlGraph *graph, const OdlGraph *jvp, const OdlGraph *vjp,
                      const double *theta, const double *inputs, guint32 seed);
/* Fails the test, with a message, where one of them is beyond its bound. */
void check_errors (const char *what, CheckErrors errors);
