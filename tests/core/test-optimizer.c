/* Optimisers against their papers' formulas, and resumed to the same bits.
 * SPDX-License-Identifier: MIT */
#include "learn/optimizer.h"

#include <math.h>
#include <string.h>

#define N     5
#define CLOSE 1e-15

static const double start[N] = { 1, -2, 0.5, 3, -0.25 };

/* A gradient that changes from one iteration to the next. */
static void
gradient_of (const double *theta, guint iteration, double *g)
{
  for (guint i = 0; i < N; i++)
    g[i] = (i + 1) * theta[i] + 0.3 * sin (iteration + i);
}

/* Some iterations against m, v and θ kept by hand, as Kingma and Ba's algorithm 1 and
 * Loshchilov and Hutter's algorithm 2 have them. */
static void
check_adam (OdlOptimizerKind kind, double decay)
{
  const double b1 = 0.8, b2 = 0.95, rate = 0.02, epsilon = 1e-6;
  const OdlOptimizerOptions o = { .kind = kind,
                                  .rate = rate,
                                  .beta1 = b1,
                                  .beta2 = b2,
                                  .epsilon = epsilon,
                                  .weight_decay = decay };
  g_autoptr (OdlOptimizer) optimizer = odl_optimizer_new (N, &o);
  double theta[N], wanted[N], g[N], m[N] = { 0 }, v[N] = { 0 };
  memcpy (theta, start, sizeof start);
  memcpy (wanted, start, sizeof start);
  for (guint t = 1; t <= 20; t++) {
    gradient_of (theta, t, g);
    odl_optimizer_step (optimizer, theta, g);
    for (guint i = 0; i < N; i++) {
      double x = g[i] + (kind == ODL_OPTIMIZER_ADAM ? decay * wanted[i] : 0);
      m[i] = b1 * m[i] + (1 - b1) * x;
      v[i] = b2 * v[i] + (1 - b2) * x * x;
      double m_hat = m[i] / (1 - pow (b1, t)), v_hat = v[i] / (1 - pow (b2, t));
      double apart = kind == ODL_OPTIMIZER_ADAMW ? rate * decay * wanted[i] : 0;
      wanted[i] -= rate * m_hat / (sqrt (v_hat) + epsilon) + apart;
      g_assert_cmpfloat_with_epsilon (theta[i], wanted[i], CLOSE * 10);
    }
  }
  g_assert_cmpuint (odl_optimizer_iteration (optimizer), ==, 20);
}

static void
test_adam (void)
{
  check_adam (ODL_OPTIMIZER_ADAM, 0);
  check_adam (ODL_OPTIMIZER_ADAM, 0.1);
  check_adam (ODL_OPTIMIZER_ADAMW, 0.1);
}

/* The first step of Adam is the rate in the direction of the sign, whatever the size.
 */
