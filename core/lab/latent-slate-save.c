/* The canvas as JSON and back. SPDX-License-Identifier: MIT
 *
 * Points are three lists. The curve behind a drawn series is its family and parameters.
 * Everything is read before a canvas is handed out. */
#include "latent-slate.h"

#include <math.h>
#include "base/numbers.h"
#include "base/status.h"
#include "experiment-latent.h"

#define N_PARAMETERS 6u

static json_t *
save_points (const OdlSlate *slate)
{
  json_t *t = json_array (), *y = json_array (), *channel = json_array ();
  for (guint i = 0; i < slate->points->len; i++) {
    const OdlSlatePoint *point = &g_array_index (slate->points, OdlSlatePoint, i);
    json_array_append_new (t, json_real (point->t));
    json_array_append_new (y, json_real (point->y));
    json_array_append_new (channel, json_integer (point->channel));
  }
  return json_pack ("{s:o, s:o, s:o}", "t", t, "y", y, "channel", channel);
}

static json_t *
save_scale (const OdlSeriesScale *scale)
{
  return json_pack (
      "{s:f, s:f, s:o, s:o}", "t0", scale->t0, "span", scale->span, "offset",
      odl_numbers_to_json (scale->offset, ODL_SERIES_MAX_CHANNELS), "scale",
      odl_numbers_to_json (scale->scale, ODL_SERIES_MAX_CHANNELS));
}

/* Missing values are null. */
static json_t *
save_series (const OdlSeries *series)
{
  json_t *y = json_array ();
  for (gsize i = 0; i < (gsize)series->n * series->channels; i++)
    json_array_append_new (y, isnan (series->y[i]) ? json_null ()
                                                   : json_real (series->y[i]));
  return json_pack ("{s:i, s:o, s:o}", "channels", (int)series->channels, "t",
                    odl_numbers_to_json (series->t, series->n), "y", y);
}

json_t *
odl_slate_save (const OdlSlate *slate)
{
  json_t *to = json_pack ("{s:o, s:o, s:b}", "points", save_points (slate), "frame",
                          save_scale (&slate->frame), "untouched", slate->untouched);
  if (slate->known)
    json_object_set_new (
        to, "truth",
        json_pack ("{s:s, s:o}", "family", odl_family_info (slate->draw.family)->id,
                   "parameters", odl_numbers_to_json (slate->draw.p, N_PARAMETERS)));
  if (slate->names != NULL) {
    json_t *names = json_array ();
    for (guint i = 0; slate->names[i] != NULL; i++)
      json_array_append_new (names, json_string (slate->names[i]));
    json_object_set_new (to, "names", names);
  }
  if (slate->set->len > 0) {
    json_t *set = json_array ();
    for (guint i = 0; i < slate->set->len; i++)
      json_array_append_new (set, save_series (slate->set->pdata[i]));
    json_object_set_new (to, "set", set);
  }
  return to;
}

/* ---- Reading ---- */

