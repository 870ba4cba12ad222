/* The continuous adjoint, solved backwards by the same solver.
 * SPDX-License-Identifier: MIT
 *
 * With a(t) = dL/dy(t), ȧ = −(∂f/∂y)ᵀ a, and dL/dθ = ∫ (∂f/∂θ)ᵀ a dt (R. Chen and
 * others 2018). Backsolve keeps the end state alone and solves y, a and the integrals
 * from t1 to t0; y is reconstructed, which is unstable where f contracts. The seminorm
 * variant leaves the integrals out of the error norm: nothing depends on them (Kidger,
 * Chen and Lyons 2021). The interpolated variant keeps the forward solve's dense output
 * and solves a along it. All are derivatives of the exact flow, right up to the
 * tolerances of both solves. At the ends dL/dt1 = a·f and dL/dt0 = −a·f. */
#include "gradient/augmented.h"
#include "gradient/tape.h"

#include <math.h>
#include <string.h>
#include "solve/dense.h"

/* The accepted steps of a lane, each `size` doubles: t, h, y, y1, stages of k. */
typedef struct {
  GArray *numbers;
  guint n;
} Path;

typedef struct {
  OdlTape *tape;
  OdlField *augmented;
  gboolean along, seminorm;
  OdlSlab end; /* dim × lanes */
  Path *paths; /* by lane, when along */
  guint n_paths;
  gsize size;   /* of a step */
  OdlSlab work; /* the backward problem's start; f at the ends */
} Adjoint;

static gpointer
create (OdlTape *tape)
{
  const OdlMethod *m = tape->options.method;
  Adjoint *self = g_new0 (Adjoint, 1);
  self->tape = tape;
  self->along = tape->options.gradient->kind == ODL_GRADIENT_INTERPOLATED;
  self->seminorm = tape->options.gradient->kind == ODL_GRADIENT_SEMINORM;
  self->augmented = self->along ? odl_augmented_along (tape->field)
                                : odl_augmented_backsolve (tape->field);
  self->size = 2 + (gsize)tape->field->dim * (2 + m->stages + m->dense_stages);
  return self;
}

static void
destroy (gpointer data)
{
  Adjoint *self = data;
  odl_field_free (self->augmented);
  for (guint i = 0; i < self->n_paths; i++)
    g_array_unref (self->paths[i].numbers);
  g_free (self->paths);
  odl_slab_clear (&self->end);
  odl_slab_clear (&self->work);
  g_free (self);
}

static void
begin_paths (Adjoint *self, guint lanes)
{
  if (lanes > self->n_paths) {
    self->paths = g_renew (Path, self->paths, lanes);
    for (guint i = self->n_paths; i < lanes; i++)
      self->paths[i].numbers = g_array_new (FALSE, FALSE, sizeof (double));
    self->n_paths = lanes;
  }
  for (guint i = 0; i < lanes; i++) {
    self->paths[i].n = 0;
    g_array_set_size (self->paths[i].numbers, 0);
  }
}

/* OdlRecorder: lanes of several threads may come at once, each to its own path. */
static void
keep_step (gpointer data, const OdlStepRecord *step)
{
  Adjoint *self = data;
  const guint dim = self->tape->field->dim;
  if (!step->accepted)
    return;
  Path *path = &self->paths[step->lane];
  const double head[] = { step->t, step->h };
  g_array_append_vals (path->numbers, head, 2);
  g_array_append_vals (path->numbers, step->y, dim);
  g_array_append_vals (path->numbers, step->y1, dim);
  g_array_append_vals (path->numbers, step->k, (guint)self->size - 2 - 2 * dim);
  path->n++;
}

/* y of a lane at time t by the dense output of the forward solve, then its constants.
 */
