/* The registry: one figure function per experiment, by the same list that the core reads (experiments.def).
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment.h"
#include "plot/figure.h"

/* Pure: builds the plots of a frame. Each figure-<name>.c defines odl_figure_<name>. */
typedef OdlFigure *(*OdlFigureFunction) (const OdlFrame *frame, const OdlFigureView *view);
#define ODL_EXPERIMENT(name) OdlFigure *odl_figure_##name (const OdlFrame *frame, const OdlFigureView *view);
#include "experiments.def"
#undef ODL_EXPERIMENT

/* The figure of whatever experiment made the frame. */
OdlFigure *odl_figure_of (const OdlFrame *frame, const OdlFigureView *view);
