/* Lanes in tiles, tiles in chunks, and memory that is used again.
 * SPDX-License-Identifier: MIT
 *
 * A tile should be as wide as the cache allows, and yet there must be enough tiles for
 * several threads: few lanes are cut into narrower tiles. Both follow from the number
 * of lanes alone, never from the number of threads. */
#include "gradient/tape.h"

#include <string.h>

#define LEAST     32 /* lanes that tiles are not narrowed below */
#define ENOUGH    8  /* tiles */
#define ALIGNMENT 64

double *
odl_slab_need (OdlSlab *slab, gsize doubles)
{
  if (doubles > slab->size) {
    g_aligned_free (slab->data);
    slab->data = g_aligned_alloc0 (doubles, sizeof (double), ALIGNMENT);
    slab->size = doubles;
  }
  return slab->data;
}

void
odl_slab_clear (OdlSlab *slab)
{
  g_aligned_free (slab->data);
  slab->data = NULL;
  slab->size = 0;
}

OdlTiling
odl_tiling (guint lanes, guint most_width)
{
  OdlTiling tiling = { .lanes = lanes, .width = most_width };
  while (tiling.width > LEAST && lanes < ENOUGH * tiling.width)
    tiling.width = MAX (tiling.width / 2 / 8 * 8, LEAST);
  tiling.width = MIN (tiling.width, (MAX (lanes, 1) + 7) / 8 * 8);
  tiling.n_tiles = (lanes + tiling.width - 1) / tiling.width;
  tiling.n_chunks = MIN (tiling.n_tiles, ODL_MAX_CHUNKS);
  return tiling;
}

guint
odl_tiling_real (const OdlTiling *tiling, guint tile)
{
  return MIN (tiling->width, tiling->lanes - tile * tiling->width);
}

guint
odl_tiling_chunk_start (const OdlTiling *tiling, guint chunk)
{
  return (guint)((guint64)tiling->n_tiles * chunk / tiling->n_chunks);
}

void
odl_tiling_gather (const OdlTiling *tiling, guint tile, guint rows, const double *from,
                   double *to)
{
  gsize first = (gsize)tile * tiling->width, real = odl_tiling_real (tiling, tile);
  for (guint row = 0; row < rows; row++) {
    const double *source = from + row * (gsize)tiling->lanes + first;
    double *target = to + (gsize)row * tiling->width;
    memcpy (target, source, sizeof (double) * real);
    for (gsize l = real; l < tiling->width; l++)
      target[l] = source[real - 1];
  }
}

void
odl_tiling_scatter (const OdlTiling *tiling, guint tile, guint rows, const double *from,
                    double *to)
{
  gsize first = (gsize)tile * tiling->width, real = odl_tiling_real (tiling, tile);
  for (guint row = 0; row < rows; row++)
    memcpy (to + row * (gsize)tiling->lanes + first, from + (gsize)row * tiling->width,
            sizeof (double) * real);
}
