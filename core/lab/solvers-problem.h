/* What the Solvers panel solves: a system, named or typed, with its parameters, start, span, exact solution and invariant.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "field/field.h"
#include "field/systems.h"
#include "graph/expression.h"

/* A formula over a problem's states, start values, parameters and t, compiled. */
typedef struct _OdlFormula OdlFormula;

typedef struct {
  const OdlSystem *system;     /* NULL: typed */
  char *title;
  OdlEquations *equations;     /* names and defaults */
  OdlField *field;
  guint dim, n_parameters;
  gboolean forced;             /* f depends on t */
  double *theta;               /* n_parameters */
  double *min, *max;           /* slider ranges, n_parameters each */
  double *start;               /* dim */
  double t0, t1;
  OdlFormula *exact, *invariant;   /* nullable */
  OdlFormula *when, *then;         /* of the event; nullable, together */
} OdlSolversProblem;

/* With the system's own start, span and parameters; a typed one starts at (1, 0, …) over 0 … 10. `text` is read when system is
 * NULL. NULL with ODL_ERROR_INVALID: the parser's sentence with line and column. */
OdlSolversProblem *odl_solvers_problem_new (const OdlSystem *system, const char *text, GError **error);
void odl_solvers_problem_free (OdlSolversProblem *problem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlSolversProblem, odl_solvers_problem_free)

/* Index of a state or parameter; −1: there is none of that name. */
int odl_solvers_problem_state (const OdlSolversProblem *problem, const char *name, gsize length);
int odl_solvers_problem_parameter (const OdlSolversProblem *problem, const char *name);

/* Each at n points, point-major: y*(t) of the exact solution, which must exist; I (t, y) of the invariant, which must exist;
 * f (t, y); the event's function and the state after its jump, which must exist. Whole tiles are run. */
void odl_solvers_problem_exact (const OdlSolversProblem *problem, guint n, const double *t, double *y);
void odl_solvers_problem_invariant (const OdlSolversProblem *problem, guint n, const double *t, const double *y,
                                    double *values);
void odl_solvers_problem_field (const OdlSolversProblem *problem, guint n, const double *t, const double *y, double *dy);
void odl_solvers_problem_when (const OdlSolversProblem *problem, guint n, const double *t, const double *y, double *values);
void odl_solvers_problem_then (const OdlSolversProblem *problem, guint n, const double *t, const double *y, double *after);
