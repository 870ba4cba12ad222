/* Writes and reads the Flows panel's part of a session. SPDX-License-Identifier: MIT
 *
 * Data are the user's own points. State is, for every model that has begun, its
 * weights, optimiser and iteration as numbers, and the weights of past moments as
 * base64 of little-endian doubles, every 2ᵏ-th of them until they fit the size that the
 * user allows. Reading checks a model wholly before the first is touched. */
#include <math.h>
#include <string.h>
#include "base/numbers.h"
#include "base/status.h"
#include "flows-state.h"

static const char *const ids[ODL_N_FLOWS] = {
#define X(ID, id, title) id,
  ODL_FLOWS (X)
#undef X
};

/* ---- Data ---- */

static json_t *
save_data (const OdlFlows *self)
{
  const OdlFlowsOwn *own = &self->own;
  json_t *to = json_object ();
  if (own->x->len == 0)
    return to;
  json_t *labels = json_array ();
  for (guint i = 0; i < own->label->len; i++)
    json_array_append_new (labels, json_integer (g_array_index (own->label, int, i)));
  json_object_set_new (to, "x",
                       odl_numbers_to_json ((const double *)own->x->data, own->x->len));
  json_object_set_new (to, "y",
                       odl_numbers_to_json ((const double *)own->y->data, own->y->len));
  json_object_set_new (to, "class", labels);
  const double scale[] = { own->unit, own->origin_x, own->origin_y };
  json_object_set_new (to, "scale", odl_numbers_to_json (scale, 3));
  return to;
}

static gboolean
read_labels (const json_t *from, guint n, int *label, GError **error)
{
  if (!json_is_array (from) || json_array_size (from) != n)
    return odl_error_expect (error, "class", "a whole number for each point");
  for (guint i = 0; i < n; i++) {
    const json_t *item = json_array_get (from, i);
    json_int_t value = json_integer_value (item);
    if (!json_is_integer (item) || value < 0 || value >= ODL_FLOWS_MAX_CLASSES)
      return odl_error_expect (error, "class", "a whole number from 0 to 7");
    label[i] = (int)value;
  }
  return TRUE;
}

static gboolean
read_points (const json_t *from, OdlFlowsOwn *own, GError **error)
{
  size_t n = json_array_size (json_object_get (from, "x"));
  if (n == 0 || n > ODL_FLOWS_MAX_OWN)
    return odl_error_expect (error, "x", "a list of 1 to 10000 numbers");
  g_autofree double *x = g_new (double, n), *y = g_new (double, n);
  g_autofree int *label = g_new (int, n);
  double scale[3];
  if (!odl_numbers_from_json (json_object_get (from, "x"), "x", x, n, error)
      || !odl_numbers_from_json (json_object_get (from, "y"), "y", y, n, error)
      || !odl_numbers_from_json (json_object_get (from, "scale"), "scale", scale, 3,
                                 error)
      || !read_labels (json_object_get (from, "class"), (guint)n, label, error))
    return FALSE;
  if (!(scale[0] > 0))
    return odl_error_expect (error, "scale", "a first number above 0");
  for (guint i = 0; i < n; i++) {
    if (fabs (x[i]) > 1e6 || fabs (y[i]) > 1e6)
      return odl_error_expect (error, "x, y", "a number of size at most 1e6");
    odl_flows_own_add (own, x[i], y[i], label[i]);
  }
  own->unit = scale[0];
  own->origin_x = scale[1];
  own->origin_y = scale[2];
  return TRUE;
}

static gboolean
load_data (OdlFlows *self, const json_t *from, GError **error)
{
  OdlFlowsOwn own, before = self->own;
  odl_flows_own_init (&own);
  if (json_object_size (from) > 0 && !read_points (from, &own, error)) {
    odl_flows_own_clear (&own);
    return FALSE;
  }
  self->own = own;
  if (odl_flows_apply (self, error)) {
    odl_flows_own_clear (&before);
    return TRUE;
  }
  odl_flows_own_clear (&own);
  self->own = before;
  odl_flows_apply (self, NULL);
  return FALSE;
}

