/* Tests of the posterior of one series: what it does not depend on, what refinement
 * gains, where the walk ends, the noise it hears, and the curves that make up the
 * bands. SPDX-License-Identifier: MIT */
#include "model/latent-posterior.h"

#include <math.h>
#include <string.h>

#include "model/latent-study.h"

#define N_GRID 31

/* A model that has learned a little: damped oscillations, a few hundred iterations. */
typedef struct {
  OdlLatentStudy *study;
  const OdlLatent *model;
  const double *theta;
  OdlLatentPosterior *posterior;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  GError *error = NULL;
  OdlLatentRecipe recipe;
  const OdlLatentPosteriorOptions options = {
    .samples = 64, .max_points = 6000, .max_encoded = 50, .horizon = 2, .seed = 5
  };
  odl_latent_recipe ("damped", &recipe, &error);
  g_assert_no_error (error);
  recipe.shape = (OdlLatentShape){ 1, 5, 12, 16, 12 };
  recipe.iterations = 250;
  recipe.tiles = 1;
  recipe.points = 20;
  f->study = odl_latent_study_new (&recipe, NULL, 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < recipe.iterations; i++)
    g_assert_true (odl_latent_study_iterate (f->study, NULL));
  f->model = odl_latent_study_model (f->study);
  f->theta = odl_latent_study_theta (f->study);
  f->posterior = odl_latent_posterior_new (f->model, &options);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  odl_latent_posterior_free (f->posterior);
  odl_latent_study_free (f->study);
}

/* A damped oscillation, n points over the span, with noise. */
static OdlSeries *
series_new (guint n, double noise)
{
  OdlSeries *series = odl_series_new (n, 1);
  OdlRandom random = odl_random (11, n);
  for (guint i = 0; i < n; i++) {
    double t = series->t[i] = odl_random_uniform (&random);
    series->y[i] = exp (-t) * cos (12 * t) + noise * odl_random_normal (&random);
  }
  odl_series_sort (series);
  return series;
}

typedef struct {
  double t[N_GRID], mean[N_GRID], level[ODL_LATENT_N_LEVELS][N_GRID];
} Answer;

static void
look (Fixture *f, Answer *a)
{
  OdlLatentBands bands = { .n = N_GRID, .t = a->t, .mean = a->mean };
  for (guint i = 0; i < N_GRID; i++)
    a->t[i] = 1.5 * i / (N_GRID - 1);
  for (guint i = 0; i < ODL_LATENT_N_LEVELS; i++)
    bands.level[i] = a->level[i];
  odl_latent_posterior_sample (f->posterior, f->theta, 1.5);
  odl_latent_posterior_predict (f->posterior, f->theta, &bands);
}

/* After so many gradient steps and parts of the walk. */
static void
answer_after (Fixture *f, const OdlSeries *series, guint steps, guint parts, Answer *a)
{
  const OdlLatentExample example = { series->n, series->t, series->y, NULL };
  odl_latent_posterior_observe (f->posterior, f->theta, &example);
  for (guint i = 0; i < steps; i++)
    odl_latent_posterior_refine (f->posterior, f->theta);
  for (guint i = 0; i < parts; i++)
    odl_latent_posterior_walk (f->posterior, f->theta);
  look (f, a);
}

static void
answer (Fixture *f, const OdlSeries *series, guint steps, Answer *a)
{
  answer_after (f, series, steps, 0, a);
}

static void
assert_same (const Answer *a, const Answer *b)
{
  g_assert_cmpmem (a, sizeof *a, b, sizeof *b);
}

/* Points may come in any order, and one that comes and goes leaves no trace. */
static void
test_order (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlSeries) series = series_new (14, 0.05), turned = series_new (14, 0.05);
  g_autoptr (OdlSeries) more = odl_series_new (15, 1);
  Answer first, second, third, fourth;
  for (guint i = 0; i < 14; i++) {
    turned->t[i] = series->t[13 - i];
    turned->y[i] = series->y[13 - i];
  }
  odl_series_sort (turned);
  memcpy (more->t, series->t, 14 * sizeof (double));
  memcpy (more->y, series->y, 14 * sizeof (double));
  more->t[14] = 0.5;
  odl_series_sort (more);
  for (guint parts = 0; parts < 10; parts += 7) {
    answer_after (f, series, 5, parts, &first);
    answer_after (f, turned, 5, parts, &second);
    answer_after (f, more, 5, parts, &third);
    answer_after (f, series, 5, parts, &fourth);
    assert_same (&first, &second);
    assert_same (&first, &fourth);
    g_assert_cmpfloat (third.mean[3], !=, first.mean[3]);
  }
}

