/* Calls that newer releases replace.
 * SPDX-License-Identifier: MIT
 *
 * GTK 4.10 and libadwaita 1.5 deprecate these and keep them working; a build against
 * them need change only this file. Each asker is a small heap object that lives until
 * the answer. */
#include "compat.h"

typedef struct {
  OdlCompatPath path;
  OdlCompatAnswer answer;
  gpointer data;
} Asker;

static void
on_file (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autofree Asker *asker = data;
  g_autofree char *path = NULL;
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    path = file ? g_file_get_path (file) : NULL;
  }
  asker->path (asker->data, path);
  g_object_unref (dialog);
}

static GtkFileChooserNative *
chooser (GtkWindow *parent, const char *title, GtkFileChooserAction action,
         OdlCompatPath answer, gpointer data)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (title, parent, action, NULL, NULL);
  Asker *asker = g_new0 (Asker, 1);
  asker->path = answer;
  asker->data = data;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_file), asker);
  return dialog;
}

void
odl_compat_open_file (GtkWindow *parent, const char *title, const OdlFileKind *kinds,
                      OdlCompatPath answer, gpointer data)
{
  g_return_if_fail (answer != NULL);
  GtkFileChooserNative *dialog
      = chooser (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, answer, data);
  for (; kinds && kinds->title; kinds++) {
    g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
    g_auto (GStrv) patterns = g_strsplit (kinds->patterns, " ", -1);
    gtk_file_filter_set_name (filter, kinds->title);
    for (char **p = patterns; *p; p++)
      gtk_file_filter_add_pattern (filter, *p);
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
odl_compat_save_file (GtkWindow *parent, const char *title, const char *name,
                      OdlCompatPath answer, gpointer data)
{
  g_return_if_fail (answer != NULL);
  GtkFileChooserNative *dialog
      = chooser (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, answer, data);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_answer (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  g_autofree Asker *asker = data;
  OdlAnswer answer = g_str_equal (response, "yes")  ? ODL_ANSWER_YES
                     : g_str_equal (response, "no") ? ODL_ANSWER_NO
                                                    : ODL_ANSWER_CANCEL;
  asker->answer (asker->data, answer);
}

GtkWidget *
odl_compat_ask (GtkWindow *parent, const OdlQuestion *question, OdlCompatAnswer answer,
                gpointer data)
{
  g_return_val_if_fail (question != NULL && answer != NULL, NULL);
  GtkWidget *window
      = adw_message_dialog_new (parent, question->heading, question->body);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (window);
  Asker *asker = g_new0 (Asker, 1);
  asker->answer = answer;
  asker->data = data;
  adw_message_dialog_add_response (dialog, "cancel", "_Cancel");
  if (question->no)
    adw_message_dialog_add_response (dialog, "no", question->no);
  adw_message_dialog_add_response (dialog, "yes", question->yes);
  if (question->no && question->no_destroys)
    adw_message_dialog_set_response_appearance (dialog, "no", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "yes", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "yes");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_answer), asker);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

void
odl_compat_show_about (GtkWindow *parent)
{
  adw_show_about_window (
      parent, "application-name", "Odelab", "application-icon", ODL_APP_ID, "version",
      ODL_VERSION, "developer-name", "The Odelab developers", "license-type",
      GTK_LICENSE_MIT_X11, "comments",
      "A laboratory for neural ordinary differential equations.", NULL);
}
