/* Tiles over threads: `n` independent jobs run by up to `threads` threads, each job told which worker runs it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef struct _OdlPool OdlPool;
typedef void (*OdlJob) (gpointer data, guint job, guint worker);

/* threads ≥ 1, the caller's included; 0: one per core. */
OdlPool *odl_pool_new (guint threads);
void odl_pool_free (OdlPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlPool, odl_pool_free)
guint odl_pool_threads (const OdlPool *pool);
/* Runs job (data, 0 … n − 1, worker < threads) and returns when all are done. Which worker gets which job is not
 * fixed: results must not depend on it. `pool` may be NULL: the caller runs them in order. */
void odl_pool_run (OdlPool *pool, guint n, OdlJob job, gpointer data);
