/* Problems for gradients, and gradients against signed central differences.
 * SPDX-License-Identifier: MIT
 *
 * A derivative along a random direction is compared with central differences at three
 * steps, extrapolated to the sixth order (Romberg), which leaves errors near 1e-12
 * where the map is smooth. The difference is signed, and is measured against the
 * magnitudes that the product g·u is summed from. */
#include "support/gradient-case.h"

#include <math.h>
#include <string.h>
#include "field/divergence.h"
#include "gradient/steps.h"
#include "graph/expression.h"
#include "support/allocations.h"
#include "support/point.h"

#define STEP 1e-3

static double
draw (GRand *rand, double a, double b)
{
  return g_rand_double_range (rand, a, b);
}

Case *
case_new (OdlGraph *graph, const double *theta, guint lanes, guint32 seed)
{
  Case *c = g_new0 (Case, 1);
  GRand *rand = g_rand_new_with_seed (seed);
  c->field = odl_field_new (graph, ODL_ISA_BEST);
  c->lanes = lanes;
  guint dim = c->field->dim, n_aux = c->field->n_aux, n_theta = c->field->n_theta;
  c->theta = g_new0 (double, n_theta + 1);
  c->t0 = g_new (double, lanes);
  c->t1 = g_new (double, lanes);
  c->y0 = g_new (double, (gsize)dim *lanes);
  c->w = g_new (double, (gsize)dim *lanes);
  c->aux = g_new0 (double, (gsize)n_aux *lanes + 1);
  for (guint i = 0; i < n_theta; i++)
    c->theta[i] = theta ? theta[i] : draw (rand, -0.7, 0.7);
  for (guint lane = 0; lane < lanes; lane++) {
    c->t0[lane] = draw (rand, -0.5, 0.5);
    double span = draw (rand, 0.3, 1);
    c->t1[lane] = c->t0[lane] + (lane % 3 == 2 ? -span : span);
  }
  if (lanes > 1)
    c->t1[lanes - 1] = c->t0[lanes - 1];
  for (guint i = 0; i < dim * lanes; i++) {
    c->y0[i] = draw (rand, 0.2, 1.2);
    c->w[i] = draw (rand, -1, 1);
  }
  for (guint i = 0; i < n_aux * lanes; i++)
    c->aux[i] = draw (rand, -1, 1);
  g_rand_free (rand);
  return c;
}

Case *
case_network (OdlActivation activation, const guint *widths, gboolean time, guint lanes)
{
  guint layers[8], n = 0;
  while (widths[n] > 0 && n < 7) {
    layers[n] = widths[n];
    n++;
  }
  layers[n++] = 2;
  OdlPerceptron p = {
    .inputs = 2, .n_layers = n, .widths = layers, .activation = activation, .time = time
  };
  g_autoptr (OdlNetwork) network = odl_network_mlp (&p, NULL);
  OdlRandom random = odl_random (3, 1);
  g_autofree double *theta = g_new (double, network->n_theta);
  odl_network_init (network, theta, &random);
  Case *c = case_new (odl_graph_copy (network->graph), theta, lanes, 5);
  c->step = activation == ODL_ACTIVATION_RELU || activation == ODL_ACTIVATION_ELU ? 3e-5
                                                                                  : 0;
  return c;
}

Case *
case_equations (const char *text, guint lanes)
{
  g_autoptr (OdlEquations) equations = odl_equations_parse (text, NULL);
  g_assert_nonnull (equations);
  return case_new (odl_graph_copy (equations->graph), equations->defaults, lanes, 11);
}

Case *
case_gru (guint lanes)
{
  enum { INPUTS = 2, HIDDEN = 3 };
  g_autoptr (OdlNetwork) cell = odl_network_gru_cell (INPUTS, HIDDEN, NULL);
  OdlGraph *graph = odl_graph_new ();
  odl_graph_input (graph, "t", 1);
  OdlNode y = odl_graph_input (graph, "y", HIDDEN);
  OdlNode in[] = { odl_graph_input (graph, "aux", INPUTS), y }, out;
  odl_graph_inline (graph, cell->graph, in, 0, &out);
  odl_graph_output (graph, "dy", odl_graph_binary (graph, ODL_OP_SUB, out, y));
  return case_new (graph, NULL, lanes, 17);
}

Case *
case_flow (guint probes, guint lanes)
{
  const guint widths[] = { 8, 2 };
  OdlPerceptron p = { .inputs = 2, .n_layers = 2, .widths = widths, .time = TRUE };
  g_autoptr (OdlNetwork) network = odl_network_mlp (&p, NULL);
  return case_new (odl_divergence_flow (network->graph, probes), NULL, lanes, 23);
}

