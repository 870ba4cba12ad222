/* Playing the scrubber, by the frame clock.
 * SPDX-License-Identifier: MIT
 *
 * A pass takes six seconds at factor 1 whatever the range. Depth goes there and back,
 * for that is what one wants to see of a flow; time begins again. At the ends there is
 * a rest. Where the desktop asks for less motion, it moves in a dozen steps, two a
 * second, instead of smoothly. */
#include "panel-inside.h"

#include <math.h>
#include <string.h>

#define PASS_US      (6.0 * G_USEC_PER_SEC)
#define REST_US      (700 * 1000)
#define CALM_STEPS   12
#define CALM_STEP_US (G_USEC_PER_SEC / 2)

static gboolean
goes_back (const OdlFrame *frame)
{
  return frame->scrub_label && strstr (frame->scrub_label, "depth") != NULL;
}

static gboolean
is_calm (OdlPanel *panel)
{
  gboolean animations = TRUE;
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (panel)), "gtk-enable-animations",
                &animations, NULL);
  return !animations;
}

/* Moves by a part of the range; at an end rests and turns, or begins again. */
static void
advance (OdlPanel *panel, double part, gint64 now)
{
  const OdlFrame *frame = panel->frame;
  double low = frame->scrub_min, high = frame->scrub_max;
  double at = isnan (panel->scrub) ? high : panel->scrub;
  if (panel->hold_us > now)
    return;
  if (!panel->backwards && at >= high) {
    panel->backwards = goes_back (frame);
    at = panel->backwards ? high : low;
  } else if (panel->backwards && at <= low) {
    panel->backwards = FALSE;
  } else {
    at += (panel->backwards ? -part : part) * (high - low);
  }
  at = CLAMP (at, low, high);
  if (at == high || (at == low && panel->backwards))
    panel->hold_us = now + REST_US;
  panel->scrub = at;
  odl_transport_set_scrub (ODL_TRANSPORT (panel->transport), at);
  odl_panel_refresh (panel);
}

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  OdlPanel *panel = ODL_PANEL (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  gboolean calm = is_calm (panel);
  if (panel->frame == NULL || !(panel->frame->scrub_max > panel->frame->scrub_min))
    return G_SOURCE_CONTINUE;
  if (calm && now - panel->tick_us < CALM_STEP_US / panel->speed)
    return G_SOURCE_CONTINUE;
  /* A long pause (a window that was hidden) is not made up for. */
  double elapsed = MIN (now - panel->tick_us, 100 * 1000);
  panel->tick_us = now;
  advance (panel, calm ? 1.0 / CALM_STEPS : elapsed / PASS_US * panel->speed, now);
  return G_SOURCE_CONTINUE;
}

void
odl_panel_play (OdlPanel *panel, gboolean play)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  GtkWidget *widget = GTK_WIDGET (panel);
  if (play == (panel->tick_id != 0))
    return;
  if (play) {
    GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
    panel->tick_us = clock ? gdk_frame_clock_get_frame_time (clock) : 0;
    panel->hold_us = 0;
    panel->backwards = FALSE;
    panel->tick_id = gtk_widget_add_tick_callback (widget, tick, NULL, NULL);
  } else {
    gtk_widget_remove_tick_callback (widget, panel->tick_id);
    panel->tick_id = 0;
  }
  g_signal_emit_by_name (panel, "changed");
}

gboolean
odl_panel_is_playing (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), FALSE);
  return panel->tick_id != 0;
}

void
odl_panel_scrub (OdlPanel *panel, double to)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  const OdlFrame *frame = panel->frame;
  if (frame && to >= frame->scrub_max)
    to = NAN;
  else if (frame && to < frame->scrub_min)
    to = frame->scrub_min;
  panel->scrub = to;
  odl_transport_set_scrub (ODL_TRANSPORT (panel->transport), to);
  odl_panel_refresh (panel);
}

double
odl_panel_get_scrub (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), NAN);
  return panel->scrub;
}
