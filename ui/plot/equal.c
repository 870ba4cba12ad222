/* Whether two plots show the same.
 * SPDX-License-Identifier: MIT
 *
 * Arrays are compared bit by bit, so NaN equals NaN. */
#include <string.h>

#include "plot/model.h"

static gboolean
same_array (const void *a, const void *b, gsize size)
{
  if (a == NULL || b == NULL)
    return a == b;
  return memcmp (a, b, size) == 0;
}

static gboolean
same_style (const OdlStyle *a, const OdlStyle *b)
{
  return a->color == b->color && a->width == b->width && a->dash == b->dash
         && a->marker == b->marker && a->size == b->size && a->alpha == b->alpha
         && a->no_fit == b->no_fit;
}

static gboolean
same_heat (const OdlHeat *a, const OdlHeat *b)
{
  const double places_a[] = { a->x0, a->x1, a->y0, a->y1, a->z0, a->z1, a->alpha };
  const double places_b[] = { b->x0, b->x1, b->y0, b->y1, b->z0, b->z1, b->alpha };
  return a->rows == b->rows && a->columns == b->columns && a->map == b->map
         && a->smooth == b->smooth && a->colorbar == b->colorbar
         && a->color_low == b->color_low && a->color_high == b->color_high
         && same_array (places_a, places_b, sizeof places_a)
         && same_array (a->z, b->z, sizeof (double) * a->rows * a->columns);
}

static gboolean
same_arrays (const OdlLayer *a, const OdlLayer *b)
{
  gsize size = sizeof (double) * a->n;
  return same_array (a->x, b->x, size) && same_array (a->y, b->y, size)
         && same_array (a->z, b->z, size) && same_array (a->u, b->u, size)
         && same_array (a->v, b->v, size) && same_array (a->value, b->value, size)
         && same_array (a->category, b->category, sizeof (int) * a->n)
         && same_array (a->tail_x, b->tail_x, size * a->n_tail)
         && same_array (a->tail_y, b->tail_y, size * a->n_tail);
}

static gboolean
same_layer (const OdlLayer *a, const OdlLayer *b)
{
  return a->kind == b->kind && a->n == b->n && a->map == b->map
         && a->n_tail == b->n_tail && a->length_px == b->length_px && a->dx == b->dx
         && a->dy == b->dy && a->anchor == b->anchor
         && g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->text, b->text) == 0
         && same_style (&a->style, &b->style) && same_heat (&a->heat, &b->heat)
         && same_arrays (a, b);
}

static gboolean
same_layers (const OdlPlot *a, const OdlPlot *b)
{
  if (odl_plot_n_layers (a) != odl_plot_n_layers (b))
    return FALSE;
  for (guint i = 0; i < odl_plot_n_layers (a); i++)
    if (!same_layer (odl_plot_layer (a, i), odl_plot_layer (b, i)))
      return FALSE;
  return TRUE;
}

static gboolean
same_hands (const OdlPlot *a, const OdlPlot *b)
{
  if (a->handles->len != b->handles->len || a->tips->len != b->tips->len)
    return FALSE;
  for (guint i = 0; i < a->handles->len; i++) {
    const OdlHandle *p = &g_array_index (a->handles, OdlHandle, i);
    const OdlHandle *q = &g_array_index (b->handles, OdlHandle, i);
    if (p->index != q->index || p->x != q->x || p->y != q->y || p->color != q->color
        || p->x_only != q->x_only || p->y_only != q->y_only
        || g_strcmp0 (p->kind, q->kind) != 0 || g_strcmp0 (p->label, q->label) != 0
        || g_strcmp0 (p->series, q->series) != 0)
      return FALSE;
  }
  for (guint i = 0; i < a->tips->len; i++) {
    const OdlTip *p = &g_array_index (a->tips, OdlTip, i);
    const OdlTip *q = &g_array_index (b->tips, OdlTip, i);
    if (p->x != q->x || p->y != q->y || strcmp (p->text, q->text) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
same_table (const OdlPlot *a, const OdlPlot *b)
{
  gsize rows = sizeof (int) * a->rows;
  if (a->cells == NULL || b->cells == NULL)
    return a->cells == b->cells;
  if (a->rows != b->rows || a->columns != b->columns
      || !same_array (a->row_colors, b->row_colors, rows)
      || !same_array (a->indices, b->indices, rows)
      || (a->kinds == NULL) != (b->kinds == NULL))
    return FALSE;
  for (guint i = 0; a->kinds != NULL && i < a->columns; i++)
    if (g_strcmp0 (a->kinds[i], b->kinds[i]) != 0)
      return FALSE;
  for (gsize i = 0; i < (gsize)a->rows * a->columns; i++)
    if (strcmp (a->cells[i], b->cells[i]) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
same_words (const OdlPlot *a, const OdlPlot *b)
{
  const char *const of_a[]
      = { a->id,       a->title, a->note,     a->message, a->summary,
          a->label[0], a->click, a->label[1], a->hint,    a->label[2] };
  const char *const of_b[]
      = { b->id,       b->title, b->note,     b->message, b->summary,
          b->label[0], b->click, b->label[1], b->hint,    b->label[2] };
  for (guint i = 0; i < G_N_ELEMENTS (of_a); i++)
    if (g_strcmp0 (of_a[i], of_b[i]) != 0)
      return FALSE;
  return TRUE;
}

gboolean
odl_plot_equal (const OdlPlot *a, const OdlPlot *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  if (a == b)
    return TRUE;
  return memcmp (a->scale, b->scale, sizeof a->scale) == 0
         && memcmp (a->has_range, b->has_range, sizeof a->has_range) == 0
         && memcmp (a->range, b->range, sizeof a->range) == 0 && a->equal == b->equal
         && a->keeps_range == b->keeps_range && a->no_legend == b->no_legend
         && a->legend_above == b->legend_above && a->three == b->three
         && a->paints == b->paints && a->click_index == b->click_index
         && same_words (a, b) && same_table (a, b) && same_hands (a, b)
         && same_layers (a, b);
}
