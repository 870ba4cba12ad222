/* Errors of the command line's own, and the stand: one experiment run by the caller's
 * thread. SPDX-License-Identifier: MIT
 *
 * A stand is what the worker is to the window, without the thread: it makes the
 * experiment, gives it the book of runs and a pool of threads, and calls settle and
 * step until nothing is left. Results depend on iterations and commands only, so a
 * stand and a worker that were told the same end with the same bits. */
#include "service.h"

#include <stdarg.h>
#include <string.h>
#include "base/status.h"
#include "graph/pool.h"
#include "session.h"

struct _OdlStand {
  OdlRuns *runs;
  OdlPool *pool;
  OdlExperiment *experiment;
};

void
odl_error_set_invalid (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, ODL_ERROR, ODL_ERROR_INVALID, text);
}

gboolean
odl_error_is_invalid (const GError *error)
{
  return g_error_matches (error, ODL_ERROR, ODL_ERROR_INVALID);
}

void
odl_error_blame_file (GError **error, const char *path)
{
  if (!error || !*error)
    return;
  if (odl_error_is_invalid (*error))
    (*error)->code = ODL_ERROR_UNREADABLE;
  if (!g_str_has_prefix ((*error)->message, path))
    g_prefix_error (error, "%s: ", path);
}

/* The experiment in view, else the first. Borrowed. */
static const json_t *
pick_experiment (const json_t *session)
{
  const json_t *all = json_object_get (session, "experiments"), *one;
  const char *shown = json_string_value (
      json_object_get (json_object_get (session, "view"), "panel"));
  size_t i;
  json_array_foreach (
      all, i, one) if (shown
                       && !g_strcmp0 (shown, json_string_value (json_object_get (
                                                 one, "experiment")))) return one;
  return json_array_get (all, 0);
}

static gboolean
load_file (OdlStand *stand, const char *path, GError **error)
{
  json_t *session = odl_session_read (path, error);
  if (!session)
    return FALSE;
  const json_t *saved = pick_experiment (session);
  const OdlExperimentClass *klass = NULL;
  gboolean ok = FALSE;
  if (!saved)
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "%s holds no experiment: a session with at least one is accepted",
                 path);
  else
    klass = odl_experiment_find (
        json_string_value (json_object_get (saved, "experiment")), error);
  const json_t *runs = json_object_get (session, "runs");
  if (klass && (!runs || odl_runs_load (stand->runs, runs, error)))
    stand->experiment = odl_experiment_new (klass, stand->runs, error);
  if (stand->experiment)
    ok = odl_experiment_load (stand->experiment, saved, error);
  json_decref (session);
  if (!ok)
    odl_error_blame_file (error, path);
  return ok;
}

/* Neither an experiment nor a file: says what both would be. */
static void
refuse_name (const char *what, GError **error)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (list, "%s%s", i ? ", " : "", all[i]->id);
  odl_error_set_invalid (
      error,
      "'%s' is neither an experiment nor a session file: experiments "
      "are %s",
      what, list->str);
  g_string_free (list, TRUE);
}

static gboolean
load_named (OdlStand *stand, const char *what, GError **error)
{
  const OdlExperimentClass *klass = odl_experiment_find (what, NULL);
  if (klass) {
    stand->experiment = odl_experiment_new (klass, stand->runs, error);
    return stand->experiment != NULL;
  }
  if (!g_str_has_suffix (what, ".odelab") && !strchr (what, '/')
      && !g_file_test (what, G_FILE_TEST_EXISTS)) {
    refuse_name (what, error);
    return FALSE;
  }
  return load_file (stand, what, error);
}

OdlStand *
odl_stand_open (const char *what, const char *const *settings, guint threads,
                GError **error)
{
  g_return_val_if_fail (what, NULL);
  g_autoptr (OdlStand) stand = g_new0 (OdlStand, 1);
  stand->runs = odl_runs_new ();
  stand->pool = odl_pool_new (threads);
  if (!load_named (stand, what, error))
    return NULL;
  for (; settings && *settings; settings++)
    if (!odl_stand_set (stand, *settings, error))
      return NULL;
  return g_steal_pointer (&stand);
}

