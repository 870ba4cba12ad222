/* What a frame of the Training panel holds: the runs of every panel, their curves and where their settings differ.
 * SPDX-License-Identifier: MIT
 *
 * Curves are rows of the histories, thinned evenly to ODL_TRAINING_MAX_ROWS over all runs shown; the first and the newest row
 * of a run are always there. NaN is "not there". Every array belongs to the payload's blocks. */
#pragma once

#include "experiment.h"
#include "history.h"

extern const OdlExperimentClass odl_experiment_training;

#define ODL_TRAINING_MAX_ROWS 16384u
#define ODL_TRAINING_MAX_COMPARED 6u       /* runs in the comparison of settings */
#define ODL_TRAINING_MAX_DIFFERENCES 24u   /* rows of it */
#define ODL_TRAINING_MAX_NAME 80           /* characters of a run's name */

/* Curves are indexed as the history's columns are, but for ODL_COLUMN_SECONDS: the curve is the time of an iteration, in
 * seconds, while the history counts the time since the run's start. */
typedef struct {
  guint64 id;
  char *name, *experiment, *model;
  gboolean live, kept, hidden, chosen;
  gboolean shown;                      /* not hidden, and the setting "show" takes it in */
  guint64 first_iteration, last_iteration;
  double last[ODL_N_COLUMNS];          /* of the newest row; seconds since the start */
  double best_loss, best_iteration;    /* the least loss among the rows that are kept */
  double pace;                         /* seconds an iteration took on average */
  double diverged;                     /* the iteration whose loss is the first that is not finite, or NaN */
  guint n;                             /* 0 unless shown */
  double *iteration, *seconds;         /* n each */
  double *raw[ODL_N_COLUMNS];          /* n each; NULL: the run has no such numbers */
  double *smooth[ODL_N_COLUMNS];       /* n each; NULL: as raw, or smoothing is off */
} OdlTrainingRun;

typedef struct {
  GPtrArray *blocks;         /* every array and string below */
  guint n_runs;              /* in the order of their beginning */
  OdlTrainingRun *runs;
  double smoothing;          /* half-life of the average, in iterations; 0: none */
  /* Settings in which the compared runs differ: keys × runs, "–" where a run has no such setting. */
  guint n_compared, *compared;          /* indices into runs */
  guint n_differences;
  char **difference_keys;
  char **difference_values;             /* n_differences × n_compared, by rows */
} OdlTrainingPayload;
