/* Adam, AdamW, SGD with momentum and Muon.
 * SPDX-License-Identifier: MIT
 *
 * Adam keeps exponential averages m of the gradient and v of its square, corrected for
 * their start at zero (Kingma and Ba 2015, algorithm 1); AdamW takes the weight decay
 * out of the averages and applies it to θ directly (Loshchilov and Hutter 2019,
 * algorithm 2). SGD uses the heavy ball, m ← μ m + g. Muon (Jordan and others
 * 2024) averages the gradient of a matrix, looks ahead along it as Nesterov does, and
 * takes the nearest orthogonal matrix for the direction, so that no direction of a
 * layer is left behind; its size is made that of Adam's steps, 0.2 √max (rows, columns)
 * (Liu and others 2025). The gradient is scaled down to the clipping norm first. Sums
 * run in index order, so a step is the same bits wherever it runs, but for Muon's
 * products, which are those of the processor's instruction set. */
#include "learn/optimizer.h"

#include <math.h>
#include <string.h>
#include "base/numbers.h"
#include "learn/orthogonal.h"

#define MUON_SIZE 0.2

struct _OdlOptimizer {
  OdlOptimizerOptions options;
  guint n;
  guint64 iteration;
  double *m, *v;
  GArray *matrices;         /* of OdlMatrix */
  guint8 *in_matrix;        /* n: whether an entry is in one of them */
  double *direction, *work; /* of the largest */
};

static double
or_default (double value, double fallback)
{
  return value > 0 ? value : fallback;
}

void
odl_optimizer_configure (OdlOptimizer *self, const OdlOptimizerOptions *options)
{
  g_return_if_fail (self != NULL && options != NULL);
  self->options = *options;
  self->options.rate = or_default (options->rate, 1e-3);
  self->options.beta1 = or_default (options->beta1, 0.9);
  self->options.beta2 = or_default (options->beta2, 0.999);
  self->options.epsilon = or_default (options->epsilon, 1e-8);
  if (options->kind == ODL_OPTIMIZER_MUON)
    self->options.momentum = or_default (options->momentum, 0.95);
}

OdlOptimizer *
odl_optimizer_new (guint n, const OdlOptimizerOptions *options)
{
  OdlOptimizer *self = g_new0 (OdlOptimizer, 1);
  self->n = n;
  self->m = g_new0 (double, n);
  self->v = g_new0 (double, n);
  self->matrices = g_array_new (FALSE, FALSE, sizeof (OdlMatrix));
  self->in_matrix = g_new0 (guint8, n);
  odl_optimizer_configure (self, options);
  return self;
}

void
odl_optimizer_set_matrices (OdlOptimizer *self, const GArray *matrices)
{
  g_return_if_fail (self != NULL && matrices != NULL);
  gsize entries = 1, scratch = 1;
  g_clear_pointer (&self->matrices, g_array_unref);
  self->matrices = g_array_copy ((GArray *)matrices);
  memset (self->in_matrix, FALSE, self->n);
  for (guint i = 0; i < matrices->len; i++) {
    const OdlMatrix *matrix = &g_array_index (matrices, OdlMatrix, i);
    const gsize size = (gsize)matrix->rows * matrix->columns;
    g_assert (matrix->offset + size <= self->n);
    memset (self->in_matrix + matrix->offset, TRUE, size);
    entries = MAX (entries, size);
    scratch = MAX (scratch, odl_orthogonal_scratch (matrix->rows, matrix->columns));
  }
  self->direction = g_renew (double, self->direction, entries);
  g_aligned_free (self->work);
  self->work = g_aligned_alloc (scratch, sizeof (double), 64);
}

OdlOptimizer *
odl_optimizer_copy (const OdlOptimizer *from)
{
  g_return_val_if_fail (from != NULL, NULL);
  OdlOptimizer *to = odl_optimizer_new (from->n, &from->options);
  to->iteration = from->iteration;
  memcpy (to->m, from->m, from->n * sizeof *to->m);
  memcpy (to->v, from->v, from->n * sizeof *to->v);
  odl_optimizer_set_matrices (to, from->matrices);
  return to;
}

void
odl_optimizer_free (OdlOptimizer *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->matrices);
  g_free (self->in_matrix);
  g_free (self->direction);
  g_aligned_free (self->work);
  g_free (self->m);
  g_free (self->v);
  g_free (self);
}

guint64
odl_optimizer_iteration (const OdlOptimizer *self)
{
  return self->iteration;
}

double
odl_optimizer_rate (const OdlOptimizer *self)
{
  const OdlOptimizerOptions *o = &self->options;
  guint64 i = self->iteration;
  double rate = o->rate;
  if (o->warmup > 0 && i < o->warmup)
    rate *= (double)(i + 1) / (double)o->warmup;
  if (o->horizon == 0 || o->schedule == ODL_SCHEDULE_CONSTANT)
    return rate;
  double part = (double)i / (double)o->horizon;
  if (o->schedule == ODL_SCHEDULE_COSINE)
    return rate * 0.5 * (1 + cos (G_PI * MIN (part, 1)));
  return rate * pow (0.1, floor (part));
}

