/* The Training figure: every run in every plot that has numbers of it, the measured
 * values beside their average, and a table whose cells act.
 * SPDX-License-Identifier: MIT */
#include "experiment-training.h"
#include "figures/figures.h"
#include "ui/page.h"

#include <string.h>

typedef struct {
  OdlRuns *runs;
  OdlExperiment *experiment;
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
  odl_experiment_free (fixture->experiment);
  odl_runs_free (fixture->runs);
}

/* A run that looks like one: the loss falls and trembles, evaluations rise. */
static guint64
add_run (Fixture *fixture, const char *experiment, const char *model, guint n,
         double speed)
{
  g_autofree char *settings = g_strdup_printf ("rate=%g\nseed=1", speed);
  const guint64 id = odl_runs_begin (fixture->runs, experiment, model, settings);
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32)id);
  const gboolean density = g_str_equal (experiment, "densities");
  for (guint i = 1; i <= n; i++) {
    const double tremble = exp (0.3 * g_rand_double_range (random, -1, 1));
    double row[ODL_N_COLUMNS] = { 0 };
    row[ODL_COLUMN_LOSS] = exp (-speed * i) * tremble + 1e-4;
    row[ODL_COLUMN_ACCURACY] = density ? NAN : 1 - 0.5 * exp (-speed * i);
    row[ODL_COLUMN_NLL] = density ? 2.8 + exp (-speed * i) : NAN;
    row[ODL_COLUMN_NFE_FORWARD] = 20 + floor (0.1 * i);
    row[ODL_COLUMN_NFE_BACKWARD] = 18 + floor (0.1 * i);
    row[ODL_COLUMN_GRADIENT_NORM] = exp (-0.5 * speed * i) * tremble;
    row[ODL_COLUMN_SECONDS] = 0.004 * i;
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

static OdlFigure *
figure_of (Fixture *fixture, double scrub)
{
  const OdlFigureView view = { .scrub = scrub };
  g_autoptr (OdlFrame) frame = odl_experiment_snapshot (fixture->experiment);
  return odl_figure_of (frame, &view);
}

static void
draw (Fixture *fixture, const char *name)
{
  g_autoptr (OdlFigure) figure = figure_of (fixture, NAN);
  for (guint i = 0; i < 4; i++) {
    Page page = page_of (figure, i / 2 ? 700 : 1400, 900, i % 2, name);
    g_assert_cmpuint (page_colors (&page), >, 20);
    page_clear (&page);
  }
}

static void
test_draws (Fixture *fixture, gconstpointer data)
{
  draw (fixture, "training-empty");
  add_run (fixture, "flows", "standard", 300, 0.01);
  add_run (fixture, "flows", "augmented", 300, 0.03);
  draw (fixture, "training-two");
  add_run (fixture, "flows", "standard", 500, 0.02);
  add_run (fixture, "densities", "cnf", 400, 0.015);
  put (fixture, "run", "2");
  draw (fixture, "training-four");
  for (guint i = 0; i < 40; i++)
    add_run (fixture, "flows", "resnet", 300, 0.002 * (i + 1));
  draw (fixture, "training-many");
}

static gboolean
has_series (const OdlFigure *figure, const char *plot, const char *series)
{
  OdlPlot *found = odl_figure_find (figure, plot);
  g_assert_nonnull (found);
  g_autofree char *csv = odl_plot_to_csv (found);
  return strstr (csv, series) != NULL;
}

/* A plot is there when a run has such numbers, with the runs that have them. */
static void
test_series (Fixture *fixture, gconstpointer data)
{
  add_run (fixture, "flows", "standard", 50, 0.01);
  add_run (fixture, "flows", "augmented", 50, 0.03);
  g_autoptr (OdlFigure) before = figure_of (fixture, NAN);
  static const char *const plots[]
      = { "loss", "accuracy", "nfe-forward", "nfe-backward", "gradient", "pace" };
  for (guint i = 0; i < G_N_ELEMENTS (plots); i++) {
    g_assert_true (has_series (before, plots[i], "flows · standard · 1"));
    g_assert_true (has_series (before, plots[i], "flows · augmented · 1"));
  }
  g_assert_null (odl_figure_find (before, "nll"));
  add_run (fixture, "densities", "cnf", 50, 0.01);
  put (fixture, "run", "1");
  put (fixture, "hidden", "true");
  g_autoptr (OdlFigure) after = figure_of (fixture, NAN);
  g_assert_true (has_series (after, "nll", "densities"));
  g_assert_false (has_series (after, "accuracy", "densities"));
  g_assert_false (has_series (after, "loss", "standard"));
  g_assert_nonnull (odl_figure_find (after, "differences"));
}

/* Measured values are never hidden: beside an average they are all still there. */
static void
test_raw_stays (Fixture *fixture, gconstpointer data)
{
  add_run (fixture, "flows", "standard", 50, 0.01);
  put (fixture, "smoothing", "0");
  g_autoptr (OdlFigure) plain = figure_of (fixture, NAN);
  put (fixture, "smoothing", "20");
  g_autoptr (OdlFigure) both = figure_of (fixture, NAN);
  g_autofree char *a = odl_plot_to_csv (odl_figure_find (plain, "loss")),
                  *b = odl_plot_to_csv (odl_figure_find (both, "loss"));
  g_auto (GStrv) rows_a = g_strsplit (a, "\n", -1), rows_b = g_strsplit (b, "\n", -1);
  guint found = 0;
  for (guint i = 1; rows_a[i] != NULL && *rows_a[i] != '\0'; i++) {
    if (!g_str_has_prefix (rows_a[i], "flows"))
      continue;
    g_assert_true (g_strv_contains ((const char *const *)rows_b, rows_a[i]));
    found++;
  }
  g_assert_cmpuint (found, ==, 50);
  g_assert_cmpuint (g_strv_length (rows_b), >=, g_strv_length (rows_a) + 50);
}

/* Whether the table of a page so wide has a line for the run, looked for from below. */
static gboolean
has_line (const OdlFigure *figure, double width, guint64 run)
{
  const OdlTheme theme = { 0 };
  OdlRect rects[12];
  g_assert_cmpuint (odl_figure_n_plots (figure), <=, 12);
  odl_figure_arrange (figure, width, 400, rects);
  for (guint i = 0; i < odl_figure_n_plots (figure); i++) {
    const OdlPlot *plot = odl_figure_plot (figure, i);
    const OdlRect area = { 0, 0, rects[i].width, rects[i].height };
    if (!g_str_equal (odl_plot_id (plot), "table"))
      continue;
    for (double y = area.height - 1; y > 0; y -= 3) {
      const OdlPick pick = odl_plot_pick (plot, &area, NULL, &theme, 60, y);
      if (pick.kind == ODL_PICK_CELL && pick.index == (int)run)
        return TRUE;
    }
  }
  return FALSE;
}

/* Every run has its line in the table, however narrow the page. */
static void
test_lines (Fixture *fixture, gconstpointer data)
{
  for (guint n = 1; n <= 12; n++) {
    const guint64 last
        = add_run (fixture, "flows", n % 2 ? "standard" : "augmented", 5, 0.01);
    g_autoptr (OdlFigure) figure = figure_of (fixture, NAN);
    for (double width = 600; width <= 1400; width += 400) {
      g_test_message ("the last of %u runs at %g px", n, width);
      g_assert_true (has_line (figure, width, last));
    }
  }
}

/* The cells of the table by deed and run: "hide 2". Looking at a table is dear, so each
 * row is searched along one line. */
static GHashTable *
cells_of (const OdlFigure *figure)
{
  GHashTable *cells = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const OdlPlot *table = odl_figure_find (figure, "table");
  const OdlRect area = { 0, 0, 1200, 300 };
  const OdlTheme theme = { 0 };
  int row = -1;
  for (double y = 2; y < 300; y += 6) {
    OdlPick pick = odl_plot_pick (table, &area, NULL, &theme, 60, y);
    if (pick.kind != ODL_PICK_CELL || pick.index == row)
      continue;
    row = pick.index;
    for (double x = 2; x < 1200; x += 6) {
      pick = odl_plot_pick (table, &area, NULL, &theme, x, y);
      if (pick.kind == ODL_PICK_CELL)
        g_hash_table_add (cells, g_strdup_printf ("%s %d", pick.action, pick.index));
    }
  }
  return cells;
}

static gboolean
has_cell (GHashTable *cells, const char *deed, guint64 run)
{
  g_autofree char *key = g_strdup_printf ("%s %" G_GUINT64_FORMAT, deed, run);
  return g_hash_table_contains (cells, key);
}

static void
test_cells (Fixture *fixture, gconstpointer data)
{
  const guint64 id = add_run (fixture, "flows", "standard", 50, 0.01);
  const guint64 other = add_run (fixture, "flows", "augmented", 50, 0.01);
  g_autoptr (OdlFigure) figure = figure_of (fixture, NAN);
  g_autoptr (GHashTable) cells = cells_of (figure);
  static const char *const deeds[] = { "choose", "hide", "keep", "remove" };
  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++) {
    g_assert_true (has_cell (cells, deeds[i], id));
    g_assert_true (has_cell (cells, deeds[i], other));
    g_assert_false (has_cell (cells, deeds[i], 77));
    /* What a cell means is what the experiment understands. */
    g_autoptr (GError) error = NULL;
    OdlAction action = { .phase = ODL_PHASE_END, .index = (int)other };
    g_strlcpy (action.kind, deeds[i], sizeof action.kind);
    odl_experiment_act (fixture->experiment, &action, &error);
    g_assert_no_error (error);
  }
}

