/* Sessions as documents: what is read, refused, migrated and described.
 * SPDX-License-Identifier: MIT */
#include "lab/session.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/status.h"
#include "lab/session-parts.h"
#include "support/cpu-time.h"
#include "support/fake-experiments.h"

FAKE_REGISTRY ()

static json_t *
parse (const char *text, GError **error)
{
  return odl_session_parse (text, strlen (text), "a-name", error);
}

/* Refused with one clear line that names the file and contains `word`. */
static void
check_refused (const char *text, gsize length, const char *word)
{
  g_autoptr (GError) error = NULL;
  json_t *session = odl_session_parse (text, length, "a-name", &error);
  if (session)
    g_test_message ("accepted: %.200s", text);
  g_assert_null (session);
  g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
  g_assert_true (g_str_has_prefix (error->message, "a-name: "));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_cmpuint (strlen (error->message), <, 1000);
  if (strstr (error->message, word) == NULL)
    g_test_message ("“%s” lacks “%s”", error->message, word);
  g_assert_nonnull (strstr (error->message, word));
}

/* A session with everything in it. */
static json_t *
make_session (void)
{
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  json_t *session = odl_session_new (), *list = json_array ();
  const OdlTime time = { .deadline_us = G_MAXINT64 };
  guint n;
  const OdlExperimentClass *const *classes = odl_experiments (&n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (OdlExperiment) experiment = odl_experiment_new (classes[i], runs, NULL);
    const OdlAction add = { .kind = "add", .phase = ODL_PHASE_END, .x = 1 / 3.0 };
    if (classes[i]->act) {
      odl_experiment_act (experiment, &add, NULL);
      odl_experiment_set_text (experiment, "label", "“quoted”\n\ttext \\", NULL);
    }
    for (guint k = 0; k < 7; k++)
      odl_experiment_step (experiment, &time, FALSE, NULL);
    json_array_append_new (list, odl_experiment_save (experiment));
  }
  json_object_set_new (session, "experiments", list);
  json_object_set_new (session, "runs", odl_runs_save (runs));
  json_object_set_new (session, "view",
                       json_pack ("{s:s, s:[f,f]}", "panel", "twin", "zoom", 0.1, 0.7));
  return session;
}

static char *
text_of (const json_t *session)
{
  char *text = json_dumps (session, JSON_INDENT (1) | JSON_REAL_PRECISION (17)),
       *copy = g_strdup (text);
  free (text);
  return copy;
}

static void
test_new (void)
{
  g_autoptr (GError) error = NULL;
  json_t *session = odl_session_new ();
  g_assert_true (odl_session_check (session, &error));
  g_assert_no_error (error);
  json_decref (session);
}

static void
test_whole (void)
{
  g_autoptr (GError) error = NULL;
  json_t *session = make_session ();
  g_autofree char *text = text_of (session);
  json_t *again = parse (text, &error);
  g_assert_no_error (error);
  g_assert_true (json_equal (session, again));
  g_autofree char *twice = text_of (again);
  g_assert_cmpstr (text, ==, twice);
  json_decref (again);
  json_decref (session);
}

/* Every double that is finite comes back with its bits, by way of a file. */
static void
test_exact_numbers (void)
{
  OdlRandom random = odl_random (20, 1);
  json_t *session = odl_session_new (), *list = json_array ();
  double numbers[4000];
  g_autofree char *folder = g_dir_make_tmp ("odelab-session-XXXXXX", NULL),
                  *path = g_build_filename (folder, "numbers.odelab", NULL);
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    const guint64 bits = odl_random_bits (&random);
    memcpy (&numbers[i], &bits, sizeof bits);
    if (!isfinite (numbers[i]) || i == 0)
      numbers[i] = i == 0 ? -0.0 : 5e-324;
    json_array_append_new (list, json_real (numbers[i]));
  }
  json_object_set_new (session, "view", json_pack ("{s:o}", "numbers", list));
  g_assert_true (odl_session_write (session, path, &error));
  g_assert_no_error (error);
  json_t *again = odl_session_read (path, &error);
  g_assert_no_error (error);
  list = json_object_get (json_object_get (again, "view"), "numbers");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    const double number = json_number_value (json_array_get (list, i));
    g_assert_cmpint (memcmp (&number, &numbers[i], sizeof number), ==, 0);
  }
  json_decref (again);
  json_decref (session);
  g_unlink (path);
  g_rmdir (folder);
}

/* ---- What is refused ---- */

static void
test_truncated (void)
{
  json_t *session = make_session ();
  g_autofree char *text = text_of (session);
  for (gsize n = 0; n < strlen (text); n++)
    check_refused (text, n, "");
  json_decref (session);
}

