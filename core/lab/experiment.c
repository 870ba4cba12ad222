/* The wrapper round an experiment: it owns the values and keeps what undo needs.
 * SPDX-License-Identifier: MIT
 *
 * Undo is generic. Before a gesture the wrapper takes a moment (settings and data); the
 * moment goes onto the stack when the gesture first changes anything, so a click that
 * does nothing leaves no entry. A drag from BEGIN to END is one gesture. So is a row of
 * changes to one and the same number or text with no other command between (a slider
 * moved, a word typed); a choice or a switch is a gesture each time. Iterations do not
 * end a gesture, or a slider moved while training would leave an entry per pixel.
 *
 * Invariant: `before` is the open gesture's moment while it has changed nothing yet,
 * and NULL when it is on the stack or no gesture is open. */
#include "experiment.h"

#include "base/status.h"
#include "undo.h"

typedef enum { GESTURE_NONE, GESTURE_SET, GESTURE_DRAG } Gesture;

struct _OdlExperiment {
  const OdlExperimentClass *klass;
  OdlValues *values;
  gpointer self;
  struct _OdlRuns *runs;
  OdlMoments undo, redo;
  guint64 depth; /* gestures done and not undone, also those the stack has dropped */
  Gesture gesture;
  guint setting; /* of GESTURE_SET */
  OdlMoment *before;
};

OdlExperiment *
odl_experiment_new (const OdlExperimentClass *klass, struct _OdlRuns *runs,
                    GError **error)
{
  g_return_val_if_fail (klass, NULL);
  g_autoptr (OdlExperiment) experiment = g_new0 (OdlExperiment, 1);
  experiment->klass = klass;
  experiment->runs = runs;
  experiment->values = odl_values_new (klass->settings, klass->n_settings);
  experiment->self = klass->create (experiment->values, runs, error);
  return experiment->self ? g_steal_pointer (&experiment) : NULL;
}

void
odl_experiment_free (OdlExperiment *experiment)
{
  if (experiment == NULL)
    return;
  if (experiment->self)
    experiment->klass->destroy (experiment->self);
  odl_moments_clear (&experiment->undo);
  odl_moments_clear (&experiment->redo);
  odl_moment_free (experiment->before);
  odl_values_free (experiment->values);
  g_free (experiment);
}

const OdlExperimentClass *
odl_experiment_class (const OdlExperiment *experiment)
{
  g_return_val_if_fail (experiment, NULL);
  return experiment->klass;
}

const OdlValues *
odl_experiment_values (const OdlExperiment *experiment)
{
  g_return_val_if_fail (experiment, NULL);
  return experiment->values;
}

gpointer
odl_experiment_self (OdlExperiment *experiment)
{
  g_return_val_if_fail (experiment, NULL);
  return experiment->self;
}

/* ---- Gestures ---- */

static OdlMoment *
take_moment (OdlExperiment *experiment)
{
  return odl_moment_new (experiment->klass, experiment->self, experiment->values);
}

/* Opens a gesture, unless it is the one that is open. */
static void
begin (OdlExperiment *experiment, Gesture gesture, guint setting)
{
  if (experiment->gesture == gesture && experiment->setting == setting)
    return;
  odl_moment_free (experiment->before);
  experiment->before = take_moment (experiment);
  experiment->gesture = gesture;
  experiment->setting = setting;
}

/* Puts the open gesture's moment onto the stack if something has changed since. */
static void
note (OdlExperiment *experiment)
{
  if (experiment->before == NULL)
    return;
  g_autoptr (OdlMoment) now = take_moment (experiment);
  if (odl_moment_equal (experiment->before, now))
    return;
  odl_moments_push (&experiment->undo, g_steal_pointer (&experiment->before));
  experiment->depth++;
  odl_moments_clear (&experiment->redo);
}

static void
end (OdlExperiment *experiment)
{
  g_clear_pointer (&experiment->before, odl_moment_free);
  experiment->gesture = GESTURE_NONE;
  experiment->setting = 0;
}

/* The values as they were; `old` gets the ones that are given up. */
static void
put_values_back (OdlExperiment *experiment, OdlValues *old)
{
  OdlValue *given_up = experiment->values->values;
  experiment->values->values = old->values;
  old->values = given_up;
}

/* ---- Settings and actions ---- */

static gboolean
put (OdlExperiment *experiment, guint setting, const OdlValue *value, GError **error)
{
  OdlValue *place = &experiment->values->values[setting];
  g_autoptr (OdlValues) old = odl_values_copy (experiment->values);
  odl_value_clear (place);
  odl_value_copy (place, value);
  const gboolean good = experiment->klass->set (experiment->self, setting, error);
  if (!good)
    put_values_back (experiment, old);
  return good;
}

