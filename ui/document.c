/* The session of a window.
 * SPDX-License-Identifier: MIT
 *
 * Saving: ask the worker for its document (a numbered command), add the view, write in
 * a thread. Opening: read and check in a thread, hand it to the worker, wait for its
 * word. Each of these is a Job that carries what is to be called at its end. Changes
 * are counted, so a change made while a save is on its way leaves the document
 * modified. */
#include "document.h"

#include <gio/gio.h>
#include <string.h>

#include "file.h"
#include "session-recovery.h"
#include "session.h"

typedef enum { JOB_SAVE, JOB_COPY, JOB_OPEN, JOB_RECOVER, JOB_BEGIN } JobKind;

typedef struct {
  JobKind kind;
  guint64 command; /* of the worker; 0: not asked yet */
  guint64 changes; /* when it was asked */
  char *path;
  OdlFileStamp stamp; /* of the file that is now the document's */
  json_t *session;
  OdlDocumentDone saved;
  OdlDocumentLoaded loaded;
  gpointer data;
} Job;

struct _OdlDocument {
  GObject parent_instance;
  OdlWorker *worker;
  OdlDocumentView view;
  gpointer view_data;
  char *path;
  OdlFileStamp stamp; /* of that file when it was last read or written here */
  guint64 changes, changes_saved, changes_copied;
  guint64 loaded;        /* command of the last load that was good */
  GQueue jobs;           /* of Job that wait for the worker */
  guint n_busy, n_saves; /* jobs; of them, those that write the document's file */
  OdlRecovery *recovery; /* NULL: not asked for yet, or it cannot be had */
  GPtrArray *lost;       /* of OdlLost: what a crash left, newest first */
  guint autosave_id;
  gboolean copying; /* a thread is using `recovery`: what it must not see waits */
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (OdlDocument, odl_document, G_TYPE_OBJECT)

static guint changed_signal;

static Job *
job_new (OdlDocument *document, JobKind kind, const char *path, gpointer data)
{
  Job *job = g_new0 (Job, 1);
  job->kind = kind;
  job->path = g_strdup (path);
  job->data = data;
  job->changes = document->changes;
  document->n_busy++;
  document->n_saves += kind == JOB_SAVE;
  return job;
}

static void
job_free (Job *job)
{
  json_decref (job->session);
  g_free (job->path);
  g_free (job);
}

static void
changed (OdlDocument *document)
{
  g_signal_emit (document, changed_signal, 0);
}

/* ---- State ---- */

const char *
odl_document_get_path (OdlDocument *document)
{
  g_return_val_if_fail (ODL_IS_DOCUMENT (document), NULL);
  return document->path;
}

char *
odl_document_get_name (OdlDocument *document)
{
  g_return_val_if_fail (ODL_IS_DOCUMENT (document), NULL);
  if (document->path == NULL)
    return g_strdup ("Untitled");
  char *name = g_filename_display_basename (document->path);
  if (g_str_has_suffix (name, ".odelab"))
    name[strlen (name) - strlen (".odelab")] = '\0';
  return name;
}

gboolean
odl_document_is_modified (OdlDocument *document)
{
  g_return_val_if_fail (ODL_IS_DOCUMENT (document), FALSE);
  return document->changes != document->changes_saved;
}

gboolean
odl_document_is_overtaken (OdlDocument *document)
{
  g_return_val_if_fail (ODL_IS_DOCUMENT (document), FALSE);
  if (document->path == NULL || document->n_saves > 0)
    return FALSE;
  const OdlFileStamp now = odl_file_stamp (document->path);
  return now.inode != 0 && !odl_file_stamp_equal (&now, &document->stamp);
}

gboolean
odl_document_is_busy (OdlDocument *document)
{
  g_return_val_if_fail (ODL_IS_DOCUMENT (document), FALSE);
  return document->n_busy > 0;
}

guint64
odl_document_get_loaded (OdlDocument *document)
{
  g_return_val_if_fail (ODL_IS_DOCUMENT (document), 0);
  return document->loaded;
}

void
odl_document_touch (OdlDocument *document)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document));
  gboolean before = odl_document_is_modified (document);
  document->changes++;
  if (!before)
    changed (document);
}

/* Nothing is unsaved, or the end has come. While a copy is being written this waits for
 * it. */
static void
drop_copy (OdlDocument *document)
{
  document->changes_copied = document->changes;
  if (document->recovery == NULL || document->copying)
    return;
  if (document->closed)
    g_clear_pointer (&document->recovery, odl_recovery_close);
  else
    odl_recovery_forget (document->recovery);
}

