/* Level lines and level regions of a grid of values.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/plot.h"

/* Points in data coordinates; (NaN, NaN) after each piece. A closed piece ends where it began. Free with odl_rings_clear. */
typedef struct { GArray *x, *y; } OdlRings;
/* The line z = level, joined over cells. Cells with a value that is not finite have none. */
OdlRings odl_grid_contour (const OdlHeat *grid, double level);
/* Closed rings around z ≤ level within the rectangle, to be filled by the even-odd rule. What is not finite is outside. */
OdlRings odl_grid_region (const OdlHeat *grid, double level);
void odl_rings_clear (OdlRings *rings);
