/* A graph made smaller. SPDX-License-Identifier: MIT
 *
 * One pass over the live operations, in order: each is rewritten by the rules below
 * with operands that are simple already, then looked up among those that are there
 * (value numbering: Cocke and Schwartz 1970), and appended only if it is new. The rules
 * fold constants, take away neutral operands, turn powers with small exponents into
 * products, move minus signs to where an addition takes them up, and let views and
 * broadcasts be read where they come from. Multiplication by 0 stays: what is not
 * finite must show. */
#include "graph/simplify.h"

#include <math.h>

#define LANES 8

typedef struct {
  OdlGraph *graph;
  const OdlKernels *kernels;
  GHashTable *known; /* OdlOperation → node + 1 */
} Simplifier;

static guint
hash_operation (gconstpointer key)
{
  const OdlOperation *o = key;
  guint hash = (guint)o->op;
  const guint parts[] = { o->rows, (guint)o->a, (guint)o->b, o->offset };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    hash = (hash ^ parts[i]) * 0x9e3779b1u;
  return hash ^ g_double_hash (&o->value);
}

static gboolean
same_number (double a, double b)
{
  return (a == b && signbit (a) == signbit (b)) || (isnan (a) && isnan (b));
}

static gboolean
equal_operations (gconstpointer x, gconstpointer y)
{
  const OdlOperation *a = x, *b = y;
  return a->op == b->op && a->rows == b->rows && a->a == b->a && a->b == b->b
         && a->offset == b->offset && same_number (a->value, b->value);
}

static OdlOperation
at (const Simplifier *s, OdlNode node)
{
  return *odl_graph_operation (s->graph, node);
}

static gboolean
is_accumulator (OdlOp op)
{
  return op == ODL_OP_OUTER_TO_THETA || op == ODL_OP_SUM_TO_THETA;
}

static OdlNode
append (Simplifier *s, OdlOperation o)
{
  gpointer found;
  if (is_accumulator (o.op))
    return odl_graph_append (s->graph, &o, NULL);
  if (g_hash_table_lookup_extended (s->known, &o, NULL, &found))
    return GPOINTER_TO_INT (found);
  OdlNode node = odl_graph_append (s->graph, &o, NULL);
  g_hash_table_insert (s->known, g_memdup2 (&o, sizeof o), GINT_TO_POINTER (node));
  return node;
}

static OdlNode simplify (Simplifier *s, OdlOperation o);

static OdlNode
constant (Simplifier *s, double value, guint rows)
{
  return append (s, (OdlOperation){ .op = ODL_OP_CONSTANT,
                                    .rows = rows,
                                    .a = ODL_NODE_NONE,
                                    .b = ODL_NODE_NONE,
                                    .value = value });
}

static OdlNode
unary (Simplifier *s, OdlOp op, OdlNode a)
{
  return simplify (
      s,
      (OdlOperation){ .op = op, .rows = at (s, a).rows, .a = a, .b = ODL_NODE_NONE });
}

static OdlNode
binary (Simplifier *s, OdlOp op, OdlNode a, OdlNode b)
{
  guint rows = MAX (at (s, a).rows, at (s, b).rows);
  return simplify (s, (OdlOperation){ .op = op, .rows = rows, .a = a, .b = b });
}

static OdlNode
slice (Simplifier *s, OdlNode a, guint first, guint rows)
{
  return simplify (s, (OdlOperation){ .op = ODL_OP_SLICE,
                                      .rows = rows,
                                      .a = a,
                                      .b = ODL_NODE_NONE,
                                      .offset = first });
}

static OdlNode
broadcast (Simplifier *s, OdlNode a, guint rows)
{
  return simplify (
      s, (OdlOperation){
             .op = ODL_OP_BROADCAST, .rows = rows, .a = a, .b = ODL_NODE_NONE });
}

