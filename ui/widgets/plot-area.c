/* The widget around a plot: drawing, theme, accessibility, menu.
 * SPDX-License-Identifier: MIT
 *
 * One widget is one cairo node: background, axes, layers and text go into one surface,
 * which measured faster than any split. GTK keeps the node of a plot that is not
 * queued, so a new frame costs only the plots whose content it changed. */
#include "plot-area-inside.h"

#include <adwaita.h>

G_DEFINE_FINAL_TYPE (OdlPlotArea, odl_plot_area, GTK_TYPE_WIDGET)

enum { SIGNAL_ACT, SIGNAL_GESTURE, SIGNAL_EXPORT, N_SIGNALS };
static guint signals[N_SIGNALS];

/* A screen reader is told of changes at most this often. */
#define DESCRIBE_MS 1000
/* Changes of the view by wheel or key within this time are one gesture. */
#define MERGE_US (700 * 1000)

OdlRect
odl_plot_area_rect (OdlPlotArea *area)
{
  GtkWidget *widget = GTK_WIDGET (area);
  return (OdlRect){ 0, 0, gtk_widget_get_width (widget),
                    gtk_widget_get_height (widget) };
}

void
odl_plot_area_get_theme (OdlPlotArea *area, OdlTheme *theme)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  *theme = (OdlTheme){ .dark = adw_style_manager_get_dark (manager),
                       .high_contrast = adw_style_manager_get_high_contrast (manager) };
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *to)
{
  OdlPlotArea *area = ODL_PLOT_AREA (widget);
  OdlRect rect = odl_plot_area_rect (area);
  OdlTheme theme;
  if (area->plot == NULL || rect.width < 1 || rect.height < 1)
    return;
  odl_plot_area_get_theme (area, &theme);
  /* The node records; it cannot say how fine the screen is on which it will be drawn.
   */
  theme.scale = gtk_widget_get_scale_factor (widget);
  theme.texts = area->texts;
  cairo_t *cr = gtk_snapshot_append_cairo (
      to, &GRAPHENE_RECT_INIT (0, 0, (float)rect.width, (float)rect.height));
  odl_plot_draw (area->plot, cr, &rect, &area->view, &theme);
  cairo_destroy (cr);
  area->n_drawn++;
  g_clear_handle_id (&area->late_id, g_source_remove);
}

GdkTexture *
odl_plot_area_to_texture (OdlPlotArea *area, double scale)
{
  g_return_val_if_fail (ODL_IS_PLOT_AREA (area) && scale > 0, NULL);
  OdlRect rect = odl_plot_area_rect (area);
  OdlPlotView view = area->view;
  OdlTheme theme;
  if (area->plot == NULL || rect.width < 1 || rect.height < 1)
    return NULL;
  view.hovering = FALSE;
  odl_plot_area_get_theme (area, &theme);
  int width = (int)(rect.width * scale), height = (int)(rect.height * scale);
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  cairo_scale (cr, scale, scale);
  odl_plot_draw (area->plot, cr, &rect, &view, &theme);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  gsize stride = (gsize)cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) bytes
      = g_bytes_new (cairo_image_surface_get_data (surface), stride * (gsize)height);
  cairo_surface_destroy (surface);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, stride);
}

/* ---- What a screen reader is told ---- */

static gboolean
describe (gpointer data)
{
  OdlPlotArea *area = data;
  area->describe_id = 0;
  if (area->plot == NULL)
    return G_SOURCE_REMOVE;
  const char *summary = odl_plot_get_summary (area->plot);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL, odl_plot_title (area->plot),
      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary ? summary : "", -1);
  return G_SOURCE_REMOVE;
}

static void
describe_soon (OdlPlotArea *area, gboolean now)
{
  if (now)
    describe (area);
  else if (area->describe_id == 0)
    area->describe_id = g_timeout_add (DESCRIBE_MS, describe, area);
}

/* ---- Plot and view ---- */

void
odl_plot_area_set_plot (OdlPlotArea *area, const OdlPlot *plot)
{
  g_return_if_fail (ODL_IS_PLOT_AREA (area));
  const OdlPlot *before = area->plot;
  if (plot == before)
    return;
  area->plot = plot;
  if (plot != NULL && before != NULL && odl_plot_equal (plot, before))
    return;
  if (plot != NULL)
    describe_soon (area, before == NULL);
  gtk_widget_queue_draw (GTK_WIDGET (area));
}

const OdlPlot *
odl_plot_area_get_plot (OdlPlotArea *area)
{
  g_return_val_if_fail (ODL_IS_PLOT_AREA (area), NULL);
  return area->plot;
}

OdlPlotView *
odl_plot_area_get_view (OdlPlotArea *area)
{
  g_return_val_if_fail (ODL_IS_PLOT_AREA (area), NULL);
  return &area->view;
}

void
odl_plot_area_view_changed (OdlPlotArea *area)
{
  g_return_if_fail (ODL_IS_PLOT_AREA (area));
  gtk_widget_queue_draw (GTK_WIDGET (area));
}

int
odl_plot_area_get_brush (OdlPlotArea *area)
{
  g_return_val_if_fail (ODL_IS_PLOT_AREA (area), 0);
  return area->brush;
}

