/* A graph and its reverse derivative with the work between them shared.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/kernels.h"

typedef struct {
  OdlGraph *forward; /* inputs of the graph; its outputs, then "kept" if n_kept > 0 */
  OdlGraph *reverse; /* inputs of the graph, "kept" if n_kept > 0, a cotangent of each
                      * output; outputs and accumulators as of odl_graph_vjp */
  guint n_kept;      /* rows of "kept" */
} OdlSplit;

/* What the reverse derivative needs of the forward pass and is costly to compute again
 * (transcendental functions, products) is an output of one and an input of the other.
 * The caller frees both graphs. `kernels` folds constants. */
OdlSplit odl_graph_split (const OdlGraph *graph, const OdlKernels *kernels);
