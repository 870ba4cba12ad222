/* Tests of the latent ODE: its gradient as a whole against differences, lanes, batches,
 * the latent field against an adaptive solver's idea of it, and training that learns.
 * SPDX-License-Identifier: MIT */
#include "model/latent-train.h"

#include <math.h>
#include <string.h>

#include "learn/optimizer.h"
#include "support/point.h"

static const OdlLatentShape small = { 1, 4, 9, 11, 8 };

static double *
numbers (gsize n)
{
  return g_aligned_alloc0 (n + 8, sizeof (double), 64);
}

static OdlLatent *
make (const OdlLatentShape *shape, double **theta)
{
  GError *error = NULL;
  OdlLatent *model = odl_latent_new (shape, &error);
  g_assert_no_error (error);
  *theta = numbers (model->n_theta);
  OdlRandom random = odl_random (3, 0);
  odl_latent_init (model, *theta, &random);
  return model;
}

static OdlLatentTraining
training (OdlLatentBound bound, guint families)
{
  return (OdlLatentTraining){
    .source = { .families = families, .vary = TRUE, .horizon = 1.5 },
    .tiles = 2,
    .max_points = 34,
    .objective = { .bound = bound, .beta = 0.7, .trust = 0.6, .samples = 2 },
  };
}

/* Along random directions: difference quotients of fourth order, the same noise each
 * time. */
static void
check_gradient (OdlLatentTrainer *trainer, guint n_theta, double *theta)
{
  double *gradient = numbers (n_theta), *spare = numbers (n_theta);
  const double h = 5e-5, steps[] = { 1, -1, 2, -2 };
  OdlRandom random = odl_random (4, 1);
  odl_latent_trainer_gradient (trainer, theta, 9, 2, NULL, gradient);
  for (guint round = 0; round < 3; round++) {
    g_autofree double *u = g_new (double, n_theta);
    double dot = 0, loss[4], before = 0;
    for (guint i = 0; i < n_theta; i++) {
      u[i] = odl_random_normal (&random);
      dot += u[i] * gradient[i];
    }
    for (guint k = 0; k < 4; k++) {
      for (guint i = 0; i < n_theta; i++)
        theta[i] += (steps[k] - before) * h * u[i];
      before = steps[k];
      loss[k] = odl_latent_trainer_gradient (trainer, theta, 9, 2, NULL, spare).loss;
    }
    for (guint i = 0; i < n_theta; i++)
      theta[i] -= before * h * u[i];
    double difference = (8 * (loss[0] - loss[1]) - (loss[2] - loss[3])) / (12 * h);
    g_assert_cmpfloat_with_epsilon (dot, difference, 1e-8 * fabs (difference) + 1e-9);
  }
  g_aligned_free (gradient);
  g_aligned_free (spare);
}

static void
test_gradient (void)
{
  for (guint bound = 0; bound < 2; bound++)
    for (guint channels = 1; channels <= 2; channels++) {
      double *theta;
      OdlLatentShape shape = small;
      shape.channels = channels;
      g_autoptr (OdlLatent) model = make (&shape, &theta);
      OdlLatentTraining t = training (bound, channels == 1 ? 63 : 64);
      g_autoptr (OdlLatentTrainer) trainer = odl_latent_trainer_new (model, &t);
      check_gradient (trainer, model->n_theta, theta);
      g_aligned_free (theta);
    }
}

/* A set of series with missing values and different lengths. */
static void
test_gradient_of_a_set (void)
{
  double *theta;
  OdlLatentShape shape = small;
  shape.channels = 2;
  g_autoptr (OdlLatent) model = make (&shape, &theta);
  OdlSeries *set[3];
  OdlRandom random = odl_random (8, 8);
  for (guint k = 0; k < 3; k++) {
    set[k] = odl_series_new (4 + 20 * k, 2);
    for (guint i = 0; i < set[k]->n; i++)
      set[k]->t[i] = odl_random_uniform (&random);
    odl_series_sort (set[k]);
    for (guint i = 0; i < 2 * set[k]->n; i++)
      set[k]->y[i] = i % 5 == 3 ? NAN : odl_random_normal (&random);
  }
  OdlLatentTraining t = training (ODL_LATENT_BOUND_CONDITIONAL, 0);
  t.source
      = (OdlLatentSource){ .series = set, .n_series = 3, .part = 0.5, .horizon = 1 };
  g_autoptr (OdlLatentTrainer) trainer = odl_latent_trainer_new (model, &t);
  check_gradient (trainer, model->n_theta, theta);
  for (guint k = 0; k < 3; k++)
    odl_series_free (set[k]);
  g_aligned_free (theta);
}

