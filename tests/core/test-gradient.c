/* Gradients through fixed and adaptive solves against signed central differences.
 * SPDX-License-Identifier: MIT */
#include "gradient/gradient.h"

#include <math.h>
#include <string.h>
#include "gradient/checkpoint.h"
#include "gradient/steps.h"
#include "support/allocations.h"
#include "support/gradient-case.h"

#define LIMIT 1e-8 /* relative, against differences that are right to about 1e-11 */

static const guint small[] = { 7, 0 }, wide[] = { 16, 0 }, deep[] = { 9, 5, 0 };
static const char *const systems[] = {
  "dx = -0.1*x - y; dy = x - 0.1*y",
  "dx = y; dy = -d*y + x - x^3 + g*cos(w*t); d = 0.3; g = 0.5; w = 1.2",
  "dx = y; dy = mu*(1 - x^2)*y - x; mu = 1.5",
  "dx = a*x - b*x*y; dy = d*x*y - c*y; a = 1.1; b = 0.4; c = 0.4; d = 0.1",
  "dx = s*(y - x); dy = x*(r - z) - y; dz = x*y - b*z; s = 3; r = 6; b = 1",
};

static OdlTape *
new_tape (const Case *c, const char *gradient, const char *method, guint64 steps,
          double tolerance)
{
  g_autoptr (GError) error = NULL;
  OdlGradientOptions o = { .gradient = odl_gradient_find (gradient, &error),
                           .method = odl_method_find (method, &error),
                           .steps = steps,
                           .rtol = tolerance,
                           .atol = tolerance };
  OdlTape *tape = odl_tape_new (c->field, &o, &error);
  g_assert_no_error (error);
  return tape;
}

/* Backprop of equal steps against differences of the same steps. */
static void
check_equal (const Case *c, const char *what, const char *method, guint64 steps)
{
  g_autoptr (OdlTape) tape = new_tape (c, "backprop", method, steps, 0);
  g_autoptr (CaseGradient) g = case_gradient (c, tape);
  double worst = case_worst (c, g, case_forward, tape, 41);
  g_test_message ("%s, %s: %.1e", what, method, worst);
  g_assert_cmpfloat (worst, <=, LIMIT);
}

static void
test_networks (void)
{
  const guint *const shapes[] = { small, wide, deep };
  for (guint a = 0; a < ODL_N_ACTIVATIONS; a++)
    for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
      g_autoptr (Case) c = case_network ((OdlActivation)a, shapes[i], i % 2, 5);
      for (guint loss = 0; loss < CASE_N_LOSSES; loss++) {
        c->loss = (CaseLoss)loss;
        check_equal (c, odl_activation_id ((OdlActivation)a), "rk4", 6);
      }
    }
}

static void
test_cells_and_flows (void)
{
  g_autoptr (Case) gru = case_gru (5);
  g_autoptr (Case) exact = case_flow (0, 5);
  g_autoptr (Case) probed = case_flow (2, 5);
  check_equal (gru, "GRU", "rk4", 5);
  check_equal (exact, "exact divergence", "dopri5", 4);
  check_equal (probed, "Hutchinson", "rk4", 5);
}

static void
test_methods (void)
{
  guint n;
  const OdlMethod *const *methods = odl_methods (&n);
  g_autoptr (Case) network = case_network (ODL_ACTIVATION_TANH, small, TRUE, 5);
  g_autoptr (Case) forced = case_equations (systems[1], 5);
  for (guint i = 0; i < n; i++) {
    if (methods[i]->kind != ODL_METHOD_EXPLICIT)
      continue;
    check_equal (network, "network", methods[i]->id, 4);
    check_equal (forced, "forced", methods[i]->id, 4);
  }
}

static void
test_systems (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (systems); i++) {
    g_autoptr (Case) c = case_equations (systems[i], 4);
    check_equal (c, systems[i], "rk4", 20);
  }
}

/* Backprop of chosen steps against differences of these steps, taken as they are.
 * Returns how many attempts were refused. */
static guint64
check_adaptive (const Case *c, const char *what, const char *method, double tolerance)
{
  g_autoptr (OdlTape) tape = new_tape (c, "backprop", method, 0, tolerance);
  g_autoptr (CaseGradient) g = case_gradient (c, tape);
  CaseSteps given = case_steps_of (tape);
  g_autofree double *y1 = g_new (double, (gsize)c->field->dim * c->lanes);
  g_autofree double *again = g_new (double, (gsize)c->field->dim * c->lanes);
  case_forward (c, tape, y1);
  case_given_steps (c, &given, again);
  for (guint i = 0; i < c->field->dim * c->lanes; i++)
    g_assert_cmpfloat_with_epsilon (y1[i], again[i], 1e-11 * (1 + fabs (y1[i])));
  double worst = case_worst (c, g, case_given_steps, &given, 43);
  g_test_message ("%s, %s at %g: %.1e (%" G_GUINT64_FORMAT
                  " accepted, %" G_GUINT64_FORMAT " rejected)",
                  what, method, tolerance, worst, odl_tape_report (tape)->accepted,
                  odl_tape_report (tape)->rejected);
  g_assert_cmpfloat (worst, <=, LIMIT);
  case_steps_clear (&given, c->lanes);
  return odl_tape_report (tape)->rejected;
}

