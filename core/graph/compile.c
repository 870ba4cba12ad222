/* Turns a simplified graph into instructions. SPDX-License-Identifier: MIT
 *
 * Four passes. The first, in fuse.c, finds what is uniform (the same in every lane) and
 * what is absorbed: a product into the one addition that uses it, a linear map into the
 * addition of its bias. The second, backwards, lets the parts of a concatenation and
 * the outputs be written where they will stand, so that nothing is copied that was
 * computed. The third emits the instructions in order. The fourth, in buffers.c, gives
 * the buffers their rows of scratch. */
#include "graph/buffers.h"
#include "graph/fuse.h"
#include "graph/simplify.h"

#define MOST_DEFERRED 32 /* results of one accumulator: more would crowd the cache */

typedef enum {
  PLACE_NONE,
  PLACE_CONSTANT, /* a number of the table */
  PLACE_THETA,
  PLACE_UNIFORM, /* 8 lanes in scratch */
  PLACE_INPUT,
  PLACE_BUFFER
} PlaceKind;

typedef struct {
  PlaceKind kind;
  guint index; /* of the input or buffer */
  gsize at;    /* row; of a uniform value, θ or a constant: the double */
} Place;

typedef struct {
  const OdlGraph *graph;
  const OdlKernels *kernels;
  OdlProgram *program;
  guint n;
  const gboolean *live, *uniform, *absorbed; /* as fuse.h says */
  Place *into;  /* where a node is to be written; NONE: a buffer of its own */
  Place *place; /* where it is */
  Place *tile;  /* the lanes of a uniform value, where they were needed */
  GArray *instructions, *constants, *buffers, *deferred;
} Compiler;

static const OdlOperation *
op_of (const Compiler *c, OdlNode node)
{
  return odl_graph_operation (c->graph, node);
}

static gboolean
is_unary (OdlOp op)
{
  return op >= ODL_OP_NEG && op < ODL_OP_ADD;
}

static gboolean
is_binary (OdlOp op)
{
  return op >= ODL_OP_ADD && op < ODL_OP_LINEAR;
}

/* Second pass. */

static guint
new_buffer (Compiler *c, gsize rows, int output)
{
  OdlBuffer buffer = { rows, output, -1, -1, 0 };
  g_array_append_val (c->buffers, buffer);
  return c->buffers->len - 1;
}

/* A node whose value an instruction writes, lane by lane. */
static gboolean
is_computed (const Compiler *c, OdlNode node)
{
  OdlOp op = op_of (c, node)->op;
  return !c->uniform[node] && op != ODL_OP_INPUT && op != ODL_OP_SLICE;
}

static void
write_into (Compiler *c, OdlNode node, Place place)
{
  if (is_computed (c, node) && c->into[node].kind == PLACE_NONE)
    c->into[node] = place;
}

static void
place_parts (Compiler *c)
{
  for (guint i = 0; i < odl_graph_n_outputs (c->graph); i++) {
    OdlNode node = odl_graph_output_node (c->graph, i);
    guint buffer = new_buffer (c, op_of (c, node)->rows, (int)i);
    write_into (c, node, (Place){ PLACE_BUFFER, buffer, 0 });
  }
  for (guint i = c->n; i-- > 0;) {
    const OdlOperation *o = op_of (c, (OdlNode)i);
    if (o->op != ODL_OP_CONCAT || !c->live[i] || c->uniform[i])
      continue;
    if (c->into[i].kind == PLACE_NONE)
      c->into[i] = (Place){ PLACE_BUFFER, new_buffer (c, o->rows, -1), 0 };
    Place part = c->into[i];
    write_into (c, o->a, part);
    part.at += op_of (c, o->a)->rows;
    write_into (c, o->b, part);
  }
}

/* Third pass. */

static void
touch (Compiler *c, Place place)
{
  if (place.kind != PLACE_BUFFER)
    return;
  OdlBuffer *buffer = &g_array_index (c->buffers, OdlBuffer, place.index);
  int now = (int)c->instructions->len;
  if (buffer->first < 0)
    buffer->first = now;
  buffer->last = now;
}

