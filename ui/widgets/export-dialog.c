/* What to export, as what, and how large.
 * SPDX-License-Identifier: MIT */
#include "export-dialog.h"

typedef struct {
  GtkWidget *window, *what, *format, *scale, *scale_row;
  char **ids;
  OdlExportChosen chosen;
  gpointer data;
  GDestroyNotify free_data;
} Dialog;

static const char *const formats[]
    = { "PNG image", "SVG drawing", "PDF document", "CSV data", NULL };
static const char *const endings[] = { ".png", ".svg", ".pdf", ".csv" };
static const char *const scales[] = { "1 ×", "2 ×", "3 ×", "4 ×", NULL };

static void
dialog_free (gpointer data)
{
  Dialog *dialog = data;
  if (dialog->free_data)
    dialog->free_data (dialog->data);
  g_strfreev (dialog->ids);
  g_free (dialog);
}

static void
on_format (GtkDropDown *format, GParamSpec *spec, Dialog *dialog)
{
  gtk_widget_set_visible (dialog->scale_row, gtk_drop_down_get_selected (format) == 0);
}

static void
on_export (GtkButton *button, Dialog *dialog)
{
  guint what = gtk_drop_down_get_selected (GTK_DROP_DOWN (dialog->what));
  guint scale = gtk_drop_down_get_selected (GTK_DROP_DOWN (dialog->scale));
  OdlExportChoice choice
      = { .plot = what == 0 ? NULL : dialog->ids[what - 1],
          .ending
          = endings[gtk_drop_down_get_selected (GTK_DROP_DOWN (dialog->format))],
          .scale = scale + 1 };
  dialog->chosen (dialog->data, &choice);
  gtk_window_destroy (GTK_WINDOW (dialog->window));
}

static GtkWidget *
row (const char *title, GtkWidget *drop)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new_with_mnemonic (title);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), drop);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_size_request (drop, 200, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (drop),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL, -1);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), drop);
  return box;
}

/* "Whole panel" and the plots; the one asked for is chosen. */
static GtkWidget *
list_plots (const char *const *ids, const char *const *titles, const char *plot)
{
  GtkStringList *list = gtk_string_list_new (NULL);
  guint chosen = 0;
  gtk_string_list_append (list, "Whole panel");
  for (guint i = 0; ids[i]; i++) {
    gtk_string_list_append (list, titles[i]);
    if (g_strcmp0 (ids[i], plot) == 0)
      chosen = i + 1;
  }
  GtkWidget *drop = gtk_drop_down_new (G_LIST_MODEL (list), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop), chosen);
  return drop;
}

static GtkWidget *
buttons (Dialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *cancel = gtk_button_new_with_mnemonic ("_Cancel");
  GtkWidget *export = gtk_button_new_with_mnemonic ("_Export…");
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_add_css_class (export, "suggested-action");
  gtk_box_append (GTK_BOX (box), cancel);
  gtk_box_append (GTK_BOX (box), export);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (gtk_window_close),
                            dialog->window);
  g_signal_connect (export, "clicked", G_CALLBACK (on_export), dialog);
  gtk_window_set_default_widget (GTK_WINDOW (dialog->window), export);
  return box;
}

static void
add_escape (GtkWidget *window)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
}

GtkWidget *
odl_export_dialog_new (GtkWindow *parent, const char *const *ids,
                       const char *const *titles, const char *plot,
                       OdlExportChosen chosen, gpointer data, GDestroyNotify free_data)
{
  g_return_val_if_fail (ids != NULL && titles != NULL && chosen != NULL, NULL);
  Dialog *dialog = g_new0 (Dialog, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  dialog->ids = g_strdupv ((char **)ids);
  dialog->chosen = chosen;
  dialog->data = data;
  dialog->free_data = free_data;
  dialog->window = g_object_new (GTK_TYPE_WINDOW, "title", "Export", "modal", TRUE,
                                 "transient-for", parent, "resizable", FALSE, NULL);
  dialog->what = list_plots (ids, titles, plot);
  dialog->format = gtk_drop_down_new_from_strings (formats);
  dialog->scale = gtk_drop_down_new_from_strings (scales);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (dialog->scale), 1);
  dialog->scale_row = row ("_Scale", dialog->scale);
  g_signal_connect (dialog->format, "notify::selected", G_CALLBACK (on_format), dialog);
  gtk_box_append (GTK_BOX (box), row ("_What", dialog->what));
  gtk_box_append (GTK_BOX (box), row ("_Format", dialog->format));
  gtk_box_append (GTK_BOX (box), dialog->scale_row);
  gtk_box_append (GTK_BOX (box), buttons (dialog));
  gtk_widget_add_css_class (box, "dialog-content");
  gtk_window_set_child (GTK_WINDOW (dialog->window), box);
  add_escape (dialog->window);
  g_object_set_data_full (G_OBJECT (dialog->window), "odl-dialog", dialog, dialog_free);
  gtk_window_present (GTK_WINDOW (dialog->window));
  return dialog->window;
}
