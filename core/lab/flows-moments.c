/* The time machine: weights kept at spaced iterations. SPDX-License-Identifier: MIT
 *
 * A moment is kept when its iteration is a multiple of the stride. When there are too
 * many the stride doubles and those off the coarser grid go, so what is kept is a
 * function of the iteration alone and spread evenly over all of training. In memory a
 * moment has its optimiser with it: training forked from it goes on exactly as it did.
 */
#include "base/status.h"
#include "flows-state.h"

#include <string.h>

#define MAX_MOMENTS 128u
#define MIN_MOMENTS 2u
#define MAX_BYTES   (12u << 20) /* of one model, in memory */

void
odl_flows_moment_free (gpointer data)
{
  OdlFlowsMoment *moment = data;
  g_free (moment->theta);
  g_clear_pointer (&moment->optimizer, odl_optimizer_free);
  g_free (moment);
}

static OdlFlowsMoment *
moment_at (const OdlFlow *flow, guint i)
{
  return g_ptr_array_index (flow->moments, i);
}

static void
thin (OdlFlow *flow)
{
  guint n = odl_classifier_n_theta (flow->classifier);
  gsize capacity
      = CLAMP (MAX_BYTES / (3 * n * sizeof (double)), MIN_MOMENTS, MAX_MOMENTS);
  while (flow->moments->len > capacity) {
    flow->stride *= 2;
    for (guint i = flow->moments->len; i-- > 0;)
      if (moment_at (flow, i)->iteration % flow->stride != 0)
        g_ptr_array_remove_index (flow->moments, i);
  }
}

void
odl_flow_keep (OdlFlow *flow)
{
  guint n = odl_classifier_n_theta (flow->classifier), len = flow->moments->len;
  if (flow->iteration % flow->stride != 0)
    return;
  while (len > 0 && moment_at (flow, len - 1)->iteration >= flow->iteration)
    g_ptr_array_remove_index (flow->moments, --len);
  OdlFlowsMoment *moment = g_new0 (OdlFlowsMoment, 1);
  moment->iteration = flow->iteration;
  moment->seconds = flow->seconds;
  moment->theta = g_memdup2 (flow->theta, n * sizeof (double));
  moment->optimizer = odl_optimizer_copy (flow->optimizer);
  g_ptr_array_add (flow->moments, moment);
  thin (flow);
}

void
odl_flow_forget_later (OdlFlow *flow)
{
  for (guint i = flow->moments->len; i-- > 0;)
    if (moment_at (flow, i)->iteration > flow->iteration)
      g_ptr_array_remove_index (flow->moments, i);
}

const OdlFlowsMoment *
odl_flow_moment (const OdlFlow *flow, gint64 iteration)
{
  if (iteration < 0 || (guint64)iteration >= flow->iteration)
    return NULL;
  for (guint i = flow->moments->len; i-- > 0;)
    if (moment_at (flow, i)->iteration <= (guint64)iteration)
      return moment_at (flow, i);
  return NULL;
}

const double *
odl_flow_shown_theta (const OdlFlows *self, const OdlFlow *flow, guint64 *iteration)
{
  const OdlFlowsMoment *moment
      = odl_flow_moment (flow, odl_values_integer (self->values, "moment"));
  if (iteration != NULL)
    *iteration = moment != NULL ? moment->iteration : flow->iteration;
  return moment != NULL ? moment->theta : flow->theta;
}

/* A new run that begins with the old one's rows up to the moment. */
static void
fork_run (OdlFlows *self, OdlFlow *flow, guint64 iteration)
{
  const OdlRun *old = flow->run == 0 ? NULL : odl_runs_find (self->runs, flow->run);
  if (old == NULL)
    return;
  g_autoptr (OdlHistory) history = odl_history_copy (old->history);
  g_autofree char *model = g_strdup (old->model),
                  *text = odl_values_describe (self->values);
  flow->run = odl_runs_begin (self->runs, "flows", model, text);
  for (guint i = 0; i < history->n && history->iteration[i] <= iteration; i++) {
    double row[ODL_N_COLUMNS];
    for (guint c = 0; c < ODL_N_COLUMNS; c++)
      row[c] = history->columns[c][i];
    odl_runs_add (self->runs, flow->run, history->iteration[i], row);
  }
}

static void
go_back (OdlFlows *self, OdlFlow *flow, const OdlFlowsMoment *moment)
{
  gsize bytes = odl_classifier_n_theta (flow->classifier) * sizeof (double);
  memcpy (flow->theta, moment->theta, bytes);
  memcpy (flow->good, moment->theta, bytes);
  odl_optimizer_free (flow->optimizer);
  flow->optimizer = moment->optimizer != NULL ? odl_optimizer_copy (moment->optimizer)
                                              : odl_flow_new_optimizer (self, flow);
  flow->iteration = moment->iteration;
  flow->seconds = moment->seconds;
  g_clear_pointer (&flow->failure, g_free);
  fork_run (self, flow, moment->iteration);
  odl_flow_forget_later (flow);
  flow->weights++;
}

gboolean
odl_flows_fork (OdlFlows *self, GError **error)
{
  gint64 iteration = odl_values_integer (self->values, "moment");
  gboolean any = FALSE;
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    OdlFlow *flow = &self->flows[i];
    const OdlFlowsMoment *moment
        = flow->active ? odl_flow_moment (flow, iteration) : NULL;
    if (moment != NULL)
      go_back (self, flow, moment);
    any |= moment != NULL;
  }
  if (!any) {
    g_set_error_literal (
        error, ODL_ERROR, ODL_ERROR_INVALID,
        "The present is shown: choose an earlier moment to fork from.");
    return FALSE;
  }
  self->turn = 0;
  g_clear_pointer (&self->stopped, g_free);
  odl_values_set_text (self->values, "moment", "-1", NULL);
  return TRUE;
}
