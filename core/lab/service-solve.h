/* One initial value problem, asked for in words and answered as a table.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "service.h"

/* Everything as a person typed it; NULL where nothing was given. */
typedef struct {
  const char *system;            /* a named one, or … */
  const char *equations;         /* … typed: "dx = …; dy = …" */
  const char *const *parameters; /* "name=number", NULL-terminated */
  const char *from;              /* start values; the system's, or 1 for every state */
  const char *span;              /* "0, 6"; the system's, or 0 to 6. Reversed is legal */
  const char *method;            /* rk4; dopri5 with a tolerance */
  const char *steps;             /* that many equal ones (100) … */
  const char *rtol, *atol;       /* … or adaptive (1e-6, 1e-9 where only one is given) */
  const char *at;                /* rows at these times, … */
  const char *points;            /* … at that many even ones, or after every step */
} OdlSolveRequest;

typedef struct {
  char *system, *method; /* the id, or the text of the equations */
  gboolean done;         /* FALSE: the rows are what there was before it stopped */
  char *status;          /* "done", "non-finite", … */
  char *message;         /* a sentence, with the time where it stopped */
  guint n_states, n;
  char **states; /* their names, NULL-terminated */
  double *t;     /* n */
  double *y;     /* n × n_states, row-major */
  guint64 evaluations, accepted, rejected;
} OdlSolveAnswer;

/* NULL: the request is not acceptable. Numerical trouble is an answer with done FALSE. */
OdlSolveAnswer *odl_service_solve (const OdlSolveRequest *request, GError **error);
void odl_solve_answer_free (OdlSolveAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlSolveAnswer, odl_solve_answer_free)
json_t *odl_solve_answer_to_json (const OdlSolveAnswer *answer);
/* A head line and a row per time, 17 digits; a last line "# …" says why when it is partial. Free it. */
char *odl_solve_answer_to_csv (const OdlSolveAnswer *answer);
