/* Adaptive steps, each lane for itself. SPDX-License-Identifier: MIT
 *
 * A tile is stepped as a whole, but each of its lanes has its own step and its own
 * verdict: where the error is too large only that lane stays where it is. A lane that
 * has arrived leaves its slot to the next one that waits, so that the tile stays full;
 * when none waits and half of the slots are idle, the tile is made narrower. None of
 * this can be seen in a lane's numbers. Before a chunk of lanes is stepped, f at all
 * starts and their first steps are computed in full tiles.
 * Stiffness is looked for as in Hairer & Wanner II, IV.2: f at the new y and a stage
 * with c = 1, which was at the same time at another y, estimate |λ| by the quotient of
 * their differences. A stiff lane is not given up for being stiff, only where the steps
 * that are left cannot do it. */
#include <math.h>
#include <string.h>

#include "solve/control.h"
#include "solve/tile.h"

#define CHUNKS         4 /* a worker: so that the last ones end at about the same time */
#define LOOK_EVERY     64 /* accepted steps, where nothing is suspected */
#define STIFF_IN_A_ROW 15 /* looks that say stiff: suspected */
#define CALM_IN_A_ROW  6  /* looks that do not, to clear a suspicion that is forming */
#define STIFF_LONG     1000 /* looks that say stiff, before hope may be given up */
#define HOPELESS       20   /* steps needed over steps left */

/* The starts of all lanes of the run. */
typedef struct {
  double *h, *k; /* lanes; lane-major, dim each */
  guint8 *started;
} Starts;

/* A worker's own. */
typedef struct {
  OdlTile *tile;
  guint next, end; /* lanes of the chunk that wait: next … end − 1 */
  double stable; /* |hλ| where stability ends on the real axis; 0: not asked for yet */
} Runner;

typedef struct {
  OdlRun *run;
  OdlControlLaw law;
  Starts starts;
  Runner *runners;
  guint width, chunk;
  guint twin;          /* a stage with c = 1 that is not at the new y; 0: none */
  double tolerance[2]; /* rtol, atol */
  guint norm_rows;
} Adaptive;

/* Root mean square of a column, scaled by the tolerances at y. */
static double
scaled_norm (const Adaptive *a, const OdlTile *tile, guint slot, const double *v,
             const double *minus)
{
  const gsize width = tile->width;
  double sum = 0;
  for (guint row = 0; row < a->norm_rows; row++) {
    const gsize at = row * width + slot;
    const double scale = a->tolerance[1] + a->tolerance[0] * fabs (tile->y[at]);
    const double x = (v[at] - (minus ? minus[at] : 0)) / scale;
    sum += x * x;
  }
  return sqrt (sum / a->norm_rows);
}

static gboolean
is_finite_column (const OdlTile *tile, guint slot, const double *v)
{
  for (guint row = 0; row < tile->dim; row++)
    if (!isfinite (v[row * (gsize)tile->width + slot]))
      return FALSE;
  return TRUE;
}

/* Keeps f at the start and the first step; a start where f is not finite ends there. */
static void
keep_start (Adaptive *a, OdlTile *tile, guint slot, double h)
{
  OdlSlot *s = &tile->slots[slot];
  const guint lane = s->sampler.lane;
  a->run->out->evaluations[lane] = s->evaluations;
  if (!is_finite_column (tile, slot, tile->k)) {
    odl_tile_end (tile, slot, ODL_STATUS_NON_FINITE);
    return;
  }
  a->starts.started[lane] = TRUE;
  a->starts.h[lane] = h;
  for (guint row = 0; row < tile->dim; row++)
    a->starts.k[(gsize)lane * tile->dim + row]
        = tile->k[row * (gsize)tile->width + slot];
}

/* The probe of the first step in all slots: y + h f goes to y1, f there to the second
 * stage; its norms and lengths to norm and log. */
