/* The registry of figures: finds the function for a frame by the class that made it.
 * SPDX-License-Identifier: MIT */
#include "figures.h"

#define ODL_EXPERIMENT(name) extern const OdlExperimentClass odl_experiment_##name;
#include "experiments.def"
#undef ODL_EXPERIMENT

static const struct {
  const OdlExperimentClass *klass;
  OdlFigureFunction figure;
} entries[] = {
#define ODL_EXPERIMENT(name) { &odl_experiment_##name, odl_figure_##name },
#include "experiments.def"
#undef ODL_EXPERIMENT
};

OdlFigure *
odl_figure_of (const OdlFrame *frame, const OdlFigureView *view)
{
  g_return_val_if_fail (frame != NULL && frame->klass != NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (entries[i].klass == frame->klass)
      return entries[i].figure (frame, view);
  g_return_val_if_reached (NULL);
}
