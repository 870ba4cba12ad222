/* Follows the histories of the runs and writes each new row once.
 * SPDX-License-Identifier: MIT
 *
 * A history thins itself out when it is full but always keeps its newest row, so
 * looking after every iteration sees every row. */
#include "train-log.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <gio/gio.h>

struct _OdlTrainLog {
  FILE *file;
  char *path;
  GHashTable *written; /* run id → last iteration + 1 */
};

static gboolean
fail (const OdlTrainLog *log, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               "cannot write the log %s: %s", log->path, g_strerror (errno));
  return FALSE;
}

/* TRUE when the run's newest row has not been seen; marks it as seen. */
static gboolean
is_news (OdlTrainLog *log, const OdlRun *run)
{
  const OdlHistory *h = run->history;
  if (!h || h->n == 0)
    return FALSE;
  const guint64 next = h->iteration[h->n - 1] + 1;
  guint64 *seen = g_hash_table_lookup (log->written, &run->id);
  if (seen && *seen >= next)
    return FALSE;
  guint64 *key = g_memdup2 (&run->id, sizeof run->id),
          *value = g_memdup2 (&next, sizeof next);
  g_hash_table_replace (log->written, key, value);
  return TRUE;
}

static void
write_row (OdlTrainLog *log, const OdlRun *run)
{
  const OdlHistory *h = run->history;
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  fprintf (log->file, "%" G_GUINT64_FORMAT ",%s", h->iteration[h->n - 1], run->model);
  for (guint c = 0; c < ODL_N_COLUMNS; c++) {
    const double x = h->columns[c][h->n - 1];
    fprintf (log->file, ",%s",
             isfinite (x) ? g_ascii_formatd (digits, sizeof digits, "%.17g", x) : "");
  }
  fputc ('\n', log->file);
}

OdlTrainLog *
odl_train_log_open (const char *path, OdlRuns *runs, GError **error)
{
  g_return_val_if_fail (path && runs, NULL);
  g_autoptr (OdlTrainLog) log = g_new0 (OdlTrainLog, 1);
  log->path = g_strdup (path);
  log->written = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  if (!(log->file = fopen (path, "w"))) {
    fail (log, error);
    return NULL;
  }
  fprintf (log->file, "iteration,model");
#define X(ID, name) fprintf (log->file, "," #name);
  ODL_HISTORY_COLUMNS (X)
#undef X
  fputc ('\n', log->file);
  for (guint i = 0; i < odl_runs_count (runs); i++)
    is_news (log, odl_runs_at (runs, i));
  return g_steal_pointer (&log);
}

gboolean
odl_train_log_add (OdlTrainLog *log, OdlRuns *runs, GError **error)
{
  g_return_val_if_fail (log && runs, FALSE);
  for (guint i = 0; i < odl_runs_count (runs); i++) {
    const OdlRun *run = odl_runs_at (runs, i);
    if (run->live && is_news (log, run))
      write_row (log, run);
  }
  return ferror (log->file) ? fail (log, error) : TRUE;
}

gboolean
odl_train_log_close (OdlTrainLog *log, GError **error)
{
  g_return_val_if_fail (log, FALSE);
  gboolean ok = !ferror (log->file);
  ok = fclose (g_steal_pointer (&log->file)) == 0 && ok;
  return ok ? TRUE : fail (log, error);
}

void
odl_train_log_free (OdlTrainLog *log)
{
  if (!log)
    return;
  if (log->file)
    fclose (log->file);
  g_hash_table_unref (log->written);
  g_free (log->path);
  g_free (log);
}
