/* Tests of the losses: values by their definitions, derivatives by differences.
 * SPDX-License-Identifier: MIT */
#include "learn/loss.h"

#include <math.h>
#include <string.h>
#include "base/random.h"
#include "support/check.h"
#include "support/point.h"

#define SEED  20
#define DRAWS 40

/* A loss with its operands as inputs, and the same number from its definition. */
typedef struct {
  const char *name;
  guint n_operands, rows;
  OdlNode (*build) (OdlGraph *graph, const OdlNode operands[]);
  double (*value) (const double *const operands[], guint rows);
  double spread; /* operands are drawn from ±spread */
} Loss;

static OdlNode
build_logistic (OdlGraph *graph, const OdlNode x[])
{
  return odl_loss_logistic (graph, x[0], x[1]);
}

static OdlNode
build_softmax (OdlGraph *graph, const OdlNode x[])
{
  return odl_loss_softmax (graph, x[0], x[1]);
}

static OdlNode
build_squared (OdlGraph *graph, const OdlNode x[])
{
  return odl_loss_squared (graph, x[0], x[1]);
}

static OdlNode
build_smooth (OdlGraph *graph, const OdlNode x[])
{
  return odl_loss_smooth_l1 (graph, x[0], x[1]);
}

static OdlNode
build_nll (OdlGraph *graph, const OdlNode x[])
{
  return odl_loss_gaussian_nll (graph, x[0], x[1], x[2]);
}

static OdlNode
build_kl (OdlGraph *graph, const OdlNode x[])
{
  return odl_loss_gaussian_kl (graph, x[0], x[1]);
}

/* −log of the probability the label has, for labels between 0 and 1 their mixture. */
static double
value_logistic (const double *const x[], guint rows)
{
  double p = 1 / (1 + exp (-x[0][0]));
  return -x[1][0] * log (p) - (1 - x[1][0]) * log (1 - p);
}

/* −Σ target · log of the probability of each class. */
static double
value_softmax (const double *const x[], guint rows)
{
  double total = 0, chosen = 0;
  for (guint i = 0; i < rows; i++)
    total += exp (x[0][i]);
  for (guint i = 0; i < rows; i++)
    chosen -= x[1][i] * log (exp (x[0][i]) / total);
  return chosen;
}

static double
value_squared (const double *const x[], guint rows)
{
  double sum = 0;
  for (guint i = 0; i < rows; i++)
    sum += pow (x[0][i] - x[1][i], 2);
  return sum;
}

static double
value_smooth (const double *const x[], guint rows)
{
  double sum = 0;
  for (guint i = 0; i < rows; i++) {
    double e = fabs (x[0][i] - x[1][i]);
    sum += e < 1 ? e * e / 2 : e - 0.5;
  }
  return sum;
}

static double
value_nll (const double *const x[], guint rows)
{
  double sum = 0;
  for (guint i = 0; i < rows; i++) {
    double deviation = exp (x[1][i] / 2), z = (x[2][i] - x[0][i]) / deviation;
    sum -= log (exp (-z * z / 2) / (deviation * sqrt (2 * G_PI)));
  }
  return sum;
}

/* ∫ p log (p/q) by the trapezoid rule, which is exact to rounding for such p. */
static double
value_kl (const double *const x[], guint rows)
{
  double sum = 0;
  for (guint i = 0; i < rows; i++) {
    double m = x[0][i], deviation = exp (x[1][i] / 2), h = deviation / 64;
    for (int k = -640; k <= 640; k++) {
      double y = m + k * h, z = (y - m) / deviation;
      double p = exp (-z * z / 2) / (deviation * sqrt (2 * G_PI));
      sum += h * p * (-z * z / 2 - x[1][i] / 2 + y * y / 2);
    }
  }
  return sum;
}

static const Loss losses[] = {
  { "logistic", 2, 1, build_logistic, value_logistic, 3 },
  { "softmax", 2, 3, build_softmax, value_softmax, 3 },
  { "squared", 2, 3, build_squared, value_squared, 3 },
  { "smooth-l1", 2, 1, build_smooth, value_smooth, 3 },
  { "gaussian-nll", 3, 2, build_nll, value_nll, 2 },
  { "gaussian-kl", 2, 2, build_kl, value_kl, 1.5 },
};

static OdlGraph *
graph_of (const Loss *loss)
{
  OdlGraph *graph = odl_graph_new ();
  OdlNode operands[3];
  for (guint i = 0; i < loss->n_operands; i++)
    operands[i] = odl_graph_input (graph, "x", loss->rows);
  odl_graph_output (graph, "loss", loss->build (graph, operands));
  return graph;
}

