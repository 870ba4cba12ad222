/* Lanes are alone: their numbers depend on nothing but themselves.
 * SPDX-License-Identifier: MIT
 *
 * Many lanes with different starts, spans, directions and fates are solved together,
 * one by one, in another order, over several threads and beside lanes that fail; every
 * lane must keep its bits. A checker that could not see a difference would be of no
 * use, so it is shown one. Steps allocate nothing. */
#include <math.h>
#include <string.h>

#include "solve/solve.h"
#include "support/allocations.h"
#include "support/ivp.h"

#define LANES 131 /* some tiles and a part of one */
#define N_AT  5

static const double start[] = { 2, 0 };

/* Every lane another start, span and direction; some fail, some need no step. */
static Ivp *
crowd (void)
{
  Ivp *ivp = ivp_new ("dx = y + 0.1*sin(3*t); dy = 2*(1 - x^2)*y - x", 0, 1, start);
  ivp_lanes (ivp, LANES);
  for (guint i = 0; i < LANES; i++) {
    ivp->t0[i] = 0.05 * (i % 7);
    ivp->t1[i] = ivp->t0[i] + (i % 5 == 0 ? -0.4 : 0.1 + 0.02 * i);
    ivp->y0[i] = 2 * sin (1.1 * i);
    ivp->y0[LANES + i] = 2 * cos (0.7 * i);
  }
  ivp->t1[17] = ivp->t0[17];
  ivp->y0[40] = NAN;
  ivp->y0[80] = 1e200; /* overflows in the first step */
  return ivp;
}

static double *
times (const Ivp *ivp)
{
  double *at = g_new (double, LANES *N_AT);
  for (guint lane = 0; lane < LANES; lane++)
    for (guint i = 0; i < N_AT; i++)
      at[lane * N_AT + i]
          = ivp->t0[lane] + (ivp->t1[lane] - ivp->t0[lane]) * (i + 0.3) / N_AT;
  return at;
}

/* Whether lane `a` of x is lane `b` of y, to the last bit. */
static gboolean
same_lane (const OdlSolution *x, guint a, const OdlSolution *y, guint b, guint n_at)
{
  const gsize size = (gsize)n_at * x->dim;
  gboolean same = x->status[a] == y->status[b] && x->accepted[a] == y->accepted[b]
                  && x->rejected[a] == y->rejected[b]
                  && x->evaluations[a] == y->evaluations[b]
                  && ivp_same_bits (&x->t1[a], &y->t1[b], 1);
  for (guint row = 0; row < x->dim; row++)
    same = same
           && ivp_same_bits (&x->y1[row * x->lanes + a], &y->y1[row * y->lanes + b], 1);
  return same
         && (n_at == 0
             || ivp_same_bits (x->samples + a * size, y->samples + b * size, size));
}

typedef void (*Check) (const OdlMethod *method, OdlSolveOptions options);

static void
for_every_way (Check f)
{
  guint n;
  const OdlMethod *const *all = odl_methods (&n);
  for (guint m = 0; m < n; m++) {
    if (all[m]->kind != ODL_METHOD_CVODE)
      f (all[m], ivp_fixed (all[m], 40));
    if (all[m]->error_order > 0 || all[m]->kind == ODL_METHOD_CVODE)
      f (all[m], ivp_adaptive (all[m], all[m]->order > 2 ? 1e-7 : 1e-3));
  }
}

/* The lanes of `ivp` in this order, and their sample times. */
static Ivp *
reordered (const Ivp *ivp, const guint *order, guint n, const double *at,
           double *new_at)
{
  Ivp *other = ivp_new ("dx = y + 0.1*sin(3*t); dy = 2*(1 - x^2)*y - x", 0, 1, start);
  ivp_lanes (other, n);
  for (guint i = 0; i < n; i++) {
    other->t0[i] = ivp->t0[order[i]];
    other->t1[i] = ivp->t1[order[i]];
    other->y0[i] = ivp->y0[order[i]];
    other->y0[n + i] = ivp->y0[LANES + order[i]];
    memcpy (new_at + i * N_AT, at + order[i] * N_AT, sizeof (double) * N_AT);
  }
  return other;
}

static void
check_order (const OdlMethod *m, OdlSolveOptions options)
{
  g_autoptr (Ivp) ivp = crowd ();
  g_autofree double *at = times (ivp), *new_at = g_new (double, LANES *N_AT);
  options.n_at = N_AT;
  options.at = at;
  g_autoptr (OdlSolution) together = ivp_solve (ivp, &options);
  guint order[LANES], done = 0;
  options.at = new_at;
  for (guint i = 0; i < LANES; i++)
    order[i] = (i * 37 + 11) % LANES;
  g_autoptr (Ivp) mixed = reordered (ivp, order, LANES, at, new_at);
  g_autoptr (OdlSolution) other = ivp_solve (mixed, &options);
  for (guint i = 0; i < LANES; i++) {
    g_assert_true (same_lane (other, i, together, order[i], N_AT));
    done += other->status[i] == ODL_STATUS_DONE;
  }
  g_test_message ("%s: %u of %u lanes done", m->id, done, LANES);
  g_assert_cmpuint (done, >, LANES / 2);
  for (guint i = 0; i < LANES; i += 10) {
    g_autoptr (Ivp) alone = reordered (ivp, &i, 1, at, new_at);
    g_autoptr (OdlSolution) single = ivp_solve (alone, &options);
    g_assert_true (same_lane (single, 0, together, i, N_AT));
  }
}

