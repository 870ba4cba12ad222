/* The pictures of the Flows panel: when each part is made. SPDX-License-Identifier: MIT
 *
 * The picture of a model has four parts, from cheap to dear: its points' paths, the
 * sheet of inputs, the test circles, and checks under other solvers. A part carries the
 * counters of what it was made from and is out of date when they have moved. While
 * nothing trains, settle makes all parts that are; while training, a part that took c
 * seconds is not made again before c divided by its share of time has passed, so that
 * pictures never take more than the sum of the shares from training. An interrupted
 * part is thrown away and the one before it stays. Without frames being taken there is
 * nobody to look, and no part is made. */
#include <math.h>
#include <string.h>
#include "flows-state.h"

static const struct {
  gboolean (*make) (const OdlFlowsMaking *making, OdlFlowModel *model);
  double share; /* of the time of training, for all models together */
  gboolean by_data;
} parts[ODL_N_PIECES] = {
  { odl_flows_make_points, 0.05, TRUE },
  { odl_flows_make_sheet, 0.02, FALSE },
  { odl_flows_make_rings, 0.005, TRUE },
  { odl_flows_make_checks, 0.005, TRUE },
};

/* ---- What the makers share ---- */

OdlClassifierPaths *
odl_flows_follow (const OdlFlowsMaking *making, guint n, const double *x)
{
  return odl_classifier_follow (making->flow->classifier, making->theta, making->plan,
                                n, x, making->n_depths, making->depth);
}

float *
odl_flows_floats (const OdlFlowsMaking *making, const OdlClassifierPaths *paths)
{
  gsize n = (gsize)paths->n_depths * paths->lanes * paths->dim;
  float *to = g_new (float, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    to[i] = (float)paths->state[i];
  g_ptr_array_add (making->blocks, to);
  return to;
}

double *
odl_flows_ends (const OdlClassifierPaths *paths)
{
  guint lanes = paths->lanes, dim = paths->dim;
  double *ends = g_new (double, MAX ((gsize)lanes * dim, 1));
  const double *last = paths->state + (gsize)(paths->n_depths - 1) * lanes * dim;
  for (guint i = 0; i < lanes; i++)
    for (guint c = 0; c < dim; c++)
      ends[(gsize)c * lanes + i] = last[(gsize)i * dim + c];
  return ends;
}

OdlFlowScore
odl_flows_score (const OdlFlowsMaking *making, const OdlDataset *points,
                 const double *ends)
{
  const OdlClassifier *classifier = making->flow->classifier;
  guint n = points->n, right = 0;
  if (n == 0)
    return (OdlFlowScore){ NAN, NAN };
  g_autofree double *outputs
      = g_new (double, (gsize)n *odl_classifier_n_outputs (classifier));
  g_autofree double *loss = g_new (double, n);
  OdlClassifierJudgement judgement
      = { n, ends, points->x, points->label, outputs, loss };
  odl_classifier_judge (classifier, making->theta, &judgement);
  double sum = 0;
  for (guint i = 0; i < n; i++) {
    guint wanted = making->self->data.flip ? points->x[i] < 0 : points->label[i];
    right += odl_classifier_choose (classifier, outputs, n, i) == wanted;
    sum += loss[i];
  }
  return (OdlFlowScore){ sum / n, (double)right / n };
}

/* ---- Depths ---- */

#define SMOOTH_SAMPLES 32u

/* Equal steps of a first-order method are drawn as the polygon they are; others get
 * samples between their steps until the curve looks smooth. */
static void
choose_depths (OdlFlowsMaking *making)
{
  const OdlClassifierShape *shape = odl_classifier_shape (making->flow->classifier);
  guint64 steps = making->plan->steps;
  guint n = SMOOTH_SAMPLES;
  making->step_every = 0;
  if (shape->blocks > 0) {
    n = shape->blocks;
    making->step_every = 1;
  } else if (steps > 0 && steps < ODL_FLOWS_MAX_DEPTHS) {
    guint each = (guint)((SMOOTH_SAMPLES + steps - 1) / steps);
    if (making->plan->method->order == 1)
      each = 1;
    n = (guint)steps * each;
    making->step_every = each;
  }
  making->n_depths = n + 1;
  double span = shape->blocks > 0 ? shape->blocks : shape->span;
  for (guint k = 0; k <= n; k++)
    making->depth[k] = k == n ? span : span * k / n;
}

/* ---- Making ---- */

static void
free_part (gpointer data)
{
  OdlFlowsPart *part = data;
  g_ptr_array_unref (part->blocks);
  g_free (part);
}

void
odl_flow_drop_pieces (OdlFlow *flow)
{
  for (guint k = 0; k < ODL_N_PIECES; k++) {
    g_clear_pointer (&flow->pieces[k].frame, odl_frame_unref);
    g_clear_pointer (&flow->pieces[k].before, odl_frame_unref);
    flow->pieces[k] = (OdlFlowsPiece){ 0 };
  }
}

static OdlFlowsKey
key_of (const OdlFlows *self, const OdlFlow *flow, guint kind)
{
  return (OdlFlowsKey){ flow->weights, self->solver,
                        parts[kind].by_data ? self->data_version : 0 };
}

static gboolean
is_due (const OdlFlows *self, const OdlFlow *flow, guint kind)
{
  const OdlFlowsPiece *piece = &flow->pieces[kind];
  OdlFlowsKey key = key_of (self, flow, kind);
  return flow->active
         && (piece->frame == NULL || memcmp (&key, &piece->key, sizeof key) != 0);
}

static guint
n_active (const OdlFlows *self)
{
  guint n = 0;
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    n += self->flows[i].active;
  return n;
}

static void
replace (OdlFlowsPiece *piece, OdlFrame *frame, OdlFlowsKey key)
{
  g_clear_pointer (&piece->before, odl_frame_unref);
  if (piece->frame != NULL && piece->key.data != key.data) {
    piece->before = g_steal_pointer (&piece->frame);
    piece->before_data = piece->key.data;
  }
  g_clear_pointer (&piece->frame, odl_frame_unref);
  piece->frame = frame;
  piece->key = key;
}

static gboolean
make (OdlFlows *self, OdlFlow *flow, guint kind, const OdlTime *time)
{
  gint64 start = g_get_monotonic_time ();
  OdlClassifierPlan plan;
  odl_flows_read_view (self, &plan);
  plan.pool = time->pool;
  plan.interrupted = time->interrupted;
  plan.interrupted_data = time->data;
  OdlFlowsPart *part = g_new0 (OdlFlowsPart, 1);
  part->blocks = g_ptr_array_new_with_free_func (g_free);
  OdlFlowsMaking making = { .self = self,
                            .flow = flow,
                            .theta = odl_flow_shown_theta (self, flow, NULL),
                            .plan = &plan,
                            .blocks = part->blocks };
  choose_depths (&making);
  if (!parts[kind].make (&making, &part->model)) {
    free_part (part);
    return FALSE;
  }
  OdlFlowsPiece *piece = &flow->pieces[kind];
  replace (piece, odl_frame_new (part, free_part), key_of (self, flow, kind));
  gint64 now = g_get_monotonic_time ();
  piece->due_us
      = now + (gint64)((double)(now - start) * n_active (self) / parts[kind].share);
  return TRUE;
}

/* The points of frames change when every model's paths are of the new ones. */
static void
show_points (OdlFlows *self)
{
  const OdlFlowsShown *shown = self->shown != NULL ? self->shown->payload : NULL;
  if (shown != NULL && shown->version == self->data_version)
    return;
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    const OdlFlow *flow = &self->flows[i];
    const OdlFlowsPiece *piece = &flow->pieces[ODL_PIECE_POINTS];
    if (flow->active && (piece->frame == NULL || piece->key.data != self->data_version))
      return;
  }
  g_clear_pointer (&self->shown, odl_frame_unref);
  self->shown = odl_flows_shown_new (self);
}

