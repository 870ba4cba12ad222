/* The other side of a worker under test: what a main loop would do. For programs with FAKE_REGISTRY.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <poll.h>
#include <unistd.h>

#include "lab/worker.h"
#include "support/fake-experiments.h"

enum { COUNTER, TWIN, WATCHER };
#define PATIENCE_US 120000000

static inline OdlWorker *
new_worker (void)
{
  g_autoptr (GError) error = NULL;
  OdlWorker *worker = odl_worker_new (2, &error);
  g_assert_no_error (error);
  return worker;
}

/* Sleeps until the worker has something, as a main loop does. */
static inline void
sleep_on (OdlWorker *worker)
{
  guint64 count;
  struct pollfd poll_fd = { .fd = odl_worker_fd (worker), .events = POLLIN };
  if (poll (&poll_fd, 1, 1000) > 0)
    g_assert_cmpint (read (poll_fd.fd, &count, sizeof count), ==, sizeof count);
}

/* Reads all of a frame, as a figure would. */
static inline const FakeFrame *
read_frame (const OdlFrame *frame)
{
  const FakeFrame *shown = frame->payload;
  double sum = 0;
  g_assert_nonnull (frame->status);
  for (guint i = 0; shown && i < shown->n; i++)
    sum += shown->points[i];
  if (shown)
    g_assert_cmpfloat (sum, ==, shown->sum);
  return shown;
}

typedef gboolean (*Wanted) (const OdlFrame *frame, guint64 number);

static inline gboolean
answers (const OdlFrame *frame, guint64 number)
{
  return frame->command >= number;
}

static inline gboolean
is_at_rest (const OdlFrame *frame, guint64 number)
{
  return frame->command >= number && !frame->busy;
}

static inline gboolean
has_iterated (const OdlFrame *frame, guint64 number)
{
  return frame->iteration >= number;
}

static inline OdlFrame *
wait_for (OdlWorker *worker, guint experiment, Wanted wanted, guint64 number)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_US;
  while (g_get_monotonic_time () < end) {
    g_autoptr (OdlFrame) frame = odl_worker_take (worker, experiment);
    if (frame == NULL) {
      sleep_on (worker);
      continue;
    }
    read_frame (frame);
    if (wanted (frame, number))
      return g_steal_pointer (&frame);
  }
  g_test_message ("no frame that answers command %" G_GUINT64_FORMAT, number);
  g_assert_not_reached ();
}

static inline void
reach (OdlWorker *worker, guint64 iteration)
{
  odl_frame_unref (wait_for (worker, COUNTER, has_iterated, iteration));
}

static inline guint64
set_text (OdlWorker *worker, guint experiment, guint setting, const char *text)
{
  guint n;
  OdlValue value;
  g_autoptr (GError) error = NULL;
  odl_value_parse (&odl_experiments (&n)[experiment]->settings[setting], text, &value,
                   &error);
  g_assert_no_error (error);
  const guint64 number = odl_worker_set (worker, experiment, setting, &value);
  odl_value_clear (&value);
  return number;
}

static inline guint64
act (OdlWorker *worker, const char *kind, OdlPhase phase, double x)
{
  OdlAction action = { .phase = phase, .x = x, .text = (char *)"a text" };
  g_strlcpy (action.kind, kind, sizeof action.kind);
  return odl_worker_act (worker, COUNTER, &action);
}

static inline json_t *
take_saved (OdlWorker *worker, guint64 number)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_US;
  while (g_get_monotonic_time () < end) {
    guint64 command;
    json_t *document = odl_worker_take_saved (worker, &command);
    if (document) {
      g_assert_cmpuint (command, ==, number);
      return document;
    }
    sleep_on (worker);
  }
  g_assert_not_reached ();
}

static inline json_t *
save (OdlWorker *worker)
{
  return take_saved (worker, odl_worker_save (worker));
}

static inline gboolean
load (OdlWorker *worker, json_t *document, GError **error)
{
  const guint64 number = odl_worker_load (worker, document);
  const gint64 end = g_get_monotonic_time () + PATIENCE_US;
  guint64 command;
  g_autoptr (GError) why = NULL;
  while (!odl_worker_take_loaded (worker, &command, &why)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    sleep_on (worker);
  }
  g_assert_cmpuint (command, ==, number);
  const gboolean good = why == NULL;
  if (!good)
    g_propagate_error (error, g_steal_pointer (&why));
  return good;
}

/* The counter's state after n iterations, computed here. */
static inline double
map_after (guint64 n)
{
  double x = 0.25;
  for (guint64 i = 0; i < n; i++)
    x = 3.75 * x * (1 - x);
  return x;
}
