/* Samples of a posterior: their weights, the bands and the curves.
 * SPDX-License-Identifier: MIT
 *
 * Bands come from samples of the encoder's Gaussian and of the refined one, half and
 * half, each weighted by prior × likelihood over the density of that mixture
 * (importance sampling; the broad half keeps the weights bounded). The decoder's
 * variance is that of training, where it also answers for what the encoder misses; a
 * series of its own may be clearer or noisier, and its factor on the variances is found
 * by expectation and maximisation over the weighted samples (Dempster, Laird, Rubin
 * 1977). Weights that rest on too few samples are tempered: raised to the largest power
 * ≤ 1 that leaves enough of them effective, which errs on the wide side. All this holds
 * until the walk begins: walkers have equal weights, and a noise each. */
#include "model/latent-posterior-state.h"

#include <math.h>
#include <string.h>

#define WIDTH  ODL_LATENT_WIDTH
#define ROUNDS 12
#define NEAR   0.06 /* inner time within which points speak for the noise */

/* ── Sampling ────────────────────────────────────────────────────────────────── */

/* log N (z; mean, deviation) of a lane, without the constant. */
static double
log_density (const OdlLatentPath *path, gsize lane, guint d, const double *mean,
             const double *deviation)
{
  double sum = 0;
  for (guint i = 0; i < d; i++) {
    double x = (path->z[i * WIDTH + lane] - mean[i]) * exp (-deviation[i]);
    sum -= 0.5 * x * x + deviation[i];
  }
  return sum;
}

static double
log_prior (const OdlLatentPath *path, gsize lane, guint d)
{
  double sum = 0;
  for (guint i = 0; i < d; i++)
    sum -= 0.5 * path->z[i * WIDTH + lane] * path->z[i * WIDTH + lane];
  return sum;
}

static double
log_half_sum (double a, double b)
{
  double top = fmax (a, b);
  return top + log (0.5 * (exp (a - top) + exp (b - top)));
}

double
odl_latent_posterior_weigh (OdlLatentPosterior *self, double power)
{
  const guint s = self->options.samples;
  double top = -INFINITY, sum = 0, squares = 0;
  for (guint i = 0; i < s; i++)
    top = fmax (top, self->log_weight[i]);
  for (guint i = 0; i < s; i++) {
    self->weight[i] = exp (power * (self->log_weight[i] - top));
    sum += self->weight[i];
  }
  for (guint i = 0; i < s; i++) {
    self->weight[i] /= sum;
    squares += self->weight[i] * self->weight[i];
  }
  return 1 / squares;
}

/* The raw weights where the decoder's variances are taken times `noise`. */
static void
suppose (OdlLatentPosterior *self, double noise)
{
  for (guint i = 0; i < self->options.samples; i++) {
    double raw = self->base[i] - 0.5 * (self->misfit[i] / noise + self->volume[i]);
    self->log_weight[i] = isfinite (raw) ? raw : -1e300;
  }
}

/* The noise of a series of n values, beside which THOUGHT more are as the model thinks.
 */
static void
listen (OdlLatentPosterior *self, guint n)
{
  self->noise = 1;
  suppose (self, 1);
  for (guint round = 0; n > 0 && round < ROUNDS; round++) {
    double misfit = 0;
    odl_latent_posterior_weigh (self, 1);
    for (guint i = 0; i < self->options.samples; i++)
      misfit += self->weight[i] > 0 ? self->weight[i] * self->misfit[i] : 0;
    double noise = (misfit + ODL_LATENT_THOUGHT) / (n + ODL_LATENT_THOUGHT);
    if (!isfinite (noise))
      break;
    self->noise = noise;
    suppose (self, noise);
  }
}

static void
temper (OdlLatentPosterior *self)
{
  const double enough = self->options.samples / 8.0;
  double low = 0, high = 1;
  self->effective = odl_latent_posterior_weigh (self, 1);
  if (self->effective >= enough)
    return;
  for (guint i = 0; i < 20; i++) {
    double middle = (low + high) / 2;
    if (odl_latent_posterior_weigh (self, middle) >= enough)
      low = middle;
    else
      high = middle;
  }
  odl_latent_posterior_weigh (self, low);
}

static int
compare_weights (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *weight = data, x = weight[*(const guint *)a],
               y = weight[*(const guint *)b];
  return x > y ? -1 : x < y ? 1 : 0;
}

