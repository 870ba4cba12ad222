/* What a person has done to runs: hidden, kept, renamed, removed.
 * SPDX-License-Identifier: MIT
 *
 * Names and what is kept stand in the book of runs, because they outlive this panel. A
 * note holds them as well, with the name that was there before, so that undo can put
 * everything back: to load notes is to bring the book to what they say. A removed run
 * stays in the book, out of sight, until MAX_REMOVED later ones have gone the same way,
 * so that a slip of the hand can be undone. A note that says nothing is dropped. */
#include "training-state.h"

#include "base/status.h"

#define MAX_REMOVED 16u

void
odl_training_note_clear (gpointer data)
{
  OdlRunNote *note = data;
  g_free (note->name);
  g_free (note->was);
}

static int
find (const GArray *notes, guint64 id)
{
  for (guint i = 0; i < notes->len; i++)
    if (g_array_index (notes, OdlRunNote, i).id == id)
      return (int)i;
  return -1;
}

const OdlRunNote *
odl_training_note (const OdlTraining *self, guint64 id)
{
  const int at = find (self->notes, id);
  return at < 0 ? NULL : &g_array_index (self->notes, OdlRunNote, at);
}

gboolean
odl_training_is_hidden (const OdlTraining *self, guint64 id)
{
  const OdlRunNote *note = odl_training_note (self, id);
  return note != NULL && note->hidden;
}

gboolean
odl_training_is_removed (const OdlTraining *self, guint64 id)
{
  const OdlRunNote *note = odl_training_note (self, id);
  return note != NULL && note->removed;
}

OdlRun *
odl_training_run (const OdlTraining *self, guint64 id)
{
  return odl_training_is_removed (self, id) ? NULL : odl_runs_find (self->runs, id);
}

/* The note of a run, made when there is none. */
static OdlRunNote *
note_of (OdlTraining *self, guint64 id)
{
  int at = find (self->notes, id);
  if (at < 0) {
    const OdlRunNote fresh = { .id = id };
    at = (int)self->notes->len;
    g_array_append_val (self->notes, fresh);
  }
  return &g_array_index (self->notes, OdlRunNote, at);
}

static void
drop_if_empty (OdlTraining *self, guint64 id)
{
  const int at = find (self->notes, id);
  const OdlRunNote *note = &g_array_index (self->notes, OdlRunNote, at);
  if (!note->hidden && !note->kept && !note->removed && note->was == NULL)
    g_array_remove_index (self->notes, (guint)at);
}

void
odl_training_hide (OdlTraining *self, guint64 id, gboolean hidden)
{
  note_of (self, id)->hidden = hidden;
  drop_if_empty (self, id);
}

void
odl_training_keep (OdlTraining *self, guint64 id, gboolean kept)
{
  odl_runs_keep (self->runs, id, kept);
  note_of (self, id)->kept = kept;
  drop_if_empty (self, id);
}

/* Given its first name again a run counts as not renamed. */
void
odl_training_rename (OdlTraining *self, guint64 id, const char *name)
{
  const OdlRun *run = odl_runs_find (self->runs, id);
  OdlRunNote *note = note_of (self, id);
  g_return_if_fail (run != NULL);
  if (note->was == NULL)
    note->was = g_strdup (run->name);
  g_clear_pointer (&note->name, g_free);
  if (g_str_equal (note->was, name))
    g_clear_pointer (&note->was, g_free);
  else
    note->name = g_strdup (name);
  odl_runs_rename (self->runs, id, name);
  drop_if_empty (self, id);
}

/* The oldest of too many removed runs leaves the book for good. */
static void
purge (OdlTraining *self)
{
  guint removed = 0;
  for (guint i = 0; i < self->notes->len; i++)
    removed += g_array_index (self->notes, OdlRunNote, i).removed;
  for (guint i = 0; i < self->notes->len && removed > MAX_REMOVED;) {
    const OdlRunNote *note = &g_array_index (self->notes, OdlRunNote, i);
    if (!note->removed) {
      i++;
      continue;
    }
    odl_runs_remove (self->runs, note->id);
    g_array_remove_index (self->notes, i);
    removed--;
  }
}

