/* The canvas under a hand: from a click to the curve that knows of it.
 * SPDX-License-Identifier: MIT
 *
 * Real clicks put points on an empty canvas, one after the other, up to thirty; then it
 * is emptied and filled again. Which points a drawn answer rests on is known from its
 * frame, so every click is timed from when it was sent until the first drawn frame
 * whose curve rests on it. Clicks do not wait for the refinement of the answer before.
 */
#include <math.h>
#include <stdlib.h>

#include "bench/support-bench.h"
#include "experiment-latent.h"
#include "gui/gui.h"

#define N_ROUNDS 3
#define N_POINTS 30
#define PAUSE_US (60 * 1000)

typedef struct {
  Gui *gui;
  guint wanted;    /* points the answer must rest on */
  gint64 shown_us; /* when it was drawn; 0: not yet */
} Click;

static const OdlLatentPayload *
payload_of (const Gui *gui)
{
  return odl_panel_get_frame (gui->panel)->payload;
}

static guint
rests_on (const OdlLatentPayload *payload)
{
  return payload->n_readings > 0 ? payload->readings[0].n_used : 0;
}

static void
on_painted (GdkFrameClock *clock, Click *click)
{
  if (click->shown_us == 0 && rests_on (payload_of (click->gui)) == click->wanted)
    click->shown_us = g_get_monotonic_time ();
}

/* Golden steps through the span and five heights: no click is on an earlier point. */
static double
time_of (const OdlLatentPayload *payload, guint i)
{
  return payload->t0 + payload->span * (0.03 + 0.94 * fmod (0.5 + i * 0.6180339887, 1));
}

static void
send_click (Click *click, guint i, gint64 *sent_us)
{
  GtkWidget *plot = gui_plot (click->gui, "canvas");
  const OdlLatentPayload *payload = payload_of (click->gui);
  double px, py;
  const double t = time_of (payload, i),
               y = 0.5 * sin (6 * (t - payload->t0) / payload->span) + 0.3 * (i % 5);
  gui_pixel_of (plot, t, y, &px, &py);
  gui_move (plot, px, py);
  gui_wait_frame (plot);
  click->wanted = i + 1;
  click->shown_us = 0;
  *sent_us = g_get_monotonic_time ();
  gui_button (1, TRUE);
  gui_button (1, FALSE);
}

/* Returns how many seconds after the last click its answer changed no more. */
static double
fill (Click *click, double *latency_ms, guint *n)
{
  gint64 sent_us = 0;
  for (guint i = 0; i < N_POINTS; i++) {
    send_click (click, i, &sent_us);
    GUI_WAIT (click->shown_us != 0);
    latency_ms[(*n)++] = (double)(click->shown_us - sent_us) / 1000;
    if (i + 1 < N_POINTS)
      GUI_WAIT (g_get_monotonic_time () - click->shown_us > PAUSE_US);
  }
  gui_settle (click->gui);
  return (double)(g_get_monotonic_time () - sent_us) / G_USEC_PER_SEC;
}

static void
set (Gui *gui, const char *key, const char *value)
{
  gui_act (gui, "set", g_variant_new ("(ss)", key, value));
  gui_settle (gui);
}

static void
measure (Gui *gui, const char *name)
{
  double latency_ms[N_ROUNDS * N_POINTS], settled[N_ROUNDS];
  guint n = 0;
  Click click = { .gui = gui };
  GdkFrameClock *clock = gtk_widget_get_frame_clock (gui_plot (gui, "canvas"));
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), &click);
  for (guint round = 0; round < N_ROUNDS; round++) {
    set (gui, "series", "empty");
    settled[round] = fill (&click, latency_ms, &n);
  }
  g_signal_handler_disconnect (clock, id);
  g_autofree char *most = g_strdup_printf ("%s: click to drawn curve, p95", name);
  g_autofree char *middle = g_strdup_printf ("%s: median", name);
  g_autofree char *rest = g_strdup_printf ("%s: refined after the last click", name);
  bench_row (most, bench_percentile (latency_ms, n, 0.95), "ms", BENCH_AT_MOST, 33);
  bench_row (middle, bench_percentile (latency_ms, n, 0.5), "ms", BENCH_NO_TARGET, 0);
  bench_row (rest, bench_percentile (settled, N_ROUNDS, 0.5), "s", BENCH_AT_MOST, 1);
}

int
main (int argc, char **argv)
{
  Gui gui;
  gui_start (&gui, &argc, &argv);
  bench_title ("The window: clicks on the canvas of the Latent panel");
  gui_act (&gui, "panel", g_variant_new_string ("latent"));
  gui_settle (&gui);
  measure (&gui, "every plot");
  set (&gui, "plots", "canvas");
  measure (&gui, "canvas alone");
  bench_note ("1 to %d points; software rendering (%s)", N_POINTS,
              g_getenv ("GSK_RENDERER") ? g_getenv ("GSK_RENDERER") : "default");
  gui_stop (&gui);
  return 0;
}
