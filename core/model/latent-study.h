/* A latent model in training: recipe, weights, optimiser and iteration as one thing that is saved and continued.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include "model/latent-recipe.h"
#include "model/latent-weights.h"

typedef struct _OdlLatentStudy OdlLatentStudy;
/* `series`: the own set, in inner time and values, n_series ≥ 1 of the recipe's channels with at least one point each;
 * copied. None (NULL, 0) where the recipe has families. NULL with ODL_ERROR_INVALID. Compiles the model: some 20 ms. */
OdlLatentStudy *odl_latent_study_new (const OdlLatentRecipe *recipe, OdlSeries *const *series, guint n_series,
                                      GError **error);
void odl_latent_study_free (OdlLatentStudy *study);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLatentStudy, odl_latent_study_free)

typedef struct {
  OdlLatentLoss loss; /* of the batch, before the update */
  double gradient_norm;
  OdlLatentPace pace;
} OdlLatentProgress;
/* One iteration: gradient of the batch, an update, the average. The same bits for any number of threads (`pool` is
 * nullable). FALSE: loss or gradient was not finite; weights and average are those before the last update, the last ones
 * known to be good, and training has ended: further calls do nothing. Allocates nothing; some 3 ms a tile. */
gboolean odl_latent_study_iterate (OdlLatentStudy *study, OdlPool *pool);
guint64 odl_latent_study_iteration (const OdlLatentStudy *study);
gboolean odl_latent_study_diverged (const OdlLatentStudy *study);
/* Of the last iteration; NaN before the first. */
OdlLatentProgress odl_latent_study_progress (const OdlLatentStudy *study);
const OdlLatentRecipe *odl_latent_study_recipe (const OdlLatentStudy *study);
/* The model, and the weights that answer: the average, or the weights themselves where none is kept. Borrowed; the array
 * stays at its place and changes with every iteration. */
const OdlLatent *odl_latent_study_model (const OdlLatentStudy *study);
const double *odl_latent_study_theta (const OdlLatentStudy *study);
/* Training begins anew at θ[n_theta]; NULL: at the random weights of the seed. */
void odl_latent_study_restart (OdlLatentStudy *study, const double *theta);

/* Everything but the recipe and the own set, exactly: the next iteration after load is the next one after save. */
json_t *odl_latent_study_save (const OdlLatentStudy *study);
/* Into a study of the same shape; FALSE with ODL_ERROR_UNREADABLE and nothing changed. */
gboolean odl_latent_study_load (OdlLatentStudy *study, const json_t *from, GError **error);
