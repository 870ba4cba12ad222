/* Histories and the book of runs: bounded, original rows, exact through a document.
 * SPDX-License-Identifier: MIT */
#include "lab/history.h"

#include <math.h>
#include <string.h>

#include "base/random.h"

static void
fill_row (double row[ODL_N_COLUMNS], guint64 iteration)
{
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    row[c] = (double)iteration * 1.1 + c;
  row[ODL_COLUMN_NLL] = NAN;
}

static void
add (OdlHistory *history, guint64 iteration)
{
  double row[ODL_N_COLUMNS];
  fill_row (row, iteration);
  odl_history_add (history, iteration, row);
}

/* Ascending, each row the one that was added, the first and the newest there. */
static void
check_rows (const OdlHistory *history, guint64 first, guint64 newest)
{
  double row[ODL_N_COLUMNS];
  g_assert_cmpuint (history->n, <=, history->capacity);
  g_assert_cmpuint (history->iteration[0], ==, first);
  g_assert_cmpuint (history->iteration[history->n - 1], ==, newest);
  for (guint i = 0; i < history->n; i++) {
    if (i > 0)
      g_assert_cmpuint (history->iteration[i], >, history->iteration[i - 1]);
    fill_row (row, history->iteration[i]);
    for (guint c = 0; c < ODL_N_COLUMNS; c++)
      g_assert_true (history->columns[c][i] == row[c]
                     || (isnan (row[c]) && isnan (history->columns[c][i])));
  }
}

static void
test_thinning (void)
{
  const guint capacities[] = { 0, 4, 5, 17, 64 };
  for (guint i = 0; i < G_N_ELEMENTS (capacities); i++) {
    g_autoptr (OdlHistory) history = odl_history_new (capacities[i]);
    for (guint64 k = 3; k < 1000; k++) {
      add (history, k);
      check_rows (history, 3, k);
    }
    g_assert_cmpuint (history->n, >=, history->capacity / 2);
  }
}

/* Iterations that are spaced, far apart, or beyond 2⁵³. */
static void
test_spacing (void)
{
  g_autoptr (OdlHistory) history = odl_history_new (8);
  OdlRandom random = odl_random (1, 1);
  guint64 k = 1;
  for (guint i = 0; i < 5000; i++, k += 1 + odl_random_below (&random, 1000)) {
    add (history, k);
    check_rows (history, 1, k);
  }
  add (history, G_GUINT64_CONSTANT (1) << 62);
  check_rows (history, 1, G_GUINT64_CONSTANT (1) << 62);
}

/* Going back drops what followed; so does an iteration that is there. */
static void
test_back (void)
{
  g_autoptr (OdlHistory) history = odl_history_new (64);
  for (guint64 k = 0; k <= 50; k++)
    add (history, k);
  add (history, 20);
  check_rows (history, 0, 20);
  g_assert_cmpuint (history->n, ==, 21);
  odl_history_truncate (history, 10);
  check_rows (history, 0, 10);
  add (history, 11);
  check_rows (history, 0, 11);
}

static gboolean
same_history (const OdlHistory *a, const OdlHistory *b)
{
  gboolean same = a->n == b->n && a->stride == b->stride
                  && memcmp (a->iteration, b->iteration, a->n * sizeof (guint64)) == 0;
  for (guint c = 0; same && c < ODL_N_COLUMNS; c++)
    for (guint i = 0; i < a->n; i++)
      same = same
             && (a->columns[c][i] == b->columns[c][i]
                 || (isnan (a->columns[c][i]) && isnan (b->columns[c][i])));
  return same;
}

/* Saved and loaded half-way, a history goes on like one that was not. */
static void
test_resume (void)
{
  g_autoptr (OdlHistory) whole = odl_history_new (16), half = odl_history_new (16);
  const double odd[ODL_N_COLUMNS]
      = { INFINITY, -INFINITY, NAN, -0.0, 5e-324, 1.7976931348623157e308, 0.1 };
  for (guint64 k = 0; k < 777; k++) {
    k % 5 ? add (whole, k) : odl_history_add (whole, k, odd);
    k % 5 ? add (half, k) : odl_history_add (half, k, odd);
    if (k % 31 != 0)
      continue;
    g_autoptr (GError) error = NULL;
    json_t *saved = odl_history_save (half);
    g_clear_pointer (&half, odl_history_free);
    half = odl_history_new (16);
    odl_history_load (half, saved, &error);
    g_assert_no_error (error);
    json_decref (saved);
    g_assert_true (same_history (whole, half));
  }
  g_assert_true (same_history (whole, half));
}