guint
odl_latent_posterior_measure (OdlLatentPosterior *self, const double *theta, guint p)
{
  const gsize channels = self->model->shape.channels;
  double *place = self->point, *mean = place + WIDTH;
  double *variance = mean + channels * WIDTH, at;
  double *misfit = self->misfit + p * WIDTH, *volume = self->volume + p * WIDTH;
  guint n = 0;
  memset (misfit, 0, WIDTH * sizeof (double));
  memset (volume, 0, WIDTH * sizeof (double));
  for (gsize i = 0; i < self->n; i++) {
    guint step = odl_latent_locate (self->model, self->paths[p]->n, self->t[i], &at);
    for (gsize lane = 0; lane < WIDTH; lane++)
      place[lane] = at;
    odl_latent_decode (self->model, theta, self->paths[p], step, place, mean, variance);
    for (gsize c = 0; c < channels; c++) {
      const double y = self->y[i * channels + c];
      if (isnan (y))
        continue;
      n++;
      for (gsize lane = 0; lane < WIDTH; lane++) {
        double r = y - mean[c * WIDTH + lane], v = variance[c * WIDTH + lane];
        misfit[lane] += r * r * exp (-v);
        volume[lane] += v;
      }
    }
  }
  return n;
}

void
odl_latent_posterior_sample (OdlLatentPosterior *self, const double *theta,
                             double horizon)
{
  g_return_if_fail (self != NULL && theta != NULL);
  if (self->walk.rounds > 0) {
    odl_latent_walk_sample (self, theta, horizon);
    return;
  }
  const guint d = self->model->shape.latent;
  double last = self->n > 0 ? self->t[self->n - 1] : 0;
  guint values = 0;
  const guint n = odl_latent_posterior_steps (self, fmax (horizon, last));
  for (guint p = 0; p < self->n_paths; p++) {
    OdlLatentPath *path = self->paths[p];
    gboolean broad = p % 2 == 1 || self->iteration == 0;
    odl_latent_posterior_start (self, path, self->eps + (gsize)p * WIDTH * d,
                                broad ? self->mean0 : self->mean,
                                broad ? self->deviation0 : self->deviation);
    odl_latent_flow (self->model, theta, path, n);
    values = odl_latent_posterior_measure (self, theta, p);
    for (gsize lane = 0; lane < WIDTH; lane++) {
      double q
          = log_half_sum (log_density (path, lane, d, self->mean0, self->deviation0),
                          log_density (path, lane, d, self->mean, self->deviation));
      self->base[p * WIDTH + lane] = self->n > 0 ? log_prior (path, lane, d) - q : 0;
    }
  }
  listen (self, values);
  temper (self);
  for (guint i = 0; i < self->options.samples; i++)
    self->order[i] = i;
  g_qsort_with_data (self->order, (int)self->options.samples, sizeof (guint),
                     compare_weights, self->weight);
}

double
odl_latent_posterior_noise (const OdlLatentPosterior *self)
{
  return self->noise;
}

double
odl_latent_posterior_effective (const OdlLatentPosterior *self)
{
  return self->effective;
}

/* ── Predicting ──────────────────────────────────────────────────────────────── */

/* The factor on the variances at a time while samples are weighted. That a series is
 * clearer than the model thinks is known at its points; away from them the decoder's
 * variance answers for what the model misses as well, and keeps most of its say. */
static double
noise_at (const OdlLatentPosterior *self, double t)
{
  double distance = INFINITY;
  for (guint i = 0; i < self->n; i++)
    distance = fmin (distance, fabs (t - self->t[i]));
  if (!(self->noise < 1))
    return self->noise;
  return pow (self->noise, 0.4 + 0.6 * exp (-distance / NEAR));
}

/* All samples' decoded mean and log-variance at a time: row, channels × samples each.
 */
static void
decode_all (OdlLatentPosterior *self, const double *theta, double t)
{
  const gsize channels = self->model->shape.channels, s = self->options.samples;
  double *place = self->point, *mean = place + WIDTH,
         *variance = mean + channels * WIDTH;
  for (guint p = 0; p < self->n_paths; p++) {
    double at;
    guint step = odl_latent_locate (self->model, self->paths[p]->n, t, &at);
    for (gsize lane = 0; lane < WIDTH; lane++)
      place[lane] = at;
    odl_latent_decode (self->model, theta, self->paths[p], step, place, mean, variance);
    for (gsize c = 0; c < channels; c++) {
      memcpy (self->row + c * s + p * WIDTH, mean + c * WIDTH, WIDTH * sizeof (double));
      memcpy (self->row + (channels + c) * s + p * WIDTH, variance + c * WIDTH,
              WIDTH * sizeof (double));
    }
  }
}

