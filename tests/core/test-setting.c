/* Settings: one set of rules for text and JSON, exact both ways.
 * SPDX-License-Identifier: MIT */
#include "lab/setting.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/status.h"

static const char *const fruit[]
    = { "apple", "Apple", "pear", "Pear", "plum", "Plum", NULL };

enum { FLAG, COUNT, SIZE, ONE, SOME, NOTE, POINT, NAMED, N_ROWS };
static const OdlSetting rows[N_ROWS] = {
  { "flag", "Flag", NULL, NULL, "A switch.", ODL_SETTING_BOOLEAN, 0, 0, "false" },
  { "count", "Count", NULL, NULL, "How many.", ODL_SETTING_INTEGER, 1, 1e9, "3" },
  { "size", "Size", "m", NULL, "How large.", ODL_SETTING_REAL, -10, 10, "0.1" },
  { "one", "One", NULL, NULL, "Which.", ODL_SETTING_CHOICE, 0, 0, "pear", fruit },
  { "some", "Some", NULL, NULL, "Which.", ODL_SETTING_CHOICES, 1, 0, "pear", fruit },
  { "note", "Note", NULL, NULL, "A text.", ODL_SETTING_TEXT, 0, 0, "" },
  { "point", "Point", NULL, NULL, "Where.", ODL_SETTING_REALS, -5, 5, "2, 0" },
  { "named", "Named", NULL, NULL, "Numbers.", ODL_SETTING_PARAMETERS, 0, 0, "a=1" },
};

typedef struct {
  guint row;
  const char *text, *canonical;
} Good;

static const Good good[] = {
  { FLAG, "true", "true" },
  { FLAG, " Yes ", "true" },
  { FLAG, "off", "false" },
  { COUNT, "1", "1" },
  { COUNT, "1e3", "1000" },
  { COUNT, "+7", "7" },
  { COUNT, "12.0", "12" },
  { SIZE, "0.1", "0.1" },
  { SIZE, "-1e-300", "-1e-300" },
  { SIZE, "-0", "-0" },
  { SIZE, "0.30000000000000004", "0.30000000000000004" },
  { ONE, "plum", "plum" },
  { SOME, "plum, apple", "apple,plum" },
  { SOME, "pear,pear", "pear" },
  { NOTE, "", "" },
  { NOTE, "  kept as it is\n", "  kept as it is\n" },
  { POINT, "", "" },
  { POINT, "1,2 , 3e-1", "1, 2, 0.3" },
  { NAMED, "", "" },
  { NAMED, "mu = 5,a_1=-2", "mu=5, a_1=-2" },
};

static const Good bad[] = {
  { FLAG, "", NULL },           { FLAG, "2", NULL },
  { COUNT, "", NULL },          { COUNT, "0", NULL },
  { COUNT, "1.5", NULL },       { COUNT, "1e10", NULL },
  { COUNT, "nan", NULL },       { COUNT, "0x10", NULL },
  { COUNT, "12 apples", NULL }, { SIZE, "inf", NULL },
  { SIZE, "nan", NULL },        { SIZE, "1e999", NULL },
  { SIZE, "10.0001", NULL },    { SIZE, "1,5", NULL },
  { SIZE, "", NULL },           { ONE, "Apple", NULL },
  { ONE, "apple,pear", NULL },  { ONE, "", NULL },
  { SOME, "", NULL },           { SOME, "apple,,pear", NULL },
  { SOME, "kiwi", NULL },       { POINT, "1,,2", NULL },
  { POINT, "1 2", NULL },       { POINT, "6", NULL },
  { POINT, "nan", NULL },       { NAMED, "a", NULL },
  { NAMED, "a=1, a=2", NULL },  { NAMED, "1=a", NULL },
  { NAMED, "a=nan", NULL },     { NAMED, "=1", NULL },
  { NOTE, "\xff\xfe", NULL },
};

static void
test_accepted (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    const OdlSetting *row = &rows[good[i].row];
    g_autoptr (GError) error = NULL;
    OdlValue value, again;
    odl_value_parse (row, good[i].text, &value, &error);
    g_assert_no_error (error);
    g_autofree char *text = odl_value_to_text (row, &value);
    g_assert_cmpstr (text, ==, good[i].canonical);
    odl_value_parse (row, text, &again, &error);
    g_assert_no_error (error);
    g_assert_true (odl_value_equal (&value, &again));
    odl_value_clear (&again);
    json_t *json = odl_value_to_json (row, &value);
    odl_value_from_json (row, json, &again, &error);
    g_assert_no_error (error);
    g_assert_true (odl_value_equal (&value, &again));
    json_decref (json);
    odl_value_clear (&again);
    odl_value_clear (&value);
  }
}

/* A sentence: the key, what was given, what is accepted. */
static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    const OdlSetting *row = &rows[bad[i].row];
    g_autoptr (GError) error = NULL;
    OdlValue value;
    if (odl_value_parse (row, bad[i].text, &value, &error))
      g_test_message ("%s: “%s” was accepted", row->key, bad[i].text);
    g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
    g_assert_true (g_str_has_prefix (error->message, row->key));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_nonnull (strstr (error->message, "accepted"));
  }
}

