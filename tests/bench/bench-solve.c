/* Solving: many lanes at equal steps, many adaptive lanes, and one trajectory, beside
 * GSL and Boost.odeint. SPDX-License-Identifier: MIT
 *
 * The fields are typed text on our side and compiled into the peers' loops on theirs.
 * True errors are against a long double solve. Works that are compared take turns in
 * one run. */
#include <math.h>
#include <string.h>

#include "bench/peer.h"
#include "bench/support-bench.h"
#include "graph/expression.h"
#include "solve/solve.h"

static const struct {
  const char *name, *equations;
  guint dim;
  double t1, start[3];
} problems[PEER_N_PROBLEMS] = {
  { "spiral", "dx = -0.1*x - y; dy = x - 0.1*y", 2, 6, { 2, 0 } },
  { "Van der Pol", "dx = y; dy = 5*(1 - x^2)*y - x", 2, 20, { 2, 0 } },
  { "Lorenz",
    "dx = 10*(y - x); dy = x*(28 - z) - y; dz = x*y - (8/3)*z",
    3,
    10,
    { 1, 1, 1 } },
  { "Lotka-Volterra", "dx = 1.5*x - x*y; dy = x*y - 3*y", 2, 15, { 10, 5 } },
};

/* Either a peer's run or ours, on the same starts. */
typedef struct {
  PeerRun run;
  gboolean (*peer) (PeerRun *run);
  const double *start; /* n × dim */
  OdlField *field;     /* ours */
  const OdlMethod *method;
  OdlPool *pool;
} Work;

static OdlField *
compile (PeerProblem problem)
{
  g_autoptr (OdlEquations) equations
      = odl_equations_parse (problems[problem].equations, NULL);
  return odl_field_new (odl_graph_copy (equations->graph), ODL_ISA_BEST);
}

static void
solve_ours (Work *w)
{
  const guint n = w->run.n, dim = problems[w->run.problem].dim;
  const double theta = 0;
  g_autofree double *t0 = g_new0 (double, n), *t1 = g_new (double, n),
                    *y0 = g_new (double, n *dim);
  for (guint i = 0; i < n; i++) {
    t1[i] = w->run.t1;
    for (guint j = 0; j < dim; j++)
      y0[j * n + i] = w->start[i * dim + j];
  }
  const OdlProblem problem = {
    .field = w->field, .theta = &theta, .lanes = n, .t0 = t0, .t1 = t1, .y0 = y0
  };
  const OdlSolveOptions options = { .method = w->method,
                                    .steps = w->run.steps,
                                    .rtol = w->run.rtol,
                                    .atol = w->run.atol,
                                    .control = ODL_CONTROL_PI,
                                    .pool = w->pool };
  g_autoptr (OdlSolution) solution = odl_solve (&problem, &options, NULL);
  w->run.evaluations = 0;
  for (guint i = 0; i < n; i++) {
    w->run.evaluations += solution->evaluations[i];
    for (guint j = 0; j < dim; j++)
      w->run.y[i * dim + j] = solution->y1[j * n + i];
  }
}

static void
work (gpointer data)
{
  Work *w = data;
  if (!w->peer) {
    solve_ours (w);
    return;
  }
  memcpy (w->run.y, w->start,
          sizeof (double) * w->run.n * problems[w->run.problem].dim);
  w->peer (&w->run);
}

static Work
prepare (PeerProblem problem, guint n, const double *start)
{
  Work w = { .start = start };
  w.run.problem = problem;
  w.run.n = n;
  w.run.t1 = problems[problem].t1;
  w.run.y = g_new0 (double, n *problems[problem].dim);
  return w;
}

static void
clear (Work *w)
{
  g_free (w->run.y);
  g_clear_pointer (&w->field, odl_field_free);
}

/* Starts on a spread around the problem's own. */
static double *
spread (PeerProblem problem, guint n)
{
  const guint dim = problems[problem].dim;
  double *start = g_new (double, n *dim);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < dim; j++)
      start[i * dim + j] = problems[problem].start[j] + 0.5 * sin (0.7 * i + 1.3 * j);
  return start;
}

