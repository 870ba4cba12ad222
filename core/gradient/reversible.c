/* Reversible solves: the end state alone gives back all states before it.
 * SPDX-License-Identifier: MIT
 *
 * Around any explicit method Ψ (McCallum and Foster 2024): a second state z goes along,
 *   y₁ = λ y + (1 − λ) z + Ψ (h; t, z),   z₁ = z − Ψ (−h; t + h, y₁),
 * which is undone by computing z from y₁ and then y from z. Reversible Heun (Kidger,
 * Foster, Li and Lyons 2021) carries ŷ and its slope:
 *   ŷ₁ = 2 y − ŷ + h f,   f₁ = f (t + h, ŷ₁),   y₁ = y + h (f + f₁)/2.
 * Backward, each step is undone and then reversed exactly, so the gradient is that of
 * this forward map; the states differ from the forward ones by rounding alone. Steps of
 * an adaptive solve are remembered, two numbers each; of equal ones nothing is. */
#include "gradient/steps.h"

#include <math.h>
#include <string.h>

typedef struct {
  const OdlSteps *self;
  OdlTrack *track;
  OdlRoute *route;
  OdlWork *work;
  const OdlStepCotangent *bar;
  gsize width, size; /* of a state */
  const double *t, *h;
} Undo;

/* Whether lane l was moved by the step: those that were not stay as they are. */
static gboolean
moved (const Undo *u, gsize l)
{
  return u->route->options->steps > 0 || u->h[l] != 0;
}

/* Puts back the first `states` states of `now` where a lane was not moved. */
static void
restore (const Undo *u, guint states, const double *before, double *now)
{
  if (u->route->options->steps > 0)
    return;
  for (gsize i = 0; i < states * u->size; i++)
    if (!moved (u, i % u->width))
      now[i] = before[i];
}

static double
coupling (const OdlRoute *route)
{
  return route->options->coupling > 0 ? route->options->coupling : 0.999;
}

/* The march, common to both: of chosen steps t and h are kept, at the end the states.
 */

static void
fill_slot (const OdlRoute *route, OdlTrack *track, const double *t, const double *done)
{
  guint width = route->tile.width, index = track->slots->len;
  gboolean any = index == 0;
  for (guint l = 0; l < width; l++) {
    any = any || done[l] != 0;
    if (done[l] != 0 || (index == 0 && route->t0[l] == route->t1[l]))
      track->last[l] = index;
  }
  if (!any)
    return;
  OdlTapeSlot slot = { .t = odl_arena_take (&track->arena, width),
                       .h = odl_arena_take (&track->arena, width) };
  memcpy (slot.t, t, sizeof (double) * width);
  memcpy (slot.h, done, sizeof (double) * width);
  g_array_append_val (track->slots, slot);
}

static void
march (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route, OdlWork *work)
{
  OdlTrack *track = &self->tracks[tile];
  guint width = route->tile.width;
  for (guint left = 1; left > 0 && !odl_steps_interrupted (tape, route);) {
    memcpy (work->t, work->march.t, sizeof (double) * width);
    left = odl_march_attempt (route, &work->march, work->h);
    if (tape->options.steps == 0)
      fill_slot (route, track, work->t, work->h);
  }
  memcpy (track->kept, work->march.y, sizeof (double) * self->rows * width);
}

static Undo
begin_undo (const OdlSteps *self, guint tile, OdlRoute *route, OdlWork *work,
            const OdlStepCotangent *bar)
{
  OdlTrack *track = &self->tracks[tile];
  Undo u = { self, track, route, work, bar, route->tile.width };
  u.size = self->stages->dim * u.width;
  memcpy (work->march.y, track->kept, sizeof (double) * self->rows * u.width);
  for (guint i = self->rows / self->stages->dim; i-- > 0;)
    if (i != self->kind.result)
      memset (work->w + i * u.size, 0, sizeof (double) * u.size);
    else
      memcpy (work->w + i * u.size, work->w, sizeof (double) * u.size);
  return u;
}

static guint64
count_steps (const Undo *u)
{
  guint64 steps = u->route->options->steps;
  return steps > 0 ? steps : u->track->slots->len;
}

/* t and h of step i. */
static void
place (Undo *u, guint64 i)
{
  if (u->route->options->steps > 0) {
    odl_steps_place (u->route, i, u->work->t, u->work->h);
    u->t = u->work->t;
    u->h = u->work->h;
  } else {
    const OdlTapeSlot *slot = &g_array_index (u->track->slots, OdlTapeSlot, i);
    u->t = slot->t;
    u->h = slot->h;
  }
}

