/* Every method of the registry against the theory of its kind.
 * SPDX-License-Identifier: MIT
 *
 * The order of b, of the embedded b - e and of the continuous extension is read off the
 * rooted trees: a method has order p exactly when Φ (t) = 1/γ (t) for all trees of at
 * most p nodes, and a continuous extension when Φ (t, θ) = θ^order/γ. The order must be
 * the one declared, no less and no more. The checker is shown faults that it must see.
 */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "lab/experiment.h"
#include "solve/method.h"
#include "support/trees.h"

/* Coefficients are doubles up to 20 in size and conditions sum hundreds of products. */
#define EXACT 1e-11

/* A method with the stages of dense output added: n × n. */
typedef struct {
  guint n;
  double *a, *b, *c;
} Table;

static Table
extended (const OdlMethod *m)
{
  const guint s = m->stages, n = s + m->dense_stages;
  Table t = { n, g_new0 (double, n *n), g_new0 (double, n), g_new0 (double, n) };
  for (guint i = 0; i < s; i++) {
    memcpy (t.a + i * n, m->a + i * s, sizeof (double) * s);
    t.b[i] = m->b[i];
    t.c[i] = m->c[i];
  }
  for (guint i = s; i < n; i++) {
    memcpy (t.a + i * n, m->dense_a + (i - s) * n, sizeof (double) * n);
    t.c[i] = m->dense_c[i - s];
  }
  return t;
}

static void
table_clear (Table *t)
{
  g_free (t->a);
  g_free (t->b);
  g_free (t->c);
}

static double
inner (guint n, const double *x, const double *y)
{
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += x[i] * y[i];
  return sum;
}

/* The largest p ≤ limit such that b satisfies all conditions up to p. */
static guint
order_of (const GArray *trees, guint n, const double *phi, const double *b, guint limit)
{
  for (guint k = 0; k < trees->len; k++) {
    const Tree *t = &g_array_index (trees, Tree, k);
    if (t->order > limit)
      break;
    if (!(fabs (inner (n, b, phi + (gsize)k * n) - 1 / t->density) < EXACT))
      return t->order - 1;
  }
  return limit;
}

/* The largest p ≤ limit such that the polynomials b (θ) satisfy them identically. */
static guint
dense_order_of (const GArray *trees, guint n, const double *phi, const double *dense,
                guint degree, guint limit)
{
  for (guint k = 0; k < trees->len; k++) {
    const Tree *t = &g_array_index (trees, Tree, k);
    if (t->order > limit)
      break;
    double worst = 0;
    for (guint j = 0; j < degree; j++) {
      double sum = j + 1 == t->order ? -1 / t->density : 0;
      double size = 1;
      for (guint i = 0; i < n; i++) {
        sum += dense[i * degree + j] * phi[(gsize)k * n + i];
        size = fmax (size, fabs (dense[i * degree + j]));
      }
      worst = fmax (worst, fabs (sum) / size);
    }
    if (!(worst < EXACT) || t->order > degree)
      return t->order - 1;
  }
  return limit;
}

typedef struct {
  const OdlMethod *const *all;
  guint n;
} Registry;

static Registry
registry (void)
{
  Registry r;
  r.all = odl_methods (&r.n);
  return r;
}

static gboolean
has_table (const OdlMethod *m)
{
  return m->kind == ODL_METHOD_EXPLICIT || m->kind == ODL_METHOD_IMPLICIT;
}

