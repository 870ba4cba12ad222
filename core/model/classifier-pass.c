/* One pass of training: forward, head, backward. SPDX-License-Identifier: MIT
 *
 * A neural ODE goes through a tape; a ResNet is run tile by tile here, with the state
 * before each block kept for the way back. Between the two ways the head turns the end
 * states into losses and their cotangents, lane by lane in order. Sums over lanes are
 * split into a fixed number of groups and added up in order, so the result is the same
 * bits for any number of threads. */
#include "model/classifier-parts.h"

#include <math.h>
#include <string.h>

#define ALIGNMENT 64

/* The slab's parts for a number of lanes. */
typedef struct {
  double *t0, *t1;        /* lanes */
  double *y0, *y1, *w1;   /* rows × lanes */
  double *outputs, *loss; /* n_outputs × lanes; lanes */
  double *head;           /* tiles of the head and its scratch */
  double *kept;           /* ResNet: states before every block, tile after tile */
  double *tiles, *sums;   /* per group: tiles and scratch; θ-gradient of the blocks */
  gsize kept_stride, tiles_stride, sums_stride;
} Work;

static gsize
whole_lines (gsize n)
{
  return (n + 7) / 8 * 8;
}

static double *
carve (double *slab, gsize *used, gsize n)
{
  double *part = slab == NULL ? NULL : slab + *used;
  *used += whole_lines (n);
  return part;
}

static guint
tile_width (const OdlClassifier *self)
{
  return odl_program_width (self->rated.block_vjp);
}

static guint
n_tiles (const OdlClassifier *self, guint lanes)
{
  return (lanes + tile_width (self) - 1) / tile_width (self);
}

/* Doubles of the ResNet's own parts. */
static void
lay_out_blocks (const OdlClassifier *self, guint lanes, double *slab, gsize *used,
                Work *work)
{
  guint width = tile_width (self), rows = self->rated.rows;
  gsize scratch = MAX (odl_program_scratch (self->rated.block, width),
                       odl_program_scratch (self->rated.block_vjp, width));
  work->kept_stride = (gsize)(self->shape.blocks + 1) * rows * width;
  work->tiles_stride
      = (1 + 2 * (gsize)rows + odl_rated_aux (&self->rated, self->dim)) * width
        + whole_lines (scratch);
  work->sums_stride = whole_lines (odl_classifier_readout (self));
  work->kept = carve (slab, used, n_tiles (self, lanes) * work->kept_stride);
  work->tiles = carve (slab, used, CLASSIFIER_GROUPS * work->tiles_stride);
  work->sums = carve (slab, used, CLASSIFIER_GROUPS * work->sums_stride);
}

static gsize
lay_out (const OdlClassifier *self, guint lanes, double *slab, Work *work)
{
  gsize used = 0, width = self->head_width, rows = self->rated.rows;
  *work = (Work){ 0 };
  work->t0 = carve (slab, &used, lanes);
  work->t1 = carve (slab, &used, lanes);
  work->y0 = carve (slab, &used, rows * lanes);
  work->y1 = carve (slab, &used, rows * lanes);
  work->w1 = carve (slab, &used, rows * lanes);
  work->outputs = carve (slab, &used, (gsize)self->n_outputs * lanes);
  work->loss = carve (slab, &used, lanes);
  gsize scratch = MAX (odl_program_scratch (self->head, width),
                       odl_program_scratch (self->head_vjp, width));
  work->head = carve (slab, &used,
                      (2 * self->dim + 3 * self->n_outputs + 2) * width
                          + whole_lines (scratch));
  if (self->shape.blocks > 0)
    lay_out_blocks (self, lanes, slab, &used, work);
  return used;
}

static void
make_room (OdlClassifier *self, guint lanes)
{
  Work work;
  if (lanes <= self->room)
    return;
  g_aligned_free (self->slab);
  self->slab = g_aligned_alloc0 (lay_out (self, lanes, NULL, &work), sizeof (double),
                                 ALIGNMENT);
  self->room = lanes;
}

/* ---- Preparing ---- */