/* How far a state that came back is from the start that it should be. */
static void
measure (Undo *u, const OdlTape *tape, guint tile, guint state)
{
  const double *y = u->work->march.y + state * u->size;
  double *worst = &u->track->reconstruction;
  odl_tiling_gather (&u->self->tiling, tile, u->self->stages->dim, tape->problem.y0,
                     u->work->y1);
  for (gsize i = 0; i < u->size; i++)
    if (i % u->width < u->route->lanes)
      *worst = fmax (*worst, fabs (y[i] - u->work->y1[i]));
}

/* Around an explicit method: states z, y. */

static void
begin_coupled (OdlRoute *route, OdlMarch *m)
{
  gsize size = (gsize)route->stages->dim * route->tile.width;
  memcpy (m->y + size, m->y, sizeof (double) * size);
}

static void
step_coupled (OdlRoute *route, const OdlMarch *m, const double *t)
{
  const OdlStages *s = route->stages;
  gsize width = route->tile.width, size = s->dim * width;
  double lambda = coupling (route), *z1 = route->y1, *y1 = z1 + size;
  double *t1 = route->e2, *back = t1 + width;
  const double *z = m->y, *y = z + size;
  odl_stages_run (s, &route->tile, t, m->h, z, 0,
                  route->options->steps > 0 ? s->needed : s->stages, &route->record);
  for (gsize i = 0; i < size; i++)
    y1[i] = lambda * y[i] + (1 - lambda) * z[i];
  odl_stages_combine (s, &route->tile, m->h, y1, &s->b, route->record.k, y1);
  for (gsize l = 0; l < width; l++) {
    t1[l] = t[l] + m->h[l];
    back[l] = -m->h[l];
  }
  odl_stages_run (s, &route->tile, t1, back, y1, 0, s->needed, &route->other);
  odl_stages_combine (s, &route->tile, m->h, z, &s->b, route->other.k, z1);
}

/* Undoes a step: z, y from z1, y1, and the records of both runs of the stages; t1 and
 * −h are left in work->spare. */
static void
undo_coupled (const Undo *u, const double *z1, double *z)
{
  const OdlStages *s = u->self->stages;
  const OdlStageTile *tile = &u->route->tile;
  double lambda = coupling (u->route), *t1 = u->work->spare, *back = t1 + u->width;
  const double *y1 = z1 + u->size;
  double *y = z + u->size;
  for (gsize l = 0; l < u->width; l++) {
    t1[l] = u->t[l] + u->h[l];
    back[l] = -u->h[l];
  }
  odl_stages_run (s, tile, t1, back, y1, 0, s->needed, &u->route->other);
  odl_stages_combine (s, tile, back, z1, &s->b, u->route->other.k, z);
  odl_stages_run (s, tile, u->t, u->h, z, 0, s->needed, &u->route->record);
  for (gsize i = 0; i < u->size; i++)
    y[i] = y1[i] - (1 - lambda) * z[i];
  odl_stages_combine (s, tile, back, y, &s->b, u->route->record.k, y);
  for (gsize i = 0; i < u->size; i++)
    y[i] /= lambda;
  restore (u, 2, z1, z);
}

/* The cotangents of z, y from those of z1, y1, in w. bar_z, bar_t, bar_h: work of a
 * state and two times width. */
static void
reverse_coupled (const Undo *u, double *w, double *bar_z, double *times)
{
  const OdlStages *s = u->self->stages;
  double lambda = coupling (u->route), *back = u->work->spare + u->width;
  double *wz = w, *wy = w + u->size, *bar_t = times, *bar_h = times + u->width;
  OdlStepCotangent part = *u->bar;
  part.y = bar_z;
  part.increment = TRUE;
  part.t = u->bar->t ? bar_t : NULL;
  part.h = u->bar->h ? bar_h : NULL;
  memset (times, 0, sizeof (double) * 2 * u->width);
  for (gsize i = 0; i < u->size; i++)
    bar_z[i] = -wz[i];
  odl_stages_reverse (s, &u->route->tile, back, &u->route->other, &part);
  for (gsize i = 0; i < u->size; i++) {
    wy[i] += bar_z[i];
    bar_z[i] = wy[i];
  }
  /* t1 = t + h, and the step was −h. */
  for (gsize l = 0; u->bar->t && l < u->width; l++) {
    u->bar->t[l] += bar_t[l];
    u->bar->h[l] += bar_t[l] - bar_h[l];
  }
  part.t = u->bar->t;
  part.h = u->bar->h;
  odl_stages_reverse (s, &u->route->tile, u->h, &u->route->record, &part);
  for (gsize i = 0; i < u->size; i++) {
    if (!moved (u, i % u->width))
      continue;
    wz[i] += (1 - lambda) * wy[i] + bar_z[i];
    wy[i] *= lambda;
  }
}

