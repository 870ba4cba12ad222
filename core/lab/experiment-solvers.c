/* The Solvers experiment: its class, and what a setting, a drag and a reset change.
 * SPDX-License-Identifier: MIT
 *
 * A system brings its own start, span and parameters, which are written as values, so
 * that the window shows them and the session keeps them. Typed equations that have an
 * error are kept as they are, and the last good picture with them. */
#include "experiment-solvers.h"

#include "base/status.h"
#include "solvers-settings.h"
#include "solvers-state.h"

#include <math.h>
#include <string.h>

static void
contender_clear (gpointer data)
{
  OdlContender *contender = data;
  g_clear_pointer (&contender->blocks, g_ptr_array_unref);
  g_clear_pointer (&contender->region, g_free);
}

static GArray *
contenders_new (void)
{
  GArray *list = g_array_new (FALSE, TRUE, sizeof (OdlContender));
  g_array_set_clear_func (list, contender_clear);
  return list;
}

/* A system's equations as one would type them, a line each. */
static char *
lines_of (const OdlSystem *system)
{
  g_auto (GStrv) lines = g_strsplit (system->equations, ";", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_strstrip (lines[i]);
  g_autofree char *text = g_strjoinv ("\n", lines);
  return g_strdup (g_strstrip (text));
}

/* Whether the editor holds something that a person wrote. */
static gboolean
has_own_equations (const OdlSolvers *self)
{
  guint n;
  const OdlSystem *systems = odl_systems (&n);
  int row = odl_values_find (self->values, "equations", NULL);
  const char *text = odl_values_text (self->values, "equations");
  if (g_str_equal (text, self->values->settings[row].fallback))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    g_autofree char *lines = lines_of (&systems[i]);
    if (g_str_equal (text, lines))
      return FALSE;
  }
  return TRUE;
}

/* The editor opens on the equations of the system that was there, unless it holds
 * equations of the user's own. */
static void
offer_equations (OdlSolvers *self)
{
  const OdlSystem *before = self->problem->system;
  if (before == NULL || has_own_equations (self))
    return;
  g_autofree char *text = lines_of (before);
  odl_solvers_write (self, "equations", text);
}

/* Keeps parameters and start values of names that are still there, so that editing does
 * not undo what was set. */
static void
carry_over (OdlSolvers *self, const OdlSolversProblem *problem)
{
  guint n;
  const double *old = odl_values_reals (self->values, "start", &n);
  g_autofree double *start = g_new0 (double, problem->dim);
  for (guint i = 0; i < problem->dim; i++)
    start[i] = i < n ? old[i] : 1;
  if (n != problem->dim)
    odl_solvers_write_reals (self, "start", start, problem->dim);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < problem->n_parameters; i++) {
    const char *name = problem->equations->parameters[i];
    double value;
    if (!odl_values_parameter (self->values, "parameters", name, &value))
      continue;
    g_autofree char *number = odl_solvers_reals_text (&value, 1);
    g_string_append_printf (text, "%s%s=%s", text->len > 0 ? ", " : "", name, number);
  }
  odl_solvers_write (self, "parameters", text->str);
  odl_solvers_write (self, "axes", "");
}

/* A text with an error is kept, the error shown beside it, and the last good picture
 * stays. */
static gboolean
change_equations (OdlSolvers *self, GError **error)
{
  if (!odl_solvers_is_typed (self))
    return TRUE;
  g_autoptr (OdlSolversProblem) problem = odl_solvers_build (self, NULL);
  if (problem != NULL)
    carry_over (self, problem);
  return odl_solvers_read_all (self, error);
}

/* A system brings its own start, span and parameters, and a number of steps that suits
 * it. */
static gboolean
change_system (OdlSolvers *self, GError **error)
{
  if (odl_solvers_is_typed (self)) {
    offer_equations (self);
    return change_equations (self, error);
  }
  g_autoptr (OdlSolversProblem) problem = odl_solvers_build (self, error);
  if (problem == NULL)
    return FALSE;
  odl_solvers_write_reals (self, "start", problem->start, problem->dim);
  odl_solvers_write_reals (self, "span", (double[]){ problem->t0, problem->t1 }, 2);
  odl_solvers_write (self, "parameters", "");
  odl_solvers_write (self, "axes", "");
  g_autofree char *steps
      = g_strdup_printf ("%" G_GUINT64_FORMAT, odl_solvers_usual_steps (problem));
  odl_solvers_write (self, "steps", steps);
  return odl_solvers_read_all (self, error);
}

/* Which stage a plain setting touches. */
static OdlStage
stage_of (const char *key)
{
  static const char *const pictures[]
      = { "reference", "field", "nullclines", "equilibria", "markers", NULL };
  if (g_strv_contains (pictures, key))
    return ODL_STAGE_DONE;
  return g_str_equal (key, "axes") || g_str_equal (key, "plots") ? ODL_STAGE_PORTRAIT
                                                                 : ODL_STAGE_RUNS;
}

