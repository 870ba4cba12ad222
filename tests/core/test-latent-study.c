/* Tests of a latent model in training: the same bits by any way that leads to an
 * iteration, files that are refused, divergence that keeps the last good weights, and
 * shipped weights that come back exactly. SPDX-License-Identifier: MIT */
#include "model/latent-study.h"

#include <math.h>
#include <string.h>

static OdlLatentRecipe
small (const char *id)
{
  GError *error = NULL;
  OdlLatentRecipe recipe;
  odl_latent_recipe (id, &recipe, &error);
  g_assert_no_error (error);
  recipe.shape.latent = 4;
  recipe.shape.hidden = 8;
  recipe.shape.units = 8;
  recipe.shape.steps = 8;
  recipe.iterations = 40;
  recipe.points = 10;
  return recipe;
}

static OdlLatentStudy *
begin (const OdlLatentRecipe *recipe)
{
  GError *error = NULL;
  OdlLatentStudy *study = odl_latent_study_new (recipe, NULL, 0, &error);
  g_assert_no_error (error);
  return study;
}

static void
iterate (OdlLatentStudy *study, guint n, OdlPool *pool)
{
  for (guint i = 0; i < n; i++)
    g_assert_true (odl_latent_study_iterate (study, pool));
}

static void
assert_same (const OdlLatentStudy *a, const OdlLatentStudy *b)
{
  const gsize bytes = odl_latent_study_model (a)->n_theta * sizeof (double);
  g_assert_cmpuint (odl_latent_study_iteration (a), ==, odl_latent_study_iteration (b));
  g_assert_cmpmem (odl_latent_study_theta (a), bytes, odl_latent_study_theta (b),
                   bytes);
}

/* Every id has a recipe; its study takes an iteration; other ids are refused. */
static void
test_recipes (void)
{
  static const char *const ids[] = { "mixed",
#define X(ID, id, ...) id,
                                     ODL_FAMILIES (X)
#undef X
  };
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    const OdlLatentRecipe recipe = small (ids[i]);
    g_autoptr (OdlLatentStudy) study = begin (&recipe);
    g_assert_true (isnan (odl_latent_study_progress (study).loss.loss));
    iterate (study, 1, NULL);
    g_assert_true (isfinite (odl_latent_study_progress (study).loss.loss));
    g_assert_cmpfloat (odl_latent_study_progress (study).gradient_norm, >, 0);
  }
  g_autoptr (GError) error = NULL;
  OdlLatentRecipe recipe;
  g_assert_false (odl_latent_recipe ("cosine", &recipe, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "mixed"));
}

