/* Tests of the derivatives: every operation and random graphs of them against
 * differences and by the identity of JVP and VJP, derivatives of derivatives, and the
 * checker itself by planted faults.
 * SPDX-License-Identifier: MIT */
#include "graph/derive.h"

#include <math.h>
#include "support/check.h"
#include "support/point.h"
#include "support/random-graph.h"

#define SEED 411

static void
check_random_point (const char *what, const OdlGraph *graph, GRand *rand)
{
  g_autofree double *theta = random_graph_numbers (rand, odl_graph_n_theta (graph));
  g_autofree double *x = random_graph_numbers (rand, random_graph_n_inputs (graph));
  check_errors (what, check_derivatives (graph, theta, x, g_rand_int (rand)));
}

static void
test_unary (void)
{
#define X(id, name) #name,
  static const char *const names[] = { ODL_UNARY_OPS (X) };
#undef X
  /* Away from 0, where some have kinks. */
  const double x[] = { 0.3, -0.4, 0.8 };
  for (OdlOp op = ODL_OP_NEG; op < ODL_OP_ADD; op++) {
    g_autoptr (OdlGraph) graph = odl_graph_new ();
    OdlNode a = odl_graph_input (graph, "x", 3);
    odl_graph_output (graph, "y", random_graph_tame (graph, op, a));
    check_errors (names[op - ODL_OP_NEG], check_derivatives (graph, NULL, x, SEED));
  }
}

/* All shapes of operands: rows and rows, one row and rows, rows and one row. */
static void
test_binary (void)
{
#define X(id, name) #name,
  static const char *const names[] = { ODL_BINARY_OPS (X) };
#undef X
  const double x[] = { 0.9, 0.6, 1.4, 0.75, 1.2, 0.5 };
  for (OdlOp op = ODL_OP_ADD; op < ODL_OP_LINEAR; op++)
    for (guint shape = 0; shape < 4; shape++) {
      g_autoptr (OdlGraph) graph = odl_graph_new ();
      OdlNode a = odl_graph_input (graph, "a", shape & 1 ? 1 : 3);
      OdlNode b = odl_graph_input (graph, "b", shape & 2 ? 1 : 3);
      odl_graph_output (graph, "y", odl_graph_binary (graph, op, a, b));
      check_errors (names[op - ODL_OP_ADD], check_derivatives (graph, NULL, x, SEED));
    }
}

static void
test_powers (void)
{
  for (double exponent = -3; exponent <= 4; exponent += 0.5) {
    g_autoptr (OdlGraph) graph = odl_graph_new ();
    OdlNode x = odl_graph_input (graph, "x", 2);
    OdlNode n = odl_graph_constant (graph, exponent, 2);
    odl_graph_output (graph, "y", odl_graph_binary (graph, ODL_OP_POW, x, n));
    const double at[] = { 0.8, 1.7 };
    check_errors ("power", check_derivatives (graph, NULL, at, SEED));
  }
}

/* At 0 the derivative of x^n by x is finite for n ≥ 1, and that of x^y by y is 0. */
static void
test_power_of_zero (void)
{
  const double at[] = { 0, 2, 1, 1 };
  double out[2];
  g_autoptr (OdlGraph) graph = odl_graph_new ();
  OdlNode x = odl_graph_input (graph, "x", 1), y = odl_graph_input (graph, "y", 1);
  odl_graph_output (graph, "z", odl_graph_binary (graph, ODL_OP_POW, x, y));
  g_autoptr (OdlGraph) jvp = odl_graph_jvp (graph);
  g_autoptr (Point) point = point_new (jvp);
  point_run (point, NULL, at, out, NULL);
  g_assert_cmpfloat (out[0], ==, 0);
  g_assert_cmpfloat (out[1], ==, 0);
}