static void
test_order (void)
{
  for_every_way (check_order);
}

static void
check_threads (const OdlMethod *m, OdlSolveOptions options)
{
  static const guint counts[] = { 1, 2, 3, 8 };
  g_autoptr (Ivp) ivp = crowd ();
  g_autofree double *at = times (ivp);
  options.n_at = N_AT;
  options.at = at;
  g_autoptr (OdlSolution) plain = ivp_solve (ivp, &options);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    g_autoptr (OdlPool) pool = odl_pool_new (counts[i]);
    options.pool = pool;
    g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
    for (guint lane = 0; lane < LANES; lane++)
      g_assert_true (same_lane (s, lane, plain, lane, N_AT));
  }
}

static void
test_threads (void)
{
  for_every_way (check_threads);
}

/* The fates of the crowd, and that the comparison sees one bit. */
static void
test_fates (void)
{
  const OdlSolveOptions options = ivp_adaptive (odl_method_find ("dopri5", NULL), 1e-7);
  g_autoptr (Ivp) ivp = crowd ();
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  guint blown = 0;
  for (guint i = 0; i < LANES; i++) {
    if (i == 40 || i == 80)
      g_assert_cmpint (s->status[i], ==, ODL_STATUS_NON_FINITE);
    else if (i % 5 != 0 || i == 17)
      g_assert_cmpint (s->status[i], ==, ODL_STATUS_DONE);
    g_assert_true (s->status[i] != ODL_STATUS_DONE || s->t1[i] == ivp->t1[i]);
    /* Backwards in time the oscillator runs away before the end from some starts. */
    blown += s->status[i] == ODL_STATUS_STEP_TOO_SMALL;
  }
  g_assert_cmpuint (blown, >, 0);
  g_assert_cmpuint (s->accepted[17], ==, 0);
  g_assert_cmpuint (s->accepted[130], >, s->accepted[6]);
  g_autoptr (OdlSolution) again = ivp_solve (ivp, &options);
  g_assert_true (same_lane (s, 5, again, 5, 0));
  again->y1[LANES + 5] = nextafter (again->y1[LANES + 5], 9);
  g_assert_false (same_lane (s, 5, again, 5, 0));
  again->evaluations[6]++;
  g_assert_false (same_lane (s, 6, again, 6, 0));
}

/* aux of a lane stays with it, given as numbers or as a function. */
static void
from_table (gpointer data, guint lane, double t, double *aux)
{
  aux[0] = ((const double *)data)[lane];
}

static void
check_aux (const OdlMethod *m, OdlSolveOptions options)
{
  g_autoptr (Ivp) ivp = ivp_new_driven (0, 1, 1);
  ivp_lanes (ivp, LANES);
  for (guint i = 0; i < LANES; i++) {
    ivp->aux[i] = -0.02 * i;
    ivp->t1[i] = 1 + 0.01 * (i % 13);
  }
  g_autoptr (OdlSolution) given = ivp_solve (ivp, &options);
  ivp->problem.aux = NULL;
  ivp->problem.aux_at = from_table;
  ivp->problem.aux_data = ivp->aux;
  g_autoptr (OdlSolution) asked = ivp_solve (ivp, &options);
  g_autoptr (OdlPool) pool = odl_pool_new (3);
  options.pool = pool;
  g_autoptr (OdlSolution) spread = ivp_solve (ivp, &options);
  for (guint i = 0; i < LANES; i++) {
    g_assert_cmpint (given->status[i], ==, ODL_STATUS_DONE);
    g_assert_cmpfloat_with_epsilon (given->y1[i], exp (ivp->aux[i] * ivp->t1[i]), 0.05);
    g_assert_true (same_lane (given, i, asked, i, 0));
    g_assert_true (same_lane (given, i, spread, i, 0));
  }
}

static void
test_aux (void)
{
  for_every_way (check_aux);
}

/* No allocation belongs to a step: ten times the steps, as many allocations. */
static void
check_allocations (const OdlMethod *m, OdlSolveOptions options)
{
  guint counts[2];
  if (m->kind == ODL_METHOD_CVODE)
    return; /* what SUNDIALS does inside is its own */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (Ivp) ivp = ivp_new ("dx = -y; dy = x", 0, i ? 40 : 4, start);
    ivp_lanes (ivp, 40);
    if (options.steps > 0)
      options.steps = i ? 4000 : 400;
    const guint before = allocations_count ();
    g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
    counts[i] = allocations_count () - before;
    g_assert_cmpint (s->status[39], ==, ODL_STATUS_DONE);
  }
  g_assert_cmpuint (counts[0], ==, counts[1]);
}

static void
test_allocations (void)
{
  if (!allocations_are_counted ())
    g_test_skip ("allocations cannot be counted here");
  else
    for_every_way (check_allocations);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solve-lanes/order", test_order);
  g_test_add_func ("/solve-lanes/threads", test_threads);
  g_test_add_func ("/solve-lanes/fates", test_fates);
  g_test_add_func ("/solve-lanes/aux", test_aux);
  g_test_add_func ("/solve-lanes/no-allocation", test_allocations);
  return g_test_run ();
}
