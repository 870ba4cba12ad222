/* The Flows figure: it draws in every theme and width, follows the scrubber, and says
 * what the payload says. SPDX-License-Identifier: MIT */
#include "experiment-flows.h"
#include "figures/figures.h"
#include "history.h"
#include "support/cpu-time.h"
#include "ui/page.h"

#include <string.h>

typedef struct {
  OdlRuns *runs;
  OdlExperiment *experiment;
} Fixture;

static void
put (Fixture *fixture, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  odl_experiment_set_text (fixture->experiment, key, text, &error);
  g_assert_no_error (error);
}

/* Small nets and few points: what is tested is the picture. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->runs = odl_runs_new ();
  fixture->experiment
      = odl_experiment_new (&odl_experiment_flows, fixture->runs, &error);
  g_assert_no_error (error);
  put (fixture, "hidden", "12");
  put (fixture, "points", "64");
  put (fixture, "test-points", "48");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  odl_experiment_free (fixture->experiment);
  odl_runs_free (fixture->runs);
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
  { "circles", "40", NULL },
  { "three", "20", "models", "standard,augmented,resnet", "show",
    "points,paths,grid,background,readout,test,circles,crossings", NULL },
  { "nfe", "20", "color", "nfe", NULL },
  { "flip", "40", "data", "flip", "models", "standard,augmented,resnet", NULL },
  { "moons", "8", "data", "moons", "points", "1000", "noise", "0.1", NULL },
  { "spirals", "10", "data", "spirals", "models", "standard", NULL },
  { "coarse", "20", "mode", "fixed", "method", "euler", "steps", "3", "resolve",
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
  static const struct {
    double depth, width;
    gboolean dark;
  } pages[] = {
    { 1, 1400, TRUE }, { 1, 700, FALSE }, { 0.5, 1400, FALSE }, { 0, 1400, TRUE }
  };
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autoptr (OdlFigure) figure = figure_at (frame, pages[i].depth);
    g_autofree char *name = g_strdup_printf ("%s-%g", scene[0], pages[i].depth);
    Page page = page_of (figure, pages[i].width, 900, pages[i].dark, name);
    g_assert_cmpuint (page_colors (&page), >, 100);
    page_clear (&page);
    g_autofree char *summary = odl_figure_summary (figure);
    g_assert_true (g_utf8_validate (summary, -1, NULL));
  }
}

/* ---- What hands may do ---- */

static void
test_hands (Fixture *fixture, gconstpointer data)
{
  g_autoptr (OdlFrame) frame = frame_after (fixture, 12);
  g_autoptr (OdlFigure) end = figure_at (frame, 1);
  g_autoptr (OdlFigure) start = figure_at (frame, 0);
  gboolean paints = FALSE;
  const char *kind
      = odl_plot_click_kind (odl_figure_find (end, "inputs-standard"), &paints);
  g_assert_cmpstr (kind, ==, "paint");
  g_assert_true (paints);
  /* Places are inputs only at depth 0. */
  g_assert_null (odl_plot_click_kind (odl_figure_find (end, "flow-standard"), &paints));
  kind = odl_plot_click_kind (odl_figure_find (start, "flow-standard"), &paints);
  g_assert_cmpstr (kind, ==, "paint");
  g_assert_true (odl_plot_is_three (odl_figure_find (end, "lift-augmented")));
  const OdlPlot *loss = odl_figure_find (end, "loss");
  g_assert_cmpuint (odl_plot_n_handles (loss), ==, 1);
  const OdlHandle *handle = odl_plot_get_handle (loss, 0);
  g_assert_cmpstr (handle->kind, ==, "moment");
  g_assert_true (handle->x_only);
  g_assert_cmpfloat (handle->x, ==, 12);
}

/* Dragging the handle back shows the weights of then, and the handle stands there. */
static void
test_look_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlFrame) now = frame_after (fixture, 12);
  OdlAction action = { .kind = "moment", .phase = ODL_PHASE_END, .x = 4, .button = 1 };
  odl_experiment_act (fixture->experiment, &action, &error);
  g_assert_no_error (error);
  g_autoptr (OdlFrame) then = frame_after (fixture, 0);
  const OdlFlowsPayload *p = then->payload;
  g_assert_true (p->looking_back);
  g_autoptr (OdlFigure) figure = figure_at (then, 1);
  const OdlHandle *handle = odl_plot_get_handle (odl_figure_find (figure, "loss"), 0);
  g_assert_cmpfloat (handle->x, ==, (double)p->iteration);
  g_assert_cmpfloat (handle->x, <=, 4);
  g_autoptr (OdlFigure) present = figure_at (now, 1);
  g_assert_false (odl_plot_equal (odl_figure_find (figure, "inputs-standard"),
                                  odl_figure_find (present, "inputs-standard")));
}

