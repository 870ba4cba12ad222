/* What every experiment of the registry must keep to, whatever it computes.
 * SPDX-License-Identifier: MIT */
#include "lab/experiment.h"

#include <malloc.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/status.h"
#include "graph/pool.h"
#include "lab/history.h"
#include "support/cpu-time.h"

#define ITERATIONS 3u

/* ---- An experiment on a bench ---- */

typedef struct {
  OdlRuns *runs;
  OdlPool *pool;
  OdlExperiment *experiment;
  gint64 until_us; /* when `interrupted` begins to say so; 0: never */
} Bench;

static void
set_up (Bench *bench, const OdlExperimentClass *klass, guint threads)
{
  g_autoptr (GError) error = NULL;
  *bench = (Bench){ .runs = odl_runs_new (), .pool = odl_pool_new (threads) };
  bench->experiment = odl_experiment_new (klass, bench->runs, &error);
  g_assert_no_error (error);
  g_assert_nonnull (bench->experiment);
}

static void
tear_down (Bench *bench)
{
  odl_experiment_free (bench->experiment);
  odl_runs_free (bench->runs);
  odl_pool_free (bench->pool);
}

static gboolean
is_interrupted (gpointer data)
{
  const Bench *bench = data;
  return bench->until_us > 0 && g_get_monotonic_time () > bench->until_us;
}

static OdlTime
make_time (Bench *bench)
{
  return (OdlTime){
    .deadline_us = bench->until_us ? bench->until_us : G_MAXINT64,
    .interrupted = is_interrupted,
    .data = bench,
    .pool = bench->pool,
    .runs = bench->runs,
  };
}

static void
settle (Bench *bench)
{
  const OdlTime time = make_time (bench);
  while (odl_experiment_settle (bench->experiment, &time))
    ;
}

/* One iteration after another; how many there were. */
static guint
iterate (Bench *bench, guint n)
{
  g_autoptr (GError) error = NULL;
  const OdlTime time = make_time (bench);
  for (guint i = 0; i < n; i++) {
    if (!odl_experiment_step (bench->experiment, &time, FALSE, &error)) {
      g_assert_no_error (error);
      return i;
    }
  }
  return n;
}

/* For at most 10 ms, as the worker does; what does not heed that hangs the window. */
static void
work_briefly (Bench *bench)
{
  const gint64 start = cpu_us ();
  bench->until_us = g_get_monotonic_time () + 10000;
  const OdlTime time = make_time (bench);
  odl_experiment_settle (bench->experiment, &time);
  odl_experiment_step (bench->experiment, &time, TRUE, NULL);
  bench->until_us = 0;
  g_assert_cmpint (cpu_us () - start, <, 3000000);
}

/* ---- Documents ---- */

/* Times of this machine are not part of a result. */
static void
drop_times (json_t *json)
{
  const char *key;
  json_t *item;
  size_t i;
  json_object_del (json, "seconds");
  json_object_foreach (json, key, item) drop_times (item);
  json_array_foreach (json, i, item) drop_times (item);
}

static char *
text_of (json_t *document)
{
  char *text = json_dumps (document, JSON_REAL_PRECISION (17) | JSON_SORT_KEYS),
       *copy = g_strdup (text);
  free (text);
  json_decref (document);
  return copy;
}

/* All of an experiment, but for times. */
static char *
save (Bench *bench)
{
  json_t *document = odl_experiment_save (bench->experiment);
  drop_times (document);
  return text_of (document);
}

/* What undo covers: settings and data. */
static char *
save_work (Bench *bench)
{
  json_t *document = odl_experiment_save (bench->experiment);
  json_object_del (document, "state");
  return text_of (document);
}

/* Where two documents part, or all is well. */
static void
check_same (const char *what, const char *a, const char *b)
{
  gsize at = 0;
  while (a[at] && a[at] == b[at])
    at++;
  if (a[at] != b[at]) {
    const gsize from = at > 120 ? at - 120 : 0;
    g_test_message ("%s: “%.240s” became “%.240s”", what, a + from, b + from);
  }
  g_assert_true (g_str_equal (a, b));
}

