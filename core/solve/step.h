/* One step of any explicit tableau on one tile of lanes, each with its own time and step.
 * SPDX-License-Identifier: MIT
 *
 * Everything that belongs to a tile is feature-major with `width` lanes a row: t and h
 * (width), y (dim × width), k (stages × dim × width; stage i at k + i·dim·width), all
 * 64-byte aligned. A lane's results do not depend on the other lanes nor on its place.
 *
 *   stage i:  k_i = f (t + c_i h, y + h Σ_j<i a_ij k_j)
 *   end:      y1 = y + h Σ b_i k_i
 */
#pragma once

#include "field/field.h"
#include "solve/kernels-step.h"
#include "solve/method.h"

typedef struct {
  const OdlField *field;
  const OdlMethod *method;
  const double *theta;
  guint width; /* lanes, a multiple of 8, at most field->width */
  gboolean depends_on_t;
  /* Of a field with n_aux > 0, to be set after init: aux (n_aux × width) the same at all times, or a function
   * that writes the rows at the lanes' times t. */
  const double *aux;
  void (*fill_aux) (gpointer data, const double *t, double *aux);
  gpointer fill_data;

  /* From here on the stepper's own. */
  OdlWeights row[ODL_MAX_STAGES], b, e, e2;
  const OdlStepKernels *kernels;
  const double *attached; /* the k that runs are bound to */
  char *bound;            /* of every stage, `bound_size` bytes each */
  gsize bound_size;
  double *stage_t, *stage_y, *stage_aux, *scratch;
} OdlStepper;

/* Doubles of work that a stepper needs; the slab must live as long as it does and be 64-byte aligned. */
gsize odl_stepper_doubles (const OdlField *field, guint width);
/* The method is explicit (or reversible Heun, of which only eval and end are of use). Allocates nothing, nor do the functions below. */
void odl_stepper_init (OdlStepper *stepper, const OdlField *field, const OdlMethod *method,
                       const double *theta, guint width, double *slab);
/* A width whose stages stay in the cache, at most field->width; narrower for few lanes. */
guint odl_stepper_width (const OdlField *field, const OdlMethod *method, guint lanes);

/* Optional, for narrow tiles and after aux is set: stages computed into this k cost less from now on. `memory`:
 * odl_stepper_bound_size bytes, 8-byte aligned; both must outlive the stepper. */
gsize odl_stepper_bound_size (const OdlField *field, const OdlMethod *method);
void odl_stepper_attach (OdlStepper *stepper, double *k, void *memory);

/* dy = f (t, y) (dim × width); one evaluation a lane. dy may be any stage of k. */
void odl_step_eval (const OdlStepper *stepper, const double *t, const double *y, double *dy);
/* Stage i of k = f (t, y), wherever that is. */
void odl_step_at (const OdlStepper *stepper, guint i, const double *t, const double *y, double *k);
/* Where stage i evaluates f, from the stages before it: writes ti (width) and yi (dim × width). Stages from
 * method->stages on are those of dense output. */
void odl_step_stage_point (const OdlStepper *stepper, guint i, const double *t, const double *h, const double *y,
                           const double *k, double *ti, double *yi);
/* Computes stages first … last − 1 of k; those before first are there. */
void odl_step_stages (const OdlStepper *stepper, guint first, guint last, const double *t, const double *h,
                      const double *y, double *k);
/* y1 = y + h Σ b k. y1 may be y. */
void odl_step_end (const OdlStepper *stepper, const double *h, const double *y, const double *k, double *y1);
