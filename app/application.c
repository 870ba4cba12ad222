/* The application.
 * SPDX-License-Identifier: MIT
 *
 * A second start hands its file to the program that runs. Keys are a table beside the
 * actions; those without a modifier belong to the window, which tries them after the
 * focused widget. */
#include "application.h"

#include <stdio.h>

#include "memory.h"
#include "widgets/compat.h"
#include "widgets/lesson.h"
#include "window.h"

#define RESOURCES "/io/github/odelab/Odelab"

struct _OdlApplication {
  AdwApplication parent_instance;
  GtkWidget *help;
};

G_DEFINE_FINAL_TYPE (OdlApplication, odl_application, ADW_TYPE_APPLICATION)

static const struct {
  const char *action, *keys[3];
} accels[] = {
  { "win.new", { "<Control>n" } },    { "win.open", { "<Control>o" } },
  { "win.save", { "<Control>s" } },   { "win.save-as", { "<Control><Shift>s" } },
  { "win.export", { "<Control>e" } }, { "win.import", { "<Control>i" } },
  { "win.close", { "<Control>w" } },  { "win.controls", { "F8" } },
  { "win.lesson", { "F9" } },         { "win.fullscreen", { "F11" } },
  { "win.fit", { "<Control>0" } },    { "app.help", { "F1" } },
  { "app.quit", { "<Control>q" } },   { "win.shortcuts", { "<Control>question" } },
};

/* ---- Actions ---- */

static GtkWindow *
active_window (gpointer data)
{
  return gtk_application_get_active_window (GTK_APPLICATION (data));
}

static void
quit (GSimpleAction *action, GVariant *argument, gpointer data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (data)));
  for (GList *at = windows; at; at = at->next)
    gtk_window_close (at->data);
  g_list_free (windows);
}

static void
about (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_compat_show_about (active_window (data));
}

static void
close_on_escape (GtkWidget *window)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
}

static void
help (GSimpleAction *action, GVariant *argument, gpointer data)
{
  OdlApplication *application = ODL_APPLICATION (data);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (RESOURCES "/help.md", 0, NULL);
  if (application->help) {
    gtk_window_present (GTK_WINDOW (application->help));
    return;
  }
  g_autofree char *text
      = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *content = odl_lesson_new (text, NULL, NULL);
  gtk_widget_add_css_class (content, "help");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), content);
  application->help = g_object_new (GTK_TYPE_WINDOW, "title", "Help", "transient-for",
                                    active_window (application), "default-width", 560,
                                    "default-height", 640, "child", scroller, NULL);
  close_on_escape (application->help);
  g_object_add_weak_pointer (G_OBJECT (application->help),
                             (gpointer *)&application->help);
  gtk_window_present (GTK_WINDOW (application->help));
}

static void
change_theme (GSimpleAction *action, GVariant *state, gpointer data)
{
  const char *theme = g_variant_get_string (state, NULL);
  AdwColorScheme scheme = g_str_equal (theme, "dark")    ? ADW_COLOR_SCHEME_FORCE_DARK
                          : g_str_equal (theme, "light") ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                                         : ADW_COLOR_SCHEME_DEFAULT;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
  g_simple_action_set_state (action, state);
}

static const GActionEntry entries[] = {
  { "quit", quit },
  { "about", about },
  { "help", help },
  { "theme", NULL, "s", "'system'", change_theme },
};

/* ---- Life ---- */

static void
restore_theme (OdlApplication *application)
{
  OdlMemory memory;
  odl_memory_load (&memory);
  g_action_group_change_action_state (G_ACTION_GROUP (application), "theme",
                                      g_variant_new_string (memory.theme));
  odl_memory_clear (&memory);
}

/* Control and a digit shows the panel of that place. */
static void
add_panel_keys (GtkApplication *application)
{
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  for (guint i = 0; i < MIN (n, 9); i++) {
    g_autofree char *action = g_strconcat ("win.panel::", all[i]->id, NULL);
    g_autofree char *key = g_strdup_printf ("<Control>%u", i + 1);
    const char *keys[] = { key, NULL };
    gtk_application_set_accels_for_action (application, action, keys);
  }
}

static void
startup (GApplication *application)
{
  G_APPLICATION_CLASS (odl_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries,
                                   G_N_ELEMENTS (entries), application);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application),
                                           accels[i].action,
                                           (const char *const *)accels[i].keys);
  add_panel_keys (GTK_APPLICATION (application));
  gtk_window_set_default_icon_name (ODL_APP_ID);
  restore_theme (ODL_APPLICATION (application));
}

static OdlWindow *
present_window (GApplication *application)
{
  g_autoptr (GError) error = NULL;
  GtkWindow *window = active_window (application);
  if (window == NULL) {
    window = GTK_WINDOW (odl_window_new (GTK_APPLICATION (application), 0, &error));
    if (window == NULL) {
      fprintf (stderr, "odelab: %s\n", error->message);
      return NULL;
    }
  }
  gtk_window_present (window);
  return ODL_IS_WINDOW (window) ? ODL_WINDOW (window)
                                : ODL_WINDOW (gtk_window_get_transient_for (window));
}

static void
activate (GApplication *application)
{
  present_window (application);
}

static void
open (GApplication *application, GFile **files, int n, const char *hint)
{
  OdlWindow *window = present_window (application);
  g_autofree char *path = n > 0 ? g_file_get_path (files[0]) : NULL;
  if (window && path)
    odl_window_open (window, path);
}

static void
odl_application_class_init (OdlApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  application_class->startup = startup;
  application_class->activate = activate;
  application_class->open = open;
}

static void
odl_application_init (OdlApplication *application)
{
}

OdlApplication *
odl_application_new (void)
{
  return g_object_new (ODL_TYPE_APPLICATION, "application-id", ODL_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path", RESOURCES,
                       NULL);
}

int
odl_application_main (int argc, char **argv)
{
  g_set_prgname ("odelab");
  g_set_application_name ("Odelab");
  if (!gtk_init_check ()) {
    fprintf (stderr, "odelab: there is no display to open a window on: the verbs of "
                     "odelab --help work without one\n");
    return 1;
  }
  g_autoptr (OdlApplication) application = odl_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