static OdlAddress
address_of (Compiler *c, Place place)
{
  touch (c, place);
  switch (place.kind) {
  case PLACE_CONSTANT:
    return (OdlAddress){ ODL_BASE_CONSTANTS, place.at, 0 };
  case PLACE_THETA:
    return (OdlAddress){ ODL_BASE_THETA, place.at, 0 };
  case PLACE_UNIFORM:
    return (OdlAddress){ ODL_BASE_SCRATCH, place.at, 0 };
  case PLACE_INPUT:
    return (OdlAddress){ ODL_BASE_INPUTS + place.index, 0, place.at };
  case PLACE_BUFFER:
    return (OdlAddress){ ODL_BASE_BUFFERS + place.index, 0, place.at };
  default:
    g_assert_not_reached ();
  }
}

/* An operand of many rows as lanes, or its one row for each of them. */
static OdlOperand
lanes (Compiler *c, Place place, gboolean many)
{
  gboolean uniform = place.kind == PLACE_UNIFORM;
  return (OdlOperand){ address_of (c, place), many && uniform ? ODL_UNIFORM_WIDTH : 0,
                       many && !uniform };
}

/* An operand read as one number a row. */
static OdlOperand
scalar (Compiler *c, Place place, gboolean many)
{
  static const guint steps[]
      = { [PLACE_THETA] = 1, [PLACE_UNIFORM] = ODL_UNIFORM_WIDTH, [PLACE_BUFFER] = 0 };
  return (OdlOperand){ address_of (c, place), many ? steps[place.kind] : 0, 0 };
}

static void
emit (Compiler *c, OdlInstruction instruction)
{
  g_array_append_val (c->instructions, instruction);
}

static Place
new_uniform (Compiler *c, gsize rows)
{
  Place place = { PLACE_UNIFORM, 0, c->program->uniform };
  c->program->uniform += rows * ODL_UNIFORM_WIDTH;
  return place;
}

/* Where the value of a node goes. */
static Place
target (Compiler *c, OdlNode node)
{
  guint rows = op_of (c, node)->rows;
  if (c->uniform[node])
    return new_uniform (c, rows);
  if (c->into[node].kind != PLACE_NONE)
    return c->into[node];
  return (Place){ PLACE_BUFFER, new_buffer (c, rows, -1), 0 };
}

static OdlRunKind
run_kind (Place out, gboolean flat)
{
  if (out.kind == PLACE_UNIFORM)
    return flat ? ODL_RUN_UNIFORM_FLAT : ODL_RUN_UNIFORM;
  return flat ? ODL_RUN_FLAT : ODL_RUN_ROWS;
}

/* Writes the rows of a node that is somewhere else. */
static void
emit_copy (Compiler *c, OdlNode node, Place out)
{
  Place from = c->place[node];
  guint rows = op_of (c, node)->rows;
  gboolean fill
      = c->uniform[node] && !(from.kind == PLACE_UNIFORM && out.kind == from.kind);
  emit (c, (OdlInstruction){ .kernel = fill ? c->kernels->fill : c->kernels->copy,
                             .kind = run_kind (out, FALSE),
                             .a = fill ? scalar (c, from, TRUE) : lanes (c, from, TRUE),
                             .out = address_of (c, out),
                             .rows = rows });
}

/* The value as lanes, where a kernel must have them: of a tile, or 8 of a uniform one.
 */
static Place
as_lanes (Compiler *c, OdlNode node, gboolean uniform)
{
  Place from = c->place[node];
  if (!c->uniform[node] || (uniform && from.kind == PLACE_UNIFORM))
    return from;
  guint rows = op_of (c, node)->rows;
  if (uniform) {
    Place out = new_uniform (c, rows);
    emit_copy (c, node, out);
    return c->place[node] = out;
  }
  if (c->tile[node].kind == PLACE_NONE) {
    Place out = { PLACE_BUFFER, new_buffer (c, rows, -1), 0 };
    emit_copy (c, node, out);
    c->tile[node] = out;
  }
  return c->tile[node];
}

static void
emit_unary (Compiler *c, OdlNode node, const OdlOperation *o)
{
  Place from = as_lanes (c, o->a, c->uniform[node]), out = target (c, node);
  emit (c, (OdlInstruction){ .kernel = c->kernels->unary[o->op - ODL_OP_NEG],
                             .kind = run_kind (out, TRUE),
                             .a = lanes (c, from, TRUE),
                             .out = address_of (c, out),
                             .rows = o->rows });
  c->place[node] = out;
}

