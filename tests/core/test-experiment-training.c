/* The Training experiment: what its frames say is what stands in the book of runs, and
 * what a hand does to a run can be undone. SPDX-License-Identifier: MIT */
#include "lab/experiment-training.h"

#include "base/status.h"
#include "lab/history.h"

#include <math.h>
#include <string.h>

typedef struct {
  OdlRuns *runs;
  OdlExperiment *experiment;
  OdlFrame *frame;
  const OdlTrainingPayload *payload;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->runs = odl_runs_new ();
  fixture->experiment
      = odl_experiment_new (&odl_experiment_training, fixture->runs, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->frame, odl_frame_unref);
  odl_experiment_free (fixture->experiment);
  odl_runs_free (fixture->runs);
}

static void
look (Fixture *fixture)
{
  g_clear_pointer (&fixture->frame, odl_frame_unref);
  fixture->frame = odl_experiment_snapshot (fixture->experiment);
  fixture->payload = fixture->frame->payload;
}

static const OdlTrainingRun *
run_of (Fixture *fixture, guint64 id)
{
  look (fixture);
  for (guint i = 0; i < fixture->payload->n_runs; i++)
    if (fixture->payload->runs[i].id == id)
      return &fixture->payload->runs[i];
  return NULL;
}

static double
loss_at (guint64 iteration)
{
  return exp (-0.01 * (double)iteration);
}

/* A run of n iterations: loss e^(−i/100), 3 evaluations more each time, 2 ms each. */
static guint64
add_run (Fixture *fixture, const char *model, const char *settings, guint n)
{
  const guint64 id = odl_runs_begin (fixture->runs, "flows", model, settings);
  for (guint64 i = 1; i <= n; i++) {
    double row[ODL_N_COLUMNS];
    for (guint c = 0; c < ODL_N_COLUMNS; c++)
      row[c] = NAN;
    row[ODL_COLUMN_LOSS] = loss_at (i);
    row[ODL_COLUMN_ACCURACY] = 1 - loss_at (i);
    row[ODL_COLUMN_NFE_FORWARD] = 3.0 * (double)i;
    row[ODL_COLUMN_SECONDS] = 0.002 * (double)i;
    odl_runs_add (fixture->runs, id, i, row);
  }
  return id;
}

static void
put (Fixture *fixture, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  odl_experiment_set_text (fixture->experiment, key, text, &error);
  g_assert_no_error (error);
}

static void
refuse (Fixture *fixture, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (odl_experiment_set_text (fixture->experiment, key, text, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_test_message ("%s=%s: %s", key, text, error->message);
  g_assert_nonnull (strstr (error->message, key));
}

static gboolean
act (Fixture *fixture, const char *kind, guint64 id)
{
  g_autoptr (GError) error = NULL;
  OdlAction action = { .phase = ODL_PHASE_END, .index = (int)id };
  g_strlcpy (action.kind, kind, sizeof action.kind);
  const gboolean good = odl_experiment_act (fixture->experiment, &action, &error);
  if (!good)
    g_test_message ("%s %d: %s", kind, action.index, error->message);
  return good;
}

static const OdlValues *
values (Fixture *fixture)
{
  return odl_experiment_values (fixture->experiment);
}

/* ---- What is shown ---- */

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  look (fixture);
  g_assert_cmpuint (fixture->payload->n_runs, ==, 0);
  g_assert_nonnull (strstr (fixture->frame->status, "No runs"));
  g_assert_false (fixture->frame->can_run);
  refuse (fixture, "run", "1");
  refuse (fixture, "name", "first");
  refuse (fixture, "kept", "true");
  put (fixture, "name", "");
  g_assert_true (act (fixture, "clear", 0));
  g_assert_true (act (fixture, "remove", 0));
  g_assert_true (act (fixture, "remove-chosen", 0));
  g_assert_false (act (fixture, "hide", 1));
  g_assert_false (act (fixture, "paint", 0));
}

static void
test_rows (Fixture *fixture, gconstpointer data)
{
  const guint64 id = add_run (fixture, "standard", "", 300);
  const OdlTrainingRun *run = run_of (fixture, id);
  g_assert_cmpuint (run->n, ==, 300);
  g_assert_cmpuint (run->last_iteration, ==, 300);
  for (guint i = 0; i < run->n; i++) {
    g_assert_cmpfloat (run->raw[ODL_COLUMN_LOSS][i], ==, loss_at (i + 1));
    g_assert_cmpfloat_with_epsilon (run->raw[ODL_COLUMN_SECONDS][i], 0.002, 1e-12);
  }
  g_assert_null (run->raw[ODL_COLUMN_NLL]);
  g_assert_cmpfloat (run->best_loss, ==, loss_at (300));
  g_assert_cmpfloat (run->best_iteration, ==, 300);
  g_assert_cmpfloat (run->last[ODL_COLUMN_NFE_FORWARD], ==, 900);
  g_assert_cmpfloat_with_epsilon (run->pace, 0.002, 1e-12);
  g_assert_true (isnan (run->diverged));
  g_assert_cmpuint (fixture->frame->iteration, ==, 300);
}

/* Rows of a frame are bounded, are rows of the history, and include both ends. */
static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  for (guint k = 0; k < ODL_MAX_RUNS; k++)
    add_run (fixture, "standard", "", 900);
  look (fixture);
  guint rows = 0;
  g_assert_cmpuint (fixture->payload->n_runs, ==, ODL_MAX_RUNS);
  for (guint k = 0; k < ODL_MAX_RUNS; k++) {
    const OdlTrainingRun *run = &fixture->payload->runs[k];
    rows += run->n;
    g_assert_cmpfloat (run->iteration[0], ==, 1);
    g_assert_cmpfloat (run->iteration[run->n - 1], ==, 900);
    for (guint i = 0; i < run->n; i++)
      g_assert_cmpfloat (run->raw[ODL_COLUMN_LOSS][i], ==,
                         loss_at ((guint64)run->iteration[i]));
  }
  g_assert_cmpuint (rows, <=, ODL_TRAINING_MAX_ROWS);
}