static void
look_up (gpointer data, guint lane, double t, double *aux)
{
  const Adjoint *self = data;
  const OdlProblem *p = &self->tape->problem;
  const Path *path = &self->paths[lane];
  const double *numbers = (const double *)path->numbers->data;
  const guint dim = self->tape->field->dim;
  const double forward = p->t1[lane] >= p->t0[lane] ? 1 : -1;
  guint low = 0, high = path->n;
  while (low + 1 < high) {
    guint middle = (low + high) / 2;
    if (forward * (t - numbers[middle * self->size]) >= 0)
      low = middle;
    else
      high = middle;
  }
  const double *step = numbers + low * self->size;
  double theta = CLAMP ((t - step[0]) / step[1], 0, 1);
  odl_dense_strided (self->tape->options.method, theta, step[1], dim, 1, step + 2,
                     step + 2 + 2 * dim, aux);
  for (guint i = 0; i < self->tape->field->n_aux; i++)
    aux[dim + i] = p->aux[(gsize)i * p->lanes + lane];
}

static gsize
held (const Adjoint *self)
{
  gsize bytes = sizeof (double) * self->tape->field->dim * self->tape->lanes;
  for (guint i = 0; self->along && i < self->tape->lanes; i++)
    bytes += self->paths[i].numbers->len * sizeof (double);
  return bytes;
}

static OdlSolveOptions
solve_options (const OdlTape *tape)
{
  const OdlGradientOptions *o = &tape->options;
  return (OdlSolveOptions){ .method = o->method,
                            .steps = o->steps,
                            .rtol = o->rtol,
                            .atol = o->atol,
                            .control = ODL_CONTROL_PI,
                            .max_steps = o->max_steps,
                            .interrupted = o->interrupted,
                            .interrupted_data = o->interrupted_data,
                            .pool = o->pool };
}

static void
forward (gpointer data, OdlTape *tape, double *y1)
{
  Adjoint *self = data;
  const gsize n = (gsize)tape->field->dim * tape->lanes;
  OdlSolveOptions options = solve_options (tape);
  if (self->along) {
    begin_paths (self, tape->lanes);
    options.recorder = keep_step;
    options.recorder_data = self;
    options.dense = TRUE;
  }
  g_autoptr (OdlSolution) solution = odl_solve (&tape->problem, &options, NULL);
  if (!solution) {
    for (guint lane = 0; lane < tape->lanes; lane++)
      tape->status[lane] = ODL_STATUS_SOLVER_FAILED;
    return;
  }
  memcpy (y1, solution->y1, sizeof (double) * n);
  memcpy (odl_slab_need (&self->end, n), y1, sizeof (double) * n);
  for (guint lane = 0; lane < tape->lanes; lane++) {
    tape->status[lane] = solution->status[lane];
    tape->evaluations[lane] = solution->evaluations[lane];
    tape->accepted[lane] = solution->accepted[lane];
    tape->rejected[lane] = solution->rejected[lane];
  }
  tape->report.bytes = held (self);
}

/* a·f by lane into `to`, signed: a, y are dim × lanes. */
static void
add_ends (const OdlTape *tape, const double *t, const double *y, const double *a,
          double sign, double *to)
{
  const OdlField *f = tape->field;
  const OdlProblem *p = &tape->problem;
  const OdlTiling tiling = odl_tiling (tape->lanes, f->width);
  const gsize width = tiling.width, rows = 1 + 2 * f->dim + f->n_aux;
  double *slab = g_aligned_alloc0 (rows * width + f->scratch + 8, sizeof (double), 64);
  double *times = slab, *at = times + width, *dy = at + f->dim * width;
  double *aux = dy + f->dim * width, *scratch = aux + f->n_aux * width;
  for (guint tile = 0; tile < tiling.n_tiles; tile++) {
    odl_tiling_gather (&tiling, tile, 1, t, times);
    odl_tiling_gather (&tiling, tile, f->dim, y, at);
    if (f->n_aux > 0)
      odl_tiling_gather (&tiling, tile, f->n_aux, p->aux, aux);
    odl_field_eval (f, tiling.width, p->theta, times, at, f->n_aux > 0 ? aux : NULL, dy,
                    scratch);
    for (guint i = 0; i < odl_tiling_real (&tiling, tile); i++) {
      const gsize lane = tile * width + i;
      double sum = 0;
      for (guint row = 0; row < f->dim; row++)
        sum += a[(gsize)row * tape->lanes + lane] * dy[row * width + i];
      to[lane] = sign * sum;
    }
  }
  g_aligned_free (slab);
}

