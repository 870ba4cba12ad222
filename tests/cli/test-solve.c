/* odelab solve and list through the real program: answers against closed forms, shapes,
 * and every wrong call. SPDX-License-Identifier: MIT */
#include <glib.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/cli.h"

static double
number (const json_t *array, size_t i)
{
  const json_t *item = json_array_get (array, i);
  g_assert_true (json_is_number (item));
  return json_number_value (item);
}

static void
check_shape (const json_t *answer)
{
  static const char *const texts[] = { "system", "method", "status", "message" },
                           *const counts[] = { "evaluations", "accepted", "rejected" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (json_is_string (json_object_get (answer, texts[i])));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_true (json_is_integer (json_object_get (answer, counts[i])));
  g_assert_cmpuint (json_array_size (json_object_get (answer, "t")), ==,
                    json_array_size (json_object_get (answer, "y")));
  g_assert_cmpuint (json_object_size (answer), ==, 9);
}

/* Distance of every row of a spiral from 2 e^(−t/10) (cos t, sin t). */
static double
spiral_error (const json_t *answer)
{
  const json_t *t = json_object_get (answer, "t"), *y = json_object_get (answer, "y");
  double error = 0;
  for (size_t i = 0; i < json_array_size (t); i++) {
    const double r = 2 * exp (-0.1 * number (t, i));
    error = fmax (error,
                  hypot (number (json_array_get (y, i), 0) - r * cos (number (t, i)),
                         number (json_array_get (y, i), 1) - r * sin (number (t, i))));
  }
  return error;
}

/* The tutorial's first picture: 15 steps of Euler drift outwards, 15 of RK4 do not. */
static void
test_spiral (void)
{
  g_auto (Said) euler = call (
      "solve --system spiral --from 2,0 --span 0,6 --method euler --steps 15 --json");
  g_auto (Said) rk4 = call (
      "solve --system spiral --from 2,0 --span 0,6 --method rk4 --steps 15 --json");
  check_exit (&euler, 0);
  check_exit (&rk4, 0);
  json_t *a = read_json (&euler), *b = read_json (&rk4);
  check_shape (a);
  g_assert_cmpuint (json_array_size (json_object_get (a, "t")), ==, 16);
  g_assert_cmpint (json_integer_value (json_object_get (a, "evaluations")), ==, 15);
  g_assert_cmpint (json_integer_value (json_object_get (b, "evaluations")), ==, 60);
  const json_t *end = json_array_get (json_object_get (a, "y"), 15);
  /* |1 + λΔt| = |1 + 0.4 (−0.1 + i)| = √(0.96² + 0.4²) = 1.04 for each step. */
  g_assert_cmpfloat_with_epsilon (hypot (number (end, 0), number (end, 1)),
                                  2 * pow (1.04, 15), 1e-12);
  g_assert_cmpfloat (spiral_error (b), <, 1e-2);
  json_decref (a);
  json_decref (b);
}

/* Whoever names a tolerance but no method gets one that heeds it. */
static void
test_usual_method (void)
{
  static const struct {
    const char *options, *method;
  } cases[] = {
    { "", "rk4" },
    { "--steps 5", "rk4" },
    { "--rtol 1e-8", "dopri5" },
    { "--atol 1e-8", "dopri5" },
    { "--method bosh3 --rtol 1e-8", "bosh3" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Said) said = call ("solve --system spiral %s --json", cases[i].options);
    check_exit (&said, 0);
    json_t *answer = read_json (&said);
    g_assert_cmpstr (json_string_value (json_object_get (answer, "method")), ==,
                     cases[i].method);
    json_decref (answer);
  }
}

static void
test_every_method (void)
{
  g_auto (Said) listed = call ("list methods --json");
  check_exit (&listed, 0);
  json_t *methods = read_json (&listed), *method;
  size_t i;
  g_assert_cmpuint (json_array_size (methods), >=, 18);
  json_array_foreach (methods, i, method)
  {
    const char *id = json_string_value (json_object_get (method, "id"));
    const gboolean adaptive = json_is_true (json_object_get (method, "adaptive"));
    g_auto (Said) said
        = call ("solve --system spiral --method %s %s --points 7 --json", id,
                adaptive ? "--rtol 1e-8 --atol 1e-10" : "--steps 2000");
    g_test_message ("%s", id);
    check_exit (&said, 0);
    json_t *answer = read_json (&said);
    check_shape (answer);
    g_assert_cmpuint (json_array_size (json_object_get (answer, "t")), ==, 7);
    /* Euler's error is Δt |λ|² t e^… / 2 < 2e-2 at 2000 steps; all others are far
     * below. */
    g_assert_cmpfloat (spiral_error (answer), <, 2e-2);
    json_decref (answer);
  }
  json_decref (methods);
}

static void
test_every_system (void)
{
  g_auto (Said) listed = call ("list systems --json");
  check_exit (&listed, 0);
  json_t *systems = read_json (&listed), *system;
  size_t i;
  g_assert_cmpuint (json_array_size (systems), >=, 18);
  json_array_foreach (systems, i, system)
  {
    const char *id = json_string_value (json_object_get (system, "id"));
    const gboolean stiff = json_is_true (json_object_get (system, "stiff"));
    g_auto (Said) said = call (
        "solve --system %s --method %s --rtol 1e-6 --atol 1e-9 --points 5 --json", id,
        stiff ? "cvode-bdf" : "dopri5");
    g_test_message ("%s", id);
    check_exit (&said, 0);
    json_t *answer = read_json (&said);
    check_shape (answer);
    g_assert_cmpuint (json_array_size (json_object_get (answer, "y")), ==, 5);
    json_decref (answer);
  }
  json_decref (systems);
}

/* Typed equations, a parameter, a reversed span, times out of order: there and back
 * again. */
static void
test_typed (void)
{
  g_auto (Said) there = call (
      "solve --equations 'dx = -a*x; a = 2' --parameter a=0.5 --from 1 --span 0,2 "
      "--method dop853 --rtol 1e-12 --atol 1e-14 --at 2,0,1 --json");
  g_auto (Said) back = call (
      "solve --equations 'dx = -a*x; a = 0.5' --from 1 --span 2,0 --method dop853 "
      "--rtol 1e-12 --atol 1e-14 --at 0 --json");
  check_exit (&there, 0);
  check_exit (&back, 0);
  json_t *a = read_json (&there), *b = read_json (&back);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (
        number (json_array_get (json_object_get (a, "y"), i), 0), exp (-0.5 * i),
        1e-11);
  g_assert_cmpfloat_with_epsilon (
      number (json_array_get (json_object_get (b, "y"), 0), 0), exp (1), 1e-10);
  json_decref (a);
  json_decref (b);
}

/* CSV and JSON hold the same bits, and reading them back gives what was computed. */
static void
test_digits (void)
{
  const char *line = "solve --system lorenz --span 0,1 --method rk4 --steps 100";
  g_auto (Said) csv = call ("%s", line);
  g_auto (Said) json = call ("%s --json", line);
  check_exit (&csv, 0);
  json_t *answer = read_json (&json);
  g_auto (GStrv) rows = g_strsplit (csv.out, "\n", -1);
  g_assert_cmpstr (rows[0], ==, "t,x,y,z");
  for (int i = 0; i <= 100; i++) {
    g_auto (GStrv) cells = g_strsplit (rows[i + 1], ",", -1);
    g_assert_cmpfloat (g_ascii_strtod (cells[0], NULL), ==,
                       number (json_object_get (answer, "t"), i));
    for (int j = 0; j < 3; j++)
      g_assert_cmpfloat (g_ascii_strtod (cells[j + 1], NULL), ==,
                         number (json_array_get (json_object_get (answer, "y"), i), j));
  }
  json_decref (answer);
}

/* dx = x² from 1 is infinite at t = 1: what was reached is kept and said to be partial.
 */
static void
test_divergence (void)
{
  static const char *const lines[] = {
    "solve --equations 'dx = x^2' --from 1 --span 0,2 --method dopri5 --rtol 1e-8 "
    "--atol 1e-10",
    "solve --equations 'dx = x^3' --from 1 --span 0,2 --method euler --steps 50",
    "solve --equations 'dx = sqrt(-1 - t)' --from 1 --span 0,2 --method rk4 --steps 5",
    "solve --equations 'dx = x^2' --from 1 --span 0,2 --method dopri5 --rtol 1e-8 "
    "--points 11",
  };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Said) json = call ("%s --json", lines[i]);
    g_auto (Said) csv = call ("%s", lines[i]);
    check_exit (&json, 1);
    check_exit (&csv, 1);
    json_t *answer = read_json (&json);
    check_shape (answer);
    g_assert_cmpstr (json_string_value (json_object_get (answer, "status")), !=,
                     "done");
    g_assert_cmpuint (json_array_size (json_object_get (answer, "t")), >=, 1);
    g_assert_cmpfloat (number (json_object_get (answer, "t"),
                               json_array_size (json_object_get (answer, "t")) - 1),
                       <, 2);
    g_assert_nonnull (strstr (csv.out, "\n# partial: "));
    json_decref (answer);
  }
}

