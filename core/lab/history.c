/* Histories that thin themselves: bounded rows, each an original.
 * SPDX-License-Identifier: MIT
 *
 * A row is kept for good when its distance in iterations from the first row is a
 * multiple of the stride. One more row may follow: the newest, which stands in for
 * itself until the next one comes. When the rows are full the stride doubles and the
 * rows that are off the coarser grid go. What is kept is thus a function of the
 * iterations alone, so a history that was saved and loaded goes on like one that was
 * not. */
#include "history.h"

#include "base/status.h"

#include <math.h>
#include <string.h>

#define MIN_CAPACITY 4u

static const char *const names[ODL_N_COLUMNS] = {
#define X(ID, name) #name,
  ODL_HISTORY_COLUMNS (X)
#undef X
};

OdlHistory *
odl_history_new (guint capacity)
{
  OdlHistory *history = g_new0 (OdlHistory, 1);
  history->capacity = MAX (capacity, MIN_CAPACITY);
  history->stride = 1;
  history->iteration = g_new (guint64, history->capacity);
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    history->columns[c] = g_new (double, history->capacity);
  return history;
}

OdlHistory *
odl_history_copy (const OdlHistory *history)
{
  g_return_val_if_fail (history, NULL);
  OdlHistory *copy = odl_history_new (history->capacity);
  copy->n = history->n;
  copy->stride = history->stride;
  memcpy (copy->iteration, history->iteration, sizeof (guint64) * history->n);
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    memcpy (copy->columns[c], history->columns[c], sizeof (double) * history->n);
  return copy;
}

void
odl_history_free (OdlHistory *history)
{
  if (history == NULL)
    return;
  g_free (history->iteration);
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    g_free (history->columns[c]);
  g_free (history);
}

static gboolean
is_on_grid (const OdlHistory *history, guint row)
{
  return (history->iteration[row] - history->iteration[0]) % history->stride == 0;
}

/* Iterations may themselves be spaced, so one doubling need not free a row. */
static void
thin (OdlHistory *history)
{
  while (history->n >= history->capacity) {
    guint kept = 0;
    history->stride *= 2;
    for (guint row = 0; row < history->n; row++) {
      if (!is_on_grid (history, row))
        continue;
      history->iteration[kept] = history->iteration[row];
      for (guint c = 0; c < ODL_N_COLUMNS; c++)
        history->columns[c][kept] = history->columns[c][row];
      kept++;
    }
    history->n = kept;
  }
}

void
odl_history_add (OdlHistory *history, guint64 iteration,
                 const double row[ODL_N_COLUMNS])
{
  g_return_if_fail (history && row);
  while (history->n > 0 && history->iteration[history->n - 1] >= iteration)
    history->n--;
  if (history->n > 0 && !is_on_grid (history, history->n - 1))
    history->n--;
  thin (history);
  history->iteration[history->n] = iteration;
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    history->columns[c][history->n] = row[c];
  history->n++;
}

void
odl_history_truncate (OdlHistory *history, guint64 iteration)
{
  g_return_if_fail (history);
  while (history->n > 0 && history->iteration[history->n - 1] > iteration)
    history->n--;
}

/* ---- JSON: not a number is null, infinities are words, all-NaN columns are left out
 * ---- */

static json_t *
number_to_json (double number)
{
  if (isnan (number))
    return json_null ();
  return isinf (number) ? json_string (number > 0 ? "inf" : "-inf")
                        : json_real (number);
}

static gboolean
number_from_json (const json_t *json, double *number)
{
  const char *word = json_string_value (json);
  *number = json_is_null (json) ? NAN : json_number_value (json);
  if (word && (g_str_equal (word, "inf") || g_str_equal (word, "-inf")))
    *number = word[0] == '-' ? -INFINITY : INFINITY;
  else if (word)
    return FALSE;
  return word || json_is_null (json) || json_is_number (json);
}

static json_t *
column_to_json (const OdlHistory *history, guint column)
{
  gboolean any = FALSE;
  json_t *to = json_array ();
  for (guint row = 0; row < history->n; row++) {
    any |= !isnan (history->columns[column][row]);
    json_array_append_new (to, number_to_json (history->columns[column][row]));
  }
  if (!any)
    g_clear_pointer (&to, json_decref);
  return to;
}

