/* What the latent model costs and how good it is: an answer, its refinement, training,
 * the published periodic toy task, and what the shipped models' bands hold.
 * SPDX-License-Identifier: MIT
 *
 * The toy task is that of Rubanova and others 2019: 1,000 series of the periodic family
 * with 100 points, 50 of which are seen, 800 to learn from and 200 to be judged by; the
 * reference implementation needs 134 s for a mean square error of 0.05. Here the error
 * is that of the points that were not seen, by the amortised answer, noise included.
 * Seconds are processor time of one thread. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "bench/support-bench.h"
#include "lab/latent-shipped.h"
#include "model/latent-study.h"
#include "support/latent-coverage.h"

#define N_SEEN     30
#define N_FIRST    64 /* samples: as the panel has them */
#define N_REFINED  128
#define N_GRID     161
#define TOY_SERIES 1000
#define TOY_TRAIN  800
#define TOY_POINTS 100
#define TOY_SEEDS  5
#define TOY_MOST   12000 /* iterations */
#define TOY_EVERY  50
#define N_COVERAGE 200

static double
processor (void)
{
  return (double)clock () / CLOCKS_PER_SEC;
}

/* ── An answer and its refinement ────────────────────────────────────────────── */

typedef struct {
  OdlLatent *model;
  double *theta;
  OdlLatentPosterior *posterior;
  double t[N_SEEN], y[N_SEEN], grid[N_GRID], mean[N_GRID],
      level[ODL_LATENT_N_LEVELS][N_GRID];
  guint steps;
} Canvas;

static void
answer (gpointer data)
{
  Canvas *c = data;
  const OdlLatentExample example = { N_SEEN, c->t, c->y, NULL };
  const OdlLatentBands bands = {
    N_GRID, c->grid, c->mean, { c->level[0], c->level[1], c->level[2], c->level[3] }
  };
  odl_latent_posterior_observe (c->posterior, c->theta, &example);
  odl_latent_posterior_sample (c->posterior, c->theta, 1.5);
  odl_latent_posterior_predict (c->posterior, c->theta, &bands);
}

static void
settle (gpointer data)
{
  Canvas *c = data;
  const OdlLatentExample example = { N_SEEN, c->t, c->y, NULL };
  odl_latent_posterior_observe (c->posterior, c->theta, &example);
  while (!odl_latent_posterior_refined (c->posterior))
    odl_latent_posterior_refine (c->posterior, c->theta);
  while (!odl_latent_posterior_settled (c->posterior))
    odl_latent_posterior_walk (c->posterior, c->theta);
  c->steps = odl_latent_posterior_iteration (c->posterior);
}

static void
bench_canvas (const char *id)
{
  Canvas c = { 0 };
  OdlLatentShape shape;
  OdlRandom random = odl_random (3, 3);
  const OdlFamilyDraw draw = odl_family_draw (ODL_FAMILY_DAMPED, &random);
  OdlLatentPosteriorOptions options = {
    .samples = N_FIRST, .max_points = 400, .max_encoded = 120, .horizon = 3, .seed = 1
  };
  if (!odl_shipped_weights (id, &shape, &c.theta))
    g_error ("no model %s", id);
  c.model = odl_latent_new (&shape, NULL);
  c.posterior = odl_latent_posterior_new (c.model, &options);
  for (guint i = 0; i < N_SEEN; i++) {
    c.t[i] = (i + 0.5) / N_SEEN;
    odl_family_at (&draw, c.t[i] * 10, &c.y[i]);
    c.y[i] += 0.05 * odl_random_normal (&random);
  }
  for (guint i = 0; i < N_GRID; i++)
    c.grid[i] = 1.5 * i / (N_GRID - 1);
  g_autofree char *first = g_strdup_printf ("%s: answer", id);
  g_autofree char *second = g_strdup_printf ("%s: refined until it settles", id);
  bench_row (first, 1e3 * bench_seconds (answer, &c, 21), "ms", BENCH_AT_MOST, 5);
  odl_latent_posterior_free (c.posterior);
  options.samples = N_REFINED;
  c.posterior = odl_latent_posterior_new (c.model, &options);
  bench_row (second, 1e3 * bench_seconds (settle, &c, 7), "ms", BENCH_AT_MOST, 1000);
  bench_note ("%u steps, %u rounds", c.steps,
              odl_latent_posterior_all_rounds (c.posterior));
  odl_latent_posterior_free (c.posterior);
  odl_latent_free (c.model);
  g_aligned_free (c.theta);
}

