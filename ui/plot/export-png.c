/* PNG with the settings in it.
 * SPDX-License-Identifier: MIT
 *
 * Cairo writes the picture; chunks of text (PNG, third edition, 11.3.3) are put behind
 * the first one, IHDR, each with its own check sum. Text is iTXt: UTF-8, not
 * compressed. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "plot/export.h"

enum { SIGNATURE = 8, IHDR = 25 };

/* CRC-32 as PNG has it (ISO 3309), bit by bit: the text is short. */
static guint32
checksum (const guint8 *data, gsize length)
{
  guint32 sum = 0xffffffffu;
  for (gsize i = 0; i < length; i++) {
    sum ^= data[i];
    for (guint bit = 0; bit < 8; bit++)
      sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
  }
  return ~sum;
}

static void
append_word (GByteArray *bytes, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);
  g_byte_array_append (bytes, (const guint8 *)&big, 4);
}

static void
append_text (GByteArray *bytes, const char *keyword, const char *text)
{
  g_autoptr (GByteArray) chunk = g_byte_array_new ();
  if (text == NULL || *text == '\0')
    return;
  g_byte_array_append (chunk, (const guint8 *)"iTXt", 4);
  g_byte_array_append (chunk, (const guint8 *)keyword, strlen (keyword) + 1);
  /* Not compressed, method 0, no language, no translated keyword. */
  g_byte_array_append (chunk, (const guint8 *)"\0\0\0\0", 4);
  g_byte_array_append (chunk, (const guint8 *)text, strlen (text));
  append_word (bytes, chunk->len - 4);
  g_byte_array_append (bytes, chunk->data, chunk->len);
  append_word (bytes, checksum (chunk->data, chunk->len));
}

static GByteArray *
with_texts (const OdlPage *page, const GByteArray *plain)
{
  GByteArray *bytes = g_byte_array_sized_new (plain->len + 1024);
  g_byte_array_append (bytes, plain->data, SIGNATURE + IHDR);
  append_text (bytes, "Title", odl_page_title (page));
  append_text (bytes, "Software", "Odelab " ODL_VERSION);
  append_text (bytes, "Description", page->options->metadata);
  g_byte_array_append (bytes, plain->data + SIGNATURE + IHDR,
                       plain->len - SIGNATURE - IHDR);
  return bytes;
}

GByteArray *
odl_page_to_png (const OdlPage *page, GError **error)
{
  const OdlExport *options = page->options;
  double scale = options->scale > 0 ? options->scale : 1;
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_RGB24, (int)lround (options->width * scale),
      (int)lround (options->height * scale));
  cairo_surface_set_device_scale (surface, scale, scale);
  cairo_t *cr = cairo_create (surface);
  odl_page_draw (page, cr);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, odl_page_collect, plain);
  cairo_surface_destroy (surface);
  return odl_page_check (status, error) ? with_texts (page, plain) : NULL;
}
