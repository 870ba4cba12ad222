/* The model of a plot: what figures add is copied into layers.
 * SPDX-License-Identifier: MIT
 *
 * A layer knows the extent of what it shows along each axis, so fitting a plot is a
 * join of extents and never walks the arrays again. Level lines and regions are traced
 * when they are added: they do not depend on the view. */
#include "plot/model.h"

#include <math.h>
#include <string.h>

#include "plot/grid.h"

static void
layer_free (gpointer data)
{
  OdlLayer *layer = data;
  g_free (layer->name);
  g_free (layer->x);
  g_free (layer->y);
  g_free (layer->z);
  g_free (layer->u);
  g_free (layer->v);
  g_free (layer->category);
  g_free (layer->value);
  g_free (layer->tail_x);
  g_free (layer->tail_y);
  g_free ((gpointer)layer->heat.z);
  g_free (layer->text);
  g_free (layer);
}

static void
handle_clear (gpointer data)
{
  OdlHandle *handle = data;
  g_free ((gpointer)handle->kind);
  g_free ((gpointer)handle->label);
  g_free ((gpointer)handle->series);
}

static void
tip_clear (gpointer data)
{
  g_free (((OdlTip *)data)->text);
}

static void
clear_actions (OdlPlot *plot)
{
  for (guint i = 0; plot->kinds != NULL && i < plot->columns; i++)
    g_free (plot->kinds[i]);
  g_clear_pointer (&plot->kinds, g_free);
  g_clear_pointer (&plot->indices, g_free);
}

static void
clear_table (OdlPlot *plot)
{
  clear_actions (plot);
  g_clear_pointer (&plot->cells, g_strfreev);
  g_clear_pointer (&plot->row_colors, g_free);
}

OdlPlot *
odl_plot_new (const char *id, const char *title)
{
  g_return_val_if_fail (id != NULL, NULL);
  OdlPlot *plot = g_new0 (OdlPlot, 1);
  plot->id = g_strdup (id);
  plot->title = g_strdup (title != NULL ? title : "");
  plot->layers = g_ptr_array_new_with_free_func (layer_free);
  plot->handles = g_array_new (FALSE, FALSE, sizeof (OdlHandle));
  g_array_set_clear_func (plot->handles, handle_clear);
  plot->tips = g_array_new (FALSE, FALSE, sizeof (OdlTip));
  g_array_set_clear_func (plot->tips, tip_clear);
  return plot;
}

void
odl_plot_free (OdlPlot *plot)
{
  if (plot == NULL)
    return;
  char *words[]
      = { plot->id,   plot->title,   plot->label[0], plot->label[1], plot->label[2],
          plot->note, plot->message, plot->summary,  plot->click,    plot->hint };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_free (words[i]);
  g_ptr_array_unref (plot->layers);
  g_array_unref (plot->handles);
  g_array_unref (plot->tips);
  clear_table (plot);
  g_free (plot);
}

static void
replace (char **to, const char *text)
{
  char *copy = g_strdup (text);
  g_free (*to);
  *to = copy;
}

/* ── The plot's own properties ── */

const char *
odl_plot_id (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, NULL);
  return plot->id;
}

const char *
odl_plot_title (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, NULL);
  return plot->title;
}

void
odl_plot_axes (OdlPlot *plot, const char *x_label, OdlScale x, const char *y_label,
               OdlScale y)
{
  g_return_if_fail (plot != NULL);
  replace (&plot->label[0], x_label);
  replace (&plot->label[1], y_label);
  plot->scale[0] = x;
  plot->scale[1] = y;
}

static void
set_range (OdlPlot *plot, guint axis, double low, double high)
{
  g_return_if_fail (plot != NULL);
  g_return_if_fail (isfinite (low) && isfinite (high) && low <= high);
  plot->has_range[axis] = TRUE;
  plot->range[axis][0] = low;
  plot->range[axis][1] = high;
}

