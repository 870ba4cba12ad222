/* Tests of mixtures of normals: one normal, the inverse of the distribution, narrow
 * beside wide. SPDX-License-Identifier: MIT */
#include "model/mixture.h"

#include <math.h>

static const double levels[] = { 0.025, 0.25, 0.75, 0.975 };

static void
test_normal (void)
{
  OdlNormalTable table;
  const double weight = 1, mean = 3, precision = 1 / 0.5;
  const OdlMixture mixture = { 1, &weight, &mean, &precision };
  double quantiles[4];
  odl_normal_table_fill (&table);
  odl_mixture_quantiles (&mixture, &table, levels, 4, quantiles);
  const double z[] = { -1.959964, -0.6744898, 0.6744898, 1.959964 };
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (quantiles[i], 3 + 0.5 * z[i], 5e-4);
  for (double x = -4.9; x < 5; x += 0.0137)
    g_assert_cmpfloat_with_epsilon (odl_normal_table_at (&table, x),
                                    0.5 * erfc (-x / G_SQRT2), 1e-5);
}

/* Any mixture: what lies below a quantile is its level. Far and narrow components make
 * steps. */
static void
test_inverse (void)
{
  OdlNormalTable table;
  odl_normal_table_fill (&table);
  GRand *rand = g_rand_new_with_seed (17);
  for (guint round = 0; round < 200; round++) {
    double weight[64], mean[64], precision[64], sum = 0, quantiles[4];
    for (guint i = 0; i < 64; i++) {
      weight[i] = pow (g_rand_double (rand), 8);
      mean[i] = 10 * g_rand_double (rand);
      precision[i] = exp (10 * g_rand_double (rand) - 2);
      sum += weight[i];
    }
    for (guint i = 0; i < 64; i++)
      weight[i] /= sum;
    const OdlMixture mixture = { 64, weight, mean, precision };
    odl_mixture_quantiles (&mixture, &table, levels, 4, quantiles);
    for (guint i = 0; i < 4; i++) {
      g_assert_cmpfloat_with_epsilon (
          odl_mixture_below (&mixture, &table, quantiles[i]), levels[i], 1e-4);
      g_assert_true (i == 0 || quantiles[i] >= quantiles[i - 1] - 1e-9);
    }
  }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mixture/normal", test_normal);
  g_test_add_func ("/mixture/inverse", test_inverse);
  return g_test_run ();
}
