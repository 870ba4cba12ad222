/* The Latent panel under real hands: click, Shift-click, drag, undo, another series,
 * the end of the forecast, files. SPDX-License-Identifier: MIT
 *
 * The tests build on each other, as a sitting does. */
#include "gui.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "experiment-latent.h"

static Gui gui;

static const OdlLatentPayload *
canvas (void)
{
  return odl_panel_get_frame (gui.panel)->payload;
}

static GtkWidget *
canvas_plot (void)
{
  return gui_plot (&gui, "canvas");
}

static void
set (const char *key, const char *value)
{
  gui_act (&gui, "set", g_variant_new ("(ss)", key, value));
  gui_settle (&gui);
}

/* A click at a time and value of the canvas; the answer is waited for. */
static void
click (double t, double y, KeySym modifier)
{
  double px, py;
  gui_pixel_of (canvas_plot (), t, y, &px, &py);
  gui_click (canvas_plot (), px, py, 1, modifier);
}

/* Place of the point nearest to a time; −1: none. */
static int
nearest (double t)
{
  int found = -1;
  for (guint i = 0; i < canvas ()->n_points; i++)
    if (found < 0 || fabs (canvas ()->x[i] - t) < fabs (canvas ()->x[found] - t))
      found = (int)i;
  return found;
}

/* Data units of a pixel of the canvas. */
static void
pixel_size (double *dt, double *dy)
{
  double x0, y0, x1, y1;
  gui_pixel_of (canvas_plot (), 0, 0, &x0, &y0);
  gui_pixel_of (canvas_plot (), 1, 1, &x1, &y1);
  *dt = 1 / fabs (x1 - x0);
  *dy = 1 / fabs (y1 - y0);
}

static void
show (void)
{
  gui_act (&gui, "panel", g_variant_new_string ("latent"));
  GUI_WAIT (g_str_equal (odl_panel_get_class (odl_window_get_shown (gui.window))->id,
                         "latent"));
  gui_settle (&gui);
}

static void
open_empty (void)
{
  show ();
  g_assert_cmpuint (canvas ()->n_points, >, 0);
  g_assert_nonnull (canvas ()->channels[0].band.mean);
  g_assert_nonnull (canvas ()->channels[0].truth);
  set ("series", "empty");
  g_assert_cmpuint (canvas ()->n_points, ==, 0);
  g_assert_nonnull (canvas ()->channels[0].band.mean);
}

/* ---- Pixels ---- */

/* Pixels in the column of a time that are much bluer than red: the band and its curves.
 */
static guint
blue_at (double t)
{
  g_autoptr (GdkTexture) texture
      = odl_plot_area_to_texture (ODL_PLOT_AREA (canvas_plot ()), 1);
  int width, height;
  g_autofree guint32 *pixels = gui_pixels (texture, &width, &height);
  double px, py;
  guint n = 0;
  gui_pixel_of (canvas_plot (), t, 0, &px, &py);
  for (int y = 0; y < height; y++) {
    const guint32 rgb = pixels[y * width + (int)px];
    n += (int)(rgb & 255) - (int)(rgb >> 16 & 255) > 18;
  }
  return n;
}

/* Width of the 95 % band at a time. */
static double
width_at (double t)
{
  const OdlLatentPayload *p = canvas ();
  const OdlCanvasBand *band = &p->channels[0].band;
  guint i = 0;
  while (i + 1 < p->n_grid && p->t[i] < t)
    i++;
  return band->upper95[i] - band->lower95[i];
}

/* ---- The sitting ---- */

/* Where one clicks a point appears, and around it the band closes, in the numbers and
 * on the screen. */
static void
test_click (void)
{
  double dt, dy;
  open_empty ();
  const double span = canvas ()->span, t0 = canvas ()->t0;
  const double at[3] = { t0 + 0.21 * span, t0 + 0.47 * span, t0 + 0.83 * span },
               value[3] = { 0.5, -0.4, 0.3 };
  const double wide = width_at (at[1]);
  const guint tall = blue_at (at[1]);
  for (guint i = 0; i < 3; i++) {
    click (at[i], value[i], 0);
    GUI_WAIT (canvas ()->n_points == i + 1);
    gui_settle (&gui);
  }
  pixel_size (&dt, &dy);
  for (guint i = 0; i < 3; i++) {
    const int place = nearest (at[i]);
    g_assert_cmpfloat_with_epsilon (canvas ()->x[place], at[i], 1.5 * dt);
    g_assert_cmpfloat_with_epsilon (canvas ()->y[place], value[i], 3 * dy);
  }
  g_assert_true (gui_text_is (&gui, "series", "own"));
  g_test_message ("95 %% band at the second point: %g before, %g after; %u and %u px",
                  wide, width_at (at[1]), tall, blue_at (at[1]));
  g_assert_cmpfloat (width_at (at[1]), <, 0.7 * wide);
  g_assert_cmpfloat (width_at (at[1]), <, width_at (canvas ()->edge));
  g_assert_cmpuint (blue_at (at[1]), <, blue_at (canvas ()->edge - 2 * dt));
}

