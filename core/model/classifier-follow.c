/* Where points go under a classifier, and how end states are judged: what pictures and
 * meters are made of. SPDX-License-Identifier: MIT
 *
 * A neural ODE's states between steps come from the method's dense output, so the
 * depths asked for do not change the solve. A ResNet has states between blocks only. */
#include "model/classifier-parts.h"

#include <math.h>
#include <string.h>

#define ALIGNMENT 64

/* Tried steps of one lane; what needs more is shown as not reached. */
#define MAX_STEPS 20000

void
odl_classifier_paths_free (OdlClassifierPaths *paths)
{
  if (paths == NULL)
    return;
  g_free (paths->state);
  g_free (paths->nfe);
  g_free (paths);
}

static OdlClassifierPaths *
paths_new (const OdlClassifier *self, guint lanes, guint n_depths)
{
  OdlClassifierPaths *paths = g_new0 (OdlClassifierPaths, 1);
  paths->lanes = lanes;
  paths->dim = self->dim;
  paths->n_depths = n_depths;
  paths->state = g_new (double, (gsize)n_depths *lanes * self->dim);
  paths->nfe = g_new0 (guint64, lanes);
  return paths;
}

static gboolean
is_interrupted (const OdlClassifierPlan *plan)
{
  return plan->interrupted != NULL && plan->interrupted (plan->interrupted_data);
}

/* ---- ResNet ---- */

typedef struct {
  const OdlClassifier *self;
  const double *theta, *x;
  OdlClassifierPaths *paths;
  const OdlClassifierPlan *plan;
  gboolean *stopped; /* a tile's own */
} Walk;

/* A tile's lanes at one depth, out of the tile. */
static void
put (const Walk *walk, guint depth, guint first, guint width, const double *tile)
{
  const OdlClassifierPaths *paths = walk->paths;
  guint dim = paths->dim;
  for (guint lane = 0; lane < width && first + lane < paths->lanes; lane++)
    for (guint row = 0; row < dim; row++)
      paths->state[((gsize)depth * paths->lanes + first + lane) * dim + row]
          = tile[row * width + lane];
}

static void
walk_tile (gpointer data, guint job, guint worker)
{
  const Walk *walk = data;
  const OdlClassifier *self = walk->self;
  const OdlProgram *block = self->plain.block;
  guint width = odl_program_width (block), dim = self->dim, first = job * width;
  guint lanes = walk->paths->lanes, blocks = self->shape.blocks;
  gsize n = (1 + 2 * (gsize)dim) * width + odl_program_scratch (block, width);
  double *slab = g_aligned_alloc0 (n, sizeof (double), ALIGNMENT);
  double *t = slab, *y = t + width, *next = y + dim * width;
  double *scratch = next + dim * width;
  for (guint row = 0; row < self->shape.data_dim; row++)
    for (guint lane = 0; lane < width; lane++)
      y[row * width + lane]
          = walk->x[(gsize)row * lanes + MIN (first + lane, lanes - 1)];
  put (walk, 0, first, width, y);
  for (guint l = 0; l < blocks && !walk->stopped[job]; l++) {
    walk->stopped[job] = is_interrupted (walk->plan);
    for (guint lane = 0; lane < width; lane++)
      t[lane] = (double)l / blocks;
    odl_program_run (block, width, odl_classifier_block_theta (self, walk->theta, l),
                     (const double *[]){ t, y }, &next, NULL, scratch);
    put (walk, l + 1, first, width, next);
    double *swap = y;
    y = next;
    next = swap;
  }
  g_aligned_free (slab);
}

static OdlClassifierPaths *
follow_blocks (const OdlClassifier *self, const double *theta,
               const OdlClassifierPlan *plan, guint lanes, const double *x)
{
  OdlClassifierPaths *paths = paths_new (self, lanes, self->shape.blocks + 1);
  guint width = odl_program_width (self->plain.block);
  guint tiles = (lanes + width - 1) / width;
  g_autofree gboolean *stopped = g_new0 (gboolean, tiles);
  Walk walk = { self, theta, x, paths, plan, stopped };
  odl_pool_run (plan->pool, tiles, walk_tile, &walk);
  for (guint lane = 0; lane < lanes; lane++)
    paths->nfe[lane] = self->shape.blocks;
  for (guint tile = 0; tile < tiles; tile++)
    if (stopped[tile]) {
      odl_classifier_paths_free (paths);
      return NULL;
    }
  return paths;
}

/* ---- Neural ODE ---- */

static gboolean
was_stopped (const OdlSolution *solution)
{
  for (guint lane = 0; lane < solution->lanes; lane++)
    if (solution->status[lane] == ODL_STATUS_STOPPED)
      return TRUE;
  return FALSE;
}

