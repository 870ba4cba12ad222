/* The view of a plot as JSON: zoom, hidden series, flipped scales, the turn of a cube.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include "plot/draw.h"

json_t *odl_view_state_save (const OdlPlotView *view);
/* Anything that is not there, or is not sound (a range that is empty or not finite), is as in a fresh view. */
void odl_view_state_load (OdlPlotView *view, const json_t *from);
