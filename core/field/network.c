/* Builders of networks. SPDX-License-Identifier: MIT
 *
 * A network is a graph and the map of its θ: slices are laid out one after another in
 * the order in which the layers use them, and each knows how its entries begin. Weights
 * start normal with variance gain²/fan-in, so that a signal of unit variance keeps it
 * (Y. LeCun and others 1998; gain² = 2 where the activation drops half, K. He and
 * others 2015). */
#include "field/network.h"

#include <math.h>
#include <string.h>

static const struct {
  const char *id;
  OdlOp op;
  double gain;
} activations[ODL_N_ACTIVATIONS] = {
#define X(ID, name, factor) { name, ODL_OP_##ID, factor },
  ODL_ACTIVATIONS (X)
#undef X
};

const char *
odl_activation_id (OdlActivation activation)
{
  g_return_val_if_fail (activation < ODL_N_ACTIVATIONS, NULL);
  return activations[activation].id;
}

gboolean
odl_activation_find (const char *id, OdlActivation *activation, GError **error)
{
  g_return_val_if_fail (id != NULL && activation != NULL, FALSE);
  g_autoptr (GString) known = g_string_new (NULL);
  for (guint i = 0; i < ODL_N_ACTIVATIONS; i++) {
    if (strcmp (activations[i].id, id) == 0) {
      *activation = i;
      return TRUE;
    }
    g_string_append_printf (known, "%s%s", i ? " " : "", activations[i].id);
  }
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "unknown activation %s: the activations are %s", id, known->str);
  return FALSE;
}

/* A network under construction. */
typedef struct {
  OdlGraph *graph;
  GArray *slices;
  guint n_theta;
} Builder;

static Builder
begin (void)
{
  return (Builder){ odl_graph_new (), g_array_new (FALSE, TRUE, sizeof (OdlSlice)), 0 };
}

static OdlNetwork *
finish (Builder *builder, const char *output, OdlNode node)
{
  OdlNetwork *network = g_new0 (OdlNetwork, 1);
  odl_graph_output (builder->graph, output, node);
  network->graph = builder->graph;
  network->n_theta = builder->n_theta;
  network->n_slices = builder->slices->len;
  network->slices = (OdlSlice *)g_array_free (builder->slices, FALSE);
  return network;
}

static OdlSlice *
add_slice (Builder *builder, const char *name, guint rows, guint columns)
{
  OdlSlice slice = { .offset = builder->n_theta, .rows = rows, .columns = columns };
  g_strlcpy (slice.name, name, sizeof slice.name);
  builder->n_theta += rows * columns;
  g_array_append_val (builder->slices, slice);
  return &g_array_index (builder->slices, OdlSlice, builder->slices->len - 1);
}

/* W x + b, with slices named weight and bias. */
static OdlNode
add_linear (Builder *builder, const char *weight, const char *bias, guint rows,
            OdlNode x, double gain)
{
  guint fan_in = odl_graph_operation (builder->graph, x)->rows;
  OdlSlice *w = add_slice (builder, weight, rows, fan_in);
  w->deviation = gain / sqrt (fan_in);
  OdlNode product = odl_graph_linear (builder->graph, w->offset, rows, x);
  OdlSlice *b = add_slice (builder, bias, rows, 1);
  b->uniform = TRUE;
  b->deviation = 1 / sqrt (3.0 * fan_in);
  OdlNode shift = odl_graph_theta (builder->graph, b->offset, rows);
  return odl_graph_binary (builder->graph, ODL_OP_ADD, product, shift);
}

static gboolean
check_width (const char *what, guint width, GError **error)
{
  if (width >= 1 && width <= ODL_NETWORK_MAX_WIDTH)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "%s has %u rows: 1 to %d are accepted", what, width,
               ODL_NETWORK_MAX_WIDTH);
  return FALSE;
}

static gboolean
check_perceptron (const OdlPerceptron *p, GError **error)
{
  if (p->n_layers < 1 || p->n_layers > ODL_NETWORK_MAX_LAYERS) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "the network has %u layers: 1 to %d are accepted", p->n_layers,
                 ODL_NETWORK_MAX_LAYERS);
    return FALSE;
  }
  if (!check_width ("the input", p->inputs, error))
    return FALSE;
  for (guint i = 0; i < p->n_layers; i++) {
    g_autofree char *what = g_strdup_printf ("layer %u", i + 1);
    if (!check_width (what, p->widths[i], error))
      return FALSE;
  }
  return TRUE;
}

