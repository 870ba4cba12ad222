/* Tests of the builder: order, shapes, numbering, copies, inlining, guards.
 * SPDX-License-Identifier: MIT */
#include "graph/graph.h"

#include <string.h>
#include "support/random-graph.h"
#include "support/reference.h"

#define SEED 77

static void
test_shapes (void)
{
  g_autoptr (OdlGraph) g = odl_graph_new ();
  OdlNode x = odl_graph_input (g, "x", 3), s = odl_graph_input (g, NULL, 1);
  struct {
    OdlNode node;
    guint rows;
  } rows[] = {
    { x, 3 },
    { odl_graph_constant (g, 1, 7), 7 },
    { odl_graph_theta (g, 2, 4), 4 },
    { odl_graph_unary (g, ODL_OP_SILU, x), 3 },
    { odl_graph_binary (g, ODL_OP_MUL, x, s), 3 },
    { odl_graph_binary (g, ODL_OP_LESS, s, x), 3 },
    { odl_graph_linear (g, 0, 5, x), 5 },
    { odl_graph_linear_t (g, 0, 2, x), 2 },
    { odl_graph_concat (g, x, s), 4 },
    { odl_graph_slice (g, x, 1, 2), 2 },
    { odl_graph_sum_rows (g, x), 1 },
    { odl_graph_broadcast (g, s, 6), 6 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (odl_graph_operation (g, rows[i].node)->rows, ==, rows[i].rows);
}

/* Operands come before their use. */
static void
test_order (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint k = 0; k < 50; k++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 30, FALSE);
    for (guint i = 0; i < odl_graph_n_operations (graph); i++) {
      const OdlOperation *o = odl_graph_operation (graph, (OdlNode)i);
      g_assert_cmpint (o->a, <, (OdlNode)i);
      g_assert_cmpint (o->b, <, (OdlNode)i);
    }
  }
  g_rand_free (rand);
}

static void
test_ports (void)
{
  g_autoptr (OdlGraph) g = odl_graph_new ();
  OdlNode a = odl_graph_input (g, "a", 1), b = odl_graph_input (g, NULL, 2);
  g_assert_cmpuint (odl_graph_output (g, "first", b), ==, 0);
  g_assert_cmpuint (odl_graph_output (g, NULL, a), ==, 1);
  g_assert_cmpuint (odl_graph_output (g, "again", b), ==, 2);
  g_assert_cmpuint (odl_graph_n_inputs (g), ==, 2);
  g_assert_cmpuint (odl_graph_n_outputs (g), ==, 3);
  g_assert_cmpint (odl_graph_input_node (g, 0), ==, a);
  g_assert_cmpint (odl_graph_input_node (g, 1), ==, b);
  g_assert_cmpint (odl_graph_output_node (g, 2), ==, b);
  g_assert_cmpstr (odl_graph_input_name (g, 0), ==, "a");
  g_assert_null (odl_graph_input_name (g, 1));
  g_assert_cmpstr (odl_graph_output_name (g, 2), ==, "again");
  g_assert_null (odl_graph_output_name (g, 1));
}

/* One past the largest index of θ, of every operation that reads or adds to it. */
static void
test_theta (void)
{
  g_autoptr (OdlGraph) g = odl_graph_new ();
  OdlNode x = odl_graph_input (g, "x", 3), y = odl_graph_input (g, "y", 2);
  g_assert_cmpuint (odl_graph_n_theta (g), ==, 0);
  odl_graph_theta (g, 2, 2);
  g_assert_cmpuint (odl_graph_n_theta (g), ==, 4);
  odl_graph_linear (g, 1, 4, x);
  g_assert_cmpuint (odl_graph_n_theta (g), ==, 13);
  odl_graph_linear_t (g, 10, 5, y);
  g_assert_cmpuint (odl_graph_n_theta (g), ==, 20);
  odl_graph_outer_to_theta (g, 15, x, y);
  g_assert_cmpuint (odl_graph_n_theta (g), ==, 21);
  odl_graph_sum_to_theta (g, 19, x);
  g_assert_cmpuint (odl_graph_n_theta (g), ==, 22);
  odl_graph_theta (g, 0, 1);
  g_assert_cmpuint (odl_graph_n_theta (g), ==, 22);
}

static guint
n_output_rows (const OdlGraph *graph)
{
  guint n = 0;
  for (guint i = 0; i < odl_graph_n_outputs (graph); i++)
    n += odl_graph_operation (graph, odl_graph_output_node (graph, i))->rows;
  return n;
}

static void
assert_same_values (const OdlGraph *a, const OdlGraph *b, const double *theta_a,
                    const double *theta_b, GRand *rand)
{
  g_autofree double *x = random_graph_numbers (rand, random_graph_n_inputs (a));
  g_autofree double *y = random_graph_numbers (rand, n_output_rows (a));
  g_autofree double *z = random_graph_numbers (rand, n_output_rows (b));
  g_assert_cmpuint (n_output_rows (a), ==, n_output_rows (b));
  reference_run (a, theta_a, x, y, NULL);
  reference_run (b, theta_b, x, z, NULL);
  g_assert_cmpmem (y, n_output_rows (a) * sizeof *y, z, n_output_rows (b) * sizeof *z);
}

