/* The lifted space of an augmented model: its plane, and the direction among the extra
 * dimensions in which the classes come to lie farthest apart.
 * SPDX-License-Identifier: MIT
 *
 * The readout is a plane of the whole state space. What is drawn is its cut with the
 * space on show, the other directions being where the points are on average. */
#include <math.h>

#include "figure-flows.h"

enum { GRID_STEP = 6, MOST_PATHS = 40, PLANE_LINES = 9 };

typedef struct {
  const OdlFlowsPage *page;
  const OdlFlowModel *model;
  OdlPlot *plot;
  const double *axis[3];
  OdlFlowsBox box;
} Lift;

static void
add_grid (const Lift *lift)
{
  g_autofree double *x = NULL, *y = NULL, *z = NULL;
  const guint n = odl_flows_grid (lift->model, lift->page->depth, GRID_STEP,
                                  lift->axis[2], &x, &y, &z);
  odl_plot_line3 (
      lift->plot, "grid", x, y, z, n,
      (OdlStyle){ .color = ODL_COLOR_DIM, .width = 0.8, .alpha = 0.5, .no_fit = TRUE });
}

static void
add_paths (const Lift *lift)
{
  const OdlFlowsPayload *p = lift->page->payload;
  const guint every = MAX ((p->n_train / MOST_PATHS) | 1, 1);
  double at[3][ODL_FLOWS_MAX_DEPTHS + 1];
  for (guint i = 0; i < p->n_train; i += every) {
    guint n = 0;
    for (guint c = 0; c < 3; c++)
      n = odl_flows_path (lift->model, p->n, i, lift->axis[c], lift->page->depth, at[c],
                          NULL);
    odl_plot_line3 (lift->plot, "paths", at[0], at[1], at[2], n,
                    (OdlStyle){ .color = odl_flows_class_color (p->label[i]),
                                .width = 1,
                                .alpha = 0.45 });
  }
}

static void
add_points (const Lift *lift)
{
  const guint n = lift->page->payload->n;
  double *at[3];
  for (guint c = 0; c < 3; c++) {
    at[c] = g_new (double, n + 1);
    odl_flows_project (lift->model, lift->model->path, n, lift->axis[c],
                       lift->page->depth, at[c]);
  }
  const OdlFlowsPlaces places = { n, at[0], at[1], at[2], lift->model };
  odl_flows_add_points (lift->page, lift->plot, &places, NULL);
  for (guint c = 0; c < 3; c++)
    g_free (at[c]);
}

/* w·h + b with every point's part outside the space on show replaced by its mean. */
static double
rest_of_readout (const Lift *lift, const double w[3])
{
  const OdlFlowModel *m = lift->model;
  const guint n = lift->page->payload->n;
  g_autofree double *logit = g_new (double, n + 1), *at = g_new (double, n + 1);
  double sum = 0;
  odl_flows_project (m, m->path, n, m->readout_w, 1, logit);
  for (guint c = 0; c < 3; c++) {
    odl_flows_project (m, m->path, n, lift->axis[c], 1, at);
    for (guint i = 0; i < n; i++)
      logit[i] -= w[c] * at[i];
  }
  for (guint i = 0; i < n; i++)
    sum += logit[i];
  return m->readout_b[0] + (n > 0 ? sum / n : 0);
}

/* Where the plane is at (x, y), or NaN where that is beyond the points' range. */
static double
height_at (const double w[3], double rest, double x, double y, const double z[2])
{
  const double at = -(rest + w[0] * x + w[1] * y) / w[2];
  return at >= z[0] && at <= z[1] ? at : NAN;
}

static void
range_of_heights (const Lift *lift, double z[2])
{
  const guint n = lift->page->payload->n;
  g_autofree double *at = g_new (double, n + 1);
  z[0] = INFINITY;
  z[1] = -INFINITY;
  odl_flows_project (lift->model, lift->model->path, n, lift->axis[2], 1, at);
  for (guint i = 0; i < n; i++) {
    z[0] = fmin (z[0], at[i]);
    z[1] = fmax (z[1], at[i]);
  }
}

/* The cube holds all points at every depth, so it stands still while one scrubs. */
static void
set_ranges (const Lift *lift)
{
  const OdlFlowsBox up
      = odl_flows_box (lift->page, lift->model, lift->axis[2], lift->axis[2]);
  odl_plot_range_x (lift->plot, lift->box.x0, lift->box.x1);
  odl_plot_range_y (lift->plot, lift->box.y0, lift->box.y1);
  odl_plot_range_z (lift->plot, up.x0, up.x1);
}

/* A net of lines in the plane, in the box. */
static void
add_plane (const Lift *lift)
{
  enum { ALONG = 25 };
  const OdlFlowModel *m = lift->model;
  double w[3] = { 0 }, z[2], x[ALONG], y[ALONG], at[ALONG];
  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < m->dim; i++)
      w[c] += m->readout_w[i] * lift->axis[c][i];
  if (!(fabs (w[2]) > 1e-6))
    return;
  const double rest = rest_of_readout (lift, w);
  const OdlFlowsBox *b = &lift->box;
  const double faint = lift->page->depth >= 1 ? 0.9 : 0.35;
  range_of_heights (lift, z);
  for (guint line = 0; line < 2 * PLANE_LINES; line++) {
    const double across = (line / 2) / (PLANE_LINES - 1.0);
    for (guint i = 0; i < ALONG; i++) {
      const double along = i / (ALONG - 1.0);
      x[i] = b->x0 + (line % 2 ? across : along) * (b->x1 - b->x0);
      y[i] = b->y0 + (line % 2 ? along : across) * (b->y1 - b->y0);
      at[i] = height_at (w, rest, x[i], y[i], z);
    }
    odl_plot_line3 (
        lift->plot, "readout", x, y, at, ALONG,
        (OdlStyle){
            .color = ODL_COLOR_TEXT, .width = 1, .alpha = faint, .no_fit = TRUE });
  }
}

static gboolean
is_lifted (const OdlFlowModel *model)
{
  double size = 0;
  for (guint i = 0; i < model->dim && model->lift != NULL; i++)
    size += fabs (model->lift[2 * model->dim + i]);
  return size > 0;
}

OdlPlot *
odl_flows_lift (const OdlFlowsPage *page, const OdlFlowModel *model)
{
  if (model->dim < 3 || model->path == NULL || !is_lifted (model))
    return NULL;
  g_autofree char *id = g_strdup_printf ("lift-%s", model->id);
  Lift lift = { .page = page, .model = model };
  for (guint c = 0; c < 3; c++)
    lift.axis[c] = model->lift + (gsize)c * model->dim;
  lift.plot = odl_plot_new (id, "Lifted space");
  lift.box = odl_flows_plane (page, model);
  odl_plot_three (lift.plot, "h₁", "h₂", "lift");
  set_ranges (&lift);
  odl_plot_no_legend (lift.plot);
  if (model->sheet != NULL && odl_flows_shows (page, "grid")
      && page->payload->data_dim == 2)
    add_grid (&lift);
  if (odl_flows_shows (page, "paths"))
    add_paths (&lift);
  add_points (&lift);
  if (odl_flows_shows (page, "readout") && model->n_outputs == 1)
    add_plane (&lift);
  odl_plot_note (lift.plot, "Drag to turn. Up: the extra direction in which the "
                            "classes end farthest apart.");
  odl_plot_summary (lift.plot, model->sentence);
  return lift.plot;
}
