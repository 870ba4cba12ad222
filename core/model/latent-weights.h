/* Weights of a latent model with their shape, as they are shipped.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include "model/latent.h"

json_t *odl_latent_shape_save (const OdlLatentShape *shape);
/* Numbers of any size up to 1024; FALSE with ODL_ERROR_UNREADABLE. */
gboolean odl_latent_shape_load (const json_t *from, OdlLatentShape *shape, GError **error);
/* Doubles, exactly. */
json_t *odl_latent_weights_save (const OdlLatentShape *shape, const double *theta);
/* The model and its weights (to `theta`; g_aligned_free). NULL with ODL_ERROR_UNREADABLE for a shape that is not
 * accepted, for too few or too many weights and for such that are not finite. */
OdlLatent *odl_latent_weights_load (const json_t *from, double **theta, GError **error);
