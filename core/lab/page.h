/* A page: a frame's payload while it is made, with the blocks it owns and the frames whose parts it shares.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "frame.h"

typedef struct {
  gpointer payload;            /* of the size asked for; begins with a pointer to its page, the rest is zero at first */
  GPtrArray *blocks;           /* freed with the payload */
  GPtrArray *borrowed;         /* of OdlFrame, given back with the payload */
} OdlPage;

OdlPage *odl_page_new (gsize size);
/* The page owns the block from now on. */
gpointer odl_page_keep (OdlPage *page, gpointer block);
/* Takes a reference of a frame and returns its payload, into which this one may point; NULL: NULL. */
gconstpointer odl_page_borrow (OdlPage *page, const OdlFrame *frame);
/* The frame with this payload; it owns the page. */
OdlFrame *odl_page_frame (OdlPage *page);
