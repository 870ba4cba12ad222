/* The Latent figure: every kind of canvas draws in light and dark, narrow and wide;
 * what is drawn is what the payload holds; hands are offered where they may be used.
 * SPDX-License-Identifier: MIT
 *
 * Payloads are made up here, so that every number on the page is known: a wave whose
 * band is narrow at the points and wider away from them. */
#include <string.h>

#include "experiment-latent.h"
#include "figures/figures.h"
#include "ui/page.h"
#include "ui/picture.h"

/* Whether or not the registry has it. */
OdlFigure *odl_figure_latent (const OdlFrame *frame, const OdlFigureView *view);

#define N    161u
#define MOST 640u

typedef struct {
  guint n_channels, n_points; /* points of each channel */
  double unit;                /* of values; times are in thousandths of it */
  const char *show;
  gboolean known, process, trained, separate;
} Scene;

typedef struct {
  OdlValues *values;
  OdlFrame *frame;
  OdlLatentPayload p;
  OdlCanvasChannel channels[2];
  OdlCanvasReading readings[2];
  GPtrArray *blocks;
} Fixture;

static const char *const layers[]
    = { "band95", "", "band50", "", "mean",      "", "samples", "", "process", "",
        "truth",  "", "prior",  "", "amortised", "", "regions", "", NULL };
static const char *const plots[]
    = { "canvas", "",     "latent", "",        "encoder", "",  "refinement",
        "",       "loss", "",       "numbers", "",        NULL };
static const OdlSetting settings[] = {
  { .key = "show",
    .kind = ODL_SETTING_CHOICES,
    .fallback = "band95,band50,mean,samples,truth,regions",
    .choices = layers },
  { .key = "plots",
    .kind = ODL_SETTING_CHOICES,
    .fallback = "canvas,latent,encoder,refinement,loss,numbers",
    .choices = plots },
};

static double *
numbers (Fixture *f, gsize n)
{
  double *block = g_new0 (double, n + 1);
  g_ptr_array_add (f->blocks, block);
  return block;
}

/* The true curve, in units of the scene. */
static double
wave (guint channel, double t)
{
  return sin (0.9 * t + 1.3 * channel) * (1 - 0.04 * t);
}

/* Half the width of the 95 % band: from 0.1 at a point up to 1 far away. */
static double
half_width (const Fixture *f, double t)
{
  double nearest = 3;
  for (guint i = 0; i < f->p.n_points; i++)
    nearest = fmin (nearest, fabs (f->p.x[i] - t));
  return 0.1 + 0.3 * nearest;
}

static OdlCanvasBand
band_of (Fixture *f, guint channel, double factor, double shift)
{
  OdlCanvasBand band = { numbers (f, N), numbers (f, N), numbers (f, N), numbers (f, N),
                         numbers (f, N) };
  for (guint i = 0; i < N; i++) {
    const double half = factor * half_width (f, f->p.t[i]);
    band.mean[i] = wave (channel, f->p.t[i]) + shift * half;
    band.lower50[i] = band.mean[i] - half / 2.9;
    band.upper50[i] = band.mean[i] + half / 2.9;
    band.lower95[i] = band.mean[i] - half;
    band.upper95[i] = band.mean[i] + half;
  }
  return band;
}

static double *
bundle_of (Fixture *f, guint channel, guint n_curves, double spread)
{
  double *y = numbers (f, n_curves * N);
  for (guint k = 0; k < n_curves; k++)
    for (guint i = 0; i < N; i++)
      y[k * N + i] = wave (channel, f->p.t[i])
                     + spread * half_width (f, f->p.t[i])
                           * sin (1.7 * k + 0.35 * f->p.t[i] * (1 + k % 3));
  return y;
}

