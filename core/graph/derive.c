/* Derivatives of graphs, as graphs. SPDX-License-Identifier: MIT
 *
 * Both derivatives start from a copy of the graph's operations and append to it. The
 * forward one (JVP) walks the operations in order and gives each a tangent; the reverse
 * one (VJP) walks them backwards and hands each cotangent on to the operands (Griewank
 * and Walther, Evaluating Derivatives, 2008, chapter 3). A derivative that is zero by
 * structure is no node at all, so nothing is computed for it. The local derivative of
 * an elementwise operation is written once, in `slope_…`, and used by both directions.
 * Cotangents arrive in pieces: a slice hands back only its rows, and the pieces are put
 * together once all uses have been seen, so that a system of n equations that looks at
 * its state row by row costs n rows, not n². Where a 1-row operand was broadcast, its
 * cotangent is summed over the rows. Operations that turn out to be unused stay in the
 * graph; the program removes them. */
#include "graph/derive.h"

typedef struct {
  OdlGraph *graph; /* the result */
  guint n;         /* operations of the graph that is derived */
  OdlNode *map;    /* its nodes in the result */
} Copy;

static const OdlOperation *
operation (const Copy *copy, OdlNode node)
{
  return odl_graph_operation (copy->graph, node);
}

static guint
rows_of (const OdlGraph *graph, OdlNode node)
{
  return odl_graph_operation (graph, node)->rows;
}

/* Short hands of the calculus below. */
static OdlNode
un (OdlGraph *g, OdlOp op, OdlNode a)
{
  return odl_graph_unary (g, op, a);
}

static OdlNode
bin (OdlGraph *g, OdlOp op, OdlNode a, OdlNode b)
{
  return odl_graph_binary (g, op, a, b);
}

static OdlNode
number (OdlGraph *g, double value)
{
  return odl_graph_constant (g, value, 1);
}

static OdlNode
one_minus (OdlGraph *g, OdlNode a)
{
  return bin (g, ODL_OP_SUB, number (g, 1), a);
}

/* 1 where a < b, as a factor; its complement goes to the other operand, so that at a
 * tie exactly one of them gets the derivative. */
static OdlNode
chosen (OdlGraph *g, OdlOp op, OdlNode a, OdlNode b, gboolean first)
{
  OdlNode is_first
      = op == ODL_OP_MIN ? bin (g, ODL_OP_LESS, a, b) : bin (g, ODL_OP_LESS, b, a);
  return first ? is_first : one_minus (g, is_first);
}

/* dy/dx of y = silu (x) = x s: s (1 + x (1 − s)). */
static OdlNode
slope_silu (OdlGraph *g, OdlNode x)
{
  OdlNode s = un (g, ODL_OP_SIGMOID, x);
  OdlNode inner = bin (g, ODL_OP_MUL, x, one_minus (g, s));
  return bin (g, ODL_OP_MUL, s, bin (g, ODL_OP_ADD, number (g, 1), inner));
}

/* 1 / sqrt (1 − x²). */
static OdlNode
slope_asin (OdlGraph *g, OdlNode x)
{
  OdlNode root = un (g, ODL_OP_SQRT, one_minus (g, un (g, ODL_OP_SQUARE, x)));
  return un (g, ODL_OP_RECIPROCAL, root);
}

static OdlNode
one_plus_square (OdlGraph *g, OdlNode a)
{
  return bin (g, ODL_OP_ADD, number (g, 1), un (g, ODL_OP_SQUARE, a));
}

