/* Gradients of ½‖h(T) − target‖² through a network's flow, by every method asked for, each beside differences.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "service.h"

/* As a person typed it; NULL where nothing was given. */
typedef struct {
  const char *network;       /* path of NETWORK.json */
  const char *input, *target;
  const char *span;          /* "0, 1" */
  const char *method;        /* rk4 */
  const char *steps;         /* 20 equal ones, or … */
  const char *rtol, *atol;   /* … adaptive */
  const char *gradient;      /* one, several with commas, or "all"; checkpointed */
  guint threads;
} OdlGradientRequest;

/* {"loss", "methods": [{"id", "loss", "dtheta", "dh0", "dT", "evaluations_forward", "evaluations_backward", "bytes",
 * "seconds", "relative_error"}]}. With "all", methods that do not go with the solver are left out and named in *skipped
 * (free it; NULL: none). relative_error is against central differences of the method's own forward pass; of an adaptive
 * solve, against those of the flow at a tolerance of 1e-12. */
json_t *odl_service_gradient (const OdlGradientRequest *request, char **skipped, GError **error);