/* The average of a constant is that constant; of an exponential decay, in logarithms a
 * straight line, it lags by about H / ln 2 iterations once it has settled. */
static void
test_smoothing (Fixture *fixture, gconstpointer data)
{
  const guint64 id = add_run (fixture, "standard", "", 1000);
  put (fixture, "smoothing", "20");
  const OdlTrainingRun *run = run_of (fixture, id);
  const double *smooth = run->smooth[ODL_COLUMN_LOSS];
  g_assert_cmpfloat_with_epsilon (smooth[0], loss_at (1), 1e-12);
  const double q = exp2 (-1 / 20.0), lag = q / (1 - q);
  g_assert_cmpfloat_with_epsilon (log (smooth[999]), -0.01 * (1000 - lag), 1e-9);
  g_assert_cmpfloat_with_epsilon (run->smooth[ODL_COLUMN_SECONDS][700], 0.002, 1e-12);
  g_assert_cmpfloat (run->raw[ODL_COLUMN_LOSS][999], ==, loss_at (1000));
  g_assert_cmpfloat_with_epsilon (lag, 20 / G_LN2, 0.6);
  put (fixture, "smoothing", "0");
  run = run_of (fixture, id);
  g_assert_null (run->smooth[ODL_COLUMN_LOSS]);
  g_assert_nonnull (run->raw[ODL_COLUMN_LOSS]);
}

static void
test_diverged (Fixture *fixture, gconstpointer data)
{
  const guint64 id = add_run (fixture, "standard", "", 40);
  double row[ODL_N_COLUMNS] = { INFINITY, 0.5, NAN, 20, 30, INFINITY, 0.1 };
  odl_runs_add (fixture->runs, id, 41, row);
  const OdlTrainingRun *run = run_of (fixture, id);
  g_assert_cmpfloat (run->diverged, ==, 41);
  g_assert_cmpfloat (run->best_iteration, ==, 40);
  g_assert_cmpint (fixture->frame->severity, ==, ODL_SEVERITY_WARNING);
  g_assert_nonnull (strstr (fixture->frame->status, "41"));
  g_assert_true (isfinite (run->smooth[ODL_COLUMN_LOSS][39]));
}

static guint
n_shown (Fixture *fixture)
{
  guint n = 0;
  look (fixture);
  for (guint i = 0; i < fixture->payload->n_runs; i++) {
    const OdlTrainingRun *run = &fixture->payload->runs[i];
    g_assert_true (run->shown || run->n == 0);
    n += run->shown;
  }
  return n;
}

