/* The clockwork between the worker and the screen.
 * SPDX-License-Identifier: MIT
 *
 * The worker's file descriptor wakes the main loop. A frame that is waited for, because
 * a command is not answered yet, is taken at once: the clock's cycle that delivered the
 * motion of a hand has then asked for nothing else, and the answer is drawn without
 * waiting for another. A cycle that begins for another reason, while an answer is
 * nearly there, gives it some time rather than draw what is old. What comes unasked
 * (training, studies) waits for a tick, and under a moving hand until it has come to
 * rest, for drawing it would delay the next answer. It also waits until the time this
 * thread has computed since the last frame is a small part of what has passed: the
 * cores are there to train, and where drawing is dear a picture comes less often. Only
 * the shown panel's frames are taken: the worker makes few of those nobody takes. */
#include "window-inside.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_US   (3 * 1000)   /* of a cycle for an answer that is under way */
#define REST_US       (60 * 1000)  /* since the last command: the hand rests */
#define UNASKED_SHARE 0.12         /* of time, for frames that nobody waits for */
#define UNASKED_US    (100 * 1000) /* but they come at least this often */

/* What this thread has computed, pauses and other threads left out. */
static gint64
computed_us (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
take_frame (OdlWindow *window)
{
  OdlFrame *frame = odl_worker_take (window->worker, odl_window_shown_index (window));
  if (frame == NULL)
    return;
  window->taken_us = g_get_monotonic_time ();
  window->taken_computed_us = computed_us ();
  odl_panel_take (odl_window_get_shown (window), frame);
}

static gboolean
may_draw (const OdlWindow *window)
{
  const gint64 passed = g_get_monotonic_time () - window->taken_us;
  const double computed = (double)(computed_us () - window->taken_computed_us);
  return passed >= UNASKED_US || computed <= UNASKED_SHARE * (double)passed;
}

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  OdlWindow *window = ODL_WINDOW (widget);
  if (!may_draw (window))
    return G_SOURCE_CONTINUE;
  window->tick_id = 0;
  take_frame (window);
  return G_SOURCE_REMOVE;
}

static gboolean
on_rest (gpointer data)
{
  OdlWindow *window = data;
  gint64 rest = odl_panel_rested_us (odl_window_get_shown (window));
  window->rest_id = 0;
  if (rest < REST_US)
    window->rest_id
        = g_timeout_add ((guint)((REST_US - rest) / 1000 + 1), on_rest, data);
  else if (window->tick_id == 0)
    window->tick_id
        = gtk_widget_add_tick_callback (GTK_WIDGET (window), tick, NULL, NULL);
  return G_SOURCE_REMOVE;
}

void
odl_window_watch_frames (OdlWindow *window)
{
  if (odl_panel_is_waiting (odl_window_get_shown (window)))
    take_frame (window);
  else if (window->rest_id == 0)
    on_rest (window);
}

gboolean
odl_window_wake (int fd, GIOCondition condition, gpointer data)
{
  OdlWindow *window = data;
  guint64 count;
  /* Not blocking: GLib says that it is readable. */
  if (read (fd, &count, sizeof count) != sizeof count)
    return G_SOURCE_CONTINUE;
  odl_document_wake (window->document);
  odl_window_watch_frames (window);
  return G_SOURCE_CONTINUE;
}

/* Waits for the worker to say something until then; FALSE: it did not. */
static gboolean
hear (int fd, gint64 until_us)
{
  struct pollfd ear = { .fd = fd, .events = POLLIN };
  const gint64 left = until_us - g_get_monotonic_time ();
  const struct timespec time = { 0, MAX (left, 0) * 1000 };
  return ppoll (&ear, 1, &time, NULL) > 0;
}

static void
before_paint (OdlWindow *window)
{
  const gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  const int fd = odl_worker_fd (window->worker);
  while (window->wake_id != 0 /* not disposed of */
         && odl_panel_is_waiting (odl_window_get_shown (window)) && hear (fd, until_us))
    odl_window_wake (fd, G_IO_IN, window);
}

void
odl_window_join_clock (OdlWindow *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  g_signal_connect_object (clock, "before-paint", G_CALLBACK (before_paint), window,
                           G_CONNECT_SWAPPED);
}