static void
fill_channel (Fixture *f, const Scene *scene, guint c)
{
  OdlCanvasChannel *channel = &f->channels[c];
  channel->name = (char *)(c == 0 ? "value" : "value 2");
  channel->low = -2;
  channel->high = 2;
  channel->band = band_of (f, c, 1, 0.1);
  if (strstr (scene->show, "amortised") != NULL)
    channel->amortised = band_of (f, c, 1.6, -0.3);
  channel->n_curves = 6;
  channel->curves = bundle_of (f, c, 6, 0.6);
  channel->truth_noise = scene->known ? 0.05 : NAN;
  if (scene->known) {
    channel->truth = numbers (f, N);
    for (guint i = 0; i < N; i++)
      channel->truth[i] = wave (c, f->p.t[i]);
    channel->inside = (OdlCanvasScore){ 200, 0.0031, 0.52, 0.955 };
    channel->outside = (OdlCanvasScore){ 200, 0.11, 0.47, 0.93 };
  }
  if (strstr (scene->show, "prior") != NULL) {
    channel->n_prior = 12;
    channel->prior = bundle_of (f, c, 12, 3);
  }
  channel->process_length = channel->process_noise = NAN;
  if (scene->process) {
    channel->process = band_of (f, c, 1.3, -0.2);
    channel->process_length = 1.27;
    channel->process_noise = 0.06;
  }
}

static void
fill_reading (Fixture *f, const Scene *scene, guint index)
{
  OdlCanvasReading *r = &f->readings[index];
  const guint n = scene->n_points, rows = scene->separate ? 1 : scene->n_channels;
  *r = (OdlCanvasReading){ .first = index,
                           .n_channels = rows,
                           .n_used = n,
                           .n_encoded = n,
                           .latent = 6,
                           .hidden = 20,
                           .effective = 37.4,
                           .n_samples = 64,
                           .settled = TRUE,
                           .n_states = n,
                           .n_paths = 6 };
  r->mean = numbers (f, 6);
  r->deviation = numbers (f, 6);
  r->state_t = numbers (f, n);
  r->states = numbers (f, n * 20);
  r->paths = numbers (f, 6 * N * 6);
  for (guint k = 0; k < 6; k++) {
    r->mean[k] = cos (2.1 * k);
    r->deviation[k] = 0.1 + 0.05 * k;
  }
  for (guint i = 0; i < n; i++) {
    r->state_t[i] = f->p.x[n - 1 - i];
    for (guint k = 0; k < 20; k++)
      r->states[i * 20 + k] = tanh (sin (0.4 * i + 0.9 * k));
  }
  for (guint s = 0; s < 6; s++)
    for (guint i = 0; i < N; i++)
      for (guint k = 0; k < 6; k++)
        r->paths[(s * N + i) * 6 + k]
            = r->mean[k] * cos ((0.2 + 0.1 * k) * f->p.t[i]) + 0.05 * s;
  r->iteration = r->n_bound = n > 0 ? 80 : 0;
  r->bound = numbers (f, 80);
  for (guint i = 0; i < 80; i++)
    r->bound[i] = 4 - 35 * exp (-(double)i / 9);
}

static void
fill_points (Fixture *f, const Scene *scene)
{
  const guint n = scene->n_points;
  f->p.x = numbers (f, MOST);
  f->p.y = numbers (f, MOST);
  f->p.channel = (guint8 *)numbers (f, MOST);
  for (guint c = 0; c < scene->n_channels; c++)
    for (guint i = 0; i < n; i++) {
      const guint at = c * n + i;
      f->p.x[at] = n == 1 ? 3 : 0.4 + 9.3 * i / (n - 1.0) + 0.25 * sin (7.0 * i);
      f->p.y[at] = wave (c, f->p.x[at]) + 0.05 * sin (31.0 * at);
      f->p.channel[at] = (guint8)c;
    }
  f->p.n_points = n * scene->n_channels;
  f->p.first = n > 0 ? f->p.x[0] : NAN;
  f->p.last = n > 0 ? f->p.x[n - 1] : NAN;
}

static void
fill_training (Fixture *f)
{
  OdlLatentPayload *p = &f->p;
  p->n_history = 200;
  p->iteration = 2000;
  p->history_iteration = (guint64 *)numbers (f, 200);
  p->loss = numbers (f, 200);
  p->nll = numbers (f, 200);
  for (guint i = 0; i < 200; i++) {
    p->history_iteration[i] = 10 * (i + 1);
    p->loss[i] = 1.4 * exp (-(double)i / 60) - 0.9;
    p->nll[i] = p->loss[i] - 0.1;
  }
}

