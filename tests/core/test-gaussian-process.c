/* Tests of Gaussian-process regression: against the formulas written out, and what its
 * band must do. SPDX-License-Identifier: MIT */
#include "model/gaussian-process.h"

#include <math.h>

#include "base/random.h"

/* Two points, by the inverse and the determinant of a 2 × 2 matrix. */
static void
test_evidence_of_two (void)
{
  const double t[] = { 0, 0.5 }, y[] = { 1, -0.3 }, length = 0.4, a = 1.3, noise = 0.2;
  double c = a * a * exp (-0.5 * 0.25 / (length * length)), d = a * a + noise * noise;
  double determinant = d * d - c * c;
  double quadratic
      = (d * y[0] * y[0] - 2 * c * y[0] * y[1] + d * y[1] * y[1]) / determinant;
  double expected = -0.5 * (quadratic + log (determinant) + 2 * log (2 * G_PI));
  g_assert_cmpfloat_with_epsilon (
      odl_gaussian_process_log_evidence (2, t, y, length, a, noise), expected, 1e-12);
}

/* No neighbour of the parameters found explains the data better. */
static void
test_maximum (void)
{
  OdlRandom random = odl_random (5, 1);
  double t[30], y[30], mean = 0;
  for (guint i = 0; i < 30; i++) {
    t[i] = odl_random_uniform (&random);
    y[i] = sin (9 * t[i]) + 0.1 * odl_random_normal (&random);
    mean += y[i] / 30;
  }
  g_autoptr (OdlGaussianProcess) gp = odl_gaussian_process_new (30, t, y, NULL, NULL);
  for (guint i = 0; i < 30; i++)
    y[i] -= mean;
  double best = odl_gaussian_process_log_evidence (30, t, y, gp->length, gp->amplitude,
                                                   gp->noise);
  g_assert_cmpfloat_with_epsilon (best, gp->log_evidence, 1e-8);
  for (guint i = 0; i < 6; i++) {
    double f[3] = { 1, 1, 1 };
    f[i / 2] = i % 2 ? 1.05 : 0.95;
    g_assert_cmpfloat (odl_gaussian_process_log_evidence (30, t, y, f[0] * gp->length,
                                                          f[1] * gp->amplitude,
                                                          f[2] * gp->noise),
                       <, best);
  }
  g_assert_cmpfloat (gp->noise, >, 0.05);
  g_assert_cmpfloat (gp->noise, <, 0.2);
}

/* Near the points the band is the noise; far away it is the prior's, about the mean. */
static void
test_band (void)
{
  double t[12], y[12];
  for (guint i = 0; i < 12; i++) {
    t[i] = i / 11.0;
    y[i] = 3 + sin (6 * t[i]);
  }
  g_autoptr (OdlGaussianProcess) gp = odl_gaussian_process_new (12, t, y, NULL, NULL);
  const double at[] = { t[5], 0.5 * (t[5] + t[6]), 50 };
  double mean[3], deviation[3];
  odl_gaussian_process_predict (gp, 3, at, mean, deviation);
  g_assert_cmpfloat_with_epsilon (mean[0], y[5], 0.01);
  g_assert_cmpfloat_with_epsilon (mean[1], 3 + sin (6 * at[1]), 0.02);
  g_assert_cmpfloat (deviation[0], <, 0.05);
  g_assert_cmpfloat_with_epsilon (mean[2], gp->mean, 1e-9);
  g_assert_cmpfloat_with_epsilon (
      deviation[2], sqrt (gp->amplitude * gp->amplitude + gp->noise * gp->noise), 1e-9);
}

/* Data drawn from the model itself: the 95 % band holds about 95 % of new points. */
static void
test_coverage (void)
{
  OdlRandom random = odl_random (6, 2);
  guint inside = 0, all = 0;
  for (guint round = 0; round < 60; round++) {
    double t[60], y[60], phase[8], rate[8];
    /* A sum of random cosines has a covariance exp (−τ²/2ℓ²) when rates are normal. */
    for (guint k = 0; k < 8; k++) {
      phase[k] = 2 * G_PI * odl_random_uniform (&random);
      rate[k] = odl_random_normal (&random) / 0.15;
    }
    for (guint i = 0; i < 60; i++) {
      t[i] = odl_random_uniform (&random);
      y[i] = 0.1 * odl_random_normal (&random);
      for (guint k = 0; k < 8; k++)
        y[i] += 0.5 * cos (rate[k] * t[i] + phase[k]);
    }
    g_autoptr (OdlGaussianProcess) gp = odl_gaussian_process_new (30, t, y, NULL, NULL);
    double mean[30], deviation[30];
    odl_gaussian_process_predict (gp, 30, t + 30, mean, deviation);
    for (guint i = 0; i < 30; i++, all++)
      inside += fabs (y[30 + i] - mean[i]) < 1.96 * deviation[i];
  }
  g_test_message ("95 %% band holds %.3f", (double)inside / all);
  g_assert_cmpfloat ((double)inside / all, >, 0.9);
  g_assert_cmpfloat ((double)inside / all, <, 0.98);
}

static void
test_little (void)
{
  const double t[] = { 1, 1, 1 }, y[] = { 2, 2, 2 }, at = 4;
  double mean, deviation;
  for (guint n = 0; n <= 3; n++) {
    g_autoptr (OdlGaussianProcess) gp = odl_gaussian_process_new (n, t, y, NULL, NULL);
    odl_gaussian_process_predict (gp, 1, &at, &mean, &deviation);
    g_assert_true (isfinite (mean) && isfinite (deviation) && deviation >= 0);
    g_assert_cmpfloat (mean, ==, n ? 2 : 0);
  }
}

static gboolean
always (gpointer data)
{
  return TRUE;
}

static void
test_many_and_interrupted (void)
{
  g_autofree double *t = g_new (double, 5000), *y = g_new (double, 5000);
  for (guint i = 0; i < 5000; i++) {
    t[i] = i / 5000.0;
    y[i] = cos (10 * t[i]);
  }
  g_assert_null (odl_gaussian_process_new (5000, t, y, always, NULL));
  g_autoptr (OdlGaussianProcess) gp = odl_gaussian_process_new (5000, t, y, NULL, NULL);
  g_assert_cmpuint (gp->n, ==, 5000);
  g_assert_cmpuint (gp->n_used, ==, ODL_GAUSSIAN_PROCESS_MAX);
  double mean, deviation, at = 0.5;
  odl_gaussian_process_predict (gp, 1, &at, &mean, &deviation);
  g_assert_cmpfloat_with_epsilon (mean, cos (5), 1e-2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gaussian-process/evidence-of-two", test_evidence_of_two);
  g_test_add_func ("/gaussian-process/maximum", test_maximum);
  g_test_add_func ("/gaussian-process/band", test_band);
  g_test_add_func ("/gaussian-process/coverage", test_coverage);
  g_test_add_func ("/gaussian-process/little", test_little);
  g_test_add_func ("/gaussian-process/many-and-interrupted", test_many_and_interrupted);
  return g_test_run ();
}
