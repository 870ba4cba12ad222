/* What stands around the plots: file choosers, the export dialog, recent sessions, a
 * file dropped from elsewhere, full screen, less motion, names for those who hear.
 * SPDX-License-Identifier: MIT */
#include "gui.h"

#include <math.h>
#include <string.h>

#include "session.h"

/* Whole call chains with every allocation, for AddressSanitizer: what the libraries of
 * the file chooser keep is known by its caller, a few frames up. */
const char *__asan_default_options (void);
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

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

/* ---- Windows beside ours ---- */

/* The one of this type that is shown, or NULL. */
static GtkWidget *
find_window (GType type)
{
  GListModel *all = gtk_window_get_toplevels ();
  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkWidget) one = g_list_model_get_item (all, i);
    if (one != GTK_WIDGET (gui.window) && gtk_widget_get_mapped (one)
        && G_TYPE_CHECK_INSTANCE_TYPE (one, type))
      return one;
  }
  return NULL;
}

static GtkWidget *
wait_window (GType type)
{
  GtkWidget *window;
  GUI_WAIT ((window = find_window (type)) != NULL);
  gui_wait_frame (window);
  gui_focus_on (window);
  return window;
}

static gboolean
press_return (gpointer data)
{
  if (find_window (GTK_TYPE_FILE_CHOOSER_DIALOG))
    gui_key (0, XK_Return);
  return G_SOURCE_CONTINUE;
}

/* Types a whole path into the file chooser and enters it: again where it was still
 * reading the folder and took no notice. */
static void
choose_path (const char *path)
{
  GtkWidget *chooser = wait_window (GTK_TYPE_FILE_CHOOSER_DIALOG);
  gboolean opens = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (chooser))
                   == GTK_FILE_CHOOSER_ACTION_OPEN;
  /* To open, the stroke brings the entry; to save, it is there with a name in it. */
  gui_key (XK_Control_L, opens ? XK_l : XK_a);
  gui_type (path);
  gui_wait_text (chooser, path);
  press_return (NULL);
  guint again = g_timeout_add (300, press_return, NULL);
  GUI_WAIT (find_window (GTK_TYPE_FILE_CHOOSER_DIALOG) == NULL);
  g_source_remove (again);
  gui_focus (&gui);
}

static void
escape (GType type)
{
  wait_window (type);
  gui_key (0, XK_Escape);
  GUI_WAIT (find_window (type) == NULL);
  gui_focus (&gui);
}

/* ---- Saving and opening ---- */

/* Ctrl+S in a new session asks where, and ends the name; Ctrl+O brings it back. */
static void
test_save_and_open (void)
{
  g_autofree char *path = in_folder ("chosen.odelab"), *other = in_folder ("other");
  g_autofree char *other_path = g_strconcat (other, ".odelab", NULL);
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "33"));
  gui_settle (&gui);
  gui_key (XK_Control_L, XK_s);
  choose_path (path);
  GUI_WAIT (!odl_document_is_modified (document ()));
  g_assert_cmpstr (odl_document_get_path (document ()), ==, path);
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "34"));
  gui_settle (&gui);
  gui_hold (XK_Shift_L, TRUE);
  gui_key (XK_Control_L, XK_s);
  gui_hold (XK_Shift_L, FALSE);
  choose_path (other);
  GUI_WAIT (!odl_document_is_modified (document ()));
  g_assert_cmpstr (odl_document_get_path (document ()), ==, other_path);
  gui_key (XK_Control_L, XK_o);
  choose_path (path);
  GUI_WAIT (gui_text_is (&gui, "steps", "33"));
  GUI_WAIT (!odl_document_is_busy (document ()));
  g_assert_cmpstr (odl_document_get_path (document ()), ==, path);
}

/* A chooser that is left changes nothing. */
static void
test_cancelled (void)
{
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "35"));
  gui_settle (&gui);
  gui_key (XK_Control_L, XK_s);
  escape (GTK_TYPE_FILE_CHOOSER_DIALOG);
  g_assert_true (odl_document_is_modified (document ()));
  g_assert_null (odl_document_get_path (document ()));
  gui_key (XK_Control_L, XK_o);
  escape (GTK_TYPE_FILE_CHOOSER_DIALOG);
  g_assert_true (gui_text_is (&gui, "steps", "35"));
  gui_key (XK_Control_L, XK_q);
  GtkWidget *question;
  GUI_WAIT ((question = odl_window_get_question (gui.window)) != NULL);
  gui_focus_on (question);
  gui_key (0, XK_Escape);
  GUI_WAIT (odl_window_get_question (gui.window) == NULL);
  gui_focus (&gui);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (gui.window)));
}

/* ---- Exporting ---- */

static GtkWidget *
row_of (GtkWidget *dialog, const char *title)
{
  GtkWidget *label = gui_find (dialog, GTK_TYPE_LABEL, title);
  g_assert_nonnull (label);
  return gtk_label_get_mnemonic_widget (GTK_LABEL (label));
}

