/* Timing and the table that a benchmark prints: name, value, unit, target, ok or missed.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef void (*BenchWork) (gpointer data);

/* Median of the seconds that `repeats` runs take, after one that warms up. */
double bench_seconds (BenchWork work, gpointer data, guint repeats);
/* The same for several works that take turns, so that all see the same moods of the machine. */
void bench_compare (guint n, const BenchWork works[], gpointer const data[], guint repeats, double seconds[]);

/* Below which `part` (0 … 1) of the values lie; they are sorted. 0 of none. */
double bench_percentile (double *values, guint n, double part);

typedef enum { BENCH_NO_TARGET, BENCH_AT_LEAST, BENCH_AT_MOST } BenchGoal;
void bench_title (const char *title);
void bench_row (const char *name, double value, const char *unit, BenchGoal goal, double target);
/* A line of explanation under the rows. */
void bench_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
