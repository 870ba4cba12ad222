/* Solving an initial value problem for many lanes, each with its own time and its own steps.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "base/status.h"
#include "field/field.h"
#include "graph/pool.h"
#include "solve/method.h"

/* Arrays over lanes are feature-major with row stride `lanes`: element (row, lane) at row·lanes + lane. */
typedef struct {
  const OdlField *field;
  const double *theta;      /* n_theta */
  guint lanes;
  const double *t0, *t1;    /* lanes each; t1 < t0 is legal, t1 = t0 returns the start */
  const double *y0;         /* dim × lanes */
  const double *aux;        /* n_aux × lanes or NULL */
  /* When set, the aux rows of a lane at stage time t, instead of constants: a field driven along a path
   * (interpolated adjoint, controlled equations). Called once per lane and evaluation; writes aux[n_aux]. */
  void (*aux_at) (gpointer data, guint lane, double t, double *aux);
  gpointer aux_data;
} OdlProblem;

typedef enum { ODL_CONTROL_I, ODL_CONTROL_PI, ODL_CONTROL_PID } OdlControl;

/* One step that was tried. Pointers live during the call. Dense output: odl_dense_at (dense.h). Of an attempt that
 * CVODE rejected, y1 is the last state f was evaluated at; its error is not known, and neither is f at its ends. */
typedef struct {
  guint lane;
  double t, h, t1;          /* from t to t + h; t1 is that end as the next step and the solution know it */
  const double *y, *y1;     /* dim each, contiguous */
  const double *k;          /* stages × dim, with the dense stages after them where options.dense; NULL: bridges */
  const double *f0, *f1;    /* dim: f at both ends, of bridges; NULL where there is k */
  double error;             /* scaled norm; 0 where there is no estimate, NaN where it is not told */
  gboolean accepted;
} OdlStepRecord;
typedef void (*OdlRecorder) (gpointer data, const OdlStepRecord *step);

typedef struct {
  const OdlMethod *method;
  guint64 steps;            /* > 0: that many equal steps; 0: adaptive */
  double rtol, atol;        /* adaptive */
  guint norm_rows;          /* error norm over the first rows only (a seminorm); 0: all */
  OdlControl control;
  double first_step;        /* 0: Hairer's algorithm */
  guint64 max_steps;        /* tried per lane; 0: 10⁶ */
  OdlRecorder recorder;     /* NULL: none. Called from one thread at a time only when pool is NULL or one-threaded */
  gpointer recorder_data;
  gboolean dense;           /* the recorder wants to use odl_dense_at: accepted steps have their dense stages */
  guint n_at;               /* dense output wanted at these times of every lane (lane-major: at[lane·n_at + i]) */
  const double *at;
  gboolean (*interrupted) (gpointer data);  /* asked at least every ms or so; TRUE stops with STOPPED */
  gpointer interrupted_data;
  OdlPool *pool;            /* NULL: one thread */
} OdlSolveOptions;

typedef struct {
  guint lanes, dim;
  double *y1;               /* dim × lanes: where each lane ended */
  double *t1;               /* lanes: when */
  OdlStatus *status;        /* lanes */
  guint64 *evaluations, *accepted, *rejected;   /* lanes */
  double *samples;          /* lane-major: samples[(lane·n_at + i)·dim + row]; NaN where not reached */
} OdlSolution;

OdlSolution *odl_solve (const OdlProblem *problem, const OdlSolveOptions *options, GError **error);
void odl_solution_free (OdlSolution *solution);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlSolution, odl_solution_free)
