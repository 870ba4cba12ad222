/* The canvas: points added, moved, removed, read, drawn. SPDX-License-Identifier: MIT
 *
 * Points are kept in one canonical order and every result is made from them in it, so
 * neither the order of clicks nor a point that was removed and added again leaves a
 * trace. The frame says where the canvas lies and in what units it is drawn; it belongs
 * to whoever filled the canvas (a family, a file) and not to single points, or each
 * click would move all others in the model's eyes. It grows only when a point falls so
 * far out that the model has never seen the like. */
#include "latent-slate.h"

#include <math.h>
#include <string.h>
#include "experiment-latent.h"

#define FAR_TIME   1.5 /* spans; as far as training puts observations */
#define LEAST_SIZE 0.2 /* of a channel's spread beside the frame's */
#define MOST_SIZE  3.0
#define MOST_OFF   1.5

static void
free_series (gpointer series)
{
  odl_series_free (series);
}

void
odl_slate_init (OdlSlate *slate)
{
  *slate = (OdlSlate){ .frame = { .span = 1 } };
  for (guint c = 0; c < ODL_SERIES_MAX_CHANNELS; c++)
    slate->frame.scale[c] = 1;
  slate->points = g_array_new (FALSE, TRUE, sizeof (OdlSlatePoint));
  slate->set = g_ptr_array_new_with_free_func (free_series);
}

void
odl_slate_clear (OdlSlate *slate)
{
  g_clear_pointer (&slate->points, g_array_unref);
  g_clear_pointer (&slate->set, g_ptr_array_unref);
  g_clear_pointer (&slate->names, g_strfreev);
}

void
odl_slate_copy (OdlSlate *to, const OdlSlate *from)
{
  *to = *from;
  to->names = g_strdupv (from->names);
  to->points = g_array_copy (from->points);
  to->set = g_ptr_array_new_with_free_func (free_series);
  for (guint i = 0; i < from->set->len; i++)
    g_ptr_array_add (to->set, odl_series_copy (from->set->pdata[i]));
}

/* ---- Points ---- */

static const OdlSlatePoint *
at (const OdlSlate *slate, guint place)
{
  return &g_array_index (slate->points, OdlSlatePoint, place);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const OdlSlatePoint *p = a, *q = b;
  if (p->t != q->t)
    return p->t < q->t ? -1 : 1;
  if (p->channel != q->channel)
    return p->channel < q->channel ? -1 : 1;
  return p->y < q->y ? -1 : p->y > q->y ? 1 : 0;
}

void
odl_slate_sort (OdlSlate *slate)
{
  g_array_sort (slate->points, compare);
}

guint
odl_slate_n_channels (const OdlSlate *slate)
{
  guint n = slate->known ? odl_family_info (slate->draw.family)->channels : 1;
  for (guint i = 0; i < slate->points->len; i++)
    n = MAX (n, at (slate, i)->channel + 1);
  return n;
}

static gboolean
check_place (double t, double y, GError **error)
{
  if (fabs (t) <= ODL_SLATE_MAX_SIZE && fabs (y) <= ODL_SLATE_MAX_SIZE)
    return TRUE;
  return odl_error_refuse (
      error, ODL_ERROR_INVALID,
      "A point at (%g, %g) is not accepted: times and values of size up to "
      "%g are.",
      t, y, ODL_SLATE_MAX_SIZE);
}

static gboolean
check_index (const OdlSlate *slate, int place, GError **error)
{
  if (place >= 0 && (guint)place < slate->points->len)
    return TRUE;
  return odl_error_refuse (error, ODL_ERROR_INVALID,
                           "There is no point %d: there are %u.", place,
                           slate->points->len);
}

