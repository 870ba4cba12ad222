/* One explicit Runge–Kutta step of a tile, forward and exactly reversed.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "field/field.h"
#include "solve/kernels-step.h"

/* Read-only once made; shared by the threads. */
typedef struct {
  const OdlMethod *method;
  const OdlStepKernels *kernels;
  OdlProgram *forward; /* (t, y[, aux]) → dy[, kept] */
  OdlProgram *reverse; /* (t, y[, aux][, kept], w) → wᵀ∂f/∂t, /∂y[, /∂aux]; adds to gθ,
                        * an array of its sums until it is settled */
  guint dim, n_aux, n_kept, n_theta;
  guint stages;     /* all of the method's */
  guint needed;     /* those up to the last that the new state depends on */
  gboolean fsal;    /* the last stage is the next step's first */
  gboolean late;    /* … and is not part of the error */
  OdlWeights rows[ODL_MAX_STAGES], b, e, e2; /* of stages, from the table */
  OdlWeights columns[ODL_MAX_STAGES]; /* of stage i: aₗᵢ, l < needed, then bᵢ */
} OdlStages;

/* Stages up to the last that the new state depends on. */
guint odl_stages_needed (const OdlMethod *method);
/* method: explicit, or reversible, of which only the weights are used. The field must outlive it. */
OdlStages *odl_stages_new (const OdlField *field, const OdlMethod *method);
void odl_stages_free (OdlStages *stages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlStages, odl_stages_free)

/* What a step leaves for its reversal; arrays of rows × width, one block of
 * odl_stages_record doubles. */
typedef struct {
  double *k;    /* stages × dim: slopes */
  double *x;    /* stages × dim: states of the stages */
  double *t;    /* stages: their times */
  double *kept; /* stages × n_kept */
} OdlRecord;
gsize odl_stages_record (const OdlStages *stages, guint width);
OdlRecord odl_stages_record_at (const OdlStages *stages, guint width, double *block);

/* A tile: `width` lanes, θ, the constants of its lanes, and scratch of
 * odl_stages_scratch doubles. */
typedef struct {
  guint width;
  const double *theta;
  const double *aux; /* n_aux × width or NULL */
  double *scratch;
} OdlStageTile;
gsize odl_stages_scratch (const OdlStages *stages, guint width);

/* k (dim) = f (t, y), and what its reversal needs. */
void odl_stages_evaluate (const OdlStages *stages, const OdlStageTile *tile, const double *t,
                          const double *y, double *k, double *kept);
/* Evaluates stages `first` … `count` − 1 from y at t with steps h (width each) into the
 * record; where first is 1, stage 0 is there already. */
void odl_stages_run (const OdlStages *stages, const OdlStageTile *tile, const double *t,
                     const double *h, const double *y, guint first, guint count,
                     const OdlRecord *record);
/* to (dim × width) = y + h Σ weights of k. */
void odl_stages_combine (const OdlStages *stages, const OdlStageTile *tile, const double *h,
                         const double *y, const OdlWeights *weights, const double *k,
                         double *to);
/* y1 (dim × width): the new state. */
void odl_stages_advance (const OdlStages *stages, const OdlStageTile *tile, const double *h,
                         const double *y, const OdlRecord *record, double *y1);

/* Cotangents of a step, all width wide. theta, t, h and aux may be NULL, t and h both
 * or none. */
typedef struct {
  double *y;     /* dim: that of the new state on entry, of the old one on return */
  double *t, *h; /* added to */
  double *aux;   /* n_aux, added to */
  double *theta; /* sums of the reverse program, added to */
  gboolean increment; /* of the increment h Σ bᵢ kᵢ alone, not of y + it */
} OdlStepCotangent;
/* The exact derivative of odl_stages_advance after odl_stages_run. Lanes whose h is 0
 * add exactly nothing to θ. */
void odl_stages_reverse (const OdlStages *stages, const OdlStageTile *tile, const double *h,
                         const OdlRecord *record, const OdlStepCotangent *cotangent);
/* The reverse derivative of one evaluation: to (dim) = wᵀ∂f/∂y; t and aux, where not
 * NULL, are written, theta is added to. */
typedef struct {
  const double *t, *y, *kept, *w;
  double *to, *to_t, *to_aux, *theta;
} OdlEvaluationCotangent;
void odl_stages_vjp (const OdlStages *stages, const OdlStageTile *tile,
                     const OdlEvaluationCotangent *at);
