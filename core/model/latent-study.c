/* Training of a latent model. SPDX-License-Identifier: MIT
 *
 * Muon on the batches' gradients: it needs a fifth of the iterations that Adam does for
 * the same error (README). The weights that answer are an average over those of
 * the last iterations, which is worth several times as many iterations at a lower rate
 * (Polyak and Juditsky 1992). Batches are functions of seed and iteration, so no state
 * of a random stream is kept. */
#include "model/latent-study.h"

#include <math.h>
#include <string.h>

#include "base/numbers.h"
#include "learn/optimizer.h"

#define HORIZON 1.5

struct _OdlLatentStudy {
  OdlLatentRecipe recipe;
  OdlLatent *model;
  OdlLatentTrainer *trainer;
  OdlOptimizer *optimizer;
  OdlSeries **series;
  guint n_series;
  double *theta, *average, *good, *good_average, *gradient; /* n_theta, one slab */
  guint64 iteration;
  gboolean diverged;
  OdlLatentProgress progress;
};

/* ── A study ─────────────────────────────────────────────────────────────────── */

static gboolean
check_series (const OdlLatentRecipe *recipe, OdlSeries *const *series, guint n_series,
              GError **error)
{
  gboolean good = n_series > 0;
  for (guint i = 0; i < n_series; i++)
    good = good && series[i]->n > 0 && series[i]->channels == recipe->shape.channels;
  if (!good)
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "own series: at least one is needed, and in each of them a point and "
                 "as many channels as the model has, %u",
                 recipe->shape.channels);
  return good;
}

static void
copy_series (OdlLatentStudy *self, OdlSeries *const *series, guint n_series)
{
  self->series = g_new0 (OdlSeries *, n_series + 1);
  self->n_series = n_series;
  for (guint i = 0; i < n_series; i++)
    self->series[i] = odl_series_copy (series[i]);
}

/* How far the longest own series reaches: the path must. */
static double
reach (const OdlLatentStudy *self)
{
  double end = HORIZON;
  for (guint i = 0; i < self->n_series; i++)
    end = fmax (end, self->series[i]->t[self->series[i]->n - 1]);
  return fmin (end, 4);
}

static void
make_trainer (OdlLatentStudy *self)
{
  const OdlLatentRecipe *r = &self->recipe;
  guint longest = 0;
  for (guint i = 0; i < self->n_series; i++)
    longest = MAX (longest, self->series[i]->n);
  guint most = CLAMP (longest, ODL_LATENT_TARGETS + 1, ODL_LATENT_MAX_POINTS);
  const OdlLatentTraining training = {
    .source = { .families = r->families,
                .often = r->often,
                .vary = r->vary,
                .series = self->series,
                .n_series = self->n_series,
                .part = r->part,
                .horizon = r->families ? HORIZON : reach (self) },
    .tiles = r->tiles,
    .max_points = r->families ? r->points + ODL_LATENT_TARGETS : most,
    .objective = { .bound = r->bound, .beta = 1, .trust = 1, .samples = r->samples },
  };
  self->trainer = odl_latent_trainer_new (self->model, &training);
}

OdlLatentStudy *
odl_latent_study_new (const OdlLatentRecipe *recipe, OdlSeries *const *series,
                      guint n_series, GError **error)
{
  g_return_val_if_fail (recipe != NULL && (series != NULL || n_series == 0), NULL);
  if (!odl_latent_recipe_check (recipe, error)
      || (recipe->families == 0 && !check_series (recipe, series, n_series, error)))
    return NULL;
  OdlLatent *model = odl_latent_new (&recipe->shape, error);
  if (model == NULL)
    return NULL;
  OdlLatentStudy *self = g_new0 (OdlLatentStudy, 1);
  self->recipe = *recipe;
  self->model = model;
  copy_series (self, series, recipe->families ? 0 : n_series);
  const gsize row = (model->n_theta + 7) & ~7u;
  self->theta = g_aligned_alloc0 (5 * row, sizeof (double), 64);
  self->average = self->theta + row;
  self->good = self->average + row;
  self->good_average = self->good + row;
  self->gradient = self->good_average + row;
  make_trainer (self);
  odl_latent_study_restart (self, NULL);
  return self;
}

void
odl_latent_study_free (OdlLatentStudy *self)
{
  if (self == NULL)
    return;
  odl_latent_trainer_free (self->trainer);
  odl_latent_free (self->model);
  odl_optimizer_free (self->optimizer);
  for (guint i = 0; i < self->n_series; i++)
    odl_series_free (self->series[i]);
  g_free (self->series);
  g_aligned_free (self->theta);
  g_free (self);
}

static void
copy (const OdlLatentStudy *self, double *to, const double *from)
{
  memcpy (to, from, self->model->n_theta * sizeof (double));
}

static OdlOptimizerOptions
options_at (const OdlLatentStudy *self, double rate)
{
  return (OdlOptimizerOptions){
    .kind = ODL_OPTIMIZER_MUON, .rate = rate, .beta2 = 0.99, .clip = self->recipe.clip
  };
}

