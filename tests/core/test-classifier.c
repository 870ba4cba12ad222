/* Tests of the classifiers: gradients by differences, invariances, limits.
 * SPDX-License-Identifier: MIT */
#include "model/classifier.h"

#include <math.h>
#include <string.h>

#define SEED  4
#define LANES 37 /* no multiple of a tile */

/* What is tried: a shape, a solver, penalties. */
typedef struct {
  const char *name;
  OdlClassifierShape shape;
  const char *method;
  guint64 steps;
  double kinetic, jacobian;
  guint probes;
} Case;

#define NET   .n_hidden = 2, .hidden = { 8, 6 }, .span = 1
#define BLOCK .blocks = 4, .residual = 0.7

static const Case cases[] = {
  { "standard", { .data_dim = 2, NET, .n_classes = 2 }, "rk4", 5, 0, 0, 0 },
  { "augmented",
    { .data_dim = 2, .extra = 3, NET, .n_classes = 2 },
    "dopri5",
    4,
    0,
    0,
    0 },
  { "first-two",
    { .data_dim = 2, .extra = 2, NET, .n_classes = 2, .read = 2 },
    "tsit5",
    3,
    0,
    0,
    0 },
  { "time", { .data_dim = 2, NET, .time = TRUE, .n_classes = 2 }, "heun", 6, 0, 0, 0 },
  { "three-classes",
    { .data_dim = 2, .extra = 1, NET, .n_classes = 3 },
    "rk4",
    4,
    0,
    0,
    0 },
  { "squared",
    { .data_dim = 2, NET, .n_classes = 3, .loss = ODL_CLASSIFIER_SQUARED },
    "rk4",
    4,
    0,
    0,
    0 },
  { "smooth-l1",
    { .data_dim = 2, NET, .n_classes = 2, .loss = ODL_CLASSIFIER_SMOOTH_L1 },
    "rk4",
    4,
    0,
    0,
    0 },
  { "flip", { .data_dim = 1, NET, .loss = ODL_CLASSIFIER_SQUARED }, "rk4", 4, 0, 0, 0 },
  { "kinetic",
    { .data_dim = 2, .extra = 1, NET, .n_classes = 2 },
    "rk4",
    4,
    0.3,
    0,
    0 },
  { "jacobian",
    { .data_dim = 2, .extra = 1, NET, .n_classes = 2 },
    "rk4",
    4,
    0,
    0.2,
    0 },
  { "probes",
    { .data_dim = 2, .extra = 1, NET, .n_classes = 2 },
    "rk4",
    4,
    0.1,
    0.2,
    2 },
  { "resnet", { .data_dim = 2, NET, BLOCK, .n_classes = 2 }, "rk4", 1, 0, 0, 0 },
  { "resnet-shared",
    { .data_dim = 2, NET, BLOCK, .shared = TRUE, .time = TRUE, .n_classes = 2 },
    "rk4",
    1,
    0,
    0,
    0 },
  { "resnet-penalties",
    { .data_dim = 2, .extra = 1, NET, BLOCK, .n_classes = 3 },
    "rk4",
    1,
    0.2,
    0.1,
    1 },
  { "linear",
    { .data_dim = 2, .n_hidden = 0, .span = 1, .n_classes = 2 },
    "rk4",
    4,
    0,
    0,
    0 },
};

/* A case with points, probes and weights. */
typedef struct {
  OdlClassifier *classifier;
  OdlClassifierPlan plan;
  OdlClassifierBatch batch;
  double *x, *probe, *theta, *gradient;
  int *label;
  guint n;
} Trial;

static void
draw_points (Trial *trial, const OdlClassifierShape *shape, guint lanes,
             OdlRandom *random)
{
  guint dim = shape->data_dim + shape->extra;
  trial->x = g_new (double, (gsize)shape->data_dim *lanes);
  trial->label = g_new (int, lanes);
  trial->probe = g_new (double, (gsize)8 * dim * lanes);
  for (guint i = 0; i < shape->data_dim * lanes; i++)
    trial->x[i] = odl_random_normal (random);
  for (guint i = 0; i < lanes; i++)
    trial->label[i] = (int)odl_random_below (random, MAX (shape->n_classes, 2));
  for (guint i = 0; i < 8 * dim * lanes; i++)
    trial->probe[i] = odl_random_uniform (random) < 0.5 ? -1 : 1;
}

