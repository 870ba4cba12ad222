/* The flow of data of one dimension: place against depth, so that a path is a curve.
 * SPDX-License-Identifier: MIT
 *
 * On the line, paths of an exact flow keep their order for ever, which is the whole
 * reason why no flow of the line can exchange −1 and +1. The grid here is the paths of
 * a row of inputs. */
#include <math.h>

#include "figure-flows.h"

enum { MOST_PATHS = 64, GRID_STEP = 4 };

typedef struct {
  const OdlFlowsPage *page;
  const OdlFlowModel *model;
  OdlPlot *plot;
  OdlFlowsBox box;
  double end; /* the last depth in the model's own units */
} Line;

static void
add_grid (const Line *line)
{
  const OdlFlowModel *m = line->model;
  const guint n = m->rows * m->columns;
  g_autofree double *y = g_new (double, m->n_depths + 1);
  for (guint i = 0; i < n; i += GRID_STEP) {
    for (guint k = 0; k < m->n_depths; k++)
      y[k] = (double)m->sheet[((gsize)k * n + i) * m->dim];
    odl_plot_line (
        line->plot, "grid", m->depth, y, m->n_depths,
        (OdlStyle){
            .color = ODL_COLOR_DIM, .width = 0.8, .alpha = 0.5, .no_fit = TRUE });
  }
}

static void
add_paths (const Line *line)
{
  const OdlFlowsPayload *p = line->page->payload;
  const guint every = MAX ((p->n_train / MOST_PATHS) | 1, 1);
  double direction[ODL_FLOWS_MAX_DIM], y[ODL_FLOWS_MAX_DEPTHS + 1],
      at[ODL_FLOWS_MAX_DEPTHS + 1];
  odl_flows_unit (direction, 0);
  for (guint i = 0; i < p->n_train; i += every) {
    const guint n
        = odl_flows_path (line->model, p->n, i, direction, line->page->depth, y, at);
    odl_plot_line (line->plot, "paths", at, y, n,
                   (OdlStyle){ .color = odl_flows_class_color (p->label[i]),
                               .width = 1.8,
                               .no_fit = TRUE });
  }
}

static void
add_points (const Line *line)
{
  const guint n = line->page->payload->n;
  g_autofree double *x = g_new (double, n + 1), *y = g_new (double, n + 1);
  const OdlFlowsPlaces places = { n, x, y, NULL, line->model };
  odl_flows_places (line->model, line->model->path, n, 0, line->page->depth, y);
  for (guint i = 0; i < n; i++)
    x[i] = line->page->depth * line->end;
  odl_flows_add_points (line->page, line->plot, &places, NULL);
}

/* Where the flip is to take the two points. */
static void
add_targets (const Line *line)
{
  for (guint label = 0; label < 2; label++) {
    const double y = label == 0 ? 1 : -1;
    odl_plot_markers (line->plot, "wanted", &line->end, &y, 1,
                      (OdlStyle){ .color = odl_flows_class_color (label),
                                  .marker = ODL_MARKER_CIRCLE,
                                  .size = 13,
                                  .width = 2 });
  }
}

static void
add_crossings (const Line *line)
{
  const OdlFlowModel *m = line->model;
  for (guint i = 0; i < m->n_crossings; i++) {
    const double x = (double)m->crossings[i].depth, y = (double)m->crossings[i].y;
    if (x <= line->page->depth * line->end)
      odl_plot_markers (line->plot, "crossings", &x, &y, 1,
                        (OdlStyle){ .color = ODL_COLOR_BAD,
                                    .marker = ODL_MARKER_STAR,
                                    .size = 10,
                                    .no_fit = TRUE });
  }
}

static void
add_words (const Line *line)
{
  const OdlFlowModel *m = line->model;
  g_autofree char *loss = odl_flows_number (m->train.loss);
  g_autofree char *floor = odl_flows_number (m->floor);
  g_autofree char *note
      = isfinite (m->floor)
            ? g_strdup_printf ("Loss %s; no flow of the line gets below %s: its paths "
                               "cannot cross.",
                               loss, floor)
        : m->discrete
            ? g_strdup_printf ("Loss %s: steps may jump over each other.", loss)
            : g_strdup_printf ("Loss %s: %s", loss,
                               m->dim > 1 ? "paths pass each other in the "
                                            "extra dimensions."
                                          : m->sentence);
  odl_plot_note (line->plot, note);
  g_autofree char *summary
      = g_strdup_printf ("%s, %s. %s %s", m->title, m->about, note, m->sentence);
  odl_plot_summary (line->plot, summary);
}

OdlPlot *
odl_flows_line (const OdlFlowsPage *page, const OdlFlowModel *model)
{
  g_autofree char *id = g_strdup_printf ("flow-%s", model->id);
  g_autofree char *title = g_strdup_printf ("%s: %s", model->title, model->about);
  double direction[ODL_FLOWS_MAX_DIM];
  Line line = { .page = page,
                .model = model,
                .plot = odl_plot_new (id, title),
                .end = model->n_depths > 0 ? model->depth[model->n_depths - 1] : 1 };
  odl_flows_unit (direction, 0);
  line.box = odl_flows_box (page, model, direction, direction);
  odl_plot_axes (line.plot, model->discrete ? "blocks" : "depth t", ODL_SCALE_LINEAR,
                 "h₁", ODL_SCALE_LINEAR);
  odl_plot_range_x (line.plot, -0.02 * line.end, 1.04 * line.end);
  odl_plot_range_y (line.plot, fmin (line.box.x0, -1.25), fmax (line.box.x1, 1.25));
  odl_plot_no_legend (line.plot);
  if (model->sheet != NULL && odl_flows_shows (page, "grid"))
    add_grid (&line);
  if (model->path != NULL && odl_flows_shows (page, "paths"))
    add_paths (&line);
  if (page->payload->flip)
    add_targets (&line);
  if (model->path != NULL)
    add_points (&line);
  if (odl_flows_shows (page, "crossings"))
    add_crossings (&line);
  add_words (&line);
  return line.plot;
}
