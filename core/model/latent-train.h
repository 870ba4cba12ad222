/* Training of the latent ODE: batches of series drawn or picked, and the gradient of one.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/pool.h"
#include "learn/families.h"
#include "learn/series.h"
#include "model/latent-elbo.h"

/* Points beside the context that a drawn series is asked for. */
#define ODL_LATENT_TARGETS 20

/* Where series come from. */
typedef struct {
  guint families;           /* bit set of OdlFamily, all of them with the model's channels; 0: set */
  guint often;              /* a subset, drawn twice as often as the others */
  gboolean vary;            /* series are shifted, stretched and turned over, start later and run slower at random (mixed) */
  OdlSeries *const *series; /* a fixed set instead, n_series; borrowed */
  guint n_series;
  double part;              /* of each of their points the encoder sees; the rest is only predicted */
  double horizon;           /* drawn series are predicted to this inner time: 1.5 */
} OdlLatentSource;

typedef struct {
  OdlLatentSource source;
  guint tiles;          /* of ODL_LATENT_WIDTH series each iteration */
  guint max_points;     /* of a series, context and targets together */
  OdlLatentObjective objective; /* scale is the trainer's */
} OdlLatentTraining;

typedef struct _OdlLatentTrainer OdlLatentTrainer;
OdlLatentTrainer *odl_latent_trainer_new (const OdlLatent *model, const OdlLatentTraining *training);
void odl_latent_trainer_free (OdlLatentTrainer *trainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLatentTrainer, odl_latent_trainer_free)
typedef struct {
  double loss, nll, divergence; /* a point's mean */
} OdlLatentLoss;
/* The gradient (written) at θ of the batch that belongs to (seed, iteration): the same for any number of threads. */
OdlLatentLoss odl_latent_trainer_gradient (OdlLatentTrainer *trainer, const double *theta, guint64 seed,
                                           guint64 iteration, OdlPool *pool, double *gradient);
/* What the objective is from the next gradient on (scale is the trainer's own). */
void odl_latent_trainer_anneal (OdlLatentTrainer *trainer, double beta, double trust);
