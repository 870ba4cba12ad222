/* The topology meter: two circles carried along by a model.
 * SPDX-License-Identifier: MIT
 *
 * A flow of the plane cannot take the inner disc out of the outer ring: the image of
 * the outer circle still runs round the image of the inner one, however thin it has
 * been stretched. The images are polygons; where a tear pulls two neighbours apart,
 * points are put between them until edges are short, and shorter than they are far
 * from the disc's centre, or the polygon would cut the corner and miscount. Where that
 * cannot be had nothing is said of what encloses what. */
#include <math.h>
#include <string.h>
#include "flows-state.h"

#define LONGEST_EDGE 0.04
#define MAX_VERTICES 4096u
#define MAX_ROUNDS   30u
#define TOO_LONG     0.25 /* an edge left so long hides where the image runs */

/* A circle and its image: vertices in the order of their angles. */
typedef struct {
  double radius;
  guint dim;
  GArray *angle; /* double */
  GArray *image; /* dim doubles each */
} Circle;

static double *
points_at (double radius, const double *angle, guint n)
{
  double *x = g_new (double, 2 * (gsize)n);
  for (guint i = 0; i < n; i++) {
    x[i] = radius * cos (angle[i]);
    x[n + i] = radius * sin (angle[i]);
  }
  return x;
}

static const double *
image_at (const Circle *circle, guint i)
{
  return (const double *)circle->image->data
         + (gsize)(i % circle->angle->len) * circle->dim;
}

static double
distance (const double *a, const double *b, guint dim)
{
  double squares = 0;
  for (guint c = 0; c < dim; c++)
    squares += (a[c] - b[c]) * (a[c] - b[c]);
  return sqrt (squares);
}

static double
image_length (const Circle *circle, guint i)
{
  return distance (image_at (circle, i), image_at (circle, i + 1), circle->dim);
}

static double
angle_at (const Circle *circle, guint i)
{
  guint n = circle->angle->len;
  return g_array_index (circle->angle, double, i % n) + (i >= n ? 2 * G_PI : 0);
}

/* ---- Refining ---- */

/* An edge that is longer than it is far from the centre's image, in the plane that
 * turns are counted in, might pass it on the other side from the curve it stands for.
 */
static gboolean
may_hide (const Circle *circle, guint i, const double *centre)
{
  double near = fmin (distance (image_at (circle, i), centre, 2),
                      distance (image_at (circle, i + 1), centre, 2));
  return image_length (circle, i) > near;
}

/* Middles of the edges that are too long. */
static GArray *
middles (const Circle *circle, const double *centre)
{
  GArray *middle = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < circle->angle->len; i++) {
    double angle = (angle_at (circle, i) + angle_at (circle, i + 1)) / 2;
    if (image_length (circle, i) > LONGEST_EDGE || may_hide (circle, i, centre))
      g_array_append_val (middle, angle);
  }
  return middle;
}

/* Old and new vertices in one order. */
static void
merge (Circle *circle, const GArray *middle, const double *ends)
{
  guint n = circle->angle->len, m = middle->len, at = 0, dim = circle->dim;
  GArray *angle = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *image = g_array_new (FALSE, FALSE, dim * sizeof (double));
  for (guint i = 0; i < n; i++) {
    double here = angle_at (circle, i), next = angle_at (circle, i + 1);
    g_array_append_val (angle, here);
    g_array_append_vals (image, image_at (circle, i), 1);
    if (at >= m || !(g_array_index (middle, double, at) < next))
      continue;
    double point[ODL_FLOWS_MAX_DIM];
    for (guint c = 0; c < dim; c++)
      point[c] = ends[(gsize)c * m + at];
    g_array_append_val (angle, g_array_index (middle, double, at));
    g_array_append_vals (image, point, 1);
    at++;
  }
  g_array_unref (circle->angle);
  g_array_unref (circle->image);
  circle->angle = angle;
  circle->image = image;
}

static gboolean
refine (const OdlFlowsMaking *making, Circle *circle, const double *centre)
{
  OdlFlowsMaking whole = *making;
  whole.n_depths = 1;
  whole.depth[0] = making->depth[making->n_depths - 1];
  for (guint round = 0; round < MAX_ROUNDS; round++) {
    g_autoptr (GArray) middle = middles (circle, centre);
    if (middle->len == 0 || circle->angle->len + middle->len > MAX_VERTICES)
      return TRUE;
    g_autofree double *x
        = points_at (circle->radius, (const double *)middle->data, middle->len);
    g_autoptr (OdlClassifierPaths) paths = odl_flows_follow (&whole, middle->len, x);
    if (paths == NULL)
      return FALSE;
    g_autofree double *ends = odl_flows_ends (paths);
    merge (circle, middle, ends);
  }
  return TRUE;
}

/* ---- Meters ---- */

static double
largest_stretch (const Circle *circle)
{
  double most = 0;
  for (guint i = 0; i < circle->angle->len; i++) {
    double turn = angle_at (circle, i + 1) - angle_at (circle, i);
    double chord = 2 * circle->radius * sin (turn / 2);
    most = fmax (most, image_length (circle, i) / chord);
  }
  return most;
}

static guint
longest_edge (const Circle *circle)
{
  guint most = 0;
  for (guint i = 1; i < circle->angle->len; i++)
    if (image_length (circle, i) > image_length (circle, most))
      most = i;
  return most;
}