/* A document and its book of runs. */
typedef struct {
  json_t *document, *runs;
} Saved;

static Saved
save_all (Bench *bench)
{
  return (Saved){ odl_experiment_save (bench->experiment),
                  odl_runs_save (bench->runs) };
}

static void
load_all (Bench *bench, Saved saved)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (odl_runs_load (bench->runs, saved.runs, &error));
  odl_experiment_load (bench->experiment, saved.document, &error);
  g_assert_no_error (error);
}

static void
saved_clear (Saved *saved)
{
  json_decref (saved->document);
  json_decref (saved->runs);
}

/* ---- Settings ---- */

static void
check_condition (const OdlExperimentClass *klass, const OdlSetting *setting)
{
  if (setting->shown_if == NULL)
    return;
  g_auto (GStrv) sides = g_strsplit (setting->shown_if, "=", 2);
  g_assert_cmpuint (g_strv_length (sides), ==, 2);
  g_auto (GStrv) values = g_strsplit (sides[1], "|", -1);
  const OdlSetting *other = NULL;
  for (guint i = 0; i < klass->n_settings; i++)
    if (g_str_equal (klass->settings[i].key, sides[0]))
      other = &klass->settings[i];
  g_assert_nonnull (other);
  g_assert_true (other->kind == ODL_SETTING_CHOICE || other->kind == ODL_SETTING_CHOICES
                 || other->kind == ODL_SETTING_BOOLEAN);
  for (guint i = 0; values[i]; i++) {
    OdlValue value;
    g_autoptr (GError) error = NULL;
    odl_value_parse (other, values[i], &value, &error);
    g_assert_no_error (error);
    odl_value_clear (&value);
  }
}

static void
test_settings (gconstpointer data)
{
  const OdlExperimentClass *klass = data;
  for (guint i = 0; i < klass->n_settings; i++) {
    const OdlSetting *setting = &klass->settings[i];
    g_assert_true (setting->key && setting->title && setting->help);
    g_assert_cmpuint (strlen (setting->help), >, 8);
    g_assert_cmpuint (strspn (setting->key, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                      ==, strlen (setting->key));
    for (guint k = 0; k < i; k++)
      g_assert_cmpstr (setting->key, !=, klass->settings[k].key);
    check_condition (klass, setting);
  }
}

/* Text that may be acceptable for a setting. */
static char *
draw_text (OdlRandom *random, const OdlSetting *setting)
{
  const double span = MIN (setting->max - setting->min, 50);
  const double number = setting->min + span * odl_random_uniform (random);
  guint n = 0;
  while (setting->choices && setting->choices[2 * n])
    n++;
  switch (setting->kind) {
  case ODL_SETTING_BOOLEAN:
    return g_strdup (odl_random_below (random, 2) ? "true" : "false");
  case ODL_SETTING_INTEGER:
    return g_strdup_printf ("%.0f", number);
  case ODL_SETTING_REAL:
    return g_strdup_printf ("%.17g", number);
  case ODL_SETTING_CHOICE:
  case ODL_SETTING_CHOICES:
    return g_strdup (setting->choices[2 * odl_random_below (random, n)]);
  case ODL_SETTING_TEXT:
    return g_strdup (setting->fallback);
  case ODL_SETTING_REALS:
    return g_strdup_printf ("%.3g, %.3g", odl_random_normal (random),
                            odl_random_uniform (random));
  case ODL_SETTING_PARAMETERS:
    return g_strdup_printf ("a=%.3g", odl_random_normal (random));
  }
  g_assert_not_reached ();
}

/* Text that hardly any setting accepts. */
static char *
draw_nonsense (OdlRandom *random)
{
  static const char *const texts[] = {
    "",      "nan",          "inf",   "-inf",  "1e999",  "0x10",     "-1",
    "1e300", "-1e300",       "0",     "maybe", ",",      "=",        "a=nan",
    "1,,2",  "\xc3\xa9\n\t", "dx = ", "((((",  "1e-320", "a=1, a=2", "9007199254740993"
  };
  const guint64 which = odl_random_below (random, G_N_ELEMENTS (texts) + 1);
  return which < G_N_ELEMENTS (texts) ? g_strdup (texts[which])
                                      : g_strnfill (100000, '7');
}

/* Whatever is typed, it is accepted, or refused with a sentence and nothing changed. */
static void
type_something (Bench *bench, OdlRandom *random, const OdlSetting *setting)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = odl_random_below (random, 2) ? draw_text (random, setting)
                                                       : draw_nonsense (random),
                  *before = save_work (bench);
  if (odl_experiment_set_text (bench->experiment, setting->key, text, &error)) {
    g_assert_no_error (error);
    return;
  }
  g_autofree char *after = save_work (bench);
  g_assert_nonnull (error);
  g_assert_cmpuint (strlen (error->message), >, 8);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  check_same (setting->key, before, after);
}

