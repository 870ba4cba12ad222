/* The keyboard on a plot, and what assistive tools can do with one.
 * SPDX-License-Identifier: MIT
 *
 * Every operation is an action of the widget's class: a row of the table below, bound
 * to keys and listed by AT-SPI. Arrows move what the plot is for: a handle that is
 * held, the cross of a plot that takes clicks, otherwise the view; Shift moves the
 * cross anywhere, Control always pans. */
#include "plot-area-inside.h"

#include <math.h>
#include <string.h>

#define ARROW_PX 12.0
#define PAN_PX   40.0

static void
zoom_by (OdlPlotArea *area, double factor)
{
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  double x0, x1, y0, y1;
  if (odl_plot_is_table (area->plot))
    return;
  odl_plot_area_begin_gesture (area, TRUE);
  if (odl_plot_is_three (area->plot)) {
    double zoom = area->view.zoom3 > 0 ? area->view.zoom3 : 1;
    area->view.zoom3 = CLAMP (zoom / factor, 0.2, 8);
    return;
  }
  odl_plot_area_get_theme (area, &theme);
  odl_plot_shown_range (area->plot, &rect, &area->view, &theme, &x0, &x1, &y0, &y1);
  OdlPick middle = odl_plot_pick (area->plot, &rect, &area->view, &theme,
                                  rect.width / 2, rect.height / 2);
  odl_plot_view_zoom (area->plot, &rect, &area->view, &theme, factor, factor,
                      CLAMP (middle.x, x0, x1), CLAMP (middle.y, y0, y1));
}

static void
zoom_in (OdlPlotArea *area)
{
  zoom_by (area, 1 / 1.25);
}

static void
zoom_out (OdlPlotArea *area)
{
  zoom_by (area, 1.25);
}

static void
fit (OdlPlotArea *area)
{
  odl_plot_area_begin_gesture (area, FALSE);
  area->view.zoomed = FALSE;
  area->view.yaw = area->view.pitch = area->view.zoom3 = 0;
}

static void
log_x (OdlPlotArea *area)
{
  odl_plot_area_begin_gesture (area, FALSE);
  area->view.log_x_flip = !area->view.log_x_flip;
  area->view.zoomed = FALSE;
}

static void
log_y (OdlPlotArea *area)
{
  odl_plot_area_begin_gesture (area, FALSE);
  area->view.log_y_flip = !area->view.log_y_flip;
  area->view.zoomed = FALSE;
}

static void
copy_image (OdlPlotArea *area)
{
  g_autoptr (GdkTexture) texture = odl_plot_area_to_texture (area, 2);
  if (texture)
    gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (area)), texture);
}

static void
copy_data (OdlPlotArea *area)
{
  g_autofree char *text = odl_plot_to_csv (area->plot);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (area)), text);
}

static void export(OdlPlotArea *area)
{
  g_signal_emit_by_name (area, "export");
}

static void
menu (OdlPlotArea *area)
{
  OdlRect rect = odl_plot_area_rect (area);
  odl_plot_area_show_menu (area, rect.width / 2, rect.height / 3);
}

/* ---- The cross, clicks and handles ---- */

static OdlPick
under_cross (OdlPlotArea *area)
{
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  odl_plot_area_get_theme (area, &theme);
  if (!area->view.hovering) {
    area->view.pointer_x = rect.width / 2;
    area->view.pointer_y = rect.height / 2;
    area->view.hovering = TRUE;
  }
  return odl_plot_pick (area->plot, &rect, &area->view, &theme, area->view.pointer_x,
                        area->view.pointer_y);
}

static void
click_at_cross (OdlPlotArea *area, GdkModifierType modifiers)
{
  gboolean paints = FALSE;
  const char *kind = odl_plot_click_kind (area->plot, &paints);
  OdlPick picked = under_cross (area);
  if (kind == NULL)
    return;
  area->modifiers = modifiers;
  if (paints) {
    odl_plot_area_act (area, kind, area->brush, ODL_PHASE_BEGIN, picked.x, picked.y);
    odl_plot_area_act (area, kind, area->brush, ODL_PHASE_END, picked.x, picked.y);
  } else {
    odl_plot_area_click (area, kind, &picked);
  }
  area->modifiers = 0;
}

