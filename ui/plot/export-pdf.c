/* PDF: text as text with its fonts, lines as vectors, the settings among the document's
 * properties. SPDX-License-Identifier: MIT
 *
 * A pixel of the page is three quarters of a point: 96 px to the inch, as on the
 * screen. */
#include <cairo-pdf.h>

#include "plot/export.h"

GByteArray *
odl_page_to_pdf (const OdlPage *page, GError **error)
{
  const OdlExport *options = page->options;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (
      odl_page_collect, bytes, options->width * 0.75, options->height * 0.75);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  odl_page_title (page));
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR,
                                  "Odelab " ODL_VERSION);
  if (options->metadata != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT,
                                    options->metadata);
  cairo_t *cr = cairo_create (surface);
  cairo_scale (cr, 0.75, 0.75);
  odl_page_draw (page, cr);
  cairo_show_page (cr);
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return odl_page_check (status, error) ? g_steal_pointer (&bytes) : NULL;
}