/* All of θ but what is in Muon's matrices. */
static void
step_adam (OdlOptimizer *self, double *theta, const double *gradient, double scale)
{
  const OdlOptimizerOptions *o = &self->options;
  double rate = odl_optimizer_rate (self), t = (double)self->iteration + 1;
  double c1 = 1 - pow (o->beta1, t), c2 = 1 - pow (o->beta2, t);
  double coupled = o->kind == ODL_OPTIMIZER_ADAM ? o->weight_decay : 0;
  double decay = o->kind == ODL_OPTIMIZER_ADAM ? 0 : rate * o->weight_decay;
  const gboolean muon = o->kind == ODL_OPTIMIZER_MUON;
  for (guint i = 0; i < self->n; i++) {
    if (muon && self->in_matrix[i])
      continue;
    double g = gradient[i] * scale + coupled * theta[i];
    self->m[i] = o->beta1 * self->m[i] + (1 - o->beta1) * g;
    self->v[i] = o->beta2 * self->v[i] + (1 - o->beta2) * g * g;
    double step = rate * (self->m[i] / c1) / (sqrt (self->v[i] / c2) + o->epsilon);
    theta[i] -= step + decay * theta[i];
  }
}

static void
step_sgd (OdlOptimizer *self, double *theta, const double *gradient, double scale)
{
  const OdlOptimizerOptions *o = &self->options;
  double rate = odl_optimizer_rate (self);
  for (guint i = 0; i < self->n; i++) {
    double g = gradient[i] * scale + o->weight_decay * theta[i];
    self->m[i] = o->momentum * self->m[i] + g;
    theta[i] -= rate * self->m[i];
  }
}

static void
step_matrix (OdlOptimizer *self, const OdlMatrix *matrix, double *theta,
             const double *gradient, double scale)
{
  const double mu = self->options.momentum, rate = odl_optimizer_rate (self);
  const double decay = rate * self->options.weight_decay;
  const double size = rate * MUON_SIZE * sqrt (MAX (matrix->rows, matrix->columns));
  double *m = self->m + matrix->offset, *x = theta + matrix->offset;
  const double *g = gradient + matrix->offset;
  const gsize n = (gsize)matrix->rows * matrix->columns;
  for (gsize i = 0; i < n; i++) {
    m[i] = mu * m[i] + (1 - mu) * g[i] * scale;
    self->direction[i] = mu * m[i] + (1 - mu) * g[i] * scale;
  }
  odl_orthogonalise (self->direction, matrix->rows, matrix->columns, self->work);
  for (gsize i = 0; i < n; i++)
    x[i] -= size * self->direction[i] + decay * x[i];
}

static void
step_muon (OdlOptimizer *self, double *theta, const double *gradient, double scale)
{
  step_adam (self, theta, gradient, scale);
  for (guint i = 0; i < self->matrices->len; i++)
    step_matrix (self, &g_array_index (self->matrices, OdlMatrix, i), theta, gradient,
                 scale);
}

double
odl_optimizer_step (OdlOptimizer *self, double *theta, const double *gradient)
{
  g_return_val_if_fail (self != NULL && theta != NULL && gradient != NULL, NAN);
  double squares = 0;
  for (guint i = 0; i < self->n; i++)
    squares += gradient[i] * gradient[i];
  double norm = sqrt (squares);
  if (!isfinite (norm))
    return norm;
  double clip = self->options.clip, scale = clip > 0 && norm > clip ? clip / norm : 1;
  if (self->options.kind == ODL_OPTIMIZER_SGD)
    step_sgd (self, theta, gradient, scale);
  else if (self->options.kind == ODL_OPTIMIZER_MUON)
    step_muon (self, theta, gradient, scale);
  else
    step_adam (self, theta, gradient, scale);
  self->iteration++;
  return norm;
}

json_t *
odl_optimizer_save (const OdlOptimizer *self)
{
  json_t *to = json_object ();
  json_object_set_new (to, "iteration", json_integer ((json_int_t)self->iteration));
  json_object_set_new (to, "m", odl_numbers_to_json (self->m, self->n));
  json_object_set_new (to, "v", odl_numbers_to_json (self->v, self->n));
  return to;
}

gboolean
odl_optimizer_load (OdlOptimizer *self, const json_t *from, GError **error)
{
  g_autofree double *m = g_new (double, self->n), *v = g_new (double, self->n);
  const json_t *iteration = json_object_get (from, "iteration");
  if (!json_is_integer (iteration) || json_integer_value (iteration) < 0) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "optimizer.iteration: a whole number from 0 is expected");
    return FALSE;
  }
  if (!odl_numbers_from_json (json_object_get (from, "m"), "optimizer.m", m, self->n,
                              error)
      || !odl_numbers_from_json (json_object_get (from, "v"), "optimizer.v", v, self->n,
                                 error))
    return FALSE;
  self->iteration = (guint64)json_integer_value (iteration);
  memcpy (self->m, m, self->n * sizeof *m);
  memcpy (self->v, v, self->n * sizeof *v);
  return TRUE;
}
