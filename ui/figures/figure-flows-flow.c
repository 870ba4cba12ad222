/* The flow of a model in the plane: where its points are at the scrubber's depth, and
 * how they came there. SPDX-License-Identifier: MIT
 *
 * From back to front: the decision background carried along, the grid that began as
 * straight lines, paths of a few points from their inputs, all points with a tail,
 * the test circles with the edge that is stretched most, crossings of a coarse
 * discretisation, and the readout's line. The range holds every point at every depth,
 * so nothing jumps while the scrubber moves. */
#include <math.h>

#include "figure-flows.h"

enum {
  RASTER = 160,        /* pixels along a side of the background */
  GRID_STEP = 4,       /* lattice lines from one line of the grid to the next */
  MOST_PATHS = 64,     /* paths drawn whole */
  MOST_TAIL = 14,      /* places of a tail */
  TAIL_BUDGET = 10000, /* places of all tails of a plot */
  PLANE = 65,          /* grid of a readout with several outputs */
};

#define TAIL_LENGTH 0.22 /* of the depth */

typedef struct {
  const OdlFlowsPage *page;
  const OdlFlowModel *model;
  OdlPlot *plot;
  OdlFlowsBox box;
  OdlFlowsBox back; /* a square around it, which equal aspect cannot widen beyond */
} Flow;

/* ---- The sheet ---- */

static void
add_background (const Flow *flow)
{
  const OdlFlowsPayload *p = flow->page->payload;
  const gboolean two = p->n_classes <= 2;
  g_autofree double *z = g_new (double, RASTER *RASTER);
  for (guint label = 0; label < (two ? 1 : p->n_classes); label++) {
    g_autofree double *value = odl_flows_verdicts (flow->page, flow->model, label);
    odl_flows_raster (flow->model, flow->page->depth, &flow->back, RASTER, value, z);
    OdlHeat heat = { .z = z,
                     .rows = RASTER,
                     .columns = RASTER,
                     .x0 = flow->back.x0,
                     .x1 = flow->back.x1,
                     .y0 = flow->back.y0,
                     .y1 = flow->back.y1,
                     .z0 = 0,
                     .z1 = 1,
                     .alpha = 0.3,
                     .backdrop = TRUE,
                     .color_low = ODL_COLOR_CLASS_A,
                     .color_high = ODL_COLOR_CLASS_B };
    if (two) {
      odl_plot_heat (flow->plot, "background", &heat);
      continue;
    }
    for (guint i = 0; i < RASTER * RASTER; i++)
      z[i] = -z[i];
    odl_plot_region (flow->plot, "background", &heat, -0.5,
                     (OdlStyle){ .color = odl_flows_class_color (label),
                                 .alpha = 0.2,
                                 .no_fit = TRUE });
  }
}

static void
add_grid (const Flow *flow)
{
  g_autofree double *x = NULL, *y = NULL;
  const guint n
      = odl_flows_grid (flow->model, flow->page->depth, GRID_STEP, NULL, &x, &y, NULL);
  odl_plot_line (
      flow->plot, "grid", x, y, n,
      (OdlStyle){
          .color = ODL_COLOR_DIM, .width = 0.8, .alpha = 0.55, .no_fit = TRUE });
}

/* ---- Points ---- */

/* Every n-th training point, so that both classes and the whole set are met. */
static void
add_paths (const Flow *flow)
{
  const OdlFlowsPayload *p = flow->page->payload;
  const guint every = (p->n_train + MOST_PATHS - 1) / MOST_PATHS;
  const guint most = ODL_FLOWS_MAX_DEPTHS + 2;
  double ex[ODL_FLOWS_MAX_DIM], ey[ODL_FLOWS_MAX_DIM];
  g_autofree double *x = g_new (double, most *(MOST_PATHS + 1)),
                    *y = g_new (double, most *(MOST_PATHS + 1));
  odl_flows_unit (ex, 0);
  odl_flows_unit (ey, 1);
  for (guint label = 0; label < p->n_classes; label++) {
    guint n = 0;
    for (guint i = 0; i < p->n_train; i += MAX (every | 1, 1)) {
      if (p->label[i] != label)
        continue;
      const guint count
          = odl_flows_path (flow->model, p->n, i, ex, flow->page->depth, x + n, NULL);
      odl_flows_path (flow->model, p->n, i, ey, flow->page->depth, y + n, NULL);
      n += count;
      x[n] = y[n] = NAN;
      n++;
    }
    odl_plot_line (flow->plot, "paths", x, y, n,
                   (OdlStyle){ .color = odl_flows_class_color (label),
                               .width = 1,
                               .alpha = 0.4,
                               .no_fit = TRUE });
  }
}

