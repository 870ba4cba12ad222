/* The wrapper round an experiment: gestures, undo, refusals, documents.
 * SPDX-License-Identifier: MIT */
#include "lab/experiment.h"

#include <string.h>

#include "base/status.h"
#include "lab/undo.h"
#include "support/fake-experiments.h"

FAKE_REGISTRY ()

typedef struct {
  OdlRuns *runs;
  OdlExperiment *experiment;
} Bench;

static void
set_up (Bench *bench, gconstpointer data)
{
  bench->runs = odl_runs_new ();
  bench->experiment = odl_experiment_new (&fake_counter, bench->runs, NULL);
}

static void
tear_down (Bench *bench, gconstpointer data)
{
  odl_experiment_free (bench->experiment);
  odl_runs_free (bench->runs);
}

static void
set (Bench *bench, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  odl_experiment_set_text (bench->experiment, key, text, &error);
  g_assert_no_error (error);
}

static gboolean
act (Bench *bench, const char *kind, OdlPhase phase, double x)
{
  OdlAction action = { .phase = phase, .x = x };
  g_strlcpy (action.kind, kind, sizeof action.kind);
  return odl_experiment_act (bench->experiment, &action, NULL);
}

static guint64
depth (Bench *bench)
{
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (bench->experiment);
  g_assert_cmpint (frame->can_undo, ==, frame->undo_depth > 0);
  return frame->undo_depth;
}

static const char *
text (Bench *bench, const char *key)
{
  return odl_values_text (odl_experiment_values (bench->experiment), key);
}

static double
point (Bench *bench, guint i)
{
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (bench->experiment);
  return ((const FakeFrame *)frame->payload)->points[i];
}

static guint
n_points (Bench *bench)
{
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (bench->experiment);
  return ((const FakeFrame *)frame->payload)->n;
}

/* ---- Gestures ---- */

/* A slider moved is one entry, also with iterations between. */
static void
test_slider (Bench *bench, gconstpointer data)
{
  const OdlTime time = { .deadline_us = G_MAXINT64 };
  for (guint i = 0; i < 50; i++) {
    g_autofree char *number = g_strdup_printf ("%g", i * 0.05);
    set (bench, "gain", number);
    odl_experiment_step (bench->experiment, &time, FALSE, NULL);
  }
  g_assert_cmpuint (depth (bench), ==, 1);
  set (bench, "limit", "7");
  set (bench, "gain", "1");
  g_assert_cmpuint (depth (bench), ==, 3);
  g_assert_true (odl_experiment_undo (bench->experiment));
  g_assert_cmpfloat (
      odl_values_real (odl_experiment_values (bench->experiment), "gain"), ==, 2.45);
}

/* A choice is an entry each time; one that changes nothing is none. */
static void
test_choices (Bench *bench, gconstpointer data)
{
  set (bench, "kind", "plain");
  g_assert_cmpuint (depth (bench), ==, 0);
  set (bench, "kind", "failing");
  set (bench, "kind", "plain");
  set (bench, "kind", "plain");
  g_assert_cmpuint (depth (bench), ==, 2);
}

static void
add_set (GArray *sets, Bench *bench, const char *key, const char *text)
{
  const OdlValues *values = odl_experiment_values (bench->experiment);
  OdlAssignment one = { .setting = (guint)odl_values_find (values, key, NULL) };
  g_assert_true (
      odl_value_parse (&values->settings[one.setting], text, &one.value, NULL));
  g_array_append_val (sets, one);
}

static void
clear_set (gpointer data)
{
  odl_value_clear (&((OdlAssignment *)data)->value);
}

/* Many at once are one entry, and none if they change nothing; what comes before a
 * value that is refused stays, and is an entry too. */
