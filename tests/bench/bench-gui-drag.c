/* The window under a hand: dragging the start, and playing.
 * SPDX-License-Identifier: MIT
 *
 * Real motion events at 125 a second move the start along a line while six methods are
 * solved and every plot is on. What a drawn frame shows is known from the start in it,
 * so every event is timed from when it was sent until the first drawn frame that shows
 * it or a later one. Playing is timed by the intervals between drawn frames. */
#include <math.h>
#include <stdlib.h>

#include "bench/support-bench.h"
#include "experiment-solvers.h"
#include "gui/gui.h"

#define N_EVENTS 250
#define EVENT_MS 8

typedef struct {
  Gui *gui;
  GtkWidget *phase;
  double px0, py0, px1; /* the line, pixels */
  double x0, x1;        /* the same in data */
  guint n_sent, n_shown;
  gint64 sent_us[N_EVENTS];
  double latency_ms[N_EVENTS];
  guint n_frames;
  gint64 frame_us[4096];
} Drag;

static double
pixel_of_event (const Drag *drag, guint event)
{
  return drag->px0 + (drag->px1 - drag->px0) * (event + 1) / N_EVENTS;
}

static gboolean
send_event (gpointer data)
{
  Drag *drag = data;
  if (drag->n_sent == N_EVENTS)
    return G_SOURCE_REMOVE;
  gui_move (drag->phase, pixel_of_event (drag, drag->n_sent), drag->py0);
  drag->sent_us[drag->n_sent++] = g_get_monotonic_time ();
  return G_SOURCE_CONTINUE;
}

/* A frame has been drawn: which events does it show? */
static void
on_painted (GdkFrameClock *clock, Drag *drag)
{
  const OdlSolversPayload *payload = odl_panel_get_frame (drag->gui->panel)->payload;
  gint64 now = g_get_monotonic_time ();
  double part = (payload->start[0] - drag->x0) / (drag->x1 - drag->x0);
  /* Half a pixel of doubt. */
  double px = drag->px0 + part * (drag->px1 - drag->px0)
              + copysign (0.6, drag->px1 - drag->px0);
  while (drag->n_shown < drag->n_sent
         && (pixel_of_event (drag, drag->n_shown) - px) * (drag->px1 - drag->px0)
                <= 0) {
    drag->latency_ms[drag->n_shown] = (now - drag->sent_us[drag->n_shown]) / 1000.0;
    drag->n_shown++;
  }
  if (drag->n_frames < G_N_ELEMENTS (drag->frame_us))
    drag->frame_us[drag->n_frames++] = now;
}

static void
measure_drag (Gui *gui, const char *name, gboolean judged)
{
  Drag drag = { .gui = gui, .phase = gui_plot (gui, "phase"), .x0 = 2, .x1 = 1 };
  double py1;
  gui_pixel_of (drag.phase, 2, 0, &drag.px0, &drag.py0);
  gui_pixel_of (drag.phase, 1, 0, &drag.px1, &py1);
  gui_move (drag.phase, drag.px0, drag.py0);
  gui_button (1, TRUE);
  gui_wait_frame (drag.phase);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (drag.phase);
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), &drag);
  g_timeout_add (EVENT_MS, send_event, &drag);
  GUI_WAIT (drag.n_sent == N_EVENTS && drag.n_shown >= N_EVENTS - 1);
  gui_button (1, FALSE);
  g_signal_handler_disconnect (clock, id);
  gui_settle (gui);
  g_autofree char *title = g_strdup_printf ("%s, event to drawn frame, p95", name);
  g_autofree char *middle = g_strdup_printf ("%s, median", name);
  bench_row (title, bench_percentile (drag.latency_ms, drag.n_shown, 0.95), "ms",
             judged ? BENCH_AT_MOST : BENCH_NO_TARGET, 33);
  bench_row (middle, bench_percentile (drag.latency_ms, drag.n_shown, 0.5), "ms",
             BENCH_NO_TARGET, 0);
}

static void
measure_play (Gui *gui)
{
  Drag drag = { .gui = gui, .phase = gui_plot (gui, "phase"), .x0 = 2, .x1 = 1 };
  double intervals[4096];
  gint64 begin = g_get_monotonic_time ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  gui_act (gui, "scrub", g_variant_new_double (0));
  gui_act (gui, "play", NULL);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (drag.phase);
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), &drag);
  GUI_WAIT (g_get_monotonic_time () - begin > 5 * G_USEC_PER_SEC);
  g_signal_handler_disconnect (clock, id);
  gui_act (gui, "play", NULL);
  guint n = 0;
  for (guint i = 1; i < drag.n_frames; i++)
    intervals[n++] = (drag.frame_us[i] - drag.frame_us[i - 1]) / 1000.0;
  double seconds = (drag.frame_us[drag.n_frames - 1] - drag.frame_us[0]) / 1e6;
  bench_row ("frames while playing", n / seconds, "1/s", BENCH_AT_LEAST, 58);
  bench_row ("interval between frames, p95", bench_percentile (intervals, n, 0.95),
             "ms", BENCH_AT_MOST, 20);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

static void
resize (Gui *gui, int width, int height)
{
  gtk_window_set_default_size (GTK_WINDOW (gui->window), width, height);
  GUI_WAIT (ABS (gtk_widget_get_height (GTK_WIDGET (gui->window)) - height) < 40);
  gui_settle (gui);
}

int
main (int argc, char **argv)
{
  Gui gui;
  gui_start (&gui, &argc, &argv);
  bench_title ("The window: six methods, every plot");
  gui_act (&gui, "set",
           g_variant_new ("(ss)", "methods", "euler,midpoint,heun,rk4,dopri5,dop853"));
  gui_settle (&gui);
  measure_drag (&gui, "1400 × 900", TRUE);
  measure_play (&gui);
  gui_reset (&gui);
  gui_act (&gui, "set",
           g_variant_new ("(ss)", "methods", "euler,midpoint,heun,rk4,dopri5,dop853"));
  resize (&gui, 1580, 1180);
  measure_drag (&gui, "1580 × 1180", TRUE);
  bench_note ("125 events a second; software rendering (%s)",
              g_getenv ("GSK_RENDERER") ? g_getenv ("GSK_RENDERER") : "default");
  gui_stop (&gui);
  return 0;
}
