/* Backpropagation with a few states kept and the steps between them repeated.
 * SPDX-License-Identifier: MIT
 *
 * A checkpoint is all that the march goes on from, so a march that starts there again
 * does the same steps, bit for bit, the chosen ones of an adaptive solve included. Of
 * equal steps the number is known and the places are the binomial ones; otherwise they
 * are found online (checkpoint.c). Backward, the last checkpoint before a step is
 * marched up to it; the places that have become free keep states on the way, again
 * by the binomial rule. */
#include "gradient/checkpoint.h"
#include "gradient/steps.h"

#include <math.h>
#include <string.h>

#define PLACES_ONLINE 24 /* when no budget is given and the length is not known */

typedef struct {
  OdlSteps *steps;
  const OdlTape *tape;
  OdlTrack *track;
  OdlRoute *route;
  OdlWork *work;
  guint places;
  gsize size;     /* doubles of a checkpoint */
  guint64 now;    /* attempts that the march has behind it */
  gboolean known; /* the first stage of the next attempt is in the record */
} Walk;

static gboolean
is_equal (const Walk *walk)
{
  return walk->tape->options.steps > 0;
}

static Walk
new_walk (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route, OdlWork *work)
{
  Walk walk = { self, tape, &self->tracks[tile], route, work };
  guint64 steps = tape->options.steps;
  guint width = route->tile.width;
  walk.size
      = steps > 0 ? (gsize)self->rows * width : odl_march_size (self->rows, width);
  gsize budget = tape->options.budget * width / sizeof (double);
  guint64 places = budget / walk.size;
  if (tape->options.budget == 0)
    places = steps > 0 ? (guint64)ceil (sqrt ((double)steps)) : PLACES_ONLINE;
  walk.places = (guint)CLAMP (places, 1, steps > 0 ? steps : G_MAXUINT16);
  return walk;
}

static OdlCheckpoint *
checkpoint_at (const Walk *walk, guint i)
{
  return &g_array_index (walk->track->checkpoints, OdlCheckpoint, i);
}

static void
keep (Walk *walk, guint level)
{
  GArray *spares = walk->track->spares;
  double *block;
  if (spares->len > 0) {
    block = g_array_index (spares, double *, spares->len - 1);
    g_array_set_size (spares, spares->len - 1);
  } else {
    block = odl_arena_take (&walk->track->arena, walk->size);
  }
  const OdlCheckpoint checkpoint = { walk->now, level, block };
  memcpy (block, walk->work->block, sizeof (double) * walk->size);
  g_array_append_val (walk->track->checkpoints, checkpoint);
}

static void
give_up (Walk *walk, guint i)
{
  g_array_append_val (walk->track->spares, checkpoint_at (walk, i)->block);
  g_array_remove_index (walk->track->checkpoints, i);
}

/* One attempt; work->h says what it did. */
static guint
attempt (Walk *walk)
{
  OdlRoute *route = walk->route;
  if (walk->known)
    odl_march_hand_over (route, walk->work->h, &route->record, &route->record);
  route->has_first = walk->known;
  guint left = odl_march_attempt (route, &walk->work->march, walk->work->h);
  walk->known = !is_equal (walk) && walk->steps->stages->fsal;
  walk->now++;
  return left;
}

/* When the next state is to be kept on the way to reversing attempt `last`: by the
 * binomial rule from here on, with the places that are free. */
static guint64
next_keep (const Walk *walk, guint64 last)
{
  guint free = walk->places - walk->track->checkpoints->len;
  guint64 length = last - walk->now + 1;
  if (free == 0 || length < 2)
    return G_MAXUINT64;
  return walk->now + odl_checkpoint_split (length, free + 1);
}

static void
keep_online (Walk *walk)
{
  const GArray *all = walk->track->checkpoints;
  guint level = 0;
  if (all->len == walk->places) {
    guint i = odl_checkpoint_replace (&checkpoint_at (walk, 0)->level, all->len,
                                      sizeof (OdlCheckpoint), &level);
    if (i == all->len)
      return;
    give_up (walk, i);
  }
  keep (walk, level);
}

/* Notes which attempt is the last in which a lane moved. */
static void
note_last (const Walk *walk, guint64 index)
{
  const OdlRoute *route = walk->route;
  for (guint l = 0; l < route->lanes; l++)
    if (walk->work->h[l] != 0 || (index == 0 && route->t0[l] == route->t1[l]))
      walk->track->last[l] = (double)index;
}

