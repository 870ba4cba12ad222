/* Rows of scratch for buffers. SPDX-License-Identifier: MIT
 *
 * A buffer lives from the first instruction that touches it to the last. Buffers are
 * placed in the order of their births, each at the lowest rows that no living one
 * needs (first fit over intervals, as the linear scan of Poletto and Sarkar 1999 does
 * for registers). The result of an elementwise instruction may take over the place of
 * an operand that is read there for the last time, because such a kernel reads a lane
 * before it writes it. */
#include "graph/buffers.h"

static gboolean
is_elementwise (const OdlInstruction *it)
{
  return it->kind == ODL_RUN_FLAT;
}

/* The buffer of an operand that the result of instruction t may take over: read for the
 * last time, by operands that all are the whole of it. */
static int
find_heir (const OdlProgram *program, const GArray *buffers, int t,
           const OdlBuffer *result)
{
  const OdlInstruction *it = &program->instructions[t];
  const OdlOperand *operands[] = { &it->a, &it->b, &it->c };
  if (!is_elementwise (it) || it->out.lanes != 0 || it->rows != result->rows)
    return -1;
  for (guint i = 0; i < G_N_ELEMENTS (operands); i++) {
    guint base = operands[i]->at.base;
    if (base < ODL_BASE_BUFFERS)
      continue;
    const OdlBuffer *b = &g_array_index (buffers, OdlBuffer, base - ODL_BASE_BUFFERS);
    gboolean whole = b->output < 0 && b->last == t && b->rows == result->rows;
    for (guint k = 0; k < G_N_ELEMENTS (operands); k++)
      whole = whole && (operands[k]->at.base != base || operands[k]->at.lanes == 0);
    if (whole)
      return (int)(base - ODL_BASE_BUFFERS);
  }
  return -1;
}

/* The lowest rows that no living buffer needs. `living` is in order of rows. */
static void
fit (OdlBuffer *buffer, GPtrArray *living)
{
  guint i = 0;
  buffer->at = 0;
  for (; i < living->len; i++) {
    const OdlBuffer *other = living->pdata[i];
    if (buffer->at + buffer->rows <= other->at)
      break;
    buffer->at = MAX (buffer->at, other->at + other->rows);
  }
  g_ptr_array_insert (living, (gint)i, buffer);
}

/* Takes out what has ended before instruction t. */
static void
bury (GPtrArray *living, int t)
{
  guint kept = 0;
  for (guint i = 0; i < living->len; i++) {
    OdlBuffer *buffer = living->pdata[i];
    if (buffer->last >= t)
      living->pdata[kept++] = buffer;
  }
  g_ptr_array_set_size (living, (gint)kept);
}

/* The buffer takes over the rows of one that ends where it begins. */
static void
inherit (OdlBuffer *buffer, OdlBuffer *from, GPtrArray *living)
{
  guint i;
  gboolean found = g_ptr_array_find (living, from, &i);
  g_assert (found);
  buffer->at = from->at;
  living->pdata[i] = buffer;
}

static int
compare_first (gconstpointer x, gconstpointer y)
{
  const OdlBuffer *const *a = x, *const *b = y;
  return (*a)->first - (*b)->first;
}

static void
assign_rows (const GArray *buffers, OdlProgram *program)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new (), living = g_ptr_array_new ();
  for (guint i = 0; i < buffers->len; i++) {
    OdlBuffer *buffer = &g_array_index (buffers, OdlBuffer, i);
    if (buffer->output < 0 && buffer->first >= 0)
      g_ptr_array_add (order, buffer);
  }
  g_ptr_array_sort (order, compare_first);
  for (guint i = 0; i < order->len; i++) {
    OdlBuffer *buffer = order->pdata[i];
    int heir = find_heir (program, buffers, buffer->first, buffer);
    bury (living, buffer->first);
    if (heir >= 0)
      inherit (buffer, &g_array_index (buffers, OdlBuffer, heir), living);
    else
      fit (buffer, living);
    program->rows = MAX (program->rows, buffer->at + buffer->rows);
  }
}

static void
resolve (const GArray *buffers, const OdlProgram *program, OdlAddress *at)
{
  if (at->base < ODL_BASE_BUFFERS)
    return;
  const OdlBuffer *b = &g_array_index (buffers, OdlBuffer, at->base - ODL_BASE_BUFFERS);
  if (b->output >= 0) {
    at->base = ODL_BASE_INPUTS + program->n_inputs + (guint)b->output;
    return;
  }
  at->base = ODL_BASE_SCRATCH;
  at->fixed = program->uniform;
  at->lanes += b->at;
}

void
odl_buffers_place (const GArray *buffers, OdlProgram *program)
{
  assign_rows (buffers, program);
  for (guint i = 0; i < program->n_instructions; i++) {
    OdlInstruction *it = &program->instructions[i];
    resolve (buffers, program, &it->out);
    resolve (buffers, program, &it->a.at);
    resolve (buffers, program, &it->b.at);
    resolve (buffers, program, &it->c.at);
  }
}
