/* A figure: plots laid out on a page, and the page written to a file. A figure function is pure: frame → plots.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot/draw.h"

/* What the view of a panel adds to a frame. */
typedef struct {
  double scrub;             /* where the transport's scrubber stands, in the frame's scrub range; NaN: at its end */
  const char *const *hidden_plots;   /* reserved for the panel; NULL */
} OdlFigureView;

typedef struct _OdlFigure OdlFigure;
OdlFigure *odl_figure_new (const char *title);
void odl_figure_free (OdlFigure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlFigure, odl_figure_free)
/* Takes the plot. columns of 12, rows in units of about 90 px at least; narrow pages make it wider by themselves. */
void odl_figure_add (OdlFigure *figure, OdlPlot *plot, guint columns, guint rows);
guint odl_figure_n_plots (const OdlFigure *figure);
OdlPlot *odl_figure_plot (const OdlFigure *figure, guint index);
OdlPlot *odl_figure_find (const OdlFigure *figure, const char *id);
const char *odl_figure_title (const OdlFigure *figure);
/* Rectangles for every plot on a page of this width and at least this height; returns the height really needed. */
double odl_figure_arrange (const OdlFigure *figure, double width, double height, OdlRect *rects);
/* Text lines that describe every plot, for screen readers and `inspect`. Free it. */
char *odl_figure_summary (const OdlFigure *figure);

/* views: one per plot, aligned, or NULL. */
void odl_figure_draw (const OdlFigure *figure, cairo_t *cr, double width, double height, const OdlPlotView *const *views, const OdlTheme *theme);
typedef struct {
  double width, height, scale;      /* px; scale multiplies PNG pixels */
  OdlTheme theme;
  const char *plot;                 /* one plot only, by id, or NULL */
  const char *metadata;             /* the settings that made it: PNG text, SVG and PDF metadata */
  const OdlPlotView *const *views;
} OdlExport;
/* By the file name's ending: .png, .svg, .pdf, or .csv (data). Written beside and renamed. */
gboolean odl_figure_export (const OdlFigure *figure, const char *path, const OdlExport *options, GError **error);
