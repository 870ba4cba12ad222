/* Controls that are typed into: a line, or several lines of equations.
 * SPDX-License-Identifier: MIT
 *
 * What is typed is sent after a short pause, at Enter and when the focus goes. A text
 * that is wrong stays as it was typed. Lines of numbers are sent when they parse. */
#include "control.h"

#define PAUSE_MS 300

typedef struct {
  OdlControl base;
  GtkWidget *entry; /* one line, or … */
  GtkTextBuffer *buffer;
  guint typed_id;
} Text;

static char *
typed_text (Text *self)
{
  GtkTextIter start, end;
  if (self->entry)
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static void
show_text (OdlControl *control, const OdlValue *value)
{
  Text *self = (Text *)control;
  g_autofree char *text = odl_value_to_text (control->setting, value);
  g_autofree char *present = typed_text (self);
  g_clear_handle_id (&self->typed_id, g_source_remove);
  if (g_str_equal (text, present))
    return;
  if (self->entry)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  else
    gtk_text_buffer_set_text (self->buffer, text, -1);
}

static gboolean
send_typed (gpointer data)
{
  Text *self = data;
  g_autofree char *text = typed_text (self);
  self->typed_id = 0;
  odl_control_send_text (&self->base, text);
  return G_SOURCE_REMOVE;
}

static void
on_typed (Text *self)
{
  if (self->base.showing)
    return;
  g_clear_handle_id (&self->typed_id, g_source_remove);
  self->typed_id = g_timeout_add (PAUSE_MS, send_typed, self);
}

static void
send_now (Text *self)
{
  if (self->typed_id == 0)
    return;
  g_clear_handle_id (&self->typed_id, g_source_remove);
  send_typed (self);
}

static void
clear_text (OdlControl *control)
{
  Text *self = (Text *)control;
  g_clear_handle_id (&self->typed_id, g_source_remove);
}

static Text *
text_new (const OdlSetting *setting, guint index)
{
  OdlControl *control = odl_control_new (sizeof (Text), setting, index);
  control->show = show_text;
  control->clear = clear_text;
  return (Text *)control;
}

static void
send_on_leave (Text *self, GtkWidget *widget)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (send_now), self);
  gtk_widget_add_controller (widget, focus);
}

OdlControl *
odl_control_text_new (const OdlSetting *setting, guint index)
{
  Text *self = text_new (setting, index);
  self->entry = gtk_entry_new ();
  odl_control_add (&self->base, self->entry);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (send_now), self);
  send_on_leave (self, self->entry);
  return &self->base;
}

OdlControl *
odl_control_editor_new (const OdlSetting *setting, guint index)
{
  Text *self = text_new (setting, index);
  GtkWidget *view = gtk_text_view_new (), *scroller = gtk_scrolled_window_new ();
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 8);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 8);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), 108);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 240);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller),
                                                    TRUE);
  gtk_widget_add_css_class (scroller, "editor");
  odl_control_add (&self->base, scroller);
  odl_control_label (&self->base, view);
  gtk_label_set_mnemonic_widget (GTK_LABEL (self->base.title), view);
  g_signal_connect_swapped (self->buffer, "changed", G_CALLBACK (on_typed), self);
  send_on_leave (self, view);
  return &self->base;
}
