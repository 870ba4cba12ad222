/* The Flows panel under real hands: run, pause, scrub, paint, undo, drop a file, turn
 * the lifted space, stop by a condition, change the solver, fork.
 * SPDX-License-Identifier: MIT
 *
 * The tests build on each other, as a sitting does. */
#include "gui.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "experiment-flows.h"

static Gui gui;

static const OdlFlowsPayload *
flows (void)
{
  return odl_panel_get_frame (gui.panel)->payload;
}

static guint64
newest (const OdlFlowModel *model)
{
  return model->n_history > 0 ? model->iteration[model->n_history - 1] : 0;
}

/* Small nets and few points from the first: what is tested are hands, and a machine
 * that does ten other things must keep up with them. */
static void
test_run_and_pause (void)
{
  gui_act (&gui, "panel", g_variant_new_string ("flows"));
  gui_put (&gui, "hidden", "8");
  gui_put (&gui, "points", "64");
  gui_put (&gui, "test-points", "32");
  gui_put (&gui, "plots", "inputs,loss,flow");
  gui_show (&gui, "flows");
  gui_click_middle (gui_plot (&gui, "loss"));
  gui_key (0, XK_space);
  GUI_WAIT (odl_panel_get_frame (gui.panel)->iteration >= 8);
  g_assert_true (gui_state (&gui, "run"));
  gui_key (0, XK_space);
  GUI_WAIT (!odl_panel_get_frame (gui.panel)->running);
  gui_settle (&gui);
  const guint64 stopped = odl_panel_get_frame (gui.panel)->iteration;
  /* A step finishes the round in which the pause came, or makes one. */
  gui_key (0, XK_s);
  GUI_WAIT (odl_panel_get_frame (gui.panel)->iteration > stopped);
  gui_settle (&gui);
  g_assert_cmpuint (odl_panel_get_frame (gui.panel)->iteration, ==, stopped + 1);
  g_assert_cmpuint (flows ()->n_models, ==, 2);
  for (guint i = 0; i < flows ()->n_models; i++)
    g_assert_cmpuint (newest (&flows ()->models[i]), ==, stopped + 1);
}

static const char *
words (const char *plot)
{
  return odl_plot_get_summary (
      odl_plot_area_get_plot (ODL_PLOT_AREA (gui_plot (&gui, plot))));
}

static void
test_scrub (void)
{
  g_assert_nonnull (strstr (words ("flow-standard"), "t = 1 of 1"));
  gui_act (&gui, "scrub", g_variant_new_double (0.25));
  GUI_WAIT (strstr (words ("flow-standard"), "t = 0.25 of 1") != NULL);
  gui_act (&gui, "scrub", g_variant_new_double (1));
  GUI_WAIT (strstr (words ("flow-standard"), "t = 1 of 1") != NULL);
}

/* A click on a plane of inputs adds a point and makes the points one's own; one step
 * back takes it away, and the circles are there again. */
static void
test_paint (void)
{
  double x, y;
  gui_put (&gui, "plots", "inputs,loss");
  gui_settle (&gui);
  GtkWidget *plot = gui_plot (&gui, "inputs-standard");
  const guint before = flows ()->n_train_all + flows ()->n_test_all;
  gui_pixel_of (plot, 0.75, 0, &x, &y);
  gui_click (plot, x, y, 1, 0);
  GUI_WAIT (gui_text_is (&gui, "data", "own"));
  gui_settle (&gui);
  g_test_message ("%u points before, %u and %u after", before, flows ()->n_train_all,
                  flows ()->n_test_all);
  gboolean found = FALSE;
  for (guint i = 0; i < flows ()->n; i++)
    found |= hypot (flows ()->x[i] - 0.75, flows ()->y[i]) < 0.03;
  g_assert_true (found);
  gui_key (XK_Control_L, XK_z);
  GUI_WAIT (gui_text_is (&gui, "data", "circles"));
  gui_settle (&gui);
  g_assert_cmpuint (flows ()->n_train_all + flows ()->n_test_all, ==, before);
}

/* On the plane that is left when all points are removed new ones can be painted, of
 * whatever class the keys say, and the strokes are taken back one by one. */
