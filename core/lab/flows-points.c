/* Paths of the points under a model, what it makes of them, and where paths of a coarse
 * discretisation meet. SPDX-License-Identifier: MIT
 *
 * Paths of an autonomous field in the plane never meet, nor do paths of the line change
 * their order. Segments of two paths over the same stretch of depth that cross are
 * therefore an artefact of the steps, and are marked; with depth as an input, or with
 * more dimensions than are drawn, they prove nothing and are not looked for. */
#include <math.h>
#include <string.h>
#include "flows-state.h"

#define CROSSING_POINTS 128u /* paths that are compared with each other */

/* Training and test points that are shown, data dim × n. */
static double *
shown_inputs (const OdlFlowsData *data, guint *n)
{
  guint a = data->n_train_shown, b = data->n_test_shown;
  *n = a + b;
  double *x = g_new (double, (gsize)*n * data->dim);
  for (guint d = 0; d < data->dim; d++)
    for (guint i = 0; i < *n; i++) {
      const OdlDataset *from = i < a ? data->train : data->test;
      x[(gsize)d * *n + i] = from->x[(gsize)d * from->n + (i < a ? i : i - a)];
    }
  return x;
}

static double
probability_of (const OdlFlowsMaking *making, const double *outputs, guint n, guint i)
{
  guint k = odl_classifier_n_outputs (making->flow->classifier);
  guint given = odl_classifier_choose (making->flow->classifier, outputs, n, i);
  if (making->self->data.flip)
    return NAN;
  if (k == 1)
    return 1 / (1 + exp (-fabs (outputs[i])));
  double sum = 0;
  for (guint c = 0; c < k; c++)
    sum += exp (outputs[(gsize)c * n + i] - outputs[(gsize)given * n + i]);
  return 1 / sum;
}

/* Probability and class of every shown point. */
static void
judge (const OdlFlowsMaking *making, guint n, const double *ends, OdlFlowModel *model)
{
  const OdlClassifier *classifier = making->flow->classifier;
  g_autofree double *outputs
      = g_new (double, (gsize)n *odl_classifier_n_outputs (classifier));
  OdlClassifierJudgement judgement = { .lanes = n, .h = ends, .outputs = outputs };
  odl_classifier_judge (classifier, making->theta, &judgement);
  model->probability = g_new (float, n);
  model->given = g_new (guint8, n);
  g_ptr_array_add (making->blocks, model->probability);
  g_ptr_array_add (making->blocks, model->given);
  for (guint i = 0; i < n; i++) {
    model->probability[i] = (float)probability_of (making, outputs, n, i);
    model->given[i] = (guint8)odl_classifier_choose (classifier, outputs, n, i);
  }
}

/* The score of a whole set: from the ends at hand when all of it is shown. */
static gboolean
score_set (const OdlFlowsMaking *making, const OdlDataset *points,
           const OdlClassifierPaths *paths, guint first, OdlFlowScore *score)
{
  guint n = points->n, dim = paths->dim;
  gboolean all = first + n <= paths->lanes;
  g_autofree double *ends = NULL;
  if (all) {
    const double *last
        = paths->state + (gsize)(paths->n_depths - 1) * paths->lanes * dim;
    ends = g_new (double, MAX ((gsize)n * dim, 1));
    for (guint i = 0; i < n; i++)
      for (guint c = 0; c < dim; c++)
        ends[(gsize)c * n + i] = last[(gsize)(first + i) * dim + c];
  } else {
    OdlFlowsMaking whole = *making;
    whole.n_depths = 1;
    whole.depth[0] = making->depth[making->n_depths - 1];
    g_autoptr (OdlClassifierPaths) rest = odl_flows_follow (&whole, n, points->x);
    if (rest == NULL)
      return FALSE;
    ends = odl_flows_ends (rest);
  }
  *score = odl_flows_score (making, points, ends);
  return TRUE;
}

/* ---- Crossings ---- */

static double
cross (const float *a, const float *b, const float *c)
{
  return ((double)b[0] - a[0]) * ((double)c[1] - a[1])
         - ((double)b[1] - a[1]) * ((double)c[0] - a[0]);
}

static gboolean
apart (float a0, float a1, float b0, float b1)
{
  return fmaxf (a0, a1) < fminf (b0, b1) || fmaxf (b0, b1) < fminf (a0, a1);
}

