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

static double
find (const OdlMixture *mixture, const OdlNormalTable *table, double level, double low,
      double high)
{
  double f_low = -level, f_high = 1 - level, y = low;
  int side = 0;
  for (guint i = 0; i < 60 && high - low > 1e-9 * (fabs (low) + fabs (high)); i++) {
    y = i % 3 == 2 ? 0.5 * (low + high)
                   : (f_low * high - f_high * low) / (f_low - f_high);
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

void
odl_mixture_quantiles (const OdlMixture *mixture, const OdlNormalTable *table,
                       const double *levels, guint n_levels, double *quantiles)
{
  g_return_if_fail (mixture != NULL && table != NULL && levels != NULL);
  double low = INFINITY, high = -INFINITY;
  for (guint i = 0; i < mixture->n; i++) {
    double reach = ODL_NORMAL_END / mixture->precision[i];
    if (mixture->weight[i] < 1e-9)
      continue;
    low = fmin (low, mixture->mean[i] - reach);
    high = fmax (high, mixture->mean[i] + reach);
  }
  for (guint i = 0; i < n_levels; i++) {
    quantiles[i] = find (mixture, table, levels[i], low, high);
    low = quantiles[i];
    low -= 1e-12 * fabs (low);
  }
}