static void
test_copy (void)
{
  g_autoptr (OdlHistory) history = odl_history_new (16);
  for (guint64 k = 0; k < 100; k++)
    add (history, k);
  g_autoptr (OdlHistory) copy = odl_history_copy (history);
  g_assert_true (same_history (history, copy));
  add (history, 100);
  g_assert_false (same_history (history, copy));
}

/* A longer history than fits is thinned; what is kept are rows of it. */
static void
test_load_longer (void)
{
  g_autoptr (OdlHistory) longer = odl_history_new (100), shorter = odl_history_new (10);
  for (guint64 k = 0; k < 90; k++)
    add (longer, k);
  json_t *saved = odl_history_save (longer);
  g_assert_true (odl_history_load (shorter, saved, NULL));
  check_rows (shorter, 0, 89);
  json_decref (saved);
}

static void
test_load_refused (void)
{
  static const char *const documents[] = {
    "[]",
    "{}",
    "{\"stride\": 1}",
    "{\"stride\": 3, \"iteration\": []}",
    "{\"stride\": 0, \"iteration\": []}",
    "{\"stride\": 1.0, \"iteration\": []}",
    "{\"stride\": 1, \"iteration\": [0, 0]}",
    "{\"stride\": 1, \"iteration\": [1, 0]}",
    "{\"stride\": 1, \"iteration\": [-1]}",
    "{\"stride\": 1, \"iteration\": [\"0\"]}",
    "{\"stride\": 1, \"iteration\": [0], \"loss\": []}",
    "{\"stride\": 1, \"iteration\": [0], \"loss\": [\"nan\"]}",
    "{\"stride\": 1, \"iteration\": [0], \"loss\": [true]}",
    "{\"stride\": 1, \"iteration\": [0], \"lost\": [1]}",
  };
  g_autoptr (OdlHistory) history = odl_history_new (16);
  add (history, 5);
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autoptr (GError) error = NULL;
    json_t *document = json_loads (documents[i], 0, NULL);
    g_assert_nonnull (document);
    if (odl_history_load (history, document, &error))
      g_test_message ("%s", documents[i]);
    g_assert_nonnull (error);
    check_rows (history, 5, 5);
    json_decref (document);
  }
}

/* ---- The book ---- */

static void
test_names (void)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  const guint64 one = odl_runs_begin (runs, "flows", "resnet", "rate=1"),
                two = odl_runs_begin (runs, "flows", "resnet", NULL),
                other = odl_runs_begin (runs, "flows", "standard", "");
  g_assert_cmpstr (odl_runs_find (runs, one)->name, ==, "flows · resnet · 1");
  g_assert_cmpstr (odl_runs_find (runs, two)->name, ==, "flows · resnet · 2");
  g_assert_cmpstr (odl_runs_find (runs, other)->name, ==, "flows · standard · 1");
  g_assert_false (odl_runs_find (runs, one)->live);
  g_assert_true (odl_runs_find (runs, two)->live);
  g_assert_cmpstr (odl_runs_find (runs, one)->settings, ==, "rate=1");
  g_assert_true (odl_runs_rename (runs, one, "mine"));
  g_assert_false (odl_runs_rename (runs, one, ""));
  g_assert_false (odl_runs_rename (runs, one, "\xff"));
  g_assert_false (odl_runs_rename (runs, 999, "x"));
  g_assert_cmpstr (odl_runs_find (runs, one)->name, ==, "mine");
}

/* Live runs and kept ones stay when the book is full. */
static void
test_full (void)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  const guint64 live = odl_runs_begin (runs, "flows", "live", NULL),
                kept = odl_runs_begin (runs, "flows", "kept", NULL);
  odl_runs_end (runs, kept);
  g_assert_true (odl_runs_keep (runs, kept, TRUE));
  for (guint i = 0; i < 3 * ODL_MAX_RUNS; i++)
    odl_runs_begin (runs, "latent", "vae", NULL);
  g_assert_cmpuint (odl_runs_count (runs), ==, ODL_MAX_RUNS);
  g_assert_nonnull (odl_runs_find (runs, live));
  g_assert_nonnull (odl_runs_find (runs, kept));
}

