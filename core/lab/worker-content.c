/* Loading is all or nothing because it happens beside what is there.
 * SPDX-License-Identifier: MIT
 *
 * Every experiment is made anew, the book of runs is read, then each experiment reads
 * its part, since it may go on with a run of the book. Only when all has been accepted
 * does the worker put it in the place of the old, which no failure can have touched. */
#include "worker-content.h"

#include "session.h"

void
odl_content_clear (OdlContent *content)
{
  g_return_if_fail (content);
  for (guint i = 0; content->experiments && i < content->n; i++)
    odl_experiment_free (content->experiments[i]);
  g_clear_pointer (&content->experiments, g_free);
  g_clear_pointer (&content->runs, odl_runs_free);
}

gboolean
odl_content_make (OdlContent *content, GError **error)
{
  g_return_val_if_fail (content && content->runs == NULL, FALSE);
  const OdlExperimentClass *const *classes = odl_experiments (&content->n);
  content->runs = odl_runs_new ();
  content->experiments = g_new0 (OdlExperiment *, content->n);
  for (guint i = 0; i < content->n; i++) {
    content->experiments[i] = odl_experiment_new (classes[i], content->runs, error);
    if (content->experiments[i] == NULL)
      return FALSE;
  }
  return TRUE;
}

static OdlExperiment *
find_experiment (const OdlContent *content, const json_t *saved)
{
  const char *id = json_string_value (json_object_get (saved, "experiment"));
  for (guint i = 0; id && i < content->n; i++)
    if (g_str_equal (odl_experiment_class (content->experiments[i])->id, id))
      return content->experiments[i];
  return NULL;
}

/* The book comes first: what an experiment goes on with is in it. */
gboolean
odl_content_read (OdlContent *content, const json_t *document, GError **error)
{
  g_return_val_if_fail (content && content->runs && document, FALSE);
  const json_t *runs = json_object_get (document, "runs");
  if (!odl_session_check (document, error))
    return FALSE;
  if (runs && !odl_runs_load (content->runs, runs, error)) {
    g_prefix_error (error, "runs: ");
    return FALSE;
  }
  size_t i;
  json_t *saved;
  json_array_foreach (json_object_get (document, "experiments"), i, saved)
  {
    OdlExperiment *experiment = find_experiment (content, saved);
    g_assert (experiment);
    if (odl_experiment_load (experiment, saved, error))
      continue;
    g_prefix_error (error, "experiments[%zu].", i);
    return FALSE;
  }
  return TRUE;
}
