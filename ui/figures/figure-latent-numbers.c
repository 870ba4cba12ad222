/* The table of the Latent figure: how honest the bands are, how wide, and how far off
 * the mean. SPDX-License-Identifier: MIT */
#include <math.h>

#include "figure-latent.h"

enum {
  MODEL,
  INSIDE50,
  INSIDE95,
  INSIDE_MSE,
  INSIDE_WIDTH,
  OUTSIDE50,
  OUTSIDE95,
  OUTSIDE_MSE,
  OUTSIDE_WIDTH,
  LENGTH,
  NOISE,
  TRUE_NOISE,
  N_COLUMNS
};

/* Beyond the observations: ›. */
static const char *const head[N_COLUMNS]
    = { "Bands of", "50 %",  "95 %",    "MSE",      "Width",   "50 % ›",
        "95 % ›",   "MSE ›", "Width ›", "Length ℓ", "Noise σ", "True σ" };

typedef struct {
  GPtrArray *cells; /* of every row, N_COLUMNS each; NULL: nothing known */
  GArray *colors;   /* int, one per row */
} Rows;

static char *
percent (const OdlCanvasScore *score, double part)
{
  if (score == NULL || score->n == 0 || !isfinite (part))
    return NULL;
  return g_strdup_printf ("%.3g %%", 100 * part);
}

static char *
number (double value)
{
  return isfinite (value) ? odl_latent_page_number (value) : NULL;
}

static char *
mse (const OdlCanvasScore *score)
{
  return score != NULL && score->n > 0 ? number (score->mse) : NULL;
}

/* The mean width of the 95 % band between the observations, or outside of them. */
static double
mean_width (const OdlLatentPayload *p, const OdlCanvasBand *band, gboolean inside)
{
  double sum = 0;
  guint n = 0;
  for (guint i = 0; i < p->n_grid && band->lower95 != NULL; i++)
    if ((p->t[i] >= p->first && p->t[i] <= p->last) == inside) {
      sum += band->upper95[i] - band->lower95[i];
      n++;
    }
  return n > 0 ? sum / n : NAN;
}

static char **
add_row (Rows *rows, int color)
{
  const guint at = rows->cells->len;
  g_ptr_array_set_size (rows->cells, (int)(at + N_COLUMNS));
  g_array_append_val (rows->colors, color);
  return (char **)rows->cells->pdata + at;
}

static void
fill_row (const OdlLatentPayload *p, const OdlCanvasBand *band,
          const OdlCanvasScore *inside, const OdlCanvasScore *outside, char **cells)
{
  cells[INSIDE50] = inside != NULL ? percent (inside, inside->coverage50) : NULL;
  cells[INSIDE95] = inside != NULL ? percent (inside, inside->coverage95) : NULL;
  cells[INSIDE_MSE] = mse (inside);
  cells[OUTSIDE50] = outside != NULL ? percent (outside, outside->coverage50) : NULL;
  cells[OUTSIDE95] = outside != NULL ? percent (outside, outside->coverage95) : NULL;
  cells[OUTSIDE_MSE] = mse (outside);
  cells[INSIDE_WIDTH] = number (mean_width (p, band, TRUE));
  cells[OUTSIDE_WIDTH] = number (mean_width (p, band, FALSE));
}

/* The latent model's row, that of its answer before refinement, the process's. */
static void
add_channel (const OdlLatentPage *page, guint index, Rows *rows)
{
  const OdlLatentPayload *p = page->payload;
  const OdlCanvasChannel *c = &p->channels[index];
  const int color = odl_latent_page_color (index);
  if (c->band.mean != NULL) {
    char **cells = add_row (rows, color);
    cells[MODEL] = odl_latent_page_title ("Latent ODE", c->name, p->n_channels);
    fill_row (p, &c->band, &c->inside, &c->outside, cells);
    cells[TRUE_NOISE] = c->truth != NULL ? number (c->truth_noise) : NULL;
  }
  if (c->amortised.mean != NULL && odl_latent_page_shows (page, "amortised")) {
    char **cells = add_row (rows, color);
    cells[MODEL] = odl_latent_page_title ("before refinement", c->name, p->n_channels);
    fill_row (p, &c->amortised, NULL, NULL, cells);
  }
  if (c->process.mean != NULL && odl_latent_page_shows (page, "process")) {
    char **cells = add_row (rows, ODL_LATENT_PROCESS_COLOR);
    cells[MODEL] = odl_latent_page_title ("Gaussian process", c->name, p->n_channels);
    fill_row (p, &c->process, &c->process_inside, &c->process_outside, cells);
    cells[LENGTH] = number (c->process_length);
    cells[NOISE] = number (c->process_noise);
  }
}

/* A column in which nothing is known is left out. */
static guint
pick_columns (const Rows *rows, guint columns[N_COLUMNS])
{
  guint n = 0;
  for (guint c = 0; c < N_COLUMNS; c++) {
    gboolean known = FALSE;
    for (guint i = c; i < rows->cells->len; i += N_COLUMNS)
      known |= rows->cells->pdata[i] != NULL;
    if (known || c == MODEL)
      columns[n++] = c;
  }
  return n;
}

static void
fill_table (OdlPlot *plot, const Rows *rows)
{
  guint columns[N_COLUMNS];
  const guint n = pick_columns (rows, columns), n_rows = rows->colors->len;
  g_autofree const char **cells = g_new0 (const char *, (gsize)n_rows *n);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint r = 0; r < n_rows; r++)
    for (guint c = 0; c < n; c++) {
      const char *cell = rows->cells->pdata[r * N_COLUMNS + columns[c]];
      cells[r * n + c] = cell != NULL ? cell : r > 0 ? "–" : head[columns[c]];
      if (r > 0 && cell != NULL)
        g_string_append_printf (text, c == 0 ? "%s%s:" : " %s %s,",
                                c == 0 ? (text->len > 0 ? " " : "") : head[columns[c]],
                                cell);
    }
  odl_plot_table (plot, cells, n_rows, n, (const int *)(gpointer)rows->colors->data);
  odl_plot_summary (plot, text->len > 0 ? text->str : "No numbers yet.");
}

OdlPlot *
odl_latent_page_numbers (const OdlLatentPage *page, guint *n_rows)
{
  const OdlLatentPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("numbers", "How honest, how wide, how far off");
  Rows rows = { g_ptr_array_new_with_free_func (g_free),
                g_array_new (FALSE, FALSE, sizeof (int)) };
  add_row (&rows, -1);
  for (guint i = 0; i < p->n_channels; i++)
    add_channel (page, i, &rows);
  fill_table (plot, &rows);
  g_autofree char *note = g_strdup_printf (
      "%s. The share of unseen points that a band holds, its mean width; ›: beyond the "
      "observations.",
      p->about);
  odl_plot_note (plot, note);
  *n_rows = rows.colors->len;
  g_ptr_array_unref (rows.cells);
  g_array_unref (rows.colors);
  return plot;
}
