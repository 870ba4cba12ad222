/* Initial value problems from text. SPDX-License-Identifier: MIT */
#include "support/ivp.h"

#include <string.h>

static Ivp *
wrap (OdlField *field, double t0, double t1, const double *start)
{
  Ivp *ivp = g_new0 (Ivp, 1);
  ivp->field = field;
  ivp->theta = g_new0 (double, field->n_theta + 1);
  ivp->t0 = g_new (double, 1);
  ivp->t1 = g_new (double, 1);
  ivp->t0[0] = t0;
  ivp->t1[0] = t1;
  ivp->y0 = g_memdup2 (start, sizeof (double) * field->dim);
  ivp->aux = g_new (double, field->n_aux + 1);
  for (guint i = 0; i < field->n_aux; i++)
    ivp->aux[i] = 1;
  ivp->problem = (OdlProblem){ .field = field,
                               .theta = ivp->theta,
                               .lanes = 1,
                               .t0 = ivp->t0,
                               .t1 = ivp->t1,
                               .y0 = ivp->y0,
                               .aux = field->n_aux ? ivp->aux : NULL };
  return ivp;
}

Ivp *
ivp_new (const char *equations, double t0, double t1, const double *start)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlEquations) e = odl_equations_parse (equations, &error);
  g_assert_no_error (error);
  Ivp *ivp
      = wrap (odl_field_new (odl_graph_copy (e->graph), ODL_ISA_BEST), t0, t1, start);
  if (e->n_parameters > 0)
    memcpy (ivp->theta, e->defaults, sizeof (double) * e->n_parameters);
  return ivp;
}

Ivp *
ivp_new_driven (double t0, double t1, double start)
{
  OdlGraph *graph = odl_graph_new ();
  odl_graph_input (graph, "t", 1);
  const OdlNode y = odl_graph_input (graph, "y", 1);
  const OdlNode aux = odl_graph_input (graph, "aux", 1);
  odl_graph_output (graph, "dy", odl_graph_binary (graph, ODL_OP_MUL, aux, y));
  return wrap (odl_field_new (graph, ODL_ISA_BEST), t0, t1, &start);
}

void
ivp_free (Ivp *ivp)
{
  odl_field_free (ivp->field);
  g_free (ivp->theta);
  g_free (ivp->t0);
  g_free (ivp->t1);
  g_free (ivp->y0);
  g_free (ivp->aux);
  g_free (ivp);
}

static double *
repeat (double *old, guint rows, guint lanes)
{
  double *many = g_new (double, (gsize)rows *lanes + 1);
  for (guint row = 0; row < rows; row++)
    for (guint lane = 0; lane < lanes; lane++)
      many[(gsize)row * lanes + lane] = old[row];
  g_free (old);
  return many;
}

void
ivp_lanes (Ivp *ivp, guint lanes)
{
  g_assert (ivp->problem.lanes == 1);
  ivp->problem.lanes = lanes;
  ivp->problem.t0 = ivp->t0 = repeat (ivp->t0, 1, lanes);
  ivp->problem.t1 = ivp->t1 = repeat (ivp->t1, 1, lanes);
  ivp->problem.y0 = ivp->y0 = repeat (ivp->y0, ivp->field->dim, lanes);
  ivp->aux = repeat (ivp->aux, ivp->field->n_aux, lanes);
  if (ivp->problem.aux)
    ivp->problem.aux = ivp->aux;
}

OdlSolution *
ivp_solve (const Ivp *ivp, const OdlSolveOptions *options)
{
  g_autoptr (GError) error = NULL;
  OdlSolution *solution = odl_solve (&ivp->problem, options, &error);
  g_assert_no_error (error);
  g_assert_nonnull (solution);
  return solution;
}

OdlSolveOptions
ivp_fixed (const OdlMethod *method, guint64 steps)
{
  return (OdlSolveOptions){ .method = method, .steps = steps };
}

OdlSolveOptions
ivp_adaptive (const OdlMethod *method, double tolerance)
{
  return (OdlSolveOptions){
    .method = method, .rtol = tolerance, .atol = tolerance, .control = ODL_CONTROL_PI
  };
}

gboolean
ivp_same_bits (const double *a, const double *b, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (memcmp (&a[i], &b[i], sizeof (double)) != 0 && !(a[i] != a[i] && b[i] != b[i]))
      return FALSE;
  return TRUE;
}
