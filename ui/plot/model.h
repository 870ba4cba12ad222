/* The inside of a plot, shared by the files of ui/plot.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/plot.h"

typedef enum {
  ODL_LAYER_LINE,
  ODL_LAYER_MARKERS,
  ODL_LAYER_CLOUD,
  ODL_LAYER_ARROWS,
  ODL_LAYER_BAND,
  ODL_LAYER_HEAT,
  ODL_LAYER_REGION,
  ODL_LAYER_BARS,
  ODL_LAYER_VERTICAL,
  ODL_LAYER_HORIZONTAL,
  ODL_LAYER_TEXT,
} OdlLayerKind;

/* A range of finite values, and of the positive among them: what a log axis can show. low > high: none. */
typedef struct { double low, high, low_positive, high_positive; } OdlExtent;

/* One layer; which arrays it has depends on the kind. Contours are lines already, regions rings with NaN between them. */
typedef struct {
  OdlLayerKind kind;
  char *name;
  OdlStyle style;
  gsize n;
  double *x, *y, *z;      /* y: also the lower edge of bands and bars */
  double *u, *v;          /* arrows: the direction; band: u is the upper edge; bars: u is the width, v the upper edge */
  int *category;          /* clouds */
  double *value;
  OdlColorMap map;
  double *tail_x, *tail_y;
  gsize n_tail;
  OdlHeat heat;           /* its z belongs to the layer */
  double length_px;       /* arrows */
  double dx, dy, anchor;  /* text */
  char *text;
  OdlExtent range[3];     /* of what it shows along x, y, z */
} OdlLayer;

typedef struct { double x, y; char *text; } OdlTip;

struct _OdlPlot {
  char *id, *title, *label[3];
  OdlScale scale[2];
  gboolean has_range[3];
  double range[3][2];
  gboolean equal, keeps_range, no_legend, legend_above, three, paints;
  char *note, *message, *summary, *click, *hint;
  int click_index;
  GPtrArray *layers;      /* OdlLayer */
  GArray *handles;        /* OdlHandle; its words belong to the plot */
  GArray *tips;           /* OdlTip */
  char **cells;           /* a table; NULL: axes */
  guint rows, columns;
  int *row_colors;
  char **kinds;           /* one per column, NULL: no button */
  int *indices;           /* one per row, below 0: no button */
};

/* How many layers there are, and one of them. */
guint odl_plot_n_layers (const OdlPlot *plot);
const OdlLayer *odl_plot_layer (const OdlPlot *plot, guint index);
void odl_extent_clear (OdlExtent *extent);
void odl_extent_add (OdlExtent *extent, const double *values, gsize n);
void odl_extent_join (OdlExtent *extent, const OdlExtent *other);
gboolean odl_extent_is_empty (const OdlExtent *extent);
