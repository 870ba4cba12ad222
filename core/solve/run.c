/* Results, samples and records of lanes. SPDX-License-Identifier: MIT
 *
 * A lane meets its samples in the direction of its time. Where the caller's times are
 * not in that order, an order is made before the solve. A sample is written when the
 * step that covers it has been accepted; those never reached stay NaN. */
#include "solve/run.h"

#include <math.h>

double
odl_run_direction (const OdlRun *run, guint lane)
{
  const double span = run->problem->t1[lane] - run->problem->t0[lane];
  return span > 0 ? 1 : span < 0 ? -1 : span;
}

gboolean
odl_run_interrupted (const OdlRun *run)
{
  const OdlSolveOptions *o = run->options;
  return o->interrupted && o->interrupted (o->interrupted_data);
}

static guint
sample_index (const OdlRun *run, const OdlSampler *s)
{
  const gsize first = (gsize)s->lane * run->options->n_at;
  return run->order ? run->order[first + s->next] : s->next;
}

static double
sample_time (const OdlRun *run, const OdlSampler *s)
{
  return run->options->at[(gsize)s->lane * run->options->n_at + sample_index (run, s)];
}

static double *
sample_row (const OdlRun *run, const OdlSampler *s)
{
  const gsize first = (gsize)s->lane * run->options->n_at;
  return run->out->samples + (first + sample_index (run, s)) * run->out->dim;
}

OdlSampler
odl_run_sampler (const OdlRun *run, guint lane)
{
  const OdlProblem *p = run->problem;
  const double direction = odl_run_direction (run, lane), t0 = p->t0[lane];
  OdlSampler s = { lane, 0 };
  for (; s.next < run->options->n_at; s.next++) {
    const double t = sample_time (run, &s);
    if (direction == 0 ? FALSE : direction * t > direction * t0)
      break;
    for (guint row = 0; t == t0 && row < run->out->dim; row++)
      sample_row (run, &s)[row] = p->y0[(gsize)row * p->lanes + lane];
  }
  return s;
}

gboolean
odl_run_has_sample (const OdlRun *run, const OdlSampler *s, double t)
{
  const double direction = odl_run_direction (run, s->lane);
  return s->next < run->options->n_at
         && direction * sample_time (run, s) <= direction * t;
}

void
odl_run_sample (const OdlRun *run, OdlSampler *s, double t, OdlInterpolate interpolate,
                gpointer data)
{
  for (; odl_run_has_sample (run, s, t); s->next++)
    interpolate (data, sample_time (run, s), sample_row (run, s));
}

void
odl_run_end (const OdlRun *run, guint lane, OdlStatus status, double t, const double *y,
             gsize stride)
{
  OdlSolution *out = run->out;
  out->status[lane] = status;
  out->t1[lane] = t;
  for (guint row = 0; row < out->dim; row++)
    out->y1[(gsize)row * out->lanes + lane] = y[row * stride];
}

gboolean
odl_run_is_trivial (const OdlRun *run, guint lane)
{
  const OdlProblem *p = run->problem;
  gboolean finite = isfinite (p->t0[lane]) && isfinite (p->t1[lane]);
  for (guint row = 0; row < run->out->dim; row++)
    finite = finite && isfinite (p->y0[(gsize)row * p->lanes + lane]);
  if (finite && p->t0[lane] != p->t1[lane])
    return FALSE;
  odl_run_sampler (run, lane);
  odl_run_end (run, lane, finite ? ODL_STATUS_DONE : ODL_STATUS_NON_FINITE, p->t0[lane],
               p->y0 + lane, p->lanes);
  return TRUE;
}
