/* Tiles over threads. SPDX-License-Identifier: MIT
 *
 * The threads sleep on a condition until a run is announced by a new number. A run is
 * one atomic counter that the workers and the caller draw jobs from until none is left,
 * so a slow job never holds up the others. The caller is worker 0. When it finds no
 * more jobs it waits until every thread has left the run, so that the job function and
 * its data may go away when odl_pool_run returns. A run takes two passes through the
 * lock per thread and allocates nothing. */
#include "graph/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

typedef struct {
  OdlPool *pool;
  guint worker;
  pthread_t id;
} Thread;

struct _OdlPool {
  guint threads;
  Thread *others; /* threads − 1 of them; workers 1 … */
  pthread_mutex_t lock;
  pthread_cond_t start, done;
  /* Under the lock. */
  guint run;  /* number of the run, counts up */
  guint busy; /* other threads still in it */
  gboolean quit;
  /* Written before the run is announced. */
  guint n;
  OdlJob job;
  gpointer data;
  atomic_uint next;
};

static void
draw_jobs (OdlPool *pool, guint worker)
{
  for (;;) {
    guint job = atomic_fetch_add_explicit (&pool->next, 1, memory_order_relaxed);
    if (job >= pool->n)
      return;
    pool->job (pool->data, job, worker);
  }
}

/* Waits for a run after `seen`; FALSE when the pool ends. */
static gboolean
await_run (OdlPool *pool, guint *seen)
{
  pthread_mutex_lock (&pool->lock);
  while (!pool->quit && pool->run == *seen)
    pthread_cond_wait (&pool->start, &pool->lock);
  *seen = pool->run;
  gboolean go = !pool->quit;
  pthread_mutex_unlock (&pool->lock);
  return go;
}

static void *
serve (void *data)
{
  Thread *self = data;
  OdlPool *pool = self->pool;
  guint seen = 0;
  while (await_run (pool, &seen)) {
    draw_jobs (pool, self->worker);
    pthread_mutex_lock (&pool->lock);
    if (--pool->busy == 0)
      pthread_cond_signal (&pool->done);
    pthread_mutex_unlock (&pool->lock);
  }
  return NULL;
}

static guint
count_cores (void)
{
  long cores = sysconf (_SC_NPROCESSORS_ONLN);
  return cores > 0 ? (guint)cores : 1;
}

OdlPool *
odl_pool_new (guint threads)
{
  OdlPool *pool = g_new0 (OdlPool, 1);
  guint wanted = threads > 0 ? threads : count_cores ();
  pthread_mutex_init (&pool->lock, NULL);
  pthread_cond_init (&pool->start, NULL);
  pthread_cond_init (&pool->done, NULL);
  pool->others = g_new0 (Thread, wanted);
  pool->threads = 1;
  /* Where the system gives no more threads, those there are do the work. */
  for (guint i = 0; i + 1 < wanted; i++) {
    pool->others[i] = (Thread){ .pool = pool, .worker = i + 1 };
    if (pthread_create (&pool->others[i].id, NULL, serve, &pool->others[i]) != 0)
      break;
    pool->threads++;
  }
  return pool;
}

void
odl_pool_free (OdlPool *pool)
{
  g_return_if_fail (pool != NULL);
  pthread_mutex_lock (&pool->lock);
  pool->quit = TRUE;
  pthread_cond_broadcast (&pool->start);
  pthread_mutex_unlock (&pool->lock);
  for (guint i = 0; i + 1 < pool->threads; i++)
    pthread_join (pool->others[i].id, NULL);
  pthread_cond_destroy (&pool->start);
  pthread_cond_destroy (&pool->done);
  pthread_mutex_destroy (&pool->lock);
  g_free (pool->others);
  g_free (pool);
}

guint
odl_pool_threads (const OdlPool *pool)
{
  return pool ? pool->threads : 1;
}

/* The jobs must number well below 2³², as every worker draws one too many. */
void
odl_pool_run (OdlPool *pool, guint n, OdlJob job, gpointer data)
{
  g_return_if_fail (job != NULL);
  if (pool == NULL || pool->threads == 1 || n <= 1) {
    for (guint i = 0; i < n; i++)
      job (data, i, 0);
    return;
  }
  g_assert (n <= G_MAXINT);
  pthread_mutex_lock (&pool->lock);
  g_assert (pool->busy == 0); /* a job must not run the pool it runs in */
  pool->n = n;
  pool->job = job;
  pool->data = data;
  atomic_store_explicit (&pool->next, 0, memory_order_relaxed);
  pool->busy = pool->threads - 1;
  pool->run++;
  pthread_cond_broadcast (&pool->start);
  pthread_mutex_unlock (&pool->lock);
  draw_jobs (pool, 0);
  pthread_mutex_lock (&pool->lock);
  while (pool->busy > 0)
    pthread_cond_wait (&pool->done, &pool->lock);
  pthread_mutex_unlock (&pool->lock);
}
