/* The Flows experiment: what it shows is what the models do, and whatever is painted,
 * read or set is answered. SPDX-License-Identifier: MIT */
#include "lab/experiment-flows.h"

#include <math.h>
#include <string.h>
#include "base/status.h"
#include "field/network.h"
#include "gradient/gradient.h"
#include "lab/flows-settings.h"
#include "learn/dataset.h"
#include "support/flows.h"

/* ---- Settings ---- */

static gboolean
offers (const char *key, const char *id)
{
  const char *const *choice = flows_row (key)->choices;
  for (; choice[0] != NULL; choice += 2)
    if (g_str_equal (choice[0], id))
      return TRUE;
  return FALSE;
}

/* The rows' literals against the registries. */
static void
test_choices (void)
{
  guint n;
  const OdlMethod *const *methods = odl_methods (&n);
  for (guint i = 0; i < n; i++) {
    gboolean usable = methods[i]->kind == ODL_METHOD_EXPLICIT;
    g_assert_cmpint (offers ("method", methods[i]->id), ==, usable);
    g_assert_cmpint (offers ("resolve", methods[i]->id), ==, usable);
  }
  const OdlGradientMethod *gradients = odl_gradient_methods (&n);
  for (guint i = 0; i < n; i++)
    g_assert_true (offers ("gradient", gradients[i].id));
  for (guint i = 0; i < ODL_N_DATASETS; i++)
    g_assert_true (offers ("data", odl_dataset_id ((OdlDatasetKind)i)));
  for (guint i = 0; i < ODL_N_ACTIVATIONS; i++)
    g_assert_true (offers ("activation", odl_activation_id ((OdlActivation)i)));
}

/* Every choice of every setting either trains or is refused in a sentence. */
static void
test_every_choice (FlowsFixture *f, gconstpointer data)
{
  flows_put (f, "models", "standard,augmented,resnet");
  for (guint i = 0; i < ODL_FLOWS_N_SETTINGS; i++) {
    const OdlSetting *setting = &odl_flows_settings[i];
    if (setting->kind != ODL_SETTING_CHOICE && setting->kind != ODL_SETTING_BOOLEAN)
      continue;
    static const char *const switches[] = { "true", "", "false", "", NULL };
    const char *const *choice = setting->choices ? setting->choices : switches;
    for (; choice[0] != NULL; choice += 2) {
      g_autoptr (GError) error = NULL;
      if (!odl_experiment_set_text (f->experiment, setting->key, choice[0], &error)) {
        g_assert_nonnull (error);
        continue;
      }
      gboolean more = flows_step (f, NULL, &error);
      if (!more)
        g_assert_true (error != NULL && strlen (error->message) > 20);
      flows_settle (f);
    }
    flows_put (f, setting->key, setting->fallback);
  }
}

/* A model too large for memory and sessions is refused before it is made. */
static void
test_too_many_weights (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  flows_put (f, "blocks", "64");
  flows_train (f, 1, NULL);
  g_assert_false (
      odl_experiment_set_text (f->experiment, "hidden", "256, 256, 256", &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "weights"));
  flows_train (f, 1, NULL);
  flows_settle (f);
  g_assert_cmpuint (f->payload->present, ==, 2);
}

