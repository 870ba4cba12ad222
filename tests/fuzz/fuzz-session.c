/* Any bytes as a session: refused with a message, or sound enough to be loaded, and
 * what was loaded can be saved and loaded again. SPDX-License-Identifier: MIT */
#include "lab/experiment.h"
#include "lab/history.h"
#include "lab/session.h"

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

static void
load (const json_t *saved, OdlRuns *runs)
{
  const OdlExperimentClass *klass = odl_experiment_find (
      json_string_value (json_object_get (saved, "experiment")), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlExperiment) experiment
      = klass ? odl_experiment_new (klass, runs, NULL) : NULL;
  if (!experiment)
    g_abort ();
  if (!odl_experiment_load (experiment, saved, &error)) {
    if (!error)
      g_abort ();
    return;
  }
  json_t *again = odl_experiment_save (experiment);
  if (!odl_experiment_load (experiment, again, NULL))
    g_abort ();
  json_decref (again);
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (experiment);
  if (!frame->status)
    g_abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;
  json_t *session = odl_session_parse ((const char *)bytes, size, "fuzz", &error),
         *saved;
  size_t i;
  if (!session == !error)
    g_abort ();
  if (!session)
    return 0;
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  const json_t *book = json_object_get (session, "runs");
  if (book && !odl_runs_load (runs, book, NULL))
    g_abort ();
  json_array_foreach (json_object_get (session, "experiments"), i, saved)
      load (saved, runs);
  g_autofree char *text = odl_session_describe (session);
  if (!text)
    g_abort ();
  json_decref (session);
  return 0;
}
