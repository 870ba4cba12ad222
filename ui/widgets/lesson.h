/* A lesson shown: headings, paragraphs, formulas, and buttons that set the panel up.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

/* `call`: what stands after "try:" in the text. */
typedef void (*OdlLessonTry) (gpointer data, const char *call);

/* A widget to be put into a scrolled window; the text is that of lesson-text.h. */
GtkWidget *odl_lesson_new (const char *text, OdlLessonTry attempt, gpointer data);
