/* Writes and reads the Latent panel's part of a session. SPDX-License-Identifier: MIT
 *
 * Data are the canvas and the own series. State is what training has learned; a model
 * that nobody has trained is named by its settings and not stored. Answers are not
 * stored either: they follow from points and weights to the same bits. A session may
 * also hold weights alone, which is the form that models are shipped in. */
#include <math.h>
#include <string.h>
#include "base/status.h"
#include "latent-state.h"
#include "model/latent-weights.h"

static json_t *
save_weights (const OdlCanvasLab *self)
{
  return odl_latent_weights_save (&odl_latent_study_model (self->study)->shape,
                                  odl_latent_study_theta (self->study));
}

static json_t *
save_state (const OdlCanvasLab *self)
{
  json_t *to = json_object ();
  if (self->study == NULL)
    return to;
  if (odl_latent_study_iteration (self->study) == 0
      && !odl_latent_study_diverged (self->study)) {
    if (self->given)
      json_object_set_new (to, "weights", save_weights (self));
    return to;
  }
  json_object_set_new (to, "study", odl_latent_study_save (self->study));
  json_object_set_new (
      to, "shape",
      odl_latent_shape_save (&odl_latent_study_model (self->study)->shape));
  json_object_set_new (to, "gentle", json_boolean (self->gentle));
  json_object_set_new (to, "seconds", json_real (self->seconds));
  json_object_set_new (to, "run", json_integer ((json_int_t)self->run));
  return to;
}

json_t *
odl_latent_save (gpointer data, guint parts)
{
  OdlCanvasLab *self = data;
  if (parts & ODL_SAVE_DATA)
    return odl_slate_save (&self->slate);
  if (parts & ODL_SAVE_WEIGHTS)
    return odl_canvas_lab_open (self)
               ? json_pack ("{s:o}", "weights", save_weights (self))
               : json_object ();
  return save_state (self);
}

/* ---- Reading ---- */

static gboolean
load_canvas (OdlCanvasLab *self, const json_t *from, GError **error)
{
  OdlSlate slate;
  if (!odl_slate_load (&slate, from, error))
    return FALSE;
  const gboolean same_set = odl_slate_same_set (&slate, &self->slate);
  odl_slate_clear (&self->slate);
  self->slate = slate;
  self->dragged = -1;
  self->now.points++;
  if (!same_set)
    odl_canvas_lab_reset_series (self);
  return TRUE;
}

/* What training could not have made is the file's fault, not the call's. */
static gboolean
blame (GError **error, const char *place)
{
  if (error != NULL && *error != NULL)
    (*error)->code = ODL_ERROR_UNREADABLE;
  g_prefix_error (error, "%s: ", place);
  return FALSE;
}

static gboolean
load_weights (OdlCanvasLab *self, const json_t *from, GError **error)
{
  double *theta = NULL;
  g_autoptr (OdlLatent) model = odl_latent_weights_load (from, &theta, error);
  if (model == NULL)
    return blame (error, "weights");
  g_autoptr (OdlLatentStudy) study
      = odl_canvas_lab_study (self, &model->shape, TRUE, error);
  if (study != NULL) {
    odl_latent_study_restart (study, theta);
    odl_canvas_lab_adopt (self, g_steal_pointer (&study), TRUE);
    self->given = TRUE;
  }
  g_aligned_free (theta);
  return self->given || blame (error, "weights");
}

static guint64
known_run (const OdlCanvasLab *self, json_int_t id)
{
  const OdlRun *run = id > 0 ? odl_runs_find (self->runs, (guint64)id) : NULL;
  const char *family = odl_values_text (self->values, "family");
  const gboolean mine = run != NULL && g_str_equal (run->experiment, "latent")
                        && g_str_equal (run->model, family);
  return mine ? (guint64)id : 0;
}

static gboolean
load_study (OdlCanvasLab *self, const json_t *from, GError **error)
{
  const json_t *seconds = json_object_get (from, "seconds");
  const json_t *run = json_object_get (from, "run");
  const json_t *gentle = json_object_get (from, "gentle");
  OdlLatentShape shape;
  if (!odl_latent_shape_load (json_object_get (from, "shape"), &shape, error))
    return blame (error, "shape");
  if (!json_is_number (seconds) || !(json_number_value (seconds) >= 0))
    return odl_error_expect (error, "seconds", "a number from 0");
  if (!json_is_integer (run) || json_integer_value (run) < 0)
    return odl_error_expect (error, "run", "a whole number from 0");
  if (!json_is_boolean (gentle))
    return odl_error_expect (error, "gentle", "true or false");
  g_autoptr (OdlLatentStudy) study
      = odl_canvas_lab_study (self, &shape, json_is_true (gentle), error);
  if (study == NULL
      || !odl_latent_study_load (study, json_object_get (from, "study"), error))
    return blame (error, "study");
  odl_canvas_lab_adopt (self, g_steal_pointer (&study), json_is_true (gentle));
  self->seconds = json_number_value (seconds);
  self->run = known_run (self, json_integer_value (run));
  return TRUE;
}

static gboolean
load_state (OdlCanvasLab *self, const json_t *from, GError **error)
{
  if (json_object_get (from, "study") != NULL)
    return load_study (self, from, error);
  if (json_object_get (from, "weights") != NULL)
    return load_weights (self, json_object_get (from, "weights"), error);
  if (odl_canvas_lab_has_learned (self))
    odl_canvas_lab_restart (self);
  return TRUE;
}

gboolean
odl_latent_load (gpointer data, const json_t *from, guint parts, GError **error)
{
  if (!json_is_object (from))
    return odl_error_expect (error, "latent", "an object");
  return parts & ODL_SAVE_DATA ? load_canvas (data, from, error)
                               : load_state (data, from, error);
}