static void
check_frame (Bench *bench)
{
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (bench->experiment);
  const OdlValues *values = odl_experiment_values (bench->experiment);
  g_assert_nonnull (frame->status);
  g_assert_true (g_utf8_validate (frame->status, -1, NULL));
  g_assert_cmpuint (frame->values->n, ==, values->n);
  for (guint i = 0; i < values->n; i++)
    g_assert_true (odl_value_equal (&frame->values->values[i], &values->values[i]));
  g_assert_true (isnan (frame->progress)
                 || (frame->progress >= 0 && frame->progress <= 1));
  g_assert_cmpfloat (frame->scrub_min, <=, frame->scrub_max);
}

static void
test_typing (gconstpointer data)
{
  const OdlExperimentClass *klass = data;
  OdlRandom random = odl_random (6, 0);
  Bench bench;
  set_up (&bench, klass, 2);
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < klass->n_settings; i++) {
      type_something (&bench, &random, &klass->settings[i]);
      if (i % 4 == 0)
        work_briefly (&bench);
      if (i % 4 == 0)
        check_frame (&bench);
    }
  tear_down (&bench);
}

/* ---- Actions ---- */

static void
test_unknown_actions (gconstpointer data)
{
  static const char *const kinds[] = { "", "no such thing", "ADD", "%s%n" };
  Bench bench;
  set_up (&bench, data, 1);
  g_autofree char *before = save (&bench);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint phase = ODL_PHASE_BEGIN; phase <= ODL_PHASE_END; phase++) {
      OdlAction action = { .phase = (OdlPhase)phase, .x = NAN, .y = INFINITY };
      g_autoptr (GError) error = NULL;
      g_strlcpy (action.kind, kinds[i], sizeof action.kind);
      g_assert_false (odl_experiment_act (bench.experiment, &action, &error));
      g_assert_nonnull (error);
    }
  g_autofree char *after = save (&bench);
  check_same ("an unknown action", before, after);
  tear_down (&bench);
}

/* Buttons and files do what they say, or say why not; hostile files are refused. */
static void
test_known_actions (gconstpointer data)
{
  static const char *const texts[] = {
    NULL, "", "x,y\n1,2\n", "nan,nan\n", "t,value\n0,1\n1,2\n", "\"", "a,b,c\n1\n"
  };
  const OdlExperimentClass *klass = data;
  Bench bench;
  set_up (&bench, klass, 2);
  for (guint i = 0; klass->buttons && klass->buttons[i].kind; i++) {
    OdlAction action = { .phase = ODL_PHASE_END };
    g_autoptr (GError) error = NULL;
    g_strlcpy (action.kind, klass->buttons[i].kind, sizeof action.kind);
    g_assert_cmpstr (action.kind, ==, klass->buttons[i].kind);
    if (!odl_experiment_act (bench.experiment, &action, &error))
      g_assert_nonnull (error);
    work_briefly (&bench);
    check_frame (&bench);
  }
  for (guint i = 0; klass->import && i < G_N_ELEMENTS (texts); i++) {
    OdlAction action = { .phase = ODL_PHASE_END, .text = (char *)texts[i] };
    g_autoptr (GError) error = NULL;
    g_strlcpy (action.kind, klass->import->kind, sizeof action.kind);
    if (!odl_experiment_act (bench.experiment, &action, &error))
      g_assert_nonnull (error);
    work_briefly (&bench);
    check_frame (&bench);
  }
  tear_down (&bench);
}