/* Samples are lane after lane, paths depth after depth. */
static void
transpose (const OdlSolution *solution, guint n_depths, OdlClassifierPaths *paths)
{
  guint dim = paths->dim, lanes = paths->lanes;
  for (guint lane = 0; lane < lanes; lane++) {
    paths->nfe[lane] = solution->evaluations[lane];
    for (guint k = 0; k < n_depths; k++)
      memcpy (paths->state + ((gsize)k * lanes + lane) * dim,
              solution->samples + ((gsize)lane * n_depths + k) * dim,
              dim * sizeof (double));
  }
}

static OdlSolution *
solve (const OdlClassifier *self, const OdlProblem *problem,
       const OdlClassifierPlan *plan, guint n_depths, const double *at)
{
  OdlSolveOptions options = { .method = plan->method,
                              .steps = plan->steps,
                              .rtol = plan->tolerance,
                              .atol = plan->tolerance,
                              .control = ODL_CONTROL_PI,
                              .max_steps = MAX_STEPS,
                              .n_at = n_depths,
                              .at = at,
                              .interrupted = plan->interrupted,
                              .interrupted_data = plan->interrupted_data,
                              .pool = plan->pool };
  return odl_solve (problem, &options, NULL);
}

OdlClassifierPaths *
odl_classifier_follow (const OdlClassifier *self, const double *theta,
                       const OdlClassifierPlan *plan, guint lanes, const double *x,
                       guint n_depths, const double *depth)
{
  g_return_val_if_fail (self != NULL && theta != NULL, NULL);
  if (lanes == 0)
    return paths_new (self, 0,
                      self->shape.blocks > 0 ? self->shape.blocks + 1 : n_depths);
  if (self->shape.blocks > 0)
    return follow_blocks (self, theta, plan, lanes, x);
  gsize size = (gsize)lanes * (2 + self->dim + n_depths);
  double *slab = g_new0 (double, size), *t0 = slab, *t1 = t0 + lanes;
  double *y0 = t1 + lanes, *at = y0 + (gsize)lanes * self->dim;
  for (guint lane = 0; lane < lanes; lane++) {
    t1[lane] = self->shape.span;
    memcpy (at + (gsize)lane * n_depths, depth, n_depths * sizeof (double));
  }
  memcpy (y0, x, (gsize)self->shape.data_dim * lanes * sizeof (double));
  OdlProblem problem = { .field = self->plain.field,
                         .theta = theta,
                         .lanes = lanes,
                         .t0 = t0,
                         .t1 = t1,
                         .y0 = y0 };
  OdlSolution *solution = solve (self, &problem, plan, n_depths, at);
  OdlClassifierPaths *paths = NULL;
  if (solution != NULL && !was_stopped (solution)) {
    paths = paths_new (self, lanes, n_depths);
    transpose (solution, n_depths, paths);
  }
  g_clear_pointer (&solution, odl_solution_free);
  g_free (slab);
  return paths;
}

/* ---- Judging ---- */

static void
judge_tile (const OdlClassifier *self, const double *theta,
            const OdlClassifierJudgement *j, guint first, double *slab)
{
  guint width = self->head_width, dim = self->dim, n = self->n_outputs;
  guint left = MIN (width, j->lanes - first);
  double *h = slab, *target = h + dim * width, *loss = target + n * width;
  double *outputs = loss + width, *scratch = outputs + n * width;
  for (guint row = 0; row < dim; row++)
    for (guint lane = 0; lane < width; lane++)
      h[row * width + lane]
          = j->h[(gsize)row * j->lanes + first + MIN (lane, left - 1)];
  memset (target, 0, n * width * sizeof (double));
  if (j->loss != NULL)
    odl_classifier_targets (self, j->x ? j->x + first : NULL,
                            j->label ? j->label + first : NULL, j->lanes, left, width,
                            target);
  odl_program_run (self->head, width, theta, (const double *[]){ h, target },
                   (double *[]){ loss, outputs }, NULL, scratch);
  for (guint lane = 0; lane < left; lane++) {
    if (j->loss != NULL)
      j->loss[first + lane] = loss[lane];
    for (guint k = 0; k < n && j->outputs != NULL; k++)
      j->outputs[(gsize)k * j->lanes + first + lane] = outputs[k * width + lane];
  }
}

void
odl_classifier_judge (const OdlClassifier *self, const double *theta,
                      const OdlClassifierJudgement *judgement)
{
  g_return_if_fail (self != NULL && theta != NULL && judgement->h != NULL);
  guint width = self->head_width;
  gsize n = (gsize)(self->dim + 2 * self->n_outputs + 1) * width
            + odl_program_scratch (self->head, width);
  double *slab = g_aligned_alloc0 (n, sizeof (double), ALIGNMENT);
  for (guint first = 0; first < judgement->lanes; first += width)
    judge_tile (self, theta, judgement, first, slab);
  g_aligned_free (slab);
}
