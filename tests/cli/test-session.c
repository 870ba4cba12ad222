/* odelab new, inspect and render through the real program: files written whole or not
 * at all, and hostile files. SPDX-License-Identifier: MIT */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/cli.h"

static char *
read_file (const char *path, gsize *size)
{
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, size, &error);
  g_assert_no_error (error);
  return text;
}

static void
write_file (const char *path, const char *text, gssize size)
{
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, size, &error);
  g_assert_no_error (error);
}

/* Every experiment: written, inspected, and equal when written again from the file. */
static void
test_new_and_inspect (void)
{
  char *folder = make_folder ();
  g_auto (Said) listed = call ("list experiments --json");
  check_exit (&listed, 0);
  json_t *experiments = read_json (&listed), *experiment;
  size_t i;
  json_array_foreach (experiments, i, experiment)
  {
    const char *id = json_string_value (json_object_get (experiment, "id"));
    g_auto (Said) made = call ("new %s --output %s/%s.odelab", id, folder, id);
    g_auto (Said) again
        = call ("new %s/%s.odelab --output %s/again.odelab", folder, id, folder);
    g_auto (Said) seen = call ("inspect %s/%s.odelab", folder, id);
    g_auto (Said) json = call ("inspect %s/%s.odelab --json", folder, id);
    g_auto (Said) settings = call ("list settings %s --json", id);
    check_exit (&made, 0);
    check_exit (&again, 0);
    check_exit (&seen, 0);
    check_exit (&json, 0);
    check_exit (&settings, 0);
    g_assert_nonnull (strstr (seen.out, id));
    json_t *document = read_json (&json);
    g_assert_cmpstr (json_string_value (
                         json_array_get (json_object_get (document, "experiments"), 0)),
                     ==, id);
    json_decref (document);
    json_decref (read_json (&settings));
    g_autofree char *a = g_strdup_printf ("%s/%s.odelab", folder, id),
                    *b = g_strdup_printf ("%s/again.odelab", folder);
    g_autofree char *first = read_file (a, NULL), *second = read_file (b, NULL);
    g_assert_cmpstr (first, ==, second);
    json_t *session = json_loads (first, 0, NULL);
    g_assert_cmpstr (json_string_value (
                         json_object_get (json_object_get (session, "view"), "panel")),
                     ==, id);
    json_decref (session);
  }
  json_decref (experiments);
  remove_folder (folder);
}

/* A figure in every format, of an experiment and of a file, whole and one plot, with
 * the settings inside. */
static void
test_render (void)
{
  static const struct {
    const char *name, *begin, *options;
  } cases[] = {
    { "a.png", "\x89PNG", "" },
    { "b.svg", "<?xml", "--theme dark" },
    { "c.pdf", "%PDF", "--size 700x900" },
    { "d.csv", "", "--plot phase" },
    { "e.png", "\x89PNG", "--scale 2 --size 400x300 --plot phase" },
  };
  char *folder = make_folder ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize size;
    g_auto (Said) said = call ("render solvers --set steps=17 %s --output %s/%s",
                               cases[i].options, folder, cases[i].name);
    check_exit (&said, 0);
    g_autofree char *path = g_build_filename (folder, cases[i].name, NULL),
                    *bytes = read_file (path, &size);
    g_assert_cmpuint (size, >, 200);
    g_assert_true (g_str_has_prefix (bytes, cases[i].begin));
    if (i < 2)
      g_assert_nonnull (memmem (bytes, size, "steps=17", 8));
  }
  remove_folder (folder);
}

/* A session drawn is the picture of the settings it was made with. Times of this
 * machine stand in the table, which is therefore not drawn. */
