/* Pages: arranged without holes, and written to files that hold text, settings and
 * numbers. SPDX-License-Identifier: MIT */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "plot/figure.h"
#include "ui/picture.h"

static const char settings[]
    = "{\"system\": \"spiral\", \"steps\": 15, \"from\": \"<2, 0> & μ\"}";

static OdlPlot *
small_plot (const char *id)
{
  const double x[] = { 0, 1, 2, NAN, 3 }, y[] = { 0.1, 1.0 / 3, 2, 1, 1e-9 };
  OdlPlot *plot = odl_plot_new (id, "Error & <trial>");
  odl_plot_axes (plot, "time", ODL_SCALE_LINEAR, "|y − y*|", ODL_SCALE_LOG);
  odl_plot_line (plot, "Euler, \"plain\"", x, y, 5, (OdlStyle){ .color = 1 });
  odl_plot_text (plot, 1, 1, 0, 0, 0, "a word inside",
                 (OdlStyle){ .color = ODL_COLOR_TEXT });
  odl_plot_note (
      plot,
      "A note that is rather long, so that it has to be broken into several lines.");
  return plot;
}

static OdlFigure *
small_figure (void)
{
  OdlFigure *figure = odl_figure_new ("Spiral");
  odl_figure_add (figure, small_plot ("error"), 6, 4);
  odl_figure_add (figure, small_plot ("other"), 6, 4);
  return figure;
}

/* ── Arranging ── */

static gboolean
overlap (const OdlRect *a, const OdlRect *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height
         && b->y < a->y + a->height;
}

/* No two plots overlap, none leaves the page, and with half a gap around each they fill
 * it. */
static void
test_arrange (void)
{
  GRand *random = g_rand_new_with_seed (11);
  for (guint trial = 0; trial < 120; trial++) {
    g_autoptr (OdlFigure) figure = odl_figure_new ("");
    guint n = g_rand_int_range (random, 1, 13);
    for (guint i = 0; i < n; i++)
      odl_figure_add (figure, odl_plot_new ("p", ""), g_rand_int_range (random, 1, 13),
                      g_rand_int_range (random, 1, 8));
    g_autofree OdlRect *rects = g_new0 (OdlRect, n);
    double width = g_rand_int_range (random, 300, 2000),
           wanted = g_rand_int_range (random, 200, 2000);
    double height = odl_figure_arrange (figure, width, wanted, rects), covered = 0;
    g_assert_cmpfloat (height, >=, wanted);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpfloat (rects[i].x, >=, 0);
      g_assert_cmpfloat (rects[i].y, >=, 0);
      g_assert_cmpfloat (rects[i].x + rects[i].width, <=, width + 0.5);
      g_assert_cmpfloat (rects[i].y + rects[i].height, <=, height + 0.5);
      for (guint k = 0; k < i; k++)
        g_assert_false (overlap (&rects[i], &rects[k]));
      covered += (rects[i].width + 8) * (rects[i].height + 8);
    }
    g_assert_cmpfloat (fabs (covered / ((width - 8) * (height - 8)) - 1), <, 0.01);
  }
  g_rand_free (random);
}

static void
test_narrow (void)
{
  g_autoptr (OdlFigure) figure = small_figure ();
  OdlRect rects[2];
  odl_figure_arrange (figure, 1400, 300, rects);
  g_assert_cmpfloat (rects[0].y, ==, rects[1].y);
  odl_figure_arrange (figure, 400, 300, rects);
  g_assert_cmpfloat (rects[0].x, ==, rects[1].x);
  g_assert_cmpfloat (rects[0].height, >, 300);
}

/* ── Files ── */

typedef struct {
  char *folder;
  OdlFigure *figure;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("odelab-XXXXXX", NULL);
  fixture->figure = small_figure ();
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (folder)) != NULL;) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_remove (path);
  }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  odl_figure_free (fixture->figure);
}

/* Writes and reads back. */
static GBytes *
written (Fixture *fixture, const char *name, const char *plot, double scale)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  OdlExport options = {
    .width = 700, .height = 400, .scale = scale, .plot = plot, .metadata = settings
  };
  odl_figure_export (fixture->figure, path, &options, &error);
  g_assert_no_error (error);
  char *data;
  gsize length;
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  return g_bytes_new_take (data, length);
}

static const char *
find (GBytes *bytes, const char *text)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  return memmem (data, length, text, strlen (text));
}

static guint32
big_endian (const guint8 *bytes)
{
  return (guint32)bytes[0] << 24 | (guint32)bytes[1] << 16 | (guint32)bytes[2] << 8
         | bytes[3];
}