#define HEAD       "{\"format\": \"odelab-session\", \"version\": 1, "
#define ONE(parts) HEAD "\"experiments\": [{\"experiment\": \"counter\"" parts "}]}"

static void
test_refused (void)
{
  static const struct {
    const char *text, *word;
  } cases[] = {
    { "", "line 1" },
    { "[]", "not a session" },
    { "7", "line 1" },
    { "{\"version\": 1, \"experiments\": []}", "not a session" },
    { "{\"format\": \"other\", \"version\": 1, \"experiments\": []}", "not a session" },
    { "{\"format\": \"odelab-session\", \"experiments\": []}", "version" },
    { "{\"format\": \"odelab-session\", \"version\": \"1\", \"experiments\": []}",
      "version" },
    { "{\"format\": \"odelab-session\", \"version\": 1.5, \"experiments\": []}",
      "version" },
    { "{\"format\": \"odelab-session\", \"version\": -1, \"experiments\": []}",
      "version" },
    { "{\"format\": \"odelab-session\", \"version\": 0, \"experiments\": []}",
      "version 0" },
    { "{\"format\": \"odelab-session\", \"version\": 2, \"program\": \"odelab 9\", "
      "\"experiments\": []}",
      "version 2 is newer than this program (odelab 9" },
    { HEAD "\"experiments\": {}}", "experiments" },
    { HEAD "\"view\": {}}", "experiments" },
    { HEAD "\"experiments\": [], \"extra\": 1}", "extra" },
    { HEAD "\"experiments\": [], \"view\": []}", "view" },
    { HEAD "\"experiments\": [], \"program\": 1}", "program" },
    { HEAD "\"experiments\": [], \"origin\": 1}", "origin" },
    { HEAD "\"experiments\": [], \"runs\": []}", "runs" },
    { HEAD "\"experiments\": [], \"runs\": {\"last-id\": 1, \"runs\": [{}]}}", "runs" },
    { HEAD "\"experiments\": [1]}", "experiments[0]" },
    { HEAD "\"experiments\": [{}]}", "experiments[0]" },
    { HEAD "\"experiments\": [{\"experiment\": \"none\"}]}", "counter, twin" },
    { HEAD "\"experiments\": [{\"experiment\": \"twin\"}, {\"experiment\": \"twin\"}]}",
      "experiments[1].experiment: “twin” is there twice" },
    { ONE (", \"settings\": []"), "experiments[0].settings" },
    { ONE (", \"data\": 1"), "experiments[0].data" },
    { ONE (", \"state\": null"), "experiments[0].state" },
    { ONE (", \"other\": {}"), "experiments[0].other" },
    { ONE (", \"settings\": {\"gain\": \"1\"}"), "experiments[0].settings.gain" },
    { ONE (", \"settings\": {\"gain\": 5}"), "gain" },
    { ONE (", \"settings\": {\"gain\": 1e999}"), "line 1" },
    { ONE (", \"settings\": {\"gain\": NaN}"), "line 1" },
    { ONE (", \"settings\": {\"gain\": Infinity}"), "line 1" },
    { ONE (", \"settings\": {\"gain\": .5}"), "line 1" },
    { ONE (", \"settings\": {\"limit\": 1.5}"), "limit" },
    { ONE (", \"settings\": {\"limit\": 99999999999999999999}"), "line 1" },
    { ONE (", \"settings\": {\"kind\": \"fast\"}"), "kind" },
    { ONE (", \"settings\": {\"label\": null}"), "label" },
    { ONE (", \"settings\": {\"missing\": 1}"), "missing" },
    { ONE (", \"experiment\": \"counter\""), "duplicate" },
    { HEAD "\"experiments\": []} x", "line 1" },
    { HEAD "\"experiments\": [],}", "line 1" },
    { HEAD "\"experiments\": [\xff]}", "line 1" },
    { HEAD "\"experiments\": [\n\x01\n]}", "line 2" },
    { HEAD "'experiments': []}", "line 1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_refused (cases[i].text, strlen (cases[i].text), cases[i].word);
  check_refused ("{\0}", 3, "line 1");
}

/* `n` times `unit` between a head and a tail. */
static char *
repeat (const char *head, const char *unit, gsize n, const char *tail, gsize *length)
{
  GString *text = g_string_new (head);
  for (gsize i = 0; i < n; i++)
    g_string_append (text, unit);
  g_string_append (text, tail);
  *length = text->len;
  return g_string_free (text, FALSE);
}

/* A second for each, on a machine that is busy and with sanitizers too. */
static void
test_huge (void)
{
  static const struct {
    const char *head, *unit, *tail;
    gsize n;
    const char *word;
  } cases[] = {
    { HEAD "\"view\": {\"list\": [0", ",0", "]}}", 10000000, "too many values" },
    { HEAD "\"view\": {\"list\": [0", ",[]", "]}}", 10000000, "too many values" },
    { "", "[", "", 100000, "too many brackets" },
    { "", "{\"a\":", "", 100000, "too many brackets" },
    { HEAD "\"view\": ", "[", "", 100000, "too many brackets" },
    { "", "[\n", "", 100000, "line 65, column 1" },
    { "\"", "a", "\"", ODL_SESSION_MAX_BYTES, "too large" },
    { "", " ", "", 30000000, "line" },
    { "", "\\\"", "", 1000000, "line 1" },
    { "1", "0", "", 1000000, "line 1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize length;
    g_autofree char *text
        = repeat (cases[i].head, cases[i].unit, cases[i].n, cases[i].tail, &length);
    const gint64 start = cpu_us ();
    check_refused (text, length, cases[i].word);
    const double seconds = (double)(cpu_us () - start) * 1e-6;
    g_test_message ("case %u: %.3f s", i, seconds);
    g_assert_cmpfloat (seconds, <, 5);
  }
}

/* Brackets and commas in texts count for nothing. */
static void
test_scan_of_texts (void)
{
  gsize length;
  g_autofree char *text
      = repeat (HEAD "\"experiments\": [], \"view\": {\"text\": \"\\\\\\\"", "[,{:\\\"",
                200000, "\\\\\"}}", &length);
  g_autoptr (GError) error = NULL;
  json_decref (odl_session_parse (text, length, "a-name", &error));
  g_assert_no_error (error);
}

/* ---- Migration ---- */

static gboolean
rename_parts (json_t *session, GError **error)
{
  json_t *list = json_incref (json_object_get (session, "panels"));
  json_object_del (session, "panels");
  json_object_set_new (session, "experiments", list);
  return TRUE;
}

static gboolean
add_view (json_t *session, GError **error)
{
  json_object_set_new (session, "view", json_object ());
  return TRUE;
}

static gboolean
give_up (json_t *session, GError **error)
{
  g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "cannot be migrated");
  return FALSE;
}

static json_t *
old_session (guint version)
{
  return json_pack ("{s:s, s:i, s:[]}", "format", ODL_SESSION_FORMAT, "version",
                    version, "panels");
}

/* Steps in a row, each on what the one before has made. */
static void
test_migration (void)
{
  static const OdlMigration steps[] = { { 4, add_view }, { 3, rename_parts } };
  g_autoptr (GError) error = NULL;
  json_t *session = old_session (3);
  g_assert_true (odl_session_migrate (session, steps, 2, 5, &error));
  g_assert_no_error (error);
  g_assert_cmpint (json_integer_value (json_object_get (session, "version")), ==, 5);
  g_assert_nonnull (json_object_get (session, "view"));
  g_assert_true (json_is_array (json_object_get (session, "experiments")));
  json_decref (session);
}

static void
test_migration_fails (void)
{
  static const OdlMigration steps[] = { { 3, rename_parts }, { 4, give_up } };
  const guint versions[] = { 2, 3, 6 };
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    g_autoptr (GError) error = NULL;
    json_t *session = old_session (versions[i]);
    g_assert_false (odl_session_migrate (session, steps, 2, 5, &error));
    g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
    json_decref (session);
  }
}

static void
test_describe (void)
{
  json_t *session = make_session ();
  g_autofree char *text = odl_session_describe (session);
  g_assert_true (g_str_has_prefix (text, "session of version 1, written by odelab "));
  g_assert_nonnull (strstr (text, "\ncounter: Counter, 1 number of data"));
  g_assert_nonnull (strstr (text, "\n  label=“quoted”  text \\\n"));
  g_assert_null (strstr (text, "gain="));
  g_assert_nonnull (strstr (text, "\n  counter · map · 1: iteration 7, loss "));
  g_assert_nonnull (strstr (text, "\nin view: twin\n"));
  json_decref (session);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/new", test_new);
  g_test_add_func ("/session/whole", test_whole);
  g_test_add_func ("/session/exact-numbers", test_exact_numbers);
  g_test_add_func ("/session/truncated", test_truncated);
  g_test_add_func ("/session/refused", test_refused);
  g_test_add_func ("/session/huge", test_huge);
  g_test_add_func ("/session/scan-of-texts", test_scan_of_texts);
  g_test_add_func ("/session/migration", test_migration);
  g_test_add_func ("/session/migration-fails", test_migration_fails);
  g_test_add_func ("/session/describe", test_describe);
  return g_test_run ();
}
