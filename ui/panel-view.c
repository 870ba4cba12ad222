/* The view of a panel: saving, loading, and undoing what was done to it.
 * SPDX-License-Identifier: MIT
 *
 * The experiment has its own undo, in the worker. Changes of the view are kept here,
 * each with the depth that the experiment's undo had at that moment; so the two stacks
 * merge into one order: a change of the view is undone when the experiment's undo
 * stands at its depth, and everything deeper was done later and goes first. */
#include "panel-inside.h"

#include <math.h>

#define MAX_MOMENTS 100

static void
moment_free (gpointer data)
{
  OdlViewMoment *moment = data;
  json_decref (moment->views);
  g_free (moment);
}

static OdlViewMoment *
moment_now (OdlPanel *panel, guint64 depth)
{
  OdlViewMoment *moment = g_new0 (OdlViewMoment, 1);
  moment->depth = depth;
  moment->views = odl_plot_page_save (ODL_PLOT_PAGE (panel->page));
  return moment;
}

void
odl_panel_note_view (OdlPanel *panel)
{
  /* A command that is not answered yet will have deepened the undo. */
  guint64 depth = panel->frame ? panel->frame->undo_depth : 0;
  if (panel->frame && panel->frame->command < panel->sent)
    depth++;
  g_queue_push_head (&panel->view_undo, moment_now (panel, depth));
  if (panel->view_undo.length > MAX_MOMENTS)
    moment_free (g_queue_pop_tail (&panel->view_undo));
  odl_panel_forget_view (panel, TRUE);
  g_signal_emit_by_name (panel, "changed");
}

void
odl_panel_forget_view (OdlPanel *panel, gboolean redo_only)
{
  g_queue_clear_full (&panel->view_redo, moment_free);
  if (!redo_only)
    g_queue_clear_full (&panel->view_undo, moment_free);
}

/* Puts back the newest of `from` and leaves the present on `to`. */
static void
swap_view (OdlPanel *panel, GQueue *from, GQueue *to)
{
  OdlViewMoment *moment = g_queue_pop_head (from);
  g_queue_push_head (to, moment_now (panel, moment->depth));
  odl_plot_page_load (ODL_PLOT_PAGE (panel->page), moment->views);
  moment_free (moment);
  g_signal_emit_by_name (panel, "changed");
}

gboolean
odl_panel_can_undo (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), FALSE);
  return panel->view_undo.length > 0 || (panel->frame && panel->frame->can_undo);
}

gboolean
odl_panel_can_redo (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), FALSE);
  return panel->view_redo.length > 0 || (panel->frame && panel->frame->can_redo);
}

void
odl_panel_undo (OdlPanel *panel)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  const OdlViewMoment *top = g_queue_peek_head (&panel->view_undo);
  guint64 depth = panel->frame ? panel->frame->undo_depth : 0;
  gboolean more = panel->frame && panel->frame->can_undo;
  if (top && (top->depth >= depth || !more))
    swap_view (panel, &panel->view_undo, &panel->view_redo);
  else if (more)
    odl_panel_posted (panel, odl_worker_undo (panel->worker, panel->experiment));
}

void
odl_panel_redo (OdlPanel *panel)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  const OdlViewMoment *top = g_queue_peek_head (&panel->view_redo);
  guint64 depth = panel->frame ? panel->frame->undo_depth : 0;
  gboolean more = panel->frame && panel->frame->can_redo;
  if (top && (top->depth <= depth || !more))
    swap_view (panel, &panel->view_redo, &panel->view_undo);
  else if (more)
    odl_panel_posted (panel, odl_worker_redo (panel->worker, panel->experiment));
}

json_t *
odl_panel_save_view (OdlPanel *panel)
{
  g_return_val_if_fail (ODL_IS_PANEL (panel), NULL);
  json_t *to = json_object ();
  json_t *plots = odl_plot_page_save (ODL_PLOT_PAGE (panel->page));
  if (isfinite (panel->scrub))
    json_object_set_new (to, "scrub", json_real (panel->scrub));
  if (json_object_size (plots) > 0)
    json_object_set (to, "plots", plots);
  json_decref (plots);
  return to;
}

void
odl_panel_load_view (OdlPanel *panel, const json_t *from)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  const json_t *scrub = json_object_get (from, "scrub");
  double at = json_is_number (scrub) ? json_number_value (scrub) : NAN;
  odl_panel_play (panel, FALSE);
  odl_panel_forget_view (panel, FALSE);
  odl_plot_page_load (ODL_PLOT_PAGE (panel->page), json_object_get (from, "plots"));
  odl_panel_scrub (panel, isfinite (at) ? at : NAN);
  g_signal_emit_by_name (panel, "changed");
}

void
odl_panel_fit (OdlPanel *panel)
{
  g_return_if_fail (ODL_IS_PANEL (panel));
  OdlPlotPage *page = ODL_PLOT_PAGE (panel->page);
  odl_panel_note_view (panel);
  for (guint i = 0; i < odl_plot_page_n_areas (page); i++) {
    OdlPlotArea *area = odl_plot_page_area (page, i);
    OdlPlotView *view = odl_plot_area_get_view (area);
    view->zoomed = FALSE;
    view->yaw = view->pitch = view->zoom3 = 0;
    odl_plot_area_view_changed (area);
  }
}