static void
probe (Adaptive *a, OdlTile *tile)
{
  const gsize width = tile->width;
  double *f1 = tile->y1;
  for (guint i = 0; i < width; i++) {
    const double span = fabs (tile->slots[i].end - tile->t[i]);
    tile->norm[i] = tile->log[i] = 0;
    if (!tile->slots[i].busy)
      continue;
    tile->norm[i] = scaled_norm (a, tile, i, tile->k, NULL);
    const double size = scaled_norm (a, tile, i, tile->y, NULL);
    tile->log[i] = odl_first_probe (size, tile->norm[i], span);
    tile->h[i] = tile->slots[i].direction * tile->log[i];
    tile->slots[i].evaluations++;
  }
  for (guint row = 0; row < tile->dim; row++)
    for (gsize i = 0; i < width; i++) {
      const gsize at = row * width + i;
      f1[at] = tile->y[at] + tile->h[i] * tile->k[at];
    }
  for (gsize i = 0; i < width; i++)
    tile->t_new[i] = tile->t[i] + tile->h[i];
  double *second = tile->k + (gsize)tile->dim * width;
  odl_step_eval (&tile->stepper, tile->t_new, f1, second);
}

static void
start_tile (Adaptive *a, OdlTile *tile)
{
  const OdlSolveOptions *o = a->run->options;
  const OdlMethod *method = o->method;
  odl_tile_begin (tile);
  if (o->first_step == 0)
    probe (a, tile);
  const double *second = tile->k + (gsize)tile->dim * tile->width;
  for (guint i = 0; i < tile->width; i++) {
    OdlSlot *s = &tile->slots[i];
    if (!s->busy)
      continue;
    const double span = fabs (s->end - tile->t[i]);
    double h = fmin (fabs (o->first_step), span);
    s->evaluations++;
    if (o->first_step == 0)
      h = odl_first_step (method, tile->log[i], tile->norm[i],
                          scaled_norm (a, tile, i, second, tile->k), span);
    keep_start (a, tile, i, s->direction * h);
    s->busy = FALSE;
  }
}

/* f and the first steps of the lanes of a chunk. FALSE: interrupted. */
static gboolean
start_chunk (Adaptive *a, Runner *r)
{
  OdlTile *tile = r->tile;
  for (guint first = r->next; first < r->end; first += tile->width) {
    if (odl_run_interrupted (a->run))
      return FALSE;
    gboolean any = FALSE;
    for (guint i = 0; i < tile->width; i++) {
      const guint lane = first + i;
      tile->slots[i].busy = FALSE;
      tile->h[i] = 0;
      if (lane >= r->end || odl_run_is_trivial (a->run, lane))
        continue;
      odl_tile_load (tile, i, lane);
      any = TRUE;
    }
    if (any)
      start_tile (a, tile);
  }
  return TRUE;
}

/* Puts the next lane that waits into a slot. FALSE: none does. */
static gboolean
refill (Adaptive *a, Runner *r, guint slot)
{
  OdlTile *tile = r->tile;
  while (r->next < r->end && !a->starts.started[r->next])
    r->next++;
  if (r->next == r->end)
    return FALSE;
  const guint lane = r->next++;
  odl_tile_load (tile, slot, lane);
  tile->slots[slot].evaluations = a->run->out->evaluations[lane];
  tile->h[slot] = a->starts.h[lane];
  tile->last[slot] = tile->before[slot] = log (1e-4);
  for (guint row = 0; row < tile->dim; row++)
    tile->k[row * (gsize)tile->width + slot]
        = a->starts.k[(gsize)lane * tile->dim + row];
  return TRUE;
}

/* The step that is about to be tried ends at the end when it nearly reaches it. */
static void
aim (const Adaptive *a, OdlTile *tile, guint slot)
{
  OdlSlot *s = &tile->slots[slot];
  const double left = s->end - tile->t[slot];
  s->last = fabs (tile->h[slot]) * 1.01 >= fabs (left);
  if (s->last)
    tile->h[slot] = left;
  tile->t_new[slot] = s->last ? s->end : tile->t[slot] + tile->h[slot];
}

/* The square of the distance, over h, of the twin stage's y from the new one of an
 * accepted step; 0: it is not looked at. */
