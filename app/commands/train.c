/* odelab train: iterations of an experiment without a window, logged, saved, resumed.
 * SPDX-License-Identifier: MIT
 *
 * One iteration at a time, so that the log has every one; the threads work inside an
 * iteration. A training that ends early, because it diverged or was interrupted from
 * the keyboard, still saves what it has. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>

#include "service.h"
#include "train-log.h"
#include "verbs.h"

typedef struct {
  OdlCall *call;
  OdlStand *stand;
  OdlTrainLog *log;
  guint64 wanted, done;
  gboolean interrupted;
} Training;

static gboolean
on_interrupt (gpointer data)
{
  ((Training *)data)->interrupted = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_settling (gpointer data, double done, double total)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return !((Training *)data)->interrupted;
}

static gboolean
iterate (Training *t, GError **error)
{
  const guint source = g_unix_signal_add (SIGINT, on_interrupt, t);
  gboolean more = odl_stand_settle (t->stand, on_settling, t);
  while (more && !*error && t->done < t->wanted && !t->interrupted) {
    more = odl_stand_iterate (t->stand, error);
    t->done += *error == NULL;
    if (!*error && t->log)
      odl_train_log_add (t->log, odl_stand_runs (t->stand), error);
    on_settling (t, 0, 0);
    odl_call_progress (t->call, (double)t->done, (double)t->wanted, "iterations");
  }
  odl_call_progress_end (t->call);
  g_source_remove (source);
  return !*error;
}

static const char *const columns[] = {
#define X(ID, name) #name,
  ODL_HISTORY_COLUMNS (X)
#undef X
};

/* The last row of a run. */
static json_t *
describe_run (const OdlRun *run)
{
  const OdlHistory *h = run->history;
  json_t *model = json_pack ("{s:s, s:I}", "model", run->model, "iteration",
                             (json_int_t)h->iteration[h->n - 1]);
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    if (isfinite (h->columns[c][h->n - 1]))
      json_object_set_new (model, columns[c], json_real (h->columns[c][h->n - 1]));
  return model;
}

/* "augmented: iteration 300, loss 0.0001, …" */
static void
print_run (const OdlRun *run)
{
  const OdlHistory *h = run->history;
  printf ("%s: iteration %" G_GUINT64_FORMAT, run->model, h->iteration[h->n - 1]);
  for (guint c = 0; c < ODL_N_COLUMNS; c++) {
    g_autofree char *name = g_strdelimit (g_strdup (columns[c]), "_", ' ');
    if (isfinite (h->columns[c][h->n - 1]))
      printf (", %s %.6g", name, h->columns[c][h->n - 1]);
  }
  printf ("\n");
}

static void
print_end (const Training *t)
{
  OdlRuns *runs = odl_stand_runs (t->stand);
  json_t *models = json_array ();
  for (guint r = 0; r < odl_runs_count (runs); r++) {
    const OdlRun *run = odl_runs_at (runs, r);
    if (!run->live || run->history->n == 0)
      continue;
    if (t->call->json)
      json_array_append_new (models, describe_run (run));
    else
      print_run (run);
  }
  if (t->call->json)
    odl_call_print_json (
        json_pack ("{s:I, s:O}", "iterations", (json_int_t)t->done, "models", models));
  json_decref (models);
}

/* Hours of work must not end in a folder that was never there. */
static gboolean
check_save (const Training *t, const char *option, GError **error)
{
  const char *save = odl_call_option (t->call, option);
  if (save == NULL)
    return TRUE;
  if (!g_str_has_suffix (save, ".odelab")) {
    odl_error_set_invalid (error, "--%s %s is not acceptable: FILE.odelab", option,
                           save);
    return FALSE;
  }
  g_autofree char *folder = g_path_get_dirname (save);
  if (g_access (folder, W_OK) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot write %s: %s",
               save, g_strerror (errno));
  return FALSE;
}

static gboolean
check_weights (const Training *t, GError **error)
{
  const OdlExperimentClass *klass
      = odl_experiment_class (odl_stand_experiment (t->stand));
  if (klass->saves_weights)
    return TRUE;
  odl_error_set_invalid (error, "--weights: %s has none to hand on: latent has",
                         klass->id);
  return FALSE;
}

