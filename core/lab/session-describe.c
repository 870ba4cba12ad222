/* A session in words: a line per part, and the settings that differ from the defaults.
 * SPDX-License-Identifier: MIT */
#include "session.h"

#include "experiment.h"
#include "history.h"

#include <math.h>

static gsize
count_numbers (const json_t *json)
{
  gsize n = json_is_number (json), i;
  const char *key;
  json_t *item;
  if (json_is_array (json))
    json_array_foreach (json, i, item) n += count_numbers (item);
  if (json_is_object (json))
    json_object_foreach ((json_t *)json, key, item) n += count_numbers (item);
  return n;
}

/* "key=value" lines of what was set; long texts are cut. */
static void
describe_settings (GString *text, const OdlExperimentClass *klass, const json_t *from)
{
  g_autoptr (OdlValues) fallback = odl_values_new (klass->settings, klass->n_settings),
                        values = odl_values_copy (fallback);
  if (from == NULL || !odl_values_from_json (values, from, NULL))
    return;
  for (guint i = 0; i < values->n; i++) {
    if (odl_value_equal (&values->values[i], &fallback->values[i]))
      continue;
    g_autofree char *value
        = odl_value_to_text (&klass->settings[i], &values->values[i]);
    g_strdelimit (value, "\n\r\t", ' ');
    g_string_append_printf (text, "  %s=%.200s\n", klass->settings[i].key, value);
  }
}

static void
describe_experiment (GString *text, const json_t *saved)
{
  static const char *const parts[] = { "data", "state" };
  const char *id = json_string_value (json_object_get (saved, "experiment"));
  const OdlExperimentClass *klass = odl_experiment_find (id ? id : "", NULL);
  if (klass == NULL)
    return;
  g_string_append_printf (text, "%s: %s", klass->id, klass->title);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    const gsize n = count_numbers (json_object_get (saved, parts[i]));
    if (n > 0)
      g_string_append_printf (text, ", %zu number%s of %s", n, n == 1 ? "" : "s",
                              parts[i]);
  }
  g_string_append_c (text, '\n');
  describe_settings (text, klass, json_object_get (saved, "settings"));
}

static void
describe_run (GString *text, const OdlRun *run)
{
  const OdlHistory *history = run->history;
  g_string_append_printf (text, "  %s: ", run->name);
  if (history->n == 0) {
    g_string_append (text, "nothing yet\n");
    return;
  }
  const guint last = history->n - 1;
  g_string_append_printf (text, "iteration %" G_GUINT64_FORMAT,
                          history->iteration[last]);
  if (!isnan (history->columns[ODL_COLUMN_LOSS][last]))
    g_string_append_printf (text, ", loss %.4g",
                            history->columns[ODL_COLUMN_LOSS][last]);
  g_string_append_c (text, '\n');
}

static void
describe_runs (GString *text, const json_t *from)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  if (from == NULL || !odl_runs_load (runs, from, NULL) || odl_runs_count (runs) == 0)
    return;
  g_string_append_printf (text, "runs: %u\n", odl_runs_count (runs));
  for (guint i = 0; i < odl_runs_count (runs); i++)
    describe_run (text, odl_runs_at (runs, i));
}

char *
odl_session_describe (const json_t *session)
{
  g_return_val_if_fail (session, NULL);
  const char *program = json_string_value (json_object_get (session, "program")),
             *panel = json_string_value (
                 json_object_get (json_object_get (session, "view"), "panel"));
  const json_t *list = json_object_get (session, "experiments");
  GString *text = g_string_new (NULL);
  size_t i;
  json_t *saved;
  g_string_append_printf (
      text, "session of version %" JSON_INTEGER_FORMAT ", written by %s\n",
      json_integer_value (json_object_get (session, "version")),
      program ? program : "an unnamed program");
  json_array_foreach (list, i, saved) describe_experiment (text, saved);
  describe_runs (text, json_object_get (session, "runs"));
  if (panel)
    g_string_append_printf (text, "in view: %s\n", panel);
  return g_string_free (text, FALSE);
}
