/* Steps an explicit tableau. SPDX-License-Identifier: MIT
 *
 * A stage is two passes over the tile: the sum of the stages before it (kernels-step.c)
 * and f. The zeros of a table are left out once, when the stepper is made. A stage
 * whose row is empty is evaluated at y itself. */
#include "solve/step.h"

#include <string.h>

#define CACHE     32768 /* bytes that a tile's stages may take */
#define MIN_WIDTH 8
#define TILE_MIN  32 /* narrower tiles than this do not pay for the dispatch */

gsize
odl_stepper_doubles (const OdlField *field, guint width)
{
  return (1 + field->dim + field->n_aux) * (gsize)width + field->scratch;
}

guint
odl_stepper_width (const OdlField *field, const OdlMethod *method, guint lanes)
{
  const gsize rows
      = 4 + (gsize)field->dim * (method->stages + method->dense_stages + 3);
  guint width = field->width;
  while (width > TILE_MIN && rows * width * sizeof (double) > CACHE)
    width = width / 2 / 8 * 8;
  const guint enough = (MAX (lanes, 1) + 7) / 8 * 8;
  return MAX (MIN (width, enough), MIN_WIDTH);
}

static gboolean
uses_time (const OdlGraph *graph)
{
  const OdlNode t = odl_graph_input_node (graph, 0);
  for (guint i = 0; i < odl_graph_n_operations (graph); i++) {
    const OdlOperation *o = odl_graph_operation (graph, (OdlNode)i);
    if (o->a == t || o->b == t)
      return TRUE;
  }
  return odl_graph_output_node (graph, 0) == t;
}

static OdlWeights
weights (const double *dense, guint n)
{
  OdlWeights w = { 0 };
  for (guint j = 0; dense && j < n; j++)
    if (dense[j] != 0) {
      w.stage[w.n] = j;
      w.weight[w.n++] = dense[j];
    }
  return w;
}

void
odl_stepper_init (OdlStepper *stepper, const OdlField *field, const OdlMethod *method,
                  const double *theta, guint width, double *slab)
{
  const guint s = method->stages, all = s + method->dense_stages;
  g_return_if_fail (method->stages > 0 && all <= ODL_MAX_STAGES);
  g_return_if_fail (width > 0 && width % 8 == 0 && width <= MAX (field->width, 8));
  *stepper = (OdlStepper){ .field = field,
                           .method = method,
                           .theta = theta,
                           .width = width,
                           .depends_on_t = uses_time (field->graph) || field->n_aux > 0,
                           .kernels = odl_step_kernels (),
                           .b = weights (method->b, s),
                           .e = weights (method->e, s),
                           .e2 = weights (method->e2, s) };
  for (guint i = 0; method->a && i < s; i++)
    stepper->row[i] = weights (method->a + i * s, i);
  for (guint i = s; i < all; i++)
    stepper->row[i] = weights (method->dense_a + (i - s) * all, i);
  stepper->stage_y = slab;
  stepper->stage_aux = stepper->stage_y + field->dim * (gsize)width;
  stepper->stage_t = stepper->stage_aux + field->n_aux * (gsize)width;
  stepper->scratch = stepper->stage_t + width;
}

gsize
odl_stepper_bound_size (const OdlField *field, const OdlMethod *method)
{
  return odl_program_bound_size (field->f) * (method->stages + method->dense_stages);
}

void
odl_stepper_attach (OdlStepper *stepper, double *k, void *memory)
{
  const OdlMethod *m = stepper->method;
  const gsize size = stepper->field->dim * (gsize)stepper->width;
  const double *inputs[] = { stepper->stage_t, stepper->stage_y,
                             stepper->fill_aux ? stepper->stage_aux : stepper->aux };
  stepper->attached = k;
  stepper->bound = memory;
  stepper->bound_size = odl_program_bound_size (stepper->field->f);
  for (guint i = 0; i < m->stages + m->dense_stages; i++) {
    double *output = k + i * size;
    odl_program_bind (stepper->field->f, stepper->width, stepper->theta, inputs,
                      &output, stepper->scratch,
                      (OdlBound *)(stepper->bound + i * stepper->bound_size));
  }
}