static void
test_adaptive (void)
{
  guint n;
  const OdlMethod *const *methods = odl_methods (&n);
  g_autoptr (Case) network = case_network (ODL_ACTIVATION_TANH, small, TRUE, 11);
  g_autoptr (Case) gru = case_gru (9);
  g_autoptr (Case) stormy = case_equations (systems[4], 5);
  for (guint i = 0; i < n; i++) {
    if (methods[i]->kind != ODL_METHOD_EXPLICIT || methods[i]->error_order == 0)
      continue;
    check_adaptive (network, "network", methods[i]->id, 1e-4);
    check_adaptive (gru, "GRU", methods[i]->id, 1e-5);
  }
  g_autoptr (Case) rough
      = case_equations ("dx = tanh(15*sin(9*t)) - x*y; dy = x^2 - y", 19);
  const guint64 refused = check_adaptive (rough, "rough", "dopri5", 1e-6)
                          + check_adaptive (rough, "rough", "bosh3", 1e-4);
  g_assert_cmpuint (refused, >, 10); /* or this test does not see refused steps */
  check_adaptive (stormy, "Lorenz", "dopri5", 1e-5);
  check_adaptive (stormy, "Lorenz", "dop853", 1e-7);
}

/* A tape goes where odl_solve goes, by the same steps and evaluations. */
static void
test_same_as_solve (void)
{
  guint n;
  const OdlMethod *const *methods = odl_methods (&n);
  g_autoptr (Case) network = case_network (ODL_ACTIVATION_TANH, deep, TRUE, 50);
  g_autoptr (Case) rough
      = case_equations ("dx = tanh(15*sin(9*t)) - x*y; dy = x^2 - y", 19);
  const Case *const cases[] = { network, rough };
  for (guint i = 0; i < 2 * n; i++) {
    const Case *c = cases[i % 2];
    const OdlMethod *method = methods[i / 2];
    if (method->kind != ODL_METHOD_EXPLICIT || method->error_order == 0)
      continue;
    const OdlProblem problem = case_problem (c);
    const OdlSolveOptions o
        = { .method = method, .rtol = 1e-5, .atol = 1e-5, .control = ODL_CONTROL_PI };
    g_autoptr (OdlSolution) wanted = odl_solve (&problem, &o, NULL);
    g_autoptr (OdlTape) tape = new_tape (c, "backprop", method->id, 0, 1e-5);
    g_autofree double *y1 = g_new (double, (gsize)c->field->dim * c->lanes);
    g_assert_true (case_forward (c, tape, y1));
    g_assert_cmpmem (y1, sizeof (double) * c->field->dim * c->lanes, wanted->y1,
                     sizeof (double) * c->field->dim * c->lanes);
    for (guint lane = 0; lane < c->lanes; lane++) {
      gboolean empty = c->t0[lane] == c->t1[lane];
      g_assert_cmpuint (tape->accepted[lane] - empty, ==, wanted->accepted[lane]);
      g_assert_cmpuint (tape->rejected[lane], ==, wanted->rejected[lane]);
      if (!empty)
        g_assert_cmpuint (odl_tape_lane_evaluations (tape)[lane], ==,
                          wanted->evaluations[lane]);
    }
  }
}

/* A batch larger than the tiles of a machine, and its gradient by some threads. */
static CaseGradient *
threaded (const Case *c, guint threads, guint64 steps, gsize kept)
{
  g_autoptr (OdlPool) pool = odl_pool_new (threads);
  OdlGradientOptions o = { .gradient = odl_gradient_find ("backprop", NULL),
                           .method = odl_method_find ("dopri5", NULL),
                           .steps = steps,
                           .rtol = 1e-4,
                           .atol = 1e-6,
                           .pool = pool };
  g_autoptr (OdlTape) tape = odl_tape_new (c->field, &o, NULL);
  if (kept < G_MAXSIZE)
    tape->kept_bytes = kept;
  return case_gradient (c, tape);
}

