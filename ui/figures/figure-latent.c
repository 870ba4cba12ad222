/* The Latent figure: lays its plots out and holds what they share.
 * SPDX-License-Identifier: MIT */
#include "figure-latent.h"

#include <math.h>

#include "figures.h"

gboolean
odl_latent_page_shows (const OdlLatentPage *page, const char *layer)
{
  return odl_values_has_choice (page->frame->values, "show", layer);
}

int
odl_latent_page_color (guint channel)
{
  static const int colors[ODL_CANVAS_MAX_CHANNELS] = { 0, 2, 3, 4 };
  return colors[channel % ODL_CANVAS_MAX_CHANNELS];
}

char *
odl_latent_page_id (const char *stem, guint index)
{
  return index == 0 ? g_strdup (stem) : g_strdup_printf ("%s-%u", stem, index + 1);
}

char *
odl_latent_page_title (const char *stem, const char *name, guint n)
{
  return n == 1 ? g_strdup (stem) : g_strdup_printf ("%s: %s", stem, name);
}

char *
odl_latent_page_number (double value)
{
  return odl_number_text (value, 3);
}

static gboolean
wanted (const OdlLatentPage *page, const char *plot)
{
  return odl_values_has_choice (page->frame->values, "plots", plot);
}

/* One channel has a large canvas; several share the height. */
static void
add_canvases (OdlFigure *figure, const OdlLatentPage *page)
{
  const guint n = page->payload->n_channels;
  for (guint c = 0; c < n; c++)
    odl_figure_add (figure, odl_latent_page_canvas (page, c), 12, n == 1 ? 5 : 3);
}

/* What is inside the model: as many plots as there are, side by side. */
static void
add_inside (OdlFigure *figure, const OdlLatentPage *page)
{
  const OdlLatentPayload *p = page->payload;
  g_autoptr (GPtrArray) plots = g_ptr_array_new ();
  for (guint r = 0; r < p->n_readings && wanted (page, "latent"); r++)
    g_ptr_array_add (plots, odl_latent_page_paths (page, r));
  for (guint r = 0; r < p->n_readings && wanted (page, "encoder"); r++)
    g_ptr_array_add (plots, odl_latent_page_encoder (page, r));
  if (wanted (page, "refinement"))
    g_ptr_array_add (plots, odl_latent_page_refinement (page));
  if (wanted (page, "loss"))
    g_ptr_array_add (plots, odl_latent_page_loss (page));
  while (g_ptr_array_remove (plots, NULL)) {
  }
  const guint columns = plots->len == 0 ? 12 : MAX (12 / plots->len, 3);
  for (guint i = 0; i < plots->len; i++)
    odl_figure_add (figure, plots->pdata[i], MIN (columns, 6), 3);
}

/* As high as its lines ask for. */
static void
add_numbers (OdlFigure *figure, const OdlLatentPage *page)
{
  guint n_rows = 0;
  OdlPlot *plot = odl_latent_page_numbers (page, &n_rows);
  odl_figure_add (figure, plot, 12, MAX (2, (n_rows + 6) / 3));
}

/* The canvas has a margin at both ends, so that points on them can be taken. */
static void
set_times (OdlLatentPage *page)
{
  const OdlLatentPayload *p = page->payload;
  const gboolean known
      = isfinite (p->t0) && isfinite (p->shown_end) && p->shown_end > p->t0;
  page->x0 = known ? p->t0 - 0.02 * (p->shown_end - p->t0) : 0;
  page->x1 = known ? p->shown_end : 1;
}

OdlFigure *
odl_figure_latent (const OdlFrame *frame, const OdlFigureView *view)
{
  const OdlLatentPayload *payload = frame->payload;
  g_autofree char *title = payload->drawn_title != NULL
                               ? g_strdup_printf ("Latent: %s", payload->drawn_title)
                               : g_strdup ("Latent");
  OdlFigure *figure = odl_figure_new (title);
  OdlLatentPage page = { .frame = frame, .payload = payload };
  set_times (&page);
  if (wanted (&page, "canvas"))
    add_canvases (figure, &page);
  add_inside (figure, &page);
  if (wanted (&page, "numbers"))
    add_numbers (figure, &page);
  return figure;
}
