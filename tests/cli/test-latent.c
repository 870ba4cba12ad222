/* odelab latent and train latent through the real program: bands in the units of the
 * file, weights that come out the same, and every wrong call and file.
 * SPDX-License-Identifier: MIT */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cli/cli.h"

/* Weights to answer with, made once: a short training says nothing about bands being
 * good, but everything about them being there, ordered and in the right units. */
typedef struct {
  char *folder, *session;
} Place;

static char *
in (const Place *place, const char *name)
{
  return g_build_filename (place->folder, name, NULL);
}

static char *
write_file (const Place *place, const char *name, const char *text)
{
  char *path = in (place, name);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

static char *
read_file (const char *path)
{
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static double
number (const json_t *answer, const char *key, size_t i)
{
  const json_t *item = json_array_get (json_object_get (answer, key), i);
  g_assert_true (json_is_number (item));
  return json_number_value (item);
}

static const char *const bands[]
    = { "lower95", "lower50", "mean", "upper50", "upper95" };

static void
check_bands (const json_t *answer, size_t n)
{
  g_assert_cmpuint (json_array_size (json_object_get (answer, "t")), ==, n);
  for (guint b = 0; b < G_N_ELEMENTS (bands); b++)
    g_assert_cmpuint (json_array_size (json_object_get (answer, bands[b])), ==, n);
  for (size_t i = 0; i < n; i++) {
    g_assert_cmpfloat (number (answer, "lower95", i), <, number (answer, "lower50", i));
    g_assert_cmpfloat (number (answer, "lower50", i), <, number (answer, "upper50", i));
    g_assert_cmpfloat (number (answer, "upper50", i), <, number (answer, "upper95", i));
  }
}

/* The same series in days and metres, and in seconds and micrometres with an offset,
 * unsorted: one answer is the image of the other. */
static void
test_units (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (GString) plain = g_string_new ("t,y\n");
  g_autoptr (GString) scaled = g_string_new ("seconds;micrometres\n");
  for (int i = 0; i < 40; i++) {
    const int k = (i * 7) % 40;
    const double t = 0.4 * i + 0.1 * sin (3 * i), u = 0.4 * k + 0.1 * sin (3 * k);
    g_string_append_printf (plain, "%.17g,%.17g\n", t, sin (t / 2));
    g_string_append_printf (scaled, "%.17g;%.17g\n", 86400 * u + 1.6e9,
                            1e6 * sin (u / 2) + 5e7);
  }
  g_autofree char *a = write_file (place, "a.csv", plain->str);
  g_autofree char *b = write_file (place, "b.csv", scaled->str);
  g_auto (Said) one = call ("latent %s --points 9 --json", a);
  g_auto (Said) two = call ("latent %s --points 9 --json", b);
  check_exit (&one, 0);
  check_exit (&two, 0);
  json_t *x = read_json (&one), *y = read_json (&two);
  check_bands (x, 9);
  check_bands (y, 9);
  for (size_t i = 0; i < 9; i++) {
    g_assert_cmpfloat_with_epsilon (number (y, "t", i),
                                    86400 * number (x, "t", i) + 1.6e9, 1e-2);
    for (guint k = 0; k < G_N_ELEMENTS (bands); k++)
      g_assert_cmpfloat_with_epsilon ((number (y, bands[k], i) - 5e7) / 1e6,
                                      number (x, bands[k], i), 1e-3);
  }
  g_assert_cmpstr (json_string_value (json_object_get (x, "status")), ==, "settled");
  json_decref (x);
  json_decref (y);
}

/* The table has the numbers of the JSON, and the same call the same bytes on any number
 * of threads. */
static void
test_table (gconstpointer data)
{
  const Place *place = data;
  g_autofree char *path
      = write_file (place, "c.csv", "day,level\n1,2\n2,2.5\n4,3\n5,\n7,1\n");
  g_auto (Said) json
      = call ("latent %s --session %s --at 1.5,9 --json", path, place->session);
  g_auto (Said) table
      = call ("latent %s --session %s --at 1.5,9 --threads 1", path, place->session);
  g_auto (Said) again
      = call ("latent %s --session %s --at 1.5,9 --threads 3", path, place->session);
  check_exit (&json, 0);
  check_exit (&table, 0);
  g_assert_cmpstr (table.out, ==, again.out);
  json_t *answer = read_json (&json);
  check_bands (answer, 2);
  g_auto (GStrv) lines = g_strsplit (table.out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_cmpstr (lines[0], ==, "day,mean,lower50,upper50,lower95,upper95");
  for (guint i = 0; i < 2; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[1 + i], ",", -1);
    g_assert_cmpuint (g_strv_length (cells), ==, 6);
    g_assert_cmpfloat (g_ascii_strtod (cells[1], NULL), ==, number (answer, "mean", i));
    g_assert_cmpfloat (g_ascii_strtod (cells[5], NULL), ==,
                       number (answer, "upper95", i));
  }
  json_decref (answer);
}

static void
test_channels (gconstpointer data)
{
  const Place *place = data;
  g_autofree char *path
      = write_file (place, "d.csv", "t,up,\"a, b\"\n0,1,5\n1,2,\n2,,7\n3,1,6\n");
  g_auto (Said) json
      = call ("latent %s --session %s --points 4 --json", path, place->session);
  g_auto (Said) table
      = call ("latent %s --session %s --points 4", path, place->session);
  check_exit (&json, 0);
  check_exit (&table, 0);
  json_t *answer = read_json (&json);
  const json_t *row = json_array_get (json_object_get (answer, "mean"), 3);
  g_assert_cmpuint (json_array_size (row), ==, 2);
  g_assert_cmpstr (
      json_string_value (json_array_get (json_object_get (answer, "channels"), 1)), ==,
      "a, b");
  g_assert_true (g_str_has_prefix (table.out, "t,up mean,up lower50"));
  g_assert_nonnull (strstr (table.out, "\"a, b upper95\"\n"));
  json_decref (answer);
}

/* Thousands of points are answered, with a remark that they were thinned. */
static void
test_many (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < 50000; i++)
    g_string_append_printf (text, "%d %.17g\n", i, cos (i * 2e-4));
  g_autofree char *path = write_file (place, "e.csv", text->str);
  g_auto (Said) said
      = call ("latent %s --session %s --points 3 --json", path, place->session);
  check_exit (&said, 0);
  g_assert_nonnull (strstr (said.err, "50000 times"));
  json_t *answer = read_json (&said);
  check_bands (answer, 3);
  json_decref (answer);
}

static void
test_wrong_calls (gconstpointer data)
{
  const Place *place = data;
  static const struct {
    const char *arguments, *says;
    int status;
  } wrong[] = {
    { "latent", "FILE.csv", 2 },
    { "latent %s --session %s --at", "--at", 2 },
    { "latent %s --session %s --at x", "--at", 2 },
    { "latent %s --session %s --at ''", "--at", 2 },
    { "latent %s --session %s --at 1 --points 2", "both", 2 },
    { "latent %s --session %s --at 99", "too far off", 2 },
    { "latent %s --session %s --at -1", "too far off", 2 },
    { "latent %s --session %s --points 0", "--points", 2 },
    { "latent %s --session %s --fast", "--fast", 2 },
  };
  g_autofree char *path = write_file (place, "f.csv", "0,1\n1,2\n3,1\n");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *first = g_strdup (wrong[i].arguments), *line = NULL;
    if (strstr (first, "%s")) {
      g_auto (GStrv) parts = g_strsplit (first, "%s", 3);
      line = g_strconcat (parts[0], path, parts[1], place->session, parts[2], NULL);
    } else {
      line = g_steal_pointer (&first);
    }
    g_auto (Said) said = call ("%s", line);
    g_test_message ("%s: %s", wrong[i].arguments, said.err);
    check_exit (&said, wrong[i].status);
    g_assert_nonnull (strstr (said.err, wrong[i].says));
  }
}

