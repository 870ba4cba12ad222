/* odelab gradient through the real program: its numbers against differences taken here,
 * its shape, and every wrong call and file.
 * SPDX-License-Identifier: MIT */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cli/cli.h"

enum { DIM = 2, HIDDEN = 5, N = 2 * DIM * HIDDEN + HIDDEN + DIM };

/* W1, b1, W2, b2 one after another, as the file has them. */
static void
draw (double *theta)
{
  GRand *rand = g_rand_new_with_seed (4);
  for (guint i = 0; i < N; i++)
    theta[i] = g_rand_double_range (rand, -0.8, 0.8);
  g_rand_free (rand);
}

static void
append_matrix (GString *to, const char *name, const double *x, guint rows,
               guint columns)
{
  g_string_append_printf (to, "\"%s\": ", name);
  if (rows > 1 || columns > 0)
    g_string_append_c (to, '[');
  for (guint i = 0; i < rows; i++) {
    g_string_append (to, i ? ", " : "");
    if (columns > 0)
      g_string_append_c (to, '[');
    for (guint j = 0; j < MAX (columns, 1); j++)
      g_string_append_printf (to, "%s%.17g", j ? ", " : "",
                              x[i * MAX (columns, 1) + j]);
    if (columns > 0)
      g_string_append_c (to, ']');
  }
  g_string_append_c (to, ']');
}

static char *
write_network (const char *folder, const double *theta)
{
  GString *text = g_string_new ("{");
  append_matrix (text, "W1", theta, HIDDEN, DIM);
  g_string_append (text, ", ");
  append_matrix (text, "b1", theta + HIDDEN * DIM, HIDDEN, 0);
  g_string_append (text, ", ");
  append_matrix (text, "W2", theta + HIDDEN * DIM + HIDDEN, DIM, HIDDEN);
  g_string_append (text, ", ");
  append_matrix (text, "b2", theta + N - DIM, DIM, 0);
  g_string_append_c (text, '}');
  char *path = g_build_filename (folder, "network.json", NULL);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
  g_string_free (text, TRUE);
  return path;
}

static void
field (const double *theta, const double *h, double *dh)
{
  const double *b1 = theta + HIDDEN * DIM, *w2 = b1 + HIDDEN, *b2 = theta + N - DIM;
  memcpy (dh, b2, sizeof (double) * DIM);
  for (guint i = 0; i < HIDDEN; i++) {
    double x = b1[i];
    for (guint j = 0; j < DIM; j++)
      x += theta[i * DIM + j] * h[j];
    for (guint j = 0; j < DIM; j++)
      dh[j] += w2[j * HIDDEN + i] * tanh (x);
  }
}

