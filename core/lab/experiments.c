/* The registry of experiments, made from experiments.def.
 * SPDX-License-Identifier: MIT */
#include "experiment.h"

#include "base/status.h"

#define ODL_EXPERIMENT(name) extern const OdlExperimentClass odl_experiment_##name;
#include "experiments.def"
#undef ODL_EXPERIMENT

static const OdlExperimentClass *const experiments[] = {
#define ODL_EXPERIMENT(name) &odl_experiment_##name,
#include "experiments.def"
#undef ODL_EXPERIMENT
};

const OdlExperimentClass *const *
odl_experiments (guint *n)
{
  g_return_val_if_fail (n, NULL);
  *n = G_N_ELEMENTS (experiments);
  return experiments;
}

const OdlExperimentClass *
odl_experiment_find (const char *id, GError **error)
{
  g_return_val_if_fail (id, NULL);
  g_autoptr (GString) ids = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (experiments); i++) {
    if (g_str_equal (experiments[i]->id, id))
      return experiments[i];
    g_string_append_printf (ids, "%s%s", i ? ", " : "", experiments[i]->id);
  }
  g_autofree char *name = g_utf8_make_valid (id, -1);
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "there is no experiment “%.80s”: %s are accepted", name, ids->str);
  return NULL;
}
