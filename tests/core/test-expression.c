/* Tests of the parser: values, names, messages, hostile text.
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

/* C computes the same expression; the kernels of functions differ by a few ulp. */
static void
test_values (void)
{
  const double t = 0.75, x = 1.5, y = -0.625, a = 2.25, mu = -3.5, e = G_E, pi = G_PI;
  const struct {
    const char *text;
    double value;
  } rows[] = {
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
    { "2^3^2", 512 },
    { "(2^3)^2", 64 },
    { "x^2^3", pow (x, 8) },
    { "-x^2", -x * x },
    { "(-x)^2", x * x },
    { "-2^2", -4 },
    { "2^-1", 0.5 },
    { "x^-2", 1 / (x * x) },
    { "x^-y^2", pow (x, -y * y) },
    { "--x", x },
    { "---x", -x },
    { "x - -y", x + y },
    { "x*-y", -x * y },
    { "-x*y", -x * y },
    { "-x - y", -x - y },
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
    { "x # the rest is silence", x },
    { "\tx\r", x },
    { "x −y × 2 · a", x - y * 2 * a },
    { "  ( ( x ) ) ", x },
    { "x;", x },
  };
  const double inputs[] = { t, x, y }, theta[] = { a, mu };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    double got = value_at (rows[i].text, inputs, theta);
    double bound = 1e-14 * fabs (rows[i].value) + 1e-300;
    if (strchr (rows[i].text, '^') || strstr (rows[i].text, "pi"))
      bound += 4e-13 * fabs (rows[i].value); /* x^1000 loses 1000 ulp */
    if (fabs (got - rows[i].value) > bound)
      g_error ("%s = %.17g, C has %.17g", rows[i].text, got, rows[i].value);
  }
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

typedef struct {
  const char *text;
  guint line, column;
  const char *says;
} Fault;

