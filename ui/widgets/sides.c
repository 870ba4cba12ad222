/* Side panes that lie beside the middle when there is room, and over it when there is
 * not. SPDX-License-Identifier: MIT
 *
 * The decision is made where the width is known, in size_allocate. Wide and narrow each
 * remember which sides are shown, so turning a tablet does not throw sheets over the
 * plots. The rest of the window learns of a crossing in an idle: nothing may ask for
 * another size while sizes are being given out. */
#include "sides.h"

#define NARROW_BELOW 1000
#define START_WIDTH  292
#define END_WIDTH    340
#define SHEET_GAP    48 /* of the middle that stays in sight beside a sheet */

struct _OdlSides {
  GtkWidget parent_instance;
  GtkWidget *middle, *side[2], *shade;
  gboolean narrow, shown_wide[2], shown_narrow[2];
  guint idle_id;
};

G_DEFINE_FINAL_TYPE (OdlSides, odl_sides, GTK_TYPE_WIDGET)

static guint changed_signal;

static gboolean *
shown (OdlSides *sides, OdlSide side)
{
  return sides->narrow ? &sides->shown_narrow[side] : &sides->shown_wide[side];
}

static gboolean
tell (gpointer data)
{
  OdlSides *sides = data;
  sides->idle_id = 0;
  g_signal_emit (sides, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
         int *natural, int *minimum_baseline, int *natural_baseline)
{
  OdlSides *sides = ODL_SIDES (widget);
  GtkWidget *children[] = { sides->middle, sides->side[0], sides->side[1] };
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (sides->middle, orientation, -1, minimum, natural, NULL, NULL);
    *natural += START_WIDTH + END_WIDTH;
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (children); i++) {
    int least, liked;
    gtk_widget_measure (children[i], orientation, -1, &least, &liked, NULL, NULL);
    *minimum = MAX (*minimum, least);
    *natural = MAX (*natural, liked);
  }
}

static void
place (GtkWidget *child, int x, int width, int height)
{
  int least;
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_size_allocate (child, &(GtkAllocation){ x, 0, MAX (width, least), height },
                            -1);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  OdlSides *sides = ODL_SIDES (widget);
  gboolean narrow = width < NARROW_BELOW;
  if (narrow != sides->narrow) {
    sides->narrow = narrow;
    if (sides->idle_id == 0)
      sides->idle_id = g_idle_add (tell, sides);
  }
  gboolean start = *shown (sides, ODL_SIDE_START), end = *shown (sides, ODL_SIDE_END);
  int start_width = narrow ? MIN (START_WIDTH + 20, width - SHEET_GAP) : START_WIDTH;
  int end_width = narrow ? MIN (END_WIDTH + 40, width - SHEET_GAP) : END_WIDTH;
  int left = !narrow && start ? start_width : 0, right = !narrow && end ? end_width : 0;
  gtk_widget_set_child_visible (sides->side[0], start);
  gtk_widget_set_child_visible (sides->side[1], end);
  gtk_widget_set_child_visible (sides->shade, narrow && (start || end));
  place (sides->middle, left, width - left - right, height);
  place (sides->shade, 0, width, height);
  if (start)
    place (sides->side[0], 0, start_width, height);
  if (end)
    place (sides->side[1], width - end_width, end_width, height);
}

static gboolean
close_sheets (OdlSides *sides)
{
  gboolean open = sides->narrow && (sides->shown_narrow[0] || sides->shown_narrow[1]);
  if (!open)
    return FALSE;
  odl_sides_show (sides, ODL_SIDE_START, FALSE);
  odl_sides_show (sides, ODL_SIDE_END, FALSE);
  return TRUE;
}

static void
on_shade (GtkGestureClick *click, int n_press, double x, double y, OdlSides *sides)
{
  close_sheets (sides);
}

static gboolean
on_key (GtkEventControllerKey *key, guint value, guint code, GdkModifierType modifiers,
        OdlSides *sides)
{
  return value == GDK_KEY_Escape && close_sheets (sides);
}

void
odl_sides_show (OdlSides *sides, OdlSide side, gboolean show)
{
  g_return_if_fail (ODL_IS_SIDES (sides));
  gboolean *present = shown (sides, side);
  if (*present == show)
    return;
  *present = show;
  if (sides->narrow && show)
    sides->shown_narrow[side == ODL_SIDE_START ? ODL_SIDE_END : ODL_SIDE_START] = FALSE;
  gtk_widget_queue_allocate (GTK_WIDGET (sides));
  g_signal_emit (sides, changed_signal, 0);
}

gboolean
odl_sides_is_shown (OdlSides *sides, OdlSide side)
{
  g_return_val_if_fail (ODL_IS_SIDES (sides), FALSE);
  return *shown (sides, side);
}

gboolean
odl_sides_is_narrow (OdlSides *sides)
{
  g_return_val_if_fail (ODL_IS_SIDES (sides), FALSE);
  return sides->narrow;
}

void
odl_sides_show_wide (OdlSides *sides, OdlSide side, gboolean show)
{
  g_return_if_fail (ODL_IS_SIDES (sides));
  sides->shown_wide[side] = show;
  gtk_widget_queue_allocate (GTK_WIDGET (sides));
  g_signal_emit (sides, changed_signal, 0);
}

gboolean
odl_sides_is_shown_wide (OdlSides *sides, OdlSide side)
{
  g_return_val_if_fail (ODL_IS_SIDES (sides), FALSE);
  return sides->shown_wide[side];
}

static void
dispose (GObject *object)
{
  OdlSides *sides = ODL_SIDES (object);
  g_clear_handle_id (&sides->idle_id, g_source_remove);
  g_clear_pointer (&sides->middle, gtk_widget_unparent);
  g_clear_pointer (&sides->shade, gtk_widget_unparent);
  g_clear_pointer (&sides->side[0], gtk_widget_unparent);
  g_clear_pointer (&sides->side[1], gtk_widget_unparent);
  G_OBJECT_CLASS (odl_sides_parent_class)->dispose (object);
}

static void
odl_sides_class_init (OdlSidesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = dispose;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  gtk_widget_class_set_css_name (widget_class, "sides");
  changed_signal
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
odl_sides_init (OdlSides *sides)
{
  sides->shown_wide[0] = sides->shown_wide[1] = TRUE;
  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), sides);
  gtk_widget_add_controller (GTK_WIDGET (sides), key);
  sides->shade = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (sides->shade, "shade");
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "pressed", G_CALLBACK (on_shade), sides);
  gtk_widget_add_controller (sides->shade, GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
odl_sides_new (GtkWidget *start, GtkWidget *middle, GtkWidget *end)
{
  g_return_val_if_fail (start != NULL && middle != NULL && end != NULL, NULL);
  OdlSides *sides = g_object_new (ODL_TYPE_SIDES, NULL);
  sides->middle = middle;
  sides->side[0] = start;
  sides->side[1] = end;
  gtk_widget_add_css_class (start, "side");
  gtk_widget_add_css_class (end, "side");
  gtk_widget_set_parent (middle, GTK_WIDGET (sides));
  gtk_widget_set_parent (sides->shade, GTK_WIDGET (sides));
  gtk_widget_set_parent (start, GTK_WIDGET (sides));
  gtk_widget_set_parent (end, GTK_WIDGET (sides));
  return GTK_WIDGET (sides);
}