static void
test_long_texts (void)
{
  g_autofree char *fits = g_strnfill (65536, 'x'), *over = g_strnfill (65537, 'x');
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < N_ROWS; i++) {
    OdlValue value;
    g_autoptr (GError) why = NULL;
    g_assert_false (odl_value_parse (&rows[i], over, &value, &why));
    g_assert_cmpuint (strlen (why->message), <, 1000);
  }
  OdlValue value;
  g_assert_true (odl_value_parse (&rows[NOTE], fits, &value, &error));
  odl_value_clear (&value);
}

/* Random bits of doubles come back through text and through JSON text. */
static void
test_exact (void)
{
  const OdlSetting row = { "x", "X", NULL, NULL, "Any.", ODL_SETTING_REAL, 0, 0, "0" };
  OdlRandom random = odl_random (3, 1);
  for (guint i = 0; i < 20000; i++) {
    OdlValue value = { .kind = ODL_SETTING_REAL }, again;
    const guint64 bits = odl_random_bits (&random);
    memcpy (&value.real, &bits, sizeof bits);
    if (!isfinite (value.real))
      continue;
    g_autofree char *text = odl_value_to_text (&row, &value);
    g_assert_true (odl_value_parse (&row, text, &again, NULL));
    g_assert_true (odl_value_equal (&value, &again));
    json_t *json = odl_value_to_json (&row, &value);
    g_assert_true (odl_value_from_json (&row, json, &again, NULL));
    g_assert_true (odl_value_equal (&value, &again));
    json_decref (json);
  }
}

static void
test_wrong_types (void)
{
  json_t *const values[]
      = { json_null (),          json_true (),         json_integer (-3),
          json_real (0.5),       json_string ("pear"), json_array (),
          json_object (),        json_pack ("[n]"),    json_pack ("{s:n}", "a"),
          json_pack ("[[i]]", 1) };
  /* What of these each row takes. */
  const guint taken[N_ROWS]
      = { 1u << 1, 0, 1u << 2 | 1u << 3, 1u << 4, 0, 1u << 4, 1u << 5, 1u << 6 };
  for (guint r = 0; r < N_ROWS; r++)
    for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
      OdlValue value;
      g_autoptr (GError) error = NULL;
      const gboolean took = odl_value_from_json (&rows[r], values[i], &value, &error);
      g_assert_cmpint (took, ==, (taken[r] >> i) & 1);
      if (took)
        odl_value_clear (&value);
      else
        g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    json_decref (values[i]);
}

/* ---- All values together ---- */

static void
test_reads (void)
{
  g_autoptr (OdlValues) values = odl_values_new (rows, N_ROWS);
  guint n;
  double number = 0;
  g_assert_false (odl_values_boolean (values, "flag"));
  g_assert_cmpint (odl_values_integer (values, "count"), ==, 3);
  g_assert_cmpfloat (odl_values_real (values, "size"), ==, 0.1);
  g_assert_cmpstr (odl_values_text (values, "one"), ==, "pear");
  g_assert_true (odl_values_has_choice (values, "some", "pear"));
  g_assert_false (odl_values_has_choice (values, "some", "pea"));
  g_assert_false (odl_values_has_choice (values, "some", "ear"));
  g_assert_false (odl_values_has_choice (values, "some", ""));
  g_assert_cmpfloat (odl_values_reals (values, "point", &n)[0], ==, 2);
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (odl_values_set_text (values, "named", "ab=1, b=2", NULL));
  g_assert_true (odl_values_parameter (values, "named", "b", &number));
  g_assert_cmpfloat (number, ==, 2);
  g_assert_false (odl_values_parameter (values, "named", "a", &number));
}

static void
test_unknown_key (void)
{
  g_autoptr (OdlValues) values = odl_values_new (rows, N_ROWS);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (odl_values_find (values, "sise", &error), ==, -1);
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  for (guint i = 0; i < N_ROWS; i++)
    g_assert_nonnull (strstr (error->message, rows[i].key));
}

/* All of a document, or nothing. */
static void
test_documents (void)
{
  g_autoptr (OdlValues) values = odl_values_new (rows, N_ROWS),
                        other = odl_values_new (rows, N_ROWS);
  g_autoptr (GError) error = NULL;
  odl_values_set_text (values, "size", "0.7", NULL);
  odl_values_set_text (values, "named", "k=0.1", NULL);
  json_t *json = odl_values_to_json (values);
  g_assert_true (odl_values_from_json (other, json, &error));
  for (guint i = 0; i < N_ROWS; i++)
    g_assert_true (odl_value_equal (&values->values[i], &other->values[i]));
  json_object_set_new (json, "count", json_integer (8));
  json_object_set_new (json, "point", json_string ("wrong"));
  g_assert_false (odl_values_from_json (other, json, &error));
  g_assert_true (g_str_has_prefix (error->message, "point"));
  g_assert_cmpint (odl_values_integer (other, "count"), ==, 3);
  json_decref (json);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/setting/accepted", test_accepted);
  g_test_add_func ("/setting/refused", test_refused);
  g_test_add_func ("/setting/long-texts", test_long_texts);
  g_test_add_func ("/setting/exact", test_exact);
  g_test_add_func ("/setting/wrong-types", test_wrong_types);
  g_test_add_func ("/values/reads", test_reads);
  g_test_add_func ("/values/unknown-key", test_unknown_key);
  g_test_add_func ("/values/documents", test_documents);
  return g_test_run ();
}
