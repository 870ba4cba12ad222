/* The Flows figure: it draws in every theme and width, follows the scrubber, and says
 * what the payload says. SPDX-License-Identifier: MIT */
#include "experiment-flows.h"
#include "figures/figures.h"
#include "history.h"
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
      = odl_experiment_new (&odl_experiment_flows, fixture->runs, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  odl_experiment_free (fixture->experiment);
  odl_runs_free (fixture->runs);
}

static void
put (Fixture *fixture, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  odl_experiment_set_text (fixture->experiment, key, text, &error);
  g_assert_no_error (error);
}

/* Trains, settles and takes the frame. */
static OdlFrame *
frame_after (Fixture *fixture, guint iterations)
{
  const OdlTime time = { .deadline_us = G_MAXINT64 };
  for (guint i = 0; i < iterations; i++) {
    g_autoptr (GError) error = NULL;
    odl_experiment_step (fixture->experiment, &time, FALSE, &error);
    g_assert_no_error (error);
  }
  while (odl_experiment_settle (fixture->experiment, &time)) {
  }
  return odl_experiment_snapshot (fixture->experiment);
}

static OdlFigure *
figure_at (const OdlFrame *frame, double depth)
{
  const OdlFigureView view = { .scrub = depth };
  return odl_figure_of (frame, &view);
}

/* name, iterations, then settings. */
static const char *const scenes[][16] = {
  { "circles", "120", NULL },
  { "three", "60", "models", "standard,augmented,resnet", "show",
    "points,paths,grid,background,readout,test,circles,crossings", NULL },
  { "nfe", "60", "color", "nfe", NULL },
  { "flip", "150", "data", "flip", "models", "standard,augmented,resnet", NULL },
  { "moons", "60", "data", "moons", "points", "1000", "noise", "0.1", NULL },
  { "spirals", "40", "data", "spirals", "models", "standard", NULL },
  { "coarse", "80", "mode", "fixed", "method", "euler", "steps", "3", "resolve",
    "dopri5", "show", "points,paths,grid,background,readout,crossings", NULL },
  { "start", "0", NULL },
};

static void
test_draws (Fixture *fixture, gconstpointer data)
{
  const char *const *scene = data;
  for (guint i = 2; scene[i] != NULL; i += 2)
    put (fixture, scene[i], scene[i + 1]);
  g_autoptr (OdlFrame) frame = frame_after (fixture, (guint)atoi (scene[1]));
  static const double depths[] = { 1, 0.5, 0 };
  static const double widths[] = { 1400, 700 };
  for (guint i = 0; i < 6; i++) {
    g_autoptr (OdlFigure) figure = figure_at (frame, depths[i / 2]);
    g_autofree char *name = g_strdup_printf ("%s-%g", scene[0], depths[i / 2]);
    Page page = page_of (figure, widths[i == 1], 900, i == 0 || i == 3, name);
    g_assert_cmpuint (page_colors (&page), >, 100);
    page_clear (&page);
    g_autofree char *summary = odl_figure_summary (figure);
    g_assert_true (g_utf8_validate (summary, -1, NULL));
  }
}

static double
now_ms (void)
{
  return (double)g_get_monotonic_time () * 1e-3;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  const double p = *(const double *)a, q = *(const double *)b;
  return p < q ? -1 : p > q;
}

/* With two thousand points in three models making the plots at a new depth, which
 * happens at every tick of the scrubber, costs less than drawing them does. */
static void
test_cost (Fixture *fixture, gconstpointer data)
{
  enum { N = 15 };
  double make[N], draw[N];
  put (fixture, "points", "1500");
  put (fixture, "test-points", "500");
  put (fixture, "models", "standard,augmented,resnet");
  put (fixture, "plots", "flow,lift");
  g_autoptr (OdlFrame) frame = frame_after (fixture, 2);
  g_assert_cmpuint (((const OdlFlowsPayload *)frame->payload)->n, ==, 2000);
  for (guint i = 0; i < N; i++) {
    const double start = now_ms ();
    g_autoptr (OdlFigure) figure = figure_at (frame, 0.3 + 0.6 * i / N);
    make[i] = now_ms () - start;
    Page page = page_of (figure, 1400, 900, FALSE, "cost");
    draw[i] = now_ms () - start - make[i];
    page_clear (&page);
  }
  qsort (make, N, sizeof *make, by_size);
  qsort (draw, N, sizeof *draw, by_size);
  g_test_message ("made in %.2f ms, drawn in %.2f ms", make[N / 2], draw[N / 2]);
  g_assert_cmpfloat (make[N / 2], <, draw[N / 2]);
}

#define ADD(name, function)                                                            \
  g_test_add ("/figure-flows/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++) {
    g_autofree char *path = g_strdup_printf ("/figure-flows/draws/%s", scenes[i][0]);
    g_test_add (path, Fixture, scenes[i], set_up, test_draws, tear_down);
  }
  ADD ("cost", test_cost);
  return g_test_run ();
}
