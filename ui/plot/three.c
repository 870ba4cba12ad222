/* Plots of three dimensions.
 * SPDX-License-Identifier: MIT
 *
 * The data's box becomes a cube of side 1 about the origin, is turned by yaw (about z)
 * and pitch (about the screen's horizontal), and seen in a mild perspective. The three
 * faces that look away carry grids, the cube's outer edges the ticks. Points and
 * segments of all layers are sorted by depth, farthest first, and dimmed with distance;
 * on a raster they are blended by hand as in flat clouds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/layers.h"
#include "plot/pixels.h"

typedef struct {
  double x, y, z;
} Point;

typedef struct {
  OdlScene *scene;
  OdlAxis axis[3]; /* data to −½ … ½ */
  OdlTicks ticks[3];
  double cos_yaw, sin_yaw, cos_pitch, sin_pitch;
  double middle_x, middle_y, size;
} Cube;

/* What is drawn at one depth: a disc, or a segment when it has a second end. */
typedef struct {
  double depth, x0, y0, x1, y1, size, alpha;
  OdlRgb color;
  gboolean segment;
} Piece;

/* Screen coordinates, and depth (greater is farther) in z. */
static Point
project (const Cube *cube, Point p)
{
  double x = p.x * cube->cos_yaw - p.y * cube->sin_yaw,
         y = p.x * cube->sin_yaw + p.y * cube->cos_yaw;
  double up = p.z * cube->cos_pitch - y * -cube->sin_pitch;
  double away = y * cube->cos_pitch - p.z * cube->sin_pitch;
  double near = 1 / (1 + 0.18 * away);
  return (Point){ cube->middle_x + x * cube->size * near,
                  cube->middle_y - up * cube->size * near, away };
}

static Point
place (const Cube *cube, double x, double y, double z)
{
  return (Point){ odl_axis_pixel (&cube->axis[0], x),
                  odl_axis_pixel (&cube->axis[1], y),
                  odl_axis_pixel (&cube->axis[2], z) };
}

static double
measure_label (gpointer data, const char *label)
{
  double width;
  odl_canvas_measure (data, label, &(OdlWords){ .size = 0.88 }, &width, NULL);
  return width;
}

static void
set_axis (Cube *cube, guint axis)
{
  OdlScene *scene = cube->scene;
  OdlExtent extent;
  odl_extent_clear (&extent);
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if (!layer->style.no_fit && odl_scene_shows (scene, layer))
      odl_extent_join (&extent, &layer->range[axis]);
  }
  double low = odl_extent_is_empty (&extent) ? 0 : extent.low,
         high = odl_extent_is_empty (&extent) ? 1 : extent.high;
  if (scene->plot->has_range[axis]) {
    low = scene->plot->range[axis][0];
    high = scene->plot->range[axis][1];
  }
  double margin = 0.03 * (high - low);
  odl_axis_set (&cube->axis[axis], ODL_SCALE_LINEAR, low - margin, high + margin, -0.5,
                0.5);
  OdlAxis ruler;
  odl_axis_set (&ruler, ODL_SCALE_LINEAR, cube->axis[axis].low, cube->axis[axis].high,
                0, cube->size * 0.85);
  OdlTickRule rule = { .vertical = axis == 2,
                       .line_height = scene->canvas->em * 1.2,
                       .gap = scene->canvas->em,
                       .wanted = scene->canvas->em * 4,
                       .measure = measure_label,
                       .data = scene->canvas };
  odl_axis_ticks (&ruler, &rule, &cube->ticks[axis]);
}

static void
cube_init (Cube *cube, OdlScene *scene)
{
  const OdlPlotView *view = scene->view;
  const OdlRect *inner = &scene->inner;
  double yaw = 0.55 + view->yaw, pitch = 0.42 + view->pitch;
  *cube = (Cube){ .scene = scene,
                  .cos_yaw = cos (yaw),
                  .sin_yaw = sin (yaw),
                  .cos_pitch = cos (pitch),
                  .sin_pitch = sin (pitch) };
  cube->middle_x = inner->x + inner->width / 2;
  cube->middle_y = inner->y + inner->height / 2;
  double zoom = view->zoom3 > 0 ? CLAMP (view->zoom3, 0.05, 50) : 1;
  cube->size = fmin (inner->width * 0.62, inner->height * 0.66) * zoom;
  for (guint axis = 0; axis < 3; axis++)
    set_axis (cube, axis);
}

/* ── The cube ── */

static void
set_along (Point *p, guint axis, double value)
{
  *(axis == 0 ? &p->x : axis == 1 ? &p->y : &p->z) = value;
}

/* Which side of the cube along an axis looks away: −½ or ½. */
static double
far_side (const Cube *cube, guint axis)
{
  Point a = { 0 }, b = { 0 };
  set_along (&a, axis, -0.5);
  set_along (&b, axis, 0.5);
  return project (cube, a).z > project (cube, b).z ? -0.5 : 0.5;
}

