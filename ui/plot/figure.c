/* Plots on a page of twelve columns.
 * SPDX-License-Identifier: MIT
 *
 * Plots fill bands from left to right, in their order. The first plot of a band sets
 * its height; plots of a common width that fit under each other within it form a stack.
 * What columns are missing in a band, or rows in a stack, is shared out in proportion,
 * so a page has neither holes nor overlaps. On narrow pages plots are half as wide as
 * the page, on very narrow ones as wide as it. Rows have 90 px at least in the window;
 * a picture of a given size squeezes them. */
#include "plot/figure.h"

#include <math.h>
#include <string.h>

#include "plot/model.h"
#include "plot/palette.h"

enum {
  COLUMNS = 12,
  NARROW = 800,
  VERY_NARROW = 520,
  ROW = 90,
  SMALLEST = 70,
  GAP = 8
};

typedef struct {
  OdlPlot *plot;
  guint columns, rows;
} Item;
struct _OdlFigure {
  char *title;
  GArray *items;
};

static void
item_clear (gpointer data)
{
  odl_plot_free (((Item *)data)->plot);
}

OdlFigure *
odl_figure_new (const char *title)
{
  OdlFigure *figure = g_new0 (OdlFigure, 1);
  figure->title = g_strdup (title != NULL ? title : "");
  figure->items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_clear_func (figure->items, item_clear);
  return figure;
}

void
odl_figure_free (OdlFigure *figure)
{
  if (figure == NULL)
    return;
  g_array_unref (figure->items);
  g_free (figure->title);
  g_free (figure);
}

static const Item *
item_at (const OdlFigure *figure, guint index)
{
  return &g_array_index (figure->items, Item, index);
}

void
odl_figure_add (OdlFigure *figure, OdlPlot *plot, guint columns, guint rows)
{
  g_return_if_fail (figure != NULL && plot != NULL);
  Item item = { plot, CLAMP (columns, 1, COLUMNS), MAX (rows, 1) };
  g_array_append_val (figure->items, item);
}

guint
odl_figure_n_plots (const OdlFigure *figure)
{
  g_return_val_if_fail (figure != NULL, 0);
  return figure->items->len;
}

OdlPlot *
odl_figure_plot (const OdlFigure *figure, guint index)
{
  g_return_val_if_fail (figure != NULL && index < figure->items->len, NULL);
  return item_at (figure, index)->plot;
}

OdlPlot *
odl_figure_find (const OdlFigure *figure, const char *id)
{
  g_return_val_if_fail (figure != NULL && id != NULL, NULL);
  for (guint i = 0; i < figure->items->len; i++)
    if (strcmp (odl_plot_id (item_at (figure, i)->plot), id) == 0)
      return item_at (figure, i)->plot;
  return NULL;
}

const char *
odl_figure_title (const OdlFigure *figure)
{
  g_return_val_if_fail (figure != NULL, NULL);
  return figure->title;
}

/* ── Arranging ── */

/* A stack of plots in a band: items first … first + n − 1, all of one width. */
typedef struct {
  guint first, n, columns, rows;
} Stack;

/* A band across the page: stacks side by side, as high as the highest of them. */
typedef struct {
  guint first, n, columns, rows;
  double fixed; /* px that a table alone takes, however high the rows are; 0: `rows` */
} Band;

typedef struct {
  GArray *stacks, *bands;
  guint *rows;    /* of each plot on this page */
  double in_rows; /* height of the bands that are counted in rows */
  double fixed;   /* and of those that are not, px */
} Layout;

static guint
columns_on_page (const Item *item, double width)
{
  if (width < VERY_NARROW)
    return COLUMNS;
  if (width >= NARROW)
    return item->columns;
  gboolean wide = item->columns >= 7 || odl_plot_is_table (item->plot);
  return wide ? COLUMNS : COLUMNS / 2;
}

/* On narrow pages a plot as wide as the page is not higher than three quarters of that,
 * so that what follows it can be seen too. */
static guint
rows_on_page (const Item *item, double width)
{
  if (width >= NARROW || item->columns < 7 || odl_plot_is_table (item->plot))
    return item->rows;
  double most = round (width * 0.75 / ROW);
  return MIN (item->rows, (guint)fmax (most, 4));
}

