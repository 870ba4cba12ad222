/* Builds problems: equations to a field, the exact solution and the invariant to
 * formulas. SPDX-License-Identifier: MIT
 *
 * A formula is a compiled graph that is run on tiles of points. The exact solution
 * takes the start and t0 as its state, so one graph serves every start; the invariant
 * takes the state itself. */
#include "solvers-problem.h"

#include "base/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 64

struct _OdlFormula {
  OdlProgram *program;
  guint rows_in, rows_out;
};

/* Takes the graph; NULL gives NULL. */
static OdlFormula *
formula_new (OdlGraph *graph, guint rows_in, guint rows_out)
{
  if (graph == NULL)
    return NULL;
  OdlFormula *formula = g_new0 (OdlFormula, 1);
  formula->program = odl_program_new (graph, ODL_ISA_BEST);
  formula->rows_in = rows_in;
  formula->rows_out = rows_out;
  odl_graph_free (graph);
  return formula;
}

static void
formula_free (OdlFormula *formula)
{
  g_clear_pointer (&formula->program, odl_program_free);
  g_free (formula);
}

static double *
aligned_doubles (gsize n)
{
  return aligned_alloc (64, ((n + 8) / 8 * 8) * sizeof (double));
}

/* Runs a formula at n points; `in` holds rows_in numbers a point, or the same for all
 * when `same`. */
static void
formula_run (const OdlFormula *formula, const double *theta, guint n, const double *t,
             const double *in, gboolean same, double *out)
{
  guint rows_in = formula->rows_in, rows_out = formula->rows_out;
  double *tile = aligned_doubles ((gsize)WIDTH * (1 + rows_in + rows_out));
  double *scratch = aligned_doubles (odl_program_scratch (formula->program, WIDTH));
  double *ty = tile + WIDTH, *result = ty + (gsize)WIDTH * rows_in;
  for (guint first = 0; first < n; first += WIDTH) {
    guint lanes = MIN (WIDTH, n - first);
    for (guint lane = 0; lane < WIDTH; lane++) {
      guint point = first + MIN (lane, lanes - 1);
      tile[lane] = t[point];
      for (guint row = 0; row < rows_in; row++)
        ty[row * WIDTH + lane] = in[(same ? 0 : (gsize)point * rows_in) + row];
    }
    odl_program_run (formula->program, WIDTH, theta, (const double *[]){ tile, ty },
                     (double *[]){ result }, NULL, scratch);
    for (guint lane = 0; lane < lanes; lane++)
      for (guint row = 0; row < rows_out; row++)
        out[(gsize)(first + lane) * rows_out + row] = result[row * WIDTH + lane];
  }
  free (tile);
  free (scratch);
}

static gboolean
depends_on_t (const OdlGraph *graph)
{
  OdlNode t = odl_graph_input_node (graph, 0);
  for (guint i = 0; i < odl_graph_n_operations (graph); i++) {
    const OdlOperation *operation = odl_graph_operation (graph, i);
    if (operation->a == t || operation->b == t)
      return TRUE;
  }
  return odl_graph_output_node (graph, 0) == t;
}

static void
adopt_system (OdlSolversProblem *problem, const OdlSystem *system)
{
  const OdlEquations *equations = problem->equations;
  guint dim = problem->dim;
  problem->t0 = system->t0;
  problem->t1 = system->t1;
  odl_system_start (system, equations, problem->start);
  problem->exact = formula_new (odl_system_exact (system, equations), dim + 1, dim);
  problem->invariant = formula_new (odl_system_invariant (system, equations), dim, 1);
  g_autoptr (OdlEvent) event = odl_system_event (system, equations);
  if (event != NULL) {
    problem->when = formula_new (odl_graph_copy (event->when), dim, 1);
    problem->then = formula_new (odl_graph_copy (event->then), dim, dim);
  }
}

