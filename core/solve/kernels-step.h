/* What a stepper does to a tile beside evaluating f: sums of stages and error norms.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/evaluate.h"
#include "solve/method.h"

/* The terms of Σ_j w_j k_j that are not zero. */
typedef struct {
  guint n;
  guint stage[ODL_MAX_STAGES];
  double weight[ODL_MAX_STAGES];
} OdlWeights;

/* Arrays are rows × width, feature-major, the stages of k one after another. */
typedef struct {
  gsize rows, width;
  const double *h; /* width */
  const double *y, *y1;
  const double *k;
} OdlStepTile;

typedef struct {
  /* out = y + h Σ w k; y may be `out`. */
  void (*combine) (const OdlStepTile *tile, const OdlWeights *w, double *out);
  /* out[lane] = Σ_row ((h Σ w k) / (atol + rtol max (|y|, |y1|)))², over the first
   * norm_rows rows, and not a number where any row of y1 is not finite. */
  void (*error) (const OdlStepTile *tile, const OdlWeights *w, const double tolerance[2],
                 gsize norm_rows, double *out);
  /* out[lane] = 0, or not a number where any row of y is not finite. */
  void (*finite) (gsize rows, gsize width, const double *y, double *out);
} OdlStepKernels;

extern const OdlStepKernels odl_step_kernels_baseline, odl_step_kernels_avx2,
    odl_step_kernels_avx512;
/* The fastest that this machine has. */
const OdlStepKernels *odl_step_kernels (void);