static gboolean
is_interrupted (const OdlClassifierPlan *plan)
{
  return plan->interrupted != NULL && plan->interrupted (plan->interrupted_data);
}

static gboolean
interrupted (gpointer data)
{
  return is_interrupted (&((OdlClassifier *)data)->plan);
}

static gboolean
same_fields (const OdlClassifierPlan *a, const OdlClassifierPlan *b)
{
  return (a->kinetic > 0) == (b->kinetic > 0) && (a->jacobian > 0) == (b->jacobian > 0)
         && (!(a->jacobian > 0) || a->probes == b->probes);
}

static gboolean
same_tape (const OdlClassifierPlan *a, const OdlClassifierPlan *b)
{
  return a->method == b->method && a->steps == b->steps && a->tolerance == b->tolerance
         && a->gradient == b->gradient && a->pool == b->pool;
}

/* Tried steps of one lane; a field that needs more has left every bound. */
#define MAX_STEPS 1000

static OdlTape *
build_tape (OdlClassifier *self, const OdlField *field, const OdlClassifierPlan *plan,
            GError **error)
{
  OdlGradientOptions options = { .gradient = plan->gradient,
                                 .method = plan->method,
                                 .steps = plan->steps,
                                 .rtol = plan->tolerance,
                                 .atol = plan->tolerance,
                                 .max_steps = MAX (MAX_STEPS, plan->steps),
                                 .interrupted = interrupted,
                                 .interrupted_data = self,
                                 .pool = plan->pool };
  return odl_tape_new (field, &options, error);
}

/* The new tape stands before the old one goes, so that a plan that is refused leaves
 * the last one as it was. */
gboolean
odl_classifier_prepare (OdlClassifier *self, const OdlClassifierPlan *plan,
                        GError **error)
{
  g_return_val_if_fail (self != NULL && plan != NULL, FALSE);
  gboolean fields = self->prepared && same_fields (&self->plan, plan);
  if (fields && same_tape (&self->plan, plan)) {
    self->plan = *plan;
    return TRUE;
  }
  Rated rated = self->rated;
  if (!fields)
    odl_rated_build (&rated, self, plan);
  OdlTape *tape = NULL;
  if (self->shape.blocks == 0)
    tape = build_tape (self, rated.field, plan, error);
  if (self->shape.blocks == 0 && tape == NULL) {
    if (!fields)
      odl_rated_clear (&rated);
    return FALSE;
  }
  g_clear_pointer (&self->tape, odl_tape_free);
  if (!fields) {
    odl_rated_clear (&self->rated);
    self->rated = rated;
    self->room = 0;
    g_clear_pointer (&self->slab, g_aligned_free);
  }
  self->tape = tape;
  self->plan = *plan;
  self->prepared = TRUE;
  return TRUE;
}

/* ---- The ResNet's ways ---- */

typedef struct {
  OdlClassifier *self;
  const double *theta;
  const OdlClassifierBatch *batch;
  Work work;
  guint first; /* tile of the round */
  gboolean backward;
  gboolean *stopped; /* CLASSIFIER_GROUPS: each group's own */
} Blocks;

/* Views into a group's tiles. */
typedef struct {
  double *t, *w, *w_next, *aux, *scratch;
} BlockTile;

static BlockTile
block_tile (const Blocks *blocks, guint group)
{
  guint width = tile_width (blocks->self), rows = blocks->self->rated.rows;
  BlockTile tile;
  tile.t = blocks->work.tiles + group * blocks->work.tiles_stride;
  tile.w = tile.t + width;
  tile.w_next = tile.w + rows * width;
  tile.aux = tile.w_next + rows * width;
  tile.scratch
      = tile.aux + odl_rated_aux (&blocks->self->rated, blocks->self->dim) * width;
  return tile;
}

/* Rows of a batch's array into a tile; lanes beyond the end repeat the last one. */
static void
gather (const double *from, guint rows, guint lanes, guint first, guint width,
        double *tile)
{
  for (guint row = 0; row < rows; row++)
    for (guint lane = 0; lane < width; lane++)
      tile[row * width + lane]
          = from[(gsize)row * lanes + MIN (first + lane, lanes - 1)];
}

