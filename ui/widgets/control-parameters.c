/* Named numbers, each with a slider and an entry; which there are, the frame says.
 * SPDX-License-Identifier: MIT
 *
 * The setting is one text, "a=1, mu=5", so moving one slider sends all names that
 * differ from their own default. A number beyond a slider's range widens the range. */
#include "control.h"
#include "slider.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  struct _Parameters *owner;
  char *name;
  double value, fallback, min, max;
  double given_min,
      given_max; /* what the frame last said; min, max hold the hand's too */
  OdlSlider slider;
  GtkWidget *root, *entry;
} Row;

typedef struct _Parameters {
  OdlControl base;
  GtkWidget *box;
  GPtrArray *rows; /* of Row */
  gboolean changing;
} Parameters;

static void
row_free (gpointer data)
{
  Row *row = data;
  gtk_box_remove (GTK_BOX (row->owner->box), row->root);
  g_free (row->name);
  g_free (row);
}

static char *
number_text (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  /* The shortest of these forms that is read back to the same bits. */
  static const char *const forms[] = { "%.6g", "%.12g", "%.15g", "%.17g" };
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_ascii_formatd (buffer, sizeof buffer, forms[i], number);
    if (g_ascii_strtod (buffer, NULL) == number)
      break;
  }
  return g_strdup (buffer);
}

static void
send (Parameters *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < self->rows->len; i++) {
    const Row *row = self->rows->pdata[i];
    if (row->value == row->fallback)
      continue;
    g_autofree char *number = number_text (row->value);
    g_string_append_printf (text, "%s%s=%s", text->len ? ", " : "", row->name, number);
  }
  odl_control_send_text (&self->base, text->str);
}

static void
show_row (Row *row, double value, gboolean entry_too)
{
  Parameters *self = row->owner;
  row->value = value;
  self->changing = TRUE;
  if (value < row->min || value > row->max) {
    row->min = fmin (row->min, value);
    row->max = fmax (row->max, value);
    odl_slider_set_range (&row->slider, row->min, row->max, FALSE, FALSE);
  }
  odl_slider_set (&row->slider, value);
  if (entry_too) {
    g_autofree char *text = number_text (value);
    gtk_editable_set_text (GTK_EDITABLE (row->entry), text);
  }
  self->changing = FALSE;
}

static void
on_slid (gpointer data, double number)
{
  Row *row = data;
  if (row->owner->base.showing)
    return;
  show_row (row, number, TRUE);
  send (row->owner);
}

static void
on_entered (GtkEditable *entry, Row *row)
{
  const char *text = gtk_editable_get_text (entry);
  char *end;
  double number = g_ascii_strtod (text, &end);
  if (row->owner->changing || row->owner->base.showing)
    return;
  if (end == text || *end != '\0' || !isfinite (number)) {
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
    return;
  }
  gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  if (number == row->value)
    return;
  show_row (row, number, FALSE);
  send (row->owner);
}

static Row *
row_new (Parameters *self, const OdlParameter *parameter)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (parameter->name);
  row->owner = self;
  row->name = g_strdup (parameter->name);
  row->root = line;
  row->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (row->entry), 7);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (row->entry), 7);
  gtk_editable_set_alignment (GTK_EDITABLE (row->entry), 1);
  gtk_widget_add_css_class (row->entry, "number");
  gtk_label_set_width_chars (GTK_LABEL (label), 4);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  odl_slider_init (&row->slider, on_slid, row);
  gtk_widget_set_hexpand (row->slider.scale, TRUE);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), row->slider.scale);
  gtk_box_append (GTK_BOX (line), row->entry);
  gtk_box_append (GTK_BOX (self->box), line);
  GtkWidget *named[] = { row->slider.scale, row->entry };
  for (guint i = 0; i < 2; i++)
    gtk_accessible_update_property (GTK_ACCESSIBLE (named[i]),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, parameter->name, -1);
  g_signal_connect (row->entry, "changed", G_CALLBACK (on_entered), row);
  return row;
}

static gboolean
same_names (Parameters *self, const OdlFrame *frame)
{
  if (frame->n_parameters != self->rows->len)
    return FALSE;
  for (guint i = 0; i < frame->n_parameters; i++) {
    const Row *row = self->rows->pdata[i];
    if (!g_str_equal (row->name, frame->parameters[i].name))
      return FALSE;
  }
  return TRUE;
}

static void
follow (OdlControl *control, const OdlFrame *frame)
{
  Parameters *self = (Parameters *)control;
  if (!same_names (self, frame)) {
    g_ptr_array_set_size (self->rows, 0);
    for (guint i = 0; i < frame->n_parameters; i++)
      g_ptr_array_add (self->rows, row_new (self, &frame->parameters[i]));
  }
  for (guint i = 0; i < frame->n_parameters; i++) {
    Row *row = self->rows->pdata[i];
    const OdlParameter *p = &frame->parameters[i];
    gboolean fresh = p->min != row->given_min || p->max != row->given_max;
    row->fallback = p->fallback;
    if (fresh) {
      row->min = row->given_min = p->min;
      row->max = row->given_max = p->max;
      odl_slider_set_range (&row->slider, p->min, p->max, FALSE, FALSE);
    }
    if (fresh || row->value != p->value)
      show_row (row, p->value, TRUE);
  }
  if (frame->n_parameters == 0)
    gtk_widget_set_visible (control->root, FALSE);
}

/* The rows follow the frame's parameters, not the text. */
static void
show_nothing (OdlControl *control, const OdlValue *value)
{
}

static void
clear_rows (OdlControl *control)
{
  Parameters *self = (Parameters *)control;
  g_ptr_array_unref (self->rows);
}

OdlControl *
odl_control_parameters_new (const OdlSetting *setting, guint index)
{
  OdlControl *control = odl_control_new (sizeof (Parameters), setting, index);
  Parameters *self = (Parameters *)control;
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  control->show = show_nothing;
  control->follow = follow;
  control->clear = clear_rows;
  gtk_box_insert_child_after (GTK_BOX (control->root), self->box, control->head);
  return control;
}
