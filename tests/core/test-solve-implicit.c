/* Implicit methods and CVODE against closed forms and conserved sums.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "field/systems.h"
#include "solve/solve.h"
#include "support/ivp.h"

static const OdlMethod *
method (const char *id)
{
  const OdlMethod *m = odl_method_find (id, NULL);
  g_assert_nonnull (m);
  return m;
}

/* On y' = λy a step multiplies by the stability function, exactly; λ may be as large as
 * one likes. */
static void
test_linear (void)
{
  static const double lambdas[] = { -0.1, -1, -1e3, -1e8, 0.3 };
  static const char *const ids[] = { "backward-euler", "trapezoid" };
  const double start[] = { 1 };
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    for (guint k = 0; k < G_N_ELEMENTS (lambdas); k++) {
      g_autofree char *text = g_strdup_printf ("dy = %.17g*y", lambdas[k]);
      g_autoptr (Ivp) ivp = ivp_new (text, 0, 2, start);
      const OdlSolveOptions options = ivp_fixed (method (ids[i]), 8);
      g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
      const double factor = odl_method_stability (options.method, lambdas[k] * 0.25, 0);
      g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
      /* The stages are of the size of hλy, and so is their rounding. */
      g_assert_cmpfloat_with_epsilon (fabs (s->y1[0]), pow (factor, 8),
                                      1e-12 * fmax (1, pow (factor, 8))
                                          + 1e-15 * fabs (lambdas[k]));
      /* Newton's method is at home on a line: two iterations a step, three where
       * rounding is in doubt. */
      g_assert_cmpuint (s->evaluations[0], <=, 1 + 8 * 4);
    }
}

/* Backward Euler damps what is stiff and follows the rest to first order (Prothero and
 * Robinson); the trapezoid does not damp. */
static void
test_damping (void)
{
  const double start[] = { 2 };
  g_autoptr (Ivp) ivp = ivp_new ("dy = -1e6*(y - cos(t)) - sin(t)", 0, 1, start);
  const OdlSolveOptions be = ivp_fixed (method ("backward-euler"), 20);
  const OdlSolveOptions trapezoid = ivp_fixed (method ("trapezoid"), 20);
  g_autoptr (OdlSolution) damped = ivp_solve (ivp, &be);
  g_autoptr (OdlSolution) ringing = ivp_solve (ivp, &trapezoid);
  g_assert_cmpfloat_with_epsilon (damped->y1[0], cos (1), 1e-6);
  g_assert_cmpfloat_with_epsilon (fabs (ringing->y1[0] - cos (1)), 1, 1e-2);
}

/* A step that Newton's method has to work for: from far away, with a large h. */
static void
test_nonlinear (void)
{
  const double start[] = { 50 };
  g_autoptr (Ivp) ivp = ivp_new ("dy = -y^3 - exp(y/10)", 0, 5, start);
  const OdlSolveOptions options = ivp_fixed (method ("backward-euler"), 1);
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
  const double y = s->y1[0], residual = y - 50 + 5 * (y * y * y + exp (y / 10));
  g_assert_cmpfloat_with_epsilon (residual, 0, 1e-11);
  /* y = 50 + 5 y² has no real root: said, with the start kept. */
  g_autoptr (Ivp) none = ivp_new ("dy = y^2", 0, 5, start);
  g_autoptr (OdlSolution) failed = ivp_solve (none, &options);
  g_assert_cmpint (failed->status[0], ==, ODL_STATUS_SOLVER_FAILED);
  g_assert_cmpfloat (failed->y1[0], ==, 50);
  g_assert_cmpfloat (failed->t1[0], ==, 0);
}

/* A field of more rows than a tile has lanes, so that the Jacobian takes several runs:
 * the heat equation on a rod, whose slowest mode decays as known. */
static void
test_many_rows (void)
{
  enum { N = 21 };
  GString *text = g_string_new (NULL);
  double start[N];
  for (guint i = 0; i < N; i++) {
    g_string_append_printf (text, "dx%u = 400*(", i);
    if (i > 0)
      g_string_append_printf (text, "x%u", i - 1);
    g_string_append_printf (text, " - 2*x%u", i);
    if (i + 1 < N)
      g_string_append_printf (text, " + x%u", i + 1);
    g_string_append (text, ");");
    start[i] = sin (G_PI * (i + 1) / (N + 1));
  }
  const double rate = -4 * 400 * pow (sin (G_PI / (2 * (N + 1))), 2);
  g_autoptr (Ivp) ivp = ivp_new (text->str, 0, 0.1, start);
  const OdlSolveOptions options[] = { ivp_fixed (method ("trapezoid"), 400),
                                      ivp_adaptive (method ("cvode-bdf"), 1e-8),
                                      ivp_adaptive (method ("dopri5"), 1e-8) };
  for (guint k = 0; k < G_N_ELEMENTS (options); k++) {
    g_autoptr (OdlSolution) s = ivp_solve (ivp, &options[k]);
    g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
    for (guint i = 0; i < N; i++)
      g_assert_cmpfloat_with_epsilon (s->y1[i], start[i] * exp (0.1 * rate), 1e-5);
  }
  g_string_free (text, TRUE);
}

/* Robertson's kinetics, the touchstone of stiff solvers: the concentrations add up to
 * one, and those at t = 40 are known (Hairer & Wanner II, IV.10). */