gboolean
odl_slate_add (OdlSlate *slate, double t, double y, int channel, GError **error)
{
  if (channel < 0 || channel >= (int)ODL_CANVAS_MAX_CHANNELS)
    return odl_error_refuse (error, ODL_ERROR_INVALID,
                             "Channel %d is not accepted: 0 to %u are.", channel,
                             ODL_CANVAS_MAX_CHANNELS - 1);
  if (!check_place (t, y, error))
    return FALSE;
  if (slate->points->len >= ODL_CANVAS_MAX_POINTS)
    return odl_error_refuse (
        error, ODL_ERROR_INVALID,
        "There are %u points already, which is the most there can be.",
        ODL_CANVAS_MAX_POINTS);
  const OdlSlatePoint point = { t + 0.0, y + 0.0, (guint)channel };
  g_array_append_val (slate->points, point);
  slate->untouched = FALSE;
  odl_slate_sort (slate);
  return TRUE;
}

gboolean
odl_slate_move (OdlSlate *slate, int place, double t, double y, GError **error)
{
  if (!check_index (slate, place, error))
    return FALSE;
  OdlSlatePoint *point = &g_array_index (slate->points, OdlSlatePoint, place);
  t = isnan (t) ? point->t : t;
  y = isnan (y) ? point->y : y;
  if (!check_place (t, y, error))
    return FALSE;
  slate->untouched &= t == point->t && y == point->y;
  point->t = t + 0.0;
  point->y = y + 0.0;
  return TRUE;
}

gboolean
odl_slate_remove (OdlSlate *slate, int place, GError **error)
{
  if (!check_index (slate, place, error))
    return FALSE;
  g_array_remove_index (slate->points, (guint)place);
  slate->untouched = FALSE;
  return TRUE;
}

int
odl_slate_nearest (const OdlSlate *slate, double t, double y, guint channel,
                   double width, double height)
{
  int best = -1;
  double least = INFINITY;
  for (guint i = 0; i < slate->points->len; i++) {
    const OdlSlatePoint *point = at (slate, i);
    double distance = hypot ((point->t - t) / width, (point->y - y) / height);
    if (point->channel == channel && distance < least) {
      least = distance;
      best = (int)i;
    }
  }
  return best;
}

/* ---- Files ---- */

void
odl_slate_take (OdlSlate *slate, const OdlSeries *series)
{
  g_array_set_size (slate->points, 0);
  for (gsize i = 0; i < series->n; i++)
    for (guint c = 0; c < series->channels; c++) {
      const OdlSlatePoint point
          = { series->t[i] + 0.0, series->y[i * series->channels + c] + 0.0, c };
      if (!isnan (point.y))
        g_array_append_val (slate->points, point);
    }
  slate->frame = odl_series_scale (series);
  for (guint c = series->channels; c < ODL_SERIES_MAX_CHANNELS; c++)
    slate->frame.scale[c] = 1;
  g_strfreev (slate->names);
  slate->names = g_strdupv (series->names);
  slate->known = slate->untouched = FALSE;
  odl_slate_sort (slate);
}

gboolean
odl_slate_read (OdlSlate *slate, const char *text, GError **error)
{
  g_autoptr (OdlSeries) series
      = odl_series_parse_csv (text ? text : "", text ? strlen (text) : 0, error);
  if (series == NULL)
    return FALSE;
  guint64 values = 0;
  for (gsize i = 0; i < (gsize)series->n * series->channels; i++)
    values += !isnan (series->y[i]);
  if (values > ODL_CANVAS_MAX_POINTS)
    return odl_error_refuse (error, ODL_ERROR_INVALID,
                             "The file has %" G_GUINT64_FORMAT
                             " values: up to %u are accepted "
                             "here; odelab latent takes longer ones.",
                             values, ODL_CANVAS_MAX_POINTS);
  odl_slate_take (slate, series);
  return TRUE;
}

/* ---- Own series ---- */

gboolean
odl_slate_keep (OdlSlate *slate, GError **error)
{
  guint kept = 0;
  for (guint c = 0; c < odl_slate_n_channels (slate); c++) {
    g_autoptr (OdlSeries) series = odl_slate_series (slate, c, 1);
    if (series->n < 2)
      continue;
    if (slate->set->len >= ODL_SLATE_MAX_SET)
      return odl_error_refuse (error, ODL_ERROR_INVALID,
                               "There are %u own series already, which is the most.",
                               ODL_SLATE_MAX_SET);
    g_ptr_array_add (slate->set, g_steal_pointer (&series));
    kept++;
  }
  return kept > 0
         || odl_error_refuse (error, ODL_ERROR_INVALID,
                              "A series to learn from needs two points at least.");
}

