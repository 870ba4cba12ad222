/* The Solvers figure: the right series are there, marks are where they belong, and it
 * draws in every theme and width. SPDX-License-Identifier: MIT
 *
 * With ODELAB_PICTURES set to a folder every picture drawn is also written there as
 * PNG, to be looked at. */
#include "experiment-solvers.h"
#include "figures/figures.h"
#include "history.h"

#include <math.h>
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
      = odl_experiment_new (&odl_experiment_solvers, fixture->runs, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  odl_experiment_free (fixture->experiment);
  odl_runs_free (fixture->runs);
}

/* Sets "key=value" pairs, settles and takes the frame. */
static OdlFrame *
frame_with (Fixture *fixture, const char *const *settings)
{
  for (guint i = 0; settings[i] != NULL; i += 2) {
    g_autoptr (GError) error = NULL;
    odl_experiment_set_text (fixture->experiment, settings[i], settings[i + 1], &error);
    g_assert_no_error (error);
  }
  OdlTime time = { .deadline_us = G_MAXINT64 };
  while (odl_experiment_settle (fixture->experiment, &time)) {
  }
  OdlFrame *frame = odl_experiment_snapshot (fixture->experiment);
  frame->klass = &odl_experiment_solvers;
  return frame;
}

/* Draws the page and returns how many different colours there are: an empty page has
 * one. */
static guint
draw (const OdlFigure *figure, double width, gboolean dark, const char *name)
{
  OdlTheme theme = { .dark = dark };
  g_autofree OdlRect *rects = g_new0 (OdlRect, odl_figure_n_plots (figure) + 1);
  double height = odl_figure_arrange (figure, width, 400, rects);
  for (guint i = 0; i < odl_figure_n_plots (figure); i++) {
    g_assert_cmpfloat (rects[i].x, >=, 0);
    g_assert_cmpfloat (rects[i].x + rects[i].width, <=, width + 1e-6);
    g_assert_cmpfloat (rects[i].y + rects[i].height, <=, height + 1e-6);
  }
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, (int)width, (int)ceil (height));
  cairo_t *cr = cairo_create (surface);
  odl_figure_draw (figure, cr, width, height, NULL, &theme);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  const guint32 *pixels = (const guint32 *)cairo_image_surface_get_data (surface);
  g_autoptr (GHashTable) colors = g_hash_table_new (g_direct_hash, g_direct_equal);
  int stride = cairo_image_surface_get_stride (surface) / 4;
  for (int y = 0; y < cairo_image_surface_get_height (surface); y += 2)
    for (int x = 0; x < (int)width; x += 2)
      g_hash_table_add (colors, GUINT_TO_POINTER (pixels[y * stride + x]));
  const char *folder = g_getenv ("ODELAB_PICTURES");
  if (folder != NULL) {
    g_autofree char *path = g_strdup_printf ("%s/%s-%.0f-%s.png", folder, name, width,
                                             dark ? "dark" : "light");
    cairo_surface_write_to_png (surface, path);
  }
  cairo_surface_destroy (surface);
  return g_hash_table_size (colors);
}

static const char *const scenes[][13] = {
  { "spiral", NULL },
  { "spiral-31", "steps", "31", "compare", "equal-evaluations", NULL },
  { "lotka", "system", "lotka-volterra", "methods", "euler,midpoint,rk4,dopri5",
    "steps", "150", NULL },
  { "van-der-pol", "system", "van-der-pol", "methods",
    "heun-euler,bosh3,dopri5,cvode-bdf", "mode", "adaptive", NULL },
  { "lorenz", "system", "lorenz", "methods", "rk4,dopri5,dop853", "mode", "adaptive",
    "steps", "1500", NULL },
  { "duffing", "system", "duffing", "methods", "rk4,tsit5", "steps", "300", NULL },
  { "harmonic", "system", "harmonic-oscillator", "methods",
    "euler,midpoint,rk4,trapezoid", "steps", "60", NULL },
  { "ball", "system", "bouncing-ball", "methods", "rk4,dopri5", "steps", "80", NULL },
  { "logistic", "system", "logistic", "methods", "euler,heun,rk4", "steps", "8", NULL },
  { "robertson", "system", "robertson", "methods", "rk4,cvode-bdf,backward-euler",
    NULL },
  { "stiff", "system", "prothero-robinson", "methods", "euler,backward-euler,trapezoid",
    NULL },
  { "none", "methods", "", NULL },
};

