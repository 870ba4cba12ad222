/* SVG whose text is text.
 * SPDX-License-Identifier: MIT
 *
 * Cairo writes glyphs as outlines. So while the page is drawn for SVG every text is
 * taken down in a record and leaves a mark, a rectangle of a pixel with an opacity that
 * nothing else has and the text's number for a colour (text-record.h). Here each mark's
 * element is exchanged for a <text> element in the same place among the shapes, so
 * clipping and order hold. textLength keeps the width where another font has to stand
 * in. */
#include <cairo-svg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/export.h"
#include "plot/text-record.h"

static void
append_number (GString *svg, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append (svg, g_ascii_formatd (text, sizeof text, "%.6g", value));
}

static void
append_escaped (GString *svg, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_string_append (svg, escaped);
}

static void
append_attribute (GString *svg, const char *name, double value)
{
  g_string_append_printf (svg, " %s=\"", name);
  append_number (svg, value);
  g_string_append_c (svg, '"');
}

static void
append_entry (GString *svg, const OdlTextEntry *entry)
{
  const cairo_matrix_t *m = &entry->matrix;
  const double values[6] = { m->xx, m->yx, m->xy, m->yy, m->x0, m->y0 };
  gboolean plain = m->xx == 1 && m->yy == 1 && m->xy == 0 && m->yx == 0;
  g_string_append (svg, "<text xml:space=\"preserve\"");
  if (plain) {
    append_attribute (svg, "x", m->x0);
    append_attribute (svg, "y", m->y0);
  } else {
    g_string_append (svg, " transform=\"matrix(");
    for (guint i = 0; i < 6; i++) {
      g_string_append (svg, i > 0 ? "," : "");
      append_number (svg, values[i]);
    }
    g_string_append (svg, ")\"");
  }
  g_string_append (svg, " font-family=\"");
  append_escaped (svg, entry->family);
  g_string_append_printf (svg, "\"%s", entry->bold ? " font-weight=\"bold\"" : "");
  append_attribute (svg, "font-size", entry->size);
  append_attribute (svg, "textLength", entry->width);
  g_string_append_printf (svg, " lengthAdjust=\"spacingAndGlyphs\" fill=\"#%06x\"",
                          odl_palette_pixel (entry->color) & 0xffffff);
  if (entry->alpha < 1)
    append_attribute (svg, "fill-opacity", entry->alpha);
  g_string_append_c (svg, '>');
  append_escaped (svg, entry->text);
  g_string_append (svg, "</text>");
}

/* The number of the text that an element is the mark of; 0: it is none. */
static guint
mark_number (const char *element, gsize length)
{
  g_autofree char *text = g_strndup (element, length);
  const char *opacity = strstr (text, "fill-opacity"), *color = strstr (text, "rgb(");
  if (opacity == NULL || color == NULL)
    return 0;
  opacity += strcspn (opacity, "0123456789");
  if (fabs (g_ascii_strtod (opacity, NULL) - ODL_TEXT_MARK_ALPHA) > 1e-4)
    return 0;
  guint number = 0;
  color += strlen ("rgb(");
  for (guint i = 0; i < 3; i++) {
    char *end;
    number = number << 8 | (guint)lround (g_ascii_strtod (color, &end) * 2.55);
    color = end + strspn (end, "%, ");
  }
  return number;
}

/* Replaces marks. Elements of shapes have no content: they run from "<" to "/>". */
static GString *
exchange_marks (const char *svg, GPtrArray *record)
{
  GString *out = g_string_sized_new (strlen (svg) * 2);
  while (*svg != '\0') {
    gsize plain = strcspn (svg, "<");
    g_string_append_len (out, svg, plain);
    svg += plain;
    gsize length = strcspn (svg, ">");
    length += svg[length] == '>';
    gboolean shape = g_str_has_prefix (svg, "<path") || g_str_has_prefix (svg, "<rect");
    guint number = shape ? mark_number (svg, length) : 0;
    if (number > 0 && number <= record->len)
      append_entry (out, g_ptr_array_index (record, number - 1));
    else
      g_string_append_len (out, svg, length);
    svg += length;
  }
  return out;
}

/* Title and settings behind the opening tag. */
static void
insert_metadata (const OdlPage *page, GString *svg)
{
  const char *tag = strstr (svg->str, "<svg"),
             *end = tag != NULL ? strchr (tag, '>') : NULL;
  if (end == NULL)
    return;
  g_autoptr (GString) text = g_string_new ("\n<title>");
  append_escaped (text, odl_page_title (page));
  g_string_append (text, "</title>");
  if (page->options->metadata != NULL) {
    g_string_append (text, "\n<metadata>");
    append_escaped (text, page->options->metadata);
    g_string_append (text, "</metadata>");
  }
  g_string_insert (svg, end + 1 - svg->str, text->str);
}

GByteArray *
odl_page_to_svg (const OdlPage *page, GError **error)
{
  const OdlExport *options = page->options;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (
      odl_page_collect, bytes, options->width, options->height);
  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GPtrArray) record = g_ptr_array_ref (odl_text_record_attach (cr));
  odl_page_draw (page, cr);
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (!odl_page_check (status, error))
    return NULL;
  g_byte_array_append (bytes, (const guint8 *)"", 1);
  g_autoptr (GString) svg = exchange_marks ((const char *)bytes->data, record);
  insert_metadata (page, svg);
  GByteArray *whole = g_byte_array_new ();
  g_byte_array_append (whole, (const guint8 *)svg->str, svg->len);
  return whole;
}