/* The same bits for one thread and for two, and again. */
static void
test_threads (void)
{
  double *theta;
  g_autoptr (OdlLatent) model = make (&small, &theta);
  OdlLatentTraining t = training (ODL_LATENT_BOUND_CONDITIONAL, 63);
  t.tiles = 4;
  g_autoptr (OdlLatentTrainer) trainer = odl_latent_trainer_new (model, &t);
  double *a = numbers (model->n_theta), *b = numbers (model->n_theta);
  OdlLatentLoss one = odl_latent_trainer_gradient (trainer, theta, 1, 7, NULL, a);
  for (guint threads = 1; threads <= 3; threads++) {
    g_autoptr (OdlPool) pool = odl_pool_new (threads);
    odl_latent_trainer_gradient (trainer, theta, 1, 8, pool, b);
    OdlLatentLoss two = odl_latent_trainer_gradient (trainer, theta, 1, 7, pool, b);
    g_assert_cmpmem (a, model->n_theta * sizeof *a, b, model->n_theta * sizeof *b);
    g_assert_cmpfloat (one.loss, ==, two.loss);
  }
  g_aligned_free (a);
  g_aligned_free (b);
  g_aligned_free (theta);
}

/* What a lane holds does not depend on its neighbours or its place. */
static void
test_lanes (void)
{
  double *theta;
  g_autoptr (OdlLatent) model = make (&small, &theta);
  g_autoptr (OdlLatentEncoder) encoder = odl_latent_encoder_new (model, 16, 12);
  const double t[] = { 0.1, 0.4, 0.4, 0.9 }, y[] = { 1, -1, 0.5, 2 };
  const double other_t[] = { 0.2, 0.3, 0.5, 0.6, 0.7, 1.2 },
               other_y[] = { 1, 2, 3, 4, 5, 6 };
  const OdlLatentExample one = { 4, t, y, NULL }, other = { 6, other_t, other_y, NULL };
  odl_latent_events_clear (model, encoder);
  odl_latent_events_put (model, encoder, 3, &one, FALSE);
  odl_latent_encode (model, theta, encoder);
  double alone[4];
  for (guint i = 0; i < 4; i++)
    alone[i] = encoder->mean[i * 16 + 3];
  odl_latent_events_clear (model, encoder);
  for (guint lane = 0; lane < 16; lane++)
    odl_latent_events_put (model, encoder, lane, lane == 12 ? &one : &other, FALSE);
  odl_latent_encode (model, theta, encoder);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (encoder->mean[i * 16 + 12], ==, alone[i]);
  g_aligned_free (theta);
}

/* The path on its grid is a fourth-order method's: halving the steps divides the error
 * by about 16; and between the grid's points the cubic is as good. */
static void
test_path_order (void)
{
  double end[4][8], error[2], middle[4][8];
  for (guint k = 0; k < 4; k++) {
    OdlLatentShape shape = small;
    double *theta, place[8], mean[8], variance[8];
    shape.steps = k == 3 ? 128 : 8u << k;
    g_autoptr (OdlLatent) model = make (&shape, &theta);
    g_autoptr (OdlLatentPath) path = odl_latent_path_new (model, 8, shape.steps);
    for (guint i = 0; i < 4 * 8; i++)
      path->z[i] = sin (1 + i);
    odl_latent_flow (model, theta, path, shape.steps);
    for (guint i = 0; i < 8; i++)
      end[k][i] = path->z[shape.steps * 4 * 8 + i];
    guint step = odl_latent_locate (model, shape.steps, 0.55, place);
    for (guint i = 1; i < 8; i++)
      place[i] = place[0];
    odl_latent_decode (model, theta, path, step, place, mean, variance);
    memcpy (middle[k], mean, sizeof mean);
    g_aligned_free (theta);
  }
  for (guint k = 0; k < 2; k++) {
    error[k] = 0;
    for (guint i = 0; i < 8; i++)
      error[k] = fmax (error[k], fabs (end[k][i] - end[3][i]));
  }
  g_assert_cmpfloat (error[0] / error[1], >, 10);
  g_assert_cmpfloat (error[0] / error[1], <, 26);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpfloat_with_epsilon (middle[2][i], middle[3][i], 2e-4);
}

