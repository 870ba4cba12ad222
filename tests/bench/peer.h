/* The solvers we measure ourselves against, each stepping trajectories one by one on one thread.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { PEER_SPIRAL, PEER_VAN_DER_POL, PEER_LORENZ, PEER_LOTKA_VOLTERRA, PEER_N_PROBLEMS } PeerProblem;

/* n trajectories; y (n × dim, a trajectory's components together) is the start and becomes the end. */
typedef struct {
  PeerProblem problem;
  guint n;
  double t1;          /* from 0 */
  guint steps;        /* fixed steps, or … */
  double rtol, atol;  /* … adaptive */
  double *y;
  guint64 evaluations; /* out, of all trajectories */
} PeerRun;

/* FALSE: this peer was not there when the benchmark was built. */
gboolean peer_gsl_rk4 (PeerRun *run);
gboolean peer_gsl_rk8pd (PeerRun *run);
gboolean peer_odeint_rk4 (PeerRun *run);
gboolean peer_odeint_fehlberg78 (PeerRun *run);
/* fehlberg78 in long double at tolerances far below those that are measured. */
gboolean peer_reference (PeerRun *run);

G_END_DECLS
