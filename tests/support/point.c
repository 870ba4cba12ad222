/* Single points through a tile of eight lanes. SPDX-License-Identifier: MIT
 *
 * Every lane gets the same inputs, so a θ-gradient is eight times that of the point; a
 * division by a power of two loses nothing. */
#include "support/point.h"

#include <string.h>
#include "graph/evaluate.h"

#define WIDTH      8
#define MAX_ARRAYS 16

typedef struct {
  guint n, rows[MAX_ARRAYS];
  double *slab, *arrays[MAX_ARRAYS];
} Arrays;

struct _Point {
  OdlProgram *program;
  Arrays in, out;
  guint n_theta;
  double *scratch, *gradient;
};

static double *
allocate (gsize n)
{
  return g_aligned_alloc0 (n + 8, sizeof (double), 64);
}

static void
lay_out (Arrays *arrays)
{
  gsize total = 0;
  g_assert (arrays->n <= MAX_ARRAYS);
  for (guint i = 0; i < arrays->n; i++)
    total += arrays->rows[i] * WIDTH;
  arrays->slab = allocate (total);
  double *next = arrays->slab;
  for (guint i = 0; i < arrays->n; next += arrays->rows[i++] * WIDTH)
    arrays->arrays[i] = next;
}

Point *
point_new (const OdlGraph *graph)
{
  Point *point = g_new0 (Point, 1);
  point->program = odl_program_new (graph, ODL_ISA_BEST);
  point->in.n = odl_graph_n_inputs (graph);
  point->out.n = odl_graph_n_outputs (graph);
  for (guint i = 0; i < point->in.n; i++)
    point->in.rows[i]
        = odl_graph_operation (graph, odl_graph_input_node (graph, i))->rows;
  for (guint i = 0; i < point->out.n; i++)
    point->out.rows[i]
        = odl_graph_operation (graph, odl_graph_output_node (graph, i))->rows;
  lay_out (&point->in);
  lay_out (&point->out);
  point->n_theta = odl_graph_n_theta (graph);
  point->gradient = allocate (point->n_theta);
  point->scratch = allocate (odl_program_scratch (point->program, WIDTH));
  return point;
}

void
point_free (Point *point)
{
  odl_program_free (point->program);
  g_aligned_free (point->in.slab);
  g_aligned_free (point->out.slab);
  g_aligned_free (point->gradient);
  g_aligned_free (point->scratch);
  g_free (point);
}

void
point_run (Point *point, const double *theta, const double *inputs, double *outputs,
           double *theta_gradient)
{
  for (guint i = 0; i < point->in.n; i++)
    for (guint row = 0; row < point->in.rows[i]; row++, inputs++)
      for (guint lane = 0; lane < WIDTH; lane++)
        point->in.arrays[i][row * WIDTH + lane] = *inputs;
  memset (point->gradient, 0, sizeof (double) * point->n_theta);
  odl_program_run (point->program, WIDTH, theta,
                   (const double *const *)point->in.arrays, point->out.arrays,
                   theta_gradient ? point->gradient : NULL, point->scratch);
  for (guint i = 0; i < point->out.n; i++)
    for (guint row = 0; row < point->out.rows[i]; row++)
      *outputs++ = point->out.arrays[i][row * WIDTH];
  for (guint i = 0; theta_gradient && i < point->n_theta; i++)
    theta_gradient[i] += point->gradient[i] / WIDTH;
}
