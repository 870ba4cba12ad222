/* One setting's value: read from text, written as text, and the same as JSON.
 * SPDX-License-Identifier: MIT
 *
 * Text is the only form that is validated. JSON is checked for its type, put into text
 * and parsed, so that a file, a flag and an entry obey one set of rules and get one
 * set of sentences. This loses nothing: numbers are written with the fewest of 15, 16
 * or 17 digits that read back to the same bits. What is stored is canonical: choices
 * in the order of their table, parameters as "a=1, mu=5", so equal values are equal
 * texts. */
#include "setting.h"

#include "base/status.h"

#include <math.h>
#include <string.h>

#define MAX_TEXT    65536u
#define MAX_NUMBERS 4096u

/* ---- Numbers ---- */

static gboolean
same_bits (double a, double b)
{
  return memcmp (&a, &b, sizeof a) == 0;
}

/* The shortest of 15, 16 and 17 digits that is exact. */
static void
append_number (GString *to, double number)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_ascii_formatd (text, sizeof text, formats[i], number);
    if (same_bits (g_ascii_strtod (text, NULL), number))
      break;
  }
  g_string_append (to, text);
}

/* A decimal number and nothing else: strtod alone would also read nan, inf and 0x10. */
static gboolean
read_number (const char *text, double *number)
{
  char *end;
  if (text[0] == '\0' || text[strspn (text, "+-.0123456789eE")] != '\0')
    return FALSE;
  *number = g_ascii_strtod (text, &end);
  return *end == '\0' && isfinite (*number);
}

static gboolean
is_limited (const OdlSetting *setting)
{
  return setting->min < setting->max;
}

static gboolean
is_within (const OdlSetting *setting, double number)
{
  return !is_limited (setting) || (number >= setting->min && number <= setting->max);
}

/* ---- What is accepted, as the end of a sentence ---- */

static void
append_range (GString *to, const OdlSetting *setting)
{
  if (!is_limited (setting))
    return;
  g_string_append (to, " from ");
  append_number (to, setting->min);
  g_string_append (to, " to ");
  append_number (to, setting->max);
}

static void
append_choices (GString *to, const OdlSetting *setting)
{
  for (const char *const *c = setting->choices; *c; c += 2)
    g_string_append_printf (to, "%s%s", c == setting->choices ? "" : ", ", *c);
}

static char *
accepted (const OdlSetting *setting)
{
  GString *text = g_string_new (NULL);
  switch (setting->kind) {
  case ODL_SETTING_BOOLEAN:
    g_string_append (text, "true or false");
    break;
  case ODL_SETTING_INTEGER:
    g_string_append (text, "a whole number");
    append_range (text, setting);
    break;
  case ODL_SETTING_REAL:
    g_string_append (text, "a number");
    append_range (text, setting);
    break;
  case ODL_SETTING_CHOICE:
    g_string_append (text, "one of ");
    append_choices (text, setting);
    break;
  case ODL_SETTING_CHOICES:
    if (setting->min > 0)
      g_string_append_printf (text, "at least %.0f of ", setting->min);
    append_choices (text, setting);
    g_string_append (text, ", with commas between them");
    break;
  case ODL_SETTING_TEXT:
    g_string_append_printf (text, "UTF-8 text of at most %u bytes", MAX_TEXT);
    break;
  case ODL_SETTING_REALS:
    g_string_append_printf (text, "at most %u numbers", MAX_NUMBERS);
    append_range (text, setting);
    g_string_append (text, ", with commas between them,");
    break;
  case ODL_SETTING_PARAMETERS:
    g_string_append (text, "numbers");
    append_range (text, setting);
    g_string_append (text, " by name, each name once, such as a=1, b=2,");
    break;
  }
  return g_string_free (text, FALSE);
}

/* Always FALSE. `text` may be long or not UTF-8 at all. */
static gboolean
refuse (const OdlSetting *setting, const char *text, GError **error)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)strnlen (text, 400));
  g_autofree char *start
      = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), 60));
  g_autofree char *rule = accepted (setting);
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "%s: “%s%s” is not acceptable: %s is accepted", setting->key, start,
               strlen (start) < strlen (text) ? "…" : "", rule);
  return FALSE;
}

/* ---- Text to value, by kind; FALSE: not acceptable ---- */

static gboolean
parse_boolean (const char *text, OdlValue *value)
{
  static const char *const words[]
      = { "false", "true", "no", "yes", "off", "on", "0", "1" };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i]) == 0) {
      value->boolean = i % 2 == 1;
      return TRUE;
    }
  return FALSE;
}

