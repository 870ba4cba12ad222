/* Tests of the divergence: formulas, identities, its own gradient.
 * SPDX-License-Identifier: MIT */
#include "field/divergence.h"

#include <math.h>
#include <string.h>
#include "field/network.h"
#include "graph/derive.h"
#include "graph/expression.h"
#include "support/point.h"

#define ROOM 64

static OdlNetwork *
network_of (guint dim, guint hidden, guint n_layers)
{
  guint widths[8];
  for (guint i = 0; i < n_layers; i++)
    widths[i] = i + 1 < n_layers ? hidden : dim;
  OdlPerceptron p
      = { .inputs = dim, .n_layers = n_layers, .widths = widths, .time = TRUE };
  return odl_network_mlp (&p, NULL);
}

static void
draw (OdlRandom *random, double *x, guint n)
{
  for (guint i = 0; i < n; i++)
    x[i] = odl_random_normal (random);
}

/* One tanh layer: tr = Σ_k (1 − z_k²) (W1 W2)_kk. */
static void
test_formula (void)
{
  for (guint dim = 1; dim <= 4; dim++) {
    g_autoptr (OdlNetwork) network = network_of (dim, 7, 2);
    g_autoptr (OdlGraph) graph = odl_divergence_exact (network->graph);
    g_autoptr (Point) point = point_new (graph), field = point_new (network->graph);
    OdlRandom random = odl_random (dim, 0);
    double theta[200], in[ROOM], out[ROOM], dy[ROOM], expected = 0;
    odl_network_init (network, theta, &random);
    draw (&random, in, dim + 1);
    point_run (point, theta, in, out, NULL);
    point_run (field, theta, in, dy, NULL);
    const double *w1 = theta + odl_network_slice (network, "W1")->offset;
    const double *b1 = theta + odl_network_slice (network, "b1")->offset;
    const double *w2 = theta + odl_network_slice (network, "W2")->offset;
    for (guint k = 0; k < 7; k++) {
      double a = b1[k] + w1[k * (dim + 1) + dim] * in[0], product = 0;
      for (guint j = 0; j < dim; j++) {
        a += w1[k * (dim + 1) + j] * in[1 + j];
        product += w1[k * (dim + 1) + j] * w2[j * 7 + k];
      }
      expected += (1 - tanh (a) * tanh (a)) * product;
    }
    for (guint i = 0; i < dim; i++)
      g_assert_cmpfloat (fabs (out[i] - dy[i]), <, 1e-14);
    g_assert_cmpfloat (fabs (out[dim] - expected), <, 1e-13);
  }
}

/* Typed fields whose divergence is known. */
static void
test_known (void)
{
  const struct {
    const char *equations, *divergence;
  } rows[] = {
    { "dx = -0.1*x - y; dy = x - 0.1*y", "-0.2 + 0*x*y" },
    { "dx = x^2*y; dy = t*sin(y)", "2*x*y + t*cos(y)" },
    { "dx = y; dy = -x", "0*x*y" },
    { "dx = 3; dy = x*y^3", "3*x*y^2" },
  };
  static const char *const names[] = { "x", "y", NULL };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (OdlEquations) equations = odl_equations_parse (rows[i].equations, NULL);
    g_autoptr (OdlGraph) graph = odl_divergence_exact (equations->graph);
    g_autoptr (OdlGraph) known
        = odl_expression_parse (rows[i].divergence, names, NULL, NULL);
    g_autoptr (Point) point = point_new (graph), truth = point_new (known);
    const double in[] = { 0.3, 0.7, -1.1 };
    double out[3], expected;
    point_run (point, NULL, in, out, NULL);
    point_run (truth, NULL, in, &expected, NULL);
    g_assert_cmpfloat (fabs (out[2] - expected), <, 1e-14);
  }
}

/* The mean over all 2^dim sign vectors is the trace, exactly: E v_i v_j = δ_ij. Two
 * probes at a time are averaged by the graph itself. */
static void
test_hutchinson (void)
{
  const guint dim = 3;
  g_autoptr (OdlNetwork) network = network_of (dim, 5, 3);
  g_autoptr (OdlGraph) exact = odl_divergence_exact (network->graph);
  g_autoptr (OdlGraph) estimate = odl_divergence_hutchinson (network->graph, 2);
  g_autoptr (Point) truth = point_new (exact), point = point_new (estimate);
  OdlRandom random = odl_random (1, 0);
  double theta[200], in[ROOM], out[ROOM], mean = 0, least = HUGE_VAL, most = -HUGE_VAL;
  odl_network_init (network, theta, &random);
  draw (&random, in, dim + 1);
  for (guint signs = 0; signs < 64; signs++) {
    for (guint i = 0; i < 6; i++)
      in[dim + 1 + i] = signs >> i & 1 ? 1 : -1;
    point_run (point, theta, in, out, NULL);
    mean += out[dim] / 64;
    least = fmin (least, out[dim]);
    most = fmax (most, out[dim]);
  }
  point_run (truth, theta, in, out, NULL);
  g_assert_cmpfloat (fabs (mean - out[dim]), <, 1e-13);
  g_assert_cmpfloat (most - least, >, 1e-3); /* a single probe is noisy */
}