static gboolean
is_constant (const Simplifier *s, OdlNode node, double *value)
{
  OdlOperation o = at (s, node);
  *value = o.value;
  return o.op == ODL_OP_CONSTANT;
}

/* The kernels' own arithmetic, so that folding changes no bit. */
static double
fold (OdlKernel kernel, double a, double b)
{
  double x[LANES], y[LANES], out[LANES];
  for (guint i = 0; i < LANES; i++) {
    x[i] = a;
    y[i] = b;
  }
  OdlCall call = { .out = out, .a = x, .b = y, .c = x, .rows = 1, .width = LANES };
  kernel (&call);
  return out[0];
}

static OdlNode
simplify_unary (Simplifier *s, OdlOperation o)
{
  OdlOperation a = at (s, o.a);
  if (a.op == ODL_OP_CONSTANT)
    return constant (s, fold (s->kernels->unary[o.op - ODL_OP_NEG], a.value, 0),
                     o.rows);
  if (a.op == ODL_OP_BROADCAST)
    return broadcast (s, unary (s, o.op, a.a), o.rows);
  if (o.op == ODL_OP_NEG && a.op == ODL_OP_NEG)
    return a.a;
  if (o.op == ODL_OP_NEG && a.op == ODL_OP_SUB && a.rows == at (s, a.b).rows)
    return binary (s, ODL_OP_SUB, a.b, a.a);
  if (o.op == ODL_OP_SQUARE && (a.op == ODL_OP_NEG || a.op == ODL_OP_ABS))
    return unary (s, ODL_OP_SQUARE, a.a);
  return append (s, o);
}

/* x^n by products where that is as exact; none: no such exponent. */
static OdlNode
simplify_power (Simplifier *s, OdlNode x, double n, guint rows)
{
  if (n == 0)
    return constant (s, 1, rows);
  if (n == 1)
    return x;
  if (n == 2)
    return unary (s, ODL_OP_SQUARE, x);
  if (n == 3)
    return binary (s, ODL_OP_MUL, x, unary (s, ODL_OP_SQUARE, x));
  if (n == 4)
    return unary (s, ODL_OP_SQUARE, unary (s, ODL_OP_SQUARE, x));
  if (n == 0.5)
    return unary (s, ODL_OP_SQRT, x);
  if (n == -1 || n == -2)
    return unary (s, ODL_OP_RECIPROCAL, simplify_power (s, x, -n, rows));
  return ODL_NODE_NONE;
}

static gboolean
is_power_of_two (double x)
{
  int exponent;
  return isnormal (x) && isnormal (1 / x) && fabs (frexp (x, &exponent)) == 0.5;
}

/* a op n with all rows in a. None: no rule. */
static OdlNode
with_right_number (Simplifier *s, OdlOperation o, double n)
{
  OdlOperation a = at (s, o.a);
  switch (o.op) {
  case ODL_OP_ADD:
  case ODL_OP_SUB:
    return n == 0 ? o.a : ODL_NODE_NONE;
  case ODL_OP_MUL:
    if (n == 1)
      return o.a;
    if (n == -1)
      return unary (s, ODL_OP_NEG, o.a);
    if (a.op == ODL_OP_NEG)
      return binary (s, ODL_OP_MUL, a.a, constant (s, -n, 1));
    return ODL_NODE_NONE;
  case ODL_OP_DIV:
    if (n == 1)
      return o.a;
    if (is_power_of_two (n))
      return binary (s, ODL_OP_MUL, o.a, constant (s, 1 / n, 1));
    return ODL_NODE_NONE;
  case ODL_OP_POW:
    return simplify_power (s, o.a, n, o.rows);
  default:
    return ODL_NODE_NONE;
  }
}

static OdlNode
with_left_number (Simplifier *s, OdlOperation o, double n)
{
  if (o.op == ODL_OP_SUB && n == 0)
    return unary (s, ODL_OP_NEG, o.b);
  if (o.op == ODL_OP_DIV && n == 1)
    return unary (s, ODL_OP_RECIPROCAL, o.b);
  return ODL_NODE_NONE;
}

