/* Gaussian-process regression in time: the exact band that a latent band is held against.
 * SPDX-License-Identifier: MIT
 *
 * y = m + g(t) + noise with g of covariance a² exp (−(t − t′)² / 2ℓ²) and white noise of deviation σ. The length ℓ, the
 * amplitude a and σ maximise the marginal likelihood (Rasmussen and Williams 2006, chapters 2 and 5); m is the mean of y. */
#pragma once

#include <glib.h>

/* Above so many points a part of them, evenly picked, is used: the work grows as n³. */
#define ODL_GAUSSIAN_PROCESS_MAX 160

typedef struct {
  guint n, n_used;
  double length, amplitude, noise, mean;
  double log_evidence; /* at the maximum; NaN with less than 3 points, which fix nothing */
  double *t, *alpha, *factor;
} OdlGaussianProcess;

/* `interrupted` (nullable) is asked between likelihoods. NULL: it said so. Finite numbers only; n 0 is the prior with
 * amplitude ½ and length ¼. Cost: about 150 Cholesky factors of size n_used. */
OdlGaussianProcess *odl_gaussian_process_new (guint n, const double *t, const double *y,
                                              gboolean (*interrupted) (gpointer data), gpointer data);
void odl_gaussian_process_free (OdlGaussianProcess *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlGaussianProcess, odl_gaussian_process_free)
/* Mean, and standard deviation of an observation (noise included), at each time. */
void odl_gaussian_process_predict (const OdlGaussianProcess *process, guint n, const double *t, double *mean,
                                   double *deviation);
/* log p(y | t) at given parameters, for tests and pictures. */
double odl_gaussian_process_log_evidence (guint n, const double *t, const double *y, double length, double amplitude,
                                          double noise);
