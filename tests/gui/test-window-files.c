/* Sessions and exports of the window: save, open, drop, refuse, ask, export.
 * SPDX-License-Identifier: MIT */
#include "gui.h"

#include <math.h>
#include <string.h>

#include "export.h"
#include "session.h"

static Gui gui;
static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static OdlDocument *
document (void)
{
  return odl_window_get_document (gui.window);
}

static void
save_to (const char *path)
{
  gui_act (&gui, "save-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_busy (document ()));
  g_assert_false (odl_document_is_modified (document ()));
}

static void
open_from (const char *path)
{
  gui_act (&gui, "open-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_busy (document ()));
  gui_settle (&gui);
}

/* Presses a button of the question about unsaved work. */
static void
answer (const char *label)
{
  GtkWidget *question;
  GUI_WAIT ((question = odl_window_get_question (gui.window)) != NULL
            && gtk_widget_get_mapped (question));
  gui_wait_frame (question);
  gui_click_middle (gui_find (question, GTK_TYPE_BUTTON, label));
  GUI_WAIT (odl_window_get_question (gui.window) == NULL);
}

/* Every plot but the table, whose times are measured and never the same twice. */
static GChecksum *
picture (void)
{
  GChecksum *sum = g_checksum_new (G_CHECKSUM_SHA256);
  OdlPlotPage *page = odl_panel_get_page (gui.panel);
  for (guint i = 0; i < odl_plot_page_n_areas (page); i++) {
    OdlPlotArea *area = odl_plot_page_area (page, i);
    int width, height;
    if (odl_plot_is_table (odl_plot_area_get_plot (area)))
      continue;
    g_autoptr (GdkTexture) texture = odl_plot_area_to_texture (area, 1);
    g_autofree guint32 *pixels = gui_pixels (texture, &width, &height);
    g_checksum_update (sum, (const guchar *)pixels, (gssize)width * height * 4);
  }
  return sum;
}

static void
test_save_and_open (void)
{
  g_autofree char *path = in_folder ("spiral.odelab");
  GtkWidget *phase = gui_plot (&gui, "phase");
  double x, y;
  gui_act (&gui, "set", g_variant_new ("(ss)", "methods", "euler,heun,rk4"));
  gui_act (&gui, "set", g_variant_new ("(ss)", "plots", "phase,time,error,table"));
  gui_settle (&gui);
  gui_pixel_of (phase, 1, 1, &x, &y);
  gui_wheel (phase, x, y, -2);
  GUI_WAIT (odl_plot_area_get_view (ODL_PLOT_AREA (phase))->zoomed);
  gui_act (&gui, "scrub", g_variant_new_double (2.5));
  gtk_widget_activate_action (gui_plot (&gui, "time"), "plot.toggle", "s", "Euler");
  if (gui_state (&gui, "lesson"))
    gui_key (0, XK_F9);
  GUI_WAIT (!gui_state (&gui, "lesson"));
  gui_park (&gui);
  gui_settle (&gui);
  g_autoptr (GChecksum) before = picture ();
  g_assert_true (odl_document_is_modified (document ()));
  g_assert_nonnull (strstr (gtk_window_get_title (GTK_WINDOW (gui.window)), "• "));
  save_to (path);
  g_assert_null (strstr (gtk_window_get_title (GTK_WINDOW (gui.window)), "•"));
  g_assert_nonnull (strstr (gtk_window_get_title (GTK_WINDOW (gui.window)), "spiral"));

  gui_reset (&gui);
  if (!gui_state (&gui, "lesson"))
    gui_key (0, XK_F9);
  GUI_WAIT (gui_state (&gui, "lesson"));
  g_autoptr (GChecksum) other = picture ();
  g_assert_cmpstr (g_checksum_get_string (before), !=, g_checksum_get_string (other));
  open_from (path);
  g_assert_true (gui_text_is (&gui, "methods", "euler,heun,rk4"));
  g_assert_false (gui_state (&gui, "lesson"));
  g_assert_cmpfloat (odl_panel_get_scrub (gui.panel), ==, 2.5);
  g_autoptr (GChecksum) after = picture ();
  g_assert_cmpstr (g_checksum_get_string (before), ==, g_checksum_get_string (after));
  gui_key (0, XK_F9);
  GUI_WAIT (gui_state (&gui, "lesson"));
}

static void
test_refused (void)
{
  g_autofree char *bad = in_folder ("bad.odelab"), *none = in_folder ("none.odelab");
  g_assert_true (
      g_file_set_contents (bad, "{\"format\": \"odelab-session\",", -1, NULL));
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "44"));
  gui_settle (&gui);
  const char *paths[] = { bad, none };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    gui_act (&gui, "open-path", g_variant_new_string (paths[i]));
    answer ("Discard");
    GUI_WAIT (odl_notice_get_text (odl_window_get_notice (gui.window)) != NULL);
    g_autofree char *name = g_path_get_basename (paths[i]);
    g_assert_nonnull (
        strstr (odl_notice_get_text (odl_window_get_notice (gui.window)), name));
    odl_notice_hide (odl_window_get_notice (gui.window));
    gui_settle (&gui);
    g_assert_true (gui_text_is (&gui, "steps", "44"));
    g_assert_true (odl_document_is_modified (document ()));
  }
}

