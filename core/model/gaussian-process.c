/* Gaussian-process regression.
 * SPDX-License-Identifier: MIT
 *
 * The amplitude drops out of the search: with K = R(ℓ) + ρ I and ρ = σ²/a², the best a²
 * is yᵀK⁻¹y / n, so the evidence is a function of ln ℓ and ln ρ alone. A coarse grid
 * finds the right hill (a short length with little noise and a long one with much are
 * often two), and Nelder and Mead's simplex climbs it. ρ ≥ 1e−6 keeps K regular where
 * times are equal. */
#include "model/gaussian-process.h"

#include <math.h>
#include <string.h>

#define MIN_RATIO 1e-6
#define N_LENGTHS 12
#define N_RATIOS  6
#define SIMPLEX   70

/* The data, and one matrix and vector of scratch. */
typedef struct {
  guint n;
  const double *t, *y;
  double *matrix, *vector;
} Problem;

/* The Cholesky factor L of the n × n matrix in place, column-major, lower; by columns,
 * so that the inner loop runs along memory. FALSE: not positive definite. */
static gboolean
cholesky (double *a, gsize n)
{
  for (gsize k = 0; k < n; k++) {
    double *column = a + k * n;
    if (!(column[k] > 0))
      return FALSE;
    const double pivot = sqrt (column[k]);
    for (gsize i = k; i < n; i++)
      column[i] /= pivot;
    for (gsize j = k + 1; j < n; j++)
      for (gsize i = j; i < n; i++)
        a[j * n + i] -= column[i] * column[j];
  }
  return TRUE;
}

/* x ← L⁻¹ x. */
static void
forward (const double *factor, gsize n, double *x)
{
  for (gsize k = 0; k < n; k++) {
    x[k] /= factor[k * n + k];
    for (gsize i = k + 1; i < n; i++)
      x[i] -= factor[k * n + i] * x[k];
  }
}

/* x ← L⁻ᵀ x. */
static void
backward (const double *factor, gsize n, double *x)
{
  for (gsize k = n; k-- > 0;) {
    for (gsize i = k + 1; i < n; i++)
      x[k] -= factor[k * n + i] * x[i];
    x[k] /= factor[k * n + k];
  }
}

/* The factor of R + ρ I. */
static gboolean
factorise (const Problem *p, double length, double ratio)
{
  for (gsize i = 0; i < p->n; i++)
    for (gsize k = i; k < p->n; k++) {
      double x = (p->t[i] - p->t[k]) / length;
      p->matrix[i * p->n + k] = exp (-0.5 * x * x) + (i == k ? ratio : 0);
    }
  return cholesky (p->matrix, p->n);
}

/* α = K⁻¹ y; returns yᵀ α. */
static double
solve (const Problem *p)
{
  double sum = 0;
  memcpy (p->vector, p->y, p->n * sizeof (double));
  forward (p->matrix, p->n, p->vector);
  backward (p->matrix, p->n, p->vector);
  for (gsize i = 0; i < p->n; i++)
    sum += p->y[i] * p->vector[i];
  return sum;
}

static double
log_determinant (const Problem *p)
{
  double sum = 0;
  for (gsize i = 0; i < p->n; i++)
    sum += 2 * log (p->matrix[i * p->n + i]);
  return sum;
}

/* The evidence with the best amplitude, which is written; −∞ where K is not regular. */
static double
profile (const Problem *p, const double at[2], double *amplitude)
{
  if (at[1] < log (MIN_RATIO) || at[1] > log (1e3) || at[0] < log (1e-3)
      || at[0] > log (1e2) || !factorise (p, exp (at[0]), exp (at[1])))
    return -INFINITY;
  double squares = fmax (solve (p) / p->n, 1e-12);
  *amplitude = sqrt (squares);
  return -0.5 * (p->n * (log (2 * G_PI * squares) + 1) + log_determinant (p));
}

double
odl_gaussian_process_log_evidence (guint n, const double *t, const double *y,
                                   double length, double amplitude, double noise)
{
  g_return_val_if_fail (n > 0 && length > 0 && amplitude > 0, NAN);
  g_autofree double *matrix = g_new (double, (gsize)n *n), *vector = g_new (double, n);
  const Problem p = { n, t, y, matrix, vector };
  double squares = amplitude * amplitude;
  if (!factorise (&p, length, noise * noise / squares))
    return -INFINITY;
  return -0.5
         * (solve (&p) / squares + log_determinant (&p) + n * log (2 * G_PI * squares));
}

typedef struct {
  double at[2], value;
} Vertex;

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = ((const Vertex *)a)->value, y = ((const Vertex *)b)->value;
  return x > y ? -1 : x < y ? 1 : 0;
}

static Vertex
vertex (const Problem *p, double a, double b)
{
  Vertex v = { { a, b }, 0 };
  double amplitude;
  v.value = profile (p, v.at, &amplitude);
  return v;
}

/* The point at `by` from the worst through the middle of the others. */
static Vertex
reflect (const Problem *p, const Vertex v[3], double by)
{
  double at[2];
  for (guint i = 0; i < 2; i++) {
    double middle = 0.5 * (v[0].at[i] + v[1].at[i]);
    at[i] = middle + by * (middle - v[2].at[i]);
  }
  return vertex (p, at[0], at[1]);
}