/* From the units in which it was made up to those of the scene. */
static void
stretch (Fixture *f, double unit)
{
  OdlLatentPayload *p = &f->p;
  for (guint i = 0; i < f->blocks->len && unit != 1; i++) {
    double *block = f->blocks->pdata[i];
    const gboolean times
        = block == p->t || block == p->x || block == p->readings[0].state_t;
    gsize n = 0;
    for (guint c = 0; c < p->n_channels; c++) {
      const OdlCanvasChannel *a = &p->channels[c];
      const double *const of_grid[]
          = { a->band.mean,       a->band.lower50,    a->band.upper50,
              a->band.lower95,    a->band.upper95,    a->process.mean,
              a->process.lower95, a->process.upper95, a->truth };
      for (guint k = 0; k < G_N_ELEMENTS (of_grid); k++)
        n = of_grid[k] == block ? N : n;
      n = a->curves == block ? 6 * N : n;
    }
    n = block == p->t ? N : times || block == p->y ? p->n_points : n;
    for (gsize k = 0; k < n; k++)
      block[k] = times ? 1e6 + 1e3 * block[k] : unit * (3 + block[k]);
  }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const Scene *scene = data;
  g_autoptr (GError) error = NULL;
  f->blocks = g_ptr_array_new_with_free_func (g_free);
  f->values = odl_values_new (settings, G_N_ELEMENTS (settings));
  odl_value_clear (&f->values->values[0]);
  odl_value_parse (&settings[0], scene->show, &f->values->values[0], &error);
  g_assert_no_error (error);
  f->p = (OdlLatentPayload){ .fresh = TRUE,
                             .progress = NAN,
                             .time_name = (char *)"t",
                             .t0 = 0,
                             .span = 10,
                             .edge = 15,
                             .shown_end = 15.6,
                             .n_grid = N,
                             .n_channels = scene->n_channels,
                             .channels = f->channels,
                             .n_readings = scene->separate ? scene->n_channels : 1,
                             .readings = f->readings,
                             .model = (char *)"mixed",
                             .about = (char *)"8 latent, 24 hidden dimensions, 9,210 "
                                              "weights; shipped",
                             .sentence = (char *)"A sentence about the picture." };
  fill_points (f, scene);
  f->p.t = numbers (f, N);
  for (guint i = 0; i < N; i++)
    f->p.t[i] = 15 * i / (N - 1.0);
  for (guint c = 0; c < scene->n_channels; c++)
    fill_channel (f, scene, c);
  for (guint r = 0; r < f->p.n_readings; r++)
    fill_reading (f, scene, r);
  if (scene->trained)
    fill_training (f);
  stretch (f, scene->unit);
  if (scene->unit != 1) {
    f->p.t0 = 1e6;
    f->p.edge = 1e6 + 15e3;
    f->p.shown_end = 1e6 + 15.6e3;
    f->p.first = f->p.x[0];
    f->p.last = f->p.x[f->p.n_points - 1];
    f->channels[0].low = scene->unit;
    f->channels[0].high = 5 * scene->unit;
  }
  f->frame = odl_frame_new (&f->p, NULL);
  f->frame->values = odl_values_copy (f->values);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  odl_frame_unref (f->frame);
  odl_values_free (f->values);
  g_ptr_array_unref (f->blocks);
}

#define USUAL "band95,band50,mean,samples,truth,regions"
static const Scene empty = { 1, 0, 1, USUAL ",prior", FALSE, FALSE, FALSE, FALSE };
static const Scene one = { 1, 1, 1, USUAL, FALSE, FALSE, FALSE, FALSE };
static const Scene many = { 1, 30, 1, USUAL, TRUE, FALSE, TRUE, FALSE };
static const Scene referee = { 1, 12, 1, USUAL ",process", TRUE, TRUE, FALSE, FALSE };
static const Scene before
    = { 1, 12, 1, USUAL ",amortised", FALSE, FALSE, FALSE, FALSE };
