/* Loss, accuracy and evaluations against iterations, with a handle to go back in time.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "figure-flows.h"

static OdlPlot *
plot_over_iterations (const char *id, const char *title, const char *label,
                      OdlScale scale)
{
  OdlPlot *plot = odl_plot_new (id, title);
  odl_plot_axes (plot, "iteration", ODL_SCALE_LINEAR, label, scale);
  return plot;
}

static void
add_curve (OdlPlot *plot, const char *name, const OdlFlowModel *model,
           const double *values, OdlDash dash)
{
  g_autofree double *iteration = g_new (double, model->n_history + 1);
  if (values == NULL || model->n_history == 0)
    return;
  for (guint i = 0; i < model->n_history; i++)
    iteration[i] = (double)model->iteration[i];
  odl_plot_line (plot, name, iteration, values, model->n_history,
                 (OdlStyle){ .color = odl_flows_model_color (model->kind),
                             .width = 1.8,
                             .dash = dash });
}

/* The row of the history at or before an iteration; −1: none. */
static int
row_at (const OdlFlowModel *model, guint64 iteration)
{
  int row = (int)model->n_history - 1;
  while (row >= 0 && model->iteration[row] > iteration)
    row--;
  return row;
}

static gboolean
has_history (const OdlFlowsPage *page)
{
  for (guint i = 0; i < page->payload->n_models; i++)
    if (page->payload->models[i].n_history > 0)
      return TRUE;
  return FALSE;
}

/* What stands in a plot that has no curve yet. */
static void
say_how_to_begin (const OdlFlowsPage *page, OdlPlot *plot)
{
  if (!has_history (page))
    odl_plot_message (plot, page->frame->can_run ? "Press run: training begins."
                                                 : page->frame->status);
}

/* The loss the first model that has one had then: where the handle stands. */
static double
loss_at (const OdlFlowsPayload *p, guint64 iteration)
{
  for (guint i = 0; i < p->n_models; i++) {
    const int row = row_at (&p->models[i], iteration);
    if (row >= 0 && p->models[i].loss[row] > 0 && isfinite (p->models[i].loss[row]))
      return p->models[i].loss[row];
  }
  return NAN;
}

static void
mark_moment (const OdlFlowsPage *page, OdlPlot *plot)
{
  const OdlFlowsPayload *p = page->payload;
  if (p->looking_back)
    odl_plot_vertical (plot, NULL, (double)p->iteration,
                       (OdlStyle){ .color = ODL_COLOR_ACCENT,
                                   .width = 1,
                                   .dash = ODL_DASH_DASHED,
                                   .no_fit = TRUE });
}

/* Moments whose weights are kept, a few of many, and the handle that goes to them. */
static void
add_time_machine (const OdlFlowsPage *page, OdlPlot *plot)
{
  enum { MOST = 16 };
  const OdlFlowsPayload *p = page->payload;
  double x[MOST], y[MOST];
  const guint n = MIN (p->n_moments, MOST);
  if (p->n_moments < 2)
    return;
  for (guint i = 0; i < n; i++) {
    const guint64 moment = p->moments[(gsize)i * (p->n_moments - 1) / (n - 1)];
    x[i] = (double)moment;
    y[i] = loss_at (p, moment);
  }
  odl_plot_markers (plot, NULL, x, y, n,
                    (OdlStyle){ .color = ODL_COLOR_ACCENT,
                                .marker = ODL_MARKER_DISC,
                                .size = 4,
                                .no_fit = TRUE });
  const OdlHandle handle = { .kind = "moment",
                             .x = (double)p->iteration,
                             .y = loss_at (p, p->iteration),
                             .label = p->looking_back ? "looking back" : "",
                             .color = ODL_COLOR_ACCENT,
                             .x_only = TRUE };
  if (isfinite (handle.y))
    odl_plot_handle (plot, &handle);
}

static void
add_floors (const OdlFlowsPage *page, OdlPlot *plot)
{
  for (guint i = 0; i < page->payload->n_models; i++) {
    const double floor = page->payload->models[i].floor;
    if (!isfinite (floor))
      continue;
    odl_plot_horizontal (
        plot, "floor of every flow of the line", floor,
        (OdlStyle){ .color = ODL_COLOR_BAD, .width = 1.6, .dash = ODL_DASH_DASHED });
    return;
  }
}

static void
summarise (const OdlFlowsPage *page, OdlPlot *plot, const char *what)
{
  const OdlFlowsPayload *p = page->payload;
  g_autoptr (GString) text = g_string_new (what);
  for (guint i = 0; i < p->n_models; i++) {
    const OdlFlowModel *m = &p->models[i];
    const int last = (int)m->n_history - 1;
    if (last < 0)
      continue;
    g_autofree char *loss = odl_flows_number (m->loss[last]);
    g_string_append_printf (text, " %s after %" G_GUINT64_FORMAT " iterations: loss %s",
                            m->title, m->iteration[last], loss);
    g_autofree char *accuracy
        = odl_flows_percent (m->accuracy ? m->accuracy[last] : NAN);
    g_string_append_printf (text, ", accuracy %s.", accuracy);
  }
  odl_plot_summary (plot, text->str);
}

OdlPlot *
odl_flows_loss (const OdlFlowsPage *page)
{
  const OdlFlowsPayload *p = page->payload;
  OdlPlot *plot = plot_over_iterations ("loss", "Loss", "training loss", ODL_SCALE_LOG);
  for (guint i = 0; i < p->n_models; i++)
    add_curve (plot, p->models[i].id, &p->models[i], p->models[i].loss, ODL_DASH_SOLID);
  add_floors (page, plot);
  mark_moment (page, plot);
  add_time_machine (page, plot);
  say_how_to_begin (page, plot);
  if (p->looking_back) {
    g_autofree char *note = g_strdup_printf ("Looking at iteration %" G_GUINT64_FORMAT
                                             " of %" G_GUINT64_FORMAT ".",
                                             p->iteration, p->present);
    odl_plot_note (plot, note);
  }
  summarise (page, plot, "Training loss.");
  return plot;
}

OdlPlot *
odl_flows_accuracy (const OdlFlowsPage *page)
{
  const OdlFlowsPayload *p = page->payload;
  OdlPlot *plot = plot_over_iterations ("accuracy", "Accuracy", "training accuracy",
                                        ODL_SCALE_LINEAR);
  for (guint i = 0; i < p->n_models; i++)
    add_curve (plot, p->models[i].id, &p->models[i], p->models[i].accuracy,
               ODL_DASH_SOLID);
  odl_plot_range_y (plot, 0, 1.02);
  mark_moment (page, plot);
  say_how_to_begin (page, plot);
  summarise (page, plot, "Training accuracy.");
  return plot;
}

OdlPlot *
odl_flows_nfe (const OdlFlowsPage *page)
{
  const OdlFlowsPayload *p = page->payload;
  OdlPlot *plot = plot_over_iterations ("nfe", "Evaluations a point and iteration",
                                        "evaluations of f", ODL_SCALE_LINEAR);
  for (guint i = 0; i < p->n_models; i++) {
    const OdlFlowModel *m = &p->models[i];
    g_autofree char *forward = g_strdup_printf ("%s forward", m->id);
    g_autofree char *backward = g_strdup_printf ("%s backward", m->id);
    add_curve (plot, forward, m, m->history_nfe_forward, ODL_DASH_SOLID);
    add_curve (plot, backward, m, m->history_nfe_backward, ODL_DASH_DOTTED);
  }
  mark_moment (page, plot);
  say_how_to_begin (page, plot);
  summarise (page, plot, "Evaluations of the field, forward and backward.");
  return plot;
}
