/* The builder of graphs. SPDX-License-Identifier: MIT
 *
 * Operations stand in one array in the order they were added, so every operand comes
 * before its use and a loop over the array is a valid order of evaluation. Inputs and
 * outputs are indices into it. Nothing is shared or simplified here: the program
 * (evaluate.c) does that, and the derivatives (derive.c) may therefore be written as
 * plainly as the calculus. */
#include "graph/graph.h"

#include <string.h>

typedef struct {
  char *name;
  OdlNode node;
} Port;

struct _OdlGraph {
  GArray *operations; /* of OdlOperation */
  GArray *inputs;     /* of Port */
  GArray *outputs;
  guint n_theta;
};

static void
clear_port (gpointer port)
{
  g_free (((Port *)port)->name);
}

static GArray *
new_ports (void)
{
  GArray *ports = g_array_new (FALSE, FALSE, sizeof (Port));
  g_array_set_clear_func (ports, clear_port);
  return ports;
}

OdlGraph *
odl_graph_new (void)
{
  OdlGraph *graph = g_new0 (OdlGraph, 1);
  graph->operations = g_array_new (FALSE, FALSE, sizeof (OdlOperation));
  graph->inputs = new_ports ();
  graph->outputs = new_ports ();
  return graph;
}

static GArray *
copy_ports (const GArray *from)
{
  GArray *ports = new_ports ();
  for (guint i = 0; i < from->len; i++) {
    const Port *old = &g_array_index (from, Port, i);
    Port port = { g_strdup (old->name), old->node };
    g_array_append_val (ports, port);
  }
  return ports;
}

OdlGraph *
odl_graph_copy (const OdlGraph *graph)
{
  g_return_val_if_fail (graph != NULL, NULL);
  OdlGraph *copy = g_new0 (OdlGraph, 1);
  copy->operations = g_array_copy (graph->operations);
  copy->inputs = copy_ports (graph->inputs);
  copy->outputs = copy_ports (graph->outputs);
  copy->n_theta = graph->n_theta;
  return copy;
}

void
odl_graph_free (OdlGraph *graph)
{
  g_return_if_fail (graph != NULL);
  g_array_unref (graph->operations);
  g_array_unref (graph->inputs);
  g_array_unref (graph->outputs);
  g_free (graph);
}

const OdlOperation *
odl_graph_operation (const OdlGraph *graph, OdlNode node)
{
  g_assert (node >= 0 && (guint)node < graph->operations->len);
  return &g_array_index (graph->operations, OdlOperation, node);
}

static guint
rows_of (const OdlGraph *graph, OdlNode node)
{
  return odl_graph_operation (graph, node)->rows;
}

/* An operand has a value: the accumulators have none, and no rows. */
static OdlNode
append (OdlGraph *graph, OdlOperation operation)
{
  OdlNode node = (OdlNode)graph->operations->len;
  g_assert (graph->operations->len < G_MAXINT);
  g_assert (operation.a < node && operation.b < node);
  g_assert (operation.a < 0 || rows_of (graph, operation.a) > 0);
  g_assert (operation.b < 0 || rows_of (graph, operation.b) > 0);
  g_array_append_val (graph->operations, operation);
  return node;
}

static void
use_theta (OdlGraph *graph, guint offset, gsize count)
{
  g_assert (offset + count <= G_MAXUINT);
  graph->n_theta = MAX (graph->n_theta, (guint)(offset + count));
}

OdlNode
odl_graph_input (OdlGraph *graph, const char *name, guint rows)
{
  g_assert (rows > 0);
  OdlNode node = append (graph, (OdlOperation){ .op = ODL_OP_INPUT,
                                                .rows = rows,
                                                .a = ODL_NODE_NONE,
                                                .b = ODL_NODE_NONE,
                                                .offset = graph->inputs->len });
  Port port = { g_strdup (name), node };
  g_array_append_val (graph->inputs, port);
  return node;
}

guint
odl_graph_output (OdlGraph *graph, const char *name, OdlNode node)
{
  g_assert (rows_of (graph, node) > 0);
  Port port = { g_strdup (name), node };
  g_array_append_val (graph->outputs, port);
  return graph->outputs->len - 1;
}

