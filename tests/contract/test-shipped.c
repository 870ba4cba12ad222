/* The models that are shipped: each is what its recipe makes, and the README tells how.
 * SPDX-License-Identifier: MIT */
#include <string.h>

#include "lab/latent-shipped.h"
#include "lab/session.h"
#include "model/latent-recipe.h"

static char *
read_readme (void)
{
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (ODL_SOURCE_DIR "/README.md", &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* Settings of the session, none but family, start and seed other than their defaults;
 * the seed. */
static gint64
check_settings (const OdlShippedModel *model)
{
  g_autoptr (GError) error = NULL;
  json_t *session = odl_session_parse (model->text, (gsize)(model->end - model->text),
                                       model->id, &error);
  g_assert_no_error (error);
  const json_t *saved = json_array_get (json_object_get (session, "experiments"), 0);
  const json_t *settings = json_object_get (saved, "settings");
  static const char *const zeros[] = { "schedule", "rate", "batch" };
  g_assert_cmpstr (json_string_value (json_object_get (settings, "family")), ==,
                   model->id);
  g_assert_cmpstr (json_string_value (json_object_get (settings, "start")), ==,
                   "random");
  const gint64 seed = json_integer_value (json_object_get (settings, "seed"));
  for (guint i = 0; i < G_N_ELEMENTS (zeros); i++)
    g_assert_cmpfloat (json_number_value (json_object_get (settings, zeros[i])), ==, 0);
  g_assert_null (json_object_get (saved, "data"));
  json_decref (session);
  return seed;
}

/* "… --set family=decay --iterations 7000 --weights resources/models/latent-decay…" */
static void
check_command (const char *readme, const char *id, guint64 iterations, gint64 seed)
{
  g_autofree char *option = g_strdup_printf (" --seed %" G_GINT64_FORMAT, seed);
  g_autofree char *pattern = g_strdup_printf (
      "odelab train latent --set start=random --set family=%s +--iterations "
      "%" G_GUINT64_FORMAT "%s +--weights resources/models/latent-%s\\.odelab",
      id, iterations, seed == 1 ? "" : option, id);
  g_test_message ("%s", pattern);
  g_assert_true (g_regex_match_simple (pattern, readme, 0, 0));
}

static void
test_shipped (void)
{
  g_autofree char *readme = read_readme ();
  for (const OdlShippedModel *model = odl_shipped_models; model->id; model++) {
    double *theta = NULL;
    OdlLatentShape shape;
    OdlLatentRecipe recipe;
    g_autoptr (GError) error = NULL;
    odl_latent_recipe (model->id, &recipe, &error);
    g_assert_no_error (error);
    g_assert_true (odl_shipped_weights (model->id, &shape, &theta));
    g_aligned_free (theta);
    g_assert_cmpmem (&shape, sizeof shape, &recipe.shape, sizeof recipe.shape);
    const gint64 seed = check_settings (model);
    check_command (readme, model->id, recipe.iterations, seed);
  }
}

/* One for each family and the mixed one, which the panel opens with. */
static void
test_all_there (void)
{
  double *theta = NULL;
  OdlLatentShape shape;
  for (guint i = 0; i < ODL_N_FAMILIES; i++) {
    g_assert_true (odl_shipped_weights (odl_family_info (i)->id, &shape, &theta));
    g_clear_pointer (&theta, g_aligned_free);
  }
  g_assert_true (odl_shipped_weights ("mixed", &shape, &theta));
  g_aligned_free (theta);
  g_assert_false (odl_shipped_weights ("none", &shape, &theta));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shipped/recipes", test_shipped);
  g_test_add_func ("/shipped/all-there", test_all_there);
  return g_test_run ();
}