OdlNetwork *
odl_network_mlp (const OdlPerceptron *p, GError **error)
{
  g_return_val_if_fail (p != NULL && p->widths != NULL, NULL);
  g_return_val_if_fail (p->activation < ODL_N_ACTIVATIONS, NULL);
  if (!check_perceptron (p, error))
    return NULL;
  Builder builder = begin ();
  OdlNode t = odl_graph_input (builder.graph, "t", 1);
  OdlNode x = odl_graph_input (builder.graph, "y", p->inputs);
  if (p->time)
    x = odl_graph_concat (builder.graph, x, t);
  for (guint layer = 1; layer <= p->n_layers; layer++) {
    gboolean last = layer == p->n_layers;
    char weight[16], bias[16];
    g_snprintf (weight, sizeof weight, "W%u", layer);
    g_snprintf (bias, sizeof bias, "b%u", layer);
    double last_gain = p->last_gain != 0 ? p->last_gain : 1;
    double gain = last ? last_gain : activations[p->activation].gain;
    x = add_linear (&builder, weight, bias, p->widths[layer - 1], x, gain);
    if (!last)
      x = odl_graph_unary (builder.graph, activations[p->activation].op, x);
  }
  return finish (&builder, "dy", x);
}

OdlNetwork *
odl_network_gated (guint inputs, guint units, guint outputs, double last_gain,
                   GError **error)
{
  if (!check_width ("the input", inputs, error)
      || !check_width ("the layer", units, error)
      || !check_width ("the output", outputs, error))
    return NULL;
  Builder builder = begin ();
  odl_graph_input (builder.graph, "t", 1);
  OdlNode y = odl_graph_input (builder.graph, "y", inputs);
  OdlNode gate = add_linear (&builder, "W1", "b1", units, y, 1);
  gate = odl_graph_unary (builder.graph, ODL_OP_TANH, gate);
  OdlNode x = add_linear (&builder, "V1", "c1", units, y, 1);
  x = odl_graph_binary (builder.graph, ODL_OP_MUL, gate, x);
  x = add_linear (&builder, "W2", "b2", outputs, x, last_gain);
  return finish (&builder, "dy", x);
}

OdlNetwork *
odl_network_gru_cell (guint inputs, guint hidden, GError **error)
{
  if (!check_width ("the input", inputs, error)
      || !check_width ("the hidden state", hidden, error))
    return NULL;
  Builder builder = begin ();
  OdlGraph *graph = builder.graph;
  OdlNode x = odl_graph_input (graph, "x", inputs);
  OdlNode h = odl_graph_input (graph, "h", hidden);
  OdlNode both = odl_graph_concat (graph, x, h);
  OdlNode gates = add_linear (&builder, "Wzr", "bzr", 2 * hidden, both, 1);
  gates = odl_graph_unary (graph, ODL_OP_SIGMOID, gates);
  OdlNode z = odl_graph_slice (graph, gates, 0, hidden);
  OdlNode r = odl_graph_slice (graph, gates, hidden, hidden);
  OdlNode from_x = add_linear (&builder, "Wn", "bn", hidden, x, 1);
  OdlNode from_h = add_linear (&builder, "Un", "cn", hidden, h, 1);
  OdlNode reset = odl_graph_binary (graph, ODL_OP_MUL, r, from_h);
  OdlNode n = odl_graph_binary (graph, ODL_OP_ADD, from_x, reset);
  n = odl_graph_unary (graph, ODL_OP_TANH, n);
  /* (1 − z) n + z h = n + z (h − n) */
  OdlNode change = odl_graph_binary (graph, ODL_OP_SUB, h, n);
  change = odl_graph_binary (graph, ODL_OP_MUL, z, change);
  return finish (&builder, "h1", odl_graph_binary (graph, ODL_OP_ADD, n, change));
}

void
odl_network_free (OdlNetwork *network)
{
  g_return_if_fail (network != NULL);
  odl_graph_free (network->graph);
  g_free (network->slices);
  g_free (network);
}

const OdlSlice *
odl_network_slice (const OdlNetwork *network, const char *name)
{
  g_return_val_if_fail (network != NULL && name != NULL, NULL);
  for (guint i = 0; i < network->n_slices; i++)
    if (strcmp (network->slices[i].name, name) == 0)
      return &network->slices[i];
  return NULL;
}

void
odl_network_init (const OdlNetwork *network, double *theta, OdlRandom *random)
{
  g_return_if_fail (network != NULL && theta != NULL && random != NULL);
  for (guint i = 0; i < network->n_slices; i++) {
    const OdlSlice *slice = &network->slices[i];
    double *entry = theta + slice->offset;
    for (guint j = 0; j < slice->rows * slice->columns; j++)
      entry[j] = slice->deviation
                 * (slice->uniform ? sqrt (3) * (2 * odl_random_uniform (random) - 1)
                                   : odl_random_normal (random));
  }
}