static void
test_ids (void)
{
  static const char *const ids[]
      = { "euler",     "midpoint",   "heun",        "ralston",
          "kutta3",    "rk4",        "rk38",        "heun-euler",
          "bosh3",     "fehlberg45", "cash-karp",   "dopri5",
          "tsit5",     "dop853",     "dopri8",      "backward-euler",
          "trapezoid", "cvode-bdf",  "cvode-adams", "reversible-heun" };
  const Registry r = registry ();
  g_assert_cmpuint (r.n, ==, G_N_ELEMENTS (ids));
  for (guint i = 0; i < r.n; i++) {
    g_assert_cmpstr (r.all[i]->id, ==, ids[i]);
    g_assert_true (odl_method_find (ids[i], NULL) == r.all[i]);
    g_assert_true (r.all[i]->title && *r.all[i]->title && r.all[i]->source);
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (odl_method_find ("rk5", &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  for (guint i = 0; i < r.n; i++)
    g_assert_nonnull (strstr (error->message, ids[i]));
}

/* A method has one name, in every list of every experiment. */
static void
test_names (void)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < all[i]->n_settings; k++)
      for (const char *const *c = all[i]->settings[k].choices; c && *c; c += 2) {
        const OdlMethod *method = odl_method_find (c[0], NULL);
        if (method)
          g_assert_cmpstr (c[1], ==, method->title);
      }
}

static void
test_shape (void)
{
  const Registry r = registry ();
  for (guint m = 0; m < r.n; m++) {
    const OdlMethod *method = r.all[m];
    if (!has_table (method))
      continue;
    Table t = extended (method);
    g_assert_cmpuint (t.n, <=, ODL_MAX_STAGES);
    for (guint i = 0; i < t.n; i++) {
      double sum = 0;
      for (guint j = 0; j < t.n; j++) {
        sum += t.a[i * t.n + j];
        g_assert_true (j < i + (method->kind == ODL_METHOD_IMPLICIT)
                       || t.a[i * t.n + j] == 0);
      }
      g_assert_cmpfloat_with_epsilon (sum, t.c[i], 1e-13);
    }
    table_clear (&t);
  }
}

static void
test_order (void)
{
  const Registry r = registry ();
  g_autoptr (GArray) trees = trees_new (TREES_MAX_ORDER);
  g_assert_cmpuint (trees->len, ==, 1 + 1 + 2 + 4 + 9 + 20 + 48 + 115 + 286);
  for (guint m = 0; m < r.n; m++) {
    const OdlMethod *method = r.all[m];
    if (!has_table (method))
      continue;
    const guint s = method->stages;
    g_autofree double *phi = trees_weights (trees, s, method->a);
    const guint found = order_of (trees, s, phi, method->b, TREES_MAX_ORDER);
    g_test_message ("%s: order %u", method->id, found);
    g_assert_cmpuint (found, ==, method->order);
    const double *const estimates[] = { method->e, method->e2 };
    const guint orders[] = { method->error_order, method->error_order - 2 };
    g_assert_true ((method->e != NULL) == (method->error_order > 0));
    for (guint k = 0; k < 2 && estimates[k]; k++) {
      double embedded[ODL_MAX_STAGES];
      for (guint i = 0; i < s; i++)
        embedded[i] = method->b[i] - estimates[k][i];
      g_assert_cmpuint (order_of (trees, s, phi, embedded, TREES_MAX_ORDER), ==,
                        orders[k]);
    }
  }
}

/* The continuous extension ends in b, begins in the direction of f, and has an order
 * that keeps the order of the solution. */
static void
test_dense (void)
{
  const Registry r = registry ();
  g_autoptr (GArray) trees = trees_new (TREES_MAX_ORDER);
  for (guint m = 0; m < r.n; m++) {
    const OdlMethod *method = r.all[m];
    if (!has_table (method))
      continue;
    Table t = extended (method);
    g_assert_nonnull (method->dense);
    g_autofree double *phi = trees_weights (trees, t.n, t.a);
    const guint d = method->dense_order;
    for (guint i = 0; i < t.n; i++) {
      double sum = 0, size = 1;
      for (guint j = 0; j < d; j++) {
        sum += method->dense[i * d + j];
        size = fmax (size, fabs (method->dense[i * d + j]));
      }
      g_assert_cmpfloat_with_epsilon (sum, t.b[i], 1e-14 * size);
      if (method->kind == ODL_METHOD_EXPLICIT)
        g_assert_cmpfloat (method->dense[i * d], ==, i == 0 ? 1 : 0);
    }
    const guint found
        = dense_order_of (trees, t.n, phi, method->dense, d, TREES_MAX_ORDER);
    g_test_message ("%s: dense output of order %u", method->id, found);
    g_assert_cmpuint (found, ==, d);
    g_assert_cmpuint (found + 1, >=, method->order);
    table_clear (&t);
  }
}

static void
test_fsal (void)
{
  static const char *const fsal[] = { "bosh3",  "dopri5",    "tsit5",          "dop853",
                                      "dopri8", "trapezoid", "reversible-heun" };
  const Registry r = registry ();
  for (guint m = 0; m < r.n; m++) {
    gboolean expected = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (fsal); i++)
      expected |= g_str_equal (fsal[i], r.all[m]->id);
    g_assert_cmpint (odl_method_is_fsal (r.all[m]), ==, expected);
  }
}

