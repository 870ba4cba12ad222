/* Linear stability of the runs: regions |R (z)| ≤ 1, eigenvalues along the solution, and what they say about each method.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solvers-portrait.h"

#define ODL_REGION_SIDE 101

typedef struct {
  GPtrArray *blocks;
  guint n_lambda;
  double *lambda_t, *lambda_re, *lambda_im;   /* n; n × dim */
  double x0, x1, y0, y1;                      /* the stability plot's box */
  gboolean at_equilibrium;
  double abscissa, *re, *im;                  /* dim: the eigenvalues that govern; NaN: unknown */
} OdlSolversStability;

/* Eigenvalues along the reference; the ones that govern are those of the equilibrium the solution tends to or circles, else
 * those at the point of the largest modulus. The box holds the regions of `methods`. */
void odl_solvers_stability (const OdlSolversProblem *problem, const OdlReference *reference, const OdlPortrait *portrait,
                            const OdlMethod *const *methods, guint n, OdlSolversStability *stability);
void odl_solvers_stability_clear (OdlSolversStability *stability);

/* Whether |R| of this method can be asked for. */
gboolean odl_solvers_has_region (const OdlMethod *method);
/* ln |R| over the box, ODL_REGION_SIDE squared. */
void odl_solvers_fill_region (const OdlMethod *method, const OdlSolversStability *stability, double *grid);
/* Sets amplification and steps_wanted of a run of equal steps. */
void odl_solvers_judge_step (const OdlSolversProblem *problem, const OdlMethod *method, const OdlSolversStability *stability,
                             OdlSolverRun *run);

/* Equal steps that show this problem well: two and a half to each unit of |λ|·t at its largest along the solution, between 5
 * and 2000, two digits; few enough for a stiff one that an explicit method fails. */
guint64 odl_solvers_usual_steps (const OdlSolversProblem *problem);
