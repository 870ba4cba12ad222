/* Driving the real window.
 * SPDX-License-Identifier: MIT
 *
 * Events come from a second X connection by XTEST, so they take the whole way: server,
 * GDK, event compression, gestures. Waiting is always for a condition, with the main
 * loop running; a timer only makes it look again. */
#include "gui.h"

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <gdk/x11/gdkx.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Display *display;

/* ---- Waiting ---- */

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

GuiDeadline
gui_deadline_new (void)
{
  return (GuiDeadline){ g_get_monotonic_time () + 60 * G_USEC_PER_SEC,
                        g_timeout_add (10, look_again, NULL) };
}

gboolean
gui_deadline_iterate (GuiDeadline *deadline)
{
  g_main_context_iteration (NULL, TRUE);
  return g_get_monotonic_time () < deadline->end_us;
}

void
gui_deadline_clear (GuiDeadline *deadline)
{
  g_source_remove (deadline->source);
}

static void
on_paint (GdkFrameClock *clock, int *n)
{
  (*n)++;
}

void
gui_wait_frame (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  int n = 0;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (on_paint), &n);
  gtk_widget_queue_draw (widget);
  GUI_WAIT (n >= 1);
  g_signal_handler_disconnect (clock, id);
}

/* ---- Life ---- */

/* The frame answers what the panel posted and shows what was loaded last. */
static gboolean
is_settled (Gui *gui)
{
  const OdlFrame *frame = odl_panel_get_frame (gui->panel);
  OdlDocument *document = odl_window_get_document (gui->window);
  return frame && !frame->busy && frame->command >= odl_panel_get_sent (gui->panel)
         && frame->command >= odl_document_get_loaded (document);
}

void
gui_settle (Gui *gui)
{
  gui->panel = odl_window_get_shown (gui->window);
  GUI_WAIT (is_settled (gui));
  gui_wait_frame (GTK_WIDGET (gui->window));
}

void
gui_start (Gui *gui, int *argc, char ***argv)
{
  if (!g_getenv ("DISPLAY"))
    exit (77);
  gtk_test_init (argc, argv, NULL);
  display = XOpenDisplay (NULL);
  g_assert_nonnull (display);
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE,
                "gtk-cursor-blink", FALSE, NULL);
  gui->application = odl_application_new ();
  g_assert_true (g_application_register (G_APPLICATION (gui->application), NULL, NULL));
  g_application_activate (G_APPLICATION (gui->application));
  gui->window = ODL_WINDOW (
      gtk_application_get_active_window (GTK_APPLICATION (gui->application)));
  GUI_WAIT (gtk_widget_get_mapped (GTK_WIDGET (gui->window)));
  GUI_WAIT (gtk_window_is_active (GTK_WINDOW (gui->window)));
  gui_settle (gui);
}

void
gui_stop (Gui *gui)
{
  gtk_window_destroy (GTK_WINDOW (gui->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (gui->application);
  XCloseDisplay (display);
}

void
gui_remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_unlink (file);
  }
  g_rmdir (path);
}

