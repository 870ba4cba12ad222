/* Tests of the network builders against networks written by hand.
 * SPDX-License-Identifier: MIT */
#include "field/network.h"

#include <math.h>
#include <string.h>
#include "graph/derive.h"
#include "support/point.h"

#define ROOM 64

/* The activations from their definitions. */
static double
activate (OdlActivation activation, double x)
{
  switch (activation) {
  case ODL_ACTIVATION_TANH:
    return tanh (x);
  case ODL_ACTIVATION_SOFTPLUS:
    return log1p (exp (x));
  case ODL_ACTIVATION_ELU:
    return x > 0 ? x : expm1 (x);
  case ODL_ACTIVATION_RELU:
    return x > 0 ? x : 0;
  case ODL_ACTIVATION_SIGMOID:
    return 1 / (1 + exp (-x));
  case ODL_ACTIVATION_SILU:
    return x / (1 + exp (-x));
  default:
    g_assert_not_reached ();
  }
}

/* out = W x + b for slices named W and b. */
static void
apply (const OdlNetwork *network, const char *weight, const char *bias,
       const double *theta, const double *x, double *out)
{
  const OdlSlice *w = odl_network_slice (network, weight);
  const OdlSlice *b = odl_network_slice (network, bias);
  g_assert_true (w && b && b->rows == w->rows && b->columns == 1);
  for (guint i = 0; i < w->rows; i++) {
    out[i] = theta[b->offset + i];
    for (guint j = 0; j < w->columns; j++)
      out[i] += theta[w->offset + i * w->columns + j] * x[j];
  }
}

static double *
init (const OdlNetwork *network, guint64 seed)
{
  OdlRandom random = odl_random (seed, 0);
  double *theta = g_new (double, network->n_theta);
  odl_network_init (network, theta, &random);
  return theta;
}

/* Slices follow one another without gaps and end at n_theta, which the graph uses up.
 */
static void
check_slices (const OdlNetwork *network)
{
  guint next = 0;
  for (guint i = 0; i < network->n_slices; i++) {
    g_assert_cmpuint (network->slices[i].offset, ==, next);
    next += network->slices[i].rows * network->slices[i].columns;
  }
  g_assert_cmpuint (next, ==, network->n_theta);
  g_assert_cmpuint (odl_graph_n_theta (network->graph), ==, next);
}

static void
check_mlp (const OdlPerceptron *p, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlNetwork) network = odl_network_mlp (p, &error);
  g_assert_no_error (error);
  check_slices (network);
  g_assert_cmpuint (network->n_slices, ==, 2 * p->n_layers);
  g_autofree double *theta = init (network, seed);
  g_autoptr (Point) point = point_new (network->graph);
  OdlRandom random = odl_random (seed, 1);
  double in[ROOM], got[ROOM], x[ROOM], next[ROOM];
  for (guint i = 0; i <= p->inputs; i++)
    in[i] = odl_random_normal (&random);
  point_run (point, theta, in, got, NULL);
  memcpy (x, in + 1, sizeof (double) * p->inputs);
  x[p->inputs] = in[0];
  for (guint layer = 1; layer <= p->n_layers; layer++) {
    g_autofree char *w = g_strdup_printf ("W%u", layer);
    g_autofree char *b = g_strdup_printf ("b%u", layer);
    apply (network, w, b, theta, x, next);
    for (guint i = 0; i < p->widths[layer - 1]; i++)
      x[i] = layer < p->n_layers ? activate (p->activation, next[i]) : next[i];
  }
  for (guint i = 0; i < p->widths[p->n_layers - 1]; i++)
    g_assert_cmpfloat (fabs (got[i] - x[i]), <=, 1e-13 * (1 + fabs (x[i])));
}

static void
test_mlp (void)
{
  static const guint widths[][4] = { { 2 }, { 5, 2 }, { 7, 1, 3 }, { 4, 9, 6, 2 } };
  for (guint activation = 0; activation < ODL_N_ACTIVATIONS; activation++)
    for (guint layers = 1; layers <= 4; layers++)
      for (guint time = 0; time < 2; time++) {
        OdlPerceptron p = { .inputs = 1 + layers,
                            .n_layers = layers,
                            .widths = widths[layers - 1],
                            .activation = activation,
                            .time = time };
        check_mlp (&p, activation * 10 + layers);
      }
}

static void
test_activations (void)
{
  for (guint i = 0; i < ODL_N_ACTIVATIONS; i++) {
    OdlActivation found = ODL_N_ACTIVATIONS;
    g_assert_true (odl_activation_find (odl_activation_id (i), &found, NULL));
    g_assert_cmpuint (found, ==, i);
  }
  OdlActivation none;
  g_autoptr (GError) error = NULL;
  g_assert_false (odl_activation_find ("gelu", &none, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "tanh softplus"));
}

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