/* Puts item `index` under the last stack, beside it, or into a new band. */
static void
place_item (Layout *layout, guint index, guint columns, guint rows)
{
  guint n = layout->bands->len;
  Band *band = n > 0 ? &g_array_index (layout->bands, Band, n - 1) : NULL;
  Stack *last = band != NULL
                    ? &g_array_index (layout->stacks, Stack, layout->stacks->len - 1)
                    : NULL;
  if (band != NULL && last->columns == columns && last->rows + rows <= band->rows) {
    last->n++;
    last->rows += rows;
    return;
  }
  if (band == NULL || band->columns + columns > COLUMNS) {
    Band fresh = { .first = layout->stacks->len };
    g_array_append_val (layout->bands, fresh);
    band = &g_array_index (layout->bands, Band, n);
  }
  Stack stack = { index, 1, columns, rows };
  g_array_append_val (layout->stacks, stack);
  band->n++;
  band->columns += columns;
  band->rows = MAX (band->rows, rows);
}

/* One stack of a band: plots share its height by their rows. Edges lie on whole pixels.
 */
static void
place_stack (const Layout *layout, const Stack *stack, OdlRect space, OdlRect *rects)
{
  double x0 = round (space.x), x1 = round (space.x + space.width) - GAP;
  guint before = 0;
  for (guint i = stack->first; i < stack->first + stack->n; i++) {
    guint rows = layout->rows[i];
    double y0 = round (space.y + space.height * before / stack->rows);
    double y1 = round (space.y + space.height * (before + rows) / stack->rows) - GAP;
    rects[i] = (OdlRect){ x0, y0, fmax (x1 - x0, 1), fmax (y1 - y0, 1) };
    before += rows;
  }
}

static void
place_band (const Layout *layout, const Band *band, OdlRect space, OdlRect *rects)
{
  guint before = 0;
  for (guint i = band->first; i < band->first + band->n; i++) {
    const Stack *stack = &g_array_index (layout->stacks, Stack, i);
    OdlRect part = space;
    part.x += space.width * before / band->columns;
    part.width = space.width * stack->columns / band->columns;
    place_stack (layout, stack, part, rects);
    before += stack->columns;
  }
}

/* What the sentence under a plot takes at most, in px; letters are some 6 px wide. */
static double
note_height (const OdlPlot *plot, double width)
{
  if (plot->note == NULL || *plot->note == '\0')
    return 0;
  const double letters = (double)g_utf8_strlen (plot->note, -1);
  return 12 + 15 * ceil (letters * 6.2 / fmax (width - 40, 100));
}

/* A table alone in its band takes what its lines and its note need: no more where there
 * is room, no less where there is little. */
static double
fixed_height (const OdlFigure *figure, const Layout *layout, const Band *band,
              double width)
{
  const Stack *stack = &g_array_index (layout->stacks, Stack, band->first);
  const OdlPlot *plot = item_at (figure, stack->first)->plot;
  if (band->n > 1 || stack->n > 1 || !odl_plot_is_table (plot))
    return 0;
  const double lines = 26.0 * plot->rows + 48;
  return fmin (band->rows * ROW, lines + note_height (plot, width));
}

static Layout
lay_out (const OdlFigure *figure, double width)
{
  Layout layout = { g_array_new (FALSE, FALSE, sizeof (Stack)),
                    g_array_new (FALSE, FALSE, sizeof (Band)), NULL, 0, 0 };
  layout.rows = g_new (guint, figure->items->len + 1);
  for (guint i = 0; i < figure->items->len; i++) {
    const Item *item = item_at (figure, i);
    layout.rows[i] = rows_on_page (item, width);
    place_item (&layout, i, columns_on_page (item, width), layout.rows[i]);
  }
  for (guint i = 0; i < layout.bands->len; i++) {
    Band *band = &g_array_index (layout.bands, Band, i);
    band->fixed = fixed_height (figure, &layout, band, width);
    layout.fixed += band->fixed;
    layout.in_rows += band->fixed > 0 ? 0 : band->rows;
  }
  return layout;
}