static void
test_robertson (void)
{
  const double start[] = { 1, 0, 0 };
  g_autoptr (Ivp) ivp = ivp_new ("dx = -0.04*x + 1e4*y*z;"
                                 "dy = 0.04*x - 1e4*y*z - 3e7*y^2; dz = 3e7*y^2",
                                 0, 40, start);
  OdlSolveOptions options = ivp_adaptive (method ("cvode-bdf"), 1e-8);
  options.atol = 1e-12;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
  g_assert_cmpfloat_with_epsilon (s->y1[0], 0.7158270687194, 1e-6);
  g_assert_cmpfloat_with_epsilon (s->y1[1], 9.185534764558e-6, 1e-10);
  g_assert_cmpfloat_with_epsilon (s->y1[0] + s->y1[1] + s->y1[2], 1, 1e-9);
  g_assert_cmpuint (s->evaluations[0], <, 2000);
  ivp->t1[0] = 1e9;
  g_autoptr (OdlSolution) late = ivp_solve (ivp, &options);
  g_assert_cmpint (late->status[0], ==, ODL_STATUS_DONE);
  g_assert_cmpuint (late->accepted[0], <, 3000);
}

/* The attempts at one step after another, as they are recorded. */
typedef struct {
  double t, h; /* the attempt before, if it was rejected; h = 0: there is none */
  guint64 accepted, rejected;
} Attempts;

/* CVODE tries a step again from where it was, and shortens it by no more than to a
 * tenth. */
static void
follow_attempts (gpointer data, const OdlStepRecord *step)
{
  Attempts *a = data;
  g_assert_cmpfloat (step->h, !=, 0);
  g_assert_true (step->accepted ? step->error <= 1 : isnan (step->error));
  if (a->h != 0) {
    g_assert_cmpfloat (step->t, ==, a->t);
    g_assert_cmpfloat (step->h / a->h, <, 1);
    g_assert_cmpfloat (step->h / a->h, >, 0.1 - 1e-6);
  }
  a->t = step->t;
  a->h = step->accepted ? 0 : step->h;
  step->accepted ? a->accepted++ : a->rejected++;
}

static guint64
count_attempts (const OdlMethod *m, const Ivp *ivp, double first_step)
{
  Attempts seen = { 0 };
  OdlSolveOptions options = ivp_adaptive (m, 1e-6);
  options.first_step = first_step;
  options.max_steps = 20000;
  options.recorder = follow_attempts;
  options.recorder_data = &seen;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_assert_cmpuint (seen.accepted, ==, s->accepted[0]);
  g_assert_cmpuint (seen.rejected, ==, s->rejected[0]);
  options.recorder = NULL;
  g_autoptr (OdlSolution) unseen = ivp_solve (ivp, &options);
  g_assert_true (ivp_same_bits (s->y1, unseen->y1, s->dim));
  g_assert_cmpuint (s->evaluations[0], ==, unseen->evaluations[0]);
  g_test_message ("%s: %u accepted, %u rejected, %s", m->id, (guint)seen.accepted,
                  (guint)seen.rejected, odl_status_message (s->status[0]));
  return seen.rejected;
}

/* Every attempt that CVODE rejects is recorded, where it was and as long as it was:
 * those of the error test, those at which Newton's method or fixed points fail, those
 * into where the field is not finite, a first step much too long, the last before it
 * gives up; in both directions of time. */
static void
test_rejected (void)
{
  static const struct {
    const char *equations;
    double start[2], t1, first_step;
  } all[] = { { "dx = y; dy = 100*(1 - x^2)*y - x", { 2, 0 }, 200, 0 },
              { "dx = y; dy = 5*(1 - x^2)*y - x", { 2, 0 }, 20, 10 },
              { "dx = y; dy = 5*(1 - x^2)*y - x", { 2, 0 }, -3, 0 },
              { "dx = -sqrt(x)*y; dy = 1", { 1, 0 }, 3, 1 },
              { "dx = x^2; dy = 0", { 1, 0 }, 2, 0 } };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (guint adams = 0; adams < 2; adams++) {
      g_autoptr (Ivp) ivp = ivp_new (all[i].equations, 0, all[i].t1, all[i].start);
      const OdlMethod *m = method (adams ? "cvode-adams" : "cvode-bdf");
      g_assert_cmpuint (count_attempts (m, ivp, all[i].first_step), >, 0);
    }
}

/* Every named system is solved by the method it asks for. */
static void
test_systems (void)
{
  guint n;
  const OdlSystem *all = odl_systems (&n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (OdlEquations) e = odl_equations_parse (all[i].equations, NULL);
    g_autofree double *start = g_new0 (double, e->n_states + 1);
    odl_system_start (&all[i], e, start);
    g_autoptr (Ivp) ivp = ivp_new (all[i].equations, all[i].t0, all[i].t1, start);
    const OdlSolveOptions options
        = ivp_adaptive (method (all[i].stiff ? "cvode-bdf" : "dopri5"), 1e-7);
    g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
    g_test_message ("%s: %s, %u steps", all[i].id, odl_status_message (s->status[0]),
                    (guint)s->accepted[0]);
    g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solve-implicit/linear", test_linear);
  g_test_add_func ("/solve-implicit/damping", test_damping);
  g_test_add_func ("/solve-implicit/nonlinear", test_nonlinear);
  g_test_add_func ("/solve-implicit/many-rows", test_many_rows);
  g_test_add_func ("/solve-implicit/robertson", test_robertson);
  g_test_add_func ("/solve-implicit/rejected", test_rejected);
  g_test_add_func ("/solve-implicit/systems", test_systems);
  return g_test_run ();
}