OdlNode
odl_graph_constant (OdlGraph *graph, double value, guint rows)
{
  g_assert (rows > 0);
  return append (graph, (OdlOperation){ .op = ODL_OP_CONSTANT,
                                        .rows = rows,
                                        .a = ODL_NODE_NONE,
                                        .b = ODL_NODE_NONE,
                                        .value = value });
}

OdlNode
odl_graph_theta (OdlGraph *graph, guint offset, guint rows)
{
  g_assert (rows > 0);
  use_theta (graph, offset, rows);
  return append (graph, (OdlOperation){ .op = ODL_OP_THETA,
                                        .rows = rows,
                                        .a = ODL_NODE_NONE,
                                        .b = ODL_NODE_NONE,
                                        .offset = offset });
}

OdlNode
odl_graph_unary (OdlGraph *graph, OdlOp op, OdlNode a)
{
  g_assert (op > ODL_OP_THETA && op < ODL_OP_ADD);
  return append (graph, (OdlOperation){
                            .op = op,
                            .rows = rows_of (graph, a),
                            .a = a,
                            .b = ODL_NODE_NONE,
                        });
}

OdlNode
odl_graph_binary (OdlGraph *graph, OdlOp op, OdlNode a, OdlNode b)
{
  g_assert (op >= ODL_OP_ADD && op < ODL_OP_LINEAR);
  guint rows_a = rows_of (graph, a), rows_b = rows_of (graph, b);
  g_assert (rows_a == rows_b || rows_a == 1 || rows_b == 1);
  return append (
      graph, (OdlOperation){ .op = op, .rows = MAX (rows_a, rows_b), .a = a, .b = b });
}

static OdlNode
product (OdlGraph *graph, OdlOp op, guint offset, guint rows, OdlNode x)
{
  g_assert (rows > 0);
  use_theta (graph, offset, (gsize)rows * rows_of (graph, x));
  return append (
      graph,
      (OdlOperation){
          .op = op, .rows = rows, .a = x, .b = ODL_NODE_NONE, .offset = offset });
}

OdlNode
odl_graph_linear (OdlGraph *graph, guint offset, guint rows, OdlNode x)
{
  return product (graph, ODL_OP_LINEAR, offset, rows, x);
}

OdlNode
odl_graph_linear_t (OdlGraph *graph, guint offset, guint rows, OdlNode x)
{
  return product (graph, ODL_OP_LINEAR_T, offset, rows, x);
}

OdlNode
odl_graph_concat (OdlGraph *graph, OdlNode a, OdlNode b)
{
  guint rows = rows_of (graph, a) + rows_of (graph, b);
  return append (graph,
                 (OdlOperation){ .op = ODL_OP_CONCAT, .rows = rows, .a = a, .b = b });
}

OdlNode
odl_graph_slice (OdlGraph *graph, OdlNode a, guint first, guint rows)
{
  g_assert (rows > 0 && first + rows <= rows_of (graph, a));
  return append (graph, (OdlOperation){ .op = ODL_OP_SLICE,
                                        .rows = rows,
                                        .a = a,
                                        .b = ODL_NODE_NONE,
                                        .offset = first });
}

OdlNode
odl_graph_sum_rows (OdlGraph *graph, OdlNode a)
{
  return append (
      graph,
      (OdlOperation){ .op = ODL_OP_SUM_ROWS, .rows = 1, .a = a, .b = ODL_NODE_NONE });
}

OdlNode
odl_graph_broadcast (OdlGraph *graph, OdlNode a, guint rows)
{
  g_assert (rows > 0 && rows_of (graph, a) == 1);
  return append (
      graph, (OdlOperation){
                 .op = ODL_OP_BROADCAST, .rows = rows, .a = a, .b = ODL_NODE_NONE });
}