static void
test_refused (FlowsFixture *f, gconstpointer data)
{
  static const char *const wrong[][2] = {
    { "hidden", "8.5" }, { "hidden", "8, 8, 8, 8, 8, 8, 8" },
    { "hidden", "0" },   { "extra", "6" },
    { "points", "3" },   { "rate", "nan" },
  };
  flows_train (f, 2, NULL);
  char *before = flows_fingerprint (f, "standard");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (
        odl_experiment_set_text (f->experiment, wrong[i][0], wrong[i][1], &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  }
  char *after = flows_fingerprint (f, "standard");
  g_assert_cmpstr (before, ==, after);
  free (before);
  free (after);
}

/* ---- Pictures ---- */

static void
check_start (const OdlFlowsPayload *p, const OdlFlowModel *m)
{
  for (guint i = 0; i < p->n; i++) {
    g_assert_cmpfloat (m->path[i * m->dim], ==, (float)p->x[i]);
    if (p->data_dim > 1)
      g_assert_cmpfloat (m->path[i * m->dim + 1], ==, (float)p->y[i]);
    for (guint c = p->data_dim; c < m->dim; c++)
      g_assert_cmpfloat (m->path[i * m->dim + c], ==, 0);
  }
}

/* The readout of the last state gives the class and probability that are told. */
static void
check_end (const OdlFlowsPayload *p, const OdlFlowModel *m)
{
  const float *last = m->path + (gsize)(m->n_depths - 1) * p->n * m->dim;
  guint right = 0;
  for (guint i = 0; i < p->n; i++) {
    double z = m->readout_b[0];
    for (guint c = 0; c < m->dim; c++)
      z += m->readout_w[c] * last[i * m->dim + c];
    if (fabs (z) < 1e-4)
      continue;
    g_assert_cmpuint (m->given[i], ==, z > 0);
    g_assert_cmpfloat_with_epsilon (m->probability[i], 1 / (1 + exp (-fabs (z))), 1e-4);
    right += i < p->n_train && m->given[i] == p->label[i];
  }
  g_assert_cmpfloat_with_epsilon (m->train.accuracy, (double)right / p->n_train, 0.05);
}

static void
check_sheet (const OdlFlowsPayload *p, const OdlFlowModel *m)
{
  guint n = m->rows * m->columns;
  g_assert_nonnull (m->sheet);
  g_assert_cmpfloat (m->sheet[0], ==, (float)p->x0);
  g_assert_cmpfloat (m->sheet[(n - 1) * m->dim], ==, (float)p->x1);
  g_assert_cmpfloat (m->sheet[(n - 1) * m->dim + 1], ==, (float)p->y1);
  const float *last = m->sheet + (gsize)(m->n_depths - 1) * n * m->dim;
  for (guint i = 0; i < n; i++) {
    double z = m->readout_b[0];
    for (guint c = 0; c < m->dim; c++)
      z += m->readout_w[c] * last[i * m->dim + c];
    g_assert_cmpfloat_with_epsilon (m->sheet_logit[i], z, 1e-3 * (1 + fabs (z)));
  }
}

static void
test_picture (FlowsFixture *f, gconstpointer data)
{
  flows_put (f, "models", "standard,augmented,resnet");
  flows_train (f, 20, NULL);
  flows_settle (f);
  const OdlFlowsPayload *p = f->payload;
  g_assert_cmpuint (p->n_models, ==, 3);
  g_assert_cmpuint (p->n, ==, 48);
  g_assert_cmpuint (p->n_train, ==, 32);
  g_assert_cmpuint (p->iteration, ==, 20);
  for (guint k = 0; k < p->n_models; k++) {
    const OdlFlowModel *m = &p->models[k];
    g_assert_cmpuint (m->n_history, ==, 20);
    g_assert_cmpstr (m->id, ==, k == 0 ? "standard" : k == 1 ? "augmented" : "resnet");
    g_assert_cmpuint (m->dim, ==, k == 1 ? 3 : 2);
    g_assert_true (k == 2 ? m->nfe == NULL : m->nfe[0] > 0);
    check_start (p, m);
    check_end (p, m);
    check_sheet (p, m);
    g_assert_cmpfloat (m->path_length, >, 0);
    g_assert_true (isfinite (m->ring.loss) && isfinite (m->stretch));
    g_assert_nonnull (m->sentence);
  }
  /* The lift is a unit vector of the extra coordinate. */
  const double *lift = p->models[1].lift + 2 * 3;
  g_assert_cmpfloat_with_epsilon (fabs (lift[2]), 1, 1e-12);
}

/* An untrained flow of the plane never turns anything over, whatever is asked of it. */
static void
test_exact_flow_is_whole (FlowsFixture *f, gconstpointer data)
{
  flows_put (f, "mode", "fixed");
  flows_put (f, "method", "rk4");
  flows_put (f, "steps", "20");
  flows_put (f, "models", "standard");
  flows_train (f, 30, NULL);
  flows_settle (f);
  const OdlFlowModel *m = &f->payload->models[0];
  g_assert_cmpuint (m->step_every, ==, 2);
  g_assert_cmpuint (m->n_depths, ==, 41);
  g_assert_cmpuint (m->n_tried_folds, >, 0);
  g_assert_cmpuint (m->n_folded, ==, 0);
  g_assert_cmpuint (m->n_crossings, ==, 0);
  g_assert_cmpint (m->winding, ==, 1);
  g_assert_true (m->nested);
}

/* A net trained on two Euler steps is found out by an exact solve. */
static void
test_coarse_steps_are_found_out (FlowsFixture *f, gconstpointer data)
{
  flows_put (f, "points", "128");
  flows_put (f, "hidden", "32");
  flows_put (f, "mode", "fixed");
  flows_put (f, "method", "euler");
  flows_put (f, "steps", "2");
  flows_put (f, "rate", "0.03");
  flows_put (f, "models", "standard");
  flows_train (f, 300, NULL);
  flows_settle (f);
  const OdlFlowModel *m = &f->payload->models[0];
  g_assert_cmpuint (m->n_depths, ==, 3);
  g_test_message ("%s", m->sentence);
  g_assert_cmpuint (m->n_folded, >, 0);
  g_assert_cmpuint (m->n_crossings, >, 0);
  g_assert_cmpfloat (m->train.accuracy - m->exact.accuracy, >, 0.05);
  double as_trained = m->train.accuracy, exact = m->exact.accuracy;
  flows_put (f, "resolve", "dopri5");
  flows_settle (f);
  m = &f->payload->models[0];
  g_assert_true (f->payload->resolved);
  g_assert_cmpfloat (m->as_trained.accuracy, ==, as_trained);
  g_assert_cmpfloat_with_epsilon (m->train.accuracy, exact, 0.02);
  g_assert_nonnull (f->payload->resolve_sentence);
  /* Fine steps of high order follow the flow; where it contracts, the chords that its
   * paths are drawn with cross all the same, and are not counted. */
  flows_put (f, "resolve", "rk4");
  flows_put (f, "resolve-mode", "fixed");
  flows_settle (f);
  m = &f->payload->models[0];
  g_assert_cmpuint (m->step_every, ==, 2);
  g_assert_cmpuint (m->n_folded, ==, 0);
  g_assert_cmpuint (m->n_crossings, ==, 0);
}

/* On the flip one Euler step may jump; the sentence says so. */
static void
test_flip_by_steps (FlowsFixture *f, gconstpointer data)
{
  flows_put (f, "data", "flip");
  flows_put (f, "mode", "fixed");
  flows_put (f, "method", "euler");
  flows_put (f, "steps", "1");
  flows_train (f, 200, NULL);
  flows_settle (f);
  const OdlFlowModel *m = &f->payload->models[0];
  g_assert_cmpfloat (m->train.loss, <, 0.1);
  g_assert_cmpuint (m->n_crossings, >, 0);
  g_assert_nonnull (strstr (m->sentence, "below"));
  g_assert_cmpuint (m->rows, ==, 1);
}

/* A kinetic penalty makes paths shorter, one on the Jacobian the field smoother; with
 * either an input costs fewer evaluations. */
static void
test_penalties (FlowsFixture *f, gconstpointer data)
{
  static const struct {
    const char *kinetic, *jacobian;
    double length;
  } cases[] = { { "0", "0", INFINITY }, { "0.05", "0", 0.8 }, { "0", "0.02", 1 } };
  double free_length = 1, free_cost = INFINITY;
  flows_put (f, "models", "augmented");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    flows_put (f, "kinetic", cases[i].kinetic);
    flows_put (f, "jacobian", cases[i].jacobian);
    odl_experiment_reset (f->experiment);
    flows_train (f, 150, NULL);
    flows_settle (f);
    const OdlFlowModel *m = &f->payload->models[0];
    g_test_message ("kinetic %s, Jacobian %s: length %.3g, %.3g evaluations",
                    cases[i].kinetic, cases[i].jacobian, m->path_length,
                    m->nfe_forward);
    g_assert_cmpint (isfinite (m->kinetic), ==, cases[i].kinetic[1] != '\0');
    g_assert_cmpint (isfinite (m->jacobian), ==, cases[i].jacobian[1] != '\0');
    g_assert_cmpfloat (m->path_length, <, cases[i].length * free_length);
    g_assert_cmpfloat (m->nfe_forward, <, free_cost);
    if (i > 0)
      continue;
    free_length = m->path_length;
    free_cost = m->nfe_forward;
  }
}

