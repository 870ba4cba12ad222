/* The Training experiment: the runs of every panel, and what a hand does to them.
 * SPDX-License-Identifier: MIT
 *
 * It computes nothing: its frames show the book of runs that the other experiments
 * write to. One run may be chosen. The settings name, hidden and kept speak of the
 * chosen run and are written whenever another one is chosen, so everything a click can
 * do can be done by settings too, and undo covers it. */
#include "experiment-training.h"

#include "base/status.h"
#include "training-state.h"

#include <string.h>

static guint64
chosen (const OdlTraining *self)
{
  return (guint64)odl_values_integer (self->values, "run");
}

static void
write_value (OdlTraining *self, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  const gboolean good = odl_values_set_text (self->values, key, text, &error);
  g_assert (good);
}

/* Settings that speak of the chosen run say what is true of it. */
static void
write_chosen (OdlTraining *self, guint64 id)
{
  const OdlRun *run = id == 0 ? NULL : odl_training_run (self, id);
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, run ? id : 0);
  write_value (self, "run", number);
  write_value (self, "name", run ? run->name : "");
  write_value (self, "hidden",
               run && odl_training_is_hidden (self, id) ? "true" : "false");
  write_value (self, "kept", run && run->kept ? "true" : "false");
}

/* The numbers that are accepted, "1, 2, 3", the newest last. */
static char *
numbers_of_runs (const OdlTraining *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < odl_runs_count (self->runs); i++) {
    const OdlRun *run = odl_runs_at (self->runs, i);
    if (!odl_training_is_removed (self, run->id))
      g_string_append_printf (text, ", %" G_GUINT64_FORMAT, run->id);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
refuse_run (const OdlTraining *self, const char *key, gint64 id, GError **error)
{
  g_autofree char *numbers = numbers_of_runs (self);
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "%s: %" G_GINT64_FORMAT " is not the number of a run; accepted are 0 "
               "(none)%s",
               key, id, numbers);
  return FALSE;
}

static gboolean
set_run (OdlTraining *self, GError **error)
{
  const guint64 id = chosen (self);
  if (id != 0 && odl_training_run (self, id) == NULL)
    return refuse_run (self, "run", (gint64)id, error);
  write_chosen (self, id);
  return TRUE;
}

static gboolean
refuse_none (const char *key, GError **error)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "%s: no run is chosen; choose one by a click on its name in the table, "
               "or by run=NUMBER",
               key);
  return FALSE;
}

static gboolean
check_name (const char *name, GError **error)
{
  const glong length = g_utf8_strlen (name, -1);
  if (length >= 1 && length <= ODL_TRAINING_MAX_NAME && strpbrk (name, "\r\n") == NULL)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "name: a name of %ld characters is not accepted; one line of 1 to %d "
               "characters is",
               length, ODL_TRAINING_MAX_NAME);
  return FALSE;
}

static gboolean
set_name (OdlTraining *self, GError **error)
{
  const char *name = odl_values_text (self->values, "name");
  const guint64 id = chosen (self);
  if (odl_training_run (self, id) == NULL)
    return *name == '\0' || refuse_none ("name", error);
  if (!check_name (name, error))
    return FALSE;
  odl_training_rename (self, id, name);
  return TRUE;
}

static gboolean
set_flag (OdlTraining *self, const char *key,
          void (*change) (OdlTraining *self, guint64 id, gboolean on), GError **error)
{
  const guint64 id = chosen (self);
  const gboolean on = odl_values_boolean (self->values, key);
  if (odl_training_run (self, id) == NULL)
    return !on || refuse_none (key, error);
  change (self, id, on);
  return TRUE;
}

/* When many have changed together the notes that come with them say the rest. */
static gboolean
set (gpointer data, guint setting, GError **error)
{
  OdlTraining *self = data;
  if (setting == ODL_ALL_SETTINGS)
    return TRUE;
  g_return_val_if_fail (setting < ODL_TRAINING_N_SETTINGS, FALSE);
  const char *key = odl_training_settings[setting].key;
  if (g_str_equal (key, "run"))
    return set_run (self, error);
  if (g_str_equal (key, "name"))
    return set_name (self, error);
  if (g_str_equal (key, "hidden"))
    return set_flag (self, key, odl_training_hide, error);
  if (g_str_equal (key, "kept"))
    return set_flag (self, key, odl_training_keep, error);
  return TRUE;
}

/* ---- What a click does. Index 0, the head of a column, means all runs. ---- */

static void
choose (OdlTraining *self, guint64 id)
{
  write_chosen (self, id == chosen (self) ? 0 : id);
}

/* All are hidden when all are in sight, else all are shown. */
static void
hide_all (OdlTraining *self)
{
  gboolean any = FALSE;
  for (guint i = 0; i < odl_runs_count (self->runs); i++)
    any |= odl_training_is_hidden (self, odl_runs_at (self->runs, i)->id);
  for (guint i = 0; i < odl_runs_count (self->runs); i++)
    odl_training_hide (self, odl_runs_at (self->runs, i)->id, !any);
}

static void
hide (OdlTraining *self, guint64 id)
{
  if (id == 0)
    hide_all (self);
  else
    odl_training_hide (self, id, !odl_training_is_hidden (self, id));
}

