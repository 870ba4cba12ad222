/* Equal steps. SPDX-License-Identifier: MIT
 *
 * A tile runs all its steps before the next tile begins, so everything stays in the
 * first-level cache. Step n starts at t0 + nh, not at a sum of h. A state that is not
 * finite never becomes finite again (y + h·anything), so it is enough to look at the
 * end of a stretch of steps; when a lane went wrong in it, the stretch is taken again
 * from its kept start, one step at a time, to find the last good state. With a recorder
 * or samples every step is looked at. */
#include <math.h>
#include <string.h>

#include "solve/tile.h"

#define STRETCH 32 /* steps between looks */

/* A worker's own; a line of the cache to itself, as `at` is written at every step. */
typedef struct {
  _Alignas(64) OdlTile *tile;
  double *kept;      /* y, k_0 and z at the start of a stretch */
  guint64 steps, at; /* that may be done; that are */
} Runner;

/* All lanes of a run, tile by tile. */
typedef struct {
  OdlRun *run;
  guint width;
  Runner *runners; /* a worker each */
} Fixed;

static gsize
kept_size (const OdlTile *tile)
{
  return (gsize)tile->dim * tile->width * sizeof (double);
}

static void
keep (Runner *r)
{
  const gsize n = kept_size (r->tile);
  memcpy (r->kept, r->tile->y, n);
  memcpy (r->kept + n / sizeof (double), r->tile->k, n);
  if (r->tile->z1 != r->tile->z)
    memcpy (r->kept + 2 * n / sizeof (double), r->tile->z, n);
}

static void
restore (Runner *r)
{
  const gsize n = kept_size (r->tile);
  memcpy (r->tile->y, r->kept, n);
  memcpy (r->tile->k, r->kept + n / sizeof (double), n);
  if (r->tile->z1 != r->tile->z)
    memcpy (r->tile->z, r->kept + 2 * n / sizeof (double), n);
}

/* t and t_new of step n. */
static void
set_times (OdlTile *tile, guint64 n)
{
  const guint64 steps = tile->run->options->steps;
  const double *t0 = tile->last, *t1 = tile->before;
  for (guint i = 0; i < tile->width; i++) {
    tile->t[i] = t0[i] + (double)n * tile->h[i];
    tile->t_new[i] = n + 1 == steps ? t1[i] : t0[i] + (double)(n + 1) * tile->h[i];
  }
}

static void
try_step (Runner *r)
{
  OdlTile *tile = r->tile;
  set_times (tile, r->at);
  if (!tile->fsal)
    odl_tile_begin (tile);
  odl_tile_try (tile);
  if (tile->fsal && tile->late)
    odl_tile_finish (tile);
}

/* The step becomes the state, in all slots. */
static void
advance (Runner *r)
{
  OdlTile *tile = r->tile;
  const gsize n = kept_size (tile);
  double *const y = tile->y;
  tile->y = tile->y1;
  tile->y1 = y;
  if (tile->fsal)
    memcpy (tile->k, tile->k + (tile->stages - 1) * n / sizeof (double), n);
  if (tile->z1 != tile->z)
    memcpy (tile->z, tile->z1, n);
  r->at++;
}

static guint64
evaluations (const Runner *r, guint64 steps)
{
  const guint s = r->tile->stages;
  return r->tile->fsal ? (s - 1) * steps + (steps > 0) : s * steps;
}

static void
end_slot (Runner *r, guint slot, OdlStatus status, guint64 tried)
{
  OdlSlot *s = &r->tile->slots[slot];
  s->accepted = r->at;
  s->tried = tried;
  s->evaluations = evaluations (r, tried);
  odl_tile_end (r->tile, slot, status);
}

static gboolean
is_dense (const Runner *r)
{
  const OdlTile *tile = r->tile;
  if (tile->all == tile->stages)
    return FALSE;
  for (guint i = 0; i < tile->width; i++)
    if (tile->slots[i].busy
        && odl_run_has_sample (tile->run, &tile->slots[i].sampler, tile->t_new[i]))
      return TRUE;
  return tile->run->options->recorder && tile->run->options->dense;
}