static void
test_render_file (void)
{
  char *folder = make_folder ();
  gsize n, m;
  g_auto (Said) made = call ("new solvers --set steps=9 --set "
                             "plots=phase,time,error,stability --output %s/a.odelab",
                             folder);
  g_auto (Said) file = call ("render %s/a.odelab --output %s/a.svg", folder, folder);
  g_auto (Said) live = call ("render solvers --set steps=9 --set "
                             "plots=phase,time,error,stability --output %s/b.svg",
                             folder);
  check_exit (&made, 0);
  check_exit (&file, 0);
  check_exit (&live, 0);
  g_autofree char *a = g_build_filename (folder, "a.svg", NULL),
                  *b = g_build_filename (folder, "b.svg", NULL), *x = read_file (a, &n),
                  *y = read_file (b, &m);
  g_assert_cmpmem (x, n, y, m);
  remove_folder (folder);
}

static void
test_wrong_calls (void)
{
  static const struct {
    int status;
    const char *line, *word;
  } cases[] = {
    { 2, "new", "EXPERIMENT" },
    { 2, "new solvers", "--output" },
    { 2, "new solvers --output x.txt", ".odelab" },
    { 2, "new nonsense --output x.odelab", "solvers" },
    { 2, "new solvers --set nonsense=1 --output x.odelab", "nonsense" },
    { 2, "new solvers --set steps --output x.odelab", "KEY=VALUE" },
    { 2, "new solvers --set steps=many --output x.odelab", "many" },
    { 2, "new solvers --set steps=nan --output x.odelab", "nan" },
    { 2, "new solvers --set steps=0 --output x.odelab", "0" },
    { 2, "new solvers --set system=nonsense --output x.odelab", "nonsense" },
    { 2, "new solvers --set methods=nonsense --output x.odelab", "nonsense" },
    { 1, "new solvers --output /nonexistent/x.odelab", "/nonexistent/x.odelab: " },
    { 1, "new solvers --output /proc/x.odelab", "/proc" },
    { 2, "render", "EXPERIMENT" },
    { 2, "render solvers", "--output" },
    { 2, "render solvers --output x.gif", ".png" },
    { 2, "render nonsense --output x.png", "nonsense" },
    { 2, "render solvers --size 1x1 --output x.png", "1x1" },
    { 2, "render solvers --size big --output x.png", "big" },
    { 2, "render solvers --size 99999x99999 --output x.png", "99999" },
    { 2, "render solvers --scale 0 --output x.png", "0" },
    { 2, "render solvers --scale nan --output x.png", "nan" },
    { 2, "render solvers --theme blue --output x.png", "blue" },
    { 2, "render solvers --plot nonsense --output x.png", "phase" },
    { 1, "render solvers --output /nonexistent/x.png", "/nonexistent/x.png: " },
    { 1, "render solvers --output /proc/x.svg", "/proc" },
    { 1, "render nonsense.odelab --output x.png", "nonsense.odelab" },
    { 2, "inspect", "FILE" },
    { 1, "inspect /nonexistent.odelab", "/nonexistent" },
    { 1, "inspect /", "/" },
    { 1, "inspect /dev/null", "/dev/null" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].line);
    g_auto (Said) said = call ("%s", cases[i].line);
    check_exit (&said, cases[i].status);
    g_assert_nonnull (strstr (said.err, cases[i].word));
  }
}

/* Refused by every verb that reads sessions: 1, one line, within a second or so. */
static void
refuse (const char *path, const char *word)
{
  for (guint i = 0; i < 2; i++) {
    g_autofree char *line
        = i == 0 ? g_strdup_printf ("inspect %s", path)
                 : g_strdup_printf ("render %s --output %s.png", path, path);
    g_auto (Said) said = call ("%s", line);
    check_exit (&said, 1);
    g_assert_nonnull (strstr (said.err, path));
    if (word)
      g_assert_nonnull (strstr (said.err, word));
  }
}

/* A copy of the text with `from` replaced. */
static char *
replaced (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, 2);
  g_assert_nonnull (parts[1]);
  return g_strjoinv (to, parts);
}