/* "1e5" is a whole number too. */
static gboolean
parse_integer (const OdlSetting *setting, const char *text, OdlValue *value)
{
  double number;
  if (!read_number (text, &number) || !is_within (setting, number))
    return FALSE;
  const char *digits = text[0] == '+' ? text + 1 : text;
  if (g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, &value->integer,
                                NULL))
    return TRUE;
  if (number != floor (number) || fabs (number) > 9007199254740992.0)
    return FALSE;
  value->integer = (gint64)number;
  return TRUE;
}

static int
find_choice (const OdlSetting *setting, const char *id)
{
  for (int i = 0; setting->choices[2 * i]; i++)
    if (g_str_equal (setting->choices[2 * i], id))
      return i;
  return -1;
}

/* A set of choices, kept in the order of the table. */
static gboolean
parse_choices (const OdlSetting *setting, const char *text, OdlValue *value)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  const gboolean none
      = words[0] == NULL || (words[1] == NULL && *g_strstrip (words[0]) == '\0');
  for (guint i = 0; !none && words[i]; i++)
    if (find_choice (setting, g_strstrip (words[i])) < 0)
      return FALSE;
  GString *kept = g_string_new (NULL);
  guint n = 0;
  for (const char *const *c = setting->choices; *c; c += 2)
    if (g_strv_contains ((const char *const *)words, *c))
      g_string_append_printf (kept, "%s%s", n++ ? "," : "", *c);
  value->text = g_string_free (kept, FALSE);
  if (n >= setting->min)
    return TRUE;
  g_clear_pointer (&value->text, g_free);
  return FALSE;
}

static gboolean
parse_reals (const OdlSetting *setting, const char *text, OdlValue *value)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  g_auto (GStrv) words = g_strsplit (text, ",", MAX_NUMBERS + 1);
  const gboolean none
      = words[0] == NULL || (words[1] == NULL && *g_strstrip (words[0]) == '\0');
  for (guint i = 0; !none && words[i]; i++) {
    double number;
    if (!read_number (g_strstrip (words[i]), &number) || !is_within (setting, number))
      return FALSE;
    g_array_append_val (numbers, number);
  }
  value->reals.n = numbers->len;
  value->reals.items
      = (double *)(gpointer)g_array_free (g_steal_pointer (&numbers), FALSE);
  return TRUE;
}

static gboolean
is_name (const char *text)
{
  if (!g_ascii_isalpha (*text) && *text != '_')
    return FALSE;
  while (g_ascii_isalnum (*text) || *text == '_')
    text++;
  return *text == '\0';
}

/* One "name=number"; the word is cut at the equals sign. */
static gboolean
parse_parameter (const OdlSetting *setting, char *word, double *number)
{
  char *equals = strchr (word, '=');
  if (equals == NULL)
    return FALSE;
  *equals = '\0';
  return is_name (g_strstrip (word)) && read_number (g_strstrip (equals + 1), number)
         && is_within (setting, *number);
}

static gboolean
parse_parameters (const OdlSetting *setting, const char *text, OdlValue *value)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) words = g_strsplit (text, ",", MAX_NUMBERS + 1);
  const gboolean none
      = words[0] == NULL || (words[1] == NULL && *g_strstrip (words[0]) == '\0');
  g_autoptr (GString) kept = g_string_new (NULL);
  for (guint i = 0; !none && words[i]; i++) {
    double number;
    char *name = g_strstrip (words[i]);
    if (!parse_parameter (setting, name, &number) || !g_hash_table_add (seen, name))
      return FALSE;
    g_string_append_printf (kept, "%s%s=", i ? ", " : "", name);
    append_number (kept, number);
  }
  value->text = g_string_free (g_steal_pointer (&kept), FALSE);
  return TRUE;
}