static void
test_unwritable (void)
{
  g_autofree char *path = in_folder ("no/such/folder.odelab");
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "45"));
  gui_act (&gui, "save-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_busy (document ()));
  GUI_WAIT (odl_notice_get_text (odl_window_get_notice (gui.window)) != NULL);
  g_assert_true (odl_document_is_modified (document ()));
  odl_notice_hide (odl_window_get_notice (gui.window));
}

static void
test_drop (void)
{
  g_autofree char *path = in_folder ("dropped.odelab");
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "27"));
  gui_settle (&gui);
  save_to (path);
  gui_reset (&gui);
  g_assert_true (gui_text_is (&gui, "steps", "15"));
  gui_drop (&gui, path);
  GUI_WAIT (gui_text_is (&gui, "steps", "27"));
  GUI_WAIT (!odl_document_is_busy (document ()));
  g_assert_cmpstr (odl_document_get_path (document ()), ==, path);
}

/* Closing with unsaved work asks; cancel stays, a save that fails stays, saving closes.
 */
static void
test_ask (void)
{
  g_autofree char *path = in_folder ("asked.odelab");
  save_to (path);
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "19"));
  gui_settle (&gui);
  gui_key (XK_Control_L, XK_w);
  answer ("Cancel");
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (gui.window)));
  gui_settle (&gui);
  g_assert_true (gui_text_is (&gui, "steps", "19"));
  gui_key (XK_Control_L, XK_n);
  answer ("Save");
  GUI_WAIT (gui_text_is (&gui, "steps", "15"));
  GUI_WAIT (!odl_document_is_busy (document ()));
  g_assert_null (odl_document_get_path (document ()));
  open_from (path);
  g_assert_true (gui_text_is (&gui, "steps", "19"));
}

/* Another program saves the same file in between: the person decides, and what is
 * replaced becomes the backup. */
static void
test_overtaken (void)
{
  g_autofree char *path = in_folder ("shared.odelab"),
                  *backup = in_folder ("shared.odelab~"), *theirs = NULL, *now = NULL;
  save_to (path);
  json_t *session = odl_session_read (path, NULL);
  json_object_set_new (session, "program", json_string ("theirs"));
  g_assert_true (odl_session_write (session, path, NULL));
  json_decref (session);
  g_assert_true (g_file_get_contents (path, &theirs, NULL, NULL));
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "21"));
  gui_settle (&gui);
  gui_key (XK_Control_L, XK_s);
  answer ("Cancel");
  gui_settle (&gui);
  g_assert_true (g_file_get_contents (path, &now, NULL, NULL));
  g_assert_cmpstr (now, ==, theirs);
  g_assert_true (odl_document_is_modified (document ()));
  gui_key (XK_Control_L, XK_s);
  answer ("Replace");
  GUI_WAIT (!odl_document_is_modified (document ()));
  g_free (g_steal_pointer (&now));
  g_assert_true (g_file_get_contents (backup, &now, NULL, NULL));
  g_assert_cmpstr (now, ==, theirs);
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "22"));
  gui_settle (&gui);
  gui_key (XK_Control_L, XK_s);
  GUI_WAIT (!odl_document_is_modified (document ()));
  g_assert_null (odl_window_get_question (gui.window));
}