gboolean
odl_flows_is_stale (const OdlFlows *self)
{
  for (guint kind = 0; kind < ODL_N_PIECES; kind++)
    for (guint i = 0; i < ODL_N_FLOWS; i++)
      if (is_due (self, &self->flows[i], kind))
        return TRUE;
  return FALSE;
}

static gboolean
is_over (const OdlTime *time)
{
  return g_get_monotonic_time () >= time->deadline_us
         || (time->interrupted != NULL && time->interrupted (time->data));
}

gboolean
odl_flows_settle (gpointer data, const OdlTime *time)
{
  OdlFlows *self = data;
  show_points (self);
  for (guint kind = 0; kind < ODL_N_PIECES; kind++)
    for (guint i = 0; i < ODL_N_FLOWS; i++) {
      if (!is_due (self, &self->flows[i], kind))
        continue;
      if (!make (self, &self->flows[i], kind, time))
        return TRUE;
      show_points (self);
      if (is_over (time))
        return odl_flows_is_stale (self);
    }
  return FALSE;
}

/* The part that has been due for longest; FALSE: none is, or it was interrupted. */
static gboolean
make_most_overdue (OdlFlows *self, const OdlTime *time)
{
  gint64 now = g_get_monotonic_time ();
  OdlFlow *most = NULL;
  guint which = 0;
  for (guint kind = 0; kind < ODL_N_PIECES; kind++)
    for (guint i = 0; i < ODL_N_FLOWS; i++) {
      OdlFlow *flow = &self->flows[i];
      if (!is_due (self, flow, kind) || flow->pieces[kind].due_us > now)
        continue;
      if (most == NULL || flow->pieces[kind].due_us < most->pieces[which].due_us) {
        most = flow;
        which = kind;
      }
    }
  if (most == NULL || !make (self, most, which, time))
    return FALSE;
  show_points (self);
  return TRUE;
}

void
odl_flows_refresh (OdlFlows *self, const OdlTime *time, gboolean many)
{
  if (!self->watched)
    return;
  self->watched = FALSE;
  while (make_most_overdue (self, time) && !(many && is_over (time)))
    ;
}
