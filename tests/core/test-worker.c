/* The worker: commands obeyed in order and answered, results that depend on commands
 * and iterations only. SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/worker-side.h"

FAKE_REGISTRY ()

/* ---- Commands and frames ---- */

static void
test_first_frames (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  guint n;
  const OdlExperimentClass *const *classes = odl_experiments (&n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (OdlFrame) frame = wait_for (worker, i, is_at_rest, 0);
    g_assert_true (frame->klass == classes[i]);
    g_assert_cmpuint (frame->serial, >, 0);
    g_assert_false (frame->running);
    g_assert_null (frame->error);
  }
  g_assert_null (odl_worker_take (worker, COUNTER));
}

static void
test_set (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  const guint64 number = set_text (worker, COUNTER, FAKE_LABEL, "seen");
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, answers, number);
  g_assert_cmpstr (odl_values_text (frame->values, "label"), ==, "seen");
  g_assert_cmpstr (odl_values_text (frame->values, "echo"), ==, "seen");
  g_assert_true (frame->can_undo);
  g_assert_cmpuint (frame->undo_depth, ==, 1);
}

/* The newest of a flood arrives, and the worker has not been busy with all of it. */
static void
test_flood (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  guint64 number = 0;
  for (guint i = 0; i <= 20000; i++) {
    OdlValue value = { .kind = ODL_SETTING_REAL, .real = i * 1e-4 };
    number = odl_worker_set (worker, COUNTER, FAKE_GAIN, &value);
  }
  g_assert_cmpuint (number, ==, 20001);
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, answers, number);
  g_assert_cmpfloat (odl_values_real (frame->values, "gain"), ==, 20000 * 1e-4);
  g_assert_cmpuint (frame->serial, <, 20000);
}

/* A setting between two values of another keeps its place. */
static void
test_order (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  guint64 number = 0;
  for (guint i = 0; i < 200; i++) {
    set_text (worker, COUNTER, FAKE_LABEL, "first");
    set_text (worker, COUNTER, FAKE_ECHO, "own");
    number = set_text (worker, COUNTER, FAKE_LABEL, "last");
    set_text (worker, TWIN, FAKE_ECHO, "other");
  }
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, answers, number);
  g_assert_cmpstr (odl_values_text (frame->values, "echo"), ==, "last");
}

static void
test_actions (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  for (guint i = 0; i < 1000; i++)
    act (worker, "add", ODL_PHASE_END, i);
  act (worker, "paint", ODL_PHASE_BEGIN, 0);
  for (guint i = 0; i < 1000; i++)
    act (worker, "paint", ODL_PHASE_UPDATE, i);
  const guint64 number = act (worker, "paint", ODL_PHASE_END, 0);
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, answers, number);
  const FakeFrame *shown = read_frame (frame);
  g_assert_cmpuint (shown->n, ==, 2002);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpfloat (shown->points[i], ==, i);
  g_assert_cmpuint (frame->undo_depth, ==, 1001);
}

/* Every drag begins and ends; of what lies between the last place counts. */
static void
test_drags (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  guint64 number = act (worker, "add", ODL_PHASE_END, 0);
  for (guint drag = 0; drag < 50; drag++) {
    act (worker, "move", ODL_PHASE_BEGIN, 0);
    for (guint i = 0; i < 100; i++)
      act (worker, "move", ODL_PHASE_UPDATE, i);
    number = act (worker, "move", ODL_PHASE_END, drag);
  }
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, answers, number);
  const FakeFrame *shown = read_frame (frame);
  g_assert_cmpuint (shown->begins, ==, 50);
  g_assert_cmpuint (shown->ends, ==, 51);
  g_assert_cmpuint (shown->updates, >=, 50);
  g_assert_cmpuint (shown->updates, <=, 5000);
  g_assert_cmpfloat (shown->points[0], ==, 49);
}

static void
test_errors (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  guint64 number = set_text (worker, COUNTER, FAKE_LABEL, "forbidden");
  g_autoptr (OdlFrame) refused = wait_for (worker, COUNTER, answers, number);
  g_assert_cmpstr (refused->error_key, ==, "label");
  g_assert_nonnull (strstr (refused->error, "forbidden"));
  g_assert_cmpstr (odl_values_text (refused->values, "label"), ==, "none");
  number = set_text (worker, COUNTER, FAKE_LABEL, "good");
  g_autoptr (OdlFrame) accepted = wait_for (worker, COUNTER, answers, number);
  g_assert_null (accepted->error);
  number = act (worker, "add", ODL_PHASE_END, -1);
  g_autoptr (OdlFrame) failed = wait_for (worker, COUNTER, answers, number);
  g_assert_null (failed->error_key);
  g_assert_nonnull (failed->error);
  number = set_text (worker, COUNTER, FAKE_ECHO, "something else");
  g_autoptr (OdlFrame) after = wait_for (worker, COUNTER, answers, number);
  g_assert_null (after->error);
}

