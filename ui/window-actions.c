/* The actions of the window, as a table.
 * SPDX-License-Identifier: MIT
 *
 * What can be done is enabled, what is on is a state; both follow the shown panel's
 * last frame. Changing a state by its action does the thing, and the state follows when
 * the frame says so: the worker knows, the button does not. */
#include "window-inside.h"

#include <math.h>

#include "export.h"

static OdlPanel *
shown (gpointer data)
{
  return odl_window_get_shown (ODL_WINDOW (data));
}

static const char *
word (GVariant *argument)
{
  return g_variant_get_string (argument, NULL);
}

/* ---- Files ---- */

static void new (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_begin (data);
}

static void
open (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_ask_open (data);
}

static void
open_path (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_open (data, word (argument));
}

static void
save (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_save (data);
}

static void
save_as (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_ask_save (data);
}

static void
save_path (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_save_to (data, word (argument));
}

static void
import (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_ask_import (data);
}

static void
import_path (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_import (data, word (argument));
}

static void export(GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_ask_export (data, NULL);
}

static void
export_path (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_window_export_to (data, NULL, word (argument), 1);
}

static void
export_plot (GSimpleAction *action, GVariant *argument, gpointer data)
{
  const char *plot, *path;
  g_variant_get (argument, "(&s&s)", &plot, &path);
  odl_window_export_to (data, plot, path, 1);
}

static void
screenshot (GSimpleAction *action, GVariant *argument, gpointer data)
{
  g_autoptr (GdkTexture) texture = odl_window_to_texture (data);
  if (texture == NULL || !gdk_texture_save_to_png (texture, word (argument)))
    odl_window_say (data, "%s cannot be written", word (argument));
}

static void
close_window (GSimpleAction *action, GVariant *argument, gpointer data)
{
  gtk_window_close (data);
}

/* ---- The panel ---- */

static void
undo (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_panel_undo (shown (data));
}

static void
redo (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_panel_redo (shown (data));
}

static void
step (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_panel_step (shown (data));
}

static void
reset (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_panel_reset (shown (data));
}

static void
fit (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_panel_fit (shown (data));
}

static void
scrub (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_panel_play (shown (data), FALSE);
  odl_panel_scrub (shown (data), g_variant_get_double (argument));
}

static void
set (GSimpleAction *action, GVariant *argument, gpointer data)
{
  const char *key, *text;
  g_autoptr (GError) error = NULL;
  g_variant_get (argument, "(&s&s)", &key, &text);
  if (!odl_panel_set_text (shown (data), key, text, &error))
    odl_window_say (data, "%s", error->message);
}

static void
attempt (GSimpleAction *action, GVariant *argument, gpointer data)
{
  odl_panel_try (shown (data), word (argument));
}

static void
copy_image (GSimpleAction *action, GVariant *argument, gpointer data)
{
  g_autoptr (GdkTexture) texture = odl_export_to_texture (shown (data), 2);
  if (texture)
    gdk_clipboard_set_texture (gtk_widget_get_clipboard (data), texture);
}

/* ---- Keys ---- */

/* A row for each experiment, for its panel. */
static char *
list_panels (void)
{
  GString *rows = g_string_new (NULL);
  guint n;
  const OdlExperimentClass *const *all = odl_experiments (&n);
  for (guint i = 0; i < MIN (n, 9); i++) {
    g_autofree char *row = g_markup_printf_escaped (
        "<child><object class=\"GtkShortcutsShortcut\">"
        "<property name=\"title\">%s</property>"
        "<property name=\"accelerator\">&lt;ctrl&gt;%u</property>"
        "</object></child>",
        all[i]->title, i + 1);
    g_string_append (rows, row);
  }
  return g_string_free (rows, FALSE);
}

static void
shortcuts (GSimpleAction *action, GVariant *argument, gpointer data)
{
  g_autoptr (GBytes) bytes
      = g_resources_lookup_data ("/io/github/odelab/Odelab/shortcuts.ui", 0, NULL);
  GString *text = g_string_new_len (g_bytes_get_data (bytes, NULL),
                                    (gssize)g_bytes_get_size (bytes));
  g_autofree char *panels = list_panels ();
  g_string_replace (text, "<!-- panels: a row for each experiment -->", panels, 1);
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_string (text->str, (gssize)text->len);
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));
  gtk_window_set_transient_for (window, data);
  gtk_window_present (window);
  g_string_free (text, TRUE);
}