/* The flow's field is f and minus the divergence, and does not depend on log p. */
static void
test_flow (void)
{
  const guint dim = 2;
  g_autoptr (OdlNetwork) network = network_of (dim, 6, 2);
  for (guint probes = 0; probes < 3; probes++) {
    g_autoptr (OdlGraph) graph
        = probes ? odl_divergence_hutchinson (network->graph, probes)
                 : odl_divergence_exact (network->graph);
    g_autoptr (OdlGraph) flow = odl_divergence_flow (network->graph, probes);
    g_assert_cmpuint (odl_graph_n_inputs (flow), ==, probes ? 3 : 2);
    g_autoptr (Point) plain = point_new (graph), point = point_new (flow);
    OdlRandom random = odl_random (2, probes);
    double theta[200], in[ROOM], state[ROOM], out[3], dy[3];
    odl_network_init (network, theta, &random);
    draw (&random, in, dim + 1 + probes * dim);
    memcpy (state, in, sizeof (double) * (dim + 1));
    state[dim + 1] = 123; /* log p */
    memcpy (state + dim + 2, in + dim + 1, sizeof (double) * probes * dim);
    point_run (plain, theta, in, out, NULL);
    point_run (point, theta, state, dy, NULL);
    g_assert_cmpfloat (fabs (dy[0] - out[0]), <, 1e-15);
    g_assert_cmpfloat (fabs (dy[1] - out[1]), <, 1e-15);
    g_assert_cmpfloat (fabs (dy[2] + out[2]), <, 1e-15);
  }
}

/* A field with constants of its own: they stay in front of the probes. */
static void
test_aux (void)
{
  OdlGraph *graph = odl_graph_new ();
  odl_graph_input (graph, "t", 1);
  OdlNode y = odl_graph_input (graph, "y", 2), c = odl_graph_input (graph, "aux", 2);
  OdlNode square = odl_graph_unary (graph, ODL_OP_SQUARE, y);
  odl_graph_output (graph, "dy", odl_graph_binary (graph, ODL_OP_MUL, square, c));
  g_autoptr (OdlGraph) exact = odl_divergence_exact (graph);
  g_autoptr (OdlGraph) estimate = odl_divergence_hutchinson (graph, 1);
  g_autoptr (Point) truth = point_new (exact), point = point_new (estimate);
  const double in[] = { 0, 3, 5, 7, 11, 1, -1 };
  double out[3], guess[3];
  point_run (truth, NULL, in, out, NULL);
  point_run (point, NULL, in, guess, NULL);
  g_assert_cmpfloat (out[2], ==, 2 * 3 * 7 + 2 * 5 * 11);
  g_assert_cmpfloat (guess[2], ==, out[2]); /* the Jacobian is diagonal */
  odl_graph_free (graph);
}

static double
weighted (Point *point, const double *theta, const double *in, const double *w, guint n)
{
  double out[ROOM], sum = 0;
  point_run (point, theta, in, out, NULL);
  for (guint i = 0; i < n; i++)
    sum += w[i] * out[i];
  return sum;
}

/* vjp (jvp (f)) against central differences, in inputs, probes and weights. */
static void
check_gradient (const OdlGraph *graph, guint n_theta, guint n_in, guint n_out)
{
  g_autoptr (OdlGraph) reverse = odl_graph_vjp (graph, TRUE);
  g_autoptr (Point) forward = point_new (graph), backward = point_new (reverse);
  OdlRandom random = odl_random (3, n_in);
  double theta[200], gradient[200] = { 0 }, in[2 * ROOM], cotangents[ROOM];
  draw (&random, theta, n_theta);
  draw (&random, in, n_in + n_out);
  point_run (backward, theta, in, cotangents, gradient);
  const double step = 1e-5, *w = in + n_in;
  double size = 0;
  for (guint i = 0; i < n_in + n_theta; i++) {
    double *number = i < n_in ? &in[i] : &theta[i - n_in], middle = *number;
    *number = middle + step;
    double high = weighted (forward, theta, in, w, n_out);
    *number = middle - step;
    double low = weighted (forward, theta, in, w, n_out);
    *number = middle;
    double found = i < n_in ? cotangents[i] : gradient[i - n_in];
    g_assert_cmpfloat (fabs (found - (high - low) / (2 * step)), <,
                       1e-7 * (1 + fabs (found)));
    size += fabs (found);
  }
  g_assert_cmpfloat (size, >, 1); /* not all zero */
}

static void
test_gradient (void)
{
  for (guint layers = 2; layers <= 3; layers++) {
    g_autoptr (OdlNetwork) network = network_of (2, 5, layers);
    g_autoptr (OdlGraph) exact = odl_divergence_exact (network->graph);
    g_autoptr (OdlGraph) estimate = odl_divergence_hutchinson (network->graph, 2);
    g_autoptr (OdlGraph) flow = odl_divergence_flow (network->graph, 1);
    check_gradient (exact, network->n_theta, 3, 3);
    check_gradient (estimate, network->n_theta, 7, 3);
    check_gradient (flow, network->n_theta, 6, 3);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/divergence/formula", test_formula);
  g_test_add_func ("/divergence/known", test_known);
  g_test_add_func ("/divergence/hutchinson", test_hutchinson);
  g_test_add_func ("/divergence/flow", test_flow);
  g_test_add_func ("/divergence/aux", test_aux);
  g_test_add_func ("/divergence/gradient", test_gradient);
  return g_test_run ();
}