/* ── Training ────────────────────────────────────────────────────────────────── */

static void
iterate (gpointer data)
{
  odl_latent_study_iterate (data, NULL);
}

static void
bench_training (const char *id)
{
  OdlLatentRecipe recipe;
  odl_latent_recipe (id, &recipe, NULL);
  g_autoptr (OdlLatentStudy) study = odl_latent_study_new (&recipe, NULL, 0, NULL);
  const double seconds = bench_seconds (iterate, study, 41);
  g_autofree char *name = g_strdup_printf ("%s: an iteration", id);
  bench_row (name, 1e3 * seconds, "ms", BENCH_NO_TARGET, 0);
  bench_note ("%u series, %u weights; the whole recipe, %" G_GUINT64_FORMAT
              " iterations, about %.0f s of one core (target 900 s on two)",
              recipe.tiles * ODL_LATENT_WIDTH, odl_latent_study_model (study)->n_theta,
              recipe.iterations, seconds * (double)recipe.iterations);
}

/* ── The toy task ────────────────────────────────────────────────────────────── */

static OdlSeries *
toy_series (OdlRandom *random)
{
  const OdlFamilyInfo *info = odl_family_info (ODL_FAMILY_PERIODIC);
  const OdlFamilyDraw draw = odl_family_draw (ODL_FAMILY_PERIODIC, random);
  OdlSeries *series = odl_series_new (TOY_POINTS, 1);
  for (guint i = 0; i < TOY_POINTS; i++)
    series->t[i] = odl_random_uniform (random);
  odl_series_sort (series);
  for (guint i = 0; i < TOY_POINTS; i++) {
    odl_family_at (&draw, series->t[i] * info->span, &series->y[i]);
    series->y[i] += info->sigma * odl_random_normal (random) - info->offset;
  }
  return series;
}

/* On the points that a fixed half of each test series does not show. */
static double
toy_error (const OdlLatentStudy *study, OdlSeries *const *test, guint n)
{
  const OdlLatentPosteriorOptions options = {
    .samples = 32, .max_points = TOY_POINTS, .max_encoded = TOY_POINTS, .horizon = 1
  };
  g_autoptr (OdlLatentPosterior) posterior
      = odl_latent_posterior_new (odl_latent_study_model (study), &options);
  double sum = 0, level[ODL_LATENT_N_LEVELS][TOY_POINTS], mean[TOY_POINTS];
  guint count = 0;
  for (guint k = 0; k < n; k++) {
    OdlRandom random = odl_random (4, k);
    double t[2][TOY_POINTS], y[2][TOY_POINTS];
    guint m[2] = { 0, 0 }, left = TOY_POINTS / 2;
    for (guint i = 0; i < TOY_POINTS; i++) {
      const guint seen = odl_random_below (&random, TOY_POINTS - i) < left;
      left -= seen;
      t[seen][m[seen]] = test[k]->t[i];
      y[seen][m[seen]++] = test[k]->y[i];
    }
    const OdlLatentExample example = { m[1], t[1], y[1], NULL };
    const OdlLatentBands bands
        = { m[0], t[0], mean, { level[0], level[1], level[2], level[3] } };
    odl_latent_posterior_observe (posterior, odl_latent_study_theta (study), &example);
    odl_latent_posterior_sample (posterior, odl_latent_study_theta (study), 1);
    odl_latent_posterior_predict (posterior, odl_latent_study_theta (study), &bands);
    for (guint i = 0; i < m[0]; i++, count++)
      sum += (mean[i] - y[0][i]) * (mean[i] - y[0][i]);
  }
  return sum / count;
}

static OdlLatentRecipe
toy_recipe (guint64 seed)
{
  OdlLatentRecipe recipe;
  odl_latent_recipe ("periodic", &recipe, NULL);
  recipe.families = 0;
  recipe.seed = seed;
  recipe.bound = ODL_LATENT_BOUND_PUBLISHED;
  recipe.shape.latent = 8;
  recipe.iterations = TOY_MOST / 2;
  recipe.average = 0.98;
  return recipe;
}