/* How often the polygon runs round a point: upward edges on the right of it less
 * downward ones (D. Sunday 2001). */
static int
winding (const Circle *circle, const double *p)
{
  int turns = 0;
  for (guint i = 0; i < circle->angle->len; i++) {
    const double *a = image_at (circle, i), *b = image_at (circle, i + 1);
    double side = (b[0] - a[0]) * (p[1] - a[1]) - (p[0] - a[0]) * (b[1] - a[1]);
    if (a[1] <= p[1])
      turns += b[1] > p[1] && side > 0;
    else
      turns -= b[1] <= p[1] && side < 0;
  }
  return turns;
}

/* ---- Making ---- */

static gboolean
start_circle (const OdlFlowsMaking *making, double radius, Circle *circle, float **path)
{
  double angle[ODL_FLOWS_CIRCLE];
  guint n = ODL_FLOWS_CIRCLE;
  for (guint i = 0; i < n; i++)
    angle[i] = 2 * G_PI * i / n;
  g_autofree double *x = points_at (radius, angle, n);
  g_autoptr (OdlClassifierPaths) paths = odl_flows_follow (making, n, x);
  if (paths == NULL)
    return FALSE;
  *path = odl_flows_floats (making, paths);
  circle->radius = radius;
  circle->dim = paths->dim;
  circle->angle = g_array_new (FALSE, FALSE, sizeof (double));
  circle->image = g_array_new (FALSE, FALSE, paths->dim * sizeof (double));
  g_array_append_vals (circle->angle, angle, n);
  g_array_append_vals (circle->image,
                       paths->state + (gsize)(paths->n_depths - 1) * n * paths->dim, n);
  return TRUE;
}

static void
clear_circle (Circle *circle)
{
  g_clear_pointer (&circle->angle, g_array_unref);
  g_clear_pointer (&circle->image, g_array_unref);
}

static gboolean
is_finite (const Circle *circle)
{
  const double *image = (const double *)circle->image->data;
  for (gsize i = 0; i < (gsize)circle->angle->len * circle->dim; i++)
    if (!isfinite (image[i]))
      return FALSE;
  return TRUE;
}

/* The tear could be followed everywhere. */
static gboolean
is_resolved (const Circle *circle, const double *centre)
{
  for (guint i = 0; i < circle->angle->len; i++)
    if (may_hide (circle, i, centre))
      return FALSE;
  return image_length (circle, longest_edge (circle)) <= TOO_LONG;
}

/* How the outer circle's image lies round the inner one's. */
static void
measure (const Circle *inner, const Circle *outer, const double *centre,
         OdlFlowModel *model)
{
  model->stretch = fmax (largest_stretch (inner), largest_stretch (outer));
  if (!is_resolved (outer, centre))
    return;
  model->winding = winding (outer, centre);
  model->nested = TRUE;
  guint every = MAX (inner->angle->len / ODL_FLOWS_CIRCLE, 1);
  for (guint i = 0; i < inner->angle->len && model->nested; i += every)
    model->nested = winding (outer, image_at (inner, i)) != 0;
}

/* Follows both circles and the centre of the inner one to the end. */
static gboolean
refine_both (const OdlFlowsMaking *making, Circle *inner, Circle *outer,
             OdlFlowModel *model)
{
  OdlFlowsMaking whole = *making;
  whole.n_depths = 1;
  whole.depth[0] = making->depth[making->n_depths - 1];
  g_autoptr (OdlClassifierPaths) paths
      = odl_flows_follow (&whole, 1, (const double[]){ 0, 0 });
  if (paths == NULL)
    return FALSE;
  const double *centre = paths->state + (gsize)(paths->n_depths - 1) * paths->dim;
  if (!refine (making, inner, centre) || !refine (making, outer, centre))
    return FALSE;
  measure (inner, outer, centre, model);
  return TRUE;
}

static gboolean
score_ring (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  const OdlDataset *ring = making->self->data.ring;
  OdlFlowsMaking whole = *making;
  whole.n_depths = 1;
  whole.depth[0] = making->depth[making->n_depths - 1];
  g_autoptr (OdlClassifierPaths) paths = odl_flows_follow (&whole, ring->n, ring->x);
  if (paths == NULL)
    return FALSE;
  g_autofree double *ends = odl_flows_ends (paths);
  model->ring = odl_flows_score (making, ring, ends);
  return TRUE;
}

gboolean
odl_flows_make_rings (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  const OdlFlowsData *data = &making->self->data;
  Circle inner = { 0 }, outer = { 0 };
  model->ring = (OdlFlowScore){ NAN, NAN };
  model->stretch = NAN;
  model->winding = G_MININT;
  model->n_depths = making->n_depths;
  if (data->ring == NULL)
    return TRUE;
  gboolean good = start_circle (making, data->inner, &inner, &model->inner)
                  && start_circle (making, data->outer, &outer, &model->outer)
                  && score_ring (making, model);
  if (good)
    model->tear_at = longest_edge (&outer);
  if (good && is_finite (&inner) && is_finite (&outer))
    good = refine_both (making, &inner, &outer, model);
  clear_circle (&inner);
  clear_circle (&outer);
  return good;
}