/* Every wrong call ends with 2, one line, and the word that the line must hold. */
static void
test_wrong_calls (void)
{
  static const struct {
    const char *line, *word;
  } cases[] = {
    { "solve", "--system" },
    { "solve --system spirall", "spiral" },
    { "solve --system spiral --equations 'dx = x'", "both" },
    { "solve --system spiral --method rk5", "rk4" },
    { "solve --equations 'dx = '", "column" },
    { "solve --equations 'dx = foo(x)'", "foo" },
    { "solve --equations ''", ":" },
    { "solve --system spiral --from 1", "2" },
    { "solve --system spiral --from 1,2,3", "2" },
    { "solve --system spiral --from 1,nan", "nan" },
    { "solve --system spiral --from 1,inf", "inf" },
    { "solve --system spiral --from one,two", "one" },
    { "solve --system spiral --span 0,0", "empty" },
    { "solve --system spiral --span 0", "span" },
    { "solve --system spiral --span 0,nan", "nan" },
    { "solve --system spiral --steps 0", "0" },
    { "solve --system spiral --steps -5", "-5" },
    { "solve --system spiral --steps 1.5", "1.5" },
    { "solve --system spiral --steps 1000000000", "1000000000" },
    { "solve --system spiral --steps 5 --rtol 1e-3", "steps" },
    { "solve --system spiral --method dopri5 --rtol 0", "0" },
    { "solve --system spiral --method dopri5 --atol 0", "0" },
    { "solve --system spiral --method dopri5 --rtol -1", "-1" },
    { "solve --system spiral --method dopri5 --rtol nan", "nan" },
    { "solve --system spiral --method euler --rtol 1e-3", "error estimate" },
    { "solve --system spiral --method cvode-bdf --steps 5", "steps" },
    { "solve --system spiral --points 0", "0" },
    { "solve --system spiral --points 5 --at 1", "both" },
    { "solve --system spiral --at 7", "7" },
    { "solve --system spiral --at x", "x" },
    { "solve --system spiral --parameter zz=1", "zz" },
    { "solve --system spiral --parameter a", "NAME" },
    { "solve --system spiral --frobnicate", "frobnicate" },
    { "solve --system spiral extra", "extra" },
    { "solve --system", "--system" },
    { "solve --system spiral --system spiral", "twice" },
    { "solve --system spiral --json=yes", "json" },
    { "solve --system spiral --threads 0", "threads" },
    { "solve --system spiral -x", "-x" },
    { "list", "list" },
    { "list nonsense", "systems" },
    { "list systems spiral", "systems" },
    { "list settings", "EXPERIMENT" },
    { "list settings nonsense", "nonsense" },
    { "bench nonsense", "spiral-rk4" },
    { "nonsense", "nonsense" },
    { "--nonsense", "nonsense" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].line);
    g_auto (Said) said = call ("%s", cases[i].line);
    check_exit (&said, 2);
    g_assert_nonnull (strstr (said.err, cases[i].word));
    /* What is wrong: what is accepted. */
    g_assert_nonnull (strchr (said.err + strlen ("odelab: "), ':'));
  }
}