/* Rectangles for rows of `least` px or more; returns the height. */
static double
arrange (const OdlFigure *figure, double width, double height, double least,
         OdlRect *rects)
{
  if (figure->items->len == 0)
    return height;
  Layout layout = lay_out (figure, width);
  const gboolean all_fixed = !(layout.in_rows > 0);
  const double left = height - GAP - layout.fixed;
  const double row = all_fixed ? 0 : fmax (left / layout.in_rows, least);
  const double stretch = all_fixed ? fmax ((height - GAP) / layout.fixed, 1) : 1;
  double before = 0;
  for (guint i = 0; i < layout.bands->len; i++) {
    const Band *band = &g_array_index (layout.bands, Band, i);
    const double high = band->fixed > 0 ? band->fixed * stretch : band->rows * row;
    OdlRect space = { GAP, GAP + before, width - GAP, high };
    place_band (&layout, band, space, rects);
    before += high;
  }
  g_array_unref (layout.stacks);
  g_array_unref (layout.bands);
  g_free (layout.rows);
  return fmax (height, GAP + before);
}

double
odl_figure_arrange (const OdlFigure *figure, double width, double height,
                    OdlRect *rects)
{
  g_return_val_if_fail (figure != NULL && rects != NULL, height);
  return arrange (figure, width, height, ROW, rects);
}

/* ── Words and drawing ── */

char *
odl_figure_summary (const OdlFigure *figure)
{
  g_return_val_if_fail (figure != NULL, NULL);
  GString *text = g_string_new (figure->title);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < figure->items->len; i++) {
    const OdlPlot *plot = item_at (figure, i)->plot;
    const char *words = odl_plot_get_summary (plot);
    gboolean same = strcmp (words, odl_plot_title (plot)) == 0;
    g_string_append_printf (text, "%s%s%s\n", odl_plot_title (plot), same ? "" : ": ",
                            same ? "" : words);
  }
  return g_string_free (text, FALSE);
}

/* How much larger than the page the plots would have to be for no row to be lower than
 * SMALLEST px. */
static double
shrink_factor (const OdlFigure *figure, double width, double height, OdlRect *rects)
{
  double factor = 1;
  while (factor < 20
         && arrange (figure, width * factor, height * factor, SMALLEST, rects)
                > height * factor + 0.5)
    factor *= 1.02;
  return factor;
}

/* Places for a page of just this size. When its rows would be too low, the letters are
 * made a little smaller, and the plots are arranged as on a page that is larger by as
 * much; what that does not give is returned: all of the page is to be drawn smaller by
 * it. */
static double
fit_page (const OdlFigure *figure, double width, double height, OdlRect *rects,
          OdlTheme *theme)
{
  double factor = shrink_factor (figure, width, height, rects);
  double letters = fmin (factor, 1.3);
  double gap = round (GAP / letters);
  theme->font_size = (theme->font_size > 0 ? theme->font_size : 12) / letters;
  arrange (figure, width * factor, height * factor, 1, rects);
  for (guint i = 0; i < figure->items->len && factor > 1; i++) {
    OdlRect *rect = &rects[i];
    double right = (rect->x + rect->width + GAP) / letters;
    double bottom = (rect->y + rect->height + GAP) / letters;
    rect->x = round (rect->x / letters);
    rect->y = round (rect->y / letters);
    rect->width = fmax (round (right) - gap - rect->x, 1);
    rect->height = fmax (round (bottom) - gap - rect->y, 1);
  }
  return factor / letters;
}

void
odl_figure_draw (const OdlFigure *figure, cairo_t *cr, double width, double height,
                 const OdlPlotView *const *views, const OdlTheme *theme)
{
  g_return_if_fail (figure != NULL && cr != NULL);
  OdlTheme own = theme != NULL ? *theme : (OdlTheme){ 0 };
  OdlRgb page = odl_palette_page (&own);
  g_autofree OdlRect *rects = g_new0 (OdlRect, figure->items->len + 1);
  double smaller = fit_page (figure, width, height, rects, &own);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_set_source_rgb (cr, page.r, page.g, page.b);
  cairo_fill (cr);
  cairo_scale (cr, 1 / smaller, 1 / smaller);
  for (guint i = 0; i < figure->items->len; i++)
    odl_plot_draw (item_at (figure, i)->plot, cr, &rects[i],
                   views != NULL ? views[i] : NULL, &own);
  cairo_restore (cr);
}