/* ---- Points ---- */

static void
test_painting (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  flows_train (f, 5, NULL);
  flows_settle (f);
  g_assert_true (flows_act (f, "paint-b", 0.1, 0.2, &error));
  flows_settle (f);
  g_assert_cmpstr (f->payload->data, ==, "own");
  g_assert_cmpuint (f->payload->n_train, ==, 33);
  g_assert_cmpfloat (f->payload->x[32], ==, 0.1);
  g_assert_cmpuint (f->payload->label[32], ==, 1);
  /* What was learned stays. */
  g_assert_cmpuint (f->payload->present, ==, 5);
  flows_train (f, 1, NULL);
  g_assert_true (odl_experiment_undo (f->experiment));
  flows_settle (f);
  g_assert_cmpstr (f->payload->data, ==, "circles");
  g_assert_cmpuint (f->payload->n_train, ==, 32);
  g_assert_cmpuint (f->payload->present, ==, 6);
  g_assert_true (odl_experiment_redo (f->experiment));
  g_assert_true (flows_act (f, "erase", 0.12, 0.2, &error));
  flows_settle (f);
  g_assert_cmpuint (f->payload->n_train, ==, 32);
  g_assert_cmpstr (f->payload->data, ==, "own");
  g_assert_false (flows_act (f, "paint-a", 1e300, 0, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_clear_error (&error);
  flows_put (f, "data", "flip");
  g_assert_false (flows_act (f, "paint-a", 0, 0, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
}

/* A third class makes three outputs; a stroke leaves points at a distance. */
static void
test_classes_and_strokes (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  flows_put (f, "models", "standard,augmented,resnet");
  g_assert_true (flows_act (f, "clear", 0, 0, &error));
  flows_settle (f);
  g_assert_cmpuint (f->payload->n, ==, 0);
  g_assert_false (f->frame->can_run);
  /* Without a point the plane is there all the same, to be painted on. */
  g_assert_cmpuint (f->payload->n_models, ==, 3);
  for (guint i = 0; i < f->payload->n_models; i++) {
    const OdlFlowModel *m = &f->payload->models[i];
    g_assert_nonnull (m->sheet);
    g_assert_nonnull (strstr (m->sentence, "no points yet"));
    g_assert_true (isnan (m->train.loss) && isnan (m->exact_gap));
  }
  g_assert_false (flows_step (f, NULL, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_FAILED);
  g_clear_error (&error);
  for (int i = 0; i < 12; i++) {
    OdlAction action = { .kind = "paint",
                         .index = i / 4,
                         .phase = ODL_PHASE_END,
                         .x = i / 4 - 1,
                         .y = 0.3 * (i % 4) };
    g_assert_true (odl_experiment_act (f->experiment, &action, &error));
  }
  flows_settle (f);
  g_assert_cmpuint (f->payload->n, ==, 12);
  g_assert_cmpuint (f->payload->n_classes, ==, 3);
  g_assert_cmpuint (f->payload->models[0].n_outputs, ==, 3);
  flows_train (f, 100, NULL);
  flows_settle (f);
  g_assert_cmpfloat (f->payload->models[1].train.accuracy, >, 0.9);
  for (int i = 0; i <= 100; i++) {
    OdlAction action = { .kind = "paint",
                         .phase = i == 0     ? ODL_PHASE_BEGIN
                                  : i == 100 ? ODL_PHASE_END
                                             : ODL_PHASE_UPDATE,
                         .x = -1 + i * 0.01,
                         .y = -1 };
    g_assert_true (odl_experiment_act (f->experiment, &action, &error));
  }
  flows_settle (f);
  g_assert_cmpuint (f->payload->n, >=, 12 + 10);
  g_assert_cmpuint (f->payload->n, <=, 12 + 14);
}

static void
test_csv (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (
      flows_read_csv (f, "x,y,class\n0,0,a\n0,900,b\n900,0,a\n900,900,b\n", &error));
  flows_settle (f);
  g_assert_cmpuint (f->payload->n, ==, 4);
  for (guint i = 0; i < 4; i++) {
    double x = f->payload->x[i] * f->payload->unit + f->payload->origin_x;
    double y = f->payload->y[i] * f->payload->unit + f->payload->origin_y;
    g_assert_cmpfloat_with_epsilon (x, i < 2 ? 0 : 900, 1e-9);
    g_assert_cmpfloat_with_epsilon (y, i % 2 == 0 ? 0 : 900, 1e-9);
    g_assert_cmpfloat (fabs (f->payload->x[i]), <=, 2);
  }
  static const struct {
    const char *text, *says;
  } wrong[] = {
    { "", "points" },
    { "0,0,a\n1,1,a\n2,2,a\n3,3,a\n", "one class" },
    { "0,0,a\n1,1,b\n", "4" },
    { "0,0,a\n1,x,b\n", "line 2" },
    { "0,0,a\n1,1e300,b\n0,0,a\n1,1,b\n", "line 2" },
    { "0,0\n", "line 1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_false (flows_read_csv (f, wrong[i].text, &error));
    g_assert_nonnull (strstr (error->message, wrong[i].says));
    g_clear_error (&error);
    flows_look (f);
    g_assert_cmpuint (f->payload->n, ==, 4);
  }
  /* The same point many times is no trouble. */
  g_assert_true (flows_read_csv (f, "1,1,a\n1,1,b\n1,1,a\n1,1,b\n", &error));
  flows_train (f, 3, NULL);
  flows_settle (f);
  g_assert_cmpuint (f->payload->n_train_all + f->payload->n_test_all, ==, 4);
  for (guint i = 0; i < f->payload->n_models; i++) {
    const OdlFlowModel *m = &f->payload->models[i];
    g_assert_null (m->failure);
    /* Two of them are right whatever is said, and nothing is as good as even odds. */
    g_assert_cmpfloat (m->train.accuracy, ==, 0.5);
    g_assert_cmpfloat (m->train.loss, >=, G_LN2 - 1e-12);
  }
}

/* A million lines: read in time, thinned fairly, trained on in batches. */
static void
test_huge_csv (FlowsFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < 1000000; i++)
    g_string_append_printf (text, "%u,%u,%c\n", i % 1000, i / 1000,
                            i % 1000 < 500 ? 'a' : 'b');
  gboolean good = flows_read_csv (f, text->str, &error);
  g_assert_no_error (error);
  g_assert_true (good);
  flows_put (f, "models", "standard");
  flows_train (f, 2, NULL);
  flows_settle (f);
  g_assert_cmpuint (f->payload->n, <=, ODL_FLOWS_MAX_SHOWN);
  g_assert_cmpuint (f->payload->n_train_all + f->payload->n_test_all, ==, 10000);
  guint left = 0;
  for (guint i = 0; i < f->payload->n; i++)
    left += f->payload->x[i] < 0;
  g_assert_cmpfloat_with_epsilon ((double)left / f->payload->n, 0.5, 0.05);
  g_string_append (text, "0,0,a\n");
  g_assert_false (flows_read_csv (f, text->str, &error));
  g_assert_nonnull (strstr (error->message, "million"));
  g_string_free (text, TRUE);
}

/* Single iterations bring pictures along while somebody takes frames. */
static void
test_pictures_follow (FlowsFixture *f, gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  flows_settle (f);
  double before = f->payload->models[0].train.loss;
  do {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (5000);
    flows_train (f, 1, NULL);
    flows_look (f);
  } while (f->payload->models[0].train.loss == before);
}

/* Frames outlive what they were made from. */
static void
test_frames_are_whole (FlowsFixture *f, gconstpointer data)
{
  flows_train (f, 3, NULL);
  flows_settle (f);
  OdlFrame *old = odl_frame_ref (f->frame);
  const OdlFlowsPayload *p = old->payload;
  float first = p->models[0].path[0], last = p->models[0].sheet_logit[0];
  flows_put (f, "hidden", "4");
  flows_put (f, "data", "moons");
  flows_train (f, 3, NULL);
  flows_settle (f);
  g_assert_cmpfloat (p->models[0].path[0], ==, first);
  g_assert_cmpfloat (p->models[0].sheet_logit[0], ==, last);
  g_assert_cmpstr (p->data, ==, "circles");
  odl_frame_unref (old);
}

#define TEST(name, function)                                                           \
  g_test_add ("/flows/" name, FlowsFixture, NULL, flows_set_up, function,              \
              flows_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flows/choices", test_choices);
  TEST ("every-choice", test_every_choice);
  TEST ("refused", test_refused);
  TEST ("too-many-weights", test_too_many_weights);
  TEST ("picture", test_picture);
  TEST ("exact-flow-is-whole", test_exact_flow_is_whole);
  TEST ("coarse-steps-are-found-out", test_coarse_steps_are_found_out);
  TEST ("flip-by-steps", test_flip_by_steps);
  TEST ("penalties", test_penalties);
  TEST ("painting", test_painting);
  TEST ("classes-and-strokes", test_classes_and_strokes);
  TEST ("csv", test_csv);
  TEST ("huge-csv", test_huge_csv);
  TEST ("pictures-follow", test_pictures_follow);
  TEST ("frames-are-whole", test_frames_are_whole);
  return g_test_run ();
}