static void
test_many (Bench *bench, gconstpointer data)
{
  g_autoptr (GArray) sets = g_array_new (FALSE, FALSE, sizeof (OdlAssignment));
  const OdlAssignment *all = NULL;
  g_autoptr (GError) error = NULL;
  guint refused = G_MAXUINT;
  g_array_set_clear_func (sets, clear_set);
  add_set (sets, bench, "label", "one");
  add_set (sets, bench, "gain", "1.5");
  add_set (sets, bench, "limit", "7");
  all = (const OdlAssignment *)sets->data;
  g_assert_true (odl_experiment_set_many (bench->experiment, all, 3, &refused, NULL));
  g_assert_cmpuint (depth (bench), ==, 1);
  g_assert_true (odl_experiment_set_many (bench->experiment, all, 3, &refused, NULL));
  g_assert_cmpuint (depth (bench), ==, 1);
  set (bench, "gain", "2");
  g_assert_cmpuint (depth (bench), ==, 2);
  g_assert_true (odl_experiment_undo (bench->experiment));
  g_assert_cmpstr (text (bench, "label"), ==, "one");
  g_assert_true (odl_experiment_undo (bench->experiment));
  g_assert_cmpstr (text (bench, "label"), !=, "one");
  add_set (sets, bench, "label", "forbidden");
  add_set (sets, bench, "gain", "3");
  all = (const OdlAssignment *)sets->data;
  g_assert_false (
      odl_experiment_set_many (bench->experiment, all, 5, &refused, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (refused, ==, all[3].setting);
  g_assert_cmpstr (text (bench, "label"), ==, "one");
  g_assert_cmpfloat (
      odl_values_real (odl_experiment_values (bench->experiment), "gain"), ==, 1.5);
  g_assert_cmpuint (depth (bench), ==, 1);
}

static void
test_drag (Bench *bench, gconstpointer data)
{
  act (bench, "add", ODL_PHASE_END, 1);
  for (guint drag = 0; drag < 3; drag++) {
    act (bench, "move", ODL_PHASE_BEGIN, point (bench, 0));
    for (guint i = 0; i < 20; i++)
      act (bench, "move", ODL_PHASE_UPDATE, i);
    act (bench, "move", ODL_PHASE_END, 30 + drag);
  }
  g_assert_cmpuint (depth (bench), ==, 4);
  odl_experiment_undo (bench->experiment);
  g_assert_cmpfloat (point (bench, 0), ==, 31);
  odl_experiment_undo (bench->experiment);
  odl_experiment_undo (bench->experiment);
  g_assert_cmpfloat (point (bench, 0), ==, 1);
  odl_experiment_undo (bench->experiment);
  g_assert_cmpuint (n_points (bench), ==, 0);
  g_assert_false (odl_experiment_undo (bench->experiment));
}

/* What follows from a setting goes back with it. */
static void
test_followers (Bench *bench, gconstpointer data)
{
  set (bench, "label", "first");
  set (bench, "echo", "own");
  g_assert_true (odl_experiment_undo (bench->experiment));
  g_assert_cmpstr (text (bench, "echo"), ==, "first");
  g_assert_true (odl_experiment_undo (bench->experiment));
  g_assert_cmpstr (text (bench, "echo"), ==, "none");
  g_assert_true (odl_experiment_redo (bench->experiment));
  g_assert_true (odl_experiment_redo (bench->experiment));
  g_assert_cmpstr (text (bench, "echo"), ==, "own");
  g_assert_false (odl_experiment_redo (bench->experiment));
}

/* A change after an undo forgets what could be redone. */
static void
test_branch (Bench *bench, gconstpointer data)
{
  set (bench, "label", "first");
  odl_experiment_undo (bench->experiment);
  set (bench, "kind", "failing");
  g_assert_false (odl_experiment_redo (bench->experiment));
  g_assert_cmpuint (depth (bench), ==, 1);
}

/* The stack is bounded; the count goes on. */
static void
test_bound (Bench *bench, gconstpointer data)
{
  guint undone = 0;
  for (guint i = 0; i < ODL_UNDO_MAX_ENTRIES + 50; i++)
    act (bench, "add", ODL_PHASE_END, i);
  g_assert_cmpuint (depth (bench), ==, ODL_UNDO_MAX_ENTRIES + 50);
  while (odl_experiment_undo (bench->experiment))
    undone++;
  g_assert_cmpuint (undone, ==, ODL_UNDO_MAX_ENTRIES);
  g_assert_cmpuint (n_points (bench), ==, 50);
}

/* Undo brings back data and settings but not iterations. */
static void
test_state_stays (Bench *bench, gconstpointer data)
{
  const OdlTime time = { .deadline_us = G_MAXINT64 };
  set (bench, "label", "first");
  for (guint i = 0; i < 9; i++)
    odl_experiment_step (bench->experiment, &time, FALSE, NULL);
  odl_experiment_undo (bench->experiment);
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (bench->experiment);
  g_assert_cmpuint (frame->iteration, ==, 9);
}

/* ---- Refusals ---- */

static void
test_refused (Bench *bench, gconstpointer data)
{
  g_autoptr (GError) one = NULL, two = NULL, three = NULL;
  set (bench, "label", "before");
  g_assert_false (
      odl_experiment_set_text (bench->experiment, "label", "forbidden", &one));
  g_assert_error (one, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_cmpstr (text (bench, "label"), ==, "before");
  g_assert_cmpstr (text (bench, "echo"), ==, "before");
  g_assert_false (odl_experiment_set_text (bench->experiment, "lable", "x", &two));
  g_assert_error (two, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_false (odl_experiment_set_text (bench->experiment, "gain", "5", &three));
  g_assert_error (three, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_false (act (bench, "add", ODL_PHASE_END, -1));
  g_assert_cmpuint (depth (bench), ==, 1);
}

/* An experiment without actions refuses every one. */
static void
test_no_actions (void)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (OdlExperiment) watcher = odl_experiment_new (&fake_watcher, runs, NULL);
  const OdlAction action = { .kind = "add" };
  g_autoptr (GError) error = NULL;
  g_assert_false (odl_experiment_act (watcher, &action, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
}

/* ---- Documents ---- */

static void
test_load_forgets (Bench *bench, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  set (bench, "label", "saved");
  json_t *saved = odl_experiment_save (bench->experiment);
  set (bench, "kind", "failing");
  g_assert_true (odl_experiment_load (bench->experiment, saved, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (text (bench, "kind"), ==, "plain");
  g_assert_cmpstr (text (bench, "label"), ==, "saved");
  g_assert_cmpuint (depth (bench), ==, 0);
  json_decref (saved);
}

/* Settings that a document leaves out have their defaults. */
static void
test_load_defaults (Bench *bench, gconstpointer data)
{
  json_t *document
      = json_pack ("{s:s, s:{s:f}}", "experiment", "counter", "settings", "gain", 2.0);
  set (bench, "label", "changed");
  g_assert_true (odl_experiment_load (bench->experiment, document, NULL));
  g_assert_cmpstr (text (bench, "label"), ==, "none");
  json_decref (document);
}

/* A document is refused as a whole, with the place. */
static void
test_load_refused (Bench *bench, gconstpointer data)
{
  static const struct {
    const char *document, *place;
  } cases[] = {
    { "{}", "experiment" },
    { "[]", "experiment" },
    { "{\"experiment\": \"twin\"}", "experiment" },
    { "{\"experiment\": \"counter\", \"settings\": 1}", "settings" },
    { "{\"experiment\": \"counter\", \"settings\": {\"gain\": 9}}", "settings.gain" },
    { "{\"experiment\": \"counter\", \"settings\": {\"label\": \"x\"}, \"data\": "
      "{\"points\": [null]}}",
      "data: points[0]" },
    { "{\"experiment\": \"counter\", \"settings\": {\"label\": \"x\"}, \"data\": "
      "{\"points\": [1]}, \"state\": {\"iteration\": 1}}",
      "state" },
  };
  set (bench, "label", "kept");
  act (bench, "add", ODL_PHASE_END, 5);
  json_t *before = odl_experiment_save (bench->experiment);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    json_t *document = json_loads (cases[i].document, 0, NULL);
    g_assert_false (odl_experiment_load (bench->experiment, document, &error));
    g_assert_true (g_str_has_prefix (error->message, cases[i].place));
    json_t *after = odl_experiment_save (bench->experiment);
    g_assert_true (json_equal (before, after));
    json_decref (after);
    json_decref (document);
  }
  g_assert_cmpuint (depth (bench), ==, 2);
  json_decref (before);
}

static void
add (const char *name, void (*test) (Bench *, gconstpointer))
{
  g_test_add (name, Bench, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/experiment/slider", test_slider);
  add ("/experiment/choices", test_choices);
  add ("/experiment/many", test_many);
  add ("/experiment/drag", test_drag);
  add ("/experiment/followers", test_followers);
  add ("/experiment/branch", test_branch);
  add ("/experiment/bound", test_bound);
  add ("/experiment/state-stays", test_state_stays);
  add ("/experiment/refused", test_refused);
  g_test_add_func ("/experiment/no-actions", test_no_actions);
  add ("/experiment/load-forgets", test_load_forgets);
  add ("/experiment/load-defaults", test_load_defaults);
  add ("/experiment/load-refused", test_load_refused);
  return g_test_run ();
}