static void
test_linear (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint rows = 1; rows <= 9; rows += 2)
    for (guint inner = 1; inner <= 9; inner += 2)
      for (guint transposed = 0; transposed < 2; transposed++) {
        g_autoptr (OdlGraph) graph = odl_graph_new ();
        OdlNode x = odl_graph_input (graph, "x", inner);
        OdlNode y = transposed ? odl_graph_linear_t (graph, 2, rows, x)
                               : odl_graph_linear (graph, 2, rows, x);
        OdlNode bias = odl_graph_theta (graph, 2 + rows * inner, rows);
        y = odl_graph_binary (graph, ODL_OP_ADD, y, bias);
        odl_graph_output (graph, "y", odl_graph_unary (graph, ODL_OP_TANH, y));
        check_random_point ("linear", graph, rand);
      }
  g_rand_free (rand);
}

static void
test_rows (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  g_autoptr (OdlGraph) graph = odl_graph_new ();
  OdlNode x = odl_graph_input (graph, "x", 5);
  OdlNode middle = odl_graph_slice (graph, x, 1, 3),
          end = odl_graph_slice (graph, x, 2, 3);
  OdlNode sum = odl_graph_sum_rows (graph, odl_graph_unary (graph, ODL_OP_SIN, middle));
  OdlNode wide = odl_graph_broadcast (graph, sum, 3);
  OdlNode product = odl_graph_binary (graph, ODL_OP_MUL, wide, end);
  OdlNode both = odl_graph_concat (graph, product, odl_graph_concat (graph, x, sum));
  odl_graph_output (graph, "both", both);
  odl_graph_output (graph, "x", x);
  odl_graph_output (graph, "both again", both);
  check_random_point ("rows", graph, rand);
  g_rand_free (rand);
}

static void
test_random_graphs (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint i = 0; i < 300; i++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 4 + i / 10, TRUE);
    check_random_point ("random", graph, rand);
  }
  g_rand_free (rand);
}

/* Derivatives of derivatives are derivatives: the second order, both ways round. */
static void
test_derivatives_of_derivatives (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint i = 0; i < 60; i++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 4 + i / 6, TRUE);
    g_autoptr (OdlGraph) jvp = odl_graph_jvp (graph);
    g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, FALSE);
    check_random_point ("of a JVP", jvp, rand);
    check_random_point ("of a VJP", vjp, rand);
  }
  g_rand_free (rand);
}

/* Inputs and outputs stand in the promised order with the promised rows, and what does
 * not depend on an input has derivative 0. */
static void
test_ports (void)
{
  g_autoptr (OdlGraph) graph = odl_graph_new ();
  OdlNode a = odl_graph_input (graph, "a", 2), b = odl_graph_input (graph, "b", 3);
  odl_graph_output (graph, "theta", odl_graph_theta (graph, 1, 4));
  odl_graph_output (graph, "sine", odl_graph_unary (graph, ODL_OP_SIN, b));
  g_autoptr (OdlGraph) jvp = odl_graph_jvp (graph);
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
  const guint jvp_in[] = { 2, 3, 2, 3 }, jvp_out[] = { 4, 3, 4, 3 };
  const guint vjp_in[] = { 2, 3, 4, 3 }, vjp_out[] = { 2, 3 };
  g_assert_cmpuint (odl_graph_n_inputs (jvp), ==, 4);
  g_assert_cmpuint (odl_graph_n_outputs (jvp), ==, 4);
  g_assert_cmpuint (odl_graph_n_inputs (vjp), ==, 4);
  g_assert_cmpuint (odl_graph_n_outputs (vjp), ==, 2);
  for (guint i = 0; i < 4; i++) {
    const OdlOperation *in = odl_graph_operation (jvp, odl_graph_input_node (jvp, i));
    const OdlOperation *out = odl_graph_operation (jvp, odl_graph_output_node (jvp, i));
    g_assert_cmpuint (in->rows, ==, jvp_in[i]);
    g_assert_cmpuint (out->rows, ==, jvp_out[i]);
    in = odl_graph_operation (vjp, odl_graph_input_node (vjp, i));
    g_assert_cmpuint (in->rows, ==, vjp_in[i]);
  }
  for (guint i = 0; i < 2; i++) {
    const OdlOperation *out = odl_graph_operation (vjp, odl_graph_output_node (vjp, i));
    g_assert_cmpuint (out->rows, ==, vjp_out[i]);
  }
  g_assert_cmpint (odl_graph_operation (graph, a)->rows, ==, 2);
  const double theta[] = { 1, 2, 3, 4, 5 }, x[] = { 1, 2, 3, 4, 5 };
  check_errors ("ports", check_derivatives (graph, theta, x, SEED));
}

