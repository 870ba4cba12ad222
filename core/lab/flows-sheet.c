/* The sheet: a lattice over the inputs carried along by the flow, with the model's
 * decision at every vertex. SPDX-License-Identifier: MIT
 *
 * It is the deforming grid, the decision background and, lifted, the surface that the
 * plane becomes. */
#include <math.h>
#include "flows-state.h"

/* Vertices over the box, data dim × n. */
static double *
vertices (const OdlFlowsData *data, guint rows, guint columns)
{
  guint n = rows * columns;
  double *x = g_new (double, (gsize)n * data->dim);
  for (guint row = 0; row < rows; row++)
    for (guint column = 0; column < columns; column++) {
      guint i = row * columns + column;
      x[i] = data->box * (2.0 * column / (columns - 1) - 1);
      if (data->dim > 1)
        x[n + i] = data->box * (2.0 * row / (rows - 1) - 1);
    }
  return x;
}

/* How far the given class is ahead of the next. */
static double
margin (const double *outputs, guint k, guint n, guint i, guint given)
{
  double next = -INFINITY;
  for (guint c = 0; c < k; c++)
    if (c != given)
      next = fmax (next, outputs[(gsize)c * n + i]);
  return outputs[(gsize)given * n + i] - next;
}

static void
judge (const OdlFlowsMaking *making, const OdlClassifierPaths *paths,
       OdlFlowModel *model)
{
  const OdlClassifier *classifier = making->flow->classifier;
  guint n = paths->lanes, k = odl_classifier_n_outputs (classifier);
  g_autofree double *ends = odl_flows_ends (paths);
  g_autofree double *outputs = g_new (double, (gsize)n *k);
  OdlClassifierJudgement judgement = { .lanes = n, .h = ends, .outputs = outputs };
  odl_classifier_judge (classifier, making->theta, &judgement);
  model->sheet_logit = g_new (float, n);
  model->sheet_given = g_new (guint8, n);
  g_ptr_array_add (making->blocks, model->sheet_logit);
  g_ptr_array_add (making->blocks, model->sheet_given);
  for (guint i = 0; i < n; i++) {
    guint given = odl_classifier_choose (classifier, outputs, n, i);
    model->sheet_given[i] = (guint8)given;
    model->sheet_logit[i]
        = (float)(k == 1 ? outputs[i] : margin (outputs, k, n, i, given));
  }
}

gboolean
odl_flows_make_sheet (const OdlFlowsMaking *making, OdlFlowModel *model)
{
  const OdlFlowsData *data = &making->self->data;
  model->columns = ODL_FLOWS_LATTICE;
  model->rows = data->dim > 1 ? ODL_FLOWS_LATTICE : 1;
  guint n = model->rows * model->columns;
  g_autofree double *x = vertices (data, model->rows, model->columns);
  g_autoptr (OdlClassifierPaths) paths = odl_flows_follow (making, n, x);
  if (paths == NULL)
    return FALSE;
  model->n_depths = making->n_depths;
  model->sheet = odl_flows_floats (making, paths);
  judge (making, paths, model);
  if (odl_classifier_shape (making->flow->classifier)->blocks == 0) {
    model->sheet_nfe = g_new (guint16, n);
    g_ptr_array_add (making->blocks, model->sheet_nfe);
    for (guint i = 0; i < n; i++)
      model->sheet_nfe[i] = (guint16)MIN (paths->nfe[i], G_MAXUINT16);
  }
  return TRUE;
}