OdlSolversProblem *
odl_solvers_problem_new (const OdlSystem *system, const char *text, GError **error)
{
  OdlEquations *equations
      = odl_equations_parse (system != NULL ? system->equations : text, error);
  if (equations == NULL)
    return NULL;
  OdlSolversProblem *problem = g_new0 (OdlSolversProblem, 1);
  problem->system = system;
  problem->title = g_strdup (system != NULL ? system->title : "Typed system");
  problem->equations = equations;
  problem->field = odl_field_new (odl_graph_copy (equations->graph), ODL_ISA_BEST);
  problem->dim = equations->n_states;
  problem->n_parameters = equations->n_parameters;
  problem->forced = depends_on_t (equations->graph);
  problem->theta = g_memdup2 (equations->defaults,
                              (equations->n_parameters + 1) * sizeof (double));
  problem->min = g_new0 (double, equations->n_parameters + 1);
  problem->max = g_new0 (double, equations->n_parameters + 1);
  problem->start = g_new0 (double, problem->dim);
  problem->start[0] = 1;
  problem->t1 = 10;
  for (guint i = 0; i < problem->n_parameters; i++)
    odl_system_range (system, equations->parameters[i], equations->defaults[i],
                      &problem->min[i], &problem->max[i]);
  if (system != NULL)
    adopt_system (problem, system);
  return problem;
}

void
odl_solvers_problem_free (OdlSolversProblem *problem)
{
  if (problem == NULL)
    return;
  g_clear_pointer (&problem->exact, formula_free);
  g_clear_pointer (&problem->invariant, formula_free);
  g_clear_pointer (&problem->when, formula_free);
  g_clear_pointer (&problem->then, formula_free);
  g_clear_pointer (&problem->field, odl_field_free);
  g_clear_pointer (&problem->equations, odl_equations_free);
  g_free (problem->title);
  g_free (problem->theta);
  g_free (problem->min);
  g_free (problem->max);
  g_free (problem->start);
  g_free (problem);
}

int
odl_solvers_problem_state (const OdlSolversProblem *problem, const char *name,
                           gsize length)
{
  for (guint i = 0; i < problem->dim; i++) {
    const char *state = problem->equations->states[i];
    if (strlen (state) == length && strncmp (state, name, length) == 0)
      return i;
  }
  return -1;
}

int
odl_solvers_problem_parameter (const OdlSolversProblem *problem, const char *name)
{
  for (guint i = 0; i < problem->n_parameters; i++)
    if (strcmp (problem->equations->parameters[i], name) == 0)
      return i;
  return -1;
}

void
odl_solvers_problem_exact (const OdlSolversProblem *problem, guint n, const double *t,
                           double *y)
{
  g_assert (problem->exact != NULL);
  g_autofree double *start = g_new (double, problem->dim + 1);
  memcpy (start, problem->start, problem->dim * sizeof (double));
  start[problem->dim] = problem->t0;
  formula_run (problem->exact, problem->theta, n, t, start, TRUE, y);
}

void
odl_solvers_problem_invariant (const OdlSolversProblem *problem, guint n,
                               const double *t, const double *y, double *values)
{
  g_assert (problem->invariant != NULL);
  formula_run (problem->invariant, problem->theta, n, t, y, FALSE, values);
}

void
odl_solvers_problem_field (const OdlSolversProblem *problem, guint n, const double *t,
                           const double *y, double *dy)
{
  OdlFormula field = { problem->field->f, problem->dim, problem->dim };
  formula_run (&field, problem->theta, n, t, y, FALSE, dy);
}

void
odl_solvers_problem_when (const OdlSolversProblem *problem, guint n, const double *t,
                          const double *y, double *values)
{
  g_assert (problem->when != NULL);
  formula_run (problem->when, problem->theta, n, t, y, FALSE, values);
}

void
odl_solvers_problem_then (const OdlSolversProblem *problem, guint n, const double *t,
                          const double *y, double *after)
{
  g_assert (problem->then != NULL);
  formula_run (problem->then, problem->theta, n, t, y, FALSE, after);
}