/* The band that was there comes back bit by bit when a point is taken away and put
 * where it was. */
static void
test_remove (void)
{
  const OdlLatentPayload *p = canvas ();
  const guint n = p->n_points;
  const int place = nearest (p->t0 + 0.47 * p->span);
  const double t = p->x[place], y = p->y[place];
  const gsize bytes = p->n_grid * sizeof (double);
  g_autofree double *mean = g_memdup2 (p->channels[0].band.mean, bytes);
  g_autofree double *upper = g_memdup2 (p->channels[0].band.upper95, bytes);
  click (t, y, XK_Shift_L);
  GUI_WAIT (canvas ()->n_points == n - 1);
  gui_settle (&gui);
  g_assert_cmpfloat (fabs (canvas ()->x[nearest (t)] - t), >, 0.1 * canvas ()->span);
  gui_key (XK_Control_L, XK_z);
  GUI_WAIT (canvas ()->n_points == n);
  gui_settle (&gui);
  p = canvas ();
  g_assert_cmpfloat (p->x[nearest (t)], ==, t);
  g_assert_cmpmem (mean, bytes, p->channels[0].band.mean, bytes);
  g_assert_cmpmem (upper, bytes, p->channels[0].band.upper95, bytes);
}

static void
test_drag (void)
{
  double px, py, to_x, to_y, dt, dy;
  const int place = nearest (canvas ()->t0 + 0.83 * canvas ()->span);
  const double t = canvas ()->x[place], y = canvas ()->y[place];
  gui_pixel_of (canvas_plot (), t, y, &px, &py);
  gui_pixel_of (canvas_plot (), t + 0.06 * canvas ()->span, y - 0.3, &to_x, &to_y);
  gui_drag (canvas_plot (), px, py, to_x, to_y, 1, 0);
  GUI_WAIT (canvas ()->x[nearest (t)] != t);
  gui_settle (&gui);
  pixel_size (&dt, &dy);
  const int moved = nearest (t);
  g_assert_cmpuint (canvas ()->n_points, ==, 3);
  g_assert_cmpfloat_with_epsilon (canvas ()->x[moved], t + 0.06 * canvas ()->span,
                                  2 * dt);
  g_assert_cmpfloat_with_epsilon (canvas ()->y[moved], y - 0.3, 4 * dy);
  gui_key (XK_Control_L, XK_z);
  GUI_WAIT (canvas ()->x[nearest (t)] == t);
  g_assert_cmpfloat (canvas ()->y[nearest (t)], ==, y);
  gui_settle (&gui);
}

/* A drag on the empty canvas pans, and adds nothing. */
static void
test_pan (void)
{
  const guint n = canvas ()->n_points;
  const double middle = gtk_widget_get_height (canvas_plot ()) / 2.0;
  OdlPlotArea *area = ODL_PLOT_AREA (canvas_plot ());
  gui_drag (canvas_plot (), 300, middle + 90, 360, middle + 60, 1, 0);
  gui_settle (&gui);
  g_assert_true (odl_plot_area_get_view (area)->zoomed);
  g_assert_cmpuint (canvas ()->n_points, ==, n);
  gui_key (0, XK_Home);
  GUI_WAIT (!odl_plot_area_get_view (area)->zoomed);
}

/* Without a mouse: the arrows move the cross, Return adds a point there, Delete takes
 * it away. A handle that H has taken is let go by the first Return. */
static void
test_keys (void)
{
  const guint n = canvas ()->n_points;
  gtk_widget_grab_focus (canvas_plot ());
  for (guint i = 0; i < 3; i++)
    gui_key (0, XK_Right);
  gui_key (0, XK_Return);
  GUI_WAIT (canvas ()->n_points == n + 1);
  gui_settle (&gui);
  gui_key (0, XK_Delete);
  GUI_WAIT (canvas ()->n_points == n);
  gui_settle (&gui);
  gui_key (0, XK_h);
  gui_key (0, XK_Return);
  gui_key (0, XK_Return);
  GUI_WAIT (canvas ()->n_points == n + 1);
  gui_settle (&gui);
  g_assert_cmpuint (canvas ()->n_points, ==, n + 1);
  gui_key (0, XK_Delete);
  GUI_WAIT (canvas ()->n_points == n);
  gui_settle (&gui);
}

