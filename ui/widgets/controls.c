/* Controls grouped as the settings say.
 * SPDX-License-Identifier: MIT
 *
 * Groups come in the order in which the settings first name them; what is advanced is
 * folded at the end of its group, and the experiment's buttons stand under the group
 * they name. A group none of whose controls is shown is hidden whole. */
#include "controls.h"

typedef struct {
  const char *name;      /* NULL: no heading */
  GtkWidget *root, *box; /* the controls are in box */
  GtkWidget *folded;     /* expander, NULL until something is advanced */
  GtkWidget *folded_box;
  GPtrArray *plain, *advanced; /* of OdlControl, borrowed */
  gboolean has_buttons;
} Group;

struct _OdlControls {
  GtkWidget parent_instance;
  const OdlExperimentClass *klass;
  OdlControlsPress press;
  gpointer data;
  GtkWidget *box;
  GPtrArray *controls; /* of OdlControl, aligned with the settings */
  GPtrArray *groups;   /* of Group */
};

G_DEFINE_FINAL_TYPE (OdlControls, odl_controls, GTK_TYPE_WIDGET)

static void
group_free (gpointer data)
{
  Group *group = data;
  g_ptr_array_unref (group->plain);
  g_ptr_array_unref (group->advanced);
  g_free (group);
}

static Group *
group_of (OdlControls *self, const char *name)
{
  for (guint i = 0; i < self->groups->len; i++) {
    Group *group = self->groups->pdata[i];
    if (g_strcmp0 (group->name, name) == 0)
      return group;
  }
  Group *group = g_new0 (Group, 1);
  group->name = name;
  group->plain = g_ptr_array_new ();
  group->advanced = g_ptr_array_new ();
  group->root = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  group->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  if (name) {
    GtkWidget *heading = gtk_label_new (name);
    gtk_label_set_xalign (GTK_LABEL (heading), 0);
    gtk_widget_add_css_class (heading, "heading");
    gtk_box_append (GTK_BOX (group->root), heading);
  }
  gtk_box_append (GTK_BOX (group->root), group->box);
  gtk_widget_add_css_class (group->root, "group");
  gtk_box_append (GTK_BOX (self->box), group->root);
  g_ptr_array_add (self->groups, group);
  return group;
}

static void
fold (Group *group)
{
  if (group->folded)
    return;
  group->folded = gtk_expander_new ("Advanced");
  group->folded_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  gtk_widget_add_css_class (group->folded_box, "folded");
  gtk_expander_set_child (GTK_EXPANDER (group->folded), group->folded_box);
  gtk_box_append (GTK_BOX (group->root), group->folded);
}

static void
add_setting (OdlControls *self, guint index, OdlControlPost post)
{
  const OdlSetting *setting = &self->klass->settings[index];
  Group *group = group_of (self, setting->group);
  OdlControl *control = odl_control_new_for (setting, index);
  control->post = post;
  control->post_data = self->data;
  g_ptr_array_add (self->controls, control);
  if (setting->flags & ODL_SETTING_ADVANCED) {
    fold (group);
    g_ptr_array_add (group->advanced, control);
    gtk_box_append (GTK_BOX (group->folded_box), control->root);
  } else {
    g_ptr_array_add (group->plain, control);
    gtk_box_append (GTK_BOX (group->box), control->root);
  }
}

static void
on_pressed (GtkButton *button, OdlControls *self)
{
  self->press (self->data, g_object_get_data (G_OBJECT (button), "odl-button"));
}

static void
add_button (OdlControls *self, const OdlButton *row)
{
  Group *group = group_of (self, row->group);
  GtkWidget *button = gtk_button_new_with_label (row->title);
  gtk_widget_set_tooltip_text (button, row->help);
  g_object_set_data (G_OBJECT (button), "odl-button", (gpointer)row);
  g_signal_connect (button, "clicked", G_CALLBACK (on_pressed), self);
  gtk_box_append (GTK_BOX (group->root), button);
  group->has_buttons = TRUE;
}

static gboolean
any_visible (const GPtrArray *controls)
{
  for (guint i = 0; i < controls->len; i++) {
    const OdlControl *control = controls->pdata[i];
    if (gtk_widget_get_visible (control->root))
      return TRUE;
  }
  return FALSE;
}

void
odl_controls_take (OdlControls *self, const OdlFrame *frame)
{
  g_return_if_fail (ODL_IS_CONTROLS (self) && frame != NULL);
  for (guint i = 0; i < self->controls->len; i++)
    odl_control_take (self->controls->pdata[i], frame);
  for (guint i = 0; i < self->groups->len; i++) {
    Group *group = self->groups->pdata[i];
    gboolean advanced = any_visible (group->advanced);
    if (group->folded)
      gtk_widget_set_visible (group->folded, advanced);
    gtk_widget_set_visible (group->root, advanced || group->has_buttons
                                             || any_visible (group->plain));
  }
}

const OdlControl *
odl_controls_find (OdlControls *self, const char *key)
{
  g_return_val_if_fail (ODL_IS_CONTROLS (self) && key != NULL, NULL);
  for (guint i = 0; i < self->controls->len; i++) {
    const OdlControl *control = self->controls->pdata[i];
    if (g_str_equal (control->setting->key, key))
      return control;
  }
  return NULL;
}

static void
dispose (GObject *object)
{
  OdlControls *self = ODL_CONTROLS (object);
  if (self->controls)
    g_ptr_array_set_size (self->controls, 0);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (odl_controls_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  OdlControls *self = ODL_CONTROLS (object);
  g_ptr_array_unref (self->controls);
  g_ptr_array_unref (self->groups);
  G_OBJECT_CLASS (odl_controls_parent_class)->finalize (object);
}

static void
odl_controls_class_init (OdlControlsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "controls");
}

static void
odl_controls_init (OdlControls *self)
{
  self->controls = g_ptr_array_new_with_free_func ((GDestroyNotify)odl_control_free);
  self->groups = g_ptr_array_new_with_free_func (group_free);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
odl_controls_new (const OdlExperimentClass *klass, OdlControlPost post,
                  OdlControlsPress press, gpointer data)
{
  g_return_val_if_fail (klass != NULL && post != NULL && press != NULL, NULL);
  OdlControls *self = g_object_new (ODL_TYPE_CONTROLS, NULL);
  self->klass = klass;
  self->press = press;
  self->data = data;
  for (guint i = 0; i < klass->n_settings; i++)
    add_setting (self, i, post);
  for (const OdlButton *row = klass->buttons; row && row->kind; row++)
    add_button (self, row);
  return GTK_WIDGET (self);
}
