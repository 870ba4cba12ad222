/* A page as a file.
 * SPDX-License-Identifier: MIT
 *
 * The bytes are made in memory first, then written beside the file, flushed to the disk
 * and renamed over it: whatever fails, an older file of that name stays whole. */
#include "plot/export.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "file.h"
#include "plot/palette.h"

void
odl_page_draw (const OdlPage *page, cairo_t *cr)
{
  const OdlExport *options = page->options;
  if (page->plot == NULL) {
    odl_figure_draw (page->figure, cr, options->width, options->height, options->views,
                     &options->theme);
    return;
  }
  OdlRgb ground = odl_palette_color (&options->theme, ODL_COLOR_BACKGROUND);
  cairo_set_source_rgb (cr, ground.r, ground.g, ground.b);
  cairo_rectangle (cr, 0, 0, options->width, options->height);
  cairo_fill (cr);
  const OdlPlotView *view = NULL;
  for (guint i = 0; options->views != NULL && i < odl_figure_n_plots (page->figure);
       i++)
    if (odl_figure_plot (page->figure, i) == page->plot)
      view = options->views[i];
  OdlRect area = { -1, -1, options->width + 2, options->height + 2 };
  odl_plot_draw (page->plot, cr, &area, view, &options->theme);
}

const char *
odl_page_title (const OdlPage *page)
{
  return page->plot != NULL ? odl_plot_title (page->plot)
                            : odl_figure_title (page->figure);
}

gboolean
odl_page_check (cairo_status_t status, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "The picture could not be made: %s.", cairo_status_to_string (status));
  return FALSE;
}

cairo_status_t
odl_page_collect (void *bytes, const unsigned char *data, unsigned length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* ── CSV ── */

static GByteArray *
page_to_csv (const OdlPage *page)
{
  GByteArray *bytes = g_byte_array_new ();
  guint n = page->plot != NULL ? 1 : odl_figure_n_plots (page->figure);
  for (guint i = 0; i < n; i++) {
    const OdlPlot *plot
        = page->plot != NULL ? page->plot : odl_figure_plot (page->figure, i);
    g_autofree char *csv = odl_plot_to_csv (plot);
    g_autofree char *head = n > 1 ? g_strdup_printf ("%s# %s\r\n", i > 0 ? "\r\n" : "",
                                                     odl_plot_id (plot))
                                  : g_strdup ("");
    g_byte_array_append (bytes, (const guint8 *)head, strlen (head));
    g_byte_array_append (bytes, (const guint8 *)csv, strlen (csv));
  }
  return bytes;
}

/* ── By the ending ── */

static gboolean
has_ending (const char *path, const char *ending)
{
  gsize a = strlen (path), b = strlen (ending);
  return a > b && g_ascii_strcasecmp (path + a - b, ending) == 0;
}

static GByteArray *
make_bytes (const OdlPage *page, const char *path, GError **error)
{
  if (has_ending (path, ".png"))
    return odl_page_to_png (page, error);
  if (has_ending (path, ".svg"))
    return odl_page_to_svg (page, error);
  if (has_ending (path, ".pdf"))
    return odl_page_to_pdf (page, error);
  if (has_ending (path, ".csv"))
    return page_to_csv (page);
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      "“%s” does not say what to write: the name must end in .png, .svg, .pdf or .csv.",
      path);
  return NULL;
}

static gboolean
check_size (const OdlExport *options, GError **error)
{
  double scale = options->scale > 0 ? options->scale : 1;
  double width = options->width * scale, height = options->height * scale;
  if (width >= 16 && height >= 16 && width <= 20000 && height <= 20000)
    return TRUE;
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "A picture of %g × %g pixels cannot be made: each side must be from 16 to 20000.",
      width, height);
  return FALSE;
}

gboolean
odl_figure_export (const OdlFigure *figure, const char *path, const OdlExport *options,
                   GError **error)
{
  g_return_val_if_fail (figure != NULL && path != NULL && options != NULL, FALSE);
  OdlPage page = { .figure = figure, .options = options };
  if (!check_size (options, error))
    return FALSE;
  if (options->plot != NULL
      && (page.plot = odl_figure_find (figure, options->plot)) == NULL) {
    g_autoptr (GString) ids = g_string_new (NULL);
    for (guint i = 0; i < odl_figure_n_plots (figure); i++)
      g_string_append_printf (ids, "%s%s", i > 0 ? ", " : "",
                              odl_plot_id (odl_figure_plot (figure, i)));
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "There is no plot “%s” in this figure: it has %s.", options->plot,
                 ids->str);
    return FALSE;
  }
  g_autoptr (GByteArray) bytes = make_bytes (&page, path, error);
  if (bytes == NULL)
    return FALSE;
  return odl_file_replace (path, (const char *)bytes->data, bytes->len, FALSE, error);
}
