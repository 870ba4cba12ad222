/* Medians of wall time, and rows of a table.
 * SPDX-License-Identifier: MIT
 *
 * A median of several runs ignores the few that the rest of the machine disturbed.
 * Works that are compared take turns, because a machine is faster in one minute than in
 * the next; only their ratio is worth quoting. Where others compute on the machine too,
 * the system takes the processor away in the middle of a run: such a run is made again,
 * some times, and of a long one that is never left alone the processor's time counts.
 */
#include "bench/support-bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define MORE_TRIES 6     /* times the runs that are asked for */
#define LONG       20e-3 /* seconds: a run that nobody leaves alone on a busy machine */
#define ENOUGH     3     /* quiet runs */
#define LEAST      5e-3 /* seconds: shorter works run in a row, for the clock to tell */
#define MOST_RUNS  10000 /* … and no more of them */

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

double
bench_percentile (double *values, guint n, double part)
{
  qsort (values, n, sizeof *values, ascend);
  return n > 0 ? values[MIN (n - 1, (guint)(part * n))] : 0;
}

static double
clock_seconds (clockid_t clock)
{
  struct timespec now;
  clock_gettime (clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* How often the processor was taken away from any thread of the process. */
static long
count_disturbances (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_nivcsw;
}

typedef struct {
  double seconds;
  gboolean quiet;
} Sample;

/* Seconds of a run, as the mean over `times` runs in a row. The processor's time stands
 * for a disturbed one where it is less, which it is of works of one thread. */
static Sample
time_runs (BenchWork work, gpointer data, guint times)
{
  const long before = count_disturbances ();
  const double start = clock_seconds (CLOCK_MONOTONIC);
  const double used = clock_seconds (CLOCK_PROCESS_CPUTIME_ID);
  for (guint i = 0; i < times; i++)
    work (data);
  const double processor = clock_seconds (CLOCK_PROCESS_CPUTIME_ID) - used;
  const double wall = clock_seconds (CLOCK_MONOTONIC) - start;
  const gboolean quiet = count_disturbances () == before;
  return (Sample){ (quiet ? wall : MIN (wall, processor)) / times, quiet };
}

/* The runs of one work: the quiet ones are in front. */
typedef struct {
  double *seen;
  guint n, n_quiet, times;
} Series;

static void
add_sample (Series *series, Sample sample)
{
  double *here = &series->seen[series->n++];
  *here = sample.seconds;
  if (sample.quiet) {
    double *front = &series->seen[series->n_quiet++];
    *here = *front;
    *front = sample.seconds;
  }
}

static double
middle (Series *series)
{
  const gboolean enough = series->n_quiet >= ENOUGH;
  return median (series->seen, enough ? series->n_quiet : series->n);
}

double
bench_seconds (BenchWork work, gpointer data, guint repeats)
{
  double seconds;
  bench_compare (1, &work, &data, repeats, &seconds);
  return seconds;
}

/* Seconds of a run once memory has been touched and threads are awake, which the first
 * runs of a short work do not tell. */
static double
warm_up (BenchWork work, gpointer data)
{
  double once = time_runs (work, data, 1).seconds, all = 0;
  for (guint times = 1; once < LONG && all < LEAST && times < MOST_RUNS; times *= 2) {
    const double mean = time_runs (work, data, times).seconds;
    all = mean * times;
    once = MIN (once, mean);
  }
  return MAX (once, 1e-9);
}

void
bench_compare (guint n, const BenchWork works[], gpointer const data[], guint repeats,
               double seconds[])
{
  guint most = repeats;
  g_autofree double *seen = g_new (double, (gsize)n *repeats *MORE_TRIES);
  g_autofree Series *series = g_new0 (Series, n);
  gboolean enough = FALSE;
  for (guint i = 0; i < n; i++) {
    const double once = warm_up (works[i], data[i]);
    series[i].times = (guint)CLAMP (LEAST / once, 1, MOST_RUNS);
    series[i].seen = seen + (gsize)i * repeats * MORE_TRIES;
    if (once < LONG)
      most = repeats * MORE_TRIES;
  }
  for (guint r = 0; r < most && !enough; r++) {
    enough = r + 1 >= repeats;
    for (guint i = 0; i < n; i++) {
      add_sample (&series[i], time_runs (works[i], data[i], series[i].times));
      enough = enough && series[i].n_quiet >= repeats / 2;
    }
  }
  for (guint i = 0; i < n; i++)
    seconds[i] = middle (&series[i]);
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
