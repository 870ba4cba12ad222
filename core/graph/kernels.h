/* The tables of kernels, one per instruction set.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/evaluate.h"

/* What a kernel works on. Rows are `width` lanes, one after another; a step is the
 * number of doubles from one row of an operand to the next (0: the same row each time).
 * A scalar operand has one number a row, the same for all lanes. */
typedef struct {
  double *out;
  const double *a, *b, *c;
  gsize a_step, b_step, c_step;
  gsize rows, width;
  gsize inner, inner_step; /* of products, see there */
  double *work;
} OdlCall;
typedef void (*OdlKernel) (const OdlCall *call);

/* out, as far as it is an array of lanes, has row step `width`. Width is a multiple of
 * 8. Nothing need be aligned. Elementwise kernels may write over an operand that has
 * the same rows; no other operand may overlap what is written. */
typedef enum { ODL_FORM_VV, ODL_FORM_VS, ODL_FORM_SV, ODL_N_FORMS } OdlForm;
typedef enum {
  ODL_FUSED_ADD,    /* a b + c */
  ODL_FUSED_SUB,    /* a b − c */
  ODL_FUSED_SUB_BY, /* c − a b */
  ODL_N_FUSED
} OdlFused;

#define ODL_SUM_LANES 8
#define ODL_SUM_FEW   2

#define ODL_N_UNARY  (ODL_OP_ADD - ODL_OP_NEG)
#define ODL_N_BINARY (ODL_OP_LINEAR - ODL_OP_ADD)
typedef struct {
  OdlKernel unary[ODL_N_UNARY]; /* out = op (a); by op − ODL_OP_NEG */
  /* out = a op b; by op − ODL_OP_ADD and by which operand is scalar */
  OdlKernel binary[ODL_N_BINARY][ODL_N_FORMS];
  OdlKernel fused[ODL_N_FUSED][2][2]; /* by whether b and whether c is scalar */
  OdlKernel slope;                    /* out = b (c − a²), c scalar: of tanh */
  OdlKernel copy;                     /* out = a */
  OdlKernel fill;                     /* out = a, scalar */
  OdlKernel sum_rows;                 /* 1 row: Σ over `rows` rows of a */
  /* out[i] = c[i·c_step] + Σ_k b[i·b_step + k·inner_step] a[k], k < inner, a with row
   * step `width`; c NULL: nothing added. */
  OdlKernel product;
  /* out[i·inner + j] += Σ_lanes a[i] b[j], i < rows, j < inner; a and b with row step
   * width. The sum runs lane by lane. Needs width · (max (rows, inner) + 7) doubles of
   * work. */
  OdlKernel outer;
  /* out[i] += Σ_lanes a[i]. */
  OdlKernel sum_lanes;
  /* The same two sums with ODL_SUM_LANES of them side by side for each result, to be
   * added up later: result r at out[r·ODL_SUM_LANES], the sum of lanes l, l +
   * ODL_SUM_LANES, …. rows or inner is at most ODL_SUM_FEW, inner 0: the plain sum.
   * NULL where a vector has fewer elements, and that would be no gain. */
  OdlKernel defer_sums;
} OdlKernels;

extern const OdlKernels odl_kernels_baseline, odl_kernels_avx2, odl_kernels_avx512;
/* `isa` must be available; ODL_ISA_BEST: the fastest that is. */
const OdlKernels *odl_kernels (OdlIsa isa);
