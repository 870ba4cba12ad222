/* Plots on a page of twelve columns.
 * SPDX-License-Identifier: MIT
 *
 * Each plot takes the first free place, top-left first, that is wide and high enough on
 * the grid. Then plots grow into the free cells to their right and below them, so the
 * page has no holes. On narrow pages plots are six columns wide, on very narrow ones
 * twelve. Rows have 90 px, more when the page is higher, and the page is higher when
 * they need more. */
#include "plot/figure.h"

#include <math.h>
#include <string.h>

#include "plot/palette.h"

enum { COLUMNS = 12, NARROW = 800, VERY_NARROW = 520, ROW = 90, GAP = 8 };

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

typedef struct {
  guint x, y, width, height;
} Cells;

/* Which plot has each cell, −1: none; rows × COLUMNS. */
typedef struct {
  int *owner;
  guint rows;
} Board;

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

static gboolean
is_free (const Board *board, const Cells *cells)
{
  for (guint row = cells->y; row < cells->y + cells->height; row++)
    for (guint column = cells->x; column < cells->x + cells->width; column++)
      if (row < board->rows && board->owner[row * COLUMNS + column] >= 0)
        return FALSE;
  return TRUE;
}

static void
occupy (Board *board, const Cells *cells, int owner)
{
  guint needed = cells->y + cells->height;
  if (needed > board->rows) {
    board->owner = g_renew (int, board->owner, needed *COLUMNS);
    for (guint i = board->rows * COLUMNS; i < needed * COLUMNS; i++)
      board->owner[i] = -1;
    board->rows = needed;
  }
  for (guint row = cells->y; row < needed; row++)
    for (guint column = cells->x; column < cells->x + cells->width; column++)
      board->owner[row * COLUMNS + column] = owner;
}

static void
find_place (const Board *board, Cells *cells)
{
  for (cells->y = 0;; cells->y++)
    for (cells->x = 0; cells->x + cells->width <= COLUMNS; cells->x++)
      if (is_free (board, cells))
        return;
}

/* Grows to the right and then downward while all the cells there are free. */
static void
grow (Board *board, Cells *cells, int owner)
{
  while (cells->x + cells->width < COLUMNS) {
    Cells next = { cells->x + cells->width, cells->y, 1, cells->height };
    if (!is_free (board, &next))
      break;
    cells->width++;
    occupy (board, &next, owner);
  }
  while (cells->y + cells->height < board->rows) {
    Cells next = { cells->x, cells->y + cells->height, cells->width, 1 };
    if (!is_free (board, &next))
      break;
    cells->height++;
    occupy (board, &next, owner);
  }
  while (cells->x > 0) {
    Cells next = { cells->x - 1, cells->y, 1, cells->height };
    if (!is_free (board, &next))
      break;
    cells->x--;
    cells->width++;
    occupy (board, &next, owner);
  }
}

/* Cells of every plot; returns the number of rows. */
static guint
pack (const OdlFigure *figure, double width, Cells *cells)
{
  Board board = { NULL, 0 };
  for (guint i = 0; i < figure->items->len; i++) {
    const Item *item = item_at (figure, i);
    cells[i] = (Cells){ 0, 0, columns_on_page (item, width), item->rows };
    find_place (&board, &cells[i]);
    occupy (&board, &cells[i], (int)i);
  }
  for (guint i = figure->items->len; i-- > 0;)
    grow (&board, &cells[i], (int)i);
  g_free (board.owner);
  return board.rows;
}

/* Edges of cells lie on whole pixels, with a gap around each plot. */
static OdlRect
cells_rect (const Cells *cells, double width, double row)
{
  double column = (width - GAP) / COLUMNS;
  double x0 = round (GAP + cells->x * column),
         x1 = round (GAP + (cells->x + cells->width) * column) - GAP;
  double y0 = round (GAP + cells->y * row),
         y1 = round (GAP + (cells->y + cells->height) * row) - GAP;
  return (OdlRect){ x0, y0, fmax (x1 - x0, 1), fmax (y1 - y0, 1) };
}

/* Rectangles for rows of `least` px or more; returns the height. */
static double
arrange (const OdlFigure *figure, double width, double height, double least,
         OdlRect *rects)
{
  guint n = figure->items->len;
  if (n == 0)
    return height;
  g_autofree Cells *cells = g_new (Cells, n);
  guint rows = pack (figure, width, cells);
  double row = fmax ((height - GAP) / rows, least);
  for (guint i = 0; i < n; i++)
    rects[i] = cells_rect (&cells[i], width, row);
  return fmax (height, GAP + rows * row);
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

void
odl_figure_draw (const OdlFigure *figure, cairo_t *cr, double width, double height,
                 const OdlPlotView *const *views, const OdlTheme *theme)
{
  g_return_if_fail (figure != NULL && cr != NULL);
  static const OdlTheme plain;
  OdlRgb page = odl_palette_page (theme != NULL ? theme : &plain);
  g_autofree OdlRect *rects = g_new0 (OdlRect, figure->items->len + 1);
  arrange (figure, width, height, 1, rects);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_set_source_rgb (cr, page.r, page.g, page.b);
  cairo_fill (cr);
  for (guint i = 0; i < figure->items->len; i++)
    odl_plot_draw (item_at (figure, i)->plot, cr, &rects[i],
                   views != NULL ? views[i] : NULL, theme);
  cairo_restore (cr);
}
