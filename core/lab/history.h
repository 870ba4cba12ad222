/* Histories and runs: what training leaves behind, bounded in memory and exact in what it keeps.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <jansson.h>

/* A row per iteration. NaN where a column does not apply. */
#define ODL_HISTORY_COLUMNS(X)                                                           \
  X (LOSS, loss) X (ACCURACY, accuracy) X (NLL, nll) X (NFE_FORWARD, nfe_forward)        \
  X (NFE_BACKWARD, nfe_backward) X (GRADIENT_NORM, gradient_norm) X (SECONDS, seconds)
typedef enum {
#define X(ID, name) ODL_COLUMN_##ID,
  ODL_HISTORY_COLUMNS (X)
#undef X
  ODL_N_COLUMNS
} OdlColumn;

/* Kept rows are original rows, never averages: when `capacity` is full, every second kept row is dropped and the stride
 * doubles; the first and the newest row are always kept. Adding an iteration that is there already, or an earlier one,
 * drops what followed it. */
typedef struct {
  guint capacity, n;
  guint64 stride;
  guint64 *iteration;                  /* n, ascending */
  double *columns[ODL_N_COLUMNS];      /* n each */
} OdlHistory;
OdlHistory *odl_history_new (guint capacity);
OdlHistory *odl_history_copy (const OdlHistory *history);
void odl_history_free (OdlHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlHistory, odl_history_free)
void odl_history_add (OdlHistory *history, guint64 iteration, const double row[ODL_N_COLUMNS]);
void odl_history_truncate (OdlHistory *history, guint64 iteration);   /* drops rows after it */
json_t *odl_history_save (const OdlHistory *history);
gboolean odl_history_load (OdlHistory *history, const json_t *from, GError **error);

/* A run: one model's training, named. `live` while its experiment still trains it. */
typedef struct {
  guint64 id;
  char *name;            /* "flows · augmented · 3" */
  char *experiment, *model;
  char *settings;        /* the settings that made it, as text */
  gboolean live;
  gboolean kept;         /* not given up to make room while another finished run can be */
  OdlHistory *history;
} OdlRun;

/* The book of all runs of all experiments. Belongs to the thread that owns the experiments. Finished runs stay until removed;
 * at most ODL_MAX_RUNS are kept (oldest finished go first, kept ones last). */
#define ODL_MAX_RUNS 64
typedef struct _OdlRuns OdlRuns;
OdlRuns *odl_runs_new (void);
void odl_runs_free (OdlRuns *runs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlRuns, odl_runs_free)
/* Starts a run and returns its id; the earlier live run of the same experiment and model is finished. */
guint64 odl_runs_begin (OdlRuns *runs, const char *experiment, const char *model, const char *settings);
void odl_runs_end (OdlRuns *runs, guint64 id);
/* A row of the run's history; nothing when the run has been removed. */
void odl_runs_add (OdlRuns *runs, guint64 id, guint64 iteration, const double row[ODL_N_COLUMNS]);
/* NULL when it is gone. The pointer lives until the run is removed. */
OdlRun *odl_runs_find (OdlRuns *runs, guint64 id);
guint odl_runs_count (const OdlRuns *runs);
OdlRun *odl_runs_at (OdlRuns *runs, guint index);
gboolean odl_runs_rename (OdlRuns *runs, guint64 id, const char *name);
gboolean odl_runs_keep (OdlRuns *runs, guint64 id, gboolean kept);
gboolean odl_runs_remove (OdlRuns *runs, guint64 id);
/* Counts every change, so that a viewer knows when to look again. */
guint64 odl_runs_serial (const OdlRuns *runs);
json_t *odl_runs_save (const OdlRuns *runs);
gboolean odl_runs_load (OdlRuns *runs, const json_t *from, GError **error);
