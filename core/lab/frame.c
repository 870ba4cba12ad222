/* Frames are counted with C11-style atomics rather than GLib's, because a frame is
 * given up by one thread and freed by another: ThreadSanitizer must see that the last
 * reader is done before the memory goes. SPDX-License-Identifier: MIT */
#include "frame.h"

#include <math.h>

OdlFrame *
odl_frame_new (gpointer payload, GDestroyNotify free_payload)
{
  OdlFrame *frame = g_new0 (OdlFrame, 1);
  frame->refs = 1;
  frame->progress = NAN;
  frame->payload = payload;
  frame->free_payload = free_payload;
  return frame;
}

OdlFrame *
odl_frame_ref (const OdlFrame *frame)
{
  g_return_val_if_fail (frame, NULL);
  OdlFrame *shared = (OdlFrame *)frame;
  const gint before = __atomic_fetch_add (&shared->refs, 1, __ATOMIC_RELAXED);
  g_assert (before > 0);
  return shared;
}

static void
destroy (OdlFrame *frame)
{
  if (frame->free_payload)
    frame->free_payload (frame->payload);
  odl_values_free (frame->values);
  for (guint i = 0; i < frame->n_parameters; i++)
    g_free (frame->parameters[i].name);
  g_free (frame->parameters);
  g_free (frame->status);
  g_free (frame->error_key);
  g_free (frame->error);
  g_free (frame->scrub_label);
  g_free (frame);
}

void
odl_frame_unref (const OdlFrame *frame)
{
  if (frame == NULL)
    return;
  OdlFrame *shared = (OdlFrame *)frame;
  const gint before = __atomic_fetch_sub (&shared->refs, 1, __ATOMIC_ACQ_REL);
  g_assert (before > 0);
  if (before == 1)
    destroy (shared);
}