static void
keep_all (OdlTraining *self)
{
  gboolean all = TRUE;
  for (guint i = 0; i < odl_runs_count (self->runs); i++)
    all &= odl_runs_at (self->runs, i)->kept;
  for (guint i = 0; i < odl_runs_count (self->runs); i++)
    odl_training_keep (self, odl_runs_at (self->runs, i)->id, !all);
}

static void
keep (OdlTraining *self, guint64 id)
{
  if (id == 0)
    keep_all (self);
  else
    odl_training_keep (self, id, !odl_runs_find (self->runs, id)->kept);
}

static void
remove_run (OdlTraining *self, guint64 id)
{
  if (id != 0)
    odl_training_remove (self, id);
}

static void
remove_chosen (OdlTraining *self, guint64 id)
{
  if (odl_training_run (self, chosen (self)) != NULL)
    odl_training_remove (self, chosen (self));
}

/* Removes all that are finished and not kept. Removing may shorten the book, so the
 * numbers are read first. */
static void
clear (OdlTraining *self, guint64 id)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < odl_runs_count (self->runs); i++) {
    const OdlRun *run = odl_runs_at (self->runs, i);
    if (!run->live && !run->kept && !odl_training_is_removed (self, run->id))
      g_array_append_val (gone, run->id);
  }
  for (guint i = 0; i < gone->len; i++)
    odl_training_remove (self, g_array_index (gone, guint64, i));
}

static const struct {
  const char *kind;
  void (*act) (OdlTraining *self, guint64 id);
} deeds[] = {
  { "choose", choose },
  { "hide", hide },
  { "keep", keep },
  { "remove", remove_run },
  { "remove-chosen", remove_chosen },
  { "clear", clear },
};

static gboolean
act (gpointer data, const OdlAction *action, GError **error)
{
  OdlTraining *self = data;
  if (action->index != 0
      && (action->index < 0 || odl_training_run (self, (guint64)action->index) == NULL))
    return refuse_run (self, action->kind, action->index, error);
  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++) {
    if (!g_str_equal (deeds[i].kind, action->kind))
      continue;
    deeds[i].act (self, (guint64)action->index);
    write_chosen (self, chosen (self));
    return TRUE;
  }
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "action: “%s” is not known here; choose, hide, keep, remove, "
               "remove-chosen and clear are accepted",
               action->kind);
  return FALSE;
}

/* ---- The rest of the class ---- */

static gboolean
step (gpointer data, const OdlTime *time, gboolean many, GError **error)
{
  return FALSE;
}

/* Everything is in sight again; names and what is kept stay. */
static void
reset (gpointer data)
{
  OdlTraining *self = data;
  for (guint i = 0; i < odl_runs_count (self->runs); i++)
    odl_training_hide (self, odl_runs_at (self->runs, i)->id, FALSE);
  write_value (self, "show", "all");
  write_chosen (self, 0);
}

static json_t *
save (gpointer data, guint parts)
{
  return parts & ODL_SAVE_DATA ? odl_training_save_notes (data) : json_object ();
}

static gboolean
load (gpointer data, const json_t *from, guint parts, GError **error)
{
  if (parts & ODL_SAVE_DATA)
    return odl_training_load_notes (data, from, error);
  if (json_object_size (from) == 0)
    return TRUE;
  g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                       "training: a state is there, but this experiment has none; {} "
                       "is accepted");
  return FALSE;
}

static void
destroy (gpointer data)
{
  OdlTraining *self = data;
  g_array_unref (self->notes);
  odl_runs_free (self->own);
  g_free (self);
}

static gpointer
create (OdlValues *values, struct _OdlRuns *runs, GError **error)
{
  OdlTraining *self = g_new0 (OdlTraining, 1);
  self->values = values;
  self->own = runs == NULL ? odl_runs_new () : NULL;
  self->runs = runs == NULL ? self->own : runs;
  self->notes = g_array_new (FALSE, FALSE, sizeof (OdlRunNote));
  g_array_set_clear_func (self->notes, odl_training_note_clear);
  return self;
}

static const OdlButton buttons[] = {
  { .kind = "remove-chosen",
    .title = "Remove the chosen run",
    .help = "Takes the chosen run out of the table. Undo brings it back.",
    .group = "Chosen run" },
  { .kind = "clear",
    .title = "Remove finished runs",
    .help = "Takes every run out of the table that is neither kept nor still being "
            "trained.",
    .group = "Curves",
    .asks = TRUE },
  { .kind = NULL },
};

const OdlExperimentClass odl_experiment_training = {
  .id = "training",
  .title = "Training",
  .about = "Every run of every panel: loss, accuracy, evaluations, gradients and time, "
           "side by side.",
  .settings = odl_training_settings,
  .n_settings = ODL_TRAINING_N_SETTINGS,
  .watches_runs = TRUE,
  .create = create,
  .set = set,
  .act = act,
  .step = step,
  .reset = reset,
  .snapshot = odl_training_snapshot,
  .save = save,
  .load = load,
  .destroy = destroy,
  .buttons = buttons,
};
