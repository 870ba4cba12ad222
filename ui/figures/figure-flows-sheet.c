/* The sheet: a lattice of inputs that the flow carries along.
 * SPDX-License-Identifier: MIT
 *
 * Its lines, every few of them, are the deforming grid. Its cells, painted with what
 * the model says of the inputs at their corners, are the decision background: over the
 * inputs it is the decision region, and at any depth it shows where that region has
 * been carried. Each cell is two triangles, whose values are blended linearly into a
 * small square of pixels; where the sheet lies over itself, as a lifted one seen from
 * above does, the later cell covers the earlier. */
#include <math.h>

#include "figure-flows.h"

typedef struct {
  double x, y, value, up; /* x, y in cells of the raster */
} Corner;

typedef struct {
  double *z, *height;
  int side;
} Raster;

/* A number that is linear over the plane: at (0.5, 0.5), and its change per cell. `run`
 * is how far along a row it comes down by one. */
typedef struct {
  double at, dx, dy, run;
} Slope;

/* Twice the signed area of the triangle a, b, c. */
static double
cross (const Corner *a, const Corner *b, const Corner *c)
{
  return (b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x);
}

/* 0 on the line through a and b, 1 at the third corner of a triangle of that area. */
static Slope
weight (const Corner *a, const Corner *b, double area)
{
  const double dx = -(b->y - a->y) / area, dy = (b->x - a->x) / area;
  return (Slope){ dx * (0.5 - a->x) + dy * (0.5 - a->y), dx, dy, -1 / dx };
}

static Slope
blend (const Slope w[3], double a, double b, double c)
{
  return (Slope){ w[0].at * a + w[1].at * b + w[2].at * c,
                  w[0].dx * a + w[1].dx * b + w[2].dx * c,
                  w[0].dy * a + w[1].dy * b + w[2].dy * c, NAN };
}

/* The columns of a row between which no weight is negative. */
static gboolean
clip_row (const Slope w[3], int row, int *x0, int *x1)
{
  double low = *x0, high = *x1;
  for (guint i = 0; i < 3; i++) {
    const double at = w[i].at + w[i].dy * row + 1e-9, zero = at * w[i].run;
    if (w[i].dx > 0)
      low = MAX (low, zero);
    else if (w[i].dx < 0)
      high = MIN (high, zero);
    else if (at < 0)
      return FALSE;
  }
  if (!(low <= high))
    return FALSE;
  *x0 = (int)low + ((int)low < low);
  *x1 = (int)high;
  return *x0 <= *x1;
}

static void
fill_row (const Raster *raster, const Slope *value, const Slope *up, int row, int x0,
          int x1)
{
  double *line = raster->z + (gsize)row * raster->side,
         *height = raster->height + (gsize)row * raster->side;
  double z = value->at + value->dy * row + value->dx * x0,
         h = up->at + up->dy * row + up->dx * x0;
  for (int column = x0; column <= x1; column++, z += value->dx, h += up->dx) {
    if (h < height[column])
      continue;
    height[column] = h;
    line[column] = z;
  }
}

static void
fill_triangle (const Raster *raster, const Corner *a, const Corner *b, const Corner *c)
{
  const double area = cross (a, b, c);
  const double low_x = MIN (a->x, MIN (b->x, c->x)),
               high_x = MAX (a->x, MAX (b->x, c->x)),
               low_y = MIN (a->y, MIN (b->y, c->y)),
               high_y = MAX (a->y, MAX (b->y, c->y)), last = raster->side - 1;
  if (!(fabs (area) > 1e-12) || !(high_x > 0) || !(high_y > 0)
      || !(low_x < raster->side) || !(low_y < raster->side))
    return;
  const Slope w[3] = { weight (b, c, area), weight (c, a, area), weight (a, b, area) };
  const Slope value = blend (w, a->value, b->value, c->value),
              up = blend (w, a->up, b->up, c->up);
  const int y0 = (int)MAX (low_y, 0), y1 = (int)MIN (high_y, last);
  for (int row = y0; row <= y1; row++) {
    int x0 = (int)MAX (low_x, 0), x1 = (int)MIN (high_x, last);
    if (clip_row (w, row, &x0, &x1))
      fill_row (raster, &value, &up, row, x0, x1);
  }
}