/* What nobody has seen is still there, whatever else was accepted meanwhile. */
static void
test_unseen_errors (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  for (guint round = 0; round < 20; round++) {
    set_text (worker, COUNTER, FAKE_LABEL, "forbidden");
    const guint64 number = set_text (worker, COUNTER, FAKE_ECHO, "something else");
    for (guint64 seen = 0, last = 0; last < number;) {
      g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, answers, number - 1);
      last = frame->command;
      seen += frame->error != NULL;
      g_assert_true (last < number || seen > 0);
    }
  }
}

static void
test_undo (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  act (worker, "add", ODL_PHASE_END, 7);
  set_text (worker, COUNTER, FAKE_KIND, "failing");
  guint64 number = odl_worker_undo (worker, COUNTER);
  g_autoptr (OdlFrame) one = wait_for (worker, COUNTER, answers, number);
  g_assert_cmpstr (odl_values_text (one->values, "kind"), ==, "plain");
  g_assert_cmpuint (read_frame (one)->n, ==, 1);
  number = odl_worker_undo (worker, COUNTER);
  g_autoptr (OdlFrame) none = wait_for (worker, COUNTER, answers, number);
  g_assert_cmpuint (read_frame (none)->n, ==, 0);
  g_assert_false (none->can_undo);
  odl_worker_redo (worker, COUNTER);
  number = odl_worker_redo (worker, COUNTER);
  g_autoptr (OdlFrame) all = wait_for (worker, COUNTER, answers, number);
  g_assert_cmpstr (odl_values_text (all->values, "kind"), ==, "failing");
  g_assert_cmpuint (read_frame (all)->n, ==, 1);
  g_assert_false (all->can_redo);
}

/* ---- Iterations ---- */

static void
test_steps (gconstpointer kind)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  guint64 number = set_text (worker, COUNTER, FAKE_KIND, kind);
  for (guint i = 0; i < 25; i++) {
    number = odl_worker_step (worker, COUNTER);
    if (i % 3 == 0)
      set_text (worker, TWIN, FAKE_ECHO, "in between");
    g_usleep (i * 300);
  }
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, is_at_rest, number);
  g_assert_cmpuint (frame->iteration, ==, 25);
  g_assert_cmpfloat (read_frame (frame)->x, ==, map_after (25));
}

/* Runs, pauses, frames and other commands leave no trace in the result. */
static void
test_determinism (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  guint64 number;
  set_text (worker, COUNTER, FAKE_LIMIT, "2000000");
  for (guint i = 0; i < 10; i++) {
    odl_worker_run (worker, COUNTER, TRUE);
    odl_worker_run (worker, TWIN, i % 2);
    g_usleep (2000 + 700 * i);
    act (worker, "add", ODL_PHASE_END, i);
    odl_worker_run (worker, COUNTER, FALSE);
    odl_worker_step (worker, COUNTER);
  }
  number = odl_worker_run (worker, COUNTER, FALSE);
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, is_at_rest, number);
  g_assert_cmpuint (frame->iteration, >, 10);
  g_assert_cmpfloat (read_frame (frame)->x, ==, map_after (frame->iteration));
}

static void
test_limit (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  set_text (worker, COUNTER, FAKE_LIMIT, "5000");
  const guint64 number = odl_worker_run (worker, COUNTER, TRUE);
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, is_at_rest, number);
  g_assert_false (frame->running);
  g_assert_cmpuint (frame->iteration, ==, 5000);
  g_assert_cmpfloat (read_frame (frame)->x, ==, map_after (5000));
}

static void
test_failing (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  set_text (worker, COUNTER, FAKE_KIND, "failing");
  guint64 number = odl_worker_run (worker, COUNTER, TRUE);
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, is_at_rest, number);
  g_assert_false (frame->running);
  g_assert_cmpstr (frame->error, ==, "iteration 10 failed");
  g_assert_cmpuint (frame->iteration, ==, 10);
  number = odl_worker_reset (worker, COUNTER);
  g_autoptr (OdlFrame) anew = wait_for (worker, COUNTER, is_at_rest, number);
  g_assert_null (anew->error);
  g_assert_cmpuint (anew->iteration, ==, 0);
}

static void
test_speed (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  odl_worker_set_speed (worker, COUNTER, 100);
  const gint64 start = g_get_monotonic_time ();
  odl_worker_run (worker, COUNTER, TRUE);
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, has_iterated, 40);
  const double seconds = (double)(g_get_monotonic_time () - start) * 1e-6;
  /* Never faster, but for what may be caught up; slower only when the machine is. */
  g_assert_cmpfloat ((double)frame->iteration, <=, 100 * seconds + 12);
  g_assert_cmpfloat (read_frame (frame)->x, ==, map_after (frame->iteration));
}

