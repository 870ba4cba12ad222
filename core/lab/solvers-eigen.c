/* Eigenvalues: closed forms for one and two dimensions, LAPACK's dgeev beyond.
 * SPDX-License-Identifier: MIT
 *
 * For two dimensions λ = m ± √(d), m half the trace, d = ((a₁₁ − a₂₂)/2)² + a₁₂a₂₁:
 * written with the difference, not as m² − det, so that nothing cancels. The kinds
 * follow from signs of the real parts; a real part counts as zero below 1e-9 of the
 * largest modulus, where the linear part alone does not decide. */
#include "solvers-eigen.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

static void
solve_two (const double *a, double *re, double *im)
{
  double mean = 0.5 * (a[0] + a[3]), half = 0.5 * (a[0] - a[3]);
  double d = half * half + a[1] * a[2];
  double root = sqrt (fabs (d));
  re[0] = d >= 0 ? mean + root : mean;
  re[1] = d >= 0 ? mean - root : mean;
  im[0] = d >= 0 ? 0 : root;
  im[1] = d >= 0 ? 0 : -root;
}

static gboolean
solve_many (guint dim, const double *a, double *re, double *im)
{
  g_autofree double *work = g_memdup2 (a, sizeof (double) * dim * dim);
  return LAPACKE_dgeev (LAPACK_ROW_MAJOR, 'N', 'N', dim, work, dim, re, im, NULL, dim,
                        NULL, dim)
         == 0;
}

/* Insertion sort: dims are small. */
static void
sort (guint dim, double *re, double *im)
{
  for (guint i = 1; i < dim; i++)
    for (guint j = i;
         j > 0 && (re[j] > re[j - 1] || (re[j] == re[j - 1] && im[j] > im[j - 1]));
         j--) {
      double r = re[j], m = im[j];
      re[j] = re[j - 1], im[j] = im[j - 1];
      re[j - 1] = r, im[j - 1] = m;
    }
}

gboolean
odl_eigenvalues (guint dim, const double *a, double *re, double *im)
{
  g_return_val_if_fail (dim > 0, FALSE);
  gboolean ok = TRUE;
  for (guint i = 0; i < dim * dim; i++)
    ok = ok && isfinite (a[i]);
  if (ok && dim == 1)
    re[0] = a[0], im[0] = 0;
  else if (ok && dim == 2)
    solve_two (a, re, im);
  else if (ok)
    ok = solve_many (dim, a, re, im);
  for (guint i = 0; i < dim && !ok; i++)
    re[i] = im[i] = NAN;
  if (ok)
    sort (dim, re, im);
  return ok;
}

const char *
odl_equilibrium_kind (guint dim, const double *re, const double *im)
{
  double largest = 0;
  for (guint i = 0; i < dim; i++) {
    if (isnan (re[i]) || isnan (im[i]))
      return "unknown";
    largest = fmax (largest, hypot (re[i], im[i]));
  }
  guint in = 0, out = 0, turning = 0;
  for (guint i = 0; i < dim; i++) {
    in += re[i] < -1e-9 * largest;
    out += re[i] > 1e-9 * largest;
    turning += fabs (im[i]) > 1e-9 * largest;
  }
  if (in + out < dim)
    return dim == 2 && turning == 2 ? "centre (to first order)"
           : out > 0                ? "degenerate, unstable"
                                    : "degenerate: the linear part does not decide";
  if (in > 0 && out > 0)
    return turning > 0 ? "saddle with rotation" : "saddle";
  if (in == dim)
    return turning > 0 ? "stable spiral" : "stable node";
  return turning > 0 ? "unstable spiral" : "unstable node";
}
