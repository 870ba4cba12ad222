/* Operations one by one, from their definitions. SPDX-License-Identifier: MIT
 *
 * It shares no line with the program: no simplification, no fusion, no kernels; long
 * double, so that what differs is the program's rounding. */
#include "support/reference.h"

#include <math.h>

typedef long double Real;

static Real
unary (OdlOp op, Real x)
{
  switch (op) {
  case ODL_OP_NEG:
    return -x;
  case ODL_OP_SIN:
    return sinl (x);
  case ODL_OP_COS:
    return cosl (x);
  case ODL_OP_TAN:
    return tanl (x);
  case ODL_OP_ASIN:
    return asinl (x);
  case ODL_OP_ACOS:
    return acosl (x);
  case ODL_OP_ATAN:
    return atanl (x);
  case ODL_OP_SINH:
    return sinhl (x);
  case ODL_OP_COSH:
    return coshl (x);
  case ODL_OP_TANH:
    return tanhl (x);
  case ODL_OP_EXP:
    return expl (x);
  case ODL_OP_LOG:
    return logl (x);
  case ODL_OP_SQRT:
    return sqrtl (x);
  case ODL_OP_ABS:
    return fabsl (x);
  case ODL_OP_SIGN:
    return x > 0 ? 1 : x < 0 ? -1 : x;
  case ODL_OP_STEP:
    return isnan (x) ? x : x > 0;
  case ODL_OP_RECIPROCAL:
    return 1 / x;
  case ODL_OP_SQUARE:
    return x * x;
  case ODL_OP_SIGMOID:
    return 1 / (1 + expl (-x));
  case ODL_OP_SOFTPLUS:
    return fmaxl (x, 0) + log1pl (expl (-fabsl (x))) + (isnan (x) ? x : 0);
  case ODL_OP_RELU:
    return x <= 0 ? 0 : x;
  case ODL_OP_ELU:
    return x > 0 ? x : expm1l (x);
  case ODL_OP_SILU:
    return x / (1 + expl (-x));
  default:
    g_assert_not_reached ();
  }
}

static Real
binary (OdlOp op, Real a, Real b)
{
  switch (op) {
  case ODL_OP_ADD:
    return a + b;
  case ODL_OP_SUB:
    return a - b;
  case ODL_OP_MUL:
    return a * b;
  case ODL_OP_DIV:
    return a / b;
  case ODL_OP_POW:
    return powl (a, b);
  case ODL_OP_MIN:
    return isnan (a) || a < b ? a : b;
  case ODL_OP_MAX:
    return isnan (a) || a > b ? a : b;
  case ODL_OP_LESS:
    return a < b;
  default:
    g_assert_not_reached ();
  }
}

typedef struct {
  const OdlGraph *graph;
  const double *theta, *inputs;
  double *gradient;
  Real *values; /* of all nodes */
  gsize *at;    /* where a node's begin */
} Reference;

/* Row `row` of an operand of an elementwise operation. */
static Real
operand (const Reference *r, OdlNode node, guint row)
{
  guint rows = odl_graph_operation (r->graph, node)->rows;
  return r->values[r->at[node] + (rows == 1 ? 0 : row)];
}

static Real
product (const Reference *r, const OdlOperation *o, guint row)
{
  guint inner = odl_graph_operation (r->graph, o->a)->rows;
  Real sum = 0;
  for (guint k = 0; k < inner; k++) {
    guint w = o->op == ODL_OP_LINEAR ? row * inner + k : k * o->rows + row;
    sum += r->theta[o->offset + w] * r->values[r->at[o->a] + k];
  }
  return sum;
}

static Real
sum_rows (const Reference *r, OdlNode a)
{
  Real sum = 0;
  for (guint k = 0; k < odl_graph_operation (r->graph, a)->rows; k++)
    sum += r->values[r->at[a] + k];
  return sum;
}

static gsize
first_row (const OdlGraph *graph, guint index)
{
  gsize first = 0;
  for (guint i = 0; i < index; i++)
    first += odl_graph_operation (graph, odl_graph_input_node (graph, i))->rows;
  return first;
}

static Real
value (const Reference *r, const OdlOperation *o, guint row)
{
  switch (o->op) {
  case ODL_OP_INPUT:
    return r->inputs[first_row (r->graph, o->offset) + row];
  case ODL_OP_CONSTANT:
    return o->value;
  case ODL_OP_THETA:
    return r->theta[o->offset + row];
  case ODL_OP_LINEAR:
  case ODL_OP_LINEAR_T:
    return product (r, o, row);
  case ODL_OP_CONCAT: {
    guint above = odl_graph_operation (r->graph, o->a)->rows;
    return row < above ? r->values[r->at[o->a] + row]
                       : r->values[r->at[o->b] + row - above];
  }
  case ODL_OP_SLICE:
    return r->values[r->at[o->a] + o->offset + row];
  case ODL_OP_SUM_ROWS:
    return sum_rows (r, o->a);
  case ODL_OP_BROADCAST:
    return r->values[r->at[o->a]];
  default:
    if (o->b < 0)
      return unary (o->op, operand (r, o->a, row));
    return binary (o->op, operand (r, o->a, row), operand (r, o->b, row));
  }
}

static void
accumulate (const Reference *r, const OdlOperation *o)
{
  guint rows = odl_graph_operation (r->graph, o->a)->rows;
  guint columns = o->b < 0 ? 1 : odl_graph_operation (r->graph, o->b)->rows;
  for (guint i = 0; r->gradient && i < rows; i++)
    for (guint j = 0; j < columns; j++) {
      Real factor = o->b < 0 ? 1 : r->values[r->at[o->b] + j];
      r->gradient[o->offset + i * columns + j]
          += (double)(r->values[r->at[o->a] + i] * factor);
    }
}

void
reference_run (const OdlGraph *graph, const double *theta, const double *inputs,
               double *outputs, double *gradient)
{
  guint n = odl_graph_n_operations (graph);
  gsize total = 0;
  g_autofree gsize *at = g_new (gsize, n + 1);
  for (guint i = 0; i < n; i++) {
    at[i] = total;
    total += odl_graph_operation (graph, (OdlNode)i)->rows;
  }
  g_autofree Real *values = g_new (Real, total + 1);
  Reference r = { graph, theta, inputs, gradient, values, at };
  for (guint i = 0; i < n; i++) {
    const OdlOperation *o = odl_graph_operation (graph, (OdlNode)i);
    for (guint row = 0; row < o->rows; row++)
      values[at[i] + row] = value (&r, o, row);
    if (o->rows == 0)
      accumulate (&r, o);
  }
  for (guint i = 0; i < odl_graph_n_outputs (graph); i++) {
    OdlNode node = odl_graph_output_node (graph, i);
    for (guint row = 0; row < odl_graph_operation (graph, node)->rows; row++)
      *outputs++ = (double)values[at[node] + row];
  }
}
