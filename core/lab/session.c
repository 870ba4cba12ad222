/* Reading and writing a session file.
 * SPDX-License-Identifier: MIT
 *
 * What comes from a file is a stranger's: its size, depth and number of values are
 * bounded before it is parsed, keys given twice and anything after the document are
 * refused, and the structure is checked before anybody gets to see it. Numbers are
 * written with 17 digits, which gives every double back; JSON has no words for NaN and
 * infinities, and the parser refuses numbers beyond the doubles, so all are finite. */
#include "session.h"

#include "base/status.h"
#include "file.h"
#include "session-parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

json_t *
odl_session_new (void)
{
  return json_pack ("{s:s, s:i, s:s, s:[]}", "format", ODL_SESSION_FORMAT, "version",
                    ODL_SESSION_VERSION, "program", "odelab " ODL_VERSION,
                    "experiments");
}

gboolean
odl_session_write (const json_t *session, const char *path, GError **error)
{
  g_return_val_if_fail (json_is_object (session) && path, FALSE);
  char *text = json_dumps (session, JSON_INDENT (1) | JSON_REAL_PRECISION (17));
  if (text == NULL) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "%s: the session cannot be put into words", path);
    return FALSE;
  }
  g_autofree char *whole = g_strconcat (text, "\n", NULL);
  free (text);
  return odl_file_replace (path, whole, strlen (whole), TRUE, error);
}

/* ---- Reading ---- */

/* Messages quote the file: what is not printable there is not printed. */
static char *
printable (const char *text)
{
  char *valid = g_utf8_make_valid (text, -1);
  for (char *c = valid; *c; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return valid;
}

static json_t *
parse_json (const char *text, gsize length, GError **error)
{
  json_error_t what;
  json_t *json = json_loadb (text, length, JSON_REJECT_DUPLICATES, &what);
  if (json)
    return json;
  g_autofree char *reason = printable (what.text);
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "line %d, column %d: %s",
               MAX (what.line, 1), MAX (what.column, 1), reason);
  return NULL;
}

static json_t *
parse (const char *text, gsize length, GError **error)
{
  if (!odl_session_scan (text, length, error))
    return NULL;
  json_t *session = parse_json (text, length, error);
  if (session && odl_session_migrate (session, NULL, 0, ODL_SESSION_VERSION, error)
      && odl_session_check (session, error))
    return session;
  json_decref (session);
  return NULL;
}

json_t *
odl_session_parse (const char *text, gsize length, const char *name, GError **error)
{
  g_return_val_if_fail ((text || length == 0) && name, NULL);
  json_t *session = parse (length ? text : "", length, error);
  if (session == NULL)
    g_prefix_error (error, "%s: ", name);
  return session;
}

static gboolean
fail (const char *path, const char *reason, GError **error)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s: cannot be read: %s", path,
               reason);
  return FALSE;
}

/* Not blocking, for the name may be that of a pipe nobody writes to. */
static int
open_file (const char *path, gsize *size, GError **error)
{
  struct stat about;
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const char *reason = NULL;
  if (fd < 0)
    reason = g_strerror (errno);
  else if (fstat (fd, &about) != 0)
    reason = g_strerror (errno);
  else if (S_ISDIR (about.st_mode))
    reason = "it is a folder; a session file is accepted";
  else if (!S_ISREG (about.st_mode))
    reason = "it is not a file";
  else if (about.st_size > (off_t)ODL_SESSION_MAX_BYTES)
    reason = "it is too large; at most 64 MB are accepted";
  if (reason == NULL) {
    *size = (gsize)about.st_size;
    return fd;
  }
  fail (path, reason, error);
  if (fd >= 0)
    close (fd);
  return -1;
}

/* The file may shrink or grow meanwhile: what is there up to `size` is taken. */
static char *
read_file (const char *path, gsize *length, GError **error)
{
  gsize size = 0;
  const int fd = open_file (path, &size, error);
  if (fd < 0)
    return NULL;
  g_autofree char *text = g_malloc (size + 1);
  *length = 0;
  while (*length < size) {
    const gssize got = read (fd, text + *length, size - *length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      fail (path, g_strerror (errno), error);
      close (fd);
      return NULL;
    }
    if (got == 0)
      break;
    *length += (gsize)got;
  }
  close (fd);
  text[*length] = '\0';
  return g_steal_pointer (&text);
}

json_t *
odl_session_read (const char *path, GError **error)
{
  g_return_val_if_fail (path, NULL);
  gsize length;
  g_autofree char *text = read_file (path, &length, error);
  return text ? odl_session_parse (text, length, path, error) : NULL;
}
