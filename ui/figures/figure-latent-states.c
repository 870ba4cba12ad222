/* Inside the model: the encoder's state along time, and the latent trajectories.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "figure-latent.h"

enum { MOST_PATHS = 4 };

static void
set_time (const OdlLatentPage *page, OdlPlot *plot, const char *label)
{
  odl_plot_axes (plot, page->payload->time_name, ODL_SCALE_LINEAR, label,
                 ODL_SCALE_LINEAR);
}

static const char *
name_of (const OdlLatentPage *page, const OdlCanvasReading *reading)
{
  return page->payload->channels[reading->first].name;
}

/* ── Latent trajectories ── */

/* Component k of the first few paths, as one layer with gaps; the most probable path
 * once more, bold. */
static void
add_component (const OdlLatentPage *page, OdlPlot *plot, const OdlCanvasReading *r,
               guint k)
{
  const OdlLatentPayload *p = page->payload;
  const guint n_paths = MIN (r->n_paths, MOST_PATHS), stride = p->n_grid + 1;
  const int color = (int)(k % 8);
  g_autofree double *x = g_new (double, (gsize)n_paths *stride),
                    *y = g_new (double, (gsize)n_paths *stride);
  g_autofree char *name = g_strdup_printf ("z%u", k + 1);
  for (guint s = 0; s < n_paths; s++) {
    const double *path = r->paths + (gsize)s * p->n_grid * r->latent;
    for (guint i = 0; i < p->n_grid; i++) {
      x[s * stride + i] = p->t[i];
      y[s * stride + i] = path[(gsize)i * r->latent + k];
    }
    x[s * stride + p->n_grid] = y[s * stride + p->n_grid] = NAN;
  }
  odl_plot_line (
      plot, name, x, y, (gsize)n_paths * stride,
      (OdlStyle){ .color = color, .width = 1, .alpha = 0.4, .no_fit = TRUE });
  odl_plot_line (plot, name, x, y, p->n_grid,
                 (OdlStyle){ .color = color, .width = 1.6 });
}

/* How far before the canvas the start of component k is drawn. */
static double
start_place (const OdlLatentPage *page, guint k)
{
  return 0.009 * (page->x1 - page->x0) * (k + 1);
}

/* The Gaussian over the start: mean and two deviations of every component, side by side
 * before the canvas begins. */
static void
add_start (const OdlLatentPage *page, OdlPlot *plot, const OdlCanvasReading *r, guint k)
{
  const double at = page->payload->t0 - start_place (page, k);
  const double x[2] = { at, at }, y[2] = { r->mean[k] - 2 * r->deviation[k],
                                           r->mean[k] + 2 * r->deviation[k] };
  odl_plot_line (plot, NULL, x, y, 2, (OdlStyle){ .color = (int)(k % 8), .width = 2 });
  odl_plot_markers (plot, NULL, x, &r->mean[k], 1,
                    (OdlStyle){ .color = (int)(k % 8), .size = 5 });
}

OdlPlot *
odl_latent_page_paths (const OdlLatentPage *page, guint reading)
{
  const OdlLatentPayload *p = page->payload;
  const OdlCanvasReading *r = &p->readings[reading];
  if (r->n_paths == 0 || r->paths == NULL)
    return NULL;
  g_autofree char *id = odl_latent_page_id ("latent", reading);
  g_autofree char *title
      = odl_latent_page_title ("Latent trajectories", name_of (page, r), p->n_readings);
  OdlPlot *plot = odl_plot_new (id, title);
  set_time (page, plot, "z");
  odl_plot_range_x (plot, p->t0 - start_place (page, r->latent), page->x1);
  for (guint k = 0; k < r->latent; k++)
    add_component (page, plot, r, k);
  for (guint k = 0; k < r->latent && r->mean != NULL && r->deviation != NULL; k++)
    add_start (page, plot, r, k);
  g_autofree char *summary
      = g_strdup_printf ("%u components of the latent state along time for %u samples "
                         "of the posterior.",
                         r->latent, MIN (r->n_paths, MOST_PATHS));
  odl_plot_summary (plot, summary);
  return plot;
}

/* ── The encoder ── */

/* The state while the encoder is at time t, on its way back: after the event nearest
 * above it. −1: it has not begun. */
static int
state_at (const OdlCanvasReading *r, double t)
{
  int found = -1;
  for (guint i = 0; i < r->n_states; i++)
    if (r->state_t[i] >= t)
      found = (int)i;
  return found;
}

static void
add_states (const OdlLatentPage *page, OdlPlot *plot, const OdlCanvasReading *r)
{
  enum { COLUMNS = 240 };
  const double x0 = page->payload->t0, x1 = r->state_t[0];
  g_autofree double *z = g_new (double, (gsize)r->hidden *COLUMNS);
  double most = 0;
  for (guint column = 0; column < COLUMNS; column++) {
    const int i = state_at (r, x0 + (x1 - x0) * (column + 0.5) / COLUMNS);
    for (guint row = 0; row < r->hidden; row++) {
      const double h = i >= 0 ? r->states[(gsize)i * r->hidden + row] : NAN;
      z[(gsize)row * COLUMNS + column] = h;
      most = fmax (most, fabs (h));
    }
  }
  const OdlHeat heat = { .z = z,
                         .rows = r->hidden,
                         .columns = COLUMNS,
                         .x0 = x0,
                         .x1 = x1,
                         .y0 = 0.5,
                         .y1 = r->hidden + 0.5,
                         .z0 = -fmax (most, 1e-9),
                         .z1 = fmax (most, 1e-9),
                         .map = ODL_MAP_DIVERGING,
                         .colorbar = TRUE };
  odl_plot_heat (plot, "h", &heat);
}

OdlPlot *
odl_latent_page_encoder (const OdlLatentPage *page, guint reading)
{
  const OdlLatentPayload *p = page->payload;
  const OdlCanvasReading *r = &p->readings[reading];
  if (r->n_states == 0 || r->hidden == 0 || !(r->state_t[0] > p->t0))
    return NULL;
  g_autofree char *id = odl_latent_page_id ("encoder", reading);
  g_autofree char *title = odl_latent_page_title ("Encoder, from right to left",
                                                  name_of (page, r), p->n_readings);
  OdlPlot *plot = odl_plot_new (id, title);
  set_time (page, plot, "unit of h");
  odl_plot_range_x (plot, p->t0, r->state_t[0]);
  odl_plot_range_y (plot, 0.5, r->hidden + 0.5);
  odl_plot_no_legend (plot);
  add_states (page, plot, r);
  g_autofree char *summary
      = g_strdup_printf ("The %u units of the encoder's state as it reads %u of %u "
                         "observed times from the "
                         "last to the first.",
                         r->hidden, r->n_encoded, r->n_used);
  odl_plot_summary (plot, summary);
  return plot;
}
