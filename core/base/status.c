/* Messages of statuses and the error domain.
 * SPDX-License-Identifier: MIT */
#include "base/status.h"

static const char *const messages[ODL_N_STATUSES] = {
#define X(id, message) message,
  ODL_STATUSES (X)
#undef X
};

const char *
odl_status_message (OdlStatus status)
{
  g_return_val_if_fail (status < ODL_N_STATUSES, "unknown");
  return messages[status];
}

G_DEFINE_QUARK (odl - error - quark, odl_error)

gboolean
odl_error_refuse (GError **error, OdlErrorCode code, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, ODL_ERROR, (int)code, message);
  return FALSE;
}

gboolean
odl_error_expect (GError **error, const char *place, const char *expected)
{
  return odl_error_refuse (error, ODL_ERROR_UNREADABLE, "%s: %s is expected", place,
                           expected);
}