static void
draw (const Loss *loss, OdlRandom *random, double *inputs)
{
  guint rows = loss->rows;
  for (guint i = 0; i < loss->n_operands * rows; i++)
    inputs[i] = loss->spread * (2 * odl_random_uniform (random) - 1);
  if (!g_str_equal (loss->name, "softmax"))
    return;
  double sum = 0;
  for (guint i = 0; i < rows; i++)
    sum += inputs[rows + i] = odl_random_uniform (random);
  for (guint i = 0; i < rows; i++)
    inputs[rows + i] /= sum;
}

static void
test_values (gconstpointer data)
{
  const Loss *loss = data;
  g_autoptr (OdlGraph) graph = graph_of (loss);
  g_autoptr (Point) point = point_new (graph);
  OdlRandom random = odl_random (SEED, 0);
  for (guint i = 0; i < DRAWS; i++) {
    double inputs[16] = { 0 }, got;
    draw (loss, &random, inputs);
    const double *operands[] = { inputs, inputs + loss->rows, inputs + 2 * loss->rows };
    point_run (point, NULL, inputs, &got, NULL);
    double want = loss->value (operands, loss->rows);
    /* The definitions themselves lose a few digits to cancellation. */
    g_assert_cmpfloat_with_epsilon (got, want, 1e-11 * (1 + fabs (want)));
  }
}

/* SmoothL1 has a kink in its second derivative at 1, which spoils the extrapolated
 * differences there; the draws of these seeds stay clear of it. */
static void
test_derivatives (gconstpointer data)
{
  const Loss *loss = data;
  g_autoptr (OdlGraph) graph = graph_of (loss);
  OdlRandom random = odl_random (SEED, 1);
  for (guint i = 0; i < DRAWS; i++) {
    double inputs[16] = { 0 };
    draw (loss, &random, inputs);
    double e = fabs (inputs[0] - inputs[loss->rows]);
    if (g_str_equal (loss->name, "smooth-l1")
        && (fabs (e - 1) < 8 * CHECK_STEP || e < 8 * CHECK_STEP))
      continue;
    check_errors (loss->name, check_derivatives (graph, NULL, inputs, SEED + i));
  }
}

/* Far out: the right limits instead of infinities. */
static void
test_extremes (void)
{
  double got;
  g_autoptr (OdlGraph) logistic = graph_of (&losses[0]);
  g_autoptr (Point) one = point_new (logistic);
  point_run (one, NULL, (double[]){ 1000, 0 }, &got, NULL);
  g_assert_cmpfloat (got, ==, 1000);
  point_run (one, NULL, (double[]){ -1000, 0 }, &got, NULL);
  g_assert_cmpfloat (got, ==, 0);
  point_run (one, NULL, (double[]){ 1000, 1 }, &got, NULL);
  g_assert_cmpfloat (got, ==, 0);
  g_autoptr (OdlGraph) softmax = graph_of (&losses[1]);
  g_autoptr (Point) many = point_new (softmax);
  point_run (many, NULL, (double[]){ 900, 0, -900, 0, 0, 1 }, &got, NULL);
  g_assert_cmpfloat (got, ==, 1800);
  point_run (many, NULL, (double[]){ 900, 0, -900, 1, 0, 0 }, &got, NULL);
  g_assert_cmpfloat (got, ==, 0);
}

/* Two classes by softmax are the logistic loss of the difference of the logits. */
static void
test_two_classes (void)
{
  Loss pair = losses[1];
  pair.rows = 2;
  g_autoptr (OdlGraph) softmax = graph_of (&pair);
  g_autoptr (OdlGraph) logistic = graph_of (&losses[0]);
  g_autoptr (Point) a = point_new (softmax);
  g_autoptr (Point) b = point_new (logistic);
  OdlRandom random = odl_random (SEED, 2);
  for (guint i = 0; i < DRAWS; i++) {
    double z0 = 5 * odl_random_normal (&random), z1 = 5 * odl_random_normal (&random);
    double by_softmax, by_logistic;
    point_run (a, NULL, (double[]){ z0, z1, 0, 1 }, &by_softmax, NULL);
    point_run (b, NULL, (double[]){ z1 - z0, 1 }, &by_logistic, NULL);
    g_assert_cmpfloat_with_epsilon (by_softmax, by_logistic, 1e-13 * (1 + by_softmax));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (losses); i++) {
    g_autofree char *values = g_strconcat ("/loss/value/", losses[i].name, NULL);
    g_autofree char *slopes = g_strconcat ("/loss/derivative/", losses[i].name, NULL);
    g_test_add_data_func (values, &losses[i], test_values);
    g_test_add_data_func (slopes, &losses[i], test_derivatives);
  }
  g_test_add_func ("/loss/extremes", test_extremes);
  g_test_add_func ("/loss/two-classes", test_two_classes);
  return g_test_run ();
}