/* Earlier places of every point, newest first, TAIL_LENGTH of the depth at most. */
static void
fill_tails (const Flow *flow, guint n_tail, double *x, double *y)
{
  const guint n = flow->page->payload->n;
  g_autofree double *at_x = g_new (double, n + 1), *at_y = g_new (double, n + 1);
  for (guint k = 0; k < n_tail; k++) {
    const double back = TAIL_LENGTH * (k + 1) / n_tail;
    const double depth = fmax (flow->page->depth - back, 0);
    odl_flows_places (flow->model, flow->model->path, n, 0, depth, at_x);
    odl_flows_places (flow->model, flow->model->path, n, 1, depth, at_y);
    for (gsize i = 0; i < n; i++) {
      x[i * n_tail + k] = at_x[i];
      y[i * n_tail + k] = at_y[i];
    }
  }
}

static void
add_points (const Flow *flow)
{
  const OdlFlowsPage *page = flow->page;
  const guint n = page->payload->n;
  const guint n_tail
      = page->depth > 0 ? CLAMP (TAIL_BUDGET / MAX (n, 1), 3, MOST_TAIL) : 0;
  g_autofree double *x = g_new (double, n + 1), *y = g_new (double, n + 1),
                    *tail_x = g_new (double, (gsize)n *n_tail + 1),
                    *tail_y = g_new (double, (gsize)n *n_tail + 1);
  const OdlCloud tails = { .tail_x = tail_x, .tail_y = tail_y, .n_tail = n_tail };
  const OdlFlowsPlaces places = { n, x, y, NULL, flow->model };
  odl_flows_places (flow->model, flow->model->path, n, 0, page->depth, x);
  odl_flows_places (flow->model, flow->model->path, n, 1, page->depth, y);
  fill_tails (flow, n_tail, tail_x, tail_y);
  odl_flows_add_points (page, flow->plot, &places,
                        odl_flows_shows (page, "paths") ? &tails : NULL);
  odl_flows_add_mistakes (page, flow->plot, &places);
}

/* ---- Test circles ---- */

static void
add_circle (const Flow *flow, const float *circle, guint label, gboolean torn)
{
  const guint n = ODL_FLOWS_CIRCLE;
  double x[ODL_FLOWS_CIRCLE + 1], y[ODL_FLOWS_CIRCLE + 1];
  if (circle == NULL)
    return;
  odl_flows_places (flow->model, circle, n, 0, flow->page->depth, x);
  odl_flows_places (flow->model, circle, n, 1, flow->page->depth, y);
  x[n] = x[0];
  y[n] = y[0];
  odl_plot_line (flow->plot, "test circles", x, y, n + 1,
                 (OdlStyle){ .color = odl_flows_class_color (label),
                             .width = 2.4,
                             .no_fit = TRUE });
  const guint at = flow->model->tear_at;
  if (!torn || at >= n || !(flow->model->stretch > 1))
    return;
  odl_plot_line (flow->plot, "most stretched", x + at, y + at, 2,
                 (OdlStyle){ .color = ODL_COLOR_BAD, .width = 3.4, .no_fit = TRUE });
  g_autofree char *text = g_strdup_printf (
      "this edge of the circle ends %.3g times as long", flow->model->stretch);
  odl_plot_tip (flow->plot, (x[at] + x[at + 1]) / 2, (y[at] + y[at + 1]) / 2, text);
}

/* ---- What must not happen in an exact flow ---- */