void
odl_plot_range_x (OdlPlot *plot, double x0, double x1)
{
  set_range (plot, 0, x0, x1);
}

void
odl_plot_range_y (OdlPlot *plot, double y0, double y1)
{
  set_range (plot, 1, y0, y1);
}

void
odl_plot_range_z (OdlPlot *plot, double z0, double z1)
{
  set_range (plot, 2, z0, z1);
}

void
odl_plot_equal_aspect (OdlPlot *plot)
{
  g_return_if_fail (plot != NULL);
  plot->equal = TRUE;
}

void
odl_plot_keep_range (OdlPlot *plot)
{
  g_return_if_fail (plot != NULL);
  plot->keeps_range = TRUE;
}

void
odl_plot_no_legend (OdlPlot *plot)
{
  g_return_if_fail (plot != NULL);
  plot->no_legend = TRUE;
}

void
odl_plot_legend_above (OdlPlot *plot)
{
  g_return_if_fail (plot != NULL);
  plot->legend_above = TRUE;
}

void
odl_plot_note (OdlPlot *plot, const char *text)
{
  g_return_if_fail (plot != NULL);
  replace (&plot->note, text);
}

void
odl_plot_message (OdlPlot *plot, const char *text)
{
  g_return_if_fail (plot != NULL);
  replace (&plot->message, text);
}

void
odl_plot_summary (OdlPlot *plot, const char *text)
{
  g_return_if_fail (plot != NULL);
  replace (&plot->summary, text);
}

const char *
odl_plot_get_summary (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, NULL);
  const char *words[] = { plot->summary, plot->message, plot->note };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i] != NULL && *words[i] != '\0')
      return words[i];
  return plot->title;
}

/* ── Layers ── */

static OdlLayer *
add_layer (OdlPlot *plot, OdlLayerKind kind, const char *name, gsize n, OdlStyle style)
{
  OdlLayer *layer = g_new0 (OdlLayer, 1);
  layer->kind = kind;
  layer->name = g_strdup (name);
  layer->n = n;
  layer->style = style;
  if (!(style.alpha > 0))
    layer->style.alpha = 1;
  for (guint axis = 0; axis < 3; axis++)
    odl_extent_clear (&layer->range[axis]);
  g_ptr_array_add (plot->layers, layer);
  return layer;
}

static double *
copy (const double *values, gsize n)
{
  return values == NULL || n == 0 ? NULL : g_memdup2 (values, n * sizeof *values);
}

/* The layer's x and y, and their extent. */
static void
set_points (OdlLayer *layer, const double *x, const double *y)
{
  layer->x = copy (x, layer->n);
  layer->y = copy (y, layer->n);
  odl_extent_add (&layer->range[0], x, layer->n);
  odl_extent_add (&layer->range[1], y, layer->n);
}

void
odl_plot_line (OdlPlot *plot, const char *name, const double *x, const double *y,
               gsize n, OdlStyle style)
{
  g_return_if_fail (plot != NULL && (n == 0 || (x != NULL && y != NULL)));
  set_points (add_layer (plot, ODL_LAYER_LINE, name, n, style), x, y);
}

void
odl_plot_markers (OdlPlot *plot, const char *name, const double *x, const double *y,
                  gsize n, OdlStyle style)
{
  g_return_if_fail (plot != NULL && (n == 0 || (x != NULL && y != NULL)));
  set_points (add_layer (plot, ODL_LAYER_MARKERS, name, n, style), x, y);
}

static OdlLayer *
add_cloud (OdlPlot *plot, const char *name, const OdlCloud *cloud, OdlStyle style)
{
  OdlLayer *layer = add_layer (plot, ODL_LAYER_CLOUD, name, cloud->n, style);
  gsize n = cloud->n;
  set_points (layer, cloud->x, cloud->y);
  layer->map = cloud->map;
  layer->value = copy (cloud->value, n);
  if (cloud->category != NULL && n > 0)
    layer->category = g_memdup2 (cloud->category, n * sizeof *cloud->category);
  if (cloud->tail_x != NULL && cloud->tail_y != NULL)
    layer->n_tail = cloud->n_tail;
  layer->tail_x = copy (cloud->tail_x, n * layer->n_tail);
  layer->tail_y = copy (cloud->tail_y, n * layer->n_tail);
  return layer;
}

