/* Tests of every named system: text, exact solution, invariant, event, ranges.
 * SPDX-License-Identifier: MIT
 *
 * The checks take texts, so that a wrong exact solution or invariant can be planted. */
#include "field/systems.h"

#include <math.h>
#include <string.h>
#include "base/random.h"
#include "graph/derive.h"
#include "support/point.h"

#define MAX_DIM 8
#define POINTS  50

static OdlEquations *
parse (const OdlSystem *system)
{
  g_autoptr (GError) error = NULL;
  OdlEquations *equations = odl_equations_parse (system->equations, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (equations->n_states, <=, MAX_DIM);
  return equations;
}

static void
test_texts (void)
{
  guint n;
  const OdlSystem *all = odl_systems (&n);
  g_assert_cmpuint (n, >=, 19);
  for (guint i = 0; i < n; i++) {
    const OdlSystem *s = &all[i];
    g_autoptr (OdlEquations) equations = parse (s);
    double start[MAX_DIM];
    odl_system_start (s, equations, start);
    g_assert_true (s->id && s->title && s->about && s->axes);
    g_assert_true (s->t1 > s->t0);
    g_assert_true (g_str_has_suffix (s->about, "."));
    g_assert_true (odl_system_find (s->id, NULL) == s);
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (all[j].id, !=, s->id);
    for (const char *c = s->id; *c; c++)
      g_assert_true (g_ascii_islower (*c) || *c == '-');
  }
}

static void
test_axes (void)
{
  guint n;
  const OdlSystem *all = odl_systems (&n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (OdlEquations) equations = parse (&all[i]);
    g_auto (GStrv) axes = g_strsplit (all[i].axes, " ", -1);
    g_assert_cmpuint (g_strv_length (axes), ==, 2);
    for (guint j = 0; j < 2; j++)
      g_assert_true (
          strcmp (axes[j], "t") == 0
          || g_strv_contains ((const char *const *)equations->states, axes[j]));
  }
}

static void
test_ranges (void)
{
  guint n;
  const OdlSystem *all = odl_systems (&n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (OdlEquations) equations = parse (&all[i]);
    for (guint j = 0; j < equations->n_parameters; j++) {
      const char *name = equations->parameters[j];
      double value = equations->defaults[j], min = 1, max = 0;
      g_autofree char *entry = g_strconcat (name, " ", NULL);
      g_assert_nonnull (
          strstr (all[i].ranges, entry)); /* the table gives every range */
      odl_system_range (&all[i], name, value, &min, &max);
      g_assert_true (min < max && min <= value && value <= max);
      odl_system_range (&all[i], name, max + 1, &min, &max);
      g_assert_true (min <= max && max >= value);
    }
  }
  const double values[] = { -3, 0, 1e-9, 5 };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    double min, max;
    odl_system_range (NULL, "q", values[i], &min, &max);
    g_assert_true (min < max && min <= values[i] && values[i] <= max);
  }
}

static void
test_unknown (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (odl_system_find ("spirale", &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "spiral cubic-spiral"));
}

/* A point near the start, with positive coordinates where the start is positive. */
static void
draw_state (const OdlSystem *system, const OdlEquations *equations, OdlRandom *random,
            double *y)
{
  odl_system_start (system, equations, y);
  for (guint i = 0; i < equations->n_states; i++)
    y[i] = y[i] * (0.7 + 0.6 * odl_random_uniform (random))
           + 0.1 * odl_random_uniform (random);
}

/* The parameters, each moved from its default, so that a factor that happens to be 1
 * there cannot hide. */
static void
draw_parameters (const OdlEquations *equations, OdlRandom *random, double *theta)
{
  for (guint i = 0; i < equations->n_parameters; i++)
    theta[i] = equations->defaults[i] * (0.8 + 0.4 * odl_random_uniform (random));
}

/* Largest |dx/dt − f(t, x)| of the exact solution, relative to the size of f, over
 * random starts and times: dx/dt is the JVP of the solution's graph in the direction of
 * t. */
static double
residual (const OdlSystem *system, const OdlEquations *equations)
{
  g_autoptr (OdlGraph) graph = odl_system_exact (system, equations);
  g_autoptr (OdlGraph) derivative = odl_graph_jvp (graph);
  g_autoptr (Point) solution = point_new (derivative);
  g_autoptr (Point) field = point_new (equations->graph);
  guint n = equations->n_states;
  double worst = 0, theta[MAX_DIM];
  OdlRandom random = odl_random (1, 0);
  for (guint k = 0; k < POINTS; k++) {
    /* t; start and t0; their tangents */
    double in[2 * (MAX_DIM + 2)] = { 0 }, out[2 * MAX_DIM], f[MAX_DIM];
    in[n + 1] = 2 * odl_random_uniform (&random) - 1;
    in[0] = in[n + 1] + 3 * odl_random_uniform (&random) * (k > 0);
    in[n + 2] = 1;
    draw_state (system, equations, &random, in + 1);
    draw_parameters (equations, &random, theta);
    point_run (solution, theta, in, out, NULL);
    double point[MAX_DIM + 1] = { in[0] };
    memcpy (point + 1, out, sizeof (double) * n);
    point_run (field, theta, point, f, NULL);
    for (guint i = 0; i < n; i++) {
      double start = k > 0 ? 0 : fabs (out[i] - in[1 + i]); /* at t = t0 */
      worst = fmax (worst, (fabs (out[n + i] - f[i]) + start) / (1 + fabs (f[i])));
    }
  }
  return worst;
}

