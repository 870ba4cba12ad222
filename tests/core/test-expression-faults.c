/* Tests of what the parser refuses: messages with their places, limits, hostile text.
 * SPDX-License-Identifier: MIT */
#include "graph/expression.h"

#include <string.h>
#include "base/random.h"

static const char *const names[] = { "x", "y", NULL };
static const char *const parameters[] = { "a", "mu", NULL };

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

static const Fault equation_faults[] = {
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
  { "dx = frobnicate(x)", 1, 6, "unknown function frobnicate (the functions are sin" },
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

static void
test_equation_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (equation_faults); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (odl_equations_parse (equation_faults[i].text, &error));
    check_fault (&equation_faults[i], error);
    g_assert_null (odl_equations_parse (equation_faults[i].text, NULL));
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
test_assignment_faults (void)
{
  static const char *const start[] = { "x0", "t0", NULL };
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
    { "(", ")", 200, TRUE },        { "(", ")", 201, FALSE },
    { "-", "", 200, TRUE },         { "-", "", 201, FALSE },
    { "x^", "", 200, TRUE },        { "x^", "", 201, FALSE },
    { "sin(", ")", 200, TRUE },     { "sin(", ")", 201, FALSE },
    { "(", "", 65000, FALSE },      { "-", "", 65000, FALSE },
    { "x+", "", 3800, TRUE },       { "x^63*", "", 300, TRUE },
    { "x^1023*", "", 180, TRUE },   { "sin(x)*", "", 1900, TRUE },
    { "x+", "", 4200, FALSE },      { "min(x,", ")", 200, TRUE },
    { "x+", "", 32000, FALSE },     { "x^63*", "", 13000, FALSE },
    { "x^1023*", "", 9000, FALSE }, { "1+", "", 1900, TRUE },
    { "", ";", 65000, TRUE },       { "0", "", 65000, FALSE },
    { "0", "", 1, FALSE },
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
  g_test_add_func ("/expression/equation-faults", test_equation_faults);
  g_test_add_func ("/expression/expression-faults", test_expression_faults);
  g_test_add_func ("/expression/assignment-faults", test_assignment_faults);
  g_test_add_func ("/expression/limits", test_limits);
  g_test_add_func ("/expression/numbers-of-names", test_numbers_of_names);
  g_test_add_func ("/expression/mutations", test_mutations);
  g_test_add_func ("/expression/random-bytes", test_random_bytes);
  return g_test_run ();
}
