/* Sessions of the Latent experiment: what was learned goes on to the same bits, shipped
 * weights are named and not stored, and weights of another shape are refused.
 * SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/status.h"
#include "lab/latent-shipped.h"
#include "model/latent-weights.h"
#include "support/latent.h"

static char *
text_of (const json_t *json)
{
  char *text = json_dumps (json, JSON_REAL_PRECISION (17) | JSON_SORT_KEYS),
       *copy = g_strdup (text);
  free (text);
  return copy;
}

/* Weights, optimiser and iteration, without times. */
static char *
learned (const LatentFixture *f)
{
  json_t *document = odl_experiment_save (f->experiment);
  json_t *state = json_object_get (document, "state");
  json_object_del (state, "seconds");
  char *text = text_of (state);
  json_decref (document);
  return text;
}

static void
copy_all (LatentFixture *from, LatentFixture *to)
{
  g_autoptr (GError) error = NULL;
  json_t *document = odl_experiment_save (from->experiment);
  json_t *runs = odl_runs_save (from->runs);
  g_assert_true (odl_runs_load (to->runs, runs, &error));
  odl_experiment_load (to->experiment, document, &error);
  g_assert_no_error (error);
  json_decref (document);
  json_decref (runs);
}

/* 5 + save + load + 4 is 9, with any number of threads. */
static void
test_resume (LatentFixture *f, gconstpointer data)
{
  const char *start = data;
  g_autoptr (OdlPool) pool = odl_pool_new (3);
  LatentFixture one, two;
  latent_set_up (&one, NULL);
  latent_set_up (&two, NULL);
  latent_put (f, "start", start);
  latent_put (&one, "start", start);
  latent_train (f, 9, NULL);
  latent_train (&one, 5, pool);
  copy_all (&one, &two);
  latent_train (&two, 4, pool);
  g_autofree char *a = learned (f), *b = learned (&two);
  g_assert_cmpstr (a, ==, b);
  latent_settle (f, 0);
  latent_settle (&two, 2000);
  latent_check_same (f, &two);
  g_assert_cmpuint (two.payload->iteration, ==, 9);
  g_assert_cmpuint (two.payload->n_history, ==, 9);
  latent_tear_down (&one, NULL);
  latent_tear_down (&two, NULL);
}

/* Saved in the middle of a refinement: it ends at the same bits. */
static void
test_answer (LatentFixture *f, gconstpointer data)
{
  LatentFixture other;
  const OdlTime brief = { .deadline_us = 0 };
  latent_set_up (&other, NULL);
  latent_do (f, "observe", 0, 1.234567890123456789, 0.1);
  odl_experiment_settle (f->experiment, &brief);
  odl_experiment_settle (f->experiment, &brief);
  copy_all (f, &other);
  latent_settle (f, 0);
  latent_settle (&other, 1000);
  latent_check_same (f, &other);
  latent_tear_down (&other, NULL);
}

static void
test_shipped_is_named (LatentFixture *f, gconstpointer data)
{
  latent_settle (f, 0);
  if (!f->payload->shipped) {
    g_test_skip ("no mixed model is shipped");
    return;
  }
  g_autofree char *state = learned (f);
  g_assert_cmpstr (state, ==, "{}");
  json_t *document = odl_experiment_save (f->experiment);
  g_autofree char *whole = text_of (document);
  json_decref (document);
  g_assert_cmpuint (strlen (whole), <, 4000);
}

/* Every model that comes with the program can be read, has the channels of its family,
 * and answers. */
static void
test_every_shipped (LatentFixture *f, gconstpointer data)
{
  for (const OdlShippedModel *model = odl_shipped_models; model->id; model++) {
    double *theta = NULL;
    OdlLatentShape shape;
    g_test_message ("%s", model->id);
    g_assert_true (odl_shipped_weights (model->id, &shape, &theta));
    g_aligned_free (theta);
    latent_put (f, "family", model->id);
    latent_put (f, "series", "model");
    latent_settle (f, 0);
    g_assert_null (f->payload->trouble);
    g_assert_true (f->payload->shipped);
    g_assert_cmpuint (f->payload->n_readings, ==, 1);
    g_assert_cmpuint (f->payload->n_channels, ==, shape.channels);
  }
}

/* ---- Weights alone ---- */

