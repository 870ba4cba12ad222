/* Marching squares with joined segments.
 * SPDX-License-Identifier: MIT
 *
 * A level line crosses edges of the grid. Every edge is met by at most two segments,
 * one from each cell beside it, so the segments form chains: `link` holds for each edge
 * the one or two edges it is joined to. Chains with an end are followed first, what is
 * left are rings. A saddle cell is decided by the mean of its corners. A region is the
 * same walk over the grid with a border around it that has no width and lies outside:
 * so every chain closes, along the rectangle's edge where it must. */
#include "plot/grid.h"

#include <math.h>
#include <string.h>

typedef struct {
  const OdlHeat *grid;
  double level;
  gboolean closed;    /* a border of no width lies around the grid */
  gint rows, columns; /* of the points, with the border */
  double *z;          /* above the level, of the points with the border */
  guint8 *inside;     /* 1 where z ≤ 0 */
  gint *link;         /* two per edge; −1: none */
  guint64 *met;       /* a bit per edge: it has had a link */
  OdlRings rings;
} Walk;

/* Edges: to the right of point i is 2i, upward from it 2i + 1. */
static gsize
edge_right (const Walk *walk, gint row, gint column)
{
  return 2 * ((gsize)row * walk->columns + column);
}

static gsize
edge_up (const Walk *walk, gint row, gint column)
{
  return edge_right (walk, row, column) + 1;
}

/* The values above the level; +∞ on the border, and where they are not numbers and the
 * region closes. */
static void
set_values (Walk *walk)
{
  const OdlHeat *grid = walk->grid;
  gint border = walk->closed ? 1 : 0;
  gsize n = (gsize)walk->rows * walk->columns;
  walk->z = g_new (double, n);
  for (gsize i = 0; i < n && border > 0; i++)
    walk->z[i] = INFINITY;
  for (guint row = 0; row < grid->rows; row++) {
    const double *from = grid->z + (gsize)row * grid->columns;
    double *to = walk->z + (gsize)(row + border) * walk->columns + border;
    for (guint column = 0; column < grid->columns; column++) {
      double z = from[column] - walk->level;
      to[column] = border > 0 && isnan (z) ? INFINITY : z;
    }
  }
  walk->inside = g_new (guint8, n);
  for (gsize i = 0; i < n; i++)
    walk->inside[i] = walk->z[i] <= 0;
}

static inline double
above (const Walk *walk, gint row, gint column)
{
  return walk->z[(gsize)row * walk->columns + column];
}

static void
place (const Walk *walk, gint row, gint column, double *x, double *y)
{
  const OdlHeat *grid = walk->grid;
  gint border = walk->closed ? 1 : 0;
  gint r = CLAMP (row - border, 0, (gint)grid->rows - 1);
  gint c = CLAMP (column - border, 0, (gint)grid->columns - 1);
  *x = grid->x0 + (grid->x1 - grid->x0) * c / (grid->columns - 1.0);
  *y = grid->y0 + (grid->y1 - grid->y0) * r / (grid->rows - 1.0);
}

static void
cross (const Walk *walk, gsize edge, double *x, double *y)
{
  gint row = edge / 2 / walk->columns, column = edge / 2 % walk->columns;
  gint row2 = row + edge % 2, column2 = column + 1 - edge % 2;
  double a = above (walk, row, column), b = above (walk, row2, column2), x2, y2;
  place (walk, row, column, x, y);
  place (walk, row2, column2, &x2, &y2);
  double part = isinf (a) ? 1 : isinf (b) ? 0 : a / (a - b);
  *x += part * (x2 - *x);
  *y += part * (y2 - *y);
}

static void
join (Walk *walk, gsize a, gsize b)
{
  walk->link[2 * a + (walk->link[2 * a] >= 0)] = b;
  walk->link[2 * b + (walk->link[2 * b] >= 0)] = a;
  walk->met[a / 64] |= (guint64)1 << a % 64;
  walk->met[b / 64] |= (guint64)1 << b % 64;
}