json_t *
odl_history_save (const OdlHistory *history)
{
  g_return_val_if_fail (history, NULL);
  json_t *to = json_object (), *iterations = json_array ();
  for (guint row = 0; row < history->n; row++)
    json_array_append_new (iterations,
                           json_integer ((json_int_t)history->iteration[row]));
  json_object_set_new (to, "stride", json_integer ((json_int_t)history->stride));
  json_object_set_new (to, "iteration", iterations);
  for (guint c = 0; c < ODL_N_COLUMNS; c++) {
    json_t *column = column_to_json (history, c);
    if (column)
      json_object_set_new (to, names[c], column);
  }
  return to;
}

static gboolean
refuse (const char *place, size_t row, const char *expected, GError **error)
{
  g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE, "%s[%zu]: %s is expected", place,
               row, expected);
  return FALSE;
}

static gboolean
load_iterations (OdlHistory *history, const json_t *from, GError **error)
{
  json_int_t before = -1;
  for (guint row = 0; row < history->n; row++) {
    const json_t *item = json_array_get (from, row);
    const json_int_t iteration = json_integer_value (item);
    if (!json_is_integer (item) || iteration <= before)
      return refuse ("iteration", row, "a whole number above the one before", error);
    history->iteration[row] = (guint64)iteration;
    before = iteration;
  }
  return TRUE;
}

static gboolean
load_column (OdlHistory *history, guint column, const json_t *from, GError **error)
{
  if (from && (!json_is_array (from) || json_array_size (from) != history->n)) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "%s: an array of %u numbers is expected, one per iteration",
                 names[column], history->n);
    return FALSE;
  }
  for (guint row = 0; row < history->n; row++) {
    double *to = &history->columns[column][row];
    *to = NAN;
    if (from && !number_from_json (json_array_get (from, row), to))
      return refuse (names[column], row, "a number, null, \"inf\" or \"-inf\"", error);
  }
  return TRUE;
}

static gboolean
check_keys (const json_t *from, GError **error)
{
  const char *key;
  json_t *item;
  json_object_foreach ((json_t *)from, key, item)
  {
    gboolean known = g_str_equal (key, "stride") || g_str_equal (key, "iteration");
    for (guint c = 0; c < ODL_N_COLUMNS; c++)
      known |= g_str_equal (key, names[c]);
    if (known)
      continue;
    g_set_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                 "%.80s: a history has no such column", key);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_shape (const json_t *from, GError **error)
{
  const json_t *stride = json_object_get (from, "stride"),
               *iterations = json_object_get (from, "iteration");
  const json_int_t n = json_integer_value (stride);
  if (!json_is_object (from) || !json_is_array (iterations)
      || json_array_size (iterations) > G_MAXINT) {
    g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                         "an object with an array “iteration” is expected");
    return FALSE;
  }
  if (!json_is_integer (stride) || n < 1 || n > G_GINT64_CONSTANT (1) << 62
      || (n & (n - 1)) != 0) {
    g_set_error_literal (error, ODL_ERROR, ODL_ERROR_UNREADABLE,
                         "stride: a power of two is expected");
    return FALSE;
  }
  return check_keys (from, error);
}

/* A history of more rows than fit here is thinned like one that has grown here. */
static OdlHistory *
shrink (OdlHistory *wide, guint capacity)
{
  OdlHistory *history = odl_history_new (capacity);
  double row[ODL_N_COLUMNS];
  history->stride = wide->stride;
  for (guint i = 0; i < wide->n; i++) {
    for (guint c = 0; c < ODL_N_COLUMNS; c++)
      row[c] = wide->columns[c][i];
    odl_history_add (history, wide->iteration[i], row);
  }
  odl_history_free (wide);
  return history;
}

gboolean
odl_history_load (OdlHistory *history, const json_t *from, GError **error)
{
  g_return_val_if_fail (history && from, FALSE);
  if (!check_shape (from, error))
    return FALSE;
  const json_t *iterations = json_object_get (from, "iteration");
  const guint n = (guint)json_array_size (iterations);
  g_autoptr (OdlHistory) fresh = odl_history_new (MAX (n, history->capacity));
  fresh->n = n;
  fresh->stride = (guint64)json_integer_value (json_object_get (from, "stride"));
  if (!load_iterations (fresh, iterations, error))
    return FALSE;
  for (guint c = 0; c < ODL_N_COLUMNS; c++)
    if (!load_column (fresh, c, json_object_get (from, names[c]), error))
      return FALSE;
  if (n > history->capacity)
    fresh = shrink (g_steal_pointer (&fresh), history->capacity);
  const OdlHistory old = *history;
  *history = *fresh;
  *fresh = old;
  return TRUE;
}