static OdlOptimizer *
new_optimizer (const OdlLatentStudy *self)
{
  g_autoptr (GArray) matrices = odl_latent_matrices (self->model);
  const OdlOptimizerOptions options = options_at (self, self->recipe.rate);
  OdlOptimizer *optimizer = odl_optimizer_new (self->model->n_theta, &options);
  odl_optimizer_set_matrices (optimizer, matrices);
  return optimizer;
}

/* At weights that are all right, with the averages begun. */
static void
settle (OdlLatentStudy *self)
{
  copy (self, self->good, self->theta);
  copy (self, self->good_average, self->average);
  self->progress.loss = (OdlLatentLoss){ NAN, NAN, NAN };
  self->progress.pace = (OdlLatentPace){ NAN, NAN, NAN };
  self->progress.gradient_norm = NAN;
}

void
odl_latent_study_restart (OdlLatentStudy *self, const double *theta)
{
  g_return_if_fail (self != NULL);
  OdlRandom random = odl_random (self->recipe.seed, 0);
  if (theta != NULL)
    copy (self, self->theta, theta);
  else
    odl_latent_init (self->model, self->theta, &random);
  copy (self, self->average, self->theta);
  g_clear_pointer (&self->optimizer, odl_optimizer_free);
  self->optimizer = new_optimizer (self);
  self->iteration = 0;
  self->diverged = FALSE;
  settle (self);
}

static void
update (OdlLatentStudy *self)
{
  const OdlOptimizerOptions options = options_at (self, self->progress.pace.rate);
  copy (self, self->good, self->theta);
  copy (self, self->good_average, self->average);
  odl_optimizer_configure (self->optimizer, &options);
  self->progress.gradient_norm
      = odl_optimizer_step (self->optimizer, self->theta, self->gradient);
  /* The first weights are far off: the average forgets them early. */
  const double k = (double)self->iteration;
  const double kept = fmin (self->recipe.average, (k + 1) / (k + 10));
  for (guint i = 0; i < self->model->n_theta; i++)
    self->average[i] += (1 - kept) * (self->theta[i] - self->average[i]);
}

gboolean
odl_latent_study_iterate (OdlLatentStudy *self, OdlPool *pool)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (self->diverged)
    return FALSE;
  const OdlLatentPace pace = odl_latent_recipe_pace (&self->recipe, self->iteration);
  self->progress.pace = pace;
  odl_latent_trainer_anneal (self->trainer, pace.beta, pace.trust);
  self->progress.loss
      = odl_latent_trainer_gradient (self->trainer, self->theta, self->recipe.seed,
                                     self->iteration, pool, self->gradient);
  double norm = 0;
  for (guint i = 0; i < self->model->n_theta; i++)
    norm += self->gradient[i] * self->gradient[i];
  if (!isfinite (self->progress.loss.loss) || !isfinite (norm)) {
    self->progress.gradient_norm = sqrt (norm);
    self->diverged = TRUE;
    copy (self, self->theta, self->good);
    copy (self, self->average, self->good_average);
    return FALSE;
  }
  update (self);
  self->iteration++;
  return TRUE;
}

guint64
odl_latent_study_iteration (const OdlLatentStudy *self)
{
  return self->iteration;
}

gboolean
odl_latent_study_diverged (const OdlLatentStudy *self)
{
  return self->diverged;
}

OdlLatentProgress
odl_latent_study_progress (const OdlLatentStudy *self)
{
  return self->progress;
}

const OdlLatentRecipe *
odl_latent_study_recipe (const OdlLatentStudy *self)
{
  return &self->recipe;
}

const OdlLatent *
odl_latent_study_model (const OdlLatentStudy *self)
{
  return self->model;
}

const double *
odl_latent_study_theta (const OdlLatentStudy *self)
{
  return self->recipe.average > 0 ? self->average : self->theta;
}

/* ── Saving ──────────────────────────────────────────────────────────────────── */

static gboolean
unreadable (GError **error, const char *place, const char *expected)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s: %s is expected", place,
               expected);
  return FALSE;
}

static void
set_numbers (json_t *to, const char *key, const double *numbers, gsize n)
{
  g_autofree char *text = odl_numbers_to_text (numbers, n);
  json_object_set_new (to, key, json_string (text));
}

static gboolean
get_numbers (const json_t *from, const char *key, double *numbers, gsize n,
             GError **error)
{
  return odl_numbers_from_text (json_string_value (json_object_get (from, key)), key,
                                numbers, n, error);
}

/* The optimiser's averages as text, like all that no person reads. */
static json_t *
save_optimizer (const OdlLatentStudy *self)
{
  const guint n = self->model->n_theta;
  g_autofree double *numbers = g_new (double, n);
  json_t *to = odl_optimizer_save (self->optimizer);
  for (const char *const *key = (const char *const[]){ "m", "v", NULL }; *key; key++) {
    odl_numbers_from_json (json_object_get (to, *key), "", numbers, n, NULL);
    set_numbers (to, *key, numbers, n);
  }
  return to;
}

