/* What a frame of the Solvers panel holds: plain arrays, const once published.
 * SPDX-License-Identifier: MIT
 *
 * Arrays of states are point-major: state `row` of point i is y[i·dim + row]. A grid is rows × columns with row 0 at the
 * bottom. NaN is "not there": no reference, not reached, no fit. Every array belongs to the payload's blocks. */
#pragma once

#include "experiment.h"

extern const OdlExperimentClass odl_experiment_solvers;

/* How a run ended, beside the solver's own status. */
typedef enum {
  ODL_RUN_PENDING,     /* not computed yet */
  ODL_RUN_DONE,        /* reached the end */
  ODL_RUN_DIVERGED,    /* left every bound, or is not finite */
  ODL_RUN_COLLAPSED,   /* the step fell below the spacing of t, or an implicit step failed */
  ODL_RUN_STOPPED,     /* a limit was reached */
} OdlRunEnd;

/* One ladder of work: the same problem at many costs. */
#define ODL_MAX_RUNGS 24
typedef struct {
  guint n;
  double evaluations[ODL_MAX_RUNGS], step[ODL_MAX_RUNGS], error[ODL_MAX_RUNGS];   /* cost, mean |step|, error at the end */
  /* error ≈ C · step^slope over rungs [first, last]; NaN: no asymptotic range. */
  double slope, intercept;             /* of ln error against ln step */
  double work_slope, work_intercept;   /* of ln error against ln evaluations */
  guint first, last;
} OdlLadder;

typedef struct {
  char *id, *title;
  guint identity;            /* index in the list of methods: the same colour, dash and marker in every plot */
  guint order, stages;
  gboolean adaptive;         /* chose its own steps in this run */
  OdlRunEnd end;
  char *message;             /* a sentence about the end; never NULL */
  double stop_t;             /* where it ended, and the last finite state */
  double *stop_y;
  /* The curve: dense output and steps merged, ascending along the span. */
  guint n_curve;
  double *t, *y, *error, *drift;       /* error: |y − y*|; drift: I(y) − I(y₀) */
  /* Accepted steps' ends, the start first; thinned evenly when very many. */
  guint n_steps;
  double *step_t, *step_y, *step_error;
  /* Steps tried, in order: from tried_t by tried_h; error is the scaled norm (accepted below 1). Thinned like the above. */
  guint n_tried;
  double *tried_t, *tried_h, *tried_error;
  guint8 *tried_accepted;
  guint64 evaluations, accepted, rejected;
  double end_error, worst_error, seconds;   /* seconds: one solve, the least of several; NaN: not measured yet */
  OdlLadder fixed, adaptive_ladder;    /* equal steps; tolerances (adaptive mode only) */
  /* |R(z)| as a grid of ln |R| over the box of the stability plot; NULL: the method has no region of its own. */
  double *region;
  double amplification;      /* max |R(λ·Δt)| over the eigenvalues at the point that governs; NaN: no fixed step or region */
  guint64 steps_wanted;      /* the fewest equal steps from which on it is stable there; 0: none, or nothing to mend */
} OdlSolverRun;

typedef struct {
  double *y;                 /* dim */
  double *re, *im;           /* dim eigenvalues */
  char *kind;                /* "stable spiral", "saddle", … */
} OdlEquilibrium;

typedef struct {
  GPtrArray *blocks;         /* every array and string below */
  gboolean settled;          /* nothing is left to compute for these settings */
  char *system, *system_title;
  guint dim;
  char **states;             /* dim names, NULL-terminated */
  gboolean forced;           /* f depends on t */
  guint axis_x, axis_y;      /* states on the phase plane's axes */
  gboolean over_time;        /* t on the horizontal axis instead of axis_x */
  double t0, t1;
  double *start;             /* dim */
  gboolean fixed, equal_evaluations;
  guint64 evaluation_budget; /* of the comparison at equal evaluations, else 0 */

  guint n_runs;
  OdlSolverRun *runs;

  /* The solution to compare with: exact, or computed at a tight tolerance. n_reference 0: there is none. */
  gboolean exact;
  char *reference_title;
  guint n_reference;
  double *reference_t, *reference_y;
  double reference_uncertainty;   /* how far two references of different tolerance are apart at most; 0 when exact */
  double reference_stop;          /* where it had to stop, or t1 */
  char *invariant;                /* as text, or NULL */

  /* The phase plane's picture: shown range and what lies behind the curves. */
  double x0, x1, y0, y1;
  gboolean equal_aspect;
  double back_x0, back_x1, back_y0, back_y1;   /* the grids' box, wider than the shown range */
  guint n_moments;                /* pictures of a forced field, evenly over the span; 1 otherwise */
  guint arrow_rows, arrow_columns;
  double *arrow_u, *arrow_v;      /* n_moments × rows × columns */
  guint null_rows, null_columns;
  double *null_x, *null_y;        /* the same for the components of f on the axes; null_x NULL over time */
  guint n_equilibria;
  OdlEquilibrium *equilibria;

  /* Eigenvalues of ∂f/∂y along the reference (or the best run). */
  guint n_lambda;
  double *lambda_t, *lambda_re, *lambda_im;    /* n; n × dim */
  /* The stability plot's box. */
  guint region_rows, region_columns;
  double region_x0, region_x1, region_y0, region_y1;
  /* What the sentences about stability speak of: the eigenvalues at the equilibrium the flow tends to, or on average. */
  gboolean at_equilibrium;
  double abscissa;                /* max Re λ there; NaN: unknown */
} OdlSolversPayload;

#define ODL_SOLVERS_MAX_POINTS 2400   /* of a curve, of its steps and of its tried steps, each */
