/* What is drawn: colours where data are, gaps where they are not, nothing of what is
 * hidden. SPDX-License-Identifier: MIT */
#include <string.h>

#include "ui/picture.h"

enum { N = 400 };

/* A wave of one colour, in a fixed range. */
static OdlPlot *
wave (int color, double from, double to)
{
  double x[N], y[N];
  for (guint i = 0; i < N; i++) {
    x[i] = i / (N - 1.0);
    y[i] = x[i] >= from && x[i] <= to ? NAN : 0.5 + 0.3 * sin (9 * x[i]);
  }
  OdlPlot *plot = odl_plot_new ("wave", "A wave");
  odl_plot_axes (plot, "x", ODL_SCALE_LINEAR, "y", ODL_SCALE_LINEAR);
  odl_plot_range_x (plot, 0, 1);
  odl_plot_range_y (plot, 0, 1);
  odl_plot_no_legend (plot);
  odl_plot_line (plot, "wave", x, y, N, (OdlStyle){ .color = color, .width = 3 });
  return plot;
}

static guint
count_between (const OdlPlot *plot, const Picture *picture, double x0, double x1,
               int color)
{
  static const OdlTheme light;
  guint32 wanted = odl_palette_pixel (odl_palette_color (&light, color));
  double px0, px1, py;
  picture_place (plot, picture->width, picture->height, NULL, x0, 0, &px0, &py);
  picture_place (plot, picture->width, picture->height, NULL, x1, 0, &px1, &py);
  guint n = 0;
  for (int x = (int)px0; x < (int)px1; x++)
    for (int y = 0; y < picture->height; y++)
      n += picture_is_near (picture_at (picture, x, y), wanted, 12);
  return n;
}

static void
test_gap (void)
{
  g_autoptr (OdlPlot) plot = wave (1, 0.4, 0.6);
  Picture picture = picture_of (plot, 600, 400, NULL, NULL);
  g_assert_cmpuint (count_between (plot, &picture, 0.42, 0.58, 1), ==, 0);
  g_assert_cmpuint (count_between (plot, &picture, 0.1, 0.35, 1), >, 200);
  g_assert_cmpuint (count_between (plot, &picture, 0.65, 0.9, 1), >, 200);
  picture_clear (&picture);
}

static void
test_hidden (void)
{
  g_autoptr (OdlPlot) plot = wave (1, 2, 3);
  OdlPlotView view = { 0 };
  Picture shown = picture_of (plot, 600, 400, &view, NULL);
  g_assert_cmpuint (picture_count (&shown, 1, 12), >, 500);
  odl_plot_view_toggle (&view, "wave");
  g_assert_true (odl_plot_view_is_hidden (&view, "wave"));
  Picture hidden = picture_of (plot, 600, 400, &view, NULL);
  g_assert_cmpuint (picture_count (&hidden, 1, 12), ==, 0);
  odl_plot_view_toggle (&view, "wave");
  g_assert_false (odl_plot_view_is_hidden (&view, "wave"));
  odl_plot_view_clear (&view);
  picture_clear (&shown);
  picture_clear (&hidden);
}

/* Another series in focus makes this one pale. */
static void
test_focus (void)
{
  g_autoptr (OdlPlot) plot = wave (1, 2, 3);
  OdlPlotView view = { .focus_series = "another" };
  Picture pale = picture_of (plot, 600, 400, &view, NULL);
  g_assert_cmpuint (picture_count (&pale, 1, 12), ==, 0);
  view.focus_series = "wave";
  Picture clear = picture_of (plot, 600, 400, &view, NULL);
  g_assert_cmpuint (picture_count (&clear, 1, 12), >, 500);
  picture_clear (&pale);
  picture_clear (&clear);
}