static void
on_begun (gpointer data, const json_t *view, const GError *error)
{
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

void
gui_reset (Gui *gui)
{
  gboolean begun = FALSE;
  gui_act (gui, "panel", g_variant_new_string ("solvers"));
  odl_document_begin (odl_window_get_document (gui->window), on_begun, &begun);
  GUI_WAIT (begun);
  odl_panel_load_view (odl_window_get_panel (gui->window, "solvers"), NULL);
  gui_park (gui);
  gui_settle (gui);
}

/* ---- Hands ---- */

/* A point of a widget on the screen. */
static void
on_screen (GtkWidget *widget, double x, double y, int *screen_x, int *screen_y)
{
  GtkNative *native = gtk_widget_get_native (widget);
  double surface_x, surface_y;
  int window_x, window_y;
  Window child;
  graphene_point_t point;
  g_assert_true (gtk_widget_compute_point (
      widget, GTK_WIDGET (native), &GRAPHENE_POINT_INIT ((float)x, (float)y), &point));
  gtk_native_get_surface_transform (native, &surface_x, &surface_y);
  XTranslateCoordinates (
      display, gdk_x11_surface_get_xid (gtk_native_get_surface (native)),
      DefaultRootWindow (display), 0, 0, &window_x, &window_y, &child);
  *screen_x = (int)lround (window_x + (double)point.x + surface_x);
  *screen_y = (int)lround (window_y + (double)point.y + surface_y);
}

void
gui_move (GtkWidget *widget, double x, double y)
{
  int screen_x, screen_y;
  on_screen (widget, x, y, &screen_x, &screen_y);
  XTestFakeMotionEvent (display, -1, screen_x, screen_y, CurrentTime);
  XSync (display, False);
}

void
gui_button (guint button, gboolean down)
{
  XTestFakeButtonEvent (display, button, down, CurrentTime);
  XSync (display, False);
}

void
gui_hold (KeySym key, gboolean down)
{
  XTestFakeKeyEvent (display, XKeysymToKeycode (display, key), down, CurrentTime);
  XSync (display, False);
}

void
gui_click (GtkWidget *widget, double x, double y, guint button, KeySym modifier)
{
  gui_move (widget, x, y);
  if (modifier)
    gui_hold (modifier, TRUE);
  gui_button (button, TRUE);
  gui_button (button, FALSE);
  if (modifier)
    gui_hold (modifier, FALSE);
}

void
gui_click_middle (GtkWidget *widget)
{
  GUI_WAIT (gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0);
  gui_click (widget, gtk_widget_get_width (widget) / 2.0,
             gtk_widget_get_height (widget) / 2.0, 1, 0);
}

void
gui_drag (GtkWidget *widget, double x0, double y0, double x1, double y1, guint button,
          KeySym modifier)
{
  gui_move (widget, x0, y0);
  if (modifier)
    gui_hold (modifier, TRUE);
  gui_button (button, TRUE);
  for (int i = 1; i <= 8; i++) {
    gui_move (widget, x0 + (x1 - x0) * i / 8, y0 + (y1 - y0) * i / 8);
    gui_wait_frame (widget);
  }
  gui_button (button, FALSE);
  if (modifier)
    gui_hold (modifier, FALSE);
}

void
gui_wheel (GtkWidget *widget, double x, double y, int clicks)
{
  guint button = clicks < 0 ? 4 : 5;
  gui_move (widget, x, y);
  gui_wait_frame (widget);
  for (int i = 0; i < abs (clicks); i++) {
    gui_button (button, TRUE);
    gui_button (button, FALSE);
  }
}

void
gui_key (KeySym modifier, KeySym key)
{
  if (modifier)
    gui_hold (modifier, TRUE);
  gui_hold (key, TRUE);
  gui_hold (key, FALSE);
  if (modifier)
    gui_hold (modifier, FALSE);
}

/* Letters, digits and what equations need, on the keyboard of Xvfb (US). */
void
gui_type (const char *text)
{
  static const char shifted[] = "+*()^_:\"<>?!@#$%&";
  for (; *text; text++) {
    KeySym key = *text == '\n' ? XK_Return : (KeySym)(guchar)*text;
    gboolean shift = g_ascii_isupper (*text) || strchr (shifted, *text) != NULL;
    gui_key (shift ? XK_Shift_L : 0, key);
  }
}

/* Opens what is folded away. */
static void
unfold (GtkWidget *root)
{
  if (GTK_IS_EXPANDER (root))
    gtk_expander_set_expanded (GTK_EXPANDER (root), TRUE);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    unfold (child);
}

void
gui_enter (Gui *gui, const char *key, const char *text)
{
  GtkWidget *entry = gui_control (gui, key, GTK_TYPE_ENTRY);
  unfold (GTK_WIDGET (odl_panel_get_controls (gui->panel)));
  GUI_WAIT (gtk_widget_get_mapped (entry));
  gtk_widget_grab_focus (entry);
  gui_key (XK_Control_L, XK_a);
  gui_type (text);
  gui_key (0, XK_Return);
  GUI_WAIT (gui_text_is (gui, key, text));
  gui_settle (gui);
}

void
gui_press (Gui *gui, const char *label)
{
  GtkWidget *controls = GTK_WIDGET (odl_panel_get_controls (gui->panel));
  GtkWidget *button = gui_find (controls, GTK_TYPE_BUTTON, label);
  g_assert_nonnull (button);
  gtk_widget_grab_focus (button);
  gui_key (0, XK_Return);
}

static Window
xid_of (GtkWidget *window)
{
  return gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (window)));
}

