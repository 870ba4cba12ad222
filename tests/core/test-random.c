/* Tests of the random streams: published vectors, moments, independence, restore.
 * SPDX-License-Identifier: MIT
 *
 * Every statistical bound is five standard errors of the statistic under the hypothesis
 * that the numbers are what they claim to be; seeds are fixed, so a pass stays a pass.
 */
#include "base/random.h"

#include <math.h>

#define N 200000

/* The known answers published with the generator (Random123, philox2x64-10). */
static void
test_known_answers (void)
{
  const guint64 all = G_MAXUINT64;
  const struct {
    OdlRandom random;
    guint64 bits;
  } rows[] = {
    { { 0, 0, 0 }, 0xca00a0459843d731 },
    { { all, all, all }, 0x65b021d60cd8310f },
    { { 0xa4093822299f31d0, 0x13198a2e03707344, 0x243f6a8885a308d3 },
      0x0a5e742c2997341c },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    OdlRandom random = rows[i].random;
    g_assert_cmphex (odl_random_bits (&random), ==, rows[i].bits);
    g_assert_cmphex (random.counter, ==, rows[i].random.counter + 1);
  }
}

/* |mean of x^p − expected| within five standard errors, given Var x^p. */
static void
check_moment (const double *x, int p, double expected, double variance)
{
  double sum = 0;
  for (guint i = 0; i < N; i++)
    sum += pow (x[i], p);
  g_assert_cmpfloat (fabs (sum / N - expected), <, 5 * sqrt (variance / N));
}

static void
test_uniform_moments (void)
{
  OdlRandom random = odl_random (1, 2);
  g_autofree double *x = g_new (double, N);
  for (guint i = 0; i < N; i++) {
    x[i] = odl_random_uniform (&random);
    g_assert_true (x[i] >= 0 && x[i] < 1);
  }
  for (int p = 1; p <= 6; p++) {
    double mean = 1.0 / (p + 1);
    check_moment (x, p, mean, 1.0 / (2 * p + 1) - mean * mean);
  }
}

/* E x^p of the standard normal: 0, or the product of the odd numbers below p. */
static double
normal_moment (int p)
{
  double moment = p % 2 == 0;
  for (int k = p - 1; k > 0 && p % 2 == 0; k -= 2)
    moment *= k;
  return moment;
}

static void
test_normal_moments (void)
{
  OdlRandom random = odl_random (3, 4);
  g_autofree double *x = g_new (double, N);
  for (guint i = 0; i < N; i++)
    x[i] = odl_random_normal (&random);
  g_assert_cmpuint (random.counter, ==, N); /* a fixed number of ticks */
  for (int p = 1; p <= 6; p++)
    check_moment (x, p, normal_moment (p),
                  normal_moment (2 * p) - normal_moment (p) * normal_moment (p));
}

/* Kolmogorov and Smirnov's distance to the normal distribution: √n D < 1.95 at 0.1 %.
 */
static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void
test_normal_distribution (void)
{
  OdlRandom random = odl_random (5, 6);
  g_autofree double *x = g_new (double, N);
  for (guint i = 0; i < N; i++)
    x[i] = odl_random_normal (&random);
  qsort (x, N, sizeof *x, compare);
  double distance = 0;
  for (guint i = 0; i < N; i++) {
    double p = 0.5 * erfc (-x[i] / sqrt (2));
    distance
        = fmax (distance, fmax (fabs (p - (double)i / N), fabs (p - (i + 1.0) / N)));
  }
  g_assert_cmpfloat (distance * sqrt (N), <, 1.95);
}

/* χ² of `cells` counts that should be equal, as a standard normal (Wilson, Hilferty).
 */
static double
chi_square (const guint *counts, guint cells)
{
  double total = 0, sum = 0;
  for (guint i = 0; i < cells; i++)
    total += counts[i];
  for (guint i = 0; i < cells; i++)
    sum += (counts[i] - total / cells) * (counts[i] - total / cells) / (total / cells);
  double k = cells - 1, s = 2 / (9 * k);
  return (cbrt (sum / k) - (1 - s)) / sqrt (s);
}

static void
test_below (void)
{
  const guint64 ns[] = { 1, 2, 3, 7, 10, 100, 257 };
  for (guint j = 0; j < G_N_ELEMENTS (ns); j++) {
    OdlRandom random = odl_random (7, j);
    guint counts[257] = { 0 };
    for (guint i = 0; i < N; i++) {
      guint64 k = odl_random_below (&random, ns[j]);
      g_assert_cmpuint (k, <, ns[j]);
      counts[k]++;
    }
    if (ns[j] > 1)
      g_assert_cmpfloat (fabs (chi_square (counts, ns[j])), <, 5);
  }
}

/* With n = ¾·2^64 a quarter of the draws must be repeated; a remainder would draw the
 * lowest third twice as often. */