static gboolean
parse_text (const char *text, OdlValue *value)
{
  if (strlen (text) > MAX_TEXT || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  value->text = g_strdup (text);
  return TRUE;
}

static gboolean
parse_kind (const OdlSetting *setting, const char *text, OdlValue *value)
{
  g_autofree char *word = g_strstrip (g_strdup (text));
  switch (setting->kind) {
  case ODL_SETTING_BOOLEAN:
    return parse_boolean (word, value);
  case ODL_SETTING_INTEGER:
    return parse_integer (setting, word, value);
  case ODL_SETTING_REAL:
    return read_number (word, &value->real) && is_within (setting, value->real);
  case ODL_SETTING_CHOICE:
    value->text = find_choice (setting, word) < 0 ? NULL : g_strdup (word);
    return value->text != NULL;
  case ODL_SETTING_CHOICES:
    return parse_choices (setting, word, value);
  case ODL_SETTING_TEXT:
    return parse_text (text, value);
  case ODL_SETTING_REALS:
    return parse_reals (setting, word, value);
  case ODL_SETTING_PARAMETERS:
    return parse_parameters (setting, word, value);
  }
  g_assert_not_reached ();
}

gboolean
odl_setting_is_stream (OdlSettingKind kind)
{
  return kind == ODL_SETTING_INTEGER || kind == ODL_SETTING_REAL
         || kind == ODL_SETTING_TEXT || kind == ODL_SETTING_REALS
         || kind == ODL_SETTING_PARAMETERS;
}

gboolean
odl_value_parse (const OdlSetting *setting, const char *text, OdlValue *value,
                 GError **error)
{
  g_return_val_if_fail (setting && text && value, FALSE);
  OdlValue read = { .kind = setting->kind };
  if (!parse_kind (setting, text, &read))
    return refuse (setting, text, error);
  *value = read;
  return TRUE;
}

/* ---- Value to text ---- */

static void
append_reals (GString *to, const OdlValue *value)
{
  for (guint i = 0; i < value->reals.n; i++) {
    g_string_append (to, i ? ", " : "");
    append_number (to, value->reals.items[i]);
  }
}

char *
odl_value_to_text (const OdlSetting *setting, const OdlValue *value)
{
  g_return_val_if_fail (setting && value && value->kind == setting->kind, NULL);
  GString *text = g_string_new (NULL);
  switch (value->kind) {
  case ODL_SETTING_BOOLEAN:
    g_string_append (text, value->boolean ? "true" : "false");
    break;
  case ODL_SETTING_INTEGER:
    g_string_append_printf (text, "%" G_GINT64_FORMAT, value->integer);
    break;
  case ODL_SETTING_REAL:
    append_number (text, value->real);
    break;
  case ODL_SETTING_REALS:
    append_reals (text, value);
    break;
  case ODL_SETTING_CHOICE:
  case ODL_SETTING_CHOICES:
  case ODL_SETTING_TEXT:
  case ODL_SETTING_PARAMETERS:
    g_string_append (text, value->text);
    break;
  }
  return g_string_free (text, FALSE);
}

/* ---- JSON ---- */

static json_t *
choices_to_json (const char *text)
{
  json_t *to = json_array ();
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  for (guint i = 0; words[i]; i++)
    json_array_append_new (to, json_string (words[i]));
  return to;
}

static json_t *
parameters_to_json (const char *text)
{
  json_t *to = json_object ();
  g_auto (GStrv) words = g_strsplit (text, ", ", -1);
  for (guint i = 0; words[i]; i++) {
    char *equals = strchr (words[i], '=');
    g_assert (equals != NULL);
    *equals = '\0';
    json_object_set_new (to, words[i], json_real (g_ascii_strtod (equals + 1, NULL)));
  }
  return to;
}

static json_t *
reals_to_json (const OdlValue *value)
{
  json_t *to = json_array ();
  for (guint i = 0; i < value->reals.n; i++)
    json_array_append_new (to, json_real (value->reals.items[i]));
  return to;
}

json_t *
odl_value_to_json (const OdlSetting *setting, const OdlValue *value)
{
  g_return_val_if_fail (setting && value && value->kind == setting->kind, NULL);
  switch (value->kind) {
  case ODL_SETTING_BOOLEAN:
    return json_boolean (value->boolean);
  case ODL_SETTING_INTEGER:
    return json_integer (value->integer);
  case ODL_SETTING_REAL:
    return json_real (value->real);
  case ODL_SETTING_REALS:
    return reals_to_json (value);
  case ODL_SETTING_CHOICES:
    return choices_to_json (value->text);
  case ODL_SETTING_PARAMETERS:
    return parameters_to_json (value->text);
  case ODL_SETTING_CHOICE:
  case ODL_SETTING_TEXT:
    return json_string (value->text);
  }
  g_assert_not_reached ();
}

/* Each puts JSON of the right type into text; FALSE: not of that type. */

static gboolean
text_of_choices (const json_t *json, GString *text)
{
  size_t i;
  json_t *item;
  if (!json_is_array (json))
    return FALSE;
  json_array_foreach (json, i, item)
  {
    const char *id = json_string_value (item);
    if (id == NULL || *id == '\0' || strchr (id, ','))
      return FALSE;
    g_string_append_printf (text, "%s%s", i ? "," : "", id);
  }
  return TRUE;
}

static gboolean
text_of_reals (const json_t *json, GString *text)
{
  size_t i;
  json_t *item;
  if (!json_is_array (json) || json_array_size (json) > MAX_NUMBERS)
    return FALSE;
  json_array_foreach (json, i, item)
  {
    if (!json_is_number (item))
      return FALSE;
    g_string_append (text, i ? ", " : "");
    append_number (text, json_number_value (item));
  }
  return TRUE;
}

static gboolean
text_of_parameters (const json_t *json, GString *text)
{
  const char *name;
  json_t *item;
  if (!json_is_object (json) || json_object_size (json) > MAX_NUMBERS)
    return FALSE;
  json_object_foreach ((json_t *)json, name, item)
  {
    if (!json_is_number (item) || !is_name (name))
      return FALSE;
    g_string_append_printf (text, "%s%s=", text->len ? ", " : "", name);
    append_number (text, json_number_value (item));
  }
  return TRUE;
}

static gboolean
text_of_json (const OdlSetting *setting, const json_t *json, GString *text)
{
  switch (setting->kind) {
  case ODL_SETTING_BOOLEAN:
    g_string_append (text, json_is_true (json) ? "true" : "false");
    return json_is_boolean (json);
  case ODL_SETTING_INTEGER:
    g_string_append_printf (text, "%" JSON_INTEGER_FORMAT, json_integer_value (json));
    return json_is_integer (json);
  case ODL_SETTING_REAL:
    append_number (text, json_number_value (json));
    return json_is_number (json);
  case ODL_SETTING_REALS:
    return text_of_reals (json, text);
  case ODL_SETTING_CHOICES:
    return text_of_choices (json, text);
  case ODL_SETTING_PARAMETERS:
    return text_of_parameters (json, text);
  case ODL_SETTING_CHOICE:
  case ODL_SETTING_TEXT:
    g_string_append (text, json_is_string (json) ? json_string_value (json) : "");
    return json_is_string (json);
  }
  g_assert_not_reached ();
}

gboolean
odl_value_from_json (const OdlSetting *setting, const json_t *json, OdlValue *value,
                     GError **error)
{
  static const char *const types[] = { "true or false",
                                       "a whole number",
                                       "a number",
                                       "a string",
                                       "an array of strings",
                                       "a string",
                                       "an array of numbers",
                                       "an object of numbers" };
  g_return_val_if_fail (setting && json && value, FALSE);
  g_autoptr (GString) text = g_string_new (NULL);
  if (!text_of_json (setting, json, text)) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s: %s is expected",
                 setting->key, types[setting->kind]);
    return FALSE;
  }
  if (odl_value_parse (setting, text->str, value, error))
    return TRUE;
  if (error)
    (*error)->code = ODL_ERROR_UNREADABLE;
  return FALSE;
}

