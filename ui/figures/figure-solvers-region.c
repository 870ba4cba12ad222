/* The stability plot of the Solvers figure: where |R (z)| ≤ 1, and the eigenvalues
 * times the step moving in it. SPDX-License-Identifier: MIT */
#include "figure-solvers.h"

#include <math.h>

static OdlHeat
region_of (const OdlSolversPayload *p, const OdlSolverRun *run)
{
  return (OdlHeat){ .z = run->region,
                    .rows = p->region_rows,
                    .columns = p->region_columns,
                    .x0 = p->region_x0,
                    .x1 = p->region_x1,
                    .y0 = p->region_y0,
                    .y1 = p->region_y1 };
}

static void
add_region (const OdlSolversPayload *p, OdlPlot *plot, const OdlSolverRun *run)
{
  if (run->region == NULL)
    return;
  OdlHeat heat = region_of (p, run);
  OdlStyle style = odl_solvers_line_style (p, run);
  style.alpha = 0.12;
  odl_plot_region (plot, run->title, &heat, 0, style);
  style.alpha = 1;
  odl_plot_contour (plot, run->title, &heat, 0, style);
}

static guint
lambda_index (const OdlSolversPayload *p, double t)
{
  double part = (t - p->t0) / (p->t1 - p->t0);
  return (guint)lround (CLAMP (part, 0, 1) * (p->n_lambda - 1));
}

static gboolean
is_shown (const OdlSolversPayload *p, double x, double y)
{
  return x >= p->region_x0 && x <= p->region_x1 && y >= p->region_y0
         && y <= p->region_y1;
}

/* All λ(t)·Δt along the solution as a faint trail, and those of now as marks. Returns
 * how many of now lie outside the box. */
static guint
add_eigenvalues (const OdlSolversPage *page, OdlPlot *plot, const OdlSolverRun *run)
{
  const OdlSolversPayload *p = page->payload;
  gsize n = (gsize)p->n_lambda * p->dim;
  g_autofree double *x = g_new (double, n + 1), *y = g_new (double, n + 1);
  guint outside = 0, m = 0;
  for (guint i = 0; i < p->n_lambda; i++) {
    double h = odl_solvers_step_at (run, p->lambda_t[i]);
    for (guint k = 0; k < p->dim; k++) {
      x[m] = p->lambda_re[i * p->dim + k] * h;
      y[m] = p->lambda_im[i * p->dim + k] * h;
      m += is_shown (p, x[m], y[m]);
    }
  }
  OdlStyle style = { .color = odl_solvers_color (p, run),
                     .marker = ODL_MARKER_DISC,
                     .size = 2.5,
                     .alpha = 0.35,
                     .no_fit = TRUE };
  odl_plot_markers (plot, run->title, x, y, m, style);
  guint now = lambda_index (p, page->now);
  double h = odl_solvers_step_at (run, page->now);
  style = odl_solvers_marker_style (p, run);
  style.size = 9;
  style.no_fit = TRUE;
  for (guint k = 0; k < p->dim; k++) {
    double zx = p->lambda_re[now * p->dim + k] * h,
           zy = p->lambda_im[now * p->dim + k] * h;
    if (!is_shown (p, zx, zy)) {
      outside += isfinite (zx);
      continue;
    }
    odl_plot_markers (plot, run->title, &zx, &zy, 1, style);
    g_autofree char *tip = g_strdup_printf ("%s: λΔt = %.4g %s %.4g i", run->title, zx,
                                            zy < 0 ? "−" : "+", fabs (zy));
    odl_plot_tip (plot, zx, zy, tip);
  }
  return outside;
}

static void
add_words (const OdlSolversPage *page, OdlPlot *plot, const OdlSolverRun *first_outside)
{
  const OdlSolversPayload *p = page->payload;
  g_autoptr (GString) text = g_string_new (NULL);
  if (first_outside != NULL)
    g_string_append_printf (text, "%s has λΔt beyond the edge of this picture. ",
                            first_outside->title);
  g_autofree char *sentences = odl_solvers_stability_sentences (p, 2);
  g_string_append (text, sentences);
  if (text->len == 0)
    g_string_append (text, "Shaded: |R(z)| ≤ 1. Marks: λΔt at the scrubber's time.");
  odl_plot_note (plot, text->str);
  odl_plot_summary (plot, text->str);
}

OdlPlot *
odl_solvers_region (const OdlSolversPage *page)
{
  const OdlSolversPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("stability", "Stability");
  odl_plot_axes (plot, "Re λΔt", ODL_SCALE_LINEAR, "Im λΔt", ODL_SCALE_LINEAR);
  const OdlSolverRun *first_outside = NULL;
  if (p->n_lambda == 0) {
    odl_plot_message (plot, "Computing…");
    return plot;
  }
  odl_plot_range_x (plot, p->region_x0, p->region_x1);
  odl_plot_range_y (plot, p->region_y0, p->region_y1);
  odl_plot_equal_aspect (plot);
  for (guint i = 0; i < p->n_runs; i++)
    add_region (p, plot, &p->runs[i]);
  OdlStyle axis = { .color = ODL_COLOR_DIM, .width = 1, .no_fit = TRUE };
  odl_plot_vertical (plot, NULL, 0, axis);
  odl_plot_horizontal (plot, NULL, 0, axis);
  for (guint i = 0; i < p->n_runs; i++)
    if (add_eigenvalues (page, plot, &p->runs[i]) > 0 && first_outside == NULL)
      first_outside = &p->runs[i];
  add_words (page, plot, first_outside);
  return plot;
}