static void
test_paint_anew (void)
{
  gui_press (&gui, "Remove all points");
  GUI_WAIT (flows ()->n == 0);
  gui_settle (&gui);
  for (guint i = 0; i < 2; i++) {
    double x, y;
    GtkWidget *plot = gui_plot (&gui, "inputs-standard");
    gtk_widget_grab_focus (plot);
    gui_key (0, XK_1 + i);
    gui_pixel_of (plot, i == 0 ? -1 : 1, 0.5, &x, &y);
    gui_drag (plot, x, y, x, y + 40, 1, 0);
    GUI_WAIT (flows ()->n > (i == 0 ? 0 : 1) && flows ()->n_classes >= i + 1);
    gui_settle (&gui);
  }
  guint count[2] = { 0, 0 };
  for (guint i = 0; i < flows ()->n; i++) {
    g_assert_cmpint (flows ()->label[i] == 1, ==, flows ()->x[i] > 0);
    count[flows ()->label[i]]++;
  }
  g_assert_true (count[0] > 0 && count[1] > 0);
  for (guint i = 0; i < 3; i++) {
    gui_key (XK_Control_L, XK_z);
    gui_settle (&gui);
  }
  GUI_WAIT (gui_text_is (&gui, "data", "circles"));
  gui_settle (&gui);
}

/* ---- Files ---- */

static void
write_points (const char *path, const char *head, const char *tail)
{
  g_autoptr (GString) text = g_string_new (head);
  for (guint i = 0; i < 40; i++)
    g_string_append_printf (text, "%g,%g,%s\n", 100 + 3.0 * (i % 8), 50.5 + i / 8,
                            i % 8 < 4 ? "left" : "right");
  g_string_append (text, tail);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
}

/* A table that falls on the panel becomes its points, with a header or without; one
 * that is wrong is refused with its line, and the points stay. */
static void
test_drop (void)
{
  g_autofree char *folder = g_dir_make_tmp ("odelab-gui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "points.csv", NULL);
  static const char *const heads[] = { "x,y,side\n", "" };
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    write_points (path, heads[i], "");
    gui_drop (&gui, path);
    GUI_WAIT (gui_text_is (&gui, "data", "own"));
    gui_settle (&gui);
    g_assert_cmpuint (flows ()->n_train_all + flows ()->n_test_all, ==, 40);
    g_assert_cmpuint (flows ()->n_classes, ==, 2);
    double right = -INFINITY;
    for (guint k = 0; k < flows ()->n; k++)
      right = fmax (right, flows ()->x[k] * flows ()->unit + flows ()->origin_x);
    g_assert_cmpfloat_with_epsilon (right, 121, 1e-9);
    gui_key (XK_Control_L, XK_z);
    GUI_WAIT (gui_text_is (&gui, "data", "circles"));
    gui_settle (&gui);
  }
  const guint before = flows ()->n_train_all;
  write_points (path, "x,y,side\n", "1,high,left\n");
  gui_drop (&gui, path);
  GUI_WAIT (odl_panel_get_frame (gui.panel)->error != NULL);
  g_assert_nonnull (strstr (odl_panel_get_frame (gui.panel)->error, "line 42"));
  GtkWidget *said = gui_find (GTK_WIDGET (gui.panel), GTK_TYPE_LABEL,
                              odl_panel_get_frame (gui.panel)->error);
  g_assert_true (said != NULL && gtk_widget_get_mapped (said));
  g_assert_cmpuint (flows ()->n_train_all, ==, before);
  g_assert_true (gui_text_is (&gui, "data", "circles"));
  g_unlink (path);
  g_rmdir (folder);
}

/* ---- Looking ---- */

static guint32 *
look (GtkWidget *plot, gsize *n)
{
  int width, height;
  g_autoptr (GdkTexture) texture = odl_plot_area_to_texture (ODL_PLOT_AREA (plot), 1);
  guint32 *pixels = gui_pixels (texture, &width, &height);
  *n = (gsize)width * (gsize)height;
  return pixels;
}

/* The mouse turns the lifted space, and Home turns it back. */
static void
test_turn (void)
{
  gui_put (&gui, "plots", "lift,loss");
  gui_settle (&gui);
  gui_park (&gui);
  GtkWidget *plot = gui_plot (&gui, "lift-augmented");
  const OdlPlotView *view = odl_plot_area_get_view (ODL_PLOT_AREA (plot));
  const double x = gtk_widget_get_width (plot) / 2.0,
               y = gtk_widget_get_height (plot) / 2.0;
  gsize n;
  g_autofree guint32 *straight = look (plot, &n);
  gui_drag (plot, x, y, x + 90, y - 30, 1, 0);
  GUI_WAIT (view->yaw != 0 && view->pitch != 0);
  gui_park (&gui);
  g_autofree guint32 *turned = look (plot, &n);
  gsize changed = 0;
  for (gsize i = 0; i < n; i++)
    changed += turned[i] != straight[i];
  g_assert_cmpuint (changed, >, n / 100);
  gtk_widget_grab_focus (plot);
  gui_key (0, XK_Home);
  GUI_WAIT (view->yaw == 0 && view->pitch == 0);
  g_autofree guint32 *back = look (plot, &n);
  g_assert_cmpint (memcmp (back, straight, n * sizeof *back), ==, 0);
}

