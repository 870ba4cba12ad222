/* Where points and vertices are at a depth.
 * SPDX-License-Identifier: MIT
 *
 * A model's arrays hold a few dozen depths; a place between two of them is on the line
 * that joins them, so scrubbing is smooth whatever the scrubber's steps are. This runs
 * at every tick of the scrubber for thousands of points, so the loops are plain. */
#include <math.h>

#include "figure-flows.h"

/* The sample at or before a depth, and how far it is to the next. */
static guint
sample_at (const OdlFlowModel *model, double depth, float *part)
{
  const guint last = model->n_depths > 0 ? model->n_depths - 1 : 0;
  const double at = CLAMP (depth, 0, 1) * last;
  const guint k = MIN ((guint)at, last > 0 ? last - 1 : 0);
  *part = (float)(at - k);
  return k;
}

void
odl_flows_places (const OdlFlowModel *model, const float *from, guint n, guint c,
                  double depth, double *to)
{
  float part;
  const guint dim = model->dim, k = sample_at (model, depth, &part);
  const float *a = from + (gsize)k * n * dim + c,
              *b = model->n_depths > 1 ? a + (gsize)n * dim : a;
  for (gsize i = 0; i < n; i++)
    to[i] = (double)(a[i * dim] + part * (b[i * dim] - a[i * dim]));
}

void
odl_flows_project (const OdlFlowModel *model, const float *from, guint n,
                   const double *direction, double depth, double *to)
{
  float part;
  const guint dim = model->dim, k = sample_at (model, depth, &part);
  const float *a = from + (gsize)k * n * dim,
              *b = model->n_depths > 1 ? a + (gsize)n * dim : a;
  for (gsize i = 0; i < n; i++, a += dim, b += dim) {
    double sum = 0;
    for (guint c = 0; c < dim; c++)
      sum += direction[c] * (double)(a[c] + part * (b[c] - a[c]));
    to[i] = sum;
  }
}

static double
along (const float *state, const double *direction, guint dim)
{
  double sum = 0;
  for (guint c = 0; c < dim; c++)
    sum += direction[c] * (double)state[c];
  return sum;
}

guint
odl_flows_path (const OdlFlowModel *model, guint n, guint point,
                const double *direction, double depth, double *to, double *at)
{
  float part;
  const guint dim = model->dim, k = sample_at (model, depth, &part);
  const float *state = model->path + (gsize)point * dim;
  guint count = 0;
  for (; count <= k; count++, state += (gsize)n * dim) {
    to[count] = along (state, direction, dim);
    if (at != NULL)
      at[count] = model->depth[count];
  }
  if (part > 0) {
    to[count] = to[k] + (double)part * (along (state, direction, dim) - to[k]);
    if (at != NULL)
      at[count]
          = model->depth[k] + (double)part * (model->depth[k + 1] - model->depth[k]);
    count++;
  }
  return count;
}

void
odl_flows_unit (double direction[ODL_FLOWS_MAX_DIM], guint c)
{
  for (guint i = 0; i < ODL_FLOWS_MAX_DIM; i++)
    direction[i] = i == c;
}

/* Outward to a multiple of about a twentieth of the range. */
static void
round_outward (double *low, double *high)
{
  const double size = *high - *low, unit = pow (10, floor (log10 (size))) / 4;
  *low = floor ((*low - 0.03 * size) / unit) * unit;
  *high = ceil ((*high + 0.03 * size) / unit) * unit;
}

static void
widen_to (double value, double *low, double *high)
{
  if (value < *low && value > -1e6)
    *low = value;
  if (value > *high && value < 1e6)
    *high = value;
}

/* The coordinate that a direction is, or −1: a general one. */
static int
coordinate_of (const double *direction, guint dim)
{
  int found = -1;
  for (guint c = 0; c < dim; c++)
    if (direction[c] == 1 && found < 0)
      found = (int)c;
    else if (direction[c] != 0)
      return -1;
  return found;
}

/* Paths are smooth, so every few depths are enough, the first and the last among them.
 */
static void
widen (const OdlFlowModel *model, guint n, const double *direction, double *low,
       double *high)
{
  const guint last = model->n_depths - 1, every = MAX (last / 16, 1), dim = model->dim;
  const int coordinate = coordinate_of (direction, dim);
  for (guint k = 0; k <= last; k = k < last ? MIN (k + every, last) : last + 1) {
    const float *state = model->path + (gsize)k * n * dim;
    for (guint i = 0; i < n; i++, state += dim)
      widen_to (coordinate >= 0 ? (double)state[coordinate]
                                : along (state, direction, dim),
                low, high);
  }
}

OdlFlowsBox
odl_flows_box (const OdlFlowsPage *page, const OdlFlowModel *model,
               const double *direction_x, const double *direction_y)
{
  const OdlFlowsPayload *p = page->payload;
  OdlFlowsBox box = { INFINITY, -INFINITY, INFINITY, -INFINITY };
  if (model->path != NULL && model->n_depths > 0) {
    widen (model, p->n, direction_x, &box.x0, &box.x1);
    widen (model, p->n, direction_y, &box.y0, &box.y1);
  }
  if (!(box.x1 > box.x0) || !(box.y1 > box.y0))
    return (OdlFlowsBox){ p->x0, p->x1, p->y0, p->y1 };
  round_outward (&box.x0, &box.x1);
  round_outward (&box.y0, &box.y1);
  return box;
}

OdlFlowsBox
odl_flows_plane (const OdlFlowsPage *page, const OdlFlowModel *model)
{
  const OdlFlowsPayload *p = page->payload;
  double x[ODL_FLOWS_MAX_DIM], y[ODL_FLOWS_MAX_DIM];
  odl_flows_unit (x, 0);
  odl_flows_unit (y, 1);
  OdlFlowsBox box = odl_flows_box (page, model, x, y);
  if (p->data_dim < 2)
    return box;
  return (OdlFlowsBox){ fmin (box.x0, p->x0), fmax (box.x1, p->x1),
                        fmin (box.y0, p->y0), fmax (box.y1, p->y1) };
}
