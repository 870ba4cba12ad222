/* Controls that choose: a switch, one of several, some of several.
 * SPDX-License-Identifier: MIT
 *
 * Some of several are check buttons in a popover when they are many; its button says
 * which are chosen. The text sent lists the ids in the order of the setting's row. */
#include "control.h"

#include <string.h>

/* ---- A switch ---- */

typedef struct {
  OdlControl base;
  GtkWidget *check;
} Switch;

static void
show_switch (OdlControl *control, const OdlValue *value)
{
  Switch *self = (Switch *)control;
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->check), value->boolean);
}

static void
on_toggled (GtkCheckButton *check, OdlControl *control)
{
  OdlValue value
      = { .kind = ODL_SETTING_BOOLEAN, .boolean = gtk_check_button_get_active (check) };
  odl_control_send (control, &value);
}

OdlControl *
odl_control_switch_new (const OdlSetting *setting, guint index)
{
  OdlControl *control = odl_control_new (sizeof (Switch), setting, index);
  Switch *self = (Switch *)control;
  self->check = gtk_check_button_new_with_label (setting->title);
  control->show = show_switch;
  gtk_widget_set_visible (control->head, FALSE);
  odl_control_add (control, self->check);
  g_signal_connect (self->check, "toggled", G_CALLBACK (on_toggled), control);
  return control;
}

/* ---- One of several ---- */

typedef struct {
  OdlControl base;
  GtkWidget *drop;
} Choice;

static void
show_choice (OdlControl *control, const OdlValue *value)
{
  Choice *self = (Choice *)control;
  for (guint i = 0; control->setting->choices[2 * i]; i++)
    if (g_str_equal (control->setting->choices[2 * i], value->text))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->drop), i);
}

static void
on_selected (GtkDropDown *drop, GParamSpec *spec, OdlControl *control)
{
  guint selected = gtk_drop_down_get_selected (drop);
  if (selected != GTK_INVALID_LIST_POSITION)
    odl_control_send_text (control, control->setting->choices[2 * selected]);
}

OdlControl *
odl_control_choice_new (const OdlSetting *setting, guint index)
{
  OdlControl *control = odl_control_new (sizeof (Choice), setting, index);
  Choice *self = (Choice *)control;
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();
  for (guint i = 0; setting->choices[i]; i += 2)
    g_ptr_array_add (titles, (gpointer)setting->choices[i + 1]);
  g_ptr_array_add (titles, NULL);
  self->drop = gtk_drop_down_new_from_strings ((const char *const *)titles->pdata);
  control->show = show_choice;
  odl_control_add (control, self->drop);
  g_signal_connect (self->drop, "notify::selected", G_CALLBACK (on_selected), control);
  return control;
}

/* ---- Some of several ---- */

#define INLINE_MAX 4

typedef struct {
  OdlControl base;
  GtkWidget *button, *label; /* NULL when the checks are in the pane itself */
  GPtrArray *checks;         /* of GtkCheckButton, one per choice */
} Choices;

static gboolean
has_id (const char *list, const char *id)
{
  g_auto (GStrv) ids = g_strsplit (list, ",", -1);
  for (char **one = ids; *one; one++)
    if (g_str_equal (g_strstrip (*one), id))
      return TRUE;
  return FALSE;
}

static void
name_chosen (Choices *self)
{
  g_autoptr (GString) titles = g_string_new (NULL);
  if (self->label == NULL)
    return;
  for (guint i = 0; i < self->checks->len; i++)
    if (gtk_check_button_get_active (self->checks->pdata[i]))
      g_string_append_printf (titles, "%s%s", titles->len ? ", " : "",
                              self->base.setting->choices[2 * i + 1]);
  gtk_label_set_text (GTK_LABEL (self->label), titles->len ? titles->str : "None");
}

static void
show_choices (OdlControl *control, const OdlValue *value)
{
  Choices *self = (Choices *)control;
  for (guint i = 0; i < self->checks->len; i++)
    gtk_check_button_set_active (
        self->checks->pdata[i], has_id (value->text, control->setting->choices[2 * i]));
  name_chosen (self);
}

static void
on_checked (GtkCheckButton *check, OdlControl *control)
{
  Choices *self = (Choices *)control;
  g_autoptr (GString) ids = g_string_new (NULL);
  for (guint i = 0; i < self->checks->len; i++)
    if (gtk_check_button_get_active (self->checks->pdata[i]))
      g_string_append_printf (ids, "%s%s", ids->len ? "," : "",
                              control->setting->choices[2 * i]);
  if (control->showing)
    return;
  name_chosen (self);
  odl_control_send_text (control, ids->str);
}

static void
clear_choices (OdlControl *control)
{
  Choices *self = (Choices *)control;
  g_ptr_array_unref (self->checks);
}

static GtkWidget *
list_checks (Choices *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  const char *const *choices = self->base.setting->choices;
  for (guint i = 0; choices[2 * i]; i++) {
    GtkWidget *check = gtk_check_button_new_with_label (choices[2 * i + 1]);
    g_signal_connect (check, "toggled", G_CALLBACK (on_checked), self);
    gtk_box_append (GTK_BOX (box), check);
    g_ptr_array_add (self->checks, check);
  }
  return box;
}

static void
add_popover (Choices *self, GtkWidget *checks)
{
  OdlControl *control = &self->base;
  GtkWidget *popover = gtk_popover_new (), *scroller = gtk_scrolled_window_new ();
  GtkScrolledWindow *window = GTK_SCROLLED_WINDOW (scroller);
  gtk_scrolled_window_set_policy (window, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (window, TRUE);
  gtk_scrolled_window_set_propagate_natural_width (window, TRUE);
  gtk_scrolled_window_set_max_content_height (window, 480);
  gtk_scrolled_window_set_child (window, checks);
  gtk_widget_set_margin_end (checks, 12);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->label, TRUE);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (content), self->label);
  gtk_box_append (GTK_BOX (content),
                  gtk_image_new_from_icon_name ("pan-down-symbolic"));
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (self->button), content);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover);
  odl_control_add (control, self->button);
}

OdlControl *
odl_control_choices_new (const OdlSetting *setting, guint index)
{
  OdlControl *control = odl_control_new (sizeof (Choices), setting, index);
  Choices *self = (Choices *)control;
  self->checks = g_ptr_array_new ();
  control->show = show_choices;
  control->clear = clear_choices;
  GtkWidget *checks = list_checks (self);
  if (self->checks->len > INLINE_MAX)
    add_popover (self, checks);
  else
    odl_control_add (control, checks);
  return control;
}
