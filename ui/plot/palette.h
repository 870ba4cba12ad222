/* What the colours by meaning are in light, in dark and in high contrast, and the colour maps.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/draw.h"

typedef struct { double r, g, b; } OdlRgb;
OdlRgb odl_palette_color (const OdlTheme *theme, int color);
/* part in 0 … 1. */
OdlRgb odl_palette_map (const OdlTheme *theme, OdlColorMap map, double part);
/* 0xffRRGGBB. */
guint32 odl_palette_pixel (OdlRgb color);
/* 256 opaque pixels of the map. */
void odl_palette_table (const OdlTheme *theme, OdlColorMap map, guint32 *table);
OdlRgb odl_rgb_mix (OdlRgb a, OdlRgb b, double part);
/* Behind all plots. */
OdlRgb odl_palette_page (const OdlTheme *theme);
