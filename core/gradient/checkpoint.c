/* Where to keep states, so that a march can be reversed with few of them.
 * SPDX-License-Identifier: MIT
 *
 * With s states kept and no step repeated more than r times, β (s, r) = C (s + r, s)
 * steps can be reversed, and no more. The length is split so that both parts stay
 * within what is left: the later one has a state less, the earlier one a repetition
 * less (Griewank and Walther 2000, Algorithm 799). When the number of steps is not
 * known, Wang, Moin and Iaccarino 2009 keep every state until the places are full, then
 * give up a state that has a later one of a higher level above it; where there is none,
 * the last state makes way for the new one, which rises a level. */
#include "gradient/checkpoint.h"

#define MANY (G_MAXUINT64 >> 20)

/* C (places + repeats, places), or MANY. */
static guint64
reach (guint places, guint64 repeats)
{
  guint64 value = 1;
  for (guint i = 1; i <= places; i++) {
    if (value > MANY / (repeats + i))
      return MANY;
    value = value * (repeats + i) / i;
  }
  return value;
}

/* The least r with β (places, r) ≥ length. */
static guint64
repeats_for (guint64 length, guint places)
{
  guint64 low = 0, high = length;
  while (low < high) {
    guint64 middle = low + (high - low) / 2;
    if (reach (places, middle) >= length)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

guint64
odl_checkpoint_split (guint64 length, guint places)
{
  g_assert (length >= 2 && places >= 2);
  guint64 r = repeats_for (length, places);
  guint64 least = reach (places - 1, r - 1), most = reach (places, r - 1);
  guint64 later = CLAMP (least, 1, length - 1);
  return MIN (most, length - later);
}

guint64
odl_checkpoint_cost (guint64 length, guint places)
{
  g_assert (length >= 1 && places >= 1);
  guint64 r = repeats_for (length, places);
  return r == 0 ? 0 : r * length - reach (places + 1, r - 1);
}

static guint
level_at (const guint *levels, gsize stride, guint i)
{
  return *(const guint *)((const char *)levels + i * stride);
}

guint
odl_checkpoint_replace (const guint *levels, guint n, gsize stride, guint *level)
{
  g_assert (n >= 1);
  guint highest = 0;
  *level = 0;
  for (guint i = n; i-- > 1;) {
    guint own = level_at (levels, stride, i);
    if (own < highest)
      return i;
    highest = MAX (highest, own);
  }
  if (n > 1)
    *level = level_at (levels, stride, n - 1) + 1;
  return n > 1 ? n - 1 : n;
}