static void
add_crossings (const Flow *flow)
{
  const OdlFlowModel *m = flow->model;
  double x[ODL_FLOWS_MAX_CROSSINGS], y[ODL_FLOWS_MAX_CROSSINGS];
  const double end = m->n_depths > 0 ? m->depth[m->n_depths - 1] : 1;
  guint n = 0;
  for (guint i = 0; i < m->n_crossings && n < ODL_FLOWS_MAX_CROSSINGS; i++) {
    const OdlFlowCrossing *crossing = &m->crossings[i];
    if ((double)crossing->depth > flow->page->depth * end)
      continue;
    x[n] = (double)crossing->x;
    y[n++] = (double)crossing->y;
  }
  odl_plot_markers (flow->plot, n > 0 ? "crossings" : NULL, x, y, n,
                    (OdlStyle){ .color = ODL_COLOR_BAD,
                                .marker = ODL_MARKER_STAR,
                                .size = 10,
                                .width = 1.6,
                                .no_fit = TRUE });
}

/* ---- The readout ---- */

/* Whether the readout sees nothing but the plane. */
static gboolean
is_planar (const OdlFlowModel *m)
{
  for (guint i = 0; i < m->n_outputs; i++)
    for (guint c = 2; c < m->dim; c++)
      if (m->readout_w[(gsize)i * m->dim + c] != 0)
        return FALSE;
  return m->n_outputs > 0 && m->dim >= 2;
}

static OdlStyle
readout_style (const Flow *flow)
{
  const gboolean there = flow->page->depth >= 1;
  return (OdlStyle){ .color = ODL_COLOR_TEXT,
                     .width = 2,
                     .alpha = there ? 1 : 0.35,
                     .dash = there ? ODL_DASH_SOLID : ODL_DASH_DASHED,
                     .no_fit = TRUE };
}

/* The line w·h + b = 0: long enough to cross every box around. */
static void
add_line (const Flow *flow)
{
  const double *w = flow->model->readout_w;
  const double b = flow->model->readout_b[0], norm = hypot (w[0], w[1]);
  const OdlFlowsBox *box = &flow->box;
  const double reach = 4 * hypot (box->x1 - box->x0, box->y1 - box->y0);
  if (!(norm > 0) || !isfinite (b))
    return;
  const double mx = (box->x0 + box->x1) / 2, my = (box->y0 + box->y1) / 2;
  const double gap = (w[0] * mx + w[1] * my + b) / norm;
  const double px = mx - gap * w[0] / norm, py = my - gap * w[1] / norm;
  const double x[2] = { px - reach * w[1] / norm, px + reach * w[1] / norm };
  const double y[2] = { py + reach * w[0] / norm, py - reach * w[0] / norm };
  if (fabs (gap) < reach)
    odl_plot_line (flow->plot, "readout", x, y, 2, readout_style (flow));
}

/* How far output `label` is ahead of the others at (x, y). */
static double
lead (const OdlFlowModel *m, guint label, double x, double y)
{
  double own = 0, other = -INFINITY;
  for (guint i = 0; i < m->n_outputs; i++) {
    const double *w = m->readout_w + (gsize)i * m->dim;
    const double logit = w[0] * x + w[1] * y + m->readout_b[i];
    if (i == label)
      own = logit;
    else
      other = fmax (other, logit);
  }
  return own - other;
}

static void
add_lines (const Flow *flow)
{
  const OdlFlowsBox *box = &flow->box;
  g_autofree double *z = g_new (double, PLANE *PLANE);
  for (guint label = 0; label < flow->model->n_outputs; label++) {
    for (guint i = 0; i < PLANE * PLANE; i++)
      z[i] = lead (flow->model, label,
                   box->x0 + (box->x1 - box->x0) * (i % PLANE) / (PLANE - 1.0),
                   box->y0 + (box->y1 - box->y0) * (i / PLANE) / (PLANE - 1.0));
    const OdlHeat grid = { .z = z,
                           .rows = PLANE,
                           .columns = PLANE,
                           .x0 = box->x0,
                           .x1 = box->x1,
                           .y0 = box->y0,
                           .y1 = box->y1 };
    odl_plot_contour (flow->plot, "readout", &grid, 0, readout_style (flow));
  }
}

/* ---- Words ---- */

/* A point's: of training, or of the other solver when the picture is made with one. */
static double
evaluations (const Flow *flow)
{
  const OdlFlowsPayload *p = flow->page->payload;
  double sum = 0;
  if (!p->resolved || flow->model->nfe == NULL || p->n == 0)
    return flow->model->nfe_forward;
  for (guint i = 0; i < p->n; i++)
    sum += flow->model->nfe[i];
  return sum / p->n;
}