/* Seconds of training until the error is below each of the two marks. */
static void
toy_run (guint64 seed, double seconds[2])
{
  static const double marks[] = { 0.05, 0.01 };
  OdlSeries *series[TOY_SERIES];
  OdlRandom random = odl_random (seed, 9);
  const OdlLatentRecipe recipe = toy_recipe (seed);
  for (guint i = 0; i < TOY_SERIES; i++)
    series[i] = toy_series (&random);
  g_autoptr (OdlLatentStudy) study
      = odl_latent_study_new (&recipe, series, TOY_TRAIN, NULL);
  double spent = 0;
  guint mark = 0;
  for (guint i = 0; i < TOY_MOST && mark < 2; i += TOY_EVERY) {
    const double began = processor ();
    for (guint k = 0; k < TOY_EVERY; k++)
      odl_latent_study_iterate (study, NULL);
    spent += processor () - began;
    const double error = toy_error (study, series + TOY_TRAIN, TOY_SERIES - TOY_TRAIN);
    while (mark < 2 && error <= marks[mark])
      seconds[mark++] = spent;
  }
  while (mark < 2)
    seconds[mark++] = INFINITY;
  for (guint i = 0; i < TOY_SERIES; i++)
    odl_series_free (series[i]);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void
bench_toy (void)
{
  double seconds[2][TOY_SEEDS];
  for (guint seed = 0; seed < TOY_SEEDS; seed++) {
    double both[2];
    toy_run (seed + 1, both);
    seconds[0][seed] = both[0];
    seconds[1][seed] = both[1];
  }
  for (guint mark = 0; mark < 2; mark++)
    qsort (seconds[mark], TOY_SEEDS, sizeof (double), compare);
  bench_row ("to a test MSE of 0.05", seconds[0][TOY_SEEDS / 2], "s", BENCH_AT_MOST,
             13.4);
  bench_row ("to a test MSE of 0.01", seconds[1][TOY_SEEDS / 2], "s", BENCH_NO_TARGET,
             0);
  bench_note ("medians of %u seeds, %.1f to %.1f s and %.1f to %.1f s", TOY_SEEDS,
              seconds[0][0], seconds[0][TOY_SEEDS - 1], seconds[1][0],
              seconds[1][TOY_SEEDS - 1]);
}

/* ── Coverage ────────────────────────────────────────────────────────────────── */

static void
bench_coverage (const char *id, OdlFamily family)
{
  static const char *const places[] = { "between", "in gaps", "beyond" };
  OdlLatentShape shape;
  double *theta;
  if (!odl_shipped_weights (id, &shape, &theta))
    return;
  g_autoptr (OdlLatent) model = odl_latent_new (&shape, NULL);
  for (guint refined = 0; refined < 2; refined++) {
    const Coverage c = coverage_measure (model, theta, family, N_COVERAGE, refined);
    for (guint place = 0; place < COVERAGE_N_PLACES; place++) {
      g_autofree char *name
          = g_strdup_printf ("%s on %s, %s, %s", id, odl_family_info (family)->id,
                             refined ? "refined" : "amortised", places[place]);
      bench_row (name, 100 * c.held[place], "%", BENCH_AT_LEAST, 90);
    }
    bench_note ("MSE %.4f, %.4f, %.4f", c.mse[0], c.mse[1], c.mse[2]);
  }
  g_aligned_free (theta);
}

int
main (void)
{
  bench_title ("Latent: 30 observations, 161 times; 64 samples, then 128");
  bench_canvas ("mixed");
  bench_canvas ("damped");
  bench_title ("Latent: training");
  bench_training ("mixed");
  bench_training ("periodic");
  bench_training ("decay");
  bench_title ("Latent: the published periodic task (reference: 134 s to 0.05)");
  bench_toy ();
  bench_title ("Latent: what 95 % bands hold of fresh points (at most 98)");
  for (guint family = 0; family < ODL_N_FAMILIES; family++) {
    bench_coverage (odl_family_info (family)->id, family);
    if (odl_family_info (family)->channels == 1)
      bench_coverage ("mixed", family);
  }
  return 0;
}
