/* The posterior of one series.
 * SPDX-License-Identifier: MIT
 *
 * The encoder's Gaussian is there at once (amortised); steps of Adam on the bound of
 * this one series then bring it nearer to the true posterior (semi-amortised: Kim and
 * others 2018), and a walk (latent-posterior-walk.c) turns samples of it into samples
 * of the posterior itself. The noise behind the samples is fixed by the seed, so the
 * same series gives the same bits. */
#include "model/latent-posterior-state.h"

#include <math.h>
#include <string.h>

#define WIDTH ODL_LATENT_WIDTH
#define RATE  0.1
#define SLOW  80 /* steps after which the rate is halved */

static double *
rows (gsize n)
{
  return g_aligned_alloc0 ((n + 8) & ~(gsize)7, sizeof (double), 64);
}

OdlLatentPosterior *
odl_latent_posterior_new (const OdlLatent *model,
                          const OdlLatentPosteriorOptions *options)
{
  g_return_val_if_fail (model != NULL && options != NULL, NULL);
  g_return_val_if_fail (options->samples > 0 && options->samples % WIDTH == 0, NULL);
  const gsize d = model->shape.latent, s = options->samples, c = model->shape.channels;
  OdlLatentPosterior *self = g_new0 (OdlLatentPosterior, 1);
  self->model = model;
  self->options = *options;
  self->n_paths = options->samples / WIDTH;
  self->encoder = odl_latent_encoder_new (model, 8, options->max_encoded + 1);
  self->paths = g_new0 (OdlLatentPath *, self->n_paths);
  guint steps = MAX (1, (guint)ceil (options->horizon * model->shape.steps));
  for (guint i = 0; i < self->n_paths; i++)
    self->paths[i] = odl_latent_path_new (model, WIDTH, steps);
  self->t = g_new0 (double, options->max_points + 1);
  self->y = g_new0 (double, options->max_points *c + 1);
  self->event_t = g_new0 (double, options->max_encoded + 1);
  self->event_h = g_new0 (double, (options->max_encoded + 1) * model->shape.hidden);
  self->mean0 = g_new0 (double, 8 * d);
  self->deviation0 = self->mean0 + d;
  self->mean = self->deviation0 + d;
  self->deviation = self->mean + d;
  self->moment = self->deviation + d;
  self->square = self->moment + 2 * d;
  self->eps = g_new0 (double, s *d);
  self->log_weight = g_new0 (double, s);
  self->weight = g_new0 (double, s);
  self->order = g_new0 (guint, s);
  self->misfit = g_new0 (double, 3 * s);
  self->volume = self->misfit + s;
  self->base = self->volume + s;
  self->noise = 1;
  self->recent = g_new0 (double, self->n_paths);
  self->score = rows (WIDTH);
  self->point = rows ((3 + 2 * c) * WIDTH);
  self->tile = rows (4 * d * WIDTH);
  self->row = rows (2 * c * s);
  OdlRandom random = odl_random (options->seed, 0);
  for (gsize i = 0; i < s * d; i++)
    self->eps[i] = odl_random_normal (&random);
  odl_normal_table_fill (&self->normal);
  odl_latent_walk_init (self);
  return self;
}

void
odl_latent_posterior_free (OdlLatentPosterior *self)
{
  if (self == NULL)
    return;
  odl_latent_encoder_free (self->encoder);
  for (guint i = 0; i < self->n_paths; i++)
    odl_latent_path_free (self->paths[i]);
  g_free (self->paths);
  odl_latent_walk_clear (self);
  g_free (self->t);
  g_free (self->y);
  g_free (self->event_t);
  g_free (self->event_h);
  g_free (self->mean0);
  g_free (self->eps);
  g_free (self->log_weight);
  g_free (self->weight);
  g_free (self->recent);
  g_free (self->order);
  g_free (self->misfit);
  g_aligned_free (self->score);
  g_aligned_free (self->point);
  g_aligned_free (self->tile);
  g_aligned_free (self->row);
  g_free (self);
}

/* ── Observing ───────────────────────────────────────────────────────────────── */