static void
test_wrong_files (gconstpointer data)
{
  const Place *place = data;
  static const char *const tables[][2] = {
    { "", "no points" },
    { "t,y\n", "no points" },
    { "t,y\n1,2\n2,warm\n", "line 3" },
    { "t,y,y\n1,2,3\n", "line 1" },
    { "1,2\n1\n", "line 2" },
    { "1,2\nnan,3\n", "line 2" },
    { "0,1e300\n", "line 1" },
    { "0,1,2,3,4,5\n", "line 1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *path = write_file (place, "g.csv", tables[i][0]);
    g_auto (Said) said = call ("latent %s --session %s", path, place->session);
    g_test_message ("%s", said.err);
    check_exit (&said, 1);
    g_assert_nonnull (strstr (said.err, tables[i][1]));
    g_assert_nonnull (strstr (said.err, "g.csv"));
  }
  g_autofree char *good = write_file (place, "h.csv", "0,1\n1,2\n");
  g_autofree char *none = in (place, "none.odelab");
  g_autofree char *solvers = in (place, "solvers.odelab");
  g_auto (Said) made = call ("new solvers --output %s", solvers);
  check_exit (&made, 0);
  g_auto (Said) missing = call ("latent %s --session %s", good, none);
  check_exit (&missing, 1);
  g_auto (Said) other = call ("latent %s --session %s", good, solvers);
  check_exit (&other, 1);
  g_assert_nonnull (strstr (other.err, "Latent"));
  g_auto (Said) no_csv = call ("latent %s --session %s", none, place->session);
  check_exit (&no_csv, 1);
}

/* ---- Training ---- */

#define QUICK                                                                          \
  "train latent --set family=decay --set start=random --set schedule=20 --set "        \
  "batch=1 "

/* The same training gives the same file, with any number of threads; stopped half-way,
 * saved and continued it gives that file too. */
static void
test_weights (gconstpointer data)
{
  const Place *place = data;
  g_autofree char *a = in (place, "wa.odelab"), *b = in (place, "wb.odelab"),
                  *c = in (place, "wc.odelab"), *half = in (place, "half.odelab"),
                  *log = in (place, "log.csv");
  g_auto (Said) one
      = call (QUICK "--seed 5 --iterations 8 --threads 1 --weights %s", a);
  g_auto (Said) two = call (
      QUICK "--seed 5 --iterations 8 --threads 3 --log %s --weights %s", log, b);
  g_auto (Said) first = call (QUICK "--seed 5 --iterations 3 --save %s", half);
  g_auto (Said) second = call ("train %s --iterations 5 --weights %s", half, c);
  check_exit (&one, 0);
  check_exit (&two, 0);
  check_exit (&first, 0);
  check_exit (&second, 0);
  g_autofree char *x = read_file (a), *y = read_file (b), *z = read_file (c);
  g_assert_cmpstr (x, ==, y);
  g_assert_cmpstr (x, ==, z);
  g_autofree char *rows = read_file (log);
  g_auto (GStrv) lines = g_strsplit (rows, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 10);
  g_assert_true (g_str_has_prefix (lines[8], "8,decay,"));
  g_auto (Said) inspected = call ("inspect %s", a);
  check_exit (&inspected, 0);
}

static void
test_weights_of_others (gconstpointer data)
{
  const Place *place = data;
  g_autofree char *path = in (place, "no.odelab");
  g_auto (Said) said = call ("train flows --iterations 1 --weights %s", path);
  check_exit (&said, 2);
  g_assert_nonnull (strstr (said.err, "latent"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Drawn without a display, from settings alone. */
static void
test_render (gconstpointer data)
{
  const Place *place = data;
  g_autofree char *path = in (place, "canvas.svg");
  g_auto (Said) said
      = call ("render %s --set series=gap --set show=band95,mean,process "
              "--output %s --plot canvas",
              place->session, path);
  check_exit (&said, 0);
  g_autofree char *svg = read_file (path);
  g_assert_cmpuint (strlen (svg), >, 5000);
}

static void
add (const char *name, Place *place, GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/latent/%s", name);
  g_test_add_data_func (path, place, test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  Place place = { .folder = make_folder () };
  place.session = in (&place, "model.odelab");
  g_auto (Said) made = call ("train latent --set start=random --set batch=1 "
                             "--iterations 40 --weights %s",
                             place.session);
  check_exit (&made, 0);
  add ("units", &place, test_units);
  add ("table", &place, test_table);
  add ("channels", &place, test_channels);
  add ("many", &place, test_many);
  add ("wrong-calls", &place, test_wrong_calls);
  add ("wrong-files", &place, test_wrong_files);
  add ("weights", &place, test_weights);
  add ("weights-of-others", &place, test_weights_of_others);
  add ("render", &place, test_render);
  const int status = g_test_run ();
  remove_folder (place.folder);
  g_free (place.session);
  return status;
}
