/* A graph made smaller, with the same meaning.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/kernels.h"

/* The same inputs, outputs and accumulators; names are left out. Constants are folded
 * by `kernels`, equal operations are one, operations that nothing uses are left out but
 * for leftovers of the simplification itself. Values are those of the graph up to
 * rounding and the sign of zero. */
OdlGraph *odl_graph_simplify (const OdlGraph *graph, const OdlKernels *kernels);

/* live[node]: an output or an accumulator depends on it. */
void odl_graph_mark_live (const OdlGraph *graph, gboolean live[]);
