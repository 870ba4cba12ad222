/* Training in the Flows experiment: the same bits however it is cut, saved or forked,
 * and an end with a reason. SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>
#include "base/status.h"
#include "support/flows.h"

/* ---- The same bits ---- */

static void
test_models_do_not_feel_each_other (FlowsFixture *f, gconstpointer data)
{
  FlowsFixture alone = { 0 };
  flows_set_up (&alone, NULL);
  flows_put (f, "models", "standard,augmented,resnet");
  flows_put (&alone, "models", "augmented");
  flows_train (f, 15, NULL);
  flows_train (&alone, 15, NULL);
  flows_check_same (f, &alone, "augmented");
  flows_tear_down (&alone, NULL);
}

/* Batches, probes and several threads: N, save, load, M is N + M, under an optimiser.
 */
static void
test_resume (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (OdlPool) pool = odl_pool_new (3);
  g_autoptr (GError) error = NULL;
  FlowsFixture other = { 0 };
  flows_set_up (&other, NULL);
  flows_put (f, "models", "standard,augmented,resnet");
  flows_put (f, "optimizer", data);
  flows_put (f, "batch", "12");
  flows_put (f, "jacobian", "0.01");
  flows_put (f, "probes", "2");
  flows_train (f, 7, NULL);
  json_t *runs = odl_runs_save (f->runs), *saved = odl_experiment_save (f->experiment);
  char *text = json_dumps (saved, JSON_REAL_PRECISION (17));
  json_t *read = json_loads (text, 0, NULL);
  g_assert_true (odl_runs_load (other.runs, runs, &error));
  g_assert_true (odl_experiment_load (other.experiment, read, &error));
  g_assert_no_error (error);
  free (text);
  json_decref (runs);
  json_decref (saved);
  json_decref (read);
  flows_train (f, 8, NULL);
  flows_train (&other, 8, pool);
  flows_check_same (f, &other, "standard");
  flows_check_same (f, &other, "augmented");
  flows_check_same (f, &other, "resnet");
  flows_settle (&other);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (other.payload->models[i].n_history, ==, 15);
    g_assert_cmpuint (other.payload->models[i].iteration[14], ==, 15);
  }
  flows_tear_down (&other, NULL);
}

typedef struct {
  guint calls, until;
} Patience;

static gboolean
loses_patience (gpointer data)
{
  Patience *patience = data;
  return ++patience->calls > patience->until;
}

/* Interrupted anywhere, with pictures made in between: the same bits. */
static void
test_interruptions (FlowsFixture *f, gconstpointer data)
{
  FlowsFixture calm = { 0 };
  flows_set_up (&calm, NULL);
  Patience patience = { 0, 1 };
  OdlTime time = { .interrupted = loses_patience, .data = &patience, .runs = f->runs };
  guint64 done = 0;
  for (guint i = 0; i < 20000 && done < 40; i++) {
    g_autoptr (GError) error = NULL;
    patience = (Patience){ 0, 1 + i % 23 };
    time.deadline_us = g_get_monotonic_time () + 500;
    odl_experiment_step (f->experiment, &time, TRUE, &error);
    g_assert_no_error (error);
    if (i % 7 == 0)
      odl_experiment_settle (f->experiment, &time);
    flows_look (f);
    done = f->payload->present;
  }
  g_assert_cmpuint (done, >=, 40);
  /* The round that is under way is finished, then both stand alike. */
  flows_train (f, 1, NULL);
  flows_look (f);
  flows_train (&calm, (guint)f->payload->present, NULL);
  flows_check_same (f, &calm, "standard");
  flows_check_same (f, &calm, "augmented");
  flows_tear_down (&calm, NULL);
}

/* One iteration is one of every model: a step that was cut short between two models
 * has not been made yet, and the next one finishes it. */