/* dy/dx of y = op (x); none where it is zero almost everywhere. */
static OdlNode
slope_unary (OdlGraph *g, OdlOp op, OdlNode x, OdlNode y)
{
  switch (op) {
  case ODL_OP_NEG:
    return number (g, -1);
  case ODL_OP_SIN:
    return un (g, ODL_OP_COS, x);
  case ODL_OP_COS:
    return un (g, ODL_OP_NEG, un (g, ODL_OP_SIN, x));
  case ODL_OP_TAN:
    return one_plus_square (g, y);
  case ODL_OP_ASIN:
    return slope_asin (g, x);
  case ODL_OP_ACOS:
    return un (g, ODL_OP_NEG, slope_asin (g, x));
  case ODL_OP_ATAN:
    return un (g, ODL_OP_RECIPROCAL, one_plus_square (g, x));
  case ODL_OP_SINH:
    return un (g, ODL_OP_COSH, x);
  case ODL_OP_COSH:
    return un (g, ODL_OP_SINH, x);
  case ODL_OP_TANH:
    return one_minus (g, un (g, ODL_OP_SQUARE, y));
  case ODL_OP_EXP:
    return y;
  case ODL_OP_LOG:
    return un (g, ODL_OP_RECIPROCAL, x);
  case ODL_OP_SQRT:
    return bin (g, ODL_OP_DIV, number (g, 0.5), y);
  case ODL_OP_ABS:
    return un (g, ODL_OP_SIGN, x);
  case ODL_OP_RECIPROCAL:
    return un (g, ODL_OP_NEG, un (g, ODL_OP_SQUARE, y));
  case ODL_OP_SQUARE:
    return bin (g, ODL_OP_MUL, number (g, 2), x);
  case ODL_OP_SIGMOID:
    return bin (g, ODL_OP_MUL, y, one_minus (g, y));
  case ODL_OP_SOFTPLUS:
    return un (g, ODL_OP_SIGMOID, x);
  case ODL_OP_RELU:
    return un (g, ODL_OP_STEP, x);
  case ODL_OP_ELU: /* y + 1 = exp (x) on the left, 1 on the right */
    return bin (g, ODL_OP_ADD, bin (g, ODL_OP_MIN, y, number (g, 0)), number (g, 1));
  case ODL_OP_SILU:
    return slope_silu (g, x);
  case ODL_OP_SIGN:
  case ODL_OP_STEP:
    return ODL_NODE_NONE;
  default:
    g_assert_not_reached ();
  }
}

/* ∂/∂a of a^b: b a^(b − 1). A constant exponent stays one, for the program to see. */
static OdlNode
slope_base (OdlGraph *g, OdlNode a, OdlNode b)
{
  const OdlOperation *exponent = odl_graph_operation (g, b);
  if (exponent->op == ODL_OP_CONSTANT) {
    double n = exponent->value;
    guint rows = exponent->rows;
    if (n == 0)
      return ODL_NODE_NONE;
    OdlNode power = bin (g, ODL_OP_POW, a, odl_graph_constant (g, n - 1, rows));
    return bin (g, ODL_OP_MUL, number (g, n), power);
  }
  OdlNode less = bin (g, ODL_OP_SUB, b, number (g, 1));
  return bin (g, ODL_OP_MUL, b, bin (g, ODL_OP_POW, a, less));
}

/* ∂/∂b of y = a^b: y log a; at a = 0 the logarithm is taken of 1, which makes it the
 * limit 0 for b > 0. */
static OdlNode
slope_exponent (OdlGraph *g, OdlNode a, OdlNode y)
{
  OdlNode zero = one_minus (g, un (g, ODL_OP_SQUARE, un (g, ODL_OP_SIGN, a)));
  OdlNode log = un (g, ODL_OP_LOG, bin (g, ODL_OP_ADD, a, zero));
  return bin (g, ODL_OP_MUL, y, log);
}

