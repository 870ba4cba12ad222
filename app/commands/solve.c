/* odelab solve: one initial value problem, as a table or as JSON.
 * SPDX-License-Identifier: MIT
 *
 * The words go to the core as they were typed; here only the options are named and the
 * answer is printed. */
#include <stdio.h>

#include "service-solve.h"
#include "verbs.h"

static int
solve (OdlCall *call)
{
  g_autofree const char **parameters = odl_call_options (call, "parameter");
  const OdlSolveRequest request = {
    .system = odl_call_option (call, "system"),
    .equations = odl_call_option (call, "equations"),
    .parameters = (const char *const *)parameters,
    .from = odl_call_option (call, "from"),
    .span = odl_call_option (call, "span"),
    .method = odl_call_option (call, "method"),
    .steps = odl_call_option (call, "steps"),
    .rtol = odl_call_option (call, "rtol"),
    .atol = odl_call_option (call, "atol"),
    .at = odl_call_option (call, "at"),
    .points = odl_call_option (call, "points"),
  };
  GError *error = NULL;
  g_autoptr (OdlSolveAnswer) answer = odl_service_solve (&request, &error);
  if (!answer)
    return odl_call_fail (error);
  if (call->json) {
    odl_call_print_json (odl_solve_answer_to_json (answer));
  } else {
    g_autofree char *csv = odl_solve_answer_to_csv (answer);
    fputs (csv, stdout);
  }
  if (answer->done)
    return ODL_EXIT_DONE;
  fprintf (stderr, "odelab: stopped: %s: the %u row%s before it %s kept\n",
           answer->message, answer->n, answer->n == 1 ? "" : "s",
           answer->n == 1 ? "is" : "are");
  return ODL_EXIT_FAILED;
}

static const OdlOption options[] = {
  { "system", "NAME", "a named system: odelab list systems" },
  { "equations", "TEXT", "typed ones: 'dx = -y; dy = a*x; a = 2'" },
  { "parameter", "NAME=X", "a parameter of the system", TRUE },
  { "from", "X,Y,…", "start values; else the system's, or 1 for each typed state" },
  { "span", "T0,T1",
    "first and last time; else the system's, or 0,6; T1 < T0 is legal" },
  { "method", "NAME",
    "the solver, else rk4, or dopri5 with a tolerance: odelab list methods" },
  { "steps", "N", "that many equal steps; 100 without a tolerance" },
  { "rtol", "R", "adaptive steps: relative tolerance, 1e-6 when not given" },
  { "atol", "A", "adaptive steps: absolute tolerance, 1e-9 when not given" },
  { "at", "T,T,…", "rows at these times; else after every step" },
  { "points", "N", "rows at N even times" },
  { NULL },
};

const OdlVerb odl_verb_solve = {
  "solve", "",    0, 0, "Solve an initial value problem and print its table",
  options, solve,
};
