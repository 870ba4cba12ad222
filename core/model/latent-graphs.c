/* Builds the graphs of the latent ODE.
 * SPDX-License-Identifier: MIT
 *
 * The encoder is an ODE-RNN (Rubanova, Chen, Duvenaud 2019): between two observations
 * its state follows an ODE of its own, here by one midpoint step over the gap, and a
 * GRU cell takes each observation in. The latent ODE (Chen and others 2018) has a field
 * of gated units, which multiply states as frequencies and rates do, and is advanced
 * by classic Runge–Kutta steps on a grid that all lanes share; between the grid's
 * points it is the cubic Hermite of its states and slopes, so any set of times is read
 * from the same few steps. Bounds keep young weights from overflowing: log deviations
 * of z0 lie in (−5, 1), variances of the decoder never fall below
 * ODL_LATENT_MIN_VARIANCE. */
#include "model/latent-graphs.h"

#include <math.h>

#define FLOW_SPEED  8
#define DRIFT_SPEED 2

typedef OdlNode Node;

static Node
add (OdlGraph *g, Node a, Node b)
{
  return odl_graph_binary (g, ODL_OP_ADD, a, b);
}

static Node
sub (OdlGraph *g, Node a, Node b)
{
  return odl_graph_binary (g, ODL_OP_SUB, a, b);
}

static Node
mul (OdlGraph *g, Node a, Node b)
{
  return odl_graph_binary (g, ODL_OP_MUL, a, b);
}

static Node
number (OdlGraph *g, double value)
{
  return odl_graph_constant (g, value, 1);
}

/* a + factor · b */
static Node
plus (OdlGraph *g, Node a, double factor, Node b)
{
  return add (g, a, mul (g, b, number (g, factor)));
}

static Node
run (OdlGraph *g, const OdlNetwork *network, guint at, Node first, Node second)
{
  const Node inputs[] = { first, second };
  Node out;
  odl_graph_inline (g, network->graph, inputs, at, &out);
  return out;
}

/* A perceptron that does not look at t. */
static Node
apply (OdlGraph *g, const OdlNetwork *network, guint at, Node x)
{
  return run (g, network, at, number (g, 0), x);
}

static OdlNetwork *
perceptron (guint inputs, const guint *widths, guint n_layers, double last_gain,
            GError **error)
{
  const OdlPerceptron p = { .inputs = inputs,
                            .n_layers = n_layers,
                            .widths = widths,
                            .activation = ODL_ACTIVATION_TANH,
                            .last_gain = last_gain };
  return odl_network_mlp (&p, error);
}

/* The slope × speed: times are spans here, and within one a series may turn several
 * times, which weights of order 1 should be able to say. */
static void
hasten (OdlNetwork *network, guint rows, double speed)
{
  OdlGraph *g = odl_graph_new ();
  Node t = odl_graph_input (g, "t", 1), y = odl_graph_input (g, "y", rows);
  const Node inputs[] = { t, y };
  Node slope;
  odl_graph_inline (g, network->graph, inputs, 0, &slope);
  odl_graph_output (g, "dy", mul (g, slope, number (g, speed)));
  odl_graph_free (network->graph);
  network->graph = g;
}

static gboolean
check (const char *what, guint value, guint min, guint max, GError **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "%s: %u is not accepted; %u to %u are", what, value, min, max);
  return FALSE;
}

gboolean
odl_latent_networks (const OdlLatentShape *s, OdlLatentNetworks *n, GError **error)
{
  *n = (OdlLatentNetworks){ 0 };
  if (!check ("channels", s->channels, 1, ODL_LATENT_MAX_CHANNELS, error)
      || !check ("latent", s->latent, 1, 64, error)
      || !check ("hidden", s->hidden, 1, 128, error)
      || !check ("units", s->units, 1, 128, error)
      || !check ("steps", s->steps, 4, 256, error))
    return FALSE;
  n->flow = odl_network_gated (s->latent, s->units, s->latent, 0.5, NULL);
  n->decoder
      = perceptron (s->latent, (guint[]){ s->units, 2 * s->channels }, 2, 0.5, NULL);
  n->drift = perceptron (s->hidden, (guint[]){ s->units, s->hidden }, 2, 0.5, NULL);
  n->cell = odl_network_gru_cell (2 * s->channels + 2, s->hidden, NULL);
  n->head = perceptron (s->hidden, (guint[]){ s->units, 2 * s->latent }, 2, 0.5, NULL);
  hasten (n->flow, s->latent, FLOW_SPEED);
  hasten (n->drift, s->hidden, DRIFT_SPEED);
  n->decoder_at = n->flow_at + n->flow->n_theta;
  n->drift_at = n->decoder_at + n->decoder->n_theta;
  n->cell_at = n->drift_at + n->drift->n_theta;
  n->head_at = n->cell_at + n->cell->n_theta;
  n->n_theta = n->head_at + n->head->n_theta;
  return TRUE;
}

