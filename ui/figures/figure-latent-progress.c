/* How the answer got there: the refinement of this series' posterior, and the training
 * of the model. SPDX-License-Identifier: MIT */
#include <math.h>

#include "figure-latent.h"

/* ── Refinement ── */

static void
add_bound (const OdlLatentPage *page, OdlPlot *plot, const OdlCanvasReading *r)
{
  const OdlLatentPayload *p = page->payload;
  g_autofree double *step = g_new (double, r->n_bound + 1);
  const char *name = p->channels[r->first].name;
  const int color = odl_latent_page_color (r->first);
  if (r->n_bound == 0)
    return;
  for (guint i = 0; i < r->n_bound; i++)
    step[i] = i;
  odl_plot_line (plot, p->n_readings > 1 ? name : NULL, step, r->bound, r->n_bound,
                 (OdlStyle){ .color = color, .width = 1.8 });
  odl_plot_markers (
      plot, NULL, &step[r->n_bound - 1], &r->bound[r->n_bound - 1], 1,
      (OdlStyle){ .color = color,
                  .marker = r->settled ? ODL_MARKER_DISC : ODL_MARKER_CIRCLE,
                  .size = 8 });
}

/* "From −31.2 to −4.06 nats in 85 steps." */
static void
append_bound (const OdlLatentPage *page, GString *text, const OdlCanvasReading *r)
{
  const OdlLatentPayload *p = page->payload;
  if (r->n_bound == 0)
    return;
  g_autofree char *from = odl_latent_page_number (r->bound[0]);
  g_autofree char *to = odl_latent_page_number (r->bound[r->n_bound - 1]);
  g_string_append_printf (text, "%s%s%s%s to %s nats in %u steps%s.",
                          text->len > 0 ? " " : "",
                          p->n_readings > 1 ? p->channels[r->first].name : "",
                          p->n_readings > 1 ? ": from " : "From ", from, to,
                          r->iteration, r->settled ? ", settled" : "");
  if (r->rounds > 0 && p->n_readings == 1) {
    g_string_append_printf (text, " %u samples have walked %u of %u rounds from there.",
                            r->n_samples, r->rounds, r->all_rounds);
  } else if (isfinite (r->effective) && p->n_readings == 1) {
    g_autofree char *worth = odl_latent_page_number (r->effective);
    g_string_append_printf (text, " The bands rest on %u weighted samples, worth %s.",
                            r->n_samples, worth);
  }
}

OdlPlot *
odl_latent_page_refinement (const OdlLatentPage *page)
{
  const OdlLatentPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("refinement", "Refinement of this series");
  g_autoptr (GString) text = g_string_new (NULL);
  odl_plot_axes (plot, "gradient step", ODL_SCALE_LINEAR, "bound, nats",
                 ODL_SCALE_LINEAR);
  for (guint r = 0; r < p->n_readings; r++) {
    add_bound (page, plot, &p->readings[r]);
    append_bound (page, text, &p->readings[r]);
  }
  if (text->len == 0)
    odl_plot_message (plot, p->n_points == 0
                                ? "Without points there is nothing to refine."
                                : "The answer is the encoder's own.");
  else
    odl_plot_note (plot, text->str);
  odl_plot_summary (plot, text->len > 0 ? text->str : "No refinement.");
  return plot;
}

/* ── Training ── */

static void
add_history (const OdlLatentPage *page, OdlPlot *plot, const char *name,
             const double *values, OdlStyle style)
{
  const OdlLatentPayload *p = page->payload;
  g_autofree double *iteration = g_new (double, p->n_history + 1);
  if (values == NULL)
    return;
  for (guint i = 0; i < p->n_history; i++)
    iteration[i] = (double)p->history_iteration[i];
  odl_plot_line (plot, name, iteration, values, p->n_history, style);
}

#define BLIND_AFTER 1000  /* iterations: a young model looks at little */
#define BLIND_ROWS  20    /* the last ones must agree */
#define BLIND       0.003 /* nats a point: about a tenth of a nat a series */

/* Whether z has come to say nothing of the series: a model can end there for good, and
 * its loss looks like any other. */
static gboolean
is_blind (const OdlLatentPayload *p)
{
  if (p->iteration < BLIND_AFTER || p->n_history < BLIND_ROWS || !(p->beta > 0))
    return FALSE;
  for (guint i = p->n_history - BLIND_ROWS; i < p->n_history; i++)
    if (!((p->loss[i] - p->nll[i]) / p->beta < BLIND))
      return FALSE;
  return TRUE;
}

OdlPlot *
odl_latent_page_loss (const OdlLatentPage *page)
{
  const OdlLatentPayload *p = page->payload;
  if (p->n_history == 0)
    return NULL;
  OdlPlot *plot = odl_plot_new ("loss", "Training");
  odl_plot_axes (plot, "iteration", ODL_SCALE_LINEAR, "nats a point", ODL_SCALE_LINEAR);
  add_history (page, plot, "−log p", p->nll,
               (OdlStyle){ .color = 5, .width = 1.2, .alpha = 0.8 });
  add_history (page, plot, "loss", p->loss, (OdlStyle){ .color = 0, .width = 1.8 });
  const guint last = p->n_history - 1;
  g_autofree char *loss = odl_latent_page_number (p->loss[last]);
  const char *blind = "The divergence is next to nothing: the model answers without "
                      "looking at the points. Begin anew with another seed.";
  const char *note = p->failure ? p->failure : is_blind (p) ? blind : NULL;
  g_autofree char *summary = g_strdup_printf (
      "Training of the model “%s”: loss %s nats a point after %" G_GUINT64_FORMAT
      " iterations.%s%s",
      p->model, loss, p->history_iteration[last], note ? " " : "", note ? note : "");
  odl_plot_note (plot, note);
  odl_plot_summary (plot, summary);
  return plot;
}
