/* A tile on its way from t0 to t1, attempt after attempt, each lane by its own steps.
 * SPDX-License-Identifier: MIT
 *
 * The lanes of a tile attempt a step together, each with its own h, and each accepts or
 * refuses for itself; who has arrived stays where it is with h = 0. How long the first
 * and the next step are is the solver's own law (solve/control.h), so a march takes the
 * steps that odl_solve takes. Equal steps go through the same march without an error.
 * Everything that the next attempt depends on is in the march's block, so that
 * repeating from a copy of it repeats the same bits. */
#include "gradient/march.h"

#include <math.h>
#include <string.h>
#include "solve/control.h"

#define START_ERROR 1e-4 /* that is taken for the steps before the first */
#define NEARLY      1.01 /* a step that comes this near to the end goes there */

gsize
odl_march_size (guint rows, guint width)
{
  return (gsize)(rows + 7) * width;
}

OdlMarch
odl_march_at (guint rows, guint width, double *block)
{
  double *next = block + (gsize)rows * width;
  return (OdlMarch){ block,
                     next,
                     next + width,
                     next + 2 * (gsize)width,
                     next + 3 * (gsize)width,
                     next + 4 * (gsize)width,
                     next + 5 * (gsize)width,
                     next + 6 * (gsize)width };
}

/* RMS over the rows of lane l of v − minus, in units of the tolerance at the start. */
static double
start_norm (const OdlRoute *route, const OdlMarch *m, guint l, const double *v,
            const double *minus)
{
  const OdlGradientOptions *o = route->options;
  guint width = route->tile.width, dim = route->stages->dim;
  double sum = 0;
  for (guint i = l; i < dim * width; i += width) {
    double x = (v[i] - (minus ? minus[i] : 0)) / (o->atol + o->rtol * fabs (m->y[i]));
    sum += x * x;
  }
  return sqrt (sum / dim);
}

/* Hairer's first steps: f at the start is in the record; a probe of f beside it. */
static void
choose_first_steps (OdlRoute *route, OdlMarch *m)
{
  const OdlStages *s = route->stages;
  guint width = route->tile.width;
  double *k0 = route->record.k, *k1 = route->e, *times = route->e2;
  double *probe = route->verdict, *size = probe + width;
  for (guint l = 0; l < width; l++) {
    double span = route->t1[l] - m->t[l];
    size[l] = start_norm (route, m, l, k0, NULL);
    probe[l]
        = odl_first_probe (start_norm (route, m, l, m->y, NULL), size[l], fabs (span));
    m->h[l] = copysign (probe[l], span);
    times[l] = m->t[l] + m->h[l];
  }
  for (gsize i = 0; i < (gsize)s->dim * width; i++)
    route->y1[i] = m->y[i] + m->h[i % width] * k0[i];
  odl_stages_evaluate (s, &route->tile, times, route->y1, k1,
                       route->record.kept + (gsize)s->n_kept * width * (s->stages - 1));
  for (guint l = 0; l < width; l++) {
    double span = route->t1[l] - m->t[l];
    double h = odl_first_step (s->method, probe[l], size[l],
                               start_norm (route, m, l, k1, k0), fabs (span));
    m->h[l] = l < route->lanes && span != 0 ? copysign (h, span) : 0;
    if (l < route->lanes)
      route->evaluations[l] += 2;
  }
}

void
odl_march_begin (OdlRoute *route, OdlMarch *m)
{
  guint width = route->tile.width;
  for (guint l = 0; l < width; l++) {
    double span = route->t1[l] - route->t0[l];
    m->t[l] = route->t0[l];
    m->left[l] = l < route->lanes;
    m->last[l] = m->before[l] = log (START_ERROR);
    m->repeated[l] = m->bad[l] = 0;
    m->h[l] = route->options->steps ? span / (double)route->options->steps : 0;
  }
  route->has_first = FALSE;
  if (route->options->steps > 0)
    return;
  odl_stages_run (route->stages, &route->tile, m->t, m->h, m->y, 0, 1, &route->record);
  choose_first_steps (route, m);
  route->has_first = TRUE;
}

