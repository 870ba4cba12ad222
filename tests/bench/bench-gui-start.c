/* The first frame after start, beside an empty GTK application's.
 * SPDX-License-Identifier: MIT
 *
 * This program starts itself as the one and as the other, in turns, and takes the time
 * from before the start until the child ends, which it does the moment its window has
 * been drawn. */
#include <stdlib.h>
#include <unistd.h>

#include "application.h"
#include "bench/support-bench.h"
#include "window.h"

#define N_PAIRS 11

/* Ends the moment a frame is drawn; when plots are awaited, a frame with them. */
static gboolean wait_for_plots;

static void
on_painted (GdkFrameClock *clock, GtkWindow *window)
{
  OdlPanel *panel
      = ODL_IS_WINDOW (window) ? odl_window_get_shown (ODL_WINDOW (window)) : NULL;
  OdlPlotArea *area
      = panel ? odl_plot_page_find (odl_panel_get_page (panel), "phase") : NULL;
  if (!wait_for_plots || (area && odl_plot_area_get_n_drawn (area) > 0))
    _exit (0);
}

static void
on_mapped (GtkWidget *window)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint",
                    G_CALLBACK (on_painted), window);
}

static void
on_window (GtkApplication *application, GtkWindow *window)
{
  g_signal_connect_after (window, "map", G_CALLBACK (on_mapped), NULL);
}

static void
on_empty (GApplication *application)
{
  GtkWidget *window = gtk_application_window_new (GTK_APPLICATION (application));
  gtk_window_set_default_size (GTK_WINDOW (window), 1400, 900);
  gtk_window_present (GTK_WINDOW (window));
}

static int
be_child (const char *what)
{
  gboolean empty = g_str_equal (what, "--empty");
  wait_for_plots = g_str_equal (what, "--plots");
  GtkApplication *application = empty
                                    ? gtk_application_new ("io.github.odelab.Empty", 0)
                                    : GTK_APPLICATION (odl_application_new ());
  if (empty)
    g_signal_connect (application, "activate", G_CALLBACK (on_empty), NULL);
  g_signal_connect_after (application, "window-added", G_CALLBACK (on_window), NULL);
  return g_application_run (G_APPLICATION (application), 0, NULL);
}

static double
time_child (const char *program, const char *what)
{
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GSubprocess) child
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, what, NULL);
  if (child == NULL || !g_subprocess_wait_check (child, NULL, &error))
    g_error ("%s", error->message);
  return (g_get_monotonic_time () - begin) / 1000.0;
}

int
main (int argc, char **argv)
{
  if (argc > 1)
    return be_child (argv[1]);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  double empty[N_PAIRS], first[N_PAIRS], plots[N_PAIRS], more[N_PAIRS], drawn[N_PAIRS];
  time_child (program, "--empty");
  time_child (program, "--plots");
  for (guint i = 0; i < N_PAIRS; i++) {
    empty[i] = time_child (program, "--empty");
    first[i] = time_child (program, "--window");
    plots[i] = time_child (program, "--plots");
    more[i] = first[i] - empty[i];
    drawn[i] = plots[i] - empty[i];
  }
  bench_title ("The first frame after start");
  bench_row ("an empty GTK application", bench_percentile (empty, N_PAIRS, 0.5), "ms",
             BENCH_NO_TARGET, 0);
  bench_row ("Odelab", bench_percentile (first, N_PAIRS, 0.5), "ms", BENCH_NO_TARGET,
             0);
  bench_row ("more than the empty one", bench_percentile (more, N_PAIRS, 0.5), "ms",
             BENCH_AT_MOST, 250);
  bench_row ("with plots drawn, more than the empty one",
             bench_percentile (drawn, N_PAIRS, 0.5), "ms", BENCH_AT_MOST, 250);
  return 0;
}
