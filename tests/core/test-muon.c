/* Muon: its orthogonal directions against the closed form, its steps against the
 * formulas, resumed to the same bits. SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "learn/optimizer.h"
#include "learn/orthogonal.h"

#define MOST 40

/* ── Directions ──────────────────────────────────────────────────────────────── */

/* Column k of a reflection I − 2 u uᵀ / |u|², which is orthogonal. */
static void
reflection_column (guint n, guint seed, guint k, double *column)
{
  double u[MOST], squares = 0;
  for (guint i = 0; i < n; i++) {
    u[i] = sin (1 + seed + 3.7 * i);
    squares += u[i] * u[i];
  }
  for (guint i = 0; i < n; i++)
    column[i] = (i == k) - 2 * u[i] * u[k] / squares;
}

/* Σ s_k u_k v_kᵀ with the columns of two reflections. */
static void
compose (guint rows, guint columns, const double *s, double *x)
{
  double u[MOST], v[MOST];
  memset (x, 0, sizeof (double) * rows * columns);
  for (guint k = 0; k < MIN (rows, columns); k++) {
    reflection_column (rows, 1, k, u);
    reflection_column (columns, 2, k, v);
    for (guint i = 0; i < rows; i++)
      for (guint j = 0; j < columns; j++)
        x[i * columns + j] += s[k] * u[i] * v[j];
  }
}

static double
quintic (double s)
{
  for (guint step = 0; step < 5; step++)
    s = 3.4445 * s - 4.7750 * pow (s, 3) + 2.0315 * pow (s, 5);
  return s;
}

static void
orthogonalise (double *x, guint rows, guint columns)
{
  double *scratch
      = g_aligned_alloc (odl_orthogonal_scratch (rows, columns), sizeof (double), 64);
  odl_orthogonalise (x, rows, columns, scratch);
  g_aligned_free (scratch);
}

static void
check_direction (guint rows, guint columns)
{
  const guint n = MIN (rows, columns);
  double s[MOST] = { 0 }, squares = 0, x[MOST * MOST], wanted[MOST * MOST];
  for (guint k = 0; k < n; k++) {
    s[k] = 3 * pow (0.05, (double)k / MAX (n - 1, 1));
    squares += s[k] * s[k];
  }
  compose (rows, columns, s, x);
  for (guint k = 0; k < n; k++) {
    s[k] = quintic (s[k] / sqrt (squares));
    g_assert_cmpfloat (s[k], >, 0.68);
    g_assert_cmpfloat (s[k], <, 1.14);
  }
  compose (rows, columns, s, wanted);
  orthogonalise (x, rows, columns);
  for (guint i = 0; i < rows * columns; i++)
    g_assert_cmpfloat_with_epsilon (x[i], wanted[i], 1e-10);
}

/* Square, wide, tall, a row, a column, and sizes beside the kernels' width. */
static void
test_directions (void)
{
  static const guint sizes[][2]
      = { { 1, 1 },  { 3, 3 },   { 8, 8 },  { 2, 17 }, { 17, 2 },
          { 1, 30 }, { 40, 24 }, { 7, 40 }, { 33, 40 } };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_direction (sizes[i][0], sizes[i][1]);
}

static void
test_zero (void)
{
  double x[6] = { 0 };
  orthogonalise (x, 2, 3);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat (x[i], ==, 0);
}

/* ── Steps ───────────────────────────────────────────────────────────────────── */

/* Two matrices with a bias after each. */
#define N 17
static const OdlMatrix all[] = { { 0, 2, 3 }, { 8, 3, 2 } };

static void
set_matrices (OdlOptimizer *optimizer, const OdlMatrix *matrices, guint n)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (OdlMatrix));
  g_array_append_vals (array, matrices, n);
  odl_optimizer_set_matrices (optimizer, array);
}

static OdlOptimizer *
new_optimizer (double decay)
{
  const OdlOptimizerOptions o = { .kind = ODL_OPTIMIZER_MUON,
                                  .rate = 0.03,
                                  .beta2 = 0.99,
                                  .momentum = 0.8,
                                  .weight_decay = decay };
  OdlOptimizer *optimizer = odl_optimizer_new (N, &o);
  set_matrices (optimizer, all, G_N_ELEMENTS (all));
  return optimizer;
}

static void
gradient_of (const double *theta, guint iteration, double *g)
{
  for (guint i = 0; i < N; i++)
    g[i] = (1 + i % 4) * theta[i] + 0.3 * sin (iteration + i);
}

static void
iterate (OdlOptimizer *optimizer, double *theta, guint from, guint to)
{
  double g[N];
  for (guint k = from; k < to; k++) {
    gradient_of (theta, k, g);
    odl_optimizer_step (optimizer, theta, g);
  }
}

static void
begin (double *theta)
{
  for (guint i = 0; i < N; i++)
    theta[i] = cos (i);
}

