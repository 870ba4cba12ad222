/* Derivatives against differences, at a point. SPDX-License-Identifier: MIT
 *
 * The tangent J v in a random direction is compared with central differences at three
 * steps, extrapolated to the sixth order (Romberg); the cotangent Jᵀ w with it by the
 * identity ⟨w, J v⟩ = ⟨Jᵀ w, v⟩, which holds to rounding and sees every sign; the
 * gradient by θ, in a random direction, with differences of ⟨w, f⟩. */
#include "support/check.h"

#include <math.h>
#include <string.h>
#include "graph/derive.h"
#include "support/point.h"

static guint
rows_of (const OdlGraph *graph, OdlNode node)
{
  return odl_graph_operation (graph, node)->rows;
}

typedef struct {
  const OdlGraph *graph;
  Point *point;
  guint n_in, n_out, n_theta;
  const double *theta, *inputs;
  double *v, *w, *u; /* directions of the inputs, outputs and θ */
} Check;

static double *
draw (GRand *rand, guint n)
{
  double *x = g_new (double, n + 1);
  for (guint i = 0; i < n; i++)
    x[i] = g_rand_double_range (rand, -1, 1);
  return x;
}

/* f at x + h v, θ + h u; a direction NULL: not moved. */
static void
evaluate_at (const Check *c, double h, const double *v, const double *u, double *out)
{
  g_autofree double *x = g_new (double, c->n_in + 1);
  g_autofree double *theta = g_new0 (double, c->n_theta + 1);
  for (guint i = 0; i < c->n_in; i++)
    x[i] = c->inputs[i] + (v ? h * v[i] : 0);
  for (guint i = 0; i < c->n_theta; i++)
    theta[i] = c->theta[i] + (u ? h * u[i] : 0);
  point_run (c->point, theta, x, out, NULL);
}

static void
central (const Check *c, double h, const double *v, const double *u, double *slope)
{
  g_autofree double *back = g_new (double, c->n_out + 1);
  evaluate_at (c, h, v, u, slope);
  evaluate_at (c, -h, v, u, back);
  for (guint i = 0; i < c->n_out; i++)
    slope[i] = (slope[i] - back[i]) / (2 * h);
}

/* The derivative along (v, u), by differences. */
static void
differentiate (const Check *c, const double *v, const double *u, double *slope)
{
  g_autofree double *half = g_new (double, c->n_out + 1);
  g_autofree double *quarter = g_new (double, c->n_out + 1);
  central (c, CHECK_STEP, v, u, slope);
  central (c, CHECK_STEP / 2, v, u, half);
  central (c, CHECK_STEP / 4, v, u, quarter);
  for (guint i = 0; i < c->n_out; i++) {
    double first = (4 * half[i] - slope[i]) / 3,
           second = (4 * quarter[i] - half[i]) / 3;
    slope[i] = (16 * second - first) / 15;
  }
}

/* Error of a against b, where 1 is a magnitude that always counts; NaN is infinite. */
static double
relative (double a, double b, double magnitude)
{
  double error = fabs (a - b) / (1 + magnitude);
  return isnan (error) ? INFINITY : error;
}

static void
check_tangents (const Check *c, const OdlGraph *jvp, double *tangents,
                CheckErrors *errors)
{
  g_autoptr (Point) point = point_new (jvp);
  g_autofree double *in = g_new (double, 2 * c->n_in + 1);
  g_autofree double *out = g_new (double, 2 * c->n_out + 1);
  g_autofree double *values = g_new (double, c->n_out + 1);
  g_autofree double *slope = g_new (double, c->n_out + 1);
  memcpy (in, c->inputs, sizeof (double) * c->n_in);
  memcpy (in + c->n_in, c->v, sizeof (double) * c->n_in);
  point_run (point, c->theta, in, out, NULL);
  evaluate_at (c, 0, NULL, NULL, values);
  differentiate (c, c->v, NULL, slope);
  for (guint i = 0; i < c->n_out; i++) {
    tangents[i] = out[c->n_out + i];
    errors->values
        = MAX (errors->values, relative (out[i], values[i], fabs (values[i])));
    double error = relative (tangents[i], slope[i], fabs (slope[i]));
    errors->tangents = MAX (errors->tangents, error);
  }
}

