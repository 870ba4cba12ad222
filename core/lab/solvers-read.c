/* Reads the values of the Solvers panel into a problem and a plan, with a sentence for
 * each that is not acceptable; and writes the values that follow from others.
 * SPDX-License-Identifier: MIT */
#include "base/status.h"
#include "solvers-state.h"

#include <math.h>
#include <string.h>

/* A change has made everything from this stage on out of date. */
void
odl_solvers_back_to (OdlSolvers *self, OdlStage stage)
{
  if (stage > self->stage)
    return;
  self->stage = stage;
  self->at = 0;
  for (guint i = 0; i < self->shown->len; i++) {
    OdlContender *contender = odl_solvers_contender (self->shown, i);
    contender->climbing = (OdlLadder){ 0 };
    contender->next_rung = 0;
  }
}

gboolean
odl_solvers_is_typed (const OdlSolvers *self)
{
  return g_str_equal (odl_values_text (self->values, "system"), "typed");
}

/* "2, 0" with as few digits as give the numbers back. */
char *
odl_solvers_reals_text (const double *numbers, guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < n; i++) {
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    for (int precision = 3; precision <= 17; precision++) {
      char format[8];
      g_snprintf (format, sizeof format, "%%.%dg", precision);
      g_ascii_formatd (digits, sizeof digits, format, numbers[i]);
      if (g_ascii_strtod (digits, NULL) == numbers[i])
        break;
    }
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", digits);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
odl_solvers_write (OdlSolvers *self, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  gboolean good = odl_values_set_text (self->values, key, text, &error);
  g_assert_no_error (error);
  g_assert (good);
}

void
odl_solvers_write_reals (OdlSolvers *self, const char *key, const double *numbers,
                         guint n)
{
  g_autofree char *text = odl_solvers_reals_text (numbers, n);
  odl_solvers_write (self, key, text);
}

static char *
state_names (const OdlSolversProblem *problem)
{
  return g_strjoinv (", ", problem->equations->states);
}

gboolean
odl_solvers_read_start (OdlSolvers *self, GError **error)
{
  OdlSolversProblem *problem = self->problem;
  guint n;
  const double *start = odl_values_reals (self->values, "start", &n);
  if (n != problem->dim) {
    g_autofree char *names = state_names (problem);
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "start: %u value%s given; %s wants %u: %s", n, n == 1 ? "" : "s",
                 problem->title, problem->dim, names);
    return FALSE;
  }
  memcpy (problem->start, start, n * sizeof (double));
  return TRUE;
}

gboolean
odl_solvers_read_span (OdlSolvers *self, GError **error)
{
  guint n;
  const double *span = odl_values_reals (self->values, "span", &n);
  if (n != 2 || span[0] == span[1]) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 n != 2 ? "span: %u value%s given; two are wanted, such as 0, 6"
                        : "span: it is empty; two different times are wanted, such as "
                          "0, 6 or, backwards, 6, 0",
                 n, n == 1 ? "" : "s");
    return FALSE;
  }
  self->problem->t0 = span[0];
  self->problem->t1 = span[1];
  return TRUE;
}

/* "a=1, mu=5": every name must be a parameter of the system. */
gboolean
odl_solvers_read_parameters (OdlSolvers *self, GError **error)
{
  OdlSolversProblem *problem = self->problem;
  const char *text = odl_values_text (self->values, "parameters");
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (parts[i], "=", 2);
    const char *name = pair[0] == NULL ? "" : g_strstrip (pair[0]);
    if (*name == '\0' || odl_solvers_problem_parameter (problem, name) >= 0)
      continue;
    g_autofree char *names = g_strjoinv (", ", problem->equations->parameters);
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "parameters: %s has no parameter “%s”; %s%s", problem->title, name,
                 *names == '\0' ? "it has none" : "it has ", names);
    return FALSE;
  }
  for (guint i = 0; i < problem->n_parameters; i++) {
    problem->theta[i] = problem->equations->defaults[i];
    odl_values_parameter (self->values, "parameters", problem->equations->parameters[i],
                          &problem->theta[i]);
  }
  return TRUE;
}

/* Two names, parted by blanks or commas: states, or t first. Returns how many were
 * understood; anything else makes it 3. */
static guint
parse_axes (const OdlSolversProblem *problem, const char *text, guint axes[2],
            gboolean *over_time)
{
  guint n = 0;
  g_auto (GStrv) words = g_strsplit_set (text, " ,;\t", -1);
  *over_time = FALSE;
  for (guint i = 0; words[i] != NULL; i++) {
    int at = odl_solvers_problem_state (problem, words[i], strlen (words[i]));
    if (*words[i] == '\0')
      continue;
    if (n == 0 && strcmp (words[i], "t") == 0)
      *over_time = TRUE;
    else if (at >= 0 && n < 2)
      axes[n] = at;
    else
      return 3;
    n++;
  }
  return !*over_time && n == 2 && axes[0] == axes[1] ? 3 : n;
}