static void
scatter (const double *tile, guint rows, guint lanes, guint first, guint width,
         double *to)
{
  for (guint row = 0; row < rows; row++)
    for (guint lane = 0; lane < width && first + lane < lanes; lane++)
      to[(gsize)row * lanes + first + lane] = tile[row * width + lane];
}

static void
fill (double *tile, guint width, double value)
{
  for (guint lane = 0; lane < width; lane++)
    tile[lane] = value;
}

static void
run_forward (const Blocks *blocks, guint index, guint group, const BlockTile *tile)
{
  const OdlClassifier *self = blocks->self;
  guint width = tile_width (self), rows = self->rated.rows;
  guint lanes = blocks->batch->lanes, first = index * width;
  double *y = blocks->work.kept + index * blocks->work.kept_stride;
  gather (blocks->work.y0, rows, lanes, first, width, y);
  if (self->rated.probes > 0)
    gather (blocks->batch->probe, odl_rated_aux (&self->rated, self->dim), lanes, first,
            width, tile->aux);
  for (guint l = 0; l < self->shape.blocks; l++, y += rows * width) {
    if ((blocks->stopped[group] = is_interrupted (&self->plan)))
      return;
    fill (tile->t, width, (double)l / self->shape.blocks);
    const double *inputs[] = { tile->t, y, tile->aux };
    double *outputs[] = { y + rows * width };
    odl_program_run (self->rated.block, width,
                     odl_classifier_block_theta (self, blocks->theta, l), inputs,
                     outputs, NULL, tile->scratch);
  }
  scatter (y, rows, lanes, first, width, blocks->work.y1);
}

static void
run_backward (const Blocks *blocks, guint index, guint group, BlockTile *tile)
{
  const OdlClassifier *self = blocks->self;
  guint width = tile_width (self), rows = self->rated.rows;
  guint lanes = blocks->batch->lanes, first = index * width;
  double *sums = blocks->work.sums + group * blocks->work.sums_stride;
  const double *kept = blocks->work.kept + index * blocks->work.kept_stride;
  gather (blocks->work.w1, rows, lanes, first, width, tile->w);
  for (guint row = 0; row < rows; row++)
    for (guint lane = 0; lane < width; lane++)
      if (first + lane >= lanes)
        tile->w[row * width + lane] = 0;
  if (self->rated.probes > 0)
    gather (blocks->batch->probe, odl_rated_aux (&self->rated, self->dim), lanes, first,
            width, tile->aux);
  for (guint l = self->shape.blocks; l-- > 0;) {
    if ((blocks->stopped[group] = is_interrupted (&self->plan)))
      return;
    fill (tile->t, width, (double)l / self->shape.blocks);
    const double *y = kept + (gsize)l * rows * width;
    const double *inputs[4] = { tile->t, y, tile->w, tile->w };
    if (self->rated.probes > 0)
      inputs[2] = tile->aux;
    double *outputs[] = { NULL, tile->w_next, NULL };
    double *sum = self->shape.shared ? sums : sums + (gsize)l * self->n_field;
    odl_program_run (self->rated.block_vjp, width,
                     odl_classifier_block_theta (self, blocks->theta, l), inputs,
                     outputs, sum, tile->scratch);
    double *swap = tile->w;
    tile->w = tile->w_next;
    tile->w_next = swap;
  }
}

/* Group g works on tiles g, g + CLASSIFIER_GROUPS, …, one a round. */
static void
run_group (gpointer data, guint group, guint worker)
{
  const Blocks *blocks = data;
  guint index = blocks->first + group;
  if (index >= n_tiles (blocks->self, blocks->batch->lanes))
    return;
  BlockTile tile = block_tile (blocks, group);
  if (blocks->backward)
    run_backward (blocks, index, group, &tile);
  else
    run_forward (blocks, index, group, &tile);
}