/* Where a minus sign goes: additions take it up, products pass it on. */
static OdlNode
with_signs (Simplifier *s, OdlOperation o)
{
  OdlOperation a = at (s, o.a), b = at (s, o.b);
  if (o.op == ODL_OP_ADD && b.op == ODL_OP_NEG)
    return binary (s, ODL_OP_SUB, o.a, b.a);
  if (o.op == ODL_OP_ADD && a.op == ODL_OP_NEG)
    return binary (s, ODL_OP_SUB, o.b, a.a);
  if (o.op == ODL_OP_SUB && b.op == ODL_OP_NEG)
    return binary (s, ODL_OP_ADD, o.a, b.a);
  if (o.op == ODL_OP_MUL && b.op == ODL_OP_NEG)
    return unary (s, ODL_OP_NEG, binary (s, ODL_OP_MUL, o.a, b.a));
  if (o.op == ODL_OP_MUL && a.op == ODL_OP_NEG)
    return unary (s, ODL_OP_NEG, binary (s, ODL_OP_MUL, a.a, o.b));
  if (o.op == ODL_OP_MUL && o.a == o.b)
    return unary (s, ODL_OP_SQUARE, o.a);
  return ODL_NODE_NONE;
}

/* Reads a broadcast or a constant of many rows as one row; the rows come back by a
 * broadcast of the result if no operand has them. */
static OdlNode
without_broadcasts (Simplifier *s, OdlOperation o)
{
  OdlNode operands[] = { o.a, o.b };
  guint rows = 1;
  for (guint i = 0; i < 2; i++) {
    OdlOperation operand = at (s, operands[i]);
    if (operand.op == ODL_OP_BROADCAST)
      operands[i] = operand.a;
    else if (operand.op == ODL_OP_CONSTANT)
      operands[i] = constant (s, operand.value, 1);
    else
      rows = MAX (rows, operand.rows);
  }
  if (operands[0] == o.a && operands[1] == o.b)
    return ODL_NODE_NONE;
  OdlNode result = binary (s, o.op, operands[0], operands[1]);
  return rows == o.rows ? result : broadcast (s, result, o.rows);
}

static OdlNode
simplify_binary (Simplifier *s, OdlOperation o)
{
  double x, y;
  gboolean left = is_constant (s, o.a, &x), right = is_constant (s, o.b, &y);
  gboolean commutes = o.op == ODL_OP_ADD || o.op == ODL_OP_MUL;
  if (left && right)
    return constant (s, fold (s->kernels->binary[o.op - ODL_OP_ADD][ODL_FORM_VV], x, y),
                     o.rows);
  OdlNode node = without_broadcasts (s, o);
  if (node >= 0)
    return node;
  if (commutes && (left || (!right && o.a > o.b)))
    return simplify (s,
                     (OdlOperation){ .op = o.op, .rows = o.rows, .a = o.b, .b = o.a });
  if (right)
    node = with_right_number (s, o, y);
  else if (left)
    node = with_left_number (s, o, x);
  if (node < 0)
    node = with_signs (s, o);
  return node < 0 ? append (s, o) : node;
}

static OdlNode
simplify_slice (Simplifier *s, OdlOperation o)
{
  OdlOperation a = at (s, o.a);
  if (o.rows == a.rows)
    return o.a;
  switch (a.op) {
  case ODL_OP_CONSTANT:
    return constant (s, a.value, o.rows);
  case ODL_OP_SLICE:
    return slice (s, a.a, a.offset + o.offset, o.rows);
  case ODL_OP_BROADCAST:
    return broadcast (s, a.a, o.rows);
  case ODL_OP_THETA:
    a.offset += o.offset;
    a.rows = o.rows;
    return append (s, a);
  case ODL_OP_CONCAT: {
    guint above = at (s, a.a).rows;
    if (o.offset + o.rows <= above)
      return slice (s, a.a, o.offset, o.rows);
    if (o.offset >= above)
      return slice (s, a.b, o.offset - above, o.rows);
    return append (s, o);
  }
  default:
    return append (s, o);
  }
}

