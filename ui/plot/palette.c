/* Colours.
 * SPDX-License-Identifier: MIT
 *
 * Categories are the eight colours of Okabe and Ito (2008), told apart by people with
 * any common colour vision. In dark they are lightened, in light the yellow is
 * darkened, until each stands at least 3 : 1 from the background. The sequential map is
 * viridis by nine of its colours (van der Walt, Smith 2015), the diverging one runs
 * blue, background, red, so that 0 recedes. */
#include "plot/palette.h"

#include <math.h>

enum { N_CATEGORIES = 8, N_MEANINGS = 11 };

static const guint32 categories[2][N_CATEGORIES] = {
  { 0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xd98c00, 0x3fa3dd, 0xa89600, 0x4a4a52 },
  { 0x4c9be8, 0xff8a4c, 0x2ec79b, 0xe59cc8, 0xf0b23c, 0x8fd3f7, 0xf0e442, 0xc6c6ce },
};

/* In the order of the enumeration from ODL_COLOR_TEXT on: light, dark, high contrast
 * light, high contrast dark. */
static const guint32 meanings[4][N_MEANINGS] = {
  { 0x2e2e36, 0x77777f, 0xebebef, 0x85858f, 0x3584e4, 0x26803b, 0xd1242f, 0x0072b2,
    0xd97706, 0x009e73, 0xffffff },
  { 0xe8e8ec, 0x96969e, 0x303036, 0xa0a0aa, 0x78aeed, 0x57c878, 0xff6b6b, 0x5aa9f0,
    0xf7a541, 0x2ec79b, 0x1e1e22 },
  { 0x000000, 0x3a3a3f, 0xc4c4c8, 0x55555c, 0x1a5fb4, 0x0f5c24, 0xb00012, 0x004a80,
    0xa34700, 0x006048, 0xffffff },
  { 0xffffff, 0xd0d0d4, 0x55555a, 0xc4c4cc, 0x99c1f1, 0x8ff0a4, 0xff8080, 0x8cc4ff,
    0xffc266, 0x6ff0cc, 0x000000 },
};

static const guint32 viridis[] = { 0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c,
                                   0x28ae80, 0x5ec962, 0xaddc30, 0xfde725 };
static const guint32 diverging[2][5] = {
  { 0x21559c, 0x7fb0d9, 0xf5f5f5, 0xee9c7c, 0xae2030 },
  { 0x7db8f5, 0x39669c, 0x2a2a30, 0xa04a3e, 0xff8d78 },
};

static OdlRgb
rgb (guint32 hex)
{
  return (OdlRgb){ (hex >> 16 & 255) / 255.0, (hex >> 8 & 255) / 255.0,
                   (hex & 255) / 255.0 };
}

OdlRgb
odl_rgb_mix (OdlRgb a, OdlRgb b, double part)
{
  return (OdlRgb){ a.r + part * (b.r - a.r), a.g + part * (b.g - a.g),
                   a.b + part * (b.b - a.b) };
}

OdlRgb
odl_palette_color (const OdlTheme *theme, int color)
{
  if (color >= ODL_COLOR_TEXT && color < ODL_COLOR_TEXT + N_MEANINGS)
    return rgb (meanings[(theme->high_contrast ? 2 : 0) + (theme->dark ? 1 : 0)]
                        [color - ODL_COLOR_TEXT]);
  guint category = color < 0 ? 0 : (guint)color % N_CATEGORIES;
  OdlRgb value = rgb (categories[theme->dark != 0][category]);
  OdlRgb end = theme->dark ? (OdlRgb){ 1, 1, 1 } : (OdlRgb){ 0, 0, 0 };
  return theme->high_contrast ? odl_rgb_mix (value, end, 0.25) : value;
}

static OdlRgb
between (const guint32 *stops, guint n, double part)
{
  double at = (isfinite (part) ? CLAMP (part, 0, 1) : 0) * (n - 1);
  guint i = MIN ((guint)at, n - 2);
  return odl_rgb_mix (rgb (stops[i]), rgb (stops[i + 1]), at - i);
}

OdlRgb
odl_palette_map (const OdlTheme *theme, OdlColorMap map, double part)
{
  return map == ODL_MAP_DIVERGING ? between (diverging[theme->dark != 0], 5, part)
                                  : between (viridis, G_N_ELEMENTS (viridis), part);
}

guint32
odl_palette_pixel (OdlRgb color)
{
  guint r = (guint)lround (color.r * 255), g = (guint)lround (color.g * 255),
        b = (guint)lround (color.b * 255);
  return 0xff000000u | r << 16 | g << 8 | b;
}

void
odl_palette_table (const OdlTheme *theme, OdlColorMap map, guint32 *table)
{
  for (guint i = 0; i < 256; i++)
    table[i] = odl_palette_pixel (odl_palette_map (theme, map, i / 255.0));
}

OdlRgb
odl_palette_page (const OdlTheme *theme)
{
  if (theme->high_contrast)
    return odl_palette_color (theme, ODL_COLOR_BACKGROUND);
  return theme->dark ? rgb (0x242428) : rgb (0xf4f4f6);
}
