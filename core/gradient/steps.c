/* Tapes that march tiles step by step: what their kinds share.
 * SPDX-License-Identifier: MIT
 *
 * Forward, every tile marches to its end by itself, and a kind decides what it leaves
 * behind. Backward, the tiles of a chunk are reversed one after another into the
 * chunk's own θ-gradient; the chunks are added up in order. A kind only marches a tile
 * and reverses it. */
#include "gradient/steps.h"

#include <math.h>
#include <string.h>

OdlSteps *
odl_steps_new (const OdlTape *tape, const OdlStepsKind *kind, guint kept_rows)
{
  OdlSteps *self = g_new0 (OdlSteps, 1);
  self->kind = *kind;
  self->kept_rows = kept_rows;
  self->stages = odl_stages_new (tape->field, tape->options.method);
  self->rows = MAX (kind->states, 1) * tape->field->dim;
  self->threads = odl_pool_threads (tape->options.pool);
  self->work = g_new0 (OdlSlab, self->threads);
  return self;
}

void
odl_steps_free (gpointer data)
{
  OdlSteps *self = data;
  odl_stages_free (self->stages);
  for (guint i = 0; i < self->n_tracks; i++) {
    odl_arena_clear (&self->tracks[i].arena);
    g_array_unref (self->tracks[i].slots);
    g_array_unref (self->tracks[i].checkpoints);
    g_array_unref (self->tracks[i].spares);
    odl_slab_clear (&self->tracks[i].own);
  }
  for (guint i = 0; i < self->threads; i++)
    odl_slab_clear (&self->work[i]);
  odl_slab_clear (&self->theta);
  g_free (self->tracks);
  g_free (self->work);
  g_free (self);
}

static void
need_tracks (OdlSteps *self, guint n)
{
  if (n <= self->n_tracks)
    return;
  self->tracks = g_renew (OdlTrack, self->tracks, n);
  for (guint i = self->n_tracks; i < n; i++) {
    OdlTrack *track = &self->tracks[i];
    *track = (OdlTrack){
      .slots = g_array_new (FALSE, FALSE, sizeof (OdlTapeSlot)),
      .checkpoints = g_array_new (FALSE, FALSE, sizeof (OdlCheckpoint)),
      .spares = g_array_new (FALSE, FALSE, sizeof (double *)),
    };
    odl_arena_init (&track->arena);
  }
  self->n_tracks = n;
}

/* The arrays of a worker, cut from its slab. */
static OdlWork
cut_work (OdlSteps *self, guint worker)
{
  const OdlStages *s = self->stages;
  guint width = self->tiling.width;
  gsize size = (gsize)self->rows * width, march = odl_march_size (self->rows, width);
  OdlWork work;
  double *counts, *status;
  const struct {
    double **at;
    gsize size;
  } parts[] = {
    { &work.scratch, odl_stages_scratch (s, width) },
    { &work.block, march },
    { &work.record_block, 2 * odl_stages_record (s, width) },
    { &work.y1, size },
    { &work.e, size },
    { &work.e2, size },
    { &work.w, size },
    { &work.h, width },
    { &work.t, width },
    { &work.verdict, ODL_VERDICT_ROWS * (gsize)width },
    { &counts, 3 * (gsize)width },
    { &status, width },
    { &work.bar_t, width },
    { &work.bar_h, width },
    { &work.dt0, width },
    { &work.dt1, width },
    { &work.spare, size },
    { &work.daux, (gsize)s->n_aux * width },
    { &work.bar_aux, (gsize)s->n_aux * width },
  };
  gsize all = 0;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    all += (parts[i].size + 7) / 8 * 8;
  double *next = odl_slab_need (&self->work[worker], all);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    *parts[i].at = next;
    next += (parts[i].size + 7) / 8 * 8;
  }
  work.counts = (guint64 *)counts;
  work.status = (OdlStatus *)status;
  work.march = odl_march_at (self->rows, width, work.block);
  work.record = odl_stages_record_at (s, width, work.record_block);
  work.other = odl_stages_record_at (s, width,
                                     work.record_block + odl_stages_record (s, width));
  return work;
}

static OdlRoute
plan_route (const OdlSteps *self, const OdlTape *tape, guint tile, OdlWork *work)
{
  const OdlTrack *track = &self->tracks[tile];
  gsize first = (gsize)tile * self->tiling.width;
  return (OdlRoute){ .stages = self->stages,
                     .options = &tape->options,
                     .rows = self->rows,
                     .step = self->kind.step,
                     .step_cost = self->kind.step_cost,
                     .tile = { .width = self->tiling.width,
                               .theta = tape->problem.theta,
                               .aux = track->aux,
                               .scratch = work->scratch },
                     .t0 = track->t0,
                     .t1 = track->t1,
                     .lanes = odl_tiling_real (&self->tiling, tile),
                     .y1 = work->y1,
                     .e = work->e,
                     .e2 = work->e2,
                     .verdict = work->verdict,
                     .record = work->record,
                     .other = work->other,
                     .status = tape->status + first,
                     .evaluations = tape->evaluations + first,
                     .accepted = tape->accepted + first,
                     .rejected = tape->rejected + first };
}

