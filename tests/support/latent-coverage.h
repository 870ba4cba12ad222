/* How honest a latent model's bands are: fresh series of a family, what the bands hold of points that were held out.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "learn/families.h"
#include "model/latent-posterior.h"

/* Between the observations, in a gap of 10 to 30 % of the span without any, and from 1 to 1.5 spans. */
typedef enum { COVERAGE_BETWEEN, COVERAGE_GAP, COVERAGE_BEYOND, COVERAGE_N_PLACES } CoveragePlace;

typedef struct {
  double held[COVERAGE_N_PLACES]; /* share of the held-out points within the 95 % band */
  double mse[COVERAGE_N_PLACES];  /* of the mean, in inner values, noise included */
  double steps;                   /* of refinement, mean */
  guint most_steps;
  double gain;                    /* of the bound by refinement, mean of the series, nats */
} Coverage;

/* n series with 12 to 40 noisy observations each, by 128 samples; refined until it settles, or amortised. */
Coverage coverage_measure (const OdlLatent *model, const double *theta, OdlFamily family, guint n, gboolean refined);