/* ---- The end of a job ---- */

static void
became (OdlDocument *document, const Job *job, const char *path)
{
  g_free (document->path);
  document->path = g_strdup (path);
  document->stamp = job->stamp;
  document->changes_saved = job->changes;
  if (!odl_document_is_modified (document))
    drop_copy (document);
}

static void
finish_save (OdlDocument *document, Job *job, const GError *error)
{
  document->n_busy--;
  document->n_saves -= job->kind == JOB_SAVE;
  if (job->kind == JOB_COPY)
    document->copying = FALSE;
  if (error == NULL && job->kind == JOB_SAVE)
    became (document, job, job->path);
  if (error == NULL && job->kind == JOB_COPY)
    document->changes_copied = job->changes;
  if (job->kind == JOB_COPY
      && (document->closed || !odl_document_is_modified (document)))
    drop_copy (document);
  changed (document);
  if (job->saved)
    job->saved (job->data, error);
  job_free (job);
}

static void
finish_load (OdlDocument *document, Job *job, const GError *error)
{
  const json_t *view = json_object_get (job->session, "view");
  const char *origin = json_string_value (json_object_get (job->session, "origin"));
  document->n_busy--;
  if (error == NULL) {
    job->changes = document->changes;
    document->loaded = job->command;
    became (document, job,
            job->kind == JOB_OPEN      ? job->path
            : job->kind == JOB_RECOVER ? origin
                                       : NULL);
    if (job->kind == JOB_RECOVER)
      document->changes++;
  }
  changed (document);
  if (job->loaded)
    job->loaded (job->data, view, error);
  if (error == NULL && job->kind == JOB_RECOVER) {
    odl_document_autosave_now (document);
    odl_document_discard_lost (document);
  }
  job_free (job);
}

/* ---- Threads of files ---- */

static void
write_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  OdlDocument *document = ODL_DOCUMENT (source);
  GError *error = NULL;
  gboolean good
      = job->kind == JOB_COPY
            ? odl_recovery_put (document->recovery, job->session, job->path, &error)
            : odl_session_write (job->session, job->path, &error);
  job->stamp = job->path ? odl_file_stamp (job->path) : (OdlFileStamp){ 0 };
  if (good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_task_propagate_boolean (G_TASK (result), &error);
  finish_save (ODL_DOCUMENT (source), data, error);
}

static void
read_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  job->stamp = odl_file_stamp (job->path); /* before it is read: see a later writer */
  job->session = odl_session_read (job->path, &error);
  const char *origin = json_string_value (json_object_get (job->session, "origin"));
  if (job->kind == JOB_RECOVER && origin)
    job->stamp = odl_file_stamp (origin);
  if (job->session)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  OdlDocument *document = ODL_DOCUMENT (source);
  g_autoptr (GError) error = NULL;
  Job *job = data;
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    finish_load (document, job, error);
    return;
  }
  job->command = odl_worker_load (document->worker, job->session);
  g_queue_push_tail (&document->jobs, job);
}

static void
in_thread (OdlDocument *document, Job *job, GTaskThreadFunc work,
           GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (document, NULL, done, job);
  GApplication *application = g_application_get_default ();
  g_task_set_task_data (task, job, NULL);
  /* The program does not end while a file is being written. */
  if (application) {
    g_application_hold (application);
    g_signal_connect_swapped (task, "notify::completed",
                              G_CALLBACK (g_application_release), application);
  }
  g_task_run_in_thread (task, work);
}

/* ---- The worker's answers ---- */

static Job *
take_job (OdlDocument *document, guint64 command)
{
  for (GList *at = document->jobs.head; at; at = at->next) {
    Job *job = at->data;
    if (job->command == command) {
      g_queue_delete_link (&document->jobs, at);
      return job;
    }
  }
  return NULL;
}

static void
write_saved (OdlDocument *document, Job *job, json_t *session)
{
  json_t *view = document->view (document->view_data);
  json_object_set_new (session, "view", view);
  job->session = session;
  in_thread (document, job, write_file, on_written);
}

void
odl_document_wake (OdlDocument *document)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document));
  guint64 command;
  json_t *session;
  while ((session = odl_worker_take_saved (document->worker, &command))) {
    Job *job = take_job (document, command);
    if (job)
      write_saved (document, job, session);
    else
      json_decref (session);
  }
  for (;;) {
    g_autoptr (GError) error = NULL;
    if (!odl_worker_take_loaded (document->worker, &command, &error))
      break;
    Job *job = take_job (document, command);
    if (job)
      finish_load (document, job, error);
  }
}

