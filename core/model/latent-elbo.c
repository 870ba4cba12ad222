/* The evidence lower bound of a tile of series.
 * SPDX-License-Identifier: MIT
 *
 * Every part of the loss is a sum, so forward and backward passes meet in the middle: a
 * point is scored and its cotangent handed to the path in one visit; the path is then
 * gone through backwards, its answer goes through the sampling of z0 to the Gaussian,
 * the divergences add theirs, and the encoder ends the way. All derivatives are those
 * of the parts' graphs. */
#include "model/latent-elbo.h"

#include <math.h>
#include <string.h>

#define WIDTH ODL_LATENT_WIDTH

static gsize
round_up (gsize n)
{
  return (n + 7) & ~(gsize)7;
}

/* ── Filling ─────────────────────────────────────────────────────────────────── */

void
odl_latent_events_clear (const OdlLatent *model, OdlLatentEncoder *encoder)
{
  const gsize w = encoder->width, e = encoder->capacity;
  memset (encoder->events.gap, 0, e * w * sizeof (double));
  memset (encoder->events.live, 0, e * w * sizeof (double));
  memset (encoder->events.x, 0, e * model->n_x * w * sizeof (double));
  encoder->events.n = 1;
}

static gboolean
is_seen (const OdlLatentExample *example, guint i, gboolean only_seen)
{
  return !only_seen || example->seen == NULL || example->seen[i];
}

/* Event e of a lane takes in point i, `gap` before the one that came earlier. */
static void
put_event (const OdlLatent *model, OdlLatentEncoder *encoder, gsize e, guint lane,
           const OdlLatentExample *example, guint i, double gap)
{
  const guint channels = model->shape.channels;
  const gsize w = encoder->width;
  double *x = encoder->events.x + e * model->n_x * w + lane;
  encoder->events.gap[e * w + lane] = gap;
  encoder->events.live[e * w + lane] = 1;
  for (guint c = 0; c < channels; c++) {
    double y = example->y[(gsize)i * channels + c];
    x[c * w] = isnan (y) ? 0 : y;
    x[(channels + c) * w] = isnan (y) ? 0 : 1;
  }
  x[2 * channels * w] = example->t[i];
  x[(2 * channels + 1) * w] = gap;
}

void
odl_latent_events_put (const OdlLatent *model, OdlLatentEncoder *encoder, guint lane,
                       const OdlLatentExample *example, gboolean only_seen)
{
  g_return_if_fail (lane < encoder->width);
  gsize e = 0;
  double before = 0;
  for (guint i = example->n; i-- > 0;) {
    if (!is_seen (example, i, only_seen))
      continue;
    g_assert (e + 1 < encoder->capacity);
    put_event (model, encoder, e, lane, example, i,
               e == 0 ? 0 : before - example->t[i]);
    before = example->t[i];
    e++;
  }
  encoder->events.gap[e * encoder->width + lane] = before;
  encoder->events.n = MAX (encoder->events.n, (guint)e + 1);
}

OdlLatentTile *
odl_latent_tile_new (const OdlLatent *model, guint capacity, double longest)
{
  g_return_val_if_fail (model != NULL && capacity > 0 && longest > 0, NULL);
  const gsize w = WIDTH, n = capacity, channels = model->shape.channels,
              latent = model->shape.latent * w;
  OdlLatentTile *self = g_new0 (OdlLatentTile, 1);
  self->capacity = capacity;
  self->seen = odl_latent_encoder_new (model, WIDTH, capacity + 1);
  self->all = odl_latent_encoder_new (model, WIDTH, capacity + 1);
  self->path = odl_latent_path_new (
      model, WIDTH, MAX (1, (guint)ceil (longest * model->shape.steps)));
  self->step = g_new0 (guint, n * w);
  self->present = g_new0 (guint8, w);
  self->empty = g_new0 (guint8, w);
  double *p = self->slab = g_aligned_alloc0 (
      n * w * (1 + 2 * channels) + 4 * w + 4 * latent + round_up (model->n_theta),
      sizeof (double), 64);
  self->place = p, p += n * w;
  self->y = p, p += n * channels * w;
  self->mask = p, p += n * channels * w;
  self->weight = p, p += w;
  self->trust = p, p += w;
  self->kl = p, p += w;
  self->score = p, p += w;
  self->eps = p, p += latent;
  self->z_mean = p, p += latent;
  self->z_deviation = p, p += latent;
  self->zero = p, p += latent;
  self->gradient = p;
  return self;
}

