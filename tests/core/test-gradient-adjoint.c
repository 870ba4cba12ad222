/* Continuous adjoints: right to the tolerance, unstable where they must be; and the
 * checker that all gradients are held to.
 * SPDX-License-Identifier: MIT */
#include "gradient/gradient.h"

#include <math.h>
#include <string.h>
#include "graph/derive.h"
#include "graph/per-lane.h"
#include "support/gradient-case.h"
#include "support/point.h"
#include "support/random-graph.h"

static const guint hidden[] = { 9, 5, 0 };
static const char *const continuous[] = { "adjoint", "seminorm", "interpolated" };

static CaseGradient *
gradient_by (const Case *c, const char *gradient, const OdlGradientOptions *options,
             OdlGradientReport *report)
{
  g_autoptr (GError) error = NULL;
  OdlGradientOptions o = *options;
  o.gradient = odl_gradient_find (gradient, &error);
  g_autoptr (OdlTape) tape = odl_tape_new (c->field, &o, &error);
  g_assert_no_error (error);
  CaseGradient *g = case_gradient (c, tape);
  if (report)
    *report = *odl_tape_report (tape);
  return g;
}

/* ‖a − b‖ / ‖b‖ over all groups. */
static double
distance (const Case *c, const CaseGradient *a, const CaseGradient *b)
{
  gsize all = 0, n;
  double apart = 0, size = 0;
  for (guint i = 0; i < CASE_N_GROUPS; i++) {
    case_group (c, (CaseGroup)i, &n);
    all += n;
  }
  for (gsize i = 0; i < all; i++) {
    apart += (a->values[i] - b->values[i]) * (a->values[i] - b->values[i]);
    size += b->values[i] * b->values[i];
  }
  return sqrt (apart / size);
}

/* Of the exact flow, to about 1e-14. */
static CaseGradient *
exact_gradient (const Case *c)
{
  const OdlGradientOptions o
      = { .method = odl_method_find ("dop853", NULL), .steps = 60 };
  return gradient_by (c, "backprop", &o, NULL);
}

/* The error is proportional to the tolerance, within what step control can promise. */
static void
check_tolerances (const Case *c, const char *gradient)
{
  g_autoptr (CaseGradient) exact = exact_gradient (c);
  double first = 0, last = 0;
  for (guint i = 4; i <= 10; i += 2) {
    OdlGradientOptions o = { .method = odl_method_find ("dopri5", NULL),
                             .rtol = pow (10, -(double)i),
                             .atol = pow (10, -(double)i) };
    g_autoptr (CaseGradient) g = gradient_by (c, gradient, &o, NULL);
    double error = distance (c, g, exact);
    g_test_message ("%s at 1e-%u: %.1e", gradient, i, error);
    g_assert_cmpfloat (error, <, 20 * o.rtol);
    first = i == 4 ? error : first;
    last = error;
  }
  double slope = log10 (first / last) / 6;
  g_assert_cmpfloat (slope, >, 0.65);
  g_assert_cmpfloat (slope, <, 1.3);
}

static void
test_tolerances (void)
{
  g_autoptr (Case) network = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 6);
  g_autoptr (Case) gru = case_gru (6);
  g_autoptr (Case) flow = case_flow (2, 4);
  for (guint i = 0; i < G_N_ELEMENTS (continuous); i++) {
    check_tolerances (network, continuous[i]);
    check_tolerances (gru, continuous[i]);
    check_tolerances (flow, continuous[i]);
  }
}

/* Equal steps: the order of the method, and of the sweep the first. */
static void
check_order (const Case *c, const char *gradient, const char *method, double order)
{
  g_autoptr (CaseGradient) exact = exact_gradient (c);
  double errors[2];
  for (guint i = 0; i < 2; i++) {
    OdlGradientOptions o
        = { .method = odl_method_find (method, NULL), .steps = i ? 40 : 20 };
    g_autoptr (CaseGradient) g = gradient_by (c, gradient, &o, NULL);
    errors[i] = distance (c, g, exact);
  }
  double slope = log2 (errors[0] / errors[1]);
  g_test_message ("%s, %s: %.1e, order %.2f", gradient, method, errors[0], slope);
  g_assert_cmpfloat_with_epsilon (slope, order, 0.25);
}

static void
test_orders (void)
{
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 6);
  for (guint i = 0; i < 2; i++) {
    check_order (c, continuous[i], "midpoint", 2);
    check_order (c, continuous[i], "rk4", 4);
  }
  check_order (c, "interpolated", "midpoint", 2);
  check_order (c, "tutorial", "rk4", 1);
  check_order (c, "tutorial", "dopri5", 1);
}

/* h' = −λ (h − cos t) from h = 2, T = 2: backwards an error grows as exp (2λ), so that
 * backsolve comes back near 2 at λ = 10 and anywhere at λ = 20. */
