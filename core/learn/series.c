/* Irregular series.
 * SPDX-License-Identifier: MIT
 *
 * The order of points is made canonical by sorting on time and then on the values,
 * missing ones last, so that series with the same points are the same series to the
 * bit. */
#include "learn/series.h"

#include <math.h>
#include <string.h>

OdlSeries *
odl_series_new (guint n, guint channels)
{
  g_return_val_if_fail (channels >= 1 && channels <= ODL_SERIES_MAX_CHANNELS, NULL);
  OdlSeries *self = g_new0 (OdlSeries, 1);
  self->n = n;
  self->channels = channels;
  self->t = g_new0 (double, n + 1);
  self->y = g_new0 (double, (gsize)n *channels + 1);
  return self;
}

OdlSeries *
odl_series_copy (const OdlSeries *series)
{
  g_return_val_if_fail (series != NULL, NULL);
  OdlSeries *self = odl_series_new (series->n, series->channels);
  memcpy (self->t, series->t, series->n * sizeof (double));
  memcpy (self->y, series->y, (gsize)series->n * series->channels * sizeof (double));
  self->names = g_strdupv (series->names);
  return self;
}

void
odl_series_free (OdlSeries *series)
{
  if (series == NULL)
    return;
  g_free (series->t);
  g_free (series->y);
  g_strfreev (series->names);
  g_free (series);
}

/* Missing values come last. */
static int
compare_numbers (double a, double b)
{
  if (isnan (a) || isnan (b))
    return (isnan (a) ? 1 : 0) - (isnan (b) ? 1 : 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

static int
compare_points (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *x = a, *y = b;
  const guint n = GPOINTER_TO_UINT (data) + 1;
  for (guint i = 0; i < n; i++) {
    int order = compare_numbers (x[i], y[i]);
    if (order != 0)
      return order;
  }
  return 0;
}

void
odl_series_sort (OdlSeries *series)
{
  g_return_if_fail (series != NULL);
  const gsize row = series->channels + 1;
  g_autofree double *rows = g_new (double, series->n *row + 1);
  for (gsize i = 0; i < series->n; i++) {
    rows[i * row] = series->t[i];
    memcpy (rows + i * row + 1, series->y + i * series->channels,
            series->channels * sizeof (double));
  }
  g_qsort_with_data (rows, (int)series->n, row * sizeof (double), compare_points,
                     GUINT_TO_POINTER (series->channels));
  for (gsize i = 0; i < series->n; i++) {
    series->t[i] = rows[i * row];
    memcpy (series->y + i * series->channels, rows + i * row + 1,
            series->channels * sizeof (double));
  }
}

OdlSeries *
odl_series_thin (const OdlSeries *series, guint n)
{
  g_return_val_if_fail (series != NULL && n >= 2, NULL);
  if (series->n <= n)
    return odl_series_copy (series);
  OdlSeries *self = odl_series_new (n, series->channels);
  self->names = g_strdupv (series->names);
  for (guint i = 0; i < n; i++) {
    gsize from = (gsize)((guint64)i * (series->n - 1) / (n - 1));
    self->t[i] = series->t[from];
    memcpy (self->y + (gsize)i * self->channels, series->y + from * self->channels,
            self->channels * sizeof (double));
  }
  return self;
}

/* Mean and standard deviation of a channel, without overflow; 0 points: 0 and 0. */
static void
measure (const OdlSeries *series, guint channel, double *mean, double *deviation)
{
  double m = 0, squares = 0;
  guint n = 0;
  for (gsize i = 0; i < series->n; i++) {
    double y = series->y[i * series->channels + channel];
    if (isnan (y))
      continue;
    double step = y - m;
    m += step / ++n;
    squares += step * (y - m);
  }
  *mean = m;
  *deviation = n > 1 ? sqrt (squares / n) : 0;
}

OdlSeriesScale
odl_series_scale (const OdlSeries *series)
{
  OdlSeriesScale scale = { .span = 1 };
  g_return_val_if_fail (series != NULL, scale);
  if (series->n > 0) {
    scale.t0 = series->t[0];
    double span = series->t[series->n - 1] - scale.t0;
    gboolean tiny = !(span > 1e-9 * fabs (scale.t0));
    scale.span = !tiny ? span : scale.t0 != 0 ? fabs (scale.t0) : 1;
  }
  for (guint c = 0; c < series->channels; c++) {
    double deviation;
    measure (series, c, &scale.offset[c], &deviation);
    gboolean tiny = !(deviation > 1e-9 * fabs (scale.offset[c]));
    scale.scale[c] = !tiny                  ? 2 * deviation
                     : scale.offset[c] != 0 ? fabs (scale.offset[c])
                                            : 1;
  }
  return scale;
}

void
odl_series_apply (OdlSeries *series, const OdlSeriesScale *scale)
{
  g_return_if_fail (series != NULL && scale != NULL);
  for (gsize i = 0; i < series->n; i++) {
    series->t[i] = (series->t[i] - scale->t0) / scale->span;
    for (gsize c = 0; c < series->channels; c++) {
      double *y = &series->y[i * series->channels + c];
      *y = (*y - scale->offset[c]) / scale->scale[c];
    }
  }
}