static void
pick_row (GtkWidget *dialog, const char *title, const char *choice)
{
  GtkWidget *drop = row_of (dialog, title);
  GtkWidget *popover = gui_find (drop, GTK_TYPE_POPOVER, NULL);
  gui_click_middle (drop);
  GUI_WAIT (gtk_widget_get_mapped (popover));
  gui_wait_frame (popover);
  gui_click_middle (gui_find (popover, GTK_TYPE_LABEL, choice));
  GUI_WAIT (!gtk_widget_get_mapped (popover));
  gui_wait_frame (dialog);
  gui_focus_on (dialog);
}

/* Exports by Ctrl+E, the rows of the dialog, and a path without its ending. */
static void
export_by_hand (const char *plot, const char *format, const char *scale,
                const char *path)
{
  gui_key (XK_Control_L, XK_e);
  GtkWidget *dialog = wait_window (GTK_TYPE_WINDOW);
  pick_row (dialog, "What", plot);
  pick_row (dialog, "Format", format);
  g_assert_cmpint (gtk_widget_get_mapped (row_of (dialog, "Scale")), ==, scale != NULL);
  if (scale)
    pick_row (dialog, "Scale", scale);
  gui_click_middle (gui_find (dialog, GTK_TYPE_BUTTON, "Export…"));
  choose_path (path);
}

static void
test_export (void)
{
  static const struct {
    const char *plot, *format, *scale, *ending, *magic;
  } files[] = { { "Phase plane", "PNG image", "1 ×", ".png", "\x89PNG" },
                { "Phase plane", "PNG image", "3 ×", ".png", "\x89PNG" },
                { "Phase plane", "SVG drawing", NULL, ".svg", "<?xml" },
                { "Whole panel", "PDF document", NULL, ".pdf", "%PDF" },
                { "Phase plane", "CSV data", NULL, ".csv", "series,x,y" } };
  GtkWidget *phase = gui_plot (&gui, "phase");
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *name = g_strdup_printf ("exported%u", i), *text = NULL;
    g_autofree char *bare = in_folder (name);
    g_autofree char *path = g_strconcat (bare, files[i].ending, NULL);
    gsize length = 0;
    export_by_hand (files[i].plot, files[i].format, files[i].scale, bare);
    GUI_WAIT (g_file_test (path, G_FILE_TEST_EXISTS));
    g_assert_true (g_file_get_contents (path, &text, &length, NULL));
    g_assert_cmpuint (length, >, 100);
    g_assert_true (g_str_has_prefix (text, files[i].magic));
    if (files[i].scale) {
      g_autoptr (GdkTexture) written = gdk_texture_new_from_filename (path, NULL);
      g_assert_cmpint (gdk_texture_get_width (written), ==,
                       gtk_widget_get_width (phase)
                           * (int)g_ascii_strtoll (files[i].scale, NULL, 10));
    }
  }
  gui_key (XK_Control_L, XK_e);
  escape (GTK_TYPE_WINDOW);
}

/* ---- Recent, dropped ---- */

static gboolean
is_recent (const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  return gtk_recent_manager_has_item (gtk_recent_manager_get_default (), uri);
}

/* What was saved is in the menu's list, and one click opens it; the keys work again. */
static void
test_recent (void)
{
  g_autofree char *path = in_folder ("yesterday.odelab");
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "36"));
  gui_settle (&gui);
  gui_act (&gui, "save-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_modified (document ()));
  GUI_WAIT (is_recent (path));
  gui_reset (&gui);
  gui_key (0, XK_F10);
  GtkWidget *menu = NULL, *item = NULL;
  GUI_WAIT ((menu = gui_find (GTK_WIDGET (gui.window), GTK_TYPE_POPOVER_MENU, NULL))
            && gtk_widget_get_mapped (menu));
  gui_wait_frame (menu);
  gui_click_middle (gui_find (menu, GTK_TYPE_LABEL, "Open Recent"));
  GUI_WAIT ((item = gui_find (menu, GTK_TYPE_LABEL, "yesterday.odelab"))
            && gtk_widget_get_mapped (item) && gtk_widget_get_child_visible (item));
  gui_wait_frame (menu);
  gui_click_middle (item);
  GUI_WAIT (gui_text_is (&gui, "steps", "36"));
  g_assert_cmpstr (odl_document_get_path (document ()), ==, path);
  gui_settle (&gui);
  gboolean lesson = gui_state (&gui, "lesson");
  gui_key (0, XK_F9);
  GUI_WAIT (gui_state (&gui, "lesson") != lesson);
  gui_key (0, XK_F9);
  GUI_WAIT (gui_state (&gui, "lesson") == lesson);
}