void
case_free (Case *c)
{
  odl_field_free (c->field);
  g_free (c->theta);
  g_free (c->t0);
  g_free (c->t1);
  g_free (c->y0);
  g_free (c->aux);
  g_free (c->w);
  g_free (c);
}

OdlProblem
case_problem (const Case *c)
{
  return (OdlProblem){ .field = c->field,
                       .theta = c->theta,
                       .lanes = c->lanes,
                       .t0 = c->t0,
                       .t1 = c->t1,
                       .y0 = c->y0,
                       .aux = c->field->n_aux ? c->aux : NULL };
}

double
case_loss (const Case *c, const double *y1, double *w1)
{
  double loss = 0;
  for (guint i = 0; i < c->field->dim * c->lanes; i++) {
    double y = y1[i], w = c->w[i], slope = w;
    if (c->loss == CASE_LINEAR) {
      loss += w * y;
    } else if (c->loss == CASE_SQUARED) {
      slope = y - w;
      loss += 0.5 * slope * slope;
    } else {
      slope = -w / (1 + exp (w * y));
      loss += log1p (exp (-w * y));
    }
    if (w1)
      w1[i] = slope;
  }
  return loss;
}

double *
case_group (const Case *c, CaseGroup group, gsize *n)
{
  const OdlField *f = c->field;
  const gsize lengths[] = { f->n_theta, (gsize)f->dim * c->lanes, c->lanes, c->lanes,
                            (gsize)f->n_aux * c->lanes };
  double *const arrays[] = { c->theta, c->y0, c->t0, c->t1, c->aux };
  *n = lengths[group];
  return arrays[group];
}

gboolean
case_forward (const Case *c, gpointer tape, double *y1)
{
  const OdlProblem problem = case_problem (c);
  return odl_tape_forward (tape, &problem, y1, NULL) == ODL_STATUS_DONE;
}

/* One lane by its given steps; x: t, y, aux. */
static void
follow (const Case *c, const CaseSteps *given, guint lane, Point *point, double *y)
{
  const OdlMethod *m = given->method;
  guint dim = c->field->dim, n_aux = c->field->n_aux, s = m->stages;
  g_autofree double *x = g_new (double, 1 + dim + n_aux), *k = g_new (double, s *dim);
  double t = c->t0[lane];
  const GArray *steps = given->steps[lane];
  for (guint i = 0; i < n_aux; i++)
    x[1 + dim + i] = c->aux[i * c->lanes + lane];
  for (guint n = 0; n < steps->len; n++) {
    gboolean last = n + 1 == steps->len;
    double h = last ? c->t1[lane] - t : g_array_index (steps, double, n);
    for (guint i = 0; i < s; i++) {
      x[0] = t + m->c[i] * h;
      for (guint row = 0; row < dim; row++) {
        x[1 + row] = y[row];
        for (guint j = 0; j < i; j++)
          x[1 + row] += h * m->a[i * s + j] * k[j * dim + row];
      }
      point_run (point, c->theta, x, k + i * dim, NULL);
    }
    for (guint row = 0; row < dim; row++)
      for (guint i = 0; i < s; i++)
        y[row] += h * m->b[i] * k[i * dim + row];
    t += h;
  }
}

gboolean
case_given_steps (const Case *c, gpointer data, double *y1)
{
  guint dim = c->field->dim;
  g_autoptr (Point) point = point_new (c->field->graph);
  g_autofree double *y = g_new (double, dim);
  for (guint lane = 0; lane < c->lanes; lane++) {
    for (guint row = 0; row < dim; row++)
      y[row] = c->y0[row * c->lanes + lane];
    follow (c, data, lane, point, y);
    for (guint row = 0; row < dim; row++)
      y1[row * c->lanes + lane] = y[row];
  }
  return TRUE;
}

CaseGradient *
case_gradient (const Case *c, OdlTape *tape)
{
  CaseGradient *g = g_new0 (CaseGradient, 1);
  gsize n, all = 0;
  for (guint i = 0; i < CASE_N_GROUPS; i++) {
    case_group (c, (CaseGroup)i, &n);
    all += n;
  }
  g->values = g_new0 (double, all + 1);
  all = 0;
  for (guint i = 0; i < CASE_N_GROUPS; i++) {
    g->groups[i] = g->values + all;
    case_group (c, (CaseGroup)i, &n);
    all += n;
  }
  g->out = (OdlGradient){ g->groups[CASE_THETA], g->groups[CASE_Y0], g->groups[CASE_T0],
                          g->groups[CASE_T1],
                          c->field->n_aux ? g->groups[CASE_AUX] : NULL };
  g_autofree double *y1 = g_new (double, (gsize)c->field->dim * c->lanes);
  g_autofree double *w1 = g_new (double, (gsize)c->field->dim * c->lanes);
  g_assert_true (case_forward (c, tape, y1));
  case_loss (c, y1, w1);
  g_assert_cmpint (odl_tape_backward (tape, w1, &g->out), ==, ODL_STATUS_DONE);
  return g;
}