static double
come_back (double lambda, const char *gradient)
{
  g_autofree char *text
      = g_strdup_printf ("dx = -lambda*(x - cos(t)); lambda = %g", lambda);
  g_autoptr (Case) c = case_equations (text, 1);
  c->t0[0] = 0;
  c->t1[0] = 2;
  c->y0[0] = 2;
  const OdlGradientOptions o
      = { .method = odl_method_find ("dopri5", NULL), .rtol = 1e-10, .atol = 1e-10 };
  OdlGradientReport report;
  g_autoptr (CaseGradient) g = gradient_by (c, gradient, &o, &report);
  double wanted = c->w[0] * exp (-2 * lambda);
  if (g_str_equal (gradient, "interpolated"))
    g_assert_cmpfloat_with_epsilon (g->groups[CASE_Y0][0], wanted, 1e-9);
  return report.reconstruction;
}

static void
test_instability (void)
{
  const double ten = come_back (10, "adjoint"), twenty = come_back (20, "adjoint");
  g_test_message ("off by %.1e at 10, %.1e at 20", ten, twenty);
  g_assert_cmpfloat (ten, <, 0.3);
  g_assert_cmpfloat (ten, >, 1e-4);
  g_assert_cmpfloat (twenty, >, 1e5);
  g_assert_cmpfloat (come_back (20, "interpolated"), ==, 0);
}

static void
test_memory (void)
{
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 10);
  gsize bytes[3][2];
  for (guint i = 0; i < 3; i++)
    for (guint k = 0; k < 2; k++) {
      OdlGradientOptions o
          = { .method = odl_method_find ("rk4", NULL), .steps = k ? 200 : 20 };
      OdlGradientReport report;
      g_autoptr (CaseGradient) g = gradient_by (c, continuous[i], &o, &report);
      bytes[i][k] = report.bytes;
    }
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (bytes[i][0], ==, sizeof (double) * c->field->dim * c->lanes);
    g_assert_cmpuint (bytes[i][1], ==, bytes[i][0]);
  }
  g_assert_cmpuint (bytes[2][1], >, 9 * bytes[2][0]);
}

/* The integral over θ does not steer the backward solve, so that takes fewer
 * evaluations, and the gradient is not the worse for it. */
static void
test_seminorm (void)
{
  const guint wide[] = { 16, 16, 0 };
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, wide, TRUE, 20);
  const OdlGradientOptions o
      = { .method = odl_method_find ("dopri5", NULL), .rtol = 1e-6, .atol = 1e-8 };
  OdlGradientReport full, semi;
  for (gsize i = 0; i < (gsize)c->field->dim * c->lanes; i++)
    c->w[i] *= 100;
  g_autoptr (CaseGradient) a = gradient_by (c, "adjoint", &o, &full);
  g_autoptr (CaseGradient) b = gradient_by (c, "seminorm", &o, &semi);
  g_test_message ("%" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT " evaluations",
                  full.evaluations_backward, semi.evaluations_backward);
  g_assert_cmpuint (semi.evaluations_backward, <=, full.evaluations_backward);
  g_assert_cmpfloat (distance (c, a, b), <, 1e-5);
}

static void
test_threads (void)
{
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 200);
  OdlGradientOptions o
      = { .method = odl_method_find ("dopri5", NULL), .rtol = 1e-4, .atol = 1e-4 };
  const char *const all[] = { "adjoint", "seminorm", "interpolated", "tutorial" };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    o.pool = NULL;
    g_autoptr (CaseGradient) one = gradient_by (c, all[i], &o, NULL);
    for (guint threads = 2; threads <= 8; threads *= 2) {
      g_autoptr (OdlPool) pool = odl_pool_new (threads);
      o.pool = pool;
      g_autoptr (CaseGradient) more = gradient_by (c, all[i], &o, NULL);
      case_assert_same_bits (c, one, more);
    }
  }
}

/* What each lane adds by itself, summed, is what the accumulators have. */
static void
test_per_lane (void)
{
  GRand *rand = g_rand_new_with_seed (9);
  for (guint round = 0; round < 60; round++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 14, TRUE);
    guint n_theta = odl_graph_n_theta (graph) + round % 3;
    if (n_theta == 0)
      continue;
    g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
    g_autoptr (OdlGraph) rows = odl_graph_vjp_per_lane (graph, n_theta);
    g_autoptr (Point) a = point_new (vjp);
    g_autoptr (Point) b = point_new (rows);
    guint n_in = random_graph_n_inputs (vjp), n_out = random_graph_n_inputs (graph);
    g_autofree double *theta = random_graph_numbers (rand, n_theta);
    g_autofree double *in = random_graph_numbers (rand, n_in);
    g_autofree double *out = g_new (double, n_out + n_theta);
    g_autofree double *gradient = g_new0 (double, n_theta);
    point_run (a, theta, in, out, gradient);
    point_run (b, theta, in, out, NULL);
    for (guint i = 0; i < n_theta; i++)
      g_assert_cmpfloat_with_epsilon (out[n_out + i], gradient[i],
                                      1e-12 * (1 + fabs (gradient[i])));
  }
  g_rand_free (rand);
}

