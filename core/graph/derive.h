/* Derivatives of graphs, as graphs.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

/* Forward derivative. The result has the inputs of `graph`, then one tangent input per input of `graph`
 * (same rows); its outputs are the outputs of `graph`, then their tangents. θ is held fixed. */
OdlGraph *odl_graph_jvp (const OdlGraph *graph);

/* Reverse derivative. The result has the inputs of `graph`, then one cotangent input per output of `graph`;
 * its outputs are the cotangents of the inputs, in order (the outputs of `graph` are not among them), and it
 * adds to the θ-gradient by its accumulators when with_theta. */
OdlGraph *odl_graph_vjp (const OdlGraph *graph, gboolean with_theta);
