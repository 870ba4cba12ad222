/* The θ-gradient of every lane by itself, as rows of a graph.
 * SPDX-License-Identifier: MIT
 *
 * An accumulator adds the sum over lanes of a vector, or of an outer product, to a
 * stretch of the θ-gradient. Before that sum it is a vector, or its rows one after
 * another, in every lane. These pieces are put together to one vector over θ: between
 * two neighbouring ends of pieces each of them covers all or nothing. */
#include "graph/per-lane.h"

#include <stdlib.h>
#include "graph/derive.h"

typedef struct {
  guint first, rows; /* of θ */
  OdlNode node;
} Stretch;

static void
add_stretch (GArray *to, const OdlGraph *g, guint first, OdlNode node)
{
  const Stretch stretch = { first, odl_graph_operation (g, node)->rows, node };
  g_array_append_val (to, stretch);
}

static void
add_accumulator (GArray *to, OdlGraph *g, const OdlOperation *o, const OdlNode *map)
{
  OdlNode a = map[o->a];
  if (o->op == ODL_OP_SUM_TO_THETA) {
    add_stretch (to, g, o->offset, a);
    return;
  }
  OdlNode b = map[o->b];
  guint rows = odl_graph_operation (g, a)->rows, n = odl_graph_operation (g, b)->rows;
  for (guint i = 0; i < rows; i++) {
    OdlNode row = rows > 1 ? odl_graph_slice (g, a, i, 1) : a;
    add_stretch (to, g, o->offset + i * n, odl_graph_binary (g, ODL_OP_MUL, row, b));
  }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const guint x = *(const guint *)a, y = *(const guint *)b;
  return (x > y) - (x < y);
}

/* The sum of all that covers rows [from, to). */
static OdlNode
sum_between (OdlGraph *g, const GArray *stretches, guint from, guint to)
{
  OdlNode sum = ODL_NODE_NONE;
  for (guint i = 0; i < stretches->len; i++) {
    const Stretch *s = &g_array_index (stretches, Stretch, i);
    if (s->first > from || s->first + s->rows < to)
      continue;
    OdlNode part = s->rows == to - from
                       ? s->node
                       : odl_graph_slice (g, s->node, from - s->first, to - from);
    sum = sum < 0 ? part : odl_graph_binary (g, ODL_OP_ADD, sum, part);
  }
  return sum < 0 ? odl_graph_constant (g, 0, to - from) : sum;
}

static OdlNode
put_together (OdlGraph *g, const GArray *stretches, guint n_theta)
{
  guint n = 0;
  g_autofree guint *ends = g_new (guint, 2 * stretches->len + 2);
  ends[n++] = 0;
  ends[n++] = n_theta;
  for (guint i = 0; i < stretches->len; i++) {
    const Stretch *s = &g_array_index (stretches, Stretch, i);
    ends[n++] = s->first;
    ends[n++] = s->first + s->rows;
  }
  qsort (ends, n, sizeof ends[0], compare);
  OdlNode whole = ODL_NODE_NONE;
  for (guint i = 0; i + 1 < n; i++) {
    if (ends[i] == ends[i + 1])
      continue;
    OdlNode part = sum_between (g, stretches, ends[i], ends[i + 1]);
    whole = whole < 0 ? part : odl_graph_concat (g, whole, part);
  }
  return whole;
}

OdlGraph *
odl_graph_vjp_per_lane (const OdlGraph *graph, guint n_theta)
{
  g_return_val_if_fail (graph != NULL, NULL);
  g_return_val_if_fail (n_theta > 0 && n_theta >= odl_graph_n_theta (graph), NULL);
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
  g_autoptr (GArray) stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  OdlGraph *g = odl_graph_new ();
  guint n = odl_graph_n_operations (vjp);
  g_autofree OdlNode *map = g_new (OdlNode, n + 1);
  for (guint i = 0; i < odl_graph_n_inputs (vjp); i++) {
    OdlNode node = odl_graph_input_node (vjp, i);
    map[node] = odl_graph_input (g, odl_graph_input_name (vjp, i),
                                 odl_graph_operation (vjp, node)->rows);
  }
  for (guint i = 0; i < n; i++) {
    const OdlOperation *o = odl_graph_operation (vjp, (OdlNode)i);
    if (o->op == ODL_OP_OUTER_TO_THETA || o->op == ODL_OP_SUM_TO_THETA)
      add_accumulator (stretches, g, o, map);
    else if (o->op != ODL_OP_INPUT)
      map[i] = odl_graph_append (g, o, map);
  }
  for (guint i = 0; i < odl_graph_n_outputs (vjp); i++)
    odl_graph_output (g, odl_graph_output_name (vjp, i),
                      map[odl_graph_output_node (vjp, i)]);
  odl_graph_output (g, "theta", put_together (g, stretches, n_theta));
  return g;
}