/* The factor that takes a derivative of y = a op b by one operand. */
static OdlNode
slope_binary (OdlGraph *g, const OdlOperation *o, OdlNode y, gboolean first)
{
  OdlNode a = o->a, b = o->b;
  switch (o->op) {
  case ODL_OP_ADD:
    return number (g, 1);
  case ODL_OP_SUB:
    return number (g, first ? 1 : -1);
  case ODL_OP_MUL:
    return first ? b : a;
  case ODL_OP_DIV:
    if (first)
      return un (g, ODL_OP_RECIPROCAL, b);
    return un (g, ODL_OP_NEG, bin (g, ODL_OP_DIV, y, b));
  case ODL_OP_POW:
    return first ? slope_base (g, a, b) : slope_exponent (g, a, y);
  case ODL_OP_MIN:
  case ODL_OP_MAX:
    return chosen (g, o->op, a, b, first);
  case ODL_OP_LESS:
    return ODL_NODE_NONE;
  default:
    g_assert_not_reached ();
  }
}

static gboolean
is_unary (OdlOp op)
{
  return op > ODL_OP_THETA && op < ODL_OP_ADD;
}

static gboolean
is_binary (OdlOp op)
{
  return op >= ODL_OP_ADD && op < ODL_OP_LINEAR;
}

/* derivative · slope, where a slope of ±1 costs nothing. */
static OdlNode
times (OdlGraph *g, OdlNode derivative, OdlNode slope)
{
  if (slope < 0)
    return ODL_NODE_NONE;
  const OdlOperation *o = odl_graph_operation (g, slope);
  if (o->op == ODL_OP_CONSTANT && o->value == 1)
    return derivative;
  if (o->op == ODL_OP_CONSTANT && o->value == -1)
    return un (g, ODL_OP_NEG, derivative);
  return bin (g, ODL_OP_MUL, derivative, slope);
}

static OdlNode
spread (OdlGraph *g, OdlNode a, guint rows)
{
  return rows_of (g, a) == rows ? a : odl_graph_broadcast (g, a, rows);
}

/* The part of y's derivative that comes through one operand's. */
static OdlNode
through (OdlGraph *g, OdlNode node, gboolean first, OdlNode derivative)
{
  OdlOperation o = *odl_graph_operation (g, node);
  OdlNode slope = is_unary (o.op) ? slope_unary (g, o.op, o.a, node)
                                  : slope_binary (g, &o, node, first);
  return times (g, derivative, slope);
}

/* Copies the operations that have a value; accumulators have no derivative and are left
 * out. The inputs come first, so that theirs are the first numbers. */
static Copy
copy_operations (const OdlGraph *graph)
{
  Copy copy = { odl_graph_new (), odl_graph_n_operations (graph), NULL };
  guint n_inputs = odl_graph_n_inputs (graph);
  copy.map = g_new (OdlNode, copy.n + 1);
  for (guint i = 0; i < copy.n; i++)
    copy.map[i] = ODL_NODE_NONE;
  g_autofree OdlNode *inputs = g_new (OdlNode, n_inputs + 1);
  for (guint i = 0; i < n_inputs; i++) {
    OdlNode node = odl_graph_input_node (graph, i);
    inputs[i] = odl_graph_input (copy.graph, odl_graph_input_name (graph, i),
                                 rows_of (graph, node));
  }
  for (guint i = 0; i < copy.n; i++) {
    const OdlOperation *o = odl_graph_operation (graph, (OdlNode)i);
    if (o->op == ODL_OP_INPUT)
      copy.map[i] = inputs[o->offset];
    else if (o->rows > 0)
      copy.map[i] = odl_graph_append (copy.graph, o, copy.map);
  }
  return copy;
}

/* Forward. */

static OdlNode
tangent_of_concat (OdlGraph *g, const OdlOperation *o, OdlNode a, OdlNode b)
{
  if (a < 0 && b < 0)
    return ODL_NODE_NONE;
  if (a < 0)
    a = odl_graph_constant (g, 0, rows_of (g, o->a));
  if (b < 0)
    b = odl_graph_constant (g, 0, rows_of (g, o->b));
  return odl_graph_concat (g, a, b);
}

