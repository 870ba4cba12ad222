/* A session of a megabyte: saved and loaded.
 * SPDX-License-Identifier: MIT
 *
 * Every experiment's own document, and numbers of full length in the view until the
 * file has a megabyte. Saving includes the flush to the disk. */
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>

#include "bench/support-bench.h"
#include "lab/experiment.h"
#include "lab/history.h"
#include "lab/session.h"

typedef struct {
  json_t *session;
  char *path;
} File;

static void
save (gpointer data)
{
  const File *file = data;
  g_autoptr (GError) error = NULL;
  if (!odl_session_write (file->session, file->path, &error))
    g_error ("%s", error->message);
}

static void
load (gpointer data)
{
  const File *file = data;
  g_autoptr (GError) error = NULL;
  json_t *session = odl_session_read (file->path, &error), *saved;
  size_t i;
  if (!session)
    g_error ("%s", error->message);
  json_array_foreach (json_object_get (session, "experiments"), i, saved)
  {
    const OdlExperimentClass *klass = odl_experiment_find (
        json_string_value (json_object_get (saved, "experiment")), NULL);
    g_autoptr (OdlRuns) runs = odl_runs_new ();
    g_autoptr (OdlExperiment) experiment = odl_experiment_new (klass, runs, NULL);
    if (!odl_experiment_load (experiment, saved, &error))
      g_error ("%s", error->message);
  }
  json_decref (session);
}

static json_t *
fill (void)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  g_autoptr (OdlRuns) runs = odl_runs_new ();
  json_t *session = odl_session_new (), *experiments = json_array (),
         *numbers = json_array (), *view = json_object ();
  for (guint i = 0; i < n; i++) {
    g_autoptr (OdlExperiment) experiment = odl_experiment_new (all[i], runs, NULL);
    json_array_append_new (experiments, odl_experiment_save (experiment));
  }
  for (guint i = 0; i < 50000; i++)
    json_array_append_new (numbers, json_real (sin (i)));
  json_object_set_new (view, "numbers", numbers);
  json_object_set_new (session, "experiments", experiments);
  json_object_set_new (session, "view", view);
  return session;
}

int
main (void)
{
  g_autofree char *folder = g_dir_make_tmp ("odelab-bench-XXXXXX", NULL);
  File file = { fill (), g_build_filename (folder, "a.odelab", NULL) };
  GStatBuf status;
  bench_title ("A session of a megabyte");
  const double saving = bench_seconds (save, &file, 15),
               loading = bench_seconds (load, &file, 15);
  g_stat (file.path, &status);
  bench_row ("size", (double)status.st_size / 1e6, "MB", BENCH_AT_LEAST, 1);
  bench_row ("save, with the flush", saving * 1e3, "ms", BENCH_AT_MOST, 50);
  bench_row ("load, with every experiment", loading * 1e3, "ms", BENCH_AT_MOST, 50);
  g_autofree char *backup = g_strconcat (file.path, "~", NULL);
  g_unlink (backup);
  g_unlink (file.path);
  g_rmdir (folder);
  g_free (file.path);
  json_decref (file.session);
  return 0;
}
