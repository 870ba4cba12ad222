/* GSL's odeiv2 on the problems of the benchmarks.
 * SPDX-License-Identifier: MIT */
#include "bench/peer.h"

#ifdef HAVE_GSL
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

typedef int (*Field) (double t, const double y[], double dy[], void *data);

/* `data` counts the evaluations. */
static int
spiral (double t, const double y[], double dy[], void *data)
{
  ++*(guint64 *)data;
  dy[0] = -0.1 * y[0] - y[1];
  dy[1] = y[0] - 0.1 * y[1];
  return GSL_SUCCESS;
}

static int
van_der_pol (double t, const double y[], double dy[], void *data)
{
  ++*(guint64 *)data;
  dy[0] = y[1];
  dy[1] = 5 * (1 - y[0] * y[0]) * y[1] - y[0];
  return GSL_SUCCESS;
}

static int
lorenz (double t, const double y[], double dy[], void *data)
{
  ++*(guint64 *)data;
  dy[0] = 10 * (y[1] - y[0]);
  dy[1] = y[0] * (28 - y[2]) - y[1];
  dy[2] = y[0] * y[1] - 8.0 / 3 * y[2];
  return GSL_SUCCESS;
}

static int
lotka_volterra (double t, const double y[], double dy[], void *data)
{
  ++*(guint64 *)data;
  dy[0] = 1.5 * y[0] - y[0] * y[1];
  dy[1] = y[0] * y[1] - 3 * y[1];
  return GSL_SUCCESS;
}

static const struct {
  Field field;
  guint dim;
} problems[PEER_N_PROBLEMS]
    = { { spiral, 2 }, { van_der_pol, 2 }, { lorenz, 3 }, { lotka_volterra, 2 } };

gboolean
peer_gsl_rk4 (PeerRun *run)
{
  const guint dim = problems[run->problem].dim;
  run->evaluations = 0;
  gsl_odeiv2_system system
      = { problems[run->problem].field, NULL, dim, &run->evaluations };
  gsl_odeiv2_step *step = gsl_odeiv2_step_alloc (gsl_odeiv2_step_rk4, dim);
  const double h = run->t1 / run->steps;
  double error[3];
  for (guint i = 0; i < run->n; i++) {
    gsl_odeiv2_step_reset (step);
    for (guint s = 0; s < run->steps; s++)
      gsl_odeiv2_step_apply (step, s * h, h, run->y + i * dim, error, NULL, NULL,
                             &system);
  }
  gsl_odeiv2_step_free (step);
  return TRUE;
}

gboolean
peer_gsl_rk8pd (PeerRun *run)
{
  const guint dim = problems[run->problem].dim;
  run->evaluations = 0;
  gsl_odeiv2_system system
      = { problems[run->problem].field, NULL, dim, &run->evaluations };
  gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new (
      &system, gsl_odeiv2_step_rk8pd, 1e-3, run->atol, run->rtol);
  for (guint i = 0; i < run->n; i++) {
    double t = 0;
    gsl_odeiv2_driver_reset_hstart (driver, 1e-3);
    gsl_odeiv2_driver_apply (driver, &t, run->t1, run->y + i * dim);
  }
  gsl_odeiv2_driver_free (driver);
  return TRUE;
}
#else
gboolean
peer_gsl_rk4 (PeerRun *run)
{
  return FALSE;
}

gboolean
peer_gsl_rk8pd (PeerRun *run)
{
  return FALSE;
}
#endif
