/* The window: header and panels.
 * SPDX-License-Identifier: MIT
 *
 * Which panel is shown, what the header says of it, and how the parts of the window are
 * put together. How frames come to the screen is in window-frames.c. */
#include "window-inside.h"

#include <glib-unix.h>

G_DEFINE_FINAL_TYPE (OdlWindow, odl_window, ADW_TYPE_APPLICATION_WINDOW)

#define AUTOSAVE_SECONDS 20

/* ---- Panels ---- */

OdlPanel *
odl_window_get_shown (OdlWindow *window)
{
  g_return_val_if_fail (ODL_IS_WINDOW (window), NULL);
  GtkWidget *child = adw_view_stack_get_visible_child (ADW_VIEW_STACK (window->stack));
  return child ? ODL_PANEL (child) : NULL;
}

OdlPanel *
odl_window_get_panel (OdlWindow *window, const char *id)
{
  g_return_val_if_fail (ODL_IS_WINDOW (window) && id != NULL, NULL);
  GtkWidget *child
      = adw_view_stack_get_child_by_name (ADW_VIEW_STACK (window->stack), id);
  return child ? ODL_PANEL (child) : NULL;
}

OdlDocument *
odl_window_get_document (OdlWindow *window)
{
  g_return_val_if_fail (ODL_IS_WINDOW (window), NULL);
  return window->document;
}

OdlNotice *
odl_window_get_notice (OdlWindow *window)
{
  g_return_val_if_fail (ODL_IS_WINDOW (window), NULL);
  return ODL_NOTICE (window->notice);
}

GtkWidget *
odl_window_get_question (OdlWindow *window)
{
  g_return_val_if_fail (ODL_IS_WINDOW (window), NULL);
  return window->question;
}

guint
odl_window_shown_index (OdlWindow *window)
{
  guint index = 0;
  g_ptr_array_find (window->panels, odl_window_get_shown (window), &index);
  return index;
}

void
odl_window_show_panel (OdlWindow *window, const char *id)
{
  if (odl_window_get_panel (window, id))
    adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (window->stack), id);
  else
    odl_window_say (window, "There is no panel “%s”", id);
}

/* ---- Words ---- */

void
odl_window_say (OdlWindow *window, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *safe = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (safe);
  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (window->toasts), toast);
}

static void
update_title (OdlWindow *window)
{
  g_autofree char *name = odl_document_get_name (window->document);
  gboolean modified = odl_document_is_modified (window->document);
  g_autofree char *dotted = g_strconcat (modified ? "• " : "", name, NULL);
  g_autofree char *title = g_strconcat (dotted, " — Odelab", NULL);
  const char *path = odl_document_get_path (window->document);
  const char *state = modified ? "not saved" : path ? "saved" : "new session";
  gtk_window_set_title (GTK_WINDOW (window), title);
  adw_window_title_set_title (ADW_WINDOW_TITLE (window->title), dotted);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (window->title), state);
  gtk_label_set_text (GTK_LABEL (window->name), dotted);
  gtk_widget_set_tooltip_text (window->name, path ? path : state);
}

void
odl_window_update (OdlWindow *window)
{
  OdlPanel *panel = odl_window_get_shown (window);
  gboolean many = window->panels->len > 1;
  if (panel == NULL)
    return;
  gboolean narrow = odl_sides_is_narrow (odl_panel_get_sides (panel));
  update_title (window);
  gtk_stack_set_visible_child (GTK_STACK (window->head_stack),
                               many && !narrow ? window->switcher : window->title);
  gtk_widget_set_visible (window->name, many && !narrow);
  adw_view_switcher_bar_set_reveal (ADW_VIEW_SWITCHER_BAR (window->bar),
                                    many && narrow);
  odl_window_update_actions (window);
}

/* ---- The view in the session ---- */

json_t *
odl_window_save_view (OdlWindow *window)
{
  json_t *view = json_object (), *panels = json_object ();
  OdlPanel *panel = odl_window_get_shown (window);
  OdlSides *sides = odl_panel_get_sides (panel);
  json_object_set_new (view, "panel", json_string (odl_panel_get_class (panel)->id));
  json_object_set_new (view, "controls",
                       json_boolean (odl_sides_is_shown_wide (sides, ODL_SIDE_START)));
  json_object_set_new (view, "lesson",
                       json_boolean (odl_sides_is_shown_wide (sides, ODL_SIDE_END)));
  for (guint i = 0; i < window->panels->len; i++) {
    OdlPanel *one = window->panels->pdata[i];
    json_t *state = odl_panel_save_view (one);
    if (json_object_size (state) > 0)
      json_object_set (panels, odl_panel_get_class (one)->id, state);
    json_decref (state);
  }
  json_object_set_new (view, "panels", panels);
  return view;
}

