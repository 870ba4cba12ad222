/* Tables.
 * SPDX-License-Identifier: MIT
 *
 * Columns get the width of their widest cell while that fits; what is missing is taken
 * from the widest columns first, whose cells then end in an ellipsis. Room left over is
 * shared among the columns, up to a point. Rows shrink a little before they are left
 * out, and the last line says how many are. */
#include <math.h>
#include <string.h>

#include "plot/layers.h"

enum { MOST_COLUMNS = 32 };

typedef struct {
  double x[MOST_COLUMNS], width[MOST_COLUMNS];
  guint columns, rows; /* shown */
  double top, line, left, right, dot;
} Grid;

static const char *
cell (const OdlPlot *plot, guint row, guint column)
{
  return plot->cells[(gsize)row * plot->columns + column];
}

static OdlWords
cell_words (guint row)
{
  return (OdlWords){ .size = row == 0 ? 0.92 : 1,
                     .color = row == 0 ? ODL_COLOR_DIM : ODL_COLOR_TEXT };
}

/* Cuts the widest columns to a common width until all of them fit. */
static void
squeeze (double *width, guint n, double most)
{
  double low = 0, high = most;
  for (guint pass = 0; pass < 40; pass++) {
    double limit = (low + high) / 2, sum = 0;
    for (guint i = 0; i < n; i++)
      sum += fmin (width[i], limit);
    *(sum > most ? &high : &low) = limit;
  }
  for (guint i = 0; i < n; i++)
    width[i] = fmin (width[i], low);
}

/* The widest cell of a column from row `first` on. */
static double
widest_cell (OdlScene *scene, guint column, guint first)
{
  const OdlPlot *plot = scene->plot;
  double widest = scene->canvas->em;
  for (guint row = first; row < plot->rows; row++) {
    OdlWords words = cell_words (row);
    double width;
    odl_canvas_measure (scene->canvas, cell (plot, row, column), &words, &width, NULL);
    widest = fmax (widest, ceil (width) + 1);
  }
  return widest;
}

/* Takes `missing` px first from heads that are wider than their columns, then from the
 * columns beside the first, at last from all. */
static void
fit_columns (OdlScene *scene, Grid *grid, double room, double missing)
{
  double spare = 0, em = scene->canvas->em, rest = room - grid->width[0], sum = 0;
  double bare[MOST_COLUMNS];
  for (guint i = 0; i < grid->columns; i++) {
    bare[i] = fmax (widest_cell (scene, i, MIN (1, scene->plot->rows - 1)),
                    fmin (grid->width[i], em * 3.3));
    spare += grid->width[i] - fmin (bare[i], grid->width[i]);
  }
  double part = spare > 0 ? fmin (missing / spare, 1) : 0;
  for (guint i = 0; i < grid->columns; i++) {
    grid->width[i] -= part * (grid->width[i] - fmin (bare[i], grid->width[i]));
    sum += grid->width[i];
  }
  if (sum > room + 0.5 && rest > 2.5 * em * (grid->columns - 1))
    squeeze (grid->width + 1, grid->columns - 1, rest);
  else if (sum > room + 0.5)
    squeeze (grid->width, grid->columns, fmax (room, em));
}

static void
set_columns (OdlScene *scene, Grid *grid)
{
  double em = scene->canvas->em, sum = 0, gap = em * 1.1;
  for (guint column = 0; column < grid->columns; column++) {
    grid->width[column] = widest_cell (scene, column, 0);
    sum += grid->width[column];
  }
  double room = grid->right - grid->left - grid->dot - gap * (grid->columns - 1);
  if (sum > room) {
    room += em * 0.4 * (grid->columns - 1);
    gap = em * 0.7;
  }
  if (sum > room)
    fit_columns (scene, grid, room, sum - room);
  double extra = fmax ((room - sum) / fmax (grid->columns - 1.0, 1), 0);
  double x = grid->left + grid->dot;
  for (guint column = 0; column < grid->columns; column++) {
    grid->x[column] = x + (column > 0 ? extra : 0);
    x = grid->x[column] + grid->width[column] + gap;
  }
}

static void
set_grid (OdlScene *scene, Grid *grid)
{
  const OdlPlot *plot = scene->plot;
  double em = scene->canvas->em,
         bottom = scene->area.y + scene->area.height - scene->pad * 0.7;
  if (scene->note_height > 0)
    bottom -= scene->note_height + em * 0.5;
  grid->columns = MIN (plot->columns, MOST_COLUMNS);
  grid->left = scene->area.x + scene->pad;
  grid->right = scene->area.x + scene->area.width - scene->pad;
  grid->dot = plot->row_colors != NULL ? em * 1.2 : 0;
  grid->top = scene->title_y + (*plot->title != '\0' ? em * 1.8 : 0);
  grid->line = round (CLAMP ((bottom - grid->top) / plot->rows, em * 1.5, em * 2.1));
  grid->rows = (guint)CLAMP (floor ((bottom - grid->top) / grid->line), 1, plot->rows);
  set_columns (scene, grid);
}

