/* Strokes curves onto a raster by hand.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/canvas.h"
#include "plot/decimate.h"

/* Strokes the path in the canvas's current source, with round joins, `width` px wide, dashed. Nothing outside `clip` is computed.
 * FALSE, and nothing done: not on this target. Cost: about 30 ns per pixel of length. */
gboolean odl_stroke_path (OdlCanvas *canvas, const OdlPath *path, const OdlRect *clip, double width, OdlDash dash);
