/* Recovery: what a killed program has put aside is found by one other, once.
 * SPDX-License-Identifier: MIT */
#include "lab/session-recovery.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fake-experiments.h"

FAKE_REGISTRY ()

static char *
make_folder (void)
{
  g_autofree char *parent = g_dir_make_tmp ("odelab-recovery-XXXXXX", NULL);
  return g_build_filename (parent, "state", "odelab", NULL);
}

static guint
count_files (const char *folder)
{
  guint n = 0;
  GDir *dir = g_dir_open (folder, 0, NULL);
  while (dir && g_dir_read_name (dir))
    n++;
  if (dir)
    g_dir_close (dir);
  return n;
}

static void
remove_folder (char *folder)
{
  const char *name;
  GDir *dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  if (dir)
    g_dir_close (dir);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *here = folder;
    g_assert_cmpint (g_rmdir (here), ==, 0);
    folder = g_path_get_dirname (here);
  }
  g_free (folder);
}

static json_t *
numbered (int number)
{
  json_t *session = odl_session_new ();
  json_object_set_new (session, "view", json_pack ("{s:i}", "number", number));
  return session;
}

static void
put (OdlRecovery *recovery, int number, const char *origin)
{
  g_autoptr (GError) error = NULL;
  json_t *session = numbered (number);
  g_assert_true (odl_recovery_put (recovery, session, origin, &error));
  g_assert_no_error (error);
  json_decref (session);
}

static OdlRecovery *
open_recovery (const char *folder)
{
  g_autoptr (GError) error = NULL;
  OdlRecovery *recovery = odl_recovery_open (folder, &error);
  g_assert_no_error (error);
  return recovery;
}

/* A program that puts `number` aside twice and is then killed. */
static void
crash (const char *folder, int number)
{
  int ends[2], status;
  char ready;
  g_assert_cmpint (pipe (ends), ==, 0);
  const pid_t child = fork ();
  if (child == 0) {
    OdlRecovery *recovery = odl_recovery_open (folder, NULL);
    put (recovery, -1, NULL);
    put (recovery, number, "/tmp/work.odelab");
    if (write (ends[1], "x", 1) == 1)
      pause ();
    _exit (1);
  }
  g_assert_cmpint (read (ends[0], &ready, 1), ==, 1);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (ends[0]);
  close (ends[1]);
}

static int
number_in (const OdlLost *lost)
{
  g_autoptr (GError) error = NULL;
  json_t *session = odl_session_read (lost->path, &error);
  g_assert_no_error (error);
  const json_t *view = json_object_get (session, "view");
  const int number = (int)json_integer_value (json_object_get (view, "number"));
  json_decref (session);
  return number;
}

static void
test_orderly (void)
{
  char *folder = make_folder ();
  OdlRecovery *one = open_recovery (folder), *two = open_recovery (folder);
  put (one, 1, NULL);
  put (two, 2, "/tmp/two.odelab");
  g_autoptr (GPtrArray) lost = odl_recovery_find (two);
  g_assert_cmpuint (lost->len, ==, 0);
  odl_recovery_close (one);
  odl_recovery_close (two);
  g_assert_cmpuint (count_files (folder), ==, 0);
  remove_folder (folder);
}

static void
test_forget (void)
{
  char *folder = make_folder ();
  OdlRecovery *one = open_recovery (folder);
  put (one, 1, NULL);
  odl_recovery_forget (one);
  odl_recovery_forget (one);
  g_assert_cmpuint (count_files (folder), ==, 1);
  odl_recovery_close (one);
  remove_folder (folder);
}

static void
test_crash (void)
{
  char *folder = make_folder ();
  crash (folder, 7);
  crash (folder, 8);
  OdlRecovery *one = open_recovery (folder), *two = open_recovery (folder);
  g_autoptr (GPtrArray) lost = odl_recovery_find (one), other = odl_recovery_find (two);
  g_assert_cmpuint (lost->len, ==, 2);
  g_assert_cmpuint (other->len, ==, 0);
  int sum = 0;
  for (guint i = 0; i < lost->len; i++) {
    const OdlLost *work = g_ptr_array_index (lost, i);
    g_assert_cmpstr (work->origin, ==, "/tmp/work.odelab");
    g_assert_cmpint (work->time, >, 0);
    sum += number_in (work);
  }
  g_assert_cmpint (sum, ==, 15);
  odl_recovery_drop (one, g_ptr_array_index (lost, 0));
  odl_recovery_close (one);
  g_autoptr (GPtrArray) later = odl_recovery_find (two);
  g_assert_cmpuint (later->len, ==, 1);
  odl_recovery_drop (two, g_ptr_array_index (later, 0));
  odl_recovery_close (two);
  g_assert_cmpuint (count_files (folder), ==, 0);
  remove_folder (folder);
}

/* Who finds work and crashes leaves it to the next. */
static void
test_crash_of_the_finder (void)
{
  char *folder = make_folder ();
  int status;
  crash (folder, 7);
  const pid_t child = fork ();
  if (child == 0) {
    OdlRecovery *recovery = odl_recovery_open (folder, NULL);
    g_autoptr (GPtrArray) lost = odl_recovery_find (recovery);
    _exit (lost->len == 1 ? 0 : 1);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  OdlRecovery *one = open_recovery (folder);
  g_autoptr (GPtrArray) lost = odl_recovery_find (one);
  g_assert_cmpuint (lost->len, ==, 1);
  g_assert_cmpint (number_in (g_ptr_array_index (lost, 0)), ==, 7);
  odl_recovery_close (one);
  remove_folder (folder);
}

/* Rubbish in the folder is neither offered nor overwritten. */
static void
test_rubbish (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "1.odelab", NULL);
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, "not a session", -1, NULL));
  OdlRecovery *one = open_recovery (folder);
  g_autoptr (GPtrArray) lost = odl_recovery_find (one);
  g_assert_cmpuint (lost->len, ==, 0);
  put (one, 1, NULL);
  odl_recovery_close (one);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  remove_folder (folder);
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (odl_recovery_open ("/dev/null/state", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-recovery/orderly", test_orderly);
  g_test_add_func ("/session-recovery/forget", test_forget);
  g_test_add_func ("/session-recovery/crash", test_crash);
  g_test_add_func ("/session-recovery/crash-of-the-finder", test_crash_of_the_finder);
  g_test_add_func ("/session-recovery/rubbish", test_rubbish);
  g_test_add_func ("/session-recovery/no-folder", test_no_folder);
  return g_test_run ();
}
