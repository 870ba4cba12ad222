/* The plane of the inputs: what a model says of every one, and what each costs it.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "figure-flows.h"

static OdlHeat
grid_of (const OdlFlowsPage *page, const OdlFlowModel *model, const double *z)
{
  const OdlFlowsPayload *p = page->payload;
  return (OdlHeat){ .z = z,
                    .rows = model->rows,
                    .columns = model->columns,
                    .x0 = p->x0,
                    .x1 = p->x1,
                    .y0 = p->y0,
                    .y1 = p->y1 };
}

/* Cells of a map are around its values, so it reaches half a cell beyond the lattice.
 */
static void
reach_out (OdlHeat *heat)
{
  const double dx = (heat->x1 - heat->x0) / (heat->columns - 1) / 2,
               dy = (heat->y1 - heat->y0) / (heat->rows - 1) / 2;
  heat->x0 -= dx;
  heat->x1 += dx;
  heat->y0 -= dy;
  heat->y1 += dy;
}

static void
add_costs (const OdlFlowsPage *page, OdlPlot *plot, const OdlFlowModel *model)
{
  const guint n = model->rows * model->columns;
  g_autofree double *z = g_new (double, n + 1);
  for (guint i = 0; i < n; i++)
    z[i] = model->sheet_nfe[i];
  OdlHeat heat = grid_of (page, model, z);
  heat.colorbar = TRUE;
  heat.z0 = page->nfe_low;
  heat.z1 = page->nfe_high;
  heat.alpha = 0.85;
  reach_out (&heat);
  odl_plot_heat (plot, "evaluations", &heat);
}

static void
add_regions (const OdlFlowsPage *page, OdlPlot *plot, const OdlFlowModel *model)
{
  const OdlFlowsPayload *p = page->payload;
  for (guint label = 0; label < p->n_classes; label++) {
    g_autofree double *z = odl_flows_verdicts (page, model, label);
    for (guint i = 0; i < model->rows * model->columns; i++)
      z[i] = -z[i];
    const OdlHeat grid = grid_of (page, model, z);
    odl_plot_region (plot, "decision", &grid, -0.5,
                     (OdlStyle){ .color = odl_flows_class_color (label),
                                 .alpha = 0.25,
                                 .no_fit = TRUE });
  }
}

static void
add_decision (const OdlFlowsPage *page, OdlPlot *plot, const OdlFlowModel *model)
{
  if (page->payload->n_classes > 2) {
    add_regions (page, plot, model);
    return;
  }
  g_autofree double *z = odl_flows_verdicts (page, model, 0);
  OdlHeat heat = grid_of (page, model, z);
  heat.z0 = 0;
  heat.z1 = 1;
  heat.alpha = 0.4;
  heat.smooth = TRUE;
  heat.color_low = ODL_COLOR_CLASS_A;
  heat.color_high = ODL_COLOR_CLASS_B;
  reach_out (&heat);
  odl_plot_heat (plot, "decision", &heat);
}

static void
add_border (const OdlFlowsPage *page, OdlPlot *plot, const OdlFlowModel *model)
{
  if (page->payload->n_classes > 2)
    return;
  const guint n = model->rows * model->columns;
  g_autofree double *z = g_new (double, n + 1);
  for (guint i = 0; i < n; i++)
    z[i] = (double)model->sheet_logit[i];
  const OdlHeat grid = grid_of (page, model, z);
  odl_plot_contour (
      plot, "border", &grid, 0,
      (OdlStyle){ .color = ODL_COLOR_TEXT, .width = 1.4, .no_fit = TRUE });
}

static void
add_words (const OdlFlowsPage *page, OdlPlot *plot, const OdlFlowModel *model)
{
  const OdlFlowsPayload *p = page->payload;
  g_autofree char *train = odl_flows_percent (model->train.accuracy);
  g_autofree char *test = odl_flows_percent (model->test.accuracy);
  g_autofree char *ring = odl_flows_percent (model->ring.accuracy);
  g_autoptr (GString) note = g_string_new (NULL);
  if (p->n == 0)
    g_string_append (note, "Paint here: keys 1 to 9 choose the class.");
  else if (page->by_nfe && model->nfe != NULL)
    g_string_append (note, "Background: evaluations that an input costs.");
  else {
    g_string_append_printf (note, "test %s", test);
    if (isfinite (model->ring.accuracy))
      g_string_append_printf (note, " · dense rings %s", ring);
  }
  if (p->unit != 1)
    g_string_append_printf (note, " · 1 here is %.4g in the file", p->unit);
  odl_plot_note (plot, note->str);
  g_autofree char *summary
      = g_strdup_printf ("What the %s says of every input: training points %s right, "
                         "test points %s, dense "
                         "rings %s.",
                         model->title, train, test, ring);
  odl_plot_summary (plot, summary);
}

OdlPlot *
odl_flows_inputs (const OdlFlowsPage *page, const OdlFlowModel *model)
{
  const OdlFlowsPayload *p = page->payload;
  g_autofree char *id = g_strdup_printf ("inputs-%s", model->id);
  g_autofree char *title = g_strdup_printf ("Inputs: %s", model->id);
  OdlPlot *plot = odl_plot_new (id, title);
  const OdlFlowsPlaces places = { p->n, p->x, p->y, NULL, model };
  odl_plot_axes (plot, "x", ODL_SCALE_LINEAR, "y", ODL_SCALE_LINEAR);
  odl_plot_range_x (plot, p->x0, p->x1);
  odl_plot_range_y (plot, p->y0, p->y1);
  odl_plot_equal_aspect (plot);
  odl_plot_keep_range (plot);
  odl_plot_no_legend (plot);
  odl_plot_paint (plot, "paint", "Paint points; Shift erases");
  if (model->sheet_logit != NULL && page->by_nfe && model->sheet_nfe != NULL)
    add_costs (page, plot, model);
  else if (model->sheet_logit != NULL)
    add_decision (page, plot, model);
  OdlFlowsPage plain = *page;
  plain.by_nfe = FALSE;
  odl_flows_add_points (&plain, plot, &places, NULL);
  odl_flows_add_mistakes (page, plot, &places);
  if (model->sheet_logit != NULL)
    add_border (page, plot, model);
  add_words (page, plot, model);
  return plot;
}
