/* The view of a plot: what is under a point, zooming, panning and boxes as arithmetic.
 * SPDX-License-Identifier: MIT */
#include <string.h>

#include "ui/picture.h"

enum { WIDTH = 640, HEIGHT = 420 };
static const OdlRect area = { 0, 0, WIDTH, HEIGHT };

typedef struct {
  double x0, x1, y0, y1;
} Range;

static OdlPlot *
curves (OdlScale x_scale, OdlScale y_scale)
{
  double x[50], y[50], z[50];
  for (guint i = 0; i < 50; i++) {
    x[i] = 1 + i;
    y[i] = 10 * exp (-0.2 * i);
    z[i] = 5 * exp (-0.1 * i);
  }
  OdlPlot *plot = odl_plot_new ("curves", "Curves");
  odl_plot_axes (plot, "iteration", x_scale, "loss", y_scale);
  odl_plot_line (plot, "first", x, y, 50, (OdlStyle){ .color = 0 });
  odl_plot_line (plot, "second", x, z, 50, (OdlStyle){ .color = 1 });
  return plot;
}

static Range
shown (const OdlPlot *plot, const OdlPlotView *view)
{
  Range range;
  odl_plot_shown_range (plot, &area, view, NULL, &range.x0, &range.x1, &range.y0,
                        &range.y1);
  return range;
}

static void
assert_near (double a, double b, double scale)
{
  g_assert_cmpfloat (fabs (a - b), <=, 1e-7 * scale);
}

static void
assert_same (Range a, Range b)
{
  assert_near (a.x0, b.x0, fabs (b.x1));
  assert_near (a.x1, b.x1, fabs (b.x1));
  assert_near (a.y0, b.y0, fabs (b.y1));
  assert_near (a.y1, b.y1, fabs (b.y1));
}

/* Zooming in and out about a point is nothing, and the point stays where it is. */
static void
test_zoom (void)
{
  for (guint scales = 0; scales < 4; scales++) {
    g_autoptr (OdlPlot) plot = curves ((OdlScale)(scales & 1), (OdlScale)(scales >> 1));
    OdlPlotView view = { 0 };
    Range before = shown (plot, &view);
    OdlPick pick = odl_plot_pick (plot, &area, &view, NULL, 300, 200);
    odl_plot_view_zoom (plot, &area, &view, NULL, 0.5, 0.5, pick.x, pick.y);
    g_assert_true (view.zoomed);
    Range inside = shown (plot, &view);
    g_assert_cmpfloat (inside.x0, >, before.x0);
    g_assert_cmpfloat (inside.x1, <, before.x1);
    g_assert_cmpfloat (inside.y0, >, before.y0);
    g_assert_cmpfloat (inside.y1, <, before.y1);
    odl_plot_view_zoom (plot, &area, &view, NULL, 2, 2, pick.x, pick.y);
    assert_same (shown (plot, &view), before);
  }
}

static void
test_pan (void)
{
  for (guint scales = 0; scales < 4; scales++) {
    g_autoptr (OdlPlot) plot = curves ((OdlScale)(scales & 1), (OdlScale)(scales >> 1));
    OdlPlotView view = { 0 };
    OdlPick held = odl_plot_pick (plot, &area, &view, NULL, 300, 200);
    Range before = shown (plot, &view);
    odl_plot_view_pan (plot, &area, &view, NULL, 40, -25);
    OdlPick moved = odl_plot_pick (plot, &area, &view, NULL, 340, 175);
    /* Margins may change by a few pixels with the labels. */
    double px = fabs (held.x) * 0.05, py = fabs (held.y) * 0.2 + 0.3;
    g_assert_cmpfloat (fabs (moved.x - held.x), <, px);
    g_assert_cmpfloat (fabs (moved.y - held.y), <, py);
    view.x0 = view.y0 = 0;
    view.zoomed = FALSE;
    assert_same (shown (plot, &view), before);
  }
}

/* A box holds exactly what was between its corners. */
static void
test_box (void)
{
  for (guint scales = 0; scales < 4; scales++) {
    g_autoptr (OdlPlot) plot = curves ((OdlScale)(scales & 1), (OdlScale)(scales >> 1));
    OdlPlotView view = { 0 };
    OdlPick a = odl_plot_pick (plot, &area, &view, NULL, 200, 100);
    OdlPick b = odl_plot_pick (plot, &area, &view, NULL, 400, 250);
    odl_plot_view_box (plot, &area, &view, NULL, 400, 100, 200, 250);
    Range range = shown (plot, &view);
    assert_same (range, (Range){ a.x, b.x, b.y, a.y });
  }
  g_autoptr (OdlPlot) plot = curves (ODL_SCALE_LINEAR, ODL_SCALE_LINEAR);
  OdlPlotView view = { 0 };
  odl_plot_view_box (plot, &area, &view, NULL, 300, 200, 301, 201);
  g_assert_false (view.zoomed);
}

