/* One explicit Runge–Kutta step of a tile, forward and exactly reversed.
 * SPDX-License-Identifier: MIT
 *
 * With Xᵢ = y + h Σⱼ aᵢⱼ kⱼ and kᵢ = f (t + cᵢ h, Xᵢ), the new state is y + h Σ bᵢ kᵢ.
 * Its reverse derivative (Hager 2000; Sanz-Serna 2016) runs the stages backwards: with
 * w the cotangent of the new state and X̄ₗ those of the later stages, uᵢ = bᵢ w + Σₗ aₗᵢ
 * X̄ₗ,  (t̄ᵢ, X̄ᵢ, θ̄) by the VJP of f with h uᵢ, ȳ = w + Σ X̄ᵢ,  t̄ = Σ t̄ᵢ,  h̄ = Σ uᵢ·kᵢ +
 * cᵢ t̄ᵢ. The field's graph is split in two programs: the forward one also keeps the
 * costly values that the reverse one reads, so that reversing a step costs the stages
 * again and no more, or not even those where the record of the step was stored. */
#include "gradient/stages.h"

#include <string.h>
#include "graph/split.h"

guint
odl_stages_needed (const OdlMethod *m)
{
  guint needed = m->stages;
  while (needed > 1 && m->b[needed - 1] == 0)
    needed--;
  return needed;
}

static void
add_weight (OdlWeights *to, guint stage, double weight)
{
  if (weight == 0)
    return;
  to->stage[to->n] = stage;
  to->weight[to->n++] = weight;
}

static void
fill_weights (OdlStages *self)
{
  const OdlMethod *m = self->method;
  guint s = m->stages, n = self->needed;
  for (guint j = 0; j < s; j++) {
    add_weight (&self->b, j, m->b[j]);
    add_weight (&self->e, j, m->e ? m->e[j] : 0);
    add_weight (&self->e2, j, m->e2 ? m->e2[j] : 0);
    for (guint i = j + 1; m->a && i < s; i++)
      add_weight (&self->rows[i], j, m->a[i * s + j]);
  }
  for (guint i = 0; i < n; i++) {
    for (guint l = i + 1; m->a && l < n; l++)
      add_weight (&self->columns[i], l, m->a[l * s + i]);
    add_weight (&self->columns[i], n, m->b[i]);
  }
}

OdlStages *
odl_stages_new (const OdlField *field, const OdlMethod *method)
{
  g_return_val_if_fail (field != NULL && method->b != NULL, NULL);
  OdlStages *self = g_new0 (OdlStages, 1);
  self->method = method;
  self->kernels = odl_step_kernels ();
  self->dim = field->dim;
  self->n_aux = field->n_aux;
  self->n_theta = field->n_theta;
  self->stages = method->stages;
  self->needed = odl_stages_needed (method);
  self->fsal = odl_method_is_fsal (method);
  OdlSplit split = odl_graph_split (field->graph, odl_kernels (ODL_ISA_BEST));
  self->n_kept = split.n_kept;
  self->forward = odl_program_new (split.forward, ODL_ISA_BEST);
  self->reverse
      = odl_program_new_deferring (split.reverse, ODL_ISA_BEST, field->n_theta);
  odl_graph_free (split.forward);
  odl_graph_free (split.reverse);
  fill_weights (self);
  guint last = method->stages - 1;
  self->late = self->fsal && method->e && method->e[last] == 0
               && !(method->e2 && method->e2[last] != 0);
  return self;
}

void
odl_stages_free (OdlStages *self)
{
  if (self == NULL)
    return;
  odl_program_free (self->forward);
  odl_program_free (self->reverse);
  g_free (self);
}

gsize
odl_stages_record (const OdlStages *self, guint width)
{
  return (gsize)self->stages * (2 * self->dim + self->n_kept + 1) * width;
}

OdlRecord
odl_stages_record_at (const OdlStages *self, guint width, double *block)
{
  gsize states = (gsize)self->stages * self->dim * width;
  OdlRecord record = { .k = block, .x = block + states };
  record.t = record.x + states;
  record.kept = record.t + (gsize)self->stages * width;
  return record;
}

void
odl_stages_combine (const OdlStages *self, const OdlStageTile *tile, const double *h,
                    const double *y, const OdlWeights *weights, const double *k,
                    double *to)
{
  const OdlStepTile step
      = { .rows = self->dim, .width = tile->width, .h = h, .y = y, .k = k };
  self->kernels->combine (&step, weights, to);
}

void
odl_stages_evaluate (const OdlStages *self, const OdlStageTile *tile, const double *t,
                     const double *y, double *k, double *kept)
{
  const double *inputs[] = { t, y, tile->aux };
  double *outputs[] = { k, kept };
  odl_program_run (self->forward, tile->width, tile->theta, inputs, outputs, NULL,
                   tile->scratch);
}

