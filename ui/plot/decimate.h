/* Curves as the fewest pixels' worth of points that look the same.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef struct { double x, y; } OdlPixel;

/* Points in pixels, in pieces: (NaN, NaN) stands after each. */
typedef struct {
  OdlPixel *point;
  gsize n, size;
} OdlPath;

typedef struct { double x0, y0, x1, y1; } OdlBox;

/* Appends the polyline of n pixels (NaN: gap), cut to `box` and thinned: of points in the same pixel column that follow each other only
 * the first, lowest, highest and last stay where x never turns back; elsewhere, points nearer than half a pixel to
 * the one before go. Lone points between gaps stay as pieces of one point. */
void odl_path_add (OdlPath *path, const OdlPixel *points, gsize n, const OdlBox *box);
void odl_path_clear (OdlPath *path);
