/* What the program remembers between starts: size of the window, theme, which sides are shown. A small file in the state folder.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef struct {
  int width, height;
  gboolean maximized, controls, lesson;
  char *theme;             /* "system", "light" or "dark" */
} OdlMemory;

/* Defaults where nothing, or nothing sound, is remembered. */
void odl_memory_load (OdlMemory *memory);
/* Failing to remember is not worth a word to the person. */
void odl_memory_save (const OdlMemory *memory);
void odl_memory_clear (OdlMemory *memory);
