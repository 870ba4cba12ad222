/* The worker: one thread owns the experiments. Commands go in (numbered; a newer value of a slider replaces the one still
 * waiting; actions are never lost), immutable frames come out (newest wins, one wake pending). Nobody waits for anybody, except
 * to join at exit. A frame says which command it answers. What a command could not do stands in the frames' error_key and error
 * until a value of that setting (or, without a key, an action) is accepted, or it was seen and something else was done.
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

/* Each posts a command and returns its number. `experiment` is the index in the registry. A reset also ends a run. */
guint64 odl_worker_set (OdlWorker *worker, guint experiment, guint setting, const OdlValue *value);
/* Several settings as one gesture, one after another up to the first that is refused. */
guint64 odl_worker_set_many (OdlWorker *worker, guint experiment, const OdlAssignment *sets, guint n);
guint64 odl_worker_act (OdlWorker *worker, guint experiment, const OdlAction *action);   /* copies */
guint64 odl_worker_run (OdlWorker *worker, guint experiment, gboolean run);
guint64 odl_worker_step (OdlWorker *worker, guint experiment);
guint64 odl_worker_reset (OdlWorker *worker, guint experiment);
guint64 odl_worker_undo (OdlWorker *worker, guint experiment);
guint64 odl_worker_redo (OdlWorker *worker, guint experiment);
/* This experiment is the one in view (the first, until told): it is served before the others, and gives a frame at once. */
guint64 odl_worker_show (OdlWorker *worker, guint experiment);
/* At most so many iterations a second while it runs; 0: as many as there are. Changes no result. */
guint64 odl_worker_set_speed (OdlWorker *worker, guint experiment, double iterations_per_second);
/* Asks for the document of all experiments: a session (session.h) with "experiments" and "runs", the view left to the caller.
 * odl_worker_take_saved answers when it is there; every save is answered, in their order. */
guint64 odl_worker_save (OdlWorker *worker);
/* Replaces all experiments by the document's, all or nothing; those that are not in it get their defaults. Nothing runs
 * afterwards. The worker reads the document with a reference of its own until odl_worker_take_loaded tells the end: it must not
 * be changed till then. NULL: the defaults of all. */
guint64 odl_worker_load (OdlWorker *worker, json_t *document);

/* The newest frame of an experiment if it has not been taken yet, else NULL. */
OdlFrame *odl_worker_take (OdlWorker *worker, guint experiment);
/* NULL: not there yet. `command` is the number of the save it answers. */
json_t *odl_worker_take_saved (OdlWorker *worker, guint64 *command);
/* TRUE once per load done: good, or error set with place and reason, and then everything is as it was. */
gboolean odl_worker_take_loaded (OdlWorker *worker, guint64 *command, GError **error);