static guint32
checksum (const guint8 *data, gsize length)
{
  guint32 sum = 0xffffffffu;
  for (gsize i = 0; i < length; i++) {
    sum ^= data[i];
    for (guint bit = 0; bit < 8; bit++)
      sum = (sum >> 1) ^ ((sum & 1) * 0xedb88320u);
  }
  return ~sum;
}

/* Every chunk of the PNG is whole; the settings are among them; another reader opens it
 * at its size. */
static void
test_png (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = written (fixture, "page.png", NULL, 2);
  gsize length, at = 8;
  const guint8 *file = g_bytes_get_data (bytes, &length);
  guint texts = 0;
  while (at < length) {
    guint32 size = big_endian (file + at);
    g_assert_cmpuint (at + 12 + size, <=, length);
    g_assert_cmpuint (checksum (file + at + 4, size + 4), ==,
                      big_endian (file + at + 8 + size));
    texts += memcmp (file + at + 4, "iTXt", 4) == 0;
    at += 12 + size;
  }
  g_assert_cmpuint (texts, ==, 3);
  const char *found = find (bytes, "Description");
  g_assert_nonnull (found);
  g_assert_cmpint (
      memcmp (found + strlen ("Description") + 5, settings, strlen (settings)), ==, 0);
  g_autofree char *path = g_build_filename (fixture->folder, "page.png", NULL);
  cairo_surface_t *surface = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 1400);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 800);
  cairo_surface_destroy (surface);
}

typedef struct {
  GString *text, *metadata;
  guint texts, depth, shapes;
  gboolean in_text, in_metadata;
} Svg;

static void
on_start (GMarkupParseContext *context, const char *name, const char **names,
          const char **values, gpointer data, GError **error)
{
  Svg *svg = data;
  svg->in_text = strcmp (name, "text") == 0;
  svg->in_metadata = strcmp (name, "metadata") == 0;
  svg->texts += svg->in_text;
  svg->shapes += strcmp (name, "path") == 0;
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  Svg *svg = data;
  if (svg->in_text)
    g_string_append_c (svg->text, '\n');
  svg->in_text = svg->in_metadata = FALSE;
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data,
         GError **error)
{
  Svg *svg = data;
  if (svg->in_text)
    g_string_append_len (svg->text, text, length);
  if (svg->in_metadata)
    g_string_append_len (svg->metadata, text, length);
}

/* The SVG is well-formed; its words are text elements, none is an outline; its settings
 * come back. */
static void
test_svg (Fixture *fixture, gconstpointer data)
{
  static const GMarkupParser parser = { on_start, on_end, on_text, NULL, NULL };
  g_autoptr (GBytes) bytes = written (fixture, "page.svg", "error", 1);
  g_autoptr (GError) error = NULL;
  Svg svg = { g_string_new (NULL), g_string_new (NULL), 0, 0, 0, FALSE, FALSE };
  gsize length;
  const char *file = g_bytes_get_data (bytes, &length);
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, &svg, NULL);
  g_assert_true (g_markup_parse_context_parse (context, file, length, &error));
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (svg.metadata->str, ==, settings);
  const char *const words[] = { "Error & <trial>\n",  "time\n",          "|y − y*|\n",
                                "Euler, \"plain\"\n", "a word inside\n", "10⁻⁶\n" };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_nonnull (strstr (svg.text->str, words[i]));
  g_assert_null (find (bytes, "<symbol"));
  g_assert_null (find (bytes, "<image"));
  g_assert_null (find (bytes, "0.0117"));
  g_assert_cmpuint (svg.shapes, >, 5);
  g_markup_parse_context_free (context);
  g_string_free (svg.text, TRUE);
  g_string_free (svg.metadata, TRUE);
}

/* A heat map is one image among vectors, in SVG and in PDF. */
static void
test_heat (Fixture *fixture, gconstpointer data)
{
  double z[4] = { 0, 1, 2, 3 };
  OdlHeat heat = { .z = z, .rows = 2, .columns = 2, .x1 = 1, .y1 = 1, .smooth = TRUE };
  OdlPlot *plot = odl_plot_new ("heat", "Density");
  odl_plot_axes (plot, "x", ODL_SCALE_LINEAR, "y", ODL_SCALE_LINEAR);
  odl_plot_heat (plot, "p", &heat);
  odl_figure_add (fixture->figure, plot, 4, 4);
  g_autoptr (GBytes) bytes = written (fixture, "heat.svg", "heat", 1);
  const char *first = find (bytes, "<image");
  g_assert_nonnull (first);
  g_assert_null (strstr (first + 1, "<image"));
  g_assert_nonnull (find (bytes, ">Density</text>"));
}

