/* Tests of the pool: every job once, whatever the number of threads, runs in quick
 * succession, workers that own their slots, no allocation.
 * SPDX-License-Identifier: MIT */
#include "graph/pool.h"

#include <stdatomic.h>
#include "support/allocations.h"

#define MAX_JOBS 1000
static const guint thread_counts[] = { 1, 2, 3, 8 };

typedef struct {
  guint n, threads;
  guint seen[MAX_JOBS];   /* written by the one worker that has the job */
  atomic_uint inside[8];  /* jobs that run as this worker now: at most 1 */
  gdouble sums[MAX_JOBS]; /* results by job */
  gboolean clash;
} Work;

static void
do_job (gpointer data, guint job, guint worker)
{
  Work *work = data;
  g_assert_cmpuint (job, <, work->n);
  g_assert_cmpuint (worker, <, work->threads);
  if (atomic_fetch_add (&work->inside[worker], 1) != 0)
    work->clash = TRUE;
  work->seen[job]++;
  gdouble sum = 0;
  for (guint i = 1; i <= 20 + job % 7 * 50; i++)
    sum += 1.0 / (i + job);
  work->sums[job] = sum;
  atomic_fetch_sub (&work->inside[worker], 1);
}

static void
check_run (OdlPool *pool, Work *work, guint n)
{
  work->n = n;
  for (guint i = 0; i < n; i++)
    work->seen[i] = 0;
  odl_pool_run (pool, n, do_job, work);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (work->seen[i], ==, 1);
  g_assert_false (work->clash);
}

static void
test_every_job_once (void)
{
  const guint sizes[] = { 0, 1, 2, 3, 7, 8, 9, 100, MAX_JOBS };
  for (guint t = 0; t < G_N_ELEMENTS (thread_counts); t++) {
    g_autoptr (OdlPool) pool = odl_pool_new (thread_counts[t]);
    g_autofree Work *work = g_new0 (Work, 1);
    work->threads = odl_pool_threads (pool);
    g_assert_cmpuint (work->threads, ==, thread_counts[t]);
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      check_run (pool, work, sizes[i]);
  }
}

/* Results by job do not depend on who did them. */
static void
test_same_results (void)
{
  g_autofree Work *alone = g_new0 (Work, 1);
  alone->threads = 1;
  check_run (NULL, alone, MAX_JOBS);
  for (guint t = 0; t < G_N_ELEMENTS (thread_counts); t++) {
    g_autoptr (OdlPool) pool = odl_pool_new (thread_counts[t]);
    g_autofree Work *work = g_new0 (Work, 1);
    work->threads = thread_counts[t];
    check_run (pool, work, MAX_JOBS);
    for (guint i = 0; i < MAX_JOBS; i++)
      g_assert_true (work->sums[i] == alone->sums[i]);
  }
}

/* Without a pool the caller does them in order. */
static void
note_order (gpointer data, guint job, guint worker)
{
  GArray *order = data;
  g_assert_cmpuint (worker, ==, 0);
  g_array_append_val (order, job);
}

static void
test_no_pool (void)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  odl_pool_run (NULL, 5, note_order, order);
  g_assert_cmpuint (order->len, ==, 5);
  for (guint i = 0; i < order->len; i++)
    g_assert_cmpuint (g_array_index (order, guint, i), ==, i);
  g_assert_cmpuint (odl_pool_threads (NULL), ==, 1);
}

/* Runs one after another, with pauses in which the threads fall asleep. What a run
 * wrote is seen by the caller and by the next run. */
static void
add_one (gpointer data, guint job, guint worker)
{
  guint *numbers = data;
  numbers[job]++;
}

static void
test_many_runs (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (thread_counts); t++) {
    g_autoptr (OdlPool) pool = odl_pool_new (thread_counts[t]);
    guint numbers[10] = { 0 };
    for (guint run = 0; run < 500; run++) {
      odl_pool_run (pool, G_N_ELEMENTS (numbers), add_one, numbers);
      if (run % 100 == 50)
        g_usleep (2000);
    }
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
      g_assert_cmpuint (numbers[i], ==, 500);
  }
}

/* Jobs that wait for each other finish only if two workers have them at once. */
static void
meet (gpointer data, guint job, guint worker)
{
  atomic_uint *arrived = data;
  atomic_fetch_add (arrived, 1);
  while (atomic_load (arrived) < 2)
    g_thread_yield ();
}

static void
test_side_by_side (void)
{
  g_autoptr (OdlPool) pool = odl_pool_new (2);
  for (guint i = 0; i < 20; i++) {
    atomic_uint arrived = 0;
    odl_pool_run (pool, 2, meet, &arrived);
    g_assert_cmpuint (arrived, ==, 2);
  }
}

static void
test_new_and_free (void)
{
  for (guint i = 0; i < 50; i++)
    odl_pool_free (odl_pool_new (1 + i % 8));
  g_autoptr (OdlPool) pool = odl_pool_new (0);
  g_assert_cmpuint (odl_pool_threads (pool), >=, 1);
}

static void
test_no_allocation (void)
{
  if (!allocations_are_counted ()) {
    g_test_skip ("allocations cannot be counted here");
    return;
  }
  g_autoptr (OdlPool) pool = odl_pool_new (3);
  guint numbers[10] = { 0 };
  odl_pool_run (pool, G_N_ELEMENTS (numbers), add_one, numbers);
  guint before = allocations_count ();
  for (guint i = 0; i < 100; i++)
    odl_pool_run (pool, G_N_ELEMENTS (numbers), add_one, numbers);
  g_assert_cmpuint (allocations_count (), ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/every-job-once", test_every_job_once);
  g_test_add_func ("/pool/same-results", test_same_results);
  g_test_add_func ("/pool/no-pool", test_no_pool);
  g_test_add_func ("/pool/many-runs", test_many_runs);
  g_test_add_func ("/pool/side-by-side", test_side_by_side);
  g_test_add_func ("/pool/new-and-free", test_new_and_free);
  g_test_add_func ("/pool/no-allocation", test_no_allocation);
  return g_test_run ();
}
