/* Replacing a file so that at any moment, whatever is killed, either the old or the new
 * one is there whole. SPDX-License-Identifier: MIT
 *
 * The bytes go to a temporary file in the same folder, are forced to the disk, and take
 * the name by rename, which is atomic. Before that the old file gets its second name,
 * `path~`, by a hard link that is renamed over the former backup; where a file system
 * has no links, by a copy. So `path` is never absent. At the end the folder is forced
 * to the disk, as the names are kept in it. */
#include "session-parts.h"

#include "base/status.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail (const char *path, const char *what, int code, GError **error)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s: %s: %s", path, what,
               g_strerror (code));
  return FALSE;
}

static int
write_all (int fd, const char *bytes, gsize n)
{
  while (n > 0) {
    const gssize done = write (fd, bytes, MIN (n, 1u << 20));
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return done < 0 ? errno : ENOSPC;
    bytes += done;
    n -= (gsize)done;
  }
  return 0;
}

/* A new file beside `path` with these bytes, on the disk. NULL: *code says why, and
 * nothing is left. Free the name. */
static char *
write_beside (const char *path, const char *bytes, gsize n, mode_t mode, int *code)
{
  g_autofree char *folder = g_path_get_dirname (path),
                  *name = g_path_get_basename (path),
                  *hidden = g_strdup_printf (".%.200s.XXXXXX", name),
                  *temporary = g_build_filename (folder, hidden, NULL);
  const int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) {
    *code = errno;
    return NULL;
  }
  *code = mode != 0 && fchmod (fd, mode & 0777) != 0 ? errno : 0;
  if (*code == 0)
    *code = write_all (fd, bytes, n);
  if (*code == 0 && fsync (fd) != 0)
    *code = errno;
  if (close (fd) != 0 && *code == 0)
    *code = errno;
  if (*code == 0)
    return g_steal_pointer (&temporary);
  unlink (temporary);
  return NULL;
}

static int
copy_to (const char *path, const char *backup, mode_t mode)
{
  g_autofree char *bytes = NULL;
  gsize n;
  int code;
  if (!g_file_get_contents (path, &bytes, &n, NULL))
    return EIO;
  g_autofree char *temporary = write_beside (backup, bytes, n, mode, &code);
  if (temporary && rename (temporary, backup) != 0) {
    code = errno;
    unlink (temporary);
  }
  return code;
}

/* Gives the file at `path` a second name without taking the first. */
static int
back_up (const char *path, mode_t mode)
{
  g_autofree char *backup = g_strconcat (path, "~", NULL),
                  *link_name = g_strdup_printf ("%s.%ld", backup, (long)getpid ());
  unlink (link_name);
  if (link (path, link_name) != 0)
    return copy_to (path, backup, mode);
  if (rename (link_name, backup) == 0) {
    unlink (link_name); /* two names of one file: rename has done nothing */
    return 0;
  }
  const int code = errno;
  unlink (link_name);
  return code;
}

static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return; /* the rename is done; some file systems cannot force it */
  fsync (fd);
  close (fd);
}

static char *
follow_links (const char *path)
{
  g_autofree char *resolved = NULL;
  char *real = realpath (path, NULL);
  resolved = g_strdup (real);
  free (real);
  return resolved ? g_steal_pointer (&resolved) : g_strdup (path);
}

gboolean
odl_file_replace (const char *path, const char *bytes, gsize n, gboolean backup,
                  GError **error)
{
  g_return_val_if_fail (path && (bytes || n == 0), FALSE);
  g_autofree char *target = follow_links (path);
  struct stat old = { 0 };
  int code = 0;
  const gboolean exists = stat (target, &old) == 0;
  if (exists && !S_ISREG (old.st_mode))
    return fail (path, "cannot be written", S_ISDIR (old.st_mode) ? EISDIR : EINVAL,
                 error);
  if (exists && access (target, W_OK) != 0)
    return fail (path, "cannot be written", errno, error);
  g_autofree char *temporary
      = write_beside (target, bytes, n, exists ? old.st_mode : 0, &code);
  if (temporary == NULL)
    return fail (path, "cannot be written", code, error);
  if (exists && backup)
    code = back_up (target, old.st_mode);
  if (code != 0) {
    unlink (temporary);
    return fail (path, "the backup of the old file cannot be made", code, error);
  }
  if (rename (temporary, target) != 0) {
    code = errno;
    unlink (temporary);
    return fail (path, "cannot be replaced", code, error);
  }
  sync_folder (target);
  return TRUE;
}
