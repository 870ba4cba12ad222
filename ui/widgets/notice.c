/* A notice above the content.
 * SPDX-License-Identifier: MIT */
#include "notice.h"

struct _OdlNotice {
  GtkWidget parent_instance;
  GtkWidget *revealer, *text, *yes, *no, *close;
  char *closed; /* the text that was closed */
  OdlNoticeAnswer on_yes, on_no;
  gpointer data;
};

G_DEFINE_FINAL_TYPE (OdlNotice, odl_notice, GTK_TYPE_WIDGET)

static void
reveal (OdlNotice *notice, const char *text, gboolean offers)
{
  gtk_label_set_text (GTK_LABEL (notice->text), text);
  gtk_widget_set_visible (notice->yes, offers);
  gtk_widget_set_visible (notice->no, offers);
  gtk_widget_set_visible (notice->close, !offers);
  gtk_revealer_set_reveal_child (GTK_REVEALER (notice->revealer), TRUE);
}

void
odl_notice_say (OdlNotice *notice, const char *text)
{
  g_return_if_fail (ODL_IS_NOTICE (notice) && text != NULL);
  if (g_strcmp0 (text, notice->closed) == 0)
    return;
  g_clear_pointer (&notice->closed, g_free);
  notice->on_yes = notice->on_no = NULL;
  reveal (notice, text, FALSE);
}

void
odl_notice_offer (OdlNotice *notice, const char *text, const char *yes, const char *no,
                  OdlNoticeAnswer on_yes, OdlNoticeAnswer on_no, gpointer data)
{
  g_return_if_fail (ODL_IS_NOTICE (notice) && text != NULL);
  notice->on_yes = on_yes;
  notice->on_no = on_no;
  notice->data = data;
  gtk_button_set_label (GTK_BUTTON (notice->yes), yes);
  gtk_button_set_label (GTK_BUTTON (notice->no), no);
  reveal (notice, text, TRUE);
}

void
odl_notice_hide (OdlNotice *notice)
{
  g_return_if_fail (ODL_IS_NOTICE (notice));
  g_clear_pointer (&notice->closed, g_free);
  gtk_revealer_set_reveal_child (GTK_REVEALER (notice->revealer), FALSE);
}

const char *
odl_notice_get_text (OdlNotice *notice)
{
  g_return_val_if_fail (ODL_IS_NOTICE (notice), NULL);
  return gtk_revealer_get_reveal_child (GTK_REVEALER (notice->revealer))
             ? gtk_label_get_text (GTK_LABEL (notice->text))
             : NULL;
}

void
odl_notice_answer (OdlNotice *notice, gboolean yes)
{
  g_return_if_fail (ODL_IS_NOTICE (notice));
  OdlNoticeAnswer answer = yes ? notice->on_yes : notice->on_no;
  gpointer data = notice->data;
  odl_notice_hide (notice);
  notice->on_yes = notice->on_no = NULL;
  if (answer)
    answer (data);
}

static void
on_yes (OdlNotice *notice)
{
  odl_notice_answer (notice, TRUE);
}

static void
on_no (OdlNotice *notice)
{
  odl_notice_answer (notice, FALSE);
}

static void
on_close (OdlNotice *notice)
{
  odl_notice_answer (notice, FALSE);
  notice->closed = g_strdup (gtk_label_get_text (GTK_LABEL (notice->text)));
}

static void
dispose (GObject *object)
{
  OdlNotice *notice = ODL_NOTICE (object);
  g_clear_pointer (&notice->revealer, gtk_widget_unparent);
  g_clear_pointer (&notice->closed, g_free);
  G_OBJECT_CLASS (odl_notice_parent_class)->dispose (object);
}

static void
odl_notice_class_init (OdlNoticeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "notice");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass),
                                        GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
odl_notice_init (OdlNotice *notice)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  notice->revealer = gtk_revealer_new ();
  notice->text = gtk_label_new (NULL);
  notice->yes = gtk_button_new_with_label ("");
  notice->no = gtk_button_new_with_label ("");
  notice->close = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_label_set_wrap (GTK_LABEL (notice->text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (notice->text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (notice->text), 0);
  gtk_widget_set_hexpand (notice->text, TRUE);
  gtk_widget_set_tooltip_text (notice->close, "Close");
  gtk_widget_add_css_class (notice->close, "flat");
  GtkWidget *row[] = { notice->text, notice->no, notice->yes, notice->close };
  for (guint i = 0; i < G_N_ELEMENTS (row); i++)
    gtk_box_append (GTK_BOX (box), row[i]);
  for (guint i = 1; i < G_N_ELEMENTS (row); i++)
    gtk_widget_set_valign (row[i], GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (box, "notice");
  gtk_revealer_set_child (GTK_REVEALER (notice->revealer), box);
  gtk_widget_set_parent (notice->revealer, GTK_WIDGET (notice));
  g_signal_connect_swapped (notice->yes, "clicked", G_CALLBACK (on_yes), notice);
  g_signal_connect_swapped (notice->no, "clicked", G_CALLBACK (on_no), notice);
  g_signal_connect_swapped (notice->close, "clicked", G_CALLBACK (on_close), notice);
}

GtkWidget *
odl_notice_new (void)
{
  return g_object_new (ODL_TYPE_NOTICE, NULL);
}
