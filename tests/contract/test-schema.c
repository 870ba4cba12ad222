/* The schema and what is written: each session is as the schema has it, and what the
 * schema forbids the program refuses. SPDX-License-Identifier: MIT */
#include <string.h>

#include "lab/experiment.h"
#include "lab/history.h"
#include "lab/session.h"
#include "support/schema.h"

static json_t *
read_schema (void)
{
  json_error_t error;
  json_t *schema = json_load_file (ODL_SOURCE_DIR "/resources/session.schema.json",
                                   JSON_REJECT_DUPLICATES, &error);
  if (schema == NULL)
    g_test_message ("line %d: %s", error.line, error.text);
  g_assert_nonnull (schema);
  return schema;
}

static void
check_valid (const json_t *schema, const json_t *session)
{
  g_autofree char *fault = schema_fault (schema, session);
  g_assert_cmpstr (fault, ==, NULL);
}

/* Every experiment, with some iterations behind it, and their runs. */
static json_t *
make_session (void)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  const OdlTime time = { .deadline_us = G_MAXINT64 };
  json_t *session = odl_session_new (), *list = json_array ();
  const double row[ODL_N_COLUMNS] = { 0.5, G_MAXDOUBLE * 2, -G_MAXDOUBLE * 2, 26 };
  guint n;
  const OdlExperimentClass *const *classes = odl_experiments (&n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (OdlExperiment) experiment = odl_experiment_new (classes[i], runs, NULL);
    odl_experiment_step (experiment, &time, FALSE, NULL);
    odl_experiment_step (experiment, &time, FALSE, NULL);
    json_array_append_new (list, odl_experiment_save (experiment));
  }
  odl_runs_add (runs, odl_runs_begin (runs, "solvers", "any", "x=1"), 3, row);
  json_object_set_new (session, "experiments", list);
  json_object_set_new (session, "runs", odl_runs_save (runs));
  json_object_set_new (session, "view", json_pack ("{s:s}", "panel", "solvers"));
  json_object_set_new (session, "origin", json_string ("/tmp/x.odelab"));
  return session;
}

static void
test_written (void)
{
  json_t *schema = read_schema (), *session = make_session (),
         *fresh = odl_session_new ();
  check_valid (schema, session);
  check_valid (schema, fresh);
  json_decref (fresh);
  json_decref (session);
  json_decref (schema);
}

/* Sets what a path like "runs/runs/0/id" leads to. Takes the value. */
static void
plant (json_t *in, const char *path, json_t *value)
{
  g_auto (GStrv) words = g_strsplit (path, "/", -1);
  guint last = g_strv_length (words) - 1;
  for (guint i = 0; i < last; i++)
    in = json_is_array (in) ? json_array_get (in, (size_t)atoi (words[i]))
                            : json_object_get (in, words[i]);
  if (json_is_array (in))
    json_array_set_new (in, (size_t)atoi (words[last]), value);
  else
    json_object_set_new (in, words[last], value);
}

/* A fault planted in any part: the schema sees it, and so does the program. */
static void
test_faults (void)
{
  static const struct {
    const char *path, *value;
  } faults[] = {
    { "format", "\"other\"" },
    { "version", "2" },
    { "version", "\"1\"" },
    { "program", "1" },
    { "origin", "[]" },
    { "view", "[]" },
    { "extra", "1" },
    { "experiments", "{}" },
    { "experiments/0", "1" },
    { "experiments/0/experiment", "7" },
    { "experiments/0/experiment", "\"\"" },
    { "experiments/0/settings", "[]" },
    { "experiments/0/settings/steps", "null" },
    { "experiments/0/settings/steps", "[[1]]" },
    { "experiments/0/data", "\"\"" },
    { "experiments/0/state", "false" },
    { "experiments/0/more", "{}" },
    { "runs", "[]" },
    { "runs/last-id", "-1" },
    { "runs/last-id", "1.5" },
    { "runs/more", "1" },
    { "runs/runs", "{}" },
    { "runs/runs/0/id", "0" },
    { "runs/runs/0/name", "1" },
    { "runs/runs/0/live", "\"yes\"" },
    { "runs/runs/0/more", "1" },
    { "runs/runs/0/history/stride", "0" },
    { "runs/runs/0/history/iteration", "[\"0\"]" },
    { "runs/runs/0/history/loss", "[true]" },
    { "runs/runs/0/history/lost", "[]" },
  };
  json_t *schema = read_schema (), *session = make_session ();
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    json_t *spoiled = json_deep_copy (session);
    plant (spoiled, faults[i].path,
           json_loads (faults[i].value, JSON_DECODE_ANY, NULL));
    g_autofree char *fault = schema_fault (schema, spoiled);
    g_autoptr (GError) error = NULL;
    const gboolean taken = odl_session_check (spoiled, &error);
    if (fault == NULL || taken)
      g_test_message ("%s = %s: the %s sees nothing", faults[i].path, faults[i].value,
                      taken ? "program" : "schema");
    g_assert_nonnull (fault);
    g_assert_false (taken);
    json_decref (spoiled);
  }
  json_decref (session);
  json_decref (schema);
}

/* Every part that must be there. */
static void
test_lacking (void)
{
  static const char *const parts[] = { "format", "version", "experiments" };
  json_t *schema = read_schema ();
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    json_t *session = odl_session_new ();
    json_object_del (session, parts[i]);
    g_autofree char *fault = schema_fault (schema, session);
    g_assert_nonnull (fault);
    g_assert_false (odl_session_check (session, NULL));
    json_decref (session);
  }
  json_decref (schema);
}

/* The validator itself: a rule that it does not know is a fault. */
static void
test_unknown_rules (void)
{
  json_t *schema = json_pack ("{s:s, s:i}", "type", "array", "minItems", 2),
         *document = json_array ();
  g_autofree char *fault = schema_fault (schema, document);
  g_assert_nonnull (strstr (fault, "minItems"));
  json_decref (document);
  json_decref (schema);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schema/written", test_written);
  g_test_add_func ("/schema/faults", test_faults);
  g_test_add_func ("/schema/lacking", test_lacking);
  g_test_add_func ("/schema/unknown-rules", test_unknown_rules);
  return g_test_run ();
}