void
odl_latent_networks_clear (OdlLatentNetworks *n)
{
  g_clear_pointer (&n->flow, odl_network_free);
  g_clear_pointer (&n->decoder, odl_network_free);
  g_clear_pointer (&n->drift, odl_network_free);
  g_clear_pointer (&n->cell, odl_network_free);
  g_clear_pointer (&n->head, odl_network_free);
}

/* Back over the gap by a midpoint step, then the update where there is something to
 * take in. */
static void
build_event (OdlGraph *g, const OdlLatentShape *s, const OdlLatentNetworks *n)
{
  Node h = odl_graph_input (g, "h", s->hidden), gap = odl_graph_input (g, "gap", 1);
  Node live = odl_graph_input (g, "live", 1);
  Node x = odl_graph_input (g, "x", 2 * s->channels + 2);
  Node slope = apply (g, n->drift, n->drift_at, h);
  Node half = mul (g, gap, number (g, 0.5));
  slope = apply (g, n->drift, n->drift_at, add (g, h, mul (g, slope, half)));
  Node carried = add (g, h, mul (g, slope, gap));
  Node updated = run (g, n->cell, n->cell_at, x, carried);
  Node change = mul (g, sub (g, updated, carried), live);
  odl_graph_output (g, "h1", add (g, carried, change));
}

static void
build_head (OdlGraph *g, const OdlLatentShape *s, const OdlLatentNetworks *n)
{
  Node h = odl_graph_input (g, "h", s->hidden);
  Node both = apply (g, n->head, n->head_at, h);
  Node raw = odl_graph_slice (g, both, s->latent, s->latent);
  raw = odl_graph_unary (g, ODL_OP_TANH, mul (g, raw, number (g, 1 / 3.0)));
  odl_graph_output (g, "mean", odl_graph_slice (g, both, 0, s->latent));
  odl_graph_output (g, "log_deviation",
                    plus (g, odl_graph_constant (g, -2, s->latent), 3, raw));
}

static void
build_sample (OdlGraph *g, const OdlLatentShape *s)
{
  Node mean = odl_graph_input (g, "mean", s->latent);
  Node deviation = odl_graph_input (g, "log_deviation", s->latent);
  Node eps = odl_graph_input (g, "eps", s->latent);
  deviation = odl_graph_unary (g, ODL_OP_EXP, deviation);
  odl_graph_output (g, "z0", add (g, mean, mul (g, deviation, eps)));
}

/* KL (N(a, σa) ‖ N(b, σb)) = Σ ln σb/σa + (σa² + (a − b)²) / 2σb² − ½. */
static void
build_kl (OdlGraph *g, const OdlLatentShape *s)
{
  Node a = odl_graph_input (g, "mean", s->latent);
  Node la = odl_graph_input (g, "log_deviation", s->latent);
  Node b = odl_graph_input (g, "other_mean", s->latent);
  Node lb = odl_graph_input (g, "other_log_deviation", s->latent);
  Node shift = sub (g, la, lb);
  Node ratio = odl_graph_unary (g, ODL_OP_EXP, mul (g, shift, number (g, 2)));
  Node apart
      = mul (g, sub (g, a, b),
             odl_graph_unary (g, ODL_OP_EXP, odl_graph_unary (g, ODL_OP_NEG, lb)));
  Node squares = add (g, ratio, odl_graph_unary (g, ODL_OP_SQUARE, apart));
  Node sum = sub (g, mul (g, squares, number (g, 0.5)), shift);
  sum = sub (g, sum, number (g, 0.5));
  odl_graph_output (g, "kl", odl_graph_sum_rows (g, sum));
}

static void
build_step (OdlGraph *g, const OdlLatentShape *s, const OdlLatentNetworks *n)
{
  const double h = 1.0 / s->steps;
  Node z = odl_graph_input (g, "z", s->latent);
  Node k1 = apply (g, n->flow, n->flow_at, z);
  Node k2 = apply (g, n->flow, n->flow_at, plus (g, z, h / 2, k1));
  Node k3 = apply (g, n->flow, n->flow_at, plus (g, z, h / 2, k2));
  Node k4 = apply (g, n->flow, n->flow_at, plus (g, z, h, k3));
  Node sum = plus (g, add (g, k1, k4), 2, add (g, k2, k3));
  odl_graph_output (g, "z1", plus (g, z, h / 6, sum));
  odl_graph_output (g, "dz", k1);
}

