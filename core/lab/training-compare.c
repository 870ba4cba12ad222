/* Where the settings of runs differ.
 * SPDX-License-Identifier: MIT
 *
 * A run keeps the settings that made it as lines "key=value". The keys of all compared
 * runs are gathered in the order in which they appear; a key makes a row when not all
 * runs have the same value, or when some lack it. */
#include "training-state.h"

#include "solvers-slab.h"

#include <string.h>

/* key → value of one run. */
static GHashTable *
read_settings (const char *text, GPtrArray *keys)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *equals = strchr (lines[i], '=');
    if (equals == NULL || equals == lines[i])
      continue;
    char *key = g_strndup (lines[i], (gsize)(equals - lines[i]));
    if (!g_ptr_array_find_with_equal_func (keys, key, g_str_equal, NULL))
      g_ptr_array_add (keys, g_strdup (key));
    g_hash_table_replace (table, key, g_strdup (equals + 1));
  }
  return table;
}

static gboolean
differs (const GPtrArray *tables, const char *key)
{
  const char *first = g_hash_table_lookup (tables->pdata[0], key);
  for (guint i = 1; i < tables->len; i++)
    if (g_strcmp0 (first, g_hash_table_lookup (tables->pdata[i], key)) != 0)
      return TRUE;
  return FALSE;
}

/* The chosen run first, then the newest that are shown. */
static void
pick_compared (OdlTrainingPayload *payload)
{
  payload->compared
      = odl_slab_take (payload->blocks, g_new0 (guint, ODL_TRAINING_MAX_COMPARED));
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = payload->n_runs; i-- > 0;) {
      const OdlTrainingRun *run = &payload->runs[i];
      if (payload->n_compared == ODL_TRAINING_MAX_COMPARED || run->chosen != (pass == 0)
          || !run->shown)
        continue;
      payload->compared[payload->n_compared++] = i;
    }
}

static void
add_row (OdlTrainingPayload *payload, const GPtrArray *tables, const char *key)
{
  const guint row = payload->n_differences++;
  payload->difference_keys[row] = odl_slab_text (payload->blocks, key);
  for (guint i = 0; i < tables->len; i++) {
    const char *value = g_hash_table_lookup (tables->pdata[i], key);
    payload->difference_values[row * tables->len + i]
        = odl_slab_text (payload->blocks, value ? value : "–");
  }
}

void
odl_training_compare (OdlTrainingPayload *payload, const char *const *settings)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) tables
      = g_ptr_array_new_with_free_func ((GDestroyNotify)g_hash_table_unref);
  const gsize most = ODL_TRAINING_MAX_DIFFERENCES;
  pick_compared (payload);
  payload->difference_keys = odl_slab_take (payload->blocks, g_new0 (char *, most));
  payload->difference_values = odl_slab_take (
      payload->blocks, g_new0 (char *, most *MAX (payload->n_compared, 1)));
  for (guint i = 0; i < payload->n_compared; i++)
    g_ptr_array_add (tables, read_settings (settings[payload->compared[i]], keys));
  for (guint i = 0; i < keys->len && tables->len > 1; i++)
    if (payload->n_differences < most && differs (tables, keys->pdata[i]))
      add_row (payload, tables, keys->pdata[i]);
}
