/* The named systems and what their texts come to. SPDX-License-Identifier: MIT
 *
 * A system is text, read by the parser that reads what a person types, so the table
 * needs no code per system. Names in the texts are those of the equations; an exact
 * solution has the start values under the names of the states with a 0 behind. The
 * texts are constant, and a test parses all of them: a mistake in one is a bug and
 * asserted. */
#include "field/systems.h"

#include <math.h>
#include <string.h>

static const OdlSystem systems[] = {
#include "field/systems.def"
};

const OdlSystem *
odl_systems (guint *n)
{
  g_return_val_if_fail (n != NULL, NULL);
  *n = G_N_ELEMENTS (systems);
  return systems;
}

const OdlSystem *
odl_system_find (const char *id, GError **error)
{
  g_return_val_if_fail (id != NULL, NULL);
  g_autoptr (GString) known = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (systems); i++) {
    if (strcmp (systems[i].id, id) == 0)
      return &systems[i];
    g_string_append_printf (known, "%s%s", i ? " " : "", systems[i].id);
  }
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "unknown system %s: the systems are %s", id, known->str);
  return NULL;
}

static const char *const *
states_of (const OdlEquations *equations)
{
  return (const char *const *)equations->states;
}

static const char *const *
parameters_of (const OdlEquations *equations)
{
  return (const char *const *)equations->parameters;
}

OdlGraph *
odl_system_exact (const OdlSystem *system, const OdlEquations *equations)
{
  g_return_val_if_fail (system != NULL && equations != NULL, NULL);
  if (!system->exact)
    return NULL;
  g_auto (GStrv) names = g_new0 (char *, equations->n_states + 2);
  for (guint i = 0; i < equations->n_states; i++)
    names[i] = g_strconcat (equations->states[i], "0", NULL);
  names[equations->n_states] = g_strdup ("t0");
  OdlGraph *graph = odl_assignments_parse (system->exact, states_of (equations),
                                           (const char *const *)names,
                                           parameters_of (equations), NULL);
  g_assert (graph != NULL);
  return graph;
}

OdlGraph *
odl_system_invariant (const OdlSystem *system, const OdlEquations *equations)
{
  g_return_val_if_fail (system != NULL && equations != NULL, NULL);
  if (!system->invariant)
    return NULL;
  OdlGraph *graph = odl_expression_parse (system->invariant, states_of (equations),
                                          parameters_of (equations), NULL);
  g_assert (graph != NULL);
  return graph;
}

OdlEvent *
odl_system_event (const OdlSystem *system, const OdlEquations *equations)
{
  g_return_val_if_fail (system != NULL && equations != NULL, NULL);
  if (!system->event)
    return NULL;
  const char *colon = strchr (system->event, ':');
  g_assert (colon != NULL);
  g_autofree char *when = g_strndup (system->event, colon - system->event);
  OdlEvent *event = g_new0 (OdlEvent, 1);
  event->when = odl_expression_parse (when, states_of (equations),
                                      parameters_of (equations), NULL);
  event->then
      = odl_assignments_parse (colon + 1, states_of (equations), states_of (equations),
                               parameters_of (equations), NULL);
  g_assert (event->when != NULL && event->then != NULL);
  return event;
}

void
odl_event_free (OdlEvent *event)
{
  g_return_if_fail (event != NULL);
  odl_graph_free (event->when);
  odl_graph_free (event->then);
  g_free (event);
}

void
odl_system_start (const OdlSystem *system, const OdlEquations *equations, double *start)
{
  g_return_if_fail (system != NULL && equations != NULL && start != NULL);
  g_auto (GStrv) items = g_strsplit (system->start, ",", -1);
  g_assert (g_strv_length (items) == equations->n_states);
  for (guint i = 0; items[i]; i++) {
    gboolean good = odl_number_parse (items[i], &start[i], NULL);
    g_assert (good);
  }
}

/* The numbers behind `parameter` in "a 0 2; mu 0 20". */
static gboolean
find_range (const char *ranges, const char *parameter, double *min, double *max)
{
  gsize length = strlen (parameter);
  for (const char *row = ranges; row; row = strchr (row, ';')) {
    row += strspn (row, "; ");
    if (strncmp (row, parameter, length) != 0 || row[length] != ' ')
      continue;
    char *end;
    *min = g_ascii_strtod (row + length, &end);
    *max = g_ascii_strtod (end, NULL);
    return TRUE;
  }
  return FALSE;
}

void
odl_system_range (const OdlSystem *system, const char *parameter, double value,
                  double *min, double *max)
{
  g_return_if_fail (parameter != NULL && min != NULL && max != NULL);
  if (system && system->ranges && find_range (system->ranges, parameter, min, max)) {
    *min = fmin (*min, value);
    *max = fmax (*max, value);
    return;
  }
  double reach = value != 0 ? 2 * fabs (value) : 1;
  *min = value < 0 || value == 0 ? -reach : 0;
  *max = value > 0 || value == 0 ? reach : 0;
}
