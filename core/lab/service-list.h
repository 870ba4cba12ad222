/* The registries of the core as documents: what `odelab list` prints.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "service.h"

/* The kinds that can be listed, NULL-terminated: systems, methods, … */
const char *const *odl_service_list_kinds (void);
/* An array of objects, each with "id" and "title" first. `of`: the experiment whose settings are listed, else NULL.
 * NULL: the kind or the experiment is not known. */
json_t *odl_service_list (const char *kind, const char *of, GError **error);
