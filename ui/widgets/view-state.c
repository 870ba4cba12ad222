/* The view of a plot as JSON and back.
 * SPDX-License-Identifier: MIT
 *
 * Only what differs from a fresh view is written, so that an untouched plot leaves no
 * trace. Reading trusts nothing: numbers must be finite and ranges not empty. */
#include "view-state.h"

#include <math.h>

json_t *
odl_view_state_save (const OdlPlotView *view)
{
  g_return_val_if_fail (view != NULL, NULL);
  json_t *to = json_object ();
  if (view->zoomed)
    json_object_set_new (
        to, "range", json_pack ("[f,f,f,f]", view->x0, view->x1, view->y0, view->y1));
  if (view->log_x_flip)
    json_object_set_new (to, "log-x", json_true ());
  if (view->log_y_flip)
    json_object_set_new (to, "log-y", json_true ());
  if (view->yaw != 0 || view->pitch != 0 || (view->zoom3 != 0 && view->zoom3 != 1))
    json_object_set_new (to, "turn",
                         json_pack ("[f,f,f]", view->yaw, view->pitch, view->zoom3));
  if (view->hidden && g_hash_table_size (view->hidden) > 0) {
    json_t *names = json_array ();
    g_autoptr (GList) keys = g_hash_table_get_keys (view->hidden);
    keys = g_list_sort (keys, (GCompareFunc)g_strcmp0);
    for (GList *key = keys; key; key = key->next)
      json_array_append_new (names, json_string (key->data));
    json_object_set_new (to, "hidden", names);
  }
  return to;
}

static gboolean
read_numbers (const json_t *array, double *numbers, guint n)
{
  if (!json_is_array (array) || json_array_size (array) != n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const json_t *item = json_array_get (array, i);
    numbers[i] = json_number_value (item);
    if (!json_is_number (item) || !isfinite (numbers[i]))
      return FALSE;
  }
  return TRUE;
}

void
odl_view_state_load (OdlPlotView *view, const json_t *from)
{
  g_return_if_fail (view != NULL);
  double range[4], turn[3];
  size_t i;
  json_t *name;
  odl_plot_view_clear (view);
  if (read_numbers (json_object_get (from, "range"), range, 4) && range[0] < range[1]
      && range[2] < range[3]) {
    view->zoomed = TRUE;
    view->x0 = range[0];
    view->x1 = range[1];
    view->y0 = range[2];
    view->y1 = range[3];
  }
  view->log_x_flip = json_is_true (json_object_get (from, "log-x"));
  view->log_y_flip = json_is_true (json_object_get (from, "log-y"));
  if (read_numbers (json_object_get (from, "turn"), turn, 3)) {
    view->yaw = turn[0];
    view->pitch = turn[1];
    view->zoom3 = turn[2];
  }
  json_array_foreach (json_object_get (from, "hidden"), i, name)
  {
    if (json_is_string (name)
        && !odl_plot_view_is_hidden (view, json_string_value (name)))
      odl_plot_view_toggle (view, json_string_value (name));
  }
}
