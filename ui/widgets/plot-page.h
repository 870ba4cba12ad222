/* The plots of a figure, laid out as the figure arranges them: one plot area per plot, kept by its id from frame to frame.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "plot-area.h"
#include "plot/figure.h"

#define ODL_TYPE_PLOT_PAGE (odl_plot_page_get_type ())
G_DECLARE_FINAL_TYPE (OdlPlotPage, odl_plot_page, ODL, PLOT_PAGE, GtkWidget)

/* To be put into a scrolled window; `made` is called for each area that is new. */
typedef void (*OdlPlotPageMade) (gpointer data, OdlPlotArea *area, const char *id);
GtkWidget *odl_plot_page_new (OdlPlotPageMade made, gpointer data);
/* Takes the figure. Areas of plots that are gone go; their views are kept, should they come back. */
void odl_plot_page_set_figure (OdlPlotPage *page, OdlFigure *figure);
const OdlFigure *odl_plot_page_get_figure (OdlPlotPage *page);
guint odl_plot_page_n_areas (OdlPlotPage *page);
OdlPlotArea *odl_plot_page_area (OdlPlotPage *page, guint index);
/* By the plot's id; NULL: there is none. */
OdlPlotArea *odl_plot_page_find (OdlPlotPage *page, const char *id);
const char *odl_plot_page_id (OdlPlotPage *page, guint index);

/* What was done to the view of every plot, also of those that are not shown now. */
json_t *odl_plot_page_save (OdlPlotPage *page);
/* Plots that the document does not name are fitted. Unknown and ill-formed parts are passed over. */
void odl_plot_page_load (OdlPlotPage *page, const json_t *from);
