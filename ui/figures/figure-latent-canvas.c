/* The canvas: observations under the hand, and the curve with its bands.
 * SPDX-License-Identifier: MIT
 *
 * What is real is dark: observations and, where it is known, the true curve. What the
 * model says is in the colour of its channel: two bands, thin samples, the mean. The
 * Gaussian process has outlines only, so that both can be compared where they overlap.
 * Times before the first and after the last observation are shaded: there the model is
 * on its own. */
#include <math.h>
#include <string.h>

#include "figure-latent.h"

typedef struct {
  const OdlLatentPage *page;
  const OdlLatentPayload *payload;
  const OdlCanvasChannel *channel;
  OdlPlot *plot;
  guint index;
  int color;
  double low, high; /* shown */
} Canvas;

/* ── Regions ── */

static void
shade (const Canvas *c, double from, double to)
{
  const double z[4] = { -1, -1, -1, -1 }, far = 50 * (c->high - c->low);
  const OdlHeat box = { .z = z,
                        .rows = 2,
                        .columns = 2,
                        .x0 = from,
                        .x1 = to,
                        .y0 = c->low - far,
                        .y1 = c->high + far };
  if (to > from)
    odl_plot_region (
        c->plot, NULL, &box, 0,
        (OdlStyle){ .color = ODL_COLOR_GRID, .alpha = 0.55, .no_fit = TRUE });
}

/* A word at the bottom of a stretch of time, where there is room for it. */
static void
name_region (const Canvas *c, double from, double to, const char *word)
{
  if (to - from > 0.13 * (c->page->x1 - c->page->x0))
    odl_plot_text (c->plot, (from + to) / 2, c->low, 0, -3, 0.5, word,
                   (OdlStyle){ .color = ODL_COLOR_DIM });
}

static void
add_regions (const Canvas *c)
{
  const OdlLatentPayload *p = c->payload;
  const double x0 = c->page->x0, x1 = c->page->x1, far = 50 * (x1 - x0);
  if (!isfinite (p->first) || !isfinite (p->last)
      || !odl_latent_page_shows (c->page, "regions"))
    return;
  shade (c, x0 - far, p->first);
  shade (c, p->last, x1 + far);
}

static void
name_regions (const Canvas *c)
{
  const OdlLatentPayload *p = c->payload;
  const double x0 = c->page->x0, x1 = c->page->x1;
  if (!isfinite (p->first) || !isfinite (p->last)
      || !odl_latent_page_shows (c->page, "regions"))
    return;
  name_region (c, x0, fmin (p->first, x1), "extrapolation");
  name_region (c, fmax (p->first, x0), fmin (p->last, x1), "interpolation");
  name_region (c, fmax (p->last, x0), fmin (p->edge, x1), "extrapolation");
}

/* ── Curves ── */

static void
add_curve (const Canvas *c, const char *name, const double *y, OdlStyle style)
{
  if (y != NULL)
    odl_plot_line (c->plot, name, c->payload->t, y, c->payload->n_grid, style);
}

/* Many curves as one layer, with gaps between them. */
static void
add_bundle (const Canvas *c, const char *name, const double *curves, guint n_curves,
            OdlStyle style)
{
  const guint n = c->payload->n_grid, stride = n + 1;
  if (curves == NULL || n_curves == 0)
    return;
  g_autofree double *x = g_new (double, (gsize)n_curves *stride),
                    *y = g_new (double, (gsize)n_curves *stride);
  for (guint k = 0; k < n_curves; k++) {
    for (guint i = 0; i < n; i++) {
      x[k * stride + i] = c->payload->t[i];
      y[k * stride + i] = curves[k * n + i];
    }
    x[k * stride + n] = y[k * stride + n] = NAN;
  }
  odl_plot_line (c->plot, name, x, y, (gsize)n_curves * stride, style);
}

/* A band with hairlines along its edges, on which the crosshair can stand. */
static void
add_band (const Canvas *c, const char *name, const double *lower, const double *upper,
          double alpha)
{
  const guint n = c->payload->n_grid;
  if (lower == NULL || upper == NULL)
    return;
  g_autofree double *edges = g_new (double, 2 * (gsize)n);
  memcpy (edges, lower, n * sizeof *edges);
  memcpy (edges + n, upper, n * sizeof *edges);
  odl_plot_band (c->plot, name, c->payload->t, lower, upper, n,
                 (OdlStyle){ .color = c->color, .alpha = alpha });
  add_bundle (c, name, edges, 2,
              (OdlStyle){ .color = c->color, .width = 1, .alpha = 0.3 });
}