static void
check_gru (guint inputs, guint hidden)
{
  g_autoptr (OdlNetwork) network = odl_network_gru_cell (inputs, hidden, NULL);
  check_slices (network);
  g_autofree double *theta = init (network, inputs + 10 * hidden);
  g_autoptr (Point) point = point_new (network->graph);
  OdlRandom random = odl_random (5, hidden);
  double in[ROOM], got[ROOM], gates[ROOM], from_x[ROOM], from_h[ROOM];
  for (guint i = 0; i < inputs + hidden; i++)
    in[i] = odl_random_normal (&random);
  const double *h = in + inputs;
  point_run (point, theta, in, got, NULL);
  apply (network, "Wzr", "bzr", theta, in, gates);
  apply (network, "Wn", "bn", theta, in, from_x);
  apply (network, "Un", "cn", theta, h, from_h);
  for (guint i = 0; i < hidden; i++) {
    double z = sigmoid (gates[i]), r = sigmoid (gates[hidden + i]);
    double n = tanh (from_x[i] + r * from_h[i]);
    g_assert_cmpfloat (fabs (got[i] - ((1 - z) * n + z * h[i])), <, 1e-14);
  }
}

static void
test_gru (void)
{
  for (guint inputs = 1; inputs <= 3; inputs++)
    for (guint hidden = 1; hidden <= 9; hidden += 4)
      check_gru (inputs, hidden);
}