/* Who looks at the samples, in the middle of a round as well, changes nothing. */
static void
test_looking (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlSeries) series = series_new (14, 0.05);
  const OdlLatentExample example = { series->n, series->t, series->y, NULL };
  const guint parts = 9;
  Answer looked, straight;
  answer_after (f, series, 5, parts, &straight);
  odl_latent_posterior_observe (f->posterior, f->theta, &example);
  for (guint i = 0; i < 5; i++)
    odl_latent_posterior_refine (f->posterior, f->theta);
  for (guint i = 0; i < parts; i++) {
    odl_latent_posterior_sample (f->posterior, f->theta, 0.5 + 0.1 * i);
    odl_latent_posterior_walk (f->posterior, f->theta);
  }
  look (f, &looked);
  assert_same (&looked, &straight);
}

/* The bands are ordered and hold the mean's neighbourhood; without points they are
 * those of the prior, which does not settle on anything. */
static void
test_bands (Fixture *f, gconstpointer data)
{
  for (guint n = 0; n <= 40; n = n ? n * 40 : 1) {
    g_autoptr (OdlSeries) series = series_new (n, 0.05);
    Answer a;
    answer (f, series, n ? 3 : 0, &a);
    for (guint i = 0; i < N_GRID; i++)
      for (guint k = 0; k < ODL_LATENT_N_LEVELS; k++) {
        g_assert_true (isfinite (a.level[k][i]));
        g_assert_cmpfloat (a.level[k][i], >, k ? a.level[k - 1][i] : -100);
      }
    if (n == 0) {
      g_assert_true (odl_latent_posterior_settled (f->posterior));
      g_assert_true (isnan (odl_latent_posterior_refine (f->posterior, f->theta)));
      g_assert_cmpfloat (odl_latent_posterior_noise (f->posterior), ==, 1);
    }
  }
}

/* Refinement settles within its count and leaves a better bound: it is measured with
 * few samples, other ones each step, hence the means. */
static void
test_refinement (Fixture *f, gconstpointer data)
{
  double bound[151], first = 0, last = 0;
  g_autoptr (OdlSeries) series = series_new (30, 0.05);
  const OdlLatentExample example = { series->n, series->t, series->y, NULL };
  odl_latent_posterior_observe (f->posterior, f->theta, &example);
  for (guint i = 0; !odl_latent_posterior_refined (f->posterior); i++) {
    g_assert_cmpuint (i, <, G_N_ELEMENTS (bound));
    bound[i] = odl_latent_posterior_refine (f->posterior, f->theta);
  }
  const guint steps = odl_latent_posterior_iteration (f->posterior);
  g_assert_cmpuint (steps, >=, 20);
  for (guint i = 0; i < 4; i++) {
    first += bound[i] / 4;
    last += bound[steps - 1 - i] / 4;
  }
  g_test_message ("bound %.2f, after %u steps %.2f", first, steps, last);
  g_assert_cmpfloat (last, >, first);
}

/* ── The walk ────────────────────────────────────────────────────────────────── */

#define N_CELLS 1600 /* of z0 from −5 to 5 */
#define N_WALK  8    /* times looked at */
#define WALKERS 512

/* Mean and mean square of the decoded mean at the times, under the posterior: by
 * quadrature over a z0 of one component, the noise integrated out,
 * p (z | y) ∝ exp (−z² / 2 − Σ ln v / 2) (Σ r² / v + T)^(−(n + T) / 2), T = 3. */
