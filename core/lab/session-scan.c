/* Bounds of a JSON text, looked at before it is parsed.
 * SPDX-License-Identifier: MIT
 *
 * A parser makes a tree of what it reads, some forty bytes a number, and finds out at
 * the end that it was too much. One pass over the bytes counts values and depth without
 * allocating. It need not judge the grammar, only never count less than there is: every
 * value but the first follows an opening bracket, a comma or a colon. */
#include "session-parts.h"

#include "session.h"

#include "base/status.h"

#include <string.h>

typedef struct {
  const char *text, *end;
  guint depth, values;
} Scan;

/* Past the closing quote, or the end. */
static const char *
skip_string (const char *at, const char *end)
{
  while (at < end && *at != '"')
    at += *at == '\\' && at + 1 < end ? 2 : 1;
  return at < end ? at + 1 : end;
}

static gboolean
refuse (const Scan *scan, const char *at, const char *what, guint limit, GError **error)
{
  guint line = 1;
  const char *start = scan->text;
  for (const char *c = scan->text; c < at; c++)
    if (*c == '\n') {
      line++;
      start = c + 1;
    }
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
               "line %u, column %ld: %s; at most %u are accepted", line,
               (long)(at - start) + 1, what, limit);
  return FALSE;
}

static gboolean
look (Scan *scan, const char *at, GError **error)
{
  switch (*at) {
  case '[':
  case '{':
    if (++scan->depth > ODL_SESSION_MAX_DEPTH)
      return refuse (scan, at, "too many brackets within each other",
                     ODL_SESSION_MAX_DEPTH, error);
    scan->values++;
    break;
  case ']':
  case '}':
    scan->depth -= scan->depth > 0;
    break;
  case ',':
  case ':':
    scan->values++;
    break;
  default:
    break;
  }
  if (scan->values > ODL_SESSION_MAX_VALUES)
    return refuse (scan, at, "too many values", ODL_SESSION_MAX_VALUES, error);
  return TRUE;
}

gboolean
odl_session_scan (const char *text, gsize length, GError **error)
{
  g_return_val_if_fail (text || length == 0, FALSE);
  if (length > ODL_SESSION_MAX_BYTES) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "too large; at most %u MB are accepted", ODL_SESSION_MAX_BYTES >> 20);
    return FALSE;
  }
  Scan scan = { .text = text, .end = text + length };
  for (const char *at = text; at < scan.end;) {
    if (*at == '"') {
      at = skip_string (at + 1, scan.end);
      continue;
    }
    if (!look (&scan, at, error))
      return FALSE;
    at++;
  }
  return TRUE;
}
