/* The divergence of a field, tr ∂f/∂y, exact or estimated, as graph → graph.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

/* All take the graph of a field (inputs "t", "y" (dim)[, "aux"]; output "dy" (dim)),
 * leave it as it is, and return a new graph that can be derived and compiled like any
 * other. θ is the same. */

/* The same inputs; outputs "dy" and "divergence" (1). Costs dim JVPs. */
OdlGraph *odl_divergence_exact (const OdlGraph *field);

/* Hutchinson's estimate (M. Hutchinson 1990): the mean over `probes` vectors v of
 * vᵀ(∂f/∂y)v. Unbiased when E vvᵀ = 1: entries ±1 (Rademacher, least variance) or
 * standard normal. The probes are the last probes·dim rows of the input "aux", probe
 * after probe, so that they stay as they are during a solve. Outputs as above. Costs
 * `probes` JVPs. */
OdlGraph *odl_divergence_hutchinson (const OdlGraph *field, guint probes);

/* The field of a flow and its log-density: state "y" (dim + 1), the last row log p;
 * output "dy" = [f; −div f] along f. probes 0: exact. Further rows of aux as above. */
OdlGraph *odl_divergence_flow (const OdlGraph *field, guint probes);
