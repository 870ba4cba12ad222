/* The walk to the posterior of one series. SPDX-License-Identifier: MIT
 *
 * A Gaussian q with independent components is too narrow wherever the posterior is not
 * one: along valleys, and between several answers to a gap. Sequential Monte Carlo (Del
 * Moral, Doucet, Jasra 2006) goes on from its weighted samples: the likelihood is
 * raised to a power that grows to 1, walkers are drawn anew by their weights at every
 * growth, and are moved by Langevin steps that are accepted or not (MALA: Roberts and
 * Tweedie 1996), in coordinates of the covariance of the other paths' walkers. A series
 * may be clearer or noisier than the model thinks: each walker carries a factor on the
 * variances, drawn from what its misfit says beside ODL_LATENT_THOUGHT values that
 * speak for 1 (Gibbs). All random numbers are of one stream, so the same series gives
 * the same bits. */
#include "model/latent-posterior-state.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

#define WIDTH  ODL_LATENT_WIDTH
#define FIRST  0.3 /* of the samples must be worth something at the first power, */
#define ENOUGH 0.5 /* and at the next one */
#define MOVES  3   /* rounds at a power */
#define GROWTH 0.6 /* of all rounds: the power is 1 from there */
#define ACCEPTED                                                                       \
  0.57 /* of the steps: best for many dimensions (Roberts, Rosenthal 1998) */
#define LEAST 1e-4 /* variance of the others in any direction */

static OdlLatentPlaces
carve (double **at, gsize s, gsize d)
{
  OdlLatentPlaces places = { .z = *at };
  places.pull = places.z + s * d;
  places.misfit = places.pull + s * d;
  places.volume = places.misfit + s;
  places.noise = places.volume + s;
  *at = places.noise + s;
  return places;
}

void
odl_latent_walk_init (OdlLatentPosterior *self)
{
  const gsize s = self->options.samples, d = self->model->shape.latent;
  OdlLatentWalk *walk = &self->walk;
  double *at = walk->slab = g_new0 (double, 2 * s * (2 * d + 3) + d * d + d * WIDTH);
  walk->here = carve (&at, s, d);
  walk->there = carve (&at, s, d);
  walk->spread = at;
  walk->kick = at + d * d;
}

void
odl_latent_walk_clear (OdlLatentPosterior *self)
{
  g_free (self->walk.slab);
}

/* ── Places ──────────────────────────────────────────────────────────────────── */

/* z0 of the lanes of path p. */
static void
stand (OdlLatentPosterior *self, guint p, const OdlLatentPlaces *places)
{
  const gsize d = self->model->shape.latent, first = (gsize)p * WIDTH;
  for (gsize lane = 0; lane < WIDTH; lane++)
    for (gsize i = 0; i < d; i++)
      self->paths[p]->z[i * WIDTH + lane] = places->z[(first + lane) * d + i];
}

/* How the walkers of path p explain the series, and where that pulls them. */
static void
visit (OdlLatentPosterior *self, const double *theta, guint p, OdlLatentPlaces *places)
{
  double weight[WIDTH] __attribute__ ((aligned (64)));
  const gsize d = self->model->shape.latent, first = (gsize)p * WIDTH;
  OdlLatentPath *path = self->paths[p];
  for (guint lane = 0; lane < WIDTH; lane++)
    weight[lane] = 1;
  stand (self, p, places);
  odl_latent_flow (self->model, theta, path,
                   odl_latent_posterior_steps (self, self->t[self->n - 1]));
  odl_latent_posterior_measure (self, theta, p);
  odl_latent_posterior_score (self, theta, path, weight, NULL);
  odl_latent_flow_back (self->model, theta, path, NULL);
  memcpy (places->misfit + first, self->misfit + first, WIDTH * sizeof (double));
  memcpy (places->volume + first, self->volume + first, WIDTH * sizeof (double));
  for (gsize lane = 0; lane < WIDTH; lane++)
    for (gsize i = 0; i < d; i++)
      places->pull[(first + lane) * d + i] = path->dz[i * WIDTH + lane];
}

static double
log_likelihood (const OdlLatentPlaces *places, gsize k)
{
  double sum = -0.5 * (places->misfit[k] / places->noise[k] + places->volume[k]);
  return isfinite (sum) ? sum : -1e300;
}

