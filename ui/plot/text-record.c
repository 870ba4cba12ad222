/* The record of texts and the marks that stand for them.
 * SPDX-License-Identifier: MIT
 *
 * The number of a text is spread over the three colour bytes of its mark, from 1 on:
 * black would be merged with others. */
#include "plot/text-record.h"

static const cairo_user_data_key_t record_key;

static void
entry_free (gpointer data)
{
  OdlTextEntry *entry = data;
  g_free (entry->text);
  g_free (entry->family);
  g_free (entry);
}

GPtrArray *
odl_text_record_attach (cairo_t *cr)
{
  GPtrArray *record = g_ptr_array_new_with_free_func (entry_free);
  cairo_set_user_data (cr, &record_key, record,
                       (cairo_destroy_func_t)g_ptr_array_unref);
  return record;
}

GPtrArray *
odl_text_record_of (cairo_t *cr)
{
  return cairo_get_user_data (cr, &record_key);
}

void
odl_text_record_add (GPtrArray *record, cairo_t *cr, const OdlTextEntry *entry)
{
  OdlTextEntry *own = g_memdup2 (entry, sizeof *entry);
  own->text = g_strdup (entry->text);
  own->family = g_strdup (entry->family);
  cairo_get_matrix (cr, &own->matrix);
  g_ptr_array_add (record, own);
  guint number = record->len;
  cairo_set_source_rgba (cr, (number >> 16 & 255) / 255.0, (number >> 8 & 255) / 255.0,
                         (number & 255) / 255.0, ODL_TEXT_MARK_ALPHA);
  cairo_rectangle (cr, 0, -1, 1, 1);
  cairo_fill (cr);
}