void
odl_plot_cloud (OdlPlot *plot, const char *name, const OdlCloud *cloud, OdlStyle style)
{
  g_return_if_fail (plot != NULL && cloud != NULL
                    && (cloud->n == 0 || (cloud->x != NULL && cloud->y != NULL)));
  add_cloud (plot, name, cloud, style);
}

void
odl_plot_arrows (OdlPlot *plot, const char *name, const double *x, const double *y,
                 const double *u, const double *v, gsize n, double length_px,
                 OdlStyle style)
{
  g_return_if_fail (plot != NULL
                    && (n == 0 || (x != NULL && y != NULL && u != NULL && v != NULL)));
  OdlLayer *layer = add_layer (plot, ODL_LAYER_ARROWS, name, n, style);
  set_points (layer, x, y);
  layer->u = copy (u, n);
  layer->v = copy (v, n);
  layer->length_px = length_px;
  for (gsize i = 0; i < n && !(length_px > 0); i++) {
    double end_x = x[i] + u[i], end_y = y[i] + v[i];
    odl_extent_add (&layer->range[0], &end_x, 1);
    odl_extent_add (&layer->range[1], &end_y, 1);
  }
}

void
odl_plot_band (OdlPlot *plot, const char *name, const double *x, const double *lower,
               const double *upper, gsize n, OdlStyle style)
{
  g_return_if_fail (plot != NULL
                    && (n == 0 || (x != NULL && lower != NULL && upper != NULL)));
  OdlLayer *layer = add_layer (plot, ODL_LAYER_BAND, name, n, style);
  set_points (layer, x, lower);
  layer->u = copy (upper, n);
  odl_extent_add (&layer->range[1], upper, n);
}

/* The rectangle of a grid as a layer's extent. */
static void
set_box (OdlLayer *layer, const OdlHeat *grid)
{
  const double x[2] = { grid->x0, grid->x1 }, y[2] = { grid->y0, grid->y1 };
  odl_extent_add (&layer->range[0], x, 2);
  odl_extent_add (&layer->range[1], y, 2);
}

/* The ends of the colour map: given, or from the data; symmetric about 0 when it
 * diverges. */
static void
set_heat_range (OdlHeat *heat)
{
  OdlExtent extent;
  if (heat->z1 > heat->z0)
    return;
  odl_extent_clear (&extent);
  odl_extent_add (&extent, heat->z, (gsize)heat->rows * heat->columns);
  gboolean none = odl_extent_is_empty (&extent);
  heat->z0 = none ? 0 : extent.low;
  heat->z1 = none ? 1 : extent.high;
  if (heat->map == ODL_MAP_DIVERGING && heat->z0 < 0 && heat->z1 > 0) {
    heat->z1 = fmax (-heat->z0, heat->z1);
    heat->z0 = -heat->z1;
  }
  if (!(heat->z1 > heat->z0)) {
    double half = heat->z0 != 0 ? fabs (heat->z0) / 2 : 0.5;
    heat->z0 -= half;
    heat->z1 += half;
  }
}

void
odl_plot_heat (OdlPlot *plot, const char *name, const OdlHeat *heat)
{
  g_return_if_fail (plot != NULL && heat != NULL && heat->z != NULL && heat->rows > 0
                    && heat->columns > 0);
  OdlStyle style = { .alpha = heat->alpha };
  OdlLayer *layer = add_layer (plot, ODL_LAYER_HEAT, name, 0, style);
  layer->heat = *heat;
  layer->heat.z = copy (heat->z, (gsize)heat->rows * heat->columns);
  set_heat_range (&layer->heat);
  set_box (layer, heat);
}

