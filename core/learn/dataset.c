/* Generators of the toy classification sets.
 * SPDX-License-Identifier: MIT
 *
 * Each point is drawn by its definition from one stream of random numbers: radii so
 * that the density is uniform in area (r² uniform between the squares of the ends),
 * angles uniform, classes in turn so that they are balanced for every n. Normal noise
 * is added to every coordinate last. The disc and annulus are those of Dupont, Doucet
 * and Teh (2019), section 4. */
#include "learn/dataset.h"

#include <math.h>
#include <string.h>

static const char *const ids[] = {
#define X(ID, id, title) id,
  ODL_DATASETS (X)
#undef X
};

const char *
odl_dataset_id (OdlDatasetKind kind)
{
  g_return_val_if_fail (kind < ODL_N_DATASETS, NULL);
  return ids[kind];
}

OdlDataset *
odl_dataset_new (guint n, guint dim)
{
  OdlDataset *self = g_new0 (OdlDataset, 1);
  self->n = n;
  self->dim = dim;
  self->n_classes = 2;
  self->x = g_new0 (double, (gsize)n *dim);
  self->label = g_new0 (int, n);
  return self;
}

OdlDataset *
odl_dataset_copy (const OdlDataset *from)
{
  OdlDataset *to = odl_dataset_new (from->n, from->dim);
  to->n_classes = from->n_classes;
  memcpy (to->x, from->x, (gsize)from->n * from->dim * sizeof *to->x);
  memcpy (to->label, from->label, from->n * sizeof *to->label);
  return to;
}

void
odl_dataset_free (OdlDataset *self)
{
  if (self == NULL)
    return;
  g_free (self->x);
  g_free (self->label);
  g_free (self);
}

/* A point of the ring r0 ≤ r ≤ r1, uniform in area. */
static void
draw_ring (double r0, double r1, OdlRandom *random, double point[2])
{
  double r = sqrt (r0 * r0 + (r1 * r1 - r0 * r0) * odl_random_uniform (random));
  double angle = 2 * G_PI * odl_random_uniform (random);
  point[0] = r * cos (angle);
  point[1] = r * sin (angle);
}

static void
draw_moon (int label, OdlRandom *random, double point[2])
{
  double angle = G_PI * odl_random_uniform (random);
  point[0] = label == 0 ? cos (angle) - 0.5 : 0.5 - cos (angle);
  point[1] = label == 0 ? sin (angle) - 0.25 : 0.25 - sin (angle);
}

/* Two arms of an Archimedean spiral, one and a half turns each, the second turned by π.
 */
static void
draw_spiral (int label, OdlRandom *random, double point[2])
{
  double s = sqrt (0.02 + 0.98 * odl_random_uniform (random));
  double angle = 3 * G_PI * s + label * G_PI;
  point[0] = 1.5 * s * cos (angle);
  point[1] = 1.5 * s * sin (angle);
}

static void
draw_xor (int label, OdlRandom *random, double point[2])
{
  double right = odl_random_uniform (random) < 0.5 ? -1 : 1;
  double up = label == 0 ? right : -right;
  point[0] = right * (0.2 + odl_random_uniform (random));
  point[1] = up * (0.2 + odl_random_uniform (random));
}

static void
draw_point (OdlDatasetKind kind, int label, OdlRandom *random, double point[2])
{
  switch (kind) {
  case ODL_DATASET_CIRCLES:
    draw_ring (label == 0 ? 0 : 1, label == 0 ? 0.5 : 1.5, random, point);
    break;
  case ODL_DATASET_RINGS:
    draw_ring (label == 0 ? 0.45 : 1.2, label == 0 ? 0.55 : 1.3, random, point);
    break;
  case ODL_DATASET_MOONS:
    draw_moon (label, random, point);
    break;
  case ODL_DATASET_SPIRALS:
    draw_spiral (label, random, point);
    break;
  case ODL_DATASET_XOR:
    draw_xor (label, random, point);
    break;
  case ODL_DATASET_FLIP:
    point[0] = label == 0 ? -1 : 1;
    break;
  case ODL_N_DATASETS:
    g_assert_not_reached ();
  }
}

OdlDataset *
odl_dataset_generate (OdlDatasetKind kind, guint n, double noise, OdlRandom *random)
{
  g_return_val_if_fail (kind < ODL_N_DATASETS && random != NULL, NULL);
  OdlDataset *self = odl_dataset_new (n, kind == ODL_DATASET_FLIP ? 1 : 2);
  for (guint i = 0; i < n; i++) {
    double point[2] = { 0, 0 };
    self->label[i] = (int)(i % 2);
    draw_point (kind, self->label[i], random, point);
    for (guint d = 0; d < self->dim; d++)
      self->x[(gsize)d * n + i]
          = point[d] + (noise > 0 ? noise * odl_random_normal (random) : 0);
  }
  return self;
}

gboolean
odl_dataset_check (const OdlDataset *self, GError **error)
{
  if (self->n < 4) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "the data have %u points: at least 4 are needed", self->n);
    return FALSE;
  }
  for (guint i = 1; i < self->n; i++)
    if (self->label[i] != self->label[0])
      return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "all %u points are of one class: points of at least two are needed",
               self->n);
  return FALSE;
}
