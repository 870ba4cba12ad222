/* The Solvers experiment: what it shows is true, whatever is typed is answered, and it
 * can be interrupted. SPDX-License-Identifier: MIT */
#include "lab/experiment-solvers.h"
#include "base/status.h"
#include "field/systems.h"
#include "lab/history.h"
#include "lab/solvers-run.h"
#include "lab/solvers-settings.h"

#include <math.h>
#include <string.h>

typedef struct {
  OdlRuns *runs;
  OdlExperiment *experiment;
  OdlFrame *frame;
  const OdlSolversPayload *payload;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->runs = odl_runs_new ();
  fixture->experiment
      = odl_experiment_new (&odl_experiment_solvers, fixture->runs, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->frame, odl_frame_unref);
  odl_experiment_free (fixture->experiment);
  odl_runs_free (fixture->runs);
}

static void
look (Fixture *fixture)
{
  g_clear_pointer (&fixture->frame, odl_frame_unref);
  fixture->frame = odl_experiment_snapshot (fixture->experiment);
  fixture->payload = fixture->frame->payload;
  g_assert_nonnull (fixture->frame->status);
}

/* Settles completely, in short slices as the worker does, and takes the frame. */
static void
settle (Fixture *fixture)
{
  for (guint i = 0; i < 100000; i++) {
    OdlTime time = { .deadline_us = g_get_monotonic_time () + 2000 };
    if (!odl_experiment_settle (fixture->experiment, &time))
      break;
  }
  look (fixture);
  g_assert_true (fixture->payload->settled);
}

static void
put (Fixture *fixture, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  odl_experiment_set_text (fixture->experiment, key, text, &error);
  g_assert_no_error (error);
}

