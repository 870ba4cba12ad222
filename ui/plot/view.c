/* What a person did to the view of a plot.
 * SPDX-License-Identifier: MIT */
#include <string.h>

#include "plot/draw.h"

void
odl_plot_view_clear (OdlPlotView *view)
{
  g_return_if_fail (view != NULL);
  g_clear_pointer (&view->hidden, g_hash_table_unref);
  memset (view, 0, sizeof *view);
}

gboolean
odl_plot_view_is_hidden (const OdlPlotView *view, const char *series)
{
  return view != NULL && view->hidden != NULL && series != NULL
         && g_hash_table_contains (view->hidden, series);
}

void
odl_plot_view_toggle (OdlPlotView *view, const char *series)
{
  g_return_if_fail (view != NULL && series != NULL);
  if (view->hidden == NULL)
    view->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!g_hash_table_remove (view->hidden, series))
    g_hash_table_add (view->hidden, g_strdup (series));
}
