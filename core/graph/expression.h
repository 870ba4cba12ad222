/* Text → graph: equations typed by a person.
 * SPDX-License-Identifier: MIT
 *
 * Expressions are made of numbers, names, + - * / ^, parentheses and the functions sin
 * cos tan asin acos atan sinh cosh tanh exp log sqrt abs min max sign step; t is time,
 * pi and e are the numbers. -x^2 is -(x^2), a^b^c is a^(b^c), # starts a comment,
 * statements are separated by semicolons or new lines. A text that is wrong gives NULL
 * with ODL_ERROR_INVALID, "line 1, column 9: expected a number, a name or ( after *,
 * found ;". Any text is answered in linear time and memory: at most ODL_EQUATIONS_MAX
 * bytes, 64 states, 64 parameters, 200 levels, about 4096 operations. */
#pragma once

#include "base/status.h"
#include "graph/graph.h"

#define ODL_EQUATIONS_MAX 65536

/* What `dx = …; dy = …` came to. State names are what follows the d, in order of their
 * equations; every other name but t, pi, e and the functions is a parameter, in order
 * of first appearance. `a = 1` gives a parameter its default: numbers, pi, e and
 * arithmetic. A left side such as delta is a parameter, not the equation of elta, when
 * delta is used in an equation and elta is not. */
typedef struct {
  guint n_states, n_parameters;
  char **states;     /* NULL-terminated */
  char **parameters; /* NULL-terminated; parameter i is θ[i] */
  double *defaults;  /* n_parameters; 1 where the text gives none */
  OdlGraph *graph;   /* inputs "t" (1), "y" (n_states); output "dy" (n_states) */
} OdlEquations;

OdlEquations *odl_equations_parse (const char *text, GError **error);
void odl_equations_free (OdlEquations *equations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlEquations, odl_equations_free)

/* One expression in t, `names` (row i of the input "y") and `parameters` (θ[i]), both
 * NULL-terminated or NULL; any other name is an error. The graph has the inputs "t" (1)
 * and, when there are names, "y", and the output "value" (1). For invariants,
 * nullclines, events. */
OdlGraph *odl_expression_parse (const char *text, const char *const *names,
                                const char *const *parameters, GError **error);

/* `x = …; y = …` for `targets`: the same inputs, output "value" with a row per target,
 * in their order. A target without an assignment keeps its value when it is among the
 * names (the jump of an event) and is an error when it is not (an exact solution). */
OdlGraph *odl_assignments_parse (const char *text, const char *const *targets,
                                 const char *const *names,
                                 const char *const *parameters, GError **error);

/* A number written as an expression of numbers ("8/3", "2*pi"): the value of an entry.
 */
gboolean odl_number_parse (const char *text, double *value, GError **error);
