/* A desk: one experiment with what the worker keeps about it: whether it runs, what is due, what went wrong, how fast it is.
 * Inside of the worker; belongs to its thread.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "history.h"
#include "worker-commands.h"

typedef struct {
  OdlExperiment *experiment;
  gboolean running;
  gboolean unsettled;         /* settle has not said that all is done */
  guint64 steps;              /* single iterations asked for and not done */
  double speed;               /* at most so many iterations a second; 0: no limit */
  gint64 next_us;             /* with a limit: when the next iteration is due */
  guint64 command;            /* last one obeyed */
  char *error_key, *error;    /* of a setting, or of an action when the key is NULL */
  gboolean error_seen;        /* a frame with it has been taken */

  gboolean dirty;             /* something is not in a frame yet */
  gboolean urgent;            /* and not only the progress of a run */
  gint64 published_us, cost_us;   /* the last frame: when, and how long it took to make */
  guint64 runs_serial;        /* of the book when it was made */

  guint64 iteration;          /* at the last frame */
  gboolean stale;             /* there were steps since */
  double rate;
  gint64 rate_us;             /* where its measurement began; 0: not begun */
  guint64 rate_iteration;
} OdlDesk;

/* `desk` is zeroed and gets this experiment, which it frees at the end. */
void odl_desk_open (OdlDesk *desk, OdlExperiment *experiment);
void odl_desk_close (OdlDesk *desk);
/* Obeys a command for this experiment. */
void odl_desk_obey (OdlDesk *desk, const OdlCommand *command);
/* When there is something to compute: 0 now, G_MAXINT64 never, else the moment. */
gint64 odl_desk_due (const OdlDesk *desk);
/* Settles, or iterates, until the deadline. time->interrupted must be there, and once TRUE stay so during the call. */
void odl_desk_work (OdlDesk *desk, const OdlTime *time);
/* The frame of this moment; nothing is dirty afterwards. */
OdlFrame *odl_desk_snapshot (OdlDesk *desk);
/* A session of n desks and their book of runs. */
json_t *odl_desks_save (OdlDesk *desks, guint n, const OdlRuns *runs);
