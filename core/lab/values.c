/* All values of an experiment: found by key, read by kind, saved and loaded together.
 * SPDX-License-Identifier: MIT
 *
 * Values are aligned with the rows of their settings. Experiments have some dozens of
 * settings, so a key is looked up by walking the rows. A read of a key that is not
 * there, or of another kind, is a bug of the caller and asserts. Changes are made whole
 * or not at all. */
#include "setting.h"

#include "base/status.h"

#include <string.h>

OdlValues *
odl_values_new (const OdlSetting *settings, guint n)
{
  g_return_val_if_fail (settings || n == 0, NULL);
  OdlValues *values = g_new0 (OdlValues, 1);
  values->settings = settings;
  values->n = n;
  values->values = g_new0 (OdlValue, n);
  for (guint i = 0; i < n; i++) {
    const gboolean sound = odl_value_parse (&settings[i], settings[i].fallback,
                                            &values->values[i], NULL);
    g_assert (sound);
  }
  return values;
}

OdlValues *
odl_values_copy (const OdlValues *values)
{
  g_return_val_if_fail (values, NULL);
  OdlValues *copy = g_new0 (OdlValues, 1);
  *copy = *values;
  copy->values = g_new0 (OdlValue, values->n);
  for (guint i = 0; i < values->n; i++)
    odl_value_copy (&copy->values[i], &values->values[i]);
  return copy;
}

void
odl_values_free (OdlValues *values)
{
  if (values == NULL)
    return;
  for (guint i = 0; i < values->n; i++)
    odl_value_clear (&values->values[i]);
  g_free (values->values);
  g_free (values);
}

static int
find (const OdlValues *values, const char *key)
{
  for (guint i = 0; i < values->n; i++)
    if (g_str_equal (values->settings[i].key, key))
      return (int)i;
  return -1;
}

static char *
list_keys (const OdlValues *values)
{
  GString *keys = g_string_new (NULL);
  for (guint i = 0; i < values->n; i++)
    g_string_append_printf (keys, "%s%s", i ? ", " : "", values->settings[i].key);
  return g_string_free (keys, FALSE);
}

int
odl_values_find (const OdlValues *values, const char *key, GError **error)
{
  g_return_val_if_fail (values && key, -1);
  const int at = find (values, key);
  if (at >= 0)
    return at;
  g_autofree char *name = g_utf8_make_valid (key, (gssize)strnlen (key, 80));
  g_autofree char *keys = list_keys (values);
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "there is no setting “%s”: %s are accepted", name, keys);
  return -1;
}

static const OdlValue *
look (const OdlValues *values, const char *key, OdlSettingKind kind)
{
  const int at = find (values, key);
  g_assert (at >= 0 && values->values[at].kind == kind);
  return &values->values[at];
}

gboolean
odl_values_boolean (const OdlValues *values, const char *key)
{
  g_return_val_if_fail (values && key, FALSE);
  return look (values, key, ODL_SETTING_BOOLEAN)->boolean;
}

gint64
odl_values_integer (const OdlValues *values, const char *key)
{
  g_return_val_if_fail (values && key, 0);
  return look (values, key, ODL_SETTING_INTEGER)->integer;
}

double
odl_values_real (const OdlValues *values, const char *key)
{
  g_return_val_if_fail (values && key, 0);
  return look (values, key, ODL_SETTING_REAL)->real;
}

const char *
odl_values_text (const OdlValues *values, const char *key)
{
  g_return_val_if_fail (values && key, NULL);
  const int at = find (values, key);
  g_assert (at >= 0);
  const OdlSettingKind kind = values->values[at].kind;
  g_assert (kind == ODL_SETTING_CHOICE || kind == ODL_SETTING_CHOICES
            || kind == ODL_SETTING_TEXT || kind == ODL_SETTING_PARAMETERS);
  return values->values[at].text;
}