/* Empty: the system's own, or the first two states; one state alone is drawn over t. */
gboolean
odl_solvers_read_axes (OdlSolvers *self, GError **error)
{
  const OdlSolversProblem *problem = self->problem;
  const char *text = odl_values_text (self->values, "axes");
  gboolean own = strspn (text, " ,;\t") == strlen (text);
  if (own)
    text = problem->system != NULL ? problem->system->axes : "";
  guint axes[2] = { 0, problem->dim > 1 ? 1 : 0 };
  gboolean over_time = FALSE;
  guint n = parse_axes (problem, text, axes, &over_time);
  if (!own && n != 2) {
    g_autofree char *names = state_names (problem);
    g_set_error (
        error, ODL_ERROR, ODL_ERROR_INVALID,
        "axes: “%s” is not accepted; two different names out of %s are wanted, "
        "or t and one of them",
        text, names);
    return FALSE;
  }
  self->axis_x = axes[0];
  self->axis_y = axes[1];
  self->over_time = over_time || problem->dim == 1;
  return TRUE;
}

void
odl_solvers_read_plan (OdlSolvers *self)
{
  const OdlValues *v = self->values;
  const char *control = odl_values_text (v, "control");
  self->plan = (OdlSolversPlan){
    .fixed = g_str_equal (odl_values_text (v, "mode"), "fixed"),
    .equal_evaluations
    = g_str_equal (odl_values_text (v, "compare"), "equal-evaluations"),
    .steps = odl_values_integer (v, "steps"),
    .max_steps = odl_values_integer (v, "max-steps"),
    .rtol = odl_values_real (v, "rtol"),
    .atol = odl_values_real (v, "atol"),
    .reference_tolerance = odl_values_real (v, "reference-tolerance"),
    .control = g_str_equal (control, "i")     ? ODL_CONTROL_I
               : g_str_equal (control, "pid") ? ODL_CONTROL_PID
                                              : ODL_CONTROL_PI,
  };
  self->plan.equal_evaluations = self->plan.equal_evaluations && self->plan.fixed;
}

void
odl_solvers_set_error (OdlSolvers *self, const char *key, const GError *error)
{
  g_free (self->error_key);
  g_free (self->error);
  self->error_key = g_strdup (key);
  self->error = error == NULL ? NULL : g_strdup (error->message);
}

OdlSolversProblem *
odl_solvers_build (const OdlSolvers *self, GError **error)
{
  if (odl_solvers_is_typed (self))
    return odl_solvers_problem_new (NULL, odl_values_text (self->values, "equations"),
                                    error);
  const OdlSystem *system
      = odl_system_find (odl_values_text (self->values, "system"), error);
  return system == NULL ? NULL : odl_solvers_problem_new (system, NULL, error);
}

static void
adopt_problem (OdlSolvers *self, OdlSolversProblem *problem)
{
  g_clear_pointer (&self->problem, odl_solvers_problem_free);
  self->problem = problem;
  /* Pictures of another system say nothing about this one. */
  g_array_set_size (self->shown, 0);
  g_clear_pointer (&self->reference, odl_reference_free);
  odl_portrait_clear (&self->portrait);
  odl_solvers_stability_clear (&self->stability);
  self->dragging = FALSE;
  odl_solvers_set_error (self, NULL, NULL);
}

/* Typed equations that do not parse are no reason to refuse everything else: the
 * picture of before stays, or the first system's when there was none. */
static gboolean
keep_wrong_equations (OdlSolvers *self, GError *error)
{
  guint n;
  if (self->problem == NULL)
    self->problem = odl_solvers_problem_new (&odl_systems (&n)[0], NULL, NULL);
  odl_solvers_set_error (self, "equations", error);
  odl_solvers_read_plan (self);
  odl_solvers_back_to (self, ODL_STAGE_RUNS);
  g_error_free (error);
  return TRUE;
}

/* Reads every value into a new problem; on failure the old one is back. */
gboolean
odl_solvers_read_all (OdlSolvers *self, GError **error)
{
  GError *wrong = NULL;
  OdlSolversProblem *problem = odl_solvers_build (self, &wrong);
  if (problem == NULL && odl_solvers_is_typed (self))
    return keep_wrong_equations (self, wrong);
  if (problem == NULL) {
    g_propagate_error (error, wrong);
    return FALSE;
  }
  OdlSolversProblem *old = g_steal_pointer (&self->problem);
  self->problem = problem;
  gboolean good = odl_solvers_read_start (self, error)
                  && odl_solvers_read_span (self, error)
                  && odl_solvers_read_parameters (self, error)
                  && odl_solvers_read_axes (self, error);
  self->problem = old;
  if (!good) {
    odl_solvers_problem_free (problem);
    return FALSE;
  }
  adopt_problem (self, problem);
  odl_solvers_read_plan (self);
  odl_solvers_back_to (self, ODL_STAGE_RUNS);
  return TRUE;
}
