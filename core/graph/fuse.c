/* Which operations are computed along with others. SPDX-License-Identifier: MIT
 *
 * An addition absorbs the product or the square that it alone uses, as a fused
 * multiply-add, or the product of a matrix, as the start of its sums; a product absorbs
 * the difference c − a² that it alone uses, which the derivative of tanh consists of.
 * What has absorbed another is not absorbed itself by an instruction that has no room
 * for both. */
#include "graph/fuse.h"

#include "graph/simplify.h"

typedef struct {
  const OdlGraph *graph;
  guint n, *uses;
  const OdlMarks *marks;
} Marking;

static const OdlOperation *
op_of (const Marking *c, OdlNode node)
{
  return odl_graph_operation (c->graph, node);
}

static void
count_uses (Marking *c)
{
  for (guint i = 0; i < c->n; i++) {
    const OdlOperation *o = op_of (c, (OdlNode)i);
    if (!c->marks->live[i])
      continue;
    if (o->a >= 0)
      c->uses[o->a]++;
    if (o->b >= 0)
      c->uses[o->b]++;
  }
  for (guint i = 0; i < odl_graph_n_outputs (c->graph); i++)
    c->uses[odl_graph_output_node (c->graph, i)]++;
}

static void
find_uniform (Marking *c)
{
  for (guint i = 0; i < c->n; i++) {
    const OdlOperation *o = op_of (c, (OdlNode)i);
    c->marks->uniform[i] = o->op != ODL_OP_INPUT && !odl_op_is_accumulator (o->op)
                           && (o->a < 0 || c->marks->uniform[o->a])
                           && (o->b < 0 || c->marks->uniform[o->b]);
  }
}

/* The operand c − a² of a product that the kernel of slopes computes with it, or none:
 * c is a scalar, and what is left are lanes. */
static OdlNode
slope_in (const Marking *c, const OdlOperation *o)
{
  const OdlNode operands[] = { o->a, o->b };
  for (guint k = 0; o->op == ODL_OP_MUL && k < G_N_ELEMENTS (operands); k++) {
    OdlNode x = operands[k], other = operands[1 - k];
    const OdlOperation *sub = op_of (c, x);
    if (sub->op == ODL_OP_SUB && sub->rows == o->rows && c->uses[x] == 1
        && c->marks->absorbed[sub->b] && op_of (c, sub->b)->op == ODL_OP_SQUARE
        && c->marks->uniform[sub->a] && !c->marks->uniform[other])
      return x;
  }
  return ODL_NODE_NONE;
}

/* Whether the addition i can compute this operand of its by itself. */
static gboolean
absorbs (const Marking *c, guint i, OdlNode operand)
{
  const OdlOperation *o = op_of (c, (OdlNode)i), *x = op_of (c, operand);
  if (c->marks->uniform[operand] || c->uses[operand] != 1 || x->rows != o->rows)
    return FALSE;
  if (x->op == ODL_OP_MUL || x->op == ODL_OP_SQUARE)
    return slope_in (c, x) < 0;
  OdlNode other = operand == o->a ? o->b : o->a;
  return odl_op_is_linear (x->op) && o->op == ODL_OP_ADD && c->marks->uniform[other];
}

static void
find_absorbed (Marking *c)
{
  for (guint i = 0; i < c->n; i++) {
    const OdlOperation *o = op_of (c, (OdlNode)i);
    if (!c->marks->live[i] || c->marks->uniform[i])
      continue;
    if (o->op == ODL_OP_MUL && slope_in (c, o) >= 0)
      c->marks->absorbed[slope_in (c, o)] = TRUE;
    if (o->op != ODL_OP_ADD && o->op != ODL_OP_SUB)
      continue;
    if (absorbs (c, i, o->a))
      c->marks->absorbed[o->a] = TRUE;
    else if (absorbs (c, i, o->b))
      c->marks->absorbed[o->b] = TRUE;
  }
}

void
odl_graph_mark (const OdlGraph *graph, const OdlMarks *marks)
{
  guint n = odl_graph_n_operations (graph);
  g_autofree guint *uses = g_new0 (guint, n + 1);
  Marking c = { graph, n, uses, marks };
  odl_graph_mark_live (graph, marks->live);
  count_uses (&c);
  find_uniform (&c);
  find_absorbed (&c);
}