/* ---- Moments ---- */

static guint
n_active (const OdlFlows *self)
{
  guint n = 0;
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    n += self->flows[i].iteration > 0;
  return MAX (n, 1);
}

static guint
count_moments (const OdlFlow *flow, guint64 stride)
{
  guint n = 0;
  for (guint i = 0; i < flow->moments->len; i++) {
    const OdlFlowsMoment *moment = g_ptr_array_index (flow->moments, i);
    n += moment->iteration % stride == 0;
  }
  return n;
}

/* The stride at which all models' moments fit together. Training that goes on from the
 * session keeps to it, so a session does not tell how often it was saved. */
static guint64
saved_stride (const OdlFlows *self, const OdlFlow *flow)
{
  gsize each = (gsize)odl_classifier_n_theta (flow->classifier) * 11 + 80;
  gsize room
      = (gsize)odl_values_integer (self->values, "keep") * 1024 / n_active (self);
  guint64 stride = flow->stride;
  while (room > 0 && stride <= flow->iteration
         && count_moments (flow, stride) * each > room)
    stride *= 2;
  return stride;
}

static json_t *
save_moments (const OdlFlows *self, const OdlFlow *flow, guint64 stride)
{
  json_t *to = json_array ();
  guint n = odl_classifier_n_theta (flow->classifier);
  if (odl_values_integer (self->values, "keep") == 0)
    return to;
  for (guint i = 0; i < flow->moments->len; i++) {
    const OdlFlowsMoment *moment = g_ptr_array_index (flow->moments, i);
    if (moment->iteration % stride != 0)
      continue;
    g_autofree char *text = odl_numbers_to_text (moment->theta, n);
    json_array_append_new (to, json_pack ("{s:I, s:f, s:s}", "iteration",
                                          (json_int_t)moment->iteration, "seconds",
                                          moment->seconds, "theta", text));
  }
  return to;
}

static gboolean
read_moments (const json_t *from, guint n, guint64 last, GPtrArray *moments,
              GError **error)
{
  gint64 before = -1;
  if (!json_is_array (from) || json_array_size (from) > 4096)
    return odl_error_expect (error, "moments", "a list");
  for (size_t i = 0; i < json_array_size (from); i++) {
    const json_t *item = json_array_get (from, i);
    const json_t *iteration = json_object_get (item, "iteration");
    json_int_t at = json_integer_value (iteration);
    OdlFlowsMoment *moment = g_new0 (OdlFlowsMoment, 1);
    g_ptr_array_add (moments, moment);
    moment->theta = g_new (double, n);
    if (!json_is_integer (iteration) || at <= before || (guint64)at > last)
      return odl_error_expect (error, "moments",
                               "a rising iteration up to the present one");
    const char *theta = json_string_value (json_object_get (item, "theta"));
    if (!odl_numbers_from_text (theta, "moments", moment->theta, n, error))
      return FALSE;
    moment->iteration = (guint64)(before = at);
    moment->seconds = json_number_value (json_object_get (item, "seconds"));
  }
  return TRUE;
}

/* ---- Models ---- */

/* The optimiser's averages are twice as many numbers as the weights and nobody reads
 * them: they are kept as text. */
static json_t *
save_optimizer (const OdlOptimizer *optimizer, guint n)
{
  static const char *const averages[] = { "m", "v" };
  g_autofree double *numbers = g_new (double, n);
  json_t *to = odl_optimizer_save (optimizer);
  for (guint i = 0; i < G_N_ELEMENTS (averages); i++) {
    odl_numbers_from_json (json_object_get (to, averages[i]), "", numbers, n, NULL);
    g_autofree char *text = odl_numbers_to_text (numbers, n);
    json_object_set_new (to, averages[i], json_string (text));
  }
  return to;
}