/* With an update gate held open the cell keeps its state, whatever comes in. */
static void
test_gru_keeps (void)
{
  g_autoptr (OdlNetwork) network = odl_network_gru_cell (2, 3, NULL);
  g_autofree double *theta = init (network, 1);
  const OdlSlice *bias = odl_network_slice (network, "bzr");
  for (guint i = 0; i < 3; i++)
    theta[bias->offset + i] = 1000;
  g_autoptr (Point) point = point_new (network->graph);
  const double in[] = { 5, -7, 0.25, -0.5, 0.125 };
  double got[3];
  point_run (point, theta, in, got, NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (fabs (got[i] - in[2 + i]), <, 1e-15);
}

static void
test_gated (void)
{
  enum { INPUTS = 3, UNITS = 5, OUTPUTS = 2 };
  g_autoptr (OdlNetwork) network = odl_network_gated (INPUTS, UNITS, OUTPUTS, 1, NULL);
  check_slices (network);
  g_autofree double *theta = init (network, 4);
  g_autoptr (Point) point = point_new (network->graph);
  const double in[] = { 0.7, 0.5, -1.25, 2 }; /* t, then y */
  double got[OUTPUTS], gates[UNITS], x[UNITS], wanted[OUTPUTS];
  point_run (point, theta, in, got, NULL);
  apply (network, "W1", "b1", theta, in + 1, gates);
  apply (network, "V1", "c1", theta, in + 1, x);
  for (guint i = 0; i < UNITS; i++)
    x[i] *= tanh (gates[i]);
  apply (network, "W2", "b2", theta, x, wanted);
  for (guint i = 0; i < OUTPUTS; i++)
    g_assert_cmpfloat (fabs (got[i] - wanted[i]), <, 1e-14);
}

/* Mean and variance of a slice's entries within five standard errors. */
static void
check_entries (const OdlSlice *slice, const double *theta, double variance,
               double kurtosis)
{
  double n = slice->rows * slice->columns, sum = 0, squares = 0;
  for (guint i = 0; i < slice->rows * slice->columns; i++) {
    sum += theta[slice->offset + i];
    squares += theta[slice->offset + i] * theta[slice->offset + i];
  }
  g_assert_cmpfloat (fabs (sum / n), <, 5 * sqrt (variance / n));
  g_assert_cmpfloat (fabs (squares / n - variance), <,
                     5 * variance * sqrt ((kurtosis - 1) / n));
}

static void
test_init (void)
{
  const guint widths[] = { 300, 200, 100 };
  for (guint activation = 0; activation < ODL_N_ACTIVATIONS; activation++) {
    OdlPerceptron p = { .inputs = 50,
                        .n_layers = 3,
                        .widths = widths,
                        .activation = activation,
                        .last_gain = 0.1 };
    g_autoptr (OdlNetwork) network = odl_network_mlp (&p, NULL);
    g_autofree double *theta = init (network, 7), *same = init (network, 7);
    g_autofree double *other = init (network, 8);
    gboolean doubled
        = activation == ODL_ACTIVATION_RELU || activation == ODL_ACTIVATION_SILU;
    double gain = doubled ? 2 : 1; /* squared */
    check_entries (odl_network_slice (network, "W1"), theta, gain / 50, 3);
    check_entries (odl_network_slice (network, "W2"), theta, gain / 300, 3);
    check_entries (odl_network_slice (network, "W3"), theta, 0.01 / 200, 3);
    check_entries (odl_network_slice (network, "b2"), theta, 1.0 / 900, 1.8);
    g_assert_cmpmem (theta, sizeof (double) * network->n_theta, same,
                     sizeof (double) * network->n_theta);
    g_assert_cmpfloat (theta[0], !=, other[0]);
  }
}

static void
check_refused (guint inputs, guint n_layers, const guint *widths, const char *says)
{
  OdlPerceptron p = { .inputs = inputs, .n_layers = n_layers, .widths = widths };
  g_autoptr (GError) error = NULL;
  g_assert_null (odl_network_mlp (&p, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_refused (void)
{
  const guint good[] = { 3, 2 }, empty[] = { 3, 0, 2 }, huge[] = { 100000, 2 };
  guint many[65];
  for (guint i = 0; i < 65; i++)
    many[i] = 2;
  check_refused (0, 2, good, "the input has 0 rows: 1 to 4096 are accepted");
  check_refused (2, 3, empty, "layer 2 has 0 rows");
  check_refused (2, 2, huge, "layer 1 has 100000 rows");
  check_refused (2, 0, good, "the network has 0 layers");
  check_refused (2, 65, many, "the network has 65 layers");
  g_autoptr (GError) error = NULL;
  g_assert_null (odl_network_gru_cell (2, 0, &error));
  g_assert_nonnull (strstr (error->message, "the hidden state has 0 rows"));
  g_clear_error (&error);
  g_assert_null (odl_network_gated (2, 5000, 2, 1, &error));
  g_assert_nonnull (strstr (error->message, "the layer has 5000 rows"));
}

/* wᵀ out of a network as a function of everything it takes. */
static double
weighted (Point *point, const double *theta, const double *in, const double *w, guint n)
{
  double out[ROOM], sum = 0;
  point_run (point, theta, in, out, NULL);
  for (guint i = 0; i < n; i++)
    sum += w[i] * out[i];
  return sum;
}

/* The VJP against central differences in every weight and input. */
static void
check_gradient (const OdlNetwork *network, guint n_in, guint n_out)
{
  g_autoptr (OdlGraph) reverse = odl_graph_vjp (network->graph, TRUE);
  g_autoptr (Point) forward = point_new (network->graph),
                    backward = point_new (reverse);
  g_autofree double *theta = init (network, 3);
  g_autofree double *gradient = g_new0 (double, network->n_theta);
  OdlRandom random = odl_random (4, 0);
  double in[2 * ROOM], cotangents[ROOM], *w = in + n_in;
  for (guint i = 0; i < n_in + n_out; i++)
    in[i] = odl_random_normal (&random);
  point_run (backward, theta, in, cotangents, gradient);
  const double step = 1e-5;
  for (guint i = 0; i < n_in + network->n_theta; i++) {
    double *number = i < n_in ? &in[i] : &theta[i - n_in], middle = *number;
    *number = middle + step;
    double high = weighted (forward, theta, in, w, n_out);
    *number = middle - step;
    double low = weighted (forward, theta, in, w, n_out);
    *number = middle;
    double found = i < n_in ? cotangents[i] : gradient[i - n_in];
    g_assert_cmpfloat (fabs (found - (high - low) / (2 * step)), <, 1e-8);
  }
}

static void
test_gradients (void)
{
  const guint widths[] = { 6, 5, 2 };
  for (guint activation = 0; activation < ODL_N_ACTIVATIONS; activation++) {
    OdlPerceptron p = { .inputs = 2,
                        .n_layers = 3,
                        .widths = widths,
                        .activation = activation,
                        .time = TRUE };
    g_autoptr (OdlNetwork) network = odl_network_mlp (&p, NULL);
    check_gradient (network, 3, 2);
  }
  g_autoptr (OdlNetwork) cell = odl_network_gru_cell (3, 4, NULL);
  check_gradient (cell, 7, 4);
  g_autoptr (OdlNetwork) gated = odl_network_gated (3, 6, 2, 1, NULL);
  check_gradient (gated, 4, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/mlp", test_mlp);
  g_test_add_func ("/network/activations", test_activations);
  g_test_add_func ("/network/gru", test_gru);
  g_test_add_func ("/network/gru-keeps", test_gru_keeps);
  g_test_add_func ("/network/gated", test_gated);
  g_test_add_func ("/network/init", test_init);
  g_test_add_func ("/network/refused", test_refused);
  g_test_add_func ("/network/gradients", test_gradients);
  return g_test_run ();
}