/* ---- Training ---- */

static gboolean
says (const char *sentence)
{
  const OdlFrame *frame = odl_panel_get_frame (gui.panel);
  return !frame->running && frame->status && strstr (frame->status, sentence) != NULL;
}

/* Runs by the key until the condition says so. */
static void
run_until (const char *condition)
{
  gtk_widget_grab_focus (gui_plot (&gui, "loss"));
  gui_key (0, XK_space);
  GUI_WAIT (says (condition));
  gui_settle (&gui);
  g_assert_false (gui_state (&gui, "run"));
}

static void
test_stop_conditions (void)
{
  const guint64 last = odl_panel_get_frame (gui.panel)->iteration + 20;
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, last);
  gui_enter (&gui, "stop-iterations", text);
  run_until ("Stopped at iteration");
  g_assert_cmpuint (odl_panel_get_frame (gui.panel)->iteration, ==, last);
  gui_enter (&gui, "stop-iterations", "0");
  gui_enter (&gui, "stop-loss", "0.2");
  run_until ("every loss is at or below 0.2");
  for (guint i = 0; i < flows ()->n_models; i++) {
    const OdlFlowModel *m = &flows ()->models[i];
    g_assert_cmpfloat (m->loss[m->n_history - 1], <=, 0.2);
  }
  gui_enter (&gui, "stop-loss", "0");
  gui_enter (&gui, "stop-seconds", "0.01");
  run_until ("seconds of training");
  gui_enter (&gui, "stop-seconds", "0");
}

/* Another solver for the trained net is one choice, and the table says what it shows.
 */
static void
test_solve_now (void)
{
  gui_put (&gui, "plots", "loss,meters");
  gui_settle (&gui);
  GtkWidget *choice = gui_control (&gui, "resolve", GTK_TYPE_DROP_DOWN);
  const guint64 before = odl_panel_get_frame (gui.panel)->iteration;
  gtk_widget_grab_focus (choice);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), 1);
  GUI_WAIT (!gui_text_is (&gui, "resolve", "none"));
  gui_settle (&gui);
  g_assert_true (flows ()->resolved);
  g_assert_cmpstr (flows ()->solver, !=, flows ()->trained_solver);
  g_assert_nonnull (strstr (words ("meters"), flows ()->resolve_sentence));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), 0);
  GUI_WAIT (gui_text_is (&gui, "resolve", "none"));
  gui_settle (&gui);
  g_assert_false (flows ()->resolved);
  g_assert_cmpuint (odl_panel_get_frame (gui.panel)->iteration, ==, before);
}

/* The handle of the loss goes back in time; from there training goes on as it did, as a
 * run of its own. */
static void
test_fork (void)
{
  double x, y;
  GtkWidget *loss = gui_plot (&gui, "loss");
  gui_park (&gui);
  g_assert_true (gui_find_pick (loss, ODL_PICK_HANDLE, NULL, 0, &x, &y));
  gui_drag (loss, x, y, x / 2, y, 1, 0);
  GUI_WAIT (flows ()->looking_back);
  gui_settle (&gui);
  const guint64 moment = flows ()->iteration, present = flows ()->present;
  g_assert_cmpuint (moment, >, 0);
  g_assert_cmpuint (moment, <, present);
  gui_press (&gui, "Go on from here");
  GUI_WAIT (!flows ()->looking_back);
  gui_settle (&gui);
  g_assert_cmpuint (flows ()->present, ==, moment);
  gui_key (0, XK_s);
  GUI_WAIT (odl_panel_get_frame (gui.panel)->iteration == moment + 1);
  gui_settle (&gui);
  for (guint i = 0; i < flows ()->n_models; i++)
    g_assert_cmpuint (newest (&flows ()->models[i]), ==, moment + 1);
}

int
main (int argc, char **argv)
{
  gui_start (&gui, &argc, &argv);
  g_test_add_func ("/flows/run-and-pause", test_run_and_pause);
  g_test_add_func ("/flows/scrub", test_scrub);
  g_test_add_func ("/flows/paint", test_paint);
  g_test_add_func ("/flows/paint-anew", test_paint_anew);
  g_test_add_func ("/flows/drop", test_drop);
  g_test_add_func ("/flows/turn", test_turn);
  g_test_add_func ("/flows/stop-conditions", test_stop_conditions);
  g_test_add_func ("/flows/solve-now", test_solve_now);
  g_test_add_func ("/flows/fork", test_fork);
  const int status = g_test_run ();
  gui_stop (&gui);
  return status;
}
