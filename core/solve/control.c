/* Step control. SPDX-License-Identifier: MIT
 *
 * With ε the scaled error of a step and q the power of h by which it falls, the next
 * step is h · 0.9 ε_n^(−p1) ε_(n−1)^(p2) ε_(n−2)^(−p3). I: p1 = 1/q. PI: the
 * proportions of Hairer & Wanner (II, IV.2): p1 = 0.85/q, p2 = 0.2/q, their DOPRI5.
 * PID: Kennedy & Carpenter 2003, (0.58, 0.21, 0.1)/q. The past errors enter no smaller
 * than 1e-4, so that one lucky step does not spoil the next. A rejected step is
 * repeated with the first factor alone. */
#include "solve/control.h"

#include <float.h>
#include <math.h>

OdlControlLaw
odl_control_law (const OdlMethod *method, OdlControl control)
{
  static const double powers[][3]
      = { { 1, 0, 0 }, { 0.85, 0.2, 0 }, { 0.58, 0.21, 0.1 } };
  const double q = MAX (odl_method_error_power (method), 1);
  g_assert (control < G_N_ELEMENTS (powers));
  return (OdlControlLaw){ .now = powers[control][0] / q,
                          .last = powers[control][1] / q,
                          .before = powers[control][2] / q,
                          .safety = 0.9,
                          .least = 0.2,
                          .most = 10 };
}

gboolean
odl_step_too_small (double t, double h, double span)
{
  return !(0.1 * fabs (h) > DBL_EPSILON * fmax (fabs (t), 1e-10 * fabs (span)));
}

double
odl_first_probe (double y_norm, double f_norm, double span)
{
  const double h = y_norm > 1e-5 && f_norm > 1e-5 ? 0.01 * (y_norm / f_norm) : 1e-6;
  return fmin (isfinite (h) ? h : 1e-6, span);
}

double
odl_first_step (const OdlMethod *method, double probe, double f_norm,
                double change_norm, double span)
{
  const double second = change_norm / probe, largest = fmax (f_norm, second);
  double h = fmax (1e-6, probe * 1e-3);
  if (!isfinite (second))
    h = probe * 1e-3;
  else if (largest > 1e-15)
    h = pow (0.01 / largest, 1.0 / method->order);
  return fmin (fmin (100 * probe, h), span);
}
