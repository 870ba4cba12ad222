/* Quantiles of mixtures of normals.
 * SPDX-License-Identifier: MIT
 *
 * The distribution function is a sum of table look-ups. A level is bracketed by the
 * components' own ranges and by the level before it, and found by regula falsi in
 * Illinois' form (the end that stays twice in a row is given half its value), with a
 * bisection every third step so that steep steps of narrow components cannot hold it
 * up. */
#include "model/mixture.h"

#include <math.h>

/* Of weight: hundreds of such components are less than the tolerance. */
#define NEGLIGIBLE 1e-8

void
odl_normal_table_fill (OdlNormalTable *table)
{
  g_return_if_fail (table != NULL);
  for (guint i = 0; i < ODL_NORMAL_CELLS + 2; i++) {
    double x = i * 2 * ODL_NORMAL_END / ODL_NORMAL_CELLS - ODL_NORMAL_END;
    table->cell[i] = 0.5 * erfc (-x / G_SQRT2);
  }
}

double
odl_normal_table_at (const OdlNormalTable *table, double x)
{
  double at = (x + ODL_NORMAL_END) * (ODL_NORMAL_CELLS / (2 * ODL_NORMAL_END));
  if (!(at > 0))
    return 0;
  if (at >= ODL_NORMAL_CELLS)
    return 1;
  guint i = (guint)at;
  return table->cell[i] + (at - i) * (table->cell[i + 1] - table->cell[i]);
}

double
odl_mixture_below (const OdlMixture *mixture, const OdlNormalTable *table, double y)
{
  double sum = 0;
  for (guint i = 0; i < mixture->n; i++)
    sum += mixture->weight[i]
           * odl_normal_table_at (table,
                                  (y - mixture->mean[i]) * mixture->precision[i]);
  return sum;
}

/* Rough: to about 0.005 (C. Hastings 1955, 26.2.22 in Abramowitz and Stegun). */
static double
quantile_of_normal (double level)
{
  const double t = sqrt (-2 * log (fmin (level, 1 - level)));
  const double x = t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t));
  return level < 0.5 ? -x : x;
}

/* What a level is looked for between, and where the normal of the mixture's mean and
 * deviation has it. */
typedef struct {
  double low, high, guess, deviation;
} Range;

/* The first two tries close in on the guess, which for a single hump leaves little. */
static double
find (const OdlMixture *mixture, const OdlNormalTable *table, double level,
      const Range *range)
{
  double low = range->low, high = range->high;
  double f_low = -level, f_high = 1 - level, y = low;
  int side = 0;
  for (guint i = 0; i < 60 && high - low > 1e-9 * (fabs (low) + fabs (high)); i++) {
    y = i % 3 == 2 ? 0.5 * (low + high)
                   : (f_low * high - f_high * low) / (f_low - f_high);
    if (i == 0)
      y = CLAMP (range->guess, low, high);
    if (i == 1 && range->deviation < 2 * (high - low))
      y = side < 0 ? fmin (high, low + 0.2 * range->deviation)
                   : fmax (low, high - 0.2 * range->deviation);
    double f = odl_mixture_below (mixture, table, y) - level;
    if (fabs (f) < 1e-5)
      return y;
    if (f < 0) {
      low = y, f_low = f;
      f_high *= side < 0 ? 0.5 : 1;
      side = -1;
    } else {
      high = y, f_high = f;
      f_low *= side > 0 ? 0.5 : 1;
      side = 1;
    }
  }
  return 0.5 * (low + high);
}

/* What matters of a mixture, and its mean and deviation. */
static OdlMixture
condense (const OdlMixture *mixture, double *slab, double *mean, double *deviation)
{
  double *weight = slab, *means = slab + mixture->n, *precision = means + mixture->n;
  double sum = 0, squares = 0;
  guint n = 0;
  for (guint i = 0; i < mixture->n; i++) {
    const double w = mixture->weight[i], m = mixture->mean[i];
    const double p = mixture->precision[i];
    if (w < NEGLIGIBLE)
      continue;
    weight[n] = w;
    means[n] = m;
    precision[n++] = p;
    sum += w * m;
    squares += w * (m * m + 1 / (p * p));
  }
  *mean = sum;
  *deviation = sqrt (fmax (squares - sum * sum, 0));
  return (OdlMixture){ n, weight, means, precision };
}

void
odl_mixture_quantiles (const OdlMixture *mixture, const OdlNormalTable *table,
                       const double *levels, guint n_levels, double *quantiles)
{
  g_return_if_fail (mixture != NULL && table != NULL && levels != NULL);
  double slab[3 * mixture->n + 1], mean;
  Range range = { .low = INFINITY, .high = -INFINITY };
  const OdlMixture main = condense (mixture, slab, &mean, &range.deviation);
  for (guint i = 0; i < main.n; i++) {
    double reach = ODL_NORMAL_END / main.precision[i];
    range.low = fmin (range.low, main.mean[i] - reach);
    range.high = fmax (range.high, main.mean[i] + reach);
  }
  for (guint i = 0; i < n_levels; i++) {
    range.guess = mean + range.deviation * quantile_of_normal (levels[i]);
    quantiles[i] = find (&main, table, levels[i], &range);
    range.low = quantiles[i];
    range.low -= 1e-12 * fabs (range.low);
  }
}
