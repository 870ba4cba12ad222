/* What a session may hold, and how an older one becomes a present one.
 * SPDX-License-Identifier: MIT
 *
 * The check reads settings and runs the way they will be read later, into values and a
 * book that are thrown away, so there is one description of what is accepted. */
#include "session.h"

#include "base/status.h"
#include "experiment.h"
#include "history.h"
#include "session-parts.h"

#include <string.h>

/* No key but these. accepted ends with NULL. */
static gboolean
check_keys (const json_t *object, const char *const *accepted, GError **error)
{
  const char *key;
  json_t *item;
  json_object_foreach ((json_t *)object, key, item)
  {
    if (g_strv_contains (accepted, key))
      continue;
    g_autofree char *list = g_strjoinv (", ", (char **)accepted);
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                             "%.80s: there is no such part: %s are accepted", key,
                             list);
  }
  return TRUE;
}

/* Absent, or an object. */
static gboolean
check_object (const json_t *in, const char *key, GError **error)
{
  const json_t *part = json_object_get (in, key);
  if (part == NULL || json_is_object (part))
    return TRUE;
  return odl_error_refuse (error, ODL_ERROR_UNREADABLE, "%s: an object is expected",
                           key);
}

/* Absent, or a text. */
static gboolean
check_text (const json_t *in, const char *key, GError **error)
{
  const json_t *part = json_object_get (in, key);
  if (part == NULL || json_is_string (part))
    return TRUE;
  return odl_error_refuse (error, ODL_ERROR_UNREADABLE, "%s: a text is expected", key);
}

/* ---- Versions ---- */

static gboolean
check_format (const json_t *session, guint64 *version, GError **error)
{
  const char *format = json_string_value (json_object_get (session, "format"));
  const json_t *number = json_object_get (session, "version");
  if (!json_is_object (session) || g_strcmp0 (format, ODL_SESSION_FORMAT) != 0)
    return odl_error_refuse (
        error, ODL_ERROR_UNREADABLE,
        "this is not a session of Odelab: an object with \"format\": "
        "\"" ODL_SESSION_FORMAT "\" is expected");
  if (!json_is_integer (number) || json_integer_value (number) < 0)
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                             "version: a whole number is expected");
  *version = (guint64)json_integer_value (number);
  return TRUE;
}

static const OdlMigration *
find_step (const OdlMigration *steps, guint n, guint64 from)
{
  for (guint i = 0; i < n; i++)
    if (steps[i].from == from)
      return &steps[i];
  return NULL;
}

gboolean
odl_session_migrate (json_t *session, const OdlMigration *steps, guint n, guint target,
                     GError **error)
{
  guint64 version = 0;
  g_return_val_if_fail (session && (steps || n == 0), FALSE);
  if (!check_format (session, &version, error))
    return FALSE;
  if (version > target) {
    const char *program = json_string_value (json_object_get (session, "program"));
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                             "version %" G_GUINT64_FORMAT
                             " is newer than this program (%.80s "
                             "wrote it); up to version %u is accepted",
                             version, program ? program : "another", target);
  }
  for (; version < target; version++) {
    const OdlMigration *step = find_step (steps, n, version);
    if (step == NULL)
      return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                               "version %" G_GUINT64_FORMAT
                               " is not known; up to version "
                               "%u is accepted, from 1",
                               version, target);
    if (!step->migrate (session, error))
      return FALSE;
    json_object_set_new (session, "version", json_integer ((json_int_t)version + 1));
  }
  return TRUE;
}

/* ---- Parts ---- */

static gboolean
check_settings (const OdlExperimentClass *klass, const json_t *saved, GError **error)
{
  const json_t *settings = json_object_get (saved, "settings");
  if (settings == NULL)
    return TRUE;
  g_autoptr (GError) why = NULL;
  g_autoptr (OdlValues) values = odl_values_new (klass->settings, klass->n_settings);
  return odl_values_from_json (values, settings, &why)
         || odl_error_refuse (error, ODL_ERROR_UNREADABLE, "settings.%s", why->message);
}

static gboolean
check_experiment (const json_t *saved, guint64 *seen, GError **error)
{
  static const char *const parts[]
      = { "experiment", "settings", "data", "state", NULL };
  const char *id = json_string_value (json_object_get (saved, "experiment"));
  guint n, at = 0;
  g_autoptr (GError) why = NULL;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  if (!json_is_object (saved) || id == NULL)
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                             "experiment: an object with the name of one is expected");
  const OdlExperimentClass *klass = odl_experiment_find (id, &why);
  if (klass == NULL)
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE, "experiment: %s",
                             why->message);
  while (all[at] != klass)
    at++;
  if (*seen & G_GUINT64_CONSTANT (1) << at)
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                             "experiment: “%s” is there twice", id);
  *seen |= G_GUINT64_CONSTANT (1) << at;
  return check_keys (saved, parts, error) && check_object (saved, "settings", error)
         && check_object (saved, "data", error) && check_object (saved, "state", error)
         && check_settings (klass, saved, error);
}

static gboolean
check_experiments (const json_t *session, GError **error)
{
  const json_t *list = json_object_get (session, "experiments");
  guint64 seen = 0;
  size_t i;
  json_t *saved;
  if (!json_is_array (list))
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                             "experiments: an array is expected");
  json_array_foreach (list, i, saved)
  {
    if (check_experiment (saved, &seen, error))
      continue;
    g_prefix_error (error, "experiments[%zu].", i);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_runs (const json_t *session, GError **error)
{
  const json_t *from = json_object_get (session, "runs");
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (GError) why = NULL;
  return from == NULL || odl_runs_load (runs, from, &why)
         || odl_error_refuse (error, ODL_ERROR_UNREADABLE, "runs: %s", why->message);
}

gboolean
odl_session_check (const json_t *session, GError **error)
{
  static const char *const parts[] = { "format", "version", "program", "experiments",
                                       "runs",   "view",    "origin",  NULL };
  guint64 version = 0;
  g_return_val_if_fail (session, FALSE);
  if (!check_format (session, &version, error))
    return FALSE;
  if (version != ODL_SESSION_VERSION)
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE, "version: %d is expected",
                             ODL_SESSION_VERSION);
  return check_keys (session, parts, error) && check_text (session, "program", error)
         && check_text (session, "origin", error)
         && check_object (session, "view", error) && check_experiments (session, error)
         && check_runs (session, error);
}