void
odl_stand_free (OdlStand *stand)
{
  if (!stand)
    return;
  g_clear_pointer (&stand->experiment, odl_experiment_free);
  odl_runs_free (stand->runs);
  odl_pool_free (stand->pool);
  g_free (stand);
}

OdlExperiment *
odl_stand_experiment (OdlStand *stand)
{
  g_return_val_if_fail (stand, NULL);
  return stand->experiment;
}

OdlRuns *
odl_stand_runs (OdlStand *stand)
{
  g_return_val_if_fail (stand, NULL);
  return stand->runs;
}

gboolean
odl_stand_set (OdlStand *stand, const char *assignment, GError **error)
{
  g_return_val_if_fail (stand && assignment, FALSE);
  const char *equals = strchr (assignment, '=');
  if (!equals || equals == assignment) {
    odl_error_set_invalid (error, "--set %s is not acceptable: KEY=VALUE", assignment);
    return FALSE;
  }
  g_autofree char *key = g_strndup (assignment, equals - assignment);
  return odl_experiment_set_text (stand->experiment, key, equals + 1, error);
}

/* Work is cut into slices of 50 ms, so that progress can be shown. */
static OdlTime
slice (OdlStand *stand)
{
  return (OdlTime){
    .deadline_us = g_get_monotonic_time () + 50000,
    .pool = stand->pool,
    .runs = stand->runs,
  };
}

gboolean
odl_stand_settle (OdlStand *stand, OdlServiceProgress progress, gpointer data)
{
  g_return_val_if_fail (stand, FALSE);
  OdlTime time = slice (stand);
  while (odl_experiment_settle (stand->experiment, &time)) {
    if (progress && !progress (data, 0, 0))
      return FALSE;
    time = slice (stand);
  }
  return TRUE;
}

gboolean
odl_stand_iterate (OdlStand *stand, GError **error)
{
  g_return_val_if_fail (stand, FALSE);
  const OdlTime time = slice (stand);
  return odl_experiment_step (stand->experiment, &time, FALSE, error);
}

char *
odl_stand_describe (OdlStand *stand)
{
  g_return_val_if_fail (stand, NULL);
  const OdlValues *values = odl_experiment_values (stand->experiment);
  GString *text = g_string_new ("odelab " ODL_VERSION "\n");
  g_string_append_printf (text, "experiment=%s\n",
                          odl_experiment_class (stand->experiment)->id);
  for (guint i = 0; i < values->n; i++) {
    g_autofree char *value
        = odl_value_to_text (&values->settings[i], &values->values[i]);
    g_auto (GStrv) lines = g_strsplit (value, "\n", -1);
    g_free (value);
    value = g_strjoinv ("; ", lines);
    g_string_append_printf (text, "%s=%s\n", values->settings[i].key, value);
  }
  return g_string_free (text, FALSE);
}

gboolean
odl_stand_save (OdlStand *stand, const char *path, GError **error)
{
  g_return_val_if_fail (stand && path, FALSE);
  json_t *session = odl_session_new (), *all = json_object_get (session, "experiments");
  json_array_append_new (all, odl_experiment_save (stand->experiment));
  json_object_set_new (session, "runs", odl_runs_save (stand->runs));
  json_object_set_new (
      session, "view",
      json_pack ("{s:s}", "panel", odl_experiment_class (stand->experiment)->id));
  gboolean ok = odl_session_write (session, path, error);
  json_decref (session);
  return ok;
}

gboolean
odl_stand_save_weights (OdlStand *stand, const char *path, GError **error)
{
  g_return_val_if_fail (stand && path, FALSE);
  const OdlExperimentClass *klass = odl_experiment_class (stand->experiment);
  if (!klass->saves_weights) {
    odl_error_set_invalid (error, "%s has no weights to hand on: latent has",
                           klass->id);
    return FALSE;
  }
  json_t *session = odl_session_new (), *all = json_object_get (session, "experiments");
  const gpointer self = odl_experiment_self (stand->experiment);
  json_array_append_new (
      all, json_pack ("{s:s, s:o, s:o}", "experiment", klass->id, "settings",
                      odl_values_to_json (odl_experiment_values (stand->experiment)),
                      "state", klass->save (self, ODL_SAVE_WEIGHTS)));
  const gboolean ok = odl_session_write (session, path, error);
  json_decref (session);
  return ok;
}