/* The verdicts on an attempt, by lane. */
static OdlJudgement
judge (OdlRoute *route, const OdlMarch *m)
{
  const OdlStages *s = route->stages;
  guint width = route->tile.width;
  double *rows = route->verdict;
  const double tolerance[] = { route->options->rtol, route->options->atol };
  const OdlControlLaw law = odl_control_law (s->method, ODL_CONTROL_PI);
  const OdlStepTile step = { .rows = s->dim,
                             .width = width,
                             .h = m->h,
                             .y = m->y,
                             .y1 = route->y1,
                             .k = route->record.k };
  const OdlJudgement of = { .squares = rows,
                            .squares2 = s->method->e2 ? rows + width : NULL,
                            .last = m->last,
                            .before = m->before,
                            .norm = rows + 2 * (gsize)width,
                            .log = rows + 3 * (gsize)width,
                            .grow = rows + 4 * (gsize)width,
                            .repeat = rows + 5 * (gsize)width };
  s->kernels->error (&step, &s->e, tolerance, s->dim, of.squares);
  if (of.squares2)
    s->kernels->error (&step, &s->e2, tolerance, s->dim, of.squares2);
  s->kernels->judge (width, s->dim, &law, &of);
  return of;
}

static void
stop (OdlRoute *route, OdlMarch *m, guint l, OdlStatus status)
{
  route->status[l] = status;
  m->left[l] = 0;
  m->h[l] = 0;
}

static void
accept (OdlRoute *route, OdlMarch *m, guint l, const OdlJudgement *of, double *h_done)
{
  gboolean last = m->h[l] == route->t1[l] - m->t[l];
  h_done[l] = m->h[l];
  m->t[l] = last ? route->t1[l] : m->t[l] + m->h[l];
  m->h[l] *= m->repeated[l] != 0 ? fmin (of->grow[l], 1) : of->grow[l];
  m->before[l] = m->last[l];
  m->last[l] = fmax (of->log[l], log (START_ERROR));
  m->repeated[l] = m->bad[l] = 0;
  route->accepted[l]++;
  if (last)
    stop (route, m, l, ODL_STATUS_DONE);
}

static void
refuse (OdlRoute *route, OdlMarch *m, guint l, const OdlJudgement *of)
{
  gboolean bad = !isfinite (of->norm[l]);
  m->bad[l] = bad ? m->bad[l] + 1 : 0;
  m->repeated[l] = 1;
  m->h[l] *= bad ? ODL_BAD_STEP_FACTOR : of->repeat[l];
  route->rejected[l]++;
  route->refused++;
  if (m->bad[l] > ODL_MAX_BAD_STEPS)
    stop (route, m, l, ODL_STATUS_NON_FINITE);
}

/* Whether a lane that is still on its way can go on. */
static void
look_ahead (OdlRoute *route, OdlMarch *m, guint l)
{
  if (odl_step_too_small (m->t[l], m->h[l], route->t1[l] - route->t0[l]))
    stop (route, m, l,
          m->bad[l] > 0 ? ODL_STATUS_NON_FINITE : ODL_STATUS_STEP_TOO_SMALL);
  else if (route->accepted[l] + route->rejected[l] >= route->options->max_steps)
    stop (route, m, l, ODL_STATUS_BUDGET_SPENT);
}

