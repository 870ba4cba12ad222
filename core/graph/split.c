/* A graph and its reverse derivative with the work between them shared.
 * SPDX-License-Identifier: MIT
 *
 * The graph and its VJP are put into one and simplified, so that equal operations are
 * one. What depends on a cotangent belongs to the reverse pass, all else to the forward
 * pass. From each operand that the reverse pass takes from the forward one, a search
 * goes up: cheap operations (arithmetic, views) are computed again, and the first
 * costly one on each path is kept. A sum that takes up a product of matrices counts as
 * part of it, so that keeping it does not undo the fusion of the two. */
#include "graph/split.h"

#include "graph/derive.h"
#include "graph/simplify.h"

typedef struct {
  OdlGraph *both; /* inputs, cotangents; outputs of the graph, then of its VJP */
  guint n, n_inputs, n_outputs;
  gboolean *varies; /* by node: depends on an input */
  gboolean *late;   /* by node: depends on a cotangent, or is an accumulator */
  gboolean *live, *kept, *again;
} Split;

static const OdlOperation *
op_of (const Split *s, OdlNode node)
{
  return odl_graph_operation (s->both, node);
}

static guint
rows_of (const OdlGraph *graph, OdlNode node)
{
  return odl_graph_operation (graph, node)->rows;
}

static OdlGraph *
join (const OdlGraph *graph, const OdlKernels *kernels)
{
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
  g_autoptr (OdlGraph) both = odl_graph_new ();
  guint n_inputs = odl_graph_n_inputs (graph), n_outputs = odl_graph_n_outputs (graph);
  g_autofree OdlNode *in = g_new (OdlNode, n_inputs + n_outputs);
  g_autofree OdlNode *out = g_new (OdlNode, n_inputs + n_outputs);
  for (guint i = 0; i < n_inputs; i++)
    in[i] = odl_graph_input (both, odl_graph_input_name (graph, i),
                             rows_of (graph, odl_graph_input_node (graph, i)));
  for (guint i = 0; i < n_outputs; i++)
    in[n_inputs + i]
        = odl_graph_input (both, odl_graph_output_name (graph, i),
                           rows_of (graph, odl_graph_output_node (graph, i)));
  odl_graph_inline (both, graph, in, 0, out);
  odl_graph_inline (both, vjp, in, 0, out + n_outputs);
  for (guint i = 0; i < n_inputs + n_outputs; i++)
    odl_graph_output (both, "", out[i]);
  return odl_graph_simplify (both, kernels);
}

static gboolean
is_accumulator (OdlOp op)
{
  return op == ODL_OP_OUTER_TO_THETA || op == ODL_OP_SUM_TO_THETA;
}

static gboolean
is_product (OdlOp op)
{
  return op == ODL_OP_LINEAR || op == ODL_OP_LINEAR_T;
}

/* Arithmetic that is cheaper than to store and load its result. */
static gboolean
is_cheap (const Split *s, const OdlOperation *o)
{
  switch (o->op) {
  case ODL_OP_ADD:
    return !is_product (op_of (s, o->a)->op) && !is_product (op_of (s, o->b)->op);
  case ODL_OP_NEG:
  case ODL_OP_ABS:
  case ODL_OP_SIGN:
  case ODL_OP_STEP:
  case ODL_OP_SQUARE:
  case ODL_OP_RELU:
  case ODL_OP_SUB:
  case ODL_OP_MUL:
  case ODL_OP_MIN:
  case ODL_OP_MAX:
  case ODL_OP_LESS:
  case ODL_OP_CONCAT:
  case ODL_OP_SLICE:
  case ODL_OP_BROADCAST:
    return TRUE;
  default:
    return FALSE;
  }
}

/* The reverse pass reads this node of the forward one. */
static void
request (Split *s, OdlNode node)
{
  if (node < 0 || s->late[node] || s->again[node] || s->kept[node])
    return;
  const OdlOperation *o = op_of (s, node);
  if (s->varies[node] && o->op != ODL_OP_INPUT && !is_cheap (s, o)) {
    s->kept[node] = TRUE;
    return;
  }
  s->again[node] = TRUE;
  request (s, o->a);
  request (s, o->b);
}

