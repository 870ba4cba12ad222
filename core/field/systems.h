/* The named systems, a table of text (systems.def).
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef struct {
  const char *id, *title;
  const char *equations;   /* as odl_equations_parse reads them, parameters with their defaults */
  const char *start;       /* "2, 0" */
  double t0, t1;
  const char *exact;       /* the solution as "x = …; y = …" in t, start values x0 y0 … and parameters, or NULL */
  const char *invariant;   /* an expression in the states, conserved along exact solutions, or NULL */
  const char *event;       /* "x = 0: dx…" see systems.def, or NULL */
  const char *ranges;      /* slider ranges "a 0 2; mu 0 20", or NULL */
  const char *axes;        /* the two states of the phase plane, "x y" */
  gboolean stiff;          /* wants an implicit method */
  const char *about;       /* a sentence for the lesson and `list` */
} OdlSystem;

const OdlSystem *odl_systems (guint *n);
/* NULL with ODL_ERROR_INVALID naming what is accepted. */
const OdlSystem *odl_system_find (const char *id, GError **error);