static void
test_threads (void)
{
  static const guint threads[] = { 2, 3, 8 };
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, deep, TRUE, 1234);
  for (guint64 steps = 0; steps <= 5; steps += 5) {
    g_autoptr (CaseGradient) one = threaded (c, 1, steps, G_MAXSIZE);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
      g_autoptr (CaseGradient) more = threaded (c, threads[i], steps, G_MAXSIZE);
      case_assert_same_bits (c, one, more);
    }
  }
}

/* A step's record that was kept, and one that is computed again. */
static void
test_kept (void)
{
  for (guint a = 0; a < ODL_N_ACTIVATIONS; a++) {
    g_autoptr (Case) c = case_network ((OdlActivation)a, deep, TRUE, 77);
    for (guint64 steps = 0; steps <= 5; steps += 5) {
      g_autoptr (CaseGradient) kept = threaded (c, 1, steps, 1u << 30);
      g_autoptr (CaseGradient) some = threaded (c, 1, steps, 1u << 18);
      g_autoptr (CaseGradient) none = threaded (c, 1, steps, 0);
      case_assert_same_bits (c, kept, some);
      case_assert_same_bits (c, kept, none);
    }
  }
}

/* The same bits as backprop at every budget, and never more repeated than the binomial
 * bound, never more memory than allowed. */
static void
check_budgets (const Case *c, const char *method, guint64 steps, double tolerance)
{
  g_autoptr (OdlTape) plain = new_tape (c, "backprop", method, steps, tolerance);
  g_autoptr (CaseGradient) wanted = case_gradient (c, plain);
  const gsize state = (steps ? c->field->dim : c->field->dim + 7) * sizeof (double);
  const guint64 most = steps ? steps : 40;
  const OdlGradientReport *base = odl_tape_report (plain);
  for (guint places = 1; places <= most; places += 1 + places / 5) {
    OdlGradientOptions o = plain->options;
    o.gradient = odl_gradient_find ("checkpointed", NULL);
    o.budget = places * state;
    g_autoptr (OdlTape) tape = odl_tape_new (c->field, &o, NULL);
    g_autoptr (CaseGradient) g = case_gradient (c, tape);
    const OdlGradientReport *r = odl_tape_report (tape);
    case_assert_same_bits (c, wanted, g);
    g_assert_cmpuint (r->evaluations_forward, ==, base->evaluations_forward);
    guint padded = (c->lanes + 7) / 8 * 8;
    gsize own
        = (3 + c->field->n_aux) * sizeof (double) + sizeof (OdlCheckpoint) * places;
    g_assert_cmpuint (r->bytes, <=, padded * (o.budget + own));
    guint64 repeated = r->evaluations_backward - base->evaluations_backward;
    if (steps > 0)
      g_assert_cmpuint (repeated / c->lanes, <=,
                        odl_checkpoint_cost (steps, places)
                            * odl_method_find (method, NULL)->stages);
  }
}

static void
test_budgets (void)
{
  g_autoptr (Case) network = case_network (ODL_ACTIVATION_SOFTPLUS, deep, TRUE, 21);
  g_autoptr (Case) rough
      = case_equations ("dx = tanh(15*sin(9*t)) - x*y; dy = x^2 - y", 13);
  g_autoptr (Case) gru = case_gru (9);
  check_budgets (network, "rk4", 37, 0);
  check_budgets (gru, "dopri5", 13, 0);
  check_budgets (network, "dopri5", 0, 1e-7);
  check_budgets (gru, "bosh3", 0, 1e-6);
  check_budgets (rough, "dopri5", 0, 1e-6);
  check_budgets (rough, "cash-karp", 0, 1e-6);
}

static void
test_allocations (void)
{
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, deep, TRUE, 100);
  if (!allocations_are_counted ()) {
    g_test_skip ("allocations cannot be counted here");
    return;
  }
  for (guint i = 0; i < 4; i++) {
    g_autoptr (OdlTape) tape
        = new_tape (c, i / 2 ? "checkpointed" : "backprop", "dopri5", i % 2 * 30, 1e-4);
    case_assert_no_allocation (c, tape);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gradient/networks", test_networks);
  g_test_add_func ("/gradient/cells-and-flows", test_cells_and_flows);
  g_test_add_func ("/gradient/methods", test_methods);
  g_test_add_func ("/gradient/systems", test_systems);
  g_test_add_func ("/gradient/adaptive", test_adaptive);
  g_test_add_func ("/gradient/same-as-solve", test_same_as_solve);
  g_test_add_func ("/gradient/threads", test_threads);
  g_test_add_func ("/gradient/kept", test_kept);
  g_test_add_func ("/gradient/budgets", test_budgets);
  g_test_add_func ("/gradient/allocations", test_allocations);
  return g_test_run ();
}