static OdlStatus
run_blocks (Blocks *blocks, gboolean backward)
{
  OdlClassifier *self = blocks->self;
  guint tiles = n_tiles (self, blocks->batch->lanes);
  gboolean stopped[CLASSIFIER_GROUPS] = { FALSE }, any = FALSE;
  blocks->backward = backward;
  blocks->stopped = stopped;
  for (blocks->first = 0; blocks->first < tiles && !any;
       blocks->first += CLASSIFIER_GROUPS) {
    odl_pool_run (self->plan.pool, CLASSIFIER_GROUPS, run_group, blocks);
    for (guint group = 0; group < CLASSIFIER_GROUPS; group++)
      any |= stopped[group];
  }
  return any ? ODL_STATUS_STOPPED : ODL_STATUS_DONE;
}

static OdlStatus
differentiate_blocks (Blocks *blocks, double *dtheta)
{
  const OdlClassifier *self = blocks->self;
  guint n = odl_classifier_readout (self);
  memset (blocks->work.sums, 0,
          CLASSIFIER_GROUPS * blocks->work.sums_stride * sizeof (double));
  OdlStatus status = run_blocks (blocks, TRUE);
  for (guint group = 0; group < CLASSIFIER_GROUPS; group++)
    for (guint i = 0; i < n; i++)
      dtheta[i] += blocks->work.sums[group * blocks->work.sums_stride + i];
  return status;
}

/* ---- The head ---- */

/* Losses, outputs and w1 = d(mean loss)/dy1 of all lanes; adds to dθ. */
static void
run_head (const OdlClassifier *self, const double *theta,
          const OdlClassifierBatch *batch, const Work *work, double *dtheta)
{
  guint width = self->head_width, dim = self->dim, n = self->n_outputs;
  guint lanes = batch->lanes;
  double *h = work->head, *target = h + dim * width, *loss = target + n * width;
  double *outputs = loss + width, *dloss = outputs + n * width;
  double *doutputs = dloss + width, *dh = doutputs + n * width;
  double *scratch = dh + dim * width;
  for (guint first = 0; first < lanes; first += width) {
    guint left = MIN (width, lanes - first);
    gather (work->y1, dim, lanes, first, width, h);
    odl_classifier_targets (self, batch->x + first,
                            batch->label ? batch->label + first : NULL, lanes, left,
                            width, target);
    fill (dloss, width, 0);
    fill (dloss, left, 1.0 / lanes);
    memset (doutputs, 0, n * width * sizeof (double));
    odl_program_run (self->head, width, theta, (const double *[]){ h, target },
                     (double *[]){ loss, outputs }, NULL, scratch);
    odl_program_run (self->head_vjp, width, theta,
                     (const double *[]){ h, target, dloss, doutputs },
                     (double *[]){ dh, NULL }, dtheta, scratch);
    scatter (loss, 1, lanes, first, width, work->loss);
    scatter (outputs, n, lanes, first, width, work->outputs);
    scatter (dh, dim, lanes, first, width, work->w1);
  }
}

static double
mean (const double *x, guint n)
{
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += x[i];
  return sum / n;
}

/* The penalties' rows of w1, and the means of everything. */
static void
sum_up (const OdlClassifier *self, const OdlClassifierBatch *batch, const Work *work,
        OdlClassifierPass *pass)
{
  guint lanes = batch->lanes, row = self->dim, right = 0;
  pass->kinetic = pass->jacobian = NAN;
  if (self->rated.kinetic) {
    fill (work->w1 + (gsize)row * lanes, lanes, self->plan.kinetic / lanes);
    pass->kinetic = mean (work->y1 + (gsize)row++ * lanes, lanes);
  }
  if (self->rated.jacobian) {
    fill (work->w1 + (gsize)row * lanes, lanes, self->plan.jacobian / lanes);
    pass->jacobian = mean (work->y1 + (gsize)row * lanes, lanes);
  }
  for (guint i = 0; i < lanes; i++) {
    guint label = self->shape.n_classes == 0 ? batch->x[i] < 0 : batch->label[i];
    right += odl_classifier_choose (self, work->outputs, lanes, i) == label;
  }
  pass->loss = mean (work->loss, lanes);
  pass->accuracy = (double)right / lanes;
}