/* ---- What is drawn is what the payload holds ---- */

/* The place of the first row of a series in a plot's data. */
static void
first_place (const OdlFigure *figure, const char *plot, const char *series, double *x,
             double *y)
{
  g_autofree char *csv = odl_plot_to_csv (odl_figure_find (figure, plot));
  g_auto (GStrv) rows = g_strsplit (csv, "\r\n", -1);
  for (guint i = 1; rows[i] != NULL; i++) {
    g_auto (GStrv) cells = g_strsplit (rows[i], ",", -1);
    if (g_strv_length (cells) < 3 || !g_str_equal (cells[0], series))
      continue;
    *x = g_ascii_strtod (cells[1], NULL);
    *y = g_ascii_strtod (cells[2], NULL);
    return;
  }
  g_assert_not_reached ();
}

/* At a sample the first training point is where the payload has it; half-way to the
 * next sample, half-way between the two. */
static void
test_scrub (Fixture *fixture, gconstpointer data)
{
  g_autoptr (OdlFrame) frame = frame_after (fixture, 20);
  const OdlFlowsPayload *p = frame->payload;
  const OdlFlowModel *m = &p->models[0];
  const guint last = m->n_depths - 1, k = last / 2;
  const float *a = m->path + (gsize)k * p->n * m->dim, *b = a + (gsize)p->n * m->dim;
  double x, y;
  g_autoptr (OdlFigure) at = figure_at (frame, (double)k / last);
  first_place (at, "flow-standard", "training", &x, &y);
  g_assert_cmpfloat_with_epsilon (x, (double)a[0], 1e-6);
  g_assert_cmpfloat_with_epsilon (y, (double)a[1], 1e-6);
  g_autoptr (OdlFigure) between = figure_at (frame, (k + 0.5) / last);
  first_place (between, "flow-standard", "training", &x, &y);
  g_assert_cmpfloat_with_epsilon (x, (double)(a[0] + b[0]) / 2, 1e-5);
  g_assert_cmpfloat_with_epsilon (y, (double)(a[1] + b[1]) / 2, 1e-5);
  g_autoptr (OdlFigure) start = figure_at (frame, 0);
  first_place (start, "flow-standard", "training", &x, &y);
  g_assert_cmpfloat_with_epsilon (x, p->x[0], 1e-6);
  g_assert_cmpfloat_with_epsilon (y, p->y[0], 1e-6);
}

/* Exported are points, paths and grid, not the pixels painted behind them; the verdicts
 * over the inputs are numbers of the model and stay. */
static void
test_csv (Fixture *fixture, gconstpointer data)
{
  g_autoptr (OdlFrame) frame = frame_after (fixture, 5);
  g_autoptr (OdlFigure) figure = figure_at (frame, 1);
  g_autofree char *flow = odl_plot_to_csv (odl_figure_find (figure, "flow-standard")),
                  *inputs
                  = odl_plot_to_csv (odl_figure_find (figure, "inputs-standard"));
  g_assert_nonnull (strstr (flow, "training,"));
  g_assert_nonnull (strstr (flow, "grid,"));
  g_assert_null (strstr (flow, "background,"));
  g_assert_nonnull (strstr (inputs, "decision,"));
  g_assert_cmpuint (strlen (flow), <, 1u << 20);
}

/* Frames of the plots stand still while the depth is scrubbed. */
static void
test_steady (Fixture *fixture, gconstpointer data)
{
  static const char *const plots[] = { "flow-standard", "flow-augmented" };
  const OdlRect area = { 0, 0, 460, 430 };
  const OdlTheme theme = { 0 };
  g_autoptr (OdlFrame) frame = frame_after (fixture, 20);
  g_autoptr (OdlFigure) a = figure_at (frame, 0.2);
  g_autoptr (OdlFigure) b = figure_at (frame, 0.8);
  for (guint i = 0; i < G_N_ELEMENTS (plots); i++) {
    double p[4], q[4];
    odl_plot_shown_range (odl_figure_find (a, plots[i]), &area, NULL, &theme, &p[0],
                          &p[1], &p[2], &p[3]);
    odl_plot_shown_range (odl_figure_find (b, plots[i]), &area, NULL, &theme, &q[0],
                          &q[1], &q[2], &q[3]);
    for (guint k = 0; k < 4; k++)
      g_assert_cmpfloat_with_epsilon (p[k], q[k], 1e-9);
  }
}

static void
paint (Fixture *fixture, double x, double y, int label)
{
  const OdlAction action
      = { .kind = "paint", .index = label, .phase = ODL_PHASE_END, .x = x, .y = y };
  g_autoptr (GError) error = NULL;
  odl_experiment_act (fixture->experiment, &action, &error);
  g_assert_no_error (error);
}