static void
export_all (const char *path)
{
  gui_act (&gui, "export-path", g_variant_new_string (path));
  GUI_WAIT (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
expect_start (const char *path, const char *magic)
{
  g_autofree char *data = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpuint (length, >, 100);
  g_assert_true (strncmp (data, magic, strlen (magic)) == 0);
}

static void
test_export (void)
{
  static const struct {
    const char *name, *magic;
  } files[] = {
    { "a.png", "\x89PNG" }, { "a.svg", "<?xml" }, { "a.pdf", "%PDF" }, { "a.csv", "" }
  };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = in_folder (files[i].name);
    export_all (path);
    expect_start (path, files[i].magic);
  }
  g_autofree char *plot = in_folder ("plot.png"), *bad = in_folder ("no/plot.png");
  gui_act (&gui, "export-plot", g_variant_new ("(ss)", "phase", plot));
  GUI_WAIT (g_file_test (plot, G_FILE_TEST_EXISTS));
  g_autoptr (GdkTexture) written = gdk_texture_new_from_filename (plot, NULL);
  g_autoptr (GdkTexture) seen
      = odl_plot_area_to_texture (ODL_PLOT_AREA (gui_plot (&gui, "phase")), 1);
  int width, height, seen_width, seen_height;
  g_autofree guint32 *a = gui_pixels (written, &width, &height);
  g_autofree guint32 *b = gui_pixels (seen, &seen_width, &seen_height);
  /* What you export is what you see, but for the frame round it. */
  g_assert_cmpint (width, ==, seen_width);
  g_assert_cmpint (height, ==, seen_height);
  guint blue_a = 0, blue_b = 0;
  for (int i = 0; i < width * height; i++) {
    blue_a += (a[i] & 0xffffff) == 0x0072b2;
    blue_b += (b[i] & 0xffffff) == 0x0072b2;
  }
  g_assert_cmpuint (blue_a, >, 200);
  g_assert_cmpfloat_with_epsilon (blue_a, blue_b, 0.1 * blue_b);
  gui_act (&gui, "export-plot", g_variant_new ("(ss)", "phase", bad));
  GUI_WAIT (odl_notice_get_text (odl_window_get_notice (gui.window)) != NULL);
  odl_notice_hide (odl_window_get_notice (gui.window));
}

static void
on_texture (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GdkTexture **)data
      = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **)data
      = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_copy (void)
{
  GtkWidget *phase = gui_plot (&gui, "phase");
  GdkClipboard *clipboard = gtk_widget_get_clipboard (phase);
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *text = NULL;
  gtk_widget_grab_focus (phase);
  gui_key (XK_Control_L, XK_c);
  GUI_WAIT (gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard),
                                               GDK_TYPE_TEXTURE));
  gdk_clipboard_read_texture_async (clipboard, NULL, on_texture, &texture);
  GUI_WAIT (texture != NULL);
  g_assert_cmpint (gdk_texture_get_width (texture), ==,
                   2 * gtk_widget_get_width (phase));
  gtk_widget_activate_action (phase, "plot.copy-data", NULL);
  gdk_clipboard_read_text_async (clipboard, NULL, on_text, &text);
  GUI_WAIT (text != NULL);
  g_assert_nonnull (strstr (text, "Euler"));
}

static void
test_screenshot (void)
{
  g_autofree char *path = in_folder ("window.png");
  gui_act (&gui, "screenshot", g_variant_new_string (path));
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_filename (path, NULL);
  g_assert_nonnull (texture);
  g_assert_cmpint (gdk_texture_get_width (texture), >, 600);
}

static void
set_up (gconstpointer test)
{
  gui_reset (&gui);
  ((void (*) (void))test) ();
}

int
main (int argc, char **argv)
{
  gui_start (&gui, &argc, &argv);
  folder = g_dir_make_tmp ("odelab-gui-XXXXXX", NULL);
  static const struct {
    const char *name;
    void (*run) (void);
  } tests[] = {
    { "/files/save-and-open", test_save_and_open },
    { "/files/refused", test_refused },
    { "/files/unwritable", test_unwritable },
    { "/files/drop", test_drop },
    { "/files/ask", test_ask },
    { "/files/overtaken", test_overtaken },
    { "/files/export", test_export },
    { "/files/copy", test_copy },
    { "/files/screenshot", test_screenshot },
  };
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].name, (gconstpointer)tests[i].run, set_up);
  int status = g_test_run ();
  gui_stop (&gui);
  gui_remove_folder (folder);
  g_free (folder);
  return status;
}
