/* What is in a session file, checked as opening it would check it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "service.h"

/* {"file", "version", "experiments": [ids], "description": text}; NULL with the place and the reason. */
json_t *odl_service_check_session (const char *path, GError **error);