void
odl_latent_tile_free (OdlLatentTile *tile)
{
  if (tile == NULL)
    return;
  odl_latent_encoder_free (tile->seen);
  odl_latent_encoder_free (tile->all);
  odl_latent_path_free (tile->path);
  g_free (tile->step);
  g_free (tile->present);
  g_free (tile->empty);
  g_aligned_free (tile->slab);
  g_free (tile);
}

void
odl_latent_tile_clear (const OdlLatent *model, OdlLatentTile *self)
{
  g_return_if_fail (model != NULL && self != NULL);
  const gsize n = (gsize)self->capacity * WIDTH, channels = model->shape.channels;
  odl_latent_events_clear (model, self->seen);
  odl_latent_events_clear (model, self->all);
  memset (self->step, 0, n * sizeof (guint));
  memset (self->place, 0, n * sizeof (double));
  memset (self->y, 0, n * channels * sizeof (double));
  memset (self->mask, 0, n * channels * sizeof (double));
  memset (self->present, 0, WIDTH);
  memset (self->empty, TRUE, WIDTH);
  self->n_points = self->total = 0;
  self->end = 0;
}

void
odl_latent_tile_put (const OdlLatent *model, OdlLatentTile *self, guint lane,
                     const OdlLatentExample *example)
{
  g_return_if_fail (model != NULL && self != NULL && example != NULL);
  g_return_if_fail (lane < WIDTH && example->n <= self->capacity);
  const gsize channels = model->shape.channels;
  for (gsize i = 0; i < example->n; i++) {
    const gsize at = i * WIDTH + lane;
    self->step[at] = odl_latent_locate (model, self->path->capacity, example->t[i],
                                        &self->place[at]);
    for (gsize c = 0; c < channels; c++) {
      double y = example->y[i * channels + c];
      gboolean there = !isnan (y);
      self->y[(i * channels + c) * WIDTH + lane] = there ? y : 0;
      self->mask[(i * channels + c) * WIDTH + lane] = there;
      self->total += there;
    }
    self->end = fmax (self->end, example->t[i]);
    if (example->seen == NULL || example->seen[i])
      self->empty[lane] = FALSE;
  }
  self->n_points = MAX (self->n_points, example->n);
  self->present[lane] = TRUE;
  odl_latent_events_put (model, self->seen, lane, example, TRUE);
  odl_latent_events_put (model, self->all, lane, example, FALSE);
}

/* ── Running ─────────────────────────────────────────────────────────────────── */

/* The points of all lanes against the path; its cotangents are collected. */
static double
score_points (const OdlLatent *model, const double *theta, OdlLatentTile *self,
              const double *weight)
{
  const gsize channels = model->shape.channels;
  double sum = 0;
  for (gsize i = 0; i < self->n_points; i++) {
    const OdlLatentPoint point = {
      .step = self->step + i * WIDTH,
      .place = self->place + i * WIDTH,
      .y = self->y + i * channels * WIDTH,
      .mask = self->mask + i * channels * WIDTH,
      .trust = self->trust,
      .weight = weight,
    };
    odl_latent_score (model, theta, self->path, &point, self->score, self->gradient);
    for (guint lane = 0; lane < WIDTH; lane++)
      sum += weight[lane] * self->score[lane];
  }
  return sum;
}

/* One sample of z0: its path, its points, and what they ask of the Gaussian. */
static double
explain (const OdlLatent *model, const double *theta, OdlLatentTile *self,
         OdlLatentEncoder *q, OdlRandom *random)
{
  const gsize latent = (gsize)model->shape.latent * WIDTH;
  OdlLatentPath *path = self->path;
  for (gsize i = 0; i < latent; i++)
    self->eps[i] = odl_random_normal (random);
  const double *inputs[] = { q->mean, q->deviation, self->eps };
  double *outputs[] = { path->z };
  odl_program_run (model->forward[ODL_LATENT_SAMPLE], WIDTH, theta, inputs, outputs,
                   NULL, path->scratch);
  guint n = MAX (1, (guint)ceil (self->end * model->shape.steps));
  odl_latent_flow (model, theta, path, MIN (n, path->capacity));
  double nll = score_points (model, theta, self, self->weight);
  odl_latent_flow_back (model, theta, path, self->gradient);
  const double *back[] = { q->mean, q->deviation, self->eps, path->dz };
  double *to[] = { self->z_mean, self->z_deviation, NULL };
  odl_program_run (model->reverse[ODL_LATENT_SAMPLE], WIDTH, theta, back, to, NULL,
                   path->scratch);
  for (gsize i = 0; i < latent; i++) {
    q->dmean[i] += self->z_mean[i];
    q->ddeviation[i] += self->z_deviation[i];
  }
  return nll;
}

