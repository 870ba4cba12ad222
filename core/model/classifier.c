/* A classifier's graphs: the network of its field, the penalties beside it, the head.
 * SPDX-License-Identifier: MIT
 *
 * The field's network is inlined into whatever needs it, always with the same θ, so the
 * plain field and the one with penalties cannot disagree. A penalty is a further row of
 * the state whose derivative is its integrand: |f|² (C. Finlay, J.-H. Jacobsen, L.
 * Nurbekyan, A. Oberman 2020), or the squared Frobenius norm of ∂f/∂h as Σ |vᵀ∂f/∂h|²
 * over the unit vectors, or its mean over random ones that stay through a solve. Its
 * gradient is then the solve's own. A ResNet's block is h + residual · F of the same
 * rows, one Euler step. */
#include "model/classifier-parts.h"

#include <math.h>
#include <string.h>
#include "graph/derive.h"
#include "learn/loss.h"

/* ---- Penalties ---- */

/* The i-th unit vector. */
static OdlNode
unit (OdlGraph *graph, guint i, guint dim)
{
  OdlNode one = odl_graph_constant (graph, 1, 1);
  if (i > 0)
    one = odl_graph_concat (graph, odl_graph_constant (graph, 0, i), one);
  if (i + 1 < dim)
    one = odl_graph_concat (graph, one, odl_graph_constant (graph, 0, dim - 1 - i));
  return one;
}

/* |vᵀ ∂f/∂h|². */
static OdlNode
pull_back (OdlGraph *graph, const OdlGraph *vjp, OdlNode t, OdlNode h, OdlNode v)
{
  OdlNode outputs[2];
  odl_graph_inline (graph, vjp, (OdlNode[]){ t, h, v }, 0, outputs);
  OdlNode square = odl_graph_unary (graph, ODL_OP_SQUARE, outputs[1]);
  return odl_graph_sum_rows (graph, square);
}

static OdlNode
frobenius (const OdlClassifier *self, const Rated *rated, OdlGraph *graph,
           const OdlNode inputs[3])
{
  guint n = rated->probes > 0 ? rated->probes : self->dim;
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (self->network->graph, FALSE);
  OdlNode total = ODL_NODE_NONE;
  for (guint i = 0; i < n; i++) {
    OdlNode v = rated->probes > 0
                    ? odl_graph_slice (graph, inputs[2], i * self->dim, self->dim)
                    : unit (graph, i, self->dim);
    OdlNode form = pull_back (graph, vjp, inputs[0], inputs[1], v);
    total = total < 0 ? form : odl_graph_binary (graph, ODL_OP_ADD, total, form);
  }
  if (rated->probes < 2)
    return total;
  OdlNode share = odl_graph_constant (graph, 1.0 / rated->probes, 1);
  return odl_graph_binary (graph, ODL_OP_MUL, total, share);
}

guint
odl_rated_aux (const Rated *rated, guint dim)
{
  return rated->probes * dim;
}

/* (t, y[, aux]) → F: f and the integrands of the penalties below it. */
static OdlGraph *
rated_graph (const OdlClassifier *self, const Rated *rated)
{
  if (!rated->kinetic && !rated->jacobian)
    return odl_graph_copy (self->network->graph);
  OdlGraph *graph = odl_graph_new ();
  OdlNode t = odl_graph_input (graph, "t", 1);
  OdlNode y = odl_graph_input (graph, "y", rated->rows), aux = ODL_NODE_NONE;
  if (rated->probes > 0)
    aux = odl_graph_input (graph, "aux", odl_rated_aux (rated, self->dim));
  OdlNode h = odl_graph_slice (graph, y, 0, self->dim), f;
  odl_graph_inline (graph, self->network->graph, (OdlNode[]){ t, h }, 0, &f);
  OdlNode all = f;
  if (rated->kinetic) {
    OdlNode square = odl_graph_unary (graph, ODL_OP_SQUARE, f);
    all = odl_graph_concat (graph, all, odl_graph_sum_rows (graph, square));
  }
  if (rated->jacobian)
    all = odl_graph_concat (graph, all,
                            frobenius (self, rated, graph, (OdlNode[]){ t, h, aux }));
  odl_graph_output (graph, "dy", all);
  return graph;
}

