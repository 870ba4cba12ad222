/* Finds the shipped weights. SPDX-License-Identifier: MIT
 *
 * A shipped model is a session of the Latent panel that holds weights and nothing else;
 * it is read like any other. */
#include "latent-shipped.h"

#include "model/latent-weights.h"
#include "session.h"

static json_t *
find (const char *id)
{
  const OdlShippedModel *model = odl_shipped_models;
  while (model->id != NULL && !g_str_equal (model->id, id))
    model++;
  if (model->id == NULL)
    return NULL;
  return odl_session_parse (model->text, (gsize)(model->end - model->text), id, NULL);
}

gboolean
odl_shipped_weights (const char *id, OdlLatentShape *shape, double **theta)
{
  g_return_val_if_fail (id != NULL && shape != NULL && theta != NULL, FALSE);
  json_t *session = find (id);
  const json_t *experiment
      = json_array_get (json_object_get (session, "experiments"), 0);
  const json_t *state = json_object_get (experiment, "state");
  g_autoptr (OdlLatent) model = NULL;
  if (state != NULL)
    model = odl_latent_weights_load (json_object_get (state, "weights"), theta, NULL);
  if (model != NULL)
    *shape = model->shape;
  json_decref (session);
  return model != NULL;
}