/* −log of the density walked on, without its constant. */
static double
energy (const OdlLatentPosterior *self, const OdlLatentPlaces *places, gsize k)
{
  const gsize d = self->model->shape.latent;
  double sum = -self->walk.power * log_likelihood (places, k);
  for (gsize i = 0; i < d; i++)
    sum += 0.5 * places->z[k * d + i] * places->z[k * d + i];
  return sum;
}

/* What drives walker k along component i: the slope of the energy, as if the noise
 * divided the decoder's variance in all of it. */
static double
slope (const OdlLatentPosterior *self, const OdlLatentPlaces *places, gsize k, gsize i)
{
  const gsize at = k * self->model->shape.latent + i;
  return places->z[at] + self->walk.power / places->noise[k] * places->pull[at];
}

/* ── Growing ─────────────────────────────────────────────────────────────────── */

/* Walkers anew, as many of each as its weight says, in random order: those of a path
 * must not be all of one kind. */
static void
draw_anew (OdlLatentPosterior *self)
{
  OdlLatentWalk *walk = &self->walk;
  const gsize s = self->options.samples, d = self->model->shape.latent;
  const double offset = odl_random_uniform (&walk->random);
  double sum = self->weight[0];
  for (guint i = 0, k = 0; i < s; i++) {
    while (sum < (i + offset) / (double)s && k + 1 < s)
      sum += self->weight[++k];
    self->order[i] = k;
  }
  for (guint i = (guint)s; i-- > 1;) {
    const guint j = (guint)odl_random_below (&walk->random, i + 1), k = self->order[i];
    self->order[i] = self->order[j];
    self->order[j] = k;
  }
  const OdlLatentPlaces from = walk->here, to = walk->there;
  for (gsize i = 0; i < s; i++) {
    const gsize k = self->order[i];
    memcpy (to.z + i * d, from.z + k * d, d * sizeof (double));
    memcpy (to.pull + i * d, from.pull + k * d, d * sizeof (double));
    to.misfit[i] = from.misfit[k];
    to.volume[i] = from.volume[k];
    to.noise[i] = from.noise[k];
  }
  walk->here = to;
  walk->there = from;
}

/* Weights of the walkers where the power grows to `power`; what they are worth. Values
 * that come to speak of the series no longer speak for a noise of 1 (listen): of the
 * two densities of the noise only the exponents differ. */
static double
suppose (OdlLatentPosterior *self, const double *base, double power)
{
  const OdlLatentWalk *walk = &self->walk;
  const double growth = power - walk->power;
  for (guint i = 0; i < self->options.samples; i++)
    self->log_weight[i] = (base ? base[i] : 0)
                          + growth
                                * (log_likelihood (&walk->here, i)
                                   + 0.5 * walk->values / walk->here.noise[i]);
  return odl_latent_posterior_weigh (self, 1);
}

/* The greatest power at which `enough` walkers are worth something; in the end, 1. */
static void
grow (OdlLatentPosterior *self, const double *base, double enough)
{
  OdlLatentWalk *walk = &self->walk;
  double low = walk->power, high = 1;
  const gboolean last = walk->rounds >= GROWTH * odl_latent_posterior_all_rounds (self);
  if (last || suppose (self, base, 1) >= enough)
    low = 1;
  for (guint i = 0; i < 20 && low < 1; i++) {
    const double middle = (low + high) / 2;
    if (suppose (self, base, middle) >= enough)
      low = middle;
    else
      high = middle;
  }
  suppose (self, base, low);
  walk->power = low;
  draw_anew (self);
}

static guint
count_values (const OdlLatentPosterior *self)
{
  guint n = 0;
  for (gsize i = 0; i < (gsize)self->n * self->model->shape.channels; i++)
    n += !isnan (self->y[i]);
  return n;
}

