/* The Latent panel's model: made from its settings, shipped weights or random ones, and
 * trained. SPDX-License-Identifier: MIT
 *
 * A model is made when it is first needed, for compiling it takes longer than a window
 * may wait. Iteration k depends on the recipe and on the weights alone. An iteration is
 * short, so it is never interrupted. When the set of own series changes, a new study of
 * the new set takes over what was learned. */
#include <math.h>
#include <string.h>
#include "base/status.h"
#include "latent-shipped.h"
#include "latent-state.h"

#define GENTLE 0.02 /* of the recipe's rate: where shipped weights stopped */

/* ---- Making ---- */

static char *
recipe_text (const OdlCanvasLab *self)
{
  static const char *const keys[]
      = { "family", "start", "seed", "schedule", "rate", "batch", "bound", NULL };
  GString *text = g_string_new (NULL);
  for (guint i = 0; keys[i] != NULL; i++) {
    const int at = odl_values_find (self->values, keys[i], NULL);
    g_autofree char *value
        = odl_value_to_text (&self->values->settings[at], &self->values->values[at]);
    g_string_append_printf (text, "%s;", value);
  }
  return g_string_free (text, FALSE);
}

static void
close_model (OdlCanvasLab *self)
{
  odl_canvas_lab_forget (self);
  g_clear_pointer (&self->study, odl_latent_study_free);
  g_clear_pointer (&self->trouble, g_free);
  if (self->run != 0)
    odl_runs_end (self->runs, self->run);
  self->run = 0;
  self->seconds = 0;
  self->shipped = self->gentle = self->given = FALSE;
  self->now.weights++;
}

void
odl_canvas_lab_renew (OdlCanvasLab *self)
{
  char *recipe = recipe_text (self);
  if (g_strcmp0 (recipe, self->recipe) != 0)
    close_model (self);
  g_free (self->recipe);
  self->recipe = recipe;
}

static gboolean
is (const OdlCanvasLab *self, const char *key, const char *choice)
{
  return g_str_equal (odl_values_text (self->values, key), choice);
}

static gboolean
is_own (const OdlCanvasLab *self)
{
  return is (self, "family", "own");
}

/* Own series with one channel, each at its own inner times and values. */
static GPtrArray *
own_series (const OdlCanvasLab *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)odl_series_free);
  for (guint i = 0; i < self->slate.set->len; i++) {
    OdlSeries *series = odl_series_copy (self->slate.set->pdata[i]);
    const OdlSeriesScale scale = odl_series_scale (series);
    odl_series_apply (series, &scale);
    g_ptr_array_add (list, series);
  }
  return list;
}

static void
read_recipe (const OdlCanvasLab *self, gboolean gentle, OdlLatentRecipe *recipe)
{
  const double rate = odl_values_real (self->values, "rate");
  const gint64 schedule = odl_values_integer (self->values, "schedule");
  const gint64 batch = odl_values_integer (self->values, "batch");
  recipe->seed = (guint64)odl_values_integer (self->values, "seed");
  recipe->bound = is (self, "bound", "published") ? ODL_LATENT_BOUND_PUBLISHED
                                                  : ODL_LATENT_BOUND_CONDITIONAL;
  if (gentle) {
    recipe->rate *= GENTLE;
    recipe->beta = recipe->trust = 1;
  }
  if (rate > 0)
    recipe->rate = rate;
  if (schedule > 0)
    recipe->iterations = (guint64)schedule;
  if (batch > 0)
    recipe->tiles = (guint)batch;
}

OdlLatentStudy *
odl_canvas_lab_study (OdlCanvasLab *self, const OdlLatentShape *shape, gboolean gentle,
                      GError **error)
{
  const gboolean own = is_own (self);
  g_autoptr (GPtrArray) series = own_series (self);
  const gboolean can_learn = !own || series->len > 0;
  const char *id = can_learn ? odl_values_text (self->values, "family") : "mixed";
  OdlLatentRecipe recipe;
  if (!odl_latent_recipe (id, &recipe, error))
    return NULL;
  read_recipe (self, gentle, &recipe);
  if (shape != NULL)
    recipe.shape = *shape;
  if (recipe.families != 0)
    return odl_latent_study_new (&recipe, NULL, 0, error);
  return odl_latent_study_new (&recipe, (OdlSeries *const *)series->pdata, series->len,
                               error);
}

void
odl_canvas_lab_adopt (OdlCanvasLab *self, OdlLatentStudy *study, gboolean gentle)
{
  close_model (self);
  self->study = study;
  self->gentle = gentle;
}

