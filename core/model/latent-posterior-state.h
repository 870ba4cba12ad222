/* What a posterior holds. Shared by the latent-posterior files only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "model/latent-posterior.h"
#include "model/mixture.h"

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
  OdlNormalTable normal;
};

/* z0 of the lanes of a path from a Gaussian. */
void odl_latent_posterior_start (OdlLatentPosterior *posterior, OdlLatentPath *path, const double *eps,
                                 const double *mean, const double *deviation);
/* Steps of the grid to an inner time, at least 1. */
guint odl_latent_posterior_steps (const OdlLatentPosterior *posterior, double t);