const double *
odl_values_reals (const OdlValues *values, const char *key, guint *n)
{
  g_return_val_if_fail (values && key && n, NULL);
  const OdlValue *value = look (values, key, ODL_SETTING_REALS);
  *n = value->reals.n;
  return value->reals.items;
}

gboolean
odl_values_has_choice (const OdlValues *values, const char *key, const char *id)
{
  g_return_val_if_fail (values && key && id, FALSE);
  const gsize length = strlen (id);
  const char *text = odl_values_text (values, key);
  for (const char *at = text; (at = strstr (at, id)) != NULL; at += length) {
    const gboolean starts = at == text || at[-1] == ',';
    if (starts && (at[length] == ',' || at[length] == '\0'))
      return length > 0;
    if (length == 0)
      return FALSE;
  }
  return FALSE;
}

gboolean
odl_values_parameter (const OdlValues *values, const char *key, const char *name,
                      double *number)
{
  g_return_val_if_fail (values && key && name && number, FALSE);
  const char *text = look (values, key, ODL_SETTING_PARAMETERS)->text;
  const gsize length = strlen (name);
  while (text && *text) {
    if (strncmp (text, name, length) == 0 && text[length] == '=') {
      *number = g_ascii_strtod (text + length + 1, NULL);
      return TRUE;
    }
    text = strstr (text, ", ");
    text = text ? text + 2 : NULL;
  }
  return FALSE;
}

gboolean
odl_values_set_text (OdlValues *values, const char *key, const char *text,
                     GError **error)
{
  g_return_val_if_fail (values && key && text, FALSE);
  const int at = odl_values_find (values, key, error);
  OdlValue value;
  if (at < 0 || !odl_value_parse (&values->settings[at], text, &value, error))
    return FALSE;
  odl_value_clear (&values->values[at]);
  values->values[at] = value;
  return TRUE;
}

char *
odl_values_describe (const OdlValues *values)
{
  g_return_val_if_fail (values, NULL);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < values->n; i++) {
    const OdlSetting *row = &values->settings[i];
    OdlValue usual;
    if (!odl_value_parse (row, row->fallback, &usual, NULL))
      continue;
    if (!odl_value_equal (&usual, &values->values[i])) {
      g_string_append (text, text->len > 0 ? "\n" : "");
      g_autofree char *value = odl_value_to_text (row, &values->values[i]);
      g_string_append_printf (text, "%s=%s", row->key, value);
    }
    odl_value_clear (&usual);
  }
  return g_string_free (text, FALSE);
}

json_t *
odl_values_to_json (const OdlValues *values)
{
  g_return_val_if_fail (values, NULL);
  json_t *to = json_object ();
  for (guint i = 0; i < values->n; i++)
    json_object_set_new (to, values->settings[i].key,
                         odl_value_to_json (&values->settings[i], &values->values[i]));
  return to;
}

static void
refuse_key (const OdlValues *values, const char *key, GError **error)
{
  g_autofree char *keys = list_keys (values);
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
               "%.80s: there is no such setting: %s are accepted", key, keys);
}

static gboolean
read_all (OdlValues *values, const json_t *json, GError **error)
{
  const char *key;
  json_t *item;
  json_object_foreach ((json_t *)json, key, item)
  {
    const int at = find (values, key);
    OdlValue value;
    if (at < 0) {
      refuse_key (values, key, error);
      return FALSE;
    }
    if (!odl_value_from_json (&values->settings[at], item, &value, error))
      return FALSE;
    odl_value_clear (&values->values[at]);
    values->values[at] = value;
  }
  return TRUE;
}

gboolean
odl_values_from_json (OdlValues *values, const json_t *json, GError **error)
{
  g_return_val_if_fail (values, FALSE);
  if (!json_is_object (json)) {
    g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                         "settings: an object is expected");
    return FALSE;
  }
  g_autoptr (OdlValues) fresh = odl_values_copy (values);
  if (!read_all (fresh, json, error))
    return FALSE;
  const OdlValues old = *values;
  *values = *fresh;
  *fresh = old;
  return TRUE;
}
