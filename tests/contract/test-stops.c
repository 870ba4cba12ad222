/* Whatever an experiment computes, a command is answered in time: the worker with the
 * real experiments, each at work that would take minutes.
 * SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lab/worker.h"
#include "support/cpu-time.h"

/* The promise is 50 ms on a machine that has nothing else to do: no more than that of
 * work by each of two threads. Sanitizers take several times as long. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define IN_TIME_MS 600
#else
#define IN_TIME_MS 100
#endif

typedef struct {
  const char *experiment;
  const char *settings[8]; /* "key=value", NULL-terminated */
  gboolean run;
} Work;

static const Work works[] = {
  { "solvers",
    { "system=lorenz", "mode=fixed", "methods=dop853,rk4", "steps=1000000", NULL } },
  { "solvers",
    { "system=lorenz", "mode=adaptive", "methods=cvode-adams,dopri5",
      "max-steps=10000000", "rtol=1e-12", "span=0,1000000", NULL } },
  { "flows",
    { "points=2000", "hidden=256, 256", "models=standard,augmented,resnet", NULL },
    TRUE },
  { "flows",
    { "points=2000", "hidden=256, 256", "mode=fixed", "method=euler", "steps=1000",
      NULL },
    TRUE },
  { "latent", { "start=random", "points=5000", "show=process,amortised", NULL } },
  { "latent",
    { "start=random", "batch=8", "points=400", "family=spirals", NULL },
    TRUE },
};

static guint
index_of (const char *id)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  for (guint i = 0; i < n; i++)
    if (g_str_equal (all[i]->id, id))
      return i;
  g_assert_not_reached ();
}

/* NULL: a minute has passed. */
static OdlFrame *
wait_for (OdlWorker *worker, guint experiment, guint64 number)
{
  const gint64 end = g_get_monotonic_time () + 60000000;
  while (g_get_monotonic_time () < end) {
    guint64 count;
    struct pollfd fd = { .fd = odl_worker_fd (worker), .events = POLLIN };
    g_autoptr (OdlFrame) frame = odl_worker_take (worker, experiment);
    if (frame && frame->command >= number)
      return g_steal_pointer (&frame);
    if (frame == NULL && poll (&fd, 1, 100) > 0)
      g_assert_cmpint (read (fd.fd, &count, sizeof count), ==, sizeof count);
  }
  return NULL;
}

static guint64
set (OdlWorker *worker, guint experiment, const char *assignment)
{
  guint n, at = 0;
  const OdlExperimentClass *klass = odl_experiments (&n)[experiment];
  g_auto (GStrv) sides = g_strsplit (assignment, "=", 2);
  g_autoptr (GError) error = NULL;
  OdlValue value;
  while (!g_str_equal (klass->settings[at].key, sides[0]))
    g_assert_cmpuint (++at, <, klass->n_settings);
  odl_value_parse (&klass->settings[at], sides[1], &value, &error);
  g_assert_no_error (error);
  const guint64 number = odl_worker_set (worker, experiment, at, &value);
  odl_value_clear (&value);
  return number;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const double *)a < *(const double *)b ? -1 : 1;
}

/* Stopped at nine moments; the median is in time. */
static void
test_stop (gconstpointer data)
{
  const Work *work = data;
  const guint experiment = index_of (work->experiment);
  g_autoptr (OdlWorker) worker = odl_worker_new (2, NULL);
  double ms[9];
  odl_worker_show (worker, experiment);
  for (guint i = 0; work->settings[i]; i++)
    set (worker, experiment, work->settings[i]);
  for (guint i = 0; i < G_N_ELEMENTS (ms); i++) {
    odl_worker_run (worker, experiment, work->run);
    g_usleep (20000 + 9000 * i);
    const gint64 start = cpu_us ();
    const guint64 number = odl_worker_run (worker, experiment, FALSE);
    g_autoptr (OdlFrame) frame = wait_for (worker, experiment, number);
    g_assert_nonnull (frame);
    g_assert_false (frame->running);
    g_assert_cmpstr (frame->error, ==, NULL);
    ms[i] = (double)(cpu_us () - start) * 1e-3;
  }
  qsort (ms, G_N_ELEMENTS (ms), sizeof *ms, compare);
  g_test_message ("%s: median %.1f ms of work, worst %.1f ms", work->experiment, ms[4],
                  ms[8]);
  g_assert_cmpfloat (ms[4], <, IN_TIME_MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (works); i++) {
    g_autofree char *path = g_strdup_printf ("/stops/%s-%u", works[i].experiment, i);
    g_test_add_data_func (path, &works[i], test_stop);
  }
  return g_test_run ();
}