/* weight · KL (q ‖ other), other NULL: the prior. Adds the cotangents. */
static double
diverge (const OdlLatent *model, OdlLatentTile *self, OdlLatentEncoder *q,
         OdlLatentEncoder *other, const double *weight)
{
  const gsize latent = (gsize)model->shape.latent * WIDTH;
  double *spare[] = { self->z_mean, self->z_deviation, self->eps, self->path->spare };
  const double *inputs[] = { q->mean, q->deviation, other ? other->mean : self->zero,
                             other ? other->deviation : self->zero, weight };
  double *outputs[] = { self->kl }, sum = 0;
  odl_program_run (model->forward[ODL_LATENT_KL], WIDTH, NULL, inputs, outputs, NULL,
                   self->path->scratch);
  odl_program_run (model->reverse[ODL_LATENT_KL], WIDTH, NULL, inputs, spare, NULL,
                   self->path->scratch);
  for (gsize i = 0; i < latent; i++) {
    q->dmean[i] += spare[0][i];
    q->ddeviation[i] += spare[1][i];
    if (other != NULL) {
      other->dmean[i] += spare[2][i];
      other->ddeviation[i] += spare[3][i];
    }
  }
  for (guint lane = 0; lane < WIDTH; lane++)
    sum += weight[lane] * self->kl[lane];
  return sum;
}

static void
set_weights (OdlLatentTile *self, double weight)
{
  for (guint lane = 0; lane < WIDTH; lane++)
    self->weight[lane] = self->present[lane] ? weight : 0;
}

/* Half the divergence from the prior, half that from what the context tells; where the
 * context is empty the prior is all there is. */
static double
diverge_from_both (const OdlLatent *model, OdlLatentTile *self, double weight)
{
  double from_prior[WIDTH] __attribute__ ((aligned (64)));
  double from_context[WIDTH] __attribute__ ((aligned (64)));
  for (guint lane = 0; lane < WIDTH; lane++) {
    double all = self->present[lane] ? weight : 0;
    from_context[lane] = self->empty[lane] ? 0 : all / 2;
    from_prior[lane] = all - from_context[lane];
  }
  return diverge (model, self, self->all, NULL, from_prior)
         + diverge (model, self, self->all, self->seen, from_context);
}

void
odl_latent_tile_run (const OdlLatent *model, const double *theta, OdlLatentTile *self,
                     const OdlLatentObjective *objective, OdlRandom *random)
{
  g_return_if_fail (model != NULL && theta != NULL && self != NULL);
  g_return_if_fail (objective != NULL && objective->samples > 0 && random != NULL);
  const gboolean both = objective->bound == ODL_LATENT_BOUND_CONDITIONAL;
  OdlLatentEncoder *q = both ? self->all : self->seen;
  memset (self->gradient, 0, model->n_theta * sizeof (double));
  odl_latent_encode (model, theta, self->seen);
  if (both)
    odl_latent_encode (model, theta, self->all);
  set_weights (self, objective->scale / objective->samples);
  for (guint lane = 0; lane < WIDTH; lane++)
    self->trust[lane] = objective->trust;
  self->nll = 0;
  for (guint k = 0; k < objective->samples; k++)
    self->nll += explain (model, theta, self, q, random);
  const double weight = objective->scale * objective->beta;
  if (both) {
    self->divergence = diverge_from_both (model, self, weight);
  } else {
    set_weights (self, weight);
    self->divergence = diverge (model, self, q, NULL, self->weight);
  }
  self->loss = self->nll + self->divergence;
  odl_latent_encode_back (model, theta, self->seen, self->gradient);
  if (both)
    odl_latent_encode_back (model, theta, self->all, self->gradient);
}
