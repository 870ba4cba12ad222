/* The widget around a plot: draws it with the pure plot code, and turns hands into changes of the view or into actions.
 * SPDX-License-Identifier: MIT
 *
 * Signals: "act" (const OdlAction *): a handle, a click or a stroke, to be sent to the experiment.
 * "gesture" (): the view is about to change; a copy taken now is what undo goes back to.
 * "export" (): the person asked for this plot in a file. */
#pragma once

#include <gtk/gtk.h>
#include "experiment.h"
#include "plot/draw.h"

#define ODL_TYPE_PLOT_AREA (odl_plot_area_get_type ())
G_DECLARE_FINAL_TYPE (OdlPlotArea, odl_plot_area, ODL, PLOT_AREA, GtkWidget)

GtkWidget *odl_plot_area_new (void);
/* Borrowed until the next call; NULL: nothing is drawn. Redraws only when the content differs from what is shown. */
void odl_plot_area_set_plot (OdlPlotArea *area, const OdlPlot *plot);
const OdlPlot *odl_plot_area_get_plot (OdlPlotArea *area);
/* The view, owned by the area. Call odl_plot_area_view_changed after writing to it. */
OdlPlotView *odl_plot_area_get_view (OdlPlotArea *area);
void odl_plot_area_view_changed (OdlPlotArea *area);
/* What the plot is drawn with: dark, high contrast. */
void odl_plot_area_get_theme (OdlPlotArea *area, OdlTheme *theme);
/* The class that a stroke paints, 0 … 8. */
int odl_plot_area_get_brush (OdlPlotArea *area);
/* How often it has been drawn since it was made: tests and benchmarks wait for it. */
guint64 odl_plot_area_get_n_drawn (OdlPlotArea *area);
/* The plot as an image of `scale` pixels a pixel, without the crosshair. */
GdkTexture *odl_plot_area_to_texture (OdlPlotArea *area, double scale);
/* Lets go of a drag that is under way, where it began. TRUE: there was one. */
gboolean odl_plot_area_give_up (OdlPlotArea *area);