static void
check_cotangents (const Check *c, const OdlGraph *vjp, const double *tangents,
                  CheckErrors *errors)
{
  g_autoptr (Point) point = point_new (vjp);
  g_autofree double *in = g_new (double, c->n_in + c->n_out + 1);
  g_autofree double *out = g_new (double, c->n_in + 1);
  g_autofree double *gradient = g_new0 (double, c->n_theta + 1);
  g_autofree double *slope = g_new (double, c->n_out + 1);
  memcpy (in, c->inputs, sizeof (double) * c->n_in);
  memcpy (in + c->n_in, c->w, sizeof (double) * c->n_out);
  point_run (point, c->theta, in, out, gradient);
  double forward = 0, backward = 0, size = 0, moved = 0, wanted = 0;
  for (guint i = 0; i < c->n_out; i++) {
    forward += c->w[i] * tangents[i];
    size += fabs (c->w[i] * tangents[i]);
  }
  for (guint i = 0; i < c->n_in; i++) {
    backward += out[i] * c->v[i];
    size += fabs (out[i] * c->v[i]);
  }
  errors->identity = relative (backward, forward, size);
  if (c->n_theta == 0)
    return;
  differentiate (c, NULL, c->u, slope);
  size = 0;
  for (guint i = 0; i < c->n_theta; i++)
    moved += gradient[i] * c->u[i];
  for (guint i = 0; i < c->n_out; i++) {
    wanted += c->w[i] * slope[i];
    size += fabs (c->w[i] * slope[i]);
  }
  errors->theta = relative (moved, wanted, size);
}

CheckErrors
check_derivatives_of (const OdlGraph *graph, const OdlGraph *jvp, const OdlGraph *vjp,
                      const double *theta, const double *inputs, guint32 seed)
{
  CheckErrors errors = { 0 };
  Check c = { .graph = graph, .theta = theta, .inputs = inputs };
  g_autoptr (Point) point = point_new (graph);
  GRand *rand = g_rand_new_with_seed (seed);
  for (guint i = 0; i < odl_graph_n_inputs (graph); i++)
    c.n_in += rows_of (graph, odl_graph_input_node (graph, i));
  for (guint i = 0; i < odl_graph_n_outputs (graph); i++)
    c.n_out += rows_of (graph, odl_graph_output_node (graph, i));
  c.n_theta = odl_graph_n_theta (graph);
  c.point = point;
  g_autofree double *v = c.v = draw (rand, c.n_in);
  g_autofree double *w = c.w = draw (rand, c.n_out);
  g_autofree double *u = c.u = draw (rand, c.n_theta);
  g_autofree double *tangents = g_new (double, c.n_out + 1);
  check_tangents (&c, jvp, tangents, &errors);
  check_cotangents (&c, vjp, tangents, &errors);
  g_rand_free (rand);
  return errors;
}

CheckErrors
check_derivatives (const OdlGraph *graph, const double *theta, const double *inputs,
                   guint32 seed)
{
  g_autoptr (OdlGraph) jvp = odl_graph_jvp (graph);
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
  return check_derivatives_of (graph, jvp, vjp, theta, inputs, seed);
}

void
check_errors (const char *what, CheckErrors errors)
{
  g_test_message ("%s: values %.1e, tangents %.1e, identity %.1e, theta %.1e", what,
                  errors.values, errors.tangents, errors.identity, errors.theta);
  g_assert_cmpfloat (errors.values, <=, CHECK_IDENTITY);
  g_assert_cmpfloat (errors.tangents, <=, CHECK_TANGENTS);
  g_assert_cmpfloat (errors.identity, <=, CHECK_IDENTITY);
  g_assert_cmpfloat (errors.theta, <=, CHECK_TANGENTS);
}