/* with_theta = FALSE leaves the accumulators out. */
static void
test_without_theta (void)
{
  g_autoptr (OdlGraph) graph = odl_graph_new ();
  OdlNode x = odl_graph_input (graph, "x", 3);
  odl_graph_output (graph, "y", odl_graph_linear (graph, 0, 2, x));
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, FALSE);
  for (guint i = 0; i < odl_graph_n_operations (vjp); i++)
    g_assert_cmpuint (odl_graph_operation (vjp, (OdlNode)i)->rows, >, 0);
}

/* sin (θ x), or the same with a changed factor. */
static OdlGraph *
sine (double factor)
{
  OdlGraph *graph = odl_graph_new ();
  OdlNode x = odl_graph_input (graph, "x", 2);
  OdlNode y = odl_graph_binary (graph, ODL_OP_MUL, x, odl_graph_theta (graph, 0, 2));
  y = odl_graph_unary (graph, ODL_OP_SIN, y);
  y = odl_graph_binary (graph, ODL_OP_MUL, y, odl_graph_constant (graph, factor, 1));
  odl_graph_output (graph, "y", y);
  return graph;
}

/* A wrong sign or a derivative off by a millionth is seen in both directions. */
static void
test_faults_are_caught (void)
{
  const double factors[] = { -1, 1 + 1e-6, 0, NAN };
  const double theta[] = { 0.5, -0.7 }, x[] = { 0.4, 0.9 };
  g_autoptr (OdlGraph) graph = sine (1);
  g_autoptr (OdlGraph) jvp = odl_graph_jvp (graph), vjp = odl_graph_vjp (graph, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++) {
    g_autoptr (OdlGraph) wrong = sine (factors[i]);
    g_autoptr (OdlGraph) wrong_jvp = odl_graph_jvp (wrong);
    g_autoptr (OdlGraph) wrong_vjp = odl_graph_vjp (wrong, TRUE);
    CheckErrors forward = check_derivatives_of (graph, wrong_jvp, vjp, theta, x, SEED);
    CheckErrors backward = check_derivatives_of (graph, jvp, wrong_vjp, theta, x, SEED);
    g_assert_cmpfloat (forward.tangents, >, CHECK_TANGENTS);
    g_assert_cmpfloat (forward.identity, >, CHECK_IDENTITY);
    g_assert_cmpfloat (backward.identity, >, CHECK_IDENTITY);
    g_assert_cmpfloat (backward.theta, >, CHECK_TANGENTS);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/derive/unary", test_unary);
  g_test_add_func ("/derive/binary", test_binary);
  g_test_add_func ("/derive/powers", test_powers);
  g_test_add_func ("/derive/power-of-zero", test_power_of_zero);
  g_test_add_func ("/derive/linear", test_linear);
  g_test_add_func ("/derive/rows", test_rows);
  g_test_add_func ("/derive/random-graphs", test_random_graphs);
  g_test_add_func ("/derive/derivatives-of-derivatives",
                   test_derivatives_of_derivatives);
  g_test_add_func ("/derive/ports", test_ports);
  g_test_add_func ("/derive/without-theta", test_without_theta);
  g_test_add_func ("/derive/faults-are-caught", test_faults_are_caught);
  return g_test_run ();
}
