/* A plot: axes, and layers of arrays on them. Built by figures, drawn by draw.h. Knows neither the core nor GTK.
 * SPDX-License-Identifier: MIT
 *
 * Every function copies what it is given. Coordinates are data coordinates; NaN or infinite is a gap. Layers are drawn in the order they
 * were added. A layer with a name has a row in the legend, which can hide it; several layers may share a name. */
#pragma once

#include <glib.h>

typedef enum { ODL_SCALE_LINEAR, ODL_SCALE_LOG } OdlScale;

/* Colours by meaning; the theme says what they are in light and in dark. 0 … 7 are the categorical palette (Okabe–Ito, in an
 * order that keeps neighbours apart). */
enum {
  ODL_COLOR_TEXT = 100, ODL_COLOR_DIM, ODL_COLOR_GRID, ODL_COLOR_REFERENCE, ODL_COLOR_ACCENT,
  ODL_COLOR_GOOD, ODL_COLOR_BAD, ODL_COLOR_CLASS_A, ODL_COLOR_CLASS_B, ODL_COLOR_CLASS_C, ODL_COLOR_BACKGROUND,
};
typedef enum { ODL_DASH_SOLID, ODL_DASH_DASHED, ODL_DASH_DOTTED, ODL_DASH_DASH_DOT } OdlDash;
typedef enum {
  ODL_MARKER_NONE, ODL_MARKER_DISC, ODL_MARKER_CIRCLE, ODL_MARKER_SQUARE, ODL_MARKER_DIAMOND, ODL_MARKER_TRIANGLE,
  ODL_MARKER_CROSS, ODL_MARKER_PLUS, ODL_MARKER_STAR,
} OdlMarker;
typedef enum { ODL_MAP_SEQUENTIAL, ODL_MAP_DIVERGING } OdlColorMap;   /* viridis-like; blue–white–red-like about 0 */

typedef struct {
  int color;
  double width;        /* px; 0: 1.5 */
  OdlDash dash;
  OdlMarker marker;
  double size;         /* marker px; 0: 5 */
  double alpha;        /* 0: 1 */
  gboolean no_fit;     /* does not widen the fitted range */
} OdlStyle;

typedef struct _OdlPlot OdlPlot;

/* id: stable within its figure ("phase"). */
OdlPlot *odl_plot_new (const char *id, const char *title);
void odl_plot_free (OdlPlot *plot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlPlot, odl_plot_free)
const char *odl_plot_id (const OdlPlot *plot);
const char *odl_plot_title (const OdlPlot *plot);
/* A label of "" means that the axis counts nothing: it has no ticks and no grid. */
void odl_plot_axes (OdlPlot *plot, const char *x_label, OdlScale x, const char *y_label, OdlScale y);
/* The range shown when fitted; without it the layers' own range with a margin. x0 > x1 is refused. */
void odl_plot_range_x (OdlPlot *plot, double x0, double x1);
void odl_plot_range_y (OdlPlot *plot, double y0, double y1);
void odl_plot_equal_aspect (OdlPlot *plot);
/* With equal aspect: the frame shrinks to the ranges set, instead of showing what lies beyond them. */
void odl_plot_keep_range (OdlPlot *plot);
void odl_plot_no_legend (OdlPlot *plot);
/* The legend stands above the axes whatever corner is free: where data come and go under a hand, it must not move. */
void odl_plot_legend_above (OdlPlot *plot);
/* A sentence under the plot; a sentence in its middle when there is nothing to draw; the text a screen reader is given. */
void odl_plot_note (OdlPlot *plot, const char *text);
void odl_plot_message (OdlPlot *plot, const char *text);
void odl_plot_summary (OdlPlot *plot, const char *text);
const char *odl_plot_get_summary (const OdlPlot *plot);
/* Whether both show the same: every word, style and number, bit by bit. */
gboolean odl_plot_equal (const OdlPlot *a, const OdlPlot *b);

/* Layers. `name` nullable: not in the legend. */
void odl_plot_line (OdlPlot *plot, const char *name, const double *x, const double *y, gsize n, OdlStyle style);
void odl_plot_markers (OdlPlot *plot, const char *name, const double *x, const double *y, gsize n, OdlStyle style);
/* Many small discs with a colour each: `category` (palette colours) or `value` in 0…1 (colour map), one of them NULL.
 * tails: n × n_tail earlier positions, newest first, drawn fading; n_tail 0: none. Fast for 10⁴ points. */