/* A copy is equal and independent. */
static void
test_copy (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint k = 0; k < 30; k++) {
    OdlGraph *graph = random_graph (rand, 20, FALSE);
    g_autoptr (OdlGraph) copy = odl_graph_copy (graph);
    g_autoptr (OdlGraph) kept = odl_graph_copy (graph);
    g_autofree double *theta = random_graph_numbers (rand, odl_graph_n_theta (graph));
    assert_same_values (graph, copy, theta, theta, rand);
    odl_graph_output (graph, "more", odl_graph_constant (graph, 1, 1));
    g_assert_cmpuint (odl_graph_n_outputs (copy) + 1, ==, odl_graph_n_outputs (graph));
    odl_graph_free (graph);
    assert_same_values (copy, kept, theta, theta, rand);
    g_assert_cmpstr (odl_graph_input_name (copy, 0), ==, "t");
  }
  g_rand_free (rand);
}

/* A graph inlined into an empty one, its θ shifted, computes the same. */
static void
test_inline (void)
{
  enum { SHIFT = 5 };
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint k = 0; k < 50; k++) {
    g_autoptr (OdlGraph) other = random_graph (rand, 20, FALSE);
    g_autoptr (OdlGraph) graph = odl_graph_new ();
    OdlNode inputs[3], outputs[2];
    guint n_theta = odl_graph_n_theta (other);
    for (guint i = 0; i < 3; i++) {
      OdlNode node = odl_graph_input_node (other, i);
      inputs[i]
          = odl_graph_input (graph, NULL, odl_graph_operation (other, node)->rows);
    }
    odl_graph_inline (graph, other, inputs, SHIFT, outputs);
    for (guint i = 0; i < odl_graph_n_outputs (other); i++)
      odl_graph_output (graph, NULL, outputs[i]);
    g_assert_cmpuint (odl_graph_n_theta (graph), ==, n_theta > 0 ? n_theta + SHIFT : 0);
    g_autofree double *theta = random_graph_numbers (rand, n_theta + SHIFT);
    assert_same_values (other, graph, theta + SHIFT, theta, rand);
  }
  g_rand_free (rand);
}

/* Wrong shapes are bugs, and stop where they are made. */
typedef void (*Mistake) (OdlGraph *graph, OdlNode three, OdlNode two);

static void
add_rows_that_differ (OdlGraph *graph, OdlNode three, OdlNode two)
{
  odl_graph_binary (graph, ODL_OP_ADD, three, two);
}

static void
slice_beyond (OdlGraph *graph, OdlNode three, OdlNode two)
{
  odl_graph_slice (graph, three, 2, 2);
}

static void
broadcast_rows (OdlGraph *graph, OdlNode three, OdlNode two)
{
  odl_graph_broadcast (graph, two, 4);
}

static void
use_unknown_node (OdlGraph *graph, OdlNode three, OdlNode two)
{
  odl_graph_unary (graph, ODL_OP_SIN, two + 1);
}

static void
mistake_arity (OdlGraph *graph, OdlNode three, OdlNode two)
{
  odl_graph_unary (graph, ODL_OP_MUL, two);
}

static void
test_guards (void)
{
  static const struct {
    const char *path;
    Mistake make;
  } mistakes[] = {
    { "/graph/guards/rows", add_rows_that_differ },
    { "/graph/guards/slice", slice_beyond },
    { "/graph/guards/broadcast", broadcast_rows },
    { "/graph/guards/node", use_unknown_node },
    { "/graph/guards/arity", mistake_arity },
  };
  guint n = G_N_ELEMENTS (mistakes);
  for (guint i = 0; i < n; i++) {
    if (g_test_subprocess ()) {
      const char *wanted = g_getenv ("ODL_TEST_MISTAKE");
      if (g_strcmp0 (wanted, mistakes[i].path) != 0)
        continue;
      g_autoptr (OdlGraph) graph = odl_graph_new ();
      OdlNode three = odl_graph_input (graph, NULL, 3);
      OdlNode two = odl_graph_input (graph, NULL, 2);
      mistakes[i].make (graph, three, two);
      return;
    }
    g_setenv ("ODL_TEST_MISTAKE", mistakes[i].path, TRUE);
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_failed ();
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/shapes", test_shapes);
  g_test_add_func ("/graph/order", test_order);
  g_test_add_func ("/graph/ports", test_ports);
  g_test_add_func ("/graph/theta", test_theta);
  g_test_add_func ("/graph/copy", test_copy);
  g_test_add_func ("/graph/inline", test_inline);
  g_test_add_func ("/graph/guards", test_guards);
  return g_test_run ();
}
