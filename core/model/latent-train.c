/* Batches for the latent ODE and their gradients.
 * SPDX-License-Identifier: MIT
 *
 * A batch is a function of (seed, iteration): each tile draws from a stream of its own,
 * so tiles may be computed by any thread, and training can be continued anywhere.
 * Lengths are alike within a batch, because a tile takes as long as its longest lane,
 * and a batch as its longest tile.
 * What the encoder may see varies from nothing to many points, from the whole span to a
 * part of it, with and without a gap, so that the posterior is asked for everything a
 * canvas can hold. Gradients are summed in the order of the tiles. */
#include "model/latent-train.h"

#include <math.h>
#include <string.h>

#define TILES_A_BATCH 64

struct _OdlLatentTrainer {
  const OdlLatent *model;
  OdlLatentTraining training;
  OdlLatentTile **tiles;
  double **t, **y; /* a series for each tile */
  guint8 **seen;
  OdlRandom *random;
  /* The batch under way. */
  guint bottom, top; /* points of a context */
  const double *theta;
  OdlLatentObjective objective;
};

OdlLatentTrainer *
odl_latent_trainer_new (const OdlLatent *model, const OdlLatentTraining *training)
{
  g_return_val_if_fail (model != NULL && training != NULL, NULL);
  g_return_val_if_fail (training->tiles > 0 && training->tiles < TILES_A_BATCH, NULL);
  g_return_val_if_fail (training->max_points > ODL_LATENT_TARGETS, NULL);
  OdlLatentTrainer *self = g_new0 (OdlLatentTrainer, 1);
  const guint n = training->tiles, points = training->max_points;
  self->model = model;
  self->training = *training;
  self->tiles = g_new0 (OdlLatentTile *, n);
  self->t = g_new0 (double *, n);
  self->y = g_new0 (double *, n);
  self->seen = g_new0 (guint8 *, n);
  self->random = g_new0 (OdlRandom, n);
  for (guint i = 0; i < n; i++) {
    self->tiles[i] = odl_latent_tile_new (model, points, 2 * training->source.horizon);
    self->t[i] = g_new0 (double, points);
    self->y[i] = g_new0 (double, (gsize)points * model->shape.channels);
    self->seen[i] = g_new0 (guint8, points);
  }
  return self;
}

void
odl_latent_trainer_free (OdlLatentTrainer *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->training.tiles; i++) {
    odl_latent_tile_free (self->tiles[i]);
    g_free (self->t[i]);
    g_free (self->y[i]);
    g_free (self->seen[i]);
  }
  g_free (self->tiles);
  g_free (self->t);
  g_free (self->y);
  g_free (self->seen);
  g_free (self->random);
  g_free (self);
}

/* ── Drawn series ────────────────────────────────────────────────────────────── */

static double
between (OdlRandom *random, double low, double high)
{
  return low + (high - low) * odl_random_uniform (random);
}

/* Where the encoder may look: a window, and a gap in it (empty where there is none). */
typedef struct {
  double low, high, gap_low, gap_high;
} Window;

static Window
draw_window (double horizon, OdlRandom *random)
{
  Window window = { 0, 1, 2 * horizon, 2 * horizon };
  double kind = odl_random_uniform (random);
  if (kind > 0.85)
    window.high = horizon;
  else if (kind > 0.7)
    window.high = between (random, 0.3, 1);
  double size = window.high * between (random, 0.1, 0.4);
  double at = between (random, 0, window.high - size);
  if (odl_random_uniform (random) < 0.5) {
    window.gap_low = at;
    window.gap_high = at + size;
  }
  return window;
}

