/* The worker: one thread owns the experiments. Commands go in (numbered; the newest value per setting wins; actions are never
 * lost), immutable frames come out (newest wins, one wake pending). Nobody waits for anybody, except to join at exit.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment.h"

typedef struct _OdlWorker OdlWorker;

/* One experiment of each class, in the order of the registry. threads: of the pool, 0 = one per core. */
OdlWorker *odl_worker_new (guint threads, GError **error);
/* Stops whatever runs, joins the thread. */
void odl_worker_free (OdlWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlWorker, odl_worker_free)
/* Readable when a frame or a document is to be taken. Clear it by reading 8 bytes. */
int odl_worker_fd (const OdlWorker *worker);

/* Each posts a command and returns its number. `experiment` is the index in the registry. */
guint64 odl_worker_set (OdlWorker *worker, guint experiment, guint setting, const OdlValue *value);
guint64 odl_worker_act (OdlWorker *worker, guint experiment, const OdlAction *action);   /* copies */
guint64 odl_worker_run (OdlWorker *worker, guint experiment, gboolean run);
guint64 odl_worker_step (OdlWorker *worker, guint experiment);
guint64 odl_worker_reset (OdlWorker *worker, guint experiment);
guint64 odl_worker_undo (OdlWorker *worker, guint experiment);
guint64 odl_worker_redo (OdlWorker *worker, guint experiment);
/* Asks for the document of all experiments ("experiments": […]); odl_worker_take_saved answers when it is there. */
guint64 odl_worker_save (OdlWorker *worker);
/* Replaces all experiments by the document's, all or nothing; takes a reference. odl_worker_take_loaded tells. NULL: the defaults. */
guint64 odl_worker_load (OdlWorker *worker, json_t *document);

/* The newest frame of an experiment if it has not been taken yet, else NULL. */
OdlFrame *odl_worker_take (OdlWorker *worker, guint experiment);
/* NULL: not there yet. `command` is the number of the save it answers. */
json_t *odl_worker_take_saved (OdlWorker *worker, guint64 *command);
/* TRUE once per load done: ok, or error set. */
gboolean odl_worker_take_loaded (OdlWorker *worker, guint64 *command, GError **error);
