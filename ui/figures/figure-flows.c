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
widen (OdlFlowsPage *page, const guint16 *nfe, guint n)
{
  for (guint i = 0; i < n && nfe != NULL; i++) {
    page->nfe_low = fmin (page->nfe_low, nfe[i]);
    page->nfe_high = fmax (page->nfe_high, nfe[i]);
  }
}

/* One scale for all models, so that a colour means the same in each. */
static void
find_costs (OdlFlowsPage *page)
{
  const OdlFlowsPayload *p = page->payload;
  page->nfe_low = INFINITY;
  page->nfe_high = 0;
  for (guint k = 0; k < p->n_models; k++) {
    const OdlFlowModel *m = &p->models[k];
    widen (page, m->nfe, p->n);
    widen (page, m->sheet_nfe, m->rows * m->columns);
  }
  page->nfe_low = fmin (page->nfe_low, page->nfe_high);
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

static OdlPlot *
make_flow (const OdlFlowsPage *page, const OdlFlowModel *model)
{
  return page->payload->data_dim == 1 ? odl_flows_line (page, model)
                                      : odl_flows_flow (page, model);
}

/* The flip is no classification: its accuracy would say nothing. */
static gboolean
shows_accuracy (const OdlFlowsPage *page)
{
  return wanted (page, "accuracy") && !page->payload->flip;
}

/* Width of the plots over iterations. Two models with their inputs, loss, evaluations,
 * accuracy and the table fill a page of ten rows. */
static guint
loss_columns (const OdlFlowsPage *page, guint n_inputs)
{
  const gboolean beside_lift = n_inputs == 0 && page->payload->n_models == 3;
  return n_inputs == 2 ? 3 : shows_accuracy (page) || beside_lift ? 4 : 6;
}

/* Flows side by side, with the lifted space among them while there is room; a single
 * flow has the inputs beside it. The loss comes early, to be in sight in a small
 * window. */
static void
add_top (OdlFigure *figure, const OdlFlowsPage *page, guint n_inputs)
{
  const OdlFlowsPayload *p = page->payload;
  OdlPlot *lift = wanted (page, "lift") ? make_lift (page) : NULL;
  const guint n = wanted (page, "flow") ? p->n_models : 0;
  const gboolean alone = n == 1 && lift == NULL && n_inputs == 1;
  const guint beside = n + (lift != NULL && n < 3) + alone;
  const guint columns = beside > 0 ? 12 / beside : 12;
  for (guint i = 0; i < n; i++)
    odl_figure_add (figure, make_flow (page, &p->models[i]), columns, 5);
  for (guint i = 0; i < n_inputs && alone; i++)
    odl_figure_add (figure, odl_flows_inputs (page, &p->models[i]), columns, 5);
  if (lift != NULL)
    odl_figure_add (figure, lift,
                    n < 3          ? columns
                    : n_inputs > 0 ? 3
                                   : 4,
                    n < 3 ? 5 : 3);
  const gboolean loss = wanted (page, "loss"), first = n_inputs < 3;
  const guint width = loss_columns (page, n_inputs);
  if (loss && first)
    odl_figure_add (figure, odl_flows_loss (page), width, 3);
  for (guint i = 0; i < n_inputs && !alone; i++)
    odl_figure_add (figure, odl_flows_inputs (page, &p->models[i]), 3, 3);
  if (loss && !first)
    odl_figure_add (figure, odl_flows_loss (page), width, 3);
}

static void
add_rest (OdlFigure *figure, const OdlFlowsPage *page, guint n_inputs)
{
  const gboolean tight = n_inputs == 2, accuracy = shows_accuracy (page);
  const guint columns = loss_columns (page, n_inputs);
  if (wanted (page, "nfe"))
    odl_figure_add (figure, odl_flows_nfe (page), columns, 3);
  if (accuracy)
    odl_figure_add (figure, odl_flows_accuracy (page), columns, tight ? 2 : 3);
  if (wanted (page, "meters"))
    odl_figure_add (figure, odl_flows_meters (page), tight && accuracy ? 9 : 12,
                    page->payload->n_models > 2 ? 3 : 2);
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
  const guint n_inputs
      = wanted (&page, "inputs") && payload->data_dim == 2 ? payload->n_models : 0;
  add_top (figure, &page, n_inputs);
  add_rest (figure, &page, n_inputs);
  return figure;
}
