/* Export of a panel, in a thread.
 * SPDX-License-Identifier: MIT
 *
 * A frame is immutable and a figure is a pure function of it, so the thread needs
 * nothing of the window's but copies of the views. Pango and cairo keep their state per
 * thread. */
#include "export.h"

#include "figures/figures.h"
#include "widgets/view-state.h"

typedef struct {
  OdlFrame *frame;
  OdlFigureView view;
  OdlExport options;
  GHashTable *views; /* id → OdlPlotView */
  char *path, *plot, *metadata;
  OdlExported done;
  gpointer data;
} Work;

static void
view_free (gpointer data)
{
  odl_plot_view_clear (data);
  g_free (data);
}

static void
work_free (gpointer data)
{
  Work *work = data;
  odl_frame_unref (work->frame);
  g_hash_table_unref (work->views);
  g_free (work->path);
  g_free (work->plot);
  g_free (work->metadata);
  g_free (work);
}

static void
copy_views (Work *work, OdlPlotPage *page)
{
  for (guint i = 0; i < odl_plot_page_n_areas (page); i++) {
    OdlPlotView *view = g_new0 (OdlPlotView, 1);
    json_t *state
        = odl_view_state_save (odl_plot_area_get_view (odl_plot_page_area (page, i)));
    odl_view_state_load (view, state);
    json_decref (state);
    g_hash_table_replace (work->views, g_strdup (odl_plot_page_id (page, i)), view);
  }
}

/* The settings that made it, a line each. */
static char *
describe (const OdlFrame *frame)
{
  const OdlValues *values = frame->values;
  GString *text = g_string_new ("odelab " ODL_VERSION " ");
  g_string_append_printf (text, "%s\n", frame->klass->id);
  for (guint i = 0; i < values->n; i++) {
    g_autofree char *value
        = odl_value_to_text (&values->settings[i], &values->values[i]);
    g_string_append_printf (text, "%s=%s\n", values->settings[i].key,
                            g_strdelimit (value, "\n", ';'));
  }
  return g_string_free (text, FALSE);
}

static void
work_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  g_autoptr (OdlFigure) figure = odl_figure_of (work->frame, &work->view);
  guint n = odl_figure_n_plots (figure);
  g_autofree const OdlPlotView **views = g_new0 (const OdlPlotView *, n + 1);
  static const OdlPlotView fresh = { 0 };
  for (guint i = 0; i < n; i++) {
    const OdlPlotView *view
        = g_hash_table_lookup (work->views, odl_plot_id (odl_figure_plot (figure, i)));
    views[i] = view ? view : &fresh;
  }
  work->options.views = views;
  work->options.plot = work->plot;
  work->options.metadata = work->metadata;
  if (odl_figure_export (figure, work->path, &work->options, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  g_task_propagate_boolean (G_TASK (result), &error);
  if (work->done)
    work->done (work->data, work->path, error);
  work_free (work);
}

/* The size of one plot, or of the page, as it stands on the screen. */
static void
size_on_screen (OdlPanel *panel, const OdlExportOrder *order, OdlExport *options)
{
  OdlPlotPage *page = odl_panel_get_page (panel);
  OdlPlotArea *area = order->plot ? odl_plot_page_find (page, order->plot) : NULL;
  GtkWidget *widget = area ? GTK_WIDGET (area) : GTK_WIDGET (page);
  options->width = order->width > 0 ? order->width : gtk_widget_get_width (widget);
  options->height = order->height > 0 ? order->height : gtk_widget_get_height (widget);
}

void
odl_export_panel (OdlPanel *panel, const OdlExportOrder *order, OdlExported done,
                  gpointer data)
{
  g_return_if_fail (ODL_IS_PANEL (panel) && order != NULL && order->path != NULL);
  const OdlFrame *frame = odl_panel_get_frame (panel);
  OdlPlotPage *page = odl_panel_get_page (panel);
  if (frame == NULL)
    return;
  Work *work = g_new0 (Work, 1);
  work->frame = odl_frame_ref (frame);
  work->view.scrub = odl_panel_get_scrub (panel);
  work->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, view_free);
  work->path = g_strdup (order->path);
  work->plot = g_strdup (order->plot);
  work->metadata = describe (frame);
  work->done = done;
  work->data = data;
  work->options.scale = order->scale > 0 ? order->scale : 1;
  size_on_screen (panel, order, &work->options);
  if (odl_plot_page_n_areas (page) > 0)
    odl_plot_area_get_theme (odl_plot_page_area (page, 0), &work->options.theme);
  copy_views (work, page);
  g_autoptr (GTask) task = g_task_new (panel, NULL, on_done, work);
  g_task_set_task_data (task, work, NULL);
  g_task_run_in_thread (task, work_in_thread);
}

GdkTexture *
odl_export_to_texture (OdlPanel *panel, double scale)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel) && scale > 0, NULL);
  OdlPlotPage *page = odl_panel_get_page (panel);
  const OdlFigure *figure = odl_plot_page_get_figure (page);
  guint n = odl_plot_page_n_areas (page);
  int width = gtk_widget_get_width (GTK_WIDGET (page));
  int height = gtk_widget_get_height (GTK_WIDGET (page));
  if (figure == NULL || n == 0 || width < 1 || height < 1)
    return NULL;
  g_autofree const OdlPlotView **views = g_new0 (const OdlPlotView *, n);
  OdlTheme theme;
  for (guint i = 0; i < n; i++)
    views[i] = odl_plot_area_get_view (odl_plot_page_area (page, i));
  odl_plot_area_get_theme (odl_plot_page_area (page, 0), &theme);
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, (int)(width * scale), (int)(height * scale));
  cairo_t *cr = cairo_create (surface);
  cairo_scale (cr, scale, scale);
  odl_figure_draw (figure, cr, width, height, views, &theme);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  gsize stride = (gsize)cairo_image_surface_get_stride (surface);
  int rows = cairo_image_surface_get_height (surface);
  g_autoptr (GBytes) bytes
      = g_bytes_new (cairo_image_surface_get_data (surface), stride * (gsize)rows);
  GdkTexture *texture = gdk_memory_texture_new (
      cairo_image_surface_get_width (surface), rows, GDK_MEMORY_DEFAULT, bytes, stride);
  cairo_surface_destroy (surface);
  return texture;
}
