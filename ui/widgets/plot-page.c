/* Plots laid out on a page.
 * SPDX-License-Identifier: MIT
 *
 * The figure says where each plot goes for a width; the page asks it when GTK measures
 * and allocates. Areas are reconciled by id, so a plot keeps its zoom while frames come
 * and go. Plots that are scrolled out of sight are not drawn: building their nodes
 * would cost as much as drawing them. */
#include "plot-page.h"

#include <string.h>

#include "view-state.h"

#define MIN_WIDTH 280

typedef struct {
  char *id;
  OdlPlotArea *area;
} Place;

struct _OdlPlotPage {
  GtkWidget parent_instance;
  OdlPlotPageMade made;
  gpointer made_data;
  OdlFigure *figure;
  GArray *places;          /* of Place, in the figure's order */
  GHashTable *views;       /* id → json_t: of plots that are not shown */
  GtkAdjustment *scrolled; /* the vertical one round us, when there is one */
};

G_DEFINE_FINAL_TYPE (OdlPlotPage, odl_plot_page, GTK_TYPE_WIDGET)

static Place *
place_at (OdlPlotPage *page, guint index)
{
  return &g_array_index (page->places, Place, index);
}

guint
odl_plot_page_n_areas (OdlPlotPage *page)
{
  g_return_val_if_fail (ODL_IS_PLOT_PAGE (page), 0);
  return page->places->len;
}

OdlPlotArea *
odl_plot_page_area (OdlPlotPage *page, guint index)
{
  g_return_val_if_fail (ODL_IS_PLOT_PAGE (page) && index < page->places->len, NULL);
  return place_at (page, index)->area;
}

const char *
odl_plot_page_id (OdlPlotPage *page, guint index)
{
  g_return_val_if_fail (ODL_IS_PLOT_PAGE (page) && index < page->places->len, NULL);
  return place_at (page, index)->id;
}

OdlPlotArea *
odl_plot_page_find (OdlPlotPage *page, const char *id)
{
  g_return_val_if_fail (ODL_IS_PLOT_PAGE (page) && id != NULL, NULL);
  for (guint i = 0; i < page->places->len; i++)
    if (g_str_equal (place_at (page, i)->id, id))
      return place_at (page, i)->area;
  return NULL;
}

const OdlFigure *
odl_plot_page_get_figure (OdlPlotPage *page)
{
  g_return_val_if_fail (ODL_IS_PLOT_PAGE (page), NULL);
  return page->figure;
}

/* ---- A new figure ---- */

static void
remove_area (OdlPlotPage *page, Place *place)
{
  json_t *view = odl_view_state_save (odl_plot_area_get_view (place->area));
  g_hash_table_replace (page->views, g_strdup (place->id), view);
  odl_plot_area_set_plot (place->area, NULL);
  gtk_widget_unparent (GTK_WIDGET (place->area));
  g_free (place->id);
}

static void
make_area (OdlPlotPage *page, const char *id, Place *place)
{
  const json_t *view = g_hash_table_lookup (page->views, id);
  place->id = g_strdup (id);
  place->area = ODL_PLOT_AREA (odl_plot_area_new ());
  odl_view_state_load (odl_plot_area_get_view (place->area), view);
  g_hash_table_remove (page->views, id);
  gtk_widget_set_parent (GTK_WIDGET (place->area), GTK_WIDGET (page));
  page->made (page->made_data, place->area, id);
}

static gboolean
same_plots (OdlPlotPage *page, const OdlFigure *figure)
{
  guint n = figure ? odl_figure_n_plots (figure) : 0;
  if (n != page->places->len)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!g_str_equal (place_at (page, i)->id,
                      odl_plot_id (odl_figure_plot (figure, i))))
      return FALSE;
  return TRUE;
}

/* Takes over the areas that stay, in the figure's order, makes those that are new, and
 * lets the rest go. */
