/* Makes a frame of the Training experiment: what stands in the book of runs now.
 * SPDX-License-Identifier: MIT
 *
 * The rows of all runs shown share one budget, so that a frame is bounded however many
 * runs there are; at most a megabyte and a half. */
#include "training-state.h"

#include "solvers-slab.h"

#include <math.h>

static void
payload_free (gpointer data)
{
  OdlTrainingPayload *payload = data;
  g_ptr_array_unref (payload->blocks);
  g_free (payload);
}

static gboolean
is_taken (const char *show, const OdlTrainingRun *run)
{
  return g_str_equal (show, "all") || (g_str_equal (show, "live") && run->live)
         || (g_str_equal (show, "kept") && run->kept)
         || (g_str_equal (show, "current") && (run->live || run->kept))
         || (g_str_equal (show, "chosen") && run->chosen);
}

static void
copy_run (const OdlTraining *self, OdlTrainingPayload *payload, const OdlRun *from)
{
  OdlTrainingRun *run = &payload->runs[payload->n_runs++];
  GPtrArray *blocks = payload->blocks;
  run->id = from->id;
  run->name = odl_slab_text (blocks, from->name);
  run->experiment = odl_slab_text (blocks, from->experiment);
  run->model = odl_slab_text (blocks, from->model);
  run->live = from->live;
  run->kept = from->kept;
  run->hidden = odl_training_is_hidden (self, from->id);
  run->chosen = from->id == (guint64)odl_values_integer (self->values, "run");
  run->shown = !run->hidden && is_taken (odl_values_text (self->values, "show"), run);
  odl_training_numbers (from->history, run);
}

static void
copy_runs (const OdlTraining *self, OdlTrainingPayload *payload)
{
  const guint n = odl_runs_count (self->runs);
  g_autofree const char **settings = g_new0 (const char *, n + 1);
  guint shown = 0;
  payload->runs = odl_slab_take (payload->blocks, g_new0 (OdlTrainingRun, n + 1));
  for (guint i = 0; i < n; i++) {
    const OdlRun *run = odl_runs_at (self->runs, i);
    if (odl_training_is_removed (self, run->id))
      continue;
    settings[payload->n_runs] = run->settings;
    copy_run (self, payload, run);
    shown += payload->runs[payload->n_runs - 1].shown;
  }
  const guint budget = ODL_TRAINING_MAX_ROWS / MAX (shown, 1) - 1;
  for (guint i = 0; i < payload->n_runs; i++) {
    OdlTrainingRun *run = &payload->runs[i];
    const OdlHistory *history = odl_runs_find (self->runs, run->id)->history;
    if (run->shown)
      odl_training_curves (history, (history->n + budget - 1) / budget,
                           payload->smoothing, payload->blocks, run);
  }
  odl_training_compare (payload, settings);
}

static guint64
last_iteration (const OdlTrainingPayload *payload)
{
  guint64 last = 0;
  for (guint i = 0; i < payload->n_runs; i++)
    if (payload->runs[i].shown)
      last = MAX (last, payload->runs[i].last_iteration);
  return last;
}

static void
write_status (const OdlTrainingPayload *payload, OdlFrame *frame)
{
  guint live = 0, shown = 0;
  for (guint i = 0; i < payload->n_runs; i++) {
    const OdlTrainingRun *run = &payload->runs[i];
    live += run->live;
    shown += run->shown;
    if (frame->status != NULL || !isfinite (run->diverged))
      continue;
    frame->severity = ODL_SEVERITY_WARNING;
    frame->status
        = g_strdup_printf ("%s diverged at iteration %.0f.", run->name, run->diverged);
  }
  if (payload->n_runs == 0)
    frame->status = g_strdup ("No runs yet: they begin when a panel trains.");
  else if (frame->status == NULL)
    frame->status
        = g_strdup_printf ("%u run%s, %u shown, %u not finished.", payload->n_runs,
                           payload->n_runs == 1 ? "" : "s", shown, live);
}

OdlFrame *
odl_training_snapshot (gpointer data)
{
  const OdlTraining *self = data;
  OdlTrainingPayload *payload = g_new0 (OdlTrainingPayload, 1);
  payload->blocks = odl_slab_new ();
  payload->smoothing = (double)odl_values_integer (self->values, "smoothing");
  copy_runs (self, payload);

  OdlFrame *frame = odl_frame_new (payload, payload_free);
  frame->iteration = last_iteration (payload);
  frame->scrub_max = (double)frame->iteration;
  frame->scrub_label = g_strdup ("iteration");
  write_status (payload, frame);
  return frame;
}