typedef struct {
  OdlOperand operand;
  gboolean scalar, flat;
} Read;

/* An operand of an elementwise operation of `rows` rows. Flat: it can be read as one
 * long row. */
static Read
read_operand (Compiler *c, OdlNode node, guint rows, gboolean may_be_scalar,
              gboolean uniform)
{
  gboolean many = op_of (c, node)->rows > 1 && rows > 1, full = many || rows == 1;
  Place place = c->place[node];
  gboolean is_scalar
      = may_be_scalar && c->uniform[node] && !(uniform && place.kind == PLACE_UNIFORM);
  if (!is_scalar) {
    g_assert (!c->uniform[node] || place.kind == PLACE_UNIFORM);
    return (Read){ lanes (c, place, many), FALSE, full };
  }
  Read read = { scalar (c, place, many), TRUE, FALSE };
  read.flat = rows == 1 || read.operand.step_fixed == 0;
  return read;
}

static void
emit_binary (Compiler *c, OdlNode node, const OdlOperation *o)
{
  gboolean uniform = c->uniform[node];
  if (uniform && c->place[o->b].kind != PLACE_UNIFORM)
    as_lanes (c, o->a, TRUE);
  Place out = target (c, node);
  Read a = read_operand (c, o->a, o->rows, TRUE, uniform);
  Read b = read_operand (c, o->b, o->rows, TRUE, uniform);
  OdlForm form = a.scalar ? ODL_FORM_SV : b.scalar ? ODL_FORM_VS : ODL_FORM_VV;
  g_assert (!(a.scalar && b.scalar));
  emit (c, (OdlInstruction){ .kernel = c->kernels->binary[o->op - ODL_OP_ADD][form],
                             .kind = run_kind (out, a.flat && b.flat),
                             .a = a.operand,
                             .b = b.operand,
                             .out = address_of (c, out),
                             .rows = o->rows });
  c->place[node] = out;
}

static void
emit_product (Compiler *c, OdlNode node, const OdlOperation *o, OdlNode bias)
{
  gboolean transposed = o->op == ODL_OP_LINEAR_T;
  Place from = as_lanes (c, o->a, c->uniform[node]), out = target (c, node);
  guint inner = op_of (c, o->a)->rows;
  OdlInstruction it = { .kernel = c->kernels->product,
                        .kind = run_kind (out, FALSE),
                        .a = lanes (c, from, TRUE),
                        .out = address_of (c, out),
                        .rows = o->rows,
                        .inner = inner,
                        .inner_step = transposed ? o->rows : 1 };
  it.b = (OdlOperand){ { ODL_BASE_THETA, o->offset, 0 }, transposed ? 1 : inner, 0 };
  it.has_c = bias >= 0;
  if (bias >= 0)
    it.c = scalar (c, c->place[bias], op_of (c, bias)->rows > 1);
  emit (c, it);
  c->place[node] = out;
}

/* An elementwise instruction of three operands, of which a is lanes. */
static void
emit_three (Compiler *c, OdlNode node, OdlKernel kernel, const Read read[3])
{
  guint rows = op_of (c, node)->rows;
  Place out = target (c, node);
  gboolean flat = read[0].flat && read[1].flat && read[2].flat;
  emit (c, (OdlInstruction){ .kernel = kernel,
                             .kind = run_kind (out, flat),
                             .a = read[0].operand,
                             .b = read[1].operand,
                             .c = read[2].operand,
                             .has_c = TRUE,
                             .out = address_of (c, out),
                             .rows = rows });
  c->place[node] = out;
}

/* a b ± c with the product x absorbed by the addition. */
static void
emit_fused (Compiler *c, OdlNode node, const OdlOperation *o, OdlNode x)
{
  const OdlOperation *product = op_of (c, x);
  OdlNode other = x == o->a ? o->b : o->a, a = product->a;
  OdlNode b = product->op == ODL_OP_SQUARE ? a : product->b;
  OdlFused fused = o->op == ODL_OP_ADD ? ODL_FUSED_ADD
                   : x == o->a         ? ODL_FUSED_SUB
                                       : ODL_FUSED_SUB_BY;
  if (c->uniform[a]) {
    OdlNode swap = a;
    a = b;
    b = swap;
  }
  const Read read[] = { read_operand (c, a, o->rows, FALSE, FALSE),
                        read_operand (c, b, o->rows, TRUE, FALSE),
                        read_operand (c, other, o->rows, TRUE, FALSE) };
  emit_three (c, node, c->kernels->fused[fused][read[1].scalar][read[2].scalar], read);
}

