/* Tiles over threads. SPDX-License-Identifier: MIT
 *
 * The jobs of a run are shared out in advance, a stretch of neighbours for each worker,
 * so that a job that comes again in the next run finds its data in the cache of the
 * same core. A worker draws from its own stretch, then helps with those of the others,
 * so a slow job never holds up the rest. A run is open while the caller, worker 0,
 * still draws; a thread joins it only then. So the caller waits at its end for those
 * that joined, and never for one that the system has not woken yet: a short run costs
 * no more than the caller's own work. When the caller leaves, no thread is in the run,
 * and the job function and its data may go away. Waiting begins with some turns of
 * looking at an atomic, because solvers start runs in quick succession, and only then
 * sleeps on a condition. Nothing is allocated in a run. */
#include "graph/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define TURNS 4000 /* of looking before sleeping: less than 0.1 ms */

typedef struct {
  OdlPool *pool;
  guint worker;
  pthread_t id;
} Thread;

/* The jobs of a run that are still to be drawn from a worker's stretch: next … end − 1.
 * Each has a line of the cache to itself. */
typedef struct {
  _Alignas(64) atomic_uint next;
  guint end;
} Stretch;

struct _OdlPool {
  guint threads;
  Thread *others; /* threads − 1 of them; workers 1 … */
  pthread_mutex_t lock;
  pthread_cond_t start, done;
  /* Written under the lock, looked at without it. */
  atomic_uint run;    /* number of the run, counts up */
  atomic_uint inside; /* threads that joined it and have not left */
  /* Under the lock. */
  gboolean open, quit;
  guint asleep; /* threads waiting for `start` */
  /* Written before the run opens. */
  OdlJob job;
  gpointer data;
  Stretch *stretches; /* by worker */
};

static inline void
pause_core (void)
{
#if defined __x86_64__
  __builtin_ia32_pause ();
#endif
}

/* Looks at a number for a while; returns when it is no longer `old`, or no later. */
static void
watch (atomic_uint *number, guint old)
{
  for (guint i = 0; i < TURNS; i++) {
    if (atomic_load_explicit (number, memory_order_relaxed) != old)
      return;
    pause_core ();
  }
}

static void
draw_jobs (OdlPool *pool, guint worker)
{
  for (guint i = 0; i < pool->threads; i++) {
    Stretch *stretch = &pool->stretches[(worker + i) % pool->threads];
    for (;;) {
      guint job = atomic_fetch_add_explicit (&stretch->next, 1, memory_order_relaxed);
      if (job >= stretch->end)
        break;
      pool->job (pool->data, job, worker);
    }
  }
}

/* Waits for a run after `seen` and joins it if it is still open; FALSE when the pool
 * ends. */
static gboolean
await_run (OdlPool *pool, guint *seen, gboolean *joined)
{
  watch (&pool->run, *seen);
  pthread_mutex_lock (&pool->lock);
  while (!pool->quit && pool->run == *seen) {
    pool->asleep++;
    pthread_cond_wait (&pool->start, &pool->lock);
    pool->asleep--;
  }
  *seen = pool->run;
  *joined = pool->open && !pool->quit;
  if (*joined)
    pool->inside++;
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
  gboolean joined;
  while (await_run (pool, &seen, &joined)) {
    if (!joined)
      continue;
    draw_jobs (pool, self->worker);
    pthread_mutex_lock (&pool->lock);
    if (--pool->inside == 0)
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
  pool->stretches = g_aligned_alloc0 (wanted, sizeof (Stretch), _Alignof(Stretch));
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
  g_aligned_free (pool->stretches);
  g_free (pool);
}

guint
odl_pool_threads (const OdlPool *pool)
{
  return pool ? pool->threads : 1;
}

static void
open_run (OdlPool *pool, guint n, OdlJob job, gpointer data)
{
  pthread_mutex_lock (&pool->lock);
  g_assert (!pool->open); /* a job must not run the pool it runs in */
  pool->job = job;
  pool->data = data;
  for (guint i = 0; i < pool->threads; i++) {
    Stretch *stretch = &pool->stretches[i];
    guint first = (guint)((guint64)n * i / pool->threads);
    stretch->end = (guint)((guint64)n * (i + 1) / pool->threads);
    atomic_store_explicit (&stretch->next, first, memory_order_relaxed);
  }
  pool->open = TRUE;
  pool->run++;
  if (pool->asleep > 0)
    pthread_cond_broadcast (&pool->start);
  pthread_mutex_unlock (&pool->lock);
}

/* Nobody joins any more; waits until those inside have left. */
static void
close_run (OdlPool *pool)
{
  pthread_mutex_lock (&pool->lock);
  pool->open = FALSE;
  guint inside = pool->inside;
  pthread_mutex_unlock (&pool->lock);
  for (guint left; inside > 0; inside = left) {
    watch (&pool->inside, inside);
    left = pool->inside;
    if (left == inside)
      break;
  }
  pthread_mutex_lock (&pool->lock);
  while (pool->inside > 0)
    pthread_cond_wait (&pool->done, &pool->lock);
  pthread_mutex_unlock (&pool->lock);
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
  open_run (pool, n, job, data);
  draw_jobs (pool, 0);
  close_run (pool);
}