/* The ring at the end of the forecast, pulled to the left and back again. */
static void
test_edge (void)
{
  double px, py, to_x, to_y, dt, dy;
  const OdlPlot *plot = odl_plot_area_get_plot (ODL_PLOT_AREA (canvas_plot ()));
  const OdlHandle *edge = NULL;
  for (guint i = 0; i < odl_plot_n_handles (plot); i++)
    if (g_str_equal (odl_plot_get_handle (plot, (int)i)->kind, "edge"))
      edge = odl_plot_get_handle (plot, (int)i);
  const double before = edge->x, wanted = canvas ()->t0 + 1.2 * canvas ()->span;
  gui_pixel_of (canvas_plot (), edge->x, edge->y, &px, &py);
  gui_pixel_of (canvas_plot (), wanted, edge->y, &to_x, &to_y);
  pixel_size (&dt, &dy);
  gui_drag (canvas_plot (), px, py, to_x, to_y, 1, 0);
  GUI_WAIT (canvas ()->edge < before - 0.1 * canvas ()->span);
  gui_settle (&gui);
  g_assert_cmpfloat_with_epsilon (canvas ()->edge, wanted, 3 * dt);
  g_assert_cmpfloat (canvas ()->t[canvas ()->n_grid - 1], ==, canvas ()->edge);
  gui_key (XK_Control_L, XK_z);
  GUI_WAIT (canvas ()->edge == before);
  gui_settle (&gui);
}

static void
test_refine (void)
{
  g_assert_cmpuint (canvas ()->readings[0].iteration, >, 0);
  g_assert_true (canvas ()->readings[0].settled);
  gui_click_middle (gui_control (&gui, "refine", GTK_TYPE_CHECK_BUTTON));
  GUI_WAIT (gui_text_is (&gui, "refine", "false"));
  gui_settle (&gui);
  g_assert_cmpuint (canvas ()->readings[0].iteration, ==, 0);
  gui_click_middle (gui_control (&gui, "refine", GTK_TYPE_CHECK_BUTTON));
  GUI_WAIT (gui_text_is (&gui, "refine", "true"));
  gui_settle (&gui);
  g_assert_cmpuint (canvas ()->readings[0].iteration, >, 0);
}

static void
test_random (void)
{
  GtkWidget *controls = GTK_WIDGET (odl_panel_get_controls (gui.panel));
  GtkWidget *button = gui_find (controls, GTK_TYPE_BUTTON, "New random series");
  g_assert_nonnull (button);
  const double first = canvas ()->x[0];
  gui_click_middle (button);
  GUI_WAIT (canvas ()->n_points > 3 && canvas ()->x[0] != first);
  gui_settle (&gui);
  g_assert_nonnull (canvas ()->channels[0].truth);
  g_assert_cmpuint (canvas ()->channels[0].inside.n, >, 0);
  const double second = canvas ()->x[0];
  gui_click_middle (button);
  GUI_WAIT (canvas ()->x[0] != second);
  gui_settle (&gui);
}

/* ---- Files ---- */

static char *
in_folder (const char *name)
{
  g_autofree char *folder = g_dir_make_tmp ("odelab-gui-XXXXXX", NULL);
  return g_build_filename (folder, name, NULL);
}

static void
remove_with_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_unlink (path);
  g_rmdir (folder);
}

/* The same bits in the band and the same pixels on the screen after saving and opening.
 */