void
odl_graph_outer_to_theta (OdlGraph *graph, guint offset, OdlNode a, OdlNode b)
{
  use_theta (graph, offset, (gsize)rows_of (graph, a) * rows_of (graph, b));
  append (graph, (OdlOperation){
                     .op = ODL_OP_OUTER_TO_THETA, .a = a, .b = b, .offset = offset });
}

void
odl_graph_sum_to_theta (OdlGraph *graph, guint offset, OdlNode a)
{
  use_theta (graph, offset, rows_of (graph, a));
  append (graph, (OdlOperation){ .op = ODL_OP_SUM_TO_THETA,
                                 .a = a,
                                 .b = ODL_NODE_NONE,
                                 .offset = offset });
}

/* Whether `offset` of the operation is a place in θ. */
static gboolean
addresses_theta (OdlOp op)
{
  return op == ODL_OP_THETA || op == ODL_OP_LINEAR || op == ODL_OP_LINEAR_T
         || op == ODL_OP_OUTER_TO_THETA || op == ODL_OP_SUM_TO_THETA;
}

/* Numbers of θ that the operation reads or adds to. */
static gsize
theta_length (const OdlGraph *graph, const OdlOperation *o)
{
  gsize rows_a = o->a < 0 ? 1 : rows_of (graph, o->a);
  if (o->op == ODL_OP_OUTER_TO_THETA)
    return rows_a * rows_of (graph, o->b);
  if (o->op == ODL_OP_SUM_TO_THETA)
    return rows_a;
  return rows_a * o->rows;
}

OdlNode
odl_graph_append (OdlGraph *graph, const OdlOperation *operation, const OdlNode map[])
{
  OdlOperation copy = *operation;
  g_assert (copy.op != ODL_OP_INPUT);
  if (map && copy.a >= 0)
    copy.a = map[copy.a];
  if (map && copy.b >= 0)
    copy.b = map[copy.b];
  if (addresses_theta (copy.op))
    use_theta (graph, copy.offset, theta_length (graph, &copy));
  return append (graph, copy);
}

void
odl_graph_inline (OdlGraph *graph, const OdlGraph *other, const OdlNode inputs[],
                  guint theta_shift, OdlNode outputs[])
{
  g_return_if_fail (graph != other);
  guint n = other->operations->len;
  g_autofree OdlNode *map = g_new (OdlNode, n);
  for (guint i = 0; i < n; i++) {
    OdlOperation operation = *odl_graph_operation (other, (OdlNode)i);
    if (operation.op == ODL_OP_INPUT) {
      map[i] = inputs[operation.offset];
      g_assert (rows_of (graph, map[i]) == operation.rows);
      continue;
    }
    if (addresses_theta (operation.op))
      operation.offset += theta_shift;
    map[i] = odl_graph_append (graph, &operation, map);
  }
  if (other->n_theta > 0)
    use_theta (graph, theta_shift, other->n_theta);
  for (guint i = 0; i < other->outputs->len; i++)
    outputs[i] = map[g_array_index (other->outputs, Port, i).node];
}

guint
odl_graph_n_operations (const OdlGraph *graph)
{
  return graph->operations->len;
}

guint
odl_graph_n_inputs (const OdlGraph *graph)
{
  return graph->inputs->len;
}

guint
odl_graph_n_outputs (const OdlGraph *graph)
{
  return graph->outputs->len;
}

OdlNode
odl_graph_input_node (const OdlGraph *graph, guint index)
{
  g_assert (index < graph->inputs->len);
  return g_array_index (graph->inputs, Port, index).node;
}

OdlNode
odl_graph_output_node (const OdlGraph *graph, guint index)
{
  g_assert (index < graph->outputs->len);
  return g_array_index (graph->outputs, Port, index).node;
}

const char *
odl_graph_input_name (const OdlGraph *graph, guint index)
{
  g_assert (index < graph->inputs->len);
  return g_array_index (graph->inputs, Port, index).name;
}

const char *
odl_graph_output_name (const OdlGraph *graph, guint index)
{
  g_assert (index < graph->outputs->len);
  return g_array_index (graph->outputs, Port, index).name;
}

guint
odl_graph_n_theta (const OdlGraph *graph)
{
  return graph->n_theta;
}
