/* The table of the Flows figure: what each model came to, and what it cost.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "figure-flows.h"

enum {
  MODEL,
  LOSS,
  TRAIN,
  TEST,
  RING,
  RING_LOSS,
  AS_TRAINED,
  NFE,
  LENGTH,
  STRETCH,
  NESTED,
  GAP,
  FOLDED,
  N_COLUMNS
};

static const char *const head[N_COLUMNS]
    = { "Model", "Loss", "Training", "Test",   "Rings",     "Loss there", "As trained",
        "NFE",   "Path", "Stretch",  "Nested", "Off exact", "Folded" };

static char *
nested_text (const OdlFlowsPayload *p, const OdlFlowModel *model)
{
  if (model->winding == G_MININT || !isfinite (p->inner_radius))
    return g_strdup ("–");
  return g_strdup (model->nested ? "yes" : "no");
}

/* Forward and backward. */
static char *
nfe_text (const OdlFlowModel *m)
{
  g_autofree char *forward = odl_flows_number (m->nfe_forward);
  g_autofree char *backward = odl_flows_number (m->nfe_backward);
  if (!isfinite (m->nfe_forward))
    return g_strdup ("–");
  return g_strdup_printf ("%s + %s", forward, backward);
}

static void
fill_row (const OdlFlowsPayload *p, const OdlFlowModel *m, char **cells)
{
  static const char *const names[ODL_N_FLOWS] = { "Standard", "Augmented", "ResNet" };
  /* The flip maps places to places: there is nothing to be told apart. */
  const double none = p->flip ? NAN : 0;
  cells[MODEL] = g_strdup (names[m->kind]);
  cells[LOSS] = odl_flows_number (m->train.loss);
  cells[TRAIN] = odl_flows_percent (m->train.accuracy + none);
  cells[TEST] = odl_flows_percent (m->test.accuracy + none);
  cells[RING] = odl_flows_percent (m->ring.accuracy);
  cells[RING_LOSS] = odl_flows_number (m->ring.loss);
  cells[AS_TRAINED] = odl_flows_percent (m->as_trained.accuracy);
  cells[NFE] = nfe_text (m);
  cells[LENGTH] = odl_flows_number (m->path_length);
  cells[STRETCH]
      = isfinite (m->stretch) ? g_strdup_printf ("× %.3g", m->stretch) : g_strdup ("–");
  cells[NESTED] = nested_text (p, m);
  cells[GAP] = odl_flows_number (m->exact_gap);
  cells[FOLDED] = g_strdup_printf ("%u", m->n_folded);
}

/* A column in which nothing is known of any model is left out. */
static guint
pick_columns (const OdlFlowsPayload *p, char *(*rows)[N_COLUMNS],
              guint columns[N_COLUMNS])
{
  guint n = 0;
  for (guint c = 0; c < N_COLUMNS; c++) {
    gboolean known = FALSE;
    for (guint i = 0; i < p->n_models; i++)
      known |= !g_str_equal (rows[i][c], "–")
               && !(c == FOLDED && p->models[i].n_folded == 0);
    if (known || c == MODEL)
      columns[n++] = c;
  }
  return n;
}

/* What the numbers say: a sentence a model, then what another solver found. */
static char *
sentences (const OdlFlowsPayload *p)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < p->n_models; i++)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                            p->models[i].sentence);
  if (p->resolve_sentence != NULL)
    g_string_append_printf (text, " %s", p->resolve_sentence);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
fill_table (const OdlFlowsPayload *p, OdlPlot *plot, char *(*rows)[N_COLUMNS])
{
  guint columns[N_COLUMNS];
  const guint n = pick_columns (p, rows, columns);
  g_autofree const char **cells = g_new0 (const char *, (p->n_models + 1) * n);
  int colors[ODL_N_FLOWS + 1] = { -1 };
  for (guint c = 0; c < n; c++) {
    cells[c] = head[columns[c]];
    for (guint i = 0; i < p->n_models; i++)
      cells[(i + 1) * n + c] = rows[i][columns[c]];
  }
  for (guint i = 0; i < p->n_models; i++)
    colors[i + 1] = odl_flows_model_color (p->models[i].kind);
  odl_plot_table (plot, cells, p->n_models + 1, n, colors);
}

static void
summarise (const OdlFlowsPayload *p, OdlPlot *plot, char *(*rows)[N_COLUMNS],
           const char *note)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < p->n_models; i++)
    for (guint c = 0; c < N_COLUMNS; c++)
      g_string_append_printf (text, c == MODEL ? "%s:" : " %s %s%s",
                              c == MODEL ? rows[i][c] : head[c], rows[i][c],
                              c + 1 < N_COLUMNS ? "," : ". ");
  g_string_append (text, note);
  odl_plot_summary (plot, text->str);
}

OdlPlot *
odl_flows_meters (const OdlFlowsPage *page)
{
  const OdlFlowsPayload *p = page->payload;
  OdlPlot *plot = odl_plot_new ("meters", "What it came to, and what it cost");
  char *rows[ODL_N_FLOWS][N_COLUMNS];
  const guint n = MIN (p->n_models, ODL_N_FLOWS);
  g_autofree char *note = sentences (p);
  for (guint i = 0; i < n; i++)
    fill_row (p, &p->models[i], rows[i]);
  fill_table (p, plot, rows);
  odl_plot_note (plot, note);
  summarise (p, plot, rows, note);
  for (guint i = 0; i < n; i++)
    for (guint c = 0; c < N_COLUMNS; c++)
      g_free (rows[i][c]);
  return plot;
}
