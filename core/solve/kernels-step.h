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

/* The next step is h · clamp (safety ε_n^−now ε_(n−1)^last ε_(n−2)^−before). */
typedef struct {
  double now, last, before, safety, least, most;
} OdlControlLaw;

/* Of every lane of a tile (width each). */
typedef struct {
  double *squares, *squares2; /* in: sums of squares of the two estimates; 2: or NULL */
  double *last, *before;      /* in: logarithms of the errors of earlier steps */
  double *norm, *log;         /* out: ε and its logarithm */
  double *grow, *repeat;      /* out: factor of h after acceptance, after rejection */
} OdlJudgement;

typedef struct {
  /* out = y + h Σ w k; y may be `out`. */
  void (*combine) (const OdlStepTile *tile, const OdlWeights *w, double *out);
  /* out[lane] = t + c h. */
  void (*node) (gsize width, double c, const double *t, const double *h, double *out);
  /* out[lane] = Σ_row ((h Σ w k) / (atol + rtol max (|y|, |y1|)))², over the first
   * norm_rows rows, and not a number where any row of y1 is not finite. */
  void (*error) (const OdlStepTile *tile, const OdlWeights *w, const double tolerance[2],
                 gsize norm_rows, double *out);
  /* ε = the root of the mean square over n rows; with two estimates E5 and E3,
   * E5² / √(E5² + E3²/100). Not a number stays so. */
  void (*judge) (gsize width, gsize n, const OdlControlLaw *law, const OdlJudgement *of);
  /* to = from in the lanes where mask is not 0. */
  void (*commit) (gsize rows, gsize width, const double *mask, const double *from,
                  double *to);
  /* out[lane] = 0, or not a number where any row of y is not finite. */
  void (*check_finite) (gsize rows, gsize width, const double *y, double *out);
} OdlStepKernels;

extern const OdlStepKernels odl_step_kernels_baseline, odl_step_kernels_avx2,
    odl_step_kernels_avx512;
/* The fastest that this machine has. */
const OdlStepKernels *odl_step_kernels (void);
