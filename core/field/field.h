/* A field: dy/dt = f(t, y; θ) with its derivatives, compiled.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/evaluate.h"

/* Read-only once made; may be shared by threads. */
typedef struct {
  guint dim, n_theta,
      n_aux; /* rows of y, length of θ, rows of the per-lane constants (0: none) */
  OdlGraph *graph; /* inputs "t" (1), "y" (dim)[, "aux" (n_aux)]; output "dy" (dim) */
  OdlProgram *f;   /* (t, y[, aux]) → dy */
  OdlProgram *jvp; /* (t, y[, aux], ṫ, ẏ[, aux̕]) → dy, d(dy) */
  OdlProgram *vjp; /* (t, y[, aux], w) → wᵀ∂f/∂t, wᵀ∂f/∂y[, wᵀ∂f/∂aux]; adds to gθ */
  guint width;   /* lanes a tile */
  gsize scratch; /* doubles that any of the programs needs at `width` */
} OdlField;

/* Takes the graph. isa: ODL_ISA_BEST but in tests. */
OdlField *odl_field_new (OdlGraph *graph, OdlIsa isa);
void odl_field_free (OdlField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlField, odl_field_free)

/* One tile of `width` lanes (a multiple of 8, at most field->width): see
 * odl_program_run. aux NULL when n_aux is 0. */
void odl_field_eval (const OdlField *field, guint width, const double *theta,
                     const double *t, const double *y, const double *aux, double *dy,
                     double *scratch);
/* dt (1), dy (dim), daux: wᵀ times the Jacobians, written (NULL: not wanted);
 * theta_gradient is added to. */
typedef struct {
  double *dt, *dy, *daux, *theta_gradient;
} OdlFieldCotangent;
void odl_field_vjp (const OdlField *field, guint width, const double *theta,
                    const double *t, const double *y, const double *aux,
                    const double *w, const OdlFieldCotangent *out, double *scratch);
/* One point, no tile: dy[dim] and, if wanted, the Jacobian ∂f/∂y (dim × dim,
 * row-major). For pictures and tests. */
void odl_field_at (const OdlField *field, const double *theta, double t,
                   const double *y, double *dy, double *jacobian);
