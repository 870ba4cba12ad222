/* Memory taken piece by piece and given back all at once, kept for the next time.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef struct {
  GPtrArray *blocks; /* of double*, 64-byte aligned */
  GArray *sizes;     /* of gsize, doubles */
  guint block;       /* the one that is being used, and how much of it is */
  gsize used;
  gsize taken; /* doubles, since the last reset */
} OdlArena;

void odl_arena_init (OdlArena *arena);
void odl_arena_clear (OdlArena *arena);
/* Aligned to 64 bytes; what is in it is undefined. Allocates only where the arena was
 * never as full before. */
double *odl_arena_take (OdlArena *arena, gsize doubles);
void odl_arena_reset (OdlArena *arena);