static void
test_show (Fixture *fixture, gconstpointer data)
{
  const guint64 first = add_run (fixture, "standard", "", 10);
  add_run (fixture, "augmented", "", 10);
  add_run (fixture, "standard", "", 10); /* finishes the first */
  g_assert_cmpuint (n_shown (fixture), ==, 3);
  put (fixture, "show", "live");
  g_assert_cmpuint (n_shown (fixture), ==, 2);
  put (fixture, "show", "kept");
  g_assert_cmpuint (n_shown (fixture), ==, 0);
  g_assert_true (act (fixture, "keep", first));
  g_assert_cmpuint (n_shown (fixture), ==, 1);
  put (fixture, "show", "current");
  g_assert_cmpuint (n_shown (fixture), ==, 3);
  put (fixture, "show", "chosen");
  g_assert_cmpuint (n_shown (fixture), ==, 0);
  g_assert_true (act (fixture, "choose", first));
  g_assert_cmpuint (n_shown (fixture), ==, 1);
  put (fixture, "show", "all");
  g_assert_true (act (fixture, "hide", 0));
  g_assert_cmpuint (n_shown (fixture), ==, 0);
  g_assert_true (act (fixture, "hide", first));
  g_assert_cmpuint (n_shown (fixture), ==, 1);
  odl_experiment_reset (fixture->experiment);
  g_assert_cmpuint (n_shown (fixture), ==, 3);
}

static void
test_differences (Fixture *fixture, gconstpointer data)
{
  add_run (fixture, "standard", "rate=0.01\nseed=1\ndata=moons", 5);
  add_run (fixture, "augmented", "seed=1\ndata=moons\nextra=2", 5);
  look (fixture);
  const OdlTrainingPayload *p = fixture->payload;
  g_assert_cmpuint (p->n_compared, ==, 2);
  g_assert_cmpuint (p->n_differences, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const gboolean rate = g_str_equal (p->difference_keys[i], "rate");
    g_assert_true (rate || g_str_equal (p->difference_keys[i], "extra"));
    for (guint k = 0; k < 2; k++) {
      const char *model = p->runs[p->compared[k]].model;
      const gboolean has = rate == g_str_equal (model, "standard");
      g_assert_cmpstr (p->difference_values[i * 2 + k], ==,
                       !has   ? "–"
                       : rate ? "0.01"
                              : "2");
    }
  }
}

/* ---- What a hand does ---- */

static void
test_choose (Fixture *fixture, gconstpointer data)
{
  const guint64 id = add_run (fixture, "standard", "", 5);
  g_assert_true (act (fixture, "choose", id));
  g_assert_cmpint (odl_values_integer (values (fixture), "run"), ==, (gint64)id);
  g_assert_cmpstr (odl_values_text (values (fixture), "name"), ==,
                   "flows · standard · 1");
  g_assert_true (run_of (fixture, id)->chosen);
  g_assert_true (act (fixture, "choose", id));
  g_assert_cmpint (odl_values_integer (values (fixture), "run"), ==, 0);
  g_assert_cmpstr (odl_values_text (values (fixture), "name"), ==, "");
  refuse (fixture, "run", "77");
}

static void
test_rename (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wide = g_strnfill (ODL_TRAINING_MAX_NAME + 1, 'w');
  const guint64 id = add_run (fixture, "standard", "", 5);
  put (fixture, "run", "1");
  put (fixture, "name", "base line");
  g_assert_cmpstr (run_of (fixture, id)->name, ==, "base line");
  refuse (fixture, "name", "");
  refuse (fixture, "name", "two\nlines");
  refuse (fixture, "name", wide);
  g_assert_cmpstr (run_of (fixture, id)->name, ==, "base line");
  g_assert_true (odl_experiment_undo (fixture->experiment));
  g_assert_cmpstr (run_of (fixture, id)->name, ==, "flows · standard · 1");
  g_assert_cmpstr (odl_values_text (values (fixture), "name"), ==,
                   "flows · standard · 1");
  g_assert_true (odl_experiment_redo (fixture->experiment));
  g_assert_cmpstr (run_of (fixture, id)->name, ==, "base line");
  g_assert_cmpstr (odl_runs_find (fixture->runs, id)->name, ==, "base line");
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  const guint64 id = add_run (fixture, "standard", "", 5);
  add_run (fixture, "standard", "", 5);
  g_assert_true (act (fixture, "choose", id));
  g_assert_true (act (fixture, "remove", 0));
  g_assert_nonnull (run_of (fixture, id));
  g_assert_true (act (fixture, "remove-chosen", 0));
  g_assert_null (run_of (fixture, id));
  g_assert_cmpuint (fixture->payload->n_runs, ==, 1);
  g_assert_cmpint (odl_values_integer (values (fixture), "run"), ==, 0);
  g_assert_false (act (fixture, "remove", id));
  g_assert_true (odl_experiment_undo (fixture->experiment));
  g_assert_true (run_of (fixture, id)->chosen);
  g_assert_cmpuint (run_of (fixture, id)->n, ==, 5);
}

