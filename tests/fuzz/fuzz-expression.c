/* Any text as equations: parsed and made a field within bounds, or refused with a
 * message. SPDX-License-Identifier: MIT */
#include "field/field.h"
#include "graph/expression.h"

#include <time.h>

/* Ten milliseconds for the parser, and as much again for every other part; the
 * sanitizers take ten times as long. */
#define PARSE_SECONDS 0.1
#define FIELD_SECONDS 1.0

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

static double
used (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)bytes, size);
  g_autoptr (GError) error = NULL;
  const double start = used ();
  g_autoptr (OdlEquations) equations = odl_equations_parse (text, &error);
  const double parsed = used ();
  if (!equations == !error || parsed - start > PARSE_SECONDS)
    g_abort ();
  if (!equations)
    return 0;
  if (equations->n_states == 0 || equations->n_states > 64)
    g_abort ();
  OdlGraph *graph = equations->graph;
  equations->graph = odl_graph_new ();
  g_autoptr (OdlField) field = odl_field_new (graph, ODL_ISA_BEST);
  if (field->dim != equations->n_states || used () - parsed > FIELD_SECONDS)
    g_abort ();
  return 0;
}