static double
twin_apart (const Adaptive *a, const OdlTile *tile, guint slot)
{
  const OdlSlot *s = &tile->slots[slot];
  if (a->twin == 0 || (s->accepted % LOOK_EVERY != 0 && s->stiff == 0))
    return 0;
  const gsize width = tile->width, dim = tile->dim;
  const OdlWeights *row = &tile->stepper.row[a->twin], *end = &tile->stepper.b;
  double sum = 0;
  for (gsize at = slot; at < dim * width; at += width) {
    double apart = 0;
    for (guint j = 0; j < end->n; j++)
      apart += end->weight[j] * tile->k[end->stage[j] * dim * width + at];
    for (guint j = 0; j < row->n; j++)
      apart -= row->weight[j] * tile->k[row->stage[j] * dim * width + at];
    sum += apart * apart;
  }
  return sum;
}

/* |hλ| of the step before: k_0 is at its end, the twin stage is still there. */
static double
stiffness (const Adaptive *a, const OdlTile *tile, guint slot)
{
  const gsize width = tile->width, dim = tile->dim;
  const double *k = tile->k + a->twin * dim * width;
  double above = 0;
  for (gsize at = slot; at < dim * width; at += width)
    above += (tile->k[at] - k[at]) * (tile->k[at] - k[at]);
  return sqrt (above / tile->slots[slot].apart);
}

