/* What a compiled program consists of; compile.c makes it and evaluate.c runs it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/kernels.h"

#define ODL_UNIFORM_WIDTH 8 /* lanes of a value that is the same in every lane */

/* Index into the table of base addresses of a run; the inputs follow, then outputs. */
enum {
  ODL_BASE_SCRATCH,
  ODL_BASE_THETA,
  ODL_BASE_CONSTANTS,
  ODL_BASE_GRADIENT,
  ODL_BASE_INPUTS
};

/* bases[base] + fixed + lanes · width. */
typedef struct {
  guint base;
  gsize fixed, lanes;
} OdlAddress;

typedef struct {
  OdlAddress at;
  guint step_fixed, step_lanes; /* row step: fixed + lanes · width */
} OdlOperand;

typedef enum {
  ODL_RUN_ROWS,    /* row by row */
  ODL_RUN_FLAT,    /* all rows as one long one */
  ODL_RUN_UNIFORM, /* 8 lanes wide, whatever the tile is */
  ODL_RUN_UNIFORM_FLAT,
  ODL_RUN_GRADIENT /* adds to the θ-gradient; left out where none is wanted */
} OdlRunKind;

typedef struct {
  OdlKernel kernel;
  OdlRunKind kind;
  OdlAddress out;
  OdlOperand a, b, c;
  gboolean has_c;
  gsize rows, inner, inner_step;
} OdlInstruction;

/* Sums over lanes that are added up at the end: those of θ-gradient entries theta …
 * theta + rows − 1 stand behind the gradient, ODL_SUM_LANES each. */
typedef struct {
  gsize theta, at, rows;
} OdlDeferredSums;

struct _OdlProgram {
  guint n_instructions, n_inputs, n_outputs, width;
  OdlInstruction *instructions;
  double *constants;
  gsize uniform;        /* doubles of scratch for uniform values, a multiple of 8 */
  gsize rows;           /* rows of scratch for tiles, after them */
  gsize work_rows;      /* rows of work, after those */
  gsize *output_places; /* rows in scratch that stand in for outputs not wanted */
  const OdlKernels *kernels;
  gsize n_sums; /* doubles of the θ-gradient and the sums behind it; 0: none deferred */
  guint n_deferred;
  OdlDeferredSums *deferred;
};

/* Fills a new program; graph is simplified. */
void odl_program_compile (OdlProgram *program, const OdlGraph *graph,
                          const OdlKernels *kernels);
