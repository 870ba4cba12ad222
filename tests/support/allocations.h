/* Counts the allocations of the test program.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* Calls of malloc, calloc and realloc by all threads so far. */
guint allocations_count (void);
/* FALSE where they cannot be counted: with a sanitizer, or a C library but glibc. */
gboolean allocations_are_counted (void);
