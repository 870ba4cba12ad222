/* Replacing a file so that at any moment, whatever is killed, either the old or the new
 * one is there whole. SPDX-License-Identifier: MIT
 *
 * The bytes go to a temporary file in the same folder, are forced to the disk, and take
 * the name by rename, which is atomic. Before that the old file gets its second name,
 * `path~`, by a hard link that is renamed over the former backup; where a file system
 * has no links, by a copy. So `path` is never absent. At the end the folder is forced
 * to the disk, as the names are kept in it.
 *
 * Whoever is killed half-way leaves a file that nobody will ask for,
 * `.NAME.XXXXXX.saving`; the next save of the same name removes it. Writers share a
 * lock on the folder, and only one that has it alone removes: what it finds belongs to
 * nobody. */
#include "file.h"

#include "base/status.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAVING ".saving"

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

/* The name of a file on its way to `path`. Free it. */
static char *
name_beside (const char *path, const char *which)
{
  g_autofree char *folder = g_path_get_dirname (path),
                  *name = g_path_get_basename (path),
                  *hidden = g_strdup_printf (".%.200s.%s" SAVING, name, which);
  return g_build_filename (folder, hidden, NULL);
}

/* A new file beside `path` with these bytes, on the disk. NULL: *code says why, and
 * nothing is left. Free the name. */
static char *
write_beside (const char *path, const char *bytes, gsize n, mode_t mode, int *code)
{
  g_autofree char *temporary = name_beside (path, "XXXXXX");
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
                  *which = g_strdup_printf ("%ld", (long)getpid ()),
                  *link_name = name_beside (backup, which);
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

/* Whether `name` is that of a file on its way to `stem` or to its backup. */
static gboolean
is_on_its_way (const char *name, const char *stem)
{
  const gsize n = strlen (stem);
  if (name[0] != '.' || strncmp (name + 1, stem, n) != 0)
    return FALSE;
  const char *rest = name + 1 + n;
  rest += *rest == '~';
  if (*rest++ != '.')
    return FALSE;
  const gsize which = strspn (rest, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS);
  return which > 0 && g_str_equal (rest + which, SAVING);
}

/* Removes what writers of `path` have left that were killed. */
static void
sweep (const char *folder, const char *path)
{
  g_autofree char *base = g_path_get_basename (path),
                  *stem = g_strdup_printf ("%.200s", base);
  const char *name;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *stale = g_build_filename (folder, name, NULL);
    if (is_on_its_way (name, stem))
      unlink (stale);
  }
}

/* The folder of `path`, locked as one of its writers; −1: it cannot be opened, then
 * nothing is swept and nothing forced. */
static int
enter_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    sweep (folder, path);
  flock (fd, LOCK_SH); /* where there are no locks, nothing is swept either */
  return fd;
}

static void
leave_folder (int fd)
{
  if (fd < 0)
    return;
  fsync (fd); /* the names are right already; some file systems cannot force them */
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

/* Writes beside, backs up, renames. 0, or why not and *what. */
static int
replace (const char *path, const char *bytes, gsize n, const struct stat *old,
         gboolean backup, const char **what)
{
  int code = 0;
  *what = "cannot be written";
  g_autofree char *temporary = write_beside (path, bytes, n, old->st_mode, &code);
  if (temporary == NULL)
    return code;
  if (backup && (code = back_up (path, old->st_mode)) != 0) {
    *what = "the backup of the old file cannot be made";
  } else if (rename (temporary, path) != 0) {
    code = errno;
    *what = "cannot be replaced";
  }
  if (code != 0)
    unlink (temporary);
  return code;
}

gboolean
odl_file_replace (const char *path, const char *bytes, gsize n, gboolean backup,
                  GError **error)
{
  g_return_val_if_fail (path && (bytes || n == 0), FALSE);
  g_autofree char *target = follow_links (path);
  struct stat old = { 0 };
  const char *what;
  const gboolean exists = stat (target, &old) == 0;
  if (exists && !S_ISREG (old.st_mode))
    return fail (path, "cannot be written", S_ISDIR (old.st_mode) ? EISDIR : EINVAL,
                 error);
  if (exists && access (target, W_OK) != 0)
    return fail (path, "cannot be written", errno, error);
  const int folder = enter_folder (target),
            code = replace (target, bytes, n, &old, exists && backup, &what);
  leave_folder (folder);
  return code == 0 || fail (path, what, code, error);
}

OdlFileStamp
odl_file_stamp (const char *path)
{
  struct stat about;
  g_return_val_if_fail (path, (OdlFileStamp){ 0 });
  if (stat (path, &about) != 0)
    return (OdlFileStamp){ 0 };
  return (OdlFileStamp){
    .inode = about.st_ino,
    .size = (guint64)about.st_size,
    .modified_ns
    = (gint64)about.st_mtim.tv_sec * 1000000000 + (gint64)about.st_mtim.tv_nsec,
  };
}

gboolean
odl_file_stamp_equal (const OdlFileStamp *a, const OdlFileStamp *b)
{
  return a->inode == b->inode && a->size == b->size && a->modified_ns == b->modified_ns;
}
