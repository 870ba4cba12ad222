/* Networks as graphs: multilayer perceptrons, a layer of gates, and the GRU cell.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "base/random.h"
#include "base/status.h"
#include "graph/graph.h"

/* X (ID, "id", gain): the gain keeps the variance of a signal through a layer. */
#define ODL_ACTIVATIONS(X)                                                             \
  X (TANH, "tanh", 1)                                                                  \
  X (SOFTPLUS, "softplus", 1)                                                          \
  X (ELU, "elu", 1)                                                                    \
  X (RELU, "relu", G_SQRT2)                                                            \
  X (SIGMOID, "sigmoid", 1)                                                            \
  X (SILU, "silu", G_SQRT2)
typedef enum {
#define X(ID, id, gain) ODL_ACTIVATION_##ID,
  ODL_ACTIVATIONS (X)
#undef X
      ODL_N_ACTIVATIONS
} OdlActivation;
const char *odl_activation_id (OdlActivation activation);
/* FALSE with ODL_ERROR_INVALID naming what is accepted. */
gboolean
odl_activation_find (const char *id, OdlActivation *activation, GError **error);

/* A named part of θ: a matrix rows × columns, row-major, or a vector (columns 1). */
typedef struct {
  char name[16]; /* "W1", "b1", … */
  guint offset, rows, columns;
  double deviation; /* of its initial entries */
  gboolean uniform; /* on ±deviation·√3; else normal */
} OdlSlice;

typedef struct {
  OdlGraph *graph;
  guint n_theta, n_slices;
  OdlSlice *slices; /* in order of offset, without gaps */
} OdlNetwork;

/* y → W_L σ(… σ(W_1 [y; t] + b_1) …) + b_L. */
typedef struct {
  guint inputs;        /* rows of y */
  guint n_layers;      /* linear layers, at least 1 */
  const guint *widths; /* rows of each layer's result; the last is the output's */
  OdlActivation activation;
  gboolean time;    /* t is the last row of the first layer's input */
  double last_gain; /* factor on the last layer's initial weights; 0 stands for 1 */
} OdlPerceptron;

#define ODL_NETWORK_MAX_WIDTH  4096
#define ODL_NETWORK_MAX_LAYERS 64
/* Inputs "t" (1), "y" (inputs); output "dy" (the last width), so that it is a field
 * where the last width is the inputs. Slices W1 (widths[0] × inputs, one column more
 * with time), b1, W2, b2, … NULL with ODL_ERROR_INVALID for a width or number of layers
 * that is not accepted. */
OdlNetwork *odl_network_mlp (const OdlPerceptron *perceptron, GError **error);

/* W2 (tanh (W1 y + b1) ∘ (V1 y + c1)) + b2: gated linear units (Dauphin and others 2017)
 * with tanh for the gate. A unit can multiply two states, as fields with a frequency or
 * a rate among the states do, and what it gives grows no faster than y. Inputs "t" (1),
 * "y" (inputs); output "dy" (outputs). Slices W1 (units × inputs), b1, V1, c1, W2, b2.
 */
OdlNetwork *
odl_network_gated (guint inputs, guint units, guint outputs, double last_gain,
                   GError **error);

/* The gated recurrent unit (Cho and others 2014, the reset gate after the product):
 *   z = σ(Wz x + Uz h + bz), r = σ(Wr x + Ur h + br),
 *   n = tanh(Wn x + bn + r (Un h + cn)), h1 = (1 − z) n + z h.
 * Inputs "x" (inputs), "h" (hidden); output "h1" (hidden). Slices Wzr (2·hidden ×
 * (inputs
 * + hidden): the rows of z, then r; the columns of x, then h), bzr, Wn, bn, Un, cn. */
OdlNetwork *odl_network_gru_cell (guint inputs, guint hidden, GError **error);

void odl_network_free (OdlNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlNetwork, odl_network_free)
/* NULL when there is none of that name. */
const OdlSlice *odl_network_slice (const OdlNetwork *network, const char *name);
/* theta[n_theta]: weights normal with variance gain²/fan-in, biases uniform on
 * ±1/√fan-in. The stream is advanced. */
void odl_network_init (const OdlNetwork *network, double *theta, OdlRandom *random);
