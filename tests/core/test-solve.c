/* How solves begin, report and end. SPDX-License-Identifier: MIT
 *
 * Counts of evaluations against a field that counts its own calls, records that chain,
 * samples at any times, every status with what is kept, the first step, seminorms, and
 * what is refused. */
#include "solve/solve.h"

#include <math.h>
#include <string.h>
#include "solve/dense.h"
#include "support/ivp.h"

/* Calls f for every method, with equal steps and, where it can, adaptive ones. */
typedef void (*Check) (const OdlMethod *method, OdlSolveOptions options);

static void
for_every_way (Check f)
{
  guint n;
  const OdlMethod *const *all = odl_methods (&n);
  for (guint m = 0; m < n; m++) {
    if (all[m]->kind != ODL_METHOD_CVODE)
      f (all[m], ivp_fixed (all[m], 23));
    if (all[m]->error_order > 0 || all[m]->kind == ODL_METHOD_CVODE)
      f (all[m], ivp_adaptive (all[m], all[m]->order > 2 ? 1e-6 : 1e-4));
  }
}

/* What a driven field sees of the solver. */
typedef struct {
  guint64 calls;
  double low, high;
} Seen;

static void
see (gpointer data, guint lane, double t, double *aux)
{
  Seen *seen = data;
  seen->calls++;
  seen->low = fmin (seen->low, t);
  seen->high = fmax (seen->high, t);
  aux[0] = cos (40 * t) * 3; /* bends enough that some steps are rejected */
}

static void
check_counts (const OdlMethod *m, OdlSolveOptions options)
{
  Seen seen = { 0, INFINITY, -INFINITY };
  g_autoptr (Ivp) ivp = ivp_new_driven (0, 1, 1);
  ivp->problem.aux_at = see;
  ivp->problem.aux_data = &seen;
  options.first_step = options.steps ? 0 : 0.2;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_test_message ("%s: %u evaluations, %u accepted, %u rejected", m->id,
                  (guint)s->evaluations[0], (guint)s->accepted[0],
                  (guint)s->rejected[0]);
  g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
  g_assert_cmpfloat (seen.low, >=, 0);
  g_assert_cmpfloat (seen.high, <=, m->kind == ODL_METHOD_CVODE ? 1.2 : 1 + 1e-15);
  /* Jacobians call for aux too, and are no evaluations. */
  if (m->kind == ODL_METHOD_EXPLICIT || m->kind == ODL_METHOD_REVERSIBLE)
    g_assert_cmpuint (s->evaluations[0], ==, seen.calls);
  const guint64 per = m->stages - odl_method_is_fsal (m),
                first = odl_method_is_fsal (m);
  if (options.steps > 0) {
    g_assert_cmpuint (s->accepted[0], ==, options.steps);
    g_assert_cmpuint (s->rejected[0], ==, 0);
    if (m->kind != ODL_METHOD_IMPLICIT)
      g_assert_cmpuint (s->evaluations[0], ==, options.steps * per + first);
  } else if (m->kind != ODL_METHOD_CVODE) {
    g_assert_cmpuint (s->rejected[0], >, 0);
    /* Where the last stage is not part of the error, only accepted steps have it. */
    const gboolean late = first && m->e[m->stages - 1] == 0;
    const guint64 tried = s->accepted[0] + s->rejected[0];
    const guint64 expected
        = first ? 1 + tried * per - (late ? s->rejected[0] : 0)
                : tried * (per - 1) + s->accepted[0]; /* f at the start is kept */
    g_assert_cmpuint (s->evaluations[0], ==, expected);
  }
}

static void
test_counts (void)
{
  for_every_way (check_counts);
}

/* The chain of records of one lane. */
typedef struct {
  const OdlMethod *method;
  guint dim;
  gboolean fixed;
  double t, y[2], at[7], samples[14];
  guint next;
  guint64 accepted, rejected;
} Chain;