/* Where |R| first exceeds 1 on the negative real axis. */
static double
stability_limit (const OdlMethod *method)
{
  double low = 0, high = 0.25;
  while (high < 50 && odl_method_stability (method, -high, 0) <= 1)
    high += 0.25;
  low = high - 0.25;
  for (guint i = 0; i < 10; i++) {
    const double middle = 0.5 * (low + high);
    if (odl_method_stability (method, -middle, 0) <= 1)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* TRUE: this lane is stiff and the steps that are left are far too few for it. */
static gboolean
is_hopeless (const Adaptive *a, Runner *r, guint slot)
{
  OdlTile *tile = r->tile;
  OdlSlot *s = &tile->slots[slot];
  if (r->stable == 0)
    r->stable = stability_limit (a->run->options->method);
  if (stiffness (a, tile, slot) > 0.97 * r->stable) {
    s->stiff++;
    s->not_stiff = 0;
  } else if (s->stiff < STIFF_IN_A_ROW && ++s->not_stiff >= CALM_IN_A_ROW)
    s->stiff = 0;
  else if (s->stiff >= STIFF_IN_A_ROW && ++s->not_stiff >= STIFF_LONG)
    s->stiff = 0;
  const double left = fabs ((s->end - tile->t[slot]) / tile->h[slot]);
  const double budget = (double)(a->run->max_steps - s->tried);
  return s->stiff >= STIFF_LONG && left > HOPELESS * budget;
}

static OdlStatus
out_of_steps (const OdlSlot *slot)
{
  return slot->stiff >= STIFF_IN_A_ROW ? ODL_STATUS_LIKELY_STIFF
                                       : ODL_STATUS_BUDGET_SPENT;
}

static void
on_rejected (Adaptive *a, OdlTile *tile, guint slot)
{
  OdlSlot *s = &tile->slots[slot];
  const gboolean bad = !isfinite (tile->norm[slot]);
  s->bad = bad ? s->bad + 1 : 0;
  s->repeated = TRUE;
  tile->h[slot] *= bad ? ODL_BAD_STEP_FACTOR : tile->repeat[slot];
  if (s->bad > ODL_MAX_BAD_STEPS)
    odl_tile_end (tile, slot, ODL_STATUS_NON_FINITE);
  else if (odl_step_too_small (tile->t[slot], tile->h[slot],
                               s->end - a->run->problem->t0[s->sampler.lane]))
    odl_tile_end (tile, slot, bad ? ODL_STATUS_NON_FINITE : ODL_STATUS_STEP_TOO_SMALL);
  else if (s->tried >= a->run->max_steps)
    odl_tile_end (tile, slot, out_of_steps (s));
}

/* After the commit: t and y are the new ones. */
static void
on_accepted (Adaptive *a, OdlTile *tile, guint slot)
{
  OdlSlot *s = &tile->slots[slot];
  const double factor = s->repeated ? fmin (tile->grow[slot], 1) : tile->grow[slot];
  tile->before[slot] = tile->last[slot];
  tile->last[slot] = fmax (tile->log[slot], log (1e-4));
  s->repeated = FALSE;
  s->bad = 0;
  tile->h[slot] *= factor;
  if (s->last)
    odl_tile_end (tile, slot, ODL_STATUS_DONE);
  else if (s->hopeless)
    odl_tile_end (tile, slot, ODL_STATUS_LIKELY_STIFF);
  else if (s->tried >= a->run->max_steps)
    odl_tile_end (tile, slot, out_of_steps (s));
  else if (odl_step_too_small (tile->t[slot], tile->h[slot],
                               s->end - a->run->problem->t0[s->sampler.lane]))
    odl_tile_end (tile, slot, ODL_STATUS_STEP_TOO_SMALL);
  else
    s->evaluations += !tile->fsal; /* f at the new start */
}

/* Whether a lane's step is to have its dense stages. */
static gboolean
wants_dense (const OdlTile *tile, guint slot)
{
  const OdlSolveOptions *o = tile->run->options;
  return (o->recorder && o->dense)
         || odl_run_has_sample (tile->run, &tile->slots[slot].sampler,
                                tile->t_new[slot]);
}

/* Judges the step that was tried: mask is 1 where it is accepted. How many are. */
static guint
judge (const Adaptive *a, OdlTile *tile)
{
  const OdlStepper *stepper = &tile->stepper;
  const OdlStepTile view = { .rows = tile->dim,
                             .width = tile->width,
                             .h = tile->h,
                             .y = tile->y,
                             .y1 = tile->y1,
                             .k = tile->k };
  const gboolean two = stepper->e2.n > 0;
  const OdlJudgement judgement = { .squares = tile->squares,
                                   .squares2 = two ? tile->squares2 : NULL,
                                   .last = tile->last,
                                   .before = tile->before,
                                   .norm = tile->norm,
                                   .log = tile->log,
                                   .grow = tile->grow,
                                   .repeat = tile->repeat };
  const OdlStepKernels *kernels = stepper->kernels;
  kernels->error (&view, &stepper->e, a->tolerance, a->norm_rows, tile->squares);
  if (two)
    kernels->error (&view, &stepper->e2, a->tolerance, a->norm_rows, tile->squares2);
  kernels->judge (tile->width, a->norm_rows, &a->law, &judgement);
  guint accepted = 0;
  for (guint i = 0; i < tile->width; i++) {
    OdlSlot *s = &tile->slots[i];
    const gboolean good = s->busy && tile->norm[i] <= 1;
    tile->mask[i] = good;
    accepted += good;
    s->tried++;
    s->evaluations += tile->stages - 1 - (tile->late && !good);
    s->accepted += good;
  }
  return accepted;
}

/* What the accepted steps still need, and who wants to see the steps. */
static void
show (const Adaptive *a, Runner *r)
{
  OdlTile *tile = r->tile;
  const guint extra = tile->all - tile->stages;
  gboolean any = FALSE;
  if (tile->late)
    odl_tile_finish (tile);
  for (guint i = 0; extra > 0 && i < tile->width; i++)
    if (tile->mask[i] != 0 && wants_dense (tile, i)) {
      tile->slots[i].evaluations += extra;
      any = TRUE;
    }
  if (any)
    odl_tile_densify (tile);
  for (guint i = 0; i < tile->width; i++)
    if (tile->mask[i] != 0) {
      odl_tile_sample (tile, i);
      tile->slots[i].apart = twin_apart (a, tile, i);
    }
}

static void
record (OdlTile *tile)
{
  for (guint i = 0; tile->run->options->recorder && i < tile->width; i++)
    if (tile->slots[i].busy)
      odl_tile_record (tile, i, tile->norm[i], tile->mask[i] != 0);
}

/* Tries one step in every slot, whose k_0 is there, and follows from it. */
static void
step (Adaptive *a, Runner *r)
{
  OdlTile *tile = r->tile;
  for (guint i = 0; i < tile->width; i++)
    if (tile->slots[i].busy)
      aim (a, tile, i);
    else
      tile->t_new[i] = tile->t[i];
  odl_tile_try (tile);
  guint busy = 0;
  const guint accepted = judge (a, tile);
  if (accepted > 0)
    show (a, r);
  record (tile);
  if (accepted > 0)
    odl_tile_commit (tile);
  for (guint i = 0; i < tile->width; i++) {
    if (!tile->slots[i].busy)
      continue;
    if (tile->mask[i] != 0)
      on_accepted (a, tile, i);
    else
      on_rejected (a, tile, i);
    busy += tile->slots[i].busy;
  }
  if (!tile->fsal && accepted > 0 && busy > 0)
    odl_tile_begin (tile);
  for (guint i = 0; i < tile->width; i++)
    if (tile->slots[i].busy && tile->mask[i] != 0 && tile->slots[i].apart > 0)
      tile->slots[i].hopeless = is_hopeless (a, r, i);
}

/* Fills idle slots, or makes the tile narrower. FALSE: no lane is left. */
static gboolean
fill (Adaptive *a, Runner *r)
{
  OdlTile *tile = r->tile;
  guint busy = 0;
  for (guint i = 0; i < tile->width; i++)
    busy += tile->slots[i].busy || refill (a, r, i);
  const guint enough = (busy + 7) / 8 * 8;
  if (busy > 0 && 2 * busy <= tile->width && enough < tile->width)
    odl_tile_narrow (tile, enough);
  return busy > 0;
}

static void
stop (Adaptive *a, Runner *r)
{
  OdlTile *tile = r->tile;
  const OdlProblem *p = a->run->problem;
  for (guint i = 0; i < tile->width; i++)
    if (tile->slots[i].busy)
      odl_tile_end (tile, i, ODL_STATUS_STOPPED);
  for (; r->next < r->end; r->next++)
    if (a->starts.started[r->next] || !odl_run_is_trivial (a->run, r->next))
      odl_run_end (a->run, r->next, ODL_STATUS_STOPPED, p->t0[r->next], p->y0 + r->next,
                   p->lanes);
}

static void
run_chunk (gpointer data, guint job, guint worker)
{
  Adaptive *a = data;
  Runner *r = &a->runners[worker];
  OdlTile *tile = r->tile;
  r->next = job * a->chunk;
  r->end = MIN (r->next + a->chunk, a->run->problem->lanes);
  odl_tile_reset (tile, a->width);
  gboolean go = start_chunk (a, r);
  while (go && fill (a, r)) {
    if (odl_run_interrupted (a->run)) {
      go = FALSE;
      break;
    }
    step (a, r);
  }
  if (!go)
    stop (a, r);
}

/* A stage at the end of the step whose y is not the new one. */
static guint
find_twin (const OdlMethod *m)
{
  if (m->kind != ODL_METHOD_EXPLICIT)
    return 0;
  for (guint i = m->stages - odl_method_is_fsal (m); i-- > 1;)
    if (m->c[i] == 1)
      return i;
  return 0;
}

void
odl_solve_adaptive (OdlRun *run)
{
  const OdlProblem *p = run->problem;
  const OdlSolveOptions *o = run->options;
  const guint width = odl_stepper_width (p->field, o->method, p->lanes);
  const guint chunks = o->pool ? CHUNKS * run->workers : 1;
  Adaptive a = { .run = run,
                 .law = odl_control_law (o->method, o->control),
                 .runners = g_new0 (Runner, run->workers),
                 .width = width,
                 .chunk = MAX (width, (p->lanes + chunks - 1) / chunks),
                 .twin = find_twin (o->method),
                 .tolerance = { o->rtol, fmax (o->atol, 1e-300) },
                 .norm_rows
                 = o->norm_rows ? MIN (o->norm_rows, p->field->dim) : p->field->dim };
  a.starts = (Starts){ .h = g_new0 (double, p->lanes),
                       .k = g_new (double, (gsize)p->lanes * p->field->dim),
                       .started = g_new0 (guint8, p->lanes) };
  for (guint i = 0; i < run->workers; i++)
    a.runners[i].tile = odl_tile_new (run, width);
  odl_pool_run (o->pool, (p->lanes + a.chunk - 1) / a.chunk, run_chunk, &a);
  for (guint i = 0; i < run->workers; i++)
    odl_tile_free (a.runners[i].tile);
  g_free (a.runners);
  g_free (a.starts.h);
  g_free (a.starts.k);
  g_free (a.starts.started);
}
