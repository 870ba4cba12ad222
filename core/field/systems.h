/* The named systems, a table of text (systems.def).
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/expression.h"

typedef struct {
  const char *id, *title;
  const char *equations; /* for odl_equations_parse, parameters with their defaults */
  const char *start;     /* "2, 0", in the order of the states; numbers or "2*pi" */
  double t0, t1;
  const char *exact; /* the solution as "x = …; y = …" in t, the start x0 y0 … at t0
                        and parameters, or NULL */
  const char *invariant; /* an expression in the states and parameters, conserved along
                            exact solutions, or NULL */
  const char *event;     /* "WHEN: THEN", or NULL: see OdlEvent */
  const char *ranges;    /* slider ranges "a 0 2; mu 0 20", or NULL */
  const char *axes;      /* the two axes of the first picture, "x y" or "t y" */
  gboolean stiff;        /* wants an implicit method */
  const char *about;     /* a sentence for the lesson and `list` */
} OdlSystem;

const OdlSystem *odl_systems (guint *n);
/* NULL with ODL_ERROR_INVALID naming what is accepted. */
const OdlSystem *odl_system_find (const char *id, GError **error);

/* The texts of a system as graphs; `equations` are the system's own, parsed. All have
 * the inputs "t" (1), "y" and θ = the parameters. A text that the user may have changed
 * is not among them, so there is no error: NULL where the system has none. */
/* y: n_states start values, then t0; output: the state at t (n_states). */
OdlGraph *odl_system_exact (const OdlSystem *system, const OdlEquations *equations);
/* y: the state; output: one row. */
OdlGraph *odl_system_invariant (const OdlSystem *system, const OdlEquations *equations);

/* A jump of the state. It happens at the first time at which `when` (one row) falls
 * through zero from above along the solution; the state is replaced by `then` (n_states
 * rows) evaluated there and the solve goes on, from the same t. When `when` is zero at
 * the start of a piece (as it is just after a jump) that zero is not counted. A solver
 * without event location may be run step by step: look for the sign change at the end
 * of each accepted step, find the root on the dense output, restart at the root. */
typedef struct {
  OdlGraph *when, *then; /* inputs "t", "y" (n_states) */
} OdlEvent;
OdlEvent *odl_system_event (const OdlSystem *system, const OdlEquations *equations);
void odl_event_free (OdlEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlEvent, odl_event_free)

/* start[n_states]. */
void odl_system_start (const OdlSystem *system, const OdlEquations *equations,
                       double *start);
/* The range of a parameter's slider: the table's, or one around `value` when the table
 * has none (`system` may be NULL: typed equations). */
void odl_system_range (const OdlSystem *system, const char *parameter, double value,
                       double *min, double *max);