/* No end of zooming in or out leaves what double precision can show. */
static void
test_endless (void)
{
  for (guint scales = 0; scales < 4; scales++)
    for (guint out = 0; out < 2; out++) {
      g_autoptr (OdlPlot) plot
          = curves ((OdlScale)(scales & 1), (OdlScale)(scales >> 1));
      OdlPlotView view = { 0 };
      for (guint i = 0; i < 600; i++)
        odl_plot_view_zoom (plot, &area, &view, NULL, out ? 10 : 0.1, out ? 10 : 0.1, 7,
                            2);
      for (guint i = 0; i < 50; i++)
        odl_plot_view_pan (plot, &area, &view, NULL, 5000, -5000);
      Range range = shown (plot, &view);
      g_assert_true (isfinite (range.x0) && isfinite (range.x1) && range.x0 < range.x1);
      g_assert_true (isfinite (range.y0) && isfinite (range.y1) && range.y0 < range.y1);
      Picture picture = picture_of (plot, WIDTH, HEIGHT, &view, NULL);
      picture_clear (&picture);
    }
}

static void
test_flip (void)
{
  g_autoptr (OdlPlot) plot = curves (ODL_SCALE_LINEAR, ODL_SCALE_LINEAR);
  OdlPlotView view = { .log_y_flip = TRUE };
  Range range = shown (plot, &view);
  g_assert_cmpfloat (range.y0, >, 0);
  double middle = odl_plot_pick (plot, &area, &view, NULL, 300, HEIGHT / 2.0).y;
  g_assert_cmpfloat (middle, <, (range.y0 + range.y1) / 3);
}

static void
test_equal (void)
{
  g_autoptr (OdlPlot) plot = curves (ODL_SCALE_LINEAR, ODL_SCALE_LINEAR);
  odl_plot_equal_aspect (plot);
  OdlPlotView view = { 0 };
  for (guint pass = 0; pass < 2; pass++) {
    OdlPick a = odl_plot_pick (plot, &area, &view, NULL, 200, 200);
    OdlPick b = odl_plot_pick (plot, &area, &view, NULL, 300, 100);
    assert_near (b.x - a.x, b.y - a.y, b.x - a.x);
    odl_plot_view_zoom (plot, &area, &view, NULL, 0.5, 1, 20, 5);
  }
}

/* Every place of the area says what it is. */
static void
test_places (void)
{
  g_autoptr (OdlPlot) plot = curves (ODL_SCALE_LINEAR, ODL_SCALE_LINEAR);
  g_assert_cmpint (odl_plot_pick (plot, &area, NULL, NULL, 300, 200).kind, ==,
                   ODL_PICK_CANVAS);
  g_assert_cmpint (odl_plot_pick (plot, &area, NULL, NULL, 300, HEIGHT - 20).kind, ==,
                   ODL_PICK_AXIS_X);
  g_assert_cmpint (odl_plot_pick (plot, &area, NULL, NULL, 12, 200).kind, ==,
                   ODL_PICK_AXIS_Y);
  g_assert_cmpint (odl_plot_pick (plot, &area, NULL, NULL, 300, 4).kind, ==,
                   ODL_PICK_NOTHING);
  gboolean first = FALSE, second = FALSE;
  for (int x = 0; x < WIDTH; x += 8)
    for (int y = 0; y < HEIGHT; y += 6) {
      OdlPick pick = odl_plot_pick (plot, &area, NULL, NULL, x, y);
      first |= pick.kind == ODL_PICK_LEGEND && strcmp (pick.series, "first") == 0;
      second |= pick.kind == ODL_PICK_LEGEND && strcmp (pick.series, "second") == 0;
    }
  g_assert_true (first && second);
}

