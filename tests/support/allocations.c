/* Stands in for malloc and counts. SPDX-License-Identifier: MIT
 *
 * The functions of this program come before those of the C library, so every
 * allocation, GLib's included, passes here on its way to the library's own. */
#include "support/allocations.h"

#include <stdatomic.h>
#include <stddef.h>

#if defined __GLIBC__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__

extern void *__libc_malloc (size_t);
extern void *__libc_calloc (size_t, size_t);
extern void *__libc_realloc (void *, size_t);

static atomic_uint count;

void *
malloc (size_t size)
{
  count++;
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  count++;
  return __libc_calloc (n, size);
}

void *
realloc (void *old, size_t size)
{
  count++;
  return __libc_realloc (old, size);
}

guint
allocations_count (void)
{
  return count;
}

gboolean
allocations_are_counted (void)
{
  return TRUE;
}

#else

guint
allocations_count (void)
{
  return 0;
}

gboolean
allocations_are_counted (void)
{
  return FALSE;
}

#endif
