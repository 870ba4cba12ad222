/* The fields that adjoint methods solve backwards.
 * SPDX-License-Identifier: MIT
 *
 * Both are the per-lane reverse derivative of the field with −a as its cotangent; one
 * carries y along as a part of the state, the other is told it from outside (L.
 * Pontryagin and others 1962; R. Chen and others 2018, appendix B). */
#include "gradient/augmented.h"

#include "graph/per-lane.h"

/* Appends the rows of an augmented state behind the node `to` (none: a new one). */
static OdlNode
behind (OdlGraph *g, OdlNode to, OdlNode more)
{
  return to < 0 ? more : odl_graph_concat (g, to, more);
}

/* t, y, a and aux (none without) are nodes of g; returns [ȧ; aux; θ]. */
static OdlNode
append_adjoint (OdlGraph *g, const OdlField *field, const OdlNode at[3], OdlNode a)
{
  guint n = 0;
  OdlNode in[4], out[4];
  g_autoptr (OdlGraph) vjp
      = odl_graph_vjp_per_lane (field->graph, MAX (field->n_theta, 1));
  for (guint i = 0; i < (field->n_aux > 0 ? 3u : 2u); i++)
    in[n++] = at[i];
  in[n++] = odl_graph_unary (g, ODL_OP_NEG, a);
  odl_graph_inline (g, vjp, in, 0, out);
  OdlNode whole = out[1];
  if (field->n_aux > 0)
    whole = behind (g, whole, out[2]);
  if (field->n_theta > 0)
    whole = behind (g, whole, out[field->n_aux > 0 ? 3 : 2]);
  return whole;
}

OdlField *
odl_augmented_backsolve (const OdlField *field)
{
  guint d = field->dim, n_aux = field->n_aux;
  OdlGraph *g = odl_graph_new ();
  OdlNode t = odl_graph_input (g, "t", 1);
  OdlNode state = odl_graph_input (g, "y", 2 * d + n_aux + field->n_theta);
  OdlNode aux = n_aux > 0 ? odl_graph_input (g, "aux", n_aux) : ODL_NODE_NONE;
  OdlNode y = odl_graph_slice (g, state, 0, d), a = odl_graph_slice (g, state, d, d);
  const OdlNode at[] = { t, y, aux };
  OdlNode dy;
  odl_graph_inline (g, field->graph, at, 0, &dy);
  OdlNode rest = append_adjoint (g, field, at, a);
  odl_graph_output (g, "dy", odl_graph_concat (g, dy, rest));
  return odl_field_new (g, ODL_ISA_BEST);
}

OdlField *
odl_augmented_along (const OdlField *field)
{
  guint d = field->dim, n_aux = field->n_aux;
  OdlGraph *g = odl_graph_new ();
  OdlNode t = odl_graph_input (g, "t", 1);
  OdlNode state = odl_graph_input (g, "y", d + n_aux + field->n_theta);
  OdlNode told = odl_graph_input (g, "aux", d + n_aux);
  OdlNode y = odl_graph_slice (g, told, 0, d);
  OdlNode aux = n_aux > 0 ? odl_graph_slice (g, told, d, n_aux) : ODL_NODE_NONE;
  const OdlNode at[] = { t, y, aux };
  odl_graph_output (g, "dy",
                    append_adjoint (g, field, at, odl_graph_slice (g, state, 0, d)));
  return odl_field_new (g, ODL_ISA_BEST);
}
