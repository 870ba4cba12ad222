/* A function per registry, each turning its rows into JSON objects.
 * SPDX-License-Identifier: MIT
 *
 * The kinds are a table of name and function, so the list of kinds, the error about an
 * unknown one and the answers cannot drift apart. */
#include "service-list.h"

#include "field/systems.h"
#include "gradient/gradient.h"
#include "graph/expression.h"
#include "learn/dataset.h"
#include "learn/families.h"
#include "solve/method.h"

/* The equations' states and parameters as the parser understands them. */
static json_t *
describe_system (const OdlSystem *system)
{
  json_t *states = json_array (), *parameters = json_object ();
  g_autoptr (OdlEquations) equations = odl_equations_parse (system->equations, NULL);
  for (guint i = 0; equations && i < equations->n_states; i++)
    json_array_append_new (states, json_string (equations->states[i]));
  for (guint i = 0; equations && i < equations->n_parameters; i++)
    json_object_set_new (parameters, equations->parameters[i],
                         json_real (equations->defaults[i]));
  return json_pack ("{s:s, s:s, s:s, s:o, s:o, s:s, s:[f,f], s:b, s:s}", "id",
                    system->id, "title", system->title, "equations", system->equations,
                    "states", states, "parameters", parameters, "start", system->start,
                    "span", system->t0, system->t1, "stiff", system->stiff, "about",
                    system->about ? system->about : "");
}

static json_t *
list_systems (void)
{
  guint n;
  const OdlSystem *all = odl_systems (&n);
  json_t *list = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (list, describe_system (&all[i]));
  return list;
}

static json_t *
list_methods (void)
{
  static const char *const kinds[] = { "explicit", "implicit", "cvode", "reversible" };
  guint n;
  const OdlMethod *const *all = odl_methods (&n);
  json_t *list = json_array ();
  for (guint i = 0; i < n; i++) {
    const OdlMethod *m = all[i];
    json_array_append_new (list,
                           json_pack ("{s:s, s:s, s:s, s:i, s:i, s:i, s:b, s:s}", "id",
                                      m->id, "title", m->title, "kind", kinds[m->kind],
                                      "stages", (int)m->stages, "order", (int)m->order,
                                      "error_order", (int)m->error_order, "adaptive",
                                      m->error_order > 0 || m->kind == ODL_METHOD_CVODE,
                                      "source", m->source ? m->source : ""));
  }
  return list;
}

static json_t *
list_gradients (void)
{
  guint n;
  const OdlGradientMethod *all = odl_gradient_methods (&n);
  json_t *list = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (list, json_pack ("{s:s, s:s, s:b, s:s}", "id", all[i].id,
                                            "title", all[i].title, "exact",
                                            all[i].exact, "about", all[i].about));
  return list;
}

static json_t *
list_datasets (void)
{
  json_t *list = json_array ();
#define X(ID, id_, title_)                                                             \
  json_array_append_new (list, json_pack ("{s:s, s:s}", "id", id_, "title", title_));
  ODL_DATASETS (X)
#undef X
  return list;
}

static json_t *
list_families (void)
{
  json_t *list = json_array ();
  for (guint i = 0; i < ODL_N_FAMILIES; i++) {
    const OdlFamilyInfo *info = odl_family_info (i);
    json_array_append_new (list, json_pack ("{s:s, s:s, s:i, s:f, s:f}", "id", info->id,
                                            "title", info->title, "channels",
                                            (int)info->channels, "span", info->span,
                                            "noise", info->sigma));
  }
  return list;
}

static json_t *
list_experiments (void)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  json_t *list = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (list, json_pack ("{s:s, s:s, s:s}", "id", all[i]->id,
                                            "title", all[i]->title, "about",
                                            all[i]->about ? all[i]->about : ""));
  return list;
}

static json_t *
describe_setting (const OdlSetting *s)
{
  static const char *const kinds[] = { "boolean", "integer", "real",  "choice",
                                       "choices", "text",    "reals", "parameters" };
  json_t *row = json_pack ("{s:s, s:s, s:s, s:s, s:s}", "id", s->key, "title", s->title,
                           "kind", kinds[s->kind], "default", s->fallback, "help",
                           s->help ? s->help : "");
  if (s->unit)
    json_object_set_new (row, "unit", json_string (s->unit));
  if (s->kind == ODL_SETTING_INTEGER || s->kind == ODL_SETTING_REAL) {
    json_object_set_new (row, "min", json_real (s->min));
    json_object_set_new (row, "max", json_real (s->max));
  }
  if (s->choices) {
    json_t *choices = json_array ();
    for (const char *const *c = s->choices; *c; c += 2)
      json_array_append_new (choices, json_string (*c));
    json_object_set_new (row, "choices", choices);
  }
  return row;
}

static json_t *
list_settings (const OdlExperimentClass *klass)
{
  json_t *list = json_array ();
  for (guint i = 0; i < klass->n_settings; i++)
    json_array_append_new (list, describe_setting (&klass->settings[i]));
  return list;
}

static const char *const kinds[] = { "systems",  "methods",     "gradients", "datasets",
                                     "families", "experiments", "settings",  NULL };
static json_t *(*const lists[]) (void)
    = { list_systems,  list_methods,  list_gradients,
        list_datasets, list_families, list_experiments };

const char *const *
odl_service_list_kinds (void)
{
  return kinds;
}

json_t *
odl_service_list (const char *kind, const char *of, GError **error)
{
  g_return_val_if_fail (kind, NULL);
  const gboolean settings = g_str_equal (kind, "settings");
  if (settings && !of) {
    odl_error_set_invalid (error, "settings of what: odelab list settings EXPERIMENT");
    return NULL;
  }
  if (settings) {
    const OdlExperimentClass *klass = odl_experiment_find (of, error);
    return klass ? list_settings (klass) : NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (g_str_equal (kind, kinds[i]) && !of)
      return lists[i]();
  g_autofree char *accepted = g_strjoinv (", ", (char **)kinds);
  odl_error_set_invalid (error, "cannot list '%s%s%s': %s EXPERIMENT are accepted",
                         kind, of ? " " : "", of ? of : "", accepted);
  return NULL;
}
