/* The session that a window works on: where it is saved, whether it has changed, saving, loading and recovery, none of which
 * makes the window wait. Files are read and written in threads of their own; what is in them comes from the worker.
 * SPDX-License-Identifier: MIT
 *
 * Signal "changed" (): path or modified state. */
#pragma once

#include <glib-object.h>
#include "worker.h"

#define ODL_TYPE_DOCUMENT (odl_document_get_type ())
G_DECLARE_FINAL_TYPE (OdlDocument, odl_document, ODL, DOCUMENT, GObject)

/* The view to be saved with it. Free it (json_decref). */
typedef json_t *(*OdlDocumentView) (gpointer data);
/* error is NULL when it is done. */
typedef void (*OdlDocumentDone) (gpointer data, const GError *error);
/* The same for loading; view: the file's, or NULL. */
typedef void (*OdlDocumentLoaded) (gpointer data, const json_t *view, const GError *error);

OdlDocument *odl_document_new (OdlWorker *worker, OdlDocumentView view, gpointer data);
/* NULL: it has not been saved under a name. */
const char *odl_document_get_path (OdlDocument *document);
/* "spiral" of "/…/spiral.odelab"; "Untitled". Free it. */
char *odl_document_get_name (OdlDocument *document);
gboolean odl_document_is_modified (OdlDocument *document);
/* Another program has written the document's file since it was read or saved here. */
gboolean odl_document_is_overtaken (OdlDocument *document);
/* A file is being read or written, or the worker is asked. */
gboolean odl_document_is_busy (OdlDocument *document);
/* Number of the worker's command that last replaced everything; 0: none did. Older frames show what was there before. */
guint64 odl_document_get_loaded (OdlDocument *document);
void odl_document_touch (OdlDocument *document);
/* To be called when the worker's file descriptor was readable. */
void odl_document_wake (OdlDocument *document);

/* On success the path is the document's. */
void odl_document_save (OdlDocument *document, const char *path, OdlDocumentDone done, gpointer data);
/* Replaces everything, all or nothing. */
void odl_document_open (OdlDocument *document, const char *path, OdlDocumentLoaded done, gpointer data);
/* The defaults, under no name. */
void odl_document_begin (OdlDocument *document, OdlDocumentLoaded done, gpointer data);

/* Recovery: while the document is modified a copy is kept in the state folder; it goes when the document is saved or closed.
 * What a crash leaves is found by the next start. */
void odl_document_start_autosave (OdlDocument *document, guint seconds);
void odl_document_autosave_now (OdlDocument *document);
/* Whether a crash left a copy. */
gboolean odl_document_find_lost (OdlDocument *document);
/* Takes the newest that was left: it becomes the document, modified, under the name it had. */
void odl_document_recover (OdlDocument *document, OdlDocumentLoaded done, gpointer data);
void odl_document_discard_lost (OdlDocument *document);
/* A clean end: nothing is to be recovered. */
void odl_document_close (OdlDocument *document);
