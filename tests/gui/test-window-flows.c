/* The Flows and Training panels under real hands: run, pause, scrub, paint, undo, hide
 * a run in the table, save, reopen. SPDX-License-Identifier: MIT
 *
 * The tests build on each other, as a sitting does. */
#include "gui.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "experiment-flows.h"
#include "experiment-training.h"

static Gui gui;

static const OdlFlowsPayload *
flows (void)
{
  return odl_panel_get_frame (gui.panel)->payload;
}

static const OdlTrainingPayload *
training (void)
{
  return odl_panel_get_frame (gui.panel)->payload;
}

static void
show (const char *panel)
{
  gui_act (&gui, "panel", g_variant_new_string (panel));
  GUI_WAIT (
      g_str_equal (odl_panel_get_class (odl_window_get_shown (gui.window))->id, panel));
  gui_settle (&gui);
}

static guint64
newest (const OdlFlowModel *model)
{
  return model->n_history > 0 ? model->iteration[model->n_history - 1] : 0;
}

static void
put (const char *key, const char *text)
{
  gui_act (&gui, "set", g_variant_new ("(ss)", key, text));
}

/* Small nets and few points from the first: what is tested are hands, and a machine
 * that does ten other things must keep up with them. */
static void
test_run_and_pause (void)
{
  gui_act (&gui, "panel", g_variant_new_string ("flows"));
  put ("hidden", "8");
  put ("points", "64");
  put ("test-points", "32");
  put ("plots", "inputs,loss,flow");
  show ("flows");
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
  put ("plots", "inputs,loss");
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

/* The middle of the cell that does this to that run. */
static gboolean
find_cell (GtkWidget *table, const char *deed, guint64 run, double *px, double *py)
{
  OdlPlotArea *area = ODL_PLOT_AREA (table);
  const OdlRect rect
      = { 0, 0, gtk_widget_get_width (table), gtk_widget_get_height (table) };
  OdlTheme theme;
  odl_plot_area_get_theme (area, &theme);
  for (double y = 3; y < rect.height; y += 6)
    for (double x = 3; x < rect.width; x += 6) {
      const OdlPick pick = odl_plot_pick (odl_plot_area_get_plot (area), &rect,
                                          odl_plot_area_get_view (area), &theme, x, y);
      if (pick.kind == ODL_PICK_CELL && g_str_equal (pick.action, deed)
          && pick.index == (int)run) {
        *px = x + 3;
        *py = y + 3;
        return TRUE;
      }
    }
  return FALSE;
}

static void
test_table (void)
{
  double x, y;
  show ("training");
  put ("plots", "loss,table");
  gui_settle (&gui);
  GUI_WAIT (training ()->n_runs >= 2);
  const guint64 id = training ()->runs[0].id;
  GtkWidget *table = gui_plot (&gui, "table");
  g_assert_true (find_cell (table, "hide", id, &x, &y));
  gui_click (table, x, y, 1, 0);
  GUI_WAIT (training ()->runs[0].hidden);
  g_assert_true (find_cell (table, "choose", id, &x, &y));
  gui_click (table, x, y, 1, 0);
  GUI_WAIT (training ()->runs[0].chosen);
  g_assert_true (gui_text_is (&gui, "hidden", "true"));
  put ("name", "first try");
  gui_settle (&gui);
  g_assert_cmpstr (training ()->runs[0].name, ==, "first try");
}

/* Runs, names and iterations are there again after saving and opening. */
static void
test_reopen (void)
{
  g_autofree char *folder = g_dir_make_tmp ("odelab-gui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "flows.odelab", NULL);
  OdlDocument *document = odl_window_get_document (gui.window);
  const guint n = training ()->n_runs;
  const double loss = training ()->runs[0].last[ODL_COLUMN_LOSS];
  gui_act (&gui, "save-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_busy (document));
  g_assert_false (odl_document_is_modified (document));
  gui_reset (&gui);
  show ("training");
  /* The panel has a frame of before until the worker has answered. */
  GUI_WAIT (training ()->n_runs == 0);
  gui_act (&gui, "open-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_busy (document));
  show ("training");
  GUI_WAIT (training ()->n_runs == n);
  g_assert_cmpstr (training ()->runs[0].name, ==, "first try");
  g_assert_true (training ()->runs[0].hidden && training ()->runs[0].chosen);
  g_assert_cmpfloat (training ()->runs[0].last[ODL_COLUMN_LOSS], ==, loss);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  gui_start (&gui, &argc, &argv);
  g_test_add_func ("/flows/run-and-pause", test_run_and_pause);
  g_test_add_func ("/flows/scrub", test_scrub);
  g_test_add_func ("/flows/paint", test_paint);
  g_test_add_func ("/training/table", test_table);
  g_test_add_func ("/training/reopen", test_reopen);
  const int status = g_test_run ();
  gui_stop (&gui);
  return status;
}
