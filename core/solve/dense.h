/* Dense output: the solution between the ends of a step.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solve/solve.h"

/* b_i (θ) of the continuous extension for 0 ≤ θ ≤ 1: weights[stages + dense_stages], so
 * that y (t + θh) = y + h Σ b_i (θ) k_i. The method has a table. */
void odl_dense_weights (const OdlMethod *method, double theta, double *weights);

/* The solution at time t of an accepted step that was recorded with options.dense (a
 * method without dense stages needs no option): y[dim]. At the step's ends these are its
 * own y and y1, bit for bit. A step of a bridge is interpolated by the cubic Hermite
 * polynomial through its ends. Costs no evaluations. */
void odl_dense_at (const OdlMethod *method, const OdlStepRecord *step, guint dim,
                   double t, double *y);

/* The same with θ known and arrays with a stride: element i of a vector at i·stride, stage
 * j of k at j·dim·stride. */
void odl_dense_strided (const OdlMethod *method, double theta, double h, guint dim,
                        gsize stride, const double *y0, const double *k, double *y);
