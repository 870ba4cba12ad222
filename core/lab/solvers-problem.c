/* Builds problems: equations to a field, the exact solution and the invariant to
 * formulas. SPDX-License-Identifier: MIT
 *
 * A formula reuses the parser of equations: "x = a·exp (−t)" becomes the equation "dx =
 * …", whose right-hand side is a graph like any other. Names in it that are not its own
 * states become its θ, which is filled by name at every evaluation from the problem's
 * states, start values ("x0" is the start of x), parameters and t0. */
#include "solvers-problem.h"

#include "base/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { FROM_STATE, FROM_START, FROM_PARAMETER, FROM_T0 } Source;

struct _OdlFormula {
  OdlEquations *equations;
  OdlField *field;
  Source *source; /* one per parameter of the formula */
  guint *index;
  double *theta, *zero;
};

static void
formula_free (OdlFormula *formula)
{
  g_clear_pointer (&formula->equations, odl_equations_free);
  g_clear_pointer (&formula->field, odl_field_free);
  g_free (formula->source);
  g_free (formula->index);
  g_free (formula->theta);
  g_free (formula->zero);
  g_free (formula);
}

/* Index of the state whose start value `name` is ("x0" for x), or −1. */
static int
start_index (const OdlSolversProblem *problem, const char *name)
{
  gsize length = strlen (name);
  if (length < 2 || name[length - 1] != '0')
    return -1;
  return odl_solvers_problem_state (problem, name, length - 1);
}

/* Where the value of a name comes from. FALSE: it is nothing of this problem. */
static gboolean
resolve (const OdlSolversProblem *problem, const char *name, Source *source,
         guint *index)
{
  int found;
  if ((found = odl_solvers_problem_state (problem, name, strlen (name))) >= 0)
    *source = FROM_STATE;
  else if ((found = odl_solvers_problem_parameter (problem, name)) >= 0)
    *source = FROM_PARAMETER;
  else if ((found = start_index (problem, name)) >= 0)
    *source = FROM_START;
  else if (strcmp (name, "t0") == 0)
    *source = FROM_T0, found = 0;
  else
    return FALSE;
  *index = found;
  return TRUE;
}

/* Takes text in the form of equations. Only the table of systems is read this way, so a
 * failure is a bug there. */
static OdlFormula *
formula_new (const OdlSolversProblem *problem, const char *text)
{
  g_autoptr (GError) error = NULL;
  OdlFormula *formula = g_new0 (OdlFormula, 1);
  formula->equations = odl_equations_parse (text, &error);
  g_assert_no_error (error);
  const OdlEquations *e = formula->equations;
  formula->field = odl_field_new (odl_graph_copy (e->graph), ODL_ISA_BEST);
  formula->source = g_new0 (Source, e->n_parameters + 1);
  formula->index = g_new0 (guint, e->n_parameters + 1);
  formula->theta = g_new0 (double, e->n_parameters + 1);
  formula->zero = g_new0 (double, e->n_states);
  for (guint i = 0; i < e->n_parameters; i++) {
    gboolean known
        = resolve (problem, e->parameters[i], &formula->source[i], &formula->index[i]);
    g_assert (known);
  }
  return formula;
}

static void
formula_eval (const OdlFormula *formula, const OdlSolversProblem *problem, double t,
              const double *y, double *out)
{
  const double *const values[] = {
    [FROM_STATE] = y,
    [FROM_START] = problem->start,
    [FROM_PARAMETER] = problem->theta,
    [FROM_T0] = &problem->t0,
  };
  for (guint i = 0; i < formula->equations->n_parameters; i++) {
    const double *from = values[formula->source[i]];
    formula->theta[i] = from == NULL ? NAN : from[formula->index[i]];
  }
  odl_field_at (formula->field, formula->theta, t, formula->zero, out, NULL);
}

