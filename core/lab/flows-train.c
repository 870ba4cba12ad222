/* Training of the Flows panel's models. SPDX-License-Identifier: MIT
 *
 * Models take turns, an iteration each. A model's numbers depend on its own iterations
 * alone: batch and probes of iteration k are drawn from streams numbered by k, so
 * neither the other models, nor where a deadline fell, nor saving and loading change
 * them. An interrupted pass changes nothing and is done again. A pass that fails ends
 * the model's training at the weights before the last update, the last ones known to be
 * good. */
#include <math.h>
#include <string.h>
#include "base/status.h"
#include "flows-state.h"

/* Streams of random numbers under the seed; data take 1 to 3. */
#define STREAM_WEIGHTS 16
#define STREAM_BATCH   (G_GUINT64_CONSTANT (1) << 40)
#define STREAM_PROBES  (G_GUINT64_CONSTANT (1) << 41)

#define NO_EPOCH G_MAXUINT64

static guint64
seed_of (const OdlFlows *self)
{
  return (guint64)odl_values_integer (self->values, "seed");
}

/* ---- A model's life ---- */

void
odl_flow_clear (OdlFlow *flow)
{
  odl_flow_drop_pieces (flow);
  g_clear_pointer (&flow->classifier, odl_classifier_free);
  g_clear_pointer (&flow->optimizer, odl_optimizer_free);
  g_clear_pointer (&flow->theta, g_free);
  g_clear_pointer (&flow->good, g_free);
  g_clear_pointer (&flow->gradient, g_free);
  g_clear_pointer (&flow->failure, g_free);
  g_clear_pointer (&flow->structure, g_free);
  g_clear_pointer (&flow->origin, g_free);
  g_clear_pointer (&flow->moments, g_ptr_array_unref);
}

OdlOptimizer *
odl_flow_new_optimizer (const OdlFlows *self, const OdlFlow *flow)
{
  OdlOptimizerOptions options;
  odl_flows_read_optimizer (self, &options);
  g_autoptr (GArray) matrices = odl_classifier_matrices (flow->classifier);
  OdlOptimizer *optimizer
      = odl_optimizer_new (odl_classifier_n_theta (flow->classifier), &options);
  odl_optimizer_set_matrices (optimizer, matrices);
  return optimizer;
}

static void
renew_optimizer (const OdlFlows *self, OdlFlow *flow)
{
  g_clear_pointer (&flow->optimizer, odl_optimizer_free);
  flow->optimizer = odl_flow_new_optimizer (self, flow);
}

void
odl_flow_restart (OdlFlows *self, OdlFlow *flow)
{
  guint n = odl_classifier_n_theta (flow->classifier);
  OdlRandom random = odl_random (seed_of (self), STREAM_WEIGHTS + flow->kind);
  flow->theta = g_renew (double, flow->theta, n);
  flow->good = g_renew (double, flow->good, n);
  flow->gradient = g_renew (double, flow->gradient, n);
  odl_classifier_init (flow->classifier, flow->theta, &random);
  memcpy (flow->good, flow->theta, n * sizeof (double));
  renew_optimizer (self, flow);
  g_clear_pointer (&flow->failure, g_free);
  g_clear_pointer (&flow->moments, g_ptr_array_unref);
  flow->moments = g_ptr_array_new_with_free_func (odl_flows_moment_free);
  flow->stride = 1;
  flow->iteration = 0;
  flow->seconds = 0;
  flow->pass = (OdlClassifierPass){ .loss = NAN, .accuracy = NAN };
  flow->weights++;
  if (flow->run != 0)
    odl_runs_end (self->runs, flow->run);
  flow->run = 0;
  odl_flow_keep (flow);
}

/* ---- The batch ---- */

static guint
batch_size (const OdlFlows *self)
{
  guint n = self->data.train->n;
  guint wanted = (guint)odl_values_integer (self->values, "batch");
  if (wanted == 0 || wanted > n)
    wanted = n;
  return MIN (wanted, ODL_FLOWS_MAX_BATCH);
}

/* The order of the points in an epoch, a permutation of its own (R. Durstenfeld 1964).
 */
static void
shuffle (OdlFlows *self, guint64 epoch)
{
  guint n = self->data.train->n;
  if (self->batch_epoch == epoch && self->batch_n == n)
    return;
  OdlRandom random = odl_random (seed_of (self), STREAM_BATCH + epoch);
  self->order = g_renew (guint, self->order, n);
  for (guint i = 0; i < n; i++)
    self->order[i] = i;
  for (guint i = n - 1; i > 0; i--) {
    guint j = (guint)odl_random_below (&random, i + 1), swap = self->order[i];
    self->order[i] = self->order[j];
    self->order[j] = swap;
  }
  self->batch_epoch = epoch;
  self->batch_n = n;
}

