/* Texts laid out, kept from one drawing to the next. SPDX-License-Identifier: MIT
 *
 * A table from what a layout depends on to the layout, with the drawing that last asked
 * for it. When there are many, those that the last few drawings did not ask for go. */
#include "plot/texts.h"

#define MANY       192
#define REMEMBERED 4 /* drawings */

typedef struct {
  OdlTextKey key; /* owns its text */
  PangoLayout *layout;
  guint64 asked; /* the drawing */
} Entry;

struct _OdlTexts {
  GHashTable *entries;
  guint64 drawing;
};

static guint
hash (gconstpointer data)
{
  const OdlTextKey *key = data;
  guint flags = (guint)key->bold | (guint)key->wrap << 1 | (guint)key->whole << 2;
  return g_str_hash (key->text) ^ g_double_hash (&key->size) * 31
         ^ g_double_hash (&key->width) * 17 ^ flags;
}

static gboolean
equal (gconstpointer a, gconstpointer b)
{
  const OdlTextKey *x = a, *y = b;
  return x->size == y->size && x->width == y->width && x->bold == y->bold
         && x->wrap == y->wrap && x->whole == y->whole
         && g_str_equal (x->text, y->text);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_free ((char *)entry->key.text);
  g_object_unref (entry->layout);
  g_free (entry);
}

OdlTexts *
odl_texts_new (void)
{
  OdlTexts *texts = g_new0 (OdlTexts, 1);
  texts->entries = g_hash_table_new_full (hash, equal, NULL, entry_free);
  return texts;
}

void
odl_texts_free (OdlTexts *texts)
{
  g_return_if_fail (texts != NULL);
  g_hash_table_unref (texts->entries);
  g_free (texts);
}

static gboolean
is_forgotten (gpointer key, gpointer value, gpointer data)
{
  const Entry *entry = value;
  const OdlTexts *texts = data;
  return entry->asked + REMEMBERED < texts->drawing;
}

void
odl_texts_begin (OdlTexts *texts)
{
  g_return_if_fail (texts != NULL);
  texts->drawing++;
  if (g_hash_table_size (texts->entries) > MANY)
    g_hash_table_foreach_remove (texts->entries, is_forgotten, texts);
}

PangoLayout *
odl_texts_find (OdlTexts *texts, const OdlTextKey *key)
{
  g_return_val_if_fail (texts != NULL && key != NULL && key->text != NULL, NULL);
  Entry *entry = g_hash_table_lookup (texts->entries, key);
  if (entry == NULL)
    return NULL;
  entry->asked = texts->drawing;
  return entry->layout;
}

void
odl_texts_keep (OdlTexts *texts, const OdlTextKey *key, PangoLayout *layout)
{
  g_return_if_fail (texts != NULL && key != NULL && PANGO_IS_LAYOUT (layout));
  Entry *entry = g_new0 (Entry, 1);
  entry->key = *key;
  entry->key.text = g_strdup (key->text);
  entry->layout = layout;
  entry->asked = texts->drawing;
  g_hash_table_replace (texts->entries, &entry->key, entry);
}

guint
odl_texts_count (const OdlTexts *texts)
{
  g_return_val_if_fail (texts != NULL, 0);
  return g_hash_table_size (texts->entries);
}
