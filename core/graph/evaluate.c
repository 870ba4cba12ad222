/* Runs a program. SPDX-License-Identifier: MIT
 *
 * A program is a list of instructions, each a kernel and the places of its operands. A
 * place is a base (scratch, θ, an input, …) and an offset that is linear in the width,
 * so that one program runs at every width; turning it into an address is a
 * multiplication and an addition, which is all the dispatch there is. Inputs are read
 * and outputs written where they are. What is the same in every lane (arithmetic on θ)
 * is computed once, eight lanes wide, and read as a scalar. */
#include "graph/evaluate.h"

#include "graph/program.h"
#include "graph/simplify.h"

#define CACHE      24576 /* bytes of the first-level cache that a tile may take */
#define MIN_WIDTH  8
#define WORK_WIDTH 32 /* products keep 32 lanes of a row in registers */
#define MAX_ARRAYS 4096

/* A multiple of 8 whose tile, inputs and outputs included, stays in the cache. */
static guint
choose_width (const OdlProgram *program, const OdlGraph *graph)
{
  gsize rows = program->rows;
  guint least = MIN_WIDTH;
  for (guint i = 0; i < odl_graph_n_operations (graph); i++) {
    const OdlOperation *o = odl_graph_operation (graph, (OdlNode)i);
    if (o->op == ODL_OP_LINEAR || o->op == ODL_OP_LINEAR_T)
      least = WORK_WIDTH;
    if (o->op == ODL_OP_INPUT)
      rows += o->rows;
  }
  guint width = ODL_MAX_WIDTH;
  while (width > least && rows * width * sizeof (double) > CACHE)
    width /= 2;
  /* Rows that are powers of two apart fall on the same lines of the cache. */
  return width > WORK_WIDTH && least < WORK_WIDTH ? width - 8 : width;
}

/* n_sums: doubles of the θ-gradient when sums are to be deferred, else 0. */
static OdlProgram *
make (const OdlGraph *graph, OdlIsa isa, gsize n_sums)
{
  const OdlKernels *kernels = odl_kernels (isa);
  g_autoptr (OdlGraph) simple = odl_graph_simplify (graph, kernels);
  OdlProgram *program = g_new0 (OdlProgram, 1);
  program->kernels = kernels;
  program->n_sums = n_sums;
  program->n_inputs = odl_graph_n_inputs (simple);
  program->n_outputs = odl_graph_n_outputs (simple);
  g_assert (program->n_inputs + program->n_outputs < MAX_ARRAYS);
  odl_program_compile (program, simple, kernels);
  program->width = choose_width (program, simple);
  return program;
}

OdlProgram *
odl_program_new (const OdlGraph *graph, OdlIsa isa)
{
  g_return_val_if_fail (graph != NULL && odl_isa_available (isa), NULL);
  return make (graph, isa, 0);
}

OdlProgram *
odl_program_new_deferring (const OdlGraph *graph, OdlIsa isa, guint n_theta)
{
  g_return_val_if_fail (graph != NULL && odl_isa_available (isa), NULL);
  g_return_val_if_fail (n_theta >= odl_graph_n_theta (graph), NULL);
  return make (graph, isa, (MAX (n_theta, 1) + 7) / 8 * 8);
}

gsize
odl_program_n_sums (const OdlProgram *program)
{
  g_return_val_if_fail (program != NULL && program->n_sums > 0, 0);
  return program->n_sums;
}

void
odl_program_settle (const OdlProgram *program, double *sums)
{
  for (guint i = 0; i < program->n_deferred; i++) {
    const OdlDeferredSums *d = &program->deferred[i];
    const OdlCall call = { .out = sums + d->theta,
                           .a = sums + d->at,
                           .a_step = ODL_SUM_LANES,
                           .rows = d->rows,
                           .width = ODL_SUM_LANES };
    program->kernels->sum_lanes (&call);
  }
}

void
odl_program_free (OdlProgram *program)
{
  g_return_if_fail (program != NULL);
  g_free (program->instructions);
  g_free (program->constants);
  g_free (program->output_places);
  g_free (program->deferred);
  g_free (program);
}

gsize
odl_program_scratch (const OdlProgram *program, guint width)
{
  g_return_val_if_fail (program != NULL && width % 8 == 0, 0);
  return program->uniform + (program->rows + program->work_rows) * width;
}

guint
odl_program_width (const OdlProgram *program)
{
  return program->width;
}

guint
odl_program_n_instructions (const OdlProgram *program)
{
  return program->n_instructions;
}