static void
bench_fixed (void)
{
  const guint n = 10000, steps = 1000;
  g_autofree double *start = spread (PEER_SPIRAL, n);
  g_autoptr (OdlPool) two = odl_pool_new (2);
  Work works[4];
  for (guint i = 0; i < 4; i++) {
    works[i] = prepare (PEER_SPIRAL, n, start);
    works[i].run.steps = steps;
    works[i].method = odl_method_find ("rk4", NULL);
    works[i].field = compile (PEER_SPIRAL);
  }
  works[1].pool = two;
  works[2].peer = peer_odeint_rk4;
  works[3].peer = peer_gsl_rk4;
  const BenchWork calls[] = { work, work, work, work };
  gpointer data[] = { &works[0], &works[1], &works[2], &works[3] };
  double s[4];
  bench_title ("10,000 spiral trajectories, RK4, 1,000 steps each");
  bench_compare (4, calls, data, 5, s);
  const double per = 1e9 / ((double)n * steps);
  bench_row ("odelab, one thread", s[0] * per, "ns/step", BENCH_NO_TARGET, 0);
  if (works[2].run.evaluations) {
    bench_row ("Boost.odeint runge_kutta4", s[2] * per, "ns/step", BENCH_NO_TARGET, 0);
    bench_row ("  rate of odelab over it", s[2] / s[0], "x", BENCH_AT_LEAST, 2);
  }
  if (works[3].run.evaluations) {
    bench_row ("GSL rk4", s[3] * per, "ns/step", BENCH_NO_TARGET, 0);
    bench_row ("  rate of odelab over it", s[3] / s[0], "x", BENCH_AT_LEAST, 8);
  }
  bench_row ("odelab, two threads over one", s[0] / s[1], "x", BENCH_AT_LEAST, 1.8);
  for (guint i = 0; i < 4; i++)
    clear (&works[i]);
}

/* Median over trajectories of the largest error of a component, relative to the size of
 * the state. */
static double
true_error (const Work *w, const double *reference)
{
  const guint dim = problems[w->run.problem].dim, n = w->run.n;
  g_autofree double *errors = g_new (double, n);
  for (guint i = 0; i < n; i++) {
    double error = 0, size = 0;
    for (guint j = 0; j < dim; j++) {
      error = fmax (error, fabs (w->run.y[i * dim + j] - reference[i * dim + j]));
      size = fmax (size, fabs (reference[i * dim + j]));
    }
    errors[i] = error / size;
    for (guint k = i; k > 0 && errors[k] < errors[k - 1]; k--) {
      const double swap = errors[k];
      errors[k] = errors[k - 1];
      errors[k - 1] = swap;
    }
  }
  return errors[n / 2];
}

/* A long double solve where there is one, else ours at the tightest tolerance. */
static double *
reference (PeerProblem problem, guint n, const double *start)
{
  Work w = prepare (problem, n, start);
  w.peer = peer_reference;
  work (&w);
  if (!w.run.evaluations) {
    w.peer = NULL;
    w.field = compile (problem);
    w.method = odl_method_find ("dop853", NULL);
    w.run.rtol = w.run.atol = 1e-14;
    work (&w);
  }
  g_clear_pointer (&w.field, odl_field_free);
  return w.run.y;
}

/* The loosest tolerance on a grid of ten a decade at which our error is at most this.
 */
static void
match_error (Work *w, const double *truth, double wanted)
{
  for (guint i = 0; i < 40; i++) {
    w->run.rtol = 1e-9 * pow (10, -0.1 * i);
    w->run.atol = 1e-2 * w->run.rtol;
    work (w);
    if (true_error (w, truth) <= wanted)
      return;
  }
}

static void
bench_adaptive_lanes (void)
{
  const guint n = 1000;
  static const char *const names[]
      = { "odelab dopri8", "GSL rk8pd", "Boost fehlberg78" };
  g_autofree double *start = spread (PEER_LORENZ, n),
                    *truth = reference (PEER_LORENZ, n, start);
  Work works[3];
  for (guint i = 0; i < 3; i++) {
    works[i] = prepare (PEER_LORENZ, n, start);
    works[i].run.rtol = 1e-10;
    works[i].run.atol = 1e-12;
    works[i].field = compile (PEER_LORENZ);
    works[i].method = odl_method_find ("dopri8", NULL);
  }
  works[1].peer = peer_gsl_rk8pd;
  works[2].peer = peer_odeint_fehlberg78;
  double wanted = INFINITY;
  for (guint i = 1; i < 3; i++) {
    work (&works[i]);
    if (works[i].run.evaluations)
      wanted = fmin (wanted, true_error (&works[i], truth));
  }
  if (isfinite (wanted))
    match_error (&works[0], truth, wanted);
  const BenchWork calls[] = { work, work, work };
  gpointer data[] = { &works[0], &works[1], &works[2] };
  double s[3];
  bench_title (
      "1,000 Lorenz trajectories, t 0..10, one thread: the others at rtol 1e-10, "
      "atol 1e-12, ours as tight as no larger true error takes");
  bench_compare (3, calls, data, 5, s);
  const double ours = true_error (&works[0], truth);
  bench_row ("our rtol", works[0].run.rtol, "", BENCH_NO_TARGET, 0);
  for (guint i = 0; i < 3; i++) {
    if (!works[i].run.evaluations)
      continue;
    const double error = true_error (&works[i], truth);
    bench_row (names[i], s[i] / n * 1e6, "us each", BENCH_NO_TARGET, 0);
    bench_row ("  median true error", error, "", BENCH_NO_TARGET, 0);
    bench_row ("  evaluations each", (double)works[i].run.evaluations / n, "",
               BENCH_NO_TARGET, 0);
    if (i > 0) {
      bench_row ("  its time over ours", s[i] / s[0], "x", BENCH_AT_LEAST, 1);
      bench_row ("  our error over its", ours / error, "x", BENCH_AT_MOST, 1);
    }
  }
  for (guint i = 0; i < 3; i++)
    clear (&works[i]);
}