static void
test_draws (Fixture *fixture, gconstpointer data)
{
  const char *const *scene = data;
  g_autoptr (OdlFrame) frame = frame_with (fixture, scene + 1);
  g_autoptr (OdlFigure) figure = odl_figure_of (frame, NULL);
  const double widths[] = { 1400, 700 };
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (draw (figure, widths[i / 2], i % 2, scene[0]), >, 20);
  g_autofree char *summary = odl_figure_summary (figure);
  g_assert_true (g_utf8_validate (summary, -1, NULL));
  g_assert_cmpuint (strlen (summary), >, 100);
  for (guint i = 0; i < odl_figure_n_plots (figure); i++) {
    const char *text = odl_plot_get_summary (odl_figure_plot (figure, i));
    g_assert_nonnull (text);
  }
}

static gboolean
has_series (const OdlFigure *figure, const char *plot, const char *series)
{
  OdlPlot *found = odl_figure_find (figure, plot);
  g_assert_nonnull (found);
  g_autofree char *csv = odl_plot_to_csv (found);
  return strstr (csv, series) != NULL;
}

static void
test_series (Fixture *fixture, gconstpointer data)
{
  g_autoptr (OdlFrame) frame = frame_with (fixture, (const char *const[]){ NULL });
  g_autoptr (OdlFigure) figure = odl_figure_of (frame, NULL);
  const char *const plots[]
      = { "phase", "time", "time-2", "error", "precision", "convergence" };
  for (guint i = 0; i < G_N_ELEMENTS (plots); i++) {
    g_assert_true (has_series (figure, plots[i], "Euler"));
    g_assert_true (has_series (figure, plots[i], "RK4"));
  }
  g_assert_true (has_series (figure, "phase", "exact"));
  g_assert_true (odl_plot_is_table (odl_figure_find (figure, "table")));
  OdlPlot *phase = odl_figure_find (figure, "phase");
  g_assert_cmpuint (odl_plot_n_handles (phase), ==, 1);
  const OdlHandle *handle = odl_plot_get_handle (phase, 0);
  g_assert_cmpstr (handle->kind, ==, "start");
  g_assert_cmpfloat (handle->x, ==, 2);
  g_assert_cmpfloat (handle->y, ==, 0);
  const char *words = odl_plot_get_summary (phase);
  g_assert_nonnull (strstr (words, "1.04 > 1"));
  g_assert_nonnull (strstr (words, "31 steps"));
  g_assert_nonnull (strstr (words, "stable spiral"));
}

/* What is switched off is gone. */
static void
test_plots (Fixture *fixture, gconstpointer data)
{
  const char *const settings[] = { "plots", "phase,error", "reference", "false", NULL };
  g_autoptr (OdlFrame) frame = frame_with (fixture, settings);
  g_autoptr (OdlFigure) figure = odl_figure_of (frame, NULL);
  g_assert_cmpuint (odl_figure_n_plots (figure), ==, 2);
  g_assert_false (has_series (figure, "phase", "exact"));
}

/* Counts pixels of the colour that marks what is bad: red in light and in dark. */
static guint
red_pixels (const OdlPlot *plot)
{
  OdlTheme theme = { 0 };
  OdlRect area = { 0, 0, 600, 500 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 600, 500);
  cairo_t *cr = cairo_create (surface);
  odl_plot_draw (plot, cr, &area, NULL, &theme);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  const guint32 *pixels = (const guint32 *)cairo_image_surface_get_data (surface);
  guint n = 0;
  for (guint i = 0; i < 600 * 500; i++) {
    guint r = pixels[i] >> 16 & 255, g = pixels[i] >> 8 & 255, b = pixels[i] & 255;
    n += r > 150 && g < 90 && b < 90;
  }
  cairo_surface_destroy (surface);
  return n;
}