/* Proper crossing of the segments a0 a1 and b0 b1 of the plane; *s: where along a. */
static gboolean
segments_cross (const float *a0, const float *a1, const float *b0, const float *b1,
                double *s)
{
  if (apart (a0[0], a1[0], b0[0], b1[0]) || apart (a0[1], a1[1], b0[1], b1[1]))
    return FALSE;
  double p = cross (b0, b1, a0), q = cross (b0, b1, a1);
  double u = cross (a0, a1, b0), v = cross (a0, a1, b1);
  *s = p / (p - q);
  return p * q < 0 && u * v < 0;
}

/* How far from its chord a path may run between samples k and k + 1, by the second
 * differences at its ends. The paths of first-order methods are their chords. */
static double
bulge (const OdlFlowModel *model, guint n, guint point, guint k)
{
  double most = 0;
  const gsize layer = (gsize)n * model->dim;
  if (model->step_every == 1)
    return 0;
  for (guint middle = MAX (k, 1); middle <= MIN (k + 1, model->n_depths - 2);
       middle++) {
    const float *at = model->path + middle * layer + (gsize)point * model->dim;
    double x = (double)at[layer] - 2 * (double)at[0] + (double)*(at - layer);
    double y = (double)at[layer + 1] - 2 * (double)at[1] + (double)*(at + 1 - layer);
    most = fmax (most, hypot (x, y) / 4);
  }
  return most;
}

/* Every end of the crossing chords lies farther from the other one than the paths may
 * bulge: they cross, not only the lines they are drawn with. */
static gboolean
is_beyond (const float *a0, const float *a1, const float *b0, const float *b1,
           double bulge)
{
  double a = hypot ((double)a1[0] - a0[0], (double)a1[1] - a0[1]);
  double b = hypot ((double)b1[0] - b0[0], (double)b1[1] - b0[1]);
  double from_b = fmin (fabs (cross (b0, b1, a0)), fabs (cross (b0, b1, a1))) / b;
  double from_a = fmin (fabs (cross (a0, a1, b0)), fabs (cross (a0, a1, b1))) / a;
  return fmin (from_a, from_b) > bulge;
}

/* Paths of the line change order where their difference changes sign. */
static gboolean
orders_change (const float *a0, const float *a1, const float *b0, const float *b1,
               double *s)
{
  double before = (double)*a0 - *b0, after = (double)*a1 - *b1;
  *s = before / (before - after);
  return before * after < 0;
}

static void
mark (OdlFlowModel *model, double depth, const float *a0, const float *a1, double s)
{
  if (model->n_crossings < ODL_FLOWS_MAX_CROSSINGS) {
    OdlFlowCrossing *crossing = &model->crossings[model->n_crossings];
    guint y = model->dim - 1;
    crossing->depth = (float)depth;
    crossing->x = model->dim == 1 ? 0 : (float)(a0[0] + s * (a1[0] - a0[0]));
    crossing->y = (float)(a0[y] + s * (a1[y] - a0[y]));
    model->n_crossings++;
  }
}

static void
find_crossings (const OdlFlowsMaking *making, guint n, OdlFlowModel *model)
{
  guint dim = model->dim, m = MIN (n, CROSSING_POINTS);
  model->crossings = g_new0 (OdlFlowCrossing, ODL_FLOWS_MAX_CROSSINGS);
  g_ptr_array_add (making->blocks, model->crossings);
  gboolean plain = dim == making->self->data.dim && model->step_every > 0;
  if (!plain || odl_classifier_shape (making->flow->classifier)->time)
    return;
  for (guint k = 0; k + 1 < model->n_depths; k++) {
    const float *from = model->path + (gsize)k * n * dim, *to = from + (gsize)n * dim;
    for (guint i = 0; i < m; i++)
      for (guint j = i + 1; j < m; j++) {
        double s;
        const float *a0 = from + i * dim, *a1 = to + i * dim;
        const float *b0 = from + j * dim, *b1 = to + j * dim;
        if (dim == 1
                ? orders_change (a0, a1, b0, b1, &s)
                : segments_cross (a0, a1, b0, b1, &s)
                      && is_beyond (a0, a1, b0, b1,
                                    bulge (model, n, i, k) + bulge (model, n, j, k)))
          mark (model, model->depth[k] + s * (model->depth[k + 1] - model->depth[k]),
                a0, a1, s);
      }
  }
}

/* ---- Meters of the paths ---- */

static double
mean_length (const OdlClassifierPaths *paths)
{
  guint dim = paths->dim;
  gsize layer = (gsize)paths->lanes * dim;
  double sum = 0;
  for (guint k = 0; k + 1 < paths->n_depths; k++)
    for (guint i = 0; i < paths->lanes; i++) {
      const double *from = paths->state + k * layer + (gsize)i * dim;
      double squares = 0;
      for (guint c = 0; c < dim; c++)
        squares += (from[layer + c] - from[c]) * (from[layer + c] - from[c]);
      sum += sqrt (squares);
    }
  return sum / paths->lanes;
}

