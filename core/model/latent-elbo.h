/* The evidence lower bound of a tile of series, with its gradient.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "model/latent.h"

/* One series in inner time and values: n points in ascending order of time. */
typedef struct {
  guint n;
  const double *t, *y;  /* n; n × channels, row-major, NaN: missing */
  const guint8 *seen;   /* n: 1 where the encoder of the context may look; NULL: all */
} OdlLatentExample;

typedef enum {
  /* q(z0 | all points) must explain all points, and lie near both the prior and q(z0 | seen points): the mean of the
   * bounds of log p(all) and log p(all | seen). q(z0 | seen) is fitted from its mass-covering side, which is what makes
   * bands from it honest (after Garnelo and others 2018, neural processes). */
  ODL_LATENT_BOUND_CONDITIONAL,
  /* q(z0 | seen points) must explain all points and lie near the prior (Rubanova and others 2019). */
  ODL_LATENT_BOUND_PUBLISHED,
} OdlLatentBound;

typedef struct {
  OdlLatentBound bound;
  double beta;   /* weight of the divergences, 0 … 1: annealed */
  double trust;  /* in the decoder's variance, 0 … 1: 1 is the bound itself. A young model with a variance of its own gives
                    hard series up as noise, so training begins below 1 */
  guint samples; /* of z0 for each series */
  double scale;  /* of the loss and the gradient: 1 / (points of the whole batch), say */
} OdlLatentObjective;

/* Up to ODL_LATENT_WIDTH series, their tapes and their θ-gradient. */
typedef struct {
  guint capacity, n_points; /* of any lane; of the longest one */
  OdlLatentEncoder *seen, *all;
  OdlLatentPath *path;
  guint *step;            /* capacity × width */
  double *place, *y, *mask;
  double *weight, *trust, *eps, *z_mean, *z_deviation, *kl, *score;
  double *zero;           /* mean and log deviation of the prior */
  double *gradient;       /* n_theta */
  double *slab;
  guint8 *present, *empty; /* lanes that hold a series; whose context is empty */
  double end;             /* the latest time in it */
  guint total;            /* points in all lanes */
  double loss, nll, divergence; /* of the last run, scaled */
} OdlLatentTile;
OdlLatentTile *odl_latent_tile_new (const OdlLatent *model, guint capacity, double longest);
void odl_latent_tile_free (OdlLatentTile *tile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLatentTile, odl_latent_tile_free)
/* All lanes empty. */
void odl_latent_tile_clear (const OdlLatent *model, OdlLatentTile *tile);
/* Copies a series with n ≤ capacity points into a lane. */
void odl_latent_tile_put (const OdlLatent *model, OdlLatentTile *tile, guint lane, const OdlLatentExample *example);
/* Loss and gradient (both written, not added to); eps are drawn from the stream. Allocates nothing. */
void odl_latent_tile_run (const OdlLatent *model, const double *theta, OdlLatentTile *tile,
                          const OdlLatentObjective *objective, OdlRandom *random);
/* The points of a series as events of one lane of an encoder; events.n grows to what it needs. Lanes must have been
 * cleared. */
void odl_latent_events_clear (const OdlLatent *model, OdlLatentEncoder *encoder);
void odl_latent_events_put (const OdlLatent *model, OdlLatentEncoder *encoder, guint lane,
                            const OdlLatentExample *example, gboolean only_seen);
