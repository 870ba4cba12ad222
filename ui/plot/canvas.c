/* Text, colours and marks on a cairo_t.
 * SPDX-License-Identifier: MIT
 *
 * Metrics do not depend on the target: hinting of metrics is off and the resolution
 * fixed, so what a widget measures to find a legend row is what was drawn. One layout
 * serves all texts of a plot; whoever draws it again and again keeps one for each. */
#include "plot/canvas.h"

#include <math.h>
#include <string.h>

#include "plot/text-record.h"
#include "plot/texts.h"

static gboolean
is_vector (cairo_t *cr)
{
  cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (cr));
  return type == CAIRO_SURFACE_TYPE_SVG || type == CAIRO_SURFACE_TYPE_PDF
         || type == CAIRO_SURFACE_TYPE_PS;
}

/* Pixels per unit: what the theme, an exporter or a screen of high resolution has set,
 * times the matrix. */
static double
target_scale (cairo_t *cr, const OdlTheme *theme)
{
  double x, y;
  cairo_matrix_t matrix;
  cairo_surface_get_device_scale (cairo_get_target (cr), &x, &y);
  cairo_get_matrix (cr, &matrix);
  if (theme->scale > 0)
    x = theme->scale;
  double scale = x * hypot (matrix.xx, matrix.yx);
  return isfinite (scale) ? CLAMP (scale, 0.1, 8) : 1;
}

static void
set_font (const OdlCanvas *canvas, PangoLayout *layout, double size, gboolean bold)
{
  pango_font_description_set_absolute_size (canvas->font, size * PANGO_SCALE);
  pango_font_description_set_weight (canvas->font,
                                     bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, canvas->font);
}

/* The one layout, set to this size and weight. */
static PangoLayout *
scratch (OdlCanvas *canvas, double size, gboolean bold)
{
  if (canvas->scratch == NULL)
    canvas->scratch = pango_layout_new (canvas->context);
  if (canvas->size_set != size || canvas->bold_set != bold)
    set_font (canvas, canvas->scratch, size, bold);
  canvas->size_set = size;
  canvas->bold_set = bold;
  return canvas->scratch;
}

void
odl_canvas_init (OdlCanvas *canvas, cairo_t *cr, const OdlTheme *theme)
{
  *canvas = (OdlCanvas){ .cr = cr };
  if (theme != NULL)
    canvas->theme = *theme;
  canvas->em = canvas->theme.font_size > 0 ? canvas->theme.font_size : 12;
  canvas->vector = cr != NULL && is_vector (cr);
  canvas->scale = canvas->vector ? 2
                  : cr != NULL   ? target_scale (cr, &canvas->theme)
                                 : 1;
  canvas->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (canvas->context, options);
  cairo_font_options_destroy (options);
  pango_cairo_context_set_resolution (canvas->context, 96);
  canvas->whole = !canvas->vector && canvas->scale == floor (canvas->scale);
  pango_context_set_round_glyph_positions (canvas->context, canvas->whole);
  const char *family = canvas->theme.font != NULL ? canvas->theme.font
                                                  : "Cantarell, DejaVu Sans, Sans";
  canvas->font = pango_font_description_new ();
  pango_font_description_set_family (canvas->font, family);
  if (canvas->theme.texts != NULL)
    odl_texts_begin (canvas->theme.texts);
}

void
odl_canvas_clear (OdlCanvas *canvas)
{
  g_clear_object (&canvas->scratch);
  g_clear_object (&canvas->context);
  g_clear_pointer (&canvas->font, pango_font_description_free);
}

void
odl_canvas_rgb (OdlCanvas *canvas, OdlRgb color, double alpha)
{
  cairo_set_source_rgba (canvas->cr, color.r, color.g, color.b, alpha);
}

void
odl_canvas_color (OdlCanvas *canvas, int color, double alpha)
{
  odl_canvas_rgb (canvas, odl_palette_color (&canvas->theme, color), alpha);
}

static void
set_words (PangoLayout *layout, const OdlTextKey *key)
{
  gboolean bound = key->width > 0;
  pango_layout_set_width (layout, bound ? (int)(key->width * PANGO_SCALE) : -1);
  pango_layout_set_ellipsize (layout, bound && !key->wrap ? PANGO_ELLIPSIZE_END
                                                          : PANGO_ELLIPSIZE_NONE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, key->text, -1);
}