static void
test_heat (void)
{
  static const OdlTheme light;
  double z[6] = { 0, 1, 2, 3, NAN, 5 };
  OdlHeat heat
      = { .z = z, .rows = 2, .columns = 3, .x0 = 0, .x1 = 3, .y0 = 0, .y1 = 2 };
  g_autoptr (OdlPlot) plot = odl_plot_new ("heat", "");
  odl_plot_axes (plot, "x", ODL_SCALE_LINEAR, "y", ODL_SCALE_LINEAR);
  odl_plot_heat (plot, NULL, &heat);
  Picture picture = picture_of (plot, 500, 400, NULL, NULL);
  for (guint i = 0; i < 6; i++)
    for (guint corner = 0; corner < 4; corner++) {
      double px, py, x = i % 3 + (corner % 2 ? 0.05 : 0.95),
                     y = i / 3 + (corner / 2 ? 0.05 : 0.95);
      picture_place (plot, 500, 400, NULL, x, y, &px, &py);
      OdlRgb wanted = i == 4 ? odl_palette_color (&light, ODL_COLOR_BACKGROUND)
                             : odl_palette_map (&light, ODL_MAP_SEQUENTIAL, z[i] / 5);
      guint32 pixel = odl_palette_pixel (wanted) & 0xffffff;
      /* A hole shows the grid behind it. */
      g_assert_true (
          picture_is_near (picture_at (&picture, px, py), pixel, i == 4 ? 22 : 3));
    }
  picture_clear (&picture);
}

static void
test_region (void)
{
  enum { SIDE = 81 };
  double z[SIDE * SIDE];
  for (guint i = 0; i < SIDE * SIDE; i++)
    z[i] = pow (i % SIDE / 40.0 - 1, 2) + pow (i / SIDE / 40.0 - 1, 2);
  OdlHeat grid
      = { .z = z, .rows = SIDE, .columns = SIDE, .x0 = -1, .x1 = 1, .y0 = -1, .y1 = 1 };
  g_autoptr (OdlPlot) plot = odl_plot_new ("region", "");
  odl_plot_axes (plot, "x", ODL_SCALE_LINEAR, "y", ODL_SCALE_LINEAR);
  odl_plot_region (plot, NULL, &grid, 0.49, (OdlStyle){ .color = 2 });
  Picture picture = picture_of (plot, 500, 500, NULL, NULL);
  double x0, y0, x1, y1;
  picture_place (plot, 500, 500, NULL, -1, -1, &x0, &y0);
  picture_place (plot, 500, 500, NULL, 1, 1, &x1, &y1);
  double wanted = G_PI * 0.49 / 4 * fabs ((x1 - x0) * (y1 - y0));
  g_assert_cmpfloat (fabs (picture_count (&picture, 2, 60) / wanted - 1), <, 0.02);
  picture_clear (&picture);
}

/* Narrow bars that follow one another run together, whatever rounding does to where
 * they meet: a gap would be a step that was not there. */
static void
test_narrow_bars (void)
{
  enum { BARS = 140 };
  double x[BARS], width[BARS], low[BARS] = { 0 }, high[BARS], x0, x1, y;
  g_autoptr (OdlPlot) plot = odl_plot_new ("bars", "");
  for (guint i = 0; i < BARS; i++) {
    x[i] = 15.0 * i / BARS;
    width[i] = 15.0 / BARS;
    high[i] = 1;
  }
  odl_plot_axes (plot, "x", ODL_SCALE_LINEAR, "", ODL_SCALE_LINEAR);
  odl_plot_range_x (plot, 0, 15);
  odl_plot_bars (plot, NULL, x, width, low, high, BARS, (OdlStyle){ .color = 1 });
  for (int pixels = 150; pixels <= 420; pixels += 5) {
    Picture picture = picture_of (plot, pixels, 200, NULL, NULL);
    picture_place (plot, pixels, 200, NULL, 0, 0.5, &x0, &y);
    picture_place (plot, pixels, 200, NULL, 15, 0.5, &x1, &y);
    const guint32 bar = picture_at (&picture, 0.5 * (x0 + x1), y);
    for (double at = x0 + 2; at < x1 - 2; at++)
      g_assert_cmphex (picture_at (&picture, at, y), ==, bar);
    picture_clear (&picture);
  }
}

/* Texts that are kept from one drawing to the next change no pixel; a drawing like the
 * one before lays out nothing, and what is not asked for any more goes. */