static void
test_rounds (FlowsFixture *f, gconstpointer data)
{
  Patience patience = { 0, 0 };
  OdlTime time = { .deadline_us = G_MAXINT64,
                   .interrupted = loses_patience,
                   .data = &patience,
                   .runs = f->runs };
  guint cut = 0;
  flows_train (f, 2, NULL);
  flows_settle (f);
  for (; patience.until < 1000; patience.until++) {
    g_autoptr (GError) error = NULL;
    patience.calls = 0;
    odl_experiment_step (f->experiment, &time, FALSE, &error);
    g_assert_no_error (error);
    flows_settle (f);
    const OdlFlowModel *m = f->payload->models;
    if (m[1].n_history == 3)
      break;
    cut += m[0].n_history == 3;
    g_assert_cmpuint (f->frame->iteration, ==, 2);
  }
  g_assert_cmpuint (cut, >, 0);
  g_assert_cmpuint (f->payload->models[0].n_history, ==, 3);
  g_assert_cmpuint (f->frame->iteration, ==, 3);
}

/* ---- The time machine ---- */

static void
test_fork (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  flows_train (f, 30, NULL);
  char *want = flows_fingerprint (f, "augmented");
  flows_settle (f);
  g_assert_cmpuint (f->payload->n_moments, ==, 31);
  double present = f->payload->models[1].train.loss;
  g_assert_false (flows_act (f, "fork", 0, 0, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (flows_act (f, "moment", 12, 0, &error));
  flows_settle (f);
  g_assert_true (f->payload->looking_back);
  g_assert_cmpuint (f->payload->iteration, ==, 12);
  g_assert_cmpuint (f->payload->present, ==, 30);
  g_assert_cmpfloat (f->payload->models[1].train.loss, !=, present);
  g_assert_true (flows_act (f, "present", 0, 0, &error));
  flows_settle (f);
  g_assert_cmpfloat (f->payload->models[1].train.loss, ==, present);
  g_assert_true (flows_act (f, "moment", 12, 0, &error));
  g_assert_true (flows_act (f, "fork", 0, 0, &error));
  flows_settle (f);
  g_assert_false (f->payload->looking_back);
  g_assert_cmpuint (f->payload->present, ==, 12);
  g_assert_cmpuint (f->payload->models[1].n_history, ==, 12);
  g_assert_cmpuint (odl_runs_count (f->runs), ==, 4);
  flows_train (f, 18, NULL);
  char *got = flows_fingerprint (f, "augmented");
  g_assert_cmpstr (got, ==, want);
  free (want);
  free (got);
}

/* A session's moments show and fork the same weights; with no room for them there is
 * only the present. */
static void
test_moments_in_a_session (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  flows_train (f, 20, NULL);
  g_assert_true (flows_act (f, "moment", 8, 0, &error));
  flows_settle (f);
  double then = f->payload->models[1].train.loss;
  g_assert_null (strstr (f->frame->status, "fresh optimiser"));
  json_t *saved = odl_experiment_save (f->experiment);
  flows_train (f, 20, NULL);
  g_assert_true (odl_experiment_load (f->experiment, saved, &error));
  g_assert_no_error (error);
  json_decref (saved);
  flows_settle (f);
  g_assert_true (f->payload->looking_back);
  g_assert_nonnull (strstr (f->frame->status, "fresh optimiser"));
  g_assert_cmpuint (f->payload->present, ==, 20);
  g_assert_cmpfloat (f->payload->models[1].train.loss, ==, then);
  g_assert_true (flows_act (f, "fork", 0, 0, &error));
  flows_settle (f);
  g_assert_cmpuint (f->payload->present, ==, 8);
  g_assert_cmpfloat (f->payload->models[1].train.loss, ==, then);
  flows_train (f, 3, NULL);
  flows_put (f, "keep", "0");
  saved = odl_experiment_save (f->experiment);
  g_assert_true (odl_experiment_load (f->experiment, saved, &error));
  json_decref (saved);
  flows_settle (f);
  g_assert_cmpuint (f->payload->n_moments, ==, 0);
  flows_train (f, 1, NULL);
}

static char *
moments_of (FlowsFixture *f)
{
  json_t *saved = odl_experiment_save (f->experiment);
  GString *text = g_string_new (NULL);
  const char *model;
  json_t *state, *moment;
  size_t i;
  json_object_foreach (json_object_get (saved, "state"), model, state)
  {
    json_array_foreach (json_object_get (state, "moments"), i, moment)
        g_string_append_printf (
            text, "%s %" JSON_INTEGER_FORMAT " %s\n", model,
            json_integer_value (json_object_get (moment, "iteration")),
            json_string_value (json_object_get (moment, "theta")));
  }
  json_decref (saved);
  return g_string_free (text, FALSE);
}

/* With little room, too, a session keeps the same moments whether training went on
 * through another session or not. */
static void
test_moments_after_a_session (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  FlowsFixture other = { 0 };
  flows_set_up (&other, NULL);
  flows_put (f, "keep", "16");
  flows_train (f, 30, NULL);
  json_t *saved = odl_experiment_save (f->experiment);
  g_assert_true (odl_experiment_load (other.experiment, saved, &error));
  json_decref (saved);
  g_autofree char *before = moments_of (f);
  flows_train (f, 27, NULL);
  flows_train (&other, 27, NULL);
  g_autofree char *straight = moments_of (f), *resumed = moments_of (&other);
  g_assert_nonnull (strstr (before, "standard 8 "));
  g_assert_cmpstr (straight, !=, before);
  g_assert_cmpstr (resumed, ==, straight);
  g_assert_null (strstr (straight, "standard 1 "));
  flows_tear_down (&other, NULL);
}

/* However long it trains, moments stay bounded, spread out and exact in their place. */
static void
test_moments_are_bounded (FlowsFixture *f, gconstpointer data)
{
  flows_put (f, "models", "resnet");
  flows_put (f, "points", "4");
  flows_put (f, "blocks", "1");
  flows_put (f, "hidden", "2");
  flows_train (f, 1000, NULL);
  flows_settle (f);
  const OdlFlowsPayload *p = f->payload;
  g_assert_cmpuint (p->n_moments, <=, 129);
  g_assert_cmpuint (p->n_moments, >=, 64);
  guint64 stride = p->moments[1];
  for (guint i = 0; i < p->n_moments; i++)
    g_assert_cmpuint (p->moments[i], ==, i * stride);
}

/* A session of three trained models of the usual size stays below 2 MB, moments and
 * histories included, and what it keeps of them comes back. */
static void
test_session_size (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  flows_put (f, "models", "standard,augmented,resnet");
  flows_put (f, "points", "4");
  flows_put (f, "test-points", "0");
  flows_put (f, "hidden", flows_row ("hidden")->fallback);
  flows_put (f, "extra", flows_row ("extra")->fallback);
  flows_put (f, "blocks", flows_row ("blocks")->fallback);
  flows_put (f, "mode", "fixed");
  flows_put (f, "method", "euler");
  flows_put (f, "steps", "1");
  flows_train (f, 1100, NULL);
  json_t *saved = odl_experiment_save (f->experiment), *runs = odl_runs_save (f->runs);
  const size_t flags = JSON_INDENT (1) | JSON_REAL_PRECISION (17);
  char *a = json_dumps (saved, flags), *b = json_dumps (runs, flags);
  g_test_message ("%zu bytes of state, %zu of histories", strlen (a), strlen (b));
  g_assert_cmpuint (strlen (a) + strlen (b), <, 2000000);
  g_assert_true (odl_experiment_load (f->experiment, saved, &error));
  flows_settle (f);
  g_assert_cmpuint (f->payload->n_moments, >=, 3);
  free (a);
  free (b);
  json_decref (saved);
  json_decref (runs);
}

/* ---- Trouble ---- */

static void
test_divergence (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  flows_put (f, "models", "resnet");
  flows_put (f, "activation", "relu");
  flows_put (f, "loss", "squared");
  flows_put (f, "optimizer", "sgd");
  flows_put (f, "rate", "10");
  gboolean more = TRUE;
  for (guint i = 0; i < 300 && more; i++)
    more = flows_step (f, NULL, &error);
  g_assert_false (more);
  g_assert_error (error, ODL_ERROR, ODL_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "iteration"));
  g_clear_error (&error);
  flows_look (f);
  g_assert_nonnull (strstr (f->frame->status, "iteration"));
  /* Pressing run again says so; the weights before are finite and can be saved. */
  g_assert_false (flows_step (f, NULL, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_FAILED);
  g_clear_error (&error);
  json_t *saved = odl_experiment_save (f->experiment);
  g_assert_true (odl_experiment_load (f->experiment, saved, &error));
  g_assert_no_error (error);
  json_decref (saved);
  flows_settle (f);
  flows_put (f, "rate", "0.001");
  flows_put (f, "clip", "0.1");
  flows_train (f, 3, NULL);
}

static void
test_stop_conditions (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  flows_put (f, "stop-iterations", "5");
  flows_train (f, 4, NULL);
  g_assert_false (flows_step (f, NULL, &error));
  g_assert_no_error (error);
  flows_look (f);
  g_assert_cmpuint (f->payload->present, ==, 5);
  g_assert_nonnull (strstr (f->frame->status, "5"));
  g_assert_false (flows_step (f, NULL, &error));
  flows_look (f);
  g_assert_cmpuint (f->payload->present, ==, 5);
  flows_put (f, "stop-iterations", "0");
  flows_put (f, "stop-loss", "0.5");
  guint more = 0;
  while (more < 500 && flows_step (f, NULL, &error))
    more++;
  g_assert_no_error (error);
  g_assert_cmpuint (more, <, 500);
  flows_settle (f);
  for (guint i = 0; i < 2; i++) {
    const OdlFlowModel *m = &f->payload->models[i];
    g_assert_cmpfloat (m->loss[m->n_history - 1], <=, 0.5);
  }
}

/* ---- Files ---- */

/* A part taken out or spoilt is refused with its place, and nothing has changed. */
static void
test_spoilt (FlowsFixture *f, gconstpointer data)
{
  static const struct {
    const char *model, *key, *json;
  } spoils[] = {
    { "standard", "theta", "[1, 2]" },
    { "standard", "theta", "[\"a\"]" },
    { "standard", "iteration", "-1" },
    { "standard", "iteration", "1.5" },
    { "standard", "stride", "3" },
    { "standard", "optimizer", "[]" },
    { "standard", "moments", "[{\"iteration\": 0, \"theta\": \"AAAA\"}]" },
    { "standard", "moments", "7" },
    { "augmented", "theta", "null" },
    { "augmented", "run", "\"x\"" },
  };
  flows_train (f, 3, NULL);
  char *before = flows_fingerprint (f, "standard");
  for (guint i = 0; i < G_N_ELEMENTS (spoils); i++) {
    g_autoptr (GError) error = NULL;
    json_t *saved = odl_experiment_save (f->experiment);
    json_t *state = json_object_get (json_object_get (saved, "state"), spoils[i].model);
    json_object_set_new (state, spoils[i].key,
                         json_loads (spoils[i].json, JSON_DECODE_ANY, NULL));
    g_assert_false (odl_experiment_load (f->experiment, saved, &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
    g_assert_nonnull (strstr (error->message, spoils[i].model));
    json_decref (saved);
    char *after = flows_fingerprint (f, "standard");
    g_assert_cmpstr (before, ==, after);
    free (after);
  }
  free (before);
}

#define TEST_WITH(name, data, function)                                                \
  g_test_add ("/flows/" name, FlowsFixture, data, flows_set_up, function,              \
              flows_tear_down)
#define TEST(name, function) TEST_WITH (name, NULL, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("models-do-not-feel-each-other", test_models_do_not_feel_each_other);
  TEST_WITH ("resume/adam", "adam", test_resume);
  TEST_WITH ("resume/muon", "muon", test_resume);
  TEST ("interruptions", test_interruptions);
  TEST ("rounds", test_rounds);
  TEST ("fork", test_fork);
  TEST ("moments-in-a-session", test_moments_in_a_session);
  TEST ("moments-after-a-session", test_moments_after_a_session);
  TEST ("moments-are-bounded", test_moments_are_bounded);
  TEST ("session-size", test_session_size);
  TEST ("divergence", test_divergence);
  TEST ("stop-conditions", test_stop_conditions);
  TEST ("spoilt", test_spoilt);
  return g_test_run ();
}