#define N_TOLERANCES 9
/* Evaluations at a given true error, between the tolerances that were measured
 * (straight on log-log paper). */
static double
evaluations_at (const double *error, const double *evaluations, double wanted)
{
  for (guint i = 0; i + 1 < N_TOLERANCES; i++)
    if (error[i] >= wanted && error[i + 1] <= wanted && error[i] > error[i + 1]) {
      const double s = log (error[i] / wanted) / log (error[i] / error[i + 1]);
      return exp ((1 - s) * log (evaluations[i]) + s * log (evaluations[i + 1]));
    }
  return NAN;
}

static void
work_precision (Work *w, const double *truth, double error[], double evaluations[])
{
  for (guint i = 0; i < N_TOLERANCES; i++) {
    w->run.rtol = pow (10, -5.0 - i);
    w->run.atol = w->run.rtol * 1e-2;
    work (w);
    error[i] = true_error (w, truth);
    evaluations[i] = (double)w->run.evaluations;
  }
  w->run.rtol = 1e-10;
  w->run.atol = 1e-12;
}

/* Error and evaluations at every tolerance, medians and means over trajectories: at one
 * time of one trajectory an error may pass through zero. */
static void
compare_work (PeerProblem problem)
{
  gboolean (*const peers[]) (PeerRun * run)
      = { peer_gsl_rk8pd, peer_odeint_fehlberg78 };
  const guint n = 64;
  g_autofree double *start = spread (problem, n),
                    *truth = reference (problem, n, start);
  Work works[3];
  double error[3][N_TOLERANCES], evaluations[3][N_TOLERANCES];
  for (guint i = 0; i < 3; i++) {
    works[i] = prepare (problem, n, start);
    works[i].field = compile (problem);
    works[i].method = odl_method_find ("dopri8", NULL);
    works[i].peer = i > 0 ? peers[i - 1] : NULL;
    work_precision (&works[i], truth, error[i], evaluations[i]);
  }
  for (guint i = 1; i < 3; i++) {
    double sum = 0, count = 0;
    for (guint k = 0; k < N_TOLERANCES; k++) {
      const double ours = evaluations_at (error[0], evaluations[0], error[i][k]);
      if (error[i][k] > 1e-12 && isfinite (ours)) {
        sum += log (ours / evaluations[i][k]);
        count++;
      }
    }
    if (evaluations[i][0] > 0)
      bench_row (i == 1 ? "our evaluations over GSL's at its errors"
                        : "our evaluations over Boost's at its errors",
                 exp (sum / count), "x", BENCH_AT_MOST, 1);
  }
  for (guint i = 0; i < 3; i++)
    clear (&works[i]);
}

static void
bench_one (PeerProblem problem)
{
  static const char *const names[]
      = { "odelab dopri8", "GSL rk8pd", "Boost fehlberg78", "CVODE Adams" };
  const double *start = problems[problem].start;
  g_autofree double *truth = reference (problem, 1, start);
  Work works[4];
  double s[4];
  for (guint i = 0; i < 4; i++) {
    works[i] = prepare (problem, 1, start);
    works[i].field = compile (problem);
    works[i].method = odl_method_find (i == 3 ? "cvode-adams" : "dopri8", NULL);
  }
  works[1].peer = peer_gsl_rk8pd;
  works[2].peer = peer_odeint_fehlberg78;
  for (guint i = 0; i < 4; i++) {
    works[i].run.rtol = 1e-10;
    works[i].run.atol = 1e-12;
  }
  const BenchWork calls[] = { work, work, work, work };
  gpointer data[] = { &works[0], &works[1], &works[2], &works[3] };
  g_autofree char *title = g_strdup_printf (
      "%s, one trajectory, rtol 1e-10, atol 1e-12", problems[problem].name);
  bench_title (title);
  bench_compare (4, calls, data, 31, s);
  for (guint i = 0; i < 4; i++) {
    if (!works[i].run.evaluations)
      continue;
    const double its_error = true_error (&works[i], truth);
    bench_row (names[i], s[i] * 1e6, "us", BENCH_NO_TARGET, 0);
    bench_row ("  true error", its_error, "", BENCH_NO_TARGET, 0);
    bench_row ("  evaluations", (double)works[i].run.evaluations, "", BENCH_NO_TARGET,
               0);
    if (i == 1)
      bench_row ("  our time over its", s[0] / s[1], "x", BENCH_AT_MOST, 4);
    if (i == 3)
      bench_row ("  its time over ours", s[3] / s[0], "x", BENCH_AT_LEAST, 4);
  }
  compare_work (problem);
  for (guint i = 0; i < 4; i++)
    clear (&works[i]);
}

int
main (void)
{
  bench_fixed ();
  bench_adaptive_lanes ();
  for (PeerProblem p = 0; p < PEER_N_PROBLEMS; p++)
    bench_one (p);
  return 0;
}
