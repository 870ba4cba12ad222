/* Processor time, which other programs on the machine do not lengthen: what must be quick is held to this.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <time.h>

/* Of all threads of this process, in microseconds. */
static inline gint64
cpu_us (void)
{
  struct timespec used;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (gint64)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}
