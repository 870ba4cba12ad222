/* Tests of the parser: values, random expressions, names, assignments.
 * SPDX-License-Identifier: MIT */
#include "graph/expression.h"

#include <math.h>
#include <string.h>
#include "base/random.h"
#include "support/point.h"

static const char *const names[] = { "x", "y", NULL };
static const char *const parameters[] = { "a", "mu", NULL };

/* The value of an expression in t, x, y, a, mu. */
static double
value_at (const char *text, const double *inputs, const double *theta)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlGraph) graph = odl_expression_parse (text, names, parameters, &error);
  g_assert_no_error (error);
  g_autoptr (Point) point = point_new (graph);
  double value;
  point_run (point, theta, inputs, &value, NULL);
  return value;
}

/* A text, and what C makes of it at t = 0.75, x = 1.5, y = -0.625, a = 2.25, mu = -3.5.
 */
typedef struct {
  const char *text;
  double value;
} Row;

/* The kernels of functions differ from C's by a few ulp, x^1000 loses 1000 of them. */
static void
check_rows (const Row *rows, guint n)
{
  const double inputs[] = { 0.75, 1.5, -0.625 }, theta[] = { 2.25, -3.5 };
  for (guint i = 0; i < n; i++) {
    double got = value_at (rows[i].text, inputs, theta);
    double bound = 1e-14 * fabs (rows[i].value) + 1e-300;
    if (strchr (rows[i].text, '^') || strstr (rows[i].text, "pi"))
      bound += 4e-13 * fabs (rows[i].value);
    if (fabs (got - rows[i].value) > bound)
      g_error ("%s = %.17g, C has %.17g", rows[i].text, got, rows[i].value);
  }
}