/* "x = …; y = …" → "dx = …; dy = …", in the order of the problem's states. */
static OdlFormula *
exact_new (const OdlSolversProblem *problem, const char *text)
{
  g_autoptr (GString) equations = g_string_new (NULL);
  g_auto (GStrv) parts = g_strsplit_set (text, ";\n", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_string_append_printf (equations, "d%s\n", parts[i]);
  OdlFormula *formula = formula_new (problem, equations->str);
  g_assert (formula->equations->n_states == problem->dim);
  for (guint i = 0; i < problem->dim; i++)
    g_assert (
        g_str_equal (formula->equations->states[i], problem->equations->states[i]));
  return formula;
}

static OdlFormula *
invariant_new (const OdlSolversProblem *problem, const char *text)
{
  g_autofree char *equation = g_strdup_printf ("dodlinvariant = %s", text);
  return formula_new (problem, equation);
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

/* A slider must reach round about its value, both signs when the default has none. */
static void
guess_range (OdlSolversProblem *problem, guint i)
{
  double value = problem->equations->defaults[i];
  problem->min[i] = value < 0 ? 3 * value : value == 0 ? -1 : 0;
  problem->max[i] = value < 0 ? 0 : value == 0 ? 1 : 3 * value;
}

/* "a 0 2; mu 0 20" */
static void
read_ranges (OdlSolversProblem *problem, const char *text)
{
  g_auto (GStrv) rows = g_strsplit (text, ";", -1);
  for (guint i = 0; rows[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (g_strstrip (rows[i]), " ", 3);
    int at = g_strv_length (words) == 3
                 ? odl_solvers_problem_parameter (problem, words[0])
                 : -1;
    if (at < 0)
      continue;
    problem->min[at] = g_ascii_strtod (words[1], NULL);
    problem->max[at] = g_ascii_strtod (words[2], NULL);
  }
}

static void
read_start (OdlSolversProblem *problem, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  g_assert (g_strv_length (words) == problem->dim);
  for (guint i = 0; i < problem->dim; i++)
    problem->start[i] = g_ascii_strtod (words[i], NULL);
}

static void
adopt_system (OdlSolversProblem *problem, const OdlSystem *system)
{
  problem->t0 = system->t0;
  problem->t1 = system->t1;
  read_start (problem, system->start);
  if (system->ranges != NULL)
    read_ranges (problem, system->ranges);
  if (system->exact != NULL)
    problem->exact = exact_new (problem, system->exact);
  if (system->invariant != NULL)
    problem->invariant = invariant_new (problem, system->invariant);
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
    guess_range (problem, i);
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
odl_solvers_problem_exact (const OdlSolversProblem *problem, double t, double *y)
{
  g_assert (problem->exact != NULL);
  formula_eval (problem->exact, problem, t, NULL, y);
}

double
odl_solvers_problem_invariant (const OdlSolversProblem *problem, double t,
                               const double *y)
{
  g_assert (problem->invariant != NULL);
  double value = NAN;
  formula_eval (problem->invariant, problem, t, y, &value);
  return value;
}

void
odl_solvers_problem_field (const OdlSolversProblem *problem, guint n, const double *t,
                           const double *y, double *dy)
{
  const OdlField *field = problem->field;
  guint dim = problem->dim, width = field->width;
  gsize doubles = (gsize)width * (2 * dim + 1);
  double *tile = aligned_alloc (64, doubles * sizeof (double));
  double *scratch
      = aligned_alloc (64, ((field->scratch + 8) / 8 * 8) * sizeof (double));
  double *ty = tile + width, *tdy = ty + (gsize)width * dim;
  for (guint first = 0; first < n; first += width) {
    guint lanes = MIN (width, n - first);
    for (guint lane = 0; lane < width; lane++) {
      guint point = first + MIN (lane, lanes - 1);
      tile[lane] = t[point];
      for (guint row = 0; row < dim; row++)
        ty[row * width + lane] = y[(gsize)point * dim + row];
    }
    odl_field_eval (field, width, problem->theta, tile, ty, NULL, tdy, scratch);
    for (guint lane = 0; lane < lanes; lane++)
      for (guint row = 0; row < dim; row++)
        dy[(gsize)(first + lane) * dim + row] = tdy[row * width + lane];
  }
  free (tile);
  free (scratch);
}