static void
test_handles (void)
{
  g_autoptr (OdlPlot) plot = curves (ODL_SCALE_LINEAR, ODL_SCALE_LOG);
  const OdlHandle handles[]
      = { { .kind = "start", .index = 3, .x = 10, .y = 1, .label = "start" },
          { .kind = "end", .index = 4, .x = 40, .y = 0.1 } };
  odl_plot_handle (plot, &handles[0]);
  odl_plot_handle (plot, &handles[1]);
  g_assert_cmpuint (odl_plot_n_handles (plot), ==, 2);
  for (int i = 0; i < 2; i++) {
    OdlPick near = { 0 };
    double best = INFINITY;
    for (int x = 60; x < WIDTH; x += 7)
      for (int y = 20; y < HEIGHT; y += 7) {
        OdlPick pick = odl_plot_pick (plot, &area, NULL, NULL, x, y);
        double distance = fabs (pick.x - handles[i].x) / 50
                          + fabs (log (pick.y / handles[i].y)) / 10;
        if (pick.kind == ODL_PICK_HANDLE && pick.handle == i && distance < best) {
          best = distance;
          near = pick;
        }
      }
    g_assert_cmpfloat (best, <, 0.02);
    const OdlHandle *found = odl_plot_get_handle (plot, near.handle);
    g_assert_cmpstr (found->kind, ==, handles[i].kind);
    g_assert_cmpint (found->index, ==, handles[i].index);
  }
}

/* A handle whose series draws it is found at its place, leaves clicks beside it alone,
 * is seen under the pointer only and goes with the series. */
static void
test_quiet_handle (void)
{
  g_autoptr (OdlPlot) plot = odl_plot_new ("points", "Points");
  double at[2] = { 1, 2 };
  odl_plot_axes (plot, "t", ODL_SCALE_LINEAR, "y", ODL_SCALE_LINEAR);
  odl_plot_range_x (plot, 0, 4);
  odl_plot_range_y (plot, 0, 4);
  odl_plot_markers (plot, "points", at, at + 1, 1, (OdlStyle){ .color = 1 });
  Picture bare = picture_of (plot, WIDTH, HEIGHT, NULL, NULL);
  odl_plot_handle (plot,
                   &(OdlHandle){ .kind = "point", .x = 1, .y = 2, .series = "points" });
  double px, py;
  picture_place (plot, WIDTH, HEIGHT, NULL, 1, 2, &px, &py);
  g_assert_cmpint (odl_plot_pick (plot, &area, NULL, NULL, px + 2, py).kind, ==,
                   ODL_PICK_HANDLE);
  g_assert_cmpint (odl_plot_pick (plot, &area, NULL, NULL, px + 12, py).kind, ==,
                   ODL_PICK_CANVAS);
  Picture still = picture_of (plot, WIDTH, HEIGHT, NULL, NULL);
  g_assert_cmpmem (bare.pixel, HEIGHT * bare.stride * 4, still.pixel,
                   HEIGHT * still.stride * 4);
  OdlPlotView view = { .hovering = TRUE, .pointer_x = px, .pointer_y = py };
  Picture hover = picture_of (plot, WIDTH, HEIGHT, &view, NULL);
  g_assert_cmphex (picture_at (&still, px + 8, py), !=,
                   picture_at (&hover, px + 8, py));
  odl_plot_view_toggle (&view, "points");
  g_assert_cmpint (odl_plot_pick (plot, &area, &view, NULL, px, py).kind, ==,
                   ODL_PICK_CANVAS);
  odl_plot_view_clear (&view);
  picture_clear (&bare);
  picture_clear (&still);
  picture_clear (&hover);
}

/* Cells with an action are buttons, others are not. */
static void
test_table (void)
{
  const char *const cells[]
      = { "Run", "Loss", "", "A", "0.1", "remove", "B", "0.2", "remove" };
  const char *const kinds[] = { NULL, NULL, "remove" };
  const int indices[] = { -1, 7, 9 };
  g_autoptr (OdlPlot) plot = odl_plot_new ("table", "Runs");
  odl_plot_table (plot, cells, 3, 3, NULL);
  odl_plot_table_actions (plot, kinds, indices);
  g_assert_true (odl_plot_is_table (plot));
  guint seen[2] = { 0 }, others = 0;
  for (int x = 2; x < WIDTH; x += 5)
    for (int y = 2; y < HEIGHT; y += 5) {
      OdlPick pick = odl_plot_pick (plot, &area, NULL, NULL, x, y);
      if (pick.kind != ODL_PICK_CELL) {
        others++;
        continue;
      }
      g_assert_cmpstr (pick.action, ==, "remove");
      g_assert_cmpfloat (pick.x, ==, 2);
      g_assert_cmpint (pick.index, ==, pick.y == 1 ? 7 : 9);
      seen[pick.index == 9]++;
    }
  g_assert_cmpuint (seen[0], >, 20);
  g_assert_cmpuint (seen[1], >, 20);
  g_assert_cmpuint (others, >, seen[0] + seen[1]);
}