/* ---- States ---- */

static void
change_run (GSimpleAction *action, GVariant *state, gpointer data)
{
  odl_panel_run (shown (data), g_variant_get_boolean (state));
}

static void
change_play (GSimpleAction *action, GVariant *state, gpointer data)
{
  odl_panel_play (shown (data), g_variant_get_boolean (state));
}

static void
change_panel (GSimpleAction *action, GVariant *state, gpointer data)
{
  odl_window_show_panel (data, word (state));
}

static void
change_side (GSimpleAction *action, GVariant *state, gpointer data)
{
  gboolean start = g_str_equal (g_action_get_name (G_ACTION (action)), "controls");
  odl_sides_show (odl_panel_get_sides (shown (data)),
                  start ? ODL_SIDE_START : ODL_SIDE_END, g_variant_get_boolean (state));
}

static void
change_fullscreen (GSimpleAction *action, GVariant *state, gpointer data)
{
  if (g_variant_get_boolean (state))
    gtk_window_fullscreen (data);
  else
    gtk_window_unfullscreen (data);
}

/* The window manager grants it, or does it by itself. */
static void
on_fullscreened (OdlWindow *window)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "fullscreen");
  gboolean full = gtk_window_is_fullscreen (GTK_WINDOW (window));
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (full));
}

/* ---- The table ---- */

static const GActionEntry entries[] = {
  { "new", new },
  { "open", open },
  { "open-path", open_path, "s" },
  { "save", save },
  { "save-as", save_as },
  { "save-path", save_path, "s" },
  { "import", import },
  { "import-path", import_path, "s" },
  { "export", export },
  { "export-path", export_path, "s" },
  { "export-plot", export_plot, "(ss)" },
  { "screenshot", screenshot, "s" },
  { "copy-image", copy_image },
  { "shortcuts", shortcuts },
  { "close", close_window },
  { "undo", undo },
  { "redo", redo },
  { "step", step },
  { "reset", reset },
  { "fit", fit },
  { "scrub", scrub, "d" },
  { "set", set, "(ss)" },
  { "try", attempt, "s" },
  { "run", NULL, NULL, "false", change_run },
  { "play", NULL, NULL, "false", change_play },
  { "panel", NULL, "s", "''", change_panel },
  { "lesson", NULL, NULL, "false", change_side },
  { "controls", NULL, NULL, "false", change_side },
  { "fullscreen", NULL, NULL, "false", change_fullscreen },
};

void
odl_window_add_actions (OdlWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
  g_signal_connect (window, "notify::fullscreened", G_CALLBACK (on_fullscreened), NULL);
}

static void
enable (OdlWindow *window, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
set_state (OdlWindow *window, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

void
odl_window_update_actions (OdlWindow *window)
{
  OdlPanel *panel = odl_window_get_shown (window);
  if (panel == NULL)
    return;
  const OdlFrame *frame = odl_panel_get_frame (panel);
  const OdlExperimentClass *klass = odl_panel_get_class (panel);
  gboolean scrubs = frame && frame->scrub_max > frame->scrub_min;
  gboolean runs = frame && frame->can_run;
  OdlSides *sides = odl_panel_get_sides (panel);
  enable (window, "undo", odl_panel_can_undo (panel));
  enable (window, "redo", odl_panel_can_redo (panel));
  enable (window, "run", runs || scrubs || odl_panel_is_running (panel));
  enable (window, "step", runs || scrubs);
  enable (window, "play", scrubs);
  enable (window, "export", frame != NULL);
  enable (window, "import", klass->import != NULL);
  set_state (window, "run", g_variant_new_boolean (odl_panel_is_running (panel)));
  set_state (window, "play", g_variant_new_boolean (odl_panel_is_playing (panel)));
  set_state (window, "panel", g_variant_new_string (klass->id));
  set_state (window, "controls",
             g_variant_new_boolean (odl_sides_is_shown (sides, ODL_SIDE_START)));
  set_state (window, "lesson",
             g_variant_new_boolean (odl_sides_is_shown (sides, ODL_SIDE_END)));
}