static void
add_bands (const Canvas *c)
{
  const OdlCanvasBand *band = &c->channel->band;
  if (odl_latent_page_shows (c->page, "band95"))
    add_band (c, "95 %", band->lower95, band->upper95, 0.15);
  if (odl_latent_page_shows (c->page, "band50"))
    add_band (c, "50 %", band->lower50, band->upper50, 0.28);
}

/* Outlines and mean in one dash. */
static void
add_outline (const Canvas *c, const char *name, const OdlCanvasBand *band,
             OdlStyle style)
{
  add_curve (c, name, band->lower95, style);
  add_curve (c, name, band->upper95, style);
  style.width = style.width * 0.75;
  add_curve (c, name, band->mean, style);
}

static void
add_answers (const Canvas *c)
{
  const OdlCanvasChannel *channel = c->channel;
  if (odl_latent_page_shows (c->page, "prior"))
    add_bundle (
        c, "prior", channel->prior, channel->n_prior,
        (OdlStyle){
            .color = ODL_COLOR_DIM, .width = 1, .alpha = 0.45, .no_fit = TRUE });
  add_bands (c);
  if (odl_latent_page_shows (c->page, "samples"))
    add_bundle (
        c, "samples", channel->curves, channel->n_curves,
        (OdlStyle){ .color = c->color, .width = 1, .alpha = 0.4, .no_fit = TRUE });
  if (odl_latent_page_shows (c->page, "amortised"))
    add_outline (
        c, "before refinement", &channel->amortised,
        (OdlStyle){ .color = c->color, .width = 1.3, .dash = ODL_DASH_DOTTED });
  if (odl_latent_page_shows (c->page, "process"))
    add_outline (c, "Gaussian process", &channel->process,
                 (OdlStyle){ .color = ODL_LATENT_PROCESS_COLOR,
                             .width = 1.7,
                             .dash = ODL_DASH_DASHED });
  if (odl_latent_page_shows (c->page, "mean"))
    add_curve (c, "mean", channel->band.mean,
               (OdlStyle){ .color = c->color, .width = 2.4 });
  if (odl_latent_page_shows (c->page, "truth"))
    add_curve (c, "true curve", channel->truth,
               (OdlStyle){ .color = ODL_COLOR_TEXT,
                           .width = 1.5,
                           .dash = ODL_DASH_DASH_DOT,
                           .alpha = 0.85 });
}

/* ── Points ── */

static guint
count_points (const Canvas *c)
{
  guint n = 0;
  for (guint i = 0; i < c->payload->n_points; i++)
    n += c->payload->channel[i] == c->index;
  return n;
}

/* Very many would hide the curves: they lie under them then, and let through. */
static gboolean
are_many (const Canvas *c)
{
  return count_points (c) > 400;
}

/* Marks, or a cloud of very many. */
static void
draw_points (const Canvas *c, const double *x, const double *y, guint n)
{
  const OdlStyle mark = { .color = ODL_COLOR_TEXT,
                          .marker = ODL_MARKER_DISC,
                          .size = n <= 60    ? 9
                                  : n <= 200 ? 7
                                             : 5 };
  g_autofree int *category = g_new (int, n + 1);
  for (guint i = 0; i < n; i++)
    category[i] = ODL_COLOR_TEXT;
  const OdlCloud cloud = { .x = x, .y = y, .category = category, .n = n };
  if (are_many (c))
    odl_plot_cloud (c->plot, "observations", &cloud,
                    (OdlStyle){ .color = ODL_COLOR_TEXT, .size = 3.5, .alpha = 0.35 });
  else if (n > 0)
    odl_plot_markers (c->plot, "observations", x, y, n, mark);
}