static OdlNode
tangent_of_binary (OdlGraph *g, OdlNode node, guint rows, OdlNode a, OdlNode b)
{
  if (a >= 0)
    a = through (g, node, TRUE, a);
  if (b >= 0)
    b = through (g, node, FALSE, b);
  if (a >= 0 && b >= 0)
    return spread (g, bin (g, ODL_OP_ADD, a, b), rows);
  OdlNode one = a >= 0 ? a : b;
  return one < 0 ? one : spread (g, one, rows);
}

/* `node` is in the result, a and b are the tangents of its operands or none. */
static OdlNode
tangent_of (OdlGraph *g, OdlNode node, OdlNode a, OdlNode b)
{
  OdlOperation o = *odl_graph_operation (g, node);
  if (is_binary (o.op))
    return tangent_of_binary (g, node, o.rows, a, b);
  if (o.op == ODL_OP_CONCAT)
    return tangent_of_concat (g, &o, a, b);
  if (a < 0)
    return ODL_NODE_NONE;
  if (is_unary (o.op))
    return through (g, node, TRUE, a);
  switch (o.op) {
  case ODL_OP_LINEAR:
    return odl_graph_linear (g, o.offset, o.rows, a);
  case ODL_OP_LINEAR_T:
    return odl_graph_linear_t (g, o.offset, o.rows, a);
  case ODL_OP_SLICE:
    return odl_graph_slice (g, a, o.offset, o.rows);
  case ODL_OP_SUM_ROWS:
    return odl_graph_sum_rows (g, a);
  case ODL_OP_BROADCAST:
    return odl_graph_broadcast (g, a, o.rows);
  default:
    g_assert_not_reached ();
  }
}

OdlGraph *
odl_graph_jvp (const OdlGraph *graph)
{
  g_return_val_if_fail (graph != NULL, NULL);
  Copy copy = copy_operations (graph);
  OdlGraph *g = copy.graph;
  guint n_inputs = odl_graph_n_inputs (graph), n_outputs = odl_graph_n_outputs (graph);
  g_autofree OdlNode *tangents = g_new (OdlNode, copy.n + 1);
  g_autofree OdlNode *seeds = g_new (OdlNode, n_inputs + 1);
  for (guint i = 0; i < n_inputs; i++)
    seeds[i] = odl_graph_input (g, odl_graph_input_name (graph, i),
                                rows_of (graph, odl_graph_input_node (graph, i)));
  for (guint i = 0; i < copy.n; i++) {
    const OdlOperation *o = odl_graph_operation (graph, (OdlNode)i);
    OdlNode a = o->a < 0 ? ODL_NODE_NONE : tangents[o->a];
    OdlNode b = o->b < 0 ? ODL_NODE_NONE : tangents[o->b];
    tangents[i] = ODL_NODE_NONE;
    if (o->op == ODL_OP_INPUT)
      tangents[i] = seeds[o->offset];
    else if (a >= 0 || b >= 0)
      tangents[i] = copy.map[i] < 0 ? ODL_NODE_NONE : tangent_of (g, copy.map[i], a, b);
  }
  for (guint i = 0; i < n_outputs; i++)
    odl_graph_output (g, odl_graph_output_name (graph, i),
                      copy.map[odl_graph_output_node (graph, i)]);
  for (guint i = 0; i < n_outputs; i++) {
    OdlNode node = odl_graph_output_node (graph, i), tangent = tangents[node];
    if (tangent < 0)
      tangent = odl_graph_constant (g, 0, rows_of (graph, node));
    odl_graph_output (g, odl_graph_output_name (graph, i), tangent);
  }
  g_free (copy.map);
  return g;
}

/* Reverse. */

typedef struct {
  guint first; /* row of the node that the piece's first row belongs to */
  OdlNode node;
} Piece;

typedef struct {
  Copy copy;
  gboolean *wanted; /* by node of the result: a derivative is asked of it */
  GArray **pieces;  /* of Piece, by node of the result */
  gboolean with_theta;
} Reverse;