static void
test_exact (void)
{
  guint n, found = 0;
  const OdlSystem *all = odl_systems (&n);
  for (guint i = 0; i < n; i++)
    if (all[i].exact) {
      g_autoptr (OdlEquations) equations = parse (&all[i]);
      g_test_message ("%s: %g", all[i].id, residual (&all[i], equations));
      g_assert_cmpfloat (residual (&all[i], equations), <, 1e-12);
      found++;
    }
  g_assert_cmpuint (found, >=, 4);
}

/* Largest |dI/dt| along the field relative to Σ |∂I/∂y_i f_i|, the terms that cancel.
 */
static double
drift (const OdlSystem *system, const OdlEquations *equations)
{
  g_autoptr (OdlGraph) graph = odl_system_invariant (system, equations);
  g_autoptr (OdlGraph) derivative = odl_graph_jvp (graph);
  g_autoptr (Point) invariant = point_new (derivative);
  g_autoptr (Point) field = point_new (equations->graph);
  guint n = equations->n_states;
  double worst = 0, theta[MAX_DIM];
  OdlRandom random = odl_random (2, 0);
  for (guint k = 0; k < POINTS; k++) {
    double in[2 * (MAX_DIM + 1)] = { 0 }, out[2], f[MAX_DIM], terms = 1e-300, sum = 0;
    draw_state (system, equations, &random, in + 1);
    draw_parameters (equations, &random, theta);
    point_run (field, theta, in, f, NULL);
    for (guint i = 0; i < n; i++) {
      memset (in + n + 1, 0, sizeof (double) * (n + 1));
      in[n + 2 + i] = f[i];
      point_run (invariant, theta, in, out, NULL);
      terms += fabs (out[1]);
      sum += out[1];
    }
    worst = fmax (worst, fabs (sum) / terms);
  }
  return worst;
}

static void
test_invariants (void)
{
  guint n, found = 0;
  const OdlSystem *all = odl_systems (&n);
  for (guint i = 0; i < n; i++)
    if (all[i].invariant) {
      g_autoptr (OdlEquations) equations = parse (&all[i]);
      g_test_message ("%s: %g", all[i].id, drift (&all[i], equations));
      g_assert_cmpfloat (drift (&all[i], equations), <, 1e-13);
      found++;
    }
  g_assert_cmpuint (found, >=, 6);
}

/* The checks above must notice a text that is almost right. */
static void
test_faults_are_caught (void)
{
  OdlSystem wrong = *odl_system_find ("prothero-robinson", NULL);
  g_autoptr (OdlEquations) equations = parse (&wrong);
  wrong.exact = "y = cos(t) + (y0 - cos(t0))*exp(-lambda*(t - t0)*1.0000001)";
  g_assert_cmpfloat (residual (&wrong, equations), >, 1e-10);
  wrong.exact
      = "y = cos(t) + y0*exp(-lambda*(t - t0))"; /* solves, from another start */
  g_assert_cmpfloat (residual (&wrong, equations), >, 1e-10);
  OdlSystem open = *odl_system_find ("arenstorf", NULL);
  g_autoptr (OdlEquations) orbit = parse (&open);
  open.invariant = "x^2 + y^2 + 2*(1 - mu)/sqrt((x + mu)^2 + y^2)"
                   " + 2*mu/sqrt((x - 1 + mu)^2 + y^2) - u^2 - 1.0000001*v^2";
  g_assert_cmpfloat (drift (&open, orbit), >, 1e-9);
}

static void
test_bounce (void)
{
  const OdlSystem *ball = odl_system_find ("bouncing-ball", NULL);
  g_autoptr (OdlEquations) equations = parse (ball);
  g_autoptr (OdlEvent) event = odl_system_event (ball, equations);
  g_autoptr (Point) when = point_new (event->when), then = point_new (event->then);
  const double in[] = { 0, 1e-3, -4 };
  double height, state[2];
  point_run (when, equations->defaults, in, &height, NULL);
  point_run (then, equations->defaults, in, state, NULL);
  g_assert_cmpfloat (height, ==, 1e-3);
  g_assert_cmpfloat (state[0], ==, 0);
  g_assert_cmpfloat (state[1], ==, 0.8 * 4);
  g_assert_null (odl_system_event (odl_system_find ("spiral", NULL), equations));
}

/* The tutorial's spiral is the default of the first system. */
static void
test_spiral (void)
{
  const OdlSystem *spiral = odl_system_find ("spiral", NULL);
  g_autoptr (OdlEquations) equations = parse (spiral);
  g_autoptr (Point) field = point_new (equations->graph);
  double in[3] = { 0 }, dy[2];
  odl_system_start (spiral, equations, in + 1);
  point_run (field, equations->defaults, in, dy, NULL);
  g_assert_cmpfloat (in[1], ==, 2);
  g_assert_cmpfloat (in[2], ==, 0);
  g_assert_cmpfloat (dy[0], ==, -0.1 * 2);
  g_assert_cmpfloat (dy[1], ==, 2);
  g_assert_cmpfloat (spiral->t1, ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/systems/texts", test_texts);
  g_test_add_func ("/systems/axes", test_axes);
  g_test_add_func ("/systems/ranges", test_ranges);
  g_test_add_func ("/systems/unknown", test_unknown);
  g_test_add_func ("/systems/exact", test_exact);
  g_test_add_func ("/systems/invariants", test_invariants);
  g_test_add_func ("/systems/faults-are-caught", test_faults_are_caught);
  g_test_add_func ("/systems/bounce", test_bounce);
  g_test_add_func ("/systems/spiral", test_spiral);
  return g_test_run ();
}
