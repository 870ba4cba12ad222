/* Where everything of one plot is: computed once, used to draw and to find what is under the pointer.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/axis.h"
#include "plot/canvas.h"
#include "plot/model.h"

#define ODL_MAX_LEGEND 48

typedef struct { const char *name; OdlRect rect; gboolean hidden; } OdlLegendRow;
typedef struct {
  guint n, left_out;            /* left_out: rows there was no room for */
  gboolean inside;              /* in a corner of the plot; else in lines above it */
  OdlRect box;
  OdlLegendRow row[ODL_MAX_LEGEND];
} OdlLegend;

typedef struct {
  const OdlPlot *plot;
  const OdlPlotView *view;      /* never NULL */
  OdlCanvas *canvas;
  OdlRect area;                 /* all of it, in whole pixels */
  OdlRect inner;                /* what the axes span */
  double pointer_x, pointer_y;  /* where the view's pointer is, in the area's coordinates; NaN: nowhere */
  gboolean compact;             /* low: the name of the x axis stands among its labels */
  gboolean says;                /* the message stands in the middle, for there are no data */
  gboolean empty;               /* and there are no axes either */
  double title_y, note_y, x_label_y, y_label_x;
  double note_height, pad, swatch;
  double glyph[128], superscript, minus, times;   /* px of the characters in tick labels */
  OdlAxis x, y;
  OdlTicks x_ticks, y_ticks;
  const OdlLayer *bar_layer;    /* the heat whose colour bar is shown, or NULL */
  OdlRect bar;
  OdlAxis bar_axis;
  OdlTicks bar_ticks;
  OdlLegend legend;
} OdlScene;

/* view nullable. The canvas must outlive the scene. */
void odl_scene_init (OdlScene *scene, const OdlPlot *plot, OdlCanvas *canvas, const OdlRect *area, const OdlPlotView *view);
/* Whether a layer is drawn: not hidden by its legend row. */
gboolean odl_scene_shows (const OdlScene *scene, const OdlLayer *layer);
/* The layer's own opacity, less when another series is in focus. */
double odl_scene_alpha (const OdlScene *scene, const OdlLayer *layer);
OdlScale odl_scene_scale (const OdlPlot *plot, const OdlPlotView *view, guint axis);
gboolean odl_scene_label_is_short (const OdlScene *scene);
gboolean odl_rect_contains (const OdlRect *rect, double x, double y);

/* Fills in the rows; places them above (top moves down) or, when inside, later by odl_legend_place. */
void odl_legend_collect (OdlScene *scene);
void odl_legend_flow (OdlScene *scene, double *top);
/* Chooses the emptiest corner of the inner rectangle; FALSE: it would cover too much, and belongs above. */
gboolean odl_legend_place (OdlScene *scene);
void odl_legend_draw (OdlScene *scene);