static const Scene two = { 2, 16, 1, USUAL, TRUE, FALSE, FALSE, FALSE };
static const Scene apart = { 2, 16, 1, USUAL ",process", TRUE, TRUE, FALSE, TRUE };
static const Scene large = { 1, 20, 1e12, USUAL ",process", TRUE, TRUE, FALSE, FALSE };
static const Scene crowd = { 1, 600, 1, USUAL, TRUE, FALSE, FALSE, FALSE };
static const struct {
  const char *name;
  const Scene *scene;
} scenes[] = { { "empty", &empty },     { "one", &one },       { "many", &many },
               { "process", &referee }, { "before", &before }, { "two", &two },
               { "apart", &apart },     { "large", &large },   { "crowd", &crowd } };

/* ---- Pictures ---- */

static void
test_draws (Fixture *f, gconstpointer data)
{
  static const struct {
    double width;
    gboolean dark;
  } pages[] = { { 1400, FALSE }, { 1400, TRUE }, { 700, FALSE }, { 380, TRUE } };
  const char *name = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    name = scenes[i].scene == data ? scenes[i].name : name;
  g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autofree char *file = g_strdup_printf ("latent-%s", name);
    Page page = page_of (figure, pages[i].width, 900, pages[i].dark, file);
    g_assert_cmpuint (page_colors (&page), >, 100);
    page_clear (&page);
  }
  g_autofree char *summary = odl_figure_summary (figure);
  g_assert_true (g_utf8_validate (summary, -1, NULL));
  g_assert_nonnull (strstr (summary, f->p.sentence));
}

/* ---- What hands may do ---- */

static void
test_hands (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
  guint n_points = 0, n_edges = 0;
  for (guint c = 0; c < f->p.n_channels; c++) {
    const OdlPlot *plot = odl_figure_find (figure, c == 0 ? "canvas" : "canvas-2");
    gboolean paints = TRUE;
    g_assert_cmpstr (odl_plot_click_kind (plot, &paints), ==, "observe");
    g_assert_false (paints);
    g_assert_cmpint (odl_plot_get_click_index (plot), ==, (int)c);
    for (guint i = 0; i < odl_plot_n_handles (plot); i++) {
      const OdlHandle *handle = odl_plot_get_handle (plot, (int)i);
      if (g_str_equal (handle->kind, "edge")) {
        g_assert_true (handle->x_only);
        g_assert_cmpfloat (handle->x, ==, f->p.edge);
        n_edges++;
        continue;
      }
      g_assert_cmpstr (handle->kind, ==, "move");
      g_assert_cmpuint (f->p.channel[handle->index], ==, c);
      g_assert_cmpfloat (handle->x, ==, f->p.x[handle->index]);
      g_assert_cmpfloat (handle->y, ==, f->p.y[handle->index]);
      n_points++;
    }
  }
  g_assert_cmpuint (n_points, ==, f->p.n_points);
  g_assert_cmpuint (n_edges, ==, f->p.n_channels);
}

/* ---- What is drawn is what the payload holds ---- */

static gboolean
is_in_csv (const OdlPlot *plot, const char *series)
{
  g_autofree char *csv = odl_plot_to_csv (plot);
  g_autofree char *row = g_strdup_printf ("\n%s,", series);
  return strstr (csv, row) != NULL;
}

/* Every layer is there when it is shown, and only then. */
static void
test_layers (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *layer, *series;
  } rows[] = { { "band95", "95 %" },      { "band50", "50 %" },
               { "mean", "mean" },        { "samples", "samples" },
               { "truth", "true curve" }, { "process", "Gaussian process" } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint only = 0; only < 2; only++) {
      g_autoptr (GString) show = g_string_new (NULL);
      for (guint k = 0; k < G_N_ELEMENTS (rows); k++)
        if ((k == i) == only)
          g_string_append_printf (show, "%s%s", show->len > 0 ? "," : "",
                                  rows[k].layer);
      OdlValue *value = &f->frame->values->values[0];
      odl_value_clear (value);
      g_assert_true (odl_value_parse (&settings[0], show->str, value, NULL));
      g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
      const OdlPlot *canvas = odl_figure_find (figure, "canvas");
      for (guint k = 0; k < G_N_ELEMENTS (rows); k++)
        g_assert_cmpint (is_in_csv (canvas, rows[k].series), ==, (k == i) == only);
      g_assert_true (is_in_csv (canvas, "observations"));
    }
}

