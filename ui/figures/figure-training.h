/* The plots of the Training figure. Shared by the figure-training files only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-training.h"
#include "plot/figure.h"

/* What every plot is made from. */
typedef struct {
  const OdlFrame *frame;
  const OdlTrainingPayload *payload;
  gboolean against_time;      /* the horizontal axis: seconds spent, else iterations */
  double now;                 /* the iteration under the scrubber; infinite: the newest */
} OdlTrainingPage;

/* A run is the same colour and dash everywhere. */
OdlStyle odl_training_style (const OdlTrainingRun *run);
/* Index of the newest row that is not beyond `now`; −1: none. */
int odl_training_row_at (const OdlTrainingRun *run, double now);
/* "1.3e-5", "0.042", "12"; "–" when there is no number. Free it. */
char *odl_training_number (double value);
/* "0.42 ms", "3.1 s". Free it. */
char *odl_training_duration (double seconds);

/* NULL when no run that is shown has such numbers. */
OdlPlot *odl_training_curve (const OdlTrainingPage *page, const char *id, OdlColumn column);
OdlPlot *odl_training_table (const OdlTrainingPage *page);
OdlPlot *odl_training_differences (const OdlTrainingPage *page);