static void
test_kept_texts (void)
{
  const double x[] = { 0, 1, 2 }, y[] = { 3, 1, 2 };
  OdlTexts *texts = odl_texts_new ();
  const OdlTheme plain = { .dark = TRUE }, keeping = { .dark = TRUE, .texts = texts };
  guint most = 0;
  for (guint round = 0; round < 200; round++) {
    g_autofree char *title = g_strdup_printf ("Title %u, and it is long", round);
    g_autofree char *note = g_strdup_printf ("Note %u, which has to be wrapped", round);
    g_autoptr (OdlPlot) plot = odl_plot_new ("texts", title);
    odl_plot_axes (plot, "x", ODL_SCALE_LINEAR, "the height", ODL_SCALE_LINEAR);
    odl_plot_line (plot, "a line", x, y, 3, (OdlStyle){ .color = 1 });
    odl_plot_note (plot, note);
    Picture wanted = picture_of (plot, 200, 260, NULL, &plain), first, second;
    first = picture_of (plot, 200, 260, NULL, &keeping);
    const guint kept = odl_texts_count (texts);
    second = picture_of (plot, 200, 260, NULL, &keeping);
    g_assert_cmpuint (odl_texts_count (texts), <=, kept);
    const gsize size = (gsize)wanted.stride * 260 * 4;
    g_assert_cmpmem (wanted.pixel, size, first.pixel, size);
    g_assert_cmpmem (wanted.pixel, size, second.pixel, size);
    most = MAX (most, kept);
    picture_clear (&wanted);
    picture_clear (&first);
    picture_clear (&second);
  }
  g_test_message ("at most %u texts kept", most);
  g_assert_cmpuint (most, >, 10);
  g_assert_cmpuint (most, <, 250);
  odl_texts_free (texts);
}

/* Far, tiny and infinite coordinates end as a picture, with every layer kind, in any
 * small area. */
static void
test_hostile (void)
{
  const double x[] = { 0, 1e300, -1e300, NAN, INFINITY, 1e-320, 3 };
  const double y[] = { 1e300, -1e300, 5, 2, 1, -INFINITY, 1e-320 };
  const gsize n = G_N_ELEMENTS (x);
  for (guint scale = 0; scale < 2; scale++) {
    g_autoptr (OdlPlot) plot = odl_plot_new ("hostile", "Far away");
    OdlCloud cloud = { .x = x, .y = y, .n = n, .tail_x = x, .tail_y = y, .n_tail = 1 };
    OdlStyle style = { .color = 1 };
    odl_plot_axes (plot, "x", (OdlScale)scale, "a long name for an axis",
                   (OdlScale)scale);
    odl_plot_line (plot, "line", x, y, n, style);
    odl_plot_markers (plot, "marks", x, y, n, style);
    odl_plot_cloud (plot, "cloud", &cloud, style);
    odl_plot_arrows (plot, "arrows", x, y, y, x, n, 10, style);
    odl_plot_arrows (plot, "longer arrows", x, y, y, x, n, 0, style);
    odl_plot_band (plot, "band", x, y, x, n, style);
    odl_plot_bars (plot, "bars", x, y, x, y, n, style);
    odl_plot_vertical (plot, "rule", 1e300, style);
    odl_plot_horizontal (plot, NULL, NAN, style);
    odl_plot_text (plot, 1e300, NAN, 0, 0, 0, "text", style);
    for (int size = 1; size < 300; size = size * 3 + 1) {
      OdlPlotView view
          = { .hovering = TRUE, .pointer_x = size / 2.0, .pointer_y = size / 2.0 };
      Picture picture = picture_of (plot, size, size, &view, NULL);
      picture_clear (&picture);
      view.selecting = TRUE;
      picture = picture_of (plot, size * 3, size, &view, NULL);
      picture_clear (&picture);
    }
  }
}

