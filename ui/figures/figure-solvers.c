/* The Solvers figure: lays its plots out and holds what they share.
 * SPDX-License-Identifier: MIT */
#include "figure-solvers.h"

#include <math.h>

#include "figures.h"

static OdlDash
dash_of (guint identity)
{
  return (OdlDash)((identity + identity / 8) % 4);
}

/* Methods eight apart share a colour; dash and marker then differ. */
OdlStyle
odl_solvers_line_style (const OdlSolverRun *run)
{
  return (OdlStyle){ .color = run->identity % 8,
                     .width = 1.8,
                     .dash = dash_of (run->identity) };
}

OdlStyle
odl_solvers_marker_style (const OdlSolverRun *run)
{
  guint marker = (run->identity + 3 * (run->identity / 8)) % 8;
  return (OdlStyle){ .color = run->identity % 8,
                     .marker = (OdlMarker)(ODL_MARKER_DISC + marker),
                     .size = 6 };
}

/* The last index of an array sorted along the span whose time is not beyond t; −1:
 * none. */
static int
index_before (const double *times, guint n, double t)
{
  double direction = n > 1 && times[n - 1] < times[0] ? -1 : 1;
  guint low = 0, high = n;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (direction * times[middle] <= direction * t)
      low = middle + 1;
    else
      high = middle;
  }
  return (int)low - 1;
}

double
odl_solvers_state_at (const OdlSolversPayload *payload, const OdlSolverRun *run,
                      double t, guint row)
{
  int i = index_before (run->t, run->n_curve, t);
  if (i < 0)
    return NAN;
  double y = run->y[(gsize)i * payload->dim + row];
  if (i + 1 >= (int)run->n_curve)
    return run->t[i] == t ? y : NAN;
  double part = (t - run->t[i]) / (run->t[i + 1] - run->t[i]);
  return y + part * (run->y[(gsize)(i + 1) * payload->dim + row] - y);
}

double
odl_solvers_step_at (const OdlSolverRun *run, double t)
{
  int i = index_before (run->step_t, run->n_steps, t);
  if (i < 0 || run->n_steps < 2)
    return NAN;
  i = MIN (i, (int)run->n_steps - 2);
  return run->step_t[i + 1] - run->step_t[i];
}

char *
odl_solvers_number (double value)
{
  if (!isfinite (value))
    return g_strdup ("–");
  return g_strdup_printf (
      value != 0 && (fabs (value) < 1e-3 || fabs (value) >= 1e5) ? "%.2g" : "%.3g",
      value);
}

/* How a run misbehaves, in a word, from the eigenvalues that govern. */
static char *
why_unstable (const OdlSolversPayload *payload, const OdlSolverRun *run)
{
  const char *factor = g_str_equal (run->id, "euler") ? "|1 + λΔt|" : "|R(λΔt)|";
  gboolean neutral = fabs (payload->abscissa) < 1e-9;
  const char *doing = !payload->at_equilibrium ? "is not stable"
                      : neutral
                          ? "drifts outward where the true motion goes round for ever"
                          : "is driven outward where the true motion comes to rest";
  g_autofree char *remedy
      = run->steps_wanted > 0
            ? g_strdup_printf ("from %" G_GUINT64_FORMAT " steps on it is stable",
                               run->steps_wanted)
            : g_strdup ("no number of steps in reach makes it stable");
  return g_strdup_printf ("%s %s: %s = %.4g > 1; %s.", run->title, doing, factor,
                          run->amplification, remedy);
}

char *
odl_solvers_stability_sentences (const OdlSolversPayload *payload, guint most)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < payload->n_runs && most > 0; i++) {
    const OdlSolverRun *run = &payload->runs[i];
    if (!(run->amplification > 1 + 1e-9))
      continue;
    g_autofree char *sentence = why_unstable (payload, run);
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", sentence);
    most--;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
wanted (const OdlFrame *frame, const char *plot)
{
  return odl_values_has_choice (frame->values, "plots", plot);
}

/* The first state whose time series the phase plane does not show already; dim: none.
 */
static guint
first_series (const OdlSolversPayload *payload)
{
  return !payload->over_time ? payload->axis_x : payload->axis_y == 0 ? 1 : 0;
}

static void
add_top (OdlFigure *figure, const OdlSolversPage *page)
{
  const OdlFrame *frame = page->frame;
  guint row = first_series (page->payload);
  if (wanted (frame, "phase"))
    odl_figure_add (figure, odl_solvers_phase (page), 7, 6);
  if (wanted (frame, "time") && row < page->payload->dim)
    odl_figure_add (figure, odl_solvers_time (page, "time", row), 5, 3);
  if (wanted (frame, "error"))
    odl_figure_add (figure, odl_solvers_error (page), 5, 3);
}

static void
add_middle (OdlFigure *figure, const OdlSolversPage *page)
{
  const OdlFrame *frame = page->frame;
  if (wanted (frame, "stability"))
    odl_figure_add (figure, odl_solvers_region (page), 4, 4);
  if (wanted (frame, "precision"))
    odl_figure_add (figure, odl_solvers_precision (page), 4, 4);
  if (wanted (frame, "convergence"))
    odl_figure_add (figure, odl_solvers_convergence (page), 4, 4);
}

static void
add_bottom (OdlFigure *figure, const OdlSolversPage *page)
{
  const OdlSolversPayload *payload = page->payload;
  const OdlFrame *frame = page->frame;
  gboolean second = !payload->over_time, drift = payload->invariant != NULL;
  if (wanted (frame, "ribbon"))
    odl_figure_add (figure, odl_solvers_ribbon (page), 6, 3);
  if (wanted (frame, "time") && second)
    odl_figure_add (figure, odl_solvers_time (page, "time-2", payload->axis_y), 6, 3);
  if (wanted (frame, "drift") && drift)
    odl_figure_add (figure, odl_solvers_drift (page), 6, 3);
  if (wanted (frame, "table"))
    odl_figure_add (figure, odl_solvers_table (page), drift ? 6 : 12, 3);
}

OdlFigure *
odl_figure_solvers (const OdlFrame *frame, const OdlFigureView *view)
{
  const OdlSolversPayload *payload = frame->payload;
  g_autofree char *title = g_strdup_printf ("Solvers: %s", payload->system_title);
  OdlFigure *figure = odl_figure_new (title);
  gboolean at_end = view == NULL || !isfinite (view->scrub);
  OdlSolversPage page = { frame, payload, at_end ? payload->t1 : view->scrub };
  add_top (figure, &page);
  add_middle (figure, &page);
  add_bottom (figure, &page);
  return figure;
}