static void
test_clicks (void)
{
  g_autoptr (OdlPlot) plot = curves (ODL_SCALE_LINEAR, ODL_SCALE_LINEAR);
  gboolean paints = TRUE;
  g_assert_null (odl_plot_click_kind (plot, &paints));
  odl_plot_click (plot, "add", "Click to add a point.");
  g_assert_cmpstr (odl_plot_click_kind (plot, &paints), ==, "add");
  g_assert_false (paints);
  odl_plot_paint (plot, "paint", "Paint points.");
  g_assert_cmpstr (odl_plot_click_kind (plot, &paints), ==, "paint");
  g_assert_true (paints);
  g_assert_cmpstr (odl_plot_click_hint (plot), ==, "Paint points.");
  g_assert_cmpint (odl_plot_get_click_index (plot), ==, 0);
  odl_plot_click_index (plot, 2);
  g_assert_cmpint (odl_plot_get_click_index (plot), ==, 2);
}

/* Equality sees every kind of change, and nothing else. */
static void
test_same (void)
{
  g_autoptr (OdlPlot) a = curves (ODL_SCALE_LINEAR, ODL_SCALE_LOG);
  double x = 1, nan = NAN;
  for (guint change = 0; change < 11; change++) {
    g_autoptr (OdlPlot) b
        = curves (ODL_SCALE_LINEAR, change == 1 ? ODL_SCALE_LINEAR : ODL_SCALE_LOG);
    if (change == 2)
      odl_plot_note (b, "A note.");
    if (change == 3)
      odl_plot_markers (b, NULL, &x, &nan, 1, (OdlStyle){ 0 });
    if (change == 4)
      odl_plot_handle (b, &(OdlHandle){ .kind = "start" });
    if (change == 5)
      odl_plot_tip (b, 1, 2, "A tip.");
    if (change == 6)
      odl_plot_range_x (b, 0, 1);
    if (change == 7)
      odl_plot_no_legend (b);
    if (change == 8)
      odl_plot_click_index (b, 1);
    if (change == 10)
      odl_plot_legend_above (b);
    if (change == 9) {
      odl_plot_handle (a, &(OdlHandle){ .kind = "start" });
      odl_plot_handle (b, &(OdlHandle){ .kind = "start", .series = "first" });
    }
    g_assert_cmpint (odl_plot_equal (a, b), ==, change == 0);
    g_assert_true (odl_plot_equal (b, b));
  }
}

/* The crosshair names the nearest series and its value: the picture changes under the
 * pointer only. */
static void
test_crosshair (void)
{
  g_autoptr (OdlPlot) plot = curves (ODL_SCALE_LINEAR, ODL_SCALE_LOG);
  OdlPlotView view = { .hovering = TRUE, .pointer_x = 300, .pointer_y = 220 };
  Picture still = picture_of (plot, WIDTH, HEIGHT, NULL, NULL);
  Picture hover = picture_of (plot, WIDTH, HEIGHT, &view, NULL);
  guint changed = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      changed += picture_at (&still, x, y) != picture_at (&hover, x, y);
  g_assert_cmpuint (changed, >, 500);
  g_assert_cmpuint (changed, <, WIDTH * HEIGHT / 8);
  picture_clear (&still);
  picture_clear (&hover);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot-pick/zoom", test_zoom);
  g_test_add_func ("/plot-pick/pan", test_pan);
  g_test_add_func ("/plot-pick/box", test_box);
  g_test_add_func ("/plot-pick/endless", test_endless);
  g_test_add_func ("/plot-pick/flip", test_flip);
  g_test_add_func ("/plot-pick/equal-aspect", test_equal);
  g_test_add_func ("/plot-pick/places", test_places);
  g_test_add_func ("/plot-pick/handles", test_handles);
  g_test_add_func ("/plot-pick/quiet-handle", test_quiet_handle);
  g_test_add_func ("/plot-pick/table", test_table);
  g_test_add_func ("/plot-pick/clicks", test_clicks);
  g_test_add_func ("/plot-pick/same", test_same);
  g_test_add_func ("/plot-pick/crosshair", test_crosshair);
  return g_test_run ();
}
