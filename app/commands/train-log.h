/* The log of a training: a CSV row per iteration and model.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "history.h"

typedef struct _OdlTrainLog OdlTrainLog;

/* Replaces what stands at `path`. Rows that the runs hold already are not written. */
OdlTrainLog *odl_train_log_open (const char *path, OdlRuns *runs, GError **error);
/* Appends the newest row of every live run that has one it did not have before. */
gboolean odl_train_log_add (OdlTrainLog *log, OdlRuns *runs, GError **error);
/* Flushes; what could not be written is an error. */
gboolean odl_train_log_close (OdlTrainLog *log, GError **error);
void odl_train_log_free (OdlTrainLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlTrainLog, odl_train_log_free)
