/* Files of the window: new, open, save, import, drop, recent, recovery, and the
 * question about unsaved work. SPDX-License-Identifier: MIT
 *
 * What would lose work is first noted as "next"; when nothing is unsaved, or once the
 * person has answered, it is done. Saving in answer to the question does the next thing
 * only when the save succeeded. */
#include "window-inside.h"

#include <string.h>

#include "widgets/compat.h"

#define MIME_TYPE        "application/vnd.odelab.session+json"
#define MAX_RECENT       8
#define MAX_IMPORT_BYTES (64u << 20)

static void do_next (OdlWindow *window);

/* ---- Saving ---- */

static void
remember_recent (const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  GtkRecentData data = { .mime_type = (char *)MIME_TYPE,
                         .app_name = (char *)"Odelab",
                         .app_exec = (char *)"odelab %f" };
  if (uri)
    gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

static void
on_saved (gpointer data, const GError *error)
{
  OdlWindow *window = data;
  if (error) {
    window->next = ODL_NEXT_NOTHING;
    odl_notice_say (ODL_NOTICE (window->notice), error->message);
  } else {
    g_autofree char *name = odl_document_get_name (window->document);
    odl_notice_hide (ODL_NOTICE (window->notice));
    odl_window_say (window, "Saved “%s”", name);
    remember_recent (odl_document_get_path (window->document));
    do_next (window);
  }
  g_object_unref (window);
}

void
odl_window_save_to (OdlWindow *window, const char *path)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  odl_document_save (window->document, full, on_saved, g_object_ref (window));
}

static void
on_save_path (gpointer data, const char *path)
{
  OdlWindow *window = data;
  if (path == NULL) {
    window->next = ODL_NEXT_NOTHING;
  } else if (g_str_has_suffix (path, ".odelab")) {
    odl_window_save_to (window, path);
  } else {
    g_autofree char *named = g_strconcat (path, ".odelab", NULL);
    odl_window_save_to (window, named);
  }
  g_object_unref (window);
}

void
odl_window_ask_save (OdlWindow *window)
{
  g_autofree char *name = odl_document_get_name (window->document);
  g_autofree char *file = g_strconcat (name, ".odelab", NULL);
  odl_compat_save_file (GTK_WINDOW (window), "Save the session", file, on_save_path,
                        g_object_ref (window));
}

static void
on_overtaken (gpointer data, OdlAnswer answer)
{
  OdlWindow *window = data;
  window->question = NULL;
  if (answer == ODL_ANSWER_YES)
    odl_window_ask_save (window);
  else if (answer == ODL_ANSWER_NO)
    odl_window_save_to (window, odl_document_get_path (window->document));
  else
    window->next = ODL_NEXT_NOTHING;
  g_object_unref (window);
}

/* Another program has written the file: its work would be replaced. */
static void
ask_overtaken (OdlWindow *window)
{
  g_autofree char *name = odl_document_get_name (window->document);
  g_autofree char *heading = g_strdup_printf ("“%s” was changed elsewhere", name);
  OdlQuestion question = { .heading = heading,
                           .body = "Another program has written the file since it was "
                                   "opened or saved here. What it wrote becomes the "
                                   "backup if you replace it.",
                           .yes = "Save _As…",
                           .no = "_Replace",
                           .no_destroys = TRUE };
  window->question = odl_compat_ask (GTK_WINDOW (window), &question, on_overtaken,
                                     g_object_ref (window));
}

void
odl_window_save (OdlWindow *window)
{
  const char *path = odl_document_get_path (window->document);
  if (window->question)
    return;
  if (path == NULL)
    odl_window_ask_save (window);
  else if (odl_document_is_overtaken (window->document))
    ask_overtaken (window);
  else
    odl_window_save_to (window, path);
}

/* ---- Opening ---- */

static void
on_loaded (gpointer data, const json_t *view, const GError *error)
{
  OdlWindow *window = data;
  if (error) {
    odl_notice_say (ODL_NOTICE (window->notice), error->message);
  } else {
    const char *path = odl_document_get_path (window->document);
    odl_notice_hide (ODL_NOTICE (window->notice));
    odl_window_load_view (window, view);
    if (path)
      remember_recent (path);
  }
  odl_window_update (window);
  g_object_unref (window);
}