static void
segment (const Cube *cube, Point a, Point b)
{
  Point p = project (cube, a), q = project (cube, b);
  cairo_move_to (cube->scene->canvas->cr, p.x, p.y);
  cairo_line_to (cube->scene->canvas->cr, q.x, q.y);
}

/* Grid lines of the far face across `normal`, at the ticks of `axis`. */
static void
face_lines (const Cube *cube, guint normal, guint axis)
{
  guint other = 3 - normal - axis;
  const OdlTicks *ticks = &cube->ticks[axis];
  for (guint i = 0; i < ticks->n; i++) {
    Point a = { 0 };
    set_along (&a, normal, far_side (cube, normal));
    set_along (&a, axis, odl_axis_pixel (&cube->axis[axis], ticks->tick[i].value));
    set_along (&a, other, -0.5);
    Point b = a;
    set_along (&b, other, 0.5);
    segment (cube, a, b);
  }
}

static void
face (const Cube *cube, guint normal)
{
  cairo_t *cr = cube->scene->canvas->cr;
  guint u = (normal + 1) % 3, v = (normal + 2) % 3;
  static const double corner[4][2]
      = { { -0.5, -0.5 }, { 0.5, -0.5 }, { 0.5, 0.5 }, { -0.5, 0.5 } };
  for (guint i = 0; i < 4; i++) {
    Point p = { 0 };
    set_along (&p, normal, far_side (cube, normal));
    set_along (&p, u, corner[i][0]);
    set_along (&p, v, corner[i][1]);
    Point q = project (cube, p);
    cairo_line_to (cr, q.x, q.y);
  }
  cairo_close_path (cr);
  odl_canvas_color (cube->scene->canvas, ODL_COLOR_TEXT, normal == 2 ? 0.05 : 0.025);
  cairo_fill_preserve (cr);
  odl_canvas_color (cube->scene->canvas, ODL_COLOR_DIM, 0.5);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  odl_canvas_color (cube->scene->canvas, ODL_COLOR_GRID, 1);
  face_lines (cube, normal, u);
  face_lines (cube, normal, v);
  cairo_stroke (cr);
}

/* A point of the edge that carries the ticks of an axis: for x and y the near edges of
 * the lower face, for z the outermost upright edge at the left. */
static Point
edge_point (const Cube *cube, guint axis, double at)
{
  Point p = { 0 };
  double best = INFINITY;
  if (axis < 2) {
    set_along (&p, 1 - axis, -far_side (cube, 1 - axis));
    p.z = cube->sin_pitch >= 0 ? -0.5 : 0.5;
  }
  for (guint i = 0; i < 4 && axis == 2; i++) {
    Point q = { i % 2 ? 0.5 : -0.5, i / 2 ? 0.5 : -0.5, 0 }, s = project (cube, q);
    if (s.x < best) {
      best = s.x;
      p = q;
    }
  }
  set_along (&p, axis, at);
  return p;
}

/* Labels stand outward of the edge, away from the cube's middle. */
static void
edge_label (const Cube *cube, guint axis, double at, double away, const char *text,
            const OdlWords *style)
{
  Point p = project (cube, edge_point (cube, axis, at)),
        middle = project (cube, edge_point (cube, axis, 0));
  double dx = middle.x - cube->middle_x, dy = middle.y - cube->middle_y,
         length = fmax (hypot (dx, dy), 1);
  OdlWords words = *style;
  words.anchor_x = 0.5 - 0.5 * dx / length;
  words.anchor_y = 0.5 - 0.5 * dy / length;
  odl_canvas_text (cube->scene->canvas, p.x + dx / length * away,
                   p.y + dy / length * away, text, &words);
}

static void
edges (const Cube *cube)
{
  OdlCanvas *canvas = cube->scene->canvas;
  for (guint axis = 0; axis < 3; axis++) {
    const OdlTicks *ticks = &cube->ticks[axis];
    OdlWords small = { .size = 0.88, .color = ODL_COLOR_DIM },
             label = { .color = ODL_COLOR_TEXT };
    double widest = canvas->em;
    odl_canvas_color (canvas, ODL_COLOR_DIM, 0.7);
    segment (cube, edge_point (cube, axis, -0.5), edge_point (cube, axis, 0.5));
    cairo_set_line_width (canvas->cr, 1);
    cairo_stroke (canvas->cr);
    for (guint i = 0; i < ticks->n; i++) {
      double at = odl_axis_pixel (&cube->axis[axis], ticks->tick[i].value);
      edge_label (cube, axis, at, 5, ticks->tick[i].label, &small);
      widest = fmax (widest, ticks->tick[i].width);
    }
    if (cube->scene->plot->label[axis] != NULL)
      edge_label (cube, axis, 0,
                  8 + (axis == 2 ? widest + 4 : fmax (canvas->em * 1.4, widest * 0.7)),
                  cube->scene->plot->label[axis], &label);
  }
}

