/* Losses as graphs. SPDX-License-Identifier: MIT
 *
 * Every loss is written in the form that does not overflow: the logistic loss through
 * softplus, the softmax after its largest logit is taken off (which changes neither the
 * value nor the derivative), SmoothL1 as q²/2 + (e − q) with q = min (e, 1), which has
 * no branch and the right derivative on both sides of 1. */
#include "learn/loss.h"

static guint
rows_of (const OdlGraph *graph, OdlNode node)
{
  return odl_graph_operation (graph, node)->rows;
}

static OdlNode
scale (OdlGraph *graph, OdlNode node, double factor)
{
  OdlNode constant = odl_graph_constant (graph, factor, 1);
  return odl_graph_binary (graph, ODL_OP_MUL, node, constant);
}

static OdlNode
sum_rows (OdlGraph *graph, OdlNode node)
{
  return rows_of (graph, node) == 1 ? node : odl_graph_sum_rows (graph, node);
}

static OdlNode
sum_of_products (OdlGraph *graph, OdlNode a, OdlNode b)
{
  return sum_rows (graph, odl_graph_binary (graph, ODL_OP_MUL, a, b));
}

static OdlNode
difference (OdlGraph *graph, OdlNode a, OdlNode b)
{
  g_assert (rows_of (graph, a) == rows_of (graph, b));
  return odl_graph_binary (graph, ODL_OP_SUB, a, b);
}

OdlNode
odl_loss_logistic (OdlGraph *graph, OdlNode logit, OdlNode label)
{
  g_return_val_if_fail (graph != NULL && rows_of (graph, logit) == 1, ODL_NODE_NONE);
  OdlNode all = odl_graph_unary (graph, ODL_OP_SOFTPLUS, logit);
  return difference (graph, all, sum_of_products (graph, label, logit));
}

/* The largest row. */
static OdlNode
largest (OdlGraph *graph, OdlNode node)
{
  OdlNode most = odl_graph_slice (graph, node, 0, 1);
  for (guint i = 1; i < rows_of (graph, node); i++) {
    OdlNode row = odl_graph_slice (graph, node, i, 1);
    most = odl_graph_binary (graph, ODL_OP_MAX, most, row);
  }
  return most;
}

OdlNode
odl_loss_softmax (OdlGraph *graph, OdlNode logits, OdlNode target)
{
  g_return_val_if_fail (graph != NULL && rows_of (graph, logits) >= 2, ODL_NODE_NONE);
  OdlNode most = largest (graph, logits);
  OdlNode lowered = odl_graph_binary (graph, ODL_OP_SUB, logits, most);
  OdlNode powers = odl_graph_unary (graph, ODL_OP_EXP, lowered);
  OdlNode total = odl_graph_sum_rows (graph, powers);
  OdlNode all = odl_graph_unary (graph, ODL_OP_LOG, total);
  all = odl_graph_binary (graph, ODL_OP_ADD, all, most);
  return difference (graph, all, sum_of_products (graph, target, logits));
}

OdlNode
odl_loss_squared (OdlGraph *graph, OdlNode prediction, OdlNode target)
{
  g_return_val_if_fail (graph != NULL, ODL_NODE_NONE);
  OdlNode error = difference (graph, prediction, target);
  return sum_rows (graph, odl_graph_unary (graph, ODL_OP_SQUARE, error));
}

OdlNode
odl_loss_smooth_l1 (OdlGraph *graph, OdlNode prediction, OdlNode target)
{
  g_return_val_if_fail (graph != NULL, ODL_NODE_NONE);
  OdlNode error = difference (graph, prediction, target);
  OdlNode size = odl_graph_unary (graph, ODL_OP_ABS, error);
  OdlNode one = odl_graph_constant (graph, 1, 1);
  OdlNode near = odl_graph_binary (graph, ODL_OP_MIN, size, one);
  OdlNode square = odl_graph_unary (graph, ODL_OP_SQUARE, near);
  OdlNode far = difference (graph, size, near);
  OdlNode both = odl_graph_binary (graph, ODL_OP_ADD, scale (graph, square, 0.5), far);
  return sum_rows (graph, both);
}

OdlNode
odl_loss_gaussian_nll (OdlGraph *graph, OdlNode mean, OdlNode log_variance,
                       OdlNode target)
{
  g_return_val_if_fail (graph != NULL, ODL_NODE_NONE);
  OdlNode error = difference (graph, target, mean);
  OdlNode square = odl_graph_unary (graph, ODL_OP_SQUARE, error);
  OdlNode minus = odl_graph_unary (graph, ODL_OP_NEG, log_variance);
  OdlNode precision = odl_graph_unary (graph, ODL_OP_EXP, minus);
  OdlNode misfit = odl_graph_binary (graph, ODL_OP_MUL, square, precision);
  OdlNode width = odl_graph_constant (graph, 1.8378770664093454836, 1); /* log 2π */
  OdlNode sum = odl_graph_binary (graph, ODL_OP_ADD, misfit, log_variance);
  sum = odl_graph_binary (graph, ODL_OP_ADD, sum, width);
  return scale (graph, sum_rows (graph, sum), 0.5);
}

OdlNode
odl_loss_gaussian_kl (OdlGraph *graph, OdlNode mean, OdlNode log_variance)
{
  g_return_val_if_fail (graph != NULL, ODL_NODE_NONE);
  OdlNode square = odl_graph_unary (graph, ODL_OP_SQUARE, mean);
  OdlNode variance = odl_graph_unary (graph, ODL_OP_EXP, log_variance);
  OdlNode one = odl_graph_constant (graph, 1, 1);
  OdlNode sum = odl_graph_binary (graph, ODL_OP_ADD, square, variance);
  sum = difference (graph, sum, log_variance);
  sum = odl_graph_binary (graph, ODL_OP_SUB, sum, one);
  return scale (graph, sum_rows (graph, sum), 0.5);
}