static void
follow (gpointer data, const OdlStepRecord *step)
{
  Chain *c = data;
  g_assert_cmpfloat (step->t, ==, c->t);
  g_assert_true (ivp_same_bits (step->y, c->y, c->dim));
  if (!step->accepted) {
    g_assert_false (step->error <= 1);
    c->rejected++;
    return;
  }
  g_assert_true (c->fixed ? step->error == 0 : step->error <= 1);
  g_assert_cmpfloat (step->h, !=, 0);
  g_assert_cmpfloat_with_epsilon (step->t + step->h, step->t1, 1e-15 * 8);
  double end[2];
  odl_dense_at (c->method, step, c->dim, step->t1, end);
  g_assert_true (ivp_same_bits (end, step->y1, c->dim));
  while (c->next < 7 && (c->at[c->next] - step->t1) * step->h <= 0) {
    odl_dense_at (c->method, step, c->dim, c->at[c->next],
                  c->samples + c->next * c->dim);
    c->next++;
  }
  c->accepted++;
  c->t = step->t1;
  memcpy (c->y, step->y1, sizeof (double) * c->dim);
}

static void
check_records (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 2, 0 };
  for (guint back = 0; back < 2; back++) {
    g_autoptr (Ivp) ivp = ivp_new ("dx = y + sin(9*t); dy = 2*(1 - x^2)*y - x",
                                   back ? 2 : 0, back ? 1.5 : 2, start);
    Chain chain = { .method = m, .dim = 2, .fixed = options.steps > 0 };
    chain.t = ivp->t0[0];
    memcpy (chain.y, start, sizeof start);
    for (guint i = 0; i < 7; i++)
      chain.at[i] = ivp->t0[0] + (ivp->t1[0] - ivp->t0[0]) * i / 6;
    options.recorder = follow;
    options.recorder_data = &chain;
    options.dense = TRUE;
    options.n_at = 7;
    options.at = chain.at;
    g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
    g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
    g_assert_cmpfloat (s->t1[0], ==, ivp->t1[0]);
    g_assert_cmpfloat (chain.t, ==, ivp->t1[0]);
    g_assert_true (ivp_same_bits (chain.y, s->y1, 2));
    g_assert_true (ivp_same_bits (s->samples, start, 2));
    g_assert_true (ivp_same_bits (s->samples + 12, s->y1, 2));
    g_assert_cmpuint (chain.accepted, ==, s->accepted[0]);
    g_assert_cmpuint (chain.rejected, ==, s->rejected[0]);
    g_assert_cmpuint (chain.next, ==, 7);
    if (m->kind == ODL_METHOD_CVODE) {
      /* Its own interpolant is of the order of its step; a cubic is not. */
      for (guint i = 0; i < 14; i++)
        g_assert_cmpfloat_with_epsilon (chain.samples[i], s->samples[i], 1e-2);
      continue;
    }
    g_assert_true (ivp_same_bits (chain.samples, s->samples, 14));
  }
}

static void
test_records (void)
{
  for_every_way (check_records);
}

/* Samples do not change the solve, and may be asked for in any order, twice, outside of
 * the span and at its ends. */
static void
check_samples (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 1, 0 };
  static const double at[] = { 0.9, 0.1, 1, 0.5, 0, 0.5, -0.1, 1.1, 0.30000001 };
  static const guint order[] = { 4, 1, 8, 3, 0, 2 };
  g_autoptr (Ivp) ivp = ivp_new ("dx = -y; dy = x", 0, 1, start);
  g_autoptr (OdlSolution) plain = ivp_solve (ivp, &options);
  options.n_at = G_N_ELEMENTS (at);
  options.at = at;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_assert_true (ivp_same_bits (s->y1, plain->y1, 2));
  g_assert_cmpuint (s->accepted[0], ==, plain->accepted[0]);
  double sorted[6];
  for (guint i = 0; i < 6; i++)
    sorted[i] = at[order[i]];
  options.n_at = 6;
  options.at = sorted;
  g_autoptr (OdlSolution) same = ivp_solve (ivp, &options);
  for (guint i = 0; i < 6; i++)
    g_assert_true (ivp_same_bits (s->samples + 2 * order[i], same->samples + 2 * i, 2));
  g_assert_true (ivp_same_bits (s->samples + 2 * 3, s->samples + 2 * 5, 2));
  g_assert_true (ivp_same_bits (s->samples + 2 * 2, s->y1, 2));
  g_assert_true (ivp_same_bits (s->samples + 2 * 4, start, 2));
  g_assert_true (isnan (s->samples[2 * 6]) && isnan (s->samples[2 * 7]));
  const double worst = m->order == 1 ? 0.1 : 1e-2;
  for (guint i = 0; i < 6; i++) {
    g_assert_cmpfloat_with_epsilon (same->samples[2 * i], cos (sorted[i]), worst);
    g_assert_cmpfloat_with_epsilon (same->samples[2 * i + 1], sin (sorted[i]), worst);
  }
}