static void
do_next (OdlWindow *window)
{
  OdlNext next = window->next;
  window->next = ODL_NEXT_NOTHING;
  switch (next) {
  case ODL_NEXT_BEGIN:
    odl_document_begin (window->document, on_loaded, g_object_ref (window));
    break;
  case ODL_NEXT_OPEN:
    odl_document_open (window->document, window->next_path, on_loaded,
                       g_object_ref (window));
    break;
  case ODL_NEXT_CLOSE:
    window->closing = TRUE;
    gtk_window_close (GTK_WINDOW (window));
    break;
  case ODL_NEXT_NOTHING:
    break;
  }
}

static void
on_answer (gpointer data, OdlAnswer answer)
{
  OdlWindow *window = data;
  window->question = NULL;
  if (answer == ODL_ANSWER_YES)
    odl_window_save (window);
  else if (answer == ODL_ANSWER_NO)
    do_next (window);
  else
    window->next = ODL_NEXT_NOTHING;
  g_object_unref (window);
}

/* Does it now, or after the question about unsaved work. */
static void
do_or_ask (OdlWindow *window, OdlNext next, const char *path)
{
  if (window->question)
    return;
  window->next = next;
  g_free (window->next_path);
  window->next_path = g_strdup (path);
  if (!odl_document_is_modified (window->document)) {
    do_next (window);
    return;
  }
  g_autofree char *name = odl_document_get_name (window->document);
  g_autofree char *heading = g_strdup_printf ("Save changes to “%s”?", name);
  OdlQuestion question = { .heading = heading,
                           .body = "What is not saved will be lost.",
                           .yes = "_Save",
                           .no = "_Discard",
                           .no_destroys = TRUE };
  window->question = odl_compat_ask (GTK_WINDOW (window), &question, on_answer,
                                     g_object_ref (window));
}

void
odl_window_open (OdlWindow *window, const char *path)
{
  g_return_if_fail (ODL_IS_WINDOW (window) && path != NULL);
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  do_or_ask (window, ODL_NEXT_OPEN, full);
}

void
odl_window_begin (OdlWindow *window)
{
  do_or_ask (window, ODL_NEXT_BEGIN, NULL);
}

gboolean
odl_window_may_close (OdlWindow *window)
{
  if (window->closing || !odl_document_is_modified (window->document))
    return TRUE;
  do_or_ask (window, ODL_NEXT_CLOSE, NULL);
  return FALSE;
}

static void
on_open_path (gpointer data, const char *path)
{
  OdlWindow *window = data;
  if (path)
    odl_window_open (window, path);
  g_object_unref (window);
}

void
odl_window_ask_open (OdlWindow *window)
{
  static const OdlFileKind kinds[]
      = { { "Odelab sessions", "*.odelab" }, { "All files", "*" }, { NULL, NULL } };
  odl_compat_open_file (GTK_WINDOW (window), "Open a session", kinds, on_open_path,
                        g_object_ref (window));
}

/* ---- Importing ---- */

static gboolean
is_importable (const OdlImport *import, const char *path)
{
  if (import == NULL)
    return FALSE;
  g_auto (GStrv) endings = g_strsplit (import->endings, " ", -1);
  for (char **ending = endings; *ending; ending++)
    if (g_str_has_suffix (path, *ending))
      return TRUE;
  return FALSE;
}

typedef struct {
  OdlWindow *window;
  OdlPanel *panel;
} Import;

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Import *import = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *name = g_file_get_parse_name (G_FILE (source));
  OdlNotice *notice = ODL_NOTICE (import->window->notice);
  gsize length = 0;
  g_autofree char *wrong = NULL;
  if (!g_file_load_contents_finish (G_FILE (source), result, &text, &length, NULL,
                                    &error))
    wrong = g_strdup_printf ("%s cannot be read: %s", name, error->message);
  else if (length > MAX_IMPORT_BYTES)
    wrong = g_strdup_printf ("%s is too large: 64 MB are accepted", name);
  else if (!g_utf8_validate (text, (gssize)length, NULL))
    wrong = g_strdup_printf ("%s is not text: UTF-8 is accepted", name);
  if (wrong) {
    odl_notice_say (notice, wrong);
  } else {
    OdlAction action = { .phase = ODL_PHASE_END, .button = 1, .text = text };
    const OdlImport *kind = odl_panel_get_class (import->panel)->import;
    g_strlcpy (action.kind, kind->kind, sizeof action.kind);
    odl_panel_act (import->panel, &action);
  }
  g_object_unref (import->panel);
  g_object_unref (import->window);
}

