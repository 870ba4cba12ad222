/* Training in the window: how smooth, how fast, how soon it stops; and depth played.
 * SPDX-License-Identifier: MIT
 *
 * The three models of Flows are trained for the same iterations from the same start,
 * once without a window, as `odelab train` does, and once in it, in turns; the ratio of
 * the two times says what the window costs. While the window trains, the intervals from
 * the beginning of one cycle of its frame clock to that of the next say whether each
 * sixtieth of a second has its frame, the work of a cycle how soon that is on the
 * screen, and the cycles in which a plot was drawn anew how smoothly training is seen.
 * A stop is timed from the key's action until the frame that says so has come. */
#include <stdlib.h>

#include "bench/support-bench.h"
#include "experiment-flows.h"
#include "gui/gui.h"
#include "service.h"

#define MODELS       "standard,augmented,resnet"
#define N_ROUNDS     3
#define N_STOPS      15
#define ROUND_US     (4 * G_USEC_PER_SEC)
#define PLAY_US      (5 * G_USEC_PER_SEC)
#define MAX_INTERVAL 16384

typedef struct {
  Gui *gui;
  guint64 drawn; /* plots, at the last cycle */
  gint64 last_us;
  guint n, n_drawn;
  double interval_ms[MAX_INTERVAL], work_ms[MAX_INTERVAL];
} Pulse;

/* ---- Without a window ---- */

/* Trains for ROUND_US, or when *n is not 0 for that many iterations; the seconds. */
static double
train_alone (guint64 *n)
{
  static const char *const settings[] = { "models=" MODELS, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlStand) stand = odl_stand_open ("flows", settings, 0, &error);
  g_assert_no_error (error);
  odl_stand_settle (stand, NULL, NULL);
  gint64 begin = g_get_monotonic_time ();
  guint64 done = 0;
  while (*n > 0 ? done < *n : g_get_monotonic_time () - begin < ROUND_US) {
    odl_stand_iterate (stand, &error);
    g_assert_no_error (error);
    done++;
  }
  *n = done;
  return (g_get_monotonic_time () - begin) / 1e6;
}

/* ---- In the window ---- */

static guint64
count_drawn (Gui *gui)
{
  OdlPlotPage *page = odl_panel_get_page (gui->panel);
  guint64 n = 0;
  for (guint i = 0; i < odl_plot_page_n_areas (page); i++)
    n += odl_plot_area_get_n_drawn (odl_plot_page_area (page, i));
  return n;
}

static void
on_begin (GdkFrameClock *clock, Pulse *pulse)
{
  gint64 now = g_get_monotonic_time ();
  if (pulse->last_us > 0 && pulse->n < MAX_INTERVAL)
    pulse->interval_ms[pulse->n] = (now - pulse->last_us) / 1000.0;
  pulse->last_us = now;
}

static void
on_painted (GdkFrameClock *clock, Pulse *pulse)
{
  guint64 drawn = count_drawn (pulse->gui);
  if (pulse->n < MAX_INTERVAL && pulse->interval_ms[pulse->n] > 0) {
    gint64 now = g_get_monotonic_time ();
    pulse->work_ms[pulse->n++] = (now - pulse->last_us) / 1000.0;
    pulse->n_drawn += drawn != pulse->drawn;
  }
  pulse->drawn = drawn;
}

static guint64
iteration (Gui *gui)
{
  return odl_panel_get_frame (gui->panel)->iteration;
}

static void
run (Gui *gui, gboolean on)
{
  g_action_group_change_action_state (G_ACTION_GROUP (gui->window), "run",
                                      g_variant_new_boolean (on));
}

static void
watch (Gui *gui, Pulse *pulse)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (gui->panel));
  pulse->gui = gui;
  pulse->last_us = 0;
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_begin), pulse);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), pulse);
}

static void
watch_no_more (Pulse *pulse)
{
  g_signal_handlers_disconnect_by_data (
      gtk_widget_get_frame_clock (GTK_WIDGET (pulse->gui->panel)), pulse);
}

static void
print_pulse (Pulse *pulse, double seconds)
{
  bench_row ("cycles of the frame clock", pulse->n / seconds, "1/s", BENCH_AT_LEAST,
             58);
  bench_row ("interval between cycles, p95",
             bench_percentile (pulse->interval_ms, pulse->n, 0.95), "ms", BENCH_AT_MOST,
             20);
  bench_row ("work of a cycle, p95", bench_percentile (pulse->work_ms, pulse->n, 0.95),
             "ms", BENCH_AT_MOST, 16.7);
  bench_row ("cycles with something new", pulse->n_drawn / seconds, "1/s",
             BENCH_NO_TARGET, 0);
}

