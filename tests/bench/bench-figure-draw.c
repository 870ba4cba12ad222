/* Drawing: the whole pages of Solvers and Flows, and curves and clouds against cairo.
 * SPDX-License-Identifier: MIT
 *
 * Everything is drawn into an image of ARGB32, as a window without a graphics card does
 * it. */
#include <cairo.h>
#include <math.h>

#include "experiment-flows.h"
#include "experiment-solvers.h"
#include "figures/figures.h"
#include "history.h"
#include "support-bench.h"

enum { WIDTH = 1400, HEIGHT = 900, CURVE = 100000, CLOUD = 10000 };

typedef struct {
  cairo_surface_t *surface;
  OdlFrame *frame;
  OdlFigure *figure;
  OdlPlot *curve, *cloud;
  double *x, *y;
} Bench;

static void
make_figure (gpointer data)
{
  Bench *bench = data;
  odl_figure_free (odl_figure_of (bench->frame, NULL));
}

static void
draw_figure (gpointer data)
{
  Bench *bench = data;
  cairo_t *cr = cairo_create (bench->surface);
  odl_figure_draw (bench->figure, cr, WIDTH, HEIGHT, NULL, NULL);
  cairo_destroy (cr);
}

static void
draw_plot (Bench *bench, const OdlPlot *plot)
{
  OdlRect area = { 0, 0, 900, 600 };
  cairo_t *cr = cairo_create (bench->surface);
  odl_plot_draw (plot, cr, &area, NULL, NULL);
  cairo_destroy (cr);
}

static void
draw_curve (gpointer data)
{
  Bench *bench = data;
  draw_plot (bench, bench->curve);
}

static void
draw_cloud (gpointer data)
{
  Bench *bench = data;
  draw_plot (bench, bench->cloud);
}

/* A tenth of the curve, as it is handed to cairo without thought. */
static void
stroke_by_cairo (gpointer data)
{
  Bench *bench = data;
  cairo_t *cr = cairo_create (bench->surface);
  for (guint i = 0; i < CURVE / 10; i++)
    cairo_line_to (cr, bench->x[i * 10] * 900, 300 - bench->y[i * 10] * 200);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
discs_by_cairo (gpointer data)
{
  Bench *bench = data;
  cairo_t *cr = cairo_create (bench->surface);
  for (guint i = 0; i < CLOUD; i++) {
    cairo_arc (cr, bench->x[i * 10] * 900, 300 - bench->y[i * 10] * 200, 2.5, 0,
               2 * G_PI);
    cairo_fill (cr);
  }
  cairo_destroy (cr);
}

/* The frame of an experiment with a setting or two, after so many iterations. */
static OdlFrame *
frame_of (const OdlExperimentClass *klass, const char *const settings[][2],
          guint iterations)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (OdlExperiment) experiment = odl_experiment_new (klass, runs, &error);
  OdlTime time = { .deadline_us = G_MAXINT64, .runs = runs };
  g_assert_no_error (error);
  for (guint i = 0; settings[i][0] != NULL; i++)
    odl_experiment_set_text (experiment, settings[i][0], settings[i][1], &error);
  for (guint i = 0; i < iterations; i++)
    odl_experiment_step (experiment, &time, FALSE, &error);
  g_assert_no_error (error);
  while (odl_experiment_settle (experiment, &time)) {
  }
  OdlFrame *frame = odl_experiment_snapshot (experiment);
  frame->klass = klass;
  return frame;
}

static void
make_plots (Bench *bench)
{
  GRand *random = g_rand_new_with_seed (1);
  bench->x = g_new (double, CURVE);
  bench->y = g_new (double, CURVE);
  for (guint i = 0; i < CURVE; i++) {
    bench->x[i] = (double)i / CURVE;
    bench->y[i] = sin (12 * bench->x[i]) + g_rand_double_range (random, -0.4, 0.4);
  }
  g_rand_free (random);
  OdlCloud cloud = { .x = bench->x, .y = bench->y, .n = CLOUD };
  bench->curve = odl_plot_new ("curve", "A noisy curve");
  bench->cloud = odl_plot_new ("cloud", "A cloud");
  odl_plot_line (bench->curve, NULL, bench->x, bench->y, CURVE,
                 (OdlStyle){ .color = 0 });
  odl_plot_cloud (bench->cloud, NULL, &cloud, (OdlStyle){ .color = 0 });
}

static void
report (Bench *bench, Bench *flows)
{
  const BenchWork works[] = { make_figure, draw_figure,    draw_curve,  stroke_by_cairo,
                              draw_cloud,  discs_by_cairo, make_figure, draw_figure };
  gpointer const data[] = { bench, bench, bench, bench, bench, bench, flows, flows };
  double seconds[G_N_ELEMENTS (works)];
  bench_compare (G_N_ELEMENTS (works), works, data, 21, seconds);
  bench_title ("Drawing, one thread, no graphics card");
  bench_row ("Solvers page, six methods, all plots, 1400 x 900: made", seconds[0] * 1e3,
             "ms", BENCH_AT_MOST, 4);
  bench_row ("the same: drawn", seconds[1] * 1e3, "ms", BENCH_AT_MOST, 16);
  bench_row ("100,000 noisy points: drawn", seconds[2] * 1e3, "ms", BENCH_AT_MOST, 16);
  bench_row ("cairo's stroke of every tenth, in that time", seconds[3] / seconds[2],
             "x", BENCH_AT_LEAST, 2);
  bench_row ("10,000 discs with axes: drawn", seconds[4] * 1e3, "ms", BENCH_AT_MOST, 8);
  bench_row ("cairo's discs, without axes, in that time", seconds[5] / seconds[4], "x",
             BENCH_AT_LEAST, 3);
  bench_row ("Flows page, three models, 1400 x 900: made", seconds[6] * 1e3, "ms",
             BENCH_AT_MOST, 4);
  bench_row ("the same: drawn", seconds[7] * 1e3, "ms", BENCH_AT_MOST, 16);
}

static void
bench_init (Bench *bench, OdlFrame *frame)
{
  bench->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  bench->frame = frame;
  bench->figure = odl_figure_of (frame, NULL);
}

static void
bench_clear (Bench *bench)
{
  odl_figure_free (bench->figure);
  odl_frame_unref (bench->frame);
  cairo_surface_destroy (bench->surface);
}

int
main (void)
{
  static const char *const six[][2]
      = { { "methods", "euler,midpoint,heun,rk4,dopri5,tsit5" }, { NULL } };
  static const char *const three[][2]
      = { { "models", "standard,augmented,resnet" }, { NULL } };
  Bench bench = { 0 }, flows = { 0 };
  bench_init (&bench, frame_of (&odl_experiment_solvers, six, 0));
  bench_init (&flows, frame_of (&odl_experiment_flows, three, 100));
  make_plots (&bench);
  report (&bench, &flows);
  odl_plot_free (bench.curve);
  odl_plot_free (bench.cloud);
  g_free (bench.x);
  g_free (bench.y);
  bench_clear (&bench);
  bench_clear (&flows);
  return 0;
}
