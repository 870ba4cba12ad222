/* The field of one lane: f and its exact Jacobian at a point, for implicit methods.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solve/run.h"

typedef struct {
  const OdlRun *run;
  guint lane;
  guint64 evaluations; /* of f; a Jacobian is not counted among them */
  double *slab, *t, *t_dot, *y, *y_dot, *dy, *dy_dot, *aux, *aux_dot, *scratch, *one_aux;
} OdlLocal;

OdlLocal *odl_local_new (const OdlRun *run);
void odl_local_free (OdlLocal *local);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLocal, odl_local_free)
/* Chooses the lane and counts from 0. */
void odl_local_enter (OdlLocal *local, guint lane);
/* dy[dim]. FALSE: it is not finite. Allocates nothing. */
gboolean odl_local_eval (OdlLocal *local, double t, const double *y, double *dy);
/* ∂f/∂y, column by column: element (row, column) at column·dim + row. FALSE: it is not finite. */
gboolean odl_local_jacobian (OdlLocal *local, double t, const double *y, double *jacobian);
