/* The calls that newer GTK and libadwaita replace: file choosers, questions, the about window. One place to move on from.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <adwaita.h>

/* A kind of file offered in a chooser: a name and patterns, "*.png *.svg". */
typedef struct {
  const char *title, *patterns;
} OdlFileKind;

/* path is NULL when the person gave up. */
typedef void (*OdlCompatPath) (gpointer data, const char *path);
typedef enum { ODL_ANSWER_CANCEL, ODL_ANSWER_NO, ODL_ANSWER_YES } OdlAnswer;
typedef void (*OdlCompatAnswer) (gpointer data, OdlAnswer answer);

/* kinds: ended by a row without a title. Answers once. */
void odl_compat_open_file (GtkWindow *parent, const char *title, const OdlFileKind *kinds,
                           OdlCompatPath answer, gpointer data);
void odl_compat_save_file (GtkWindow *parent, const char *title, const char *name,
                           OdlCompatPath answer, gpointer data);

typedef struct {
  const char *heading, *body;
  const char *yes, *no;   /* labels; no: NULL leaves it out */
  gboolean no_destroys;   /* "no" loses something: shown as such */
} OdlQuestion;
/* Modal. Returns the window, so that it can be found. */
GtkWidget *odl_compat_ask (GtkWindow *parent, const OdlQuestion *question, OdlCompatAnswer answer, gpointer data);

void odl_compat_show_about (GtkWindow *parent);