static void
reverse_all_coupled (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route,
                     OdlWork *work, const OdlStepCotangent *bar)
{
  Undo u = begin_undo (self, tile, route, work, bar);
  double *now = work->march.y, *before = work->y1;
  for (guint64 i = count_steps (&u); i-- > 0;) {
    place (&u, i);
    undo_coupled (&u, now, before);
    memcpy (now, before, sizeof (double) * 2 * u.size);
    reverse_coupled (&u, work->w, work->e, work->e2);
    if (bar->t)
      odl_steps_add_times (u.track, tape->options.steps, i, route->tile.width, work);
  }
  for (gsize i = 0; i < u.size; i++)
    work->w[i] += work->w[u.size + i];
  measure (&u, tape, tile, 0);
  measure (&u, tape, tile, 1);
  for (guint l = 0; l < route->lanes; l++)
    u.track->backward += 2 * route->accepted[l] * self->stages->needed;
}

/* Reversible Heun: states ŷ, y, f. */

static void
begin_heun (OdlRoute *route, OdlMarch *m)
{
  const OdlStages *s = route->stages;
  gsize size = (gsize)s->dim * route->tile.width;
  memcpy (m->y + size, m->y, sizeof (double) * size);
  if (route->has_first) {
    memcpy (m->y + 2 * size, route->record.k, sizeof (double) * size);
    return;
  }
  odl_stages_evaluate (s, &route->tile, route->t0, m->y, m->y + 2 * size,
                       route->record.kept);
  for (guint l = 0; l < route->lanes; l++)
    route->evaluations[l]++;
}

static void
step_heun (OdlRoute *route, const OdlMarch *m, const double *t)
{
  const OdlStages *s = route->stages;
  gsize width = route->tile.width, size = s->dim * width;
  const double *at = m->y, *y = at + size, *f = y + size;
  double *at1 = route->y1, *y1 = at1 + size, *f1 = y1 + size, *t1 = route->e2;
  for (gsize l = 0; l < width; l++)
    t1[l] = t[l] + m->h[l];
  for (gsize i = 0; i < size; i++)
    at1[i] = 2 * y[i] - at[i] + m->h[i % width] * f[i];
  odl_stages_evaluate (s, &route->tile, t1, at1, f1, route->record.kept);
  for (gsize i = 0; i < size; i++)
    y1[i] = y[i] + 0.5 * m->h[i % width] * (f[i] + f1[i]);
  memcpy (route->record.k, f, sizeof (double) * size);
  memcpy (route->record.k + size, f1, sizeof (double) * size);
}

/* ŷ, y, f from ŷ₁, y₁, f₁; work->record keeps what the reversal of f needs. */
static void
undo_heun (const Undo *u, const double *at1, double *at)
{
  const double *y1 = at1 + u->size, *f1 = y1 + u->size;
  double *y = at + u->size, *f = y + u->size;
  for (gsize i = 0; i < u->size; i++)
    at[i] = moved (u, i % u->width) ? 2 * y1[i] - at1[i] - u->h[i % u->width] * f1[i]
                                    : at1[i];
  odl_stages_evaluate (u->self->stages, &u->route->tile, u->t, at, f,
                       u->route->record.kept);
  for (gsize i = 0; i < u->size; i++)
    y[i] = y1[i] - 0.5 * u->h[i % u->width] * (f[i] + f1[i]);
}

/* w is turned from the cotangents of ŷ₁, y₁, f₁ into those of ŷ, y, f; the record has
 * what the VJP at ŷ₁ needs. `part`, `back`: work of a state. */
