/* Random graphs. SPDX-License-Identifier: MIT
 *
 * Operations are drawn one after another and take their operands from all that came
 * before, so that values are shared, forgotten, sliced and put together again, as in
 * the graphs that derivatives make. Every result is kept near 1: what could grow is
 * squashed. */
#include "support/random-graph.h"

static guint
rows_of (const OdlGraph *graph, OdlNode node)
{
  return odl_graph_operation (graph, node)->rows;
}

gboolean
random_graph_is_smooth (OdlOp op)
{
  return op != ODL_OP_ABS && op != ODL_OP_SIGN && op != ODL_OP_STEP && op != ODL_OP_RELU
         && op != ODL_OP_ELU && op != ODL_OP_MIN && op != ODL_OP_MAX
         && op != ODL_OP_LESS;
}

/* On ±1. */
static OdlNode
squash (OdlGraph *g, OdlNode a)
{
  return odl_graph_unary (g, ODL_OP_SIN, a);
}

/* At least ½. */
static OdlNode
lift (OdlGraph *g, OdlNode a)
{
  return odl_graph_binary (g, ODL_OP_ADD, odl_graph_unary (g, ODL_OP_SIGMOID, a),
                           odl_graph_constant (g, 0.5, 1));
}

OdlNode
random_graph_tame (OdlGraph *g, OdlOp op, OdlNode a)
{
  switch (op) {
  case ODL_OP_LOG:
  case ODL_OP_SQRT:
  case ODL_OP_RECIPROCAL:
    return odl_graph_unary (g, op, lift (g, a));
  case ODL_OP_ASIN:
  case ODL_OP_ACOS: {
    OdlNode half = odl_graph_constant (g, 0.5, 1);
    return odl_graph_unary (g, op,
                            odl_graph_binary (g, ODL_OP_MUL, half, squash (g, a)));
  }
  case ODL_OP_TAN:
  case ODL_OP_EXP:
  case ODL_OP_SINH:
  case ODL_OP_COSH:
  case ODL_OP_SQUARE:
    return odl_graph_unary (g, op, squash (g, a));
  default:
    return odl_graph_unary (g, op, a);
  }
}

static OdlNode
tame_binary (OdlGraph *g, OdlOp op, OdlNode a, OdlNode b)
{
  if (op == ODL_OP_DIV)
    b = lift (g, b);
  if (op == ODL_OP_POW)
    a = lift (g, a);
  if (op == ODL_OP_POW || op == ODL_OP_MUL)
    b = squash (g, b);
  return odl_graph_binary (g, op, a, b);
}

typedef struct {
  GRand *rand;
  OdlGraph *graph;
  GArray *nodes; /* of OdlNode */
  gboolean smooth;
  guint n_theta;
} Maker;

static guint
below (Maker *m, guint n)
{
  return (guint)g_rand_int_range (m->rand, 0, (gint32)n);
}

/* Mostly one of the newest, so that graphs grow deep. */
static OdlNode
pick (Maker *m)
{
  guint n = m->nodes->len, newest = below (m, 4) ? MIN (n, 3) : n;
  return g_array_index (m->nodes, OdlNode, n - 1 - below (m, newest));
}

/* Some node with these rows or one. */
static OdlNode
pick_with (Maker *m, guint rows)
{
  for (guint tries = 0; tries < 20; tries++) {
    OdlNode node = pick (m);
    if (rows_of (m->graph, node) == rows || rows_of (m->graph, node) == 1)
      return node;
  }
  return odl_graph_constant (m->graph, g_rand_double_range (m->rand, -1, 1),
                             below (m, 2) ? rows : 1);
}

static guint
new_theta (Maker *m, guint n)
{
  guint offset = below (m, 3) ? m->n_theta : below (m, m->n_theta + 1);
  m->n_theta = MAX (m->n_theta, offset + n);
  return offset;
}