static inline const double *
address (const double *const bases[], const OdlAddress *at, gsize width)
{
  return bases[at->base] + at->fixed + at->lanes * width;
}

static inline gsize
step (const OdlOperand *operand, gsize width)
{
  return operand->step_fixed + operand->step_lanes * width;
}

static inline OdlCall
call_of (const OdlInstruction *it, const double *const bases[], gsize tile,
         double *work)
{
  gboolean uniform = it->kind == ODL_RUN_UNIFORM || it->kind == ODL_RUN_UNIFORM_FLAT;
  gboolean flat = it->kind == ODL_RUN_FLAT || it->kind == ODL_RUN_UNIFORM_FLAT;
  gsize width = uniform ? ODL_UNIFORM_WIDTH : tile;
  return (OdlCall){
    .out = (double *)address (bases, &it->out, tile),
    .a = address (bases, &it->a.at, tile),
    .b = address (bases, &it->b.at, tile),
    .c = it->has_c ? address (bases, &it->c.at, tile) : NULL,
    .a_step = step (&it->a, tile),
    .b_step = step (&it->b, tile),
    .c_step = step (&it->c, tile),
    .rows = flat ? 1 : it->rows,
    .width = flat ? it->rows * width : width,
    .inner = it->inner,
    .inner_step = it->inner_step,
    .work = work,
  };
}

typedef struct {
  const double *theta, *const *inputs;
  double *const *outputs, *theta_gradient, *scratch;
} Arrays;

/* Fills the table of base addresses; returns where the products work. */
static inline double *
fill_bases (const OdlProgram *program, guint width, const Arrays *arrays,
            const double **bases)
{
  const double **next = bases + ODL_BASE_INPUTS;
  double *tiles = arrays->scratch + program->uniform;
  bases[ODL_BASE_SCRATCH] = arrays->scratch;
  bases[ODL_BASE_THETA] = arrays->theta;
  bases[ODL_BASE_CONSTANTS] = program->constants;
  bases[ODL_BASE_GRADIENT] = arrays->theta_gradient;
  for (guint i = 0; i < program->n_inputs; i++)
    *next++ = arrays->inputs[i];
  for (guint i = 0; i < program->n_outputs; i++)
    *next++ = arrays->outputs[i] ? arrays->outputs[i]
                                 : tiles + program->output_places[i] * width;
  return tiles + program->rows * width;
}

void
odl_program_run (const OdlProgram *program, guint width, const double *theta,
                 const double *const inputs[], double *const outputs[],
                 double *theta_gradient, double *scratch)
{
  g_assert (width % 8 == 0 && width > 0 && width <= ODL_MAX_WIDTH);
  const double *bases[ODL_BASE_INPUTS + program->n_inputs + program->n_outputs];
  const Arrays arrays = { theta, inputs, outputs, theta_gradient, scratch };
  double *work = fill_bases (program, width, &arrays, bases);
  const OdlInstruction *end = program->instructions + program->n_instructions;
  for (const OdlInstruction *it = program->instructions; it < end; it++)
    if (it->kind != ODL_RUN_GRADIENT || theta_gradient) {
      const OdlCall call = call_of (it, bases, width, work);
      it->kernel (&call);
    }
}

typedef struct {
  OdlKernel kernel;
  OdlCall call;
} Prepared;

struct _OdlBound {
  gsize n;
  Prepared calls[];
};

gsize
odl_program_bound_size (const OdlProgram *program)
{
  g_return_val_if_fail (program != NULL, 0);
  return sizeof (OdlBound) + program->n_instructions * sizeof (Prepared);
}

void
odl_program_bind (const OdlProgram *program, guint width, const double *theta,
                  const double *const inputs[], double *const outputs[],
                  double *scratch, OdlBound *bound)
{
  g_assert (width % 8 == 0 && width > 0 && width <= ODL_MAX_WIDTH);
  const double *bases[ODL_BASE_INPUTS + program->n_inputs + program->n_outputs];
  const Arrays arrays = { theta, inputs, outputs, NULL, scratch };
  double *work = fill_bases (program, width, &arrays, bases);
  bound->n = 0;
  for (guint i = 0; i < program->n_instructions; i++) {
    const OdlInstruction *it = &program->instructions[i];
    if (it->kind != ODL_RUN_GRADIENT)
      bound->calls[bound->n++]
          = (Prepared){ it->kernel, call_of (it, bases, width, work) };
  }
}

void
odl_bound_run (const OdlBound *bound)
{
  for (const Prepared *p = bound->calls, *end = p + bound->n; p < end; p++)
    p->kernel (&p->call);
}