static void
act_on_held (OdlPlotArea *area, OdlPhase phase)
{
  odl_plot_area_act (area, area->kind, area->index, phase, area->data_x, area->data_y);
}

static void
let_go (OdlPlotArea *area)
{
  if (odl_plot_area_give_up (area) || area->held < 0)
    return;
  act_on_held (area, ODL_PHASE_END);
  area->held = -1;
}

/* Takes the next handle; after the last one, none. */
static void
take_handle (OdlPlotArea *area)
{
  int next = area->held + 1;
  if (area->held >= 0)
    let_go (area);
  if (next >= (int)odl_plot_n_handles (area->plot))
    return;
  const OdlHandle *handle = odl_plot_get_handle (area->plot, next);
  area->held = next;
  area->index = handle->index;
  area->data_x = handle->x;
  area->data_y = handle->y;
  g_strlcpy (area->kind, handle->kind, sizeof area->kind);
  act_on_held (area, ODL_PHASE_BEGIN);
}

static void
enter (OdlPlotArea *area)
{
  gboolean paints;
  OdlPick picked = under_cross (area);
  if (area->held >= 0)
    let_go (area);
  else if (picked.kind == ODL_PICK_CELL)
    odl_plot_area_act (area, picked.action, picked.index, ODL_PHASE_END, picked.x,
                       picked.y);
  else if (odl_plot_click_kind (area->plot, &paints) != NULL)
    click_at_cross (area, 0);
  else
    take_handle (area);
}

static void delete (OdlPlotArea *area)
{
  click_at_cross (area, GDK_SHIFT_MASK);
}

static void
move_cross (OdlPlotArea *area, double dx, double dy)
{
  OdlRect rect = odl_plot_area_rect (area);
  under_cross (area);
  area->view.pointer_x = CLAMP (area->view.pointer_x + dx * ARROW_PX, 0, rect.width);
  area->view.pointer_y = CLAMP (area->view.pointer_y + dy * ARROW_PX, 0, rect.height);
}

static void
move_view (OdlPlotArea *area, double dx, double dy)
{
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  odl_plot_area_get_theme (area, &theme);
  odl_plot_area_begin_gesture (area, TRUE);
  if (odl_plot_is_three (area->plot)) {
    area->view.yaw += dx * 0.1;
    area->view.pitch = CLAMP (area->view.pitch + dy * 0.1, -G_PI_2, G_PI_2);
  } else {
    odl_plot_view_pan (area->plot, &rect, &area->view, &theme, -dx * PAN_PX,
                       -dy * PAN_PX);
  }
}

/* A hundredth of what is shown a press. */
static void
move_held (OdlPlotArea *area, double dx, double dy)
{
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  double x0, x1, y0, y1;
  odl_plot_area_get_theme (area, &theme);
  odl_plot_shown_range (area->plot, &rect, &area->view, &theme, &x0, &x1, &y0, &y1);
  area->data_x += dx * (x1 - x0) / 100;
  area->data_y -= dy * (y1 - y0) / 100;
  act_on_held (area, ODL_PHASE_UPDATE);
}

/* Argument: 'x' or 'y' way to go and which modifier, as "left", "shift-left", … */
static void
move (GtkWidget *widget, const char *action, GVariant *argument)
{
  OdlPlotArea *area = ODL_PLOT_AREA (widget);
  const char *way = g_variant_get_string (argument, NULL);
  const char *last = strrchr (way, '-');
  gboolean paints;
  last = last ? last + 1 : way;
  double dx = g_str_equal (last, "left") ? -1 : g_str_equal (last, "right") ? 1 : 0;
  double dy = g_str_equal (last, "up") ? -1 : g_str_equal (last, "down") ? 1 : 0;
  if (area->plot == NULL)
    return;
  if (g_str_has_prefix (way, "shift-") || odl_plot_is_table (area->plot))
    move_cross (area, dx, dy);
  else if (g_str_has_prefix (way, "control-"))
    move_view (area, dx, dy);
  else if (area->held >= 0)
    move_held (area, dx, dy);
  else if (odl_plot_click_kind (area->plot, &paints) != NULL)
    move_cross (area, dx, dy);
  else
    move_view (area, dx, dy);
  gtk_widget_queue_draw (widget);
}

static void
brush (GtkWidget *widget, const char *action, GVariant *argument)
{
  OdlPlotArea *area = ODL_PLOT_AREA (widget);
  area->brush = CLAMP (g_variant_get_int32 (argument), 0, 8);
  gtk_widget_queue_draw (widget);
}