/* The encoder's events: all points, or so many evenly picked ones. */
static void
encode (OdlLatentPosterior *self, const double *theta)
{
  const gsize hidden = self->model->shape.hidden,
              channels = self->model->shape.channels;
  const guint n = MIN (self->n, self->options.max_encoded);
  double t[n + 1], y[(n + 1) * channels];
  for (gsize i = 0; i < n; i++) {
    gsize from = n < self->n ? (gsize)((guint64)i * (self->n - 1) / (n - 1)) : i;
    t[i] = self->t[from];
    memcpy (y + i * channels, self->y + from * channels, channels * sizeof (double));
  }
  const OdlLatentExample example = { n, t, y, NULL };
  odl_latent_events_clear (self->model, self->encoder);
  for (guint lane = 0; lane < self->encoder->width; lane++)
    odl_latent_events_put (self->model, self->encoder, lane, &example, FALSE);
  odl_latent_encode (self->model, theta, self->encoder);
  self->n_events = n + 1;
  for (gsize e = 0; e <= n; e++) {
    self->event_t[e] = e < n ? t[n - 1 - e] : 0;
    for (gsize i = 0; i < hidden; i++)
      self->event_h[e * hidden + i]
          = self->encoder->h[((e + 1) * hidden + i) * self->encoder->width];
  }
}

void
odl_latent_posterior_observe (OdlLatentPosterior *self, const double *theta,
                              const OdlLatentExample *series)
{
  g_return_if_fail (self != NULL && theta != NULL && series != NULL);
  g_return_if_fail (series->n <= self->options.max_points);
  const gsize d = self->model->shape.latent, channels = self->model->shape.channels;
  self->n = series->n;
  if (self->n > 0) {
    memcpy (self->t, series->t, self->n * sizeof (double));
    memcpy (self->y, series->y, self->n * channels * sizeof (double));
  }
  memset (self->mean0, 0, 8 * d * sizeof (double));
  self->n_events = 0;
  if (self->n > 0) {
    encode (self, theta);
    for (gsize i = 0; i < d; i++) {
      self->mean0[i] = self->mean[i] = self->encoder->mean[i * self->encoder->width];
      self->deviation0[i] = self->deviation[i]
          = self->encoder->deviation[i * self->encoder->width];
    }
  }
  self->iteration = self->stale = 0;
  self->walk.rounds = self->walk.path = 0;
  self->bound = self->best = -INFINITY;
}

/* ── Paths and scores ────────────────────────────────────────────────────────── */

/* z0 of the lanes of one path from a Gaussian. */
void
odl_latent_posterior_start (OdlLatentPosterior *self, OdlLatentPath *path,
                            const double *eps, const double *mean,
                            const double *deviation)
{
  for (gsize i = 0; i < self->model->shape.latent; i++)
    for (gsize lane = 0; lane < WIDTH; lane++)
      path->z[i * WIDTH + lane]
          = mean[i] + exp (deviation[i]) * eps[lane * self->model->shape.latent + i];
}

guint
odl_latent_posterior_steps (const OdlLatentPosterior *self, double t)
{
  guint n = (guint)ceil (fmin (t, self->options.horizon) * self->model->shape.steps);
  return CLAMP (n, 1, self->paths[0]->capacity);
}

void
odl_latent_posterior_score (OdlLatentPosterior *self, const double *theta,
                            OdlLatentPath *path, const double *weight, double *total)
{
  const gsize channels = self->model->shape.channels;
  double *place = self->point, *y = place + WIDTH, *mask = y + channels * WIDTH;
  double *trust = mask + channels * WIDTH;
  for (gsize lane = 0; lane < WIDTH; lane++)
    trust[lane] = 1;
  if (total != NULL)
    memset (total, 0, WIDTH * sizeof (double));
  for (gsize i = 0; i < self->n; i++) {
    double at;
    guint step = odl_latent_locate (self->model, path->n, self->t[i], &at);
    for (gsize lane = 0; lane < WIDTH; lane++)
      place[lane] = at;
    for (gsize c = 0; c < channels; c++) {
      double value = self->y[i * channels + c];
      for (gsize lane = 0; lane < WIDTH; lane++) {
        y[c * WIDTH + lane] = isnan (value) ? 0 : value;
        mask[c * WIDTH + lane] = isnan (value) ? 0 : 1;
      }
    }
    const OdlLatentPoint point = { &step, TRUE, place, y, mask, trust, weight };
    odl_latent_score (self->model, theta, path, &point, total ? self->score : NULL,
                      NULL);
    for (gsize lane = 0; total != NULL && lane < WIDTH; lane++)
      total[lane] += self->score[lane];
  }
}

