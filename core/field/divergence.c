/* Traces of Jacobians from JVPs. SPDX-License-Identifier: MIT
 *
 * The trace is Σ_i e_iᵀ J e_i over the unit vectors, or the mean of vᵀ J v over random
 * ones; either way a sum of quadratic forms, each one JVP. The JVP's graph is inlined
 * once for each, with the same primal inputs, so that compiling finds the primal
 * operations equal and keeps one copy. W. Grathwohl and others 2019 (FFJORD) use the
 * second for continuous normalizing flows; in few dimensions the first is cheaper and
 * exact. */
#include "field/divergence.h"

#include "graph/derive.h"

typedef struct {
  OdlGraph *graph;     /* the result */
  OdlGraph *jvp;       /* of the field */
  guint dim, n_inputs; /* of the field */
  OdlNode inputs[3];   /* its inputs as nodes of the result */
} Trace;

static guint
rows_of (const OdlGraph *graph, OdlNode node)
{
  return odl_graph_operation (graph, node)->rows;
}

/* Adds the input "aux" of the result: the field's own rows, then those of the probes.
 * Returns the node of all, or none when there are no rows. */
static OdlNode
add_aux (Trace *trace, const OdlGraph *field, guint probes)
{
  guint own
      = trace->n_inputs == 3 ? rows_of (field, odl_graph_input_node (field, 2)) : 0;
  if (own + probes == 0)
    return ODL_NODE_NONE;
  OdlNode aux = odl_graph_input (trace->graph, "aux", own + probes * trace->dim);
  if (own > 0)
    trace->inputs[2] = probes > 0 ? odl_graph_slice (trace->graph, aux, 0, own) : aux;
  return aux;
}

static Trace
begin (const OdlGraph *field)
{
  Trace trace = { .graph = odl_graph_new (), .jvp = odl_graph_jvp (field) };
  trace.n_inputs = odl_graph_n_inputs (field);
  g_assert (trace.n_inputs == 2 || trace.n_inputs == 3);
  trace.dim = rows_of (field, odl_graph_input_node (field, 1));
  g_assert (rows_of (field, odl_graph_output_node (field, 0)) == trace.dim);
  trace.inputs[0] = odl_graph_input (trace.graph, "t", 1);
  return trace;
}

static OdlNode
sum (OdlGraph *graph, OdlNode a, OdlNode b)
{
  return a < 0 ? b : odl_graph_binary (graph, ODL_OP_ADD, a, b);
}

/* J v, and f itself in *dy. */
static OdlNode
push_forward (Trace *trace, OdlNode v, OdlNode *dy)
{
  OdlNode inputs[6], outputs[2];
  for (guint i = 0; i < trace->n_inputs; i++) {
    guint rows = rows_of (trace->graph, trace->inputs[i]);
    inputs[i] = trace->inputs[i];
    inputs[trace->n_inputs + i]
        = i == 1 ? v : odl_graph_constant (trace->graph, 0, rows);
  }
  odl_graph_inline (trace->graph, trace->jvp, inputs, 0, outputs);
  *dy = outputs[0];
  return outputs[1];
}

/* The i-th unit vector. */
static OdlNode
unit (OdlGraph *graph, guint i, guint dim)
{
  OdlNode one = odl_graph_constant (graph, 1, 1);
  if (i > 0)
    one = odl_graph_concat (graph, odl_graph_constant (graph, 0, i), one);
  if (i + 1 < dim)
    one = odl_graph_concat (graph, one, odl_graph_constant (graph, 0, dim - 1 - i));
  return one;
}

static OdlNode
exact (Trace *trace, OdlNode *dy)
{
  OdlNode trace_node = ODL_NODE_NONE;
  for (guint i = 0; i < trace->dim; i++) {
    OdlNode column = push_forward (trace, unit (trace->graph, i, trace->dim), dy);
    OdlNode entry = odl_graph_slice (trace->graph, column, i, 1);
    trace_node = sum (trace->graph, trace_node, entry);
  }
  return trace_node;
}

static OdlNode
estimate (Trace *trace, OdlNode aux, guint probes, OdlNode *dy)
{
  OdlGraph *graph = trace->graph;
  OdlNode total = ODL_NODE_NONE;
  guint first = rows_of (graph, aux) - probes * trace->dim;
  for (guint i = 0; i < probes; i++) {
    OdlNode v = odl_graph_slice (graph, aux, first + i * trace->dim, trace->dim);
    OdlNode form = odl_graph_binary (graph, ODL_OP_MUL, v, push_forward (trace, v, dy));
    total = sum (graph, total, odl_graph_sum_rows (graph, form));
  }
  OdlNode share = odl_graph_constant (graph, 1.0 / probes, 1);
  return odl_graph_binary (graph, ODL_OP_MUL, total, share);
}

static OdlNode
divergence (Trace *trace, const OdlGraph *field, guint probes, OdlNode *dy)
{
  OdlNode aux = add_aux (trace, field, probes);
  OdlNode value = probes > 0 ? estimate (trace, aux, probes, dy) : exact (trace, dy);
  odl_graph_free (trace->jvp);
  return value;
}

static OdlGraph *
build (const OdlGraph *field, guint probes)
{
  Trace trace = begin (field);
  trace.inputs[1] = odl_graph_input (trace.graph, "y", trace.dim);
  OdlNode dy, value = divergence (&trace, field, probes, &dy);
  odl_graph_output (trace.graph, "dy", dy);
  odl_graph_output (trace.graph, "divergence", value);
  return trace.graph;
}

OdlGraph *
odl_divergence_exact (const OdlGraph *field)
{
  g_return_val_if_fail (field != NULL, NULL);
  return build (field, 0);
}

OdlGraph *
odl_divergence_hutchinson (const OdlGraph *field, guint probes)
{
  g_return_val_if_fail (field != NULL && probes > 0, NULL);
  return build (field, probes);
}

OdlGraph *
odl_divergence_flow (const OdlGraph *field, guint probes)
{
  g_return_val_if_fail (field != NULL, NULL);
  Trace trace = begin (field);
  OdlNode state = odl_graph_input (trace.graph, "y", trace.dim + 1);
  trace.inputs[1] = odl_graph_slice (trace.graph, state, 0, trace.dim);
  OdlNode dy, value = divergence (&trace, field, probes, &dy);
  value = odl_graph_unary (trace.graph, ODL_OP_NEG, value);
  odl_graph_output (trace.graph, "dy", odl_graph_concat (trace.graph, dy, value));
  return trace.graph;
}
