/* The pointer on a plot.
 * SPDX-License-Identifier: MIT
 *
 * A press is given a meaning by what is under it (a handle, a legend row, an axis, the
 * canvas), by the button and by the keys held; motion then follows that meaning until
 * the release. Distances below SLOP are a click. What a drag does to the view is
 * arithmetic of the plot code; what it does to the experiment is an action. */
#include "plot-area-inside.h"

#include <math.h>

#define SLOP        4.0
#define ZOOM_FACTOR 1.2
#define LATE_MS     30

static OdlPick
pick (OdlPlotArea *area, double x, double y)
{
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  odl_plot_area_get_theme (area, &theme);
  theme.texts = area->texts;
  return odl_plot_pick (area->plot, &rect, &area->view, &theme, x, y);
}

/* ---- Hovering ---- */

static const char *
cursor_for (OdlPlotArea *area, const OdlPick *picked)
{
  switch (picked->kind) {
  case ODL_PICK_HANDLE:
    return area->hand == ODL_HAND_HANDLE ? "grabbing" : "grab";
  case ODL_PICK_LEGEND:
  case ODL_PICK_CELL:
    return "pointer";
  case ODL_PICK_AXIS_X:
    return "ew-resize";
  case ODL_PICK_AXIS_Y:
    return "ns-resize";
  case ODL_PICK_CANVAS:
    return odl_plot_is_table (area->plot)   ? NULL
           : odl_plot_is_three (area->plot) ? "move"
                                            : "crosshair";
  case ODL_PICK_NOTHING:
  default:
    return NULL;
  }
}

static gboolean
on_late (gpointer data)
{
  OdlPlotArea *area = data;
  area->late_id = 0;
  gtk_widget_queue_draw (GTK_WIDGET (area));
  return G_SOURCE_REMOVE;
}

/* While a handle is held the answer draws us, as a rule within a few milliseconds. To
 * ask for a cycle of the clock now would draw twice, and the answer a cycle later. */
static void
hover (OdlPlotArea *area, double x, double y)
{
  area->view.hovering = TRUE;
  area->view.pointer_x = x;
  area->view.pointer_y = y;
  if (area->hand != ODL_HAND_HANDLE)
    gtk_widget_queue_draw (GTK_WIDGET (area));
  else if (area->late_id == 0)
    area->late_id = g_timeout_add (LATE_MS, on_late, area);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, OdlPlotArea *area)
{
  if (area->plot == NULL)
    return;
  if (area->hand == ODL_HAND_NOTHING) {
    OdlPick picked = pick (area, x, y);
    gtk_widget_set_cursor_from_name (GTK_WIDGET (area), cursor_for (area, &picked));
  }
  hover (area, x, y);
}

static void
on_leave (GtkEventControllerMotion *motion, OdlPlotArea *area)
{
  area->view.hovering = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (area));
}

/* ---- A press and what follows ---- */

static int
stroke_class (const OdlPlotArea *area)
{
  return area->button == GDK_BUTTON_SECONDARY ? area->brush == 0 : area->brush;
}

/* What a press means. */
static OdlHand
meaning (OdlPlotArea *area, const OdlPick *picked)
{
  gboolean paints = FALSE, boxes = !odl_plot_is_three (area->plot);
  const char *kind = odl_plot_click_kind (area->plot, &paints);
  gboolean shift = (area->modifiers & GDK_SHIFT_MASK) != 0;
  gboolean control = (area->modifiers & GDK_CONTROL_MASK) != 0;
  gboolean on_canvas = picked->kind == ODL_PICK_CANVAS;
  if (area->button == GDK_BUTTON_MIDDLE)
    return ODL_HAND_PAN;
  if (area->button == GDK_BUTTON_SECONDARY)
    return paints && on_canvas && !control ? ODL_HAND_PAINT : ODL_HAND_MENU;
  if (picked->kind == ODL_PICK_LEGEND)
    return ODL_HAND_LEGEND;
  if (picked->kind == ODL_PICK_CELL)
    return ODL_HAND_CELL;
  if (picked->kind == ODL_PICK_HANDLE && !shift)
    return ODL_HAND_HANDLE;
  if (odl_plot_is_table (area->plot) || picked->kind == ODL_PICK_NOTHING)
    return ODL_HAND_NOTHING;
  if (on_canvas && boxes && ((shift && kind == NULL) || (control && shift)))
    return ODL_HAND_BOX;
  if (kind != NULL && (on_canvas || picked->kind == ODL_PICK_HANDLE))
    return paints ? ODL_HAND_PAINT : ODL_HAND_CLICK;
  return ODL_HAND_PAN;
}