static void
give (Reverse *r, OdlNode to, guint first, OdlNode cotangent)
{
  if (cotangent < 0 || !r->wanted[to])
    return;
  if (!r->pieces[to])
    r->pieces[to] = g_array_new (FALSE, FALSE, sizeof (Piece));
  Piece piece = { first, cotangent };
  g_array_append_val (r->pieces[to], piece);
}

/* Sum of what covers rows [from, to); none where nothing does. */
static OdlNode
sum_pieces (OdlGraph *g, const GArray *pieces, guint from, guint to)
{
  OdlNode sum = ODL_NODE_NONE;
  for (guint i = 0; i < pieces->len; i++) {
    const Piece *piece = &g_array_index (pieces, Piece, i);
    guint rows = rows_of (g, piece->node);
    if (piece->first > from || piece->first + rows < to)
      continue;
    OdlNode part = piece->node;
    if (rows != to - from)
      part = odl_graph_slice (g, part, from - piece->first, to - from);
    sum = sum < 0 ? part : bin (g, ODL_OP_ADD, sum, part);
  }
  return sum;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const guint *x = a, *y = b;
  return *x < *y ? -1 : *x > *y;
}

/* Puts the pieces together: between two neighbouring cuts every piece covers all or
 * nothing. */
static OdlNode
gather (OdlGraph *g, const GArray *pieces, guint rows)
{
  if (!pieces)
    return ODL_NODE_NONE;
  g_autofree guint *cuts = g_new (guint, 2 * pieces->len + 2);
  guint n = 0;
  cuts[n++] = 0;
  cuts[n++] = rows;
  for (guint i = 0; i < pieces->len; i++) {
    const Piece *piece = &g_array_index (pieces, Piece, i);
    cuts[n++] = piece->first;
    cuts[n++] = piece->first + rows_of (g, piece->node);
  }
  qsort (cuts, n, sizeof cuts[0], compare_rows);
  OdlNode whole = ODL_NODE_NONE;
  for (guint i = 0; i + 1 < n; i++) {
    if (cuts[i] == cuts[i + 1])
      continue;
    OdlNode part = sum_pieces (g, pieces, cuts[i], cuts[i + 1]);
    if (part < 0)
      part = odl_graph_constant (g, 0, cuts[i + 1] - cuts[i]);
    whole = whole < 0 ? part : odl_graph_concat (g, whole, part);
  }
  return whole;
}

/* Hands a cotangent of `rows` rows to an operand of an elementwise operation. */
static void
give_elementwise (Reverse *r, OdlNode node, OdlNode to, gboolean first, OdlNode w)
{
  if (!r->wanted[to])
    return;
  OdlGraph *g = r->copy.graph;
  OdlNode back = through (g, node, first, w);
  if (back >= 0 && rows_of (g, to) == 1 && rows_of (g, back) > 1)
    back = odl_graph_sum_rows (g, back);
  give (r, to, 0, back);
}

static void
give_linear (Reverse *r, const OdlOperation *o, OdlNode w)
{
  OdlGraph *g = r->copy.graph;
  guint rows = rows_of (g, o->a);
  gboolean plain = o->op == ODL_OP_LINEAR;
  if (r->wanted[o->a])
    give (r, o->a, 0,
          plain ? odl_graph_linear_t (g, o->offset, rows, w)
                : odl_graph_linear (g, o->offset, rows, w));
  if (r->with_theta)
    odl_graph_outer_to_theta (g, o->offset, plain ? w : o->a, plain ? o->a : w);
}

