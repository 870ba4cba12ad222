/* Measurements of the Latent panel: how soon it answers, and how honest the answers
 * are. SPDX-License-Identifier: MIT
 *
 * Both are taken through the experiment as the window uses it. Honesty is the share of
 * unseen observations within the 95 % band, on fresh series of each family under the
 * model that was shipped for it. */
#include "service-bench-latent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "experiment-latent.h"
#include "latent-shipped.h"
#include "learn/families.h"

#define CLICKS 15
#define SERIES 20

static void
set (OdlExperiment *experiment, const char *key, const char *value)
{
  odl_experiment_set_text (experiment, key, value, NULL);
}

static void
settle (OdlExperiment *experiment, gint64 deadline_us)
{
  const OdlTime time = { .deadline_us = deadline_us };
  while (odl_experiment_settle (experiment, &time) && deadline_us > 0)
    ;
}

static int
ascend (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* ms from a click among 30 points to the encoder's answer, and on to the settled one:
 * medians. */
static void
time_clicks (OdlExperiment *experiment, double *answer, double *settled)
{
  double first[CLICKS], last[CLICKS];
  set (experiment, "series", "sines");
  set (experiment, "points", "29");
  settle (experiment, G_MAXINT64);
  for (guint i = 0; i < CLICKS; i++) {
    const OdlAction click
        = { .kind = "observe", .phase = ODL_PHASE_END, .x = 0.6 * i, .y = 0.1 };
    const gint64 start = g_get_monotonic_time ();
    odl_experiment_act (experiment, &click, NULL);
    settle (experiment, 0);
    first[i] = (double)(g_get_monotonic_time () - start) * 1e-3;
    settle (experiment, G_MAXINT64);
    last[i] = (double)(g_get_monotonic_time () - start) * 1e-3;
    odl_experiment_undo (experiment);
    settle (experiment, G_MAXINT64);
  }
  qsort (first, CLICKS, sizeof *first, ascend);
  qsort (last, CLICKS, sizeof *last, ascend);
  *answer = first[CLICKS / 2];
  *settled = last[CLICKS / 2];
}

/* Shares within the 95 % band over fresh series, %. */
static void
measure_honesty (OdlExperiment *experiment, const char *family, double *between,
                 double *beyond)
{
  double inside = 0, outside = 0;
  guint n = 0;
  set (experiment, "family", family);
  set (experiment, "series", "model");
  set (experiment, "points", "20");
  for (guint i = 0; i < SERIES; i++) {
    g_autofree char *seed = g_strdup_printf ("%u", 1000 + i);
    set (experiment, "series-seed", seed);
    settle (experiment, G_MAXINT64);
    g_autoptr (OdlFrame) frame = odl_experiment_snapshot (experiment);
    const OdlLatentPayload *payload = frame->payload;
    for (guint c = 0; c < payload->n_channels; c++, n++) {
      inside += payload->channels[c].inside.coverage95;
      outside += payload->channels[c].outside.coverage95;
    }
  }
  *between = 100 * inside / n;
  *beyond = 100 * outside / n;
}

static json_t *
row (const char *name, const char *title, double value, const char *unit)
{
  return json_pack ("{s:s, s:s, s:f, s:s}", "name", name, "title", title, "value",
                    value, "unit", unit);
}

static void
add_honesty (json_t *rows, OdlExperiment *experiment, const char *family)
{
  double between, beyond;
  g_autofree char *name = g_strconcat ("latent-", family, NULL);
  g_autofree char *ahead = g_strconcat (name, "-ahead", NULL);
  measure_honesty (experiment, family, &between, &beyond);
  json_array_append_new (
      rows,
      row (name, "unseen points in the 95 % band, between the points", between, "%"));
  json_array_append_new (
      rows, row (ahead, "the same beyond them, to 1.5 times the span", beyond, "%"));
}

void
odl_bench_latent (json_t *rows)
{
  g_return_if_fail (json_is_array (rows));
  double answer, settled;
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (OdlExperiment) experiment
      = odl_experiment_new (&odl_experiment_latent, runs, NULL);
  time_clicks (experiment, &answer, &settled);
  json_array_append_new (
      rows,
      row ("latent-answer", "30 points: click to the encoder's answer", answer, "ms"));
  json_array_append_new (
      rows,
      row ("latent-settled", "30 points: click to the refined answer", settled, "ms"));
  for (const OdlShippedModel *model = odl_shipped_models; model->id; model++)
    add_honesty (rows, experiment, model->id);
}
