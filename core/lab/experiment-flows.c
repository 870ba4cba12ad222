/* The Flows experiment: its class, and what a setting, an action and a reset change.
 * SPDX-License-Identifier: MIT
 *
 * Every change of values or points goes through `apply`, which makes the data again and
 * looks at each model: one whose structure or first data have changed begins anew, the
 * others go on with what they have learned. Painting points or moving the learning rate
 * therefore changes a training under way without ending it. */
#include "experiment-flows.h"

#include <math.h>
#include <string.h>
#include "base/status.h"
#include "flows-settings.h"
#include "flows-state.h"

static char *
text_of (const OdlFlows *self, const char *const *keys)
{
  GString *text = g_string_new (NULL);
  for (; *keys != NULL; keys++) {
    int at = odl_values_find (self->values, *keys, NULL);
    g_autofree char *value
        = odl_value_to_text (&self->values->settings[at], &self->values->values[at]);
    g_string_append_printf (text, "%s;", value);
  }
  return g_string_free (text, FALSE);
}

/* Counts a change when the text differs from the one of before. */
static void
count (char **before, char *now, guint64 *counter)
{
  if (g_strcmp0 (*before, now) == 0) {
    g_free (now);
    return;
  }
  g_free (*before);
  *before = now;
  (*counter)++;
}

static void
count_solver (OdlFlows *self)
{
  static const char *const keys[]
      = { "mode",    "method",       "tolerance",         "steps",
          "resolve", "resolve-mode", "resolve-tolerance", "resolve-steps",
          NULL };
  count (&self->solver_text, text_of (self, keys), &self->solver);
}

/* Points are compared by a sum of their bytes, which is shorter than they are. */
static void
count_data (OdlFlows *self)
{
  static const char *const keys[]
      = { "data", "points", "test-points", "noise", "seed", "loss", NULL };
  g_autofree char *settings = text_of (self, keys);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  const GArray *arrays[] = { self->own.x, self->own.y };
  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_checksum_update (sum, (const guchar *)arrays[i]->data,
                       (gssize)(arrays[i]->len * sizeof (double)));
  g_checksum_update (sum, (const guchar *)self->own.label->data,
                     (gssize)(self->own.label->len * sizeof (int)));
  count (&self->data_text,
         g_strconcat (settings, self->data.kind < 0 ? g_checksum_get_string (sum) : "",
                      NULL),
         &self->data_version);
}

static void
judge_data (OdlFlows *self)
{
  g_autoptr (GError) error = NULL;
  g_clear_pointer (&self->trouble, g_free);
  if (self->data.kind < 0 && self->data.train->n == 0)
    self->trouble = g_strdup ("Paint points of two classes, or open a file of them.");
  else if (!self->data.flip && !odl_dataset_check (self->data.train, &error))
    self->trouble = g_strdup_printf ("Training waits: %s.", error->message);
}

/* ---- Models ---- */

/* The origin is that of the beginning: points painted later do not change it. */
static gboolean
must_restart (const OdlFlows *self, const OdlFlow *flow, const char *structure,
              const char *origin)
{
  return flow->classifier == NULL || g_strcmp0 (flow->structure, structure) != 0
         || (self->data.kind >= 0 && g_strcmp0 (flow->origin, origin) != 0);
}

typedef struct {
  OdlClassifier *classifier;
  char *structure, *origin;
} Fresh;

static const char *
id_of (OdlFlowKind kind)
{
  static const char *const ids[] = {
#define X(ID, id, title) id,
    ODL_FLOWS (X)
#undef X
  };
  return ids[kind];
}

/* More weights than this would not fit memory and sessions, with their moments. */
#define MAX_WEIGHTS 500000u

static gboolean
check_size (OdlFlowKind kind, const OdlClassifier *classifier, GError **error)
{
  guint n = odl_classifier_n_theta (classifier);
  if (n <= MAX_WEIGHTS)
    return TRUE;
  g_set_error (
      error, ODL_ERROR, ODL_ERROR_INVALID,
      "the model “%s” would have %u weights: at most %u are accepted; fewer or "
      "narrower layers and fewer blocks help",
      id_of (kind), n, MAX_WEIGHTS);
  return FALSE;
}