static void
pick_points (OdlFlows *self, guint64 iteration, OdlClassifierBatch *batch)
{
  const OdlDataset *train = self->data.train;
  batch->lanes = batch_size (self);
  batch->x = train->x;
  batch->label = train->label;
  if (batch->lanes == train->n)
    return;
  guint64 each = train->n / batch->lanes, first = iteration % each * batch->lanes;
  shuffle (self, iteration / each);
  self->batch_x = g_renew (double, self->batch_x, (gsize)train->dim * batch->lanes);
  self->batch_label = g_renew (int, self->batch_label, batch->lanes);
  for (guint i = 0; i < batch->lanes; i++) {
    guint from = self->order[first + i];
    self->batch_label[i] = train->label[from];
    for (guint d = 0; d < train->dim; d++)
      self->batch_x[(gsize)d * batch->lanes + i] = train->x[(gsize)d * train->n + from];
  }
  batch->x = self->batch_x;
  batch->label = self->batch_label;
}

/* Signs at random (Rademacher), the same through a solve. */
static void
draw_probes (OdlFlows *self, const OdlFlow *flow, const OdlClassifierPlan *plan,
             OdlClassifierBatch *batch)
{
  if (!(plan->jacobian > 0) || plan->probes == 0)
    return;
  gsize n = (gsize)plan->probes * odl_classifier_dim (flow->classifier) * batch->lanes;
  OdlRandom random
      = odl_random (seed_of (self), STREAM_PROBES * (flow->kind + 1) + flow->iteration);
  self->batch_probe = g_renew (double, self->batch_probe, n);
  guint64 bits = 0;
  for (gsize i = 0; i < n; i++, bits >>= 1) {
    if (i % 64 == 0)
      bits = odl_random_bits (&random);
    self->batch_probe[i] = bits & 1 ? 1 : -1;
  }
  batch->probe = self->batch_probe;
}

/* ---- An iteration ---- */

static void
fail (OdlFlows *self, OdlFlow *flow, const char *cause)
{
  guint n = odl_classifier_n_theta (flow->classifier);
  g_free (flow->failure);
  flow->failure = g_strdup_printf (
      "stopped at iteration %" G_GUINT64_FORMAT
      ": %s. The weights before are kept; a smaller learning rate or clipped gradients "
      "may help.",
      flow->iteration + 1, cause);
  memcpy (flow->theta, flow->good, n * sizeof (double));
  if (flow->iteration > 0)
    flow->iteration--;
  odl_flow_forget_later (flow);
  renew_optimizer (self, flow);
  flow->weights++;
}

static void
fail_by_status (OdlFlows *self, OdlFlow *flow, const OdlClassifierBatch *batch)
{
  const OdlClassifierPass *pass = &flow->pass;
  guint lane = MIN (pass->bad_lane, batch->lanes - 1);
  g_autofree char *place = self->data.dim == 1
                               ? g_strdup_printf ("%.3g", batch->x[lane])
                               : g_strdup_printf ("(%.3g, %.3g)", batch->x[lane],
                                                  batch->x[batch->lanes + lane]);
  g_autofree char *cause = g_strdup_printf ("on the way from point %s, %s", place,
                                            odl_status_message (pass->status));
  fail (self, flow, cause);
}

static void
write_row (OdlFlows *self, OdlFlow *flow, OdlRuns *runs, double norm)
{
  double row[ODL_N_COLUMNS];
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    row[c] = NAN;
  row[ODL_COLUMN_LOSS] = flow->pass.loss;
  row[ODL_COLUMN_ACCURACY] = flow->pass.accuracy;
  row[ODL_COLUMN_NFE_FORWARD] = flow->pass.nfe_forward;
  row[ODL_COLUMN_NFE_BACKWARD] = flow->pass.nfe_backward;
  row[ODL_COLUMN_GRADIENT_NORM] = norm;
  row[ODL_COLUMN_SECONDS] = flow->seconds;
  if (flow->run == 0) {
    static const char *const ids[] = {
#define X(ID, id, title) id,
      ODL_FLOWS (X)
#undef X
    };
    g_autofree char *text = odl_values_describe (self->values);
    flow->run = odl_runs_begin (runs, "flows", ids[flow->kind], text);
  }
  odl_runs_add (runs, flow->run, flow->iteration, row);
}

static gboolean
are_finite (const double *x, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!isfinite (x[i]))
      return FALSE;
  return TRUE;
}