static void
test_samples (void)
{
  for_every_way (check_samples);
}

static void
check_no_span (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 1, -2 }, at[] = { 3, 2, 3 };
  g_autoptr (Ivp) ivp = ivp_new ("dx = y; dy = x", 3, 3, start);
  options.n_at = 3;
  options.at = at;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
  g_assert_true (ivp_same_bits (s->y1, start, 2));
  g_assert_cmpuint (s->evaluations[0], ==, 0);
  g_assert_true (ivp_same_bits (s->samples, start, 2));
  g_assert_true (isnan (s->samples[2]));
  g_assert_true (ivp_same_bits (s->samples + 4, start, 2));
  /* The shortest span there is. */
  ivp->t1[0] = nextafter (3, 4);
  g_autoptr (OdlSolution) tiny = ivp_solve (ivp, &options);
  g_assert_cmpint (tiny->status[0], ==, ODL_STATUS_DONE);
  g_assert_cmpfloat (tiny->t1[0], ==, ivp->t1[0]);
  g_assert_cmpfloat_with_epsilon (tiny->y1[0], 1, 1e-14);
}

static void
test_no_span (void)
{
  for_every_way (check_no_span);
}

/* There and back again. */
static void
check_return (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 2, 0 };
  if (options.steps > 0)
    options.steps = 2000;
  g_autoptr (Ivp) ivp = ivp_new ("dx = y; dy = (1 - x^2)*y - x", 1, 3, start);
  g_autoptr (OdlSolution) there = ivp_solve (ivp, &options);
  memcpy (ivp->y0, there->y1, sizeof start);
  ivp->t0[0] = 3;
  ivp->t1[0] = 1;
  g_autoptr (OdlSolution) back = ivp_solve (ivp, &options);
  g_assert_cmpint (back->status[0], ==, ODL_STATUS_DONE);
  const double worst = m->order == 1 ? 0.1 : m->kind == ODL_METHOD_CVODE ? 1e-3 : 2e-3;
  g_assert_cmpfloat_with_epsilon (back->y1[0], 2, worst);
  g_assert_cmpfloat_with_epsilon (back->y1[1], 0, worst);
}

static void
test_return (void)
{
  for_every_way (check_return);
}

/* f is not a number beyond t = 1: everyone stops before, keeps what is there and names
 * the cause. */
static void
check_not_a_number (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 0 }, at[] = { 0.5, 1.5 };
  g_autoptr (Ivp) ivp = ivp_new ("dy = sqrt(1 - t)", 0, 2, start);
  options.n_at = 2;
  options.at = at;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_test_message ("%s: %s at %g after %u steps", m->id,
                  odl_status_message (s->status[0]), s->t1[0],
                  (guint)(s->accepted[0] + s->rejected[0]));
  g_assert_true (s->status[0] == ODL_STATUS_NON_FINITE
                 || s->status[0] == ODL_STATUS_STEP_TOO_SMALL);
  g_assert_cmpfloat (s->t1[0], <=, 1.1);
  g_assert_cmpfloat (s->t1[0], >, 0.85);
  g_assert_true (isfinite (s->y1[0]) && isfinite (s->samples[0]));
  g_assert_true (isnan (s->samples[1]));
  g_assert_cmpuint (s->accepted[0] + s->rejected[0], <, 2000);
  /* A start that is not finite, or f that is not at the start. */
  ivp->t0[0] = 1.5;
  g_autoptr (OdlSolution) outside = ivp_solve (ivp, &options);
  g_assert_cmpint (outside->status[0], ==, ODL_STATUS_NON_FINITE);
  g_assert_cmpfloat (outside->t1[0], ==, 1.5);
  g_assert_cmpuint (outside->accepted[0], ==, 0);
  ivp->t0[0] = 0;
  ivp->y0[0] = INFINITY;
  g_autoptr (OdlSolution) infinite = ivp_solve (ivp, &options);
  g_assert_cmpint (infinite->status[0], ==, ODL_STATUS_NON_FINITE);
  g_assert_cmpuint (infinite->evaluations[0], ==, 0);
}