static void
cut_cell (Walk *walk, gint row, gint column)
{
  double z[4] = { above (walk, row, column), above (walk, row, column + 1),
                  above (walk, row + 1, column + 1), above (walk, row + 1, column) };
  gsize edges[4] = { edge_right (walk, row, column), edge_up (walk, row, column + 1),
                     edge_right (walk, row + 1, column), edge_up (walk, row, column) };
  gsize met[4];
  guint n = 0;
  if (isnan (z[0] + z[1] + z[2] + z[3])
      || (!walk->closed && !isfinite (z[0] + z[1] + z[2] + z[3])))
    return;
  for (guint i = 0; i < 4; i++)
    if ((z[i] <= 0) != (z[(i + 1) % 4] <= 0))
      met[n++] = edges[i];
  if (n == 2)
    join (walk, met[0], met[1]);
  if (n != 4)
    return;
  gboolean middle = z[0] + z[1] + z[2] + z[3] <= 0;
  guint shift = middle == (z[0] <= 0);
  join (walk, met[shift], met[(shift + 3) % 4]);
  join (walk, met[shift + 1], met[(shift + 2) % 4]);
}

/* Most cells are wholly on one side of the level. */
static void
cut_cells (Walk *walk)
{
  for (gint row = 0; row + 1 < walk->rows; row++) {
    const guint8 *low = walk->inside + (gsize)row * walk->columns;
    const guint8 *high = low + walk->columns;
    for (gint column = 0; column + 1 < walk->columns; column++) {
      guint inside = low[column] + low[column + 1] + high[column] + high[column + 1];
      if (inside % 4 != 0)
        cut_cell (walk, row, column);
    }
  }
}

static void
emit (Walk *walk, double x, double y)
{
  g_array_append_val (walk->rings.x, x);
  g_array_append_val (walk->rings.y, y);
}

static void
unlink_edges (Walk *walk, gsize a, gsize b)
{
  walk->link[2 * a + (walk->link[2 * a] != (gint)b)] = -1;
  walk->link[2 * b + (walk->link[2 * b] != (gint)a)] = -1;
}

static gint
next_edge (const Walk *walk, gsize edge)
{
  return walk->link[2 * edge] >= 0 ? walk->link[2 * edge] : walk->link[2 * edge + 1];
}

static void
follow (Walk *walk, gsize start)
{
  gsize edge = start;
  double x, y;
  cross (walk, edge, &x, &y);
  emit (walk, x, y);
  for (gint next = next_edge (walk, edge); next >= 0; next = next_edge (walk, edge)) {
    unlink_edges (walk, edge, next);
    edge = next;
    cross (walk, edge, &x, &y);
    emit (walk, x, y);
  }
  emit (walk, NAN, NAN);
}

/* Those with an end first; what is left are rings. */
static void
follow_all (Walk *walk, gsize n_words)
{
  for (guint pass = 0; pass < 2; pass++)
    for (gsize word = 0; word < n_words; word++)
      for (guint64 left = walk->met[word]; left != 0; left &= left - 1) {
        gsize i = 64 * word + (gsize)__builtin_ctzll (left);
        guint degree = (walk->link[2 * i] >= 0) + (walk->link[2 * i + 1] >= 0);
        if (degree == 1 || (pass == 1 && degree == 2))
          follow (walk, i);
      }
}

static OdlRings
walk_grid (const OdlHeat *grid, double level, gboolean closed)
{
  gint border = closed ? 2 : 0;
  Walk walk = { .grid = grid,
                .level = level,
                .closed = closed,
                .rows = (gint)grid->rows + border,
                .columns = (gint)grid->columns + border,
                .rings = { g_array_new (FALSE, FALSE, sizeof (double)),
                           g_array_new (FALSE, FALSE, sizeof (double)) } };
  if (grid->rows < 2 || grid->columns < 2)
    return walk.rings;
  set_values (&walk);
  gsize n_edges = 2 * (gsize)walk.rows * walk.columns, n_words = n_edges / 64 + 1;
  walk.link = g_new (gint, 2 * n_edges);
  memset (walk.link, 0xff, 2 * n_edges * sizeof (gint));
  walk.met = g_new0 (guint64, n_words);
  cut_cells (&walk);
  follow_all (&walk, n_words);
  g_free (walk.z);
  g_free (walk.inside);
  g_free (walk.link);
  g_free (walk.met);
  return walk.rings;
}

OdlRings
odl_grid_contour (const OdlHeat *grid, double level)
{
  return walk_grid (grid, level, FALSE);
}

OdlRings
odl_grid_region (const OdlHeat *grid, double level)
{
  return walk_grid (grid, level, TRUE);
}

void
odl_rings_clear (OdlRings *rings)
{
  g_clear_pointer (&rings->x, g_array_unref);
  g_clear_pointer (&rings->y, g_array_unref);
}
