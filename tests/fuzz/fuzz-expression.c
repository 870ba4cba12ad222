/* Any text as equations: parsed within bounds, or refused with a message.
 * SPDX-License-Identifier: MIT */
#include "graph/expression.h"

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)bytes, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlEquations) equations = odl_equations_parse (text, &error);
  if (!equations == !error)
    g_abort ();
  if (equations && (equations->n_states == 0 || equations->n_states > 64))
    g_abort ();
  return 0;
}