void
odl_stages_run (const OdlStages *self, const OdlStageTile *tile, const double *t,
                const double *h, const double *y, guint first, guint count,
                const OdlRecord *record)
{
  gsize width = tile->width, size = self->dim * width;
  /* Where stage 0 is known, its time and state still have to be written. */
  for (guint i = first == 1 ? 0 : first; i < count; i++) {
    double *times = record->t + i * width, *x = record->x + i * size;
    self->kernels->node (width, self->method->c[i], t, h, times);
    if (self->rows[i].n == 0)
      memcpy (x, y, sizeof (double) * size);
    else
      odl_stages_combine (self, tile, h, y, &self->rows[i], record->k, x);
    if (i < first)
      continue;
    odl_stages_evaluate (self, tile, times, x, record->k + i * size,
                         record->kept + i * self->n_kept * width);
  }
}

void
odl_stages_advance (const OdlStages *self, const OdlStageTile *tile, const double *h,
                    const double *y, const OdlRecord *record, double *y1)
{
  odl_stages_combine (self, tile, h, y, &self->b, record->k, y1);
}

/* Where the pieces of the reverse pass stand in the scratch. */
typedef struct {
  double *stack; /* (needed + 1) × dim: X̄ of the stages, then w */
  double *u;     /* dim */
  double *zero;  /* dim: zeros */
  double *ones, *t, *aux;
} Work;

static gsize
work_rows (const OdlStages *self)
{
  return (gsize)(self->needed + 3) * self->dim + 2 + self->n_aux;
}

/* Programs' scratch, then the work of the reverse pass. */
gsize
odl_stages_scratch (const OdlStages *self, guint width)
{
  gsize forward = odl_program_scratch (self->forward, width);
  gsize reverse = odl_program_scratch (self->reverse, width);
  return (MAX (forward, reverse) + 7) / 8 * 8 + work_rows (self) * width;
}

static Work
place_work (const OdlStages *self, const OdlStageTile *tile)
{
  gsize width = tile->width, size = self->dim * width;
  gsize all = odl_stages_scratch (self, tile->width);
  Work work = { .stack = tile->scratch + all - work_rows (self) * width };
  work.u = work.stack + (self->needed + 1) * size;
  work.zero = work.u + size;
  work.ones = work.zero + size;
  work.t = work.ones + width;
  work.aux = work.t + width;
  for (gsize i = 0; i < size; i++)
    work.zero[i] = 0;
  for (gsize l = 0; l < width; l++)
    work.ones[l] = 1;
  return work;
}

/* h̄ += u·k, by lane, and u *= h. */
static void
add_dots (const OdlStages *self, gsize width, const double *h, const double *k,
          double *u, double *to)
{
  for (guint row = 0; row < self->dim; row++)
    for (gsize l = 0; l < width; l++) {
      to[l] += u[row * width + l] * k[row * width + l];
      u[row * width + l] *= h[l];
    }
}

void
odl_stages_vjp (const OdlStages *self, const OdlStageTile *tile,
                const OdlEvaluationCotangent *at)
{
  const double *inputs[5];
  guint n = 0;
  inputs[n++] = at->t;
  inputs[n++] = at->y;
  if (self->n_aux > 0)
    inputs[n++] = tile->aux;
  if (self->n_kept > 0)
    inputs[n++] = at->kept;
  inputs[n++] = at->w;
  double *outputs[] = { at->to_t, at->to, at->to_aux };
  odl_program_run (self->reverse, tile->width, tile->theta, inputs, outputs, at->theta,
                   tile->scratch);
}

static void
reverse_stage (const OdlStages *self, const OdlStageTile *tile, const OdlRecord *record,
               guint stage, const Work *work, const OdlStepCotangent *out)
{
  gsize width = tile->width, size = self->dim * width;
  const OdlEvaluationCotangent at
      = { .t = record->t + stage * width,
          .y = record->x + stage * size,
          .kept = record->kept + stage * self->n_kept * width,
          .w = work->u,
          .to = work->stack + stage * size,
          .to_t = out->t ? work->t : NULL,
          .to_aux = out->aux ? work->aux : NULL,
          .theta = out->theta };
  odl_stages_vjp (self, tile, &at);
  double c = self->method->c[stage];
  for (gsize l = 0; out->t && l < width; l++) {
    out->t[l] += work->t[l];
    out->h[l] += c * work->t[l];
  }
  for (gsize l = 0; out->aux && l < self->n_aux * width; l++)
    out->aux[l] += work->aux[l];
}

void
odl_stages_reverse (const OdlStages *self, const OdlStageTile *tile, const double *h,
                    const OdlRecord *record, const OdlStepCotangent *out)
{
  gsize width = tile->width, size = self->dim * width;
  guint n = self->needed;
  Work work = place_work (self, tile);
  OdlWeights sum = { 0 };
  memcpy (work.stack + n * size, out->y, sizeof (double) * size);
  for (guint i = n; i-- > 0;) {
    g_assert (self->columns[i].n > 0);
    odl_stages_combine (self, tile, out->h ? work.ones : h, work.zero,
                        &self->columns[i], work.stack, work.u);
    if (out->h)
      add_dots (self, width, h, record->k + i * size, work.u, out->h);
    reverse_stage (self, tile, record, i, &work, out);
  }
  for (guint i = 0; i < n; i++)
    add_weight (&sum, i, 1);
  odl_stages_combine (self, tile, work.ones,
                      out->increment ? work.zero : work.stack + n * size, &sum,
                      work.stack, out->y);
}