gboolean
odl_experiment_set (OdlExperiment *experiment, guint setting, const OdlValue *value,
                    GError **error)
{
  g_return_val_if_fail (experiment && value && setting < experiment->values->n, FALSE);
  g_return_val_if_fail (value->kind == experiment->values->values[setting].kind, FALSE);
  if (!odl_setting_is_stream (value->kind))
    end (experiment);
  begin (experiment, GESTURE_SET, setting);
  const gboolean good = put (experiment, setting, value, error);
  note (experiment);
  return good;
}

gboolean
odl_experiment_set_many (OdlExperiment *experiment, const OdlAssignment *sets, guint n,
                         guint *refused, GError **error)
{
  g_return_val_if_fail (experiment && (sets || n == 0) && refused, FALSE);
  gboolean good = TRUE;
  end (experiment);
  begin (experiment, GESTURE_DRAG, 0);
  for (guint i = 0; i < n && good; i++) {
    g_return_val_if_fail (sets[i].setting < experiment->values->n, FALSE);
    good = put (experiment, sets[i].setting, &sets[i].value, error);
    *refused = sets[i].setting;
  }
  note (experiment);
  end (experiment);
  return good;
}

gboolean
odl_experiment_set_text (OdlExperiment *experiment, const char *key, const char *text,
                         GError **error)
{
  g_return_val_if_fail (experiment && key && text, FALSE);
  const int at = odl_values_find (experiment->values, key, error);
  OdlValue value;
  if (at < 0
      || !odl_value_parse (&experiment->values->settings[at], text, &value, error))
    return FALSE;
  const gboolean good = odl_experiment_set (experiment, (guint)at, &value, error);
  odl_value_clear (&value);
  return good;
}

gboolean
odl_experiment_act (OdlExperiment *experiment, const OdlAction *action, GError **error)
{
  g_return_val_if_fail (experiment && action, FALSE);
  if (experiment->klass->act == NULL) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "action: “%s” is not known here; none is accepted", action->kind);
    return FALSE;
  }
  if (action->phase == ODL_PHASE_BEGIN || experiment->gesture != GESTURE_DRAG)
    end (experiment);
  begin (experiment, GESTURE_DRAG, 0);
  g_autoptr (OdlValues) old = odl_values_copy (experiment->values);
  const gboolean good = experiment->klass->act (experiment->self, action, error);
  if (!good)
    put_values_back (experiment, old);
  note (experiment);
  if (action->phase == ODL_PHASE_END)
    end (experiment);
  return good;
}

void
odl_experiment_reset (OdlExperiment *experiment)
{
  g_return_if_fail (experiment);
  end (experiment);
  begin (experiment, GESTURE_DRAG, 0);
  if (experiment->klass->reset)
    experiment->klass->reset (experiment->self);
  note (experiment);
  end (experiment);
}

/* ---- Work ---- */

static gboolean
never (gpointer data)
{
  return FALSE;
}

/* Without an `interrupted` of its own, nothing interrupts. */
static OdlTime
complete (const OdlExperiment *experiment, const OdlTime *time)
{
  OdlTime whole = *time;
  if (whole.interrupted == NULL)
    whole.interrupted = never;
  if (whole.runs == NULL)
    whole.runs = experiment->runs;
  return whole;
}

gboolean
odl_experiment_settle (OdlExperiment *experiment, const OdlTime *time)
{
  g_return_val_if_fail (experiment && time, FALSE);
  const OdlTime whole = complete (experiment, time);
  return experiment->klass->settle
         && experiment->klass->settle (experiment->self, &whole);
}

gboolean
odl_experiment_step (OdlExperiment *experiment, const OdlTime *time, gboolean many,
                     GError **error)
{
  g_return_val_if_fail (experiment && time, FALSE);
  const OdlTime whole = complete (experiment, time);
  return experiment->klass->step
         && experiment->klass->step (experiment->self, &whole, many, error);
}

OdlFrame *
odl_experiment_snapshot (OdlExperiment *experiment)
{
  g_return_val_if_fail (experiment, NULL);
  OdlFrame *frame = experiment->klass->snapshot (experiment->self);
  frame->klass = experiment->klass;
  frame->can_undo = experiment->undo.moments.length > 0;
  frame->can_redo = experiment->redo.moments.length > 0;
  frame->undo_depth = experiment->depth;
  g_clear_pointer (&frame->values, odl_values_free);
  frame->values = odl_values_copy (experiment->values);
  if (frame->status == NULL)
    frame->status = g_strdup (experiment->klass->title);
  return frame;
}

/* ---- Undo ---- */

