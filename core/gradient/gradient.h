/* Gradients through a solve: one interface, several ways to pay for them.
 * SPDX-License-Identifier: MIT
 *
 * A tape runs a problem forward and remembers what its method needs; given the cotangent
 * of the end state, w1 = dL/dy(t1), it then gives dL/dθ, dL/dy0, dL/dt0, dL/dt1 and
 * dL/daux. Discrete methods (backprop, checkpointed, reversible) return the exact
 * derivative of the numbers the forward pass computed, with the accepted step sizes of an
 * adaptive solve held fixed but for the last one, which ends at t1; continuous ones
 * (adjoint, interpolated) approximate the derivative of the exact flow. */
#pragma once

#include "solve/solve.h"

typedef enum {
  ODL_GRADIENT_BACKPROP,     /* every step kept: exact */
  ODL_GRADIENT_CHECKPOINTED, /* some states kept, the steps between repeated: same bits */
  ODL_GRADIENT_REVERSIBLE,   /* the end state kept: exact for its own forward map */
  ODL_GRADIENT_ADJOINT,      /* backsolve: y, a and the θ-integral backwards together */
  ODL_GRADIENT_SEMINORM,     /* the same, the θ-integral left out of the error norm */
  ODL_GRADIENT_INTERPOLATED, /* a backwards along the dense output of the forward solve */
  ODL_GRADIENT_TUTORIAL,     /* an Euler sweep over the stored steps: wrong to O(h) */
  ODL_N_GRADIENTS
} OdlGradientKind;

typedef struct {
  const char *id, *title, *about;
  OdlGradientKind kind;
  gboolean exact; /* equals the derivative of what the forward pass computed */
} OdlGradientMethod;

const OdlGradientMethod *odl_gradient_methods (guint *n);
/* NULL with ODL_ERROR_INVALID naming what is accepted. */
const OdlGradientMethod *odl_gradient_find (const char *id, GError **error);

typedef struct {
  const OdlGradientMethod *gradient;
  const OdlMethod *method; /* explicit, or reversible-heun with reversible */
  guint64 steps;           /* > 0: equal steps; 0: adaptive at rtol, atol */
  double rtol, atol;
  double adjoint_rtol, adjoint_atol; /* of the backward solve; 0: as forward */
  gsize budget; /* checkpointed: bytes a lane may hold for states; 0: √steps states */
  double coupling; /* reversible: λ of McCallum and Foster; 0: 0.999 */
  guint64 max_steps;
  gboolean (*interrupted) (gpointer data); /* asked by any thread of the pool */
  gpointer interrupted_data;
  OdlPool *pool; /* results do not depend on its threads */
} OdlGradientOptions;

/* What a pass cost. Evaluations are of f, a VJP counting as one backward evaluation,
 * summed over lanes. */
typedef struct {
  guint64 evaluations_forward, evaluations_backward;
  guint64 accepted, rejected;
  gsize bytes; /* the most that was held between forward and backward, all lanes */
  double seconds_forward, seconds_backward;
  double reconstruction; /* reversible, backsolve: largest |y0 reconstructed − y0| of
                          * the backward pass; else 0 */
} OdlGradientReport;

typedef struct _OdlTape OdlTape;
/* The field must outlive the tape; options are copied. NULL with ODL_ERROR_INVALID when
 * method and gradient do not go together. */
OdlTape *odl_tape_new (const OdlField *field, const OdlGradientOptions *options,
                       GError **error);
void odl_tape_free (OdlTape *tape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlTape, odl_tape_free)

/* Solves; writes y1 (dim × lanes, row stride lanes). The problem's arrays must stay as
 * they are until backward has run. Returns DONE, or the worst status of a lane, whose
 * index goes to *bad_lane (nullable). May be called again and again: memory is reused. */
OdlStatus odl_tape_forward (OdlTape *tape, const OdlProblem *problem, double *y1,
                            guint *bad_lane);

/* Any may be NULL. dtheta is added to; the others are written. */
typedef struct {
  double *dtheta;    /* n_theta */
  double *dy0;       /* dim × lanes */
  double *dt0, *dt1; /* lanes */
  double *daux;      /* n_aux × lanes */
} OdlGradient;
/* w1: dim × lanes. After a forward that returned DONE. */
OdlStatus odl_tape_backward (OdlTape *tape, const double *w1, const OdlGradient *out);
const OdlGradientReport *odl_tape_report (const OdlTape *tape);
/* Evaluations of each lane in the last forward pass (lanes). */
const guint64 *odl_tape_lane_evaluations (const OdlTape *tape);