static Trial *
trial_new (const Case *c, guint lanes)
{
  g_autoptr (GError) error = NULL;
  Trial *trial = g_new0 (Trial, 1);
  OdlRandom random = odl_random (SEED, 0);
  trial->classifier = odl_classifier_new (&c->shape, &error);
  g_assert_no_error (error);
  trial->n = odl_classifier_n_theta (trial->classifier);
  trial->theta = g_new (double, trial->n);
  trial->gradient = g_new (double, trial->n);
  odl_classifier_init (trial->classifier, trial->theta, &random);
  for (guint i = 0; i < trial->n; i++)
    trial->theta[i] += 0.05 * odl_random_normal (&random);
  draw_points (trial, &c->shape, lanes, &random);
  trial->batch = (OdlClassifierBatch){ lanes, trial->x, trial->label, trial->probe };
  trial->plan = (OdlClassifierPlan){ .method = odl_method_find (c->method, &error),
                                     .steps = c->steps,
                                     .tolerance = 1e-6,
                                     .gradient = odl_gradient_find ("backprop", &error),
                                     .kinetic = c->kinetic,
                                     .jacobian = c->jacobian,
                                     .probes = c->probes };
  g_assert_no_error (error);
  odl_classifier_prepare (trial->classifier, &trial->plan, &error);
  g_assert_no_error (error);
  return trial;
}

static void
trial_free (Trial *trial)
{
  odl_classifier_free (trial->classifier);
  g_free (trial->x);
  g_free (trial->probe);
  g_free (trial->theta);
  g_free (trial->gradient);
  g_free (trial->label);
  g_free (trial);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Trial, trial_free)

/* Loss and penalties at θ; the gradient goes to `gradient`. */
static double
value_at (Trial *trial, const double *theta, double *gradient, OdlClassifierPass *pass)
{
  OdlStatus status = odl_classifier_gradient (trial->classifier, theta, &trial->batch,
                                              gradient, pass);
  g_assert_cmpint (status, ==, ODL_STATUS_DONE);
  double value = pass->loss;
  if (trial->plan.kinetic > 0)
    value += trial->plan.kinetic * pass->kinetic;
  if (trial->plan.jacobian > 0)
    value += trial->plan.jacobian * pass->jacobian;
  return value;
}

/* Central differences along u, extrapolated once. */
static double
slope (Trial *trial, const double *u, double h)
{
  g_autofree double *theta = g_new (double, trial->n),
                    *waste = g_new (double, trial->n);
  OdlClassifierPass pass;
  double value[4];
  const double at[] = { -2, -1, 1, 2 };
  for (guint k = 0; k < 4; k++) {
    for (guint i = 0; i < trial->n; i++)
      theta[i] = trial->theta[i] + at[k] * h * u[i];
    value[k] = value_at (trial, theta, waste, &pass);
  }
  return (8 * (value[2] - value[1]) - (value[3] - value[0])) / (12 * h);
}

/* Signed, along random directions and along single weights of each end. */
static void
test_gradient (gconstpointer data)
{
  g_autoptr (Trial) trial = trial_new (data, LANES);
  OdlClassifierPass pass;
  value_at (trial, trial->theta, trial->gradient, &pass);
  OdlRandom random = odl_random (SEED, 1);
  g_autofree double *u = g_new (double, trial->n);
  double scale = 0;
  for (guint i = 0; i < trial->n; i++)
    scale += trial->gradient[i] * trial->gradient[i];
  for (guint k = 0; k < 6; k++) {
    double along = 0, norm = 0;
    for (guint i = 0; i < trial->n; i++) {
      u[i] = k < 4 ? odl_random_normal (&random) : i == (k == 4 ? 0 : trial->n - 1);
      norm += u[i] * u[i];
    }
    for (guint i = 0; i < trial->n; i++) {
      u[i] /= sqrt (norm);
      along += u[i] * trial->gradient[i];
    }
    double difference = slope (trial, u, 1e-3);
    /* Fourth-order differences with h = 1e-3 leave about 1e-11 of the gradient. */
    g_assert_cmpfloat (fabs (along - difference), <=, 1e-8 * sqrt (scale));
  }
}

/* The same bits for every number of threads. */
static void
test_threads (gconstpointer data)
{
  g_autoptr (Trial) trial = trial_new (data, 301);
  OdlClassifierPass pass;
  g_autofree double *first = g_new (double, trial->n);
  double loss = value_at (trial, trial->theta, first, &pass);
  const guint threads[] = { 1, 2, 3, 8 };
  for (guint k = 0; k < G_N_ELEMENTS (threads); k++) {
    g_autoptr (OdlPool) pool = odl_pool_new (threads[k]);
    g_autoptr (GError) error = NULL;
    trial->plan.pool = pool;
    odl_classifier_prepare (trial->classifier, &trial->plan, &error);
    g_assert_no_error (error);
    double again = value_at (trial, trial->theta, trial->gradient, &pass);
    g_assert_cmpmem (&loss, sizeof loss, &again, sizeof again);
    g_assert_cmpmem (first, trial->n * sizeof (double), trial->gradient,
                     trial->n * sizeof (double));
    trial->plan.pool = NULL;
    odl_classifier_prepare (trial->classifier, &trial->plan, &error);
  }
}

