/* Clouds of points with tails.
 * SPDX-License-Identifier: MIT
 *
 * On a raster the whole cloud is blended by hand into one image; its tails first, then
 * its discs. In a vector file discs are shapes, unless there are so many that an image
 * is smaller. */
#include <math.h>

#include "plot/layers.h"
#include "plot/pixels.h"

enum { MOST_SHAPES = 4000 };

static OdlRgb
color_of (const OdlScene *scene, const OdlLayer *layer, gsize i)
{
  const OdlTheme *theme = &scene->canvas->theme;
  if (layer->value != NULL)
    return odl_palette_map (theme, layer->map, layer->value[i]);
  return odl_palette_color (theme, layer->category != NULL ? layer->category[i]
                                                           : layer->style.color);
}

static double
tail_alpha (const OdlLayer *layer, gsize k)
{
  return 0.55 * (1 - (double)k / layer->n_tail);
}

static void
blend_tail (OdlScene *scene, const OdlLayer *layer, gsize i, OdlPixels *pixels,
            OdlRgb color)
{
  double x0 = odl_axis_pixel (&scene->x, layer->x[i]),
         y0 = odl_axis_pixel (&scene->y, layer->y[i]);
  for (gsize k = 0; k < layer->n_tail; k++) {
    double x1 = odl_axis_pixel (&scene->x, layer->tail_x[i * layer->n_tail + k]);
    double y1 = odl_axis_pixel (&scene->y, layer->tail_y[i * layer->n_tail + k]);
    odl_pixels_line (pixels, x0, y0, x1, y1, color, tail_alpha (layer, k),
                     tail_alpha (layer, k + 1));
    x0 = x1;
    y0 = y1;
  }
}

static void
draw_pixels (OdlScene *scene, const OdlLayer *layer, double size)
{
  OdlPixels pixels;
  if (!odl_pixels_init (&pixels, &scene->inner, scene->canvas->scale))
    return;
  odl_pixels_set_disc (&pixels, size);
  for (gsize i = 0; i < layer->n && layer->n_tail > 0; i++)
    blend_tail (scene, layer, i, &pixels, color_of (scene, layer, i));
  for (gsize i = 0; i < layer->n; i++) {
    double x = odl_axis_pixel (&scene->x, layer->x[i]),
           y = odl_axis_pixel (&scene->y, layer->y[i]);
    if (!isnan (x) && !isnan (y))
      odl_pixels_disc (&pixels, x, y, color_of (scene, layer, i), 1);
  }
  odl_pixels_paint (&pixels, scene->canvas->cr, odl_scene_alpha (scene, layer));
  odl_pixels_clear (&pixels);
}

static void
shape_tail (OdlScene *scene, const OdlLayer *layer, gsize i, OdlRgb color)
{
  cairo_t *cr = scene->canvas->cr;
  double x0 = odl_axis_pixel (&scene->x, layer->x[i]),
         y0 = odl_axis_pixel (&scene->y, layer->y[i]);
  cairo_set_line_width (cr, 1);
  for (gsize k = 0; k < layer->n_tail; k++) {
    double x1 = odl_axis_pixel (&scene->x, layer->tail_x[i * layer->n_tail + k]);
    double y1 = odl_axis_pixel (&scene->y, layer->tail_y[i * layer->n_tail + k]);
    if (fabs (x0) < 1e5 && fabs (y0) < 1e5 && fabs (x1) < 1e5 && fabs (y1) < 1e5) {
      odl_canvas_rgb (scene->canvas, color,
                      tail_alpha (layer, k) * odl_scene_alpha (scene, layer));
      cairo_move_to (cr, x0, y0);
      cairo_line_to (cr, x1, y1);
      cairo_stroke (cr);
    }
    x0 = x1;
    y0 = y1;
  }
}

static void
draw_shapes (OdlScene *scene, const OdlLayer *layer, double size)
{
  const OdlRect *inner = &scene->inner;
  for (gsize i = 0; i < layer->n; i++)
    shape_tail (scene, layer, i, color_of (scene, layer, i));
  for (gsize i = 0; i < layer->n; i++) {
    double x = odl_axis_pixel (&scene->x, layer->x[i]),
           y = odl_axis_pixel (&scene->y, layer->y[i]);
    if (!(x > inner->x - size && y > inner->y - size
          && x < inner->x + inner->width + size && y < inner->y + inner->height + size))
      continue;
    odl_canvas_rgb (scene->canvas, color_of (scene, layer, i),
                    odl_scene_alpha (scene, layer));
    odl_canvas_marker (scene->canvas, ODL_MARKER_DISC, x, y, size, 0);
  }
}

void
odl_layer_draw_cloud (OdlScene *scene, const OdlLayer *layer)
{
  double size = layer->style.size > 0 ? layer->style.size : 5;
  gsize shapes = layer->n * (1 + layer->n_tail);
  if (layer->n == 0)
    return;
  if (scene->canvas->vector && shapes <= MOST_SHAPES)
    draw_shapes (scene, layer, size);
  else
    draw_pixels (scene, layer, size);
}