static void
toggle (GtkWidget *widget, const char *action, GVariant *argument)
{
  OdlPlotArea *area = ODL_PLOT_AREA (widget);
  odl_plot_area_begin_gesture (area, FALSE);
  odl_plot_view_toggle (&area->view, g_variant_get_string (argument, NULL));
  gtk_widget_queue_draw (widget);
}

/* ---- The table ---- */

static const struct {
  const char *name;
  void (*run) (OdlPlotArea *area);
  guint keys[3];
  GdkModifierType modifiers;
} operations[] = {
  { "plot.fit", fit, { GDK_KEY_Home, GDK_KEY_KP_Home } },
  { "plot.zoom-in", zoom_in, { GDK_KEY_plus, GDK_KEY_KP_Add, GDK_KEY_equal } },
  { "plot.zoom-out", zoom_out, { GDK_KEY_minus, GDK_KEY_KP_Subtract } },
  { "plot.log-x", log_x, { GDK_KEY_k } },
  { "plot.log-y", log_y, { GDK_KEY_l } },
  { "plot.copy-image", copy_image, { GDK_KEY_c }, GDK_CONTROL_MASK },
  { "plot.copy-data",
    copy_data,
    { GDK_KEY_c, GDK_KEY_C },
    GDK_CONTROL_MASK | GDK_SHIFT_MASK },
  { "plot.export", export, { GDK_KEY_e } },
  { "plot.menu", menu, { GDK_KEY_Menu } },
  { "plot.enter", enter, { GDK_KEY_Return, GDK_KEY_KP_Enter } },
  { "plot.delete", delete, { GDK_KEY_Delete, GDK_KEY_KP_Delete } },
  { "plot.take-handle", take_handle, { GDK_KEY_h } },
  { "plot.let-go", let_go, { GDK_KEY_Escape } },
};

static void
operate (GtkWidget *widget, const char *action, GVariant *argument)
{
  OdlPlotArea *area = ODL_PLOT_AREA (widget);
  for (guint i = 0; i < G_N_ELEMENTS (operations) && area->plot; i++)
    if (g_str_equal (operations[i].name, action))
      operations[i].run (area);
  gtk_widget_queue_draw (widget);
}

static void
bind_arrows (GtkWidgetClass *klass)
{
  static const struct {
    guint key, keypad;
    const char *way;
  } arrows[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, "left" },
    { GDK_KEY_Right, GDK_KEY_KP_Right, "right" },
    { GDK_KEY_Up, GDK_KEY_KP_Up, "up" },
    { GDK_KEY_Down, GDK_KEY_KP_Down, "down" },
  };
  static const struct {
    GdkModifierType modifier;
    const char *prefix;
  } kinds[]
      = { { 0, "" }, { GDK_SHIFT_MASK, "shift-" }, { GDK_CONTROL_MASK, "control-" } };
  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++) {
      g_autofree char *way = g_strconcat (kinds[k].prefix, arrows[i].way, NULL);
      gtk_widget_class_add_binding_action (klass, arrows[i].key, kinds[k].modifier,
                                           "plot.move", "s", way);
      gtk_widget_class_add_binding_action (klass, arrows[i].keypad, kinds[k].modifier,
                                           "plot.move", "s", way);
    }
}

void
odl_plot_area_install_keys (GtkWidgetClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++) {
    gtk_widget_class_install_action (klass, operations[i].name, NULL, operate);
    for (guint k = 0; k < 3 && operations[i].keys[k]; k++)
      gtk_widget_class_add_binding_action (klass, operations[i].keys[k],
                                           operations[i].modifiers, operations[i].name,
                                           NULL);
  }
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F10, GDK_SHIFT_MASK, "plot.menu",
                                       NULL);
  gtk_widget_class_install_action (klass, "plot.move", "s", move);
  gtk_widget_class_install_action (klass, "plot.toggle", "s", toggle);
  gtk_widget_class_install_action (klass, "plot.brush", "i", brush);
  for (int i = 0; i < 9; i++)
    gtk_widget_class_add_binding_action (klass, (guint)(GDK_KEY_1 + i), 0, "plot.brush",
                                         "i", i);
  bind_arrows (klass);
}