/* ½‖h(T) − (0.3, −0.2)‖² by 20 steps of RK4; x: θ, h0, T. */
static double
loss (const double *x)
{
  const double h = x[N + DIM] / 20;
  double y[DIM] = { x[N], x[N + 1] }, k[4][DIM], at[DIM];
  static const double c[] = { 0, 0.5, 0.5, 1 };
  for (guint n = 0; n < 20; n++) {
    for (guint s = 0; s < 4; s++) {
      for (guint i = 0; i < DIM; i++)
        at[i] = y[i] + (s ? c[s] * h * k[s - 1][i] : 0);
      field (x, at, k[s]);
    }
    for (guint i = 0; i < DIM; i++)
      y[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
  }
  return 0.5 * ((y[0] - 0.3) * (y[0] - 0.3) + (y[1] + 0.2) * (y[1] + 0.2));
}

static double
slope (double *x, guint i)
{
  const double old = x[i], h = 1e-3;
  double d[2];
  for (guint k = 0; k < 2; k++) {
    x[i] = old + h / (k + 1);
    double above = loss (x);
    x[i] = old - h / (k + 1);
    d[k] = (above - loss (x)) / (2 * h / (k + 1));
  }
  x[i] = old;
  return (4 * d[1] - d[0]) / 3;
}

static double
real (const json_t *item)
{
  g_assert_true (json_is_number (item));
  return json_number_value (item);
}

/* The numbers of a gradient, in the order of x. */
static void
read_gradient (const json_t *method, double *g)
{
  const json_t *theta = json_object_get (method, "dtheta");
  guint n = 0;
  g_assert_cmpuint (json_object_size (theta), ==, 4);
  for (guint i = 0; i < HIDDEN; i++)
    for (guint j = 0; j < DIM; j++)
      g[n++] = real (
          json_array_get (json_array_get (json_object_get (theta, "W1"), i), j));
  for (guint i = 0; i < HIDDEN; i++)
    g[n++] = real (json_array_get (json_object_get (theta, "b1"), i));
  for (guint j = 0; j < DIM; j++)
    for (guint i = 0; i < HIDDEN; i++)
      g[n++] = real (
          json_array_get (json_array_get (json_object_get (theta, "W2"), j), i));
  for (guint j = 0; j < DIM; j++)
    g[n++] = real (json_array_get (json_object_get (theta, "b2"), j));
  for (guint j = 0; j < DIM; j++)
    g[n++] = real (json_array_get (json_object_get (method, "dh0"), j));
  g[n++] = real (json_object_get (method, "dT"));
}

static void
check_shape (const json_t *method)
{
  static const char *const counts[]
      = { "evaluations_forward", "evaluations_backward", "bytes" };
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    g_assert_true (json_is_integer (json_object_get (method, counts[i])));
    g_assert_cmpint (json_integer_value (json_object_get (method, counts[i])), >, 0);
  }
  g_assert_cmpfloat (real (json_object_get (method, "seconds")), >, 0);
  g_assert_cmpuint (json_object_size (method), ==, 10);
}

/* Every method, each against differences taken here. */
static void
test_numbers (void)
{
  char *folder = make_folder ();
  double x[N + DIM + 1], wanted[N + DIM + 1], g[N + DIM + 1];
  draw (x);
  x[N] = 1;
  x[N + 1] = 0.5;
  x[N + DIM] = 1.5;
  g_autofree char *path = write_network (folder, x);
  for (guint i = 0; i <= N + DIM; i++)
    wanted[i] = slope (x, i);
  g_auto (Said) said = call ("gradient %s --input 1,0.5 --target 0.3,-0.2 --span 0,1.5 "
                             "--gradient all --json",
                             path);
  check_exit (&said, 0);
  json_t *answer = read_json (&said), *method;
  size_t m;
  g_assert_cmpfloat_with_epsilon (real (json_object_get (answer, "loss")), loss (x),
                                  1e-12);
  g_assert_cmpuint (json_array_size (json_object_get (answer, "methods")), >=, 6);
  json_array_foreach (json_object_get (answer, "methods"), m, method)
  {
    const char *id = json_string_value (json_object_get (method, "id"));
    gboolean coarse = g_str_equal (id, "tutorial");
    gboolean exact = g_str_equal (id, "backprop") || g_str_equal (id, "checkpointed");
    double apart = 0, size = 0;
    check_shape (method);
    read_gradient (method, g);
    for (guint i = 0; i <= N + DIM; i++) {
      apart += (g[i] - wanted[i]) * (g[i] - wanted[i]);
      size += wanted[i] * wanted[i];
    }
    double error = sqrt (apart / size),
           told = real (json_object_get (method, "relative_error"));
    g_test_message ("%s: %.1e, by the program %.1e", id, error, told);
    g_assert_cmpfloat (error, <, exact ? 1e-8 : coarse ? 0.3 : 1e-4);
    g_assert_cmpfloat (told, <, coarse ? 0.3 : 1e-4);
    if (exact)
      g_assert_cmpfloat (told, <, 1e-8);
    if (coarse) { /* … which must show */
      g_assert_cmpfloat (error, >, 1e-3);
      g_assert_cmpfloat (told, >, 1e-3);
    }
  }
  json_decref (answer);
  remove_folder (folder);
}

