/* The transport bar: run, step, reset, the scrubber and its player, speed, and what is going on in words.
 * SPDX-License-Identifier: MIT
 *
 * Its buttons are win.run, win.step, win.reset and win.play. Signals: "scrub" (double): the hand moved the scrubber;
 * "speed" (double): how fast to play, as a factor, or iterations a second (0: as many as there are) when there is something to run. */
#pragma once

#include <gtk/gtk.h>
#include "frame.h"

#define ODL_TYPE_TRANSPORT (odl_transport_get_type ())
G_DECLARE_FINAL_TYPE (OdlTransport, odl_transport, ODL, TRANSPORT, GtkWidget)

GtkWidget *odl_transport_new (void);
void odl_transport_take (OdlTransport *transport, const OdlFrame *frame);
/* Where the scrubber stands; NaN: at its end. */
void odl_transport_set_scrub (OdlTransport *transport, double scrub);
/* How long the last answer took. It is shown for a moment. */
void odl_transport_set_latency (OdlTransport *transport, double milliseconds);
const char *odl_transport_get_status (OdlTransport *transport);
GtkWidget *odl_transport_get_scale (OdlTransport *transport);