/* The classifier that a model must become, or none when it stays. */
static gboolean
renew (const OdlFlows *self, const OdlFlow *flow, const OdlClassifierPlan *plan,
       Fresh *fresh, GError **error)
{
  OdlClassifierShape shape;
  fresh->structure = odl_flows_structure (self, flow->kind);
  fresh->origin = odl_flows_origin (self);
  if (!odl_flows_read_shape (self, flow->kind, &shape, error))
    return FALSE;
  if (!must_restart (self, flow, fresh->structure, fresh->origin))
    return odl_classifier_prepare (flow->classifier, plan, error);
  fresh->classifier = odl_classifier_new (&shape, error);
  return fresh->classifier != NULL && check_size (flow->kind, fresh->classifier, error)
         && odl_classifier_prepare (fresh->classifier, plan, error);
}

static void
adopt (OdlFlows *self, OdlFlow *flow, Fresh *fresh)
{
  if (fresh->classifier == NULL)
    return;
  odl_flow_drop_pieces (flow);
  g_clear_pointer (&flow->classifier, odl_classifier_free);
  flow->classifier = g_steal_pointer (&fresh->classifier);
  g_free (flow->structure);
  g_free (flow->origin);
  flow->structure = g_steal_pointer (&fresh->structure);
  flow->origin = g_steal_pointer (&fresh->origin);
  odl_flow_restart (self, flow);
}

static void
clear_fresh (Fresh *fresh)
{
  g_clear_pointer (&fresh->classifier, odl_classifier_free);
  g_clear_pointer (&fresh->structure, g_free);
  g_clear_pointer (&fresh->origin, g_free);
}

static gboolean
apply_models (OdlFlows *self, GError **error)
{
  Fresh fresh[ODL_N_FLOWS] = { 0 };
  OdlClassifierPlan plan;
  gboolean good = odl_flows_read_plan (self, &plan, error);
  for (guint i = 0; i < ODL_N_FLOWS && good; i++)
    good = renew (self, &self->flows[i], &plan, &fresh[i], error);
  for (guint i = 0; i < ODL_N_FLOWS; i++) {
    OdlFlow *flow = &self->flows[i];
    if (good) {
      adopt (self, flow, &fresh[i]);
      flow->active = odl_values_has_choice (self->values, "models", id_of (flow->kind));
      g_clear_pointer (&flow->failure, g_free);
    }
    clear_fresh (&fresh[i]);
  }
  return good;
}

/* What can be refused (a network, a gradient that does not go with the method) leaves
 * the models as they were. */
gboolean
odl_flows_apply (OdlFlows *self, GError **error)
{
  odl_flows_data_make (&self->data, self->values, &self->own);
  if (!apply_models (self, error))
    return FALSE;
  g_clear_pointer (&self->stopped, g_free);
  self->batch_n = 0;
  count_solver (self);
  count_data (self);
  judge_data (self);
  return TRUE;
}

/* ---- The class ---- */

/* Settings of the picture alone change nothing here. */
static gboolean
is_of_picture (const char *key)
{
  static const char *const keys[] = { "color", "show", "plots", "keep", NULL };
  return g_strv_contains (keys, key);
}

static void
look_again (OdlFlows *self)
{
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    self->flows[i].weights++;
}

static gboolean
set (gpointer data, guint setting, GError **error)
{
  OdlFlows *self = data;
  g_return_val_if_fail (setting == ODL_ALL_SETTINGS || setting < ODL_FLOWS_N_SETTINGS,
                        FALSE);
  const char *key = setting == ODL_ALL_SETTINGS ? "" : odl_flows_settings[setting].key;
  if (is_of_picture (key))
    return TRUE;
  if (setting == ODL_ALL_SETTINGS || g_str_equal (key, "moment"))
    look_again (self);
  if (g_str_equal (key, "moment"))
    return TRUE;
  return odl_flows_apply (self, error);
}