static gboolean
same_series (const OdlSeries *a, const OdlSeries *b)
{
  return a->n == b->n && a->channels == b->channels
         && memcmp (a->t, b->t, a->n * sizeof (double)) == 0
         && memcmp (a->y, b->y, (gsize)a->n * a->channels * sizeof (double)) == 0;
}

gboolean
odl_slate_same_points (const OdlSlate *a, const OdlSlate *b)
{
  gboolean same = a->points->len == b->points->len && a->known == b->known
                  && a->untouched == b->untouched
                  && memcmp (&a->frame, &b->frame, sizeof a->frame) == 0;
  for (guint i = 0; same && i < a->points->len; i++)
    same = compare (at (a, i), at (b, i)) == 0;
  return same;
}

gboolean
odl_slate_same_set (const OdlSlate *a, const OdlSlate *b)
{
  if (a->set->len != b->set->len)
    return FALSE;
  for (guint i = 0; i < a->set->len; i++)
    if (!same_series (a->set->pdata[i], b->set->pdata[i]))
      return FALSE;
  return TRUE;
}

/* ---- What the model is shown ---- */

/* The k-th point of a channel at a time goes to the k-th row of that time. */
OdlSeries *
odl_slate_series (const OdlSlate *slate, guint first, guint n_channels)
{
  OdlSeries *series = odl_series_new (slate->points->len, n_channels);
  g_autofree OdlSlatePoint *points
      = g_memdup2 (slate->points->data, slate->points->len * sizeof (OdlSlatePoint));
  guint rows = 0, begin = 0, row = 0, last = G_MAXUINT;
  if (slate->points->len > 0)
    qsort (points, slate->points->len, sizeof *points, compare);
  for (guint i = 0; i < slate->points->len; i++) {
    const OdlSlatePoint *point = &points[i];
    if (point->channel < first || point->channel >= first + n_channels)
      continue;
    if (rows == 0 || series->t[begin] != point->t) {
      begin = row = rows;
    } else {
      row = point->channel == last ? row + 1 : begin;
    }
    last = point->channel;
    for (; rows <= row; rows++) {
      series->t[rows] = point->t;
      for (guint c = 0; c < n_channels; c++)
        series->y[(gsize)rows * n_channels + c] = NAN;
    }
    series->y[(gsize)row * n_channels + point->channel - first] = point->y;
  }
  series->n = rows;
  return series;
}

/* A channel that lies elsewhere, or is much smaller or larger than the frame, gets its
 * own units; two points say nothing about how small a channel is. */
static void
grow_values (const OdlSlate *slate, guint channel, OdlSeriesScale *scale)
{
  g_autoptr (OdlSeries) series = odl_slate_series (slate, channel, 1);
  if (series->n == 0)
    return;
  const OdlSeriesScale own = odl_series_scale (series);
  const double size = own.scale[0] / scale->scale[channel];
  const double off
      = fabs (own.offset[0] - scale->offset[channel]) / scale->scale[channel];
  if (off <= MOST_OFF && size <= MOST_SIZE && (size >= LEAST_SIZE || series->n < 3))
    return;
  scale->offset[channel] = own.offset[0];
  scale->scale[channel] = own.scale[0];
}

static void
grow_time (const OdlSlate *slate, OdlSeriesScale *scale)
{
  double first = INFINITY, last = -INFINITY;
  for (guint i = 0; i < slate->points->len; i++) {
    first = fmin (first, at (slate, i)->t);
    last = fmax (last, at (slate, i)->t);
  }
  if (first < scale->t0) {
    scale->span += scale->t0 - first;
    scale->t0 = first;
  }
  if (last > scale->t0 + FAR_TIME * scale->span)
    scale->span = last - scale->t0;
}

OdlSeriesScale
odl_slate_scale (const OdlSlate *slate, const OdlSeriesScale *frame)
{
  OdlSeriesScale scale = *frame;
  grow_time (slate, &scale);
  for (guint c = 0; c < odl_slate_n_channels (slate); c++)
    grow_values (slate, c, &scale);
  return scale;
}
