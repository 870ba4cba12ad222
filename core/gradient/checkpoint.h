/* Where to keep states, so that a march can be reversed with few of them.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* Reversing `length` steps with `places` kept states, the one before the first step
 * included: after how many steps the next state should be kept (1 … length − 1).
 * length ≥ 2, places ≥ 2. Optimal (Griewank and Walther 2000). */
guint64 odl_checkpoint_split (guint64 length, guint places);
/* The least number of steps that must be repeated for it, the first sweep that keeps
 * the states included. */
guint64 odl_checkpoint_cost (guint64 length, guint places);

/* Online, when the number of steps is not known: which of the n states that are kept,
 * given by level (`stride` bytes apart) in order of time, makes way for a new one, and the level that the new
 * one then has (Wang, Moin and Iaccarino 2009). The first is never taken: n
 * when there is no other. n ≥ 1. */
guint odl_checkpoint_replace (const guint *levels, guint n, gsize stride, guint *level);