/* (t, y[, aux]) → y + residual · F. Takes `step`. */
static OdlGraph *
block_graph (const OdlClassifier *self, const Rated *rated, OdlGraph *step)
{
  OdlGraph *graph = odl_graph_new ();
  OdlNode inputs[3], f;
  inputs[0] = odl_graph_input (graph, "t", 1);
  inputs[1] = odl_graph_input (graph, "y", rated->rows);
  if (rated->probes > 0)
    inputs[2] = odl_graph_input (graph, "aux", odl_rated_aux (rated, self->dim));
  odl_graph_inline (graph, step, inputs, 0, &f);
  OdlNode residual = odl_graph_constant (graph, self->shape.residual, 1);
  f = odl_graph_binary (graph, ODL_OP_MUL, f, residual);
  odl_graph_output (graph, "y1", odl_graph_binary (graph, ODL_OP_ADD, inputs[1], f));
  odl_graph_free (step);
  return graph;
}

gboolean
odl_rated_build (Rated *rated, const OdlClassifier *self, const OdlClassifierPlan *plan)
{
  *rated = (Rated){ .kinetic = plan != NULL && plan->kinetic > 0,
                    .jacobian = plan != NULL && plan->jacobian > 0 };
  rated->probes = rated->jacobian ? plan->probes : 0;
  rated->rows = self->dim + rated->kinetic + rated->jacobian;
  OdlGraph *graph = rated_graph (self, rated);
  if (self->shape.blocks == 0) {
    rated->field = odl_field_new (graph, ODL_ISA_BEST);
    return rated->field != NULL;
  }
  g_autoptr (OdlGraph) block = block_graph (self, rated, graph);
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (block, TRUE);
  rated->block = odl_program_new (block, ODL_ISA_BEST);
  rated->block_vjp = odl_program_new (vjp, ODL_ISA_BEST);
  return TRUE;
}

void
odl_rated_clear (Rated *rated)
{
  g_clear_pointer (&rated->field, odl_field_free);
  g_clear_pointer (&rated->block, odl_program_free);
  g_clear_pointer (&rated->block_vjp, odl_program_free);
}

/* ---- The head ---- */

static OdlNode
head_loss (const OdlClassifier *self, OdlGraph *graph, OdlNode outputs, OdlNode target)
{
  const OdlClassifierShape *shape = &self->shape;
  if (shape->loss == ODL_CLASSIFIER_SQUARED)
    return odl_loss_squared (graph, outputs, target);
  if (shape->loss == ODL_CLASSIFIER_SMOOTH_L1 || shape->n_classes == 0)
    return odl_loss_smooth_l1 (graph, outputs, target);
  return self->n_outputs == 1 ? odl_loss_logistic (graph, outputs, target)
                              : odl_loss_softmax (graph, outputs, target);
}

static void
build_head (OdlClassifier *self)
{
  guint at = self->n_theta - self->n_outputs * (self->read + 1);
  g_autoptr (OdlGraph) graph = odl_graph_new ();
  OdlNode h = odl_graph_input (graph, "h", self->dim);
  OdlNode target = odl_graph_input (graph, "target", self->n_outputs);
  OdlNode outputs;
  if (self->shape.n_classes == 0) {
    outputs = odl_graph_slice (graph, h, 0, self->n_outputs);
  } else {
    OdlNode seen = odl_graph_slice (graph, h, 0, self->read);
    OdlNode product = odl_graph_linear (graph, at, self->n_outputs, seen);
    OdlNode shift
        = odl_graph_theta (graph, at + self->n_outputs * self->read, self->n_outputs);
    outputs = odl_graph_binary (graph, ODL_OP_ADD, product, shift);
  }
  odl_graph_output (graph, "loss", head_loss (self, graph, outputs, target));
  odl_graph_output (graph, "outputs", outputs);
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
  self->head = odl_program_new (graph, ODL_ISA_BEST);
  self->head_vjp = odl_program_new (vjp, ODL_ISA_BEST);
  self->head_width = odl_program_width (self->head_vjp);
}

static double
target_of (const OdlClassifier *self, const double *x, int label, guint stride,
           guint row)
{
  if (self->shape.n_classes == 0)
    return -x[(gsize)row * stride];
  if (self->n_outputs > 1)
    return label == (int)row;
  return self->shape.loss == ODL_CLASSIFIER_LOGISTIC ? label : 2 * label - 1;
}

void
odl_classifier_targets (const OdlClassifier *self, const double *x, const int *label,
                        guint stride, guint n, guint width, double *target)
{
  for (guint row = 0; row < self->n_outputs; row++)
    for (guint lane = 0; lane < width; lane++) {
      guint i = MIN (lane, n - 1);
      target[row * width + lane]
          = target_of (self, x ? x + i : NULL, label ? label[i] : 0, stride, row);
    }
}

/* ---- The whole ---- */

