/* The registry of gradients, and what is common to all tapes.
 * SPDX-License-Identifier: MIT
 *
 * A tape checks what it is asked for once, when it is made; forward and backward then
 * keep time, count and hand over to the functions of its kind. */
#include "gradient/tape.h"

#include <math.h>
#include <string.h>

#define MAX_STEPS  100000
#define KEPT_BYTES (16u << 20)

static const OdlGradientMethod methods[] = {
  { "backprop", "Backpropagation", "keeps every step; exact", ODL_GRADIENT_BACKPROP,
    TRUE },
  { "checkpointed", "Checkpointed",
    "keeps some states and repeats the steps between them; the same bits as backprop",
    ODL_GRADIENT_CHECKPOINTED, TRUE },
  { "reversible", "Reversible",
    "keeps the end state and computes the steps backwards; exact for its own solve",
    ODL_GRADIENT_REVERSIBLE, TRUE },
  { "adjoint", "Backsolve adjoint",
    "solves state and adjoint backwards from the end; unstable where the flow "
    "contracts",
    ODL_GRADIENT_ADJOINT, FALSE },
  { "seminorm", "Backsolve adjoint, seminorm",
    "the same, with the integral over the parameters left out of the error norm",
    ODL_GRADIENT_SEMINORM, FALSE },
  { "interpolated", "Interpolated adjoint",
    "solves the adjoint along the dense output of the forward solve",
    ODL_GRADIENT_INTERPOLATED, FALSE },
  { "tutorial", "Tutorial's sweep (wrong)",
    "an Euler sweep over the stored steps: wrong in the first order of the step",
    ODL_GRADIENT_TUTORIAL, FALSE },
};

static const OdlTapeClass *const classes[ODL_N_GRADIENTS] = {
  [ODL_GRADIENT_BACKPROP] = &odl_tape_backprop,
  [ODL_GRADIENT_CHECKPOINTED] = &odl_tape_checkpointed,
  [ODL_GRADIENT_REVERSIBLE] = &odl_tape_reversible,
  [ODL_GRADIENT_ADJOINT] = &odl_tape_adjoint,
  [ODL_GRADIENT_SEMINORM] = &odl_tape_adjoint,
  [ODL_GRADIENT_INTERPOLATED] = &odl_tape_adjoint,
  [ODL_GRADIENT_TUTORIAL] = &odl_tape_tutorial,
};

const OdlGradientMethod *
odl_gradient_methods (guint *n)
{
  g_return_val_if_fail (n != NULL, NULL);
  *n = G_N_ELEMENTS (methods);
  return methods;
}

const OdlGradientMethod *
odl_gradient_find (const char *id, GError **error)
{
  g_return_val_if_fail (id != NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (id, methods[i].id))
      return &methods[i];
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    g_string_append_printf (list, "%s%s", i ? ", " : "", methods[i].id);
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID, "there is no gradient '%s': %s", id,
               list->str);
  g_string_free (list, TRUE);
  return NULL;
}

static gboolean
refuse (GError **error, const char *what, const char *accepted)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID, "%s: %s", what, accepted);
  return FALSE;
}

/* Whether gradient and solver go together. */
static gboolean
check (const OdlGradientOptions *o, GError **error)
{
  gboolean reversible = o->gradient->kind == ODL_GRADIENT_REVERSIBLE;
  if (o->method->kind == ODL_METHOD_REVERSIBLE && !reversible)
    return refuse (error, o->method->id, "it goes with the gradient reversible alone");
  if (o->method->kind != ODL_METHOD_EXPLICIT
      && o->method->kind != ODL_METHOD_REVERSIBLE)
    return refuse (error, o->method->id, "a gradient needs an explicit method");
  if (o->coupling < 0 || o->coupling > 1)
    return refuse (error, "the coupling of reversible steps", "a number from 0 to 1");
  if (o->steps == 0 && o->method->error_order == 0)
    return refuse (error, o->method->id,
                   "it has no error estimate, so a number of steps is needed");
  if (o->steps == 0 && !(o->rtol >= 0 && o->atol >= 0 && o->rtol + o->atol > 0))
    return refuse (error, "the tolerances", "two numbers from 0, not both 0");
  return TRUE;
}

