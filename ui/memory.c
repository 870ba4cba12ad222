/* What is remembered between starts.
 * SPDX-License-Identifier: MIT */
#include "memory.h"

#define GROUP "window"

static char *
file_name (void)
{
  return g_build_filename (g_get_user_state_dir (), "odelab", "window.ini", NULL);
}

static int
read_size (GKeyFile *file, const char *key, int fallback)
{
  int size = g_key_file_get_integer (file, GROUP, key, NULL);
  return size >= 300 && size <= 20000 ? size : fallback;
}

static gboolean
read_switch (GKeyFile *file, const char *key, gboolean fallback)
{
  g_autoptr (GError) error = NULL;
  gboolean on = g_key_file_get_boolean (file, GROUP, key, &error);
  return error ? fallback : on;
}

void
odl_memory_load (OdlMemory *memory)
{
  g_return_if_fail (memory != NULL);
  g_autofree char *path = file_name ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  memory->width = read_size (file, "width", 1400);
  memory->height = read_size (file, "height", 900);
  memory->maximized = read_switch (file, "maximized", FALSE);
  memory->controls = read_switch (file, "controls", TRUE);
  memory->lesson = read_switch (file, "lesson", TRUE);
  memory->theme = g_key_file_get_string (file, GROUP, "theme", NULL);
  if (g_strcmp0 (memory->theme, "light") != 0
      && g_strcmp0 (memory->theme, "dark") != 0) {
    g_free (memory->theme);
    memory->theme = g_strdup ("system");
  }
}

void
odl_memory_save (const OdlMemory *memory)
{
  g_return_if_fail (memory != NULL);
  g_autofree char *path = file_name ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_key_file_set_integer (file, GROUP, "width", memory->width);
  g_key_file_set_integer (file, GROUP, "height", memory->height);
  g_key_file_set_boolean (file, GROUP, "maximized", memory->maximized);
  g_key_file_set_boolean (file, GROUP, "controls", memory->controls);
  g_key_file_set_boolean (file, GROUP, "lesson", memory->lesson);
  g_key_file_set_string (file, GROUP, "theme", memory->theme);
  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_key_file_save_to_file (file, path, NULL);
}

void
odl_memory_clear (OdlMemory *memory)
{
  g_clear_pointer (&memory->theme, g_free);
}
