/* How fast this machine solves: a few measurements that need nothing but the core.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "service.h"

/* [{"name", "title", "value", "unit"}, …]: those named, in the table's order, or all when names is NULL or empty.
 * threads 0: one per core. NULL: a name is not known. */
json_t *odl_service_bench (const char *const *names, guint threads, OdlServiceProgress progress, gpointer data,
                           GError **error);