static void
test_rate (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  set_text (worker, COUNTER, FAKE_KIND, "slow");
  odl_worker_run (worker, COUNTER, TRUE);
  g_autoptr (OdlFrame) early = wait_for (worker, COUNTER, has_iterated, 1);
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, has_iterated, 150);
  g_assert_true (frame->running);
  /* 4 ms each: 250 a second at most, and the measurement begins at a frame. On a busy
   * machine any less. */
  g_assert_cmpfloat (frame->rate, >, 0);
  g_assert_cmpfloat (frame->rate, <, 300);
  const guint64 number = odl_worker_run (worker, COUNTER, FALSE);
  g_autoptr (OdlFrame) last = wait_for (worker, COUNTER, is_at_rest, number);
  g_assert_cmpfloat (last->rate, ==, 0);
}

/* Both go on, none much more than the other, and what is in view is not behind. */
static void
test_fairness (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  set_text (worker, COUNTER, FAKE_KIND, "slow");
  set_text (worker, TWIN, FAKE_KIND, "slow");
  odl_worker_show (worker, TWIN);
  odl_worker_run (worker, COUNTER, TRUE);
  odl_worker_run (worker, TWIN, TRUE);
  odl_frame_unref (wait_for (worker, COUNTER, has_iterated, 30));
  const guint64 a = odl_worker_run (worker, COUNTER, FALSE),
                b = odl_worker_run (worker, TWIN, FALSE);
  g_autoptr (OdlFrame) one = wait_for (worker, COUNTER, is_at_rest, a);
  g_autoptr (OdlFrame) two = wait_for (worker, TWIN, is_at_rest, b);
  g_test_message ("%" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT " iterations",
                  one->iteration, two->iteration);
  g_assert_cmpuint (one->iteration, <=, 2 * two->iteration + 8);
  g_assert_cmpuint (two->iteration, <=, 2 * one->iteration + 8);
}

static guint
count_settles (OdlWorker *worker, const char *label)
{
  const guint64 number = set_text (worker, TWIN, FAKE_LABEL, label);
  g_autoptr (OdlFrame) frame = wait_for (worker, TWIN, answers, number);
  return read_frame (frame)->settles;
}

/* What nobody sees takes nothing from what runs in view, and is done after it. */
static void
test_unseen (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  set_text (worker, COUNTER, FAKE_KIND, "slow");
  const guint64 run = odl_worker_run (worker, COUNTER, TRUE);
  odl_frame_unref (wait_for (worker, COUNTER, answers, run));
  set_text (worker, TWIN, FAKE_KIND, "endless");
  odl_frame_unref (wait_for (worker, COUNTER, has_iterated, 20));
  g_assert_cmpuint (count_settles (worker, "while it runs"), ==, 0);
  const guint64 stop = odl_worker_run (worker, COUNTER, FALSE);
  odl_frame_unref (wait_for (worker, COUNTER, is_at_rest, stop));
  while (count_settles (worker, "after it") == 0)
    ;
}

/* A viewer of the book of runs is told although nobody does anything to it. */
static void
test_watcher (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  g_autoptr (OdlFrame) before = wait_for (worker, WATCHER, is_at_rest, 0);
  g_assert_cmpuint (before->iteration, ==, 0);
  odl_worker_step (worker, COUNTER);
  odl_worker_step (worker, COUNTER);
  g_autoptr (OdlFrame) after = wait_for (worker, WATCHER, has_iterated, 2);
  g_assert_cmpuint (after->iteration, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/first-frames", test_first_frames);
  g_test_add_func ("/worker/set", test_set);
  g_test_add_func ("/worker/flood", test_flood);
  g_test_add_func ("/worker/order", test_order);
  g_test_add_func ("/worker/actions", test_actions);
  g_test_add_func ("/worker/drags", test_drags);
  g_test_add_func ("/worker/errors", test_errors);
  g_test_add_func ("/worker/unseen-errors", test_unseen_errors);
  g_test_add_func ("/worker/undo", test_undo);
  g_test_add_data_func ("/worker/steps/plain", "plain", test_steps);
  g_test_add_data_func ("/worker/steps/slow", "slow", test_steps);
  g_test_add_func ("/worker/determinism", test_determinism);
  g_test_add_func ("/worker/limit", test_limit);
  g_test_add_func ("/worker/failing", test_failing);
  g_test_add_func ("/worker/speed", test_speed);
  g_test_add_func ("/worker/rate", test_rate);
  g_test_add_func ("/worker/fairness", test_fairness);
  g_test_add_func ("/worker/unseen", test_unseen);
  g_test_add_func ("/worker/watcher", test_watcher);
  return g_test_run ();
}