/* ---- Save, open, begin ---- */

static void
ask_for_save (OdlDocument *document, Job *job)
{
  job->command = odl_worker_save (document->worker);
  g_queue_push_tail (&document->jobs, job);
}

void
odl_document_save (OdlDocument *document, const char *path, OdlDocumentDone done,
                   gpointer data)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document) && path != NULL);
  Job *job = job_new (document, JOB_SAVE, path, data);
  job->saved = done;
  ask_for_save (document, job);
}

void
odl_document_open (OdlDocument *document, const char *path, OdlDocumentLoaded done,
                   gpointer data)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document) && path != NULL);
  Job *job = job_new (document, JOB_OPEN, path, data);
  job->loaded = done;
  in_thread (document, job, read_file, on_read);
}

void
odl_document_begin (OdlDocument *document, OdlDocumentLoaded done, gpointer data)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document));
  Job *job = job_new (document, JOB_BEGIN, NULL, data);
  job->loaded = done;
  job->command = odl_worker_load (document->worker, NULL);
  g_queue_push_tail (&document->jobs, job);
}

/* ---- Recovery ---- */

static OdlRecovery *
get_recovery (OdlDocument *document)
{
  g_autofree char *folder
      = g_build_filename (g_get_user_state_dir (), "odelab", "recovery", NULL);
  if (document->recovery == NULL && !document->closed)
    document->recovery = odl_recovery_open (folder, NULL);
  return document->recovery;
}

void
odl_document_autosave_now (OdlDocument *document)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document));
  if (document->closed || document->copying || !odl_document_is_modified (document)
      || document->changes == document->changes_copied
      || get_recovery (document) == NULL)
    return;
  document->copying = TRUE;
  ask_for_save (document, job_new (document, JOB_COPY, document->path, NULL));
}

static gboolean
on_autosave (gpointer data)
{
  odl_document_autosave_now (data);
  return G_SOURCE_CONTINUE;
}

void
odl_document_start_autosave (OdlDocument *document, guint seconds)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document) && seconds > 0);
  g_clear_handle_id (&document->autosave_id, g_source_remove);
  document->autosave_id = g_timeout_add_seconds (seconds, on_autosave, document);
}

gboolean
odl_document_find_lost (OdlDocument *document)
{
  g_return_val_if_fail (ODL_IS_DOCUMENT (document), FALSE);
  if (document->lost == NULL && get_recovery (document))
    document->lost = odl_recovery_find (document->recovery);
  return document->lost && document->lost->len > 0;
}

void
odl_document_recover (OdlDocument *document, OdlDocumentLoaded done, gpointer data)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document));
  if (!odl_document_find_lost (document))
    return;
  const OdlLost *newest = document->lost->pdata[0];
  Job *job = job_new (document, JOB_RECOVER, newest->path, data);
  job->loaded = done;
  in_thread (document, job, read_file, on_read);
}

void
odl_document_discard_lost (OdlDocument *document)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document));
  if (!odl_document_find_lost (document))
    return;
  odl_recovery_drop (document->recovery, document->lost->pdata[0]);
  g_ptr_array_remove_index (document->lost, 0);
}

void
odl_document_close (OdlDocument *document)
{
  g_return_if_fail (ODL_IS_DOCUMENT (document));
  document->closed = TRUE;
  g_clear_handle_id (&document->autosave_id, g_source_remove);
  drop_copy (document);
}

/* ---- Class ---- */

static void
finalize (GObject *object)
{
  OdlDocument *document = ODL_DOCUMENT (object);
  odl_document_close (document);
  g_clear_pointer (&document->lost, g_ptr_array_unref);
  g_queue_clear_full (&document->jobs, (GDestroyNotify)job_free);
  g_free (document->path);
  G_OBJECT_CLASS (odl_document_parent_class)->finalize (object);
}

static void
odl_document_class_init (OdlDocumentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  changed_signal
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
odl_document_init (OdlDocument *document)
{
}

OdlDocument *
odl_document_new (OdlWorker *worker, OdlDocumentView view, gpointer data)
{
  g_return_val_if_fail (worker != NULL && view != NULL, NULL);
  OdlDocument *document = g_object_new (ODL_TYPE_DOCUMENT, NULL);
  document->worker = worker;
  document->view = view;
  document->view_data = data;
  return document;
}