static void
march (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route, OdlWork *work)
{
  Walk walk = new_walk (self, tape, tile, route, work);
  guint64 next = 0, last = tape->options.steps - 1;
  g_array_set_size (walk.track->spares, 0);
  walk.known = route->has_first;
  memset (work->h, 0, sizeof (double) * route->tile.width);
  for (guint left = 1; left > 0 && !odl_steps_interrupted (tape, route);) {
    if (!is_equal (&walk)) {
      keep_online (&walk);
    } else if (walk.now == next) {
      keep (&walk, 0);
      next = next_keep (&walk, last);
    }
    left = attempt (&walk);
    note_last (&walk, walk.now - 1);
  }
  walk.track->attempts = walk.now;
}

/* Counts what was repeated since the last restart, and starts to count again: a march
 * is stopped by its counts, and these are not its own. */
static void
count_repeated (Walk *walk)
{
  OdlRoute *route = walk->route;
  for (guint l = 0; l < route->tile.width; l++) {
    if (l < route->lanes)
      walk->track->backward += route->evaluations[l];
    route->evaluations[l] = route->accepted[l] = route->rejected[l] = 0;
  }
}

static void
restart (Walk *walk, const OdlCheckpoint *from)
{
  memcpy (walk->work->block, from->block, sizeof (double) * walk->size);
  walk->now = from->index;
  walk->known = FALSE;
  if (is_equal (walk))
    walk->work->march.bad[0] = (double)from->index;
}

/* Marches from the last checkpoint up to attempt `index`, keeping states where there is
 * room. */
static void
march_to (Walk *walk, guint64 index)
{
  restart (walk, checkpoint_at (walk, walk->track->checkpoints->len - 1));
  guint64 next = next_keep (walk, index);
  while (walk->now < index) {
    attempt (walk);
    if (walk->now == next) {
      keep (walk, 0);
      next = next_keep (walk, index);
    }
  }
  count_repeated (walk);
}

/* The attempt the march stands before, as it is to be reversed: t, the steps that were
 * taken, and the record of its stages. FALSE: no lane moved. */
static gboolean
repeat (Walk *walk)
{
  const OdlSteps *self = walk->steps;
  OdlWork *work = walk->work;
  OdlRoute *route = walk->route;
  guint width = route->tile.width;
  gboolean moved = walk->now == 0;
  if (is_equal (walk)) {
    odl_steps_place (route, walk->now, work->t, work->h);
    odl_stages_run (self->stages, &route->tile, work->t, work->h, work->march.y, 0,
                    self->stages->needed, &route->record);
    return TRUE;
  }
  memcpy (work->spare, work->march.y, sizeof (double) * self->rows * width);
  memcpy (work->t, work->march.t, sizeof (double) * width);
  attempt (walk);

  for (guint l = 0; l < width; l++) {
    moved = moved || work->h[l] != 0;
    route->evaluations[l] = 0;
  }
  if (moved && route->refused > 0)
    odl_stages_run (self->stages, &route->tile, work->t, work->h, work->spare, 0,
                    self->stages->needed, &route->record);
  return moved;
}

static void
reverse (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route, OdlWork *work,
         const OdlStepCotangent *bar)
{
  Walk walk = new_walk (self, tape, tile, route, work);
  for (guint l = 0; l < route->lanes; l++)
    walk.track->backward += route->accepted[l] * self->stages->needed;
  route->status = work->status;
  route->evaluations = work->counts;
  route->accepted = work->counts + route->tile.width;
  route->rejected = work->counts + 2 * route->tile.width;
  memset (work->counts, 0, sizeof (guint64) * 3 * route->tile.width);
  if (is_equal (&walk))
    odl_march_begin (route, &work->march);
  for (guint64 i = walk.track->attempts; i-- > 0;) {
    march_to (&walk, i);
    if (repeat (&walk)) {
      odl_stages_reverse (self->stages, &route->tile, work->h, &route->record, bar);
      if (bar->t)
        odl_steps_add_times (walk.track, tape->options.steps, i, route->tile.width,
                             work);
    }
    guint top = walk.track->checkpoints->len - 1;
    if (checkpoint_at (&walk, top)->index == i && i > 0)
      give_up (&walk, top);
  }
}

static gpointer
create (OdlTape *tape)
{
  const OdlStepsKind kind = { .march = march, .reverse = reverse };
  return odl_steps_new (tape, &kind, 0);
}

const OdlTapeClass odl_tape_checkpointed
    = { create, odl_steps_free, odl_steps_forward, odl_steps_backward };