/* Takes the pieces as the layer's points. */
static void
take_rings (OdlLayer *layer, OdlRings *rings)
{
  layer->n = rings->x->len;
  layer->x = (double *)g_array_free (g_steal_pointer (&rings->x), FALSE);
  layer->y = (double *)g_array_free (g_steal_pointer (&rings->y), FALSE);
}

void
odl_plot_contour (OdlPlot *plot, const char *name, const OdlHeat *grid, double level,
                  OdlStyle style)
{
  g_return_if_fail (plot != NULL && grid != NULL && grid->z != NULL);
  OdlRings rings = odl_grid_contour (grid, level);
  OdlLayer *layer = add_layer (plot, ODL_LAYER_LINE, name, 0, style);
  take_rings (layer, &rings);
  set_box (layer, grid);
}

void
odl_plot_region (OdlPlot *plot, const char *name, const OdlHeat *grid, double level,
                 OdlStyle style)
{
  g_return_if_fail (plot != NULL && grid != NULL && grid->z != NULL);
  OdlRings rings = odl_grid_region (grid, level);
  OdlLayer *layer = add_layer (plot, ODL_LAYER_REGION, name, 0, style);
  take_rings (layer, &rings);
  set_box (layer, grid);
}

void
odl_plot_bars (OdlPlot *plot, const char *name, const double *x, const double *width,
               const double *y0, const double *y1, gsize n, OdlStyle style)
{
  g_return_if_fail (
      plot != NULL
      && (n == 0 || (x != NULL && width != NULL && y0 != NULL && y1 != NULL)));
  OdlLayer *layer = add_layer (plot, ODL_LAYER_BARS, name, n, style);
  set_points (layer, x, y0);
  layer->u = copy (width, n);
  layer->v = copy (y1, n);
  odl_extent_add (&layer->range[1], y1, n);
  for (gsize i = 0; i < n; i++) {
    double end = x[i] + width[i];
    odl_extent_add (&layer->range[0], &end, 1);
  }
}

void
odl_plot_vertical (OdlPlot *plot, const char *name, double x, OdlStyle style)
{
  g_return_if_fail (plot != NULL);
  OdlLayer *layer = add_layer (plot, ODL_LAYER_VERTICAL, name, 1, style);
  layer->x = copy (&x, 1);
  odl_extent_add (&layer->range[0], &x, 1);
}

void
odl_plot_horizontal (OdlPlot *plot, const char *name, double y, OdlStyle style)
{
  g_return_if_fail (plot != NULL);
  OdlLayer *layer = add_layer (plot, ODL_LAYER_HORIZONTAL, name, 1, style);
  layer->y = copy (&y, 1);
  odl_extent_add (&layer->range[1], &y, 1);
}

void
odl_plot_text (OdlPlot *plot, double x, double y, double dx, double dy, double anchor,
               const char *text, OdlStyle style)
{
  g_return_if_fail (plot != NULL && text != NULL);
  style.no_fit = TRUE;
  OdlLayer *layer = add_layer (plot, ODL_LAYER_TEXT, NULL, 1, style);
  layer->x = copy (&x, 1);
  layer->y = copy (&y, 1);
  layer->dx = dx;
  layer->dy = dy;
  layer->anchor = CLAMP (anchor, 0, 1);
  layer->text = g_strdup (text);
}

void
odl_plot_tip (OdlPlot *plot, double x, double y, const char *text)
{
  g_return_if_fail (plot != NULL && text != NULL);
  OdlTip tip = { x, y, g_strdup (text) };
  g_array_append_val (plot->tips, tip);
}