/* m ← μ m + (1 − μ) g, d = μ m + (1 − μ) g, θ ← θ − η (0.2 √3 O(d) + λ θ). */
static void
step_by_hand (const OdlMatrix *matrix, const double *g, double *m, double *theta)
{
  double d[6];
  for (guint i = 0; i < 6; i++) {
    const guint at = matrix->offset + i;
    m[at] = 0.8 * m[at] + 0.2 * g[at];
    d[i] = 0.8 * m[at] + 0.2 * g[at];
  }
  orthogonalise (d, matrix->rows, matrix->columns);
  for (guint i = 0; i < 6; i++)
    theta[matrix->offset + i]
        -= 0.03 * (0.2 * sqrt (3) * d[i] + 0.1 * theta[matrix->offset + i]);
}

static void
test_matrices (void)
{
  g_autoptr (OdlOptimizer) optimizer = new_optimizer (0.1);
  double theta[N], wanted[N], g[N], m[N] = { 0 };
  begin (theta);
  begin (wanted);
  for (guint t = 0; t < 5; t++) {
    gradient_of (theta, t, g);
    odl_optimizer_step (optimizer, theta, g);
    for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
      const OdlMatrix *matrix = &all[i];
      step_by_hand (matrix, g, m, wanted);
      for (guint k = matrix->offset; k < matrix->offset + 6; k++)
        g_assert_cmpfloat_with_epsilon (theta[k], wanted[k], 1e-14);
    }
  }
}

/* What is no matrix moves as under AdamW. */
static void
test_rest (void)
{
  const OdlOptimizerOptions o = {
    .kind = ODL_OPTIMIZER_ADAMW, .rate = 0.03, .beta2 = 0.99, .weight_decay = 0.1
  };
  g_autoptr (OdlOptimizer) muon = new_optimizer (0.1);
  g_autoptr (OdlOptimizer) adam = odl_optimizer_new (N, &o);
  double theta[N], other[N], g[N];
  begin (theta);
  begin (other);
  for (guint t = 0; t < 5; t++) {
    gradient_of (theta, t, g);
    odl_optimizer_step (muon, theta, g);
    odl_optimizer_step (adam, other, g);
  }
  static const guint rest[] = { 6, 7, 14, 15, 16 };
  for (guint i = 0; i < G_N_ELEMENTS (rest); i++)
    g_assert_cmpfloat (theta[rest[i]], ==, other[rest[i]]);
}

/* A layer whose inputs are of very unlike size, ½ Σ s_j² (w_ij − 1)²: every column
 * arrives, the one with a thousandth of the slope too. */
static void
test_no_direction_left (void)
{
  enum { ROWS = 4, COLUMNS = 4, N_ALL = ROWS * COLUMNS };
  const OdlMatrix whole = { 0, ROWS, COLUMNS };
  double w[N_ALL] = { 0 }, g[N_ALL];
  OdlOptimizerOptions o = { .kind = ODL_OPTIMIZER_MUON };
  g_autoptr (OdlOptimizer) optimizer = odl_optimizer_new (N_ALL, &o);
  set_matrices (optimizer, &whole, 1);
  for (guint t = 0; t < 400; t++) {
    for (guint i = 0; i < N_ALL; i++)
      g[i] = pow (10, -(double)(i % COLUMNS))
             * (w[i] - (1 + (i / COLUMNS == i % COLUMNS)));
    o.rate = 0.2 * (1 - t / 400.0);
    odl_optimizer_configure (optimizer, &o);
    odl_optimizer_step (optimizer, w, g);
  }
  for (guint i = 0; i < N_ALL; i++)
    g_assert_cmpfloat_with_epsilon (w[i], 1 + (i / COLUMNS == i % COLUMNS), 0.1);
}

/* N steps, saved and read, M more, and a copy: the bits of N + M. */
static void
test_resume (void)
{
  double straight[N], resumed[N], copied[N];
  g_autoptr (OdlOptimizer) one = new_optimizer (0), first = new_optimizer (0);
  g_autoptr (OdlOptimizer) second = new_optimizer (0);
  begin (straight);
  begin (resumed);
  iterate (one, straight, 0, 25);
  iterate (first, resumed, 0, 11);
  memcpy (copied, resumed, sizeof resumed);
  g_autoptr (OdlOptimizer) copy = odl_optimizer_copy (first);
  json_t *saved = odl_optimizer_save (first);
  g_assert_true (odl_optimizer_load (second, saved, NULL));
  json_decref (saved);
  iterate (second, resumed, 11, 25);
  iterate (copy, copied, 11, 25);
  g_assert_cmpmem (straight, sizeof straight, resumed, sizeof resumed);
  g_assert_cmpmem (straight, sizeof straight, copied, sizeof copied);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/muon/directions", test_directions);
  g_test_add_func ("/muon/zero", test_zero);
  g_test_add_func ("/muon/matrices", test_matrices);
  g_test_add_func ("/muon/rest", test_rest);
  g_test_add_func ("/muon/no-direction-left", test_no_direction_left);
  g_test_add_func ("/muon/resume", test_resume);
  return g_test_run ();
}
