/* Points as clouds: training points, test points, and those that are told wrongly.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "figure-flows.h"

/* What colours point i: its class, or what it cost as a part of the range; where all
 * cost the same that is the middle of it. */
static void
color_points (const OdlFlowsPage *page, const OdlFlowModel *model, int *category,
              double *value)
{
  const OdlFlowsPayload *p = page->payload;
  const double size = page->nfe_high - page->nfe_low;
  for (guint i = 0; i < p->n; i++) {
    category[i] = odl_flows_class_color (p->label[i]);
    value[i] = model->nfe == NULL ? 0
               : size > 0         ? (model->nfe[i] - page->nfe_low) / size
                                  : 0.5;
  }
}

/* Points [first, first + n) with their tails. */
static OdlCloud
part_of (const OdlFlowsPlaces *places, const OdlCloud *tails, guint first, guint n)
{
  OdlCloud cloud = { .x = places->x + first, .y = places->y + first, .n = n };
  if (tails != NULL && tails->n_tail > 0) {
    cloud.n_tail = tails->n_tail;
    cloud.tail_x = tails->tail_x + first * tails->n_tail;
    cloud.tail_y = tails->tail_y + first * tails->n_tail;
  }
  return cloud;
}

static void
add_part (OdlPlot *plot, const char *name, const OdlFlowsPlaces *places, guint first,
          const OdlCloud *cloud, OdlStyle style)
{
  if (cloud->n == 0)
    return;
  if (places->z != NULL)
    odl_plot_cloud3 (plot, name, cloud, places->z + first, style);
  else
    odl_plot_cloud (plot, name, cloud, style);
}

void
odl_flows_add_points (const OdlFlowsPage *page, OdlPlot *plot,
                      const OdlFlowsPlaces *places, const OdlCloud *tails)
{
  const OdlFlowsPayload *p = page->payload;
  const gboolean by_nfe = page->by_nfe && places->model->nfe != NULL;
  const guint n_test = p->n - p->n_train;
  g_autofree int *category = g_new (int, p->n + 1);
  g_autofree double *value = g_new (double, p->n + 1);
  const double size = p->n > 1200 ? 3.5 : p->n > 500 ? 4.5 : 5.5;
  color_points (page, places->model, category, value);
  OdlCloud train = part_of (places, tails, 0, p->n_train),
           test = part_of (places, tails, p->n_train, n_test);
  train.category = by_nfe ? NULL : category;
  train.value = by_nfe ? value : NULL;
  test.category = by_nfe ? NULL : category + p->n_train;
  test.value = by_nfe ? value + p->n_train : NULL;
  if (odl_flows_shows (page, "test"))
    add_part (plot, "test", places, p->n_train, &test,
              (OdlStyle){ .size = size - 1.5, .alpha = 0.5 });
  if (odl_flows_shows (page, "points"))
    add_part (plot, "training", places, 0, &train, (OdlStyle){ .size = size });
}

/* Of a model that has learned; in one that has not, crosses everywhere would hide the
 * classes, and the background says enough. */
void
odl_flows_add_mistakes (const OdlFlowsPage *page, OdlPlot *plot,
                        const OdlFlowsPlaces *places)
{
  enum { MOST = 80 };
  const OdlFlowsPayload *p = page->payload;
  const gboolean train = odl_flows_shows (page, "points"),
                 test = odl_flows_shows (page, "test");
  double x[MOST], y[MOST];
  guint n = 0;
  if (p->flip || places->model->given == NULL)
    return;
  for (guint i = 0; i < p->n; i++) {
    if (places->model->given[i] == p->label[i] || !(i < p->n_train ? train : test))
      continue;
    if (n == MOST)
      return;
    x[n] = places->x[i];
    y[n++] = places->y[i];
  }
  if (n > 0)
    odl_plot_markers (plot, "told wrongly", x, y, n,
                      (OdlStyle){ .color = ODL_COLOR_BAD,
                                  .marker = ODL_MARKER_CROSS,
                                  .size = 7,
                                  .width = 1.4 });
}
