/* The Training panel under real hands: hide, choose, name, keep and remove runs in the
 * table, save, reopen, export. SPDX-License-Identifier: MIT
 *
 * The tests build on each other, as a sitting does. */
#include "gui.h"

#include <glib/gstdio.h>
#include <string.h>

#include "experiment-training.h"

static Gui gui;

static const OdlTrainingPayload *
training (void)
{
  return odl_panel_get_frame (gui.panel)->payload;
}

static const OdlTrainingRun *
find_run (guint64 id)
{
  for (guint i = 0; i < training ()->n_runs; i++)
    if (training ()->runs[i].id == id)
      return &training ()->runs[i];
  return NULL;
}

/* Clicks the cell of the table that does this to that run. */
static void
click_cell (const char *deed, guint64 run)
{
  double x, y;
  GtkWidget *table = gui_plot (&gui, "table");
  g_assert_true (gui_find_pick (table, ODL_PICK_CELL, deed, (int)run, &x, &y));
  gui_click (table, x, y, 1, 0);
}

/* Three short runs of small nets, as a sitting in Flows leaves them. */
static void
train (void)
{
  gui_show (&gui, "flows");
  gui_put (&gui, "hidden", "8");
  gui_put (&gui, "points", "32");
  gui_put (&gui, "models", "standard,augmented,resnet");
  gui_put (&gui, "plots", "loss");
  gui_put (&gui, "stop-iterations", "12");
  gui_settle (&gui);
  gtk_widget_grab_focus (gui_plot (&gui, "loss"));
  gui_key (0, XK_space);
  GUI_WAIT (odl_panel_get_frame (gui.panel)->iteration == 12);
  gui_settle (&gui);
  gui_show (&gui, "training");
  gui_put (&gui, "plots", "loss,table");
  gui_settle (&gui);
  GUI_WAIT (training ()->n_runs == 3);
}

static void
test_table (void)
{
  train ();
  const guint64 id = training ()->runs[0].id;
  click_cell ("hide", id);
  GUI_WAIT (training ()->runs[0].hidden);
  click_cell ("choose", id);
  GUI_WAIT (training ()->runs[0].chosen);
  g_assert_true (gui_text_is (&gui, "hidden", "true"));
  gui_enter (&gui, "name", "first try");
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
  gui_show (&gui, "training");
  /* The panel has a frame of before until the worker has answered. */
  GUI_WAIT (training ()->n_runs == 0);
  gui_act (&gui, "open-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_busy (document));
  gui_show (&gui, "training");
  GUI_WAIT (training ()->n_runs == n);
  g_assert_cmpstr (training ()->runs[0].name, ==, "first try");
  g_assert_true (training ()->runs[0].hidden && training ()->runs[0].chosen);
  g_assert_cmpfloat (training ()->runs[0].last[ODL_COLUMN_LOSS], ==, loss);
  g_unlink (path);
  g_rmdir (folder);
}

/* A removed run is gone until the step is taken back; the table is as high as its rows.
 */
static void
test_remove (void)
{
  const guint64 id = training ()->runs[1].id;
  GtkWidget *table = gui_plot (&gui, "table");
  const int height = gtk_widget_get_height (table);
  click_cell ("remove", id);
  GUI_WAIT (training ()->n_runs == 2);
  g_assert_null (find_run (id));
  gui_settle (&gui);
  g_assert_cmpint (gtk_widget_get_height (table), <, height);
  gui_key (XK_Control_L, XK_z);
  GUI_WAIT (training ()->n_runs == 3);
  g_assert_nonnull (find_run (id));
  gui_settle (&gui);
  g_assert_cmpint (gtk_widget_get_height (table), ==, height);
}

static void
answer_yes (const char *label)
{
  GtkWindow *question = NULL;
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());
  GUI_WAIT (g_list_model_get_n_items (windows) == 2);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GtkWindow) one = g_list_model_get_item (windows, i);
    if (one != GTK_WINDOW (gui.window))
      question = one;
  }
  GUI_WAIT (gtk_widget_get_mapped (GTK_WIDGET (question)));
  gui_wait_frame (GTK_WIDGET (question));
  gui_click_middle (gui_find (GTK_WIDGET (question), GTK_TYPE_BUTTON, label));
  GUI_WAIT (g_list_model_get_n_items (windows) == 1);
}

/* A number with all its digits is in the table of the curves. */
static void
check_csv (const char *text)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  for (guint i = 0; i < training ()->n_runs; i++) {
    const OdlTrainingRun *run = &training ()->runs[i];
    g_ascii_dtostr (digits, sizeof digits, run->last[ODL_COLUMN_LOSS]);
    g_assert_cmpint (strstr (text, digits) != NULL, ==, run->shown);
  }
}

/* The plot of the loss, and the whole panel, in every form there is. */
static void
test_export (void)
{
  static const struct {
    const char *name, *begins;
  } files[] = { { "loss.png", "\x89PNG" },
                { "loss.svg", "<?xml" },
                { "loss.pdf", "%PDF" },
                { "loss.csv", "" } };
  g_autofree char *folder = g_dir_make_tmp ("odelab-gui-XXXXXX", NULL);
  for (guint whole = 0; whole < 2; whole++)
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
      g_autofree char *path = g_build_filename (folder, files[i].name, NULL);
      g_autofree char *text = NULL;
      if (whole)
        gui_act (&gui, "export-path", g_variant_new_string (path));
      else
        gui_act (&gui, "export-plot", g_variant_new ("(ss)", "loss", path));
      GUI_WAIT (g_file_test (path, G_FILE_TEST_EXISTS));
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_true (g_str_has_prefix (text, files[i].begins));
      if (g_str_has_suffix (path, ".csv"))
        check_csv (text);
      g_unlink (path);
    }
  g_rmdir (folder);
}

/* Kept runs stay when the finished ones are removed, which is asked about. */
static void
test_keep (void)
{
  const guint64 id = training ()->runs[0].id;
  click_cell ("keep", id);
  GUI_WAIT (training ()->runs[0].kept);
  /* What a panel is still on with is not finished: Flows begins anew. */
  gui_show (&gui, "flows");
  gui_act (&gui, "reset", NULL);
  gui_settle (&gui);
  gui_show (&gui, "training");
  GUI_WAIT (!training ()->runs[1].live && !training ()->runs[2].live);
  gui_press (&gui, "Remove finished runs");
  answer_yes ("Remove finished runs");
  GUI_WAIT (training ()->n_runs == 1);
  g_assert_cmpuint (training ()->runs[0].id, ==, id);
}

int
main (int argc, char **argv)
{
  gui_start (&gui, &argc, &argv);
  g_test_add_func ("/training/table", test_table);
  g_test_add_func ("/training/reopen", test_reopen);
  g_test_add_func ("/training/remove", test_remove);
  g_test_add_func ("/training/export", test_export);
  g_test_add_func ("/training/keep", test_keep);
  const int status = g_test_run ();
  gui_stop (&gui);
  return status;
}
