/* Medians of wall time, and rows of a table.
 * SPDX-License-Identifier: MIT
 *
 * A median of several runs ignores the few that the rest of the machine disturbed.
 * Works that are compared take turns, because a machine is faster in one minute than in
 * the next; only their ratio is worth quoting. */
#include "bench/support-bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int
ascend (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof *values, ascend);
  return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* Seconds of a run, as the mean over `times` runs in a row. */
static double
time_runs (BenchWork work, gpointer data, guint times)
{
  const gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < times; i++)
    work (data);
  return (double)(g_get_monotonic_time () - start) * 1e-6 / times;
}

double
bench_seconds (BenchWork work, gpointer data, guint repeats)
{
  double seconds;
  bench_compare (1, &work, &data, repeats, &seconds);
  return seconds;
}

void
bench_compare (guint n, const BenchWork works[], gpointer const data[], guint repeats,
               double seconds[])
{
  g_autofree double *seen = g_new (double, (gsize)n *repeats);
  g_autofree guint *times = g_new (guint, n);
  /* Short works run in a row until the clock can tell: about 2 ms. */
  for (guint i = 0; i < n; i++) {
    const double once = time_runs (works[i], data[i], 1);
    times[i] = (guint)CLAMP (2e-3 / MAX (once, 1e-7), 1, 1e4);
  }
  for (guint r = 0; r < repeats; r++)
    for (guint i = 0; i < n; i++)
      seen[i * repeats + r] = time_runs (works[i], data[i], times[i]);
  for (guint i = 0; i < n; i++)
    seconds[i] = median (seen + i * repeats, repeats);
}

void
bench_title (const char *title)
{
  printf ("\n%s\n", title);
}

void
bench_row (const char *name, double value, const char *unit, BenchGoal goal,
           double target)
{
  printf ("  %-52s %12.5g %-14s", name, value, unit);
  if (goal != BENCH_NO_TARGET) {
    const gboolean ok = goal == BENCH_AT_LEAST ? value >= target : value <= target;
    printf (" %s %-8.4g %s", goal == BENCH_AT_LEAST ? ">=" : "<=", target,
            ok ? "ok" : "missed");
  }
  putchar ('\n');
  fflush (stdout);
}

void
bench_note (const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  printf ("  # ");
  vprintf (format, arguments);
  putchar ('\n');
  va_end (arguments);
}