static void
test_arithmetic (void)
{
  const double t = 0.75, x = 1.5, y = -0.625, a = 2.25, mu = -3.5, e = G_E, pi = G_PI;
  const Row rows[] = {
    { "1", 1 },
    { ".5", .5 },
    { "2.", 2 },
    { "1e-3", 1e-3 },
    { "1.5E+2", 150 },
    { "007", 7 },
    { "x", x },
    { "y", y },
    { "t", t },
    { "a*mu", a * mu },
    { "pi", pi },
    { "e", e },
    { "1 + 2*3", 7 },
    { "(1 + 2)*3", 9 },
    { "8 - 4 - 2", 2 },
    { "8/4/2", 1 },
    { "8/(4/2)", 4 },
    { "x - y - a", x - y - a },
    { "x/y/a", x / y / a },
    { "x - (y - a)", x - (y - a) },
    { "--x", x },
    { "---x", -x },
    { "x - -y", x + y },
    { "x*-y", -x * y },
    { "-x*y", -x * y },
    { "-x - y", -x - y },
    { "x # the rest is silence", x },
    { "\tx\r", x },
    { "x −y × 2 · a", x - y * 2 * a },
    { "  ( ( x ) ) ", x },
    { "x;", x },
  };
  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_powers (void)
{
  const double x = 1.5, y = -0.625, a = 2.25;
  const Row rows[] = {
    { "2^3^2", 512 },
    { "(2^3)^2", 64 },
    { "x^2^3", pow (x, 8) },
    { "-x^2", -x * x },
    { "(-x)^2", x * x },
    { "-2^2", -4 },
    { "2^-1", 0.5 },
    { "x^-2", 1 / (x * x) },
    { "x^-y^2", pow (x, -y * y) },
    { "x^0", 1 },
    { "x^1", x },
    { "y^2", y * y },
    { "y^3", y * y * y },
    { "y^7", pow (y, 7) },
    { "y^-3", 1 / (y * y * y) },
    { "y^10", pow (y, 10) },
    { "y^(4/2)", y * y },
    { "x^0.5", sqrt (x) },
    { "x^1.5", pow (x, 1.5) },
    { "x^y", pow (x, y) },
    { "x^1000", pow (x, 1000) },
    { "a^x", pow (a, x) },
    { "2^x", pow (2, x) },
  };
  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_functions (void)
{
  const double t = 0.75, x = 1.5, y = -0.625, a = 2.25, mu = -3.5, pi = G_PI;
  const Row rows[] = {
    { "sin(x)", sin (x) },
    { "cos(x)", cos (x) },
    { "tan(x)", tan (x) },
    { "asin(y)", asin (y) },
    { "acos(y)", acos (y) },
    { "atan(mu)", atan (mu) },
    { "sinh(x)", sinh (x) },
    { "cosh(x)", cosh (x) },
    { "tanh(x)", tanh (x) },
    { "exp(x)", exp (x) },
    { "log(x)", log (x) },
    { "sqrt(x)", sqrt (x) },
    { "abs(y)", fabs (y) },
    { "sign(y)", -1 },
    { "sign(x)", 1 },
    { "sign(x - x)", 0 },
    { "step(y)", 0 },
    { "step(x)", 1 },
    { "min(x, y)", y },
    { "max(x, y)", x },
    { "min(x, y, mu)", mu },
    { "max(1, 2, x, 3)", 3 },
    { "min(2, 3)*x", 2 * x },
    { "sin(pi/6)", 0.5 },
    { "log(e^2)", 2 },
    { "sin(x)^2 + cos(x)^2", 1 },
    { "exp(-(x^2 + y^2)/2)", exp (-(x * x + y * y) / 2) },
    { "a*sin(2*pi*t) - mu*(1 - x^2)*y", a * sin (2 * pi * t) - mu * (1 - x * x) * y },
  };
  check_rows (rows, G_N_ELEMENTS (rows));
}

/* A random expression: its text, and its value by a tree walk that never sees the text.
 */
typedef struct {
  OdlRandom random;
  GString *text;
  double x, y, a;
  double scale; /* largest intermediate value */
} Writer;

enum { SUM = 1, PRODUCT, UNARY, POWER, PRIMARY };

static double write_level (Writer *w, int level, int depth);

static const struct {
  const char *name;
  double (*function) (double);
} unary[] = {
  { "sin", sin },  { "cos", cos }, { "tanh", tanh }, { "atan", atan },
  { "abs", fabs }, { "exp", exp }, { "cosh", cosh }, { "sinh", sinh },
};

static void
blank (Writer *w)
{
  static const char *const blanks[] = { "", "", " ", "  ", "\t" };
  g_string_append (w->text, blanks[odl_random_below (&w->random, 5)]);
}

static double
write_leaf (Writer *w)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  switch (odl_random_below (&w->random, 4)) {
  case 0:
    g_string_append (w->text, "x");
    return w->x;
  case 1:
    g_string_append (w->text, "y");
    return w->y;
  case 2:
    g_string_append (w->text, "a");
    return w->a;
  default: {
    double number = odl_random_uniform (&w->random) * 4;
    g_string_append (w->text, g_ascii_dtostr (digits, sizeof digits, number));
    return number;
  }
  }
}

static double
write_call (Writer *w, int depth)
{
  guint i = odl_random_below (&w->random, G_N_ELEMENTS (unary) + 2);
  gboolean pair = i >= G_N_ELEMENTS (unary), least = i == G_N_ELEMENTS (unary);
  g_string_append (w->text, !pair ? unary[i].name : least ? "min" : "max");
  g_string_append (w->text, "(");
  double a = write_level (w, SUM, depth - 1), b = 0;
  if (pair) {
    g_string_append (w->text, ",");
    b = write_level (w, SUM, depth - 1);
  }
  g_string_append (w->text, ")");
  return !pair ? unary[i].function (a) : least ? fmin (a, b) : fmax (a, b);
}

static double
write_operation (Writer *w, int level, int depth)
{
  gboolean second = odl_random_below (&w->random, 2);
  if (level == UNARY) {
    g_string_append (w->text, "-");
    return -write_level (w, UNARY, depth - 1);
  }
  if (level == POWER) {
    int n = (int)odl_random_below (&w->random, 7) - 2;
    double base = write_level (w, PRIMARY, depth - 1);
    g_string_append_printf (w->text, "^%d", n);
    return pow (base, n);
  }
  double a = write_level (w, level, depth - 1);
  blank (w);
  g_string_append_c (w->text, level == SUM ? "+-"[second] : "*/"[second]);
  blank (w);
  double b = write_level (w, level + 1, depth - 1);
  if (level == SUM)
    return second ? a - b : a + b;
  w->scale = second ? fmax (w->scale, fabs (1 / b)) : w->scale;
  return second ? a / b : a * b;
}

/* An expression that may stand where `level` is wanted, in parentheses where its own
 * level is lower. */
static double
write_level (Writer *w, int level, int depth)
{
  int own = depth <= 0 ? PRIMARY : 1 + (int)odl_random_below (&w->random, 5);
  gboolean wrap = own < level || odl_random_below (&w->random, 8) == 0;
  g_string_append (w->text, wrap ? "(" : "");
  blank (w);
  double value;
  if (own < PRIMARY)
    value = write_operation (w, own, depth);
  else if (depth > 0 && odl_random_below (&w->random, 2))
    value = write_call (w, depth);
  else
    value = write_leaf (w);
  blank (w);
  g_string_append (w->text, wrap ? ")" : "");
  w->scale = fmax (w->scale, fabs (value));
  return value;
}

/* Rounding differs by some ulp per operation and grows with the intermediate values: a
 * difference of 1e-11 of the largest is rounding, more is a wrong parse. Expressions
 * with intermediate values beyond 1e3 say little and are left out. */
static void
test_random_expressions (void)
{
  guint compared = 0;
  for (guint64 seed = 0; seed < 3000; seed++) {
    Writer w = { .random = odl_random (seed, 0), .text = g_string_new (NULL) };
    double *leaves[] = { &w.x, &w.y, &w.a };
    for (guint i = 0; i < 3; i++)
      *leaves[i] = odl_random_uniform (&w.random) * 4 - 2;
    double value = write_level (&w, SUM, 5);
    if (w.scale < 1e3) {
      const double inputs[] = { 0, w.x, w.y }, theta[] = { w.a, 0 };
      double got = value_at (w.text->str, inputs, theta);
      if (fabs (got - value) > 1e-11 * (1 + w.scale * w.scale))
        g_error ("%s = %.17g, not %.17g", w.text->str, value, got);
      compared++;
    }
    g_string_free (w.text, TRUE);
  }
  g_assert_cmpuint (compared, >, 1000);
}

static void
check_names (char *const *got, const char *expected)
{
  g_autofree char *joined = g_strjoinv (" ", (char **)got);
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_equations (void)
{
  const struct {
    const char *text, *states, *parameters;
    double defaults[4];
  } rows[] = {
    { "dx = -a*x - y; dy = x - a*y", "x y", "a", { 1 } },
    { "dx=y\ndy=-x\n", "x y", "", { 0 } },
    { "\n\n;;dx = y ; # nothing\n# dz = 1\n dy = -x;", "x y", "", { 0 } },
    { "mu = 5; dx = y; dy = mu*(1 - x^2)*y - x", "x y", "mu", { 5 } },
    { "dx = b*x; a = 2; dy = a*y; b = -1/2", "x y", "b a", { -0.5, 2 } },
    { "dx = v; dv = -g; g = 9.81; r = 0.8", "x v", "g r", { 9.81, 0.8 } },
    { "dx = delta*x; delta = 0.25", "x", "delta", { 0.25 } },
    { "dx = delta*x", "x", "delta", { 1 } },
    { "dtheta = omega; domega = -sin(theta)", "theta omega", "", { 0 } },
    { "dx = d*x; d = 2*pi", "x", "d", { 2 * G_PI } },
    { "dx = d2*x; d2 = 3", "x", "d2", { 3 } },
    { "dx = dt*x; dt = 0.5", "x", "dt", { 0.5 } },
    { "dx_1 = _b", "x_1", "_b", { 1 } },
    { "dX = x*X", "X", "x", { 1 } },
    { "ddx = -x; dx = v", "dx x", "v", { 1 } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OdlEquations) equations = odl_equations_parse (rows[i].text, &error);
    g_assert_no_error (error);
    check_names (equations->states, rows[i].states);
    check_names (equations->parameters, rows[i].parameters);
    g_assert_cmpuint (equations->n_states, ==, g_strv_length (equations->states));
    for (guint j = 0; j < equations->n_parameters; j++)
      g_assert_cmpfloat (equations->defaults[j], ==, rows[i].defaults[j]);
  }
}

static void
test_equation_values (void)
{
  g_autoptr (OdlEquations) equations
      = odl_equations_parse ("dx = b*y + t; dz = 7; dy = x*z - a", NULL);
  g_autoptr (Point) point = point_new (equations->graph);
  const double inputs[] = { 0.5, 2, 3, 5 }, theta[] = { 10, 100 }; /* t, x z y; b, a */
  double dy[3];
  point_run (point, theta, inputs, dy, NULL);
  g_assert_cmpfloat (dy[0], ==, 50.5);
  g_assert_cmpfloat (dy[1], ==, 7);
  g_assert_cmpfloat (dy[2], ==, 2 * 3 - 100);
}

static void
test_assignments (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlGraph) jump
      = odl_assignments_parse ("y = -a*y", names, names, parameters, &error);
  g_assert_no_error (error);
  g_autoptr (Point) point = point_new (jump);
  const double inputs[] = { 0, 3, 4 }, theta[] = { 0.5, 0 };
  double values[2];
  point_run (point, theta, inputs, values, NULL);
  g_assert_cmpfloat (values[0], ==, 3); /* kept */
  g_assert_cmpfloat (values[1], ==, -2);
}

static void
test_numbers (void)
{
  double value = 0;
  g_assert_true (odl_number_parse (" 8/3 ", &value, NULL));
  g_assert_cmpfloat (value, ==, 8.0 / 3.0);
  g_assert_true (odl_number_parse ("-2*pi", &value, NULL));
  g_assert_cmpfloat (value, ==, -2 * G_PI);
  const char *const bad[]
      = { "", "x", "1,2", "1 2", "1/0", "0/0", "nan", "inf", "t", "1;" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (odl_number_parse (bad[i], &value, &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expression/arithmetic", test_arithmetic);
  g_test_add_func ("/expression/powers", test_powers);
  g_test_add_func ("/expression/functions", test_functions);
  g_test_add_func ("/expression/random-expressions", test_random_expressions);
  g_test_add_func ("/expression/equations", test_equations);
  g_test_add_func ("/expression/equation-values", test_equation_values);
  g_test_add_func ("/expression/assignments", test_assignments);
  g_test_add_func ("/expression/numbers", test_numbers);
  return g_test_run ();
}