/* Unit vectors for x, y and the extra direction along which the classes end farthest
 * apart. */
static void
find_lift (const OdlFlowsMaking *making, const OdlClassifierPaths *paths,
           OdlFlowModel *model)
{
  const OdlFlowsData *data = &making->self->data;
  guint dim = paths->dim, lanes = paths->lanes, n = data->n_train_shown;
  double *lift = g_new0 (double, 3 * dim), *z = lift + 2 * dim, norm = 0;
  g_ptr_array_add (making->blocks, lift);
  model->lift = lift;
  lift[0] = 1;
  if (data->dim > 1)
    lift[dim + 1] = 1;
  guint count[2] = { 0, 0 };
  for (guint i = 0; i < n; i++)
    count[data->train->label[i] > 0]++;
  const double *last = paths->state + (gsize)(paths->n_depths - 1) * lanes * dim;
  for (guint c = data->dim; c < dim; c++) {
    for (guint i = 0; i < n; i++) {
      gboolean second = data->train->label[i] > 0;
      z[c] += (second ? -1 : 1) * last[(gsize)i * dim + c] / MAX (count[second], 1);
    }
    norm += z[c] * z[c];
  }
  for (guint c = data->dim; c < dim; c++)
    z[c] = norm > 0 && isfinite (norm) ? z[c] / sqrt (norm) : c == data->dim;
}

static void
copy_depths (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  model->n_depths = making->n_depths;
  model->step_every = making->step_every;
  model->depth = g_memdup2 (making->depth, making->n_depths * sizeof (double));
  g_ptr_array_add (making->blocks, model->depth);
}

static void
copy_nfe (const OdlFlowsMaking *making, const OdlClassifierPaths *paths, guint16 **nfe)
{
  if (odl_classifier_shape (making->flow->classifier)->blocks > 0)
    return;
  *nfe = g_new (guint16, paths->lanes);
  g_ptr_array_add (making->blocks, *nfe);
  for (guint i = 0; i < paths->lanes; i++)
    (*nfe)[i] = (guint16)MIN (paths->nfe[i], G_MAXUINT16);
}

/* What judges the ends, by the weights that led there. */
static void
copy_readout (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  const OdlClassifier *classifier = making->flow->classifier;
  const OdlClassifierShape *shape = odl_classifier_shape (classifier);
  guint k = odl_classifier_n_outputs (classifier), dim = model->dim;
  guint read = shape->read > 0 ? shape->read : dim;
  if (shape->n_classes == 0)
    return;
  const double *theta = making->theta + odl_classifier_readout (classifier);
  model->n_outputs = k;
  model->readout_w = g_new0 (double, (gsize)k *dim);
  model->readout_b = g_memdup2 (theta + k * read, k * sizeof (double));
  g_ptr_array_add (making->blocks, model->readout_w);
  g_ptr_array_add (making->blocks, model->readout_b);
  for (guint row = 0; row < k; row++)
    memcpy (model->readout_w + row * dim, theta + row * read, read * sizeof (double));
}

/* The cost of the iteration that made the weights, so that a frame whose paths are
 * those of the one before it says the same of them. */
static void
copy_costs (const OdlFlow *flow, OdlFlowModel *model)
{
  gboolean begun = flow->iteration > 0 && isfinite (flow->pass.loss);
  model->nfe_forward = begun ? flow->pass.nfe_forward : NAN;
  model->nfe_backward = begun ? flow->pass.nfe_backward : NAN;
}

gboolean
odl_flows_make_points (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  const OdlFlowsData *data = &making->self->data;
  guint n;
  g_autofree double *x = shown_inputs (data, &n);
  g_autoptr (OdlClassifierPaths) paths = odl_flows_follow (making, n, x);
  if (paths == NULL || !score_set (making, data->train, paths, 0, &model->train)
      || !score_set (making, data->test, paths, data->n_train_shown, &model->test))
    return FALSE;
  g_autofree double *ends = odl_flows_ends (paths);
  model->dim = paths->dim;
  copy_depths (making, model);
  model->path = odl_flows_floats (making, paths);
  copy_nfe (making, paths, &model->nfe);
  judge (making, n, ends, model);
  find_crossings (making, n, model);
  find_lift (making, paths, model);
  model->path_length = mean_length (paths);
  copy_readout (making, model);
  copy_costs (making->flow, model);
  return TRUE;
}
