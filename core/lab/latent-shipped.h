/* The models that come with the program: their sessions are part of it (core/models.cmake).
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include "model/latent.h"

typedef struct {
  const char *id, *text, *end;
} OdlShippedModel;
/* Ended by a row without an id. */
extern const OdlShippedModel odl_shipped_models[];

/* Shape and weights of the model for a family; theta by g_aligned_free. FALSE: none is shipped, or it cannot be read. */
gboolean odl_shipped_weights (const char *id, OdlLatentShape *shape, double **theta);
