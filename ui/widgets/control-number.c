/* A number: a slider and an entry that say the same.
 * SPDX-License-Identifier: MIT
 *
 * The slider works on a scale of 0 … 1 that is mapped to the range, linearly or
 * logarithmically. What it yields is rounded to three digits, for a hand cannot mean
 * more; the entry takes every digit. A range too wide for a linear slider has an entry
 * alone. */
#include "control.h"
#include "slider.h"

#include <math.h>

typedef struct {
  OdlControl base;
  OdlSlider slider; /* without a scale when the range is too wide */
  GtkWidget *entry;
  guint typed_id; /* a pause in typing sends */
} Number;

#define PAUSE_MS 350
#define TOO_WIDE 1e6

static double
number_of (const OdlValue *value)
{
  return value->kind == ODL_SETTING_INTEGER ? (double)value->integer : value->real;
}

static void
show_text (Number *self, const OdlValue *value)
{
  g_autofree char *text = odl_value_to_text (self->base.setting, value);
  self->base.showing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  self->base.showing = FALSE;
}

static void
show_number (OdlControl *control, const OdlValue *value)
{
  Number *self = (Number *)control;
  show_text (self, value);
  control->showing = TRUE;
  odl_slider_set (&self->slider, number_of (value));
}

static void
on_slid (gpointer data, double number)
{
  Number *self = data;
  OdlControl *control = &self->base;
  OdlValue value = { .kind = control->setting->kind };
  if (control->showing)
    return;
  if (value.kind == ODL_SETTING_INTEGER)
    value.integer = llround (number);
  else
    value.real = number;
  odl_control_send (control, &value);
  show_text (self, &value);
}

static gboolean
send_typed (gpointer data)
{
  Number *self = data;
  OdlControl *control = &self->base;
  self->typed_id = 0;
  if (odl_control_send_text (control,
                             gtk_editable_get_text (GTK_EDITABLE (self->entry)))
      && control->has_shown) {
    control->showing = TRUE;
    odl_slider_set (&self->slider, number_of (&control->shown));
    control->showing = FALSE;
  }
  return G_SOURCE_REMOVE;
}

static void
on_typed (GtkEditable *entry, Number *self)
{
  if (self->base.showing)
    return;
  g_clear_handle_id (&self->typed_id, g_source_remove);
  self->typed_id = g_timeout_add (PAUSE_MS, send_typed, self);
}

static void
send_now (Number *self)
{
  if (self->typed_id == 0)
    return;
  g_clear_handle_id (&self->typed_id, g_source_remove);
  send_typed (self);
}

static void
clear_number (OdlControl *control)
{
  Number *self = (Number *)control;
  g_clear_handle_id (&self->typed_id, g_source_remove);
}

OdlControl *
odl_control_number_new (const OdlSetting *setting, guint index)
{
  OdlControl *control = odl_control_new (sizeof (Number), setting, index);
  Number *self = (Number *)control;
  gboolean log = (setting->flags & ODL_SETTING_LOG) != 0 && setting->min > 0;
  self->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 9);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 9);
  gtk_editable_set_alignment (GTK_EDITABLE (self->entry), 1);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->entry), GTK_INPUT_PURPOSE_NUMBER);
  gtk_widget_add_css_class (self->entry, "number");
  gtk_box_append (GTK_BOX (control->head), self->entry);
  if (setting->unit)
    gtk_box_append (GTK_BOX (control->head), gtk_label_new (setting->unit));
  odl_control_label (control, self->entry);
  control->show = show_number;
  control->clear = clear_number;
  g_signal_connect (self->entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (send_now), self);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (send_now), self);
  gtk_widget_add_controller (self->entry, focus);
  if (log || setting->max - setting->min <= TOO_WIDE) {
    odl_slider_init (&self->slider, on_slid, self);
    odl_slider_set_range (&self->slider, setting->min, setting->max, log,
                          setting->kind == ODL_SETTING_INTEGER);
    odl_control_add (control, self->slider.scale);
  }
  return control;
}