static void
test_below_is_unbiased (void)
{
  const guint64 n = (G_GUINT64_CONSTANT (3) << 62);
  guint counts[3] = { 0 };
  OdlRandom random = odl_random (8, 0);
  for (guint i = 0; i < N; i++)
    counts[odl_random_below (&random, n) >> 62]++;
  g_assert_cmpfloat (fabs (chi_square (counts, 3)), <, 5);
}

/* Every byte position, and pairs of neighbours, fill their cells evenly. */
static void
test_chi_square (void)
{
  OdlRandom random = odl_random (9, 0);
  g_autofree guint *bytes = g_new0 (guint, 8 * 256);
  g_autofree guint *pairs = g_new0 (guint, 64 * 64);
  guint64 before = odl_random_bits (&random);
  for (guint i = 0; i < N; i++) {
    guint64 bits = odl_random_bits (&random);
    for (guint b = 0; b < 8; b++)
      bytes[b * 256 + (bits >> (8 * b) & 255)]++;
    pairs[(before >> 58) * 64 + (bits >> 58)]++;
    before = bits;
  }
  for (guint b = 0; b < 8; b++)
    g_assert_cmpfloat (fabs (chi_square (bytes + b * 256, 256)), <, 5);
  g_assert_cmpfloat (fabs (chi_square (pairs, 64 * 64)), <, 5);
}

/* The correlation of two series of uniforms, in standard errors. */
static double
correlation (OdlRandom a, OdlRandom b, guint n)
{
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += (odl_random_uniform (&a) - 0.5) * (odl_random_uniform (&b) - 0.5);
  return sum * 12 / sqrt (n);
}

/* Neighbouring seeds, streams and counters are unrelated. */
static void
test_streams (void)
{
  for (guint64 i = 0; i < 50; i++) {
    OdlRandom here = odl_random (i, i), late = here;
    late.counter = 1;
    const OdlRandom others[] = { odl_random (i, i + 1), odl_random (i + 1, i),
                                 odl_random (i + 1, i + 1), late };
    for (guint j = 0; j < G_N_ELEMENTS (others); j++)
      g_assert_cmpfloat (fabs (correlation (here, others[j], N / 20)), <, 5);
  }
}

/* Turning over one bit of seed, stream or counter turns over half of the output. */
static void
test_avalanche (void)
{
  double turned = 0;
  for (guint64 i = 0; i < 64; i++)
    for (guint word = 0; word < 3; word++)
      for (guint bit = 0; bit < 64; bit++) {
        OdlRandom a = { i, 2 * i, 3 * i }, b = a;
        guint64 *words[] = { &b.seed, &b.stream, &b.counter };
        *words[word] ^= G_GUINT64_CONSTANT (1) << bit;
        guint64 changed = odl_random_bits (&a) ^ odl_random_bits (&b);
        turned += __builtin_popcountll (changed);
      }
  double n = 64.0 * 3 * 64 * 64;
  g_assert_cmpfloat (fabs (turned / n - 0.5), <, 5 * 0.5 / sqrt (n));
}

static void
test_restore (void)
{
  OdlRandom random = odl_random (10, 11);
  for (guint i = 0; i < 1000; i++) {
    odl_random_uniform (&random), odl_random_normal (&random);
    odl_random_below (&random, 3 + i);
  }
  OdlRandom again = { random.seed, random.stream, random.counter };
  for (guint i = 0; i < 1000; i++) {
    g_assert_cmpfloat (odl_random_normal (&random), ==, odl_random_normal (&again));
    g_assert_cmpuint (odl_random_below (&random, 1000), ==,
                      odl_random_below (&again, 1000));
  }
}

/* The tests above are no use unless they notice a bad generator. */
static void
test_faults_are_caught (void)
{
  guint counts[64] = { 0 };
  for (guint i = 0; i < N; i++)
    counts[(i * i) % 64]++;
  g_assert_cmpfloat (fabs (chi_square (counts, 64)), >, 5);
  OdlRandom a = odl_random (12, 0);
  g_assert_cmpfloat (fabs (correlation (a, a, N / 20)), >, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/known-answers", test_known_answers);
  g_test_add_func ("/random/uniform-moments", test_uniform_moments);
  g_test_add_func ("/random/normal-moments", test_normal_moments);
  g_test_add_func ("/random/normal-distribution", test_normal_distribution);
  g_test_add_func ("/random/below", test_below);
  g_test_add_func ("/random/below-is-unbiased", test_below_is_unbiased);
  g_test_add_func ("/random/chi-square", test_chi_square);
  g_test_add_func ("/random/streams", test_streams);
  g_test_add_func ("/random/avalanche", test_avalanche);
  g_test_add_func ("/random/restore", test_restore);
  g_test_add_func ("/random/faults-are-caught", test_faults_are_caught);
  return g_test_run ();
}
