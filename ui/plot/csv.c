/* The data of a plot as CSV (RFC 4180), long form: series, x, y and what else the layer
 * has, 17 digits, a point for the decimals. SPDX-License-Identifier: MIT
 *
 * Curves, marks, clouds, bands, bars and level lines are written point by point; a heat
 * map cell by cell at the cells' middles unless it is a backdrop; a table as it is.
 * Gaps are left out. Columns that no layer of the plot uses are left out too. */
#include <math.h>
#include <string.h>

#include "plot/draw.h"
#include "plot/model.h"

enum { COLUMN_Z, COLUMN_UPPER, COLUMN_WIDTH, COLUMN_VALUE, COLUMN_CATEGORY, N_EXTRA };
static const char *const extra_names[N_EXTRA]
    = { "z", "upper", "width", "value", "category" };

static void
append_text (GString *csv, const char *text)
{
  if (strpbrk (text, ",\"\n\r") == NULL) {
    g_string_append (csv, text);
    return;
  }
  g_string_append_c (csv, '"');
  for (const char *c = text; *c != '\0'; c++)
    g_string_append (csv, *c == '"' ? "\"\"" : (char[]){ *c, '\0' });
  g_string_append_c (csv, '"');
}

static void
append_number (GString *csv, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (isfinite (value))
    g_string_append (csv, g_ascii_formatd (text, sizeof text, "%.17g", value));
}

static gboolean
has_extra (const OdlLayer *layer, guint column)
{
  switch (column) {
  case COLUMN_Z:
    return layer->z != NULL;
  case COLUMN_UPPER:
    return layer->kind == ODL_LAYER_BAND || layer->kind == ODL_LAYER_BARS;
  case COLUMN_WIDTH:
    return layer->kind == ODL_LAYER_BARS;
  case COLUMN_VALUE:
    return layer->value != NULL || layer->kind == ODL_LAYER_HEAT;
  default:
    return layer->category != NULL;
  }
}

static double
extra (const OdlLayer *layer, guint column, gsize i)
{
  switch (column) {
  case COLUMN_Z:
    return layer->z[i];
  case COLUMN_UPPER:
    return layer->kind == ODL_LAYER_BAND ? layer->u[i] : layer->v[i];
  case COLUMN_WIDTH:
    return layer->u[i];
  case COLUMN_VALUE:
    return layer->value[i];
  default:
    return layer->category[i];
  }
}

static gboolean
is_written (const OdlLayer *layer)
{
  switch (layer->kind) {
  case ODL_LAYER_LINE:
  case ODL_LAYER_MARKERS:
  case ODL_LAYER_CLOUD:
  case ODL_LAYER_BAND:
  case ODL_LAYER_BARS:
    return TRUE;
  case ODL_LAYER_HEAT:
    return !layer->heat.backdrop;
  default:
    return FALSE;
  }
}

static const char *
series_name (const OdlLayer *layer)
{
  static const char *const kinds[]
      = { [ODL_LAYER_LINE] = "line",    [ODL_LAYER_MARKERS] = "marks",
          [ODL_LAYER_CLOUD] = "points", [ODL_LAYER_BAND] = "band",
          [ODL_LAYER_BARS] = "bars",    [ODL_LAYER_HEAT] = "map" };
  return layer->name != NULL && *layer->name != '\0' ? layer->name : kinds[layer->kind];
}

static void
append_row (GString *csv, const OdlLayer *layer, double x, double y,
            const gboolean *used, const double *extras)
{
  append_text (csv, series_name (layer));
  g_string_append_c (csv, ',');
  append_number (csv, x);
  g_string_append_c (csv, ',');
  append_number (csv, y);
  for (guint column = 0; column < N_EXTRA; column++) {
    if (!used[column])
      continue;
    g_string_append_c (csv, ',');
    append_number (csv, extras[column]);
  }
  g_string_append (csv, "\r\n");
}

static void
append_points (GString *csv, const OdlLayer *layer, const gboolean *used)
{
  for (gsize i = 0; i < layer->n; i++) {
    double extras[N_EXTRA];
    for (guint column = 0; column < N_EXTRA; column++)
      extras[column] = has_extra (layer, column) ? extra (layer, column, i) : NAN;
    if (isfinite (layer->x[i]) && isfinite (layer->y[i]))
      append_row (csv, layer, layer->x[i], layer->y[i], used, extras);
  }
}

static void
append_cells (GString *csv, const OdlLayer *layer, const gboolean *used)
{
  const OdlHeat *heat = &layer->heat;
  for (guint row = 0; row < heat->rows; row++)
    for (guint column = 0; column < heat->columns; column++) {
      double extras[N_EXTRA]
          = { NAN, NAN, NAN, heat->z[(gsize)row * heat->columns + column], NAN };
      double x = heat->x0 + (heat->x1 - heat->x0) * (column + 0.5) / heat->columns;
      double y = heat->y0 + (heat->y1 - heat->y0) * (row + 0.5) / heat->rows;
      append_row (csv, layer, x, y, used, extras);
    }
}

static void
append_table (GString *csv, const OdlPlot *plot)
{
  for (gsize i = 0; i < (gsize)plot->rows * plot->columns; i++) {
    append_text (csv, plot->cells[i]);
    g_string_append (csv, (i + 1) % plot->columns == 0 ? "\r\n" : ",");
  }
}

char *
odl_plot_to_csv (const OdlPlot *plot)
{
  g_return_val_if_fail (plot != NULL, NULL);
  GString *csv = g_string_new (NULL);
  gboolean used[N_EXTRA] = { FALSE };
  if (plot->cells != NULL) {
    append_table (csv, plot);
    return g_string_free (csv, FALSE);
  }
  for (guint i = 0; i < odl_plot_n_layers (plot); i++)
    for (guint column = 0; column < N_EXTRA; column++) {
      const OdlLayer *layer = odl_plot_layer (plot, i);
      used[column] |= is_written (layer) && has_extra (layer, column);
    }
  g_string_append (csv, "series,x,y");
  for (guint column = 0; column < N_EXTRA; column++)
    if (used[column])
      g_string_append_printf (csv, ",%s", extra_names[column]);
  g_string_append (csv, "\r\n");
  for (guint i = 0; i < odl_plot_n_layers (plot); i++) {
    const OdlLayer *layer = odl_plot_layer (plot, i);
    if (!is_written (layer))
      continue;
    if (layer->kind == ODL_LAYER_HEAT)
      append_cells (csv, layer, used);
    else
      append_points (csv, layer, used);
  }
  return g_string_free (csv, FALSE);
}
