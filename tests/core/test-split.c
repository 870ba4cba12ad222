/* The two halves of a reverse derivative against the whole.
 * SPDX-License-Identifier: MIT */
#include "graph/split.h"

#include <math.h>
#include <string.h>
#include "field/network.h"
#include "graph/derive.h"
#include "support/point.h"
#include "support/random-graph.h"

#define CLOSE 1e-12 /* simplified apart and together: rounding alone */

static guint
rows_of (const OdlGraph *graph, gboolean inputs)
{
  guint rows = 0, n = inputs ? odl_graph_n_inputs (graph) : odl_graph_n_outputs (graph);
  for (guint i = 0; i < n; i++) {
    OdlNode node
        = inputs ? odl_graph_input_node (graph, i) : odl_graph_output_node (graph, i);
    rows += odl_graph_operation (graph, node)->rows;
  }
  return rows;
}

static void
assert_close (const double *a, const double *b, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (a[i], b[i], CLOSE * (1 + fabs (b[i])));
}

static void
check_split (const OdlGraph *graph, const double *theta, GRand *rand)
{
  OdlSplit split = odl_graph_split (graph, odl_kernels (ODL_ISA_BEST));
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
  guint n_in = rows_of (graph, TRUE), n_out = rows_of (graph, FALSE);
  guint n_theta = MAX (odl_graph_n_theta (graph), 1);
  g_autofree double *in = random_graph_numbers (rand, n_in + n_out);
  g_autofree double *late = g_new (double, n_in + split.n_kept + n_out);
  g_autofree double *early = g_new (double, n_out + split.n_kept);
  g_autofree double *values = g_new (double, n_out);
  g_autofree double *wanted = g_new (double, n_in), *got = g_new (double, n_in);
  g_autofree double *gradient = g_new0 (double, n_theta);
  g_autofree double *gradient_got = g_new0 (double, n_theta);
  g_autoptr (Point) whole = point_new (graph);
  g_autoptr (Point) reverse = point_new (vjp);
  g_autoptr (Point) first = point_new (split.forward);
  g_autoptr (Point) second = point_new (split.reverse);
  g_assert_cmpuint (rows_of (split.forward, FALSE), ==, n_out + split.n_kept);
  g_assert_cmpuint (rows_of (split.reverse, TRUE), ==, n_in + split.n_kept + n_out);
  point_run (whole, theta, in, values, NULL);
  point_run (reverse, theta, in, wanted, gradient);
  point_run (first, theta, in, early, NULL);
  memcpy (late, in, sizeof (double) * n_in);
  memcpy (late + n_in, early + n_out, sizeof (double) * split.n_kept);
  memcpy (late + n_in + split.n_kept, in + n_in, sizeof (double) * n_out);
  point_run (second, theta, late, got, gradient_got);
  assert_close (early, values, n_out);
  assert_close (got, wanted, n_in);
  assert_close (gradient_got, gradient, n_theta);
  odl_graph_free (split.forward);
  odl_graph_free (split.reverse);
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (31);
  for (guint round = 0; round < 200; round++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 4 + round % 24, TRUE);
    g_autofree double *theta
        = random_graph_numbers (rand, odl_graph_n_theta (graph) + 1);
    check_split (graph, theta, rand);
  }
  g_rand_free (rand);
}

static guint
count (const OdlGraph *graph, OdlOp op)
{
  guint n = 0;
  for (guint i = 0; i < odl_graph_n_operations (graph); i++)
    n += odl_graph_operation (graph, (OdlNode)i)->op == op;
  return n;
}

/* Of a network the hidden layers are kept, and nothing costly is computed twice. */
static void
test_networks (void)
{
  static const OdlOp costly[] = { ODL_OP_TANH, ODL_OP_SOFTPLUS, ODL_OP_SIGMOID,
                                  ODL_OP_EXP,  ODL_OP_ELU,      ODL_OP_LINEAR };
  const guint widths[] = { 7, 5, 2 };
  GRand *rand = g_rand_new_with_seed (32);
  for (guint a = 0; a < ODL_N_ACTIVATIONS; a++) {
    OdlPerceptron p = {
      .inputs = 2, .n_layers = 3, .widths = widths, .activation = (OdlActivation)a
    };
    g_autoptr (OdlNetwork) network = odl_network_mlp (&p, NULL);
    g_autofree double *theta = random_graph_numbers (rand, network->n_theta);
    check_split (network->graph, theta, rand);
    OdlSplit split = odl_graph_split (network->graph, odl_kernels (ODL_ISA_BEST));
    for (guint i = 0; i < G_N_ELEMENTS (costly); i++)
      g_assert_cmpuint (count (split.reverse, costly[i]), ==, 0);
    if (a == ODL_ACTIVATION_TANH)
      g_assert_cmpuint (split.n_kept, ==, widths[0] + widths[1]);
    odl_graph_free (split.forward);
    odl_graph_free (split.reverse);
  }
  g_rand_free (rand);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/split/random", test_random);
  g_test_add_func ("/split/networks", test_networks);
  return g_test_run ();
}