/* What belongs to a tile for as long as the tape is held: times, constants, and which
 * slot is the last of each lane. */
static void
begin_track (OdlSteps *self, const OdlTape *tape, guint tile)
{
  OdlTrack *track = &self->tracks[tile];
  gsize width = self->tiling.width, n_aux = self->stages->n_aux;
  track->t0 = odl_slab_need (&track->own, (3 + n_aux + self->kept_rows) * width);
  track->t1 = track->t0 + width;
  track->last = track->t1 + width;
  track->aux = n_aux > 0 ? track->last + width : NULL;
  track->kept = track->last + (1 + n_aux) * width;
  odl_tiling_gather (&self->tiling, tile, 1, tape->problem.t0, track->t0);
  odl_tiling_gather (&self->tiling, tile, 1, tape->problem.t1, track->t1);
  if (track->aux)
    odl_tiling_gather (&self->tiling, tile, (guint)n_aux, tape->problem.aux,
                       track->aux);
  for (gsize l = 0; l < width; l++)
    track->last[l] = -1;
  track->attempts = track->backward = 0;
  track->reconstruction = 0;
  g_array_set_size (track->slots, 0);
  g_array_set_size (track->checkpoints, 0);
  odl_arena_reset (&track->arena);
}

static void
check_end (const OdlRoute *route, const double *y)
{
  guint width = route->tile.width;
  for (guint l = 0; l < route->lanes; l++)
    for (guint row = 0; row < route->stages->dim; row++)
      if (!isfinite (y[row * width + l]) && route->status[l] == ODL_STATUS_DONE)
        route->status[l] = ODL_STATUS_NON_FINITE;
}

gboolean
odl_steps_interrupted (const OdlTape *tape, const OdlRoute *route)
{
  const OdlGradientOptions *o = &tape->options;
  if (!o->interrupted || !o->interrupted (o->interrupted_data))
    return FALSE;
  for (guint l = 0; l < route->lanes; l++)
    route->status[l] = ODL_STATUS_STOPPED;
  return TRUE;
}

typedef struct {
  OdlSteps *self;
  OdlTape *tape;
  double *y1;
  const double *w1;
  const OdlGradient *out;
} Pass;

static void
forward_tile (gpointer data, guint tile, guint worker)
{
  const Pass *pass = data;
  OdlSteps *self = pass->self;
  OdlWork work = cut_work (self, worker);
  begin_track (self, pass->tape, tile);
  OdlRoute route = plan_route (self, pass->tape, tile, &work);
  odl_tiling_gather (&self->tiling, tile, self->stages->dim, pass->tape->problem.y0,
                     work.march.y);
  odl_march_begin (&route, &work.march);
  if (self->kind.begin)
    self->kind.begin (&route, &work.march);
  self->kind.march (self, pass->tape, tile, &route, &work);
  const double *y = work.march.y
                    + (gsize)self->kind.result * self->stages->dim * self->tiling.width;
  check_end (&route, y);
  odl_tiling_scatter (&self->tiling, tile, self->stages->dim, y, pass->y1);
}

static void
report_bytes (const OdlSteps *self, OdlTape *tape)
{
  tape->report.bytes = 0;
  for (guint i = 0; i < self->tiling.n_tiles; i++) {
    const OdlTrack *track = &self->tracks[i];
    tape->report.bytes += track->arena.taken * sizeof (double)
                          + track->slots->len * sizeof (OdlTapeSlot)
                          + track->checkpoints->len * sizeof (OdlCheckpoint)
                          + track->own.size * sizeof (double);
  }
}

void
odl_steps_forward (gpointer data, OdlTape *tape, double *y1)
{
  OdlSteps *self = data;
  guint width = MIN (odl_program_width (self->stages->forward),
                     odl_program_width (self->stages->reverse));
  Pass pass = { .self = self, .tape = tape, .y1 = y1 };
  self->tiling = odl_tiling (tape->problem.lanes, width);
  need_tracks (self, self->tiling.n_tiles);
  odl_pool_run (tape->options.pool, self->tiling.n_tiles, forward_tile, &pass);
  report_bytes (self, tape);
}

void
odl_steps_place (const OdlRoute *route, guint64 index, double *t, double *h)
{
  double steps = (double)route->options->steps;
  for (guint l = 0; l < route->tile.width; l++)
    h[l] = (route->t1[l] - route->t0[l]) / steps;
  route->stages->kernels->node (route->tile.width, (double)index, route->t0, h, t);
}

/* Equal steps are all (t1 − t0)/n; of others only the last one depends on t1, and all
 * times on t0. */