static void
test_hostile_files (void)
{
  char *folder = make_folder ();
  g_autofree char *good = g_build_filename (folder, "good.odelab", NULL),
                  *bad = g_build_filename (folder, "bad.odelab", NULL);
  g_auto (Said) made = call ("new solvers --output %s", good);
  check_exit (&made, 0);
  g_autofree char *text = read_file (good, NULL);
  const gsize length = strlen (text);
  /* Cut at places all over the file; the core's own tests cut at every byte. The last
   * byte is a line end. */
  for (guint i = 0; i < 12; i++) {
    write_file (bad, text, (gssize)((length - 2) * i / 11));
    refuse (bad, NULL);
  }
  g_autofree char *newer = replaced (text, "\"version\": 1", "\"version\": 999");
  write_file (bad, newer, -1);
  refuse (bad, "999");
  g_autofree char *wrong
      = replaced (text, "\"experiments\": [", "\"experiments\": 5, \"other\": [");
  write_file (bad, wrong, -1);
  refuse (bad, "experiments");
  g_autofree char *unknown = replaced (text, "\"solvers\"", "\"nonsense\"");
  write_file (bad, unknown, -1);
  refuse (bad, "nonsense");
  g_autofree char *brackets = g_strnfill (100000, '[');
  write_file (bad, brackets, -1);
  refuse (bad, NULL);
  GString *numbers = g_string_new (
      "{\"format\": \"odelab-session\", \"version\": 1, \"experiments\": [");
  for (guint i = 0; i < 10000000; i++)
    g_string_append (numbers, i ? ",1" : "1");
  g_string_append (numbers, "]}");
  write_file (bad, numbers->str, (gssize)numbers->len);
  g_string_free (numbers, TRUE);
  refuse (bad, NULL);
  g_unlink (bad);
  g_mkdir (bad, 0700);
  refuse (bad, NULL);
  g_rmdir (bad);
  remove_folder (folder);
}

/* A disk that is full while a session or a figure is written over an old one: it fails,
 * and the old one is whole. */
static void
test_full_disk (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "a.odelab", NULL);
  g_auto (Said) made = call ("new solvers --set steps=9 --output %s", path);
  check_exit (&made, 0);
  g_autofree char *before = read_file (path, NULL);
  g_auto (Said) session
      = call_limited (100, "new solvers --set steps=10 --output %s", path);
  g_auto (Said) figure = call_limited (100, "render solvers --output %s/a.png", folder);
  g_auto (Said) vector = call_limited (100, "render solvers --output %s/a.svg", folder);
  check_exit (&session, 1);
  check_exit (&figure, 1);
  check_exit (&vector, 1);
  g_autofree char *after = read_file (path, NULL);
  g_assert_cmpstr (before, ==, after);
  g_autofree char *png = g_build_filename (folder, "a.png", NULL);
  g_assert_false (g_file_test (png, G_FILE_TEST_EXISTS));
  remove_folder (folder);
}

/* Killed after a while that grows from nothing to a whole save: the file is the old or
 * the new one. */
static void
test_killed (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "a.odelab", NULL);
  g_auto (Said) made = call ("new solvers --set steps=9 --output %s", path);
  check_exit (&made, 0);
  for (guint i = 0; i < 25; i++) {
    GPid pid;
    const char *argv[]
        = { g_getenv ("ODELAB"), "new", "solvers", "--quiet", "--output", path, NULL };
    g_assert_true (
        g_spawn_async (NULL, (char **)argv, NULL,
                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                       NULL, &pid, NULL));
    g_usleep (i * 700);
    kill (pid, SIGKILL);
    waitpid (pid, NULL, 0);
    g_spawn_close_pid (pid);
    g_auto (Said) seen = call ("inspect %s", path);
    check_exit (&seen, 0);
  }
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/session/new-and-inspect", test_new_and_inspect);
  g_test_add_func ("/cli/render", test_render);
  g_test_add_func ("/cli/render/file", test_render_file);
  g_test_add_func ("/cli/session/wrong-calls", test_wrong_calls);
  g_test_add_func ("/cli/session/hostile", test_hostile_files);
  g_test_add_func ("/cli/session/full-disk", test_full_disk);
  g_test_add_func ("/cli/session/killed", test_killed);
  return g_test_run ();
}
