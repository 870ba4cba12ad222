/* The Training figure: lays its plots out and holds what they share.
 * SPDX-License-Identifier: MIT */
#include "figure-training.h"

#include <math.h>

#include "figures.h"

/* Runs eight apart share a colour; their dash then differs. */
OdlStyle
odl_training_style (const OdlTrainingRun *run)
{
  const guint64 identity = run->id > 0 ? run->id - 1 : 0;
  return (OdlStyle){ .color = (int)(identity % 8),
                     .width = run->chosen ? 3.2 : 1.8,
                     .dash = (OdlDash)(identity / 8 % 4) };
}

int
odl_training_row_at (const OdlTrainingRun *run, double now)
{
  guint low = 0, high = run->n;
  while (low < high) {
    const guint middle = low + (high - low) / 2;
    if (run->iteration[middle] <= now)
      low = middle + 1;
    else
      high = middle;
  }
  return (int)low - 1;
}

char *
odl_training_number (double value)
{
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : "−∞");
  if (isnan (value))
    return g_strdup ("–");
  const gboolean far = value != 0 && (fabs (value) < 1e-3 || fabs (value) >= 1e5);
  return g_strdup_printf (far ? "%.2e" : "%.4g", value);
}

char *
odl_training_duration (double seconds)
{
  if (!isfinite (seconds) || seconds < 0)
    return g_strdup ("–");
  return seconds < 1e-3   ? g_strdup_printf ("%.3g µs", seconds * 1e6)
         : seconds < 1    ? g_strdup_printf ("%.3g ms", seconds * 1e3)
         : seconds < 3600 ? g_strdup_printf ("%.4g s", seconds)
                          : g_strdup_printf ("%.3g h", seconds / 3600);
}

static gboolean
wanted (const OdlTrainingPage *page, const char *plot)
{
  return odl_values_has_choice (page->frame->values, "plots", plot);
}

static void
add_curve (OdlFigure *figure, const OdlTrainingPage *page, const char *id,
           OdlColumn column)
{
  const gboolean large = column == ODL_COLUMN_LOSS || column == ODL_COLUMN_ACCURACY;
  OdlPlot *plot = wanted (page, id) ? odl_training_curve (page, id, column) : NULL;
  if (plot != NULL)
    odl_figure_add (figure, plot, large ? 6 : 4, large ? 4 : 3);
}

/* What a table of so many rows needs in units of the page, about 90 px each; a very
 * long one ends in how many more there are. */
static guint
rows_of_table (guint rows)
{
  return MIN ((26 * (rows + 1) + 93 + 89) / 90, 9);
}

OdlFigure *
odl_figure_training (const OdlFrame *frame, const OdlFigureView *view)
{
  const OdlTrainingPayload *p = frame->payload;
  OdlFigure *figure = odl_figure_new ("Training");
  const gboolean at_end
      = view == NULL || !isfinite (view->scrub) || view->scrub >= frame->scrub_max;
  const OdlTrainingPage page = {
    .frame = frame,
    .payload = p,
    .against_time = g_str_equal (odl_values_text (frame->values, "against"), "time"),
    .now = at_end ? INFINITY : view->scrub,
  };
  add_curve (figure, &page, "loss", ODL_COLUMN_LOSS);
  add_curve (figure, &page, "accuracy", ODL_COLUMN_ACCURACY);
  if (wanted (&page, "table"))
    odl_figure_add (figure, odl_training_table (&page), 12, rows_of_table (p->n_runs));
  add_curve (figure, &page, "nll", ODL_COLUMN_NLL);
  add_curve (figure, &page, "nfe-forward", ODL_COLUMN_NFE_FORWARD);
  add_curve (figure, &page, "nfe-backward", ODL_COLUMN_NFE_BACKWARD);
  add_curve (figure, &page, "gradient", ODL_COLUMN_GRADIENT_NORM);
  add_curve (figure, &page, "pace", ODL_COLUMN_SECONDS);
  OdlPlot *differences
      = wanted (&page, "differences") ? odl_training_differences (&page) : NULL;
  if (differences != NULL)
    odl_figure_add (figure, differences, 8, rows_of_table (p->n_differences));
  return figure;
}