/* Options: methods by name, tolerances, a table, and the same bits for any threads. */
static void
test_options (void)
{
  char *folder = make_folder ();
  double theta[N];
  draw (theta);
  g_autofree char *path = write_network (folder, theta);
  static const char *const good[] = {
    "--method midpoint --steps 7 --gradient backprop,reversible",
    "--method dopri5 --rtol 1e-5 --atol 1e-7 --gradient all",
    "--method reversible-heun --gradient reversible",
    "--span 1,0",
    "--threads 2",
  };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_auto (Said) said
        = call ("gradient %s --input 1,0.5 --target 0,0 %s", path, good[i]);
    check_exit (&said, 0);
    g_assert_nonnull (strstr (said.out, "loss"));
  }
  g_auto (Said) some = call (
      "gradient %s --input 1,0.5 --target 0,0 --method reversible-heun --gradient all",
      path);
  g_assert_cmpint (some.status, ==, 0);
  g_assert_nonnull (strstr (some.err, "left out: backprop"));
  g_auto (Said) listed = call ("list gradients --json");
  check_exit (&listed, 0);
  json_t *all = read_json (&listed);
  g_assert_cmpuint (json_array_size (all), ==, 7);
  json_decref (all);
  remove_folder (folder);
}

static void
test_wrong_calls (void)
{
  char *folder = make_folder ();
  double theta[N];
  draw (theta);
  g_autofree char *path = write_network (folder, theta);
  static const struct {
    const char *words, *about;
  } wrong[] = {
    { "--target 0,0", "--input" },
    { "--input 1,0.5", "--target" },
    { "--input 1 --target 0,0", "2 are accepted" },
    { "--input 1,2,3 --target 0,0", "2 are accepted" },
    { "--input 1,x --target 0,0", "--input" },
    { "--input 1,inf --target 0,0", "--input" },
    { "--input 1,2 --target 0,0 --gradient backprob", "backprop" },
    { "--input 1,2 --target 0,0 --method rk5", "rk4" },
    { "--input 1,2 --target 0,0 --method cvode-bdf", "explicit" },
    { "--input 1,2 --target 0,0 --method reversible-heun", "reversible" },
    { "--input 1,2 --target 0,0 --steps 0", "from 1" },
    { "--input 1,2 --target 0,0 --steps 5 --rtol 1e-3", "both" },
    { "--input 1,2 --target 0,0 --rtol 1e-3", "rk4" },
    { "--input 1,2 --target 0,0 --method dopri5 --rtol -1", "--rtol" },
    { "--input 1,2 --target 0,0 --span 1,1", "--span" },
    { "--input 1,2 --target 0,0 --span 1", "--span" },
    { "more --input 1,2 --target 0,0", "more" },
    { "--input 1,2 --target 0,0 --what", "--what" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_auto (Said) said = call ("gradient %s %s", path, wrong[i].words);
    g_test_message ("%s: %s", wrong[i].words, said.err);
    check_exit (&said, 2);
    g_assert_nonnull (strstr (said.err, wrong[i].about));
  }
  g_auto (Said) none = call ("gradient");
  check_exit (&none, 2);
  remove_folder (folder);
}

static void
test_wrong_files (void)
{
  static const struct {
    const char *text, *about;
  } wrong[] = {
    { "", "line" },
    { "[1, 2]", "W1" },
    { "{\"W1\": []}", "W1" },
    { "{\"W1\": [[]], \"b1\": [0], \"W2\": [], \"b2\": []}", "W1" },
    { "{\"W1\": [[1]], \"b1\": [], \"W2\": [[1]], \"b2\": [1]}", "b1" },
    { "{\"W1\": [[1]], \"b1\": [1], \"W2\": [[1]]}", "b2" },
    { "{\"W1\": [[1], [1, 2]], \"b1\": [1, 1], \"W2\": [[1, 1]], \"b2\": [1]}",
      "W1[1]" },
    { "{\"W1\": [[1]], \"b1\": [1], \"W2\": [[1, 2]], \"b2\": [1]}", "W2[0]" },
    { "{\"W1\": [[1]], \"b1\": [1], \"W2\": [[1], [1]], \"b2\": [1]}", "W2" },
    { "{\"W1\": [[\"1\"]], \"b1\": [1], \"W2\": [[1]], \"b2\": [1]}", "W1[0]" },
    { "{\"W1\": [[NaN]], \"b1\": [1], \"W2\": [[1]], \"b2\": [1]}", "line" },
    { "{\"W1\": [[null]], \"b1\": [1], \"W2\": [[1]], \"b2\": [1]}", "W1[0]" },
    { "{\"W1\": [[1e999]], \"b1\": [1], \"W2\": [[1]], \"b2\": [1]}", "line" },
    { "{\"W1\": [[1]], \"W1\": [[1]], \"b1\": [1], \"W2\": [[1]], \"b2\": [1]}",
      "line" },
    { "{\"W1\": [[1]], \"b1\": [1], \"W2\": [[1]], \"b2\": [1]", "line" },
    { "{\"W1\": [[1]], \"b1\": [1], \"W2\": [[1]], \"b2\": [1], \"W3\": [[1]]}", "W3" },
  };
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "wrong.json", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_file_set_contents (path, wrong[i].text, -1, NULL);
    g_auto (Said) said = call ("gradient %s --input 1 --target 0", path);
    g_test_message ("%s: %s", wrong[i].text, said.err);
    check_exit (&said, 1);
    g_assert_nonnull (strstr (said.err, wrong[i].about));
    g_assert_nonnull (strstr (said.err, "wrong.json"));
    g_assert_cmpstr (said.out, ==, "");
  }
  g_auto (Said) absent = call ("gradient %s/none.json --input 1 --target 0", folder);
  check_exit (&absent, 1);
  g_auto (Said) a_folder = call ("gradient %s --input 1 --target 0", folder);
  check_exit (&a_folder, 1);
  g_auto (Said) endless = call ("gradient /dev/zero --input 1 --target 0");
  check_exit (&endless, 1);
  g_assert_nonnull (strstr (endless.err, "too large"));
  remove_folder (folder);
}