/* What pictures follow ends where training ended, and is judged alike. */
static void
test_follow (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (Trial) trial = trial_new (c, LANES);
  OdlClassifierPass pass;
  const double depth[] = { 0, 0.5, 1 };
  guint dim = odl_classifier_dim (trial->classifier);
  value_at (trial, trial->theta, trial->gradient, &pass);
  g_autoptr (OdlClassifierPaths) paths = odl_classifier_follow (
      trial->classifier, trial->theta, &trial->plan, LANES, trial->x, 3, depth);
  g_assert_nonnull (paths);
  g_assert_cmpuint (paths->n_depths, ==, c->shape.blocks ? c->shape.blocks + 1 : 3);
  g_autofree double *ends = g_new (double, dim *LANES), *loss = g_new (double, LANES);
  double sum = 0;
  for (guint i = 0; i < LANES; i++)
    for (guint row = 0; row < dim; row++) {
      const double *last = paths->state + (gsize)(paths->n_depths - 1) * LANES * dim;
      ends[row * LANES + i] = last[i * dim + row];
      double start = row < c->shape.data_dim ? trial->x[row * LANES + i] : 0;
      g_assert_cmpfloat (paths->state[i * dim + row], ==, start);
    }
  OdlClassifierJudgement judgement
      = { LANES, ends, trial->x, trial->label, NULL, loss };
  odl_classifier_judge (trial->classifier, trial->theta, &judgement);
  for (guint i = 0; i < LANES; i++)
    sum += loss[i];
  /* Penalties share the solve, which with fixed steps does not feel them. */
  g_assert_cmpfloat_with_epsilon (sum / LANES, pass.loss, 1e-13 * (1 + pass.loss));
}

/* A ResNet of one shared block, scaled by T/L, is Euler's method on the flow. */
static void
test_resnet_is_euler (void)
{
  const guint blocks = 6;
  Case ode
      = { "", { .data_dim = 2, .extra = 1, NET, .n_classes = 2 }, "euler", 6, 0, 0, 0 };
  Case net = ode;
  net.shape.blocks = blocks;
  net.shape.shared = TRUE;
  net.shape.residual = 1.0 / blocks;
  g_autoptr (Trial) a = trial_new (&ode, LANES);
  g_autoptr (Trial) b = trial_new (&net, LANES);
  double depth[7];
  for (guint k = 0; k <= blocks; k++)
    depth[k] = k == blocks ? 1 : (double)k / blocks;
  g_autoptr (OdlClassifierPaths) flow = odl_classifier_follow (
      a->classifier, a->theta, &a->plan, LANES, a->x, blocks + 1, depth);
  g_autoptr (OdlClassifierPaths) steps
      = odl_classifier_follow (b->classifier, b->theta, &b->plan, LANES, b->x, 0, NULL);
  for (guint i = 0; i < (blocks + 1) * LANES * 3; i++)
    g_assert_cmpfloat_with_epsilon (flow->state[i], steps->state[i], 1e-12);
  OdlClassifierPass by_flow, by_steps;
  value_at (a, a->theta, a->gradient, &by_flow);
  value_at (b, b->theta, b->gradient, &by_steps);
  g_assert_cmpfloat_with_epsilon (by_flow.loss, by_steps.loss, 1e-13);
  for (guint i = 0; i < a->n; i++)
    g_assert_cmpfloat_with_epsilon (a->gradient[i], b->gradient[i], 1e-12);
}

/* A field that is linear, f = A h + b: |∂f/∂h|² is Σ a², and the estimate's mean over
 * all sign vectors is that too. */
