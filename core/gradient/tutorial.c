/* An Euler sweep over the stored steps: what many introductions show, and wrong.
 * SPDX-License-Identifier: MIT
 *
 * The forward solve keeps the states before each step, as backpropagation does. Then
 * a ← a + h (∂f/∂y)ᵀ a is swept backwards over them, which is neither the derivative of
 * what the solver computed nor a solution of the adjoint equation to the solver's
 * order: its error is of the first order in h, whatever the method. Kept as an exhibit.
 */
#include "gradient/steps.h"

#include <string.h>

static void
march (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route, OdlWork *work)
{
  odl_backprop_march (self, tape, tile, route, work);
  memcpy (self->tracks[tile].kept, work->march.y,
          sizeof (double) * self->stages->dim * route->tile.width);
}

/* a·f at the states y, by lane, signed. */
static void
ends (const OdlSteps *self, const OdlRoute *route, const double *t, const double *y,
      const OdlWork *work, double sign, double *to)
{
  gsize width = route->tile.width;
  odl_stages_evaluate (self->stages, &route->tile, t, y, work->y1, work->record.kept);
  for (gsize l = 0; l < width; l++)
    to[l] = 0;
  for (gsize i = 0; i < self->stages->dim * width; i++)
    to[i % width] += sign * work->w[i] * work->y1[i];
}

static void
reverse (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route, OdlWork *work,
         const OdlStepCotangent *bar)
{
  OdlTrack *track = &self->tracks[tile];
  const OdlStages *s = self->stages;
  gsize width = route->tile.width, size = s->dim * width;
  ends (self, route, route->t1, track->kept, work, 1, work->dt1);
  for (guint i = track->slots->len; i-- > 0;) {
    OdlTapeSlot slot = g_array_index (track->slots, OdlTapeSlot, i);
    if (tape->options.steps > 0) {
      slot.t = work->t;
      slot.h = work->h;
      odl_steps_place (route, i, slot.t, slot.h);
    }
    for (gsize j = 0; j < size; j++)
      work->e[j] = slot.h[j % width] * work->w[j];
    odl_stages_evaluate (s, &route->tile, slot.t, slot.y, work->y1, work->record.kept);
    const OdlEvaluationCotangent at = { .t = slot.t,
                                        .y = slot.y,
                                        .kept = work->record.kept,
                                        .w = work->e,
                                        .to = work->e2,
                                        .to_aux = bar->aux ? work->bar_aux : NULL,
                                        .theta = bar->theta };
    odl_stages_vjp (s, &route->tile, &at);
    for (gsize j = 0; j < size; j++)
      work->w[j] += work->e2[j];
    for (gsize j = 0; bar->aux && j < s->n_aux * width; j++)
      bar->aux[j] += work->bar_aux[j];
  }
  odl_tiling_gather (&self->tiling, tile, s->dim, tape->problem.y0, work->march.y);
  ends (self, route, route->t0, work->march.y, work, -1, work->dt0);
  for (guint l = 0; l < route->lanes; l++)
    track->backward += route->accepted[l] + 2;
}

static gpointer
create (OdlTape *tape)
{
  const OdlStepsKind kind = { .march = march, .reverse = reverse };
  tape->kept_bytes = 0;
  return odl_steps_new (tape, &kind, tape->field->dim);
}

const OdlTapeClass odl_tape_tutorial
    = { create, odl_steps_free, odl_steps_forward, odl_steps_backward };