/* ── Pieces ── */

static OdlRgb
color_of (const Cube *cube, const OdlLayer *layer, gsize i)
{
  const OdlTheme *theme = &cube->scene->canvas->theme;
  if (layer->value != NULL)
    return odl_palette_map (theme, layer->map, layer->value[i]);
  return odl_palette_color (theme, layer->category != NULL ? layer->category[i]
                                                           : layer->style.color);
}

/* Far pieces sink a little into the background. */
static double
dimmed (double depth)
{
  return CLAMP (0.85 - 0.4 * depth, 0.35, 1);
}

static void
add_line (const Cube *cube, const OdlLayer *layer, GArray *pieces)
{
  double alpha = odl_scene_alpha (cube->scene, layer),
         width = odl_style_width (cube->scene->canvas, &layer->style);
  OdlRgb color = odl_palette_color (&cube->scene->canvas->theme, layer->style.color);
  Point before = { NAN, NAN, NAN };
  for (gsize i = 0; i < layer->n; i++) {
    Point p = project (cube, place (cube, layer->x[i], layer->y[i], layer->z[i]));
    Piece piece = {
      (p.z + before.z) / 2, before.x, before.y, p.x, p.y, width, alpha, color, TRUE
    };
    if (isfinite (piece.depth + p.x + p.y + before.x + before.y) && fabs (p.x) < 1e5
        && fabs (p.y) < 1e5 && fabs (before.x) < 1e5 && fabs (before.y) < 1e5)
      g_array_append_val (pieces, piece);
    before = p;
  }
}

static void
add_cloud (const Cube *cube, const OdlLayer *layer, GArray *pieces)
{
  double alpha = odl_scene_alpha (cube->scene, layer),
         size = layer->style.size > 0 ? layer->style.size : 5;
  for (gsize i = 0; i < layer->n; i++) {
    Point p = project (cube, place (cube, layer->x[i], layer->y[i], layer->z[i]));
    Piece piece
        = { p.z,  p.x, p.y, 0, 0, size, alpha * dimmed (p.z), color_of (cube, layer, i),
            FALSE };
    if (isfinite (p.x + p.y + p.z) && fabs (p.x) < 1e5 && fabs (p.y) < 1e5)
      g_array_append_val (pieces, piece);
  }
}

static int
farther_first (const void *a, const void *b)
{
  double p = ((const Piece *)a)->depth, q = ((const Piece *)b)->depth;
  return p < q ? 1 : p > q ? -1 : 0;
}

static void
draw_piece (OdlCanvas *canvas, const Piece *piece)
{
  cairo_t *cr = canvas->cr;
  odl_canvas_rgb (canvas, piece->color, piece->alpha);
  if (!piece->segment) {
    odl_canvas_marker (canvas, ODL_MARKER_DISC, piece->x0, piece->y0, piece->size, 0);
    return;
  }
  cairo_set_line_width (cr, piece->size);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, piece->x0, piece->y0);
  cairo_line_to (cr, piece->x1, piece->y1);
  cairo_stroke (cr);
}

static void
draw_pieces (OdlScene *scene, GArray *pieces)
{
  OdlPixels pixels;
  if (pieces->len < 1500
      || !odl_pixels_init (&pixels, &scene->inner, scene->canvas->scale)) {
    for (guint i = 0; i < pieces->len; i++)
      draw_piece (scene->canvas, &g_array_index (pieces, Piece, i));
    return;
  }
  double size = 0;
  for (guint i = 0; i < pieces->len; i++) {
    const Piece *piece = &g_array_index (pieces, Piece, i);
    if (piece->segment) {
      odl_pixels_line (&pixels, piece->x0, piece->y0, piece->x1, piece->y1,
                       piece->color, piece->alpha, piece->alpha);
      continue;
    }
    if (size != piece->size)
      odl_pixels_set_disc (&pixels, size = piece->size);
    odl_pixels_disc (&pixels, piece->x0, piece->y0, piece->color, piece->alpha);
  }
  odl_pixels_paint (&pixels, scene->canvas->cr, 1);
  odl_pixels_clear (&pixels);
}

void
odl_three_draw (OdlScene *scene)
{
  Cube cube;
  cube_init (&cube, scene);
  cairo_new_path (scene->canvas->cr);
  for (guint normal = 0; normal < 3; normal++)
    face (&cube, normal);
  edges (&cube);
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  for (guint i = 0; i < odl_plot_n_layers (scene->plot); i++) {
    const OdlLayer *layer = odl_plot_layer (scene->plot, i);
    if (layer->z == NULL || !odl_scene_shows (scene, layer))
      continue;
    if (layer->kind == ODL_LAYER_CLOUD)
      add_cloud (&cube, layer, pieces);
    else
      add_line (&cube, layer, pieces);
  }
  qsort (pieces->data, pieces->len, sizeof (Piece), farther_first);
  draw_pieces (scene, pieces);
  g_array_unref (pieces);
}