void
gui_focus_on (GtkWidget *window)
{
  XSetInputFocus (display, xid_of (window), RevertToParent, CurrentTime);
  XSync (display, False);
  GUI_WAIT (gtk_window_is_active (GTK_WINDOW (window)));
}

void
gui_focus (Gui *gui)
{
  gui_focus_on (GTK_WIDGET (gui->window));
}

static gboolean
has_text (GtkWidget *window, const char *text)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
  return GTK_IS_EDITABLE (focus)
         && g_str_equal (gtk_editable_get_text (GTK_EDITABLE (focus)), text);
}

void
gui_wait_text (GtkWidget *window, const char *text)
{
  GUI_WAIT (has_text (window, text));
}

/* The window has asked the root for this state (1: add, 0: remove). */
static gboolean
has_wished (Window window, Atom state, long add)
{
  XEvent event;
  while (XCheckTypedEvent (display, ClientMessage, &event))
    if (event.xclient.window == window && event.xclient.data.l[0] == add
        && (Atom)event.xclient.data.l[1] == state)
      return TRUE;
  return FALSE;
}

void
gui_manage_fullscreen (Gui *gui, gboolean fill)
{
  Window window = xid_of (GTK_WIDGET (gui->window));
  Atom states = XInternAtom (display, "_NET_WM_STATE", False);
  Atom full = XInternAtom (display, "_NET_WM_STATE_FULLSCREEN", False);
  gboolean wished = FALSE;
  GUI_WAIT ((wished = wished || has_wished (window, full, fill)));
  XChangeProperty (display, window, states, XA_ATOM, 32, PropModeReplace,
                   (const guchar *)&full, fill ? 1 : 0);
  XSync (display, False);
}

void
gui_park (Gui *gui)
{
  gui_move (GTK_WIDGET (gui->window), 330, 24);
}

/* ---- Finding ---- */

GtkWidget *
gui_plot (Gui *gui, const char *id)
{
  OdlPlotArea *area = odl_plot_page_find (odl_panel_get_page (gui->panel), id);
  g_assert_nonnull (area);
  return GTK_WIDGET (area);
}

static OdlPick
pick (GtkWidget *plot, double px, double py)
{
  OdlPlotArea *area = ODL_PLOT_AREA (plot);
  OdlRect rect = { 0, 0, gtk_widget_get_width (plot), gtk_widget_get_height (plot) };
  OdlTheme theme;
  odl_plot_area_get_theme (area, &theme);
  return odl_plot_pick (odl_plot_area_get_plot (area), &rect,
                        odl_plot_area_get_view (area), &theme, px, py);
}

gboolean
gui_find_pick (GtkWidget *plot, OdlPickKind kind, const char *deed, int index,
               double *px, double *py)
{
  const int width = gtk_widget_get_width (plot), height = gtk_widget_get_height (plot);
  for (int y = 6; y < height; y += 6)
    for (int x = 6; x < width; x += 6) {
      const OdlPick found = pick (plot, x, y);
      if (found.kind != kind
          || (deed && (found.index != index || !g_str_equal (found.action, deed))))
        continue;
      *px = x;
      *py = y;
      return TRUE;
    }
  return FALSE;
}

void
gui_pixel_of (GtkWidget *plot, double x, double y, double *px, double *py)
{
  double width = gtk_widget_get_width (plot), height = gtk_widget_get_height (plot);
  OdlPick a = pick (plot, 0.3 * width, 0.3 * height);
  OdlPick b = pick (plot, 0.7 * width, 0.7 * height);
  *px = width * (0.3 + 0.4 * (x - a.x) / (b.x - a.x));
  *py = height * (0.3 + 0.4 * (y - a.y) / (b.y - a.y));
}

static gboolean
is_labelled (GtkWidget *widget, const char *label)
{
  const char *text = GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget))
                     : GTK_IS_CHECK_BUTTON (widget)
                         ? gtk_check_button_get_label (GTK_CHECK_BUTTON (widget))
                     : GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget))
                                             : NULL;
  if (text == NULL)
    return FALSE;
  g_autofree char *plain = g_strdup (text);
  for (char *from = plain, *to = plain;; from++)
    if (*from != '_' && !(*to++ = *from))
      break;
  return g_str_equal (plain, label);
}

