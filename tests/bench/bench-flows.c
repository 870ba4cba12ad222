/* Training in the Flows panel: with the window's worker against without, the time until
 * the circles are learned, and how soon it stops.
 * SPDX-License-Identifier: MIT
 *
 * The worker is watched as the window watches it while it trains: its newest frame is
 * taken twenty times a second, once the panels that are not shown have settled, as they
 * do in the second after the start. Nothing is drawn; what drawing takes is in the
 * window's own benchmark. */
#include <math.h>
#include <string.h>

#include "bench/support-bench.h"
#include "graph/pool.h"
#include "lab/experiment-flows.h"
#include "lab/history.h"
#include "lab/worker.h"

#define FRAME_US   50000
#define OTHERS_US  2000000 /* the other panels have made their pictures by then */
#define ITERATIONS 300

static guint
index_of_flows (void)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  for (guint i = 0; i < n; i++)
    if (all[i] == &odl_experiment_flows)
      return i;
  g_error ("flows is not in the registry");
}

static void
set_models (OdlWorker *worker, guint at, const char *models)
{
  for (guint i = 0; i < odl_experiment_flows.n_settings; i++) {
    const OdlSetting *row = &odl_experiment_flows.settings[i];
    OdlValue value;
    if (!g_str_equal (row->key, "models")
        || !odl_value_parse (row, models, &value, NULL))
      continue;
    odl_worker_set (worker, at, i, &value);
    odl_value_clear (&value);
  }
}

/* The newest frame, or the one before; waits as long as the window does. */
static OdlFrame *
tick (OdlWorker *worker, guint at, OdlFrame *before)
{
  g_usleep (FRAME_US);
  OdlFrame *frame = odl_worker_take (worker, at);
  if (frame == NULL)
    return before;
  g_clear_pointer (&before, odl_frame_unref);
  return frame;
}

/* Iterations a second of one model each without pictures. */
static double
headless_rate (const char *models)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (OdlExperiment) experiment
      = odl_experiment_new (&odl_experiment_flows, runs, NULL);
  g_autoptr (OdlPool) pool = odl_pool_new (0);
  OdlTime time = { .deadline_us = G_MAXINT64, .pool = pool, .runs = runs };
  odl_experiment_set_text (experiment, "models", models, NULL);
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < ITERATIONS; i++)
    odl_experiment_step (experiment, &time, FALSE, NULL);
  return ITERATIONS * 1e6 / (double)(g_get_monotonic_time () - start);
}

typedef struct {
  double rate, learned, stop;
} Watch;

static double
loss_of (const OdlFrame *frame, OdlFlowKind kind)
{
  const OdlFlowsPayload *payload = frame->payload;
  for (guint i = 0; i < payload->n_models; i++)
    if (payload->models[i].kind == kind && payload->models[i].n_history > 0)
      return payload->models[i].loss[payload->models[i].n_history - 1];
  return NAN;
}

/* Presses run, watches until so many iterations, presses pause. */
static Watch
watch (const char *models)
{
  Watch watch = { NAN, NAN, NAN };
  guint at = index_of_flows ();
  g_autoptr (OdlWorker) worker = odl_worker_new (0, NULL);
  OdlFrame *frame = NULL;
  odl_worker_show (worker, at);
  set_models (worker, at, models);
  g_usleep (OTHERS_US);
  while (frame == NULL || !((const OdlFlowsPayload *)frame->payload)->settled)
    frame = tick (worker, at, frame);
  gint64 start = g_get_monotonic_time ();
  odl_worker_run (worker, at, TRUE);
  while (frame->iteration < ITERATIONS) {
    frame = tick (worker, at, frame);
    double passed = (double)(g_get_monotonic_time () - start) / 1e6;
    if (isnan (watch.learned) && loss_of (frame, ODL_FLOW_AUGMENTED) < 0.01)
      watch.learned = passed;
    watch.rate = (double)frame->iteration / passed;
  }
  start = g_get_monotonic_time ();
  odl_worker_run (worker, at, FALSE);
  while (frame->running) {
    g_usleep (500);
    OdlFrame *next = odl_worker_take (worker, at);
    if (next != NULL) {
      odl_frame_unref (frame);
      frame = next;
    }
  }
  watch.stop = (double)(g_get_monotonic_time () - start) / 1e3;
  odl_frame_unref (frame);
  return watch;
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

int
main (void)
{
  static const char *const cases[]
      = { "standard,augmented", "standard,augmented,resnet" };
  bench_title ("Training in the Flows panel, 300 iterations of 256 points");
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++) {
    double ratio[3], stop[3], rate[3], learned[3];
    for (guint k = 0; k < 3; k++) {
      rate[k] = headless_rate (cases[c]);
      Watch seen = watch (cases[c]);
      ratio[k] = seen.rate / rate[k];
      learned[k] = seen.learned;
      stop[k] = seen.stop;
    }
    qsort (ratio, 3, sizeof *ratio, ascending);
    qsort (stop, 3, sizeof *stop, ascending);
    qsort (rate, 3, sizeof *rate, ascending);
    qsort (learned, 3, sizeof *learned, ascending);
    bench_note ("%s", cases[c]);
    bench_row ("headless", rate[1], "1/s", BENCH_NO_TARGET, 0);
    bench_row ("worker over headless", ratio[1], "", BENCH_AT_LEAST, 0.8);
    bench_row ("augmented loss below 0.01 after run", learned[1], "s", BENCH_AT_MOST,
               3);
    bench_row ("pause takes effect within", stop[1], "ms", BENCH_AT_MOST, 50);
  }
  return 0;
}
