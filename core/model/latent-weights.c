/* Weights of a latent model as JSON. SPDX-License-Identifier: MIT */
#include "model/latent-weights.h"

#include "base/numbers.h"

/* Numbers of the shape, by name. */
static const struct {
  const char *name;
  gsize at;
} parts[] = {
  { "channels", G_STRUCT_OFFSET (OdlLatentShape, channels) },
  { "latent", G_STRUCT_OFFSET (OdlLatentShape, latent) },
  { "hidden", G_STRUCT_OFFSET (OdlLatentShape, hidden) },
  { "units", G_STRUCT_OFFSET (OdlLatentShape, units) },
  { "steps", G_STRUCT_OFFSET (OdlLatentShape, steps) },
};

static gboolean
unreadable (GError **error, const char *place, const char *expected)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s: %s is expected", place,
               expected);
  return FALSE;
}

json_t *
odl_latent_shape_save (const OdlLatentShape *shape)
{
  json_t *to = json_object ();
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    json_object_set_new (
        to, parts[i].name,
        json_integer (G_STRUCT_MEMBER (guint, (gpointer)shape, parts[i].at)));
  return to;
}

gboolean
odl_latent_shape_load (const json_t *from, OdlLatentShape *shape, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    const json_t *item = json_object_get (from, parts[i].name);
    json_int_t value = json_integer_value (item);
    if (!json_is_integer (item) || value < 0 || value > 1024)
      return unreadable (error, parts[i].name, "a whole number from 0 to 1024");
    G_STRUCT_MEMBER (guint, shape, parts[i].at) = (guint)value;
  }
  return TRUE;
}

json_t *
odl_latent_weights_save (const OdlLatentShape *shape, const double *theta)
{
  g_return_val_if_fail (shape != NULL && theta != NULL, NULL);
  g_autoptr (OdlLatent) model = odl_latent_new (shape, NULL);
  g_return_val_if_fail (model != NULL, NULL);
  json_t *to = json_pack ("{s:o}", "shape", odl_latent_shape_save (shape));
  g_autofree char *text = odl_numbers_to_text (theta, model->n_theta);
  json_object_set_new (to, "theta", json_string (text));
  return to;
}

OdlLatent *
odl_latent_weights_load (const json_t *from, double **theta, GError **error)
{
  g_return_val_if_fail (theta != NULL, NULL);
  OdlLatentShape shape;
  *theta = NULL;
  if (!odl_latent_shape_load (json_object_get (from, "shape"), &shape, error)) {
    g_prefix_error (error, "shape.");
    return NULL;
  }
  g_autoptr (GError) wrong = NULL;
  g_autoptr (OdlLatent) model = odl_latent_new (&shape, &wrong);
  if (model == NULL) {
    unreadable (error, "shape", wrong->message);
    return NULL;
  }
  double *numbers = g_aligned_alloc0 (model->n_theta + 8, sizeof (double), 64);
  const char *text = json_string_value (json_object_get (from, "theta"));
  if (!odl_numbers_from_text (text, "theta", numbers, model->n_theta, error)) {
    g_aligned_free (numbers);
    return NULL;
  }
  *theta = numbers;
  return g_steal_pointer (&model);
}