/* One step looked at: records, samples, and the end of lanes that are not finite. */
static gboolean
careful_step (Runner *r)
{
  OdlTile *tile = r->tile;
  gboolean any = FALSE;
  try_step (r);
  const gboolean dense = is_dense (r);
  if (dense)
    odl_tile_densify (tile);
  tile->stepper.kernels->check_finite (tile->dim, tile->width, tile->y1, tile->mask);
  for (guint i = 0; i < tile->width; i++) {
    OdlSlot *s = &tile->slots[i];
    if (!s->busy)
      continue;
    const gboolean good = tile->mask[i] == 0;
    if (tile->run->options->recorder)
      odl_tile_record (tile, i, good ? 0 : NAN, good);
    if (!good) {
      end_slot (r, i, ODL_STATUS_NON_FINITE, r->at + 1);
      continue;
    }
    odl_tile_sample (tile, i);
    any = TRUE;
  }
  advance (r);
  return any;
}

/* `n` steps at once. FALSE: a lane is not finite any more. */
static gboolean
bold_steps (Runner *r, guint n)
{
  OdlTile *tile = r->tile;
  for (guint i = 0; i < n; i++) {
    try_step (r);
    advance (r);
  }
  tile->stepper.kernels->check_finite (tile->dim, tile->width, tile->y, tile->mask);
  gboolean good = TRUE;
  for (guint i = 0; i < tile->width; i++)
    good = good && (!tile->slots[i].busy || tile->mask[i] == 0);
  return good;
}

static gboolean
is_watched (const OdlRun *run)
{
  return run->options->recorder || run->options->n_at > 0;
}

/* FALSE: no lane is left, or the caller wants to stop. */
static gboolean
stretch (Runner *r)
{
  const gboolean watched = is_watched (r->tile->run);
  const guint n = (guint)MIN (watched ? 1 : STRETCH, r->steps - r->at);
  if (odl_run_interrupted (r->tile->run))
    return FALSE;
  if (watched)
    return careful_step (r);
  keep (r);
  const guint64 from = r->at;
  if (bold_steps (r, n))
    return TRUE;
  restore (r);
  r->at = from;
  gboolean any = TRUE;
  for (guint i = 0; i < n && any; i++)
    any = careful_step (r);
  return any;
}

/* Loads the lanes from `first` on; t0 and t1 stay in rows that nothing else uses here.
 */
static gboolean
load (Runner *r, guint first)
{
  OdlTile *tile = r->tile;
  const OdlRun *run = tile->run;
  const OdlProblem *p = run->problem;
  gboolean any = FALSE;
  for (guint i = 0; i < tile->width; i++) {
    const guint lane = first + i;
    tile->slots[i].busy = FALSE;
    tile->h[i] = 0;
    if (lane >= p->lanes || odl_run_is_trivial (run, lane))
      continue;
    odl_tile_load (tile, i, lane);
    tile->last[i] = p->t0[lane];
    tile->before[i] = p->t1[lane];
    tile->h[i] = (p->t1[lane] - p->t0[lane]) / (double)run->options->steps;
    any = TRUE;
  }
  return any;
}

static void
run_tile (gpointer data, guint job, guint worker)
{
  const Fixed *fixed = data;
  Runner *r = &fixed->runners[worker];
  OdlTile *tile = r->tile;
  r->at = 0;
  if (!load (r, job * fixed->width))
    return;
  if (tile->fsal)
    odl_tile_begin (tile);
  while (r->at < r->steps && stretch (r))
    ;
  const OdlStatus status = r->at == fixed->run->options->steps ? ODL_STATUS_DONE
                           : r->at == r->steps                 ? ODL_STATUS_BUDGET_SPENT
                                                               : ODL_STATUS_STOPPED;
  set_times (tile, r->at);
  for (guint i = 0; i < tile->width; i++) {
    if (!tile->slots[i].busy)
      continue;
    if (status == ODL_STATUS_DONE)
      tile->t[i] = tile->before[i];
    end_slot (r, i, status, r->at);
  }
}

void
odl_solve_fixed (OdlRun *run)
{
  const OdlProblem *p = run->problem;
  Fixed fixed = { .run = run,
                  .width = odl_stepper_width (p->field, run->options->method, p->lanes),
                  .runners = g_aligned_alloc0 (run->workers, sizeof (Runner),
                                               _Alignof(Runner)) };
  for (guint i = 0; i < run->workers; i++) {
    Runner *r = &fixed.runners[i];
    r->tile = odl_tile_new (run, fixed.width);
    r->kept = g_malloc (3 * kept_size (r->tile));
    r->steps = MIN (run->options->steps, run->max_steps);
  }
  odl_pool_run (run->options->pool, (p->lanes + fixed.width - 1) / fixed.width,
                run_tile, &fixed);
  for (guint i = 0; i < run->workers; i++) {
    odl_tile_free (fixed.runners[i].tile);
    g_free (fixed.runners[i].kept);
  }
  g_aligned_free (fixed.runners);
}