void
odl_step_eval (const OdlStepper *stepper, const double *t, const double *y, double *dy)
{
  const double *aux = stepper->aux;
  if (stepper->fill_aux) {
    stepper->fill_aux (stepper->fill_data, t, stepper->stage_aux);
    aux = stepper->stage_aux;
  }
  odl_field_eval (stepper->field, stepper->width, stepper->theta, t, y, aux, dy,
                  stepper->scratch);
}

static double
node (const OdlMethod *method, guint i)
{
  return i < method->stages ? method->c[i] : method->dense_c[i - method->stages];
}

static void
stage_state (const OdlStepper *stepper, guint i, const double *h, const double *y,
             const double *k, double *yi)
{
  const OdlStepTile tile = {
    .rows = stepper->field->dim, .width = stepper->width, .h = h, .y = y, .k = k
  };
  if (stepper->row[i].n > 0)
    stepper->kernels->combine (&tile, &stepper->row[i], yi);
  else
    memcpy (yi, y, sizeof (double) * tile.rows * tile.width);
}

void
odl_step_stage_point (const OdlStepper *stepper, guint i, const double *t,
                      const double *h, const double *y, const double *k, double *ti,
                      double *yi)
{
  g_assert (i < stepper->method->stages + stepper->method->dense_stages);
  stepper->kernels->node (stepper->width, node (stepper->method, i), t, h, ti);
  stage_state (stepper, i, h, y, k, yi);
}

/* f at stage_t and stage_y. */
static void
eval_stage (const OdlStepper *stepper, guint i, double *k)
{
  const gsize size = stepper->field->dim * (gsize)stepper->width;
  if (k != stepper->attached) {
    odl_step_eval (stepper, stepper->stage_t, stepper->stage_y, k + i * size);
    return;
  }
  if (stepper->fill_aux)
    stepper->fill_aux (stepper->fill_data, stepper->stage_t, stepper->stage_aux);
  odl_bound_run ((const OdlBound *)(stepper->bound + i * stepper->bound_size));
}

void
odl_step_at (const OdlStepper *stepper, guint i, const double *t, const double *y,
             double *k)
{
  const gsize width = stepper->width, size = stepper->field->dim * width;
  if (k != stepper->attached) {
    odl_step_eval (stepper, t, y, k + i * size);
    return;
  }
  memcpy (stepper->stage_t, t, sizeof (double) * width);
  memcpy (stepper->stage_y, y, sizeof (double) * size);
  eval_stage (stepper, i, k);
}

void
odl_step_stages (const OdlStepper *stepper, guint first, guint last, const double *t,
                 const double *h, const double *y, double *k)
{
  for (guint i = first; i < last; i++) {
    if (i == 0) {
      odl_step_at (stepper, 0, t, y, k);
      continue;
    }
    stage_state (stepper, i, h, y, k, stepper->stage_y);
    if (stepper->depends_on_t)
      stepper->kernels->node (stepper->width, node (stepper->method, i), t, h,
                              stepper->stage_t);
    eval_stage (stepper, i, k);
  }
}

void
odl_step_end (const OdlStepper *stepper, const double *h, const double *y,
              const double *k, double *y1)
{
  const OdlStepTile tile = {
    .rows = stepper->field->dim, .width = stepper->width, .h = h, .y = y, .k = k
  };
  stepper->kernels->combine (&tile, &stepper->b, y1);
}

const OdlStepKernels *
odl_step_kernels (void)
{
#if defined __x86_64__
  if (odl_isa_available (ODL_ISA_AVX512))
    return &odl_step_kernels_avx512;
  if (odl_isa_available (ODL_ISA_AVX2))
    return &odl_step_kernels_avx2;
#endif
  return &odl_step_kernels_baseline;
}
