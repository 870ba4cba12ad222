/* The book of runs: an array in the order of their beginning.
 * SPDX-License-Identifier: MIT
 *
 * At most one run of an experiment's model is live. Names end in a number that counts
 * the runs of that model and is not used again while a later one is there. When the
 * book is full the oldest finished run goes. Loading reads into a fresh book and swaps
 * it in, so a bad file changes nothing. */
#include "history.h"

#include "base/status.h"

#include <string.h>

#define RUN_ROWS 1024u

/* A run and the number in its name. */
typedef struct {
  OdlRun run;
  guint64 number;
} Entry;

struct _OdlRuns {
  GPtrArray *entries;
  guint64 last_id, serial;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_free (entry->run.name);
  g_free (entry->run.experiment);
  g_free (entry->run.model);
  g_free (entry->run.settings);
  odl_history_free (entry->run.history);
  g_free (entry);
}

OdlRuns *
odl_runs_new (void)
{
  OdlRuns *runs = g_new0 (OdlRuns, 1);
  runs->entries = g_ptr_array_new_with_free_func (entry_free);
  return runs;
}

void
odl_runs_free (OdlRuns *runs)
{
  if (runs == NULL)
    return;
  g_ptr_array_unref (runs->entries);
  g_free (runs);
}

static Entry *
entry_at (const OdlRuns *runs, guint index)
{
  return g_ptr_array_index (runs->entries, index);
}

/* The oldest finished run, one that is not kept if there is; if all are live, the
 * oldest. */
static void
make_room (OdlRuns *runs)
{
  guint finished = 0, victim = 0;
  if (runs->entries->len < ODL_MAX_RUNS)
    return;
  while (finished < runs->entries->len && entry_at (runs, finished)->run.live)
    finished++;
  for (victim = finished; victim < runs->entries->len; victim++)
    if (!entry_at (runs, victim)->run.live && !entry_at (runs, victim)->run.kept)
      break;
  if (victim == runs->entries->len)
    victim = finished < runs->entries->len ? finished : 0;
  g_ptr_array_remove_index (runs->entries, victim);
}

guint64
odl_runs_begin (OdlRuns *runs, const char *experiment, const char *model,
                const char *settings)
{
  g_return_val_if_fail (runs && experiment && model, 0);
  guint64 number = 1;
  for (guint i = 0; i < runs->entries->len; i++) {
    Entry *entry = entry_at (runs, i);
    if (!g_str_equal (entry->run.experiment, experiment)
        || !g_str_equal (entry->run.model, model))
      continue;
    entry->run.live = FALSE;
    number = MAX (number, entry->number + 1);
  }
  make_room (runs);
  Entry *entry = g_new0 (Entry, 1);
  entry->number = number;
  entry->run = (OdlRun){
    .id = ++runs->last_id,
    .name = g_strdup_printf ("%s · %s · %" G_GUINT64_FORMAT, experiment, model, number),
    .experiment = g_strdup (experiment),
    .model = g_strdup (model),
    .settings = g_strdup (settings ? settings : ""),
    .live = TRUE,
    .history = odl_history_new (RUN_ROWS),
  };
  g_ptr_array_add (runs->entries, entry);
  runs->serial++;
  return entry->run.id;
}

static int
find (const OdlRuns *runs, guint64 id)
{
  for (guint i = 0; i < runs->entries->len; i++)
    if (entry_at (runs, i)->run.id == id)
      return (int)i;
  return -1;
}

OdlRun *
odl_runs_find (OdlRuns *runs, guint64 id)
{
  g_return_val_if_fail (runs, NULL);
  const int at = find (runs, id);
  return at < 0 ? NULL : &entry_at (runs, (guint)at)->run;
}

void
odl_runs_end (OdlRuns *runs, guint64 id)
{
  g_return_if_fail (runs);
  OdlRun *run = odl_runs_find (runs, id);
  if (run == NULL || !run->live)
    return;
  run->live = FALSE;
  runs->serial++;
}

void
odl_runs_add (OdlRuns *runs, guint64 id, guint64 iteration,
              const double row[ODL_N_COLUMNS])
{
  g_return_if_fail (runs && row);
  OdlRun *run = odl_runs_find (runs, id);
  if (run == NULL)
    return;
  odl_history_add (run->history, iteration, row);
  runs->serial++;
}

guint
odl_runs_count (const OdlRuns *runs)
{
  g_return_val_if_fail (runs, 0);
  return runs->entries->len;
}

OdlRun *
odl_runs_at (OdlRuns *runs, guint index)
{
  g_return_val_if_fail (runs && index < runs->entries->len, NULL);
  return &entry_at (runs, index)->run;
}