typedef struct {
  const double *x, *y;
  const int *category;
  const double *value;
  OdlColorMap map;
  gsize n;
  const double *tail_x, *tail_y;
  gsize n_tail;
} OdlCloud;
void odl_plot_cloud (OdlPlot *plot, const char *name, const OdlCloud *cloud, OdlStyle style);
/* Arrows from (x, y) along (u, v) in data units; drawn with a common pixel length when length_px > 0. */
void odl_plot_arrows (OdlPlot *plot, const char *name, const double *x, const double *y, const double *u,
                      const double *v, gsize n, double length_px, OdlStyle style);
void odl_plot_band (OdlPlot *plot, const char *name, const double *x, const double *lower, const double *upper,
                    gsize n, OdlStyle style);
/* z: rows × columns, row 0 at y0. Cells cover the rectangle. One image. */
typedef struct {
  const double *z;
  guint rows, columns;
  double x0, x1, y0, y1;
  double z0, z1;         /* ends of the colour map; equal: from the data */
  OdlColorMap map;
  double alpha;          /* 0: 1 */
  gboolean smooth, colorbar;
  gboolean backdrop;     /* painted for the eye: it is not among the plot's data */
  int color_low, color_high;  /* when both are set: a two-colour blend instead of the map */
} OdlHeat;
void odl_plot_heat (OdlPlot *plot, const char *name, const OdlHeat *heat);
/* The level set z = level of such a grid (points at the cells' corners: rows × columns values span the rectangle). */
void odl_plot_contour (OdlPlot *plot, const char *name, const OdlHeat *grid, double level, OdlStyle style);
/* The region z ≤ level, filled. */
void odl_plot_region (OdlPlot *plot, const char *name, const OdlHeat *grid, double level, OdlStyle style);
/* Bars from x[i] to x[i] + width[i], y0[i] to y1[i] (histograms, step ribbons). */
void odl_plot_bars (OdlPlot *plot, const char *name, const double *x, const double *width, const double *y0,
                    const double *y1, gsize n, OdlStyle style);
void odl_plot_vertical (OdlPlot *plot, const char *name, double x, OdlStyle style);
void odl_plot_horizontal (OdlPlot *plot, const char *name, double y, OdlStyle style);
/* Text at a point, moved by (dx, dy) px; anchor 0 left … 1 right. Kept inside the plot. */
void odl_plot_text (OdlPlot *plot, double x, double y, double dx, double dy, double anchor, const char *text, OdlStyle style);
/* Shows (title, text) when the pointer is within a few pixels of (x, y): eigenvalues of an equilibrium, … */
void odl_plot_tip (OdlPlot *plot, double x, double y, const char *text);

/* A table instead of axes: cells row-major, first row is the head; column 0 is left-aligned, the others right. colors: one per row (−1: none), nullable. */
void odl_plot_table (OdlPlot *plot, const char *const *cells, guint rows, guint columns, const int *colors);
/* Cells become buttons: a click on row r, column c means kinds[c] with indices[r]. kinds: one per column, NULL: not clickable;
 * indices: one per row, below 0: not clickable. */
void odl_plot_table_actions (OdlPlot *plot, const char *const *kinds, const int *indices);

/* Three dimensions: the plot is turned by dragging. Layers below take z as well; the plot's axes are then the cube of x, y, z. */
void odl_plot_three (OdlPlot *plot, const char *x_label, const char *y_label, const char *z_label);
void odl_plot_cloud3 (OdlPlot *plot, const char *name, const OdlCloud *cloud, const double *z, OdlStyle style);
void odl_plot_range_z (OdlPlot *plot, double z0, double z1);
void odl_plot_line3 (OdlPlot *plot, const char *name, const double *x, const double *y, const double *z, gsize n, OdlStyle style);

/* Hands. A handle can be dragged; a click anywhere else means `click` (NULL: nothing, the drag pans). The words come back in the
 * widget's callback and become an OdlAction's kind. */
typedef struct {
  const char *kind;
  int index;
  double x, y;
  const char *label;
  int color;
  gboolean x_only, y_only;
  const char *series;  /* of the layer that draws what is held: the handle is seen under the pointer only, and goes with the layer
                          when the legend hides it. NULL: a disc of its own */
} OdlHandle;
void odl_plot_handle (OdlPlot *plot, const OdlHandle *handle);
void odl_plot_click (OdlPlot *plot, const char *kind, const char *hint);
/* What clicks carry as the action's index; 0 without it. With Shift a click on a handle means its very place. */
void odl_plot_click_index (OdlPlot *plot, int index);
/* A click starts a stroke: the action is sent along the drag too (painting points). */
void odl_plot_paint (OdlPlot *plot, const char *kind, const char *hint);

/* A number for a person: at most `digits` significant digits, U+2212 for minus, "1.2×10⁻⁵" where it is far from 1. Free it. */
char *odl_number_text (double value, guint digits);
