/* A validator of the part of JSON Schema that is used here.
 * SPDX-License-Identifier: MIT
 *
 * Every word of a schema is a rule with a function; rules are checked one by one, and
 * the first fault found comes back with its place. */
#include "support/schema.h"

#include <string.h>

typedef struct {
  const json_t *root;
} Schema;

typedef char *(*Rule) (const Schema *schema, const json_t *all, const json_t *rule,
                       const json_t *document);
static char *check (const Schema *schema, const json_t *rules, const json_t *document);

static gboolean
is_of_type (const json_t *document, const char *type)
{
  if (g_str_equal (type, "integer"))
    return json_is_integer (document);
  if (g_str_equal (type, "number"))
    return json_is_number (document);
  switch (json_typeof (document)) {
  case JSON_OBJECT:
    return g_str_equal (type, "object");
  case JSON_ARRAY:
    return g_str_equal (type, "array");
  case JSON_STRING:
    return g_str_equal (type, "string");
  case JSON_TRUE:
  case JSON_FALSE:
    return g_str_equal (type, "boolean");
  case JSON_NULL:
    return g_str_equal (type, "null");
  case JSON_INTEGER:
  case JSON_REAL:
    break;
  }
  return FALSE;
}

static char *
check_type (const Schema *schema, const json_t *all, const json_t *rule,
            const json_t *document)
{
  size_t i;
  json_t *type;
  if (json_is_string (rule) && is_of_type (document, json_string_value (rule)))
    return NULL;
  json_array_foreach (
      rule, i, type) if (is_of_type (document, json_string_value (type))) return NULL;
  return g_strdup (": not of the type");
}

static char *
check_const (const Schema *schema, const json_t *all, const json_t *rule,
             const json_t *document)
{
  return json_equal (rule, document) ? NULL : g_strdup (": not the value");
}

static char *
check_enum (const Schema *schema, const json_t *all, const json_t *rule,
            const json_t *document)
{
  size_t i;
  json_t *value;
  json_array_foreach (rule, i, value) if (json_equal (value, document)) return NULL;
  return g_strdup (": not one of the values");
}

static char *
check_required (const Schema *schema, const json_t *all, const json_t *rule,
                const json_t *document)
{
  size_t i;
  json_t *key;
  json_array_foreach (rule, i, key)
  {
    if (json_is_object (document)
        && !json_object_get (document, json_string_value (key)))
      return g_strdup_printf (": lacks %s", json_string_value (key));
  }
  return NULL;
}

/* Puts a place before a fault. Takes it. */
static char *
at (const char *place, char *fault)
{
  if (fault == NULL)
    return NULL;
  g_autofree char *inner = fault;
  return g_strdup_printf (".%s%s", place, inner);
}

static char *
check_properties (const Schema *schema, const json_t *all, const json_t *rule,
                  const json_t *document)
{
  const char *key;
  json_t *value;
  char *fault = NULL;
  json_object_foreach ((json_t *)document, key, value)
  {
    const json_t *rules = json_object_get (rule, key);
    if (rules && (fault = at (key, check (schema, rules, value))))
      break;
  }
  return fault;
}

static char *
check_additional (const Schema *schema, const json_t *all, const json_t *rule,
                  const json_t *document)
{
  const json_t *named = json_object_get (all, "properties");
  const char *key;
  json_t *value;
  char *fault = NULL;
  json_object_foreach ((json_t *)document, key, value)
  {
    if (json_object_get (named, key))
      continue;
    fault = json_is_false (rule) ? g_strdup (": is not expected")
                                 : check (schema, rule, value);
    if ((fault = at (key, fault)))
      break;
  }
  return fault;
}

static char *
check_items (const Schema *schema, const json_t *all, const json_t *rule,
             const json_t *document)
{
  size_t i;
  json_t *item;
  json_array_foreach (document, i, item)
  {
    g_autofree char *place = g_strdup_printf ("%zu", i);
    char *fault = at (place, check (schema, rule, item));
    if (fault)
      return fault;
  }
  return NULL;
}

static char *
check_max_items (const Schema *schema, const json_t *all, const json_t *rule,
                 const json_t *document)
{
  return (json_int_t)json_array_size (document) <= json_integer_value (rule)
             ? NULL
             : g_strdup (": too long");
}

static char *
check_min_length (const Schema *schema, const json_t *all, const json_t *rule,
                  const json_t *document)
{
  return !json_is_string (document)
                 || (json_int_t)json_string_length (document)
                        >= json_integer_value (rule)
             ? NULL
             : g_strdup (": too short");
}

static char *
check_minimum (const Schema *schema, const json_t *all, const json_t *rule,
               const json_t *document)
{
  return !json_is_number (document)
                 || json_number_value (document) >= json_number_value (rule)
             ? NULL
             : g_strdup (": too small");
}

static char *
check_any (const Schema *schema, const json_t *all, const json_t *rule,
           const json_t *document)
{
  size_t i;
  json_t *one;
  json_array_foreach (rule, i, one)
  {
    g_autofree char *fault = check (schema, one, document);
    if (fault == NULL)
      return NULL;
  }
  return g_strdup (": nothing of what may be there");
}

static char *
check_ref (const Schema *schema, const json_t *all, const json_t *rule,
           const json_t *document)
{
  const char *name = json_string_value (rule);
  g_assert (g_str_has_prefix (name, "#/$defs/"));
  const json_t *rules = json_object_get (json_object_get (schema->root, "$defs"),
                                         name + strlen ("#/$defs/"));
  return rules ? check (schema, rules, document)
               : g_strdup_printf (": the schema lacks %s", name);
}

static char *
check_nothing (const Schema *schema, const json_t *all, const json_t *rule,
               const json_t *document)
{
  return NULL;
}

static char *
check (const Schema *schema, const json_t *rules, const json_t *document)
{
  static const struct {
    const char *word;
    Rule rule;
  } words[] = {
    { "type", check_type },
    { "const", check_const },
    { "enum", check_enum },
    { "required", check_required },
    { "properties", check_properties },
    { "additionalProperties", check_additional },
    { "items", check_items },
    { "maxItems", check_max_items },
    { "minLength", check_min_length },
    { "minimum", check_minimum },
    { "anyOf", check_any },
    { "$ref", check_ref },
    { "$schema", check_nothing },
    { "$defs", check_nothing },
    { "title", check_nothing },
    { "description", check_nothing },
  };
  const char *word;
  json_t *rule;
  json_object_foreach ((json_t *)rules, word, rule)
  {
    guint i = 0;
    while (i < G_N_ELEMENTS (words) && !g_str_equal (words[i].word, word))
      i++;
    if (i == G_N_ELEMENTS (words))
      return g_strdup_printf (": the word %s is not known", word);
    char *fault = words[i].rule (schema, rules, rule, document);
    if (fault)
      return fault;
  }
  return NULL;
}

char *
schema_fault (const json_t *schema, const json_t *document)
{
  g_return_val_if_fail (json_is_object (schema) && document, NULL);
  const Schema whole = { schema };
  return check (&whole, schema, document);
}