static void
begin (OdlLatentPosterior *self, const double *theta)
{
  OdlLatentWalk *walk = &self->walk;
  const guint s = self->options.samples;
  const gsize d = self->model->shape.latent;
  odl_latent_posterior_sample (self, theta, 0);
  for (gsize k = 0; k < s; k++) {
    for (gsize i = 0; i < d; i++)
      walk->here.z[k * d + i] = self->paths[k / WIDTH]->z[i * WIDTH + k % WIDTH];
    walk->here.misfit[k] = self->misfit[k];
    walk->here.volume[k] = self->volume[k];
    walk->here.noise[k] = 1;
  }
  walk->power = 0;
  walk->values = count_values (self);
  walk->stride = pow ((double)d, -1 / 6.0);
  walk->random = odl_random (self->options.seed, 1);
  grow (self, self->base, FIRST * s);
}

/* ── Moving ──────────────────────────────────────────────────────────────────── */

/* A root of the covariance of the walkers of all paths but p: L with L Lᵀ, by columns.
 */
static void
spread (OdlLatentPosterior *self, guint p)
{
  const gsize s = self->options.samples, d = self->model->shape.latent;
  const gboolean alone = self->n_paths == 1;
  const double *z = self->walk.here.z, n = (double)(alone ? s : s - WIDTH);
  double *root = self->walk.spread, mean[d];
  memset (root, 0, d * d * sizeof (double));
  memset (mean, 0, d * sizeof (double));
  for (gsize k = 0; k < s; k++)
    for (gsize i = 0; i < d && (alone || k / WIDTH != p); i++)
      mean[i] += z[k * d + i] / n;
  for (gsize k = 0; k < s; k++)
    for (gsize j = 0; j < d && (alone || k / WIDTH != p); j++)
      for (gsize i = j; i < d; i++)
        root[j * d + i]
            += (z[k * d + i] - mean[i]) * (z[k * d + j] - mean[j]) / (n - 1);
  for (gsize i = 0; i < d; i++)
    root[i * d + i] += LEAST;
  LAPACKE_dpotrf (LAPACK_COL_MAJOR, 'L', (int)d, root, (int)d);
}

/* Lᵀ × the slope at a place. */
static void
pull_back (const OdlLatentPosterior *self, const OdlLatentPlaces *places, gsize k,
           double *to)
{
  const gsize d = self->model->shape.latent;
  for (gsize j = 0; j < d; j++) {
    to[j] = 0;
    for (gsize i = j; i < d; i++)
      to[j] += self->walk.spread[j * d + i] * slope (self, places, k, i);
  }
}

/* z′ = z + h L (ξ − h Lᵀ slope / 2) for the walkers of a path. */
static void
propose (OdlLatentPosterior *self, guint p)
{
  OdlLatentWalk *walk = &self->walk;
  const gsize d = self->model->shape.latent;
  double drift[d];
  for (gsize lane = 0; lane < WIDTH; lane++) {
    const gsize k = (gsize)p * WIDTH + lane;
    double *kick = walk->kick + lane * d, *to = walk->there.z + k * d;
    pull_back (self, &walk->here, k, drift);
    memcpy (to, walk->here.z + k * d, d * sizeof (double));
    for (gsize j = 0; j < d; j++) {
      kick[j] = odl_random_normal (&walk->random);
      const double along = walk->stride * (kick[j] - 0.5 * walk->stride * drift[j]);
      for (gsize i = j; i < d; i++)
        to[i] += walk->spread[j * d + i] * along;
    }
    walk->there.noise[k] = walk->here.noise[k];
  }
}

/* log of the ratio of Metropolis and Hastings for walker k: the way back has the kick
 * h Lᵀ (slope + slope′) / 2 − ξ. */
static double
log_ratio (const OdlLatentPosterior *self, gsize k)
{
  const OdlLatentWalk *walk = &self->walk;
  const gsize d = self->model->shape.latent;
  const double *kick = walk->kick + k % WIDTH * d;
  double here[d], there[d];
  double sum = energy (self, &walk->here, k) - energy (self, &walk->there, k);
  pull_back (self, &walk->here, k, here);
  pull_back (self, &walk->there, k, there);
  for (gsize j = 0; j < d; j++) {
    const double back = 0.5 * walk->stride * (here[j] + there[j]) - kick[j];
    sum += 0.5 * (kick[j] * kick[j] - back * back);
  }
  return sum;
}

