/* Solvers as data: a Butcher tableau, or a bridge to an implicit solver.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef enum { ODL_METHOD_EXPLICIT, ODL_METHOD_IMPLICIT, ODL_METHOD_CVODE, ODL_METHOD_REVERSIBLE } OdlMethodKind;

#define ODL_MAX_STAGES 18   /* of a step and its dense output */
typedef struct {
  const char *id, *title, *source;
  OdlMethodKind kind;
  guint stages, order, error_order;   /* error_order 0: no embedded method */
  const double *a;      /* stages × stages, row-major, strictly lower triangular when explicit */
  const double *b, *c;  /* stages */
  const double *e;      /* b − b̂ of the embedded method, or NULL */
  const double *e2;     /* a second estimator (DOP853's third-order one), or NULL */
  const double *dense;  /* stages × dense_order: bᵢ(θ) = Σ_j dense[i][j] θ^(j+1); NULL: cubic Hermite */
  guint dense_order;
  /* Stages that only dense output needs, after the others: rows of a, dense_stages × (stages + dense_stages); c.
   * Where there are any, dense has stages + dense_stages rows. */
  guint dense_stages;
  const double *dense_a, *dense_c;
} OdlMethod;

const OdlMethod *const *odl_methods (guint *n);
/* NULL with ODL_ERROR_INVALID naming what is accepted. */
const OdlMethod *odl_method_find (const char *id, GError **error);
/* Derived: the last stage of a step is the first of the next. */
gboolean odl_method_is_fsal (const OdlMethod *method);
/* The power of h by which the scaled error of a step falls; 0: no estimate. */
guint odl_method_error_power (const OdlMethod *method);
/* R(z) of an explicit or implicit tableau at z = re + i im; returns |R|. NAN for bridges
 * and reversible methods, which are no one-step maps of y. */
double odl_method_stability (const OdlMethod *method, double re, double im);