/* Another window, a file of which is dragged into ours with the pointer. */
static void
test_drop (void)
{
  g_autofree char *path = in_folder ("carried.odelab");
  gui_act (&gui, "set", g_variant_new ("(ss)", "steps", "37"));
  gui_settle (&gui);
  gui_act (&gui, "save-path", g_variant_new_string (path));
  GUI_WAIT (!odl_document_is_modified (document ()));
  gui_reset (&gui);
  GtkWidget *other = gtk_window_new (), *label = gtk_label_new ("a file");
  GtkDragSource *source = gtk_drag_source_new ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GSList) list = g_slist_prepend (NULL, file);
  g_autoptr (GdkContentProvider) content
      = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  gtk_drag_source_set_content (source, content);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (source));
  gtk_window_set_default_size (GTK_WINDOW (other), 120, 120);
  gtk_window_set_child (GTK_WINDOW (other), label);
  gtk_window_present (GTK_WINDOW (other));
  GUI_WAIT (gtk_widget_get_mapped (label));
  gui_wait_frame (other);
  gui_drag (label, 30, 20, 700, 500, 1, 0);
  GUI_WAIT (gui_text_is (&gui, "steps", "37"));
  GUI_WAIT (!odl_document_is_busy (document ()));
  g_assert_cmpstr (odl_document_get_path (document ()), ==, path);
  gtk_window_destroy (GTK_WINDOW (other));
  gui_focus (&gui);
}

/* ---- Manners ---- */

/* F11 fills the screen and gives it back; the action says what the window is, also
 * where the window manager decides by itself. */
static void
test_fullscreen (void)
{
  GtkWindow *window = GTK_WINDOW (gui.window);
  g_assert_false (gui_state (&gui, "fullscreen"));
  gui_key (0, XK_F11);
  gui_manage_fullscreen (&gui, TRUE);
  GUI_WAIT (gtk_window_is_fullscreen (window) && gui_state (&gui, "fullscreen"));
  gui_key (0, XK_F11);
  gui_manage_fullscreen (&gui, FALSE);
  GUI_WAIT (!gtk_window_is_fullscreen (window) && !gui_state (&gui, "fullscreen"));
}

static void
set_animations (gboolean on)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", on, NULL);
}

/* Plays from t = 0 until it has moved; by how much, as a part of the range. */
static double
first_move (void)
{
  const OdlFrame *frame = odl_panel_get_frame (gui.panel);
  gui_act (&gui, "scrub", g_variant_new_double (0));
  gui_settle (&gui);
  gui_act (&gui, "play", NULL);
  GUI_WAIT (odl_panel_get_scrub (gui.panel) > 0);
  double moved = odl_panel_get_scrub (gui.panel);
  gui_act (&gui, "play", NULL);
  GUI_WAIT (!gui_state (&gui, "play"));
  return moved / (frame->scrub_max - frame->scrub_min);
}

/* Playing is smooth, but where the desktop asks for less motion it goes in a dozen
 * steps. */
static void
test_less_motion (void)
{
  set_animations (TRUE);
  double smooth = first_move ();
  set_animations (FALSE);
  double calm = first_move ();
  g_test_message ("parts of the range a move: %g smoothly, %g calmly", smooth, calm);
  g_assert_cmpfloat (smooth, <, 0.03);
  g_assert_cmpfloat_with_epsilon (calm, 1.0 / 12, 1e-9);
}

/* ---- For those who hear ---- */

static gboolean
is_described (OdlPlotArea *area)
{
  const OdlPlot *plot = odl_plot_area_get_plot (area);
  GtkAccessible *one = GTK_ACCESSIBLE (area);
  g_autofree char *name = gtk_test_accessible_check_property (
      one, GTK_ACCESSIBLE_PROPERTY_LABEL, odl_plot_title (plot));
  g_autofree char *summary = gtk_test_accessible_check_property (
      one, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, odl_plot_get_summary (plot));
  return name == NULL && summary == NULL;
}

/* Every plot of every panel has its title for a name and says in words what it shows.
 */
static void
test_described (void)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  for (guint i = 0; i < n; i++) {
    gui_act (&gui, "panel", g_variant_new_string (all[i]->id));
    gui_settle (&gui);
    OdlPlotPage *page = odl_panel_get_page (gui.panel);
    g_assert_cmpuint (odl_plot_page_n_areas (page), >, 0);
    for (guint k = 0; k < odl_plot_page_n_areas (page); k++) {
      OdlPlotArea *area = odl_plot_page_area (page, k);
      const char *title = odl_plot_title (odl_plot_area_get_plot (area));
      const char *summary = odl_plot_get_summary (odl_plot_area_get_plot (area));
      g_test_message ("%s, %s: %s", all[i]->id, title, summary);
      g_assert_cmpuint (strlen (title), >, 3);
      g_assert_nonnull (summary);
      g_assert_cmpuint (strlen (summary), >, 10);
      GUI_WAIT (is_described (area));
    }
  }
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
    { "/dialogs/save-and-open", test_save_and_open },
    { "/dialogs/cancelled", test_cancelled },
    { "/dialogs/export", test_export },
    { "/dialogs/recent", test_recent },
    { "/dialogs/drop", test_drop },
    { "/dialogs/fullscreen", test_fullscreen },
    { "/dialogs/less-motion", test_less_motion },
    { "/dialogs/described", test_described },
  };
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].name, (gconstpointer)tests[i].run, set_up);
  int status = g_test_run ();
  gui_stop (&gui);
  gui_remove_folder (folder);
  g_free (folder);
  return status;
}
