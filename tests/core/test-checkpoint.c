/* Places of checkpoints against exhaustive search, and the online scheme's levels.
 * SPDX-License-Identifier: MIT */
#include "gradient/checkpoint.h"

#define LENGTHS 40
#define PLACES  8

/* The fewest repeated steps by trying every place: with one state all steps before the
 * one to be reversed are repeated each time. */
static guint64
search (guint64 cost[LENGTHS + 1][PLACES + 1], guint length, guint places)
{
  guint64 best = (guint64)length * (length - 1) / 2;
  for (guint m = 1; places > 1 && m < length; m++)
    best = MIN (best, m + cost[length - m][places - 1] + cost[m][places]);
  return best;
}

static void
test_optimal (void)
{
  guint64 cost[LENGTHS + 1][PLACES + 1] = { 0 };
  for (guint length = 1; length <= LENGTHS; length++)
    for (guint places = 1; places <= PLACES; places++) {
      cost[length][places] = search (cost, length, places);
      g_assert_cmpuint (odl_checkpoint_cost (length, places), ==, cost[length][places]);
      if (length < 2 || places < 2)
        continue;
      guint64 m = odl_checkpoint_split (length, places);
      g_assert_true (m >= 1 && m < length);
      g_assert_cmpuint (m + cost[length - m][places - 1] + cost[m][places], ==,
                        cost[length][places]);
    }
}

/* Lengths whose binomials would overflow are answered all the same. */
static void
test_long (void)
{
  guint64 m = odl_checkpoint_split (G_MAXINT, 5000);
  g_assert_true (m >= 1 && m < G_MAXINT);
  g_assert_cmpuint (odl_checkpoint_cost (1000000, 1), ==, 499999500000u);
}

typedef struct {
  guint level[32], at[32], n, places;
} Kept;

/* What the online scheme has kept after `steps`. */
static Kept
keep_online (guint places, guint steps)
{
  Kept k = { .places = places };
  for (guint step = 0; step < steps; step++) {
    guint level = 0;
    if (k.n == places) {
      guint i = odl_checkpoint_replace (k.level, k.n, sizeof k.level[0], &level);
      g_assert_cmpuint (i, >, 0);
      g_assert_cmpuint (i, <, k.n);
      for (k.n--; i < k.n; i++) {
        k.level[i] = k.level[i + 1];
        k.at[i] = k.at[i + 1];
      }
    }
    k.level[k.n] = level;
    k.at[k.n++] = step;
  }
  return k;
}

/* Steps repeated to reverse all, from the last kept state each time, keeping states on
 * the way where there is room. */
static guint64
reverse (Kept k, guint steps)
{
  guint64 repeated = 0;
  for (guint i = steps; i-- > 0;) {
    guint now = k.at[k.n - 1];
    repeated += i - now;
    while (k.n < k.places && i - now >= 1) {
      now += (guint)odl_checkpoint_split (i - now + 1, k.places - k.n + 1);
      k.at[k.n++] = now;
    }
    if (k.at[k.n - 1] == i)
      k.n--;
  }
  return repeated;
}

/* It must not cost much more than when the number of steps had been known: both sweeps
 * together, within a half. */
static void
test_online (void)
{
  for (guint places = 3; places <= 32; places += 1 + places / 3)
    for (guint steps = 1; steps < 600; steps += 1 + steps / 5) {
      guint64 online = steps - 1 + reverse (keep_online (places, steps), steps);
      guint64 best = odl_checkpoint_cost (steps, places);
      g_test_message ("%u places, %u steps: %" G_GUINT64_FORMAT
                      " against %" G_GUINT64_FORMAT,
                      places, steps, online, best);
      g_assert_cmpuint (2 * online, <=, 3 * best + 20);
    }
}

static void
test_one_place (void)
{
  guint level = 0, new_level = 7;
  g_assert_cmpuint (odl_checkpoint_replace (&level, 1, sizeof level, &new_level), ==,
                    1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checkpoint/optimal", test_optimal);
  g_test_add_func ("/checkpoint/long", test_long);
  g_test_add_func ("/checkpoint/online", test_online);
  g_test_add_func ("/checkpoint/one-place", test_one_place);
  return g_test_run ();
}