GtkWidget *
gui_find (GtkWidget *root, GType type, const char *label)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type)
      && (label == NULL || is_labelled (root, label)))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = gui_find (child, type, label);
    if (found)
      return found;
  }
  return NULL;
}

GtkWidget *
gui_control (Gui *gui, const char *key, GType type)
{
  const OdlControl *control
      = odl_controls_find (odl_panel_get_controls (gui->panel), key);
  g_assert_nonnull (control);
  GtkWidget *found = gui_find (control->root, type, NULL);
  g_assert_nonnull (found);
  return found;
}

const OdlValues *
gui_values (Gui *gui)
{
  return odl_panel_get_frame (gui->panel)->values;
}

gboolean
gui_text_is (Gui *gui, const char *key, const char *text)
{
  const OdlValues *values = gui_values (gui);
  int index = odl_values_find (values, key, NULL);
  g_assert_cmpint (index, >=, 0);
  g_autofree char *present
      = odl_value_to_text (&values->settings[index], &values->values[index]);
  return g_str_equal (present, text);
}

/* ---- Actions and pixels ---- */

void
gui_act (Gui *gui, const char *action, GVariant *argument)
{
  g_assert_true (g_action_group_has_action (G_ACTION_GROUP (gui->window), action));
  g_action_group_activate_action (G_ACTION_GROUP (gui->window), action, argument);
  gui->panel = odl_window_get_shown (gui->window);
}

void
gui_show (Gui *gui, const char *panel)
{
  gui_act (gui, "panel", g_variant_new_string (panel));
  GUI_WAIT (g_str_equal (odl_panel_get_class (odl_window_get_shown (gui->window))->id,
                         panel));
  gui_settle (gui);
}

void
gui_put (Gui *gui, const char *key, const char *text)
{
  gui_act (gui, "set", g_variant_new ("(ss)", key, text));
}

static GtkDropTarget *
drop_target (Gui *gui)
{
  g_autoptr (GListModel) all
      = gtk_widget_observe_controllers (GTK_WIDGET (gui->window));
  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GObject) one = g_list_model_get_item (all, i);
    if (GTK_IS_DROP_TARGET (one))
      return GTK_DROP_TARGET (one);
  }
  g_assert_not_reached ();
}

/* XTEST has no drag between programs: what GDK tells the target is told it here. */
void
gui_drop (Gui *gui, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GSList) list = g_slist_prepend (NULL, file);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, list);
  g_signal_emit_by_name (drop_target (gui), "drop", &value, 10.0, 10.0, &taken);
  g_assert_true (taken);
}

gboolean
gui_enabled (Gui *gui, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (gui->window), action);
}

gboolean
gui_state (Gui *gui, const char *action)
{
  g_autoptr (GVariant) state
      = g_action_group_get_action_state (G_ACTION_GROUP (gui->window), action);
  return g_variant_get_boolean (state);
}

guint32 *
gui_pixels (GdkTexture *texture, int *width, int *height)
{
  g_assert_nonnull (texture);
  *width = gdk_texture_get_width (texture);
  *height = gdk_texture_get_height (texture);
  guint32 *pixels = g_new (guint32, (gsize)*width * (gsize)*height);
  gdk_texture_download (texture, (guchar *)pixels, (gsize)*width * 4);
  return pixels;
}

static gboolean
is_near (guint32 pixel, guint32 rgb, int tolerance)
{
  for (int shift = 0; shift < 24; shift += 8)
    if (abs ((int)(pixel >> shift & 255) - (int)(rgb >> shift & 255)) > tolerance)
      return FALSE;
  return TRUE;
}

guint
gui_count (GtkWidget *plot, guint32 rgb, int tolerance)
{
  g_autoptr (GdkTexture) texture = odl_plot_area_to_texture (ODL_PLOT_AREA (plot), 1);
  int width, height;
  g_autofree guint32 *pixels = gui_pixels (texture, &width, &height);
  guint n = 0;
  for (int i = 0; i < width * height; i++)
    n += is_near (pixels[i], rgb, tolerance);
  return n;
}