/* ── Refining ────────────────────────────────────────────────────────────────── */

static void
adam (OdlLatentPosterior *self, double *x, guint at, double gradient, double rate)
{
  double *m = &self->moment[at], *v = &self->square[at];
  *m = 0.9 * *m + 0.1 * gradient;
  *v = 0.99 * *v + 0.01 * gradient * gradient;
  const double t = self->iteration + 1;
  const double first = *m / (1 - pow (0.9, t)), second = *v / (1 - pow (0.99, t));
  *x -= rate * first / (sqrt (second) + 1e-8);
}

/* The mean score over the lanes, and its gradient by mean and log deviation. */
static double
score_gradient (OdlLatentPosterior *self, const double *theta, double *dmean,
                double *ddeviation)
{
  double weight[WIDTH] __attribute__ ((aligned (64))), total[WIDTH], sum = 0;
  const gsize d = self->model->shape.latent;
  OdlLatentPath *path = self->paths[self->iteration % self->n_paths];
  const double *eps = self->eps + (self->iteration % self->n_paths) * WIDTH * d;
  for (gsize lane = 0; lane < WIDTH; lane++)
    weight[lane] = 1.0 / WIDTH;
  odl_latent_posterior_start (self, path, eps, self->mean, self->deviation);
  odl_latent_flow (self->model, theta, path,
                   odl_latent_posterior_steps (self, self->t[self->n - 1]));
  odl_latent_posterior_score (self, theta, path, weight, total);
  odl_latent_flow_back (self->model, theta, path, NULL);
  for (gsize i = 0; i < d; i++) {
    dmean[i] = ddeviation[i] = 0;
    for (gsize lane = 0; lane < WIDTH; lane++) {
      double dz = path->dz[i * WIDTH + lane];
      dmean[i] += dz;
      ddeviation[i] += dz * exp (self->deviation[i]) * eps[lane * d + i];
    }
  }
  for (gsize lane = 0; lane < WIDTH; lane++)
    sum += total[lane] / WIDTH;
  return sum;
}

/* Each path has noise of its own, so bounds are compared by the mean of a round. */
static double
mean_bound (const OdlLatentPosterior *self)
{
  const guint n = MIN (self->iteration, self->n_paths);
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += self->recent[i];
  return sum / n;
}

double
odl_latent_posterior_refine (OdlLatentPosterior *self, const double *theta)
{
  g_return_val_if_fail (self != NULL && theta != NULL, NAN);
  if (self->n == 0)
    return NAN;
  const guint d = self->model->shape.latent;
  double dmean[d], ddeviation[d], divergence = 0;
  double bound = -score_gradient (self, theta, dmean, ddeviation);
  const double rate = RATE / (1 + self->iteration / (double)SLOW);
  for (guint i = 0; i < d; i++) {
    double variance = exp (2 * self->deviation[i]);
    divergence
        += 0.5 * (variance + self->mean[i] * self->mean[i] - 1) - self->deviation[i];
    adam (self, &self->mean[i], i, dmean[i] + self->mean[i], rate);
    adam (self, &self->deviation[i], d + i, ddeviation[i] + variance - 1, rate);
    self->deviation[i] = CLAMP (self->deviation[i], -7, 1);
  }
  self->bound = bound - divergence;
  self->recent[self->iteration % self->n_paths] = self->bound;
  self->iteration++;
  self->stale = self->bound > self->best + 0.05 ? 0 : self->stale + 1;
  self->best = fmax (self->best, self->bound);
  return mean_bound (self);
}

guint
odl_latent_posterior_iteration (const OdlLatentPosterior *self)
{
  return self->iteration;
}

gboolean
odl_latent_posterior_refined (const OdlLatentPosterior *self)
{
  return self->n == 0 || self->iteration >= ODL_LATENT_MAX_STEPS || self->stale >= 20;
}

const double *
odl_latent_posterior_mean (const OdlLatentPosterior *self)
{
  return self->mean;
}

const double *
odl_latent_posterior_deviation (const OdlLatentPosterior *self)
{
  return self->deviation;
}

guint
odl_latent_posterior_states (const OdlLatentPosterior *self, const double **t,
                             const double **h)
{
  *t = self->event_t;
  *h = self->event_h;
  return self->n_events;
}
