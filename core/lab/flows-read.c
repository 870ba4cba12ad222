/* Reads the values of the Flows panel: into shapes, plans and options, and into texts
 * that tell whether something has changed. SPDX-License-Identifier: MIT */
#include "flows-state.h"

#include <math.h>
#include <string.h>
#include "base/status.h"
#include "flows-settings.h"

static gboolean
is (const OdlFlows *self, const char *key, const char *choice)
{
  return g_str_equal (odl_values_text (self->values, key), choice);
}

static gboolean
read_hidden (const OdlFlows *self, OdlClassifierShape *shape, GError **error)
{
  guint n;
  const double *widths = odl_values_reals (self->values, "hidden", &n);
  gboolean good = n <= ODL_CLASSIFIER_MAX_HIDDEN;
  for (guint i = 0; good && i < n; i++) {
    shape->hidden[i] = (guint)widths[i];
    good = widths[i] == floor (widths[i]);
  }
  shape->n_hidden = n;
  if (!good)
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "hidden: at most %d whole numbers are accepted, such as 32, 32",
                 ODL_CLASSIFIER_MAX_HIDDEN);
  return good;
}

gboolean
odl_flows_read_shape (const OdlFlows *self, OdlFlowKind kind, OdlClassifierShape *shape,
                      GError **error)
{
  const OdlValues *v = self->values;
  *shape = (OdlClassifierShape){
    .data_dim = self->data.dim,
    .extra = kind == ODL_FLOW_AUGMENTED ? (guint)odl_values_integer (v, "extra") : 0,
    .time = odl_values_boolean (v, "time-input"),
    .span = odl_values_real (v, "span"),
    .n_classes = self->data.flip ? 0 : self->data.n_classes,
    .read = is (self, "readout", "first") ? self->data.dim : 0,
    .loss = is (self, "loss", "squared")     ? ODL_CLASSIFIER_SQUARED
            : is (self, "loss", "smooth-l1") ? ODL_CLASSIFIER_SMOOTH_L1
                                             : ODL_CLASSIFIER_LOGISTIC,
  };
  if (kind == ODL_FLOW_RESNET) {
    shape->blocks = (guint)odl_values_integer (v, "blocks");
    shape->shared = odl_values_boolean (v, "shared");
    shape->residual = is (self, "residual", "share") ? shape->span / shape->blocks : 1;
  }
  return odl_activation_find (odl_values_text (v, "activation"), &shape->activation,
                              error)
         && read_hidden (self, shape, error);
}

/* A method without an error estimate takes equal steps in both modes. */
static gboolean
read_solver (const OdlFlows *self, const char *prefix, OdlClassifierPlan *plan,
             GError **error)
{
  g_autofree char *mode = g_strconcat (prefix, "mode", NULL);
  g_autofree char *steps = g_strconcat (prefix, "steps", NULL);
  g_autofree char *tolerance = g_strconcat (prefix, "tolerance", NULL);
  const char *method = *prefix == '\0' ? "method" : "resolve";
  plan->method = odl_method_find (odl_values_text (self->values, method), error);
  if (plan->method == NULL)
    return FALSE;
  gboolean adaptive = is (self, mode, "adaptive") && plan->method->error_order > 0;
  plan->steps = adaptive ? 0 : (guint64)odl_values_integer (self->values, steps);
  plan->tolerance = odl_values_real (self->values, tolerance);
  return TRUE;
}

gboolean
odl_flows_read_plan (const OdlFlows *self, OdlClassifierPlan *plan, GError **error)
{
  const OdlValues *v = self->values;
  *plan = (OdlClassifierPlan){
    .kinetic = odl_values_real (v, "kinetic"),
    .jacobian = odl_values_real (v, "jacobian"),
    .probes = (guint)odl_values_integer (v, "probes"),
    .gradient = odl_gradient_find (odl_values_text (v, "gradient"), error),
  };
  return plan->gradient != NULL && read_solver (self, "", plan, error);
}

gboolean
odl_flows_read_view (const OdlFlows *self, OdlClassifierPlan *plan)
{
  *plan = (OdlClassifierPlan){ 0 };
  gboolean other = !is (self, "resolve", "none");
  read_solver (self, other ? "resolve-" : "", plan, NULL);
  return other;
}

void
odl_flows_read_optimizer (const OdlFlows *self, OdlOptimizerOptions *options)
{
  const OdlValues *v = self->values;
  *options = (OdlOptimizerOptions){
    .kind = is (self, "optimizer", "sgd")     ? ODL_OPTIMIZER_SGD
            : is (self, "optimizer", "adamw") ? ODL_OPTIMIZER_ADAMW
            : is (self, "optimizer", "muon")  ? ODL_OPTIMIZER_MUON
                                              : ODL_OPTIMIZER_ADAM,
    .rate = odl_values_real (v, "rate"),
    .clip = odl_values_real (v, "clip"),
    .weight_decay = odl_values_real (v, "weight-decay"),
    .momentum = is (self, "optimizer", "sgd") ? odl_values_real (v, "momentum") : 0,
  };
}

/* ---- Texts that tell whether something has changed ---- */

static void
append_key (const OdlFlows *self, GString *text, const char *key)
{
  int at = odl_values_find (self->values, key, NULL);
  g_autofree char *value
      = odl_value_to_text (&self->values->settings[at], &self->values->values[at]);
  g_string_append_printf (text, "%s=%s\n", key, value);
}

static char *
text_of (const OdlFlows *self, const char *const *keys)
{
  GString *text = g_string_new (NULL);
  for (; *keys != NULL; keys++)
    append_key (self, text, *keys);
  return g_string_free (text, FALSE);
}

/* What a model's weights mean, and what they began as. */
char *
odl_flows_structure (const OdlFlows *self, OdlFlowKind kind)
{
  static const char *const common[]
      = { "seed", "hidden", "activation", "time-input", "readout", "loss", NULL };
  static const char *const own[ODL_N_FLOWS][5]
      = { { "span" }, { "span", "extra" }, { "blocks", "shared", "residual", "span" } };
  g_autofree char *shape = text_of (self, common);
  g_autofree char *rest = text_of (self, own[kind]);
  return g_strdup_printf ("%s%sdim=%u\nclasses=%u\n", shape, rest, self->data.dim,
                          self->data.flip ? 0 : self->data.n_classes);
}

/* The points that training begins on. */
char *
odl_flows_origin (const OdlFlows *self)
{
  static const char *const keys[] = { "data", "points", "noise", NULL };
  return self->data.kind < 0 ? g_strdup ("own") : text_of (self, keys);
}

/* "Dormand–Prince 5(4) at 1e-04", "Euler, 4 steps". */
/* A method's name as the list of the settings has it. */
static const char *
title_of (const OdlMethod *method)
{
  for (guint i = 0; i < ODL_FLOWS_N_SETTINGS; i++) {
    const char *const *choice = odl_flows_settings[i].choices;
    if (!g_str_equal (odl_flows_settings[i].key, "method"))
      continue;
    for (; *choice != NULL; choice += 2)
      if (g_str_equal (choice[0], method->id))
        return choice[1];
  }
  return method->title;
}

char *
odl_flows_solver_name (const OdlClassifierPlan *plan)
{
  const char *title = title_of (plan->method);
  if (plan->steps > 0)
    return g_strdup_printf ("%s, %" G_GUINT64_FORMAT " step%s", title, plan->steps,
                            plan->steps == 1 ? "" : "s");
  return g_strdup_printf ("%s at %.3g", title, plan->tolerance);
}
