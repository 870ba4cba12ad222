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