static void
classify (Split *s)
{
  for (guint i = 0; i < s->n; i++) {
    const OdlOperation *o = op_of (s, (OdlNode)i);
    gboolean cotangent = o->op == ODL_OP_INPUT && o->offset >= s->n_inputs;
    s->varies[i] = o->op == ODL_OP_INPUT || (o->a >= 0 && s->varies[o->a])
                   || (o->b >= 0 && s->varies[o->b]);
    s->late[i] = cotangent || is_accumulator (o->op) || (o->a >= 0 && s->late[o->a])
                 || (o->b >= 0 && s->late[o->b]);
  }
  odl_graph_mark_live (s->both, s->live);
  for (guint i = 0; i < s->n; i++) {
    const OdlOperation *o = op_of (s, (OdlNode)i);
    s->late[i] = s->late[i] && s->live[i];
    if (s->late[i]) {
      request (s, o->a);
      request (s, o->b);
    }
  }
  for (guint i = s->n_outputs; i < s->n_outputs + s->n_inputs; i++)
    request (s, odl_graph_output_node (s->both, i));
}

static OdlNode
copy_input (OdlGraph *to, const Split *s, guint index)
{
  OdlNode node = odl_graph_input_node (s->both, index);
  return odl_graph_input (to, odl_graph_input_name (s->both, index),
                          rows_of (s->both, node));
}

static OdlGraph *
make_forward (const Split *s, OdlNode *map)
{
  OdlGraph *to = odl_graph_new ();
  OdlNode kept = ODL_NODE_NONE;
  for (guint i = 0; i < s->n_inputs; i++)
    map[odl_graph_input_node (s->both, i)] = copy_input (to, s, i);
  for (guint i = 0; i < s->n; i++) {
    const OdlOperation *o = op_of (s, (OdlNode)i);
    if (s->late[i] || !s->live[i] || o->op == ODL_OP_INPUT)
      continue;
    map[i] = odl_graph_append (to, o, map);
    if (s->kept[i])
      kept = kept < 0 ? map[i] : odl_graph_concat (to, kept, map[i]);
  }
  for (guint i = 0; i < s->n_outputs; i++)
    odl_graph_output (to, "dy", map[odl_graph_output_node (s->both, i)]);
  if (kept >= 0)
    odl_graph_output (to, "kept", kept);
  return to;
}

static OdlGraph *
make_reverse (const Split *s, guint n_kept, OdlNode *map)
{
  OdlGraph *to = odl_graph_new ();
  OdlNode kept = ODL_NODE_NONE;
  guint row = 0;
  for (guint i = 0; i < s->n_inputs; i++)
    map[odl_graph_input_node (s->both, i)] = copy_input (to, s, i);
  if (n_kept > 0)
    kept = odl_graph_input (to, "kept", n_kept);
  for (guint i = s->n_inputs; i < s->n_inputs + s->n_outputs; i++)
    map[odl_graph_input_node (s->both, i)] = copy_input (to, s, i);
  for (guint i = 0; i < s->n; i++) {
    const OdlOperation *o = op_of (s, (OdlNode)i);
    if (s->kept[i]) {
      map[i] = odl_graph_slice (to, kept, row, o->rows);
      row += o->rows;
    } else if ((s->late[i] || s->again[i]) && o->op != ODL_OP_INPUT) {
      map[i] = odl_graph_append (to, o, map);
    }
  }
  for (guint i = 0; i < s->n_inputs; i++)
    odl_graph_output (to, "", map[odl_graph_output_node (s->both, s->n_outputs + i)]);
  return to;
}

OdlSplit
odl_graph_split (const OdlGraph *graph, const OdlKernels *kernels)
{
  g_assert (graph != NULL && kernels != NULL);
  g_autoptr (OdlGraph) both = join (graph, kernels);
  Split s = { .both = both,
              .n = odl_graph_n_operations (both),
              .n_inputs = odl_graph_n_inputs (graph),
              .n_outputs = odl_graph_n_outputs (graph) };
  g_autofree gboolean *flags = g_new0 (gboolean, 5 * s.n + 1);
  g_autofree OdlNode *map = g_new (OdlNode, s.n + 1);
  s.varies = flags;
  s.late = flags + s.n;
  s.kept = flags + 2 * s.n;
  s.again = flags + 3 * s.n;
  s.live = flags + 4 * s.n;
  classify (&s);
  OdlSplit split = { NULL, NULL, 0 };
  for (guint i = 0; i < s.n; i++)
    if (s.kept[i])
      split.n_kept += op_of (&s, (OdlNode)i)->rows;
  split.forward = make_forward (&s, map);
  split.reverse = make_reverse (&s, split.n_kept, map);
  return split;
}
