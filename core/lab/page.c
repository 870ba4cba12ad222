/* A page is one block with its payload, so that either leads to the other.
 * SPDX-License-Identifier: MIT
 *
 * What is dear to make is a frame of its own and is shared, not copied: a page takes a
 * reference of each and gives it back when it dies. */
#include "page.h"

#include <stddef.h>

typedef struct {
  OdlPage page;
  _Alignas(max_align_t) guint8 payload[];
} Whole;

OdlPage *
odl_page_new (gsize size)
{
  Whole *whole = g_malloc0 (sizeof (Whole) + size);
  whole->page.payload = whole->payload;
  whole->page.blocks = g_ptr_array_new_with_free_func (g_free);
  whole->page.borrowed
      = g_ptr_array_new_with_free_func ((GDestroyNotify)odl_frame_unref);
  return &whole->page;
}

static void
free_page (gpointer payload)
{
  Whole *whole = (Whole *)(gpointer)((guint8 *)payload - offsetof (Whole, payload));
  g_ptr_array_unref (whole->page.blocks);
  g_ptr_array_unref (whole->page.borrowed);
  g_free (whole);
}

gpointer
odl_page_keep (OdlPage *page, gpointer block)
{
  g_return_val_if_fail (page, NULL);
  g_ptr_array_add (page->blocks, block);
  return block;
}

gconstpointer
odl_page_borrow (OdlPage *page, const OdlFrame *frame)
{
  g_return_val_if_fail (page, NULL);
  if (frame == NULL)
    return NULL;
  g_ptr_array_add (page->borrowed, odl_frame_ref (frame));
  return frame->payload;
}

OdlFrame *
odl_page_frame (OdlPage *page)
{
  g_return_val_if_fail (page, NULL);
  return odl_frame_new (page->payload, free_page);
}
