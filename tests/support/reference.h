/* Runs a graph at one point, plainly and with more bits: what programs are compared
 * with. SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

/* `inputs` and `outputs`: all rows, one after another. `gradient` is added to;
 * nullable. */
void reference_run (const OdlGraph *graph, const double *theta, const double *inputs,
                    double *outputs, double *gradient);