/* ‖(Φ (t) - 1/γ)·α/order!‖ over the trees of order p + 1: here the error coefficients
 * are e (t) = (1/σ) (Φ - 1/γ), σ the symmetry. */
static double
symmetry (const GArray *trees, guint k)
{
  const Tree *t = &g_array_index (trees, Tree, k);
  double sigma = 1;
  guint run = 0;
  for (guint i = 0; i < t->n; i++) {
    run = i > 0 && t->child[i] == t->child[i - 1] ? run + 1 : 1;
    sigma *= symmetry (trees, t->child[i]) * run;
  }
  return sigma;
}

static double
principal_error (const OdlMethod *m)
{
  g_autoptr (GArray) trees = trees_new (m->order + 1);
  g_autofree double *phi = trees_weights (trees, m->stages, m->a);
  double squares = 0;
  for (guint k = 0; k < trees->len; k++) {
    const Tree *t = &g_array_index (trees, Tree, k);
    if (t->order <= m->order)
      continue;
    const double e
        = inner (m->stages, m->b, phi + (gsize)k * m->stages) - 1 / t->density;
    squares += e * e / (symmetry (trees, k) * symmetry (trees, k));
  }
  return sqrt (squares);
}

/* The published numbers, in units of their last digit. */
static void
test_error_constants (void)
{
  static const struct {
    const char *id;
    double constant, last;
  } known[] = { { "dopri5", 3.9908e-4, 1e-8 }, { "tsit5", 1.3851e-4, 1e-8 },
                { "rk4", 1.450e-2, 1e-5 },     { "rk38", 1.267e-2, 1e-5 },
                { "bosh3", 4.18e-2, 1e-4 },    { "dop853", 6.26e-6, 1e-8 } };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    const double found = principal_error (odl_method_find (known[i].id, NULL));
    g_test_message ("%s: %.5g", known[i].id, found);
    g_assert_cmpfloat_with_epsilon (found, known[i].constant, known[i].last);
  }
}

