/* Reads a session, makes every experiment in it, and describes it.
 * SPDX-License-Identifier: MIT */
#include "service-session.h"

#include "session.h"

static gboolean
check_experiment (const json_t *saved, GError **error)
{
  const char *id = json_string_value (json_object_get (saved, "experiment"));
  const OdlExperimentClass *klass = odl_experiment_find (id ? id : "", error);
  if (!klass)
    return FALSE;
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (OdlExperiment) experiment = odl_experiment_new (klass, runs, error);
  return experiment && odl_experiment_load (experiment, saved, error);
}

json_t *
odl_service_check_session (const char *path, GError **error)
{
  g_return_val_if_fail (path, NULL);
  json_t *session = odl_session_read (path, error);
  if (!session)
    return NULL;
  json_t *ids = json_array (), *saved;
  size_t i;
  json_array_foreach (json_object_get (session, "experiments"), i, saved)
  {
    if (!check_experiment (saved, error)) {
      g_prefix_error (error, "%s: experiments[%zu]: ", path, i);
      odl_error_blame_file (error, path);
      json_decref (ids);
      json_decref (session);
      return NULL;
    }
    json_array_append (ids, json_object_get (saved, "experiment"));
  }
  g_autofree char *text = odl_session_describe (session);
  json_t *document = json_pack ("{s:s, s:O, s:o, s:s}", "file", path, "version",
                                json_object_get (session, "version"), "experiments",
                                ids, "description", text);
  json_decref (session);
  return document;
}
