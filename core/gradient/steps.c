/* Backpropagation through the steps of an explicit solve.
 * SPDX-License-Identifier: MIT
 *
 * Forward, every tile marches to its end and leaves a slot for each attempt in which a
 * lane accepted a step: the states before it and the steps h, 0 for lanes that took
 * none. Backward, the slots are reversed from the last to the first, exactly
 * (stages.c); a lane whose h is 0 hands its cotangent on unchanged and adds nothing.
 * While a tape is small its slots keep the whole record of the step, so that nothing is
 * computed again; in larger ones the stages are repeated from the state, which gives
 * the same bits. Of equal steps t and h follow from the number of the slot. */
#include "gradient/steps.h"

#include <math.h>
#include <string.h>

gpointer
odl_steps_create (OdlTape *tape)
{
  OdlSteps *self = g_new0 (OdlSteps, 1);
  self->stages = odl_stages_new (tape->field, tape->options.method);
  self->threads = odl_pool_threads (tape->options.pool);
  self->work = g_new0 (OdlSlab, self->threads);
  return self;
}

void
odl_steps_destroy (gpointer data)
{
  OdlSteps *self = data;
  odl_stages_free (self->stages);
  for (guint i = 0; i < self->n_tracks; i++) {
    odl_arena_clear (&self->tracks[i].arena);
    g_array_unref (self->tracks[i].slots);
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
    *track = (OdlTrack){ .slots = g_array_new (FALSE, FALSE, sizeof (OdlSlot)) };
    odl_arena_init (&track->arena);
  }
  self->n_tracks = n;
}

/* The arrays of a worker, cut from its slab. */
static OdlWork
cut_work (OdlSteps *self, guint worker)
{
  const OdlStages *s = self->stages;
  gsize width = self->tiling.width, size = s->dim * width,
        rows = MAX (s->dim, 1) * width;
  gsize record = odl_stages_record (s, (guint)width);
  gsize march = odl_march_size (s->dim, (guint)width);
  gsize scratch = odl_stages_scratch (s, (guint)width);
  gsize parts[] = { scratch, march, record, rows,  rows,  rows,  width,           width,
                    size,    width, width,  width, width, width, s->n_aux * width };
  double *at[G_N_ELEMENTS (parts)];
  gsize all = 0;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    all += (parts[i] + 7) / 8 * 8;
  double *next = odl_slab_need (&self->work[worker], all);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    at[i] = next;
    next += (parts[i] + 7) / 8 * 8;
  }
  return (OdlWork){ .scratch = at[0],
                    .march = odl_march_at (s->dim, (guint)width, at[1]),
                    .record = odl_stages_record_at (s, (guint)width, at[2]),
                    .y1 = at[3],
                    .e = at[4],
                    .e2 = at[5],
                    .h = at[6],
                    .t = at[7],
                    .w = at[8],
                    .bar_t = at[9],
                    .bar_h = at[10],
                    .dt0 = at[11],
                    .dt1 = at[12],
                    .spare = at[13],
                    .daux = at[14] };
}

