/* Dense output. SPDX-License-Identifier: MIT
 *
 * Every table carries its continuous extension as polynomials in θ (tableaus.c), of
 * which a sample is one weighted sum of the stages. Steps of bridges come with f at
 * both ends and are interpolated by the cubic Hermite polynomial (Hairer, Norsett &
 * Wanner I, II.6). θ is measured from the step's start, so it works in both directions
 * of time. */
#include "solve/dense.h"

#include <string.h>

void
odl_dense_weights (const OdlMethod *method, double theta, double *weights)
{
  const guint n = method->stages + method->dense_stages, degree = method->dense_order;
  g_assert (method->dense && n <= ODL_MAX_STAGES);
  for (guint i = 0; i < n; i++) {
    const double *c = method->dense + i * degree;
    double sum = 0;
    for (guint j = degree; j-- > 0;)
      sum = (sum + c[j]) * theta;
    weights[i] = sum;
  }
}

void
odl_dense_strided (const OdlMethod *method, double theta, double h, guint dim,
                   gsize stride, const double *y0, const double *k, double *y)
{
  double w[ODL_MAX_STAGES];
  const guint n = method->stages + method->dense_stages;
  odl_dense_weights (method, theta, w);
  for (guint row = 0; row < dim; row++) {
    double sum = 0;
    for (guint i = 0; i < n; i++)
      if (w[i] != 0)
        sum += w[i] * k[((gsize)i * dim + row) * stride];
    y[row] = y0[row * stride] + h * sum;
  }
}

static void
hermite (const OdlStepRecord *step, guint dim, double theta, double *y)
{
  const double rest = 1 - theta;
  const double along = theta * theta * (3 - 2 * theta);
  const double from = step->h * theta * rest * rest,
               to = step->h * theta * theta * rest;
  for (guint i = 0; i < dim; i++) {
    y[i] = step->y[i] + along * (step->y1[i] - step->y[i]);
    if (step->f0 && step->f1)
      y[i] += from * step->f0[i] - to * step->f1[i];
  }
}

void
odl_dense_at (const OdlMethod *method, const OdlStepRecord *step, guint dim, double t,
              double *y)
{
  g_return_if_fail (step->accepted);
  const double theta = step->h != 0 ? (t - step->t) / step->h : 0;
  if (t == step->t || t == step->t1)
    memcpy (y, t == step->t ? step->y : step->y1, sizeof (double) * dim);
  else if (step->k)
    odl_dense_strided (method, theta, step->h, dim, 1, step->y, step->k, y);
  else
    hermite (step, dim, theta, y);
}
