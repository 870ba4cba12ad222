/* The worker in time: stops, sleeps, paces, and takes and gives documents. Run under
 * ThreadSanitizer too. SPDX-License-Identifier: MIT */
#include "core/worker-side.h"
#include "lab/session.h"
#include "support/cpu-time.h"

FAKE_REGISTRY ()

/* ---- Time ---- */

/* Of work, from the stop to the frame that says so. */
static double
stop_seconds (OdlWorker *worker)
{
  const gint64 start = cpu_us ();
  const guint64 number = odl_worker_run (worker, COUNTER, FALSE);
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, answers, number);
  g_assert_false (frame->running);
  return (double)(cpu_us () - start) * 1e-6;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const double *)a < *(const double *)b ? -1 : 1;
}

/* The promise is 50 ms on a machine that has nothing else to do. */
static void
test_stop (gconstpointer kind)
{
  double seconds[11];
  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++) {
    g_autoptr (OdlWorker) worker = new_worker ();
    set_text (worker, COUNTER, FAKE_KIND, kind);
    odl_worker_run (worker, COUNTER, TRUE);
    g_usleep (5000 * (i % 5));
    seconds[i] = stop_seconds (worker);
  }
  qsort (seconds, G_N_ELEMENTS (seconds), sizeof *seconds, compare);
  g_test_message ("median %.1f ms of work, worst %.1f ms", 1e3 * seconds[5],
                  1e3 * seconds[10]);
  g_assert_cmpfloat (seconds[5], <, 0.05);
}

/* Freeing does not wait for a solve. */
static void
test_free (void)
{
  OdlWorker *worker = new_worker ();
  set_text (worker, COUNTER, FAKE_KIND, "endless");
  g_usleep (20000);
  const gint64 start = cpu_us ();
  odl_worker_free (worker);
  g_assert_cmpint (cpu_us () - start, <, 1000000);
}

/* Freed with commands, frames, documents on their way. */
static void
test_free_in_flight (void)
{
  for (guint i = 0; i < 20; i++) {
    g_autoptr (OdlWorker) worker = new_worker ();
    odl_worker_run (worker, COUNTER, TRUE);
    act (worker, "add", ODL_PHASE_END, 1);
    odl_worker_save (worker);
    odl_worker_load (worker, NULL);
    set_text (worker, COUNTER, FAKE_LABEL, "late");
    g_usleep (i * 200);
  }
}

/* Soon there are 300 ms in which nearly nothing is done. */
static void
test_idle (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  for (guint i = 0; i < 3; i++) {
    g_autoptr (OdlFrame) frame = wait_for (worker, i, is_at_rest, 0);
  }
  for (guint i = 0; i < 10; i++) {
    const gint64 before = cpu_us ();
    g_usleep (300000);
    if (cpu_us () - before < 15000)
      return;
  }
  g_assert_not_reached ();
}

/* A reader that takes each frame at once gets no more than 125 a second, and the last
 * of them is the last word. */
static void
test_pace (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  odl_worker_run (worker, COUNTER, TRUE);
  g_autoptr (OdlFrame) first = wait_for (worker, COUNTER, has_iterated, 1);
  const gint64 start = g_get_monotonic_time ();
  guint frames = 0;
  while (frames <= 3 || g_get_monotonic_time () - start < 400000) {
    g_assert_cmpint (g_get_monotonic_time () - start, <, PATIENCE_US);
    g_autoptr (OdlFrame) frame = odl_worker_take (worker, COUNTER);
    frames += frame != NULL;
    g_usleep (200);
  }
  const double seconds = (double)(g_get_monotonic_time () - start) * 1e-6;
  g_test_message ("%.0f frames a second", frames / seconds);
  g_assert_cmpfloat (frames, <=, 126 * seconds + 3);
  const guint64 number = odl_worker_run (worker, COUNTER, FALSE);
  g_autoptr (OdlFrame) last = wait_for (worker, COUNTER, is_at_rest, number);
  g_autoptr (OdlFrame) later = odl_worker_take (worker, COUNTER);
  g_assert_null (later);
}

/* ---- Documents ---- */

