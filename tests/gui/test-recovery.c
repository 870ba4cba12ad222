/* A program that is killed with unsaved work, and the next one that finds it.
 * SPDX-License-Identifier: MIT
 *
 * The test starts itself a first time to work, copy and be killed; then it is the
 * second program. */
#include "gui.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define VICTIM "--be-killed"

static Gui gui;

/* The first program: changes something, has it copied, and is killed without a word. */
static void
be_killed (int argc, char **argv)
{
  gui_start (&gui, &argc, &argv);
  g_autofree char *path
      = g_build_filename (g_get_user_cache_dir (), "mine.odelab", NULL);
  OdlDocument *document = odl_window_get_document (gui.window);
  gui_act (&gui, "save-path", g_variant_new_string (path));
  GUI_WAIT (odl_document_get_path (document) != NULL);
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "77"));
  gtk_widget_activate_action (gui_plot (&gui, "phase"), "plot.zoom-in", NULL);
  gui_settle (&gui);
  odl_document_autosave_now (document);
  GUI_WAIT (!odl_document_is_busy (document));
  kill (getpid (), SIGKILL);
}

static void
kill_one (const char *program)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) victim
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, VICTIM, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (victim, NULL, &error));
  g_assert_true (g_subprocess_get_if_signaled (victim));
  g_assert_cmpint (g_subprocess_get_term_sig (victim), ==, SIGKILL);
}

static void
test_restored (void)
{
  OdlNotice *notice = odl_window_get_notice (gui.window);
  OdlDocument *document = odl_window_get_document (gui.window);
  g_assert_nonnull (odl_notice_get_text (notice));
  gui_click_middle (gui_find (GTK_WIDGET (notice), GTK_TYPE_BUTTON, "Restore"));
  GUI_WAIT (gui_text_is (&gui, "steps", "77"));
  GUI_WAIT (!odl_document_is_busy (document));
  gui_settle (&gui);
  /* It is unsaved work of the file it came from, view and all. */
  g_assert_true (odl_document_is_modified (document));
  g_assert_true (g_str_has_suffix (odl_document_get_path (document), "mine.odelab"));
  OdlPlotArea *phase = ODL_PLOT_AREA (gui_plot (&gui, "phase"));
  g_assert_true (odl_plot_area_get_view (phase)->zoomed);
  g_assert_null (odl_notice_get_text (notice));
}

/* After a save there is nothing left to find. */
static void
test_clean (void)
{
  OdlDocument *document = odl_window_get_document (gui.window);
  gui_act (&gui, "save", NULL);
  GUI_WAIT (!odl_document_is_modified (document) && !odl_document_is_busy (document));
  g_assert_false (odl_document_find_lost (document));
  g_autofree char *folder
      = g_build_filename (g_get_user_state_dir (), "odelab", "recovery", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    g_assert_false (g_str_has_suffix (name, ".odelab"));
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], VICTIM))
    be_killed (argc, argv);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  if (g_getenv ("DISPLAY"))
    kill_one (program);
  gui_start (&gui, &argc, &argv);
  g_test_add_func ("/recovery/restored", test_restored);
  g_test_add_func ("/recovery/clean", test_clean);
  int status = g_test_run ();
  gui_stop (&gui);
  return status;
}