static json_t *
weights_session (LatentFixture *f)
{
  const gpointer self = odl_experiment_self (f->experiment);
  return json_pack (
      "{s:s, s:o, s:o}", "experiment", "latent", "settings",
      odl_values_to_json (odl_experiment_values (f->experiment)), "state",
      odl_experiment_class (f->experiment)->save (self, ODL_SAVE_WEIGHTS));
}

static void
test_weights (LatentFixture *f, gconstpointer data)
{
  LatentFixture other;
  g_autoptr (GError) error = NULL;
  latent_set_up (&other, NULL);
  latent_put (f, "start", "random");
  latent_train (f, 3, NULL);
  json_t *session = weights_session (f);
  odl_experiment_load (other.experiment, session, &error);
  g_assert_no_error (error);
  latent_settle (f, 0);
  latent_settle (&other, 0);
  latent_check_same (f, &other);
  g_assert_cmpuint (other.payload->iteration, ==, 0);
  json_t *again = weights_session (&other);
  g_autofree char *a = text_of (session), *b = text_of (again);
  g_assert_cmpstr (a, ==, b);
  json_decref (session);
  json_decref (again);
  latent_tear_down (&other, NULL);
}

/* Weights for two channels, or too few of them, under a model of one: refused, and all
 * stays. */
static void
test_other_shape (LatentFixture *f, gconstpointer data)
{
  LatentFixture two;
  latent_set_up (&two, NULL);
  latent_put (&two, "start", "random");
  latent_put (&two, "family", "spirals");
  latent_train (&two, 1, NULL);
  latent_settle (f, 0);
  json_t *wrong = weights_session (&two), *settings = json_object ();
  json_object_set_new (wrong, "settings", settings);
  g_autofree char *before = learned (f);
  for (guint round = 0; round < 2; round++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (odl_experiment_load (f->experiment, wrong, &error));
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, "weights"));
    g_assert_cmpint (error->code, ==, ODL_ERROR_UNREADABLE);
    json_t *weights = json_object_get (json_object_get (wrong, "state"), "weights");
    json_object_set_new (json_object_get (weights, "shape"), "hidden",
                         json_integer (7));
  }
  g_autofree char *after = learned (f);
  g_assert_cmpstr (before, ==, after);
  json_decref (wrong);
  latent_tear_down (&two, NULL);
}

/* ---- Own series ---- */

static void
test_own_series (LatentFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const OdlTime time = { .deadline_us = G_MAXINT64 };
  latent_put (f, "family", "own");
  g_assert_false (odl_experiment_step (f->experiment, &time, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "own series"));
  latent_csv (f, "0,1\n1,2\n2,1\n4,0\n5,1\n");
  latent_do (f, "keep", 0, 0, 0);
  latent_train (f, 2, NULL);
  latent_csv (f, "0,3\n10,4\n20,3\n30,2\n");
  latent_do (f, "keep", 0, 0, 0); /* what was learned stays */
  latent_train (f, 2, NULL);
  latent_settle (f, 0);
  g_assert_cmpuint (f->payload->iteration, ==, 4);
  g_assert_cmpuint (f->payload->n_set, ==, 2);
  g_assert_cmpuint (f->payload->n_set_points, ==, 9);
  LatentFixture other;
  latent_set_up (&other, NULL);
  copy_all (f, &other);
  latent_train (f, 2, NULL);
  latent_train (&other, 2, NULL);
  g_autofree char *a = learned (f), *b = learned (&other);
  g_assert_cmpstr (a, ==, b);
  latent_tear_down (&other, NULL);
  g_assert_true (odl_experiment_undo (f->experiment));
  latent_settle (f, 0);
  g_assert_cmpuint (f->payload->n_set, ==, 1);
  latent_do (f, "forget", 0, 0, 0);
  latent_settle (f, 0);
  g_assert_cmpuint (f->payload->n_set, ==, 0);
}

#define TEST(name, data, function)                                                     \
  g_test_add ("/latent-session/" name, LatentFixture, data, latent_set_up, function,   \
              latent_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("resume/random", "random", test_resume);
  TEST ("resume/shipped", "shipped", test_resume);
  TEST ("answer", NULL, test_answer);
  TEST ("shipped-is-named", NULL, test_shipped_is_named);
  TEST ("every-shipped", NULL, test_every_shipped);
  TEST ("weights", NULL, test_weights);
  TEST ("other-shape", NULL, test_other_shape);
  TEST ("own-series", NULL, test_own_series);
  return g_test_run ();
}