/* Settings first, because they may make new data; then the data that were there. */
static gboolean
go_to (OdlExperiment *experiment, const OdlMoment *moment)
{
  g_autoptr (OdlValues) values = odl_values_copy (moment->values);
  json_t *data = odl_moment_data (moment);
  put_values_back (experiment, values);
  const gboolean good
      = experiment->klass->set (experiment->self, ODL_ALL_SETTINGS, NULL)
        && experiment->klass->load (experiment->self, data, ODL_SAVE_DATA, NULL);
  json_decref (data);
  return good;
}

/* A moment was once the present, so it can be the present again; should an experiment
 * refuse it all the same, the present stays. */
static gboolean
travel (OdlExperiment *experiment, OdlMoments *from, OdlMoments *to)
{
  end (experiment);
  g_autoptr (OdlMoment) moment = odl_moments_pop (from);
  if (moment == NULL)
    return FALSE;
  g_autoptr (OdlMoment) present = take_moment (experiment);
  if (!go_to (experiment, moment)) {
    go_to (experiment, present);
    return FALSE;
  }
  odl_moments_push (to, g_steal_pointer (&present));
  return TRUE;
}

gboolean
odl_experiment_undo (OdlExperiment *experiment)
{
  g_return_val_if_fail (experiment, FALSE);
  const gboolean done = travel (experiment, &experiment->undo, &experiment->redo);
  experiment->depth -= done;
  return done;
}

gboolean
odl_experiment_redo (OdlExperiment *experiment)
{
  g_return_val_if_fail (experiment, FALSE);
  const gboolean done = travel (experiment, &experiment->redo, &experiment->undo);
  experiment->depth += done;
  return done;
}

/* ---- Documents ---- */

json_t *
odl_experiment_save (OdlExperiment *experiment)
{
  g_return_val_if_fail (experiment, NULL);
  const OdlExperimentClass *klass = experiment->klass;
  json_t *to = json_object ();
  json_object_set_new (to, "experiment", json_string (klass->id));
  json_object_set_new (to, "settings", odl_values_to_json (experiment->values));
  json_object_set_new (to, "data", klass->save (experiment->self, ODL_SAVE_DATA));
  json_object_set_new (to, "state", klass->save (experiment->self, ODL_SAVE_STATE));
  return to;
}

static gboolean
check_shape (const OdlExperiment *experiment, const json_t *from, GError **error)
{
  static const char *const parts[] = { "settings", "data", "state" };
  const char *id = json_string_value (json_object_get (from, "experiment"));
  if (id == NULL || !g_str_equal (id, experiment->klass->id)) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "experiment: “%.80s” is there, but “%s” is expected", id ? id : "",
                 experiment->klass->id);
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    const json_t *part = json_object_get (from, parts[i]);
    if (part == NULL || json_is_object (part))
      continue;
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s: an object is expected",
                 parts[i]);
    return FALSE;
  }
  return TRUE;
}

/* A part that is absent leaves what `set` has made. The error names the part. */
static gboolean
load_part (OdlExperiment *experiment, const json_t *from, guint part, GError **error)
{
  const char *name = part == ODL_SAVE_DATA ? "data" : "state";
  const json_t *json = json_object_get (from, name);
  if (json == NULL || experiment->klass->load (experiment->self, json, part, error))
    return TRUE;
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

static gboolean
load_whole (OdlExperiment *experiment, const json_t *from, GError **error)
{
  if (!experiment->klass->set (experiment->self, ODL_ALL_SETTINGS, error)) {
    g_prefix_error (error, "settings: ");
    return FALSE;
  }
  return load_part (experiment, from, ODL_SAVE_DATA, error)
         && load_part (experiment, from, ODL_SAVE_STATE, error);
}

/* What the document does not set has its default, whatever it is now. */
static OdlValues *
read_values (const OdlExperiment *experiment, const json_t *from, GError **error)
{
  const OdlExperimentClass *klass = experiment->klass;
  const json_t *settings = json_object_get (from, "settings");
  g_autoptr (OdlValues) values = odl_values_new (klass->settings, klass->n_settings);
  if (settings == NULL || odl_values_from_json (values, settings, error))
    return g_steal_pointer (&values);
  g_prefix_error (error, "settings.");
  return NULL;
}

gboolean
odl_experiment_load (OdlExperiment *experiment, const json_t *from, GError **error)
{
  g_return_val_if_fail (experiment && from, FALSE);
  if (!check_shape (experiment, from, error))
    return FALSE;
  g_autoptr (OdlValues) values = read_values (experiment, from, error);
  if (values == NULL)
    return FALSE;
  json_t *present = odl_experiment_save (experiment);
  put_values_back (experiment, values);
  const gboolean good = load_whole (experiment, from, error);
  if (good) {
    end (experiment);
    odl_moments_clear (&experiment->undo);
    odl_moments_clear (&experiment->redo);
    experiment->depth = 0;
  } else {
    put_values_back (experiment, values);
    load_whole (experiment, present, NULL);
  }
  json_decref (present);
  return good;
}
