/* The graphs of the latent ODE's parts. Shared by the latent files only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "model/latent.h"

/* The networks, with the first θ of each. */
typedef struct {
  OdlNetwork *flow, *decoder, *drift, *cell, *head;
  guint flow_at, decoder_at, drift_at, cell_at, head_at, n_theta;
} OdlLatentNetworks;
gboolean odl_latent_networks (const OdlLatentShape *shape, OdlLatentNetworks *networks, GError **error);
void odl_latent_networks_clear (OdlLatentNetworks *networks);
OdlGraph *odl_latent_graph (const OdlLatentShape *shape, const OdlLatentNetworks *networks, OdlLatentPart part);