gboolean
odl_table_find (OdlScene *scene, double px, double py, guint *row, guint *column)
{
  Grid grid;
  set_grid (scene, &grid);
  if (py < grid.top || px < grid.left || px >= grid.right)
    return FALSE;
  *row = (guint)((py - grid.top) / grid.line);
  *column = 0;
  for (guint i = 1; i < grid.columns; i++)
    if (px >= (grid.x[i - 1] + grid.width[i - 1] + grid.x[i]) / 2)
      *column = i;
  return *row < grid.rows;
}

static gboolean
is_button (const OdlPlot *plot, guint row, guint column)
{
  return plot->kinds != NULL && plot->kinds[column] != NULL && plot->indices[row] >= 0;
}

static void
draw_cell (OdlScene *scene, const Grid *grid, guint row, guint column, double middle)
{
  OdlWords words = cell_words (row);
  gboolean right = column > 0;
  words.anchor_y = 0.5;
  words.anchor_x = right ? 1 : 0;
  words.width = grid->width[column] + 1;
  if (is_button (scene->plot, row, column) && column > 0)
    words.color = ODL_COLOR_ACCENT;
  double x = grid->x[column] + (right ? grid->width[column] : 0);
  double width;
  const char *text = cell (scene->plot, row, column);
  odl_canvas_measure (scene->canvas, text, &(OdlWords){ .size = words.size }, &width,
                      NULL);
  if (width <= words.width)
    words.width = 0;
  odl_canvas_text (scene->canvas, x, middle, text, &words);
}

/* A tint under every second row, and under the button that the pointer is on. */
static void
draw_grounds (OdlScene *scene, const Grid *grid)
{
  OdlCanvas *canvas = scene->canvas;
  guint row, column;
  for (guint i = 2; i < grid->rows; i += 2) {
    OdlRect ground = { grid->left - 6, grid->top + i * grid->line,
                       grid->right - grid->left + 12, grid->line };
    odl_canvas_rounded (canvas, &ground, 4);
    odl_canvas_color (canvas, ODL_COLOR_TEXT, 0.035);
    cairo_fill (canvas->cr);
  }
  odl_canvas_color (canvas, ODL_COLOR_TEXT, 0.18);
  cairo_rectangle (canvas->cr, grid->left, round (grid->top + grid->line) - 1,
                   grid->right - grid->left, 1);
  cairo_fill (canvas->cr);
  if (!isfinite (scene->pointer_x)
      || !odl_table_find (scene, scene->pointer_x, scene->pointer_y, &row, &column)
      || !is_button (scene->plot, row, column))
    return;
  OdlRect glow = { grid->x[column] - 5, grid->top + row * grid->line + 2,
                   grid->width[column] + 10, grid->line - 4 };
  odl_canvas_rounded (canvas, &glow, 4);
  odl_canvas_color (canvas, ODL_COLOR_ACCENT, 0.16);
  cairo_fill (canvas->cr);
}

void
odl_table_draw (OdlScene *scene)
{
  OdlCanvas *canvas = scene->canvas;
  const OdlPlot *plot = scene->plot;
  Grid grid;
  set_grid (scene, &grid);
  draw_grounds (scene, &grid);
  for (guint row = 0; row < grid.rows; row++) {
    double middle = grid.top + (row + 0.5) * grid.line;
    gboolean cut = row + 1 == grid.rows && grid.rows < plot->rows && row > 0;
    if (cut) {
      g_autofree char *more = g_strdup_printf ("… and %u more", plot->rows - row);
      OdlWords words = { .color = ODL_COLOR_DIM, .anchor_y = 0.5 };
      odl_canvas_text (canvas, grid.x[0], middle, more, &words);
      break;
    }
    if (plot->row_colors != NULL && plot->row_colors[row] >= 0) {
      odl_canvas_color (canvas, plot->row_colors[row], 1);
      odl_canvas_marker (canvas, ODL_MARKER_DISC, grid.left + canvas->em * 0.4,
                         floor (middle) + 0.5, canvas->em * 0.75, 0);
    }
    for (guint column = 0; column < grid.columns; column++)
      draw_cell (scene, &grid, row, column, middle);
  }
}