/* A training whose divergence has gone to nothing is named, one that has a divergence
 * or has just begun is not. */
static void
test_blind_training (Fixture *f, gconstpointer data)
{
  static const struct {
    double divergence;
    guint64 iteration;
    gboolean named;
  } rows[] = { { 0.1, 2000, FALSE }, { 1e-4, 2000, TRUE }, { 1e-4, 999, FALSE } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (guint k = 0; k < f->p.n_history; k++)
      f->p.nll[k] = f->p.loss[k] - rows[i].divergence;
    f->p.iteration = rows[i].iteration;
    f->p.beta = 1;
    g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
    const OdlPlot *plot = odl_figure_find (figure, "loss");
    const gboolean named
        = strstr (odl_plot_get_summary (plot), "without looking at the points") != NULL;
    g_assert_cmpint (named, ==, rows[i].named);
  }
}

/* The exported curve is the payload's, bit by bit. */
static void
test_csv (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
  g_autofree char *csv = odl_plot_to_csv (odl_figure_find (figure, "canvas"));
  g_auto (GStrv) rows = g_strsplit (csv, "\r\n", -1);
  const OdlCanvasBand *band = &f->channels[0].band;
  guint n_mean = 0, n_points = 0;
  for (guint i = 1; rows[i] != NULL; i++) {
    g_auto (GStrv) cells = g_strsplit (rows[i], ",", -1);
    if (g_strv_length (cells) < 3)
      continue;
    const double x = g_ascii_strtod (cells[1], NULL),
                 y = g_ascii_strtod (cells[2], NULL);
    if (g_str_equal (cells[0], "mean")) {
      g_assert_cmpfloat (x, ==, f->p.t[n_mean]);
      g_assert_cmpfloat (y, ==, band->mean[n_mean++]);
    }
    if (g_str_equal (cells[0], "observations")) {
      g_assert_cmpfloat (x, ==, f->p.x[n_points]);
      g_assert_cmpfloat (y, ==, f->p.y[n_points++]);
    }
  }
  g_assert_cmpuint (n_mean, ==, N);
  g_assert_cmpuint (n_points, ==, f->p.n_points);
}

enum { WIDTH = 1000, HEIGHT = 500 };

/* Pixels of a column of time that are more blue than red by a lot: band, curves. */
static guint
blue_at (const OdlPlot *plot, const Picture *picture, double t)
{
  double px, py;
  guint n = 0;
  picture_place (plot, WIDTH, HEIGHT, NULL, t, 0, &px, &py);
  for (int y = 0; y < HEIGHT; y++) {
    const guint32 rgb = picture_at (picture, px, y);
    n += (int)(rgb & 255) - (int)(rgb >> 16 & 255) > 18;
  }
  return n;
}

/* The band's height on the screen is its width in the payload: narrow at a point, wide
 * between points and beyond them. */
static void
test_band (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
  const OdlPlot *plot = odl_figure_find (figure, "canvas");
  const OdlCanvasBand *band = &f->channels[0].band;
  Picture picture = picture_of (plot, WIDTH, HEIGHT, NULL, NULL);
  double x, top, bottom;
  for (guint i = 8; i < N - 4; i += 19) {
    picture_place (plot, WIDTH, HEIGHT, NULL, f->p.t[i], band->upper95[i], &x, &top);
    picture_place (plot, WIDTH, HEIGHT, NULL, f->p.t[i], band->lower95[i], &x, &bottom);
    const double wanted = bottom - top, found = blue_at (plot, &picture, f->p.t[i]);
    g_test_message ("t = %g: %.1f px wanted, %.0f blue", f->p.t[i], wanted, found);
    /* Edges have hairlines, several pixels high where they are steep; a mark with its
     * rim hides some. */
    g_assert_cmpfloat (found, <=, wanted + 8);
    g_assert_cmpfloat (found, >=, wanted - 14);
  }
  picture_clear (&picture);
}

