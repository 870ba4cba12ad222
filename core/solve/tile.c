/* A tile of lanes under way. SPDX-License-Identifier: MIT
 *
 * All numbers of a lane are one column of a single array of rows, so that loading,
 * moving and dropping lanes is moving columns, and so that the tile can be made
 * narrower where it lies: row r moves from r·old to r·new, which is never behind it.
 * Reversible Heun is stepped here too (Kidger, Foster, Li & Lyons 2021, algorithm 1):
 * z1 = 2y − z + h f (z), y1 = y + h/2 (f (z) + f (z1)); its k are f (z) and f (z1). */
#include "solve/tile.h"

#include <string.h>
#include "solve/dense.h"

#define N_LINES 12 /* rows of one number a lane */
#define NARROW  64 /* at most this wide, evaluations are bound to their arrays */

static gboolean
is_reversible (const OdlTile *tile)
{
  return tile->run->options->method->kind == ODL_METHOD_REVERSIBLE;
}

static void
lay_out (OdlTile *tile, guint width)
{
  double **lines[N_LINES]
      = { &tile->t,       &tile->h,        &tile->t_new, &tile->mask,
          &tile->squares, &tile->squares2, &tile->last,  &tile->before,
          &tile->norm,    &tile->log,      &tile->grow,  &tile->repeat };
  double *next = tile->slab;
  for (guint i = 0; i < N_LINES; i++, next += width)
    *lines[i] = next;
  const gsize size = (gsize)tile->dim * width;
  tile->y = next;
  tile->y1 = tile->y + size;
  tile->k = tile->y1 + size;
  tile->z = tile->k + size * tile->all;
  tile->z1 = tile->z + (is_reversible (tile) ? size : 0);
  tile->aux = tile->z1 + (is_reversible (tile) ? size : 0);
  next = tile->aux + (gsize)tile->run->problem->field->n_aux * width;
  tile->rows = (guint)((next - tile->slab) / width);
  tile->width = width;
  const OdlProblem *p = tile->run->problem;
  odl_stepper_init (&tile->stepper, p->field, tile->run->options->method, p->theta,
                    width, next);
}

/* The rows of aux at the times of the lanes, from the caller's function. */
static void
fill_aux (gpointer data, const double *t, double *aux)
{
  OdlTile *tile = data;
  const OdlProblem *p = tile->run->problem;
  for (guint slot = 0; slot < tile->width; slot++) {
    if (!tile->slots[slot].busy)
      continue;
    p->aux_at (p->aux_data, tile->slots[slot].sampler.lane, t[slot], tile->point);
    for (guint i = 0; i < p->field->n_aux; i++)
      aux[i * (gsize)tile->width + slot] = tile->point[i];
  }
}

static void
connect (OdlTile *tile)
{
  const OdlProblem *p = tile->run->problem;
  if (p->field->n_aux > 0)
    tile->stepper.aux = tile->aux;
  if (p->field->n_aux > 0 && p->aux_at) {
    tile->stepper.fill_aux = fill_aux;
    tile->stepper.fill_data = tile;
  }
  if (tile->width <= NARROW)
    odl_stepper_attach (&tile->stepper, tile->k, tile->bound);
}

OdlTile *
odl_tile_new (const OdlRun *run, guint width)
{
  const OdlField *field = run->problem->field;
  const OdlMethod *method = run->options->method;
  OdlTile *tile = g_new0 (OdlTile, 1);
  tile->run = run;
  tile->dim = field->dim;
  tile->stages = method->stages;
  tile->all = method->stages + method->dense_stages;
  tile->fsal = odl_method_is_fsal (method);
  tile->late = tile->fsal && method->kind == ODL_METHOD_EXPLICIT
               && (!method->e || method->e[tile->stages - 1] == 0)
               && (!method->e2 || method->e2[tile->stages - 1] == 0);
  const gsize rows = N_LINES + (gsize)tile->dim * (4 + tile->all) + field->n_aux;
  const gsize size = rows * width + odl_stepper_doubles (field, width);
  tile->slab = g_aligned_alloc0 (size, sizeof (double), 64);
  tile->slots = g_new0 (OdlSlot, width);
  tile->bound = g_malloc (odl_stepper_bound_size (field, method));
  tile->point = g_new0 (double, tile->dim *(tile->all + 2) + field->n_aux);
  lay_out (tile, width);
  connect (tile);
  return tile;
}

void
odl_tile_free (OdlTile *tile)
{
  g_return_if_fail (tile != NULL);
  g_aligned_free (tile->slab);
  g_free (tile->slots);
  g_free (tile->bound);
  g_free (tile->point);
  g_free (tile);
}

void
odl_tile_reset (OdlTile *tile, guint width)
{
  for (guint slot = 0; slot < width; slot++)
    tile->slots[slot].busy = FALSE;
  lay_out (tile, width);
  connect (tile);
}

static void
load_column (double *to, guint rows, gsize width, const double *from, gsize stride)
{
  for (guint row = 0; row < rows; row++)
    to[row * width] = from[row * stride];
}

void
odl_tile_load (OdlTile *tile, guint slot, guint lane)
{
  const OdlProblem *p = tile->run->problem;
  const gsize width = tile->width;
  tile->slots[slot] = (OdlSlot){ .busy = TRUE,
                                 .sampler = odl_run_sampler (tile->run, lane),
                                 .direction = odl_run_direction (tile->run, lane),
                                 .end = p->t1[lane] };
  tile->t[slot] = p->t0[lane];
  tile->h[slot] = 0;
  load_column (tile->y + slot, tile->dim, width, p->y0 + lane, p->lanes);
  if (is_reversible (tile))
    load_column (tile->z + slot, tile->dim, width, p->y0 + lane, p->lanes);
  if (p->field->n_aux > 0 && !p->aux_at)
    load_column (tile->aux + slot, p->field->n_aux, width, p->aux + lane, p->lanes);
}