void
odl_steps_add_times (const OdlTrack *track, guint64 steps, guint64 step, guint width,
                     OdlWork *work)
{
  double n = (double)steps, index = (double)step;
  for (guint l = 0; l < width; l++) {
    double t = work->bar_t[l], h = work->bar_h[l];
    if (steps > 0) {
      work->dt0[l] += t * (1 - index / n) - h / n;
      work->dt1[l] += t * (index / n) + h / n;
    } else {
      gboolean last = track->last[l] == index;
      work->dt0[l] += last ? t - h : t;
      work->dt1[l] += last ? h : 0;
    }
    work->bar_t[l] = work->bar_h[l] = 0;
  }
}

/* The cotangents that a tile starts with; lanes that only fill it up have none. */
static void
begin_reverse (const OdlSteps *self, const Pass *pass, guint tile, OdlWork *work)
{
  guint width = self->tiling.width, real = odl_tiling_real (&self->tiling, tile);
  odl_tiling_gather (&self->tiling, tile, self->stages->dim, pass->w1, work->w);
  for (guint row = 0; row < self->stages->dim; row++)
    for (guint l = real; l < width; l++)
      work->w[row * width + l] = 0;
  double *const rows[] = { work->bar_t, work->bar_h, work->dt0, work->dt1 };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    memset (rows[i], 0, sizeof (double) * width);
  memset (work->daux, 0, sizeof (double) * self->stages->n_aux * width);
}

static void
end_reverse (const OdlSteps *self, const Pass *pass, guint tile, const OdlWork *work)
{
  const OdlGradient *out = pass->out;
  const OdlTiling *tiling = &self->tiling;
  if (out->dy0)
    odl_tiling_scatter (tiling, tile, self->stages->dim, work->w, out->dy0);
  if (out->dt0)
    odl_tiling_scatter (tiling, tile, 1, work->dt0, out->dt0);
  if (out->dt1)
    odl_tiling_scatter (tiling, tile, 1, work->dt1, out->dt1);
  if (out->daux)
    odl_tiling_scatter (tiling, tile, self->stages->n_aux, work->daux, out->daux);
}

static void
reverse_tile (const Pass *pass, guint tile, guint worker, double *dtheta)
{
  OdlSteps *self = pass->self;
  OdlWork work = cut_work (self, worker);
  OdlRoute route = plan_route (self, pass->tape, tile, &work);
  gboolean times = pass->out->dt0 || pass->out->dt1;
  const OdlStepCotangent bar = { .y = work.w,
                                 .t = times ? work.bar_t : NULL,
                                 .h = times ? work.bar_h : NULL,
                                 .aux = pass->out->daux ? work.daux : NULL,
                                 .theta = dtheta };
  begin_reverse (self, pass, tile, &work);
  self->tracks[tile].backward = 0;
  self->kind.reverse (self, pass->tape, tile, &route, &work, &bar);
  end_reverse (self, pass, tile, &work);
}

static void
reverse_chunk (gpointer data, guint chunk, guint worker)
{
  const Pass *pass = data;
  const OdlTiling *tiling = &pass->self->tiling;
  const OdlProgram *program = pass->self->stages->reverse;
  gsize n_sums = odl_program_n_sums (program);
  double *dtheta = NULL;
  if (pass->out->dtheta && pass->self->stages->n_theta > 0) {
    dtheta = pass->self->theta.data + chunk * n_sums;
    memset (dtheta, 0, sizeof (double) * n_sums);
  }
  guint end = odl_tiling_chunk_start (tiling, chunk + 1);
  for (guint tile = odl_tiling_chunk_start (tiling, chunk); tile < end; tile++)
    reverse_tile (pass, tile, worker, dtheta);
  if (dtheta)
    odl_program_settle (program, dtheta);
}

OdlStatus
odl_steps_backward (gpointer data, OdlTape *tape, const double *w1,
                    const OdlGradient *out)
{
  OdlSteps *self = data;
  guint n_theta = self->stages->n_theta, chunks = self->tiling.n_chunks;
  gsize n_sums = odl_program_n_sums (self->stages->reverse);
  Pass pass = { .self = self, .tape = tape, .w1 = w1, .out = out };
  if (out->dtheta)
    odl_slab_need (&self->theta, n_sums * chunks);
  odl_pool_run (tape->options.pool, chunks, reverse_chunk, &pass);
  for (guint chunk = 0; out->dtheta && chunk < chunks; chunk++)
    for (guint i = 0; i < n_theta; i++)
      out->dtheta[i] += self->theta.data[chunk * n_sums + i];
  report_bytes (self, tape);
  tape->report.evaluations_backward = 0;
  for (guint i = 0; i < self->tiling.n_tiles; i++) {
    tape->report.evaluations_backward += self->tracks[i].backward;
    tape->report.reconstruction
        = fmax (tape->report.reconstruction, self->tracks[i].reconstruction);
  }
  return ODL_STATUS_DONE;
}