guint64
odl_plot_area_get_n_drawn (OdlPlotArea *area)
{
  g_return_val_if_fail (ODL_IS_PLOT_AREA (area), 0);
  return area->n_drawn;
}

/* ---- To the outside ---- */

void
odl_plot_area_begin_gesture (OdlPlotArea *area, gboolean merge)
{
  gint64 now = g_get_monotonic_time ();
  gboolean same = merge && now - area->gesture_us < MERGE_US;
  area->gesture_us = merge ? now : 0;
  if (!same)
    g_signal_emit (area, signals[SIGNAL_GESTURE], 0);
}

void
odl_plot_area_act (OdlPlotArea *area, const char *kind, int index, OdlPhase phase,
                   double x, double y)
{
  OdlAction action = { .phase = phase,
                       .index = index,
                       .x = x,
                       .y = y,
                       .button = area->button ? area->button : GDK_BUTTON_PRIMARY,
                       .shift = (area->modifiers & GDK_SHIFT_MASK) != 0,
                       .control = (area->modifiers & GDK_CONTROL_MASK) != 0 };
  g_strlcpy (action.kind, kind, sizeof action.kind);
  g_signal_emit (area, signals[SIGNAL_ACT], 0, &action);
}

void
odl_plot_area_click (OdlPlotArea *area, const char *kind, const OdlPick *picked)
{
  double x = picked->x, y = picked->y;
  if (picked->kind == ODL_PICK_HANDLE && (area->modifiers & GDK_SHIFT_MASK)) {
    const OdlHandle *handle = odl_plot_get_handle (area->plot, picked->handle);
    x = handle->x;
    y = handle->y;
  }
  odl_plot_area_act (area, kind, odl_plot_get_click_index (area->plot), ODL_PHASE_END,
                     x, y);
}

static GMenuModel *
menu_model (OdlPlotArea *area)
{
  GMenu *menu = g_menu_new (), *view = g_menu_new (), *out = g_menu_new ();
  g_menu_append (view, "_Fit", "plot.fit");
  if (!odl_plot_is_three (area->plot)) {
    g_menu_append (view, "Toggle _Logarithmic x", "plot.log-x");
    g_menu_append (view, "Toggle L_ogarithmic y", "plot.log-y");
  }
  g_menu_append (out, "_Copy Image", "plot.copy-image");
  g_menu_append (out, "Copy _Data as CSV", "plot.copy-data");
  g_menu_append (out, "_Export…", "plot.export");
  if (!odl_plot_is_table (area->plot))
    g_menu_append_section (menu, NULL, G_MENU_MODEL (view));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (out));
  g_object_unref (view);
  g_object_unref (out);
  return G_MENU_MODEL (menu);
}

void
odl_plot_area_show_menu (OdlPlotArea *area, double x, double y)
{
  if (area->plot == NULL)
    return;
  g_autoptr (GMenuModel) model = menu_model (area);
  if (area->menu == NULL) {
    area->menu = gtk_popover_menu_new_from_model (NULL);
    gtk_widget_set_parent (area->menu, GTK_WIDGET (area));
    gtk_popover_set_has_arrow (GTK_POPOVER (area->menu), FALSE);
    gtk_widget_set_halign (area->menu, GTK_ALIGN_START);
  }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (area->menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (area->menu),
                               &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (area->menu));
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  OdlPlotArea *area = ODL_PLOT_AREA (widget);
  if (area->menu)
    gtk_popover_present (GTK_POPOVER (area->menu));
}

/* ---- Class ---- */

static void
dispose (GObject *object)
{
  OdlPlotArea *area = ODL_PLOT_AREA (object);
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_signal_handlers_disconnect_by_data (manager, area);
  g_clear_handle_id (&area->describe_id, g_source_remove);
  g_clear_handle_id (&area->late_id, g_source_remove);
  g_clear_pointer (&area->menu, gtk_widget_unparent);
  area->plot = NULL;
  G_OBJECT_CLASS (odl_plot_area_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  OdlPlotArea *area = ODL_PLOT_AREA (object);
  odl_plot_view_clear (&area->view);
  g_free (area->series);
  odl_texts_free (area->texts);
  G_OBJECT_CLASS (odl_plot_area_parent_class)->finalize (object);
}

static void
odl_plot_area_class_init (OdlPlotAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->size_allocate = size_allocate;
  gtk_widget_class_set_css_name (widget_class, "plotarea");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  odl_plot_area_install_keys (widget_class);
  signals[SIGNAL_ACT] = g_signal_new ("act", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_GESTURE] = g_signal_new ("gesture", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EXPORT] = g_signal_new ("export", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
}

static void
odl_plot_area_init (OdlPlotArea *area)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  area->held = -1;
  area->texts = odl_texts_new ();
  gtk_widget_set_focusable (GTK_WIDGET (area), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (area), GTK_OVERFLOW_HIDDEN);
  odl_plot_area_add_hands (area);
  g_signal_connect_swapped (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw),
                            area);
  g_signal_connect_swapped (manager, "notify::high-contrast",
                            G_CALLBACK (gtk_widget_queue_draw), area);
}

GtkWidget *
odl_plot_area_new (void)
{
  return g_object_new (ODL_TYPE_PLOT_AREA, NULL);
}