/* b (c − a²) with the difference x absorbed by the product. */
static void
emit_slope (Compiler *c, OdlNode node, const OdlOperation *o, OdlNode x)
{
  const OdlOperation *difference = op_of (c, x);
  OdlNode a = op_of (c, difference->b)->a, b = x == o->a ? o->b : o->a;
  const Read read[] = { read_operand (c, a, o->rows, FALSE, FALSE),
                        read_operand (c, b, o->rows, FALSE, FALSE),
                        read_operand (c, difference->a, o->rows, TRUE, FALSE) };
  emit_three (c, node, c->kernels->slope, read);
}

static void
emit_arithmetic (Compiler *c, OdlNode node, const OdlOperation *o)
{
  OdlNode x = c->absorbed[o->a] ? o->a : c->absorbed[o->b] ? o->b : ODL_NODE_NONE;
  if (o->op == ODL_OP_MUL && x >= 0)
    emit_slope (c, node, o, x);
  else if (c->uniform[node] || x < 0 || (o->op != ODL_OP_ADD && o->op != ODL_OP_SUB))
    emit_binary (c, node, o);
  else if (odl_op_is_linear (op_of (c, x)->op))
    emit_product (c, node, op_of (c, x), x == o->a ? o->b : o->a);
  else
    emit_fused (c, node, o, x);
}

static gboolean
same_place (Place a, Place b)
{
  return a.kind == b.kind && a.index == b.index && a.at == b.at;
}

static void
emit_concat (Compiler *c, OdlNode node, const OdlOperation *o)
{
  Place out = target (c, node), part = out;
  const OdlNode parts[] = { o->a, o->b };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (!same_place (c->place[parts[i]], part))
      emit_copy (c, parts[i], part);
    gsize rows = op_of (c, parts[i])->rows;
    part.at += rows * (c->uniform[node] ? ODL_UNIFORM_WIDTH : 1);
  }
  c->place[node] = out;
}

/* A view: no instruction. */
static void
place_slice (Compiler *c, OdlNode node, const OdlOperation *o)
{
  gboolean uniform = c->uniform[node];
  c->place[node] = as_lanes (c, o->a, uniform);
  c->place[node].at += (gsize)o->offset * (uniform ? ODL_UNIFORM_WIDTH : 1);
}

static void
emit_rows (Compiler *c, OdlNode node, const OdlOperation *o)
{
  gboolean sum = o->op == ODL_OP_SUM_ROWS;
  Place from = as_lanes (c, o->a, c->uniform[node]), out = target (c, node);
  emit (c, (OdlInstruction){ .kernel = sum ? c->kernels->sum_rows : c->kernels->copy,
                             .kind = run_kind (out, FALSE),
                             .a = lanes (c, from, sum),
                             .out = address_of (c, out),
                             .rows = sum ? op_of (c, o->a)->rows : o->rows });
  c->place[node] = out;
}

/* Where the sums of an accumulator are put off to; 0: they are not. */
static gsize
defer (Compiler *c, const OdlOperation *o, gsize rows, gsize inner)
{
  gsize n = rows * MAX (inner, 1), first = c->program->n_sums;
  if (first == 0 || !c->kernels->defer_sums || MIN (rows, inner) > ODL_SUM_FEW
      || n > MOST_DEFERRED)
    return 0;
  const OdlDeferredSums sums = { o->offset, first, n };
  g_array_append_val (c->deferred, sums);
  c->program->n_sums += n * ODL_SUM_LANES;
  return first;
}

static void
emit_accumulator (Compiler *c, const OdlOperation *o)
{
  gboolean outer = o->op == ODL_OP_OUTER_TO_THETA;
  Place a = as_lanes (c, o->a, FALSE);
  Place b = outer ? as_lanes (c, o->b, FALSE) : a;
  gsize rows = op_of (c, o->a)->rows, inner = outer ? op_of (c, o->b)->rows : 0;
  gsize later = defer (c, o, rows, inner);
  OdlKernel now = outer ? c->kernels->outer : c->kernels->sum_lanes;
  emit (c, (OdlInstruction){ .kernel = later ? c->kernels->defer_sums : now,
                             .kind = ODL_RUN_GRADIENT,
                             .a = lanes (c, a, TRUE),
                             .b = lanes (c, b, TRUE),
                             .out = { ODL_BASE_GRADIENT, later ? later : o->offset, 0 },
                             .rows = rows,
                             .inner = inner });
  if (outer)
    c->program->work_rows = MAX (c->program->work_rows, MAX (rows, inner) + 7);
}