static void
begin_handle (OdlPlotArea *area, const OdlPick *picked)
{
  const OdlHandle *handle = odl_plot_get_handle (area->plot, picked->handle);
  g_strlcpy (area->kind, handle->kind, sizeof area->kind);
  area->index = handle->index;
  area->data_x = handle->x;
  area->data_y = handle->y;
  area->grab_x = handle->x - picked->x;
  area->grab_y = handle->y - picked->y;
  odl_plot_area_act (area, area->kind, area->index, ODL_PHASE_BEGIN, handle->x,
                     handle->y);
}

static void
begin_paint (OdlPlotArea *area, const OdlPick *picked)
{
  gboolean paints;
  g_strlcpy (area->kind, odl_plot_click_kind (area->plot, &paints), sizeof area->kind);
  area->index = stroke_class (area);
  area->grab_x = area->grab_y = 0;
  area->data_x = picked->x;
  area->data_y = picked->y;
  odl_plot_area_act (area, area->kind, area->index, ODL_PHASE_BEGIN, picked->x,
                     picked->y);
}

static void
on_begin (GtkGestureDrag *drag, double x, double y, OdlPlotArea *area)
{
  if (area->plot == NULL || area->hand != ODL_HAND_NOTHING)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (area));
  area->button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (drag));
  area->modifiers
      = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));
  OdlPick picked = pick (area, x, y);
  area->hand = meaning (area, &picked);
  area->where = picked.kind;
  area->moved = FALSE;
  area->press_x = area->last_x = x;
  area->press_y = area->last_y = y;
  g_free (area->series);
  area->series = g_strdup (picked.series);
  if (area->hand == ODL_HAND_HANDLE)
    begin_handle (area, &picked);
  else if (area->hand == ODL_HAND_PAINT)
    begin_paint (area, &picked);
  if (area->hand != ODL_HAND_NOTHING)
    gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
pan (OdlPlotArea *area, double dx, double dy)
{
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  odl_plot_area_get_theme (area, &theme);
  if (odl_plot_is_three (area->plot)) {
    area->view.yaw += dx * 0.01;
    area->view.pitch = CLAMP (area->view.pitch + dy * 0.01, -G_PI_2, G_PI_2);
    return;
  }
  odl_plot_view_pan (area->plot, &rect, &area->view, &theme,
                     area->where == ODL_PICK_AXIS_Y ? 0 : dx,
                     area->where == ODL_PICK_AXIS_X ? 0 : dy);
}

/* A click that moves pans, and a secondary press that moves draws a box. */
static void
become_a_drag (OdlPlotArea *area)
{
  area->moved = TRUE;
  if (area->hand == ODL_HAND_CLICK)
    area->hand = ODL_HAND_PAN;
  if (area->hand == ODL_HAND_MENU && area->where == ODL_PICK_CANVAS
      && !odl_plot_is_three (area->plot) && !odl_plot_is_table (area->plot))
    area->hand = ODL_HAND_BOX;
  if (area->hand == ODL_HAND_BOX) {
    area->view.selecting = TRUE;
    area->view.select_x = area->press_x;
    area->view.select_y = area->press_y;
  }
  if (area->hand == ODL_HAND_PAN)
    odl_plot_area_begin_gesture (area, FALSE);
}

static void
on_update (GtkGestureDrag *drag, double offset_x, double offset_y, OdlPlotArea *area)
{
  double x = area->press_x + offset_x, y = area->press_y + offset_y;
  if (area->plot == NULL || area->hand == ODL_HAND_NOTHING)
    return;
  if (!area->moved && hypot (offset_x, offset_y) > SLOP)
    become_a_drag (area);
  if (area->hand == ODL_HAND_PAN && area->moved)
    pan (area, x - area->last_x, y - area->last_y);
  if (area->hand == ODL_HAND_HANDLE || area->hand == ODL_HAND_PAINT) {
    OdlPick picked = pick (area, x, y);
    odl_plot_area_act (area, area->kind, area->index, ODL_PHASE_UPDATE,
                       picked.x + area->grab_x, picked.y + area->grab_y);
  }
  area->last_x = x;
  area->last_y = y;
  hover (area, x, y);
}

/* ---- The release ---- */

static void
end_box (OdlPlotArea *area)
{
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  odl_plot_area_get_theme (area, &theme);
  area->view.selecting = FALSE;
  if (fabs (area->last_x - area->press_x) < SLOP
      || fabs (area->last_y - area->press_y) < SLOP)
    return;
  odl_plot_area_begin_gesture (area, FALSE);
  odl_plot_view_box (area->plot, &rect, &area->view, &theme, area->press_x,
                     area->press_y, area->last_x, area->last_y);
}

static void
end_click (OdlPlotArea *area)
{
  gboolean paints;
  const char *kind = odl_plot_click_kind (area->plot, &paints);
  OdlPick picked = pick (area, area->press_x, area->press_y);
  if (kind != NULL)
    odl_plot_area_click (area, kind, &picked);
}