static OdlNode
make_linear (Maker *m, OdlNode a)
{
  guint rows = 1 + below (m, 6), inner = rows_of (m->graph, a);
  guint offset = new_theta (m, rows * inner);
  OdlNode y = below (m, 2) ? odl_graph_linear (m->graph, offset, rows, a)
                           : odl_graph_linear_t (m->graph, offset, rows, a);
  if (below (m, 2))
    y = odl_graph_binary (m->graph, ODL_OP_ADD, y,
                          odl_graph_theta (m->graph, new_theta (m, rows), rows));
  return below (m, 2) ? y : squash (m->graph, y);
}

static OdlNode
make_leaf (Maker *m)
{
  guint rows = 1 + below (m, 4);
  if (below (m, 3))
    return odl_graph_theta (m->graph, new_theta (m, rows), rows);
  return odl_graph_constant (m->graph, (double)below (m, 4) - 1, rows);
}

/* Rows taken apart and put together. */
static OdlNode
make_rows (Maker *m, OdlNode a)
{
  OdlGraph *g = m->graph;
  guint rows = rows_of (g, a);
  switch (below (m, 4)) {
  case 0:
    return rows < 6 ? odl_graph_concat (g, a, pick (m)) : odl_graph_sum_rows (g, a);
  case 1: {
    guint first = below (m, rows);
    return odl_graph_slice (g, a, first, 1 + below (m, rows - first));
  }
  case 2:
    return squash (g, odl_graph_sum_rows (g, a));
  default:
    return rows == 1 ? odl_graph_broadcast (g, a, 1 + below (m, 5)) : squash (g, a);
  }
}

static OdlNode
make_elementwise (Maker *m, OdlNode a)
{
  OdlOp op;
  do
    op = ODL_OP_NEG + below (m, ODL_OP_LINEAR - ODL_OP_NEG);
  while (m->smooth && !random_graph_is_smooth (op));
  if (op < ODL_OP_ADD)
    return random_graph_tame (m->graph, op, a);
  OdlNode b = pick_with (m, rows_of (m->graph, a));
  return below (m, 2) ? tame_binary (m->graph, op, a, b)
                      : tame_binary (m->graph, op, b, a);
}

static OdlNode
make (Maker *m)
{
  switch (below (m, 12)) {
  case 0:
    return make_leaf (m);
  case 1:
  case 2:
    return make_linear (m, pick (m));
  case 3:
  case 4:
    return make_rows (m, pick (m));
  default:
    return make_elementwise (m, pick (m));
  }
}

OdlGraph *
random_graph (GRand *rand, guint size, gboolean smooth)
{
  Maker m = { .rand = rand, .graph = odl_graph_new (), .smooth = smooth };
  m.nodes = g_array_new (FALSE, FALSE, sizeof (OdlNode));
  const char *const names[] = { "t", "x", "y" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    OdlNode node = odl_graph_input (m.graph, names[i], i == 0 ? 1 : 1 + below (&m, 4));
    g_array_append_val (m.nodes, node);
  }
  for (guint i = 0; i < size; i++) {
    OdlNode node = make (&m);
    g_array_append_val (m.nodes, node);
  }
  OdlNode last = g_array_index (m.nodes, OdlNode, m.nodes->len - 1);
  odl_graph_output (m.graph, "last", last);
  if (below (&m, 2))
    odl_graph_output (m.graph, "other", pick (&m));
  g_array_unref (m.nodes);
  return m.graph;
}

guint
random_graph_n_inputs (const OdlGraph *graph)
{
  guint n = 0;
  for (guint i = 0; i < odl_graph_n_inputs (graph); i++)
    n += rows_of (graph, odl_graph_input_node (graph, i));
  return n;
}

double *
random_graph_numbers (GRand *rand, gsize n)
{
  double *x = g_new (double, n + 1);
  for (gsize i = 0; i < n; i++)
    x[i] = g_rand_double_range (rand, -1, 1);
  return x;
}