void
odl_march_hand_over (const OdlRoute *route, const double *h_done, const OdlRecord *from,
                     const OdlRecord *to)
{
  const OdlStages *s = route->stages;
  gsize width = route->tile.width, last = s->stages - 1, moved = 0;
  double *taken = route->verdict;
  const gsize rows[] = { s->dim, s->n_kept };
  const double *const source[] = { from->k, from->kept };
  double *const target[] = { to->k, to->kept };
  for (gsize l = 0; l < width; l++) {
    taken[l] = h_done[l] != 0;
    moved += h_done[l] != 0;
  }
  for (guint part = 0; part < G_N_ELEMENTS (rows); part++) {
    const double *end = source[part] + last * rows[part] * width;
    const double *start = moved == width ? end : source[part];
    if (target[part] != start)
      memcpy (target[part], start, sizeof (double) * rows[part] * width);
    if (moved > 0 && moved < width)
      s->kernels->commit (rows[part], width, taken, end, target[part]);
  }
}

/* The explicit method's step, by its first stages. */
static void
step_explicit (OdlRoute *route, const OdlMarch *m, const double *t, guint count)
{
  const OdlStages *s = route->stages;
  odl_stages_run (s, &route->tile, t, m->h, m->y, route->has_first ? 1 : 0, count,
                  &route->record);
  odl_stages_advance (s, &route->tile, m->h, m->y, &route->record, route->y1);
}

/* Equal steps: all lanes advance together. The first of `bad` counts them. */
static guint
advance_equal (OdlRoute *route, OdlMarch *m, double *h_done)
{
  const OdlStages *s = route->stages;
  guint width = route->tile.width;
  double steps = (double)route->options->steps, done = m->bad[0];
  s->kernels->node (width, done, route->t0, m->h, m->t);
  if (route->step)
    route->step (route, m, m->t);
  else
    step_explicit (route, m, m->t, s->needed);
  memcpy (m->y, route->y1, sizeof (double) * route->rows * width);
  memcpy (h_done, m->h, sizeof (double) * width);
  m->bad[0] = done + 1;
  for (guint l = 0; l < route->lanes; l++) {
    route->evaluations[l] += route->step ? route->step_cost : s->needed;
    route->accepted[l]++;
  }
  return done + 1 < steps ? route->lanes : 0;
}

/* The step that is about to be tried ends at t1 when it nearly reaches it. */
static void
aim (const OdlRoute *route, OdlMarch *m)
{
  for (guint l = 0; l < route->tile.width; l++) {
    double left = route->t1[l] - m->t[l];
    if (m->left[l] != 0 && fabs (m->h[l]) * NEARLY >= fabs (left))
      m->h[l] = left;
  }
}

/* Counted as the solver counts: f at a new start belongs to the step that led there. */
guint
odl_march_attempt (OdlRoute *route, OdlMarch *m, double *h_done)
{
  const OdlStages *s = route->stages;
  if (route->options->steps > 0)
    return advance_equal (route, m, h_done);
  guint cost = route->step ? route->step_cost : s->stages - 1, left = 0;
  guint width = route->tile.width;
  route->refused = 0;
  aim (route, m);
  if (route->step)
    route->step (route, m, m->t);
  else
    step_explicit (route, m, m->t, s->stages - s->late);
  OdlJudgement of = judge (route, m);
  double *taken = route->verdict + (ODL_VERDICT_ROWS - 1) * (gsize)width;
  if (s->late && !route->step)
    odl_stages_run (s, &route->tile, m->t, m->h, m->y, s->stages - 1, s->stages,
                    &route->record);
  for (guint l = 0; l < width; l++) {
    h_done[l] = 0;
    taken[l] = m->left[l] != 0 && of.norm[l] <= 1;
    if (m->left[l] == 0)
      continue;
    route->evaluations[l] += cost;
    if (taken[l] != 0)
      accept (route, m, l, &of, h_done);
    else
      refuse (route, m, l, &of);
    if (m->left[l] != 0)
      look_ahead (route, m, l);
    left += m->left[l] != 0;
    if (!route->step)
      route->evaluations[l] += (!s->fsal && taken[l] != 0 && m->left[l] != 0)
                               - (s->late && taken[l] == 0);
  }
  s->kernels->commit (route->rows, width, taken, route->y1, m->y);
  route->has_first = FALSE;
  return left;
}