/* h' = 1e200 tanh (…): the solve leaves what is finite, and says so. */
static void
test_diverging (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "steep.json", NULL);
  g_file_set_contents (
      path, "{\"W1\": [[1e200]], \"b1\": [0], \"W2\": [[1e300]], \"b2\": [1e308]}", -1,
      NULL);
  g_auto (Said) said = call ("gradient %s --input 1 --target 0 --span 0,1e5", path);
  check_exit (&said, 1);
  g_assert_nonnull (strstr (said.err, "not finite"));
  remove_folder (folder);
}

/* The solve arrives, but the square of where exceeds what a number holds; or the loss
 * does not, but its gradient. */
static void
test_overflowing (void)
{
  static const char *const losses[] = { "1e160", "1e154" };
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "far.json", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (losses); i++) {
    g_autofree char *text = g_strdup_printf (
        "{\"W1\": [[1e150]], \"b1\": [1], \"W2\": [[1e160]], \"b2\": [%s]}", losses[i]);
    g_file_set_contents (path, text, -1, NULL);
    for (guint all = 0; all < 2; all++) {
      g_auto (Said) said = call ("gradient %s --input 0 --target 0 --gradient %s", path,
                                 all ? "all" : "backprop");
      check_exit (&said, 1);
      g_assert_nonnull (strstr (said.err, "not finite"));
      g_assert_cmpstr (said.out, ==, "");
    }
  }
  remove_folder (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gradient/numbers", test_numbers);
  g_test_add_func ("/gradient/options", test_options);
  g_test_add_func ("/gradient/wrong-calls", test_wrong_calls);
  g_test_add_func ("/gradient/wrong-files", test_wrong_files);
  g_test_add_func ("/gradient/diverging", test_diverging);
  g_test_add_func ("/gradient/overflowing", test_overflowing);
  return g_test_run ();
}