/* Every change counts, and nothing else does. */
static void
test_serial (void)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  const double row[ODL_N_COLUMNS] = { 1 };
  guint64 serial = odl_runs_serial (runs);
#define CHANGES(what)                                                                  \
  what;                                                                                \
  g_assert_cmpuint (odl_runs_serial (runs), >, serial);                                \
  serial = odl_runs_serial (runs)
#define CHANGES_NOTHING(what)                                                          \
  what;                                                                                \
  g_assert_cmpuint (odl_runs_serial (runs), ==, serial)
  CHANGES (const guint64 id = odl_runs_begin (runs, "a", "b", NULL));
  CHANGES (odl_runs_add (runs, id, 0, row));
  CHANGES_NOTHING (odl_runs_add (runs, id + 1, 0, row));
  CHANGES_NOTHING (json_decref (odl_runs_save (runs)));
  CHANGES (odl_runs_rename (runs, id, "x"));
  CHANGES (odl_runs_end (runs, id));
  CHANGES_NOTHING (odl_runs_end (runs, id));
  CHANGES (odl_runs_remove (runs, id));
  CHANGES_NOTHING (odl_runs_remove (runs, id));
#undef CHANGES
#undef CHANGES_NOTHING
}

static void
test_book_saved (void)
{
  g_autoptr (OdlRuns) runs = odl_runs_new (), again = odl_runs_new ();
  g_autoptr (GError) error = NULL;
  const double row[ODL_N_COLUMNS] = { 0.1, NAN, NAN, 26, 26, 1, 2 };
  for (guint i = 0; i < 5; i++) {
    const guint64 id = odl_runs_begin (runs, "flows", i % 2 ? "a" : "b", "x=1");
    for (guint64 k = 0; k < 40; k++)
      odl_runs_add (runs, id, k, row);
  }
  odl_runs_remove (runs, 5);
  json_t *saved = odl_runs_save (runs);
  odl_runs_begin (again, "other", "model", NULL);
  odl_runs_load (again, saved, &error);
  g_assert_no_error (error);
  json_t *twice = odl_runs_save (again);
  g_assert_true (json_equal (saved, twice));
  /* An id is not used again, though its run is gone. */
  g_assert_cmpuint (odl_runs_begin (again, "flows", "c", NULL), ==, 6);
  json_decref (twice);
  json_decref (saved);
}

static void
test_book_refused (void)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  odl_runs_begin (runs, "flows", "a", NULL);
  odl_runs_begin (runs, "flows", "b", NULL);
  json_t *before = odl_runs_save (runs);
  json_t *second = json_array_get (json_object_get (before, "runs"), 1);
  const char *key;
  json_t *item, *keys = json_deep_copy (second);
  json_object_foreach (keys, key, item)
  {
    g_autoptr (GError) error = NULL;
    json_t *good = json_incref (json_object_get (second, key));
    json_object_set_new (second, key, json_pack ("[n]"));
    g_assert_false (odl_runs_load (runs, before, &error));
    g_assert_nonnull (error);
    json_object_set_new (second, key, good);
  }
  json_object_set_new (second, "id", json_integer (1));
  g_assert_false (odl_runs_load (runs, before, NULL));
  json_object_set_new (second, "id", json_integer (3));
  g_assert_false (odl_runs_load (runs, before, NULL));
  json_object_set_new (second, "id", json_integer (2));
  json_t *after = odl_runs_save (runs);
  g_assert_true (json_equal (before, after));
  json_decref (after);
  json_decref (keys);
  json_decref (before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/thinning", test_thinning);
  g_test_add_func ("/history/spacing", test_spacing);
  g_test_add_func ("/history/back", test_back);
  g_test_add_func ("/history/resume", test_resume);
  g_test_add_func ("/history/copy", test_copy);
  g_test_add_func ("/history/load-longer", test_load_longer);
  g_test_add_func ("/history/load-refused", test_load_refused);
  g_test_add_func ("/runs/names", test_names);
  g_test_add_func ("/runs/full", test_full);
  g_test_add_func ("/runs/serial", test_serial);
  g_test_add_func ("/runs/saved", test_book_saved);
  g_test_add_func ("/runs/refused", test_book_refused);
  return g_test_run ();
}
