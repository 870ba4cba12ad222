/* The posterior of one series: from the encoder at once, then refined by gradient steps; and the bands it predicts.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "model/latent-elbo.h"

/* q(z0) is Gaussian with independent components. Samples of it are weighted by how well their paths explain the series,
 * so that bands come from the posterior and not from its Gaussian. */
typedef struct {
  guint samples;          /* a multiple of ODL_LATENT_WIDTH */
  guint max_points;       /* of a series; longer ones must be thinned */
  guint max_encoded;      /* of those the encoder looks at so many, evenly picked */
  double horizon;         /* the latest inner time predicted */
  guint64 seed;           /* of the samples: they are the same at every call */
} OdlLatentPosteriorOptions;

typedef struct _OdlLatentPosterior OdlLatentPosterior;
OdlLatentPosterior *odl_latent_posterior_new (const OdlLatent *model, const OdlLatentPosteriorOptions *options);
void odl_latent_posterior_free (OdlLatentPosterior *posterior);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLatentPosterior, odl_latent_posterior_free)

/* Takes a series in (copied; points in order of time, times ≥ 0; n 0: the prior) and asks the encoder. */
void odl_latent_posterior_observe (OdlLatentPosterior *posterior, const double *theta, const OdlLatentExample *series);
/* Refinement has settled after so many steps at the latest. */
#define ODL_LATENT_MAX_STEPS 300
/* One gradient step on mean and deviation of q(z0). Returns the bound (ELBO) before it, NaN without points: the mean of as many
 * steps as go round the samples. */
double odl_latent_posterior_refine (OdlLatentPosterior *posterior, const double *theta);
guint odl_latent_posterior_iteration (const OdlLatentPosterior *posterior);
/* Whether more gradient steps would change little. */
gboolean odl_latent_posterior_refined (const OdlLatentPosterior *posterior);
/* A part of a round of the walk that turns the samples into ones of the posterior itself: sequential Monte Carlo from the
 * weighted samples of q, moved by Langevin steps that are accepted or not. A call moves ODL_LATENT_WIDTH walkers, so that
 * a hand need not wait for a round of all. Whole rounds are counted; the posterior has settled after
 * odl_latent_posterior_all_rounds of them: ODL_LATENT_ROUNDS, fewer for series of more than 100 points. A sanitizer
 * makes a round ten times as long, and sees in ten what it would see in a hundred. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define ODL_LATENT_ROUNDS 10
#else
#define ODL_LATENT_ROUNDS 100
#endif
void odl_latent_posterior_walk (OdlLatentPosterior *posterior, const double *theta);
guint odl_latent_posterior_rounds (const OdlLatentPosterior *posterior);
guint odl_latent_posterior_all_rounds (const OdlLatentPosterior *posterior);
/* Refined, and walked to the end. */
gboolean odl_latent_posterior_settled (const OdlLatentPosterior *posterior);

/* Draws the samples of q as it is now, runs their paths to `horizon` and weighs them; from the first round of the walk on
 * the samples are the walkers. */
void odl_latent_posterior_sample (OdlLatentPosterior *posterior, const double *theta, double horizon);
/* The factor on the decoder's variances that this series asks for, the walkers' mean; 1 without points. */
double odl_latent_posterior_noise (const OdlLatentPosterior *posterior);
/* How many samples' worth the weights are, 1 … samples. */
double odl_latent_posterior_effective (const OdlLatentPosterior *posterior);

/* Levels of the bands: 2.5 %, 25 %, 75 %, 97.5 %. */
#define ODL_LATENT_N_LEVELS 4
typedef struct {
  guint n;
  const double *t;              /* inner times within the horizon */
  double *mean;                 /* n × channels each */
  double *level[ODL_LATENT_N_LEVELS];
} OdlLatentBands;
/* Predictive bands of an observation at the times: a mixture over the samples. */
void odl_latent_posterior_predict (OdlLatentPosterior *posterior, const double *theta, const OdlLatentBands *bands);
/* Decoded means of the k ≤ ODL_LATENT_WIDTH heaviest samples (0 is the heaviest) at n times within the horizon. */
typedef struct {
  guint k, n;
  const double *t;
  double *y; /* k × n × channels */
  double *z; /* k × n × latent, or NULL */
} OdlLatentCurves;
void odl_latent_posterior_curves (OdlLatentPosterior *posterior, const double *theta, const OdlLatentCurves *curves);
/* Mean and log deviation of q(z0), latent each. */
const double *odl_latent_posterior_mean (const OdlLatentPosterior *posterior);
const double *odl_latent_posterior_deviation (const OdlLatentPosterior *posterior);
/* The encoder's states after each of its events, from the last observation to the first: rows of `hidden`, their inner
 * times; returns how many. Pointers live until the next observe. */
guint odl_latent_posterior_states (const OdlLatentPosterior *posterior, const double **t, const double **h);