static gboolean
load_optimizer (OdlOptimizer *optimizer, const json_t *from, guint n, GError **error)
{
  g_autofree double *numbers = g_new (double, n);
  json_t *whole = json_is_object (from) ? json_copy ((json_t *)from) : NULL;
  gboolean good = whole != NULL || unreadable (error, "optimizer", "an object");
  for (const char *const *key = (const char *const[]){ "m", "v", NULL }; *key && good;
       key++) {
    good = get_numbers (from, *key, numbers, n, error);
    if (good)
      json_object_set_new (whole, *key, odl_numbers_to_json (numbers, n));
  }
  good = good && odl_optimizer_load (optimizer, whole, error);
  json_decref (whole);
  return good;
}

/* What of the last iteration is shown; absent where there was none. */
static json_t *
save_progress (const OdlLatentProgress *p)
{
  const double numbers[]
      = { p->loss.loss, p->loss.nll,  p->loss.divergence, p->gradient_norm,
          p->pace.rate, p->pace.beta, p->pace.trust };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!isfinite (numbers[i]))
      return NULL;
  return odl_numbers_to_json (numbers, G_N_ELEMENTS (numbers));
}

static gboolean
load_progress (const json_t *from, OdlLatentProgress *p, GError **error)
{
  double x[7] = { NAN, NAN, NAN, NAN, NAN, NAN, NAN };
  if (from != NULL && !odl_numbers_from_json (from, "last", x, G_N_ELEMENTS (x), error))
    return FALSE;
  *p = (OdlLatentProgress){ { x[0], x[1], x[2] }, x[3], { x[4], x[5], x[6] } };
  return TRUE;
}

json_t *
odl_latent_study_save (const OdlLatentStudy *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  const guint n = self->model->n_theta;
  json_t *to
      = json_pack ("{s:o, s:I, s:b, s:o, s:o*}", "shape",
                   odl_latent_shape_save (&self->recipe.shape), "iteration",
                   (json_int_t)self->iteration, "diverged", self->diverged, "optimizer",
                   save_optimizer (self), "last", save_progress (&self->progress));
  set_numbers (to, "theta", self->theta, n);
  set_numbers (to, "average", self->average, n);
  set_numbers (to, "good", self->good, n);
  set_numbers (to, "good-average", self->good_average, n);
  return to;
}

/* What is read of a study, to be put in place when all is good. */
typedef struct {
  guint64 iteration;
  gboolean diverged;
  double *theta, *average, *good, *good_average; /* one block */
  OdlOptimizer *optimizer;
  OdlLatentProgress progress;
} Saved;

static gboolean
read_study (const OdlLatentStudy *self, const json_t *from, Saved *saved,
            GError **error)
{
  const guint n = self->model->n_theta;
  const json_t *iteration = json_object_get (from, "iteration");
  const json_t *diverged = json_object_get (from, "diverged");
  OdlLatentShape shape;
  if (!odl_latent_shape_load (json_object_get (from, "shape"), &shape, error))
    return FALSE;
  if (memcmp (&shape, &self->recipe.shape, sizeof shape) != 0)
    return unreadable (error, "shape", "the shape that the settings ask for");
  if (!json_is_integer (iteration) || json_integer_value (iteration) < 0)
    return unreadable (error, "iteration", "a whole number from 0");
  if (!json_is_boolean (diverged))
    return unreadable (error, "diverged", "true or false");
  saved->iteration = (guint64)json_integer_value (iteration);
  saved->diverged = json_is_true (diverged);
  return get_numbers (from, "theta", saved->theta, n, error)
         && get_numbers (from, "average", saved->average, n, error)
         && get_numbers (from, "good", saved->good, n, error)
         && get_numbers (from, "good-average", saved->good_average, n, error)
         && load_optimizer (saved->optimizer, json_object_get (from, "optimizer"), n,
                            error)
         && load_progress (json_object_get (from, "last"), &saved->progress, error);
}

static void
put (OdlLatentStudy *self, Saved *saved)
{
  copy (self, self->theta, saved->theta);
  copy (self, self->average, saved->average);
  copy (self, self->good, saved->good);
  copy (self, self->good_average, saved->good_average);
  odl_optimizer_free (self->optimizer);
  self->optimizer = g_steal_pointer (&saved->optimizer);
  self->iteration = saved->iteration;
  self->diverged = saved->diverged;
  self->progress = saved->progress;
}

gboolean
odl_latent_study_load (OdlLatentStudy *self, const json_t *from, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  const gsize n = self->model->n_theta;
  g_autofree double *block = g_new (double, 4 * n);
  Saved saved = { .theta = block,
                  .average = block + n,
                  .good = block + 2 * n,
                  .good_average = block + 3 * n,
                  .optimizer = new_optimizer (self) };
  gboolean good = json_is_object (from) ? read_study (self, from, &saved, error)
                                        : unreadable (error, "training", "an object");
  if (good)
    put (self, &saved);
  g_clear_pointer (&saved.optimizer, odl_optimizer_free);
  return good;
}