OdlTape *
odl_tape_new (const OdlField *field, const OdlGradientOptions *options, GError **error)
{
  g_return_val_if_fail (field != NULL && options != NULL, NULL);
  g_return_val_if_fail (options->gradient != NULL && options->method != NULL, NULL);
  if (!check (options, error))
    return NULL;
  OdlTape *tape = g_new0 (OdlTape, 1);
  tape->field = field;
  tape->options = *options;
  if (tape->options.max_steps == 0)
    tape->options.max_steps = MAX_STEPS;
  tape->kept_bytes = KEPT_BYTES;
  tape->class = classes[options->gradient->kind];
  tape->self = tape->class->create (tape);
  return tape;
}

void
odl_tape_free (OdlTape *tape)
{
  if (tape == NULL)
    return;
  tape->class->destroy (tape->self);
  g_free (tape->status);
  g_free (tape->evaluations);
  g_free (tape->accepted);
  g_free (tape->rejected);
  g_free (tape);
}

static void
need_lanes (OdlTape *tape, guint lanes)
{
  if (lanes > tape->lanes_size) {
    tape->status = g_renew (OdlStatus, tape->status, lanes);
    tape->evaluations = g_renew (guint64, tape->evaluations, lanes);
    tape->accepted = g_renew (guint64, tape->accepted, lanes);
    tape->rejected = g_renew (guint64, tape->rejected, lanes);
    tape->lanes_size = lanes;
  }
  tape->lanes = lanes;
  for (guint lane = 0; lane < lanes; lane++) {
    tape->status[lane] = ODL_STATUS_DONE;
    tape->evaluations[lane] = tape->accepted[lane] = tape->rejected[lane] = 0;
  }
}

static double
seconds_since (gint64 start)
{
  return (double)(g_get_monotonic_time () - start) * 1e-6;
}

OdlStatus
odl_tape_forward (OdlTape *tape, const OdlProblem *problem, double *y1, guint *bad_lane)
{
  g_return_val_if_fail (tape != NULL && problem != NULL && y1 != NULL,
                        ODL_STATUS_SOLVER_FAILED);
  g_return_val_if_fail (problem->lanes > 0 && problem->field == tape->field,
                        ODL_STATUS_SOLVER_FAILED);
  const gint64 start = g_get_monotonic_time ();
  tape->problem = *problem;
  tape->report = (OdlGradientReport){ 0 };
  need_lanes (tape, problem->lanes);
  tape->class->forward (tape->self, tape, y1);
  OdlStatus worst = ODL_STATUS_DONE;
  for (guint lane = 0; lane < tape->lanes; lane++) {
    tape->report.evaluations_forward += tape->evaluations[lane];
    tape->report.accepted += tape->accepted[lane];
    tape->report.rejected += tape->rejected[lane];
    if (tape->status[lane] > worst) {
      worst = tape->status[lane];
      if (bad_lane)
        *bad_lane = lane;
    }
  }
  tape->done = worst == ODL_STATUS_DONE;
  tape->report.seconds_forward = seconds_since (start);
  return worst;
}

OdlStatus
odl_tape_backward (OdlTape *tape, const double *w1, const OdlGradient *out)
{
  g_return_val_if_fail (tape != NULL && w1 != NULL && out != NULL,
                        ODL_STATUS_SOLVER_FAILED);
  g_return_val_if_fail (tape->done, ODL_STATUS_SOLVER_FAILED);
  const gint64 start = g_get_monotonic_time ();
  tape->report.evaluations_backward = 0;
  OdlStatus status = tape->class->backward (tape->self, tape, w1, out);
  tape->report.seconds_backward = seconds_since (start);
  return status;
}

const OdlGradientReport *
odl_tape_report (const OdlTape *tape)
{
  g_return_val_if_fail (tape != NULL, NULL);
  return &tape->report;
}

const guint64 *
odl_tape_lane_evaluations (const OdlTape *tape)
{
  g_return_val_if_fail (tape != NULL, NULL);
  return tape->evaluations;
}