static void
test_penalties (void)
{
  Case c = { "",    { .data_dim = 2, .n_hidden = 0, .span = 2, .n_classes = 2 },
             "rk4", 3,
             0.1,   0.1,
             0 };
  g_autoptr (Trial) trial = trial_new (&c, 4);
  const double theta[] = { 0.3, -0.4, 0.5, 0.1, 0, 0, 1, 1, 0 };
  memcpy (trial->theta, theta, sizeof theta);
  g_assert_cmpuint (trial->n, ==, G_N_ELEMENTS (theta));
  OdlClassifierPass pass;
  value_at (trial, trial->theta, trial->gradient, &pass);
  g_assert_cmpfloat_with_epsilon (pass.jacobian, 2 * (0.09 + 0.16 + 0.25 + 0.01),
                                  1e-12);
  const double signs[] = { 1, 1, -1, -1, 1, -1, 1, -1 };
  memcpy (trial->probe, signs, sizeof signs);
  trial->plan.probes = 1;
  g_assert_true (odl_classifier_prepare (trial->classifier, &trial->plan, NULL));
  value_at (trial, trial->theta, trial->gradient, &pass);
  g_assert_cmpfloat_with_epsilon (pass.jacobian, 2 * (0.09 + 0.16 + 0.25 + 0.01),
                                  1e-12);
  /* f constant: the energy is |b|² T. */
  const double drift[] = { 0, 0, 0, 0, 0.6, -0.8, 1, 1, 0 };
  value_at (trial, drift, trial->gradient, &pass);
  g_assert_cmpfloat_with_epsilon (pass.kinetic, 2, 1e-12);
}

static gboolean
always (gpointer data)
{
  return TRUE;
}

static void
test_interrupted (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (Trial) trial = trial_new (c, LANES);
  OdlClassifierPass pass;
  const double depth = 1;
  trial->plan.interrupted = always;
  g_assert_true (odl_classifier_prepare (trial->classifier, &trial->plan, NULL));
  g_assert_cmpint (odl_classifier_gradient (trial->classifier, trial->theta,
                                            &trial->batch, trial->gradient, &pass),
                   ==, ODL_STATUS_STOPPED);
  g_assert_null (odl_classifier_follow (trial->classifier, trial->theta, &trial->plan,
                                        LANES, trial->x, 1, &depth));
}

/* Weights that no state survives: a status that names a lane, not an abort. */
static void
test_divergence (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (Trial) trial = trial_new (c, LANES);
  OdlClassifierPass pass;
  for (guint i = 0; i < trial->n; i++)
    trial->theta[i] *= 1e200;
  OdlStatus status = odl_classifier_gradient (trial->classifier, trial->theta,
                                              &trial->batch, trial->gradient, &pass);
  if (status == ODL_STATUS_DONE)
    g_assert_false (isfinite (pass.loss) && pass.loss < 1e100);
  else
    g_assert_cmpuint (pass.bad_lane, <, LANES);
}

static void
test_refusals (void)
{
  g_autoptr (GError) error = NULL;
  OdlClassifierShape shape = { .data_dim = 2, .extra = 7, NET, .n_classes = 2 };
  g_assert_null (odl_classifier_new (&shape, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_clear_error (&error);
  shape.extra = 0;
  shape.hidden[0] = 0;
  g_assert_null (odl_classifier_new (&shape, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_clear_error (&error);
  /* A method without an error estimate cannot adapt; the plan before stays. */
  g_autoptr (Trial) trial = trial_new (&cases[0], LANES);
  OdlClassifierPlan plan = trial->plan;
  OdlClassifierPass pass;
  plan.steps = 0;
  g_assert_false (odl_classifier_prepare (trial->classifier, &plan, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  value_at (trial, trial->theta, trial->gradient, &pass);
}

/* Costs are counted: RK4 in n steps is 4 n evaluations a lane, a ResNet its blocks. */
static void
test_counts (void)
{
  OdlClassifierPass pass;
  g_autoptr (Trial) ode = trial_new (&cases[0], LANES);
  value_at (ode, ode->theta, ode->gradient, &pass);
  g_assert_cmpfloat (pass.nfe_forward, ==, 20);
  g_assert_cmpfloat (pass.nfe_backward, ==, 20);
  Case net = cases[0];
  net.shape.blocks = 5;
  net.shape.residual = 1;
  g_autoptr (Trial) blocks = trial_new (&net, LANES);
  value_at (blocks, blocks->theta, blocks->gradient, &pass);
  g_assert_cmpfloat (pass.nfe_forward, ==, 5);
  g_assert_cmpfloat (pass.nfe_backward, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  const struct {
    const char *name;
    void (*run) (gconstpointer data);
  } tests[] = { { "gradient", test_gradient },
                { "threads", test_threads },
                { "follow", test_follow },
                { "interrupted", test_interrupted },
                { "divergence", test_divergence } };
  for (guint t = 0; t < G_N_ELEMENTS (tests); t++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
      g_autofree char *path
          = g_strdup_printf ("/classifier/%s/%s", tests[t].name, cases[i].name);
      g_test_add_data_func (path, &cases[i], tests[t].run);
    }
  g_test_add_func ("/classifier/resnet-is-euler", test_resnet_is_euler);
  g_test_add_func ("/classifier/penalties", test_penalties);
  g_test_add_func ("/classifier/refusals", test_refusals);
  g_test_add_func ("/classifier/counts", test_counts);
  return g_test_run ();
}