static void
test_not_a_number (void)
{
  for_every_way (check_not_a_number);
}

/* y' = y² from 1 is 1/(1 - t). */
static void
check_blow_up (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 1 };
  g_autoptr (Ivp) ivp = ivp_new ("dy = y^2", 0, 3, start);
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_test_message ("%s: %s at %.17g, y = %g", m->id, odl_status_message (s->status[0]),
                  s->t1[0], s->y1[0]);
  g_assert_true (isfinite (s->y1[0]));
  if (options.steps > 0)
    return; /* implicit steps may pass the pole */
  g_assert_cmpint (s->status[0], !=, ODL_STATUS_DONE);
  g_assert_cmpfloat_with_epsilon (s->t1[0], 1, 0.02);
  g_assert_cmpfloat (s->y1[0], >, 1e3);
}

static void
test_blow_up (void)
{
  for_every_way (check_blow_up);
}

static void
check_budget (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 1, 0 }, at[] = { 1e-4, 99 };
  g_autoptr (Ivp) ivp = ivp_new ("dx = -y; dy = x", 0, 100, start);
  options.max_steps = 5;
  options.n_at = 2;
  options.at = at;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_test_message ("%s: %s at %g", m->id, odl_status_message (s->status[0]), s->t1[0]);
  g_assert_cmpint (s->status[0], ==, ODL_STATUS_BUDGET_SPENT);
  /* CVODE tries again within a step. */
  g_assert_cmpuint (s->accepted[0] + s->rejected[0], <=,
                    m->kind == ODL_METHOD_CVODE ? 15 : 5);
  g_assert_cmpfloat (s->t1[0], <, 100);
  g_assert_cmpfloat (s->t1[0], >, 0);
  g_assert_cmpfloat_with_epsilon (s->samples[0], 1, 1e-2);
  g_assert_true (isnan (s->samples[2]));
  if (options.steps > 0)
    g_assert_cmpfloat_with_epsilon (s->t1[0], 100.0 * 5 / 23, 1e-13);
}

static void
test_budget (void)
{
  for_every_way (check_budget);
}

static gboolean
stop_at_third (gpointer data)
{
  return ++*(guint *)data > 3;
}

static void
check_interrupted (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 1, 0 };
  guint asked = 0;
  g_autoptr (Ivp) ivp = ivp_new ("dx = -y; dy = x", 0, 100, start);
  ivp_lanes (ivp, 1000);
  if (options.steps > 0)
    options.steps = 100000;
  options.interrupted = stop_at_third;
  options.interrupted_data = &asked;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  for (guint lane = 0; lane < 1000; lane++) {
    g_assert_cmpint (s->status[lane], ==, ODL_STATUS_STOPPED);
    g_assert_cmpfloat (s->t1[lane], <, 100);
    g_assert_cmpfloat (hypot (s->y1[lane], s->y1[1000 + lane]), >, 0.5);
    g_assert_true (lane == 0 || m->kind == ODL_METHOD_IMPLICIT
                   || m->kind == ODL_METHOD_CVODE || s->t1[lane] == s->t1[0]
                   || s->t1[lane] == 0);
  }
}

static void
test_interrupted (void)
{
  for_every_way (check_interrupted);
}

typedef struct {
  guint n;
  double h;
} First;

static void
take_first (gpointer data, const OdlStepRecord *step)
{
  First *first = data;
  if (first->n++ == 0)
    first->h = step->h;
}