static void
reconcile (OdlPlotPage *page, const OdlFigure *figure)
{
  guint n = figure ? odl_figure_n_plots (figure) : 0;
  GArray *places = g_array_new (FALSE, TRUE, sizeof (Place));
  for (guint i = 0; i < n; i++) {
    const char *id = odl_plot_id (odl_figure_plot (figure, i));
    Place place = { NULL, NULL };
    for (guint k = 0; k < page->places->len && place.id == NULL; k++)
      if (g_strcmp0 (place_at (page, k)->id, id) == 0) {
        place = *place_at (page, k);
        place_at (page, k)->id = NULL;
      }
    if (place.id == NULL)
      make_area (page, id, &place);
    gtk_widget_insert_before (GTK_WIDGET (place.area), GTK_WIDGET (page), NULL);
    g_array_append_val (places, place);
  }
  for (guint k = 0; k < page->places->len; k++)
    if (place_at (page, k)->id)
      remove_area (page, place_at (page, k));
  g_array_unref (page->places);
  page->places = places;
  gtk_widget_queue_resize (GTK_WIDGET (page));
}

/* Whether the plots, the same ones, take the same places: a table may have got rows. */
static gboolean
same_places (OdlPlotPage *page, const OdlFigure *a, const OdlFigure *b)
{
  guint n = page->places->len;
  double width = gtk_widget_get_width (GTK_WIDGET (page));
  g_autofree OdlRect *rects = g_new0 (OdlRect, 2 * n + 1);
  if (n == 0 || !(width > 0))
    return TRUE;
  odl_figure_arrange (a, width, 0, rects);
  odl_figure_arrange (b, width, 0, rects + n);
  return memcmp (rects, rects + n, n * sizeof *rects) == 0;
}

void
odl_plot_page_set_figure (OdlPlotPage *page, OdlFigure *figure)
{
  g_return_if_fail (ODL_IS_PLOT_PAGE (page));
  OdlFigure *old = page->figure;
  page->figure = figure;
  if (!same_plots (page, figure))
    reconcile (page, figure);
  else if (!same_places (page, old, figure))
    gtk_widget_queue_resize (GTK_WIDGET (page));
  for (guint i = 0; i < page->places->len; i++)
    odl_plot_area_set_plot (place_at (page, i)->area, odl_figure_plot (figure, i));
  odl_figure_free (old);
}

/* ---- The views as a document ---- */

json_t *
odl_plot_page_save (OdlPlotPage *page)
{
  g_return_val_if_fail (ODL_IS_PLOT_PAGE (page), NULL);
  json_t *to = json_object ();
  GHashTableIter iter;
  gpointer id, view;
  g_hash_table_iter_init (&iter, page->views);
  while (g_hash_table_iter_next (&iter, &id, &view))
    if (json_object_size (view) > 0)
      json_object_set (to, id, view);
  for (guint i = 0; i < page->places->len; i++) {
    Place *place = place_at (page, i);
    json_t *state = odl_view_state_save (odl_plot_area_get_view (place->area));
    if (json_object_size (state) > 0)
      json_object_set (to, place->id, state);
    else
      json_object_del (to, place->id);
    json_decref (state);
  }
  return to;
}

void
odl_plot_page_load (OdlPlotPage *page, const json_t *from)
{
  g_return_if_fail (ODL_IS_PLOT_PAGE (page));
  const char *id;
  json_t *view;
  g_hash_table_remove_all (page->views);
  json_object_foreach ((json_t *)from, id, view)
  {
    if (json_is_object (view))
      g_hash_table_replace (page->views, g_strdup (id), json_incref (view));
  }
  for (guint i = 0; i < page->places->len; i++) {
    Place *place = place_at (page, i);
    odl_view_state_load (odl_plot_area_get_view (place->area),
                         g_hash_table_lookup (page->views, place->id));
    g_hash_table_remove (page->views, place->id);
    odl_plot_area_view_changed (place->area);
  }
}

/* ---- Layout ---- */