/* Between the observations the ground is the plot's own, beyond them it is shaded. */
static void
test_regions (Fixture *f, gconstpointer data)
{
  static const OdlTheme light;
  g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
  const OdlPlot *plot = odl_figure_find (figure, "canvas");
  const guint32 ground
      = odl_palette_pixel (odl_palette_color (&light, ODL_COLOR_BACKGROUND)) & 0xffffff;
  Picture picture = picture_of (plot, WIDTH, HEIGHT, NULL, NULL);
  const double times[] = { 0.2, 4.63, 12.37 };
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    double px, py;
    picture_place (plot, WIDTH, HEIGHT, NULL, times[i], 1.83, &px, &py);
    const gboolean between = times[i] > f->p.first && times[i] < f->p.last;
    g_assert_cmpint (picture_at (&picture, px, py) == ground, ==, between);
  }
  picture_clear (&picture);
}

static void
test_numbers (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
  g_autofree char *csv = odl_plot_to_csv (odl_figure_find (figure, "numbers"));
  g_auto (GStrv) rows = g_strsplit (csv, "\r\n", -1);
  g_auto (GStrv) latent = g_strsplit (rows[1], ",", -1);
  g_auto (GStrv) process = g_strsplit (rows[2], ",", -1);
  const guint last = g_strv_length (latent) - 1;
  g_assert_cmpstr (latent[0], ==, "Latent ODE");
  g_assert_cmpstr (latent[1], ==, "52 %");
  g_assert_cmpstr (latent[2], ==, "95.5 %");
  g_assert_cmpfloat (g_ascii_strtod (latent[3], NULL), ==, 0.0031);
  g_assert_cmpstr (process[0], ==, "Gaussian process");
  g_assert_cmpfloat (g_ascii_strtod (process[last - 2], NULL), ==, 1.27);
  g_assert_cmpfloat (g_ascii_strtod (process[last - 1], NULL), ==, 0.06);
  g_assert_cmpfloat (g_ascii_strtod (latent[last], NULL), ==, 0.05);
  double sum = 0;
  guint n = 0;
  for (guint i = 0; i < N; i++)
    if (f->p.t[i] >= f->p.first && f->p.t[i] <= f->p.last) {
      sum += 2 * half_width (f, f->p.t[i]);
      n++;
    }
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (latent[4], NULL), sum / n, 0.005);
}

/* The table is as high on a low page as on a high one; the plots share the rest. */
static void
test_table (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlFigure) figure = odl_figure_latent (f->frame, NULL);
  const guint last = odl_figure_n_plots (figure) - 1;
  const double heights[] = { 100, 1300, 4000 };
  double table[3], canvas[3];
  g_assert_cmpstr (odl_plot_id (odl_figure_plot (figure, last)), ==, "numbers");
  for (guint i = 0; i < 3; i++) {
    g_autofree OdlRect *rects = g_new0 (OdlRect, last + 1);
    odl_figure_arrange (figure, 1000, heights[i], rects);
    table[i] = rects[last].height;
    canvas[i] = rects[0].height;
  }
  g_assert_cmpfloat_with_epsilon (table[0], table[1], 1.5);
  g_assert_cmpfloat_with_epsilon (table[1], table[2], 1.5);
  g_assert_cmpfloat (table[0], >, 26 * 3);
  g_assert_cmpfloat (canvas[0], <, canvas[1]);
  g_assert_cmpfloat (canvas[1], <, canvas[2]);
}

#define ADD(name, scene, function)                                                     \
  g_test_add ("/figure-latent/" name, Fixture, &scene, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++) {
    g_autofree char *path = g_strdup_printf ("/figure-latent/draws/%s", scenes[i].name);
    g_test_add (path, Fixture, scenes[i].scene, set_up, test_draws, tear_down);
  }
  ADD ("hands", two, test_hands);
  ADD ("hands-of-none", empty, test_hands);
  ADD ("hands-of-a-crowd", crowd, test_hands);
  ADD ("layers", referee, test_layers);
  ADD ("blind-training", many, test_blind_training);
  ADD ("csv", many, test_csv);
  ADD ("csv-of-a-crowd", crowd, test_csv);
  ADD ("band", many, test_band);
  ADD ("regions", many, test_regions);
  ADD ("numbers", referee, test_numbers);
  ADD ("table", referee, test_table);
  return g_test_run ();
}
