/* Any bytes as a session: refused with a message, or sound enough to be loaded and
 * written. SPDX-License-Identifier: MIT */
#include "lab/experiment.h"
#include "lab/history.h"
#include "lab/session.h"

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

static void
load (const json_t *saved)
{
  const OdlExperimentClass *klass = odl_experiment_find (
      json_string_value (json_object_get (saved, "experiment")), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (OdlExperiment) experiment
      = klass ? odl_experiment_new (klass, runs, NULL) : NULL;
  if (experiment && !odl_experiment_load (experiment, saved, &error) && !error)
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
  json_array_foreach (json_object_get (session, "experiments"), i, saved) load (saved);
  json_decref (session);
  return 0;
}