static gboolean
look_at (OdlFlows *self, double x)
{
  char text[32] = "-1";
  guint64 newest = 0;
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    if (self->flows[i].active)
      newest = MAX (newest, self->flows[i].iteration);
  if (x >= 0 && x < (double)newest)
    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, (gint64)x);
  odl_values_set_text (self->values, "moment", text, NULL);
  look_again (self);
  return TRUE;
}

static gboolean
act (gpointer data, const OdlAction *action, GError **error)
{
  static const char *const hands[]
      = { "paint", "paint-a", "paint-b", "paint-c", "erase", "clear", "csv", NULL };
  OdlFlows *self = data;
  if (g_strv_contains (hands, action->kind))
    return odl_flows_paint (self, action, error);
  if (g_str_equal (action->kind, "moment"))
    return look_at (self, action->x);
  if (g_str_equal (action->kind, "present"))
    return look_at (self, -1);
  if (g_str_equal (action->kind, "fork"))
    return odl_flows_fork (self, error);
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "action: “%s” is not known here; paint, erase, clear, csv, moment, "
               "present and fork are accepted",
               action->kind);
  return FALSE;
}

/* All models begin anew; points stay. */
static void
reset (gpointer data)
{
  OdlFlows *self = data;
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    odl_flow_restart (self, &self->flows[i]);
  self->turn = 0;
  g_clear_pointer (&self->stopped, g_free);
  odl_values_set_text (self->values, "moment", "-1", NULL);
}

static void
destroy (gpointer data)
{
  OdlFlows *self = data;
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    odl_flow_clear (&self->flows[i]);
  g_clear_pointer (&self->shown, odl_frame_unref);
  odl_flows_data_clear (&self->data);
  odl_flows_own_clear (&self->own);
  g_free (self->solver_text);
  g_free (self->data_text);
  g_free (self->trouble);
  g_free (self->stopped);
  g_free (self->order);
  g_free (self->batch_x);
  g_free (self->batch_probe);
  g_free (self->batch_label);
  g_free (self);
}

static gpointer
create (OdlValues *values, struct _OdlRuns *runs, GError **error)
{
  OdlFlows *self = g_new0 (OdlFlows, 1);
  self->values = values;
  self->runs = runs;
  self->last_x = self->last_y = NAN;
  odl_flows_own_init (&self->own);
  for (guint i = 0; i < ODL_N_FLOWS; i++)
    self->flows[i].kind = (OdlFlowKind)i;
  if (!odl_flows_apply (self, error)) {
    destroy (self);
    return NULL;
  }
  self->shown = odl_flows_shown_new (self);
  return self;
}

static const OdlImport import = { "csv", "Open points…", ".csv .txt" };
static const char *const strokes[]
    = { "paint", "paint-a", "paint-b", "paint-c", "erase", NULL };
static const OdlButton buttons[] = {
  { "clear", "Remove all points", "Leaves an empty plane to paint on.", "Data", FALSE },
  { "fork", "Go on from here",
    "Training goes on from the moment that is looked at, as a run of its own.",
    "Time machine", FALSE },
  { "present", "Back to the present", "Shows the newest weights again.", "Time machine",
    FALSE },
  { NULL },
};

const OdlExperimentClass odl_experiment_flows = {
  .id = "flows",
  .title = "Flows",
  .about = "Points carried through depth by neural ODEs, plain and augmented, and by a "
           "ResNet, while they learn to tell classes apart.",
  .settings = odl_flows_settings,
  .n_settings = ODL_FLOWS_N_SETTINGS,
  .create = create,
  .set = set,
  .act = act,
  .settle = odl_flows_settle,
  .step = odl_flows_step,
  .reset = reset,
  .snapshot = odl_flows_snapshot,
  .save = odl_flows_save,
  .load = odl_flows_load,
  .destroy = destroy,
  .import = &import,
  .buttons = buttons,
  .strokes = strokes,
};
