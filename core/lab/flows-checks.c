/* Checks under other solvers: what a model is worth without the help of its steps.
 * SPDX-License-Identifier: MIT
 *
 * The training points are solved again tightly, and with the training's own solver when
 * pictures use another. With counted steps the step map is also tried for folds: an
 * exact flow keeps orientation everywhere, so a place where the map's Jacobian
 * determinant is negative has been turned over by the steps. The determinant comes from
 * differences over a distance far above rounding and far below the map's bends; places
 * that are merely pressed flat are left out, for their sign means nothing. */
#include <math.h>
#include <string.h>
#include "flows-state.h"

#define TIGHT      1e-9
#define FOLD_SIDE  25u
#define FOLD_STEP  1e-6
#define FOLD_ANGLE 1e-4 /* sine of the least angle that counts */

static OdlFlowsMaking
at_the_end (const OdlFlowsMaking *making, const OdlClassifierPlan *plan)
{
  OdlFlowsMaking whole = *making;
  whole.plan = plan;
  whole.n_depths = 1;
  whole.depth[0] = making->depth[making->n_depths - 1];
  return whole;
}

static double *
ends_of (const OdlFlowsMaking *making, guint n, const double *x)
{
  g_autoptr (OdlClassifierPaths) paths = odl_flows_follow (making, n, x);
  return paths == NULL ? NULL : odl_flows_ends (paths);
}

static double
largest_gap (const double *a, const double *b, guint n, guint dim)
{
  double most = 0;
  for (guint i = 0; i < n; i++) {
    double squares = 0;
    for (guint c = 0; c < dim; c++) {
      double d = a[(gsize)c * n + i] - b[(gsize)c * n + i];
      squares += d * d;
    }
    most = fmax (most, sqrt (squares));
  }
  return most;
}

static gboolean
check_exact (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  const OdlDataset *train = making->self->data.train;
  OdlClassifierPlan tight = *making->plan;
  tight.method = odl_method_find ("dop853", NULL);
  tight.steps = 0;
  tight.tolerance = TIGHT;
  OdlFlowsMaking as_shown = at_the_end (making, making->plan);
  OdlFlowsMaking exactly = at_the_end (making, &tight);
  g_autofree double *shown = ends_of (&as_shown, train->n, train->x);
  g_autofree double *exact
      = shown == NULL ? NULL : ends_of (&exactly, train->n, train->x);
  if (exact == NULL)
    return FALSE;
  model->exact = odl_flows_score (making, train, exact);
  model->exact_gap = largest_gap (shown, exact, train->n,
                                  odl_classifier_dim (making->flow->classifier));
  return TRUE;
}

static gboolean
check_as_trained (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  const OdlDataset *train = making->self->data.train;
  OdlClassifierPlan plan;
  if (!odl_flows_read_plan (making->self, &plan, NULL))
    return TRUE;
  plan.pool = making->plan->pool;
  plan.interrupted = making->plan->interrupted;
  plan.interrupted_data = making->plan->interrupted_data;
  OdlFlowsMaking trained = at_the_end (making, &plan);
  g_autofree double *ends = ends_of (&trained, train->n, train->x);
  if (ends == NULL)
    return FALSE;
  model->as_trained = odl_flows_score (making, train, ends);
  return TRUE;
}

/* ---- Folds ---- */

/* Each place three times: itself, and a little to the right and up. */
static double *
triples (double box, guint n)
{
  double *x = g_new (double, 6 * (gsize)n);
  for (guint i = 0; i < n; i++) {
    double px = box * (2.0 * (i % FOLD_SIDE) / (FOLD_SIDE - 1) - 1);
    double py = box * (2.0 * (i / FOLD_SIDE) / (FOLD_SIDE - 1) - 1);
    for (guint k = 0; k < 3; k++) {
      x[3 * i + k] = px + (k == 1 ? FOLD_STEP : 0);
      x[3 * n + 3 * i + k] = py + (k == 2 ? FOLD_STEP : 0);
    }
  }
  return x;
}

static gboolean
is_turned (const double *ends, guint stride, guint i)
{
  const double *x = ends + 3 * i, *y = x + stride;
  double ax = x[1] - x[0], ay = y[1] - y[0], bx = x[2] - x[0], by = y[2] - y[0];
  double lengths = hypot (ax, ay) * hypot (bx, by);
  return ax * by - ay * bx < -FOLD_ANGLE * lengths;
}

static gboolean
check_folds (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  guint n = FOLD_SIDE * FOLD_SIDE;
  g_autofree double *x = triples (making->self->data.box, n);
  OdlFlowsMaking whole = at_the_end (making, making->plan);
  g_autofree double *ends = ends_of (&whole, 3 * n, x);
  if (ends == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    model->n_folded += is_turned (ends, 3 * n, i);
  model->n_tried_folds = n;
  return TRUE;
}

gboolean
odl_flows_make_checks (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  const OdlClassifierShape *shape = odl_classifier_shape (making->flow->classifier);
  gboolean ode = shape->blocks == 0;
  gboolean plane = shape->data_dim == 2 && shape->extra == 0;
  OdlClassifierPlan plan;
  model->exact = model->as_trained = (OdlFlowScore){ NAN, NAN };
  model->exact_gap = NAN;
  if (making->self->data.train->n == 0)
    return TRUE;
  if (ode && !check_exact (making, model))
    return FALSE;
  if (ode && odl_flows_read_view (making->self, &plan)
      && !check_as_trained (making, model))
    return FALSE;
  return !plane || (ode && making->plan->steps == 0) || check_folds (making, model);
}