/* The first step is the caller's; without one it is never outside of the span. */
static void
check_first_step (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 1 };
  if (options.steps > 0 || m->kind == ODL_METHOD_CVODE)
    return;
  g_autoptr (Ivp) ivp = ivp_new ("dy = -y", 1, 0, start);
  First first = { 0 };
  options.recorder = take_first;
  options.recorder_data = &first;
  options.first_step = 1e-3;
  g_autoptr (OdlSolution) given = ivp_solve (ivp, &options);
  g_assert_cmpfloat (first.h, ==, -1e-3);
  first.n = 0;
  options.first_step = 100;
  g_autoptr (OdlSolution) long_one = ivp_solve (ivp, &options);
  g_assert_cmpfloat (first.h, ==, -1);
  first.n = 0;
  options.first_step = 0;
  ivp->y0[0] = 1e9; /* invites a long probe */
  ivp->t1[0] = 1 - 1e-7;
  g_autoptr (OdlSolution) own = ivp_solve (ivp, &options);
  g_assert_cmpint (own->status[0], ==, ODL_STATUS_DONE);
  g_assert_cmpfloat (fabs (first.h), <=, 1.0000001e-7);
}

static void
test_first_step (void)
{
  for_every_way (check_first_step);
}

/* Rows outside of the seminorm do not shorten steps. */
static void
check_seminorm (const OdlMethod *m, OdlSolveOptions options)
{
  const double start[] = { 1, 0 };
  if (options.steps > 0)
    return;
  g_autoptr (Ivp) one = ivp_new ("dx = -x", 0, 3, start);
  g_autoptr (Ivp) two = ivp_new ("dx = -x; dy = cos(60*t)", 0, 3, start);
  g_autoptr (OdlSolution) alone = ivp_solve (one, &options);
  g_autoptr (OdlSolution) both = ivp_solve (two, &options);
  g_assert_cmpuint (both->accepted[0], >, alone->accepted[0]);
  options.norm_rows = 1;
  g_autoptr (OdlSolution) half = ivp_solve (two, &options);
  g_assert_cmpint (half->status[0], ==, ODL_STATUS_DONE);
  if (m->kind == ODL_METHOD_CVODE) { /* its corrector sees all rows */
    g_assert_cmpuint (half->accepted[0], <, both->accepted[0]);
    return;
  }
  g_assert_cmpuint (half->accepted[0], ==, alone->accepted[0]);
  g_assert_true (ivp_same_bits (half->y1, alone->y1, 1));
}

static void
test_seminorm (void)
{
  for_every_way (check_seminorm);
}

/* A stiff problem that the steps suffice for is solved; one that they cannot do is
 * given up long before they are spent, by its name. */
static void
test_stiff (void)
{
  static const char *const ids[] = { "dopri5",     "tsit5",      "dop853",   "dopri8",
                                     "heun-euler", "fehlberg45", "cash-karp" };
  const double start[] = { 0 }, start2[] = { 2, 0 };
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    const OdlMethod *m = odl_method_find (ids[i], NULL);
    OdlSolveOptions options = ivp_adaptive (m, 1e-6);
    g_autoptr (Ivp) able = ivp_new ("dy = -2000*(y - cos(t))", 0, 10, start);
    g_autoptr (OdlSolution) s = ivp_solve (able, &options);
    g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
    g_assert_cmpfloat_with_epsilon (s->y1[0], cos (10), 1e-3);
    g_autoptr (Ivp) hopeless = ivp_new ("dy = -1e6*(y - cos(t))", 0, 1000, start);
    options.max_steps = 200000;
    g_autoptr (OdlSolution) given_up = ivp_solve (hopeless, &options);
    g_test_message ("%s: %u of %u steps, t = %g", ids[i], (guint)given_up->accepted[0],
                    (guint)options.max_steps, given_up->t1[0]);
    g_assert_cmpint (given_up->status[0], ==, ODL_STATUS_LIKELY_STIFF);
    g_assert_cmpuint (given_up->accepted[0], <, 20000);
    options.max_steps = 20000; /* spent on the way, but not hopeless before */
    g_autoptr (Ivp) nearly = ivp_new ("dy = -2e4*(y - cos(t))", 0, 20, start);
    g_autoptr (OdlSolution) spent = ivp_solve (nearly, &options);
    g_assert_cmpint (spent->status[0], ==, ODL_STATUS_LIKELY_STIFF);
    g_autoptr (Ivp) calm = ivp_new ("dx = y; dy = -x", 0, 1e6, start2);
    g_autoptr (OdlSolution) much = ivp_solve (calm, &options);
    g_assert_cmpint (much->status[0], ==, ODL_STATUS_BUDGET_SPENT);
  }
}