/* A button in a table. */
static void
end_cell (OdlPlotArea *area)
{
  OdlPick picked = pick (area, area->press_x, area->press_y);
  if (picked.kind == ODL_PICK_CELL)
    odl_plot_area_act (area, picked.action, picked.index, ODL_PHASE_END, picked.x,
                       picked.y);
}

static void
end_drag (OdlPlotArea *area)
{
  OdlPick picked = pick (area, area->last_x, area->last_y);
  odl_plot_area_act (area, area->kind, area->index, ODL_PHASE_END,
                     area->moved ? picked.x + area->grab_x : area->data_x,
                     area->moved ? picked.y + area->grab_y : area->data_y);
}

static void
on_end (GtkGestureDrag *drag, double offset_x, double offset_y, OdlPlotArea *area)
{
  OdlHand hand = area->hand;
  if (area->plot == NULL || hand == ODL_HAND_NOTHING)
    return;
  on_update (drag, offset_x, offset_y, area);
  hand = area->hand;
  if (hand == ODL_HAND_BOX)
    end_box (area);
  else if (hand == ODL_HAND_HANDLE || hand == ODL_HAND_PAINT)
    end_drag (area);
  else if (hand == ODL_HAND_CLICK)
    end_click (area);
  else if (hand == ODL_HAND_CELL && !area->moved)
    end_cell (area);
  else if (hand == ODL_HAND_MENU && !area->moved)
    odl_plot_area_show_menu (area, area->press_x, area->press_y);
  else if (hand == ODL_HAND_LEGEND && !area->moved && area->series) {
    odl_plot_area_begin_gesture (area, FALSE);
    odl_plot_view_toggle (&area->view, area->series);
  }
  area->hand = ODL_HAND_NOTHING;
  area->button = 0;
  area->modifiers = 0;
  gtk_widget_queue_draw (GTK_WIDGET (area));
}

gboolean
odl_plot_area_give_up (OdlPlotArea *area)
{
  OdlHand hand = area->hand;
  area->hand = ODL_HAND_NOTHING;
  area->view.selecting = FALSE;
  if (hand == ODL_HAND_HANDLE)
    odl_plot_area_act (area, area->kind, area->index, ODL_PHASE_END, area->data_x,
                       area->data_y);
  if (hand == ODL_HAND_PAINT)
    end_drag (area);
  gtk_widget_queue_draw (GTK_WIDGET (area));
  return hand != ODL_HAND_NOTHING;
}

static void
on_cancel (GtkGesture *gesture, GdkEventSequence *sequence, OdlPlotArea *area)
{
  odl_plot_area_give_up (area);
}

static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, OdlPlotArea *area)
{
  if (area->plot == NULL || n_press != 2)
    return;
  OdlPick picked = pick (area, x, y);
  gboolean paints;
  if (picked.kind == ODL_PICK_LEGEND || picked.kind == ODL_PICK_HANDLE
      || odl_plot_click_kind (area->plot, &paints) != NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (area), "plot.fit", NULL);
}

/* ---- The wheel ---- */

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, OdlPlotArea *area)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (scroll);
  GdkModifierType held = gtk_event_controller_get_current_event_state (controller);
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  if (area->plot == NULL || odl_plot_is_table (area->plot) || dy == 0
      || (held & (GDK_SHIFT_MASK | GDK_ALT_MASK)))
    return GDK_EVENT_PROPAGATE;
  OdlPick picked = pick (area, area->view.pointer_x, area->view.pointer_y);
  if (picked.kind == ODL_PICK_NOTHING)
    return GDK_EVENT_PROPAGATE;
  odl_plot_area_get_theme (area, &theme);
  odl_plot_area_begin_gesture (area, TRUE);
  double factor = pow (ZOOM_FACTOR, CLAMP (dy, -4, 4));
  if (odl_plot_is_three (area->plot)) {
    double zoom = area->view.zoom3 > 0 ? area->view.zoom3 : 1;
    area->view.zoom3 = CLAMP (zoom / factor, 0.2, 8);
  } else {
    odl_plot_view_zoom (area->plot, &rect, &area->view, &theme,
                        picked.kind == ODL_PICK_AXIS_Y ? 1 : factor,
                        picked.kind == ODL_PICK_AXIS_X ? 1 : factor, picked.x,
                        picked.y);
  }
  gtk_widget_queue_draw (GTK_WIDGET (area));
  return GDK_EVENT_STOP;
}

void
odl_plot_area_add_hands (OdlPlotArea *area)
{
  GtkWidget *widget = GTK_WIDGET (area);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), area);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), area);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), area);
  gtk_widget_add_controller (widget, motion);

  GtkGesture *drag = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_begin), area);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_update), area);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_end), area);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_cancel), area);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));

  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), area);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_group (click, drag);

  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), area);
  gtk_widget_add_controller (widget, scroll);
}