/* The planes to paint on are there without a point, and lie still under the first ones.
 */
static void
test_paper (Fixture *fixture, gconstpointer data)
{
  static const char *const plots[]
      = { "flow-standard", "flow-augmented", "inputs-standard", "inputs-augmented" };
  const OdlRect area = { 0, 0, 460, 430 };
  const OdlTheme theme = { 0 };
  double before[G_N_ELEMENTS (plots)][4], range[4];
  put (fixture, "data", "own");
  for (guint n = 0; n < 6; n++) {
    if (n > 0)
      paint (fixture, 0.1 * n - 0.3, 0.5, n % 2);
    g_autoptr (OdlFrame) frame = frame_after (fixture, 0);
    g_autoptr (OdlFigure) figure = figure_at (frame, 0);
    for (guint i = 0; i < G_N_ELEMENTS (plots); i++) {
      const OdlPlot *plot = odl_figure_find (figure, plots[i]);
      odl_plot_shown_range (plot, &area, NULL, &theme, &range[0], &range[1], &range[2],
                            &range[3]);
      g_assert_cmpstr (odl_plot_click_kind (plot, NULL), ==, "paint");
      if (n == 0)
        memcpy (before[i], range, sizeof range);
      g_assert_cmpint (memcmp (before[i], range, sizeof range), ==, 0);
    }
  }
}

/* The table has a row a model, whose numbers are the payload's to three digits. */
static void
test_meters (Fixture *fixture, gconstpointer data)
{
  put (fixture, "models", "standard,augmented,resnet");
  g_autoptr (OdlFrame) frame = frame_after (fixture, 15);
  const OdlFlowsPayload *p = frame->payload;
  g_autoptr (OdlFigure) figure = figure_at (frame, 1);
  OdlPlot *table = odl_figure_find (figure, "meters");
  g_autofree char *csv = odl_plot_to_csv (table);
  g_auto (GStrv) rows = g_strsplit (csv, "\r\n", -1);
  for (guint i = 0; i < p->n_models; i++) {
    const OdlFlowModel *m = &p->models[i];
    g_auto (GStrv) cells = g_strsplit (rows[i + 1], ",", -1);
    g_assert_true (g_str_has_prefix (m->title, cells[0]));
    const double loss = g_ascii_strtod (cells[1], NULL),
                 train = g_ascii_strtod (cells[2], NULL) / 100;
    g_assert_cmpfloat_with_epsilon (loss, m->train.loss, 0.006 * m->train.loss);
    g_assert_cmpfloat_with_epsilon (train, m->train.accuracy, 1e-3);
    g_assert_nonnull (strstr (odl_plot_get_summary (table), m->sentence));
  }
}

static guint
red_pixels (const OdlFigure *figure, const char *plot)
{
  const OdlRect area = { 0, 0, 600, 400 };
  const OdlTheme theme = { 0 };
  guint n = 0;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 600, 400);
  cairo_t *cr = cairo_create (surface);
  odl_plot_draw (odl_figure_find (figure, plot), cr, &area, NULL, &theme);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  const Page page = { 600, 400, surface };
  for (int y = 0; y < 400; y++)
    for (int x = 0; x < 600; x++) {
      const guint32 rgb = page_pixel (&page, x, y);
      n += (rgb >> 16 & 255) > 190 && (rgb >> 8 & 255) < 90 && (rgb & 255) < 90;
    }
  cairo_surface_destroy (surface);
  return n;
}

/* The floor of the flip is a line in the loss plot, and only there. */
static void
test_floor (Fixture *fixture, gconstpointer data)
{
  g_autoptr (OdlFrame) circles = frame_after (fixture, 5);
  g_autoptr (OdlFigure) without = figure_at (circles, 1);
  put (fixture, "data", "flip");
  g_autoptr (OdlFrame) flip = frame_after (fixture, 5);
  g_autoptr (OdlFigure) with = figure_at (flip, 1);
  const OdlFlowsPayload *p = flip->payload;
  g_assert_cmpfloat_with_epsilon (p->models[0].floor, 0.5, 1e-12);
  const guint a = red_pixels (without, "loss"), b = red_pixels (with, "loss");
  g_test_message ("red pixels: %u without a floor, %u with", a, b);
  g_assert_cmpuint (b, >, a + 100);
  g_assert_null (odl_figure_find (with, "inputs-standard"));
  g_assert_null (odl_figure_find (with, "accuracy"));
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
  ADD ("hands", test_hands);
  ADD ("look-back", test_look_back);
  ADD ("scrub", test_scrub);
  ADD ("csv", test_csv);
  ADD ("steady", test_steady);
  ADD ("paper", test_paper);
  ADD ("meters", test_meters);
  ADD ("floor", test_floor);
  return g_test_run ();
}
