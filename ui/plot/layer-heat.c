/* Heat maps and their colour bar.
 * SPDX-License-Identifier: MIT
 *
 * The map becomes one image with a pixel for each pixel of the target, every one asked
 * from the grid: so cells have sharp edges at any zoom, smooth maps blend values before
 * colours, and log axes need nothing of their own. Columns are looked up once. A value
 * that is not finite is left clear. */
#include <math.h>
#include <string.h>

#include "plot/layers.h"
#include "plot/pixels.h"

/* Where a pixel lies among the cells: two cells and the part of the second; first < 0:
 * outside. */
typedef struct {
  int first, second;
  double part;
} Place;

static Place
place (double value, double from, double to, guint cells, gboolean smooth)
{
  double at = (value - from) / (to - from) * cells;
  if (!(at >= 0 && at <= cells))
    return (Place){ -1, -1, 0 };
  int last = (int)cells - 1;
  if (!smooth)
    return (Place){ MIN ((int)at, last), MIN ((int)at, last), 0 };
  double centred = CLAMP (at - 0.5, 0, last);
  int first = (int)centred;
  return (Place){ first, MIN (first + 1, last), centred - first };
}

static void
color_table (const OdlScene *scene, const OdlHeat *heat, guint32 *table)
{
  const OdlTheme *theme = &scene->canvas->theme;
  if (heat->color_low == heat->color_high) {
    odl_palette_table (theme, heat->map, table);
    return;
  }
  OdlRgb low = odl_palette_color (theme, heat->color_low),
         high = odl_palette_color (theme, heat->color_high);
  OdlRgb middle = odl_palette_color (theme, ODL_COLOR_BACKGROUND);
  for (guint i = 0; i < 256; i++) {
    double part = i / 255.0;
    table[i]
        = odl_palette_pixel (part < 0.5 ? odl_rgb_mix (low, middle, 2 * part)
                                        : odl_rgb_mix (middle, high, 2 * part - 1));
  }
}

static double
value_at (const OdlHeat *heat, Place row, Place column)
{
  const double *a = heat->z + (gsize)row.first * heat->columns,
               *b = heat->z + (gsize)row.second * heat->columns;
  if (column.part == 0 && row.part == 0)
    return a[column.first];
  double low = a[column.first] + column.part * (a[column.second] - a[column.first]);
  double high = b[column.first] + column.part * (b[column.second] - b[column.first]);
  return low + row.part * (high - low);
}

static void
fill_row (const OdlHeat *heat, Place row, const Place *columns, int width,
          const guint32 *table, guint32 *pixel)
{
  double factor = 255 / (heat->z1 - heat->z0);
  for (int i = 0; i < width; i++) {
    if (columns[i].first < 0)
      continue;
    double z = value_at (heat, row, columns[i]), at = (z - heat->z0) * factor + 0.5;
    if (!isnan (z))
      pixel[i] = table[at <= 0 ? 0 : at >= 255 ? 255 : (int)at];
  }
}

void
odl_layer_draw_heat (OdlScene *scene, const OdlLayer *layer)
{
  const OdlHeat *heat = &layer->heat;
  OdlPixels pixels;
  guint32 table[256];
  if (!odl_pixels_init (&pixels, &scene->inner, scene->canvas->scale))
    return;
  color_table (scene, heat, table);
  g_autofree Place *columns = g_new (Place, pixels.width);
  for (int i = 0; i < pixels.width; i++)
    columns[i] = place (odl_axis_value (&scene->x, pixels.x + (i + 0.5) / pixels.scale),
                        heat->x0, heat->x1, heat->columns, heat->smooth);
  Place before = { -2, -2, 0 };
  for (int j = 0; j < pixels.height; j++) {
    Place row = place (odl_axis_value (&scene->y, pixels.y + (j + 0.5) / pixels.scale),
                       heat->y0, heat->y1, heat->rows, heat->smooth);
    guint32 *line = pixels.pixel + (gsize)j * pixels.stride;
    if (row.first >= 0 && j > 0 && !heat->smooth && row.first == before.first)
      memcpy (line, line - pixels.stride, sizeof *line * pixels.width);
    else if (row.first >= 0)
      fill_row (heat, row, columns, pixels.width, table, line);
    before = row;
  }
  odl_pixels_paint (&pixels, scene->canvas->cr, odl_scene_alpha (scene, layer));
  odl_pixels_clear (&pixels);
}

void
odl_layer_draw_bar (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  cairo_t *cr = canvas->cr;
  const OdlRect *bar = &scene->bar;
  guint32 table[256];
  if (scene->bar_layer == NULL)
    return;
  color_table (scene, &scene->bar_layer->heat, table);
  cairo_pattern_t *shade
      = cairo_pattern_create_linear (0, bar->y + bar->height, 0, bar->y);
  for (guint i = 0; i < 256; i += 15)
    cairo_pattern_add_color_stop_rgb (shade, i / 255.0, (table[i] >> 16 & 255) / 255.0,
                                      (table[i] >> 8 & 255) / 255.0,
                                      (table[i] & 255) / 255.0);
  cairo_rectangle (cr, bar->x, bar->y, bar->width, bar->height);
  cairo_set_source (cr, shade);
  cairo_fill (cr);
  cairo_pattern_destroy (shade);
  for (guint i = 0; i < scene->bar_ticks.n; i++) {
    const OdlTick *tick = &scene->bar_ticks.tick[i];
    OdlWords words = { .size = 0.92, .color = ODL_COLOR_DIM, .anchor_y = 0.5 };
    odl_canvas_color (canvas, ODL_COLOR_DIM, 0.8);
    cairo_rectangle (cr, bar->x + bar->width, round (tick->pixel), 3, 1);
    cairo_fill (cr);
    odl_canvas_text (canvas, bar->x + bar->width + 6, tick->pixel, tick->label, &words);
  }
}
