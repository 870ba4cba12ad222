/* Draws a plot: ground, title, axes, layers, legend, and what lies over them.
 * SPDX-License-Identifier: MIT
 *
 * Straight lines of the frame are filled rectangles on whole pixels, so they are sharp
 * without a thought for line widths. The grid is the quietest thing on the page, then
 * the axes, then words; data have the colours. */
#include "plot/draw.h"

#include <math.h>

#include "plot/layers.h"
#include "plot/overlay.h"

static void
draw_ground (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  OdlRect card = { scene->area.x + 0.5, scene->area.y + 0.5, scene->area.width - 1,
                   scene->area.height - 1 };
  odl_canvas_rounded (canvas, &card, 8);
  odl_canvas_color (canvas, ODL_COLOR_BACKGROUND, 1);
  cairo_fill_preserve (canvas->cr);
  odl_canvas_color (canvas, ODL_COLOR_TEXT, canvas->theme.high_contrast ? 1 : 0.09);
  cairo_set_line_width (canvas->cr, 1);
  cairo_stroke (canvas->cr);
}

static void
draw_title (OdlScene *scene)
{
  OdlWords words = { .size = 1.06,
                     .bold = TRUE,
                     .color = ODL_COLOR_TEXT,
                     .width = fmax (scene->area.width - 2 * scene->pad, 10) };
  odl_canvas_text (scene->canvas, scene->area.x + scene->pad, scene->title_y,
                   scene->plot->title, &words);
}

/* Up to as many lines as there is room for. */
static void
draw_note (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  if (scene->note_height <= 0)
    return;
  OdlWords words = { .size = 0.9,
                     .color = ODL_COLOR_DIM,
                     .width = scene->area.width - 2 * scene->pad,
                     .wrap = TRUE };
  double top
      = scene->area.y + scene->area.height - scene->pad * 0.7 - scene->note_height;
  cairo_save (canvas->cr);
  cairo_rectangle (canvas->cr, scene->area.x, top, scene->area.width,
                   scene->note_height + 2);
  cairo_clip (canvas->cr);
  odl_canvas_text (canvas, scene->area.x + scene->pad, top, scene->plot->note, &words);
  cairo_restore (canvas->cr);
}

static void
draw_message (OdlScene *scene)
{
  double width = fmax (scene->area.width - 4 * scene->pad, 20);
  OdlWords words
      = { .color = ODL_COLOR_DIM, .anchor_x = 0.5, .anchor_y = 0.5, .size = 1.05 },
      wrapped = words;
  double natural;
  odl_canvas_measure (scene->canvas, scene->plot->message, &words, &natural, NULL);
  if (natural > width) {
    wrapped.width = width;
    wrapped.wrap = TRUE;
  }
  odl_canvas_text (scene->canvas, scene->area.x + scene->area.width / 2,
                   scene->area.y + scene->area.height / 2, scene->plot->message,
                   &wrapped);
}

/* ── Axes ── */

static void
grid_line (OdlScene *scene, const OdlTick *tick, gboolean upright)
{
  const OdlRect *inner = &scene->inner;
  double at = floor (tick->pixel);
  if (upright)
    cairo_rectangle (scene->canvas->cr, at, inner->y, 1, inner->height);
  else
    cairo_rectangle (scene->canvas->cr, inner->x, at, inner->width, 1);
}

static void
draw_grid (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  const OdlTicks *both[2] = { &scene->x_ticks, &scene->y_ticks };
  for (guint minor = 0; minor < 2; minor++) {
    odl_canvas_color (canvas, ODL_COLOR_GRID, minor ? 0.5 : 1);
    for (guint axis = 0; axis < 2; axis++)
      for (guint i = 0; i < both[axis]->n; i++)
        if ((*both[axis]->tick[i].label == '\0') == minor)
          grid_line (scene, &both[axis]->tick[i], axis == 0);
    cairo_fill (canvas->cr);
  }
}

static void
draw_frame (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  cairo_t *cr = canvas->cr;
  const OdlRect *inner = &scene->inner;
  double bottom = inner->y + inner->height;
  odl_canvas_color (canvas, ODL_COLOR_DIM, canvas->theme.high_contrast ? 1 : 0.75);
  cairo_rectangle (cr, inner->x - 1, inner->y, 1, inner->height + 1);
  cairo_rectangle (cr, inner->x - 1, bottom, inner->width + 1, 1);
  for (guint i = 0; i < scene->x_ticks.n; i++) {
    double length = *scene->x_ticks.tick[i].label != '\0' ? 4 : 2;
    cairo_rectangle (cr, floor (scene->x_ticks.tick[i].pixel), bottom + 1, 1, length);
  }
  for (guint i = 0; i < scene->y_ticks.n; i++) {
    double length = *scene->y_ticks.tick[i].label != '\0' ? 4 : 2;
    cairo_rectangle (cr, inner->x - 1 - length, floor (scene->y_ticks.tick[i].pixel),
                     length, 1);
  }
  cairo_fill (cr);
}