static OdlNode
simplify_sum_rows (Simplifier *s, OdlOperation o)
{
  OdlOperation a = at (s, o.a);
  if (a.rows == 1)
    return o.a;
  if (a.op == ODL_OP_CONSTANT)
    return constant (s, a.value * a.rows, 1);
  if (a.op == ODL_OP_BROADCAST)
    return binary (s, ODL_OP_MUL, a.a, constant (s, a.rows, 1));
  return append (s, o);
}

static OdlNode
simplify_broadcast (Simplifier *s, OdlOperation o)
{
  OdlOperation a = at (s, o.a);
  if (o.rows == 1)
    return o.a;
  if (a.op == ODL_OP_CONSTANT)
    return constant (s, a.value, o.rows);
  return append (s, o);
}

static OdlNode
simplify (Simplifier *s, OdlOperation o)
{
  if (o.op >= ODL_OP_NEG && o.op < ODL_OP_ADD)
    return simplify_unary (s, o);
  if (o.op >= ODL_OP_ADD && o.op < ODL_OP_LINEAR)
    return simplify_binary (s, o);
  if (o.op == ODL_OP_SLICE)
    return simplify_slice (s, o);
  if (o.op == ODL_OP_SUM_ROWS)
    return simplify_sum_rows (s, o);
  if (o.op == ODL_OP_BROADCAST)
    return simplify_broadcast (s, o);
  return append (s, o);
}

void
odl_graph_mark_live (const OdlGraph *graph, gboolean live[])
{
  guint n = odl_graph_n_operations (graph);
  for (guint i = 0; i < n; i++)
    live[i] = is_accumulator (odl_graph_operation (graph, (OdlNode)i)->op);
  for (guint i = 0; i < odl_graph_n_outputs (graph); i++)
    live[odl_graph_output_node (graph, i)] = TRUE;
  for (guint i = n; i-- > 0;) {
    const OdlOperation *o = odl_graph_operation (graph, (OdlNode)i);
    if (live[i] && o->a >= 0)
      live[o->a] = TRUE;
    if (live[i] && o->b >= 0)
      live[o->b] = TRUE;
  }
}

OdlGraph *
odl_graph_simplify (const OdlGraph *graph, const OdlKernels *kernels)
{
  guint n = odl_graph_n_operations (graph);
  Simplifier s
      = { odl_graph_new (), kernels,
          g_hash_table_new_full (hash_operation, equal_operations, g_free, NULL) };
  g_autofree gboolean *live = g_new (gboolean, n + 1);
  g_autofree OdlNode *map = g_new (OdlNode, n + 1);
  odl_graph_mark_live (graph, live);
  for (guint i = 0; i < odl_graph_n_inputs (graph); i++) {
    OdlNode node = odl_graph_input_node (graph, i);
    map[node]
        = odl_graph_input (s.graph, NULL, odl_graph_operation (graph, node)->rows);
  }
  for (guint i = 0; i < n; i++) {
    OdlOperation o = *odl_graph_operation (graph, (OdlNode)i);
    if (!live[i] || o.op == ODL_OP_INPUT)
      continue;
    o.a = o.a < 0 ? ODL_NODE_NONE : map[o.a];
    o.b = o.b < 0 ? ODL_NODE_NONE : map[o.b];
    map[i] = simplify (&s, o);
  }
  for (guint i = 0; i < odl_graph_n_outputs (graph); i++)
    odl_graph_output (s.graph, NULL, map[odl_graph_output_node (graph, i)]);
  g_hash_table_unref (s.known);
  return s.graph;
}