void
odl_window_import (OdlWindow *window, const char *path)
{
  OdlPanel *panel = odl_window_get_shown (window);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  if (odl_panel_get_class (panel)->import == NULL) {
    odl_window_say (window, "The %s panel takes no files",
                    odl_panel_get_class (panel)->title);
    return;
  }
  Import *import = g_new0 (Import, 1);
  import->window = g_object_ref (window);
  import->panel = g_object_ref (panel);
  g_file_load_contents_async (file, NULL, on_imported, import);
}

static void
on_import_path (gpointer data, const char *path)
{
  OdlWindow *window = data;
  if (path)
    odl_window_import (window, path);
  g_object_unref (window);
}

void
odl_window_ask_import (OdlWindow *window)
{
  const OdlImport *import = odl_panel_get_class (odl_window_get_shown (window))->import;
  if (import == NULL)
    return;
  g_auto (GStrv) endings = g_strsplit (import->endings, ".", -1);
  g_autofree char *patterns = g_strjoinv ("*.", endings);
  OdlFileKind kinds[] = { { import->title, g_strchug (patterns) },
                          { "All files", "*" },
                          { NULL, NULL } };
  odl_compat_open_file (GTK_WINDOW (window), import->title, kinds, on_import_path,
                        g_object_ref (window));
}

void
odl_window_drop (OdlWindow *window, GSList *files)
{
  OdlPanel *panel = odl_window_get_shown (window);
  g_autofree char *path = files ? g_file_get_path (files->data) : NULL;
  if (path == NULL)
    return;
  if (is_importable (odl_panel_get_class (panel)->import, path))
    odl_window_import (window, path);
  else
    odl_window_open (window, path);
}

/* ---- Recent sessions ---- */

static gint
newest_first (gconstpointer a, gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_modified ((GtkRecentInfo *)b),
                              gtk_recent_info_get_modified ((GtkRecentInfo *)a));
}

void
odl_window_list_recent (OdlWindow *window)
{
  GList *items = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  guint n = 0;
  g_menu_remove_all (window->recent);
  items = g_list_sort (items, newest_first);
  for (GList *at = items; at && n < MAX_RECENT; at = at->next) {
    GtkRecentInfo *info = at->data;
    if (g_strcmp0 (gtk_recent_info_get_mime_type (info), MIME_TYPE) != 0
        || !gtk_recent_info_is_local (info) || !gtk_recent_info_exists (info))
      continue;
    g_autofree char *path
        = g_filename_from_uri (gtk_recent_info_get_uri (info), NULL, NULL);
    if (path == NULL)
      continue;
    GMenuItem *item = g_menu_item_new (gtk_recent_info_get_display_name (info), NULL);
    g_menu_item_set_action_and_target (item, "win.open-path", "s", path);
    g_menu_append_item (window->recent, item);
    g_object_unref (item);
    n++;
  }
  g_list_free_full (items, (GDestroyNotify)gtk_recent_info_unref);
}

/* ---- Recovery ---- */

static void
recover (gpointer data)
{
  OdlWindow *window = data;
  if (odl_document_find_lost (window->document))
    odl_document_recover (window->document, on_loaded, g_object_ref (window));
}

static void
discard (gpointer data)
{
  OdlWindow *window = data;
  odl_document_discard_lost (window->document);
  odl_window_offer_recovery (window);
}

void
odl_window_offer_recovery (OdlWindow *window)
{
  if (odl_document_find_lost (window->document))
    odl_notice_offer (ODL_NOTICE (window->notice),
                      "Odelab ended without saving your work. A copy was kept.",
                      "Restore", "Discard", recover, discard, window);
}