static void
draw_tick_labels (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  const OdlRect *inner = &scene->inner;
  double em = canvas->em, bottom = inner->y + inner->height;
  OdlWords below = { .size = 0.92, .color = ODL_COLOR_DIM, .anchor_x = 0.5 };
  OdlWords beside
      = { .size = 0.92, .color = ODL_COLOR_DIM, .anchor_x = 1, .anchor_y = 0.5 };
  for (guint i = 0; i < scene->x_ticks.n; i++)
    odl_canvas_text (canvas, scene->x_ticks.tick[i].pixel + 0.5, bottom + em * 0.45,
                     scene->x_ticks.tick[i].label, &below);
  for (guint i = 0; i < scene->y_ticks.n; i++)
    odl_canvas_text (canvas, inner->x - 7, scene->y_ticks.tick[i].pixel + 0.5,
                     scene->y_ticks.tick[i].label, &beside);
}

/* The name of the x axis, under its middle, pushed inward where it would leave the
 * area. */
static void
draw_x_name (OdlScene *scene)
{
  const OdlRect *inner = &scene->inner, *area = &scene->area;
  const char *name = scene->plot->label[0];
  double middle = inner->x + inner->width / 2, right = inner->x + inner->width, width;
  double least = area->x + scene->pad, most = area->x + area->width - scene->pad;
  OdlWords words
      = { .color = ODL_COLOR_TEXT, .alpha = 0.85, .width = fmax (most - least, 8) };
  if (name == NULL || *name == '\0')
    return;
  odl_canvas_measure (scene->canvas, name, &words, &width, NULL);
  double left = scene->compact ? right - width : middle - width / 2;
  odl_canvas_text (scene->canvas, fmax (fmin (left, most - width), least),
                   scene->x_label_y, name, &words);
}

static void
draw_axis_names (OdlScene *scene)
{
  const OdlRect *inner = &scene->inner;
  OdlWords words = { .color = ODL_COLOR_TEXT, .anchor_y = 0.5, .alpha = 0.85 };
  draw_x_name (scene);
  words.upward = !odl_scene_label_is_short (scene);
  words.width = words.upward ? inner->height + scene->canvas->em * 0.8 : 0;
  if (inner->height > 2 * scene->canvas->em)
    odl_canvas_text (scene->canvas, scene->y_label_x, inner->y + inner->height / 2,
                     scene->plot->label[1], &words);
}

/* ── All of it ── */

static void
draw_layers (OdlScene *scene)
{
  cairo_t *cr = scene->canvas->cr;
  const OdlRect *inner = &scene->inner;
  cairo_save (cr);
  cairo_rectangle (cr, inner->x, inner->y, inner->width, inner->height);
  cairo_clip (cr);
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if (odl_scene_shows (scene, layer) && layer->z == NULL)
      odl_layer_draw (scene, layer);
  }
  cairo_restore (cr);
}

static void
draw_axes (OdlScene *scene)
{
  draw_grid (scene);
  draw_layers (scene);
  draw_frame (scene);
  draw_tick_labels (scene);
  draw_axis_names (scene);
  odl_layer_draw_bar (scene);
}

void
odl_plot_draw (const OdlPlot *plot, cairo_t *cr, const OdlRect *area,
               const OdlPlotView *view, const OdlTheme *theme)
{
  g_return_if_fail (plot != NULL && cr != NULL && area != NULL);
  if (!(area->width >= 2) || !(area->height >= 2))
    return;
  OdlCanvas canvas;
  OdlScene *scene = g_new (OdlScene, 1);
  odl_canvas_init (&canvas, cr, theme);
  odl_scene_init (scene, plot, &canvas, area, view);
  cairo_save (cr);
  cairo_rectangle (cr, scene->area.x, scene->area.y, scene->area.width,
                   scene->area.height);
  cairo_clip (cr);
  draw_ground (scene);
  draw_title (scene);
  draw_note (scene);
  if (plot->cells != NULL)
    odl_table_draw (scene);
  else if (plot->three && !scene->empty)
    odl_three_draw (scene);
  else if (!scene->empty)
    draw_axes (scene);
  if (scene->says)
    draw_message (scene);
  odl_legend_draw (scene);
  if (plot->cells == NULL && !scene->empty && !plot->three)
    odl_overlay_draw (scene);
  cairo_restore (cr);
  odl_canvas_clear (&canvas);
  g_free (scene);
}
