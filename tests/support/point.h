/* Runs a graph at single points, for tests.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

typedef struct _Point Point;
/* Compiles; keeps nothing of the graph. */
Point *point_new (const OdlGraph *graph);
void point_free (Point *point);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Point, point_free)
/* `inputs`: the rows of all inputs, one after another; `outputs` likewise (written).
 * theta_gradient is added to, by a run whose other lanes count nothing; nullable. */
void point_run (Point *point, const double *theta, const double *inputs,
                double *outputs, double *theta_gradient);
