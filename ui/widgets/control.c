/* What every control shares: title, sentence about what is wrong, sending and taking.
 * SPDX-License-Identifier: MIT
 *
 * Invariant: `shown` is the value that the widget stands for, whether the worker has
 * obeyed it yet or not. A frame moves the widget only when it has obeyed our last
 * command and holds another value, so a slider never jumps back under the hand. */
#include "control.h"

#include <string.h>

OdlControl *
odl_control_new (gsize size, const OdlSetting *setting, guint index)
{
  g_return_val_if_fail (size >= sizeof (OdlControl) && setting != NULL, NULL);
  OdlControl *control = g_malloc0 (size);
  control->setting = setting;
  control->index = index;
  control->root = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  control->head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  control->title = gtk_label_new (setting->title);
  gtk_label_set_xalign (GTK_LABEL (control->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (control->title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (control->title, TRUE);
  gtk_box_append (GTK_BOX (control->head), control->title);
  gtk_box_append (GTK_BOX (control->root), control->head);
  control->sentence = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (control->sentence), 0);
  gtk_label_set_wrap (GTK_LABEL (control->sentence), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (control->sentence), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (control->sentence, "complaint");
  gtk_widget_set_visible (control->sentence, FALSE);
  gtk_box_append (GTK_BOX (control->root), control->sentence);
  gtk_widget_add_css_class (control->root, "control");
  gtk_widget_set_tooltip_text (control->root, setting->help);
  g_object_ref_sink (control->root);
  return control;
}

void
odl_control_free (OdlControl *control)
{
  if (control == NULL)
    return;
  if (control->clear)
    control->clear (control);
  if (control->has_shown)
    odl_value_clear (&control->shown);
  g_free (control->wrong);
  g_object_unref (control->root);
  g_free (control);
}

void
odl_control_label (OdlControl *control, GtkWidget *widget)
{
  gtk_accessible_update_relation (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, control->title,
                                  NULL, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  control->setting->help, -1);
}

void
odl_control_add (OdlControl *control, GtkWidget *widget)
{
  odl_control_label (control, widget);
  gtk_label_set_mnemonic_widget (GTK_LABEL (control->title), widget);
  gtk_box_insert_child_after (GTK_BOX (control->root), widget, control->head);
}

/* ---- Out ---- */

static void
say (OdlControl *control, const char *text)
{
  GtkLabel *label = GTK_LABEL (control->sentence);
  gboolean wrong = text != NULL;
  if (g_strcmp0 (gtk_label_get_text (label), text ? text : "") == 0)
    return;
  gtk_label_set_text (label, text ? text : "");
  gtk_widget_set_visible (control->sentence, wrong);
  if (wrong)
    gtk_widget_add_css_class (control->root, "wrong");
  else
    gtk_widget_remove_css_class (control->root, "wrong");
}

static void
remember (OdlControl *control, const OdlValue *value)
{
  OdlValue copy;
  odl_value_copy (&copy, value);
  if (control->has_shown)
    odl_value_clear (&control->shown);
  control->shown = copy;
  control->has_shown = TRUE;
}

void
odl_control_send (OdlControl *control, const OdlValue *value)
{
  g_return_if_fail (control != NULL && value != NULL);
  if (control->showing)
    return;
  g_clear_pointer (&control->wrong, g_free);
  say (control, NULL);
  if (control->has_shown && odl_value_equal (&control->shown, value))
    return;
  remember (control, value);
  control->sent = control->post (control->post_data, control->index, value);
}

gboolean
odl_control_send_text (OdlControl *control, const char *text)
{
  g_autoptr (GError) error = NULL;
  OdlValue value;
  if (control->showing)
    return TRUE;
  if (!odl_value_parse (control->setting, text, &value, &error)) {
    g_free (control->wrong);
    control->wrong = g_strdup (error->message);
    say (control, control->wrong);
    return FALSE;
  }
  odl_control_send (control, &value);
  odl_value_clear (&value);
  return TRUE;
}

/* ---- In ---- */

/* "key=value|value" holds for these values; NULL always does. */
static gboolean
condition_holds (const char *condition, const OdlValues *values)
{
  if (condition == NULL)
    return TRUE;
  g_auto (GStrv) halves = g_strsplit (condition, "=", 2);
  int index = odl_values_find (values, halves[0], NULL);
  g_return_val_if_fail (index >= 0 && halves[1] != NULL, TRUE);
  g_autofree char *text
      = odl_value_to_text (&values->settings[index], &values->values[index]);
  g_auto (GStrv) wanted = g_strsplit (halves[1], "|", -1);
  return g_strv_contains ((const char *const *)wanted, text);
}

void
odl_control_take (OdlControl *control, const OdlFrame *frame)
{
  g_return_if_fail (control != NULL && frame != NULL);
  const OdlValue *value = &frame->values->values[control->index];
  gboolean refused = g_strcmp0 (frame->error_key, control->setting->key) == 0;
  gtk_widget_set_visible (control->root,
                          condition_holds (control->setting->shown_if, frame->values));
  if (frame->command < control->sent)
    return;
  control->showing = TRUE;
  if (!refused && (!control->has_shown || !odl_value_equal (&control->shown, value))) {
    g_clear_pointer (&control->wrong, g_free);
    remember (control, value);
    control->show (control, value);
  }
  if (control->follow)
    control->follow (control, frame);
  control->showing = FALSE;
  say (control, control->wrong ? control->wrong : refused ? frame->error : NULL);
}

OdlControl *
odl_control_new_for (const OdlSetting *setting, guint index)
{
  g_return_val_if_fail (setting != NULL, NULL);
  switch (setting->kind) {
  case ODL_SETTING_BOOLEAN:
    return odl_control_switch_new (setting, index);
  case ODL_SETTING_INTEGER:
  case ODL_SETTING_REAL:
    return odl_control_number_new (setting, index);
  case ODL_SETTING_CHOICE:
    return odl_control_choice_new (setting, index);
  case ODL_SETTING_CHOICES:
    return odl_control_choices_new (setting, index);
  case ODL_SETTING_PARAMETERS:
    return odl_control_parameters_new (setting, index);
  case ODL_SETTING_TEXT:
  case ODL_SETTING_REALS:
  default:
    return setting->flags & ODL_SETTING_MULTILINE
               ? odl_control_editor_new (setting, index)
               : odl_control_text_new (setting, index);
  }
}
