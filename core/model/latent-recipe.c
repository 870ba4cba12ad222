/* Recipes of latent models. SPDX-License-Identifier: MIT
 *
 * The rate warms up and falls as a cosine that ends at a fiftieth of the highest one,
 * so that training can go on after its schedule. The weight of the divergences grows
 * from a small β to 1 (Bowman and others 2016): a young model must first find a use for
 * z. */
#include "model/latent-recipe.h"

#include <math.h>
#include <string.h>

#define WARM_UP   50
#define FLOOR     0.02 /* of the highest rate, at the end */
#define BETA_END  0.3  /* of the schedule: where β has reached 1 */
#define TRUST_END 0.2

guint
odl_latent_mixed_families (void)
{
  guint set = 0;
  for (guint family = 0; family < ODL_N_FAMILIES; family++)
    if (odl_family_info (family)->channels == 1)
      set |= 1u << family;
  return set;
}

/* What differs between the families: shape, highest rate and length of the schedule. A
 * model of many families needs more of each, and goes astray at the rate that suits one
 * family. */
typedef struct {
  guint latent, hidden, units, steps, iterations;
  double rate;
} Size;

static const Size mixed = { 14, 48, 48, 20, 120000, 3e-3 };
#define OWN_ITERATIONS 24000 /* of the mixed model's shape, on a set of one's own */
static const Size sizes[ODL_N_FAMILIES] = {
  [ODL_FAMILY_PERIODIC] = { 6, 32, 32, 24, 16000, 6e-3 },
  [ODL_FAMILY_DAMPED] = { 8, 32, 32, 24, 10000, 6e-3 },
  [ODL_FAMILY_LOGISTIC] = { 6, 24, 32, 12, 7000, 6e-3 },
  [ODL_FAMILY_CHIRP] = { 8, 32, 32, 24, 16000, 6e-3 },
  [ODL_FAMILY_SINES] = { 6, 32, 32, 24, 16000, 6e-3 },
  [ODL_FAMILY_DECAY] = { 6, 24, 32, 12, 7000, 6e-3 },
  [ODL_FAMILY_SPIRALS] = { 8, 32, 32, 16, 12000, 6e-3 },
};

static OdlLatentRecipe
of_size (const Size *size)
{
  return (OdlLatentRecipe){
    .shape = { .channels = 1,
               .latent = size->latent,
               .hidden = size->hidden,
               .units = size->units,
               .steps = size->steps },
    .seed = 1,
    .iterations = size->iterations,
    .bound = ODL_LATENT_BOUND_CONDITIONAL,
    .tiles = 2,
    .points = 40,
    .samples = 1,
    .part = 0.5,
    .rate = size->rate,
    .clip = 1,
    .beta = 0.01,
    .trust = 0.2,
    .average = 0.998,
  };
}

gboolean
odl_latent_recipe (const char *id, OdlLatentRecipe *recipe, GError **error)
{
  g_return_val_if_fail (id != NULL && recipe != NULL, FALSE);
  OdlFamily family;
  *recipe = of_size (&mixed);
  if (strcmp (id, "own") == 0) {
    recipe->iterations = OWN_ITERATIONS;
    return TRUE;
  }
  if (strcmp (id, "mixed") == 0) {
    recipe->families = odl_latent_mixed_families ();
    recipe->often = 1u << ODL_FAMILY_SINES; /* the hardest to tell from the others */
    recipe->vary = TRUE;
    return TRUE;
  }
  if (!odl_family_find (id, &family, error)) {
    g_prefix_error (error, "neither “mixed” nor “own”, and ");
    return FALSE;
  }
  *recipe = of_size (&sizes[family]);
  recipe->families = 1u << family;
  recipe->shape.channels = odl_family_info (family)->channels;
  return TRUE;
}

/* ── Checks ──────────────────────────────────────────────────────────────────── */

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, ODL_ERROR, ODL_ERROR_INVALID, what);
  return FALSE;
}

static gboolean
check_families (const OdlLatentRecipe *recipe, GError **error)
{
  if (recipe->families >> ODL_N_FAMILIES != 0)
    return refuse (error, "families: there are not so many");
  if ((recipe->often & ~recipe->families) != 0)
    return refuse (error, "often: only families that are drawn can be drawn often");
  for (guint family = 0; family < ODL_N_FAMILIES; family++)
    if (recipe->families >> family & 1
        && odl_family_info (family)->channels != recipe->shape.channels)
      return refuse (error, "families: all must have as many channels as the model");
  return TRUE;
}

gboolean
odl_latent_recipe_check (const OdlLatentRecipe *r, GError **error)
{
  if (r->tiles < 1 || r->tiles > 32 || r->points < 1
      || r->points > ODL_LATENT_MAX_POINTS)
    return refuse (error, "1 to 32 tiles of series with 1 to 1024 points are accepted");
  if (r->samples < 1 || r->samples > 64)
    return refuse (error, "1 to 64 samples are accepted");
  if (!(r->rate > 0 && r->rate <= 1) || !(r->clip >= 0))
    return refuse (error, "rate and clip: a rate in (0, 1] and a clip from 0");
  if (!(r->beta >= 0 && r->beta <= 1) || !(r->trust >= 0 && r->trust <= 1)
      || !(r->average >= 0 && r->average < 1) || !(r->part >= 0 && r->part <= 1))
    return refuse (error, "beta, trust, average and part: from 0 to 1");
  return r->families == 0 || check_families (r, error);
}

/* ── The schedule ────────────────────────────────────────────────────────────── */

static double
grow (double start, double part, double end)
{
  return start + (1 - start) * fmin (1, part / end);
}

OdlLatentPace
odl_latent_recipe_pace (const OdlLatentRecipe *recipe, guint64 iteration)
{
  const double at = (double)iteration, all = (double)MAX (recipe->iterations, 1);
  const double part = fmin (1, at / all), cosine = 0.5 * (1 + cos (G_PI * part));
  const double warm = fmin (1, (at + 1) / WARM_UP);
  return (OdlLatentPace){
    .rate = recipe->rate * warm * (FLOOR + (1 - FLOOR) * cosine),
    .beta = grow (recipe->beta, part, BETA_END),
    .trust = grow (recipe->trust, part, TRUST_END),
  };
}