static void
summarise (OdlLatentPosterior *self, gsize channel, gsize at,
           const OdlLatentBands *bands)
{
  static const double levels[ODL_LATENT_N_LEVELS] = { 0.025, 0.25, 0.75, 0.975 };
  const gsize channels = self->model->shape.channels, s = self->options.samples;
  double *mean = self->row + channel * s,
         *precision = self->row + (channels + channel) * s;
  double quantiles[ODL_LATENT_N_LEVELS], sum = 0;
  const double common = noise_at (self, bands->t[at / channels]);
  for (gsize i = 0; i < s; i++) {
    const double noise = self->walk.rounds > 0 ? self->walk.here.noise[i] : common;
    precision[i] = exp (-0.5 * precision[i]) / sqrt (noise);
    sum += self->weight[i] * mean[i];
  }
  const OdlMixture mixture = { (guint)s, self->weight, mean, precision };
  odl_mixture_quantiles (&mixture, &self->normal, levels, ODL_LATENT_N_LEVELS,
                         quantiles);
  bands->mean[at] = sum;
  for (guint i = 0; i < ODL_LATENT_N_LEVELS; i++)
    bands->level[i][at] = quantiles[i];
}

void
odl_latent_posterior_predict (OdlLatentPosterior *self, const double *theta,
                              const OdlLatentBands *bands)
{
  g_return_if_fail (self != NULL && theta != NULL && bands != NULL);
  const gsize channels = self->model->shape.channels;
  for (gsize i = 0; i < bands->n; i++) {
    decode_all (self, theta, bands->t[i]);
    for (gsize c = 0; c < channels; c++)
      summarise (self, c, i * channels + c, bands);
  }
}

/* States and slopes at the ends of the step that holds t, of the k heaviest samples: a
 * lane each. Fills the place in the step. */
static void
collect (OdlLatentPosterior *self, guint k, double t, double *place)
{
  const gsize d = self->model->shape.latent, row = d * WIDTH;
  const gsize step = odl_latent_locate (self->model, self->paths[0]->n, t, place);
  for (gsize lane = 0; lane < WIDTH; lane++) {
    const guint sample = self->order[MIN (lane, k - 1)];
    const OdlLatentPath *path = self->paths[sample / WIDTH];
    place[lane] = place[0];
    for (gsize i = 0; i < d; i++) {
      const gsize to = i * WIDTH + lane;
      const gsize from = step * row + i * WIDTH + sample % WIDTH;
      self->tile[to] = path->z[from];
      self->tile[row + to] = path->f[from];
      self->tile[2 * row + to] = path->z[from + row];
      self->tile[3 * row + to] = path->f[from + row];
    }
  }
}

/* z of a lane by the cubic that the decoder reads. */
static void
read_state (const OdlLatentPosterior *self, gsize lane, double s, double *z)
{
  const gsize d = self->model->shape.latent, row = d * WIDTH;
  const double h = 1.0 / self->model->shape.steps, r = 1 - s;
  for (gsize i = 0; i < d; i++) {
    const double *at = self->tile + i * WIDTH + lane;
    z[i] = at[0] + (at[2 * row] - at[0]) * s * s * (3 - 2 * s)
           + h * s * r * (r * at[row] - s * at[3 * row]);
  }
}

void
odl_latent_posterior_curves (OdlLatentPosterior *self, const double *theta,
                             const OdlLatentCurves *curves)
{
  g_return_if_fail (self != NULL && theta != NULL && curves != NULL);
  g_return_if_fail (curves->k > 0 && curves->k <= MIN (WIDTH, self->options.samples));
  const gsize channels = self->model->shape.channels, d = self->model->shape.latent;
  const gsize row = d * WIDTH, n = curves->n;
  double *place = self->point, *mean = place + WIDTH;
  double *outputs[] = { mean, mean + channels * WIDTH };
  for (gsize i = 0; i < n; i++) {
    collect (self, curves->k, curves->t[i], place);
    const double *inputs[] = { self->tile, self->tile + row, self->tile + 2 * row,
                               self->tile + 3 * row, place };
    odl_program_run (self->model->forward[ODL_LATENT_DECODE], WIDTH, theta, inputs,
                     outputs, NULL, self->paths[0]->scratch);
    for (gsize lane = 0; lane < curves->k; lane++) {
      for (gsize c = 0; c < channels; c++)
        curves->y[(lane * n + i) * channels + c] = mean[c * WIDTH + lane];
      if (curves->z != NULL)
        read_state (self, lane, place[lane], curves->z + (lane * n + i) * d);
    }
  }
}
