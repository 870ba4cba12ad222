/* What lies over the data: handles, crosshair, tips, the rectangle of a box zoom.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/scene.h"

void odl_overlay_draw (OdlScene *scene);
/* The handle within reach of a point, the nearest and of those the last; −1: none. */
int odl_overlay_find_handle (const OdlScene *scene, double px, double py);
