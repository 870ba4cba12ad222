/* The points of the Flows panel: drawn from a definition, painted, or read from a file.
 * SPDX-License-Identifier: MIT
 *
 * Training and test points come from streams of their own, so that more of one does not
 * change the other. Of own points every fourth is set aside until there are enough. A
 * file's points are moved and scaled into the plots' box when they do not fit it, and
 * the map back to the user's units is kept; more of them than are kept are thinned by a
 * seeded choice, so that a file in any order is met fairly. */
#include "flows-state.h"

#include <math.h>
#include <string.h>
#include "base/status.h"

enum { STREAM_TRAIN = 1, STREAM_TEST, STREAM_THIN };

#define RING_CIRCLES 6
#define RING_ANGLES  120
#define BOX          2.0
#define FIT          1.5 /* own points are scaled to ± this */

/* ---- Own points ---- */

void
odl_flows_own_init (OdlFlowsOwn *own)
{
  own->x = g_array_new (FALSE, FALSE, sizeof (double));
  own->y = g_array_new (FALSE, FALSE, sizeof (double));
  own->label = g_array_new (FALSE, FALSE, sizeof (int));
  own->unit = 1;
  own->origin_x = own->origin_y = 0;
}

void
odl_flows_own_clear (OdlFlowsOwn *own)
{
  g_clear_pointer (&own->x, g_array_unref);
  g_clear_pointer (&own->y, g_array_unref);
  g_clear_pointer (&own->label, g_array_unref);
}

void
odl_flows_own_copy (OdlFlowsOwn *to, const OdlFlowsOwn *from)
{
  to->x = g_array_copy (from->x);
  to->y = g_array_copy (from->y);
  to->label = g_array_copy (from->label);
  to->unit = from->unit;
  to->origin_x = from->origin_x;
  to->origin_y = from->origin_y;
}

void
odl_flows_own_add (OdlFlowsOwn *own, double x, double y, int label)
{
  g_array_append_val (own->x, x);
  g_array_append_val (own->y, y);
  g_array_append_val (own->label, label);
}

/* The centre of the points' range and the half of its longer side. */
static double
extent (const OdlDataset *points, double centre[2])
{
  double half = 0;
  for (guint d = 0; d < 2; d++) {
    const double *x = points->x + (gsize)d * points->n;
    double low = x[0], high = x[0];
    for (guint i = 1; i < points->n; i++) {
      low = fmin (low, x[i]);
      high = fmax (high, x[i]);
    }
    centre[d] = (low + high) / 2;
    half = fmax (half, (high - low) / 2);
  }
  return half;
}

static gboolean
fits (const double centre[2], double half)
{
  return half >= 0.25 && fabs (centre[0]) + half <= BOX
         && fabs (centre[1]) + half <= BOX;
}

gboolean
odl_flows_own_read (OdlFlowsOwn *own, const char *text, GError **error)
{
  g_autoptr (OdlDataset) points = odl_dataset_parse_csv (text, strlen (text), error);
  if (points == NULL)
    return FALSE;
  double centre[2], half = extent (points, centre);
  odl_flows_own_clear (own);
  odl_flows_own_init (own);
  if (!fits (centre, half)) {
    own->unit = half > 0 ? half / FIT : 1;
    own->origin_x = centre[0];
    own->origin_y = centre[1];
  }
  OdlRandom random = odl_random (0, STREAM_THIN);
  guint wanted = MIN (points->n, ODL_FLOWS_MAX_OWN);
  for (guint i = 0; i < points->n && wanted > 0; i++) {
    /* Each of the rest with the same chance (D. Knuth's selection sampling). */
    if (odl_random_below (&random, points->n - i) >= wanted)
      continue;
    wanted--;
    odl_flows_own_add (own, (points->x[i] - own->origin_x) / own->unit,
                       (points->x[points->n + i] - own->origin_y) / own->unit,
                       points->label[i]);
  }
  return TRUE;
}

static void
split_own (OdlFlowsData *data, const OdlFlowsOwn *own, guint wanted)
{
  guint n = own->x->len, aside = n >= 40 ? MIN (wanted, n / 4) : 0;
  data->train = odl_dataset_new (n - aside, 2);
  data->test = odl_dataset_new (aside, 2);
  guint n_train = 0, n_test = 0;
  int classes = 2;
  for (guint i = 0; i < n; i++) {
    gboolean test = i % 4 == 3 && n_test < aside;
    OdlDataset *to = test ? data->test : data->train;
    guint at = test ? n_test++ : n_train++;
    to->x[at] = g_array_index (own->x, double, i);
    to->x[to->n + at] = g_array_index (own->y, double, i);
    to->label[at] = g_array_index (own->label, int, i);
    classes = MAX (classes, to->label[at] + 1);
  }
  data->n_classes = data->train->n_classes = data->test->n_classes = (guint)classes;
}