/* Hairer's DOPRI5 takes 216 steps, rejects 22 and evaluates 1442 times; ours is to do
 * the same. */
static void
test_arenstorf (void)
{
  const double start[] = { 0.994, 0, 0, -2.00158510637908252240537862224 };
  g_autoptr (Ivp) ivp
      = ivp_new ("dx = u; dy = v;"
                 "du = x + 2*v - (1 - m)*(x + m)/((x + m)^2 + y^2)^1.5"
                 "     - m*(x - 1 + m)/((x - 1 + m)^2 + y^2)^1.5;"
                 "dv = y - 2*u - (1 - m)*y/((x + m)^2 + y^2)^1.5"
                 "     - m*y/((x - 1 + m)^2 + y^2)^1.5; m = 0.012277471",
                 0, 17.0652165601579625588917206249, start);
  const OdlSolveOptions options = ivp_adaptive (odl_method_find ("dopri5", NULL), 1e-7);
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_test_message ("%u evaluations, %u accepted, %u rejected, off by %.3g",
                  (guint)s->evaluations[0], (guint)s->accepted[0],
                  (guint)s->rejected[0], hypot (s->y1[0] - start[0], s->y1[1]));
  g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
  /* He does not count the two rejections before the first step that is accepted.
   * Another order of sums may tip one verdict. */
  g_assert_cmpfloat_with_epsilon ((double)s->evaluations[0], 1442, 12);
  g_assert_cmpfloat_with_epsilon ((double)s->accepted[0], 216, 2);
  g_assert_cmpfloat_with_epsilon ((double)s->rejected[0], 24, 2);
  g_assert_cmpfloat (hypot (s->y1[0] - start[0], s->y1[1]), <, 0.02);
}

static void
refuse (OdlSolveOptions options, const char *part)
{
  const double start[] = { 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (Ivp) ivp = ivp_new ("dy = y", 0, 1, start);
  g_assert_null (odl_solve (&ivp->problem, &options, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_refused (void)
{
  const OdlMethod *dopri5 = odl_method_find ("dopri5", NULL);
  OdlSolveOptions options = ivp_adaptive (dopri5, 1e-6);
  refuse (ivp_adaptive (odl_method_find ("rk4", NULL), 1e-6), "rk4");
  refuse (ivp_adaptive (odl_method_find ("trapezoid", NULL), 1e-6), "trapezoid");
  refuse (ivp_fixed (odl_method_find ("cvode-bdf", NULL), 10), "CVODE");
  refuse (ivp_adaptive (dopri5, 0), "tolerances");
  refuse (ivp_adaptive (dopri5, NAN), "tolerances");
  refuse (ivp_adaptive (dopri5, -1e-6), "tolerances");
  options.first_step = INFINITY;
  refuse (options, "first step");
  options = ivp_fixed (dopri5, 3);
  const double at = NAN;
  options.n_at = 1;
  options.at = &at;
  refuse (options, "times");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solve/counts", test_counts);
  g_test_add_func ("/solve/records", test_records);
  g_test_add_func ("/solve/samples", test_samples);
  g_test_add_func ("/solve/no-span", test_no_span);
  g_test_add_func ("/solve/there-and-back", test_return);
  g_test_add_func ("/solve/not-a-number", test_not_a_number);
  g_test_add_func ("/solve/blow-up", test_blow_up);
  g_test_add_func ("/solve/budget", test_budget);
  g_test_add_func ("/solve/interrupted", test_interrupted);
  g_test_add_func ("/solve/first-step", test_first_step);
  g_test_add_func ("/solve/seminorm", test_seminorm);
  g_test_add_func ("/solve/stiff", test_stiff);
  g_test_add_func ("/solve/arenstorf", test_arenstorf);
  g_test_add_func ("/solve/refused", test_refused);
  return g_test_run ();
}