static void
test_recipes_refused (void)
{
  for (guint i = 0; i < 9; i++) {
    g_autoptr (GError) error = NULL;
    OdlLatentRecipe recipe = small (i == 7 ? "own" : "decay");
    if (i == 0)
      recipe.tiles = 0;
    if (i == 1)
      recipe.points = 5000;
    if (i == 2)
      recipe.samples = 0;
    if (i == 3)
      recipe.rate = NAN;
    if (i == 4)
      recipe.average = 1;
    if (i == 5)
      recipe.families = 1u << ODL_FAMILY_SPIRALS; /* two channels */
    if (i == 6)
      recipe.shape.units = 1000;
    if (i == 8)
      recipe.often = 1u << ODL_FAMILY_SINES; /* which is not drawn */
    g_assert_null (odl_latent_study_new (&recipe, NULL, 0, &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  }
}

/* 5 + save + load + 5 = 10, with one thread and with three. */
static void
test_resumed (void)
{
  const OdlLatentRecipe recipe = small ("mixed");
  g_autoptr (OdlPool) pool = odl_pool_new (3);
  g_autoptr (OdlLatentStudy) straight = begin (&recipe), first = begin (&recipe);
  g_autoptr (OdlLatentStudy) second = begin (&recipe);
  iterate (straight, 10, pool);
  iterate (first, 5, NULL);
  iterate (second, 2, NULL);
  json_t *saved = odl_latent_study_save (first);
  g_autofree char *text = json_dumps (saved, JSON_REAL_PRECISION (17));
  json_decref (saved);
  saved = json_loads (text, 0, NULL);
  GError *error = NULL;
  odl_latent_study_load (second, saved, &error);
  g_assert_no_error (error);
  json_decref (saved);
  assert_same (first, second);
  g_assert_cmpfloat (odl_latent_study_progress (first).loss.nll, ==,
                     odl_latent_study_progress (second).loss.nll);
  iterate (second, 5, NULL);
  assert_same (straight, second);
  odl_latent_study_restart (straight, NULL);
  iterate (straight, 5, pool);
  assert_same (straight, first);
}

/* A file that is not right changes nothing. */
static void
test_files_refused (void)
{
  OdlLatentRecipe recipe = small ("decay");
  g_autoptr (OdlLatentStudy) study = begin (&recipe), same = begin (&recipe);
  recipe.shape.hidden = 9;
  g_autoptr (OdlLatentStudy) other = begin (&recipe);
  iterate (study, 1, NULL);
  iterate (same, 1, NULL);
  static const char *const keys[] = { "shape", "iteration", "diverged", "optimizer",
                                      "theta", "average",   "good",     "last" };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GError) error = NULL;
    json_t *saved = odl_latent_study_save (study);
    json_object_set_new (saved, keys[i], json_string ("AAAAAAAA+H8=")); /* a NaN */
    g_assert_false (odl_latent_study_load (study, saved, &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
    json_decref (saved);
    assert_same (study, same);
  }
  g_autoptr (GError) error = NULL;
  json_t *saved = odl_latent_study_save (other);
  g_assert_false (odl_latent_study_load (study, saved, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
  json_decref (saved);
  assert_same (study, same);
}

/* A set that makes the loss overflow: training ends at the weights it had, which are
 * good for the set that it had before. */
static void
test_divergence (void)
{
  OdlLatentRecipe recipe = small ("own");
  OdlSeries *series = odl_series_new (3, 1);
  for (guint i = 0; i < 3; i++)
    series->t[i] = 0.5 * i, series->y[i] = 1e200;
  GError *error = NULL;
  g_autoptr (OdlLatentStudy) study = odl_latent_study_new (&recipe, &series, 1, &error);
  g_assert_no_error (error);
  const gsize n = odl_latent_study_model (study)->n_theta;
  g_autofree double *before = g_memdup2 (odl_latent_study_theta (study), n * 8);
  g_assert_false (odl_latent_study_iterate (study, NULL));
  g_assert_true (odl_latent_study_diverged (study));
  g_assert_false (odl_latent_study_iterate (study, NULL));
  g_assert_cmpuint (odl_latent_study_iteration (study), ==, 0);
  g_assert_cmpmem (odl_latent_study_theta (study), n * 8, before, n * 8);
  odl_series_free (series);
}

/* An own set is learned from: the loss falls. */
static void
test_own_set (void)
{
  OdlLatentRecipe recipe = small ("own");
  OdlSeries *set[2];
  for (guint k = 0; k < 2; k++) {
    set[k] = odl_series_new (12, 1);
    for (guint i = 0; i < 12; i++)
      set[k]->t[i] = i / 11.0, set[k]->y[i] = (k ? 1 : -1) * (0.3 + 0.5 * i / 11.0);
  }
  recipe.rate = 0.01;
  GError *error = NULL;
  g_autoptr (OdlLatentStudy) study = odl_latent_study_new (&recipe, set, 2, &error);
  g_assert_no_error (error);
  odl_series_free (set[0]);
  odl_series_free (set[1]);
  iterate (study, 1, NULL);
  double first = odl_latent_study_progress (study).loss.nll;
  iterate (study, 120, NULL);
  g_assert_cmpfloat (odl_latent_study_progress (study).loss.nll, <, first - 0.2);
}

static void
test_weights (void)
{
  const OdlLatentRecipe recipe = small ("sines");
  g_autoptr (OdlLatentStudy) study = begin (&recipe);
  iterate (study, 2, NULL);
  const double *theta = odl_latent_study_theta (study);
  json_t *saved = odl_latent_weights_save (&recipe.shape, theta);
  GError *error = NULL;
  double *loaded;
  g_autoptr (OdlLatent) model = odl_latent_weights_load (saved, &loaded, &error);
  g_assert_no_error (error);
  const gsize bytes = model->n_theta * sizeof (double);
  g_assert_cmpmem (theta, bytes, loaded, bytes);
  g_aligned_free (loaded);
  /* One weight too few for the shape; a shape that there is not. */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) wrong = NULL;
    json_t *shape = json_object_get (saved, "shape");
    json_object_set_new (shape, "hidden", json_integer (i ? 0 : 9));
    g_assert_null (odl_latent_weights_load (saved, &loaded, &wrong));
    g_assert_error (wrong, ODL_ERROR, ODL_ERROR_UNREADABLE);
    g_assert_null (loaded);
  }
  json_decref (saved);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latent-study/recipes", test_recipes);
  g_test_add_func ("/latent-study/recipes-refused", test_recipes_refused);
  g_test_add_func ("/latent-study/resumed", test_resumed);
  g_test_add_func ("/latent-study/files-refused", test_files_refused);
  g_test_add_func ("/latent-study/divergence", test_divergence);
  g_test_add_func ("/latent-study/own-set", test_own_set);
  g_test_add_func ("/latent-study/weights", test_weights);
  return g_test_run ();
}