void
case_gradient_free (CaseGradient *g)
{
  g_free (g->values);
  g_free (g);
}

/* The loss with a group moved by h u. */
static double
moved (const Case *c, CaseGroup group, const double *u, double h, CaseMap map,
       gpointer data)
{
  gsize n;
  double *x = case_group (c, group, &n);
  g_autofree double *old = g_memdup2 (x, sizeof (double) * n);
  g_autofree double *y1 = g_new (double, (gsize)c->field->dim * c->lanes);
  for (gsize i = 0; i < n; i++)
    x[i] += h * u[i];
  gboolean ok = map (c, data, y1);
  memcpy (x, old, sizeof (double) * n);
  return ok ? case_loss (c, y1, NULL) : NAN;
}

double
case_error (const Case *c, const CaseGradient *g, CaseGroup group, CaseMap map,
            gpointer data, guint32 seed)
{
  gsize n;
  case_group (c, group, &n);
  GRand *rand = g_rand_new_with_seed (seed);
  g_autofree double *u = g_new (double, n + 1);
  double slope = 0, size = 0, d[3], h = c->step > 0 ? c->step : STEP;
  for (gsize i = 0; i < n; i++) {
    u[i] = draw (rand, -1, 1);
    slope += g->groups[group][i] * u[i];
    size += fabs (g->groups[group][i] * u[i]);
  }
  g_rand_free (rand);
  for (guint i = 0; i < 3; i++) {
    double k = h / (1 << i);
    d[i] = (moved (c, group, u, k, map, data) - moved (c, group, u, -k, map, data))
           / (2 * k);
  }
  double first = (4 * d[1] - d[0]) / 3, second = (4 * d[2] - d[1]) / 3;
  double error = fabs (slope - (16 * second - first) / 15);
  return isnan (error) ? INFINITY : size > 0 ? error / size : error;
}

double
case_worst (const Case *c, const CaseGradient *g, CaseMap map, gpointer data,
            guint32 seed)
{
  double worst = 0;
  for (guint i = 0; i < CASE_N_GROUPS; i++) {
    gsize n;
    case_group (c, (CaseGroup)i, &n);
    if (n > 0)
      worst = fmax (worst, case_error (c, g, (CaseGroup)i, map, data, seed + i));
  }
  return worst;
}

/* The steps that each lane of an adaptive tape accepted. */
CaseSteps
case_steps_of (const OdlTape *tape)
{
  const OdlSteps *steps = tape->self;
  guint width = steps->tiling.width;
  CaseSteps given = { tape->options.method, g_new (GArray *, tape->lanes) };
  for (guint lane = 0; lane < tape->lanes; lane++) {
    const OdlTrack *track = &steps->tracks[lane / width];
    given.steps[lane] = g_array_new (FALSE, FALSE, sizeof (double));
    for (guint i = 0; i < track->slots->len; i++) {
      const OdlTapeSlot *slot = &g_array_index (track->slots, OdlTapeSlot, i);
      if (slot->h[lane % width] != 0 || i == track->last[lane % width])
        g_array_append_val (given.steps[lane], slot->h[lane % width]);
    }
    g_assert_cmpuint (given.steps[lane]->len, ==, tape->accepted[lane]);
  }
  return given;
}

void
case_steps_clear (CaseSteps *given, guint lanes)
{
  for (guint lane = 0; lane < lanes; lane++)
    g_array_unref (given->steps[lane]);
  g_free (given->steps);
}

void
case_assert_same_bits (const Case *c, const CaseGradient *a, const CaseGradient *b)
{
  for (guint i = 0; i < CASE_N_GROUPS; i++) {
    gsize n;
    case_group (c, (CaseGroup)i, &n);
    g_assert_cmpmem (a->groups[i], sizeof (double) * n, b->groups[i],
                     sizeof (double) * n);
  }
}

void
case_assert_no_allocation (const Case *c, OdlTape *tape)
{
  enum { RUNS = 4 };
  gsize n = (gsize)c->field->dim * c->lanes;
  g_autofree double *y1 = g_new (double, n), *dy0 = g_new (double, n);
  g_autofree double *times = g_new (double, 2 * c->lanes);
  g_autofree double *dtheta = g_new0 (double, c->field->n_theta + 1);
  const OdlGradient out = { dtheta, dy0, times, times + c->lanes };
  guint before = 0;
  for (guint i = 0; i < RUNS; i++) {
    if (i == 1)
      before = allocations_count ();
    g_assert_true (case_forward (c, tape, y1));
    g_assert_cmpint (odl_tape_backward (tape, y1, &out), ==, ODL_STATUS_DONE);
  }
  g_assert_cmpuint (allocations_count (), ==, before);
}