static guint
decide (OdlLatentPosterior *self, guint p)
{
  OdlLatentWalk *walk = &self->walk;
  const OdlLatentPlaces *from = &walk->there, *to = &walk->here;
  const gsize d = self->model->shape.latent;
  guint accepted = 0;
  for (gsize k = (gsize)p * WIDTH; k < (gsize)(p + 1) * WIDTH; k++) {
    const double level = log (odl_random_uniform (&walk->random));
    if (!(level < log_ratio (self, k)))
      continue;
    memcpy (to->z + k * d, from->z + k * d, d * sizeof (double));
    memcpy (to->pull + k * d, from->pull + k * d, d * sizeof (double));
    to->misfit[k] = from->misfit[k];
    to->volume[k] = from->volume[k];
    accepted++;
  }
  return accepted;
}

/* A walker's noise given its misfit: a scaled inverse χ², by the cube of Wilson and
 * Hilferty (1931). What is missing of the likelihood's power speaks for 1: walkers that
 * are still far off would blame the noise, and stay where they are. */
static void
listen (OdlLatentPosterior *self)
{
  OdlLatentWalk *walk = &self->walk;
  const double freedom = walk->values + ODL_LATENT_THOUGHT;
  const double for_one = (1 - walk->power) * walk->values + ODL_LATENT_THOUGHT;
  const double width = 2 / (9 * freedom);
  for (guint k = 0; k < self->options.samples; k++) {
    const double root = 1 - width + sqrt (width) * odl_random_normal (&walk->random);
    const double chi2 = freedom * pow (fmax (root, 0.1), 3);
    const double noise = (walk->power * walk->here.misfit[k] + for_one) / chi2;
    walk->here.noise[k] = isfinite (noise) ? noise : 1;
  }
}

static void
begin_round (OdlLatentPosterior *self, const double *theta)
{
  OdlLatentWalk *walk = &self->walk;
  if (walk->rounds == 0)
    begin (self, theta);
  else if (walk->power < 1 && walk->rounds % MOVES == 0)
    grow (self, NULL, ENOUGH * self->options.samples);
  walk->accepted = 0;
  listen (self);
}

static void
end_round (OdlLatentPosterior *self)
{
  OdlLatentWalk *walk = &self->walk;
  const double s = self->options.samples;
  walk->stride *= exp (0.1 * (walk->accepted / s - ACCEPTED));
  walk->rounds++;
}

void
odl_latent_posterior_walk (OdlLatentPosterior *self, const double *theta)
{
  g_return_if_fail (self != NULL && theta != NULL);
  if (self->n == 0)
    return;
  OdlLatentWalk *walk = &self->walk;
  const guint p = walk->path;
  if (p == 0)
    begin_round (self, theta);
  if (walk->rounds == 0)
    visit (self, theta, p, &walk->here);
  spread (self, p);
  propose (self, p);
  visit (self, theta, p, &walk->there);
  walk->accepted += decide (self, p);
  walk->path = (p + 1) % self->n_paths;
  if (walk->path == 0)
    end_round (self);
}

guint
odl_latent_posterior_rounds (const OdlLatentPosterior *self)
{
  return self->walk.rounds;
}

guint
odl_latent_posterior_all_rounds (const OdlLatentPosterior *self)
{
  return self->n <= 100
             ? ODL_LATENT_ROUNDS
             : MAX (ODL_LATENT_ROUNDS * 100 / self->n, ODL_LATENT_ROUNDS / 4);
}

gboolean
odl_latent_posterior_settled (const OdlLatentPosterior *self)
{
  return self->n == 0
         || (odl_latent_posterior_refined (self)
             && self->walk.rounds >= odl_latent_posterior_all_rounds (self));
}

void
odl_latent_walk_sample (OdlLatentPosterior *self, const double *theta, double horizon)
{
  const guint s = self->options.samples;
  const guint n
      = odl_latent_posterior_steps (self, fmax (horizon, self->t[self->n - 1]));
  self->noise = 0;
  for (guint p = 0; p < self->n_paths; p++) {
    stand (self, p, &self->walk.here);
    odl_latent_flow (self->model, theta, self->paths[p], n);
  }
  for (guint i = 0; i < s; i++) {
    self->weight[i] = 1.0 / s;
    self->order[i] = i;
    self->noise += self->walk.here.noise[i] / s;
  }
  self->effective = s;
}