static OdlRoute
plan_route (const OdlSteps *self, const OdlTape *tape, guint tile, OdlWork *work)
{
  const OdlTrack *track = &self->tracks[tile];
  gsize first = (gsize)tile * self->tiling.width;
  return (OdlRoute){ .stages = self->stages,
                     .options = &tape->options,
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
                     .record = work->record,
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
  track->t0 = odl_slab_need (&track->own, (3 + n_aux) * width);
  track->t1 = track->t0 + width;
  track->last = track->t1 + width;
  track->aux = n_aux > 0 ? track->last + width : NULL;
  odl_tiling_gather (&self->tiling, tile, 1, tape->problem.t0, track->t0);
  odl_tiling_gather (&self->tiling, tile, 1, tape->problem.t1, track->t1);
  if (track->aux)
    odl_tiling_gather (&self->tiling, tile, (guint)n_aux, tape->problem.aux,
                       track->aux);
  for (gsize l = 0; l < width; l++)
    track->last[l] = -1;
  g_array_set_size (track->slots, 0);
  odl_arena_reset (&track->arena);
}

/* A slot for the next attempt; its record, where there is still room for one. */
static OdlSlot
new_slot (const OdlSteps *self, const OdlTape *tape, OdlTrack *track)
{
  const OdlStages *s = self->stages;
  gsize width = self->tiling.width;
  gsize record = odl_stages_record (s, (guint)width);
  OdlSlot slot = { .y = odl_arena_take (&track->arena, s->dim * width) };
  if (tape->options.steps == 0) {
    slot.t = odl_arena_take (&track->arena, width);
    slot.h = odl_arena_take (&track->arena, width);
  }
  if ((track->arena.taken + record) * sizeof (double) * self->tiling.n_tiles
      <= tape->kept_bytes) {
    slot.record = odl_stages_record_at (s, (guint)width,
                                        odl_arena_take (&track->arena, record));
    slot.recorded = TRUE;
  }
  return slot;
}

/* Notes what an attempt did; FALSE when no lane moved, so that the slot can be used
 * again. A record with a refused lane in it is of no use: it is of a step not taken. */
static gboolean
fill_slot (const OdlRoute *route, OdlTrack *track, OdlSlot *slot, const double *tried,
           const double *done)
{
  guint width = route->tile.width, index = track->slots->len;
  gboolean moved = FALSE;
  for (guint l = 0; l < width; l++) {
    gboolean arrived = tried[l] == done[l];
    slot->recorded = slot->recorded && arrived;
    moved = moved || done[l] != 0;
  }
  memcpy (slot->h, done, sizeof (double) * width);
  for (guint l = 0; l < route->lanes; l++)
    if (done[l] != 0 || (index == 0 && route->t0[l] == route->t1[l]))
      track->last[l] = index;
  return moved || index == 0;
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

static gboolean
is_interrupted (const OdlTape *tape, const OdlRoute *route)
{
  const OdlGradientOptions *o = &tape->options;
  if (!o->interrupted || !o->interrupted (o->interrupted_data))
    return FALSE;
  for (guint l = 0; l < route->lanes; l++)
    route->status[l] = ODL_STATUS_STOPPED;
  return TRUE;
}

/* Marches a tile to its end, slot after slot. */
static void
march (OdlSteps *self, const OdlTape *tape, OdlTrack *track, OdlRoute *route,
       OdlWork *work)
{
  gboolean equal = tape->options.steps > 0, used = TRUE, known = route->has_first;
  gsize width = route->tile.width, size = self->stages->dim * width;
  OdlMarch *m = &work->march;
  OdlRecord spare = route->record, before = spare;
  OdlSlot slot = { 0 };
  memset (work->h, 0, sizeof (double) * width);
  for (guint left = 1; left > 0 && !is_interrupted (tape, route);) {
    if (used)
      slot = new_slot (self, tape, track);
    slot.recorded = slot.record.k != NULL;
    route->record = slot.recorded ? slot.record : spare;
    if (known)
      odl_march_hand_over (route, work->h, &before, &route->record);
    route->has_first = known;
    memcpy (slot.y, m->y, sizeof (double) * size);
    if (!equal)
      memcpy (slot.t, m->t, sizeof (double) * width);
    memcpy (work->spare, m->h, sizeof (double) * width);
    left = odl_march_attempt (route, m, work->h);
    known = !equal && self->stages->fsal;
    before = route->record;
    used = equal || fill_slot (route, track, &slot, work->spare, work->h);
    if (used)
      g_array_append_val (track->slots, slot);
  }
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
  march (self, pass->tape, &self->tracks[tile], &route, &work);
  check_end (&route, work.march.y);
  odl_tiling_scatter (&self->tiling, tile, self->stages->dim, work.march.y, pass->y1);
}

static void
report_bytes (const OdlSteps *self, OdlTape *tape)
{
  for (guint i = 0; i < self->tiling.n_tiles; i++) {
    const OdlTrack *track = &self->tracks[i];
    tape->report.bytes += track->arena.taken * sizeof (double)
                          + track->slots->len * sizeof (OdlSlot)
                          + track->own.size * sizeof (double);
  }
}

static void
steps_forward (gpointer data, OdlTape *tape, double *y1)
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

/* The time and step of a slot, where they are not stored. */
static void
place_slot (const OdlRoute *route, guint64 steps, guint index, OdlSlot *slot,
            OdlWork *work)
{
  if (steps == 0)
    return;
  slot->t = work->t;
  slot->h = work->h;
  for (guint l = 0; l < route->tile.width; l++) {
    slot->h[l] = (route->t1[l] - route->t0[l]) / (double)steps;
    slot->t[l] = fma (index, slot->h[l], route->t0[l]);
  }
}

/* Hands the cotangents of a slot's t and h on to t0 and t1. Equal steps are all
 * (t1 − t0)/n; of others only the last one depends on t1, and all times on t0. */
static void
add_times (const OdlTrack *track, guint64 steps, guint index, guint width,
           OdlWork *work)
{
  double n = (double)steps;
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
  const OdlTrack *track = &self->tracks[tile];
  OdlWork work = cut_work (self, worker);
  OdlRoute route = plan_route (self, pass->tape, tile, &work);
  guint64 steps = pass->tape->options.steps;
  gboolean times = pass->out->dt0 || pass->out->dt1;
  const OdlStepCotangent bar = { .y = work.w,
                                 .t = times ? work.bar_t : NULL,
                                 .h = times ? work.bar_h : NULL,
                                 .aux = pass->out->daux ? work.daux : NULL,
                                 .theta = dtheta };
  begin_reverse (self, pass, tile, &work);
  for (guint i = track->slots->len; i-- > 0;) {
    OdlSlot slot = g_array_index (track->slots, OdlSlot, i);
    place_slot (&route, steps, i, &slot, &work);
    if (!slot.recorded) {
      slot.record = route.record;
      odl_stages_run (self->stages, &route.tile, slot.t, slot.h, slot.y, 0,
                      self->stages->needed, &slot.record);
    }
    odl_stages_reverse (self->stages, &route.tile, slot.h, &slot.record, &bar);
    if (times)
      add_times (track, steps, i, route.tile.width, &work);
  }
  end_reverse (self, pass, tile, &work);
}

static void
reverse_chunk (gpointer data, guint chunk, guint worker)
{
  const Pass *pass = data;
  const OdlTiling *tiling = &pass->self->tiling;
  gsize n_theta = pass->self->stages->n_theta;
  double *dtheta = NULL;
  if (pass->out->dtheta) {
    dtheta = pass->self->theta.data + chunk * n_theta;
    memset (dtheta, 0, sizeof (double) * n_theta);
  }
  guint end = odl_tiling_chunk_start (tiling, chunk + 1);
  for (guint tile = odl_tiling_chunk_start (tiling, chunk); tile < end; tile++)
    reverse_tile (pass, tile, worker, dtheta);
}

static OdlStatus
steps_backward (gpointer data, OdlTape *tape, const double *w1, const OdlGradient *out)
{
  OdlSteps *self = data;
  guint n_theta = self->stages->n_theta, chunks = self->tiling.n_chunks;
  Pass pass = { .self = self, .tape = tape, .w1 = w1, .out = out };
  if (out->dtheta)
    odl_slab_need (&self->theta, (gsize)n_theta * chunks);
  odl_pool_run (tape->options.pool, chunks, reverse_chunk, &pass);
  for (guint chunk = 0; out->dtheta && chunk < chunks; chunk++)
    for (guint i = 0; i < n_theta; i++)
      out->dtheta[i] += self->theta.data[(gsize)chunk * n_theta + i];
  tape->report.evaluations_backward = tape->report.accepted * self->stages->needed;
  return ODL_STATUS_DONE;
}

const OdlTapeClass odl_tape_steps
    = { odl_steps_create, odl_steps_destroy, steps_forward, steps_backward };