void
odl_plot_table (OdlPlot *plot, const char *const *cells, guint rows, guint columns,
                const int *colors)
{
  g_return_if_fail (plot != NULL && cells != NULL && rows > 0 && columns > 0);
  clear_table (plot);
  plot->cells = g_new0 (char *, (gsize)rows *columns + 1);
  for (gsize i = 0; i < (gsize)rows * columns; i++)
    plot->cells[i] = g_strdup (cells[i] != NULL ? cells[i] : "");
  plot->rows = rows;
  plot->columns = columns;
  if (colors != NULL)
    plot->row_colors = g_memdup2 (colors, rows * sizeof *colors);
}

void
odl_plot_table_actions (OdlPlot *plot, const char *const *kinds, const int *indices)
{
  g_return_if_fail (plot != NULL && plot->cells != NULL);
  g_return_if_fail (kinds != NULL && indices != NULL);
  clear_actions (plot);
  plot->kinds = g_new0 (char *, plot->columns);
  for (guint i = 0; i < plot->columns; i++)
    plot->kinds[i] = g_strdup (kinds[i]);
  plot->indices = g_memdup2 (indices, plot->rows * sizeof *indices);
}

/* ── Three dimensions ── */

void
odl_plot_three (OdlPlot *plot, const char *x_label, const char *y_label,
                const char *z_label)
{
  g_return_if_fail (plot != NULL);
  odl_plot_axes (plot, x_label, ODL_SCALE_LINEAR, y_label, ODL_SCALE_LINEAR);
  replace (&plot->label[2], z_label);
  plot->three = TRUE;
}

static void
set_depth (OdlLayer *layer, const double *z)
{
  layer->z = copy (z, layer->n);
  odl_extent_add (&layer->range[2], z, layer->n);
}

void
odl_plot_cloud3 (OdlPlot *plot, const char *name, const OdlCloud *cloud,
                 const double *z, OdlStyle style)
{
  g_return_if_fail (plot != NULL && cloud != NULL);
  g_return_if_fail (cloud->n == 0
                    || (cloud->x != NULL && cloud->y != NULL && z != NULL));
  set_depth (add_cloud (plot, name, cloud, style), z);
}

void
odl_plot_line3 (OdlPlot *plot, const char *name, const double *x, const double *y,
                const double *z, gsize n, OdlStyle style)
{
  g_return_if_fail (plot != NULL && (n == 0 || (x != NULL && y != NULL && z != NULL)));
  OdlLayer *layer = add_layer (plot, ODL_LAYER_LINE, name, n, style);
  set_points (layer, x, y);
  set_depth (layer, z);
}

/* ── Hands ── */

void
odl_plot_handle (OdlPlot *plot, const OdlHandle *handle)
{
  g_return_if_fail (plot != NULL && handle != NULL);
  OdlHandle own = *handle;
  own.kind = g_strdup (handle->kind);
  own.label = g_strdup (handle->label);
  own.series = g_strdup (handle->series);
  g_array_append_val (plot->handles, own);
}

static void
set_click (OdlPlot *plot, const char *kind, const char *hint, gboolean paints)
{
  g_return_if_fail (plot != NULL);
  replace (&plot->click, kind);
  replace (&plot->hint, hint);
  plot->paints = paints;
}

void
odl_plot_click (OdlPlot *plot, const char *kind, const char *hint)
{
  set_click (plot, kind, hint, FALSE);
}

void
odl_plot_click_index (OdlPlot *plot, int index)
{
  g_return_if_fail (plot != NULL);
  plot->click_index = index;
}

void
odl_plot_paint (OdlPlot *plot, const char *kind, const char *hint)
{
  set_click (plot, kind, hint, TRUE);
}

/* ── Reading ── */

guint
odl_plot_n_layers (const OdlPlot *plot)
{
  return plot->layers->len;
}

const OdlLayer *
odl_plot_layer (const OdlPlot *plot, guint index)
{
  g_return_val_if_fail (index < plot->layers->len, NULL);
  return g_ptr_array_index (plot->layers, index);
}
