/* Export from the window: the dialog, the chooser, the word at the end.
 * SPDX-License-Identifier: MIT */
#include "window-inside.h"

#include "export.h"
#include "widgets/compat.h"
#include "widgets/export-dialog.h"

typedef struct {
  OdlWindow *window;
  char *plot, *ending;
  double scale;
} Order;

static void
order_free (Order *order)
{
  g_object_unref (order->window);
  g_free (order->plot);
  g_free (order->ending);
  g_free (order);
}

static void
on_exported (gpointer data, const char *path, const GError *error)
{
  OdlWindow *window = data;
  g_autofree char *name = g_filename_display_basename (path);
  if (error)
    odl_notice_say (ODL_NOTICE (window->notice), error->message);
  else
    odl_window_say (window, "Exported “%s”", name);
  g_object_unref (window);
}

void
odl_window_export_to (OdlWindow *window, const char *plot, const char *path,
                      double scale)
{
  OdlExportOrder order = { .path = path, .plot = plot, .scale = scale };
  odl_export_panel (odl_window_get_shown (window), &order, on_exported,
                    g_object_ref (window));
}

static void
on_path (gpointer data, const char *path)
{
  Order *order = data;
  if (path) {
    g_autofree char *named = g_str_has_suffix (path, order->ending)
                                 ? g_strdup (path)
                                 : g_strconcat (path, order->ending, NULL);
    odl_window_export_to (order->window, order->plot, named, order->scale);
  }
  order_free (order);
}

static void
on_chosen (gpointer data, const OdlExportChoice *choice)
{
  OdlWindow *window = data;
  OdlPanel *panel = odl_window_get_shown (window);
  Order *order = g_new0 (Order, 1);
  order->window = g_object_ref (window);
  order->plot = g_strdup (choice->plot);
  order->ending = g_strdup (choice->ending);
  order->scale = choice->scale;
  g_autofree char *name
      = g_strconcat (choice->plot ? choice->plot : odl_panel_get_class (panel)->id,
                     choice->ending, NULL);
  odl_compat_save_file (GTK_WINDOW (window), "Export", name, on_path, order);
}

void
odl_window_ask_export (OdlWindow *window, const char *plot)
{
  OdlPlotPage *page = odl_panel_get_page (odl_window_get_shown (window));
  guint n = odl_plot_page_n_areas (page);
  g_autofree const char **ids = g_new0 (const char *, n + 1);
  g_autofree const char **titles = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++) {
    ids[i] = odl_plot_page_id (page, i);
    titles[i] = odl_plot_title (odl_plot_area_get_plot (odl_plot_page_area (page, i)));
  }
  odl_export_dialog_new (GTK_WINDOW (window), ids, titles, plot, on_chosen,
                         g_object_ref (window), g_object_unref);
}
