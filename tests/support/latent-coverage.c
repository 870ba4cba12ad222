/* Coverage of a latent model's bands. SPDX-License-Identifier: MIT */
#include "support/latent-coverage.h"

#include <math.h>

#define N_MOST   40
#define N_HELD   30 /* a third of them at each place */
#define CHANNELS 2
#define WINDOW   4 /* steps that a bound is averaged over */

typedef struct {
  OdlFamilyDraw draw;
  double gap_low, gap_high;
  guint n, channels;
  double t[N_MOST], y[N_MOST * CHANNELS];
} Fresh;

static double
time_outside_gap (const Fresh *fresh, OdlRandom *random)
{
  double free = 1 - (fresh->gap_high - fresh->gap_low);
  double t = free * odl_random_uniform (random);
  return t < fresh->gap_low ? t : t + fresh->gap_high - fresh->gap_low;
}

/* A noisy observation in inner values. */
static void
observe (const Fresh *fresh, double t, OdlRandom *random, double *y)
{
  const OdlFamilyInfo *info = odl_family_info (fresh->draw.family);
  odl_family_at (&fresh->draw, t * info->span, y);
  for (guint c = 0; c < fresh->channels; c++) {
    y[c] += info->sigma * odl_random_normal (random);
    y[c] = (y[c] - info->offset) / info->scale;
  }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void
draw_fresh (Fresh *fresh, OdlFamily family, OdlRandom *random)
{
  double size = 0.1 + 0.2 * odl_random_uniform (random);
  fresh->draw = odl_family_draw (family, random);
  fresh->channels = odl_family_info (family)->channels;
  fresh->gap_low = (1 - size) * odl_random_uniform (random);
  fresh->gap_high = fresh->gap_low + size;
  fresh->n = 12 + (guint)odl_random_below (random, N_MOST - 11);
  for (guint i = 0; i < fresh->n; i++)
    fresh->t[i] = time_outside_gap (fresh, random);
  qsort (fresh->t, fresh->n, sizeof (double), compare);
  for (guint i = 0; i < fresh->n; i++)
    observe (fresh, fresh->t[i], random, fresh->y + i * fresh->channels);
}

static void
refine (OdlLatentPosterior *posterior, const double *theta, Coverage *coverage, guint n)
{
  double bound[512], gain = 0;
  guint steps = 0;
  for (; !odl_latent_posterior_refined (posterior); steps++) {
    g_assert_cmpuint (steps, <, G_N_ELEMENTS (bound));
    bound[steps] = odl_latent_posterior_refine (posterior, theta);
  }
  while (!odl_latent_posterior_settled (posterior))
    odl_latent_posterior_walk (posterior, theta);
  for (guint i = 0; i < WINDOW && steps >= 2 * WINDOW; i++)
    gain += (bound[steps - 1 - i] - bound[i]) / WINDOW;
  coverage->steps += (double)steps / n;
  coverage->gain += gain / n;
  coverage->most_steps = MAX (coverage->most_steps, steps);
}

static void
judge (OdlLatentPosterior *posterior, const double *theta, const Fresh *fresh,
       OdlRandom *random, Coverage *coverage)
{
  double t[N_HELD], y[CHANNELS], mean[N_HELD * CHANNELS],
      level[ODL_LATENT_N_LEVELS][N_HELD * CHANNELS];
  const guint k = fresh->channels;
  for (guint i = 0; i < N_HELD; i++) {
    double u = odl_random_uniform (random);
    t[i] = i % COVERAGE_N_PLACES == COVERAGE_BEYOND ? 1 + 0.5 * u
           : i % COVERAGE_N_PLACES == COVERAGE_GAP
               ? fresh->gap_low + (fresh->gap_high - fresh->gap_low) * u
               : time_outside_gap (fresh, random);
  }
  const OdlLatentBands bands
      = { N_HELD, t, mean, { level[0], level[1], level[2], level[3] } };
  odl_latent_posterior_predict (posterior, theta, &bands);
  for (guint i = 0; i < N_HELD; i++) {
    observe (fresh, t[i], random, y);
    for (guint c = 0; c < k; c++) {
      const guint at = i * k + c, place = i % COVERAGE_N_PLACES;
      coverage->held[place] += y[c] >= level[0][at] && y[c] <= level[3][at];
      coverage->mse[place] += (y[c] - mean[at]) * (y[c] - mean[at]);
    }
  }
}

Coverage
coverage_measure (const OdlLatent *model, const double *theta, OdlFamily family,
                  guint n, gboolean refined)
{
  const OdlLatentPosteriorOptions options = { .samples = 128,
                                              .max_points = N_MOST,
                                              .max_encoded = N_MOST,
                                              .horizon = 1.5,
                                              .seed = 1 };
  g_autoptr (OdlLatentPosterior) posterior = odl_latent_posterior_new (model, &options);
  Coverage coverage = { 0 };
  Fresh fresh;
  for (guint i = 0; i < n; i++) {
    OdlRandom random = odl_random (77, 1000 + i);
    draw_fresh (&fresh, family, &random);
    const OdlLatentExample example = { fresh.n, fresh.t, fresh.y, NULL };
    odl_latent_posterior_observe (posterior, theta, &example);
    if (refined)
      refine (posterior, theta, &coverage, n);
    odl_latent_posterior_sample (posterior, theta, 1.5);
    judge (posterior, theta, &fresh, &random, &coverage);
  }
  const double each = (double)n * fresh.channels * N_HELD / COVERAGE_N_PLACES;
  for (guint place = 0; place < COVERAGE_N_PLACES; place++) {
    coverage.held[place] /= each;
    coverage.mse[place] /= each;
  }
  return coverage;
}
