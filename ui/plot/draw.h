/* Draws a plot onto a cairo_t and answers what is under the pointer. Pure functions: window, PNG, SVG and PDF use the same.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <cairo.h>
#include "plot/plot.h"

typedef struct { double x, y, width, height; } OdlRect;

/* Texts kept from one drawing to the next, by whoever draws the same plot again and again (texts.h). One thread at a time. */
typedef struct _OdlTexts OdlTexts;
OdlTexts *odl_texts_new (void);
void odl_texts_free (OdlTexts *texts);
guint odl_texts_count (const OdlTexts *texts);

typedef struct {
  gboolean dark, high_contrast;
  double font_size;       /* px; 0: 12 */
  const char *font;       /* family; NULL: "Cantarell, DejaVu Sans, Sans" */
  double scale;           /* pixels of the screen per px, where the target does not say (a widget's scale factor); 0: the target says */
  OdlTexts *texts;        /* NULL: every text is laid out anew */
} OdlTheme;

/* What a person did to the view of one plot. Zeroed: fitted, nothing hidden. The widget and the session keep one per plot. */
typedef struct {
  gboolean zoomed;                  /* x0 … y1 hold the range shown */
  double x0, x1, y0, y1;
  gboolean log_x_flip, log_y_flip;  /* the opposite of the plot's own scale */
  GHashTable *hidden;               /* set of series names, or NULL */
  gboolean hovering;
  double pointer_x, pointer_y;      /* px within the area */
  double yaw, pitch, zoom3;         /* of a three-dimensional plot; zoom3 0: 1, yaw and pitch are added to a good default */
  const char *focus_series;         /* drawn emphasised, or NULL */
  gboolean selecting;               /* a box zoom is under way between (select_x, select_y) and the pointer */
  double select_x, select_y;
} OdlPlotView;
void odl_plot_view_clear (OdlPlotView *view);
gboolean odl_plot_view_is_hidden (const OdlPlotView *view, const char *series);
void odl_plot_view_toggle (OdlPlotView *view, const char *series);

/* Draws within area: background, title, axes, layers (decimated to the pixels), legend, crosshair with exact values, tips, handles. */
void odl_plot_draw (const OdlPlot *plot, cairo_t *cr, const OdlRect *area, const OdlPlotView *view, const OdlTheme *theme);

typedef enum {
  ODL_PICK_NOTHING, ODL_PICK_CANVAS, ODL_PICK_HANDLE, ODL_PICK_LEGEND, ODL_PICK_AXIS_X, ODL_PICK_AXIS_Y,
  ODL_PICK_CELL,
} OdlPickKind;
typedef struct {
  OdlPickKind kind;
  int handle;             /* index among the plot's handles */
  const char *series;     /* of the legend row; owned by the plot */
  const char *action;     /* of a cell that is a button, with its index (odl_plot_table_actions); owned by the plot */
  int index;
  double x, y;            /* data coordinates; of a table: column and row */
} OdlPick;
OdlPick odl_plot_pick (const OdlPlot *plot, const OdlRect *area, const OdlPlotView *view, const OdlTheme *theme, double px, double py);
const OdlHandle *odl_plot_get_handle (const OdlPlot *plot, int index);
guint odl_plot_n_handles (const OdlPlot *plot);
/* kind of the plot's click or stroke; NULL: none. */
const char *odl_plot_click_kind (const OdlPlot *plot, gboolean *paints);
const char *odl_plot_click_hint (const OdlPlot *plot);
int odl_plot_get_click_index (const OdlPlot *plot);
gboolean odl_plot_is_three (const OdlPlot *plot);
gboolean odl_plot_is_table (const OdlPlot *plot);
/* The range shown: fitted, equal-aspect widened, or the view's. */
void odl_plot_shown_range (const OdlPlot *plot, const OdlRect *area, const OdlPlotView *view, const OdlTheme *theme,
                           double *x0, double *x1, double *y0, double *y1);

/* Zooming as arithmetic on the view (log axes included): factor < 1 zooms in, about data point (x, y). */
void odl_plot_view_zoom (const OdlPlot *plot, const OdlRect *area, OdlPlotView *view, const OdlTheme *theme, double factor_x,
                         double factor_y, double x, double y);
void odl_plot_view_pan (const OdlPlot *plot, const OdlRect *area, OdlPlotView *view, const OdlTheme *theme, double dx_px, double dy_px);
void odl_plot_view_box (const OdlPlot *plot, const OdlRect *area, OdlPlotView *view, const OdlTheme *theme, double px0, double py0,
                        double px1, double py1);

/* The curves as CSV (series, x, y[, …]) with 17 digits. Free it. */
char *odl_plot_to_csv (const OdlPlot *plot);
