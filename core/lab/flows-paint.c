/* What hands do to the points: painting, erasing, reading a file.
 * SPDX-License-Identifier: MIT
 *
 * The first point painted on a drawn set makes that set the user's own, so that one can
 * add a stray point to the circles and watch. Along a stroke points keep a distance, or
 * a slow hand would leave a thousand. */
#include <math.h>
#include <string.h>
#include "base/status.h"
#include "flows-state.h"

#define SPACING 0.08 /* of a stroke's points */
#define REACH   0.12 /* of the eraser */
#define FAR     100.0

/* The points on the screen become the user's. */
static void
adopt (OdlFlows *self)
{
  if (self->data.kind < 0)
    return;
  odl_flows_own_clear (&self->own);
  odl_flows_own_init (&self->own);
  const OdlDataset *train = self->data.train;
  for (guint i = 0; i < train->n; i++)
    odl_flows_own_add (&self->own, train->x[i], train->x[train->n + i],
                       train->label[i]);
  odl_values_set_text (self->values, "data", "own", NULL);
}

static gboolean
check_place (const OdlFlows *self, const OdlAction *action, GError **error)
{
  if (self->data.flip) {
    g_set_error_literal (
        error, ODL_ERROR, ODL_ERROR_INVALID,
        "The flip is of the line: points can be painted on the sets of "
        "the plane.");
    return FALSE;
  }
  if (fabs (action->x) <= FAR && fabs (action->y) <= FAR)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "A point at (%g, %g) is not accepted: coordinates up to %g are.",
               action->x, action->y, FAR);
  return FALSE;
}

static gboolean
is_along_stroke (OdlFlows *self, const OdlAction *action)
{
  double dx = action->x - self->last_x, dy = action->y - self->last_y;
  gboolean first = action->phase == ODL_PHASE_BEGIN || isnan (self->last_x);
  if (!first && hypot (dx, dy) < SPACING)
    return FALSE;
  self->last_x = action->x;
  self->last_y = action->y;
  return TRUE;
}

static gboolean
add_point (OdlFlows *self, const OdlAction *action, int label, GError **error)
{
  if (label < 0 || label >= (int)ODL_FLOWS_MAX_CLASSES) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "Class %d is not accepted: 0 to %u are.", label,
                 ODL_FLOWS_MAX_CLASSES - 1);
    return FALSE;
  }
  if (!check_place (self, action, error))
    return FALSE;
  adopt (self);
  if (self->own.x->len >= ODL_FLOWS_MAX_OWN) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
                 "There are %u points already, which is the most that are kept.",
                 ODL_FLOWS_MAX_OWN);
    return FALSE;
  }
  odl_flows_own_add (&self->own, action->x, action->y, label);
  return TRUE;
}

static int
nearest (const OdlFlowsOwn *own, double x, double y)
{
  int best = -1;
  double least = REACH;
  for (guint i = 0; i < own->x->len; i++) {
    double distance = hypot (g_array_index (own->x, double, i) - x,
                             g_array_index (own->y, double, i) - y);
    if (distance <= least) {
      least = distance;
      best = (int)i;
    }
  }
  return best;
}

static gboolean
erase_point (OdlFlows *self, const OdlAction *action, GError **error)
{
  if (!check_place (self, action, error))
    return FALSE;
  adopt (self);
  int at = nearest (&self->own, action->x, action->y);
  if (at < 0)
    return TRUE;
  g_array_remove_index (self->own.x, (guint)at);
  g_array_remove_index (self->own.y, (guint)at);
  g_array_remove_index (self->own.label, (guint)at);
  return TRUE;
}

static gboolean
read_file (OdlFlows *self, const OdlAction *action, GError **error)
{
  if (action->text == NULL) {
    g_set_error_literal (error, ODL_ERROR, ODL_ERROR_INVALID,
                         "The file is empty: lines of x, y, class are accepted.");
    return FALSE;
  }
  if (!odl_flows_own_read (&self->own, action->text, error))
    return FALSE;
  odl_values_set_text (self->values, "data", "own", NULL);
  return TRUE;
}

static void
clear_points (OdlFlows *self)
{
  odl_flows_own_clear (&self->own);
  odl_flows_own_init (&self->own);
  odl_values_set_text (self->values, "data", "own", NULL);
}

static gboolean
change (OdlFlows *self, const OdlAction *action, GError **error)
{
  static const char *const classes[] = { "paint-a", "paint-b", "paint-c" };
  const char *kind = action->kind;
  if (g_str_equal (kind, "csv"))
    return read_file (self, action, error);
  if (g_str_equal (kind, "clear")) {
    clear_points (self);
    return TRUE;
  }
  if (!is_along_stroke (self, action))
    return TRUE;
  if (g_str_equal (kind, "erase") || action->shift)
    return erase_point (self, action, error);
  for (int i = 0; i < (int)G_N_ELEMENTS (classes); i++)
    if (g_str_equal (kind, classes[i]))
      return add_point (self, action, i, error);
  return add_point (self, action, MAX (action->index, 0), error);
}

/* All or nothing: a file that is refused leaves the points as they were. */
gboolean
odl_flows_paint (OdlFlows *self, const OdlAction *action, GError **error)
{
  OdlFlowsOwn before;
  odl_flows_own_copy (&before, &self->own);
  gboolean good = change (self, action, error) && odl_flows_apply (self, error);
  if (action->phase == ODL_PHASE_END)
    self->last_x = self->last_y = NAN;
  if (good) {
    odl_flows_own_clear (&before);
    return TRUE;
  }
  odl_flows_own_clear (&self->own);
  self->own = before;
  return FALSE;
}