/* Ten thousand points with tails: every one is there, fading tails are paler. */
static void
test_cloud (void)
{
  double x[100], y[100], tail_x[200], tail_y[200];
  for (guint i = 0; i < 100; i++) {
    x[i] = i % 10;
    y[i] = i / 10;
    tail_x[2 * i] = x[i] - 0.2;
    tail_x[2 * i + 1] = x[i] - 0.4;
    tail_y[2 * i] = tail_y[2 * i + 1] = y[i];
  }
  g_autoptr (OdlPlot) plot = odl_plot_new ("cloud", "");
  odl_plot_axes (plot, "x", ODL_SCALE_LINEAR, "y", ODL_SCALE_LINEAR);
  odl_plot_range_x (plot, -1, 10);
  odl_plot_range_y (plot, -1, 10);
  OdlCloud cloud
      = { .x = x, .y = y, .n = 100, .tail_x = tail_x, .tail_y = tail_y, .n_tail = 2 };
  odl_plot_cloud (plot, NULL, &cloud, (OdlStyle){ .color = 1, .size = 6 });
  Picture picture = picture_of (plot, 600, 600, NULL, NULL);
  static const OdlTheme light;
  guint32 wanted = odl_palette_pixel (odl_palette_color (&light, 1)) & 0xffffff;
  for (guint i = 0; i < 100; i++) {
    double px, py, tx, ty;
    picture_place (plot, 600, 600, NULL, x[i], y[i], &px, &py);
    picture_place (plot, 600, 600, NULL, x[i] - 0.3, y[i], &tx, &ty);
    g_assert_true (picture_is_near (picture_at (&picture, px, py), wanted, 4));
    guint32 tail = picture_at (&picture, tx, ty) & 255;
    g_assert_cmpuint (tail, >, (wanted & 255) + 40);
    g_assert_cmpuint (tail, <, 250);
  }
  picture_clear (&picture);
}

/* The message stands where there are no data, and only there. */
static void
test_message (void)
{
  g_autoptr (OdlPlot) empty = odl_plot_new ("empty", "");
  g_autoptr (OdlPlot) full = wave (1, 2, 3);
  odl_plot_message (empty, "Nothing has been measured yet.");
  Picture without = picture_of (full, 400, 300, NULL, NULL);
  odl_plot_message (full, "Nothing has been measured yet.");
  Picture with = picture_of (full, 400, 300, NULL, NULL),
          alone = picture_of (empty, 400, 300, NULL, NULL);
  g_assert_cmpint (memcmp (without.pixel, with.pixel, 4 * 400 * 300), ==, 0);
  g_assert_cmpuint (picture_count (&alone, ODL_COLOR_DIM, 60), >, 50);
  g_assert_cmpstr (odl_plot_get_summary (empty), ==, "Nothing has been measured yet.");
  picture_clear (&without);
  picture_clear (&with);
  picture_clear (&alone);
}

/* A plot of random size, range, scales and words. */
static OdlPlot *
random_plot (GRand *random)
{
  OdlPlot *plot = odl_plot_new (
      "random", g_rand_boolean (random) ? "A title of some length" : "");
  OdlScale x_scale = (OdlScale)g_rand_boolean (random),
           y_scale = (OdlScale)g_rand_boolean (random);
  static const char *const labels[]
      = { NULL, "", "x", "a label of some length", "|y − y*|" };
  odl_plot_axes (plot, labels[g_rand_int_range (random, 0, 5)], x_scale,
                 labels[g_rand_int_range (random, 0, 5)], y_scale);
  double size[2] = { pow (10, g_rand_double_range (random, -9, 9)),
                     pow (10, g_rand_double_range (random, -9, 9)) };
  guint series = g_rand_int_range (random, 1, 9);
  for (guint k = 0; k < series; k++) {
    double x[20], y[20];
    for (guint i = 0; i < 20; i++) {
      x[i] = size[0] * pow (10, g_rand_double_range (random, 0, 3))
             * (x_scale || i % 3 ? 1 : -1);
      y[i] = size[1] * pow (10, g_rand_double_range (random, 0, 9))
             * (y_scale || i % 3 ? 1 : -1);
    }
    g_autofree char *name = g_strdup_printf ("series %u of a long name", k);
    odl_plot_markers (plot, name, x, y, 20, (OdlStyle){ .color = (int)k, .size = 3 });
  }
  if (g_rand_boolean (random))
    odl_plot_note (plot, "A note that says in many words what a person sees above it, "
                         "and breaks into lines.");
  if (g_rand_boolean (random))
    odl_plot_equal_aspect (plot);
  return plot;
}

