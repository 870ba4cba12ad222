/* A lesson as widgets.
 * SPDX-License-Identifier: MIT */
#include "lesson.h"

#include "lesson-text.h"

typedef struct {
  OdlLessonTry attempt;
  gpointer data;
  char *call;
} Attempt;

static void
attempt_free (gpointer data, GClosure *closure)
{
  Attempt *attempt = data;
  g_free (attempt->call);
  g_free (attempt);
}

static void
on_clicked (GtkButton *button, Attempt *attempt)
{
  attempt->attempt (attempt->data, attempt->call);
}

static GtkWidget *
label (const OdlBlock *block)
{
  static const char *const classes[] = {
    [ODL_BLOCK_TITLE] = "title-2",   [ODL_BLOCK_HEADING] = "title-4",
    [ODL_BLOCK_PARAGRAPH] = "text",  [ODL_BLOCK_ITEM] = "item",
    [ODL_BLOCK_FORMULA] = "formula",
  };
  g_autofree char *item
      = block->kind == ODL_BLOCK_ITEM ? g_strconcat ("•  ", block->text, NULL) : NULL;
  GtkWidget *text = gtk_label_new (item ? item : block->text);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (text, classes[block->kind]);
  if (block->kind <= ODL_BLOCK_HEADING)
    gtk_widget_add_css_class (text, "lesson-heading");
  return text;
}

static GtkWidget *
button (const OdlBlock *block, OdlLessonTry attempt, gpointer data)
{
  GtkWidget *text = gtk_label_new (block->text), *widget = gtk_button_new ();
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_box_append (GTK_BOX (content),
                  gtk_image_new_from_icon_name ("media-playback-start-symbolic"));
  gtk_box_append (GTK_BOX (content), text);
  gtk_button_set_child (GTK_BUTTON (widget), content);
  gtk_widget_add_css_class (widget, "try");
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, block->text, -1);
  gtk_widget_set_tooltip_text (widget, block->call);
  Attempt *one = g_new0 (Attempt, 1);
  one->attempt = attempt;
  one->data = data;
  one->call = g_strdup (block->call);
  g_signal_connect_data (widget, "clicked", G_CALLBACK (on_clicked), one, attempt_free,
                         0);
  return widget;
}

GtkWidget *
odl_lesson_new (const char *text, OdlLessonTry attempt, gpointer data)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_autoptr (GPtrArray) blocks = odl_lesson_parse (text);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  gtk_widget_add_css_class (box, "lesson");
  for (guint i = 0; i < blocks->len; i++) {
    const OdlBlock *block = blocks->pdata[i];
    if (block->kind != ODL_BLOCK_TRY)
      gtk_box_append (GTK_BOX (box), label (block));
    else if (attempt)
      gtk_box_append (GTK_BOX (box), button (block, attempt, data));
  }
  return box;
}