void
odl_tile_narrow (OdlTile *tile, guint width)
{
  const guint old = tile->width, rows = tile->rows;
  g_assert (width < old && width % 8 == 0);
  for (guint row = 0; row < rows; row++) {
    double *to = tile->slab + (gsize)row * width;
    const double *from = tile->slab + (gsize)row * old;
    guint n = 0;
    for (guint slot = 0; slot < old; slot++)
      if (tile->slots[slot].busy)
        to[n++] = from[slot];
    g_assert (n <= width);
    memset (to + n, 0, sizeof (double) * (width - n));
  }
  guint n = 0;
  for (guint slot = 0; slot < old; slot++)
    if (tile->slots[slot].busy)
      tile->slots[n++] = tile->slots[slot];
  for (; n < width; n++)
    tile->slots[n].busy = FALSE;
  lay_out (tile, width);
  connect (tile);
}

void
odl_tile_begin (OdlTile *tile)
{
  odl_step_at (&tile->stepper, 0, tile->t, is_reversible (tile) ? tile->z : tile->y,
               tile->k);
}

static double *
stage (const OdlTile *tile, guint i)
{
  return tile->k + (gsize)i * tile->dim * tile->width;
}

static void
try_reversible (OdlTile *tile)
{
  const gsize width = tile->width;
  for (guint row = 0; row < tile->dim; row++)
    for (gsize slot = 0; slot < width; slot++) {
      const gsize i = row * width + slot;
      tile->z1[i] = 2 * tile->y[i] - tile->z[i] + tile->h[slot] * tile->k[i];
    }
  odl_step_at (&tile->stepper, 1, tile->t_new, tile->z1, tile->k);
  odl_step_end (&tile->stepper, tile->h, tile->y, tile->k, tile->y1);
}

void
odl_tile_finish (OdlTile *tile)
{
  odl_step_at (&tile->stepper, tile->stages - 1, tile->t_new, tile->y1, tile->k);
}

void
odl_tile_try (OdlTile *tile)
{
  if (is_reversible (tile)) {
    try_reversible (tile);
    return;
  }
  odl_step_stages (&tile->stepper, 1, tile->stages - tile->fsal, tile->t, tile->h,
                   tile->y, tile->k);
  odl_step_end (&tile->stepper, tile->h, tile->y, tile->k, tile->y1);
  if (tile->fsal && !tile->late)
    odl_tile_finish (tile);
}

void
odl_tile_densify (OdlTile *tile)
{
  odl_step_stages (&tile->stepper, tile->stages, tile->all, tile->t, tile->h, tile->y,
                   tile->k);
}

void
odl_tile_commit (OdlTile *tile)
{
  const OdlStepKernels *kernels = tile->stepper.kernels;
  const gsize dim = tile->dim, width = tile->width;
  kernels->commit (dim, width, tile->mask, tile->y1, tile->y);
  kernels->commit (1, width, tile->mask, tile->t_new, tile->t);
  if (tile->fsal)
    kernels->commit (dim, width, tile->mask, stage (tile, tile->stages - 1), tile->k);
  if (is_reversible (tile))
    kernels->commit (dim, width, tile->mask, tile->z1, tile->z);
}

typedef struct {
  const OdlTile *tile;
  guint slot;
} Here;

static void
interpolate (gpointer data, double t, double *y)
{
  const Here *here = data;
  const OdlTile *tile = here->tile;
  const guint slot = here->slot;
  if (t == tile->t_new[slot])
    for (guint row = 0; row < tile->dim; row++)
      y[row] = tile->y1[row * (gsize)tile->width + slot];
  else
    odl_dense_strided (tile->run->options->method, (t - tile->t[slot]) / tile->h[slot],
                       tile->h[slot], tile->dim, tile->width, tile->y + slot,
                       tile->k + slot, y);
}

void
odl_tile_sample (OdlTile *tile, guint slot)
{
  Here here = { tile, slot };
  odl_run_sample (tile->run, &tile->slots[slot].sampler, tile->t_new[slot], interpolate,
                  &here);
}

static void
gather (const OdlTile *tile, guint slot, const double *from, guint rows, double *to)
{
  for (guint row = 0; row < rows; row++)
    to[row] = from[row * (gsize)tile->width + slot];
}

void
odl_tile_record (OdlTile *tile, guint slot, double error, gboolean accepted)
{
  const OdlSolveOptions *o = tile->run->options;
  const guint dim = tile->dim;
  double *y = tile->point, *y1 = y + dim, *k = y1 + dim;
  gather (tile, slot, tile->y, dim, y);
  gather (tile, slot, tile->y1, dim, y1);
  gather (tile, slot, tile->k, dim * tile->all, k);
  const OdlStepRecord record = { .lane = tile->slots[slot].sampler.lane,
                                 .t = tile->t[slot],
                                 .h = tile->h[slot],
                                 .t1 = tile->t_new[slot],
                                 .y = y,
                                 .y1 = y1,
                                 .k = k,
                                 .error = error,
                                 .accepted = accepted };
  o->recorder (o->recorder_data, &record);
}

void
odl_tile_end (OdlTile *tile, guint slot, OdlStatus status)
{
  OdlSlot *s = &tile->slots[slot];
  const guint lane = s->sampler.lane;
  OdlSolution *out = tile->run->out;
  odl_run_end (tile->run, lane, status, tile->t[slot], tile->y + slot, tile->width);
  out->evaluations[lane] = s->evaluations;
  out->accepted[lane] = s->accepted;
  out->rejected[lane] = s->tried - s->accepted;
  s->busy = FALSE;
  tile->h[slot] = 0;
}