gboolean
odl_runs_rename (OdlRuns *runs, guint64 id, const char *name)
{
  g_return_val_if_fail (runs && name, FALSE);
  OdlRun *run = odl_runs_find (runs, id);
  if (run == NULL || *name == '\0' || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  char *old = run->name;
  run->name = g_strdup (name);
  g_free (old);
  runs->serial++;
  return TRUE;
}

gboolean
odl_runs_keep (OdlRuns *runs, guint64 id, gboolean kept)
{
  g_return_val_if_fail (runs, FALSE);
  OdlRun *run = odl_runs_find (runs, id);
  if (run == NULL)
    return FALSE;
  runs->serial += run->kept != kept;
  run->kept = kept;
  return TRUE;
}

gboolean
odl_runs_remove (OdlRuns *runs, guint64 id)
{
  g_return_val_if_fail (runs, FALSE);
  const int at = find (runs, id);
  if (at < 0)
    return FALSE;
  g_ptr_array_remove_index (runs->entries, (guint)at);
  runs->serial++;
  return TRUE;
}

guint64
odl_runs_serial (const OdlRuns *runs)
{
  g_return_val_if_fail (runs, 0);
  return runs->serial;
}

/* ---- JSON ---- */

json_t *
odl_runs_save (const OdlRuns *runs)
{
  g_return_val_if_fail (runs, NULL);
  json_t *list = json_array ();
  for (guint i = 0; i < runs->entries->len; i++) {
    const Entry *entry = entry_at (runs, i);
    const OdlRun *run = &entry->run;
    json_array_append_new (
        list,
        json_pack ("{s:I, s:I, s:s, s:s, s:s, s:s, s:b, s:b, s:o}", "id",
                   (json_int_t)run->id, "number", (json_int_t)entry->number, "name",
                   run->name, "experiment", run->experiment, "model", run->model,
                   "settings", run->settings, "live", run->live, "kept", run->kept,
                   "history", odl_history_save (run->history)));
  }
  return json_pack ("{s:I, s:o}", "last-id", (json_int_t)runs->last_id, "runs", list);
}

/* Fills an entry from JSON of the right shape; the strings of an entry that is refused
 * are freed with it. */
static gboolean
read_entry (Entry *entry, const json_t *from, GError **error)
{
  json_int_t id, number;
  const char *name, *experiment, *model, *settings;
  int live, kept = 0;
  const json_t *history;
  json_error_t what;
  if (json_unpack_ex ((json_t *)from, &what, JSON_STRICT,
                      "{s:I, s:I, s:s, s:s, s:s, s:s, s:b, s?b, s:o}", "id", &id,
                      "number", &number, "name", &name, "experiment", &experiment,
                      "model", &model, "settings", &settings, "live", &live, "kept",
                      &kept, "history", &history)
      != 0) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s", what.text);
    return FALSE;
  }
  if (id < 1 || number < 1) {
    g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                         "id and number: whole numbers from 1 are expected");
    return FALSE;
  }
  entry->number = (guint64)number;
  entry->run = (OdlRun){
    .id = (guint64)id,
    .name = g_strdup (name),
    .experiment = g_strdup (experiment),
    .model = g_strdup (model),
    .settings = g_strdup (settings),
    .live = live != 0,
    .kept = kept != 0,
    .history = odl_history_new (RUN_ROWS),
  };
  if (odl_history_load (entry->run.history, history, error))
    return TRUE;
  g_prefix_error (error, "history: ");
  return FALSE;
}

static gboolean
read_entries (OdlRuns *runs, const json_t *list, GError **error)
{
  guint64 last_id = runs->last_id;
  for (guint i = 0; i < json_array_size (list); i++) {
    Entry *entry = g_new0 (Entry, 1);
    const gboolean good = read_entry (entry, json_array_get (list, i), error);
    const gboolean fits
        = good && entry->run.id <= last_id && find (runs, entry->run.id) < 0;
    g_ptr_array_add (runs->entries, entry);
    if (good && !fits)
      g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                           "id: a number not above last-id and used once is expected");
    if (!fits) {
      g_prefix_error (error, "runs[%u]: ", i);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
odl_runs_load (OdlRuns *runs, const json_t *from, GError **error)
{
  g_return_val_if_fail (runs && from, FALSE);
  const json_t *last = json_object_get (from, "last-id"),
               *list = json_object_get (from, "runs");
  if (!json_is_object (from) || !json_is_integer (last) || json_integer_value (last) < 0
      || !json_is_array (list) || json_array_size (list) > ODL_MAX_RUNS
      || json_object_size (from) > 2) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "an object with “last-id”, a whole number, and “runs”, an array of at "
                 "most %u, and nothing else, is expected",
                 ODL_MAX_RUNS);
    return FALSE;
  }
  g_autoptr (OdlRuns) fresh = odl_runs_new ();
  fresh->last_id = (guint64)json_integer_value (last);
  if (!read_entries (fresh, list, error))
    return FALSE;
  fresh->serial = runs->serial + 1;
  const OdlRuns old = *runs;
  *runs = *fresh;
  *fresh = old;
  return TRUE;
}