static void
lay_out (OdlCanvas *canvas, const char *text, const OdlWords *words)
{
  OdlTexts *texts = canvas->theme.texts;
  const OdlTextKey key = { .text = text,
                           .size = canvas->em * (words->size > 0 ? words->size : 1),
                           .width = fmax (words->width, 0),
                           .bold = words->bold != FALSE,
                           .wrap = words->wrap != FALSE,
                           .whole = canvas->whole };
  canvas->layout = texts ? odl_texts_find (texts, &key) : NULL;
  if (canvas->layout != NULL)
    return;
  if (texts == NULL) {
    canvas->layout = scratch (canvas, key.size, key.bold);
    set_words (canvas->layout, &key);
    return;
  }
  canvas->layout = pango_layout_new (canvas->context);
  set_font (canvas, canvas->layout, key.size, key.bold);
  set_words (canvas->layout, &key);
  odl_texts_keep (texts, &key, canvas->layout);
}

void
odl_canvas_measure (OdlCanvas *canvas, const char *text, const OdlWords *words,
                    double *width, double *height)
{
  PangoRectangle logical;
  lay_out (canvas, text, words);
  pango_layout_get_extents (canvas->layout, NULL, &logical);
  double w = (double)logical.width / PANGO_SCALE,
         h = (double)logical.height / PANGO_SCALE;
  if (width != NULL)
    *width = words->upward ? h : w;
  if (height != NULL)
    *height = words->upward ? w : h;
}

/* The text of a line as it is shown: an ellipsis stands in for what was cut. */
static char *
line_text (OdlCanvas *canvas, PangoLayoutLine *line, const char *text, double shown)
{
  g_autofree char *whole = g_strndup (text + line->start_index, line->length);
  if (!pango_layout_is_ellipsized (canvas->layout))
    return g_steal_pointer (&whole);
  PangoLayout *probe = pango_layout_copy (canvas->layout);
  pango_layout_set_width (probe, -1);
  pango_layout_set_ellipsize (probe, PANGO_ELLIPSIZE_NONE);
  char *cut = NULL;
  for (glong n = g_utf8_strlen (whole, -1); n >= 0; n--) {
    g_autofree char *head = g_utf8_substring (whole, 0, n);
    g_free (cut);
    cut = g_strconcat (g_strchomp (head), "…", NULL);
    int width;
    pango_layout_set_text (probe, cut, -1);
    pango_layout_get_size (probe, &width, NULL);
    if (width <= (shown + 1) * PANGO_SCALE)
      break;
  }
  g_object_unref (probe);
  return cut;
}