/* A run that diverges has its cross in the phase plane; one that does not has none. */
static void
test_mark (Fixture *fixture, gconstpointer data)
{
  const char *const good[]
      = { "system", "prothero-robinson", "methods", "backward-euler", "steps", "40",
          NULL };
  const char *const bad[] = { "methods", "euler", NULL };
  g_autoptr (OdlFrame) before = frame_with (fixture, good);
  g_autoptr (OdlFigure) calm = odl_figure_of (before, NULL);
  g_autoptr (OdlFrame) after = frame_with (fixture, bad);
  g_autoptr (OdlFigure) wild = odl_figure_of (after, NULL);
  const OdlSolversPayload *payload = after->payload;
  g_assert_cmpint (payload->runs[0].end, ==, ODL_RUN_DIVERGED);
  guint none = red_pixels (odl_figure_find (calm, "phase"));
  guint cross = red_pixels (odl_figure_find (wild, "phase"));
  g_test_message ("red pixels: %u without, %u with", none, cross);
  g_assert_cmpuint (cross, >, none + 20);
  g_assert_nonnull (
      strstr (odl_plot_get_summary (odl_figure_find (wild, "phase")), "diverged"));
}

/* Rows of a plot's CSV that belong to a series. */
static guint
count_rows (const OdlPlot *plot, const char *series)
{
  g_autofree char *csv = odl_plot_to_csv (plot);
  g_autofree char *start
      = g_strdup_printf (strchr (series, ',') ? "\"%s\"," : "%s,", series);
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  guint n = 0;
  for (guint i = 0; lines[i] != NULL; i++)
    n += g_str_has_prefix (lines[i], start);
  return n;
}

/* The ribbon has a bar for every step taken and for every attempt rejected, whoever
 * made it. */
static void
test_ribbon (Fixture *fixture, gconstpointer data)
{
  const char *const settings[]
      = { "system", "van-der-pol", "methods", "dopri5,dop853,cvode-bdf,cvode-adams",
          "mode",   "adaptive",    NULL };
  g_autoptr (OdlFrame) frame = frame_with (fixture, settings);
  g_autoptr (OdlFigure) figure = odl_figure_of (frame, NULL);
  const OdlSolversPayload *payload = frame->payload;
  const OdlPlot *ribbon = odl_figure_find (figure, "ribbon");
  g_assert_nonnull (ribbon);
  g_assert_cmpuint (payload->n_runs, ==, 4);
  for (guint i = 0; i < payload->n_runs; i++) {
    const OdlSolverRun *run = &payload->runs[i];
    g_autofree char *rejected = g_strdup_printf ("%s: rejected", run->title);
    g_test_message ("%s: %u rejected", run->title, (guint)run->rejected);
    g_assert_cmpuint (run->rejected, >, 0);
    g_assert_cmpuint (count_rows (ribbon, run->title), ==, run->accepted);
    g_assert_cmpuint (count_rows (ribbon, rejected), ==, run->rejected);
  }
}

/* The scrubber moves the eigenvalues in the stability plot. */
static void
test_scrub (Fixture *fixture, gconstpointer data)
{
  const char *const settings[]
      = { "system", "van-der-pol", "methods", "rk4", "steps", "200", NULL };
  g_autoptr (OdlFrame) frame = frame_with (fixture, settings);
  OdlFigureView early = { .scrub = 1 }, late = { .scrub = 4 };
  g_autoptr (OdlFigure) a = odl_figure_of (frame, &early);
  g_autoptr (OdlFigure) b = odl_figure_of (frame, &late);
  g_autofree char *at_a = odl_plot_to_csv (odl_figure_find (a, "stability"));
  g_autofree char *at_b = odl_plot_to_csv (odl_figure_find (b, "stability"));
  g_assert_cmpstr (at_a, !=, at_b);
}

#define ADD(name, data, function)                                                      \
  g_test_add ("/figure-solvers/" name, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++) {
    g_autofree char *path = g_strdup_printf ("/figure-solvers/draws/%s", scenes[i][0]);
    g_test_add (path, Fixture, scenes[i], set_up, test_draws, tear_down);
  }
  ADD ("series", NULL, test_series);
  ADD ("plots", NULL, test_plots);
  ADD ("mark", NULL, test_mark);
  ADD ("ribbon", NULL, test_ribbon);
  ADD ("scrub", NULL, test_scrub);
  return g_test_run ();
}
