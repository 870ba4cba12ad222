/* A slab: blocks that live and die together, so that a part of a payload is freed by one call.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

static inline GPtrArray *
odl_slab_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

/* The slab owns the block from now on. */
static inline gpointer
odl_slab_take (GPtrArray *slab, gpointer block)
{
  if (block != NULL)
    g_ptr_array_add (slab, block);
  return block;
}

/* n doubles, all zero. */
static inline double *
odl_slab_doubles (GPtrArray *slab, gsize n)
{
  return odl_slab_take (slab, g_new0 (double, MAX (n, 1)));
}

/* A copy of `bytes` bytes; NULL stays NULL. */
static inline gpointer
odl_slab_copy (GPtrArray *slab, gconstpointer from, gsize bytes)
{
  return from == NULL ? NULL : odl_slab_take (slab, g_memdup2 (from, MAX (bytes, 1)));
}

static inline double *
odl_slab_copy_doubles (GPtrArray *slab, const double *from, gsize n)
{
  return odl_slab_copy (slab, from, n * sizeof (double));
}

static inline char *
odl_slab_text (GPtrArray *slab, const char *text)
{
  return odl_slab_take (slab, g_strdup (text));
}