static gboolean
check_shape (const OdlClassifierShape *shape, GError **error)
{
  guint dim = shape->data_dim + shape->extra;
  if (shape->data_dim >= 1 && dim <= ODL_CLASSIFIER_MAX_DIM
      && shape->n_hidden <= ODL_CLASSIFIER_MAX_HIDDEN
      && shape->blocks <= ODL_CLASSIFIER_MAX_BLOCKS && shape->read <= dim
      && shape->n_classes != 1)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "the classifier has %u dimensions, %u hidden layers and %u blocks: 1 to "
               "%d, at most %d and at most %d are accepted",
               dim, shape->n_hidden, shape->blocks, ODL_CLASSIFIER_MAX_DIM,
               ODL_CLASSIFIER_MAX_HIDDEN, ODL_CLASSIFIER_MAX_BLOCKS);
  return FALSE;
}

static OdlNetwork *
build_network (const OdlClassifierShape *shape, GError **error)
{
  guint widths[ODL_CLASSIFIER_MAX_HIDDEN + 1];
  memcpy (widths, shape->hidden, shape->n_hidden * sizeof *widths);
  widths[shape->n_hidden] = shape->data_dim + shape->extra;
  OdlPerceptron perceptron = { .inputs = shape->data_dim + shape->extra,
                               .n_layers = shape->n_hidden + 1,
                               .widths = widths,
                               .activation = shape->activation,
                               .time = shape->time };
  return odl_network_mlp (&perceptron, error);
}

OdlClassifier *
odl_classifier_new (const OdlClassifierShape *shape, GError **error)
{
  g_return_val_if_fail (shape != NULL, NULL);
  if (!check_shape (shape, error))
    return NULL;
  OdlNetwork *network = build_network (shape, error);
  if (network == NULL)
    return NULL;
  OdlClassifier *self = g_new0 (OdlClassifier, 1);
  self->shape = *shape;
  self->network = network;
  self->dim = shape->data_dim + shape->extra;
  self->n_field = network->n_theta;
  guint copies = shape->blocks > 0 && !shape->shared ? shape->blocks : 1;
  if (shape->n_classes == 0) {
    self->n_outputs = shape->data_dim;
    self->n_theta = copies * self->n_field;
  } else {
    self->read = shape->read > 0 ? shape->read : self->dim;
    self->n_outputs = shape->n_classes == 2 ? 1 : shape->n_classes;
    self->n_theta = copies * self->n_field + self->n_outputs * (self->read + 1);
  }
  build_head (self);
  odl_rated_build (&self->plain, self, NULL);
  return self;
}

void
odl_classifier_free (OdlClassifier *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tape, odl_tape_free);
  odl_rated_clear (&self->rated);
  odl_rated_clear (&self->plain);
  odl_program_free (self->head);
  odl_program_free (self->head_vjp);
  odl_network_free (self->network);
  g_aligned_free (self->slab);
  g_free (self);
}

const OdlClassifierShape *
odl_classifier_shape (const OdlClassifier *self)
{
  return &self->shape;
}

guint
odl_classifier_n_theta (const OdlClassifier *self)
{
  return self->n_theta;
}

guint
odl_classifier_dim (const OdlClassifier *self)
{
  return self->dim;
}

guint
odl_classifier_n_outputs (const OdlClassifier *self)
{
  return self->n_outputs;
}

guint
odl_classifier_readout (const OdlClassifier *self)
{
  return self->shape.n_classes == 0
             ? self->n_theta
             : self->n_theta - self->n_outputs * (self->read + 1);
}

GArray *
odl_classifier_matrices (const OdlClassifier *self)
{
  GArray *matrices = g_array_new (FALSE, FALSE, sizeof (OdlMatrix));
  const guint end = odl_classifier_readout (self);
  for (guint at = 0; at + self->n_field <= end; at += self->n_field)
    odl_matrices_append (matrices, self->network, at);
  return matrices;
}

void
odl_classifier_init (const OdlClassifier *self, double *theta, OdlRandom *random)
{
  guint at = odl_classifier_readout (self);
  for (guint block = 0; (block + 1) * self->n_field <= at; block++)
    odl_network_init (self->network, theta + (gsize)block * self->n_field, random);
  for (guint i = at; i < self->n_theta; i++) {
    gboolean weight = i < at + self->n_outputs * self->read;
    theta[i] = weight ? odl_random_normal (random) / sqrt (self->read) : 0;
  }
}

guint
odl_classifier_choose (const OdlClassifier *self, const double *outputs, guint lanes,
                       guint lane)
{
  if (self->shape.n_classes == 0 || self->n_outputs == 1)
    return outputs[lane] > 0;
  guint best = 0;
  for (guint k = 1; k < self->n_outputs; k++)
    if (outputs[(gsize)k * lanes + lane] > outputs[(gsize)best * lanes + lane])
      best = k;
  return best;
}
