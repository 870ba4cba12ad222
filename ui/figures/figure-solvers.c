/* The Solvers figure: lays its plots out and holds what they share.
 * SPDX-License-Identifier: MIT */
#include "figure-solvers.h"

#include <math.h>

#include "figures.h"

/* The colour each method would like, by its place in the list of methods; those often
 * seen together are far apart. */
static const guint8 liked[]
    = { 1, 2, 3, 4, 6, 0, 5, 7, 2, 5, 6, 3, 2, 4, 6, 7, 2, 5, 3 };

/* Slots 0 … 7 are colours; above, they are used again with another dash and marker.
 * Each run gets the slot it likes unless one before it has it, then the next that is
 * free. */
static guint
slot_of (const OdlSolversPayload *payload, const OdlSolverRun *run)
{
  guint64 taken = 0;
  guint slot = 0;
  for (const OdlSolverRun *other = payload->runs; other <= run; other++) {
    slot = other->identity < G_N_ELEMENTS (liked) ? liked[other->identity]
                                                  : other->identity % 8;
    for (guint tries = 0; tries < 8 && (taken >> slot & 1); tries++)
      slot = (slot + 1) % 8;
    while (slot < 56 && (taken >> slot & 1))
      slot += 8;
    taken |= (guint64)1 << slot;
  }
  return slot;
}

int
odl_solvers_color (const OdlSolversPayload *payload, const OdlSolverRun *run)
{
  return (int)(slot_of (payload, run) % 8);
}

OdlStyle
odl_solvers_line_style (const OdlSolversPayload *payload, const OdlSolverRun *run)
{
  static const OdlDash dashes[]
      = { ODL_DASH_SOLID,  ODL_DASH_DASHED, ODL_DASH_DASH_DOT, ODL_DASH_DOTTED,
          ODL_DASH_DASHED, ODL_DASH_SOLID,  ODL_DASH_DASH_DOT, ODL_DASH_DOTTED };
  guint slot = slot_of (payload, run);
  return (OdlStyle){ .color = (int)(slot % 8),
                     .width = 1.8,
                     .dash = dashes[(slot + slot / 8) % 8] };
}

OdlStyle
odl_solvers_marker_style (const OdlSolversPayload *payload, const OdlSolverRun *run)
{
  static const OdlMarker markers[]
      = { ODL_MARKER_DISC, ODL_MARKER_SQUARE, ODL_MARKER_DIAMOND, ODL_MARKER_TRIANGLE,
          ODL_MARKER_STAR, ODL_MARKER_CIRCLE, ODL_MARKER_PLUS,    ODL_MARKER_CROSS };
  guint slot = slot_of (payload, run);
  return (OdlStyle){ .color = (int)(slot % 8),
                     .marker = markers[(slot + slot / 8) % 8],
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
  gboolean far = fabs (value) < 1e-3 || fabs (value) >= 1e5;
  return odl_number_text (value, far ? 2 : 3);
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
  g_autofree char *number = odl_number_text (run->amplification, 4);
  return g_strdup_printf ("%s %s: %s = %s > 1; %s.", run->title, doing, factor, number,
                          remedy);
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

/* Up to three plots beside the phase plane share its height. */
static void
add_top (OdlFigure *figure, const OdlSolversPage *page)
{
  const OdlSolversPayload *payload = page->payload;
  const OdlFrame *frame = page->frame;
  guint row = first_series (payload);
  gboolean time = wanted (frame, "time") && row < payload->dim;
  gboolean second = wanted (frame, "time") && !payload->over_time;
  guint rows = time && second ? 2 : 3;
  if (wanted (frame, "phase"))
    odl_figure_add (figure, odl_solvers_phase (page), 7, 8);
  if (time)
    odl_figure_add (figure, odl_solvers_time (page, "time", row), 5, rows);
  if (second)
    odl_figure_add (figure, odl_solvers_time (page, "time-2", payload->axis_y), 5,
                    rows);
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

/* The table stands beside the ribbon, or under it when the drift is there; both are as
 * high as the number of methods asks for. */
static void
add_bottom (OdlFigure *figure, const OdlSolversPage *page)
{
  const OdlSolversPayload *payload = page->payload;
  const OdlFrame *frame = page->frame;
  gboolean drift = payload->invariant != NULL && wanted (frame, "drift");
  guint rows = MAX (2, (payload->n_runs + 6) / 3);
  if (wanted (frame, "ribbon"))
    odl_figure_add (figure, odl_solvers_ribbon (page), drift ? 6 : 5, rows);
  if (drift)
    odl_figure_add (figure, odl_solvers_drift (page), 6, MAX (rows, 3));
  if (wanted (frame, "table"))
    odl_figure_add (figure, odl_solvers_table (page), drift ? 12 : 7, rows);
}

/* Widens [low, high] for what the runs do a little beyond it; what goes far does not.
 */
static void
widen_for_runs (const OdlSolversPayload *payload, guint row, double *low, double *high)
{
  double size = *high - *low, least = *low - 0.3 * size, most = *high + 0.3 * size;
  double margin = 0.04 * size;
  if (!(size > 0))
    return;
  for (guint i = 0; i < payload->n_runs; i++) {
    const OdlSolverRun *run = &payload->runs[i];
    for (guint k = 0; k < run->n_curve && run->end == ODL_RUN_DONE; k++) {
      double y = run->y[(gsize)k * payload->dim + row];
      if (y - margin < *low && y > least)
        *low = fmax (y - margin, least);
      if (y + margin > *high && y < most)
        *high = fmin (y + margin, most);
    }
  }
}

static void
set_ranges (OdlSolversPage *page)
{
  const OdlSolversPayload *payload = page->payload;
  page->x0 = payload->x0;
  page->x1 = payload->x1;
  page->y0 = payload->y0;
  page->y1 = payload->y1;
  if (!payload->over_time)
    widen_for_runs (payload, payload->axis_x, &page->x0, &page->x1);
  widen_for_runs (payload, payload->axis_y, &page->y0, &page->y1);
}

OdlFigure *
odl_figure_solvers (const OdlFrame *frame, const OdlFigureView *view)
{
  const OdlSolversPayload *payload = frame->payload;
  g_autofree char *title = g_strdup_printf ("Solvers: %s", payload->system_title);
  OdlFigure *figure = odl_figure_new (title);
  gboolean at_end = view == NULL || !isfinite (view->scrub);
  OdlSolversPage page = { .frame = frame, .payload = payload };
  page.now = at_end ? payload->t1 : view->scrub;
  set_ranges (&page);
  add_top (figure, &page);
  add_middle (figure, &page);
  add_bottom (figure, &page);
  return figure;
}