/* The seconds of n iterations from the start, by the frames that show them. */
static double
train_in_window (Gui *gui, guint64 n, Pulse *pulse)
{
  gui_act (gui, "reset", NULL);
  gui_settle (gui);
  gint64 begin = g_get_monotonic_time ();
  watch (gui, pulse);
  run (gui, TRUE);
  GUI_WAIT (iteration (gui) >= n);
  double seconds = (g_get_monotonic_time () - begin) / 1e6;
  guint64 done = iteration (gui);
  watch_no_more (pulse);
  run (gui, FALSE);
  GUI_WAIT (!odl_panel_is_running (gui->panel));
  gui_settle (gui);
  return seconds * (double)n / (double)done;
}

static void
measure_stops (Gui *gui)
{
  double ms[N_STOPS];
  for (guint i = 0; i < N_STOPS; i++) {
    guint64 from = iteration (gui);
    run (gui, TRUE);
    GUI_WAIT (odl_panel_is_running (gui->panel) && iteration (gui) > from + 3);
    gint64 begin = g_get_monotonic_time ();
    run (gui, FALSE);
    GUI_WAIT (!odl_panel_is_running (gui->panel));
    ms[i] = (g_get_monotonic_time () - begin) / 1000.0;
    gui_settle (gui);
  }
  bench_row ("a stop, median", bench_percentile (ms, N_STOPS, 0.5), "ms",
             BENCH_NO_TARGET, 0);
  bench_row ("a stop, longest", bench_percentile (ms, N_STOPS, 1), "ms", BENCH_AT_MOST,
             50);
}

static void
measure_training (Gui *gui)
{
  static Pulse pulse;
  double ratio[N_ROUNDS], alone[N_ROUNDS], seconds = 0;
  guint64 n = 0;
  train_alone (&n);
  for (guint i = 0; i < N_ROUNDS; i++) {
    double window = train_in_window (gui, n, &pulse);
    double without = train_alone (&n);
    alone[i] = (double)n / without;
    ratio[i] = 100 * without / window;
    seconds += window;
  }
  bench_row ("iterations without a window", bench_percentile (alone, N_ROUNDS, 0.5),
             "1/s", BENCH_NO_TARGET, 0);
  bench_row ("rate in the window, of that", bench_percentile (ratio, N_ROUNDS, 0.5),
             "%", BENCH_AT_LEAST, 80);
  print_pulse (&pulse, seconds);
}

/* Depth there and back with as many points as are drawn, tails and grid, after a little
 * training. */
static void
measure_play (Gui *gui)
{
  static Pulse pulse;
  gui_put (gui, "models", "standard,augmented");
  gui_put (gui, "points", "1000");
  gui_put (gui, "test-points", "1000");
  gui_put (gui, "stop-iterations", "60");
  gui_settle (gui);
  gui_act (gui, "reset", NULL);
  run (gui, TRUE);
  GUI_WAIT (iteration (gui) >= 60);
  gui_settle (gui);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  gui_act (gui, "scrub", g_variant_new_double (0));
  gui_act (gui, "play", NULL);
  gint64 begin = g_get_monotonic_time ();
  watch (gui, &pulse);
  GUI_WAIT (g_get_monotonic_time () - begin > PLAY_US);
  watch_no_more (&pulse);
  gui_act (gui, "play", NULL);
  bench_note ("depth played with 2,000 points in each of two models");
  print_pulse (&pulse, PLAY_US / 1e6);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

int
main (int argc, char **argv)
{
  Gui gui;
  gui_start (&gui, &argc, &argv);
  bench_title ("Training three models in the window (Flows, 1400 × 900)");
  gui_act (&gui, "panel", g_variant_new_string ("flows"));
  gui_act (&gui, "set", g_variant_new ("(ss)", "models", MODELS));
  gui_settle (&gui);
  measure_training (&gui);
  measure_stops (&gui);
  measure_play (&gui);
  bench_note ("software rendering (%s)",
              g_getenv ("GSK_RENDERER") ? g_getenv ("GSK_RENDERER") : "default");
  gui_stop (&gui);
  return 0;
}