static void
integrate (const OdlLatent *model, const double *theta, const OdlSeries *series,
           const double *t, double moments[2][N_WALK])
{
  g_autoptr (OdlLatentPath) path
      = odl_latent_path_new (model, ODL_LATENT_WIDTH, 2 * model->shape.steps);
  double place[ODL_LATENT_WIDTH], mean[ODL_LATENT_WIDTH], volume[ODL_LATENT_WIDTH];
  double sum = 0;
  memset (moments, 0, 2 * N_WALK * sizeof (double));
  for (guint cell = 0; cell < N_CELLS; cell += ODL_LATENT_WIDTH) {
    double misfits[ODL_LATENT_WIDTH] = { 0 }, volumes[ODL_LATENT_WIDTH] = { 0 };
    double weight[ODL_LATENT_WIDTH];
    for (guint lane = 0; lane < ODL_LATENT_WIDTH; lane++)
      path->z[lane] = -5 + 10 * (cell + lane + 0.5) / N_CELLS;
    odl_latent_flow (model, theta, path, 2 * model->shape.steps);
    for (guint i = 0; i < series->n + N_WALK; i++) {
      const gboolean seen = i < series->n;
      const guint k = i - (guint)series->n;
      guint step
          = odl_latent_locate (model, path->n, seen ? series->t[i] : t[k], place);
      for (guint lane = 1; lane < ODL_LATENT_WIDTH; lane++)
        place[lane] = place[0];
      odl_latent_decode (model, theta, path, step, place, mean, volume);
      for (guint lane = 0; lane < ODL_LATENT_WIDTH; lane++) {
        if (i == series->n) {
          const double z = path->z[lane];
          weight[lane]
              = exp (-0.5 * (z * z + volumes[lane])
                     - 0.5 * ((double)series->n + 3) * log (misfits[lane] + 3));
          sum += weight[lane];
        }
        if (seen) {
          misfits[lane] += pow (series->y[i] - mean[lane], 2) * exp (-volume[lane]);
          volumes[lane] += volume[lane];
          continue;
        }
        moments[0][k] += weight[lane] * mean[lane];
        moments[1][k] += weight[lane] * mean[lane] * mean[lane];
      }
    }
  }
  for (guint k = 0; k < N_WALK; k++) {
    moments[0][k] /= sum;
    moments[1][k] /= sum;
  }
}

/* The walkers are samples of the posterior: means over them are those of a quadrature
 * within four standard errors. */
static void
test_walk_ends_in_the_posterior (Fixture *f, gconstpointer data)
{
  const OdlLatentShape shape = { 1, 1, 8, 12, 12 };
  const OdlLatentPosteriorOptions options = {
    .samples = WALKERS, .max_points = 20, .max_encoded = 20, .horizon = 2, .seed = 3
  };
  g_autoptr (OdlLatent) model = odl_latent_new (&shape, NULL);
  OdlRandom random = odl_random (8, 0);
  double *theta = g_aligned_alloc0 (model->n_theta + 8, sizeof (double), 64);
  odl_latent_init (model, theta, &random);
  g_autoptr (OdlLatentPosterior) posterior = odl_latent_posterior_new (model, &options);
  for (guint n = 1; n <= 9; n += 4) {
    g_autoptr (OdlSeries) series = series_new (n, 0.1);
    const OdlLatentExample example = { series->n, series->t, series->y, NULL };
    double t[N_WALK], mean[N_WALK], exact[2][N_WALK];
    double level[ODL_LATENT_N_LEVELS][N_WALK];
    for (guint k = 0; k < N_WALK; k++)
      t[k] = 1.5 * k / (N_WALK - 1);
    const OdlLatentBands bands
        = { N_WALK, t, mean, { level[0], level[1], level[2], level[3] } };
    odl_latent_posterior_observe (posterior, theta, &example);
    while (!odl_latent_posterior_refined (posterior))
      odl_latent_posterior_refine (posterior, theta);
    while (!odl_latent_posterior_settled (posterior))
      odl_latent_posterior_walk (posterior, theta);
    g_assert_cmpuint (odl_latent_posterior_rounds (posterior), ==, ODL_LATENT_ROUNDS);
    odl_latent_posterior_sample (posterior, theta, 1.5);
    odl_latent_posterior_predict (posterior, theta, &bands);
    integrate (model, theta, series, t, exact);
    for (guint k = 0; k < N_WALK; k++) {
      const double deviation = sqrt (fmax (exact[1][k] - exact[0][k] * exact[0][k], 0));
      g_test_message ("%u points, t = %.2f: %.4f, exactly %.4f ± %.4f", n, t[k],
                      mean[k], exact[0][k], deviation / sqrt (WALKERS));
      if (ODL_LATENT_ROUNDS >= 100)
        g_assert_cmpfloat (fabs (mean[k] - exact[0][k]), <,
                           4 * deviation / sqrt (WALKERS) + 1e-9);
    }
  }
  g_aligned_free (theta);
}