/* The first r at which |R| leaves the unit disc along a ray. */
static double
stable_up_to (const OdlMethod *m, double re, double im)
{
  double r = 1e-3;
  while (r < 20 && odl_method_stability (m, re * r, im * r) <= 1 + 1e-10)
    r += 1e-3;
  double low = r - 1e-3, high = r;
  for (guint i = 0; i < 60; i++) {
    const double middle = 0.5 * (low + high);
    if (odl_method_stability (m, re * middle, im * middle) <= 1 + 1e-10)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static void
test_stability_limits (void)
{
  static const struct {
    const char *id;
    double real, imaginary;
  } known[] = { { "euler", 2, 0 },
                { "heun", 2, 0 },
                { "kutta3", 2.5127, 1.7321 },
                { "rk4", 2.7853, 2.8284 },
                { "dopri5", 3.3066, 0.997 },
                { "tsit5", 3.5068, 0.478 },
                { "dop853", 6.394, 5.960 } };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    const OdlMethod *m = odl_method_find (known[i].id, NULL);
    const double real = stable_up_to (m, -1, 0), imaginary = stable_up_to (m, 0, 1);
    g_test_message ("%s: %.4f, %.4f i", m->id, real, imaginary);
    g_assert_cmpfloat_with_epsilon (real, known[i].real, 1e-3);
    if (known[i].imaginary > 0)
      g_assert_cmpfloat_with_epsilon (imaginary, known[i].imaginary, 1e-3);
  }
}

/* Every explicit stability function agrees with the exponential to the method's order,
 * and the implicit ones are A-stable. */
static void
test_stability_function (void)
{
  const Registry r = registry ();
  for (guint m = 0; m < r.n; m++) {
    const OdlMethod *method = r.all[m];
    if (!has_table (method)) {
      g_assert_true (isnan (odl_method_stability (method, -1, 0)));
      continue;
    }
    const double far = 0.4, near = 0.2;
    const double big = fabs (odl_method_stability (method, far, 0) - exp (far));
    const double small = fabs (odl_method_stability (method, near, 0) - exp (near));
    /* The next term bends the slope by its share at this size. */
    g_assert_cmpfloat (log2 (big / small), >, method->order + 0.3);
    if (method->kind != ODL_METHOD_IMPLICIT)
      continue;
    for (double angle = G_PI / 2; angle <= G_PI; angle += 0.1)
      for (double size = 0.01; size < 1e4; size *= 10)
        g_assert_cmpfloat (
            odl_method_stability (method, size * cos (angle), size * sin (angle)), <=,
            1 + 1e-12);
  }
}

/* One wrong digit in any coefficient of any table must be seen. */
static void
test_planted_faults (void)
{
  const Registry r = registry ();
  g_autoptr (GArray) trees = trees_new (TREES_MAX_ORDER);
  for (guint m = 0; m < r.n; m++) {
    const OdlMethod *method = r.all[m];
    if (!has_table (method))
      continue;
    Table t = extended (method);
    const guint n = t.n, d = method->dense_order;
    for (guint i = 0; i < n * n; i++) {
      if (t.a[i] == 0)
        continue;
      const double right = t.a[i];
      t.a[i] += 1e-6;
      g_autofree double *phi = trees_weights (trees, n, t.a);
      const guint order = order_of (trees, n, phi, t.b, method->order);
      const guint dense = dense_order_of (trees, n, phi, method->dense, d, d);
      double sum = 0;
      for (guint j = 0; j < n; j++)
        sum += t.a[i / n * n + j];
      /* The row sum sees every one; the conditions see those of rows in use. */
      g_assert_cmpfloat (fabs (sum - t.c[i / n]), >, 1e-7);
      if (order == method->order && dense == d)
        g_assert_cmpuint (method->order, <=, 1);
      t.a[i] = right;
    }
    g_autofree double *phi = trees_weights (trees, n, t.a);
    for (guint i = 0; i < n; i++) {
      t.b[i] += 1e-6;
      g_assert_cmpuint (order_of (trees, n, phi, t.b, method->order), <, method->order);
      t.b[i] -= 1e-6;
    }
    table_clear (&t);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/methods/ids", test_ids);
  g_test_add_func ("/methods/names", test_names);
  g_test_add_func ("/methods/shape", test_shape);
  g_test_add_func ("/methods/order", test_order);
  g_test_add_func ("/methods/dense", test_dense);
  g_test_add_func ("/methods/fsal", test_fsal);
  g_test_add_func ("/methods/error-constants", test_error_constants);
  g_test_add_func ("/methods/stability-limits", test_stability_limits);
  g_test_add_func ("/methods/stability-function", test_stability_function);
  g_test_add_func ("/methods/planted-faults", test_planted_faults);
  return g_test_run ();
}
