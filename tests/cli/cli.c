/* Calling the program under test, whose path is in the environment.
 * SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void
limit_files (gpointer data)
{
  const struct rlimit limit = { GPOINTER_TO_UINT (data), GPOINTER_TO_UINT (data) };
  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &limit);
}

static Said
spawn (const char *words, guint limit)
{
  Said said = { 0 };
  int wait_status, n;
  char **argv;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strdup_printf ("'%s' %s", g_getenv ("ODELAB"), words);
  g_auto (GStrv) environment = g_get_environ ();
  environment = g_environ_unsetenv (environment, "DISPLAY");
  environment = g_environ_unsetenv (environment, "WAYLAND_DISPLAY");
  g_shell_parse_argv (line, &n, &argv, &error);
  g_assert_no_error (error);
  g_spawn_sync (NULL, argv, environment, G_SPAWN_DEFAULT, limit ? limit_files : NULL,
                GUINT_TO_POINTER (limit), &said.out, &said.err, &wait_status, &error);
  g_assert_no_error (error);
  g_strfreev (argv);
  said.status = WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : -1;
  return said;
}

Said
call (const char *line, ...)
{
  va_list arguments;
  va_start (arguments, line);
  g_autofree char *words = g_strdup_vprintf (line, arguments);
  va_end (arguments);
  return spawn (words, 0);
}

Said
call_limited (guint bytes, const char *line, ...)
{
  va_list arguments;
  va_start (arguments, line);
  g_autofree char *words = g_strdup_vprintf (line, arguments);
  va_end (arguments);
  return spawn (words, bytes);
}

void
said_clear (Said *said)
{
  g_clear_pointer (&said->out, g_free);
  g_clear_pointer (&said->err, g_free);
}

void
check_exit (const Said *said, int status)
{
  if (said->status != status)
    g_test_message ("stderr: %s", said->err);
  g_assert_cmpint (said->status, ==, status);
  if (status == 0)
    return;
  const char *end = strchr (said->err, '\n');
  g_assert_true (g_str_has_prefix (said->err, "odelab: "));
  g_assert_nonnull (end);
  g_assert_cmpstr (end, ==, "\n");
  g_assert_cmpuint (strlen (said->err), <, 2000);
  if (status == 2)
    g_assert_cmpstr (said->out, ==, "");
}

json_t *
read_json (const Said *said)
{
  json_error_t error;
  json_t *document = json_loads (said->out, JSON_REJECT_DUPLICATES, &error);
  if (!document)
    g_test_message ("%s: %s", error.text, said->out);
  g_assert_nonnull (document);
  return document;
}

char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("odelab-cli-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

void
remove_folder (char *folder)
{
  const char *name;
  GDir *dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_remove (path);
  }
  if (dir)
    g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}