static gboolean
load_optimizer (OdlOptimizer *optimizer, const json_t *from, guint n, GError **error)
{
  static const char *const averages[] = { "m", "v" };
  g_autofree double *numbers = g_new (double, n);
  json_t *whole = json_copy ((json_t *)from);
  gboolean good = json_is_object (from);
  if (!good)
    odl_error_expect (error, "optimizer", "an object");
  for (guint i = 0; i < G_N_ELEMENTS (averages) && good; i++) {
    const char *text = json_string_value (json_object_get (from, averages[i]));
    good = odl_numbers_from_text (text, "optimizer", numbers, n, error);
    if (good)
      json_object_set_new (whole, averages[i], odl_numbers_to_json (numbers, n));
  }
  good = good && odl_optimizer_load (optimizer, whole, error);
  json_decref (whole);
  return good;
}

static json_t *
save_flow (const OdlFlows *self, const OdlFlow *flow)
{
  guint n = odl_classifier_n_theta (flow->classifier);
  const guint64 stride = saved_stride (self, flow);
  json_t *to = json_pack ("{s:I, s:I, s:I, s:f, s:o, s:o, s:o}", "iteration",
                          (json_int_t)flow->iteration, "run", (json_int_t)flow->run,
                          "stride", (json_int_t)stride, "seconds", flow->seconds,
                          "theta", odl_numbers_to_json (flow->theta, n), "optimizer",
                          save_optimizer (flow->optimizer, n), "moments",
                          save_moments (self, flow, stride));
  const OdlClassifierPass *pass = &flow->pass;
  if (isfinite (pass->loss))
    json_object_set_new (to, "last",
                         json_pack ("{s:f, s:f, s:f, s:f}", "loss", pass->loss,
                                    "accuracy", pass->accuracy, "nfe-forward",
                                    pass->nfe_forward, "nfe-backward",
                                    pass->nfe_backward));
  if (flow->failure != NULL)
    json_object_set_new (to, "failure", json_string (flow->failure));
  return to;
}

json_t *
odl_flows_save (gpointer data, guint parts)
{
  const OdlFlows *self = data;
  if (parts & ODL_SAVE_DATA)
    return save_data (self);
  json_t *to = json_object ();
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    const OdlFlow *flow = &self->flows[i];
    if (flow->classifier != NULL && (flow->iteration > 0 || flow->failure != NULL))
      json_object_set_new (to, ids[i], save_flow (self, flow));
  }
  json_object_set_new (to, "turn", json_integer (self->turn));
  return to;
}

/* What is read of a model, to be put in place when all is good. */
typedef struct {
  gboolean there;
  json_int_t iteration, run, stride;
  double seconds;
  double *theta;
  OdlOptimizer *optimizer;
  GPtrArray *moments;
  OdlClassifierPass pass;
  const char *failure;
} Saved;

static void
clear_saved (Saved *saved)
{
  g_clear_pointer (&saved->theta, g_free);
  g_clear_pointer (&saved->optimizer, odl_optimizer_free);
  g_clear_pointer (&saved->moments, g_ptr_array_unref);
}

static gboolean
read_integer (const json_t *from, const char *key, json_int_t least, json_int_t *to,
              GError **error)
{
  const json_t *item = json_object_get (from, key);
  *to = json_integer_value (item);
  if (json_is_integer (item) && *to >= least)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
               "%s: a whole number from %" JSON_INTEGER_FORMAT " is expected", key,
               least);
  return FALSE;
}

static void
read_last (const json_t *from, OdlClassifierPass *pass)
{
  const json_t *last = json_object_get (from, "last");
  *pass = (OdlClassifierPass){
    .loss = NAN, .accuracy = NAN, .kinetic = NAN, .jacobian = NAN
  };
  if (!json_is_object (last))
    return;
  pass->loss = json_number_value (json_object_get (last, "loss"));
  pass->accuracy = json_number_value (json_object_get (last, "accuracy"));
  pass->nfe_forward = json_number_value (json_object_get (last, "nfe-forward"));
  pass->nfe_backward = json_number_value (json_object_get (last, "nfe-backward"));
}