static void
load_side (OdlWindow *window, const json_t *view, const char *key, OdlSide side)
{
  const json_t *shown = json_object_get (view, key);
  for (guint i = 0; i < window->panels->len && json_is_boolean (shown); i++)
    odl_sides_show_wide (odl_panel_get_sides (window->panels->pdata[i]), side,
                         json_is_true (shown));
}

void
odl_window_load_view (OdlWindow *window, const json_t *view)
{
  const json_t *panels = json_object_get (view, "panels");
  const char *shown = json_string_value (json_object_get (view, "panel"));
  for (guint i = 0; i < window->panels->len; i++) {
    OdlPanel *panel = window->panels->pdata[i];
    odl_panel_load_view (panel,
                         json_object_get (panels, odl_panel_get_class (panel)->id));
  }
  load_side (window, view, "controls", ODL_SIDE_START);
  load_side (window, view, "lesson", ODL_SIDE_END);
  if (shown && odl_window_get_panel (window, shown))
    odl_window_show_panel (window, shown);
}

static json_t *
view_of (gpointer data)
{
  return odl_window_save_view (data);
}

/* ---- What the panels tell ---- */

static void
on_touched (OdlPanel *panel, OdlWindow *window)
{
  odl_document_touch (window->document);
}

static void
on_changed (OdlPanel *panel, OdlWindow *window)
{
  if (panel == odl_window_get_shown (window))
    odl_window_update_actions (window);
}

static void
on_export (OdlPanel *panel, const char *plot, OdlWindow *window)
{
  odl_window_ask_export (window, plot);
}

static void
on_message (OdlPanel *panel, const char *text, OdlWindow *window)
{
  odl_window_say (window, "%s", text);
}

/* What is folded in one panel is folded in all. */
static void
on_sides (OdlSides *sides, OdlWindow *window)
{
  OdlPanel *shown = odl_window_get_shown (window);
  if (shown == NULL || odl_panel_get_sides (shown) != sides)
    return;
  for (guint i = 0; i < window->panels->len; i++)
    for (OdlSide side = ODL_SIDE_START; side <= ODL_SIDE_END; side++) {
      OdlSides *other = odl_panel_get_sides (window->panels->pdata[i]);
      gboolean on = odl_sides_is_shown_wide (sides, side);
      if (other != sides && odl_sides_is_shown_wide (other, side) != on)
        odl_sides_show_wide (other, side, on);
    }
  odl_window_update (window);
}

static void
on_shown (OdlWindow *window)
{
  if (odl_window_get_shown (window) == NULL || window->document == NULL)
    return;
  odl_worker_show (window->worker, odl_window_shown_index (window));
  odl_panel_focus (odl_window_get_shown (window));
  odl_window_update (window);
  odl_window_watch_frames (window);
}

static void
add_panel (OdlWindow *window, guint experiment)
{
  GtkWidget *panel = odl_panel_new (window->worker, experiment);
  const OdlExperimentClass *klass = odl_panel_get_class (ODL_PANEL (panel));
  OdlSides *sides = odl_panel_get_sides (ODL_PANEL (panel));
  g_autofree char *icon = g_strdup_printf ("odelab-%s-symbolic", klass->id);
  g_ptr_array_add (window->panels, panel);
  odl_sides_show_wide (sides, ODL_SIDE_START, window->memory.controls);
  odl_sides_show_wide (sides, ODL_SIDE_END, window->memory.lesson);
  g_signal_connect (panel, "touched", G_CALLBACK (on_touched), window);
  g_signal_connect (panel, "changed", G_CALLBACK (on_changed), window);
  g_signal_connect (panel, "export", G_CALLBACK (on_export), window);
  g_signal_connect (panel, "message", G_CALLBACK (on_message), window);
  g_signal_connect (sides, "changed", G_CALLBACK (on_sides), window);
  adw_view_stack_add_titled_with_icon (ADW_VIEW_STACK (window->stack), panel, klass->id,
                                       klass->title, icon);
}

/* ---- Making it ---- */

static GtkWidget *
tool (const char *icon, const char *action, const char *name, const char *tooltip,
      gboolean toggles)
{
  GtkWidget *button = toggles ? gtk_toggle_button_new () : gtk_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

/* What is chosen in a submenu leaves the focus there, where no key reaches the window.
 */
static void
on_menu_closed (OdlWindow *window)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
  if (focus == NULL || !gtk_widget_get_mapped (focus)
      || gtk_widget_get_native (focus) != GTK_NATIVE (window))
    odl_panel_focus (odl_window_get_shown (window));
}

