/* Moments to go back to, on a stack that is bounded in number and in bytes.
 * SPDX-License-Identifier: MIT
 *
 * Data are kept as compact JSON text rather than as a tree: the text takes a tenth of
 * the memory, its size is known exactly, and two moments are compared by strcmp. */
#include "undo.h"

#include <string.h>

static gsize
size_of (const OdlValues *values)
{
  gsize bytes = sizeof *values + sizeof (OdlValue) * values->n;
  for (guint i = 0; i < values->n; i++) {
    const OdlValue *value = &values->values[i];
    switch (value->kind) {
    case ODL_SETTING_CHOICE:
    case ODL_SETTING_CHOICES:
    case ODL_SETTING_TEXT:
    case ODL_SETTING_PARAMETERS:
      bytes += strlen (value->text) + 1;
      break;
    case ODL_SETTING_REALS:
      bytes += sizeof (double) * value->reals.n;
      break;
    case ODL_SETTING_BOOLEAN:
    case ODL_SETTING_INTEGER:
    case ODL_SETTING_REAL:
      break;
    }
  }
  return bytes;
}

OdlMoment *
odl_moment_new (const OdlExperimentClass *klass, gpointer self, const OdlValues *values)
{
  g_return_val_if_fail (klass && self && values, NULL);
  OdlMoment *moment = g_new0 (OdlMoment, 1);
  json_t *data = klass->save (self, ODL_SAVE_DATA);
  char *text = json_dumps (data, JSON_COMPACT | JSON_REAL_PRECISION (17));
  moment->values = odl_values_copy (values);
  moment->data = g_strdup (text ? text : "{}");
  moment->bytes = sizeof *moment + size_of (values) + strlen (moment->data) + 1;
  free (text);
  json_decref (data);
  return moment;
}

void
odl_moment_free (OdlMoment *moment)
{
  if (moment == NULL)
    return;
  odl_values_free (moment->values);
  g_free (moment->data);
  g_free (moment);
}

gboolean
odl_moment_equal (const OdlMoment *a, const OdlMoment *b)
{
  g_return_val_if_fail (a && b && a->values->n == b->values->n, FALSE);
  for (guint i = 0; i < a->values->n; i++)
    if (!odl_value_equal (&a->values->values[i], &b->values->values[i]))
      return FALSE;
  return g_str_equal (a->data, b->data);
}

json_t *
odl_moment_data (const OdlMoment *moment)
{
  g_return_val_if_fail (moment, NULL);
  return json_loads (moment->data, 0, NULL);
}

void
odl_moments_push (OdlMoments *moments, OdlMoment *moment)
{
  g_return_if_fail (moments && moment);
  g_queue_push_head (&moments->moments, moment);
  moments->bytes += moment->bytes;
  while (moments->moments.length > ODL_UNDO_MAX_ENTRIES
         || (moments->bytes > ODL_UNDO_MAX_BYTES && moments->moments.length > 1)) {
    OdlMoment *oldest = g_queue_pop_tail (&moments->moments);
    moments->bytes -= oldest->bytes;
    odl_moment_free (oldest);
  }
}

OdlMoment *
odl_moments_pop (OdlMoments *moments)
{
  g_return_val_if_fail (moments, NULL);
  OdlMoment *moment = g_queue_pop_head (&moments->moments);
  if (moment)
    moments->bytes -= moment->bytes;
  return moment;
}

void
odl_moments_clear (OdlMoments *moments)
{
  g_return_if_fail (moments);
  g_queue_clear_full (&moments->moments, (GDestroyNotify)odl_moment_free);
  moments->bytes = 0;
}
