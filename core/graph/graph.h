/* The graph: a static single-assignment list of array operations on tiles.
 * SPDX-License-Identifier: MIT
 *
 * A value is rows × lanes. Lanes are samples that never mix (only the accumulators of θ-gradients sum over
 * them). Parameters are one flat vector θ shared by all lanes, addressed by offset. A graph is built once,
 * compiled to a program (evaluate.h) and run many times; derive.h turns a graph into its JVP or VJP as
 * another graph, so derivatives compose. Building never fails on user data: shapes are the caller's duty
 * and are asserted. */
#pragma once

#include <glib.h>

typedef struct _OdlGraph OdlGraph;
typedef int OdlNode; /* index of an operation; negative: none (a derivative that is zero) */
#define ODL_NODE_NONE (-1)

/* Elementwise operations. X (ID, text name). Binary operands have equal rows, or one of them has 1 row. */
#define ODL_UNARY_OPS(X)                                                                 \
  X (NEG, neg) X (SIN, sin) X (COS, cos) X (TAN, tan) X (ASIN, asin) X (ACOS, acos)      \
  X (ATAN, atan) X (SINH, sinh) X (COSH, cosh) X (TANH, tanh) X (EXP, exp) X (LOG, log)  \
  X (SQRT, sqrt) X (ABS, abs) X (SIGN, sign) X (STEP, step) X (RECIPROCAL, reciprocal)   \
  X (SQUARE, square) X (SIGMOID, sigmoid) X (SOFTPLUS, softplus) X (RELU, relu)          \
  X (ELU, elu) X (SILU, silu)
#define ODL_BINARY_OPS(X)                                                                \
  X (ADD, add) X (SUB, sub) X (MUL, mul) X (DIV, div) X (POW, pow) X (MIN, min)          \
  X (MAX, max) X (LESS, less) /* 1 where a < b, else 0 */

typedef enum {
  ODL_OP_INPUT,     /* rows × lanes, given at run time */
  ODL_OP_CONSTANT,  /* one number, rows × lanes */
  ODL_OP_THETA,     /* θ[offset … offset + rows), the same in every lane */
#define X(id, name) ODL_OP_##id,
  ODL_UNARY_OPS (X)
  ODL_BINARY_OPS (X)
#undef X
  ODL_OP_LINEAR,    /* W x, W = θ[offset …] row-major (rows × rows of x) */
  ODL_OP_LINEAR_T,  /* Wᵀ x, W = θ[offset …] row-major (rows of x × rows) */
  ODL_OP_CONCAT,    /* a above b */
  ODL_OP_SLICE,     /* rows [offset, offset + rows) of a */
  ODL_OP_SUM_ROWS,  /* 1 × lanes */
  ODL_OP_BROADCAST, /* 1 × lanes → rows × lanes */
  ODL_OP_OUTER_TO_THETA, /* gθ[offset …] += Σ_lanes a bᵀ (row-major, rows a × rows b); no value */
  ODL_OP_SUM_TO_THETA,   /* gθ[offset …] += Σ_lanes a; no value */
  ODL_N_OPS
} OdlOp;

typedef struct {
  OdlOp op;
  guint rows;
  OdlNode a, b;   /* operands or ODL_NODE_NONE */
  guint offset;   /* θ offset, first row of a slice, or index of an input */
  double value;   /* of a constant */
} OdlOperation;

OdlGraph *odl_graph_new (void);
OdlGraph *odl_graph_copy (const OdlGraph *graph);
void odl_graph_free (OdlGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlGraph, odl_graph_free)

/* Inputs are numbered in the order of these calls, outputs likewise. Names are copied. */
OdlNode odl_graph_input (OdlGraph *graph, const char *name, guint rows);
guint odl_graph_output (OdlGraph *graph, const char *name, OdlNode node);
OdlNode odl_graph_constant (OdlGraph *graph, double value, guint rows);
OdlNode odl_graph_theta (OdlGraph *graph, guint offset, guint rows);
OdlNode odl_graph_unary (OdlGraph *graph, OdlOp op, OdlNode a);
OdlNode odl_graph_binary (OdlGraph *graph, OdlOp op, OdlNode a, OdlNode b);
OdlNode odl_graph_linear (OdlGraph *graph, guint offset, guint rows, OdlNode x);
OdlNode odl_graph_linear_t (OdlGraph *graph, guint offset, guint rows, OdlNode x);
OdlNode odl_graph_concat (OdlGraph *graph, OdlNode a, OdlNode b);
OdlNode odl_graph_slice (OdlGraph *graph, OdlNode a, guint first, guint rows);
OdlNode odl_graph_sum_rows (OdlGraph *graph, OdlNode a);
OdlNode odl_graph_broadcast (OdlGraph *graph, OdlNode a, guint rows);
void odl_graph_outer_to_theta (OdlGraph *graph, guint offset, OdlNode a, OdlNode b);
void odl_graph_sum_to_theta (OdlGraph *graph, guint offset, OdlNode a);

/* Appends another graph's operations with its inputs replaced by nodes of this one (one per input of
 * `other`, rows equal) and its θ offsets shifted; writes the nodes of its outputs. */
void odl_graph_inline (OdlGraph *graph, const OdlGraph *other, const OdlNode inputs[],
                       guint theta_shift, OdlNode outputs[]);

/* Appends one operation (not an input) whose operands a and b are mapped: map[a], map[b]; map NULL: they stay. */
OdlNode odl_graph_append (OdlGraph *graph, const OdlOperation *operation, const OdlNode map[]);

guint odl_graph_n_operations (const OdlGraph *graph);
const OdlOperation *odl_graph_operation (const OdlGraph *graph, OdlNode node);
guint odl_graph_n_inputs (const OdlGraph *graph);
guint odl_graph_n_outputs (const OdlGraph *graph);
OdlNode odl_graph_input_node (const OdlGraph *graph, guint index);
OdlNode odl_graph_output_node (const OdlGraph *graph, guint index);
/* NULL where none was given. */
const char *odl_graph_input_name (const OdlGraph *graph, guint index);
const char *odl_graph_output_name (const OdlGraph *graph, guint index);
/* One past the largest θ index used. */
guint odl_graph_n_theta (const OdlGraph *graph);