/* Hands the cotangent w of `node` on to its operands and θ. */
static void
hand_on (Reverse *r, OdlNode node, OdlNode w)
{
  OdlGraph *g = r->copy.graph;
  OdlOperation o = *odl_graph_operation (g, node);
  if (is_unary (o.op) || is_binary (o.op)) {
    give_elementwise (r, node, o.a, TRUE, w);
    if (o.b >= 0)
      give_elementwise (r, node, o.b, FALSE, w);
    return;
  }
  switch (o.op) {
  case ODL_OP_THETA:
    odl_graph_sum_to_theta (g, o.offset, w);
    break;
  case ODL_OP_LINEAR:
  case ODL_OP_LINEAR_T:
    give_linear (r, &o, w);
    break;
  case ODL_OP_CONCAT:
    if (r->wanted[o.a])
      give (r, o.a, 0, odl_graph_slice (g, w, 0, rows_of (g, o.a)));
    if (r->wanted[o.b])
      give (r, o.b, 0, odl_graph_slice (g, w, rows_of (g, o.a), rows_of (g, o.b)));
    break;
  case ODL_OP_SLICE:
    give (r, o.a, o.offset, w);
    break;
  case ODL_OP_SUM_ROWS:
    if (r->wanted[o.a])
      give (r, o.a, 0, spread (g, w, rows_of (g, o.a)));
    break;
  case ODL_OP_BROADCAST:
    if (r->wanted[o.a])
      give (r, o.a, 0, odl_graph_sum_rows (g, w));
    break;
  default:
    g_assert_not_reached ();
  }
}

/* A derivative is wanted of what depends on an input or, with_theta, on θ. */
static void
mark_wanted (Reverse *r, guint n)
{
  for (guint i = 0; i < n; i++) {
    const OdlOperation *o = operation (&r->copy, (OdlNode)i);
    gboolean by_theta
        = o->op == ODL_OP_THETA || o->op == ODL_OP_LINEAR || o->op == ODL_OP_LINEAR_T;
    r->wanted[i] = o->op == ODL_OP_INPUT || (by_theta && r->with_theta)
                   || (o->a >= 0 && r->wanted[o->a]) || (o->b >= 0 && r->wanted[o->b]);
  }
}

static void
add_outputs (Reverse *r, const OdlGraph *graph, const OdlNode *cotangents)
{
  for (guint i = 0; i < odl_graph_n_inputs (graph); i++) {
    OdlNode cotangent = cotangents[i];
    guint rows = rows_of (graph, odl_graph_input_node (graph, i));
    if (cotangent < 0)
      cotangent = odl_graph_constant (r->copy.graph, 0, rows);
    odl_graph_output (r->copy.graph, odl_graph_input_name (graph, i), cotangent);
  }
}

OdlGraph *
odl_graph_vjp (const OdlGraph *graph, gboolean with_theta)
{
  g_return_val_if_fail (graph != NULL, NULL);
  Reverse r = { .copy = copy_operations (graph), .with_theta = with_theta };
  OdlGraph *g = r.copy.graph;
  guint n = odl_graph_n_operations (g);
  r.wanted = g_new0 (gboolean, n + 1);
  r.pieces = g_new0 (GArray *, n + 1);
  mark_wanted (&r, n);
  for (guint i = 0; i < odl_graph_n_outputs (graph); i++) {
    OdlNode node = odl_graph_output_node (graph, i);
    OdlNode w
        = odl_graph_input (g, odl_graph_output_name (graph, i), rows_of (graph, node));
    give (&r, r.copy.map[node], 0, w);
  }
  g_autofree OdlNode *cotangents = g_new (OdlNode, odl_graph_n_inputs (graph) + 1);
  for (guint i = n; i-- > 0;) {
    const OdlOperation *o = operation (&r.copy, (OdlNode)i);
    gboolean is_input = o->op == ODL_OP_INPUT;
    guint index = o->offset;
    OdlNode w = gather (g, r.pieces[i], o->rows);
    if (is_input)
      cotangents[index] = w;
    else if (w >= 0)
      hand_on (&r, (OdlNode)i, w);
    g_clear_pointer (&r.pieces[i], g_array_unref);
  }
  add_outputs (&r, graph, cotangents);
  g_free (r.pieces);
  g_free (r.wanted);
  g_free (r.copy.map);
  return g;
}
