/* A page and its payload are two blocks, each of which leads to the other.
 * SPDX-License-Identifier: MIT
 *
 * What is dear to make is a frame of its own and is shared, not copied: a page takes a
 * reference of each and gives it back when it dies. */
#include "page.h"

OdlPage *
odl_page_new (gsize size)
{
  g_return_val_if_fail (size >= sizeof (gpointer), NULL);
  OdlPage *page = g_new0 (OdlPage, 1);
  page->payload = g_malloc0 (size);
  *(gpointer *)page->payload = page;
  page->blocks = g_ptr_array_new_with_free_func (g_free);
  page->borrowed = g_ptr_array_new_with_free_func ((GDestroyNotify)odl_frame_unref);
  return page;
}

static void
free_page (gpointer payload)
{
  OdlPage *page = *(gpointer *)payload;
  g_ptr_array_unref (page->blocks);
  g_ptr_array_unref (page->borrowed);
  g_free (payload);
  g_free (page);
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