static void
climb (const Problem *p, Vertex v[3])
{
  Vertex next = reflect (p, v, 1);
  if (next.value > v[0].value) {
    Vertex farther = reflect (p, v, 2);
    v[2] = farther.value > next.value ? farther : next;
  } else if (next.value > v[1].value) {
    v[2] = next;
  } else {
    next = reflect (p, v, -0.5);
    if (next.value > v[2].value) {
      v[2] = next;
    } else {
      for (guint i = 1; i < 3; i++)
        v[i] = vertex (p, 0.5 * (v[0].at[0] + v[i].at[0]),
                       0.5 * (v[0].at[1] + v[i].at[1]));
    }
  }
  qsort (v, 3, sizeof *v, compare);
}

/* The best ln ℓ and ln ρ. FALSE: interrupted. */
static gboolean
search (const Problem *p, double best[2], gboolean (*interrupted) (gpointer),
        gpointer data)
{
  Vertex v[3] = { { { log (0.25), log (0.01) }, -INFINITY } };
  for (guint i = 0; i < N_LENGTHS; i++)
    for (guint k = 0; k < N_RATIOS; k++) {
      Vertex next = vertex (p, log (0.02) + i * log (100) / (N_LENGTHS - 1),
                            log (1e-5) + k * log (3e5) / (N_RATIOS - 1));
      if (next.value > v[0].value)
        v[0] = next;
      if (interrupted != NULL && interrupted (data))
        return FALSE;
    }
  v[1] = vertex (p, v[0].at[0] + 0.3, v[0].at[1]);
  v[2] = vertex (p, v[0].at[0], v[0].at[1] + 0.8);
  qsort (v, 3, sizeof *v, compare);
  for (guint i = 0; i < SIMPLEX && v[0].value - v[2].value > 1e-6; i++) {
    climb (p, v);
    if (interrupted != NULL && interrupted (data))
      return FALSE;
  }
  best[0] = v[0].at[0];
  best[1] = v[0].at[1];
  return TRUE;
}

/* Every so many points, ends kept. */
static void
pick (OdlGaussianProcess *self, const double *t, const double *y, double *values)
{
  for (gsize i = 0; i < self->n_used; i++) {
    gsize from = self->n_used < self->n
                     ? (gsize)((guint64)i * (self->n - 1) / (self->n_used - 1))
                     : i;
    self->t[i] = t[from];
    values[i] = y[from];
    self->mean += (values[i] - self->mean) / (double)(i + 1);
  }
  for (gsize i = 0; i < self->n_used; i++)
    values[i] -= self->mean;
}

static gboolean
fit (OdlGaussianProcess *self, const double *values, gboolean (*interrupted) (gpointer),
     gpointer data)
{
  const Problem p = { self->n_used, self->t, values, self->factor, self->alpha };
  double best[2] = { log (0.25), log (0.01) };
  self->log_evidence = NAN;
  self->amplitude = 0.5;
  if (self->n_used >= 3) {
    if (!search (&p, best, interrupted, data))
      return FALSE;
    self->log_evidence = profile (&p, best, &self->amplitude);
  }
  self->length = exp (best[0]);
  self->noise = self->amplitude * exp (0.5 * best[1]);
  if (self->n_used > 0 && factorise (&p, self->length, exp (best[1])))
    solve (&p);
  return TRUE;
}

OdlGaussianProcess *
odl_gaussian_process_new (guint n, const double *t, const double *y,
                          gboolean (*interrupted) (gpointer), gpointer data)
{
  g_return_val_if_fail (n == 0 || (t != NULL && y != NULL), NULL);
  OdlGaussianProcess *self = g_new0 (OdlGaussianProcess, 1);
  self->n = n;
  self->n_used = MIN (n, ODL_GAUSSIAN_PROCESS_MAX);
  self->t = g_new0 (double, self->n_used + 1);
  self->alpha = g_new0 (double, self->n_used + 1);
  self->factor = g_new0 (double, (gsize)self->n_used * self->n_used + 1);
  g_autofree double *values = g_new0 (double, self->n_used + 1);
  pick (self, t, y, values);
  if (fit (self, values, interrupted, data))
    return self;
  odl_gaussian_process_free (self);
  return NULL;
}

void
odl_gaussian_process_free (OdlGaussianProcess *self)
{
  if (self == NULL)
    return;
  g_free (self->t);
  g_free (self->alpha);
  g_free (self->factor);
  g_free (self);
}

void
odl_gaussian_process_predict (const OdlGaussianProcess *self, guint n, const double *t,
                              double *mean, double *deviation)
{
  g_return_if_fail (self != NULL && (n == 0 || (t != NULL && mean != NULL)));
  const double squares = self->amplitude * self->amplitude;
  g_autofree double *k = g_new (double, self->n_used + 1);
  for (guint i = 0; i < n; i++) {
    double sum = 0, explained = 0;
    for (gsize j = 0; j < self->n_used; j++) {
      double x = (t[i] - self->t[j]) / self->length;
      k[j] = exp (-0.5 * x * x);
      sum += k[j] * self->alpha[j];
    }
    forward (self->factor, self->n_used, k);
    for (gsize j = 0; j < self->n_used; j++)
      explained += k[j] * k[j];
    mean[i] = self->mean + sum;
    deviation[i] = sqrt (squares * fmax (0, 1 - explained) + self->noise * self->noise);
  }
}
