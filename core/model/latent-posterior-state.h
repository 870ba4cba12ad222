/* What a posterior holds. Shared by the latent-posterior files only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "model/latent-posterior.h"
#include "model/mixture.h"

/* Where walkers stand: a row of each for every sample. */
typedef struct {
  double *z, *pull;         /* samples × latent: z0, and the slope of −log p (series | z0) */
  double *misfit, *volume;  /* samples: Σ r² / v, Σ ln v */
  double *noise;            /* samples: a factor of the decoder's variances each */
} OdlLatentPlaces;

typedef struct {
  OdlLatentPlaces here, there; /* there: proposals, scratch */
  double *spread;              /* latent × latent: a root of the others' covariance */
  double *kick;                /* latent × WIDTH: normal numbers behind the proposals */
  double *slab;
  double power;  /* of the likelihood: grows to 1 */
  double stride;
  guint values, rounds;
  guint path, accepted; /* of the round: whose walkers move next; moves so far */
  OdlRandom random;
} OdlLatentWalk;

struct _OdlLatentPosterior {
  const OdlLatent *model;
  OdlLatentPosteriorOptions options;
  OdlLatentEncoder *encoder; /* 8 lanes, the first is used */
  OdlLatentPath **paths;     /* samples / WIDTH */
  guint n_paths;
  /* The series. */
  guint n;
  double *t, *y;
  double *event_t, *event_h;
  guint n_events;
  /* q: of the encoder, and refined; Adam's averages. */
  double *mean0, *deviation0, *mean, *deviation, *moment, *square;
  guint iteration;
  double bound, best;
  double *recent; /* bounds of the last steps, by the path that measured them */
  guint stale;
  /* Samples. */
  double *eps, *log_weight, *weight, *score;
  double *misfit, *volume, *base; /* of each: Σ r² / v, Σ ln v, ln (prior / q) */
  guint *order;                   /* by falling weight */
  double effective;
  double noise;               /* of this series: a factor of the decoder's variances */
  double *point, *row, *tile; /* scratch */
  OdlLatentWalk walk;
  OdlNormalTable normal;
};

/* z0 of the lanes of a path from a Gaussian. */
void odl_latent_posterior_start (OdlLatentPosterior *posterior, OdlLatentPath *path, const double *eps,
                                 const double *mean, const double *deviation);
/* Steps of the grid to an inner time, at least 1. */
guint odl_latent_posterior_steps (const OdlLatentPosterior *posterior, double t);
/* −log p of the series for every lane, to `total` (WIDTH; may be NULL); cotangents with a weight. */
void odl_latent_posterior_score (OdlLatentPosterior *posterior, const double *theta, OdlLatentPath *path,
                                 const double *weight, double *total);
/* How well each lane of path p explains the series, to misfit and volume; returns its number of values. */
guint odl_latent_posterior_measure (OdlLatentPosterior *posterior, const double *theta, guint p);
/* Normal weights at a power of the raw ones; returns how many samples they are worth. */
double odl_latent_posterior_weigh (OdlLatentPosterior *posterior, double power);

/* Values that speak for the decoder's own variance. */
#define ODL_LATENT_THOUGHT 3.0

void odl_latent_walk_init (OdlLatentPosterior *posterior);
void odl_latent_walk_clear (OdlLatentPosterior *posterior);
/* The walkers' paths to `horizon`, as samples of equal weight. */
void odl_latent_walk_sample (OdlLatentPosterior *posterior, const double *theta, double horizon);