/* The note goes to the end: purging begins with what was removed first. */
void
odl_training_remove (OdlTraining *self, guint64 id)
{
  note_of (self, id)->removed = TRUE;
  const int at = find (self->notes, id);
  OdlRunNote note = g_array_index (self->notes, OdlRunNote, at);
  g_array_set_clear_func (self->notes, NULL);
  g_array_remove_index (self->notes, (guint)at);
  g_array_set_clear_func (self->notes, odl_training_note_clear);
  g_array_append_val (self->notes, note);
  purge (self);
}

/* ---- JSON ---- */

json_t *
odl_training_save_notes (const OdlTraining *self)
{
  json_t *list = json_array ();
  for (guint i = 0; i < self->notes->len; i++) {
    const OdlRunNote *note = &g_array_index (self->notes, OdlRunNote, i);
    json_t *to
        = json_pack ("{s:I, s:b, s:b, s:b}", "id", (json_int_t)note->id, "hidden",
                     note->hidden, "kept", note->kept, "removed", note->removed);
    if (note->was != NULL) {
      json_object_set_new (to, "name", json_string (note->name));
      json_object_set_new (to, "was", json_string (note->was));
    }
    json_array_append_new (list, to);
  }
  return json_pack ("{s:o}", "runs", list);
}

static gboolean
is_name (const char *name)
{
  return name == NULL
         || (*name != '\0' && g_utf8_strlen (name, -1) <= ODL_TRAINING_MAX_NAME);
}

static gboolean
read_note (const json_t *from, GArray *notes, GError **error)
{
  json_int_t id;
  int hidden, kept, removed;
  const char *name = NULL, *was = NULL;
  json_error_t what;
  if (json_unpack_ex ((json_t *)from, &what, JSON_STRICT,
                      "{s:I, s:b, s:b, s:b, s?s, s?s}", "id", &id, "hidden", &hidden,
                      "kept", &kept, "removed", &removed, "name", &name, "was", &was)
      != 0) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s", what.text);
    return FALSE;
  }
  if (id < 1 || find (notes, (guint64)id) >= 0 || (name == NULL) != (was == NULL)
      || !is_name (name) || (was != NULL && *was == '\0')) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "a number from 1, used once, and both name and was, of 1 to %d "
                 "characters, or neither are expected",
                 ODL_TRAINING_MAX_NAME);
    return FALSE;
  }
  const OdlRunNote note = { (guint64)id,  hidden != 0,     kept != 0,
                            removed != 0, g_strdup (name), g_strdup (was) };
  g_array_append_val (notes, note);
  return TRUE;
}

/* Brings names and what is kept in the book to what the notes say. */
static void
apply (OdlTraining *self, const GArray *before)
{
  for (guint i = 0; i < odl_runs_count (self->runs); i++) {
    const OdlRun *run = odl_runs_at (self->runs, i);
    const OdlRunNote *note = odl_training_note (self, run->id);
    const int old = find (before, run->id);
    const char *first = old < 0 ? NULL : g_array_index (before, OdlRunNote, old).was;
    odl_runs_keep (self->runs, run->id, note != NULL && note->kept);
    if (note != NULL && note->name != NULL)
      odl_runs_rename (self->runs, run->id, note->name);
    else if (first != NULL)
      odl_runs_rename (self->runs, run->id, first);
  }
}

gboolean
odl_training_load_notes (OdlTraining *self, const json_t *from, GError **error)
{
  const json_t *list = json_object_get (from, "runs");
  if (!json_is_object (from) || json_object_size (from) > (list != NULL)
      || (list != NULL && !json_is_array (list))) {
    g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                         "an object with an array “runs” is expected");
    return FALSE;
  }
  g_autoptr (GArray) notes = g_array_new (FALSE, FALSE, sizeof (OdlRunNote));
  g_array_set_clear_func (notes, odl_training_note_clear);
  for (guint i = 0; i < json_array_size (list); i++)
    if (!read_note (json_array_get (list, i), notes, error)) {
      g_prefix_error (error, "runs[%u]: ", i);
      return FALSE;
    }
  GArray *before = self->notes;
  self->notes = g_steal_pointer (&notes);
  apply (self, before);
  g_array_unref (before);
  return TRUE;
}
