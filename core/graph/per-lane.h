/* The θ-gradient of every lane by itself, as rows of a graph.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

/* The reverse derivative of a graph with a further output, "theta" (n_theta rows): what
 * each lane alone adds to the θ-gradient, where odl_graph_vjp has accumulators that sum
 * over lanes. Inputs and the other outputs are as of odl_graph_vjp. n_theta: at least
 * that of the graph, and 1. */
OdlGraph *odl_graph_vjp_per_lane (const OdlGraph *graph, guint n_theta);