/* Of processor time, by all calls so far. */
static glong
seconds_used (void)
{
  struct rusage used;
  g_assert_cmpint (getrusage (RUSAGE_CHILDREN, &used), ==, 0);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec;
}

/* The longest text that is allowed, and one beyond; deep and long nonsense. */
static void
test_hostile_equations (void)
{
  g_autofree char *deep = g_strnfill (60000, '('), *long_name = g_strnfill (60000, 'a');
  const glong before = seconds_used ();
  g_auto (Said) a = call ("solve --equations 'dx = %s'", deep);
  g_auto (Said) b = call ("solve --equations 'dx = %s' --from 1 --steps 1", long_name);
  check_exit (&a, 2);
  g_assert_cmpint (b.status, !=, -1);
  g_assert_cmpint (seconds_used () - before, <, 20);
}

static void
test_help (void)
{
  static const char *const verbs[]
      = { "solve",  "new",     "train", "gradient", "latent",
          "render", "inspect", "list",  "bench" };
  g_auto (Said) all = call ("--help");
  g_auto (Said) version = call ("--version");
  check_exit (&all, 0);
  check_exit (&version, 0);
  g_assert_true (g_str_has_prefix (version.out, "odelab "));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    g_auto (Said) one = call ("%s --help", verbs[i]);
    check_exit (&one, 0);
    g_assert_nonnull (strstr (all.out, verbs[i]));
    g_assert_nonnull (strstr (one.out, "--json"));
    g_assert_cmpstr (one.err, ==, "");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/solve/spiral", test_spiral);
  g_test_add_func ("/cli/solve/usual-method", test_usual_method);
  g_test_add_func ("/cli/solve/every-method", test_every_method);
  g_test_add_func ("/cli/solve/every-system", test_every_system);
  g_test_add_func ("/cli/solve/typed", test_typed);
  g_test_add_func ("/cli/solve/digits", test_digits);
  g_test_add_func ("/cli/solve/divergence", test_divergence);
  g_test_add_func ("/cli/wrong-calls", test_wrong_calls);
  g_test_add_func ("/cli/solve/hostile", test_hostile_equations);
  g_test_add_func ("/cli/help", test_help);
  return g_test_run ();
}
