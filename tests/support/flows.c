/* A Flows experiment for tests. SPDX-License-Identifier: MIT */
#include "support/flows.h"

#include <string.h>
#include "lab/flows-settings.h"

/* Small nets and few points, so that hundreds of iterations are a blink. */
static const char *const small[][2] = {
  { "points", "32" }, { "test-points", "16" }, { "hidden", "8" },
  { "extra", "1" },   { "blocks", "3" },       { NULL },
};

void
flows_put (FlowsFixture *f, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  odl_experiment_set_text (f->experiment, key, text, &error);
  g_assert_no_error (error);
}

void
flows_set_up (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->runs = odl_runs_new ();
  f->experiment = odl_experiment_new (&odl_experiment_flows, f->runs, &error);
  g_assert_no_error (error);
  for (guint i = 0; small[i][0] != NULL; i++)
    flows_put (f, small[i][0], small[i][1]);
}

void
flows_tear_down (FlowsFixture *f, gconstpointer data)
{
  g_clear_pointer (&f->frame, odl_frame_unref);
  odl_experiment_free (f->experiment);
  odl_runs_free (f->runs);
}

void
flows_look (FlowsFixture *f)
{
  g_clear_pointer (&f->frame, odl_frame_unref);
  f->frame = odl_experiment_snapshot (f->experiment);
  f->payload = f->frame->payload;
  g_assert_nonnull (f->frame->status);
}

void
flows_settle (FlowsFixture *f)
{
  for (guint i = 0; i < 100000; i++) {
    OdlTime time = { .deadline_us = g_get_monotonic_time () + 2000 };
    if (!odl_experiment_settle (f->experiment, &time))
      break;
  }
  flows_look (f);
  g_assert_true (f->payload->settled);
}

gboolean
flows_step (FlowsFixture *f, OdlPool *pool, GError **error)
{
  OdlTime time = { .deadline_us = G_MAXINT64, .pool = pool, .runs = f->runs };
  return odl_experiment_step (f->experiment, &time, FALSE, error);
}

void
flows_train (FlowsFixture *f, guint iterations, OdlPool *pool)
{
  for (guint i = 0; i < iterations; i++) {
    g_autoptr (GError) error = NULL;
    gboolean more = flows_step (f, pool, &error);
    g_assert_no_error (error);
    g_assert_true (more);
  }
}

gboolean
flows_act (FlowsFixture *f, const char *kind, double x, double y, GError **error)
{
  OdlAction action = { .phase = ODL_PHASE_END, .x = x, .y = y, .button = 1 };
  g_strlcpy (action.kind, kind, sizeof action.kind);
  return odl_experiment_act (f->experiment, &action, error);
}

gboolean
flows_read_csv (FlowsFixture *f, const char *text, GError **error)
{
  OdlAction action = { .phase = ODL_PHASE_END, .kind = "csv", .text = (char *)text };
  return odl_experiment_act (f->experiment, &action, error);
}

/* What must be equal bit for bit: weights, optimiser and iteration, without times. */
char *
flows_fingerprint (const FlowsFixture *f, const char *model)
{
  json_t *whole = odl_experiment_save (f->experiment);
  json_t *state = json_object_get (json_object_get (whole, "state"), model);
  g_assert_nonnull (state);
  json_object_del (state, "seconds");
  json_object_del (state, "moments");
  json_object_del (state, "run");
  char *text = json_dumps (state, JSON_REAL_PRECISION (17) | JSON_SORT_KEYS);
  json_decref (whole);
  return text;
}

void
flows_check_same (const FlowsFixture *a, const FlowsFixture *b, const char *model)
{
  char *x = flows_fingerprint (a, model), *y = flows_fingerprint (b, model);
  g_assert_cmpstr (x, ==, y);
  free (x);
  free (y);
}

const OdlSetting *
flows_row (const char *key)
{
  for (guint i = 0; i < ODL_FLOWS_N_SETTINGS; i++)
    if (g_str_equal (odl_flows_settings[i].key, key))
      return &odl_flows_settings[i];
  g_assert_not_reached ();
}
