/* Random graphs of every operation, whose values stay near 1.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

/* Two inputs of 1 … 4 rows and one of 1 row, `size` operations that need not all be
 * used, up to two outputs, θ. Smooth: without those that have kinks or jumps. */
OdlGraph *random_graph (GRand *rand, guint size, gboolean smooth);
/* op (a), where a is first brought to where op is defined and tame. */
OdlNode random_graph_tame (OdlGraph *graph, OdlOp op, OdlNode a);
gboolean random_graph_is_smooth (OdlOp op);
/* Rows of all inputs together. */
guint random_graph_n_inputs (const OdlGraph *graph);
/* n numbers on ±1. */
double *random_graph_numbers (GRand *rand, gsize n);
