/* odelab train through the real program: logs, sessions that go on to the same bits,
 * and ends with a reason. SPDX-License-Identifier: MIT */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cli/cli.h"

#define SMALL                                                                          \
  "--set points=32 --set test-points=8 --set hidden=8 --set extra=1 --set blocks=2 "   \
  "--set models=standard,augmented,resnet"
#define HEAD                                                                           \
  "iteration,model,loss,accuracy,nll,nfe_forward,nfe_backward,gradient_norm,seconds"

static char *
read_text (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* The flows of a session; by json_decref. */
static json_t *
read_state (const char *folder, const char *name)
{
  g_autofree char *text = read_text (folder, name);
  json_t *session = json_loads (text, 0, NULL);
  g_assert_nonnull (session);
  json_t *state = json_object_get (
      json_array_get (json_object_get (session, "experiments"), 0), "state");
  g_assert_true (json_is_object (state));
  json_incref (state);
  json_decref (session);
  return state;
}

static void
check_same (const char *folder, const char *a, const char *b)
{
  static const char *const models[] = { "standard", "augmented", "resnet" };
  static const char *const parts[] = { "iteration", "theta", "optimizer" };
  json_t *x = read_state (folder, a), *y = read_state (folder, b);
  for (guint m = 0; m < G_N_ELEMENTS (models); m++)
    for (guint p = 0; p < G_N_ELEMENTS (parts); p++) {
      const json_t *one = json_object_get (json_object_get (x, models[m]), parts[p]);
      const json_t *other = json_object_get (json_object_get (y, models[m]), parts[p]);
      g_assert_true (one != NULL && json_equal (one, other));
    }
  json_decref (x);
  json_decref (y);
}

/* A row per iteration and model, in the columns that are promised. */
static void
check_log (const char *text, guint first, guint last)
{
  static const char *const models[] = { "standard", "augmented", "resnet" };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (lines[0], ==, HEAD);
  guint at = 1;
  for (guint i = first; i <= last; i++)
    for (guint m = 0; m < 3; m++, at++) {
      g_assert_nonnull (lines[at]);
      g_auto (GStrv) cells = g_strsplit (lines[at], ",", -1);
      g_assert_cmpuint (g_strv_length (cells), ==, 9);
      g_assert_cmpuint (g_ascii_strtoull (cells[0], NULL, 10), ==, i);
      g_assert_cmpstr (cells[1], ==, models[m]);
      double loss = g_ascii_strtod (cells[2], NULL);
      g_assert_true (loss > 0 && loss < 10);
      g_assert_cmpstr (cells[4], ==, "");
      g_assert_cmpfloat (g_ascii_strtod (cells[5], NULL), >=, 2);
      g_assert_cmpfloat (g_ascii_strtod (cells[7], NULL), >, 0);
    }
  g_assert_cmpstr (lines[at], ==, "");
}

static void
test_resume (void)
{
  char *folder = make_folder ();
  g_auto (Said) first
      = call ("train flows " SMALL " --iterations 6 --seed 3 --threads 1 "
              "--save %s/a.odelab --log %s/a.csv --json",
              folder, folder);
  g_auto (Said) second = call ("train %s/a.odelab --iterations 5 --threads 3 "
                               "--save %s/b.odelab --log %s/b.csv --quiet",
                               folder, folder, folder);
  g_auto (Said) whole = call ("train flows " SMALL " --iterations 11 --seed 3 "
                              "--save %s/c.odelab --quiet",
                              folder);
  check_exit (&first, 0);
  check_exit (&second, 0);
  check_exit (&whole, 0);
  check_same (folder, "b.odelab", "c.odelab");
  g_autofree char *a = read_text (folder, "a.csv"), *b = read_text (folder, "b.csv");
  check_log (a, 1, 6);
  check_log (b, 7, 11);
  json_t *told = read_json (&first), *model;
  size_t i;
  g_assert_cmpint (json_integer_value (json_object_get (told, "iterations")), ==, 6);
  json_array_foreach (json_object_get (told, "models"), i, model)
  {
    g_assert_cmpint (json_integer_value (json_object_get (model, "iteration")), ==, 6);
    g_assert_true (json_is_real (json_object_get (model, "loss")));
  }
  g_assert_cmpuint (i, ==, 3);
  json_decref (told);
  remove_folder (folder);
}

/* What diverges ends with the iteration and the cause; the weights before are saved and
 * can be gone on from. */
static void
test_divergence (void)
{
  char *folder = make_folder ();
  g_auto (Said) bad
      = call ("train flows " SMALL " --set models=resnet --set activation=relu "
              "--set loss=squared --set optimizer=sgd --set rate=10 --iterations 300 "
              "--save %s/a.odelab --log %s/a.csv --quiet",
              folder, folder);
  check_exit (&bad, 1);
  g_assert_nonnull (strstr (bad.err, "stopped at iteration"));
  g_auto (Said) seen = call ("inspect %s/a.odelab", folder);
  check_exit (&seen, 0);
  g_auto (Said) on = call ("train %s/a.odelab --set rate=0.0001 --set clip=0.1 "
                           "--iterations 2",
                           folder);
  check_exit (&on, 0);
  remove_folder (folder);
}

static void
test_stop_condition (void)
{
  g_auto (Said) said
      = call ("train flows " SMALL " --set stop-iterations=4 --iterations 100 --json");
  check_exit (&said, 0);
  json_t *told = read_json (&said);
  json_t *model = json_array_get (json_object_get (told, "models"), 0);
  g_assert_cmpint (json_integer_value (json_object_get (model, "iteration")), ==, 4);
  json_decref (told);
}

static void
test_refused (void)
{
  static const struct {
    const char *line;
    int status;
    const char *says;
  } calls[] = {
    { "train flows", 2, "--iterations" },
    { "train flows --iterations 0", 2, "iterations" },
    { "train flows --iterations 5 --set hidden=0", 2, "hidden" },
    { "train flows --iterations 5 --set rate=nan", 2, "rate" },
    { "train flows --iterations 5 --set models=", 2, "models" },
    { "train flows --iterations 5 --set nothing=1", 2, "nothing" },
    { "train flows --iterations 5 --save a.csv", 2, "odelab" },
    { "train solvers --iterations 5", 2, "nothing to train" },
    { "train flows --iterations 5 --set data=own", 1, "points" },
    { "train flows --iterations 5 --log /nowhere/a.csv", 1, "/nowhere/a.csv" },
    { "train flows " SMALL " --iterations 2 --save /nowhere/a.odelab", 1,
      "/nowhere/a.odelab" },
    { "train /nowhere/a.odelab --iterations 2", 1, "/nowhere/a.odelab" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_auto (Said) said = call ("%s", calls[i].line);
    g_test_message ("%s: %s", calls[i].line, said.err);
    check_exit (&said, calls[i].status);
    g_assert_nonnull (strstr (said.err, calls[i].says));
  }
}

/* A log that the disk has no room for is an error, and said. */
static void
test_full_disk (void)
{
  char *folder = make_folder ();
  g_auto (Said) said = call_limited (
      2000, "train flows " SMALL " --iterations 60 --log %s/a.csv", folder);
  check_exit (&said, 1);
  g_assert_nonnull (strstr (said.err, "a.csv"));
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/train/resume", test_resume);
  g_test_add_func ("/train/divergence", test_divergence);
  g_test_add_func ("/train/stop-condition", test_stop_condition);
  g_test_add_func ("/train/refused", test_refused);
  g_test_add_func ("/train/full-disk", test_full_disk);
  return g_test_run ();
}