static void
test_documents (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  g_autoptr (GError) error = NULL;
  set_text (worker, COUNTER, FAKE_LABEL, "kept");
  act (worker, "add", ODL_PHASE_END, 1 / 3.0);
  for (guint i = 0; i < 20; i++)
    odl_worker_step (worker, COUNTER);
  reach (worker, 20);
  json_t *document = save (worker);
  g_assert_true (odl_session_check (document, &error));
  g_assert_no_error (error);
  g_autoptr (OdlWorker) other = new_worker ();
  g_assert_true (load (other, document, &error));
  g_assert_no_error (error);
  json_t *again = save (other);
  g_assert_true (json_equal (document, again));
  for (guint i = 0; i < 13; i++)
    odl_worker_step (other, COUNTER);
  g_autoptr (OdlFrame) frame = wait_for (other, COUNTER, has_iterated, 33);
  g_assert_cmpfloat (read_frame (frame)->x, ==, map_after (33));
  g_assert_cmpfloat (read_frame (frame)->points[0], ==, 1 / 3.0);
  json_decref (again);
  json_decref (document);
}

/* A document that is bad at its very end changes nothing. */
static void
test_bad_documents (void)
{
  static const char *const bad[] = {
    "{\"format\": \"odelab-session\", \"version\": 1}",
    "{\"format\": \"odelab-session\", \"version\": 1, \"experiments\": [{"
    "\"experiment\": \"counter\", \"data\": {\"points\": [9]}}, {\"experiment\": "
    "\"twin\", \"state\": {\"iteration\": 1}}]}",
    "{\"format\": \"odelab-session\", \"version\": 1, \"experiments\": [{"
    "\"experiment\": \"counter\", \"settings\": {\"label\": \"changed\"}}, {"
    "\"experiment\": \"twin\", \"settings\": {\"gain\": 9}}]}",
    "{\"format\": \"odelab-session\", \"version\": 1, \"runs\": {\"last-id\": 5, "
    "\"runs\": 1}, \"experiments\": []}",
  };
  g_autoptr (OdlWorker) worker = new_worker ();
  act (worker, "add", ODL_PHASE_END, 2);
  odl_worker_step (worker, COUNTER);
  reach (worker, 1);
  json_t *before = save (worker);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    json_t *document = json_loads (bad[i], 0, NULL);
    g_assert_nonnull (document);
    g_assert_false (load (worker, document, &error));
    g_assert_nonnull (error);
    json_t *after = save (worker);
    g_assert_true (json_equal (before, after));
    json_decref (after);
    json_decref (document);
  }
  g_autoptr (OdlFrame) frame
      = wait_for (worker, COUNTER, answers, odl_worker_undo (worker, COUNTER));
  g_assert_cmpuint (read_frame (frame)->n, ==, 0);
  json_decref (before);
}

static void
test_defaults (void)
{
  g_autoptr (OdlWorker) worker = new_worker (), other = new_worker ();
  set_text (worker, TWIN, FAKE_LABEL, "changed");
  act (worker, "add", ODL_PHASE_END, 2);
  odl_worker_run (worker, COUNTER, TRUE);
  reach (worker, 1);
  g_assert_true (load (worker, NULL, NULL));
  json_t *now = save (worker), *fresh = save (other);
  g_assert_true (json_equal (now, fresh));
  json_decref (now);
  json_decref (fresh);
}

/* Two saves are two answers, each of its moment. */
static void
test_saves_in_order (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  const guint64 one = odl_worker_save (worker);
  act (worker, "add", ODL_PHASE_END, 2);
  const guint64 two = odl_worker_save (worker);
  json_t *first = take_saved (worker, one), *second = take_saved (worker, two);
  g_assert_false (json_equal (first, second));
  json_decref (first);
  json_decref (second);
}

/* A save interrupts a solve of minutes, which then goes on. */
static void
test_save_in_a_solve (void)
{
  g_autoptr (OdlWorker) worker = new_worker ();
  const guint64 number = set_text (worker, COUNTER, FAKE_KIND, "endless");
  g_usleep (10000);
  json_decref (save (worker));
  g_autoptr (OdlFrame) frame = wait_for (worker, COUNTER, answers, number);
  g_assert_true (frame->busy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/worker-life/stop/plain", "plain", test_stop);
  g_test_add_data_func ("/worker-life/stop/slow", "slow", test_stop);
  g_test_add_data_func ("/worker-life/stop/endless", "endless", test_stop);
  g_test_add_func ("/worker-life/free", test_free);
  g_test_add_func ("/worker-life/free-in-flight", test_free_in_flight);
  g_test_add_func ("/worker-life/idle", test_idle);
  g_test_add_func ("/worker-life/pace", test_pace);
  g_test_add_func ("/worker-life/documents", test_documents);
  g_test_add_func ("/worker-life/bad-documents", test_bad_documents);
  g_test_add_func ("/worker-life/defaults", test_defaults);
  g_test_add_func ("/worker-life/saves-in-order", test_saves_in_order);
  g_test_add_func ("/worker-life/save-in-a-solve", test_save_in_a_solve);
  return g_test_run ();
}