gboolean
odl_canvas_lab_open (OdlCanvasLab *self)
{
  g_autoptr (GError) error = NULL;
  double *theta = NULL;
  OdlLatentShape shape;
  if (self->study != NULL)
    return TRUE;
  const char *id = is_own (self) ? "mixed" : odl_values_text (self->values, "family");
  const gboolean shipped
      = is (self, "start", "shipped") && odl_shipped_weights (id, &shape, &theta);
  OdlLatentStudy *study
      = odl_canvas_lab_study (self, shipped ? &shape : NULL, shipped, &error);
  if (study != NULL && shipped)
    odl_latent_study_restart (study, theta);
  if (theta != NULL)
    g_aligned_free (theta);
  odl_canvas_lab_adopt (self, study, shipped);
  self->shipped = shipped;
  if (study == NULL)
    self->trouble = g_strdup (error->message);
  return study != NULL;
}

gboolean
odl_canvas_lab_has_learned (const OdlCanvasLab *self)
{
  return self->study != NULL
         && (self->given || odl_latent_study_iteration (self->study) > 0
             || odl_latent_study_diverged (self->study));
}

void
odl_canvas_lab_restart (OdlCanvasLab *self)
{
  close_model (self);
}

void
odl_canvas_lab_reset_series (OdlCanvasLab *self)
{
  if (!is_own (self) || self->study == NULL)
    return;
  const OdlLatentShape shape = odl_latent_study_model (self->study)->shape;
  json_t *learned = odl_latent_study_save (self->study);
  g_autoptr (OdlLatentStudy) study
      = odl_canvas_lab_study (self, &shape, self->gentle, NULL);
  if (study != NULL && odl_latent_study_load (study, learned, NULL)) {
    odl_canvas_lab_forget (self);
    odl_latent_study_free (self->study);
    self->study = g_steal_pointer (&study);
    self->now.weights++;
  }
  json_decref (learned);
}

/* ---- Training ---- */

static void
write_row (OdlCanvasLab *self, OdlRuns *runs)
{
  const OdlLatentProgress progress = odl_latent_study_progress (self->study);
  double row[ODL_N_COLUMNS];
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    row[c] = NAN;
  row[ODL_COLUMN_LOSS] = progress.loss.loss;
  row[ODL_COLUMN_NLL] = progress.loss.nll;
  row[ODL_COLUMN_GRADIENT_NORM] = progress.gradient_norm;
  row[ODL_COLUMN_SECONDS] = self->seconds;
  if (self->run == 0) {
    g_autofree char *text = odl_values_describe (self->values);
    self->run = odl_runs_begin (runs, "latent",
                                odl_values_text (self->values, "family"), text);
  }
  odl_runs_add (runs, self->run, odl_latent_study_iteration (self->study), row);
}

static gboolean
refuse (const char *why, GError **error)
{
  g_set_error_literal (error, ODL_ERROR, ODL_ERROR_FAILED, why);
  return FALSE;
}

/* FALSE: training ends, with a reason. */
static gboolean
iterate (OdlCanvasLab *self, const OdlTime *time, GError **error)
{
  OdlRuns *runs = time->runs != NULL ? time->runs : self->runs;
  const gint64 start = g_get_monotonic_time ();
  const gboolean good = odl_latent_study_iterate (self->study, time->pool);
  self->now.weights++;
  if (!good) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_FAILED,
                 "Training stopped after iteration %" G_GUINT64_FORMAT
                 ": loss or gradient was not finite. The weights before are kept; a "
                 "smaller learning rate may help.",
                 odl_latent_study_iteration (self->study));
    return FALSE;
  }
  self->seconds += (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  write_row (self, runs);
  return TRUE;
}

static gboolean
is_over (const OdlTime *time)
{
  return g_get_monotonic_time () >= time->deadline_us
         || (time->interrupted != NULL && time->interrupted (time->data));
}

gboolean
odl_latent_step (gpointer data, const OdlTime *time, gboolean many, GError **error)
{
  OdlCanvasLab *self = data;
  if (!odl_canvas_lab_open (self))
    return refuse (self->trouble, error);
  if (is_own (self) && self->slate.set->len == 0)
    return refuse (
        "There are no own series yet: “Keep for training” adds the one on the "
        "canvas.",
        error);
  if (odl_latent_study_diverged (self->study))
    return refuse ("Training has stopped: reset, or change a setting.", error);
  do
    if (!iterate (self, time, error))
      return FALSE;
  while (many && !is_over (time));
  odl_canvas_lab_refresh (self, time);
  return TRUE;
}