/* The cubic with values z0, z1 and slopes f0, f1 at the ends of a step. */
static Node
hermite (OdlGraph *g, const OdlLatentShape *shape)
{
  const double h = 1.0 / shape->steps;
  Node z0 = odl_graph_input (g, "z0", shape->latent);
  Node f0 = odl_graph_input (g, "f0", shape->latent);
  Node z1 = odl_graph_input (g, "z1", shape->latent);
  Node f1 = odl_graph_input (g, "f1", shape->latent);
  Node s = odl_graph_input (g, "s", 1), r = sub (g, number (g, 1), s);
  Node ss = mul (g, s, s), rr = mul (g, r, r);
  Node late = mul (g, ss, sub (g, number (g, 3), mul (g, s, number (g, 2))));
  Node z = add (g, z0, mul (g, sub (g, z1, z0), late));
  z = add (g, z, mul (g, f0, mul (g, mul (g, s, rr), number (g, h))));
  return sub (g, z, mul (g, f1, mul (g, mul (g, ss, r), number (g, h))));
}

static void
decode (OdlGraph *g, const OdlLatentShape *s, const OdlLatentNetworks *n, Node *mean,
        Node *log_variance)
{
  Node both = apply (g, n->decoder, n->decoder_at, hermite (g, s));
  *mean = odl_graph_slice (g, both, 0, s->channels);
  *log_variance = sub (g, odl_graph_slice (g, both, s->channels, s->channels),
                       odl_graph_constant (g, 2, s->channels));
}

static Node
bounded (OdlGraph *g, Node log_variance)
{
  return add (g, odl_graph_unary (g, ODL_OP_EXP, log_variance),
              number (g, ODL_LATENT_MIN_VARIANCE));
}

static void
build_decode (OdlGraph *g, const OdlLatentShape *s, const OdlLatentNetworks *n)
{
  Node mean, log_variance;
  decode (g, s, n, &mean, &log_variance);
  odl_graph_output (g, "mean", mean);
  odl_graph_output (g, "log_variance",
                    odl_graph_unary (g, ODL_OP_LOG, bounded (g, log_variance)));
}

static void
build_score (OdlGraph *g, const OdlLatentShape *s, const OdlLatentNetworks *n)
{
  Node mean, log_variance;
  decode (g, s, n, &mean, &log_variance);
  Node y = odl_graph_input (g, "y", s->channels);
  Node mask = odl_graph_input (g, "mask", s->channels);
  Node trust = odl_graph_input (g, "trust", 1);
  const double fixed = log (ODL_LATENT_FIXED_VARIANCE);
  log_variance = sub (g, log_variance, odl_graph_constant (g, fixed, s->channels));
  log_variance = add (g, mul (g, log_variance, trust), number (g, fixed));
  Node variance = bounded (g, log_variance);
  Node error = odl_graph_unary (g, ODL_OP_SQUARE, sub (g, y, mean));
  Node nll = add (g, odl_graph_binary (g, ODL_OP_DIV, error, variance),
                  odl_graph_unary (g, ODL_OP_LOG, variance));
  nll = mul (g, add (g, nll, number (g, log (2 * G_PI))), number (g, 0.5));
  odl_graph_output (g, "score", odl_graph_sum_rows (g, mul (g, nll, mask)));
}

OdlGraph *
odl_latent_graph (const OdlLatentShape *shape, const OdlLatentNetworks *networks,
                  OdlLatentPart part)
{
  OdlGraph *g = odl_graph_new ();
  switch (part) {
  case ODL_LATENT_EVENT:
    build_event (g, shape, networks);
    break;
  case ODL_LATENT_HEAD:
    build_head (g, shape, networks);
    break;
  case ODL_LATENT_SAMPLE:
    build_sample (g, shape);
    break;
  case ODL_LATENT_KL:
    build_kl (g, shape);
    break;
  case ODL_LATENT_STEP:
    build_step (g, shape, networks);
    break;
  case ODL_LATENT_DECODE:
    build_decode (g, shape, networks);
    break;
  case ODL_LATENT_SCORE:
    build_score (g, shape, networks);
    break;
  case ODL_LATENT_N_PARTS:
    g_assert_not_reached ();
  }
  return g;
}