static void
add_words (const Flow *flow)
{
  const OdlFlowModel *m = flow->model;
  const double end = m->n_depths > 0 ? m->depth[m->n_depths - 1] : 1;
  g_autofree char *train = odl_flows_percent (m->train.accuracy);
  const double cost = evaluations (flow);
  g_autofree char *nfe = odl_flows_number (cost);
  g_autofree char *length = odl_flows_number (m->path_length);
  g_autofree char *place = m->discrete ? g_strdup_printf ("after %.3g of %.0f blocks",
                                                          flow->page->depth * end, end)
                                       : g_strdup_printf ("t = %.3g of %.3g",
                                                          flow->page->depth * end, end);
  g_autoptr (GString) note = g_string_new (place);
  g_string_append_printf (note, " · training %s · path %s", train, length);
  if (!m->discrete && isfinite (cost))
    g_string_append_printf (note, " · %s evaluations", nfe);
  if (m->n_crossings > 0)
    g_string_append_printf (note, " · %u crossing%s", m->n_crossings,
                            m->n_crossings == 1 ? "" : "s");
  odl_plot_note (flow->plot, note->str);
  g_autofree char *summary = g_strdup_printf (
      "%s, %s, %s. %s%s%s", m->title, m->about, note->str, m->sentence,
      m->failure ? " " : "", m->failure ? m->failure : "");
  odl_plot_summary (flow->plot, summary);
}

static OdlFlowsBox
around (const OdlFlowsBox *box)
{
  const double x = (box->x0 + box->x1) / 2, y = (box->y0 + box->y1) / 2;
  const double half = 0.7 * fmax (box->x1 - box->x0, box->y1 - box->y0);
  return (OdlFlowsBox){ x - half, x + half, y - half, y + half };
}

static void
set_axes (Flow *flow)
{
  const gboolean lifted = flow->model->dim > 2;
  flow->box = odl_flows_plane (flow->page, flow->model);
  flow->back = around (&flow->box);
  odl_plot_axes (flow->plot, lifted ? "h₁ (seen along the lift)" : "h₁",
                 ODL_SCALE_LINEAR, "h₂", ODL_SCALE_LINEAR);
  odl_plot_range_x (flow->plot, flow->box.x0, flow->box.x1);
  odl_plot_range_y (flow->plot, flow->box.y0, flow->box.y1);
  odl_plot_equal_aspect (flow->plot);
  odl_plot_no_legend (flow->plot);
  if (flow->page->depth == 0)
    odl_plot_paint (flow->plot, "paint", "Paint points; Shift erases");
}

static void
add_layers (const Flow *flow)
{
  const OdlFlowsPage *page = flow->page;
  const OdlFlowModel *m = flow->model;
  if (m->sheet != NULL && odl_flows_shows (page, "background"))
    add_background (flow);
  if (m->sheet != NULL && odl_flows_shows (page, "grid"))
    add_grid (flow);
  if (m->path != NULL && odl_flows_shows (page, "paths") && page->depth > 0)
    add_paths (flow);
  if (m->path != NULL)
    add_points (flow);
  if (odl_flows_shows (page, "circles")) {
    add_circle (flow, m->inner, 0, FALSE);
    add_circle (flow, m->outer, 1, TRUE);
  }
  if (odl_flows_shows (page, "crossings"))
    add_crossings (flow);
  if (odl_flows_shows (page, "readout") && is_planar (m)) {
    if (m->n_outputs == 1)
      add_line (flow);
    else
      add_lines (flow);
  }
}

OdlPlot *
odl_flows_flow (const OdlFlowsPage *page, const OdlFlowModel *model)
{
  g_autofree char *id = g_strdup_printf ("flow-%s", model->id);
  g_autofree char *title = g_strdup_printf ("%s: %s", model->title, model->about);
  Flow flow = { .page = page, .model = model, .plot = odl_plot_new (id, title) };
  set_axes (&flow);
  add_layers (&flow);
  if (model->failure != NULL)
    odl_plot_text (flow.plot, flow.box.x0, flow.box.y1, 8, 14, 0, model->failure,
                   (OdlStyle){ .color = ODL_COLOR_BAD });
  add_words (&flow);
  return flow.plot;
}