static void
test_first_step (void)
{
  const OdlOptimizerOptions o = { .kind = ODL_OPTIMIZER_ADAM, .rate = 0.01 };
  g_autoptr (OdlOptimizer) optimizer = odl_optimizer_new (N, &o);
  const double g[N] = { 1e3, -1e3, 1e-3, -1e-3, 7 };
  double theta[N] = { 0 };
  odl_optimizer_step (optimizer, theta, g);
  for (guint i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (theta[i], -copysign (0.01, g[i]), 1e-6);
}

static void
test_momentum (void)
{
  const OdlOptimizerOptions o = {
    .kind = ODL_OPTIMIZER_SGD, .rate = 0.1, .momentum = 0.7, .weight_decay = 0.2
  };
  g_autoptr (OdlOptimizer) optimizer = odl_optimizer_new (N, &o);
  double theta[N], wanted[N], g[N], m[N] = { 0 };
  memcpy (theta, start, sizeof start);
  memcpy (wanted, start, sizeof start);
  for (guint t = 0; t < 10; t++) {
    gradient_of (theta, t, g);
    odl_optimizer_step (optimizer, theta, g);
    for (guint i = 0; i < N; i++) {
      m[i] = 0.7 * m[i] + g[i] + 0.2 * wanted[i];
      wanted[i] -= 0.1 * m[i];
      g_assert_cmpfloat_with_epsilon (theta[i], wanted[i], CLOSE * 100);
    }
  }
}

/* A long gradient is shortened to the clip, a short one is left; the norm that is told
 * is that before. */
static void
test_clipping (void)
{
  const OdlOptimizerOptions o = { .kind = ODL_OPTIMIZER_SGD, .rate = 1, .clip = 2 };
  g_autoptr (OdlOptimizer) optimizer = odl_optimizer_new (2, &o);
  double theta[2] = { 0, 0 };
  const double large[] = { 30, 40 }, small[] = { 0.3, 0.4 };
  g_assert_cmpfloat (odl_optimizer_step (optimizer, theta, large), ==, 50);
  g_assert_cmpfloat_with_epsilon (theta[0], -1.2, CLOSE);
  g_assert_cmpfloat_with_epsilon (theta[1], -1.6, CLOSE);
  g_assert_cmpfloat (odl_optimizer_step (optimizer, theta, small), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (theta[0], -1.5, CLOSE);
  g_assert_cmpfloat_with_epsilon (theta[1], -2, CLOSE);
}

/* A gradient that is not finite leaves all as it was. */
static void
test_not_finite (void)
{
  const double bad[] = { NAN, INFINITY, -INFINITY };
  const OdlOptimizerOptions o = { .kind = ODL_OPTIMIZER_ADAM };
  for (guint k = 0; k < G_N_ELEMENTS (bad); k++) {
    g_autoptr (OdlOptimizer) optimizer = odl_optimizer_new (N, &o);
    double theta[N], g[N] = { 1, 1, bad[k], 1, 1 };
    memcpy (theta, start, sizeof start);
    g_assert_false (isfinite (odl_optimizer_step (optimizer, theta, g)));
    g_assert_cmpmem (theta, sizeof theta, start, sizeof start);
    g_assert_cmpuint (odl_optimizer_iteration (optimizer), ==, 0);
  }
}

static double
rate_at (const OdlOptimizerOptions *o, guint iteration)
{
  g_autoptr (OdlOptimizer) optimizer = odl_optimizer_new (1, o);
  double theta = 0, g = 0;
  for (guint i = 0; i < iteration; i++)
    odl_optimizer_step (optimizer, &theta, &g);
  return odl_optimizer_rate (optimizer);
}

static void
test_schedules (void)
{
  OdlOptimizerOptions o = { .rate = 0.4, .warmup = 4 };
  g_assert_cmpfloat_with_epsilon (rate_at (&o, 0), 0.1, CLOSE);
  g_assert_cmpfloat_with_epsilon (rate_at (&o, 2), 0.3, CLOSE);
  g_assert_cmpfloat (rate_at (&o, 4), ==, 0.4);
  o = (OdlOptimizerOptions){ .rate = 0.4,
                             .schedule = ODL_SCHEDULE_COSINE,
                             .horizon = 10 };
  g_assert_cmpfloat (rate_at (&o, 0), ==, 0.4);
  g_assert_cmpfloat_with_epsilon (rate_at (&o, 5), 0.2, CLOSE);
  g_assert_cmpfloat_with_epsilon (rate_at (&o, 10), 0, CLOSE);
  g_assert_cmpfloat_with_epsilon (rate_at (&o, 15), 0, CLOSE);
  o.schedule = ODL_SCHEDULE_STEP;
  g_assert_cmpfloat (rate_at (&o, 9), ==, 0.4);
  g_assert_cmpfloat_with_epsilon (rate_at (&o, 10), 0.04, CLOSE);
  g_assert_cmpfloat_with_epsilon (rate_at (&o, 25), 0.004, CLOSE);
}

static void
iterate (OdlOptimizer *optimizer, double *theta, guint from, guint to)
{
  double g[N];
  for (guint t = from; t < to; t++) {
    gradient_of (theta, t, g);
    odl_optimizer_step (optimizer, theta, g);
  }
}

/* N iterations, written as text and read, M more: the bits of N + M. */
static void
test_resume (void)
{
  const OdlOptimizerOptions o = { .kind = ODL_OPTIMIZER_ADAMW,
                                  .rate = 0.03,
                                  .weight_decay = 0.01,
                                  .clip = 3,
                                  .schedule = ODL_SCHEDULE_COSINE,
                                  .warmup = 5,
                                  .horizon = 60 };
  double straight[N], resumed[N];
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlOptimizer) one = odl_optimizer_new (N, &o);
  g_autoptr (OdlOptimizer) first = odl_optimizer_new (N, &o);
  g_autoptr (OdlOptimizer) second = odl_optimizer_new (N, &o);
  memcpy (straight, start, sizeof start);
  memcpy (resumed, start, sizeof start);
  iterate (one, straight, 0, 40);
  iterate (first, resumed, 0, 17);
  json_t *saved = odl_optimizer_save (first);
  char *text = json_dumps (saved, JSON_REAL_PRECISION (17));
  json_t *read = json_loads (text, 0, NULL);
  g_assert_true (odl_optimizer_load (second, read, &error));
  g_assert_no_error (error);
  iterate (second, resumed, 17, 40);
  g_assert_cmpmem (straight, sizeof straight, resumed, sizeof resumed);
  json_decref (saved);
  json_decref (read);
  free (text);
}

/* What is wrong is refused, named, and changes nothing. */
static void
test_wrong_state (void)
{
  static const char *const wrong[][2] = {
    { "{}", "iteration" },
    { "{\"iteration\": -1, \"m\": [0], \"v\": [0]}", "iteration" },
    { "{\"iteration\": 1.5, \"m\": [0], \"v\": [0]}", "iteration" },
    { "{\"iteration\": 3, \"m\": [0, 1], \"v\": [0]}", "optimizer.m" },
    { "{\"iteration\": 3, \"m\": [0], \"v\": [\"x\"]}", "optimizer.v" },
  };
  const OdlOptimizerOptions o = { .kind = ODL_OPTIMIZER_ADAM };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (OdlOptimizer) optimizer = odl_optimizer_new (1, &o);
    g_autoptr (GError) error = NULL;
    json_t *from = json_loads (wrong[i][0], 0, NULL);
    g_assert_false (odl_optimizer_load (optimizer, from, &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
    g_assert_nonnull (strstr (error->message, wrong[i][1]));
    g_assert_cmpuint (odl_optimizer_iteration (optimizer), ==, 0);
    json_decref (from);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizer/adam", test_adam);
  g_test_add_func ("/optimizer/first-step", test_first_step);
  g_test_add_func ("/optimizer/momentum", test_momentum);
  g_test_add_func ("/optimizer/clipping", test_clipping);
  g_test_add_func ("/optimizer/not-finite", test_not_finite);
  g_test_add_func ("/optimizer/schedules", test_schedules);
  g_test_add_func ("/optimizer/resume", test_resume);
  g_test_add_func ("/optimizer/wrong-state", test_wrong_state);
  return g_test_run ();
}