/* Finished runs go, kept and live ones stay. */
static void
test_clear (Fixture *fixture, gconstpointer data)
{
  const guint64 kept = add_run (fixture, "standard", "", 5);
  const guint64 finished = add_run (fixture, "standard", "", 5);
  const guint64 live = add_run (fixture, "standard", "", 5);
  g_assert_true (act (fixture, "keep", kept));
  g_assert_true (act (fixture, "clear", 0));
  g_assert_nonnull (run_of (fixture, kept));
  g_assert_null (run_of (fixture, finished));
  g_assert_nonnull (run_of (fixture, live));
  /* Many removals leave the book for good, the oldest first. */
  for (guint i = 0; i < 30; i++)
    add_run (fixture, "standard", "", 1);
  g_assert_true (act (fixture, "clear", 0));
  look (fixture);
  g_assert_cmpuint (fixture->payload->n_runs, ==, 2);
  g_assert_cmpuint (odl_runs_count (fixture->runs), <, 20);
  g_assert_nonnull (odl_runs_find (fixture->runs, kept));
}

/* A kept run outlives later ones when the book is full. */
static void
test_kept (Fixture *fixture, gconstpointer data)
{
  const guint64 kept = add_run (fixture, "standard", "", 5);
  const guint64 other = add_run (fixture, "standard", "", 5);
  put (fixture, "run", "1");
  put (fixture, "kept", "true");
  for (guint i = 0; i < ODL_MAX_RUNS; i++)
    add_run (fixture, "standard", "", 1);
  g_assert_nonnull (odl_runs_find (fixture->runs, kept));
  g_assert_null (odl_runs_find (fixture->runs, other));
  g_assert_cmpuint (odl_runs_count (fixture->runs), ==, ODL_MAX_RUNS);
}

static void
test_save_and_load (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const guint64 id = add_run (fixture, "standard", "", 5);
  const guint64 other = add_run (fixture, "augmented", "", 5);
  g_assert_true (act (fixture, "choose", id));
  put (fixture, "name", "mine");
  put (fixture, "hidden", "true");
  g_assert_true (act (fixture, "keep", other));
  json_t *book = odl_runs_save (fixture->runs);
  json_t *saved = odl_experiment_save (fixture->experiment);
  put (fixture, "name", "changed");
  g_assert_true (act (fixture, "keep", other));
  g_assert_true (act (fixture, "remove", id));
  odl_runs_load (fixture->runs, book, &error);
  g_assert_no_error (error);
  odl_experiment_load (fixture->experiment, saved, &error);
  g_assert_no_error (error);
  const OdlTrainingRun *run = run_of (fixture, id);
  g_assert_cmpstr (run->name, ==, "mine");
  g_assert_true (run->hidden && run->chosen);
  g_assert_true (run_of (fixture, other)->kept);
  json_t *again = odl_experiment_save (fixture->experiment);
  g_assert_true (json_equal (saved, again));
  json_decref (again);
  json_decref (saved);
  json_decref (book);
}

static void
test_bad_data (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = {
    "[]",
    "{\"runs\": 3}",
    "{\"rums\": []}",
    "{\"runs\": [3]}",
    "{\"runs\": [{\"id\": 0, \"hidden\": true, \"kept\": true, \"removed\": false}]}",
    "{\"runs\": [{\"id\": 1, \"hidden\": 1, \"kept\": true, \"removed\": false}]}",
    "{\"runs\": [{\"id\": 1, \"hidden\": true, \"kept\": true, \"removed\": false, "
    "\"name\": \"a\"}]}",
    "{\"runs\": [{\"id\": 1, \"hidden\": true, \"kept\": true, \"removed\": false, "
    "\"name\": \"\", \"was\": \"b\"}]}",
  };
  const guint64 id = add_run (fixture, "standard", "", 5);
  g_assert_true (act (fixture, "hide", id));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    json_t *part = json_loads (bad[i], 0, NULL);
    json_t *whole = json_pack ("{s:s, s:o}", "experiment", "training", "data", part);
    g_assert_false (odl_experiment_load (fixture->experiment, whole, &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
    g_test_message ("%s", error->message);
    json_decref (whole);
    g_assert_true (run_of (fixture, id)->hidden);
  }
}

#define ADD(name, function)                                                            \
  g_test_add ("/experiment-training/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("empty", test_empty);
  ADD ("rows", test_rows);
  ADD ("bounded", test_bounded);
  ADD ("smoothing", test_smoothing);
  ADD ("diverged", test_diverged);
  ADD ("show", test_show);
  ADD ("differences", test_differences);
  ADD ("choose", test_choose);
  ADD ("rename", test_rename);
  ADD ("remove", test_remove);
  ADD ("clear", test_clear);
  ADD ("kept", test_kept);
  ADD ("save-and-load", test_save_and_load);
  ADD ("bad-data", test_bad_data);
  return g_test_run ();
}