static gboolean
open_all (Training *t, GError **error)
{
  gint64 wanted, seed;
  g_autofree const char **settings = odl_call_options (t->call, "set");
  const char *log = odl_call_option (t->call, "log");
  if (!odl_call_option (t->call, "iterations")) {
    odl_error_set_invalid (error,
                           "train lacks the number of iterations: --iterations N");
    return FALSE;
  }
  if (!check_save (t, "save", error) || !check_save (t, "weights", error))
    return FALSE;
  if (!odl_call_integer (t->call, "iterations", 1, G_GINT64_CONSTANT (1000000000000), 0,
                         &wanted, error)
      || !odl_call_integer (t->call, "seed", 0, G_MAXINT32, 0, &seed, error))
    return FALSE;
  t->wanted = (guint64)wanted;
  t->stand = odl_stand_open (odl_call_argument (t->call, 0),
                             (const char *const *)settings, t->call->threads, error);
  if (!t->stand)
    return FALSE;
  g_autofree char *assignment = g_strdup_printf ("seed=%" G_GINT64_FORMAT, seed);
  if (odl_call_option (t->call, "seed") && !odl_stand_set (t->stand, assignment, error))
    return FALSE;
  if (odl_call_option (t->call, "weights") && !check_weights (t, error))
    return FALSE;
  if (log)
    t->log = odl_train_log_open (log, odl_stand_runs (t->stand), error);
  return !log || t->log;
}

/* What is there is kept, whatever ended the training. */
static gboolean
save_all (Training *t, GError **error)
{
  const char *save = odl_call_option (t->call, "save"),
             *weights = odl_call_option (t->call, "weights");
  gboolean ok = !t->log || odl_train_log_close (t->log, error);
  if (ok && save)
    ok = odl_stand_save (t->stand, save, error);
  if (ok && save)
    odl_call_say (t->call, "wrote %s", save);
  if (ok && weights)
    ok = odl_stand_save_weights (t->stand, weights, error);
  if (ok && weights)
    odl_call_say (t->call, "wrote %s", weights);
  return ok;
}

static int
finish (Training *t, GError *error)
{
  GError *unsaved = NULL;
  if (odl_runs_count (odl_stand_runs (t->stand)) == 0 && !error) {
    odl_error_set_invalid (&error, "%s has nothing to train: an experiment that trains",
                           odl_call_argument (t->call, 0));
    return odl_call_fail (error);
  }
  print_end (t);
  if (!save_all (t, &unsaved) && !error)
    error = g_steal_pointer (&unsaved);
  g_clear_error (&unsaved);
  if (error) {
    g_prefix_error (&error, "after %" G_GUINT64_FORMAT " iteration%s: ", t->done,
                    t->done == 1 ? "" : "s");
    odl_call_fail (error);
    return ODL_EXIT_FAILED;
  }
  if (t->interrupted)
    odl_call_say (t->call, "interrupted after %" G_GUINT64_FORMAT " iteration%s",
                  t->done, t->done == 1 ? "" : "s");
  return t->interrupted ? ODL_EXIT_FAILED : ODL_EXIT_DONE;
}

static int
train (OdlCall *call)
{
  Training t = { .call = call };
  GError *error = NULL;
  int status;
  if (!open_all (&t, &error)) {
    status = odl_call_fail (error);
  } else {
    iterate (&t, &error);
    status = finish (&t, error);
  }
  g_clear_pointer (&t.log, odl_train_log_free);
  g_clear_pointer (&t.stand, odl_stand_free);
  return status;
}

static const OdlOption options[] = {
  { "iterations", "N", "how many" },
  { "set", "KEY=VALUE", "a setting: odelab list settings EXPERIMENT", TRUE },
  { "seed", "S", "the same as --set seed=S" },
  { "save", "FILE", "a session with what was learned, OUT.odelab" },
  { "weights", "FILE", "of latent: a session with settings and weights alone" },
  { "log", "FILE", "a CSV row per iteration and model" },
  { NULL },
};

const OdlVerb odl_verb_train = {
  "train", "EXPERIMENT|FILE", 1, 1, "Train without a window", options, train,
};