static gboolean
read_sizes (const json_t *from, const char *place, double *numbers, gsize n,
            GError **error)
{
  if (!odl_numbers_from_json (from, place, numbers, n, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (fabs (numbers[i]) > ODL_SLATE_MAX_SIZE)
      return odl_error_expect (error, place, "numbers of size up to 1e15");
  return TRUE;
}

static gboolean
read_points (const json_t *from, OdlSlate *slate, GError **error)
{
  const json_t *channels = json_object_get (from, "channel");
  const gsize n = json_array_size (channels);
  if (!json_is_array (channels) || n > ODL_CANVAS_MAX_POINTS)
    return odl_error_expect (error, "points.channel",
                             "a list of up to 20000 whole numbers");
  g_autofree double *t = g_new (double, n + 1), *y = g_new (double, n + 1);
  if (!read_sizes (json_object_get (from, "t"), "points.t", t, n, error)
      || !read_sizes (json_object_get (from, "y"), "points.y", y, n, error))
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    const json_t *item = json_array_get (channels, i);
    const json_int_t channel = json_integer_value (item);
    if (!json_is_integer (item) || channel < 0 || channel >= ODL_CANVAS_MAX_CHANNELS)
      return odl_error_expect (error, "points.channel", "a whole number from 0 to 3");
    const OdlSlatePoint point = { t[i], y[i], (guint)channel };
    g_array_append_val (slate->points, point);
  }
  odl_slate_sort (slate);
  return TRUE;
}

static gboolean
read_number (const json_t *from, const char *key, double *number, GError **error)
{
  const json_t *item = json_object_get (from, key);
  *number = json_number_value (item);
  if (json_is_number (item) && isfinite (*number))
    return TRUE;
  return odl_error_expect (error, key, "a number");
}

static gboolean
read_scale (const json_t *from, OdlSeriesScale *scale, GError **error)
{
  if (!read_number (from, "t0", &scale->t0, error)
      || !read_number (from, "span", &scale->span, error)
      || !odl_numbers_from_json (json_object_get (from, "offset"), "offset",
                                 scale->offset, ODL_SERIES_MAX_CHANNELS, error)
      || !odl_numbers_from_json (json_object_get (from, "scale"), "scale", scale->scale,
                                 ODL_SERIES_MAX_CHANNELS, error))
    return FALSE;
  gboolean good = scale->span > 0 && scale->span <= 2 * ODL_SLATE_MAX_SIZE
                  && fabs (scale->t0) <= ODL_SLATE_MAX_SIZE;
  for (guint c = 0; c < ODL_SERIES_MAX_CHANNELS; c++)
    good = good && scale->scale[c] > 0 && scale->scale[c] <= 2 * ODL_SLATE_MAX_SIZE
           && fabs (scale->offset[c]) <= ODL_SLATE_MAX_SIZE;
  return good || odl_error_expect (error, "frame", "a span and scales above 0");
}

static gboolean
read_truth (const json_t *from, OdlSlate *slate, GError **error)
{
  if (from == NULL)
    return TRUE;
  const char *id = json_string_value (json_object_get (from, "family"));
  slate->known = TRUE;
  if (!odl_family_find (id ? id : "", &slate->draw.family, NULL))
    return odl_error_expect (error, "truth.family", "the id of a family");
  return odl_numbers_from_json (json_object_get (from, "parameters"),
                                "truth.parameters", slate->draw.p, N_PARAMETERS, error);
}

static gboolean
read_names (const json_t *from, OdlSlate *slate, GError **error)
{
  const gsize n = json_array_size (from);
  if (from == NULL)
    return TRUE;
  if (n == 0 || n > 1 + ODL_SERIES_MAX_CHANNELS)
    return odl_error_expect (error, "names", "a list of 1 to 5 texts");
  slate->names = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++) {
    const char *name = json_string_value (json_array_get (from, i));
    if (name == NULL || strlen (name) > 200)
      return odl_error_expect (error, "names", "texts of up to 200 bytes");
    slate->names[i] = g_strdup (name);
  }
  return TRUE;
}

static gboolean
read_values (const json_t *from, OdlSeries *series, GError **error)
{
  const gsize n = (gsize)series->n * series->channels;
  gboolean good = json_array_size (from) == n;
  for (gsize i = 0; good && i < n; i++) {
    const json_t *item = json_array_get (from, i);
    series->y[i] = json_is_null (item) ? NAN : json_number_value (item);
    good = json_is_null (item)
           || (json_is_number (item) && fabs (series->y[i]) <= ODL_SERIES_MAX_VALUE);
  }
  return good
         || odl_error_expect (error, "set.y",
                              "a number or null for each time and channel");
}

static gboolean
read_series (const json_t *from, OdlSlate *slate, GError **error)
{
  const json_t *t = json_object_get (from, "t");
  const json_int_t channels = json_integer_value (json_object_get (from, "channels"));
  const gsize n = json_array_size (t);
  if (channels < 1 || channels > ODL_SERIES_MAX_CHANNELS)
    return odl_error_expect (error, "set.channels", "a whole number from 1 to 4");
  if (n < 2 || n > ODL_CANVAS_MAX_POINTS)
    return odl_error_expect (error, "set.t", "a list of 2 to 20000 numbers");
  OdlSeries *series = odl_series_new ((guint)n, (guint)channels);
  g_ptr_array_add (slate->set, series);
  if (!read_sizes (t, "set.t", series->t, n, error)
      || !read_values (json_object_get (from, "y"), series, error))
    return FALSE;
  odl_series_sort (series);
  return TRUE;
}

static gboolean
read_set (const json_t *from, OdlSlate *slate, GError **error)
{
  if (from == NULL)
    return TRUE;
  if (!json_is_array (from) || json_array_size (from) > ODL_SLATE_MAX_SET)
    return odl_error_expect (error, "set", "a list of up to 64 series");
  for (gsize i = 0; i < json_array_size (from); i++)
    if (!read_series (json_array_get (from, i), slate, error))
      return FALSE;
  return TRUE;
}

gboolean
odl_slate_load (OdlSlate *slate, const json_t *from, GError **error)
{
  odl_slate_init (slate);
  gboolean good = read_points (json_object_get (from, "points"), slate, error)
                  && read_scale (json_object_get (from, "frame"), &slate->frame, error)
                  && read_truth (json_object_get (from, "truth"), slate, error)
                  && read_names (json_object_get (from, "names"), slate, error)
                  && read_set (json_object_get (from, "set"), slate, error);
  slate->untouched = json_is_true (json_object_get (from, "untouched"));
  if (!good)
    odl_slate_clear (slate);
  return good;
}
