/* Runs a graph, one operation after another. SPDX-License-Identifier: MIT */
#include "graph/evaluate.h"

#include <math.h>
#include <string.h>

struct _OdlProgram {
  guint n, n_outputs;
  OdlOperation *ops;
  gsize *at;
  gsize rows;
  OdlNode *outputs;
};

gboolean
odl_isa_available (OdlIsa isa)
{
  return isa == ODL_ISA_BASELINE || isa == ODL_ISA_BEST;
}

const char *
odl_isa_name (OdlIsa isa)
{
  return "baseline";
}

OdlProgram *
odl_program_new (const OdlGraph *graph, OdlIsa isa)
{
  OdlProgram *p = g_new0 (OdlProgram, 1);
  p->n = odl_graph_n_operations (graph);
  p->ops = g_new0 (OdlOperation, p->n + 1);
  p->at = g_new0 (gsize, p->n + 1);
  for (guint i = 0; i < p->n; i++) {
    p->ops[i] = *odl_graph_operation (graph, (OdlNode)i);
    p->at[i] = p->rows;
    p->rows += p->ops[i].rows;
  }
  p->n_outputs = odl_graph_n_outputs (graph);
  p->outputs = g_new0 (OdlNode, p->n_outputs + 1);
  for (guint i = 0; i < p->n_outputs; i++)
    p->outputs[i] = odl_graph_output_node (graph, i);
  return p;
}

void
odl_program_free (OdlProgram *p)
{
  g_free (p->ops);
  g_free (p->at);
  g_free (p->outputs);
  g_free (p);
}

gsize
odl_program_scratch (const OdlProgram *p, guint width)
{
  return p->rows * width + 8;
}

guint
odl_program_width (const OdlProgram *p)
{
  return 32;
}

guint
odl_program_n_instructions (const OdlProgram *p)
{
  return p->n;
}

static double
unary (OdlOp op, double x)
{
  switch (op) {
  case ODL_OP_NEG:
    return -x;
  case ODL_OP_SIN:
    return sin (x);
  case ODL_OP_COS:
    return cos (x);
  case ODL_OP_TAN:
    return tan (x);
  case ODL_OP_ASIN:
    return asin (x);
  case ODL_OP_ACOS:
    return acos (x);
  case ODL_OP_ATAN:
    return atan (x);
  case ODL_OP_SINH:
    return sinh (x);
  case ODL_OP_COSH:
    return cosh (x);
  case ODL_OP_TANH:
    return tanh (x);
  case ODL_OP_EXP:
    return exp (x);
  case ODL_OP_LOG:
    return log (x);
  case ODL_OP_SQRT:
    return sqrt (x);
  case ODL_OP_ABS:
    return fabs (x);
  case ODL_OP_SIGN:
    return x > 0 ? 1 : x < 0 ? -1 : x;
  case ODL_OP_STEP:
    return x > 0 ? 1 : x <= 0 ? 0 : x;
  case ODL_OP_RECIPROCAL:
    return 1 / x;
  case ODL_OP_SQUARE:
    return x * x;
  case ODL_OP_SIGMOID:
    return 1 / (1 + exp (-x));
  case ODL_OP_SOFTPLUS:
    return x > 0 ? x + log1p (exp (-x)) : log1p (exp (x));
  case ODL_OP_RELU:
    return x <= 0 ? 0 : x;
  case ODL_OP_ELU:
    return x > 0 ? x : expm1 (x);
  case ODL_OP_SILU:
    return x / (1 + exp (-x));
  default:
    g_assert_not_reached ();
  }
}

static double
binary (OdlOp op, double a, double b)
{
  switch (op) {
  case ODL_OP_ADD:
    return a + b;
  case ODL_OP_SUB:
    return a - b;
  case ODL_OP_MUL:
    return a * b;
  case ODL_OP_DIV:
    return a / b;
  case ODL_OP_POW:
    return pow (a, b);
  case ODL_OP_MIN:
    return a < b || a != a ? a : b;
  case ODL_OP_MAX:
    return a > b || a != a ? a : b;
  case ODL_OP_LESS:
    return a < b;
  default:
    g_assert_not_reached ();
  }
}

void
odl_program_run (const OdlProgram *p, guint width, const double *theta,
                 const double *const inputs[], double *const outputs[],
                 double *gradient, double *scratch)
{
  for (guint i = 0; i < p->n; i++) {
    const OdlOperation *o = &p->ops[i];
    double *y = scratch + p->at[i] * width;
    const double *a = o->a >= 0 ? scratch + p->at[o->a] * width : NULL;
    const double *b = o->b >= 0 ? scratch + p->at[o->b] * width : NULL;
    guint ra = o->a >= 0 ? p->ops[o->a].rows : 0;
    guint rb = o->b >= 0 ? p->ops[o->b].rows : 0;
    guint rows
        = MAX (o->rows,
               o->op == ODL_OP_OUTER_TO_THETA || o->op == ODL_OP_SUM_TO_THETA ? ra : 0);
    for (guint r = 0; r < rows; r++)
      for (guint l = 0; l < width; l++) {
        double s = 0;
        switch (o->op) {
        case ODL_OP_INPUT:
          s = inputs[o->offset][r * width + l];
          break;
        case ODL_OP_CONSTANT:
          s = o->value;
          break;
        case ODL_OP_THETA:
          s = theta[o->offset + r];
          break;
        case ODL_OP_LINEAR:
          for (guint j = 0; j < ra; j++)
            s += theta[o->offset + r * ra + j] * a[j * width + l];
          break;
        case ODL_OP_LINEAR_T:
          for (guint j = 0; j < ra; j++)
            s += theta[o->offset + j * o->rows + r] * a[j * width + l];
          break;
        case ODL_OP_CONCAT:
          s = r < ra ? a[r * width + l] : b[(r - ra) * width + l];
          break;
        case ODL_OP_SLICE:
          s = a[(o->offset + r) * width + l];
          break;
        case ODL_OP_SUM_ROWS:
          for (guint j = 0; j < ra; j++)
            s += a[j * width + l];
          break;
        case ODL_OP_BROADCAST:
          s = a[l];
          break;
        case ODL_OP_OUTER_TO_THETA:
          for (guint j = 0; gradient && j < rb; j++)
            gradient[o->offset + r * rb + j] += a[r * width + l] * b[j * width + l];
          continue;
        case ODL_OP_SUM_TO_THETA:
          if (gradient)
            gradient[o->offset + r] += a[r * width + l];
          continue;
        default:
          if (o->op >= ODL_OP_ADD)
            s = binary (o->op, a[(ra > 1) * r * width + l],
                        b[(rb > 1) * r * width + l]);
          else
            s = unary (o->op, a[r * width + l]);
        }
        y[r * width + l] = s;
      }
  }
  for (guint k = 0; k < p->n_outputs; k++)
    if (outputs[k])
      memcpy (outputs[k], scratch + p->at[p->outputs[k]] * width,
              sizeof (double) * width * p->ops[p->outputs[k]].rows);
}
