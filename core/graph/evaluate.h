/* Runs a graph: a program is a graph simplified, with its buffers assigned, for one instruction set.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

typedef struct _OdlProgram OdlProgram;

typedef enum { ODL_ISA_BEST = -1, ODL_ISA_BASELINE, ODL_ISA_AVX2, ODL_ISA_AVX512, ODL_N_ISAS } OdlIsa;
/* Whether this machine can run it. */
gboolean odl_isa_available (OdlIsa isa);
const char *odl_isa_name (OdlIsa isa);

/* Compiles: constants folded, common subexpressions and dead operations removed, multiply-adds fused,
 * buffers reused. `isa` must be available. The program keeps nothing of the graph. */
OdlProgram *odl_program_new (const OdlGraph *graph, OdlIsa isa);
void odl_program_free (OdlProgram *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlProgram, odl_program_free)

/* Doubles of scratch a run of `width` lanes needs. */
gsize odl_program_scratch (const OdlProgram *program, guint width);

/* A width (a multiple of 8, at most ODL_MAX_WIDTH) whose scratch stays in the first-level cache. */
#define ODL_MAX_WIDTH 256
guint odl_program_width (const OdlProgram *program);

/* Runs on one tile. Every array is feature-major: element (row, lane) at row·width + lane; 64-byte aligned;
 * width a multiple of 8; none overlaps another (outputs are written before all inputs are read). Outputs may be
 * NULL where not wanted. `theta_gradient` (n_theta, nullable) is added
 * to. Allocates nothing. Lanes never influence each other, except in theta_gradient, whose sums run in a
 * fixed order of lanes. */
void odl_program_run (const OdlProgram *program, guint width, const double *theta,
                      const double *const inputs[], double *const outputs[],
                      double *theta_gradient, double *scratch);
/* A run with its arrays fixed beforehand, for narrow tiles, where finding the addresses takes as long as the
 * arithmetic. The caller brings odl_program_bound_size bytes, 8-byte aligned; the arrays must outlive the runs.
 * odl_bound_run does what odl_program_run would do with the same arguments and no θ-gradient, bit for bit. */
typedef struct _OdlBound OdlBound;
gsize odl_program_bound_size (const OdlProgram *program);
void odl_program_bind (const OdlProgram *program, guint width, const double *theta,
                       const double *const inputs[], double *const outputs[], double *scratch,
                       OdlBound *bound);
void odl_bound_run (const OdlBound *bound);
/* A reverse derivative that runs many times before its θ-gradient is read: sums over lanes that are cheaper so
 * are left lane by lane, and added up once. What its runs take as theta_gradient is an array of
 * odl_program_n_sums doubles, all 0 before the first run: n_theta of the gradient and, behind them, those lanes.
 * Settle makes the first n_theta of it the gradient, in a fixed order; after that it may only be read or cleared. */
OdlProgram *odl_program_new_deferring (const OdlGraph *graph, OdlIsa isa, guint n_theta);
gsize odl_program_n_sums (const OdlProgram *program);
void odl_program_settle (const OdlProgram *program, double *sums);
/* Operations run per lane and call, for reports. */
guint odl_program_n_instructions (const OdlProgram *program);
