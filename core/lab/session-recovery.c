/* Work put aside, and found again.
 * SPDX-License-Identifier: MIT
 *
 * Locks are flock's: they belong to an open file, end with the process, and are never
 * stale as a number in a file can be. A program takes the first name whose lock it
 * gets and that has no work beside it; whoever looks for lost work locks it first, so
 * that of two programs started at once only one offers it. Locks taken so are held
 * until the program ends: should it crash before the work is saved, the next finds it.
 */
#include "session-recovery.h"

#include "base/status.h"
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAMES 200u

/* A name that this process has locked. */
typedef struct {
  char *work, *lock;
  int fd;
} Hold;

struct _OdlRecovery {
  char *folder;
  Hold own;
  GPtrArray *found; /* of Hold */
};

static void
hold_clear (Hold *hold)
{
  if (hold->fd >= 0)
    close (hold->fd);
  hold->fd = -1;
  g_clear_pointer (&hold->work, g_free);
  g_clear_pointer (&hold->lock, g_free);
}

static void
hold_free (gpointer data)
{
  hold_clear (data);
  g_free (data);
}

/* A lock's file may have been removed by its last holder between our opening and
 * locking it; a lock on it then keeps nobody out. */
static gboolean
lock_named (int fd)
{
  struct stat about;
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    return FALSE;
  errno = EWOULDBLOCK;
  return fstat (fd, &about) == 0 && about.st_nlink > 0;
}

/* Locks a name; FALSE: another program has it, or it cannot be made (errno). */
static gboolean
hold_take (Hold *hold, const char *folder, guint number)
{
  g_autofree char *work = g_strdup_printf ("%u.odelab", number),
                  *lock = g_strdup_printf ("%u.lock", number);
  hold->work = g_build_filename (folder, work, NULL);
  hold->lock = g_build_filename (folder, lock, NULL);
  hold->fd = open (hold->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (hold->fd >= 0 && lock_named (hold->fd))
    return TRUE;
  const int code = errno;
  hold_clear (hold);
  errno = code;
  return FALSE;
}

static gboolean
is_there (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
take_free_name (OdlRecovery *recovery, GError **error)
{
  int code = EAGAIN;
  for (guint i = 1; i <= MAX_NAMES; i++) {
    if (hold_take (&recovery->own, recovery->folder, i)) {
      if (!is_there (recovery->own.work))
        return TRUE;
      hold_clear (&recovery->own);
    } else if (errno != EWOULDBLOCK) {
      code = errno;
      break;
    }
  }
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
               "%s: unsaved work cannot be kept there: %s", recovery->folder,
               g_strerror (code));
  return FALSE;
}

OdlRecovery *
odl_recovery_open (const char *folder, GError **error)
{
  g_return_val_if_fail (folder, NULL);
  OdlRecovery *recovery = g_new0 (OdlRecovery, 1);
  recovery->folder = g_strdup (folder);
  recovery->own.fd = -1;
  recovery->found = g_ptr_array_new_with_free_func (hold_free);
  g_mkdir_with_parents (folder, 0700);
  if (!take_free_name (recovery, error))
    g_clear_pointer (&recovery, odl_recovery_close);
  return recovery;
}

gboolean
odl_recovery_put (OdlRecovery *recovery, const json_t *session, const char *origin,
                  GError **error)
{
  g_return_val_if_fail (recovery && json_is_object (session), FALSE);
  json_t *copy = json_copy ((json_t *)session);
  json_object_del (copy, "origin");
  if (origin) {
    g_autofree char *name = g_filename_to_utf8 (origin, -1, NULL, NULL, NULL);
    json_object_set_new (copy, "origin", json_string (name ? name : origin));
  }
  char *text = json_dumps (copy, JSON_COMPACT | JSON_REAL_PRECISION (17));
  const gboolean good
      = odl_file_replace (recovery->own.work, text, strlen (text), FALSE, error);
  free (text);
  json_decref (copy);
  return good;
}

void
odl_recovery_forget (OdlRecovery *recovery)
{
  g_return_if_fail (recovery);
  g_unlink (recovery->own.work);
}

/* The lock's file goes last: as long as it is there it is locked. */
static void
give_back (Hold *hold)
{
  if (hold->fd >= 0)
    g_unlink (hold->lock);
  hold_clear (hold);
}

void
odl_recovery_close (OdlRecovery *recovery)
{
  if (recovery == NULL)
    return;
  if (recovery->own.fd >= 0)
    g_unlink (recovery->own.work);
  give_back (&recovery->own);
  for (guint i = 0; i < recovery->found->len; i++) {
    Hold *hold = g_ptr_array_index (recovery->found, i);
    if (!is_there (hold->work))
      give_back (hold);
  }
  g_ptr_array_unref (recovery->found);
  g_free (recovery->folder);
  g_free (recovery);
}

/* ---- What others left ---- */

void
odl_lost_free (OdlLost *lost)
{
  if (lost == NULL)
    return;
  g_free (lost->path);
  g_free (lost->origin);
  g_free (lost);
}

/* NULL: it cannot be read, and helps nobody. */
static OdlLost *
look (const char *path)
{
  struct stat about;
  json_t *session = odl_session_read (path, NULL);
  if (session == NULL || stat (path, &about) != 0) {
    json_decref (session);
    return NULL;
  }
  OdlLost *lost = g_new0 (OdlLost, 1);
  lost->path = g_strdup (path);
  lost->origin = g_strdup (json_string_value (json_object_get (session, "origin")));
  lost->time = about.st_mtime;
  json_decref (session);
  return lost;
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  const OdlLost *const *one = a, *const *two = b;
  return (*one)->time > (*two)->time ? -1 : (*one)->time < (*two)->time;
}

GPtrArray *
odl_recovery_find (OdlRecovery *recovery)
{
  g_return_val_if_fail (recovery, NULL);
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)odl_lost_free);
  for (guint i = 1; i <= MAX_NAMES; i++) {
    g_autofree char *name = g_strdup_printf ("%u.odelab", i),
                    *path = g_build_filename (recovery->folder, name, NULL);
    Hold hold = { .fd = -1 };
    if (!is_there (path) || !hold_take (&hold, recovery->folder, i))
      continue;
    OdlLost *lost = look (hold.work);
    if (lost == NULL) {
      hold_clear (&hold);
      continue;
    }
    g_ptr_array_add (all, lost);
    g_ptr_array_add (recovery->found, g_memdup2 (&hold, sizeof hold));
  }
  g_ptr_array_sort (all, by_time);
  return all;
}

void
odl_recovery_drop (OdlRecovery *recovery, const OdlLost *lost)
{
  g_return_if_fail (recovery && lost);
  for (guint i = 0; i < recovery->found->len; i++) {
    Hold *hold = g_ptr_array_index (recovery->found, i);
    if (!g_str_equal (hold->work, lost->path))
      continue;
    g_unlink (hold->work);
    give_back (hold);
    g_ptr_array_remove_index (recovery->found, i);
    return;
  }
}