static void
reverse_heun (const Undo *u, const double *now, double *w, double *part, double *back)
{
  double *wa = w, *wy = w + u->size, *wf = wy + u->size;
  double *t1 = u->work->spare, *to_t = t1 + u->width;
  for (gsize l = 0; l < u->width; l++)
    t1[l] = u->t[l] + u->h[l];
  for (gsize i = 0; i < u->size; i++)
    part[i] = moved (u, i % u->width) ? wf[i] + 0.5 * u->h[i % u->width] * wy[i] : 0;
  const OdlEvaluationCotangent at = { .t = t1,
                                      .y = now,
                                      .kept = u->route->record.kept,
                                      .w = part,
                                      .to = back,
                                      .to_t = to_t,
                                      .to_aux = u->bar->aux ? u->work->bar_aux : NULL,
                                      .theta = u->bar->theta };
  odl_stages_vjp (u->self->stages, &u->route->tile, &at);
  for (gsize i = 0; u->bar->aux && i < u->self->stages->n_aux * u->width; i++)
    u->bar->aux[i] += u->work->bar_aux[i];
  for (gsize l = 0; u->bar->t && l < u->width; l++) {
    u->bar->t[l] += to_t[l];
    u->bar->h[l] += to_t[l];
  }
  for (gsize i = 0; i < u->size; i++)
    back[i] += wa[i];
}

/* The rest of it, once f at the state before is known: the products with h. */
static void
hand_on_heun (const Undo *u, const double *f, const double *f1, double *w,
              const double *back)
{
  double *wa = w, *wy = w + u->size, *wf = wy + u->size;
  for (gsize i = 0; i < u->size; i++) {
    gsize l = i % u->width;
    double h = u->h[l];
    if (u->bar->h)
      u->bar->h[l] += 0.5 * wy[i] * (f[i] + f1[i]) + back[i] * f[i];
    if (!moved (u, l))
      continue;
    wa[i] = -back[i];
    wf[i] = 0.5 * h * wy[i] + h * back[i];
    wy[i] += 2 * back[i];
  }
}

/* The start is ŷ = y = y0 and f = f (t0, y0). */
static void
end_heun (const Undo *u, double *w, double *back)
{
  double *t = u->work->spare;
  const OdlEvaluationCotangent at = { .t = u->route->t0,
                                      .y = u->work->march.y,
                                      .kept = u->route->record.kept,
                                      .w = w + 2 * u->size,
                                      .to = back,
                                      .to_t = t,
                                      .to_aux = u->bar->aux ? u->work->bar_aux : NULL,
                                      .theta = u->bar->theta };
  odl_stages_vjp (u->self->stages, &u->route->tile, &at);
  for (gsize i = 0; u->bar->aux && i < u->self->stages->n_aux * u->width; i++)
    u->bar->aux[i] += u->work->bar_aux[i];
  for (gsize l = 0; l < u->width; l++)
    u->work->dt0[l] += t[l];
  for (gsize i = 0; i < u->size; i++)
    w[i] += w[u->size + i] + back[i];
}

static void
reverse_all_heun (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route,
                  OdlWork *work, const OdlStepCotangent *bar)
{
  Undo u = begin_undo (self, tile, route, work, bar);
  double *now = work->march.y, *before = work->y1, *back = work->e2;
  odl_stages_evaluate (self->stages, &route->tile, route->t1, now, before,
                       route->record.kept);
  for (guint64 i = count_steps (&u); i-- > 0;) {
    place (&u, i);
    reverse_heun (&u, now, work->w, work->e, back);
    undo_heun (&u, now, before);
    hand_on_heun (&u, before + 2 * u.size, now + 2 * u.size, work->w, back);
    memcpy (now, before, sizeof (double) * 3 * u.size);
    if (bar->t)
      odl_steps_add_times (u.track, tape->options.steps, i, route->tile.width, work);
  }
  end_heun (&u, work->w, back);
  measure (&u, tape, tile, 0);
  measure (&u, tape, tile, 1);
  for (guint l = 0; l < route->lanes; l++)
    u.track->backward += 2 * route->accepted[l] + 2;
}

static gpointer
create (OdlTape *tape)
{
  const OdlMethod *method = tape->options.method;
  guint needed = odl_stages_needed (method), dim = tape->field->dim;
  guint first = tape->options.steps > 0 ? needed : method->stages;
  const OdlStepsKind coupled = { .states = 2,
                                 .result = 1,
                                 .step = step_coupled,
                                 .step_cost = first + needed,
                                 .begin = begin_coupled,
                                 .march = march,
                                 .reverse = reverse_all_coupled };
  const OdlStepsKind heun = { .states = 3,
                              .result = 1,
                              .step = step_heun,
                              .step_cost = 1,
                              .begin = begin_heun,
                              .march = march,
                              .reverse = reverse_all_heun };
  if (method->kind == ODL_METHOD_REVERSIBLE)
    return odl_steps_new (tape, &heun, 3 * dim);
  return odl_steps_new (tape, &coupled, 2 * dim);
}

const OdlTapeClass odl_tape_reversible
    = { create, odl_steps_free, odl_steps_forward, odl_steps_backward };
