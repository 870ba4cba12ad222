/* Boost.odeint on the problems of the benchmarks, everything inlined.
 * SPDX-License-Identifier: MIT */
#include "bench/peer.h"

#ifdef HAVE_ODEINT
#include <array>
#include <boost/numeric/odeint.hpp>

namespace odeint = boost::numeric::odeint;

template <typename T> struct Spiral {
  using State = std::array<T, 2>;
  guint64 *n;
  void operator() (const State &y, State &dy, T) const
  {
    ++*n;
    dy[0] = -T (0.1) * y[0] - y[1];
    dy[1] = y[0] - T (0.1) * y[1];
  }
};

template <typename T> struct VanDerPol {
  using State = std::array<T, 2>;
  guint64 *n;
  void operator() (const State &y, State &dy, T) const
  {
    ++*n;
    dy[0] = y[1];
    dy[1] = 5 * (1 - y[0] * y[0]) * y[1] - y[0];
  }
};

template <typename T> struct Lorenz {
  using State = std::array<T, 3>;
  guint64 *n;
  void operator() (const State &y, State &dy, T) const
  {
    ++*n;
    dy[0] = 10 * (y[1] - y[0]);
    dy[1] = y[0] * (28 - y[2]) - y[1];
    dy[2] = y[0] * y[1] - T (8.0 / 3) * y[2];
  }
};

template <typename T> struct LotkaVolterra {
  using State = std::array<T, 2>;
  guint64 *n;
  void operator() (const State &y, State &dy, T) const
  {
    ++*n;
    dy[0] = T (1.5) * y[0] - y[0] * y[1];
    dy[1] = y[0] * y[1] - 3 * y[1];
  }
};

template <typename T, template <typename> class Field> static void
fixed_steps (PeerRun *run)
{
  using State = typename Field<T>::State;
  Field<T> field{ &run->evaluations };
  const T h = T (run->t1) / run->steps;
  for (guint i = 0; i < run->n; i++) {
    odeint::runge_kutta4<State, T> stepper;
    State y;
    for (gsize j = 0; j < y.size (); j++)
      y[j] = run->y[i * y.size () + j];
    for (guint s = 0; s < run->steps; s++)
      stepper.do_step (field, y, s * h, h);
    for (gsize j = 0; j < y.size (); j++)
      run->y[i * y.size () + j] = (double) y[j];
  }
}

template <typename T, template <typename> class Field> static void
adaptive_steps (PeerRun *run)
{
  using State = typename Field<T>::State;
  Field<T> field{ &run->evaluations };
  for (guint i = 0; i < run->n; i++) {
    State y;
    for (gsize j = 0; j < y.size (); j++)
      y[j] = run->y[i * y.size () + j];
    odeint::integrate_adaptive (
        odeint::make_controlled<odeint::runge_kutta_fehlberg78<State, T>> (T (run->atol), T (run->rtol)),
        field, y, T (0), T (run->t1), T (1e-3));
    for (gsize j = 0; j < y.size (); j++)
      run->y[i * y.size () + j] = (double) y[j];
  }
}

/* One call of WORK for whichever problem the run has. */
#define FOR_PROBLEM(WORK, T)                                                                       \
  run->evaluations = 0;                                                                            \
  switch (run->problem) {                                                                          \
  case PEER_SPIRAL: WORK<T, Spiral> (run); break;                                                  \
  case PEER_VAN_DER_POL: WORK<T, VanDerPol> (run); break;                                          \
  case PEER_LORENZ: WORK<T, Lorenz> (run); break;                                                  \
  case PEER_LOTKA_VOLTERRA: WORK<T, LotkaVolterra> (run); break;                                   \
  default: return FALSE;                                                                           \
  }                                                                                                \
  return TRUE

gboolean
peer_odeint_rk4 (PeerRun *run)
{
  FOR_PROBLEM (fixed_steps, double);
}

gboolean
peer_odeint_fehlberg78 (PeerRun *run)
{
  FOR_PROBLEM (adaptive_steps, double);
}

gboolean
peer_reference (PeerRun *run)
{
  run->rtol = run->atol = 1e-17;
  FOR_PROBLEM (adaptive_steps, long double);
}
#else
gboolean
peer_odeint_rk4 (PeerRun *run)
{
  return FALSE;
}

gboolean
peer_odeint_fehlberg78 (PeerRun *run)
{
  return FALSE;
}

gboolean
peer_reference (PeerRun *run)
{
  return FALSE;
}
#endif