static void
check_fault (const Fault *fault, const GError *error)
{
  g_autofree char *place
      = g_strdup_printf ("line %u, column %u: ", fault->line, fault->column);
  if (!error || !g_str_has_prefix (error->message, place)
      || !strstr (error->message, fault->says))
    g_error ("%s -> %s, not %s%s", fault->text, error ? error->message : "accepted",
             place, fault->says);
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_equation_faults (void)
{
  const Fault rows[] = {
    { "", 1, 1, "expected an equation such as dx = -x" },
    { "  # only words", 1, 15, "expected an equation" },
    { "a = 1", 1, 1, "expected an equation" },
    { "dx = 2*;", 1, 8, "expected a number, a name or ( after *, found ;" },
    { "dx = 2*", 1, 8, "after *, found the end" },
    { "dx = 2*\ndy = 1", 1, 8, "after *, found the end of the line" },
    { "dx =", 1, 5, "expected a number, a name or ( after =, found the end" },
    { "dx", 1, 3, "expected = after dx, found the end" },
    { "dx - 1", 1, 4, "expected = after dx, found -" },
    { "dx/dt = 1", 1, 3, "expected = after dx, found /" },
    { "3 = dx", 1, 1, "expected a name and =, found 3" },
    { "dx = y; = 3", 1, 9, "expected a name and =, found =" },
    { "dx = x = y", 1, 8, "expected an operator, ; or a new line after x, found =" },
    { "dx = 2x", 1, 7, "expected an operator, ; or a new line after 2, found x" },
    { "dx = x y", 1, 8, "after x, found y" },
    { "dx = (x", 1, 8, "expected an operator or ) after x, found the end" },
    { "dx = x)", 1, 7, "expected an operator, ; or a new line after x, found )" },
    { "dx = ()", 1, 7, "expected a number, a name or ( after (, found )" },
    { "dx = x ** 2", 1, 9, "after *, found *" },
    { "dx = +x", 1, 6, "after =, found +" },
    { "dx = y\ndy = x*(1 - \n", 2, 13, "found the end of the line" },
    { "dx = sin x", 1, 10, "expected ( after sin, found x" },
    { "dx = sin", 1, 9, "expected ( after sin, found the end" },
    { "dx = sin()", 1, 10, "expected a number, a name or (" },
    { "dx = sin(x, y)", 1, 11, "expected an operator or ) after x, found ," },
    { "dx = min(x)", 1, 11, "expected an operator or a comma after x, found )" },
    { "dx = min(x, y", 1, 14, "expected an operator, a comma or )" },
    { "dx = sine(x)", 1, 6, "unknown function sine; did you mean sin?" },
    { "dx = Sin(x)", 1, 6, "did you mean sin?" },
    { "dx = arctan(x)", 1, 6, "unknown function arctan; use atan" },
    { "dx = ln(x)", 1, 6, "use log" },
    { "dx = frobnicate(x)", 1, 6,
      "unknown function frobnicate (the functions are sin" },
    { "dx = x(1 - x)", 1, 6, "x is not a function: a product is written x*(…)" },
    { "dx = pi(1 - x)", 1, 6, "pi is not a function" },
    { "dx = 1; dx = 2", 1, 9, "x has an equation already, in line 1" },
    { "dx = 1\ndy = 2\n  dx = 3", 3, 3, "x has an equation already, in line 1" },
    { "dx = a; a = 1; a = 2", 1, 16, "a has a value already, in line 1" },
    { "dt = 1", 1, 1, "t is time and cannot be a state" },
    { "dpi = 1", 1, 1, "pi is a number and cannot be a state" },
    { "de = 1", 1, 1, "e is a number and cannot be a state" },
    { "dsin = 1", 1, 1, "sin is a function and cannot be a state" },
    { "dx = y; t = 1", 1, 9, "t is time and cannot be given a value" },
    { "dx = y; pi = 3", 1, 9, "pi is a number and cannot be given a value" },
    { "dx = y; e = 3", 1, 9, "e is a number and cannot be given a value" },
    { "dx = y; exp = 3", 1, 9, "exp is a function and cannot be given a value" },
    { "dx = y; x = 3", 1, 9, "x is a state: its equation is dx = …" },
    { "dx = y; y = x", 1, 13, "y is a parameter: its value must be a number" },
    { "dx = y; y = a", 1, 13, "y is a parameter" },
    { "dx = a*x; a = 1/0", 1, 15, "the value of a is not finite" },
    { "dx = y; dy = dx - y", 1, 6, "dx is a parameter: its value must be a number" },
    { "dx = x; dy = dx", 1, 14, "dx is the derivative of x" },
    { "dx = x @ y", 1, 8, "@ is not accepted" },
    { "dx = y²", 1, 7, "² is not accepted" },
    { "dx = μ*x", 1, 6, "μ is not accepted" },
    { "# ü\ndx = − ü", 2, 8, "ü is not accepted" },
    { "dx = \xff", 1, 6, "a byte that is not UTF-8" },
    { "dx = x\xc3", 1, 7, "a byte that is not UTF-8" },
    { "dx = \x01", 1, 6, "the character U+0001 is not accepted" },
    { "dx = 1.2.3", 1, 6, "1.2 is not a number" },
    { "dx = .", 1, 6, ". is not a number" },
    { "dx = 1e", 1, 6, "1e is not a number" },
    { "dx = 1e+x", 1, 6, "1e+ is not a number" },
    { "dx = 1e999", 1, 6, "1e999 is too large" },
    { "dx = 0x10", 1, 7, "after 0, found x10" },
    { "dx = y:", 1, 7, "found :" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (odl_equations_parse (rows[i].text, &error));
    check_fault (&rows[i], error);
    g_assert_null (odl_equations_parse (rows[i].text, NULL));
  }
}

static void
test_expression_faults (void)
{
  const Fault rows[] = {
    { "", 1, 1, "expected a number, a name or (, found the end" },
    { "  ", 1, 3, "found the end" },
    { "x; y", 1, 4, "expected nothing more" },
    { "x + q", 1, 5, "unknown name q (the names are a e mu pi t x y)" },
    { "x = 1", 1, 3, "found =" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (odl_expression_parse (rows[i].text, names, parameters, &error));
    check_fault (&rows[i], error);
  }
}

static void
test_assignments (void)
{
  static const char *const start[] = { "x0", "t0", NULL };
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

  const Fault rows[] = {
    { "x = x0", 1, 7, "expected y = …, found the end" },
    { "x = x0; y = 1; z = 2", 1, 16, "z is not a state (the states are x y)" },
    { "x = x0; x = 1", 1, 9, "x has a value already" },
    { "x = x0; y = x", 1, 13, "unknown name x" },
    { "x0", 1, 3, "expected = after x0" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) fault = NULL;
    g_assert_null (odl_assignments_parse (rows[i].text, names, start, NULL, &fault));
    check_fault (&rows[i], fault);
  }
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

/* "dx = " and n times `piece`, then "x" and n times `tail`. */
static char *
repeat (const char *piece, const char *tail, guint n)
{
  GString *text = g_string_new ("dx = ");
  for (guint i = 0; i < n; i++)
    g_string_append (text, piece);
  g_string_append (text, "x");
  for (guint i = 0; i < n; i++)
    g_string_append (text, tail);
  return g_string_free (text, FALSE);
}

/* Parses; an accepted text costs at most some operations per byte, so that time and
 * memory are bounded by the limit of bytes. Returns whether it was accepted. */
static gboolean
check_bounded (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlEquations) equations = odl_equations_parse (text, &error);
  if (equations) {
    g_assert_no_error (error);
    guint n = odl_graph_n_operations (equations->graph);
    g_assert_cmpuint (n, <=, 200 + 8 * strlen (text));
    g_assert_cmpuint (odl_graph_n_theta (equations->graph), <=,
                      equations->n_parameters);
  } else {
    g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
    g_assert_cmpuint (strlen (error->message), <, 1000);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  return equations != NULL;
}

static void
test_limits (void)
{
  const struct {
    const char *piece, *tail;
    guint n;
    gboolean good;
  } rows[] = {
    { "(", ")", 200, TRUE },       { "(", ")", 201, FALSE },
    { "-", "", 200, TRUE },        { "-", "", 201, FALSE },
    { "x^", "", 200, TRUE },       { "x^", "", 201, FALSE },
    { "sin(", ")", 200, TRUE },    { "sin(", ")", 201, FALSE },
    { "(", "", 65000, FALSE },     { "-", "", 65000, FALSE },
    { "x+", "", 32000, TRUE },     { "x^63*", "", 13000, TRUE },
    { "x^1023*", "", 9000, TRUE }, { "sin(x)*", "", 9000, TRUE },
    { "x+", "", 33000, FALSE },    { "min(x,", ")", 200, TRUE },
    { "1+", "", 32000, TRUE },     { "", ";", 65000, TRUE },
    { "0", "", 65000, FALSE },     { "0", "", 1, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = repeat (rows[i].piece, rows[i].tail, rows[i].n);
    g_test_message ("%u × %s", rows[i].n, rows[i].piece);
    g_assert_cmpint (check_bounded (text), ==, rows[i].good);
  }
}

/* "da = 1; db = 1; …", or parameters: 64 of each are accepted. */
static void
test_numbers_of_names (void)
{
  for (guint n = 64; n <= 65; n++) {
    g_autoptr (GString) states = g_string_new (NULL);
    g_autoptr (GString) many = g_string_new ("dx = 0");
    for (guint i = 0; i < n; i++) {
      g_string_append_printf (states, "dx%u = 1;", i);
      g_string_append_printf (many, " + p%u", i);
    }
    g_assert_cmpint (check_bounded (states->str), ==, n == 64);
    g_assert_cmpint (check_bounded (many->str), ==, n == 64);
  }
  g_autofree char *name = g_strnfill (65, 'q');
  g_autofree char *text = g_strconcat ("dx = ", name, NULL);
  g_assert_false (check_bounded (text));
  g_assert_true (check_bounded ("dx = qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"));
}

/* Every prefix, and every text with one byte changed. */
static void
test_mutations (void)
{
  const char *text = "dx = a*(1 - x^2)*y - min(x, .5e-3); dy = -sin(x);\na = 1 # end";
  gsize n = strlen (text);
  OdlRandom random = odl_random (1, 0);
  for (gsize i = 0; i <= n; i++) {
    g_autofree char *prefix = g_strndup (text, i);
    check_bounded (prefix);
    for (guint k = 0; k < 40 && i < n; k++) {
      g_autofree char *changed = g_strdup (text);
      changed[i] = (char)(1 + odl_random_below (&random, 255));
      check_bounded (changed);
    }
  }
}

static void
test_random_bytes (void)
{
  static const char *const words[]
      = { "dx", "dy", "x", "y", "a", "sin", "min", "(", ")", "+",  "-", "*", "/",
          "^",  "=",  "=", ";", ",", "1",   "2.5", "t", "e", "\n", " ", "#", "pi" };
  OdlRandom random = odl_random (2, 0);
  for (guint round = 0; round < 4000; round++) {
    GString *text = g_string_new (round % 2 ? "dx = " : "");
    guint n = odl_random_below (&random, round % 100 == 0 ? 20000 : 40);
    for (guint i = 0; i < n; i++)
      if (round % 4 < 2)
        g_string_append_c (text, (char)(1 + odl_random_below (&random, 255)));
      else
        g_string_append (text, words[odl_random_below (&random, G_N_ELEMENTS (words))]);
    check_bounded (text->str);
    g_string_free (text, TRUE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expression/values", test_values);
  g_test_add_func ("/expression/random-expressions", test_random_expressions);
  g_test_add_func ("/expression/equations", test_equations);
  g_test_add_func ("/expression/equation-values", test_equation_values);
  g_test_add_func ("/expression/equation-faults", test_equation_faults);
  g_test_add_func ("/expression/expression-faults", test_expression_faults);
  g_test_add_func ("/expression/assignments", test_assignments);
  g_test_add_func ("/expression/numbers", test_numbers);
  g_test_add_func ("/expression/limits", test_limits);
  g_test_add_func ("/expression/numbers-of-names", test_numbers_of_names);
  g_test_add_func ("/expression/mutations", test_mutations);
  g_test_add_func ("/expression/random-bytes", test_random_bytes);
  return g_test_run ();
}