/* The checker must see a sign, a factor, one wrong number, and the sweep. */
static void
test_planted_faults (void)
{
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 5);
  g_autoptr (GError) error = NULL;
  OdlGradientOptions o = { .gradient = odl_gradient_find ("backprop", &error),
                           .method = odl_method_find ("rk4", &error),
                           .steps = 8 };
  g_autoptr (OdlTape) tape = odl_tape_new (c->field, &o, &error);
  for (guint group = 0; group < CASE_AUX; group++) {
    g_autoptr (CaseGradient) g = case_gradient (c, tape);
    gsize n;
    case_group (c, (CaseGroup)group, &n);
    g_assert_cmpfloat (case_worst (c, g, case_forward, tape, 3), <, 1e-8);
    for (gsize i = 0; i < n; i++)
      g->groups[group][i] *= -1;
    g_assert_cmpfloat (case_worst (c, g, case_forward, tape, 3), >, 0.1);
    for (gsize i = 0; i < n; i++)
      g->groups[group][i] *= -1.000001;
    g_assert_cmpfloat (case_worst (c, g, case_forward, tape, 3), >, 1e-8);
    for (gsize i = 0; i < n; i++)
      g->groups[group][i] /= 1.000001;
    g->groups[group][n / 2] *= 1.001;
    g_assert_cmpfloat (case_worst (c, g, case_forward, tape, 3), >, 1e-8);
  }
  g_autoptr (CaseGradient) sweep = gradient_by (c, "tutorial", &o, NULL);
  g_assert_cmpfloat (case_worst (c, sweep, case_forward, tape, 3), >, 1e-3);
}

/* What does not go together, and trouble on the way. */
static void
test_refused (void)
{
  g_autoptr (Case) c = case_equations ("dx = x^2", 1);
  const char *const methods[] = { "rk4", "reversible-heun", "cvode-bdf" };
  const char *const gradients[] = { "backprop", "checkpointed", "adjoint" };
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (GError) error = NULL;
    OdlGradientOptions o = { .gradient = odl_gradient_find (gradients[i], NULL),
                             .method = odl_method_find (methods[i], NULL),
                             .rtol = 1e-3,
                             .atol = 1e-3 };
    g_assert_null (odl_tape_new (c->field, &o, &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, methods[i]));
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (odl_gradient_find ("backprob", &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "checkpointed"));
}

/* x' = x² from 1 is infinite at t = 1: every method must say so and name the lane. */
static void
test_blow_up (void)
{
  guint n, bad = 99;
  const OdlGradientMethod *all = odl_gradient_methods (&n);
  g_autoptr (Case) c = case_equations ("dx = x^2", 2);
  c->y0[0] = 0.1;
  c->y0[1] = 1;
  c->t0[0] = c->t0[1] = 0;
  c->t1[0] = 1;
  c->t1[1] = 30;
  double y1[2];
  for (guint i = 0; i < n; i++) {
    OdlGradientOptions o = { .gradient = &all[i],
                             .method = odl_method_find ("dopri5", NULL),
                             .rtol = 1e-6,
                             .atol = 1e-6 };
    for (guint k = 0; k < 2; k++) {
      o.steps = k * 100;
      g_autoptr (OdlTape) tape = odl_tape_new (c->field, &o, NULL);
      const OdlProblem problem = case_problem (c);
      OdlStatus status = odl_tape_forward (tape, &problem, y1, &bad);
      g_assert_true (status == ODL_STATUS_NON_FINITE
                     || status == ODL_STATUS_STEP_TOO_SMALL);
      g_assert_cmpuint (bad, ==, 1);
    }
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/adjoint/tolerances", test_tolerances);
  g_test_add_func ("/adjoint/orders", test_orders);
  g_test_add_func ("/adjoint/instability", test_instability);
  g_test_add_func ("/adjoint/memory", test_memory);
  g_test_add_func ("/adjoint/seminorm", test_seminorm);
  g_test_add_func ("/adjoint/threads", test_threads);
  g_test_add_func ("/adjoint/per-lane", test_per_lane);
  g_test_add_func ("/adjoint/planted-faults", test_planted_faults);
  g_test_add_func ("/adjoint/refused", test_refused);
  g_test_add_func ("/adjoint/blow-up", test_blow_up);
  return g_test_run ();
}