static gboolean
read_flow (const OdlFlows *self, const OdlFlow *flow, const json_t *from, Saved *saved,
           GError **error)
{
  guint n = odl_classifier_n_theta (flow->classifier);
  saved->there = TRUE;
  saved->theta = g_new (double, n);
  saved->optimizer = odl_flow_new_optimizer (self, flow);
  saved->moments = g_ptr_array_new_with_free_func (odl_flows_moment_free);
  saved->seconds = json_number_value (json_object_get (from, "seconds"));
  saved->failure = json_string_value (json_object_get (from, "failure"));
  read_last (from, &saved->pass);
  if (!read_integer (from, "iteration", 0, &saved->iteration, error)
      || !read_integer (from, "run", 0, &saved->run, error)
      || !read_integer (from, "stride", 1, &saved->stride, error))
    return FALSE;
  if ((saved->stride & (saved->stride - 1)) != 0)
    return odl_error_expect (error, "stride", "a power of two");
  return odl_numbers_from_json (json_object_get (from, "theta"), "theta", saved->theta,
                                n, error)
         && load_optimizer (saved->optimizer, json_object_get (from, "optimizer"), n,
                            error)
         && read_moments (json_object_get (from, "moments"), n,
                          (guint64)saved->iteration, saved->moments, error);
}

static guint64
known_run (const OdlFlows *self, const OdlFlow *flow, json_int_t id)
{
  const OdlRun *run = id > 0 ? odl_runs_find (self->runs, (guint64)id) : NULL;
  gboolean mine = run != NULL && g_str_equal (run->experiment, "flows")
                  && g_str_equal (run->model, ids[flow->kind]);
  return mine ? (guint64)id : 0;
}

static void
put (OdlFlows *self, OdlFlow *flow, Saved *saved)
{
  gsize bytes = odl_classifier_n_theta (flow->classifier) * sizeof (double);
  memcpy (flow->theta, saved->theta, bytes);
  memcpy (flow->good, saved->theta, bytes);
  odl_optimizer_free (flow->optimizer);
  flow->optimizer = g_steal_pointer (&saved->optimizer);
  g_ptr_array_unref (flow->moments);
  flow->moments = g_steal_pointer (&saved->moments);
  flow->iteration = (guint64)saved->iteration;
  flow->stride = (guint64)saved->stride;
  flow->seconds = MAX (saved->seconds, 0);
  flow->run = known_run (self, flow, saved->run);
  flow->pass = saved->pass;
  g_free (flow->failure);
  flow->failure = g_strdup (saved->failure);
  flow->weights++;
}

static gboolean
load_state (OdlFlows *self, const json_t *from, GError **error)
{
  Saved saved[ODL_N_FLOWS] = { 0 };
  json_int_t turn = 0;
  gboolean good = json_object_get (from, "turn") == NULL
                  || read_integer (from, "turn", 0, &turn, error);
  for (guint i = 0; i < ODL_N_FLOWS && good; i++) {
    const json_t *model = json_object_get (from, ids[i]);
    if (model == NULL)
      continue;
    good = read_flow (self, &self->flows[i], model, &saved[i], error);
    if (!good)
      g_prefix_error (error, "%s.", ids[i]);
  }
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    if (good && saved[i].there)
      put (self, &self->flows[i], &saved[i]);
    else if (good)
      odl_flow_restart (self, &self->flows[i]);
    clear_saved (&saved[i]);
  }
  if (good)
    self->turn = (guint)(turn % ODL_N_FLOWS);
  return good;
}

gboolean
odl_flows_load (gpointer data, const json_t *from, guint parts, GError **error)
{
  if (!json_is_object (from))
    return odl_error_expect (error, "flows", "an object");
  return parts & ODL_SAVE_DATA ? load_data (data, from, error)
                               : load_state (data, from, error);
}
