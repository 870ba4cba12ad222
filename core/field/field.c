/* Fields: a graph with its JVP and VJP, compiled. SPDX-License-Identifier: MIT
 *
 * The three programs come from one graph, so that derivatives cannot disagree with what
 * is integrated. A Jacobian at a point is the JVP with the unit vectors as tangents,
 * one per lane, eight lanes a run. Nothing is allocated in eval and vjp: the caller
 * brings the scratch. */
#include "field/field.h"

#include <string.h>
#include "graph/derive.h"

#define POINT_WIDTH 8 /* the narrowest tile */
#define ALIGNMENT   64

static OdlProgram *
compile (OdlGraph *graph, OdlIsa isa)
{
  OdlProgram *program = odl_program_new (graph, isa);
  odl_graph_free (graph);
  return program;
}

static guint
input_rows (const OdlGraph *graph, guint index)
{
  return odl_graph_operation (graph, odl_graph_input_node (graph, index))->rows;
}

OdlField *
odl_field_new (OdlGraph *graph, OdlIsa isa)
{
  guint n_inputs = odl_graph_n_inputs (graph);
  g_return_val_if_fail (n_inputs == 2 || n_inputs == 3, NULL);
  g_return_val_if_fail (input_rows (graph, 0) == 1, NULL);
  g_return_val_if_fail (odl_graph_n_outputs (graph) == 1, NULL);
  guint dim = input_rows (graph, 1);
  OdlNode dy = odl_graph_output_node (graph, 0);
  g_return_val_if_fail (odl_graph_operation (graph, dy)->rows == dim, NULL);

  OdlField *field = g_new0 (OdlField, 1);
  field->dim = dim;
  field->n_theta = odl_graph_n_theta (graph);
  field->n_aux = n_inputs == 3 ? input_rows (graph, 2) : 0;
  field->graph = graph;
  field->f = odl_program_new (graph, isa);
  field->jvp = compile (odl_graph_jvp (graph), isa);
  field->vjp = compile (odl_graph_vjp (graph, TRUE), isa);
  field->width = odl_program_width (field->f);
  const OdlProgram *programs[] = { field->f, field->jvp, field->vjp };
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++) {
    gsize scratch = odl_program_scratch (programs[i], MAX (field->width, POINT_WIDTH));
    field->scratch = MAX (field->scratch, scratch);
  }
  return field;
}

void
odl_field_free (OdlField *field)
{
  g_return_if_fail (field != NULL);
  odl_graph_free (field->graph);
  odl_program_free (field->f);
  odl_program_free (field->jvp);
  odl_program_free (field->vjp);
  g_free (field);
}

void
odl_field_eval (const OdlField *field, guint width, const double *theta,
                const double *t, const double *y, const double *aux, double *dy,
                double *scratch)
{
  g_assert (width <= field->width && (aux != NULL) == (field->n_aux > 0));
  const double *inputs[] = { t, y, aux };
  double *outputs[] = { dy };
  odl_program_run (field->f, width, theta, inputs, outputs, NULL, scratch);
}

void
odl_field_vjp (const OdlField *field, guint width, const double *theta, const double *t,
               const double *y, const double *aux, const double *w,
               const OdlFieldCotangent *out, double *scratch)
{
  g_assert (width <= field->width && (aux != NULL) == (field->n_aux > 0));
  const double *inputs[] = { t, y, field->n_aux ? aux : w, w };
  double *outputs[] = { out->dt, out->dy, out->daux };
  odl_program_run (field->vjp, width, theta, inputs, outputs, out->theta_gradient,
                   scratch);
}

/* Columns `first` and on of the Jacobian from one run of the JVP, a column per lane.
 * slab: t, y, ṫ, ẏ, dy, column block, scratch. */
static void
run_columns (const OdlField *field, const double *theta, double *slab, guint first,
             double *jacobian)
{
  guint dim = field->dim, columns = MIN (POINT_WIDTH, dim - first);
  double *t = slab, *y = t + POINT_WIDTH, *t_dot = y + dim * POINT_WIDTH;
  double *y_dot = t_dot + POINT_WIDTH, *dy = y_dot + dim * POINT_WIDTH;
  double *dy_dot = dy + dim * POINT_WIDTH, *scratch = dy_dot + dim * POINT_WIDTH;
  memset (y_dot, 0, sizeof (double) * dim * POINT_WIDTH);
  for (guint lane = 0; lane < columns; lane++)
    y_dot[(first + lane) * POINT_WIDTH + lane] = 1;
  const double *inputs[] = { t, y, t_dot, y_dot };
  double *outputs[] = { dy, dy_dot };
  odl_program_run (field->jvp, POINT_WIDTH, theta, inputs, outputs, NULL, scratch);
  for (guint row = 0; row < dim; row++)
    for (guint lane = 0; lane < columns; lane++)
      jacobian[row * dim + first + lane] = dy_dot[row * POINT_WIDTH + lane];
}

void
odl_field_at (const OdlField *field, const double *theta, double t, const double *y,
              double *dy, double *jacobian)
{
  g_return_if_fail (field->n_aux == 0);
  guint dim = field->dim;
  gsize n = (2 + 4 * dim) * POINT_WIDTH + field->scratch;
  double *slab = g_aligned_alloc0 (n, sizeof (double), ALIGNMENT);
  double *here = slab + POINT_WIDTH, *t_dot = here + dim * POINT_WIDTH;
  double *out = t_dot + (1 + dim) * POINT_WIDTH, *scratch = out + 2 * dim * POINT_WIDTH;
  for (guint lane = 0; lane < POINT_WIDTH; lane++) {
    slab[lane] = t;
    for (guint row = 0; row < dim; row++)
      here[row * POINT_WIDTH + lane] = y[row];
  }
  const double *inputs[] = { slab, here };
  odl_program_run (field->f, POINT_WIDTH, theta, inputs, &out, NULL, scratch);
  for (guint row = 0; row < dim; row++)
    dy[row] = out[row * POINT_WIDTH];
  for (guint first = 0; jacobian && first < dim; first += POINT_WIDTH)
    run_columns (field, theta, slab, first, jacobian);
  g_aligned_free (slab);
}