/* FALSE: interrupted, nothing has changed. */
static gboolean
iterate (OdlFlows *self, OdlFlow *flow, const OdlClassifierPlan *plan, OdlRuns *runs)
{
  gint64 start = g_get_monotonic_time ();
  guint n = odl_classifier_n_theta (flow->classifier);
  OdlClassifierBatch batch = { 0 };
  OdlClassifierPass pass;
  pick_points (self, flow->iteration, &batch);
  draw_probes (self, flow, plan, &batch);
  OdlStatus status = odl_classifier_gradient (flow->classifier, flow->theta, &batch,
                                              flow->gradient, &pass);
  if (status == ODL_STATUS_STOPPED)
    return FALSE;
  flow->pass = pass;
  if (status != ODL_STATUS_DONE || !isfinite (pass.loss)) {
    flow->pass.status = status == ODL_STATUS_DONE ? ODL_STATUS_NON_FINITE : status;
    fail_by_status (self, flow, &batch);
    return TRUE;
  }
  memcpy (flow->good, flow->theta, n * sizeof (double));
  double norm = odl_optimizer_step (flow->optimizer, flow->theta, flow->gradient);
  if (!isfinite (norm) || !are_finite (flow->theta, n)) {
    fail (self, flow, "the gradient is not finite");
    return TRUE;
  }
  flow->iteration++;
  flow->weights++;
  flow->seconds += (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  write_row (self, flow, runs, norm);
  odl_flow_keep (flow);
  return TRUE;
}

/* ---- Steps ---- */

static gboolean
trains (const OdlFlow *flow)
{
  return flow->active && flow->failure == NULL;
}

static gboolean
prepare (OdlFlows *self, const OdlTime *time, OdlClassifierPlan *plan, GError **error)
{
  OdlOptimizerOptions options;
  if (!odl_flows_read_plan (self, plan, error))
    return FALSE;
  odl_flows_read_optimizer (self, &options);
  plan->pool = time->pool;
  plan->interrupted = time->interrupted;
  plan->interrupted_data = time->data;
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    OdlFlow *flow = &self->flows[i];
    if (!trains (flow))
      continue;
    odl_optimizer_configure (flow->optimizer, &options);
    if (!odl_classifier_prepare (flow->classifier, plan, error))
      return FALSE;
  }
  return TRUE;
}

/* The sentence of the stop condition that all models meet, or NULL. */
static char *
met_condition (const OdlFlows *self)
{
  double loss = odl_values_real (self->values, "stop-loss");
  double seconds = odl_values_real (self->values, "stop-seconds"), spent = 0;
  guint64 last = (guint64)odl_values_integer (self->values, "stop-iterations");
  gboolean by_loss = loss > 0, by_iteration = last > 0;
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    const OdlFlow *flow = &self->flows[i];
    if (!trains (flow))
      continue;
    by_loss = by_loss && flow->pass.loss <= loss;
    by_iteration = by_iteration && flow->iteration >= last;
    spent += flow->seconds;
  }
  if (by_loss)
    return g_strdup_printf ("Stopped: every loss is at or below %g.", loss);
  if (by_iteration)
    return g_strdup_printf ("Stopped at iteration %" G_GUINT64_FORMAT ".", last);
  if (seconds > 0 && spent >= seconds)
    return g_strdup_printf ("Stopped after %g seconds of training.", seconds);
  return NULL;
}

/* The next model whose turn it is; −1: none trains. */
static int
next_flow (const OdlFlows *self)
{
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    guint at = (self->turn + i) % ODL_N_FLOWS;
    if (trains (&self->flows[at]))
      return (int)at;
  }
  return -1;
}

static gboolean
refuse (const OdlFlows *self, GError **error)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_FAILED, "%s",
               self->trouble != NULL
                   ? self->trouble
                   : "Every model has stopped: reset, or change a setting.");
  return FALSE;
}

static gboolean
report_failure (const OdlFlow *flow, GError **error)
{
  static const char *const titles[] = {
#define X(ID, id, title) title,
    ODL_FLOWS (X)
#undef X
  };
  if (flow->failure == NULL)
    return FALSE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_FAILED, "%s %s", titles[flow->kind],
               flow->failure);
  return TRUE;
}

static gboolean
is_over (const OdlTime *time)
{
  return g_get_monotonic_time () >= time->deadline_us
         || (time->interrupted != NULL && time->interrupted (time->data));
}

/* Rounds until the deadline, or the one that is under way. FALSE: training ends, with a
 * reason. */
static gboolean
run_rounds (OdlFlows *self, const OdlTime *time, gboolean many, GError **error)
{
  OdlClassifierPlan plan;
  OdlRuns *runs = time->runs != NULL ? time->runs : self->runs;
  if (!prepare (self, time, &plan, error))
    return FALSE;
  int at = next_flow (self);
  g_clear_pointer (&self->stopped, g_free);
  if (at < 0 || self->trouble != NULL)
    return refuse (self, error);
  if (self->turn == 0 && (self->stopped = met_condition (self)) != NULL)
    return FALSE;
  do {
    OdlFlow *flow = &self->flows[at];
    if (!iterate (self, flow, &plan, runs))
      return TRUE;
    self->turn = (guint)at + 1;
    if (report_failure (flow, error))
      return FALSE;
    int next = next_flow (self);
    gboolean whole = next <= at;
    if (whole)
      self->turn = 0;
    if (whole && (self->stopped = met_condition (self)) != NULL)
      return FALSE;
    if (whole && !many)
      return TRUE;
    at = next;
  } while (!many || !is_over (time));
  return TRUE;
}

gboolean
odl_flows_step (gpointer data, const OdlTime *time, gboolean many, GError **error)
{
  OdlFlows *self = data;
  gboolean more = run_rounds (self, time, many, error);
  if (more)
    odl_flows_refresh (self, time, many);
  return more;
}