static Corner *
place_corners (const OdlFlowModel *model, double depth, const OdlFlowsBox *box,
               guint side, const double *value)
{
  const guint n = model->rows * model->columns;
  g_autofree double *x = g_new (double, n), *y = g_new (double, n),
                    *up = g_new0 (double, n);
  Corner *corners = g_new (Corner, n);
  if (model->lift != NULL && model->dim > 2)
    odl_flows_project (model, model->sheet, n, model->lift + 2 * model->dim, depth, up);
  odl_flows_places (model, model->sheet, n, 0, depth, x);
  odl_flows_places (model, model->sheet, n, 1, depth, y);
  for (guint i = 0; i < n; i++)
    corners[i]
        = (Corner){ (x[i] - box->x0) / (box->x1 - box->x0) * side,
                    (y[i] - box->y0) / (box->y1 - box->y0) * side, value[i], up[i] };
  return corners;
}

void
odl_flows_raster (const OdlFlowModel *model, double depth, const OdlFlowsBox *box,
                  guint side, const double *value, double *z)
{
  g_autofree Corner *corners = place_corners (model, depth, box, side, value);
  g_autofree double *height = g_new (double, (gsize)side *side);
  const Raster raster = { z, height, (int)side };
  for (gsize i = 0; i < (gsize)side * side; i++) {
    z[i] = NAN;
    height[i] = -INFINITY;
  }
  for (guint row = 0; row + 1 < model->rows; row++)
    for (guint column = 0; column + 1 < model->columns; column++) {
      const Corner *a = corners + (gsize)row * model->columns + column,
                   *b = a + model->columns;
      fill_triangle (&raster, a, a + 1, b);
      fill_triangle (&raster, a + 1, b + 1, b);
    }
}

/* Copies one line of the lattice and a gap after it. */
static guint
copy_line (const double *from, guint start, guint stride, guint n, double *to)
{
  for (guint i = 0; i < n; i++)
    to[i] = from[start + (gsize)i * stride];
  to[n] = NAN;
  return n + 1;
}

static double *
grid_lines (const OdlFlowModel *model, guint every, const double *from, guint *count)
{
  const guint rows = model->rows, columns = model->columns;
  double *to = g_new (double, (gsize)(rows / every + 1) * (columns + 1)
                                  + (gsize)(columns / every + 1) * (rows + 1));
  guint n = 0;
  for (guint row = 0; row < rows && columns > 1; row += every)
    n += copy_line (from, row * columns, 1, columns, to + n);
  for (guint column = 0; column < columns && rows > 1; column += every)
    n += copy_line (from, column, columns, rows, to + n);
  *count = n;
  return to;
}

guint
odl_flows_grid (const OdlFlowModel *model, double depth, guint every, const double *up,
                double **x, double **y, double **z)
{
  const guint n = model->rows * model->columns;
  g_autofree double *at = g_new (double, MAX (n, 1));
  guint count = 0;
  odl_flows_places (model, model->sheet, n, 0, depth, at);
  *x = grid_lines (model, every, at, &count);
  odl_flows_places (model, model->sheet, n, 1, depth, at);
  *y = grid_lines (model, every, at, &count);
  if (up != NULL) {
    odl_flows_project (model, model->sheet, n, up, depth, at);
    *z = grid_lines (model, every, at, &count);
  }
  return count;
}

double *
odl_flows_verdicts (const OdlFlowsPage *page, const OdlFlowModel *model, guint label)
{
  const guint n = model->rows * model->columns;
  const gboolean two = page->payload->n_classes <= 2;
  double *value = g_new (double, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    value[i] = two ? 1 / (1 + exp (-(double)model->sheet_logit[i]))
                   : model->sheet_given[i] == label;
  return value;
}
