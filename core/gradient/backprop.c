/* Backpropagation: every step is kept.
 * SPDX-License-Identifier: MIT
 *
 * Every attempt in which a lane accepted a step leaves a slot: the states before it and
 * the steps h, 0 for lanes that took none. Backward, the slots are reversed from the
 * last to the first, exactly (stages.c); a lane whose h is 0 hands its cotangent on
 * unchanged and adds nothing. While a tape is small its slots keep the whole record of
 * the step, so that nothing is computed again; in larger ones the stages are repeated
 * from the state, which gives the same bits. Of equal steps t and h follow from the
 * number of the slot. */
#include "gradient/steps.h"

#include <string.h>

/* A slot for the next attempt; its record, where there is still room for one. */
static OdlTapeSlot
new_slot (const OdlSteps *self, const OdlTape *tape, OdlTrack *track)
{
  const OdlStages *s = self->stages;
  gsize width = self->tiling.width;
  gsize record = odl_stages_record (s, (guint)width);
  OdlTapeSlot slot = { .y = odl_arena_take (&track->arena, s->dim * width) };
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
fill_slot (const OdlRoute *route, OdlTrack *track, OdlTapeSlot *slot,
           const double *done)
{
  guint width = route->tile.width, index = track->slots->len;
  gboolean moved = index == 0;
  slot->recorded = slot->recorded && route->refused == 0;
  memcpy (slot->h, done, sizeof (double) * width);
  for (guint l = 0; l < route->lanes; l++) {
    moved = moved || done[l] != 0;
    if (done[l] != 0 || (index == 0 && route->t0[l] == route->t1[l]))
      track->last[l] = index;
  }
  return moved;
}

/* Marches a tile to its end, slot after slot. */
void
odl_backprop_march (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route,
                    OdlWork *work)
{
  OdlTrack *track = &self->tracks[tile];
  gboolean equal = tape->options.steps > 0, used = TRUE, known = route->has_first;
  gsize width = route->tile.width, size = self->stages->dim * width;
  OdlMarch *m = &work->march;
  OdlRecord spare = route->record, before = spare;
  OdlTapeSlot slot = { 0 };
  memset (work->h, 0, sizeof (double) * width);
  for (guint left = 1; left > 0 && !odl_steps_interrupted (tape, route);) {
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
    left = odl_march_attempt (route, m, work->h);
    known = !equal && self->stages->fsal;
    before = route->record;
    used = equal || fill_slot (route, track, &slot, work->h);
    if (used)
      g_array_append_val (track->slots, slot);
  }
}

/* A VJP of each needed stage counts as one evaluation, whether or not the stage itself
 * had to be repeated for it. */
static void
reverse (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route, OdlWork *work,
         const OdlStepCotangent *bar)
{
  OdlTrack *track = &self->tracks[tile];
  guint64 steps = tape->options.steps;
  for (guint i = track->slots->len; i-- > 0;) {
    OdlTapeSlot slot = g_array_index (track->slots, OdlTapeSlot, i);
    if (steps > 0) {
      slot.t = work->t;
      slot.h = work->h;
      odl_steps_place (route, i, slot.t, slot.h);
    }
    if (!slot.recorded) {
      slot.record = work->record;
      odl_stages_run (self->stages, &route->tile, slot.t, slot.h, slot.y, 0,
                      self->stages->needed, &slot.record);
    }
    odl_stages_reverse (self->stages, &route->tile, slot.h, &slot.record, bar);
    if (bar->t)
      odl_steps_add_times (track, steps, i, route->tile.width, work);
  }
  for (guint l = 0; l < route->lanes; l++)
    track->backward += route->accepted[l] * self->stages->needed;
}

static gpointer
create (OdlTape *tape)
{
  const OdlStepsKind kind = { .march = odl_backprop_march, .reverse = reverse };
  return odl_steps_new (tape, &kind, 0);
}

const OdlTapeClass odl_tape_backprop
    = { create, odl_steps_free, odl_steps_forward, odl_steps_backward };