/* The words of a PDF can be taken out of it by another program, where there is one. */
static void
test_pdf (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = written (fixture, "page.pdf", NULL, 1);
  g_assert_nonnull (find (bytes, "%PDF-"));
  g_assert_nonnull (find (bytes, "/Font"));
  g_assert_nonnull (find (bytes, "/Subject"));
  g_autofree char *path = g_build_filename (fixture->folder, "page.pdf", NULL);
  g_autofree char *program = g_find_program_in_path ("pdftotext");
  g_autofree char *text = NULL;
  if (program == NULL) {
    g_test_message ("pdftotext is not there: the words of the PDF were not read back");
    return;
  }
  char *arguments[] = { program, path, "-", NULL };
  g_assert_true (g_spawn_sync (NULL, arguments, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                               NULL, &text, NULL, NULL, NULL));
  g_assert_nonnull (strstr (text, "Error & <trial>"));
  g_assert_nonnull (strstr (text, "a word inside"));
  g_assert_nonnull (strstr (text, "rather long"));
}

/* Numbers come back exactly; gaps are left out; quotes are doubled. */
static void
test_csv (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = written (fixture, "page.csv", "error", 1);
  gsize length;
  g_autofree char *text
      = g_strndup (g_bytes_get_data (bytes, &length), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 6);
  g_assert_cmpstr (lines[0], ==, "series,x,y");
  g_assert_true (
      g_str_has_prefix (lines[2], "\"Euler, \"\"plain\"\"\",1,0.33333333333333331"));
  g_assert_cmpfloat (g_ascii_strtod (strrchr (lines[4], ',') + 1, NULL), ==, 1e-9);
}

/* ── Failures ── */

static void
assert_refused (Fixture *fixture, const char *path, const OdlExport *options,
                const char *words)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (odl_figure_export (fixture->figure, path, options, &error));
  g_assert_nonnull (error);
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  OdlExport options = { .width = 300, .height = 200, .scale = 1 };
  g_autofree char *bmp = g_build_filename (fixture->folder, "page.bmp", NULL);
  g_autofree char *png = g_build_filename (fixture->folder, "page.png", NULL);
  g_autofree char *lost
      = g_build_filename (fixture->folder, "nowhere", "page.png", NULL);
  assert_refused (fixture, bmp, &options, ".png, .svg, .pdf or .csv");
  assert_refused (fixture, lost, &options, NULL);
  options.plot = "phase";
  assert_refused (fixture, png, &options, "error, other");
  options.plot = NULL;
  options.scale = 1000;
  assert_refused (fixture, png, &options, "20000");
  options.width = NAN;
  assert_refused (fixture, png, &options, "20000");
  g_assert_false (g_file_test (png, G_FILE_TEST_EXISTS));
}

/* A write that fails half-way, for the file may not grow, leaves the older file whole.
 */
static void
test_old_file (Fixture *fixture, gconstpointer data)
{
  OdlExport options = { .width = 300, .height = 200, .scale = 1 };
  g_autofree char *path = g_build_filename (fixture->folder, "page.png", NULL);
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;
  g_assert_true (g_file_set_contents (path, "older", -1, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit){ 1000, before.rlim_max };
  void (*handler) (int) = signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  gboolean done = odl_figure_export (fixture->figure, path, &options, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, handler);
  g_assert_false (done);
  g_assert_nonnull (error);
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "older");
}

static void
test_summary (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = odl_figure_summary (fixture->figure);
  g_assert_true (g_str_has_prefix (text, "Spiral\n"));
  g_assert_nonnull (strstr (text, "A note that is rather long"));
  g_assert_true (odl_figure_find (fixture->figure, "other")
                 == odl_figure_plot (fixture->figure, 1));
  g_assert_null (odl_figure_find (fixture->figure, "none"));
}

/* Of any size, in every theme, with large letters: nothing fails. */
static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 32; i++) {
    OdlTheme theme
        = { .dark = i & 1, .high_contrast = i >> 1 & 1, .font_size = i & 4 ? 22 : 0 };
    int width = 16 << (i % 7), height = 16 << (i / 5);
    cairo_surface_t *surface
        = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create (surface);
    odl_figure_draw (fixture->figure, cr, width, height, NULL, &theme);
    g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
    cairo_destroy (cr);
    cairo_surface_destroy (surface);
  }
}

#define ADD(name, function)                                                            \
  g_test_add ("/figure-export/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figure-export/arrange", test_arrange);
  g_test_add_func ("/figure-export/narrow", test_narrow);
  ADD ("png", test_png);
  ADD ("svg", test_svg);
  ADD ("heat", test_heat);
  ADD ("pdf", test_pdf);
  ADD ("csv", test_csv);
  ADD ("refused", test_refused);
  ADD ("old-file", test_old_file);
  ADD ("summary", test_summary);
  ADD ("sizes", test_sizes);
  return g_test_run ();
}
