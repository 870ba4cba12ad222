/* The classifier from inside, shared by its files only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "model/classifier.h"

/* Jobs that a batch of a ResNet is split into, whatever the number of threads. */
#define CLASSIFIER_GROUPS 8

/* What one set of penalties needs: compiled once for it. */
typedef struct {
  gboolean kinetic, jacobian;
  guint probes;       /* of the estimate; 0 when it is exact or off */
  guint rows;         /* of the state with the penalties' integrals below */
  OdlField *field;    /* ODE */
  OdlProgram *block, *block_vjp; /* ResNet: (t, y[, aux]) → y + residual·F */
} Rated;

struct _OdlClassifier {
  OdlClassifierShape shape;
  OdlNetwork *network;
  guint dim, read, n_outputs, n_theta, n_field; /* n_field: of one block or the field */
  OdlProgram *head, *head_vjp; /* (h, target) → loss, outputs */
  guint head_width;
  Rated plain;                 /* without penalties: pictures */
  Rated rated;                 /* of the plan; its pointers may be plain's */
  OdlClassifierPlan plan;
  OdlTape *tape;               /* ODE; of the plan */
  gboolean prepared;
  guint room;                  /* lanes that the slab has room for */
  double *slab;
};

gboolean odl_rated_build (Rated *rated, const OdlClassifier *classifier,
                          const OdlClassifierPlan *plan);
void odl_rated_clear (Rated *rated);
guint odl_rated_aux (const Rated *rated, guint dim);

/* θ of block l. */
static inline const double *
odl_classifier_block_theta (const OdlClassifier *self, const double *theta, guint l)
{
  return self->shape.shared ? theta : theta + (gsize)l * self->n_field;
}

/* Targets of a tile for the head: n_outputs × width, lanes beyond `n` repeat the last. */
void odl_classifier_targets (const OdlClassifier *self, const double *x,
                             const int *label, guint stride, guint n, guint width,
                             double *target);
