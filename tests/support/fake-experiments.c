/* The experiments of the tests: small, exact, and as unpleasant as they are told to be.
 * SPDX-License-Identifier: MIT */
#include "support/fake-experiments.h"

#include <math.h>
#include <string.h>

#include "base/numbers.h"
#include "base/status.h"

#define ITERATION_US 4000
#define ENDLESS_US   60000000

typedef struct {
  OdlValues *values;
  OdlRuns *runs;
  guint64 run;
  const char *id;
  FakeFrame state;
} Counter;

static const char *const kinds[] = { "plain",   "Plain",   "slow",    "Slow", "failing",
                                     "Failing", "endless", "Endless", NULL };
static const OdlSetting settings[FAKE_N_SETTINGS] = {
  { "gain", "Gain", NULL, NULL, "Of the map.", ODL_SETTING_REAL, 0, 4, "3.75" },
  { "limit", "Limit", NULL, NULL, "Of iterations.", ODL_SETTING_INTEGER, 0, 1e9, "0" },
  { "label", "Label", NULL, NULL, "Any text.", ODL_SETTING_TEXT, 0, 0, "none" },
  { "kind", "Kind", NULL, NULL, "How it goes.", ODL_SETTING_CHOICE, 0, 0, "plain",
    kinds },
  { "echo", "Echo", NULL, NULL, "The label.", ODL_SETTING_TEXT, 0, 0, "none" },
};

static gpointer
create_as (const char *id, OdlValues *values, OdlRuns *runs)
{
  Counter *self = g_new0 (Counter, 1);
  self->id = id;
  self->values = values;
  self->runs = runs;
  self->state.x = 0.25;
  return self;
}

static gpointer
create (OdlValues *values, OdlRuns *runs, GError **error)
{
  return create_as ("counter", values, runs);
}

static gpointer
create_twin (OdlValues *values, OdlRuns *runs, GError **error)
{
  return create_as ("twin", values, runs);
}

static gboolean
is_kind (const Counter *self, const char *kind)
{
  return g_str_equal (odl_values_text (self->values, "kind"), kind);
}

static gboolean
set (gpointer data, guint setting, GError **error)
{
  Counter *self = data;
  const char *label = odl_values_text (self->values, "label");
  if (setting == FAKE_LABEL && g_str_equal (label, "forbidden")) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID, "label: “%s” is not accepted",
                 label);
    return FALSE;
  }
  if (setting == FAKE_LABEL)
    odl_values_set_text (self->values, "echo", label, NULL);
  return TRUE;
}

static void
count_phase (FakeFrame *state, OdlPhase phase)
{
  state->begins += phase == ODL_PHASE_BEGIN;
  state->updates += phase == ODL_PHASE_UPDATE;
  state->ends += phase == ODL_PHASE_END;
}

static gboolean
act (gpointer data, const OdlAction *action, GError **error)
{
  Counter *self = data;
  FakeFrame *state = &self->state;
  const gboolean move = g_str_equal (action->kind, "move"),
                 known = move || g_str_equal (action->kind, "add")
                         || g_str_equal (action->kind, "paint");
  if (!known || action->x < 0 || (move && (guint)action->index >= state->n)
      || state->n >= FAKE_MAX_POINTS) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID, "action: “%s” is not accepted",
                 action->kind);
    return FALSE;
  }
  count_phase (state, action->phase);
  state->points[move ? (guint)action->index : state->n++] = action->x;
  return TRUE;
}

static gboolean
settle (gpointer data, const OdlTime *time)
{
  Counter *self = data;
  const gint64 start = g_get_monotonic_time ();
  if (!is_kind (self, "endless"))
    return FALSE;
  self->state.settles++;
  while (!time->interrupted (time->data))
    if (g_get_monotonic_time () - start > ENDLESS_US)
      return FALSE;
  return TRUE;
}

static void
log_row (Counter *self)
{
  double row[ODL_N_COLUMNS];
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    row[c] = NAN;
  row[ODL_COLUMN_LOSS] = self->state.x;
  if (odl_runs_find (self->runs, self->run) == NULL)
    self->run = odl_runs_begin (self->runs, self->id, "map", "");
  odl_runs_add (self->runs, self->run, self->state.iteration, row);
}

/* FALSE: interrupted, and nothing has changed. */
static gboolean
iterate (Counter *self, const OdlTime *time)
{
  FakeFrame *state = &self->state;
  const gint64 end = g_get_monotonic_time () + ITERATION_US;
  while (is_kind (self, "slow") && g_get_monotonic_time () < end)
    if (time->interrupted (time->data))
      return FALSE;
  state->x = odl_values_real (self->values, "gain") * state->x * (1 - state->x);
  state->iteration++;
  log_row (self);
  return TRUE;
}

static gboolean
step (gpointer data, const OdlTime *time, gboolean many, GError **error)
{
  Counter *self = data;
  const guint64 limit = (guint64)odl_values_integer (self->values, "limit");
  do {
    if (limit > 0 && self->state.iteration >= limit)
      return FALSE;
    if (is_kind (self, "failing") && self->state.iteration == 10) {
      g_set_error_literal (error, ODL_ERROR, ODL_ERROR_FAILED, "iteration 10 failed");
      return FALSE;
    }
    if (!iterate (self, time))
      return TRUE;
  } while (many && g_get_monotonic_time () < time->deadline_us
           && !time->interrupted (time->data));
  return TRUE;
}