/* ---- Copies ---- */

static gboolean
has_text (const OdlValue *value)
{
  return value->kind == ODL_SETTING_CHOICE || value->kind == ODL_SETTING_CHOICES
         || value->kind == ODL_SETTING_TEXT || value->kind == ODL_SETTING_PARAMETERS;
}

void
odl_value_copy (OdlValue *to, const OdlValue *from)
{
  g_return_if_fail (to && from);
  *to = *from;
  if (has_text (from))
    to->text = g_strdup (from->text);
  else if (from->kind == ODL_SETTING_REALS)
    to->reals.items = g_memdup2 (from->reals.items, sizeof (double) * from->reals.n);
}

gboolean
odl_value_equal (const OdlValue *a, const OdlValue *b)
{
  g_return_val_if_fail (a && b, FALSE);
  if (a->kind != b->kind)
    return FALSE;
  if (has_text (a))
    return g_str_equal (a->text, b->text);
  if (a->kind == ODL_SETTING_REALS)
    return a->reals.n == b->reals.n
           && (a->reals.n == 0
               || memcmp (a->reals.items, b->reals.items, sizeof (double) * a->reals.n)
                      == 0);
  if (a->kind == ODL_SETTING_REAL)
    return same_bits (a->real, b->real);
  return a->kind == ODL_SETTING_BOOLEAN ? !a->boolean == !b->boolean
                                        : a->integer == b->integer;
}

void
odl_value_clear (OdlValue *value)
{
  g_return_if_fail (value);
  if (has_text (value))
    g_clear_pointer (&value->text, g_free);
  else if (value->kind == ODL_SETTING_REALS)
    g_clear_pointer (&value->reals.items, g_free);
}