static GtkWidget *
menu_button (OdlWindow *window)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/io/github/odelab/Odelab/menu.ui");
  GtkWidget *button = gtk_menu_button_new ();
  GMenuModel *menu = G_MENU_MODEL (gtk_builder_get_object (builder, "primary-menu"));
  window->recent = g_object_ref (G_MENU (gtk_builder_get_object (builder, "recent")));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "open-menu-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_menu_button_set_primary (GTK_MENU_BUTTON (button), TRUE);
  gtk_widget_set_tooltip_text (button, "Main menu (F10)");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, "Main menu", -1);
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (button));
  g_signal_connect_swapped (popover, "show", G_CALLBACK (odl_window_list_recent),
                            window);
  g_signal_connect_swapped (popover, "closed", G_CALLBACK (on_menu_closed), window);
  return button;
}

/* As wide as it likes to be where there is room, and with no say in how narrow the
 * window may become: below that width the bar at the bottom takes over. */
static GtkWidget *
make_switcher (OdlWindow *window)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *switcher = adw_view_switcher_new ();
  adw_view_switcher_set_stack (ADW_VIEW_SWITCHER (switcher),
                               ADW_VIEW_STACK (window->stack));
  adw_view_switcher_set_policy (ADW_VIEW_SWITCHER (switcher),
                                ADW_VIEW_SWITCHER_POLICY_WIDE);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_EXTERNAL,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller),
                                                   TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), switcher);
  return scroller;
}

static GtkWidget *
make_header (OdlWindow *window)
{
  GtkWidget *header = adw_header_bar_new ();
  AdwHeaderBar *bar = ADW_HEADER_BAR (header);
  window->switcher = make_switcher (window);
  window->title = adw_window_title_new ("Odelab", "");
  window->head_stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (window->head_stack), FALSE);
  gtk_stack_add_child (GTK_STACK (window->head_stack), window->title);
  gtk_stack_add_child (GTK_STACK (window->head_stack), window->switcher);
  adw_header_bar_set_title_widget (bar, window->head_stack);
  window->name = gtk_label_new ("");
  gtk_label_set_ellipsize (GTK_LABEL (window->name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (window->name), 24);
  gtk_widget_add_css_class (window->name, "heading");
  adw_header_bar_pack_start (bar, tool ("sidebar-show-symbolic", "win.controls",
                                        "Controls", "Controls (F8)", TRUE));
  adw_header_bar_pack_start (bar, window->name);
  adw_header_bar_pack_end (bar, menu_button (window));
  adw_header_bar_pack_end (bar, tool ("sidebar-show-right-symbolic", "win.lesson",
                                      "Lesson", "Lesson (F9)", TRUE));
  adw_header_bar_pack_end (bar, tool ("edit-redo-symbolic", "win.redo", "Redo",
                                      "Redo (Ctrl+Shift+Z)", FALSE));
  adw_header_bar_pack_end (
      bar, tool ("edit-undo-symbolic", "win.undo", "Undo", "Undo (Ctrl+Z)", FALSE));
  return header;
}

/* Keys without a modifier must not be taken from an entry, so they are tried last. */
static void
add_plain_keys (OdlWindow *window)
{
  static const struct {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_space, 0, "win.run" },
    { GDK_KEY_s, 0, "win.step" },
    { GDK_KEY_r, 0, "win.reset" },
    { GDK_KEY_p, 0, "win.play" },
    { GDK_KEY_z, GDK_CONTROL_MASK, "win.undo" },
    { GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.redo" },
    { GDK_KEY_y, GDK_CONTROL_MASK, "win.redo" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (controller),
        gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].key, keys[i].modifiers),
                          gtk_named_action_new (keys[i].action)));
  gtk_widget_add_controller (GTK_WIDGET (window), controller);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y,
         OdlWindow *window)
{
  odl_window_drop (window, g_value_get_boxed (value));
  return TRUE;
}

static void
add_drop (OdlWindow *window)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), window);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (target));
}

static void
build (OdlWindow *window)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  window->stack = adw_view_stack_new ();
  window->toasts = adw_toast_overlay_new ();
  window->notice = odl_notice_new ();
  window->bar = adw_view_switcher_bar_new ();
  adw_view_switcher_bar_set_stack (ADW_VIEW_SWITCHER_BAR (window->bar),
                                   ADW_VIEW_STACK (window->stack));
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (window->toasts), window->stack);
  gtk_widget_set_vexpand (window->toasts, TRUE);
  gtk_box_append (GTK_BOX (box), make_header (window));
  gtk_box_append (GTK_BOX (box), window->notice);
  gtk_box_append (GTK_BOX (box), window->toasts);
  gtk_box_append (GTK_BOX (box), window->bar);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), window->memory.width,
                               window->memory.height);
  if (window->memory.maximized)
    gtk_window_maximize (GTK_WINDOW (window));
  add_plain_keys (window);
  add_drop (window);
}