/* The table says what the runs say, at the scrubber's iteration when it is moved. */
static void
test_table (Fixture *fixture, gconstpointer data)
{
  add_run (fixture, "flows", "standard", 200, 0.01);
  g_autoptr (OdlFigure) end = figure_of (fixture, NAN);
  g_autoptr (OdlFigure) early = figure_of (fixture, 40.5);
  g_autofree char *at_end = odl_plot_to_csv (odl_figure_find (end, "table")),
                  *at_40 = odl_plot_to_csv (odl_figure_find (early, "table"));
  g_test_message ("%s%s", at_end, at_40);
  g_assert_nonnull (strstr (at_end, "200"));
  g_assert_nonnull (strstr (at_end, "40")); /* 20 + 200 / 10 evaluations */
  g_assert_nonnull (strstr (at_end, "800 ms"));
  g_assert_nonnull (strstr (at_40, "160 ms"));
  g_assert_nonnull (strstr (at_40, "24"));
  g_assert_nonnull (strstr (odl_plot_get_summary (odl_figure_find (early, "loss")),
                            "at iteration 40"));
}

#define ADD(name, function)                                                            \
  g_test_add ("/figure-training/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("draws", test_draws);
  ADD ("series", test_series);
  ADD ("raw-stays", test_raw_stays);
  ADD ("lines", test_lines);
  ADD ("cells", test_cells);
  ADD ("table", test_table);
  return g_test_run ();
}