/* ---- Documents ---- */

static void
test_save_load_save (gconstpointer data)
{
  Bench one, two;
  set_up (&one, data, 2);
  set_up (&two, data, 2);
  settle (&one);
  iterate (&one, ITERATIONS);
  Saved saved = save_all (&one);
  load_all (&two, saved);
  g_autofree char *a = save (&one), *b = save (&two);
  check_same ("save, load, save", a, b);
  saved_clear (&saved);
  tear_down (&one);
  tear_down (&two);
}

/* N + M iterations are N, save, load, M: bit for bit. */
static void
test_resume (gconstpointer data)
{
  Bench one, two;
  set_up (&one, data, 2);
  set_up (&two, data, 2);
  settle (&one);
  const guint first = iterate (&one, ITERATIONS);
  Saved saved = save_all (&one);
  load_all (&two, saved);
  g_assert_cmpuint (iterate (&one, ITERATIONS), ==, iterate (&two, ITERATIONS));
  g_autofree char *a = save (&one), *b = save (&two);
  check_same ("resumed", a, b);
  g_test_message ("%u iterations before", first);
  saved_clear (&saved);
  tear_down (&one);
  tear_down (&two);
}

static void
test_threads (gconstpointer data)
{
  g_autofree char *reference = NULL;
  for (guint threads = 1; threads <= 3; threads++) {
    Bench bench;
    set_up (&bench, data, threads);
    settle (&bench);
    iterate (&bench, ITERATIONS);
    g_autofree char *text = save (&bench);
    if (reference)
      check_same ("another number of threads", reference, text);
    else
      reference = g_steal_pointer (&text);
    tear_down (&bench);
  }
}

/* Slices and frames in between leave no trace. */
static void
test_slices (gconstpointer data)
{
  Bench one, two;
  set_up (&one, data, 2);
  set_up (&two, data, 2);
  settle (&one);
  iterate (&one, ITERATIONS);
  const OdlTime time = make_time (&two);
  for (guint i = 0; i < 3; i++) {
    two.until_us = g_get_monotonic_time () + 1000;
    odl_experiment_settle (two.experiment, &time);
    two.until_us = 0;
    check_frame (&two);
  }
  for (guint i = 0; i < ITERATIONS; i++) {
    iterate (&two, 1);
    check_frame (&two);
  }
  g_autofree char *a = save (&one), *b = save (&two);
  check_same ("work in slices", a, b);
  tear_down (&one);
  tear_down (&two);
}

/* Every part of a document, replaced by something it cannot be: refused and nothing
 * changed, or accepted. */
static void
spoil (Bench *bench, json_t *document, json_t *in, const char *key)
{
  json_t *const wrong[] = { json_null (),  json_string ("nonsense"), json_integer (-7),
                            json_array (), json_object (),           json_real (1e300),
                            json_true (),  json_pack ("[[n]]") };
  json_t *good = json_incref (json_object_get (in, key));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *before = save (bench);
    json_object_set_new (in, key, wrong[i]);
    if (odl_experiment_load (bench->experiment, document, &error)) {
      check_frame (bench);
      continue;
    }
    g_assert_nonnull (error);
    g_assert_cmpuint (strlen (error->message), <, 4000);
    g_autofree char *after = save (bench);
    check_same (key, before, after);
  }
  json_object_set_new (in, key, good);
}