/* The value must be refused with a sentence that names the key. */
static void
refuse (Fixture *fixture, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  const OdlValues *values = odl_experiment_values (fixture->experiment);
  int index = odl_values_find (values, key, NULL);
  g_assert_cmpint (index, >=, 0);
  before = odl_value_to_text (&values->settings[index], &values->values[index]);
  g_assert_false (odl_experiment_set_text (fixture->experiment, key, text, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_test_message ("%s=%s: %s", key, text, error->message);
  g_assert_nonnull (strstr (error->message, key));
  g_autofree char *after
      = odl_value_to_text (&values->settings[index], &values->values[index]);
  g_assert_cmpstr (before, ==, after);
}

static const OdlSolverRun *
run_of (const Fixture *fixture, const char *id)
{
  for (guint i = 0; i < fixture->payload->n_runs; i++)
    if (g_str_equal (fixture->payload->runs[i].id, id))
      return &fixture->payload->runs[i];
  g_assert_not_reached ();
}

/* On the spiral y' = A y, A = aI + bJ, Euler multiplies the radius by |1 + λΔt| at
 * every step, exactly. */
static void
test_euler_radius (Fixture *fixture, gconstpointer data)
{
  settle (fixture);
  const OdlSolverRun *run = run_of (fixture, "euler");
  g_assert_cmpuint (run->n_steps, ==, 16);
  g_assert_cmpuint (run->evaluations, ==, 15);
  g_assert_cmpuint (run_of (fixture, "rk4")->evaluations, ==, 60);
  for (guint i = 0; i < 15; i++) {
    const double *y = run->step_y + 2 * i;
    double factor = hypot (y[2], y[3]) / hypot (y[0], y[1]);
    g_assert_cmpfloat_with_epsilon (factor, 1.04, 1e-12);
  }
  g_assert_cmpfloat_with_epsilon (run->amplification, 1.04, 1e-12);
  g_assert_cmpuint (run->steps_wanted, ==, 31);
  g_assert_true (fixture->payload->exact);
  g_assert_cmpfloat (run_of (fixture, "rk4")->end_error, <, run->end_error / 50);
}

static double
end_radius (const OdlSolverRun *run)
{
  const double *y = run->step_y + 2 * (run->n_steps - 1);
  return hypot (y[0], y[1]);
}

static void
test_thirty_out_thirty_one_in (Fixture *fixture, gconstpointer data)
{
  put (fixture, "steps", "30");
  settle (fixture);
  g_assert_cmpfloat (end_radius (run_of (fixture, "euler")), >, 2);
  g_assert_cmpfloat (run_of (fixture, "euler")->amplification, >, 1);
  put (fixture, "steps", "31");
  settle (fixture);
  g_assert_cmpfloat (end_radius (run_of (fixture, "euler")), <, 2);
  g_assert_cmpfloat (run_of (fixture, "euler")->amplification, <, 1);
  g_assert_cmpuint (run_of (fixture, "euler")->steps_wanted, ==, 0);
}

static void
test_equal_evaluations (Fixture *fixture, gconstpointer data)
{
  put (fixture, "methods", "euler,midpoint,rk4");
  put (fixture, "compare", "equal-evaluations");
  settle (fixture);
  g_assert_cmpuint (fixture->payload->evaluation_budget, ==, 60);
  for (guint i = 0; i < fixture->payload->n_runs; i++)
    g_assert_cmpuint (fixture->payload->runs[i].evaluations, ==, 60);
  g_assert_cmpuint (run_of (fixture, "euler")->accepted, ==, 60);
  g_assert_cmpuint (run_of (fixture, "midpoint")->accepted, ==, 30);
  g_assert_cmpuint (run_of (fixture, "rk4")->accepted, ==, 15);
}

/* Slopes of the convergence plot are the orders of the methods, for every method that
 * has a ladder. On the spiral, whose closed form leaves room down to rounding; dopri8,
 * whose R(z) has 1/9! to a part in a thousand, is of order 9 on a linear field. */
static void
test_slopes (Fixture *fixture, gconstpointer data)
{
  guint n;
  const OdlMethod *const *methods = odl_methods (&n);
  put (fixture, "plots", "convergence");
  for (guint i = 0; i < n; i++) {
    if (methods[i]->kind == ODL_METHOD_CVODE)
      continue;
    put (fixture, "methods", methods[i]->id);
    settle (fixture);
    const OdlLadder *ladder = &fixture->payload->runs[0].fixed;
    g_test_message ("%s: order %u, slope %.3f over rungs %u to %u of %u",
                    methods[i]->id, methods[i]->order, ladder->slope, ladder->first,
                    ladder->last, ladder->n);
    /* The coarse end of the range that is fitted bends: a fifth of an order. */
    guint order = methods[i]->order + g_str_equal (methods[i]->id, "dopri8");
    g_assert_cmpfloat_with_epsilon (ladder->slope, order, 0.2 + 0.05 * order);
  }
}

static const OdlEquilibrium *
equilibrium_at (const Fixture *fixture, double x, double y)
{
  const OdlSolversPayload *p = fixture->payload;
  for (guint i = 0; i < p->n_equilibria; i++)
    if (fabs (p->equilibria[i].y[0] - x) < 1e-7
        && fabs (p->equilibria[i].y[1] - y) < 1e-7)
      return &p->equilibria[i];
  g_test_message ("%s: no equilibrium at (%g, %g) among %u", p->system, x, y,
                  p->n_equilibria);
  return NULL;
}

static void
test_equilibria (Fixture *fixture, gconstpointer data)
{
  settle (fixture);
  g_assert_cmpuint (fixture->payload->n_equilibria, ==, 1);
  const OdlEquilibrium *e = equilibrium_at (fixture, 0, 0);
  g_assert_nonnull (e);
  g_assert_cmpstr (e->kind, ==, "stable spiral");
  g_assert_cmpfloat_with_epsilon (e->re[0], -0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (e->im[0], 1, 1e-12);

  put (fixture, "system", "typed");
  put (fixture, "equations", "dx = x*(1 - y)\ndy = y*(x - 2)");
  put (fixture, "start", "3, 1.5");
  settle (fixture);
  e = equilibrium_at (fixture, 2, 1);
  g_assert_nonnull (e);
  g_assert_cmpstr (e->kind, ==, "centre (to first order)");
  g_assert_cmpfloat_with_epsilon (e->im[0], sqrt (2), 1e-9);
  e = equilibrium_at (fixture, 0, 0);
  g_assert_nonnull (e);
  g_assert_cmpstr (e->kind, ==, "saddle");

  put (fixture, "system", "lorenz");
  settle (fixture);
  double c = sqrt (8.0 / 3 * 27);
  g_assert_nonnull (equilibrium_at (fixture, c, c));
  g_assert_nonnull (equilibrium_at (fixture, -c, -c));
  e = equilibrium_at (fixture, 0, 0);
  g_assert_nonnull (e);
  g_assert_cmpstr (e->kind, ==, "saddle");
  /* σ = 10, ρ = 28, β = 8/3: λ = (−11 ± √1201)/2 and −8/3 at the origin. */
  g_assert_cmpfloat_with_epsilon (e->re[0], (sqrt (1201) - 11) / 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (e->re[1], -8.0 / 3, 1e-9);
}

static void
test_bad_input (Fixture *fixture, gconstpointer data)
{
  refuse (fixture, "system", "lorentz");
  refuse (fixture, "methods", "euler,rk5");
  refuse (fixture, "start", "1");
  refuse (fixture, "start", "1, 2, 3");
  refuse (fixture, "start", "1, nan");
  refuse (fixture, "start", "1, inf");
  refuse (fixture, "start", "1, two");
  refuse (fixture, "span", "3, 3");
  refuse (fixture, "span", "3");
  refuse (fixture, "span", "0, nan");
  refuse (fixture, "steps", "0");
  refuse (fixture, "steps", "-3");
  refuse (fixture, "steps", "1000000000");
  refuse (fixture, "steps", "2.5");
  refuse (fixture, "rtol", "0");
  refuse (fixture, "atol", "0");
  refuse (fixture, "rtol", "nan");
  refuse (fixture, "parameters", "nosuch=1");
  refuse (fixture, "axes", "x q");
  refuse (fixture, "axes", "x x");
  settle (fixture);
  g_assert_cmpuint (fixture->payload->n_runs, ==, 2);
  g_assert_cmpuint (run_of (fixture, "euler")->accepted, ==, 15);
}

/* An equation with an error keeps its text, the last good picture and says where;
 * mending it takes the error away. */
static void
test_typed_error (Fixture *fixture, gconstpointer data)
{
  put (fixture, "system", "typed");
  put (fixture, "equations", "dx = v\ndv = -k*x");
  settle (fixture);
  g_assert_null (fixture->frame->error);
  g_assert_cmpuint (fixture->frame->n_parameters, ==, 1);
  g_assert_cmpstr (fixture->frame->parameters[0].name, ==, "k");
  put (fixture, "equations", "dx = v\ndv = -k*(x");
  settle (fixture);
  g_assert_cmpstr (fixture->frame->error_key, ==, "equations");
  g_assert_nonnull (strstr (fixture->frame->error, "line 2"));
  g_assert_cmpuint (fixture->payload->n_runs, ==, 2);
  g_assert_cmpstr (fixture->payload->states[1], ==, "v");
  g_assert_cmpstr (odl_values_text (fixture->frame->values, "equations"), ==,
                   "dx = v\ndv = -k*(x");
  put (fixture, "equations", "dx = v\ndv = -k*(x)\ndz = -z");
  settle (fixture);
  g_assert_null (fixture->frame->error);
  g_assert_cmpuint (fixture->payload->dim, ==, 3);
}

/* Parameters are live: with k = 4 the oscillator x'' = −k x has the frequency 2. */
static void
test_parameters (Fixture *fixture, gconstpointer data)
{
  put (fixture, "system", "typed");
  put (fixture, "equations", "dx = v\ndv = -k*x");
  put (fixture, "start", "1, 0");
  put (fixture, "span", "0, 3");
  put (fixture, "parameters", "k=4");
  put (fixture, "methods", "dop853");
  put (fixture, "steps", "200");
  settle (fixture);
  const OdlSolverRun *run = run_of (fixture, "dop853");
  for (guint i = 0; i < run->n_steps; i++)
    g_assert_cmpfloat_with_epsilon (run->step_y[2 * i], cos (2 * run->step_t[i]),
                                    1e-12);
  g_assert_cmpfloat (fixture->frame->parameters[0].value, ==, 4);
}

/* Choosing a system brings its own start and span; there and back is where one was. */
static void
test_every_system (Fixture *fixture, gconstpointer data)
{
  guint n;
  const OdlSystem *systems = odl_systems (&n);
  for (guint i = 0; i < n; i++) {
    put (fixture, "system", systems[i].id);
    put (fixture, "methods", "euler,rk4,dopri5,cvode-bdf");
    put (fixture, "plots", i % 6 == 0 ? "phase,convergence" : "phase,stability");
    for (guint adaptive = 0; adaptive < 2; adaptive++) {
      put (fixture, "mode", adaptive ? "adaptive" : "fixed");
      put (fixture, "steps", "200");
      settle (fixture);
      const OdlSolversPayload *p = fixture->payload;
      g_test_message ("%s: reference %s, uncertain by %.1e, %u equilibria", p->system,
                      p->reference_title, p->reference_uncertainty, p->n_equilibria);
      g_assert_null (fixture->frame->error);
      g_assert_cmpstr (p->system, ==, systems[i].id);
      g_assert_cmpfloat (p->reference_stop, ==, p->t1);
      g_assert_cmpuint (p->n_runs, ==, 4);
      g_assert_true (p->x0 < p->x1 && p->y0 < p->y1);
      if (!systems[i].stiff)
        g_assert_cmpint (run_of (fixture, "cvode-bdf")->end, ==, ODL_RUN_DONE);
      for (guint k = 0; k < p->n_runs; k++)
        g_assert_cmpuint (p->runs[k].n_curve, >, 0);
    }
  }
}

/* Every id of the settings is in a registry and the other way round. */
static void
test_choices (Fixture *fixture, gconstpointer data)
{
  guint n, known = 0;
  const OdlSystem *systems = odl_systems (&n);
  const OdlValues *values = odl_experiment_values (fixture->experiment);
  int system = odl_values_find (values, "system", NULL);
  for (guint i = 0; i < n; i++)
    put (fixture, "system", systems[i].id);
  for (const char *const *c = values->settings[system].choices; *c != NULL; c += 2)
    known++;
  g_assert_cmpuint (known, ==, n + 1);
  const OdlMethod *const *methods = odl_methods (&n);
  int row = odl_values_find (values, "methods", NULL);
  known = 0;
  for (const char *const *c = values->settings[row].choices; *c != NULL; c += 2)
    known++;
  g_assert_cmpuint (known, ==, n);
  for (guint i = 0; i < n; i++)
    put (fixture, "methods", methods[i]->id);
}

/* Every method at once, in both modes, on a forced system, forwards and backwards. */
static void
test_every_method (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) all = g_string_new (NULL);
  guint n;
  const OdlMethod *const *methods = odl_methods (&n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? "," : "", methods[i]->id);
  put (fixture, "system", "duffing");
  put (fixture, "methods", all->str);
  put (fixture, "plots", "phase,stability");
  put (fixture, "steps", "2000");
  put (fixture, "span", "0, 4");
  for (guint i = 0; i < 4; i++) {
    put (fixture, "mode", i % 2 == 0 ? "fixed" : "adaptive");
    put (fixture, "rtol", "1e-6");
    put (fixture, "span", i < 2 ? "0, 4" : "4, 0");
    settle (fixture);
    g_assert_cmpuint (fixture->payload->n_runs, ==, n);
    for (guint k = 0; k < n; k++) {
      const OdlSolverRun *run = &fixture->payload->runs[k];
      g_test_message ("%s: error %.2e, %s", run->id, run->end_error, run->message);
      g_assert_cmpint (run->end, ==, ODL_RUN_DONE);
      /* Euler with 2000 steps over 4 is the worst: Δt/2 · |y″| · growth, a few
       * hundredths. */
      g_assert_cmpfloat (run->end_error, <, 0.2);
      g_assert_cmpfloat (run->step_t[run->n_steps - 1], ==, i < 2 ? 4 : 0);
    }
  }
}

/* y' = y² from 1 is 1/(1 − t): beyond t = 1 there is nothing, and everyone stops near
 * it, with a reason. */
static void
test_blow_up (Fixture *fixture, gconstpointer data)
{
  put (fixture, "system", "typed");
  put (fixture, "equations", "dy = y^2");
  put (fixture, "start", "1");
  put (fixture, "span", "0, 3");
  put (fixture, "methods", "euler,rk4,dopri5");
  put (fixture, "mode", "adaptive");
  put (fixture, "steps", "300");
  settle (fixture);
  g_assert_cmpuint (fixture->payload->dim, ==, 1);
  g_assert_cmpfloat_with_epsilon (fixture->payload->reference_stop, 1, 0.01);
  const OdlSolverRun *run = run_of (fixture, "dopri5");
  g_assert_cmpint (run->end, !=, ODL_RUN_DONE);
  g_assert_cmpfloat_with_epsilon (run->stop_t, 1, 0.01);
  g_assert_cmpint (run_of (fixture, "rk4")->end, ==, ODL_RUN_DIVERGED);
  g_assert_cmpint (fixture->frame->severity, ==, ODL_SEVERITY_WARNING);
}

/* Explicit Euler on y' = −50 (y − cos t) with steps of 0.1: the factor is 4 a step. */
static void
test_diverging (Fixture *fixture, gconstpointer data)
{
  put (fixture, "system", "typed");
  put (fixture, "equations", "dy = -50*(y - cos(t))");
  put (fixture, "start", "0");
  put (fixture, "span", "0, 10");
  put (fixture, "methods", "euler,backward-euler");
  put (fixture, "steps", "100");
  settle (fixture);
  const OdlSolverRun *run = run_of (fixture, "euler");
  g_assert_cmpint (run->end, ==, ODL_RUN_DIVERGED);
  g_assert_cmpfloat (run->stop_t, <, 3);
  g_assert_cmpfloat_with_epsilon (run->amplification, 4, 1e-9);
  g_assert_cmpuint (run->steps_wanted, ==, 250);
  g_assert_cmpint (run_of (fixture, "backward-euler")->end, ==, ODL_RUN_DONE);
  g_assert_cmpfloat (run_of (fixture, "backward-euler")->end_error, <, 0.05);
}

static gboolean
count_down (gpointer data)
{
  guint *left = data;
  return *left == 0 || --*left == 0;
}

/* Interrupted anywhere, it goes on to the same result as if it had not been. */
static void
test_interrupt (Fixture *fixture, gconstpointer data)
{
  put (fixture, "mode", "adaptive");
  put (fixture, "methods", "euler,dopri5,dop853");
  put (fixture, "rtol", "1e-8");
  settle (fixture);
  double error = run_of (fixture, "dopri5")->end_error;
  double slope = run_of (fixture, "dopri5")->fixed.slope;
  put (fixture, "rtol", "1e-3");
  put (fixture, "rtol", "1e-8");
  for (guint tries = 1; tries < 3000; tries++) {
    guint left = 1 + tries % 37 + tries / 8;
    OdlTime time = { .deadline_us = g_get_monotonic_time () + 1000000,
                     .interrupted = count_down,
                     .data = &left };
    if (!odl_experiment_settle (fixture->experiment, &time))
      break;
  }
  settle (fixture);
  g_assert_cmpfloat (run_of (fixture, "dopri5")->end_error, ==, error);
  g_assert_cmpfloat (run_of (fixture, "dopri5")->fixed.slope, ==, slope);
}

/* A solve that would take very long gives way at once. */
static gboolean
after_a_while (gpointer data)
{
  const gint64 *until = data;
  return g_get_monotonic_time () > *until;
}

static void
test_interrupt_long (Fixture *fixture, gconstpointer data)
{
  put (fixture, "system", "lorenz");
  put (fixture, "span", "0, 100000");
  put (fixture, "mode", "adaptive");
  put (fixture, "methods", "heun-euler");
  put (fixture, "rtol", "1e-13");
  put (fixture, "atol", "1e-16");
  put (fixture, "max-steps", "10000000");
  gint64 until = g_get_monotonic_time () + 30000;
  OdlTime time = { .deadline_us = until, .interrupted = after_a_while, .data = &until };
  odl_experiment_settle (fixture->experiment, &time);
  gint64 late = g_get_monotonic_time () - until;
  g_test_message ("gave way after %.2f ms", late * 1e-3);
  put (fixture, "span", "0, 1");
  put (fixture, "rtol", "1e-4");
  settle (fixture);
  g_assert_cmpint (run_of (fixture, "heun-euler")->end, ==, ODL_RUN_DONE);
}

static void
drag (Fixture *fixture, OdlPhase phase, double x, double y)
{
  g_autoptr (GError) error = NULL;
  OdlAction action = { .kind = "start", .phase = phase, .x = x, .y = y };
  odl_experiment_act (fixture->experiment, &action, &error);
  g_assert_no_error (error);
}

/* A drag moves the start, keeps the range while it lasts, and is one thing to undo. */
static void
test_drag (Fixture *fixture, gconstpointer data)
{
  settle (fixture);
  double x0 = fixture->payload->x0;
  drag (fixture, ODL_PHASE_BEGIN, 2, 0);
  for (guint i = 1; i <= 10; i++) {
    drag (fixture, ODL_PHASE_UPDATE, 2 - 0.1 * i, 0.05 * i);
    settle (fixture);
    g_assert_cmpfloat (fixture->payload->x0, ==, x0);
    g_assert_cmpfloat_with_epsilon (run_of (fixture, "rk4")->step_y[0], 2 - 0.1 * i,
                                    1e-3);
  }
  drag (fixture, ODL_PHASE_END, 1, 0.5);
  settle (fixture);
  g_assert_cmpfloat (fixture->payload->start[0], ==, 1);
  g_assert_cmpfloat (fixture->payload->start[1], ==, 0.5);
  g_assert_cmpfloat (fixture->payload->x0, !=, x0);
  guint n;
  const double *start = odl_values_reals (fixture->frame->values, "start", &n);
  g_assert_cmpfloat (start[0], ==, 1);
  g_assert_true (odl_experiment_undo (fixture->experiment));
  settle (fixture);
  g_assert_cmpfloat (fixture->payload->start[0], ==, 2);
  g_assert_true (odl_experiment_redo (fixture->experiment));
  settle (fixture);
  g_assert_cmpfloat (fixture->payload->start[0], ==, 1);
}

static void
test_save_and_load (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  put (fixture, "system", "van-der-pol");
  put (fixture, "parameters", "mu=3");
  put (fixture, "start", "0.1, 0.3");
  put (fixture, "methods", "rk4,dopri5");
  put (fixture, "steps", "900");
  settle (fixture);
  double end = run_of (fixture, "rk4")->end_error;
  json_t *saved = odl_experiment_save (fixture->experiment);
  put (fixture, "system", "lorenz");
  settle (fixture);
  odl_experiment_load (fixture->experiment, saved, &error);
  g_assert_no_error (error);
  settle (fixture);
  g_assert_cmpstr (fixture->payload->system, ==, "van-der-pol");
  g_assert_cmpfloat (run_of (fixture, "rk4")->end_error, ==, end);
  json_t *again = odl_experiment_save (fixture->experiment);
  g_assert_true (json_equal (saved, again));
  /* Values that do not go together are refused as a whole. */
  json_object_set_new (json_object_get (again, "settings"), "start",
                       json_pack ("[f]", 1.0));
  g_assert_false (odl_experiment_load (fixture->experiment, again, &error));
  g_test_message ("%s", error->message);
  settle (fixture);
  g_assert_cmpstr (fixture->payload->system, ==, "van-der-pol");
  json_decref (saved);
  json_decref (again);
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  put (fixture, "start", "1, 1");
  put (fixture, "span", "6, 0");
  odl_experiment_reset (fixture->experiment);
  settle (fixture);
  /* There and back again: a system brings what suits it. */
  put (fixture, "system", "lorenz");
  const OdlValues *values = odl_experiment_values (fixture->experiment);
  g_assert_cmpint (odl_values_integer (values, "steps"), >, 500);
  put (fixture, "system", "spiral");
  settle (fixture);
  g_assert_cmpuint (run_of (fixture, "euler")->accepted, ==, 15);
  g_assert_cmpfloat (fixture->payload->start[0], ==, 2);
  g_assert_cmpfloat (fixture->payload->t1, ==, 6);
}

#define ADD(name, function)                                                            \
  g_test_add ("/experiment-solvers/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("euler-radius", test_euler_radius);
  ADD ("thirty-out-thirty-one-in", test_thirty_out_thirty_one_in);
  ADD ("equal-evaluations", test_equal_evaluations);
  ADD ("slopes", test_slopes);
  ADD ("equilibria", test_equilibria);
  ADD ("bad-input", test_bad_input);
  ADD ("typed-error", test_typed_error);
  ADD ("parameters", test_parameters);
  ADD ("choices", test_choices);
  ADD ("every-system", test_every_system);
  ADD ("every-method", test_every_method);
  ADD ("blow-up", test_blow_up);
  ADD ("diverging", test_diverging);
  ADD ("interrupt", test_interrupt);
  ADD ("interrupt-long", test_interrupt_long);
  ADD ("drag", test_drag);
  ADD ("save-and-load", test_save_and_load);
  ADD ("reset", test_reset);
  return g_test_run ();
}