/* ---- Drawn points ---- */

/* A dense set on circles from r0 to r1, class `label`; returns where it ended. */
static guint
add_circles (OdlDataset *ring, guint at, double r0, double r1, int label)
{
  for (guint k = 0; k < RING_CIRCLES; k++)
    for (guint j = 0; j < RING_ANGLES; j++, at++) {
      double r = r0 + (r1 - r0) * k / (RING_CIRCLES - 1);
      double angle = 2 * G_PI * (j + 0.5 * (k % 2)) / RING_ANGLES;
      ring->x[at] = r * cos (angle);
      ring->x[ring->n + at] = r * sin (angle);
      ring->label[at] = label;
    }
  return at;
}

static void
make_rings (OdlFlowsData *data)
{
  data->inner = data->outer = NAN;
  gboolean rings = data->kind == ODL_DATASET_RINGS;
  if (!rings && data->kind != ODL_DATASET_CIRCLES)
    return;
  data->ring = odl_dataset_new (2 * RING_CIRCLES * RING_ANGLES, 2);
  data->inner = rings ? 0.55 : 0.5;
  data->outer = rings ? 1.2 : 1;
  guint at = add_circles (data->ring, 0, rings ? 0.45 : 0, data->inner, 0);
  add_circles (data->ring, at, data->outer, rings ? 1.3 : 1.5, 1);
}

static double
huber (double e)
{
  e = fabs (e);
  return e < 1 ? e * e / 2 : e - 0.5;
}

/* The mean loss when every point is mapped to c. */
static double
loss_at (const OdlDataset *train, gboolean squared, double c)
{
  double sum = 0;
  for (guint i = 0; i < train->n; i++) {
    double e = c + train->x[i];
    sum += squared ? e * e : huber (e);
  }
  return sum / train->n;
}

/* A flow keeps the order of the line while the targets −x reverse it, so the best it
 * can come near is the best constant (monotone regression of a falling sequence): a
 * convex problem of one number. */
static double
flip_floor (const OdlDataset *train, gboolean squared)
{
  double low = -4, high = 4;
  for (guint i = 0; i < 200; i++) {
    double a = low + (high - low) / 3, b = high - (high - low) / 3;
    if (loss_at (train, squared, a) <= loss_at (train, squared, b))
      high = b;
    else
      low = a;
  }
  return loss_at (train, squared, (low + high) / 2);
}

static int
kind_of (const char *id)
{
  for (int kind = 0; kind < ODL_N_DATASETS; kind++)
    if (g_str_equal (odl_dataset_id (kind), id))
      return kind;
  return -1;
}

static double
box_of (const OdlDataset *points, double box)
{
  for (gsize i = 0; i < (gsize)points->n * points->dim; i++)
    if (fabs (points->x[i]) > box)
      box = fabs (points->x[i]) * 1.05;
  return box;
}

void
odl_flows_data_make (OdlFlowsData *data, const OdlValues *values,
                     const OdlFlowsOwn *own)
{
  odl_flows_data_clear (data);
  data->kind = kind_of (odl_values_text (values, "data"));
  data->floor = NAN;
  guint n_test = (guint)odl_values_integer (values, "test-points");
  if (data->kind < 0) {
    split_own (data, own, n_test);
  } else {
    guint64 seed = (guint64)odl_values_integer (values, "seed");
    double noise = odl_values_real (values, "noise");
    OdlRandom train = odl_random (seed, STREAM_TRAIN);
    OdlRandom test = odl_random (seed, STREAM_TEST);
    data->train = odl_dataset_generate (
        data->kind, (guint)odl_values_integer (values, "points"), noise, &train);
    data->test = odl_dataset_generate (data->kind, n_test, noise, &test);
    data->n_classes = 2;
  }
  data->flip = data->kind == ODL_DATASET_FLIP;
  data->dim = data->flip ? 1 : 2;
  make_rings (data);
  if (data->flip)
    data->floor = flip_floor (
        data->train, g_str_equal (odl_values_text (values, "loss"), "squared"));
  data->box = box_of (data->test, box_of (data->train, BOX));
  data->n_test_shown = MIN (data->test->n, ODL_FLOWS_MAX_SHOWN * 2 / 5);
  data->n_train_shown = MIN (data->train->n, ODL_FLOWS_MAX_SHOWN - data->n_test_shown);
}

void
odl_flows_data_clear (OdlFlowsData *data)
{
  g_clear_pointer (&data->train, odl_dataset_free);
  g_clear_pointer (&data->test, odl_dataset_free);
  g_clear_pointer (&data->ring, odl_dataset_free);
}
