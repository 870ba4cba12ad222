/* A tile on its way from t0 to t1, attempt after attempt, each lane by its own steps.
 * SPDX-License-Identifier: MIT
 *
 * The lanes of a tile attempt a step together, each with its own h, and each accepts or
 * refuses for itself; who has arrived stays where it is with h = 0. The error of a step
 * is measured as RMS over the components, scaled by atol + rtol max (|y|, |y1|), and
 * steered by a PI controller (Gustafsson 1991; Hairer and Wanner 1996, IV.2); the first
 * step is chosen as in Hairer, Nørsett and Wanner 1993, II.4. Equal steps go through
 * the same march without an error. Everything that the next attempt depends on is in
 * the march's block, so that repeating from a copy of it repeats the same bits. */
#include "gradient/march.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_REFUSED 30 /* in a row, when nothing is finite */
#define SAFETY      0.9
#define SHRINK      0.2
#define GROW        10.0

gsize
odl_march_size (guint rows, guint width)
{
  return (gsize)(rows + 5) * width;
}

OdlMarch
odl_march_at (guint dim, guint width, double *block)
{
  double *rows = block + (gsize)dim * width;
  return (OdlMarch){
    block, rows, rows + width, rows + 2 * width, rows + 3 * width, rows + 4 * width
  };
}

static double
scale_of (const OdlGradientOptions *o, double a, double b)
{
  return o->atol + o->rtol * fmax (fabs (a), fabs (b));
}

/* RMS over the rows of lane l of values in units of the tolerance at a and b. */
static double
norm (const OdlRoute *route, guint l, const double *values, const double *a,
      const double *b)
{
  guint width = route->tile.width, dim = route->stages->dim;
  double sum = 0;
  for (guint i = l; i < dim * width; i += width) {
    double part = values[i] / scale_of (route->options, a[i], b[i]);
    sum += part * part;
  }
  return sqrt (sum / dim);
}

/* The step that Hairer's algorithm probes with. */
static double
probe_step (const OdlRoute *route, const OdlMarch *m, guint l)
{
  double d0 = norm (route, l, m->y, m->y, m->y);
  double d1 = norm (route, l, route->record.k, m->y, m->y);
  double h = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1;
  double span = route->t1[l] - m->t[l];
  return copysign (fmin (h, fabs (span)), span);
}

static void
choose_first_steps (OdlRoute *route, OdlMarch *m)
{
  const OdlStages *s = route->stages;
  guint width = route->tile.width;
  double order = s->method->error_order;
  double *k0 = route->record.k, *k1 = route->e, *times = route->e2;
  for (guint l = 0; l < width; l++) {
    m->h[l] = probe_step (route, m, l);
    times[l] = m->t[l] + m->h[l];
  }
  const OdlWeights first = { 1, { 0 }, { 1 } };
  odl_stages_combine (s, &route->tile, m->h, m->y, &first, k0, route->y1);
  odl_stages_evaluate (s, &route->tile, times, route->y1, k1,
                       route->record.kept + s->n_kept * width * (s->stages - 1));
  for (guint i = 0; i < s->dim * width; i++)
    k1[i] -= k0[i];
  for (guint l = 0; l < route->lanes; l++) {
    double span = route->t1[l] - m->t[l], h = fabs (m->h[l]);
    double d1 = norm (route, l, k0, m->y, m->y);
    double d2 = h > 0 ? norm (route, l, k1, m->y, m->y) / h : 0, d = fmax (d1, d2);
    double most = d <= 1e-15 ? fmax (1e-6, h * 1e-3) : pow (0.01 / d, 1 / (order + 1));
    h = fmin (fmin (100 * h, most), fabs (span));
    m->h[l] = isfinite (h) ? copysign (h, span) : span;
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
    m->error[l] = 1;
    m->refused[l] = 0;
    m->h[l] = route->options->steps ? span / (double)route->options->steps : 0;
  }
  route->has_first = FALSE;
  if (route->options->steps > 0)
    return;
  odl_stages_run (route->stages, &route->tile, m->t, m->h, m->y, 0, 1, &route->record);
  choose_first_steps (route, m);
  for (guint l = route->lanes; l < width; l++)
    m->h[l] = 0;
  route->has_first = TRUE;
}

/* The errors of the attempt by lane: RMS in units of the tolerance. */
static void
estimate (OdlRoute *route, const OdlMarch *m)
{
  const OdlStages *s = route->stages;
  guint width = route->tile.width;
  const double tolerance[] = { route->options->rtol, route->options->atol };
  const OdlStepTile step = { .rows = s->dim,
                             .width = width,
                             .h = m->h,
                             .y = m->y,
                             .y1 = route->y1,
                             .k = route->record.k };
  s->kernels->error (&step, &s->e, tolerance, s->dim, route->e);
  if (s->method->e2)
    s->kernels->error (&step, &s->e2, tolerance, s->dim, route->e2);
  for (guint l = 0; l < width; l++) {
    double error = route->e[l];
    if (s->method->e2 && error > 0)
      error = error * error / (error + 0.01 * route->e2[l]);
    route->e[l] = sqrt (error / s->dim);
  }
}