/* Nothing is cut off: within the frame of the card runs a line of nothing but
 * background. */
static void
test_nothing_cut (void)
{
  static const OdlTheme light;
  GRand *random = g_rand_new_with_seed (12);
  guint32 ground
      = odl_palette_pixel (odl_palette_color (&light, ODL_COLOR_BACKGROUND)) & 0xffffff;
  for (guint trial = 0; trial < 150; trial++) {
    g_autoptr (OdlPlot) plot = random_plot (random);
    int width = g_rand_int_range (random, 150, 900),
        height = g_rand_int_range (random, 130, 600);
    Picture picture = picture_of (plot, width, height, NULL, NULL);
    const char *folder = g_getenv ("ODELAB_PICTURES");
    if (folder != NULL) {
      g_autofree char *path = g_strdup_printf ("%s/random-%u.png", folder, trial);
      cairo_surface_write_to_png (picture.surface, path);
    }
    for (int x = 8; x < width - 8; x++) {
      g_assert_cmphex (picture_at (&picture, x, 2), ==, ground);
      g_assert_cmphex (picture_at (&picture, x, height - 3), ==, ground);
    }
    for (int y = 8; y < height - 8; y++) {
      g_assert_cmphex (picture_at (&picture, 2, y), ==, ground);
      g_assert_cmphex (picture_at (&picture, width - 3, y), ==, ground);
    }
    picture_clear (&picture);
  }
  g_rand_free (random);
}

/* Three dimensions: turned by half a turn, what was in front is behind. */
static void
test_three (void)
{
  double x[2] = { -1, 1 }, y[2] = { 0, 0 }, z[2] = { 0, 0 };
  int category[2] = { 1, 2 };
  g_autoptr (OdlPlot) plot = odl_plot_new ("three", "");
  OdlCloud cloud = { .x = x, .y = y, .category = category, .n = 2 };
  odl_plot_three (plot, "a", "b", "c");
  odl_plot_cloud3 (plot, NULL, &cloud, z, (OdlStyle){ .size = 20 });
  g_assert_true (odl_plot_is_three (plot));
  OdlPlotView view = { .yaw = -0.55, .pitch = -0.42 };
  double middle[2];
  for (guint half = 0; half < 2; half++) {
    Picture picture = picture_of (plot, 400, 400, &view, NULL);
    double sum = 0, n = 0;
    for (int row = 0; row < 400; row++)
      for (int column = 0; column < 400; column++)
        if (picture_is_near (picture_at (&picture, column, row), 0xe58c4c, 60)) {
          sum += column;
          n++;
        }
    g_assert_cmpfloat (n, >, 100);
    middle[half] = sum / n;
    view.yaw += G_PI;
    picture_clear (&picture);
  }
  g_assert_cmpfloat (middle[0], <, 190);
  g_assert_cmpfloat (middle[1], >, 210);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot-draw/gap", test_gap);
  g_test_add_func ("/plot-draw/hidden", test_hidden);
  g_test_add_func ("/plot-draw/focus", test_focus);
  g_test_add_func ("/plot-draw/heat", test_heat);
  g_test_add_func ("/plot-draw/region", test_region);
  g_test_add_func ("/plot-draw/narrow-bars", test_narrow_bars);
  g_test_add_func ("/plot-draw/kept-texts", test_kept_texts);
  g_test_add_func ("/plot-draw/hostile", test_hostile);
  g_test_add_func ("/plot-draw/cloud", test_cloud);
  g_test_add_func ("/plot-draw/message", test_message);
  g_test_add_func ("/plot-draw/nothing-cut", test_nothing_cut);
  g_test_add_func ("/plot-draw/three", test_three);
  return g_test_run ();
}