static double
draw_time (const Window *window, OdlRandom *random)
{
  const double gap = fmax (0, fmin (window->high, window->gap_high) - window->gap_low);
  double t = between (random, window->low, window->high - MAX (0, gap));
  return t > window->gap_low ? t + gap : t;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* Times of n_seen context points and ODL_LATENT_TARGETS targets, in order, with who
 * sees them: the context's times carry a negative sign while they are sorted. */
static void
draw_times (OdlLatentTrainer *self, guint tile, guint n_seen)
{
  OdlRandom *random = &self->random[tile];
  double *t = self->t[tile];
  const guint n = n_seen + ODL_LATENT_TARGETS;
  const double horizon = self->training.source.horizon;
  Window window = draw_window (horizon, random);
  for (guint i = 0; i < n_seen; i++)
    t[i] = draw_time (&window, random);
  for (guint i = n_seen; i < n; i++)
    t[i] = between (random, 0, horizon);
  qsort (t, n_seen, sizeof (double), compare);
  qsort (t + n_seen, ODL_LATENT_TARGETS, sizeof (double), compare);
  double merged[n_seen + ODL_LATENT_TARGETS];
  for (guint i = 0, k = n_seen, m = 0; m < n; m++) {
    gboolean seen = k == n || (i < n_seen && t[i] <= t[k]);
    merged[m] = seen ? t[i++] : t[k++];
    self->seen[tile][m] = seen;
  }
  memcpy (t, merged, n * sizeof (double));
}

static OdlFamily
draw_family (const OdlLatentSource *source, OdlRandom *random)
{
  guint chances[ODL_N_FAMILIES], all = 0;
  for (guint family = 0; family < ODL_N_FAMILIES; family++) {
    chances[family]
        = (source->families >> family & 1) * (1 + (source->often >> family & 1));
    all += chances[family];
  }
  guint which = (guint)odl_random_below (random, all);
  OdlFamily family = 0;
  for (; which >= chances[family]; family++)
    which -= chances[family];
  return family;
}

/* How a drawn series is made another: it starts later, runs slower, is shifted,
 * stretched and turned over. */
typedef struct {
  double start, pace, factor, shift;
} Variation;

static Variation
draw_variation (gboolean vary, OdlRandom *random)
{
  Variation v = { 0, 1, 1, 0 };
  if (!vary)
    return v;
  if (odl_random_uniform (random) < 0.6) {
    v.pace = between (random, 0.35, 1);
    v.start = between (random, 0, 1 - v.pace);
  }
  v.factor = exp (between (random, -0.6, 0.6));
  v.shift = between (random, -0.5, 0.5);
  if (odl_random_uniform (random) < 0.5)
    v.factor = -v.factor;
  return v;
}

/* Values at the times, in inner units, with noise. */
static void
draw_values (OdlLatentTrainer *self, guint tile, guint n)
{
  OdlRandom *random = &self->random[tile];
  const OdlLatentSource *source = &self->training.source;
  const guint channels = self->model->shape.channels;
  OdlFamilyDraw draw = odl_family_draw (draw_family (source, random), random);
  const OdlFamilyInfo *info = odl_family_info (draw.family);
  const Variation v = draw_variation (source->vary, random);
  for (guint i = 0; i < n; i++) {
    double *y = self->y[tile] + (gsize)i * channels;
    odl_family_at (&draw, (v.start + v.pace * self->t[tile][i]) * info->span, y);
    for (guint c = 0; c < channels; c++) {
      y[c] += info->sigma * odl_random_normal (random);
      y[c] = v.factor * (y[c] - info->offset) / info->scale + v.shift;
    }
  }
}

/* How many points the series of the batch have: few in half of the batches, up to many
 * in the other half. */
static void
draw_lengths (OdlLatentTrainer *self, OdlRandom random)
{
  const guint most = self->training.max_points - ODL_LATENT_TARGETS,
              few = MIN (8, most);
  const gboolean short_ones = odl_random_uniform (&random) < 0.5;
  const guint more = (guint)odl_random_below (&random, most - few + 1);
  self->top = short_ones ? few : few + more;
  self->bottom = self->top <= few ? 0 : self->top * 2 / 3;
}

static void
fill_drawn (OdlLatentTrainer *self, guint tile)
{
  OdlRandom *random = &self->random[tile];
  for (guint lane = 0; lane < ODL_LATENT_WIDTH; lane++) {
    guint n
        = self->bottom + (guint)odl_random_below (random, self->top - self->bottom + 1);
    draw_times (self, tile, n);
    draw_values (self, tile, n + ODL_LATENT_TARGETS);
    const OdlLatentExample example
        = { n + ODL_LATENT_TARGETS, self->t[tile], self->y[tile], self->seen[tile] };
    odl_latent_tile_put (self->model, self->tiles[tile], lane, &example);
  }
}

/* ── A set of series ─────────────────────────────────────────────────────────── */

/* A random series of the set; each point is seen with the probability `part`. Longer
 * ones give a random run of points. */
static void
fill_picked (OdlLatentTrainer *self, guint tile)
{
  OdlRandom *random = &self->random[tile];
  const OdlLatentSource *source = &self->training.source;
  for (guint lane = 0; lane < ODL_LATENT_WIDTH; lane++) {
    const OdlSeries *series
        = source->series[odl_random_below (random, source->n_series)];
    guint n = MIN (series->n, self->training.max_points);
    gsize first = odl_random_below (random, series->n - n + 1);
    guint left = (guint)lround (n * source->part);
    for (guint i = 0; i < n; i++) {
      gboolean seen = odl_random_below (random, n - i) < left;
      left -= seen;
      self->seen[tile][i] = seen;
    }
    const OdlLatentExample example
        = { n, series->t + first, series->y + first * series->channels,
            self->seen[tile] };
    odl_latent_tile_put (self->model, self->tiles[tile], lane, &example);
  }
}

static void
run_tile (gpointer data, guint tile, guint worker)
{
  OdlLatentTrainer *self = data;
  odl_latent_tile_clear (self->model, self->tiles[tile]);
  if (self->training.source.families != 0)
    fill_drawn (self, tile);
  else
    fill_picked (self, tile);
  odl_latent_tile_run (self->model, self->theta, self->tiles[tile], &self->objective,
                       &self->random[tile]);
}

void
odl_latent_trainer_anneal (OdlLatentTrainer *self, double beta, double trust)
{
  g_return_if_fail (self != NULL);
  self->training.objective.beta = beta;
  self->training.objective.trust = trust;
}

OdlLatentLoss
odl_latent_trainer_gradient (OdlLatentTrainer *self, const double *theta, guint64 seed,
                             guint64 iteration, OdlPool *pool, double *gradient)
{
  OdlLatentLoss loss = { 0 };
  g_return_val_if_fail (self != NULL && theta != NULL && gradient != NULL, loss);
  const guint n = self->training.tiles, n_theta = self->model->n_theta;
  self->theta = theta;
  self->objective = self->training.objective;
  self->objective.scale = 1.0 / (n * ODL_LATENT_WIDTH * 40.0);
  for (guint i = 0; i < n; i++)
    self->random[i] = odl_random (seed, 1 + iteration * TILES_A_BATCH + i);
  draw_lengths (self, odl_random (seed, (1 + iteration) * TILES_A_BATCH));
  odl_pool_run (pool, n, run_tile, self);
  memset (gradient, 0, n_theta * sizeof (double));
  for (guint i = 0; i < n; i++) {
    const OdlLatentTile *tile = self->tiles[i];
    for (guint k = 0; k < n_theta; k++)
      gradient[k] += tile->gradient[k];
    loss.loss += tile->loss;
    loss.nll += tile->nll;
    loss.divergence += tile->divergence;
  }
  return loss;
}
