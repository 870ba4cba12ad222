/* The Flows figure: lays its plots out and holds what they share.
 * SPDX-License-Identifier: MIT */
#include "figure-flows.h"

#include <math.h>

#include "figures.h"

gboolean
odl_flows_shows (const OdlFlowsPage *page, const char *layer)
{
  return odl_values_has_choice (page->frame->values, "show", layer);
}

int
odl_flows_class_color (guint label)
{
  static const int colors[ODL_FLOWS_MAX_CLASSES]
      = { ODL_COLOR_CLASS_A, ODL_COLOR_CLASS_B, ODL_COLOR_CLASS_C, 3, 6, 5, 4, 7 };
  return colors[label % ODL_FLOWS_MAX_CLASSES];
}

/* None of the colours of the first two classes. */
int
odl_flows_model_color (OdlFlowKind kind)
{
  return kind == ODL_FLOW_STANDARD ? 3 : kind == ODL_FLOW_AUGMENTED ? 2 : 6;
}

char *
odl_flows_number (double value)
{
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : "−∞");
  if (isnan (value))
    return g_strdup ("–");
  const gboolean far = value != 0 && (fabs (value) < 1e-3 || fabs (value) >= 1e5);
  return g_strdup_printf (far ? "%.2g" : "%.3g", value);
}

/* What is not all is not called 100 %. */
char *
odl_flows_percent (double part)
{
  if (!isfinite (part))
    return g_strdup ("–");
  return g_strdup_printf ("%.4g %%", part < 1 ? fmin (100 * part, 99.99) : 100);
}

static gboolean
wanted (const OdlFlowsPage *page, const char *plot)
{
  return odl_values_has_choice (page->frame->values, "plots", plot);
}

static void
find_costs (OdlFlowsPage *page)
{
  const OdlFlowsPayload *p = page->payload;
  guint low = G_MAXUINT, high = 0;
  for (guint k = 0; k < p->n_models; k++)
    for (guint i = 0; i < p->n && p->models[k].nfe != NULL; i++) {
      low = MIN (low, p->models[k].nfe[i]);
      high = MAX (high, p->models[k].nfe[i]);
    }
  page->nfe_low = MIN (low, high);
  page->nfe_high = high;
}

/* The model whose lifted space is shown: the first that has one. */
static OdlPlot *
make_lift (const OdlFlowsPage *page)
{
  OdlPlot *plot = NULL;
  for (guint i = 0; i < page->payload->n_models && plot == NULL; i++)
    plot = odl_flows_lift (page, &page->payload->models[i]);
  return plot;
}

/* Flows side by side, with the lifted space among them while there is room. */
static void
add_top (OdlFigure *figure, const OdlFlowsPage *page)
{
  const OdlFlowsPayload *p = page->payload;
  OdlPlot *lift = wanted (page, "lift") ? make_lift (page) : NULL;
  const guint n = wanted (page, "flow") ? p->n_models : 0;
  const guint beside = n + (lift != NULL && n < 3);
  const guint columns = beside > 0 ? 12 / beside : 12;
  for (guint i = 0; i < n; i++)
    odl_figure_add (figure,
                    p->data_dim == 1 ? odl_flows_line (page, &p->models[i])
                                     : odl_flows_flow (page, &p->models[i]),
                    columns, beside > 1 ? 5 : 6);
  if (lift != NULL)
    odl_figure_add (figure, lift, n < 3 ? columns : 3, n < 3 ? 5 : 3);
}

static void
add_middle (OdlFigure *figure, const OdlFlowsPage *page)
{
  const OdlFlowsPayload *p = page->payload;
  for (guint i = 0; i < p->n_models && wanted (page, "inputs") && p->data_dim == 2; i++)
    odl_figure_add (figure, odl_flows_inputs (page, &p->models[i]), 3, 3);
  if (wanted (page, "loss"))
    odl_figure_add (figure, odl_flows_loss (page), 3, 3);
  if (wanted (page, "accuracy"))
    odl_figure_add (figure, odl_flows_accuracy (page), 3, 3);
  if (wanted (page, "nfe"))
    odl_figure_add (figure, odl_flows_nfe (page), 3, 3);
}

OdlFigure *
odl_figure_flows (const OdlFrame *frame, const OdlFigureView *view)
{
  const OdlFlowsPayload *payload = frame->payload;
  g_autofree char *title = g_strdup_printf ("Flows: %s", payload->data_title);
  OdlFigure *figure = odl_figure_new (title);
  OdlFlowsPage page = {
    .frame = frame,
    .payload = payload,
    .depth = view == NULL || !isfinite (view->scrub) ? 1 : CLAMP (view->scrub, 0, 1),
    .by_nfe = g_str_equal (odl_values_text (frame->values, "color"), "nfe"),
  };
  find_costs (&page);
  add_top (figure, &page);
  add_middle (figure, &page);
  if (wanted (&page, "meters"))
    odl_figure_add (figure, odl_flows_meters (&page), 12, 2);
  return figure;
}