/* The start of the backward solve: [y1;] w1, zeros. */
static double *
backward_start (Adjoint *self, const double *w1)
{
  const gsize n = (gsize)self->tape->field->dim * self->tape->lanes;
  const gsize all = (gsize)self->augmented->dim * self->tape->lanes;
  double *start = odl_slab_need (&self->work, all), *a = start;
  memset (start, 0, sizeof (double) * all);
  if (!self->along) {
    memcpy (start, self->end.data, sizeof (double) * n);
    a += n;
  }
  memcpy (a, w1, sizeof (double) * n);
  return start;
}

/* Sums over lanes run lane by lane. */
static void
hand_out (const Adjoint *self, const OdlSolution *solution, const double *w1,
          const OdlGradient *out)
{
  const OdlTape *tape = self->tape;
  const OdlField *f = tape->field;
  const gsize lanes = tape->lanes, n = f->dim * lanes;
  const double *a = solution->y1 + (self->along ? 0 : n), *aux = a + n;
  const double *theta = aux + f->n_aux * lanes;
  for (guint i = 0; out->dtheta && i < f->n_theta; i++)
    for (gsize lane = 0; lane < lanes; lane++)
      out->dtheta[i] += theta[i * lanes + lane];
  if (out->dy0)
    memcpy (out->dy0, a, sizeof (double) * n);
  if (out->daux)
    memcpy (out->daux, aux, sizeof (double) * f->n_aux * lanes);
  if (out->dt1)
    add_ends (tape, tape->problem.t1, self->end.data, w1, 1, out->dt1);
  if (out->dt0)
    add_ends (tape, tape->problem.t0, tape->problem.y0, a, -1, out->dt0);
}

/* How far the state that was solved backwards ends from the start it came from. */
static double
miss (const Adjoint *self, const OdlSolution *solution)
{
  const gsize n = (gsize)self->tape->field->dim * self->tape->lanes;
  double worst = 0;
  for (gsize i = 0; !self->along && i < n; i++)
    worst = fmax (worst, fabs (solution->y1[i] - self->tape->problem.y0[i]));
  return worst;
}

static OdlStatus
backward (gpointer data, OdlTape *tape, const double *w1, const OdlGradient *out)
{
  Adjoint *self = data;
  const OdlGradientOptions *o = &tape->options;
  const OdlProblem *p = &tape->problem;
  const guint dim = tape->field->dim;
  OdlSolveOptions options = solve_options (tape);
  options.rtol = o->adjoint_rtol > 0 ? o->adjoint_rtol : o->rtol;
  options.atol = o->adjoint_atol > 0 ? o->adjoint_atol : o->atol;
  options.norm_rows = self->along ? dim : self->seminorm ? 2 * dim : 0;
  const OdlProblem problem = { .field = self->augmented,
                               .theta = p->theta,
                               .lanes = p->lanes,
                               .t0 = p->t1,
                               .t1 = p->t0,
                               .y0 = backward_start (self, w1),
                               .aux = self->along ? NULL : p->aux,
                               .aux_at = self->along ? look_up : NULL,
                               .aux_data = self };
  g_autoptr (OdlSolution) solution = odl_solve (&problem, &options, NULL);
  if (!solution)
    return ODL_STATUS_SOLVER_FAILED;
  OdlStatus worst = ODL_STATUS_DONE;
  tape->report.evaluations_backward = 0;
  for (guint lane = 0; lane < p->lanes; lane++) {
    worst = MAX (worst, solution->status[lane]);
    tape->report.evaluations_backward += solution->evaluations[lane];
  }
  tape->report.reconstruction = miss (self, solution);
  if (worst == ODL_STATUS_DONE)
    hand_out (self, solution, w1, out);
  return worst;
}

const OdlTapeClass odl_tape_adjoint = { create, destroy, forward, backward };
