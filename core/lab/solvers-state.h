/* The Solvers experiment from inside: what is kept between commands. Shared by experiment-solvers.c and solvers-read.c,
 * -settle.c and -frame.c only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-solvers.h"
#include "solvers-portrait.h"
#include "solvers-run.h"
#include "solvers-stability.h"
#include "solvers-study.h"

/* A chosen method with what it came to. */
typedef struct {
  const OdlMethod *method;
  GPtrArray *blocks;        /* of the run's arrays; NULL: not solved yet */
  OdlSolverRun run;
  double *region;           /* ODL_REGION_SIDE squared, NULL: none or not computed yet */
  guint next_rung;          /* of the ladder being climbed */
  OdlLadder climbing;       /* replaces the run's when whole, so that a drag does not empty the plot */
} OdlContender;

/* What settle does next, in this order; a change goes back to the earliest stage it touches. */
typedef enum {
  ODL_STAGE_RUNS,
  ODL_STAGE_REFERENCE,
  ODL_STAGE_PORTRAIT,
  ODL_STAGE_STABILITY,
  ODL_STAGE_TIMES,
  ODL_STAGE_CONVERGENCE,
  ODL_STAGE_PRECISION,
  ODL_STAGE_DONE,
} OdlStage;

typedef struct {
  OdlValues *values;              /* the wrapper's */
  OdlSolversProblem *problem;     /* the last good one; never NULL */
  OdlSolversPlan plan;
  char *error_key, *error;        /* of a text that is kept although it is wrong */
  guint axis_x, axis_y;
  gboolean over_time;
  OdlStage stage;
  guint at;                       /* which contender the stage has come to */
  gboolean dragging;              /* the range shown stands still */
  GArray *fresh, *shown;          /* of OdlContender: being solved, and solved */
  guint64 budget;
  OdlReference *reference;        /* of `shown`; NULL before the first */
  OdlPortrait portrait;
  OdlSolversStability stability;
} OdlSolvers;

static inline OdlContender *
odl_solvers_contender (const GArray *list, guint i)
{
  return &g_array_index (list, OdlContender, i);
}

/* solvers-read.c. Each reads one value, or all, into the problem; FALSE with a sentence, the problem untouched. */
gboolean odl_solvers_is_typed (const OdlSolvers *self);
OdlSolversProblem *odl_solvers_build (const OdlSolvers *self, GError **error);
gboolean odl_solvers_read_start (OdlSolvers *self, GError **error);
gboolean odl_solvers_read_span (OdlSolvers *self, GError **error);
gboolean odl_solvers_read_parameters (OdlSolvers *self, GError **error);
gboolean odl_solvers_read_axes (OdlSolvers *self, GError **error);
void odl_solvers_read_plan (OdlSolvers *self);
gboolean odl_solvers_read_all (OdlSolvers *self, GError **error);
/* Keeps or (NULL) forgets what is wrong with a text that is kept. */
void odl_solvers_set_error (OdlSolvers *self, const char *key, const GError *error);
/* Values that follow from others. */
void odl_solvers_write (OdlSolvers *self, const char *key, const char *text);
void odl_solvers_write_reals (OdlSolvers *self, const char *key, const double *numbers, guint n);
/* "2, 0" with as few digits as give the numbers back. Free it. */
char *odl_solvers_reals_text (const double *numbers, guint n);
/* A change has made everything from this stage on out of date. */
void odl_solvers_back_to (OdlSolvers *self, OdlStage stage);

/* solvers-settle.c and solvers-frame.c: the class's settle and snapshot. */
gboolean odl_solvers_settle (gpointer self, const OdlTime *time);
OdlFrame *odl_solvers_snapshot (gpointer self);