static void
record_lines (OdlCanvas *canvas, GPtrArray *record, const char *text,
              const OdlWords *words)
{
  PangoLayoutIter *iter = pango_layout_get_iter (canvas->layout);
  do {
    PangoLayoutLine *line = pango_layout_iter_get_line_readonly (iter);
    PangoRectangle logical;
    pango_layout_iter_get_line_extents (iter, NULL, &logical);
    double width = (double)logical.width / PANGO_SCALE;
    g_autofree char *shown = line_text (canvas, line, text, width);
    OdlTextEntry entry
        = { .text = shown,
            .family = (char *)pango_font_description_get_family (canvas->font),
            .size = canvas->em * (words->size > 0 ? words->size : 1),
            .width = width,
            .bold = words->bold,
            .color = odl_palette_color (&canvas->theme, words->color),
            .alpha = words->alpha > 0 ? words->alpha : 1 };
    cairo_save (canvas->cr);
    cairo_translate (canvas->cr, (double)logical.x / PANGO_SCALE,
                     (double)pango_layout_iter_get_baseline (iter) / PANGO_SCALE);
    if (*shown != '\0')
      odl_text_record_add (record, canvas->cr, &entry);
    cairo_restore (canvas->cr);
  } while (pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
}

void
odl_canvas_text (OdlCanvas *canvas, double x, double y, const char *text,
                 const OdlWords *words)
{
  double width, height;
  if (text == NULL || *text == '\0' || canvas->cr == NULL)
    return;
  odl_canvas_measure (canvas, text, words, &width, &height);
  cairo_t *cr = canvas->cr;
  cairo_save (cr);
  double left = x - words->anchor_x * width, top = y - words->anchor_y * height;
  if (!canvas->vector) {
    left = round (left);
    top = round (top);
  }
  cairo_translate (cr, left, top + (words->upward ? height : 0));
  if (words->upward)
    cairo_rotate (cr, -G_PI / 2);
  GPtrArray *record = odl_text_record_of (cr);
  if (record != NULL) {
    record_lines (canvas, record, text, words);
  } else {
    odl_canvas_color (canvas, words->color, words->alpha > 0 ? words->alpha : 1);
    cairo_move_to (cr, 0, 0);
    pango_cairo_show_layout (cr, canvas->layout);
  }
  cairo_restore (cr);
  cairo_new_path (cr);
}

void
odl_canvas_rounded (OdlCanvas *canvas, const OdlRect *rect, double radius)
{
  cairo_t *cr = canvas->cr;
  double r = fmin (radius, fmin (rect->width, rect->height) / 2);
  double x1 = rect->x + rect->width, y1 = rect->y + rect->height;
  cairo_new_sub_path (cr);
  cairo_arc (cr, x1 - r, rect->y + r, r, -G_PI / 2, 0);
  cairo_arc (cr, x1 - r, y1 - r, r, 0, G_PI / 2);
  cairo_arc (cr, rect->x + r, y1 - r, r, G_PI / 2, G_PI);
  cairo_arc (cr, rect->x + r, rect->y + r, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

double
odl_style_width (const OdlCanvas *canvas, const OdlStyle *style)
{
  double width = style->width > 0 ? style->width : 1.5;
  return canvas->theme.high_contrast ? fmax (width, 1.5) : width;
}

guint
odl_dash_lengths (OdlDash dash, double width, double *lengths)
{
  static const double patterns[][4]
      = { { 0 }, { 5, 3 }, { 1.3, 1.7 }, { 6, 2.4, 0.6, 2.4 } };
  static const guint counts[] = { 0, 2, 2, 4 };
  guint kind = (guint)dash < G_N_ELEMENTS (counts) ? (guint)dash : 0;
  for (guint i = 0; i < counts[kind]; i++)
    lengths[i] = patterns[kind][i] * fmax (width, 1.2);
  return counts[kind];
}

void
odl_canvas_dash (OdlCanvas *canvas, OdlDash dash, double width)
{
  double lengths[4];
  guint n = odl_dash_lengths (dash, width, lengths);
  cairo_set_dash (canvas->cr, lengths, (int)n, 0);
  cairo_set_line_cap (canvas->cr, CAIRO_LINE_CAP_BUTT);
}

static void
polygon (cairo_t *cr, double x, double y, double radius, guint n, double turn)
{
  cairo_new_sub_path (cr);
  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, x + radius * sin (turn + 2 * G_PI * i / n),
                   y - radius * cos (turn + 2 * G_PI * i / n));
  cairo_close_path (cr);
}

static void
star (cairo_t *cr, double x, double y, double radius)
{
  cairo_new_sub_path (cr);
  for (guint i = 0; i < 10; i++) {
    double r = i % 2 ? radius * 0.45 : radius, turn = G_PI * i / 5;
    cairo_line_to (cr, x + r * sin (turn), y - r * cos (turn));
  }
  cairo_close_path (cr);
}

/* Two bars through the middle, upright or turned by 45°. */
static void
bars (cairo_t *cr, double x, double y, double reach, gboolean diagonal)
{
  double a = diagonal ? reach * M_SQRT1_2 : reach, b = diagonal ? reach * M_SQRT1_2 : 0;
  cairo_move_to (cr, x - a, y - b);
  cairo_line_to (cr, x + a, y + b);
  cairo_move_to (cr, x - b, y + a);
  cairo_line_to (cr, x + b, y - a);
}

static void
marker_path (cairo_t *cr, OdlMarker marker, double x, double y, double r)
{
  switch (marker) {
  case ODL_MARKER_SQUARE:
    polygon (cr, x, y, r * 1.25, 4, G_PI / 4);
    break;
  case ODL_MARKER_DIAMOND:
    polygon (cr, x, y, r * 1.25, 4, 0);
    break;
  case ODL_MARKER_TRIANGLE:
    polygon (cr, x, y + r * 0.15, r * 1.3, 3, 0);
    break;
  case ODL_MARKER_STAR:
    star (cr, x, y, r * 1.4);
    break;
  default:
    cairo_new_sub_path (cr);
    cairo_arc (cr, x, y, r, 0, 2 * G_PI);
    cairo_close_path (cr);
  }
}

void
odl_canvas_marker (OdlCanvas *canvas, OdlMarker marker, double x, double y, double size,
                   double width)
{
  cairo_t *cr = canvas->cr;
  double r = size / 2, line = width > 0 ? width : 1.5;
  cairo_new_path (cr);
  if (marker == ODL_MARKER_CROSS || marker == ODL_MARKER_PLUS) {
    bars (cr, x, y, r, marker == ODL_MARKER_CROSS);
    cairo_set_line_width (cr, line);
    cairo_stroke (cr);
  } else if (marker == ODL_MARKER_CIRCLE) {
    cairo_arc (cr, x, y, r, 0, 2 * G_PI);
    cairo_set_line_width (cr, line);
    cairo_stroke (cr);
  } else if (marker != ODL_MARKER_NONE) {
    marker_path (cr, marker, x, y, r);
    cairo_fill (cr);
  }
}
