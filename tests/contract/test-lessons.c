/* Lessons: every panel that has one offers three things to try or more, and whatever
 * they set is accepted by the experiment, in the order in which it stands there.
 * SPDX-License-Identifier: MIT
 *
 * The text is read by the window's own reader, which knows nothing of GTK. */
#include "lab/experiment.h"
#include "lab/history.h"

#include <string.h>

#include "../ui/widgets/lesson-text.c"

typedef struct {
  OdlRuns *runs;
  OdlExperiment *experiment;
  char **keys;
} Subject;

static Subject
subject_new (const OdlExperimentClass *klass)
{
  g_autoptr (GError) error = NULL;
  Subject subject = { .runs = odl_runs_new () };
  subject.experiment = odl_experiment_new (klass, subject.runs, &error);
  g_assert_no_error (error);
  subject.keys = g_new0 (char *, klass->n_settings + 2);
  for (guint i = 0; i < klass->n_settings; i++)
    subject.keys[i] = g_strdup (klass->settings[i].key);
  subject.keys[klass->n_settings] = g_strdup ("run");
  return subject;
}

static void
subject_clear (Subject *subject)
{
  odl_experiment_free (subject->experiment);
  odl_runs_free (subject->runs);
  g_strfreev (subject->keys);
}

static char *
read_lesson (const OdlExperimentClass *klass)
{
  char *text = NULL;
  g_autofree char *path
      = g_strdup_printf (ODL_SOURCE_DIR "/resources/lessons/%s.md", klass->id);
  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/* Sets all that a button sets; returns how many settings that were. */
static guint
try_out (const Subject *subject, const OdlBlock *block)
{
  guint n = 0;
  g_autoptr (GPtrArray) trials
      = odl_lesson_trials (block->call, (const char *const *)subject->keys);
  for (guint i = 0; i < trials->len; i++) {
    const OdlTrial *trial = trials->pdata[i];
    g_autoptr (GError) error = NULL;
    if (trial->value == NULL) {
      g_assert_cmpstr (trial->key, ==, "run");
      continue;
    }
    odl_experiment_set_text (subject->experiment, trial->key, trial->value, &error);
    if (error != NULL)
      g_test_message ("[%s]: %s", block->text, error->message);
    g_assert_no_error (error);
    n++;
  }
  return n;
}

static void
test_lesson (gconstpointer data)
{
  const OdlExperimentClass *klass = data;
  g_autofree char *text = read_lesson (klass);
  if (text == NULL) {
    g_test_skip ("this panel has no lesson");
    return;
  }
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_autoptr (GPtrArray) blocks = odl_lesson_parse (text);
  Subject subject = subject_new (klass);
  guint n = 0;
  g_assert_cmpint (((const OdlBlock *)blocks->pdata[0])->kind, ==, ODL_BLOCK_TITLE);
  for (guint i = 0; i < blocks->len; i++) {
    const OdlBlock *block = blocks->pdata[i];
    if (block->kind == ODL_BLOCK_TRY)
      n += try_out (&subject, block) > 0;
    else /* a button that was not recognised would be shown as text */
      g_assert_null (strstr (block->text, "(try:"));
  }
  g_test_message ("%u things to try", n);
  g_assert_cmpuint (n, >=, 3);
  subject_clear (&subject);
}

/* The check itself: a key or a value that is not there is caught. */
static void
test_planted_faults (void)
{
  const OdlExperimentClass *klass = odl_experiment_find ("flows", NULL);
  static const char *const calls[] = { "data=sausages", "extra=-4" };
  Subject subject = subject_new (klass);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autoptr (GPtrArray) trials
        = odl_lesson_trials (calls[i], (const char *const *)subject.keys);
    const OdlTrial *trial = trials->pdata[0];
    g_autoptr (GError) error = NULL;
    g_assert_false (
        odl_experiment_set_text (subject.experiment, trial->key, trial->value, &error));
    g_assert_nonnull (error);
  }
  subject_clear (&subject);
}

int
main (int argc, char **argv)
{
  guint n;
  const OdlExperimentClass *const *classes = odl_experiments (&n);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < n; i++) {
    g_autofree char *path = g_strdup_printf ("/lessons/%s", classes[i]->id);
    g_test_add_data_func (path, classes[i], test_lesson);
  }
  g_test_add_func ("/lessons/planted-faults", test_planted_faults);
  return g_test_run ();
}