static void
test_reopen (void)
{
  g_autofree char *path = in_folder ("canvas.odelab");
  OdlDocument *document = odl_window_get_document (gui.window);
  int width, height, again_width, again_height;
  const gsize bytes = canvas ()->n_grid * sizeof (double);
  gui_park (&gui);
  gui_settle (&gui);
  const double first = canvas ()->x[0];
  g_autofree double *mean = g_memdup2 (canvas ()->channels[0].band.mean, bytes);
  g_autoptr (GdkTexture) texture
      = odl_plot_area_to_texture (ODL_PLOT_AREA (canvas_plot ()), 1);
  g_autofree guint32 *pixels = gui_pixels (texture, &width, &height);
  gui_act (&gui, "save-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_busy (document));
  g_assert_false (odl_document_is_modified (document));
  gui_reset (&gui);
  show ();
  GUI_WAIT (canvas ()->x[0] != first && canvas ()->fresh);
  gui_act (&gui, "open-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_busy (document));
  show ();
  gui_park (&gui);
  GUI_WAIT (canvas ()->x[0] == first && canvas ()->fresh);
  gui_settle (&gui);
  g_assert_cmpmem (mean, bytes, canvas ()->channels[0].band.mean, bytes);
  g_autoptr (GdkTexture) later
      = odl_plot_area_to_texture (ODL_PLOT_AREA (canvas_plot ()), 1);
  g_autofree guint32 *again = gui_pixels (later, &again_width, &again_height);
  const gsize size = (gsize)width * (gsize)height * 4;
  g_assert_cmpint (width * height, ==, again_width * again_height);
  g_assert_cmpmem (pixels, size, again, size);
  remove_with_folder (path);
}

/* Unsorted, two channels, an empty cell: names and units are the file's. A file that is
 * no series is refused with its line, and the canvas stays. */
static void
test_csv (void)
{
  static const char good[] = "hour,level,flow\n7.5,102,11\n1.25,100.5,\n3,101,12.5\n"
                             "11,99,10\n4.75,101.5,12\n";
  static const char bad[] = "hour,level\n1,2\n2,high\n";
  g_autofree char *path = in_folder ("river.csv");
  g_assert_true (g_file_set_contents (path, good, -1, NULL));
  gui_act (&gui, "import-path", g_variant_new_string (path));
  GUI_WAIT (canvas ()->n_points == 9);
  gui_settle (&gui);
  g_assert_cmpuint (canvas ()->n_channels, ==, 2);
  g_assert_cmpstr (canvas ()->time_name, ==, "hour");
  g_assert_cmpstr (canvas ()->channels[1].name, ==, "flow");
  g_assert_nonnull (gui_plot (&gui, "canvas-2"));
  for (guint i = 1; i < canvas ()->n_grid; i += 7)
    g_assert_cmpfloat (fabs (canvas ()->channels[0].band.mean[i] - 100), <, 20);
  g_assert_true (g_file_set_contents (path, bad, -1, NULL));
  gui_act (&gui, "import-path", g_variant_new_string (path));
  GUI_WAIT (odl_panel_get_frame (gui.panel)->error != NULL);
  g_assert_nonnull (strstr (odl_panel_get_frame (gui.panel)->error, "3"));
  g_assert_cmpuint (canvas ()->n_points, ==, 9);
  remove_with_folder (path);
}

/* A click on the second canvas is a point of the second channel. */
static void
test_second_channel (void)
{
  double px, py;
  GtkWidget *plot = gui_plot (&gui, "canvas-2");
  const double t = canvas ()->t0 + 0.6 * canvas ()->span;
  gui_pixel_of (plot, t, 10.8, &px, &py);
  gui_click (plot, px, py, 1, 0);
  GUI_WAIT (canvas ()->n_points == 10);
  gui_settle (&gui);
  g_assert_cmpuint (canvas ()->channel[nearest (t)], ==, 1);
}

static void
test_export (void)
{
  static const char *const names[] = { "canvas.png", "canvas.svg", "canvas.csv" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = in_folder (names[i]), *text = NULL;
    gsize length = 0;
    gui_act (&gui, "export-plot", g_variant_new ("(ss)", "canvas", path));
    GUI_WAIT (g_file_test (path, G_FILE_TEST_EXISTS));
    g_assert_true (g_file_get_contents (path, &text, &length, NULL));
    g_assert_cmpuint (length, >, 1000);
    if (i == 2)
      g_assert_nonnull (strstr (text, "\nobservations,"));
    remove_with_folder (path);
  }
}

int
main (int argc, char **argv)
{
  gui_start (&gui, &argc, &argv);
  g_test_add_func ("/latent/click", test_click);
  g_test_add_func ("/latent/remove", test_remove);
  g_test_add_func ("/latent/drag", test_drag);
  g_test_add_func ("/latent/pan", test_pan);
  g_test_add_func ("/latent/keys", test_keys);
  g_test_add_func ("/latent/edge", test_edge);
  g_test_add_func ("/latent/refine", test_refine);
  g_test_add_func ("/latent/random", test_random);
  g_test_add_func ("/latent/reopen", test_reopen);
  g_test_add_func ("/latent/csv", test_csv);
  g_test_add_func ("/latent/second-channel", test_second_channel);
  g_test_add_func ("/latent/export", test_export);
  const int status = g_test_run ();
  gui_stop (&gui);
  return status;
}