static void
reset (gpointer data)
{
  Counter *self = data;
  self->state.iteration = 0;
  self->state.x = 0.25;
  odl_runs_end (self->runs, self->run);
  self->run = 0;
}

static OdlFrame *
snapshot (gpointer data)
{
  Counter *self = data;
  FakeFrame *shown = g_memdup2 (&self->state, sizeof self->state);
  shown->sum = 0;
  for (guint i = 0; i < shown->n; i++)
    shown->sum += shown->points[i];
  OdlFrame *frame = odl_frame_new (shown, g_free);
  frame->iteration = shown->iteration;
  frame->can_run = TRUE;
  frame->status = g_strdup_printf ("iteration %" G_GUINT64_FORMAT, shown->iteration);
  return frame;
}

static json_t *
save (gpointer data, guint parts)
{
  Counter *self = data;
  FakeFrame *state = &self->state;
  if (parts & ODL_SAVE_DATA)
    return json_pack ("{s:o}", "points", odl_numbers_to_json (state->points, state->n));
  return json_pack ("{s:I, s:f, s:I}", "iteration", (json_int_t)state->iteration, "x",
                    state->x, "run", (json_int_t)self->run);
}

static gboolean
load (gpointer data, const json_t *from, guint parts, GError **error)
{
  Counter *self = data;
  const json_t *points = json_object_get (from, "points");
  json_int_t iteration = 0, run = 0;
  double x = 0.25, read[FAKE_MAX_POINTS];
  json_error_t what;
  if (parts & ODL_SAVE_STATE) {
    if (json_unpack_ex ((json_t *)from, &what, JSON_STRICT, "{s:I, s:F, s:I}",
                        "iteration", &iteration, "x", &x, "run", &run)
        != 0) {
      g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s", what.text);
      return FALSE;
    }
    self->state.iteration = (guint64)iteration;
    self->state.x = x;
    self->run = (guint64)run;
    return TRUE;
  }
  const gsize n = json_array_size (points);
  if (n > FAKE_MAX_POINTS || !odl_numbers_from_json (points, "points", read, n, error))
    return FALSE;
  memcpy (self->state.points, read, n * sizeof *read);
  self->state.n = (guint)n;
  return TRUE;
}

static const char *const strokes[] = { "paint", NULL };

const OdlExperimentClass fake_counter = {
  .id = "counter",
  .title = "Counter",
  .settings = settings,
  .n_settings = FAKE_N_SETTINGS,
  .create = create,
  .set = set,
  .act = act,
  .settle = settle,
  .step = step,
  .reset = reset,
  .snapshot = snapshot,
  .save = save,
  .load = load,
  .destroy = g_free,
  .strokes = strokes,
};

const OdlExperimentClass fake_twin = {
  .id = "twin",
  .title = "Twin",
  .settings = settings,
  .n_settings = FAKE_N_SETTINGS,
  .create = create_twin,
  .set = set,
  .act = act,
  .settle = settle,
  .step = step,
  .reset = reset,
  .snapshot = snapshot,
  .save = save,
  .load = load,
  .destroy = g_free,
};

/* ---- The watcher ---- */

typedef struct {
  OdlRuns *runs;
  guint frames;
} Watcher;

static gpointer
create_watcher (OdlValues *values, OdlRuns *runs, GError **error)
{
  Watcher *self = g_new0 (Watcher, 1);
  self->runs = runs;
  return self;
}

static gboolean
set_none (gpointer data, guint setting, GError **error)
{
  return TRUE;
}

static gboolean
step_none (gpointer data, const OdlTime *time, gboolean many, GError **error)
{
  return FALSE;
}

static OdlFrame *
snapshot_watcher (gpointer data)
{
  Watcher *self = data;
  OdlFrame *frame = odl_frame_new (NULL, NULL);
  guint64 rows = 0;
  for (guint i = 0; i < odl_runs_count (self->runs); i++)
    rows += odl_runs_at (self->runs, i)->history->n;
  frame->iteration = rows;
  frame->status = g_strdup_printf ("frame %u", ++self->frames);
  return frame;
}

static json_t *
save_none (gpointer data, guint parts)
{
  return json_object ();
}

static gboolean
load_none (gpointer data, const json_t *from, guint parts, GError **error)
{
  return TRUE;
}

const OdlExperimentClass fake_watcher = {
  .id = "watcher",
  .title = "Watcher",
  .watches_runs = TRUE,
  .create = create_watcher,
  .set = set_none,
  .step = step_none,
  .snapshot = snapshot_watcher,
  .save = save_none,
  .load = load_none,
  .destroy = g_free,
};

const OdlExperimentClass *
fake_find (const OdlExperimentClass *const *fakes, guint n, const char *id,
           GError **error)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (fakes[i]->id, id))
      return fakes[i];
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "there is no experiment “%.80s”: counter, twin, watcher are accepted",
               id);
  return NULL;
}