static void
test_spoiled (gconstpointer data)
{
  static const char *const parts[] = { "data", "state" };
  Bench bench;
  set_up (&bench, data, 2);
  settle (&bench);
  iterate (&bench, 1);
  json_t *document = odl_experiment_save (bench.experiment);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    json_t *part = json_object_get (document, parts[i]), *copy = json_copy (part),
           *item;
    const char *key;
    g_assert_true (json_is_object (part));
    json_object_foreach (copy, key, item) spoil (&bench, document, part, key);
    json_decref (copy);
  }
  json_decref (document);
  tear_down (&bench);
}

/* ---- Undo, reset, frames ---- */

static void
test_undo (gconstpointer data)
{
  const OdlExperimentClass *klass = data;
  OdlRandom random = odl_random (11, 0);
  Bench bench;
  set_up (&bench, klass, 1);
  g_autofree char *first = save_work (&bench);
  for (guint i = 0; i < klass->n_settings; i++)
    type_something (&bench, &random, &klass->settings[i]);
  odl_experiment_reset (bench.experiment);
  g_autofree char *last = save_work (&bench);
  while (odl_experiment_undo (bench.experiment))
    ;
  g_autofree char *undone = save_work (&bench);
  check_same ("undo", first, undone);
  while (odl_experiment_redo (bench.experiment))
    ;
  g_autofree char *redone = save_work (&bench);
  check_same ("redo", last, redone);
  tear_down (&bench);
}

/* After a reset there is no iteration, and another one changes nothing. */
static void
test_reset (gconstpointer data)
{
  Bench bench;
  set_up (&bench, data, 1);
  settle (&bench);
  iterate (&bench, ITERATIONS);
  odl_experiment_reset (bench.experiment);
  g_autofree char *once = save (&bench);
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (bench.experiment);
  g_assert_cmpuint (frame->iteration, ==, 0);
  odl_experiment_reset (bench.experiment);
  g_autofree char *twice = save (&bench);
  check_same ("reset", once, twice);
  tear_down (&bench);
}

/* A frame is not touched by what comes after it, and outlives its experiment. */
static void
test_frames_stay (gconstpointer data)
{
  const OdlExperimentClass *klass = data;
  OdlRandom random = odl_random (17, 0);
  Bench bench;
  set_up (&bench, klass, 2);
  settle (&bench);
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (bench.experiment);
  const gsize size = frame->payload ? malloc_usable_size (frame->payload) : 0;
  g_autofree guint8 *before = g_memdup2 (frame->payload, size);
  g_autofree char *status = g_strdup (frame->status);
  iterate (&bench, 1);
  for (guint i = 0; i < klass->n_settings; i++)
    type_something (&bench, &random, &klass->settings[i]);
  work_briefly (&bench);
  tear_down (&bench);
  if (size > 0)
    g_assert_cmpmem (before, size, frame->payload, size);
  g_assert_cmpstr (status, ==, frame->status);
}

static void
add (const OdlExperimentClass *klass, const char *name, GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/experiments/%s/%s", klass->id, name);
  g_test_add_data_func (path, klass, test);
}

int
main (int argc, char **argv)
{
  guint n;
  g_test_init (&argc, &argv, NULL);
  const OdlExperimentClass *const *all = odl_experiments (&n);
  for (guint i = 0; i < n; i++) {
    add (all[i], "settings", test_settings);
    add (all[i], "typing", test_typing);
    add (all[i], "unknown-actions", test_unknown_actions);
    add (all[i], "known-actions", test_known_actions);
    add (all[i], "save-load-save", test_save_load_save);
    add (all[i], "resume", test_resume);
    add (all[i], "threads", test_threads);
    add (all[i], "slices", test_slices);
    add (all[i], "spoiled", test_spoiled);
    add (all[i], "undo", test_undo);
    add (all[i], "reset", test_reset);
    add (all[i], "frames-stay", test_frames_stay);
  }
  return g_test_run ();
}