static GtkSizeRequestMode
request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
         int *natural, int *minimum_baseline, int *natural_baseline)
{
  OdlPlotPage *page = ODL_PLOT_PAGE (widget);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = MIN_WIDTH;
    *natural = 3 * MIN_WIDTH;
    return;
  }
  double width = for_size > 0 ? for_size : 3 * MIN_WIDTH;
  guint n = page->places->len;
  g_autofree OdlRect *rects = g_new0 (OdlRect, n + 1);
  double height = n > 0 ? odl_figure_arrange (page->figure, width, 0, rects) : 0;
  *minimum = *natural = (int)height;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  OdlPlotPage *page = ODL_PLOT_PAGE (widget);
  guint n = page->places->len;
  g_autofree OdlRect *rects = g_new0 (OdlRect, n + 1);
  if (n > 0)
    odl_figure_arrange (page->figure, width, height, rects);
  for (guint i = 0; i < n; i++) {
    int x = (int)(rects[i].x + 0.5), y = (int)(rects[i].y + 0.5);
    GtkAllocation box = { x, y, (int)(rects[i].x + rects[i].width + 0.5) - x,
                          (int)(rects[i].y + rects[i].height + 0.5) - y };
    gtk_widget_measure (GTK_WIDGET (place_at (page, i)->area),
                        GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
    gtk_widget_size_allocate (GTK_WIDGET (place_at (page, i)->area), &box, -1);
  }
}

/* Whether any of a child can be seen through the window that scrolls us. */
static gboolean
in_sight (OdlPlotPage *page, GtkWidget *child)
{
  graphene_rect_t box;
  if (page->scrolled == NULL
      || !gtk_widget_compute_bounds (child, GTK_WIDGET (page), &box))
    return TRUE;
  double top = gtk_adjustment_get_value (page->scrolled);
  double bottom = top + gtk_adjustment_get_page_size (page->scrolled);
  return box.origin.y < bottom && box.origin.y + box.size.height > top;
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *to)
{
  OdlPlotPage *page = ODL_PLOT_PAGE (widget);
  for (guint i = 0; i < page->places->len; i++) {
    GtkWidget *child = GTK_WIDGET (place_at (page, i)->area);
    if (in_sight (page, child))
      gtk_widget_snapshot_child (widget, child, to);
  }
}

static void
root (GtkWidget *widget)
{
  OdlPlotPage *page = ODL_PLOT_PAGE (widget);
  GTK_WIDGET_CLASS (odl_plot_page_parent_class)->root (widget);
  GtkWidget *around = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  if (around == NULL)
    return;
  page->scrolled = g_object_ref (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (around)));
  g_signal_connect_object (page->scrolled, "value-changed",
                           G_CALLBACK (gtk_widget_queue_draw), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->scrolled, "changed",
                           G_CALLBACK (gtk_widget_queue_draw), page, G_CONNECT_SWAPPED);
}

static void
unroot (GtkWidget *widget)
{
  OdlPlotPage *page = ODL_PLOT_PAGE (widget);
  if (page->scrolled)
    g_signal_handlers_disconnect_by_data (page->scrolled, page);
  g_clear_object (&page->scrolled);
  GTK_WIDGET_CLASS (odl_plot_page_parent_class)->unroot (widget);
}

/* ---- Class ---- */

static void
dispose (GObject *object)
{
  OdlPlotPage *page = ODL_PLOT_PAGE (object);
  for (guint i = 0; i < page->places->len; i++) {
    Place *place = place_at (page, i);
    odl_plot_area_set_plot (place->area, NULL);
    gtk_widget_unparent (GTK_WIDGET (place->area));
    g_free (place->id);
  }
  g_array_set_size (page->places, 0);
  g_clear_pointer (&page->figure, odl_figure_free);
  G_OBJECT_CLASS (odl_plot_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  OdlPlotPage *page = ODL_PLOT_PAGE (object);
  g_array_unref (page->places);
  g_hash_table_unref (page->views);
  G_OBJECT_CLASS (odl_plot_page_parent_class)->finalize (object);
}

static void
odl_plot_page_class_init (OdlPlotPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->get_request_mode = request_mode;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  widget_class->snapshot = snapshot;
  widget_class->root = root;
  widget_class->unroot = unroot;
  gtk_widget_class_set_css_name (widget_class, "plotpage");
}

static void
odl_plot_page_init (OdlPlotPage *page)
{
  page->places = g_array_new (FALSE, TRUE, sizeof (Place));
  page->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify)json_decref);
}

GtkWidget *
odl_plot_page_new (OdlPlotPageMade made, gpointer data)
{
  g_return_val_if_fail (made != NULL, NULL);
  OdlPlotPage *page = g_object_new (ODL_TYPE_PLOT_PAGE, NULL);
  page->made = made;
  page->made_data = data;
  return GTK_WIDGET (page);
}