/* ---- The pass ---- */

static void
fill_start (const OdlClassifier *self, const OdlClassifierBatch *batch,
            const Work *work)
{
  guint lanes = batch->lanes;
  fill (work->t0, lanes, 0);
  fill (work->t1, lanes, self->shape.span);
  memset (work->y0, 0, (gsize)self->rated.rows * lanes * sizeof (double));
  memcpy (work->y0, batch->x, (gsize)self->shape.data_dim * lanes * sizeof (double));
}

/* The end states of a ResNet may be anything; the first lane that is not finite is
 * named. */
static OdlStatus
check_finite (const double *y1, guint rows, guint lanes, guint *bad_lane)
{
  for (guint lane = 0; lane < lanes; lane++)
    for (guint row = 0; row < rows; row++)
      if (!isfinite (y1[(gsize)row * lanes + lane])) {
        *bad_lane = lane;
        return ODL_STATUS_NON_FINITE;
      }
  return ODL_STATUS_DONE;
}

static OdlStatus
pass_blocks (Blocks *blocks, OdlClassifierPass *pass, double *dtheta)
{
  OdlClassifier *self = blocks->self;
  const OdlClassifierBatch *batch = blocks->batch;
  const Work *work = &blocks->work;
  OdlStatus status = run_blocks (blocks, FALSE);
  if (status == ODL_STATUS_DONE)
    status = check_finite (work->y1, self->rated.rows, batch->lanes, &pass->bad_lane);
  if (status != ODL_STATUS_DONE)
    return status;
  run_head (self, blocks->theta, batch, work, dtheta);
  sum_up (self, batch, work, pass);
  pass->nfe_forward = pass->nfe_backward = self->shape.blocks;
  return differentiate_blocks (blocks, dtheta);
}

static OdlStatus
pass_tape (OdlClassifier *self, const double *theta, const OdlClassifierBatch *batch,
           const Work *work, OdlClassifierPass *pass, double *dtheta)
{
  OdlProblem problem = { .field = self->rated.field,
                         .theta = theta,
                         .lanes = batch->lanes,
                         .t0 = work->t0,
                         .t1 = work->t1,
                         .y0 = work->y0,
                         .aux = self->rated.probes > 0 ? batch->probe : NULL };
  OdlStatus status = odl_tape_forward (self->tape, &problem, work->y1, &pass->bad_lane);
  if (status != ODL_STATUS_DONE)
    return status;
  run_head (self, theta, batch, work, dtheta);
  sum_up (self, batch, work, pass);
  status = odl_tape_backward (self->tape, work->w1, &(OdlGradient){ .dtheta = dtheta });
  const OdlGradientReport *report = odl_tape_report (self->tape);
  pass->nfe_forward = (double)report->evaluations_forward / batch->lanes;
  pass->nfe_backward = (double)report->evaluations_backward / batch->lanes;
  return status;
}

OdlStatus
odl_classifier_gradient (OdlClassifier *self, const double *theta,
                         const OdlClassifierBatch *batch, double *dtheta,
                         OdlClassifierPass *pass)
{
  g_return_val_if_fail (self != NULL && self->prepared && batch->lanes > 0,
                        ODL_STATUS_SOLVER_FAILED);
  g_return_val_if_fail (self->rated.probes == 0 || batch->probe != NULL,
                        ODL_STATUS_SOLVER_FAILED);
  Blocks blocks = { .self = self, .theta = theta, .batch = batch };
  make_room (self, batch->lanes);
  lay_out (self, batch->lanes, self->slab, &blocks.work);
  *pass = (OdlClassifierPass){ .loss = NAN, .accuracy = NAN };
  memset (dtheta, 0, self->n_theta * sizeof (double));
  fill_start (self, batch, &blocks.work);
  pass->status = self->shape.blocks > 0
                     ? pass_blocks (&blocks, pass, dtheta)
                     : pass_tape (self, theta, batch, &blocks.work, pass, dtheta);
  return pass->status;
}
