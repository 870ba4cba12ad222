/* Text → graph: equations typed by a person.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

/* What `dx = …; dy = …` (separated by semicolons or new lines; # starts a comment) came to. State names are what follows the d, in order of
 * their equations; every other name but t, pi, e and the functions is a parameter, in order of first use. `a = 1`
 * as a statement of its own gives a parameter its default. A parameter is θ[index]. */
typedef struct {
  guint n_states, n_parameters;
  char **states;       /* NULL-terminated */
  char **parameters;   /* NULL-terminated */
  double *defaults;    /* n_parameters; 1 where the text gives none */
  OdlGraph *graph;     /* inputs "t" (1), "y" (n_states); output "dy" (n_states); θ = parameters */
} OdlEquations;

/* NULL with ODL_ERROR_INVALID: the message names the line and column (from 1) and what was expected. Any text is
 * answered within 10 ms and bounded memory: at most ODL_EQUATIONS_MAX bytes, 64 states, 64 parameters, depth 200. */
#define ODL_EQUATIONS_MAX 65536
OdlEquations *odl_equations_parse (const char *text, GError **error);
void odl_equations_free (OdlEquations *equations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlEquations, odl_equations_free)