static gboolean
set (gpointer data, guint setting, GError **error)
{
  OdlSolvers *self = data;
  if (setting == ODL_ALL_SETTINGS)
    return odl_solvers_read_all (self, error);
  g_return_val_if_fail (setting < ODL_SOLVERS_N_SETTINGS, FALSE);
  const char *key = odl_solvers_settings[setting].key;
  if (g_str_equal (key, "system"))
    return change_system (self, error);
  if (g_str_equal (key, "equations"))
    return change_equations (self, error);
  gboolean good = g_str_equal (key, "start")  ? odl_solvers_read_start (self, error)
                  : g_str_equal (key, "span") ? odl_solvers_read_span (self, error)
                  : g_str_equal (key, "parameters")
                      ? odl_solvers_read_parameters (self, error)
                  : g_str_equal (key, "axes") ? odl_solvers_read_axes (self, error)
                                              : TRUE;
  if (!good)
    return FALSE;
  odl_solvers_read_plan (self);
  odl_solvers_back_to (self, stage_of (key));
  return TRUE;
}

/* A dragged number needs no more digits than the hand can mean: a thousandth of what is
 * shown. */
static double
round_for (double value, double range)
{
  if (!(range > 0) || !isfinite (value))
    return value;
  double unit = pow (10, floor (log10 (range)) - 3);
  return round (value / unit) * unit;
}

static gboolean
act (gpointer data, const OdlAction *action, GError **error)
{
  OdlSolvers *self = data;
  if (!g_str_equal (action->kind, "start")) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "action: “%s” is not known here; start is accepted", action->kind);
    return FALSE;
  }
  guint dim = self->problem->dim;
  const OdlPortrait *portrait = &self->portrait;
  g_autofree double *start = g_memdup2 (self->problem->start, dim * sizeof (double));
  if (!self->over_time)
    start[self->axis_x] = round_for (action->x, portrait->x1 - portrait->x0);
  start[self->axis_y] = round_for (action->y, portrait->y1 - portrait->y0);
  self->dragging = action->phase != ODL_PHASE_END;
  for (guint i = 0; i < dim; i++)
    if (!(fabs (start[i]) <= 1e12)) {
      g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                   "start: %g is not accepted; numbers up to 1e12 are", start[i]);
      return FALSE;
    }
  odl_solvers_write_reals (self, "start", start, dim);
  if (!odl_solvers_read_start (self, error))
    return FALSE;
  odl_solvers_back_to (self, ODL_STAGE_RUNS);
  return TRUE;
}

/* Start, span and parameters become the system's own again. */
static void
reset (gpointer data)
{
  OdlSolvers *self = data;
  g_autoptr (OdlSolversProblem) own = odl_solvers_build (self, NULL);
  if (own == NULL)
    return;
  odl_solvers_write_reals (self, "start", own->start, own->dim);
  odl_solvers_write_reals (self, "span", (double[]){ own->t0, own->t1 }, 2);
  odl_solvers_write (self, "parameters", "");
  odl_solvers_write (self, "axes", "");
  odl_solvers_read_all (self, NULL);
}

/* There is nothing to iterate: the picture follows the settings. */
static gboolean
step (gpointer data, const OdlTime *time, gboolean many, GError **error)
{
  return FALSE;
}

/* Settings say it all: neither data nor state is kept beside them. */
static json_t *
save (gpointer data, guint parts)
{
  return json_object ();
}

static gboolean
load (gpointer data, const json_t *from, guint parts, GError **error)
{
  if (from == NULL || (json_is_object (from) && json_object_size (from) == 0))
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
               "solvers: data or state is there, but this experiment has none; {} is "
               "accepted");
  return FALSE;
}

static void
destroy (gpointer data)
{
  OdlSolvers *self = data;
  g_array_unref (self->fresh);
  g_array_unref (self->shown);
  g_clear_pointer (&self->reference, odl_reference_free);
  odl_portrait_clear (&self->portrait);
  odl_solvers_stability_clear (&self->stability);
  odl_solvers_problem_free (self->problem);
  g_free (self->error_key);
  g_free (self->error);
  g_free (self);
}

static gpointer
create (OdlValues *values, struct _OdlRuns *runs, GError **error)
{
  OdlSolvers *self = g_new0 (OdlSolvers, 1);
  self->values = values;
  self->fresh = contenders_new ();
  self->shown = contenders_new ();
  self->stage = ODL_STAGE_DONE;
  if (odl_solvers_read_all (self, error))
    return self;
  destroy (self);
  return NULL;
}

const OdlExperimentClass odl_experiment_solvers = {
  .id = "solvers",
  .title = "Solvers",
  .about = "One differential equation under many methods: trajectories, errors, work, "
           "stability.",
  .settings = odl_solvers_settings,
  .n_settings = ODL_SOLVERS_N_SETTINGS,
  .create = create,
  .set = set,
  .act = act,
  .settle = odl_solvers_settle,
  .step = step,
  .reset = reset,
  .snapshot = odl_solvers_snapshot,
  .save = save,
  .load = load,
  .destroy = destroy,
};
