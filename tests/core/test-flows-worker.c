/* The Flows experiment on the worker's thread, its frames read on this one: what the
 * thread sanitizer is to look at, and what a hand expects.
 * SPDX-License-Identifier: MIT */
#include "lab/worker.h"

#include <math.h>
#include "lab/experiment-flows.h"
#include "lab/flows-settings.h"

#define PATIENCE_US (60 * G_USEC_PER_SEC)

typedef struct {
  OdlWorker *worker;
  guint at;
  OdlFrame *frame;
} Window;

static guint
index_of_flows (void)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  for (guint i = 0; i < n; i++)
    if (all[i] == &odl_experiment_flows)
      return i;
  g_assert_not_reached ();
}

/* Reads what a figure would read. */
static double
read_whole (const OdlFrame *frame)
{
  const OdlFlowsPayload *p = frame->payload;
  double sum = 0;
  for (guint k = 0; k < p->n_models; k++) {
    const OdlFlowModel *m = &p->models[k];
    gsize n = (gsize)m->n_depths * m->dim;
    for (gsize i = 0; i < n * p->n; i++)
      sum += m->path[i];
    for (gsize i = 0; m->sheet != NULL && i < n * m->rows * m->columns; i++)
      sum += m->sheet[i];
    for (gsize i = 0; m->outer != NULL && i < n * ODL_FLOWS_CIRCLE; i++)
      sum += m->outer[i];
    for (guint i = 0; i < m->n_history; i++)
      sum += m->loss[i];
  }
  return sum;
}

static void
look (Window *window)
{
  OdlFrame *frame = odl_worker_take (window->worker, window->at);
  if (frame == NULL) {
    g_usleep (2000);
    return;
  }
  g_clear_pointer (&window->frame, odl_frame_unref);
  window->frame = frame;
  g_assert_true (isfinite (read_whole (frame)));
}

static const OdlFlowsPayload *
payload (const Window *window)
{
  return window->frame->payload;
}

/* Looks until a frame answers the command and `done` holds. */
static void
wait_for (Window *window, guint64 command, gboolean (*done) (const Window *))
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  while (window->frame == NULL || window->frame->command < command
         || (done != NULL && !done (window))) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    look (window);
  }
}

static gboolean
is_settled (const Window *window)
{
  return payload (window)->settled;
}

static gboolean
has_trained (const Window *window)
{
  return payload (window)->present >= 20;
}

static guint64
put (Window *window, const char *key, const char *text)
{
  guint64 command = 0;
  for (guint i = 0; i < ODL_FLOWS_N_SETTINGS; i++) {
    OdlValue value;
    if (!g_str_equal (odl_flows_settings[i].key, key))
      continue;
    g_assert_true (odl_value_parse (&odl_flows_settings[i], text, &value, NULL));
    command = odl_worker_set (window->worker, window->at, i, &value);
    odl_value_clear (&value);
  }
  return command;
}

static guint64
act (Window *window, const char *kind, double x, double y)
{
  OdlAction action = { .phase = ODL_PHASE_END, .x = x, .y = y, .button = 1 };
  g_strlcpy (action.kind, kind, sizeof action.kind);
  return odl_worker_act (window->worker, window->at, &action);
}

/* Run, watch, paint while it runs, undo, pause, look back. */
static void
test_hands (void)
{
  Window window = { odl_worker_new (2, NULL), index_of_flows (), NULL };
  put (&window, "hidden", "8");
  put (&window, "points", "64");
  wait_for (&window, put (&window, "models", "standard,augmented,resnet"), is_settled);
  g_assert_cmpuint (payload (&window)->n_models, ==, 3);
  wait_for (&window, odl_worker_run (window.worker, window.at, TRUE), has_trained);
  g_assert_true (window.frame->running);
  wait_for (&window, act (&window, "paint-b", 0, 0), NULL);
  wait_for (&window, act (&window, "paint-a", 1.2, 0), NULL);
  wait_for (&window, odl_worker_run (window.worker, window.at, FALSE), is_settled);
  g_assert_false (window.frame->running);
  g_assert_cmpstr (payload (&window)->data, ==, "own");
  g_assert_cmpuint (payload (&window)->n_train, ==, 66 - payload (&window)->n_test_all);
  guint64 trained = payload (&window)->present;
  odl_worker_undo (window.worker, window.at);
  wait_for (&window, odl_worker_undo (window.worker, window.at), is_settled);
  g_assert_cmpstr (payload (&window)->data, ==, "circles");
  g_assert_cmpuint (payload (&window)->present, ==, trained);
  wait_for (&window, act (&window, "moment", 10, 0), is_settled);
  g_assert_true (payload (&window)->looking_back);
  g_assert_cmpuint (payload (&window)->iteration, <=, 10);
  wait_for (&window, act (&window, "fork", 0, 0), is_settled);
  g_assert_cmpuint (payload (&window)->present, <=, 10);
  g_clear_pointer (&window.frame, odl_frame_unref);
  odl_worker_free (window.worker);
}

/* A document taken while it trains, put back later, is that moment again. */
static void
test_document (void)
{
  Window window = { odl_worker_new (2, NULL), index_of_flows (), NULL };
  put (&window, "hidden", "8");
  put (&window, "points", "32");
  wait_for (&window, odl_worker_run (window.worker, window.at, TRUE), has_trained);
  guint64 asked = odl_worker_save (window.worker), command = 0;
  json_t *document = NULL;
  while (document == NULL || command != asked) {
    g_clear_pointer (&document, json_decref);
    document = odl_worker_take_saved (window.worker, &command);
    look (&window);
  }
  wait_for (&window, odl_worker_run (window.worker, window.at, FALSE), NULL);
  const json_t *flows
      = json_array_get (json_object_get (document, "experiments"), window.at);
  json_int_t kept = json_integer_value (json_object_get (
      json_object_get (json_object_get (flows, "state"), "standard"), "iteration"));
  g_assert_cmpint (kept, >=, 20);
  wait_for (&window, odl_worker_reset (window.worker, window.at), is_settled);
  g_assert_cmpuint (payload (&window)->present, ==, 0);
  wait_for (&window, odl_worker_load (window.worker, document), is_settled);
  g_assert_cmpint ((json_int_t)payload (&window)->present, >=, kept);
  g_assert_cmpint ((json_int_t)payload (&window)->present, <=, kept + 1);
  json_decref (document);
  g_clear_pointer (&window.frame, odl_frame_unref);
  odl_worker_free (window.worker);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flows-worker/hands", test_hands);
  g_test_add_func ("/flows-worker/document", test_document);
  return g_test_run ();
}