static Place
place_leaf (Compiler *c, const OdlOperation *o)
{
  switch (o->op) {
  case ODL_OP_INPUT:
    return (Place){ PLACE_INPUT, o->offset, 0 };
  case ODL_OP_THETA:
    return (Place){ PLACE_THETA, 0, o->offset };
  default:
    g_array_append_val (c->constants, o->value);
    return (Place){ PLACE_CONSTANT, 0, c->constants->len - 1 };
  }
}

static void
emit_node (Compiler *c, OdlNode node)
{
  const OdlOperation *o = op_of (c, node);
  if (o->op <= ODL_OP_THETA)
    c->place[node] = place_leaf (c, o);
  else if (is_unary (o->op))
    emit_unary (c, node, o);
  else if (is_binary (o->op))
    emit_arithmetic (c, node, o);
  else if (odl_op_is_linear (o->op))
    emit_product (c, node, o, ODL_NODE_NONE);
  else if (o->op == ODL_OP_CONCAT)
    emit_concat (c, node, o);
  else if (o->op == ODL_OP_SLICE)
    place_slice (c, node, o);
  else if (odl_op_is_accumulator (o->op))
    emit_accumulator (c, o);
  else
    emit_rows (c, node, o);
}

static void
emit_all (Compiler *c)
{
  for (guint i = 0; i < c->n; i++)
    if (c->live[i] && !c->absorbed[i])
      emit_node (c, (OdlNode)i);
  for (guint i = 0; i < odl_graph_n_outputs (c->graph); i++) {
    OdlNode node = odl_graph_output_node (c->graph, i);
    Place out = { PLACE_BUFFER, i, 0 }; /* the first buffers are the outputs */
    if (!same_place (c->place[node], out))
      emit_copy (c, node, out);
  }
}

static void
finish (Compiler *c)
{
  OdlProgram *program = c->program;
  program->n_instructions = c->instructions->len;
  program->instructions
      = (OdlInstruction *)g_array_free (g_steal_pointer (&c->instructions), FALSE);
  program->constants = (double *)g_array_free (g_steal_pointer (&c->constants), FALSE);
  program->n_deferred = c->deferred->len;
  program->deferred
      = (OdlDeferredSums *)g_array_free (g_steal_pointer (&c->deferred), FALSE);
  odl_buffers_place (c->buffers, program);
  program->output_places = g_new (gsize, program->n_outputs + 1);
  for (guint i = 0; i < program->n_outputs; i++) {
    program->output_places[i] = program->rows;
    program->rows += g_array_index (c->buffers, OdlBuffer, i).rows;
  }
}

void
odl_program_compile (OdlProgram *program, const OdlGraph *graph,
                     const OdlKernels *kernels)
{
  guint n = odl_graph_n_operations (graph);
  Compiler c = { .graph = graph, .kernels = kernels, .program = program, .n = n };
  g_autofree gboolean *flags = g_new0 (gboolean, 3 * n + 1);
  g_autofree Place *places = g_new0 (Place, 3 * n + 1);
  OdlMarks marks = { flags, flags + n, flags + 2 * n };
  odl_graph_mark (graph, &marks);
  c.live = marks.live;
  c.uniform = marks.uniform;
  c.absorbed = marks.absorbed;
  c.into = places;
  c.place = places + n;
  c.tile = places + 2 * n;
  c.instructions = g_array_new (FALSE, FALSE, sizeof (OdlInstruction));
  c.constants = g_array_new (FALSE, FALSE, sizeof (double));
  c.buffers = g_array_new (FALSE, FALSE, sizeof (OdlBuffer));
  c.deferred = g_array_new (FALSE, FALSE, sizeof (OdlDeferredSums));
  place_parts (&c);
  emit_all (&c);
  finish (&c);
  g_array_unref (c.buffers);
}
