/* Memory taken piece by piece and given back all at once, kept for the next time.
 * SPDX-License-Identifier: MIT
 *
 * Pieces are cut from blocks one after another, and never move. A reset begins again
 * with the first block, so a run as long as the last one allocates nothing. */
#include "gradient/arena.h"

#define BLOCK     8192 /* doubles, at least */
#define ALIGNMENT 64
#define UNIT      (ALIGNMENT / sizeof (double))

void
odl_arena_init (OdlArena *arena)
{
  *arena = (OdlArena){ g_ptr_array_new_with_free_func (g_aligned_free),
                       g_array_new (FALSE, FALSE, sizeof (gsize)), 0, 0, 0 };
}

void
odl_arena_clear (OdlArena *arena)
{
  g_clear_pointer (&arena->blocks, g_ptr_array_unref);
  g_clear_pointer (&arena->sizes, g_array_unref);
}

static void
add_block (OdlArena *arena, gsize doubles)
{
  gsize size = MAX (doubles, BLOCK);
  g_ptr_array_add (arena->blocks, g_aligned_alloc (size, sizeof (double), ALIGNMENT));
  g_array_append_val (arena->sizes, size);
}

double *
odl_arena_take (OdlArena *arena, gsize doubles)
{
  doubles = (doubles + UNIT - 1) / UNIT * UNIT;
  while (arena->block < arena->blocks->len
         && arena->used + doubles > g_array_index (arena->sizes, gsize, arena->block)) {
    arena->block++;
    arena->used = 0;
  }
  if (arena->block == arena->blocks->len)
    add_block (arena, doubles);
  double *piece
      = (double *)g_ptr_array_index (arena->blocks, arena->block) + arena->used;
  arena->used += doubles;
  arena->taken += doubles;
  return piece;
}

void
odl_arena_reset (OdlArena *arena)
{
  arena->block = 0;
  arena->used = arena->taken = 0;
}