/* The graph given to other solvers is the slope the path is made of. */
static void
test_field (void)
{
  double *theta, dz[4], in[5] = { 0 };
  g_autoptr (OdlLatent) model = make (&small, &theta);
  g_autoptr (OdlGraph) graph = odl_latent_field (model);
  g_autoptr (Point) point = point_new (graph);
  g_autoptr (OdlLatentPath) path = odl_latent_path_new (model, 8, 4);
  for (guint i = 0; i < 4; i++)
    path->z[i * 8] = in[1 + i] = 0.3 * i - 0.4;
  odl_latent_flow (model, theta, path, 4);
  point_run (point, theta, in, dz, NULL);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (dz[i], path->f[i * 8], 1e-14);
  g_aligned_free (theta);
}

static void
test_shapes_refused (void)
{
  static const OdlLatentShape wrong[]
      = { { 0, 4, 4, 4, 8 }, { 5, 4, 4, 4, 8 }, { 1, 0, 4, 4, 8 }, { 1, 65, 4, 4, 8 },
          { 1, 4, 0, 4, 8 }, { 1, 4, 4, 0, 8 }, { 1, 4, 4, 4, 1 } };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (odl_latent_new (&wrong[i], &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  }
}

/* A few hundred iterations on logistic growth explain it far better than the start. */
static void
test_learns (void)
{
  double *theta, first = 0, last = 0;
  const OdlLatentShape shape = { 1, 4, 12, 16, 8 };
  g_autoptr (OdlLatent) model = make (&shape, &theta);
  OdlLatentTraining t
      = training (ODL_LATENT_BOUND_CONDITIONAL, 1 << ODL_FAMILY_LOGISTIC);
  t.tiles = t.objective.samples = 1;
  t.source.vary = FALSE;
  g_autoptr (OdlLatentTrainer) trainer = odl_latent_trainer_new (model, &t);
  const OdlOptimizerOptions options = { .rate = 1e-2, .clip = 1 };
  OdlOptimizer *optimizer = odl_optimizer_new (model->n_theta, &options);
  double *gradient = numbers (model->n_theta);
  odl_latent_trainer_anneal (trainer, 0.3, 1);
  for (guint i = 0; i < 300; i++) {
    OdlLatentLoss loss
        = odl_latent_trainer_gradient (trainer, theta, 1, i, NULL, gradient);
    odl_optimizer_step (optimizer, theta, gradient);
    first += i < 20 ? loss.nll / 20 : 0;
    last += i >= 280 ? loss.nll / 20 : 0;
  }
  g_test_message ("−log p of a point: %.3f, then %.3f", first, last);
  g_assert_cmpfloat (last, <, first - 0.7);
  odl_optimizer_free (optimizer);
  g_aligned_free (gradient);
  g_aligned_free (theta);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latent/gradient", test_gradient);
  g_test_add_func ("/latent/gradient-of-a-set", test_gradient_of_a_set);
  g_test_add_func ("/latent/threads", test_threads);
  g_test_add_func ("/latent/lanes", test_lanes);
  g_test_add_func ("/latent/path-order", test_path_order);
  g_test_add_func ("/latent/field", test_field);
  g_test_add_func ("/latent/shapes-refused", test_shapes_refused);
  g_test_add_func ("/latent/learns", test_learns);
  return g_test_run ();
}
