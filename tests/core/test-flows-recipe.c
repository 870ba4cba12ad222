/* The recipe of the Flows panel: what training must come to, on fixed seeds.
 * SPDX-License-Identifier: MIT
 *
 * The bands are those of the field's own experiments (E. Dupont and others 2019): three
 * extra dimensions separate disc and annulus well within 300 iterations of 256 points
 * and on a dense ring, the plane alone leaves a tear that the dense ring finds, and no
 * flow of the line gets below its floor on the flip while a ResNet does. */
#include "lab/experiment-flows.h"

#include <math.h>
#include "graph/pool.h"
#include "lab/history.h"

#define SEEDS      5
#define ENOUGH     4
#define ITERATIONS 120

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SLOW TRUE
#else
#define SLOW FALSE
#endif

static OdlFrame *
train (const char *const settings[][2], guint seed, guint iterations, OdlPool *pool)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  g_autoptr (OdlExperiment) experiment
      = odl_experiment_new (&odl_experiment_flows, runs, &error);
  g_autofree char *text = g_strdup_printf ("%u", seed);
  odl_experiment_set_text (experiment, "seed", text, &error);
  for (; (*settings)[0] != NULL; settings++)
    odl_experiment_set_text (experiment, (*settings)[0], (*settings)[1], &error);
  g_assert_no_error (error);
  OdlTime time = { .deadline_us = G_MAXINT64, .pool = pool, .runs = runs };
  for (guint i = 0; i < iterations; i++)
    odl_experiment_step (experiment, &time, FALSE, &error);
  g_assert_no_error (error);
  while (odl_experiment_settle (experiment, &time))
    ;
  return odl_experiment_snapshot (experiment);
}

static void
test_circles (void)
{
  if (SLOW) {
    g_test_skip ("takes minutes under a sanitizer");
    return;
  }
  static const char *const settings[][2] = { { NULL } };
  g_autoptr (OdlPool) pool = odl_pool_new (0);
  guint learned = 0, whole = 0, torn = 0;
  for (guint seed = 1; seed <= SEEDS; seed++) {
    g_autoptr (OdlFrame) frame = train (settings, seed, ITERATIONS, pool);
    const OdlFlowsPayload *payload = frame->payload;
    g_assert_cmpuint (payload->n_models, ==, 2);
    const OdlFlowModel *standard = &payload->models[0], *lifted = &payload->models[1];
    g_test_message ("seed %u: augmented %.3g, ring %.3g (%.4f); standard %.3g, ring "
                    "%.3g (%.4f), winding %d, stretch %.3g, nfe %.1f and %.1f",
                    seed, lifted->train.loss, lifted->ring.loss, lifted->ring.accuracy,
                    standard->train.loss, standard->ring.loss, standard->ring.accuracy,
                    standard->winding, standard->stretch, standard->nfe_forward,
                    lifted->nfe_forward);
    learned += lifted->train.loss < 0.01;
    whole += lifted->ring.accuracy >= 0.998;
    torn += standard->ring.loss >= 10 * lifted->ring.loss;
    /* No flow of the plane takes the disc out of the ring, however it looks. */
    g_assert_cmpint (standard->winding, ==, 1);
    g_assert_true (standard->nested);
    g_assert_cmpfloat (standard->stretch, >, 10);
  }
  g_assert_cmpuint (learned, >=, ENOUGH);
  g_assert_cmpuint (whole, >=, ENOUGH);
  g_assert_cmpuint (torn, >=, ENOUGH);
}

/* The flip: floors of ½ and 1 for the flow, none for steps that jump. */
static void
check_flip (const char *loss, double floor)
{
  const char *const settings[][2] = { { "data", "flip" },
                                      { "points", "8" },
                                      { "models", "standard,augmented,resnet" },
                                      { "loss", loss },
                                      { NULL } };
  for (guint seed = 1; seed <= SEEDS; seed++) {
    g_autoptr (OdlFrame) frame = train (settings, seed, 200, NULL);
    const OdlFlowsPayload *payload = frame->payload;
    const OdlFlowModel *model = payload->models;
    g_assert_cmpfloat_with_epsilon (model[0].floor, floor, 1e-9);
    /* The solver's tolerance is the only way below. */
    g_assert_cmpfloat (model[0].train.loss, >=, floor - 1e-4);
    g_assert_cmpfloat (model[0].train.loss, <, floor + 0.05);
    g_assert_cmpfloat (model[1].train.loss, <, floor / 10);
    g_assert_cmpfloat (model[2].train.loss, <, floor / 10);
  }
}

static void
test_flip_smooth (void)
{
  check_flip ("logistic", 0.5);
}

static void
test_flip_squared (void)
{
  check_flip ("squared", 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flows-recipe/circles", test_circles);
  g_test_add_func ("/flows-recipe/flip/smooth-l1", test_flip_smooth);
  g_test_add_func ("/flows-recipe/flip/squared", test_flip_squared);
  return g_test_run ();
}
