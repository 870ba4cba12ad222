/* Session files: whole or not at all, whatever fails and whoever is killed.
 * SPDX-License-Identifier: MIT */
#include "lab/session.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/status.h"
#include "lab/file.h"
#include "support/fake-experiments.h"

FAKE_REGISTRY ()

typedef struct {
  char *folder, *path;
} Place;

static void
set_up (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  place->folder = g_dir_make_tmp ("odelab-session-XXXXXX", &error);
  g_assert_no_error (error);
  place->path = g_build_filename (place->folder, "work.odelab", NULL);
}

static void
tear_down (Place *place, gconstpointer data)
{
  const char *name;
  GDir *dir = g_dir_open (place->folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (place->folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  if (dir)
    g_dir_close (dir);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->path);
}

/* A session that differs by its number and has about `size` bytes. */
static json_t *
numbered (guint number, gsize size)
{
  json_t *session = odl_session_new ();
  g_autofree char *text = g_strnfill (size, 'x');
  json_object_set_new (session, "view",
                       json_pack ("{s:i, s:s}", "number", number, "text", text));
  return session;
}

static gboolean
write_numbered (const char *path, guint number, gsize size, GError **error)
{
  json_t *session = numbered (number, size);
  const gboolean good = odl_session_write (session, path, error);
  json_decref (session);
  return good;
}

/* −1: there is none, or it is not whole. */
static int
number_in (const char *path)
{
  json_t *session = odl_session_read (path, NULL);
  const json_t *number = json_object_get (json_object_get (session, "view"), "number");
  const int found = session ? (int)json_integer_value (number) : -1;
  json_decref (session);
  return found;
}

static guint
count_files (const char *folder)
{
  guint n = 0;
  GDir *dir = g_dir_open (folder, 0, NULL);
  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  return n;
}

/* Cannot be written, for this reason, and what was there is whole. */
static void
check_unwritable (const char *path, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (write_numbered (path, 99, 100000, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
  g_assert_true (g_str_has_prefix (error->message, path));
  if (strstr (error->message, reason) == NULL)
    g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, reason));
}

static void
test_backup (Place *place, gconstpointer data)
{
  g_autofree char *backup = g_strconcat (place->path, "~", NULL);
  g_assert_true (write_numbered (place->path, 1, 10, NULL));
  g_assert_cmpint (number_in (backup), ==, -1);
  for (int i = 2; i < 5; i++) {
    g_assert_true (write_numbered (place->path, i, 10, NULL));
    g_assert_cmpint (number_in (place->path), ==, i);
    g_assert_cmpint (number_in (backup), ==, i - 1);
    g_assert_cmpuint (count_files (place->folder), ==, 2);
  }
}

/* Access rights stay, and a link stays a link. */
static void
test_rights_and_links (Place *place, gconstpointer data)
{
  struct stat about;
  g_autofree char *link = g_build_filename (place->folder, "link.odelab", NULL);
  g_assert_true (write_numbered (place->path, 1, 10, NULL));
  g_chmod (place->path, 0640);
  g_assert_cmpint (symlink ("work.odelab", link), ==, 0);
  g_assert_true (write_numbered (link, 2, 10, NULL));
  g_assert_cmpint (lstat (link, &about), ==, 0);
  g_assert_true (S_ISLNK (about.st_mode));
  g_assert_cmpint (lstat (place->path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0640);
  g_assert_cmpint (number_in (place->path), ==, 2);
}

static void
test_paths (Place *place, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (place->folder, "no", "where", NULL),
                  *pipe = g_build_filename (place->folder, "pipe", NULL);
  check_unwritable (nowhere, g_strerror (ENOENT));
  check_unwritable (place->folder, g_strerror (EISDIR));
  check_unwritable ("/dev/full", "cannot be written");
  g_assert_cmpint (mkfifo (pipe, 0666), ==, 0);
  check_unwritable (pipe, "cannot be written");
  g_assert_cmpuint (count_files (place->folder), ==, 1);
}

static void
check_unreadable (const char *path, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (odl_session_read (path, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_assert_nonnull (strstr (error->message, reason));
}

static void
test_unreadable (Place *place, gconstpointer data)
{
  g_autofree char *pipe = g_build_filename (place->folder, "pipe", NULL),
                  *huge = g_build_filename (place->folder, "huge", NULL);
  check_unreadable (place->path, g_strerror (ENOENT));
  check_unreadable (place->folder, "folder");
  check_unreadable ("/dev/zero", "not a file");
  g_assert_cmpint (mkfifo (pipe, 0666), ==, 0);
  check_unreadable (pipe, "not a file");
  g_assert_true (g_file_set_contents (huge, "", 0, NULL));
  g_assert_cmpint (truncate (huge, (off_t)ODL_SESSION_MAX_BYTES + 1), ==, 0);
  check_unreadable (huge, "too large");
}

/* Runs `test` in a process of its own; TRUE when it found all well. */
static gboolean
in_child (gboolean (*test) (const Place *), const Place *place)
{
  int status;
  const pid_t child = fork ();
  if (child == 0)
    _exit (test (place) ? 0 : 1);
  g_assert_cmpint (child, >, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

/* A disk that is full after this many bytes: the old file stays. */
static gboolean
meets_a_limit (const Place *place)
{
  g_autoptr (GError) error = NULL;
  const struct rlimit limit = { 50000, 50000 };
  signal (SIGXFSZ, SIG_IGN);
  return setrlimit (RLIMIT_FSIZE, &limit) == 0
         && !write_numbered (place->path, 2, 100000, &error)
         && strstr (error->message, g_strerror (EFBIG)) != NULL;
}

static void
test_limit (Place *place, gconstpointer data)
{
  g_assert_true (write_numbered (place->path, 1, 10, NULL));
  g_assert_true (in_child (meets_a_limit, place));
  g_assert_cmpint (number_in (place->path), ==, 1);
  g_assert_cmpuint (count_files (place->folder), ==, 1);
}

/* Without root's rights, which no folder refuses. */
static gboolean
is_refused (const Place *place)
{
  g_autoptr (GError) error = NULL;
  if (geteuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
    return FALSE;
  return !write_numbered (place->path, 2, 10, &error)
         && strstr (error->message, g_strerror (EACCES)) != NULL;
}

static gboolean
is_not_shown (const Place *place)
{
  g_autoptr (GError) error = NULL;
  if (geteuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
    return FALSE;
  return odl_session_read (place->path, &error) == NULL
         && strstr (error->message, g_strerror (EACCES)) != NULL;
}

static void
test_rights (Place *place, gconstpointer data)
{
  g_assert_true (write_numbered (place->path, 1, 10, NULL));
  g_chmod (place->path, 0444);
  g_chmod (place->folder, 0555);
  g_assert_true (in_child (is_refused, place)); /* a folder for reading */
  g_chmod (place->folder, 0777);
  g_assert_true (in_child (is_refused, place)); /* a file for reading */
  g_chmod (place->path, 0);
  g_assert_true (in_child (is_not_shown, place));
  g_chmod (place->path, 0644);
  g_assert_cmpint (number_in (place->path), ==, 1);
  g_assert_cmpuint (count_files (place->folder), ==, 1);
}

/* A disk of 64 KB that is really full; needs root. */
static void
test_full_disk (Place *place, gconstpointer data)
{
  g_autofree char *disk = g_build_filename (place->folder, "disk", NULL),
                  *path = g_build_filename (disk, "work.odelab", NULL);
  g_mkdir (disk, 0700);
  if (mount ("none", disk, "tmpfs", 0, "size=64k") != 0) {
    g_test_skip ("mounting a small disk needs root");
    return;
  }
  gboolean kept = write_numbered (path, 1, 10000, NULL);
  g_autoptr (GError) error = NULL;
  kept &= !write_numbered (path, 2, 200000, &error);
  kept &= error && strstr (error->message, g_strerror (ENOSPC)) != NULL;
  kept &= number_in (path) == 1 && count_files (disk) == 1;
  umount (disk);
  g_assert_true (kept);
}

/* ---- kill -9 ---- */

/* A child that saves one after the other for ever; the numbers rise. It has saved once
 * when this returns. */
static pid_t
save_for_ever (const Place *place)
{
  int ends[2];
  char word;
  g_assert_cmpint (pipe (ends), ==, 0);
  const pid_t child = fork ();
  if (child == 0) {
    for (guint i = 1;; i++)
      if (!write_numbered (place->path, i, 20000 + 40000 * (i % 3), NULL)
          || (i == 1 && write (ends[1], "s", 1) != 1))
        _exit (1);
  }
  g_assert_cmpint (child, >, 0);
  close (ends[1]);
  g_assert_cmpint (read (ends[0], &word, 1), ==, 1);
  close (ends[0]);
  return child;
}

/* Whenever the writer is killed, the file is one whole document, the backup is another,
 * and no later than it. */
static void
test_kill (Place *place, gconstpointer data)
{
  g_autofree char *backup = g_strconcat (place->path, "~", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  g_assert_true (write_numbered (place->path, 0, 10, NULL));
  g_assert_true (write_numbered (place->path, 0, 10, NULL));
  for (guint round = 0; round < 60; round++) {
    int status;
    const pid_t child = save_for_ever (place);
    g_usleep ((gulong)g_rand_int_range (random, 0, 12000));
    kill (child, SIGKILL);
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_true (WIFSIGNALED (status));
    const int now = number_in (place->path), before = number_in (backup);
    g_assert_cmpint (now, >=, 0);
    g_assert_cmpint (before, >=, 0);
  }
  g_assert_true (write_numbered (place->path, 0, 10, NULL));
  g_assert_cmpuint (count_files (place->folder), ==, 2); /* it and its backup */
}

/* A file that another has written since is told apart; one that is read is not. */
static void
test_stamp (Place *place, gconstpointer data)
{
  const OdlFileStamp none = odl_file_stamp (place->path);
  g_assert_cmpuint (none.inode, ==, 0);
  g_assert_true (write_numbered (place->path, 1, 10, NULL));
  const OdlFileStamp first = odl_file_stamp (place->path);
  g_assert_cmpint (number_in (place->path), ==, 1);
  const OdlFileStamp read = odl_file_stamp (place->path);
  g_assert_true (odl_file_stamp_equal (&first, &read));
  g_assert_true (write_numbered (place->path, 1, 10, NULL)); /* the same bytes */
  const OdlFileStamp second = odl_file_stamp (place->path);
  g_assert_false (odl_file_stamp_equal (&first, &second));
  g_assert_cmpint (truncate (place->path, 5), ==, 0); /* in place */
  const OdlFileStamp third = odl_file_stamp (place->path);
  g_assert_cmpuint (third.inode, ==, second.inode);
  g_assert_false (odl_file_stamp_equal (&second, &third));
}

/* What a killed writer leaves goes with the next save, and nothing else does. */
static void
test_sweep (Place *place, gconstpointer data)
{
  static const struct {
    const char *name;
    gboolean stale;
  } files[] = {
    { ".work.odelab.aB3xY9.saving", TRUE },   { ".work.odelab~.aB3xY9.saving", TRUE },
    { ".work.odelab~.4711.saving", TRUE },    { ".work.odelab.aB3xY9", FALSE },
    { ".work.odelab..saving", FALSE },        { ".work.odelab.a-b.saving", FALSE },
    { ".other.odelab.aB3xY9.saving", FALSE }, { "work.odelab.aB3xY9.saving", FALSE },
    { ".work.odelab.saving", FALSE },         { ".work.odelab2.aB3xY9.saving", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (place->folder, files[i].name, NULL);
    g_assert_true (g_file_set_contents (path, "", 0, NULL));
  }
  g_assert_true (write_numbered (place->path, 1, 10, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (place->folder, files[i].name, NULL);
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS) != files[i].stale);
  }
}

/* The test above must see a writer that is not careful. */
static void
test_kill_sees_careless_writers (Place *place, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  gboolean torn = FALSE;
  json_t *session = numbered (1, 4000000);
  for (guint round = 0; round < 400 && !torn; round++) {
    const pid_t child = fork ();
    if (child == 0)
      for (;;)
        json_dump_file (session, place->path, 0);
    g_usleep ((gulong)g_rand_int_range (random, 0, 20000));
    kill (child, SIGKILL);
    waitpid (child, NULL, 0);
    torn = number_in (place->path) < 0;
  }
  json_decref (session);
  g_assert_true (torn);
}

/* Two programs that save the same file at once leave one of the two documents. */
static void
test_two_writers (Place *place, gconstpointer data)
{
  g_assert_true (write_numbered (place->path, 0, 10, NULL));
  int status;
  const pid_t child = save_for_ever (place);
  for (guint i = 0; i < 50; i++) {
    g_assert_true (write_numbered (place->path, 1000000 + i, 30000, NULL));
    g_assert_cmpint (number_in (place->path), >=, 0);
  }
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status)); /* none of its saves failed */
}

static void
add (const char *name, void (*test) (Place *, gconstpointer))
{
  g_test_add (name, Place, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/session-file/backup", test_backup);
  add ("/session-file/rights-and-links", test_rights_and_links);
  add ("/session-file/paths", test_paths);
  add ("/session-file/unreadable", test_unreadable);
  add ("/session-file/limit", test_limit);
  add ("/session-file/rights", test_rights);
  add ("/session-file/full-disk", test_full_disk);
  add ("/session-file/kill", test_kill);
  add ("/session-file/kill-sees-careless-writers", test_kill_sees_careless_writers);
  add ("/session-file/stamp", test_stamp);
  add ("/session-file/sweep", test_sweep);
  add ("/session-file/two-writers", test_two_writers);
  return g_test_run ();
}