GdkTexture *
odl_window_to_texture (OdlWindow *window)
{
  g_return_val_if_fail (ODL_IS_WINDOW (window), NULL);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
  if (width < 1 || height < 1 || renderer == NULL)
    return NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  return node ? gsk_renderer_render_texture (
             renderer, node, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height))
              : NULL;
}

/* ---- The end ---- */

static void
remember (OdlWindow *window)
{
  OdlPanel *panel = odl_window_get_shown (window);
  OdlSides *sides = panel ? odl_panel_get_sides (panel) : NULL;
  GAction *theme = NULL;
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));
  gtk_window_get_default_size (GTK_WINDOW (window), &window->memory.width,
                               &window->memory.height);
  window->memory.maximized = gtk_window_is_maximized (GTK_WINDOW (window));
  if (sides) {
    window->memory.controls = odl_sides_is_shown_wide (sides, ODL_SIDE_START);
    window->memory.lesson = odl_sides_is_shown_wide (sides, ODL_SIDE_END);
  }
  if (application)
    theme = g_action_map_lookup_action (G_ACTION_MAP (application), "theme");
  if (theme) {
    g_autoptr (GVariant) state = g_action_get_state (theme);
    g_free (window->memory.theme);
    window->memory.theme = g_variant_dup_string (state, NULL);
  }
  odl_memory_save (&window->memory);
}

static gboolean
close_request (GtkWindow *gtk_window)
{
  OdlWindow *window = ODL_WINDOW (gtk_window);
  if (!odl_window_may_close (window))
    return GDK_EVENT_STOP;
  remember (window);
  odl_document_close (window->document);
  return GTK_WINDOW_CLASS (odl_window_parent_class)->close_request (gtk_window);
}

static void
dispose (GObject *object)
{
  OdlWindow *window = ODL_WINDOW (object);
  g_clear_handle_id (&window->wake_id, g_source_remove);
  if (window->tick_id)
    gtk_widget_remove_tick_callback (GTK_WIDGET (window), window->tick_id);
  window->tick_id = 0;
  g_clear_handle_id (&window->rest_id, g_source_remove);
  for (guint i = 0; window->panels && i < window->panels->len; i++)
    g_signal_handlers_disconnect_by_data (window->panels->pdata[i], window);
  if (window->stack)
    g_signal_handlers_disconnect_by_data (window->stack, window);
  G_OBJECT_CLASS (odl_window_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  OdlWindow *window = ODL_WINDOW (object);
  g_clear_pointer (&window->panels, g_ptr_array_unref);
  g_clear_object (&window->recent);
  g_clear_object (&window->document);
  g_clear_pointer (&window->worker, odl_worker_free);
  g_free (window->next_path);
  odl_memory_clear (&window->memory);
  G_OBJECT_CLASS (odl_window_parent_class)->finalize (object);
}

static void
odl_window_class_init (OdlWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  GTK_WINDOW_CLASS (klass)->close_request = close_request;
}

static void
odl_window_init (OdlWindow *window)
{
  window->panels = g_ptr_array_new ();
  odl_memory_load (&window->memory);
}

OdlWindow *
odl_window_new (GtkApplication *application, guint threads, GError **error)
{
  g_autoptr (OdlWorker) worker = odl_worker_new (threads, error);
  guint n;
  if (worker == NULL)
    return NULL;
  OdlWindow *window = g_object_new (ODL_TYPE_WINDOW, "application", application, NULL);
  window->worker = g_steal_pointer (&worker);
  window->document = odl_document_new (window->worker, view_of, window);
  build (window);
  odl_experiments (&n);
  for (guint i = 0; i < n; i++)
    add_panel (window, i);
  odl_window_add_actions (window);
  g_signal_connect_swapped (window->stack, "notify::visible-child",
                            G_CALLBACK (on_shown), window);
  g_signal_connect_object (window->document, "changed", G_CALLBACK (odl_window_update),
                           window, G_CONNECT_SWAPPED);
  window->wake_id = g_unix_fd_add (odl_worker_fd (window->worker), G_IO_IN,
                                   odl_window_wake, window);
  g_signal_connect (window, "realize", G_CALLBACK (odl_window_join_clock), NULL);
  odl_document_start_autosave (window->document, AUTOSAVE_SECONDS);
  on_shown (window);
  odl_window_offer_recovery (window);
  return window;
}