/* What the error of a step says about the next one. */
static double
factor_of (const OdlRoute *route, const OdlMarch *m, guint l, double error)
{
  double k = route->stages->method->error_order + 1.0;
  if (!isfinite (error))
    return SHRINK;
  if (error > 1)
    return fmax (SHRINK, SAFETY * pow (error, -1 / k));
  error = fmax (error, 1e-10);
  double factor = SAFETY * pow (error, -0.7 / k) * pow (m->error[l], 0.4 / k);
  factor = CLAMP (factor, SHRINK, GROW);
  return m->refused[l] > 0 ? fmin (factor, 1) : factor;
}

static void
stop (OdlRoute *route, OdlMarch *m, guint l, OdlStatus status)
{
  route->status[l] = status;
  m->left[l] = 0;
  m->h[l] = 0;
}

static void
take_state (const OdlRoute *route, OdlMarch *m, guint l)
{
  guint width = route->tile.width, size = route->rows * width;
  for (guint i = l; i < size; i += width)
    m->y[i] = route->y1[i];
}

/* Lane l accepts its step or refuses it, and chooses the next one. */
static void
decide (OdlRoute *route, OdlMarch *m, guint l, double *h_done)
{
  double h = m->h[l], rest = route->t1[l] - m->t[l], error = route->e[l];
  gboolean last = h == rest;
  double factor = factor_of (route, m, l, error);
  if (error <= 1) {
    take_state (route, m, l);
    h_done[l] = h;
    m->t[l] = last ? route->t1[l] : m->t[l] + h;
    m->error[l] = fmax (error, 1e-4);
    m->refused[l] = 0;
    route->accepted[l]++;
    if (last) {
      stop (route, m, l, ODL_STATUS_DONE);
      return;
    }
  } else {
    m->refused[l]++;
    route->rejected[l]++;
    if (!isfinite (error) && m->refused[l] >= MAX_REFUSED) {
      stop (route, m, l, ODL_STATUS_NON_FINITE);
      return;
    }
  }
  rest = route->t1[l] - m->t[l];
  m->h[l] = fabs (h * factor) >= fabs (rest) * (1 - 1e-10) ? rest : h * factor;
  if (m->t[l] + m->h[l] == m->t[l])
    stop (route, m, l, ODL_STATUS_STEP_TOO_SMALL);
  else if (route->accepted[l] + route->rejected[l] >= route->options->max_steps)
    stop (route, m, l, ODL_STATUS_BUDGET_SPENT);
}

void
odl_march_hand_over (const OdlRoute *route, const double *h_done, const OdlRecord *from,
                     const OdlRecord *to)
{
  const OdlStages *s = route->stages;
  guint width = route->tile.width, last = s->stages - 1;
  const guint rows[] = { s->dim, s->n_kept };
  const double *const source[] = { from->k, from->kept };
  double *const target[] = { to->k, to->kept };
  for (guint part = 0; part < G_N_ELEMENTS (rows); part++) {
    const double *end = source[part] + (gsize)last * rows[part] * width;
    for (gsize i = 0; i < (gsize)rows[part] * width; i++)
      target[part][i] = h_done[i % width] != 0 ? end[i] : source[part][i];
  }
}

/* The explicit method's step. */
static void
step_explicit (OdlRoute *route, const OdlMarch *m, const double *t, guint count)
{
  const OdlStages *s = route->stages;
  odl_stages_run (s, &route->tile, t, m->h, m->y, route->has_first ? 1 : 0, count,
                  &route->record);
  odl_stages_advance (s, &route->tile, m->h, m->y, &route->record, route->y1);
}

/* Equal steps: all lanes advance together. `refused` counts the steps done. */
static guint
advance_equal (OdlRoute *route, OdlMarch *m, double *h_done)
{
  const OdlStages *s = route->stages;
  guint width = route->tile.width;
  double steps = (double)route->options->steps, done = m->refused[0];
  for (guint l = 0; l < width; l++)
    m->t[l] = fma (done, m->h[l], route->t0[l]);
  if (route->step)
    route->step (route, m, m->t);
  else
    step_explicit (route, m, m->t, s->needed);
  memcpy (m->y, route->y1, sizeof (double) * route->rows * width);
  memcpy (h_done, m->h, sizeof (double) * width);
  m->refused[0] = done + 1;
  for (guint l = 0; l < route->lanes; l++) {
    route->evaluations[l] += route->step ? route->step_cost : s->needed;
    route->accepted[l]++;
  }
  return done + 1 < steps ? route->lanes : 0;
}

guint
odl_march_attempt (OdlRoute *route, OdlMarch *m, double *h_done)
{
  const OdlStages *s = route->stages;
  if (route->options->steps > 0)
    return advance_equal (route, m, h_done);
  guint cost = route->step        ? route->step_cost
               : route->has_first ? s->stages - 1
                                  : s->stages;
  guint left = 0;
  if (route->step)
    route->step (route, m, m->t);
  else
    step_explicit (route, m, m->t, s->stages);
  estimate (route, m);
  for (guint l = 0; l < route->tile.width; l++) {
    h_done[l] = 0;
    if (m->left[l] == 0)
      continue;
    route->evaluations[l] += cost;
    decide (route, m, l, h_done);
    left += m->left[l] != 0;
  }
  route->has_first = FALSE;
  return left;
}