static void
add_points (const Canvas *c)
{
  const OdlLatentPayload *p = c->payload;
  g_autofree double *x = g_new (double, p->n_points + 1),
                    *y = g_new (double, p->n_points + 1);
  guint n = 0;
  for (guint i = 0; i < p->n_points; i++) {
    if (p->channel[i] != c->index)
      continue;
    x[n] = p->x[i];
    y[n++] = p->y[i];
    const OdlHandle handle = { .kind = "move",
                               .index = (int)i,
                               .x = p->x[i],
                               .y = p->y[i],
                               .color = ODL_COLOR_TEXT,
                               .series = "observations" };
    odl_plot_handle (c->plot, &handle);
  }
  draw_points (c, x, y, n);
}

/* The end of the forecast, near the foot of the plot, where no curve is in its way, and
 * above the names of the regions. */
static void
add_edge (const Canvas *c)
{
  const OdlLatentPayload *p = c->payload;
  if (!isfinite (p->edge))
    return;
  odl_plot_vertical (c->plot, NULL, p->edge,
                     (OdlStyle){ .color = ODL_COLOR_ACCENT,
                                 .width = 1,
                                 .dash = ODL_DASH_DASHED,
                                 .no_fit = TRUE });
  const OdlHandle handle = { .kind = "edge",
                             .x = p->edge,
                             .y = c->low + 0.17 * (c->high - c->low),
                             .label = c->index == 0 ? "forecast" : NULL,
                             .color = ODL_COLOR_ACCENT,
                             .x_only = TRUE };
  odl_plot_handle (c->plot, &handle);
}

/* ── Words ── */

static void
add_words (const Canvas *c)
{
  const OdlLatentPayload *p = c->payload;
  const guint n = count_points (c);
  const char *said = p->trouble != NULL ? p->trouble : p->sentence;
  if (c->index + 1 == p->n_channels)
    odl_plot_note (c->plot, said);
  if (p->n_points == 0)
    odl_plot_text (c->plot, (p->t0 + p->edge) / 2, c->high, 0, 24, 0.5,
                   "Click to add an observation",
                   (OdlStyle){ .color = ODL_COLOR_TEXT });
  g_autofree char *from = odl_latent_page_number (p->t0);
  g_autofree char *to = odl_latent_page_number (p->edge);
  g_autofree char *summary = g_strdup_printf (
      "%s against %s from %s to %s: %u %s, the mean of the posterior and its bands. %s",
      c->channel->name, p->time_name, from, to, n,
      n == 1 ? "observation" : "observations", said);
  odl_plot_summary (c->plot, summary);
}

/* The payload's range, wider where the true curve needs it. */
static void
set_range (Canvas *c)
{
  const double low = c->channel->low, high = c->channel->high;
  const gboolean known = isfinite (low) && isfinite (high) && high > low;
  const gboolean truth
      = c->channel->truth != NULL && odl_latent_page_shows (c->page, "truth");
  c->low = known ? low : -1;
  c->high = known ? high : 1;
  const double margin = 0.03 * (c->high - c->low);
  for (guint i = 0; truth && known && i < c->payload->n_grid; i++) {
    c->low = fmin (c->low, c->channel->truth[i] - margin);
    c->high = fmax (c->high, c->channel->truth[i] + margin);
  }
  odl_plot_range_x (c->plot, c->page->x0, c->page->x1);
  odl_plot_range_y (c->plot, c->low, c->high);
}

OdlPlot *
odl_latent_page_canvas (const OdlLatentPage *page, guint channel)
{
  const OdlLatentPayload *p = page->payload;
  const OdlCanvasChannel *of = &p->channels[channel];
  g_autofree char *id = odl_latent_page_id ("canvas", channel);
  g_autofree char *title = odl_latent_page_title ("Canvas", of->name, p->n_channels);
  OdlPlot *plot = odl_plot_new (id, title);
  Canvas c = { .page = page,
               .payload = p,
               .channel = of,
               .plot = plot,
               .index = channel,
               .color = odl_latent_page_color (channel) };
  odl_plot_axes (plot, p->time_name, ODL_SCALE_LINEAR, of->name, ODL_SCALE_LINEAR);
  odl_plot_click (plot, "observe", "Add an observation; Shift removes the nearest");
  odl_plot_click_index (plot, (int)channel);
  odl_plot_legend_above (plot);
  set_range (&c);
  add_regions (&c);
  if (are_many (&c))
    add_points (&c);
  add_answers (&c);
  name_regions (&c);
  if (!are_many (&c))
    add_points (&c);
  add_edge (&c);
  add_words (&c);
  return plot;
}