/* A noisy series asks for more of the decoder's variance than a clear one. */
static void
test_noise_is_heard (Fixture *f, gconstpointer data)
{
  double heard[2];
  for (guint k = 0; k < 2; k++) {
    g_autoptr (OdlSeries) series = series_new (60, k ? 0.6 : 0.02);
    Answer a;
    answer (f, series, 60, &a);
    heard[k] = odl_latent_posterior_noise (f->posterior);
  }
  g_test_message ("factor on the variance: %.2f and %.2f", heard[0], heard[1]);
  g_assert_cmpfloat (heard[1], >, 1.5 * heard[0]);
  g_assert_cmpfloat (heard[0], >, 0);
}

/* Long series answer: all points are scored, evenly picked ones encoded. */
static void
test_long (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlSeries) series = series_new (5000, 0.1);
  Answer a;
  answer (f, series, 2, &a);
  g_assert_true (isfinite (a.mean[10]));
  const double *t, *h;
  g_assert_cmpuint (odl_latent_posterior_states (f->posterior, &t, &h), ==, 51);
  g_assert_cmpfloat (t[50], ==, 0);
  for (guint i = 1; i < 51; i++)
    g_assert_cmpfloat (t[i], <=, t[i - 1]);
}

/* Points at one time, missing values, and values far from what was learned. */
static void
test_odd_points (Fixture *f, gconstpointer data)
{
  static const double values[] = { 0.2, -0.4, NAN, 1e12, -1e12, 0 };
  g_autoptr (OdlSeries) series = odl_series_new (6, 1);
  Answer a;
  for (guint i = 0; i < 6; i++)
    series->t[i] = i < 2 ? 0.3 : 0.1 * i, series->y[i] = values[i];
  answer (f, series, 4, &a);
  for (guint i = 0; i < N_GRID; i++)
    g_assert_true (isfinite (a.mean[i]));
}

/* Curves are the decoded samples, the heaviest first: they lie within the samples'
 * bands most of the time, a single curve is the first of many, and states run through
 * the sample's start. */
static void
test_curves (Fixture *f, gconstpointer data)
{
  g_autoptr (OdlSeries) series = series_new (20, 0.05);
  Answer a;
  double one[N_GRID], many[8 * N_GRID], z[8 * N_GRID * 5];
  answer (f, series, 10, &a);
  const OdlLatentCurves first = { 1, N_GRID, a.t, one, NULL };
  const OdlLatentCurves all = { 8, N_GRID, a.t, many, z };
  odl_latent_posterior_curves (f->posterior, f->theta, &first);
  odl_latent_posterior_curves (f->posterior, f->theta, &all);
  g_assert_cmpmem (one, sizeof one, many, sizeof one);
  guint within = 0;
  for (guint i = 0; i < 8 * N_GRID; i++)
    within += many[i] >= a.level[0][i % N_GRID] && many[i] <= a.level[3][i % N_GRID];
  g_assert_cmpuint (within, >=, 8 * N_GRID * 0.9);
  /* Slopes between neighbours are bounded: the states are those of a flow. */
  for (guint i = 1; i < N_GRID; i++)
    for (guint k = 0; k < 5; k++)
      g_assert_cmpfloat (fabs (z[i * 5 + k] - z[(i - 1) * 5 + k]), <, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test)                                                                \
  g_test_add ("/latent-posterior/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("order", test_order);
  ADD ("looking", test_looking);
  ADD ("bands", test_bands);
  ADD ("refinement", test_refinement);
  ADD ("walk", test_walk_ends_in_the_posterior);
  ADD ("noise-is-heard", test_noise_is_heard);
  ADD ("long", test_long);
  ADD ("odd-points", test_odd_points);
  ADD ("curves", test_curves);
  return g_test_run ();
}
