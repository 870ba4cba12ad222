/* Lessons as text, read line by line.
 * SPDX-License-Identifier: MIT */
#include "lesson-text.h"

#include <string.h>

static void
block_free (gpointer data)
{
  OdlBlock *block = data;
  g_free (block->text);
  g_free (block->call);
  g_free (block);
}

static void
add (GPtrArray *blocks, OdlBlockKind kind, const char *text, const char *call)
{
  OdlBlock *block = g_new0 (OdlBlock, 1);
  block->kind = kind;
  block->text = g_strdup (text);
  block->call = g_strdup (call);
  g_ptr_array_add (blocks, block);
}

/* "[Title](try: …)" → a button; FALSE: it is not one. */
static gboolean
add_try (GPtrArray *blocks, const char *line)
{
  const char *middle = strstr (line, "](try:");
  gsize length = strlen (line);
  if (line[0] != '[' || middle == NULL || line[length - 1] != ')')
    return FALSE;
  g_autofree char *title = g_strndup (line + 1, (gsize)(middle - line) - 1);
  const char *call = middle + strlen ("](try:");
  g_autofree char *inside = g_strndup (call, length - (gsize)(call - line) - 1);
  add (blocks, ODL_BLOCK_TRY, title, g_strstrip (inside));
  return TRUE;
}

/* Appends a line to the block under way if it is of this kind, or begins one. */
static void
extend (GPtrArray *blocks, OdlBlockKind kind, const char *line, gboolean joins,
        const char *joint)
{
  OdlBlock *last = blocks->len > 0 ? g_ptr_array_index (blocks, blocks->len - 1) : NULL;
  if (!joins || last == NULL || last->kind != kind) {
    add (blocks, kind, line, NULL);
    return;
  }
  char *joined = g_strconcat (last->text, joint, line, NULL);
  g_free (last->text);
  last->text = joined;
}

GPtrArray *
odl_lesson_parse (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);
  GPtrArray *blocks = g_ptr_array_new_with_free_func (block_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean joins = FALSE;
  for (char **at = lines; *at; at++) {
    char *line = g_strchomp (*at);
    gboolean empty = *line == '\0';
    if (g_str_has_prefix (line, "## "))
      add (blocks, ODL_BLOCK_HEADING, line + 3, NULL);
    else if (g_str_has_prefix (line, "# "))
      add (blocks, ODL_BLOCK_TITLE, line + 2, NULL);
    else if (g_str_has_prefix (line, "- "))
      add (blocks, ODL_BLOCK_ITEM, line + 2, NULL);
    else if (g_str_has_prefix (line, "    "))
      extend (blocks, ODL_BLOCK_FORMULA, line + 4, joins, "\n");
    else if (!empty && !add_try (blocks, line))
      extend (blocks, ODL_BLOCK_PARAGRAPH, line, joins, " ");
    joins = !empty;
  }
  return blocks;
}

static void
trial_free (gpointer data)
{
  OdlTrial *trial = data;
  g_free (trial->key);
  g_free (trial->value);
  g_free (trial);
}

/* The key that a part begins with, or NULL. Free it. */
static char *
key_of (const char *part, const char *const *keys)
{
  const char *equals = strchr (part, '=');
  if (equals == NULL)
    return NULL;
  g_autofree char *key = g_strndup (part, (gsize)(equals - part));
  g_strstrip (key);
  return g_strv_contains (keys, key) ? g_steal_pointer (&key) : NULL;
}

GPtrArray *
odl_lesson_trials (const char *call, const char *const *keys)
{
  g_return_val_if_fail (call != NULL && keys != NULL, NULL);
  GPtrArray *trials = g_ptr_array_new_with_free_func (trial_free);
  g_auto (GStrv) parts = g_strsplit (call, ";", -1);
  OdlTrial *last = NULL;
  for (char **at = parts; *at; at++) {
    g_autofree char *key = key_of (*at, keys);
    gboolean run = g_str_equal (g_strstrip (*at), "run");
    if (key || run) {
      last = g_new0 (OdlTrial, 1);
      last->key = run ? g_strdup ("run") : g_strdup (key);
      last->value = run ? NULL : g_strdup (g_strchug (strchr (*at, '=') + 1));
      g_ptr_array_add (trials, last);
    } else if (last && last->value) {
      char *joined = g_strconcat (last->value, "; ", *at, NULL);
      g_free (last->value);
      last->value = joined;
    }
  }
  return trials;
}
