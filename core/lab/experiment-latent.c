/* The Latent experiment: its class, and what a setting, an action and a reset change.
 * SPDX-License-Identifier: MIT
 *
 * Counters say what has changed: points, weights, or the view of the answer. Nothing is
 * computed here; settle and step look at the counters. A canvas that nobody has touched
 * follows the settings it was drawn from. */
#include "experiment-latent.h"

#include <math.h>
#include <string.h>
#include "base/status.h"
#include "latent-settings.h"
#include "latent-state.h"

static gint64
integer (const OdlCanvasLab *self, const char *key)
{
  return odl_values_integer (self->values, key);
}

/* ---- Settings ---- */

/* A family of the model's, or one of those with a channel. */
static OdlFamily
choose_family (const OdlCanvasLab *self)
{
  const char *model = odl_values_text (self->values, "family");
  OdlFamily family, some[ODL_N_FAMILIES];
  guint n = 0;
  if (odl_family_find (model, &family, NULL))
    return family;
  for (guint i = 0; i < ODL_N_FAMILIES; i++)
    if (odl_family_info (i)->channels == 1)
      some[n++] = i;
  OdlRandom random = odl_random ((guint64)integer (self, "series-seed"), 7);
  return some[odl_random_below (&random, n)];
}

static void
fill (OdlCanvasLab *self)
{
  const char *series = odl_values_text (self->values, "series");
  const guint64 seed = (guint64)integer (self, "series-seed");
  OdlFamily family;
  self->now.points++;
  self->slate.untouched = FALSE;
  if (g_str_equal (series, "own") || odl_slate_show (&self->slate, series, seed))
    return;
  if (!odl_family_find (series, &family, NULL))
    family = choose_family (self);
  odl_slate_draw (&self->slate, family, (guint)integer (self, "points"), seed);
}

static gboolean
set (gpointer data, guint setting, GError **error)
{
  static const char *const fillers[]
      = { "series", "points", "series-seed", "family", NULL };
  static const char *const readers[] = { "channels", "refine", NULL };
  static const char *const views[] = { "horizon", "samples", NULL };
  OdlCanvasLab *self = data;
  g_return_val_if_fail (setting == ODL_ALL_SETTINGS || setting < ODL_LATENT_N_SETTINGS,
                        FALSE);
  const gboolean all = setting == ODL_ALL_SETTINGS;
  const char *key = all ? "" : odl_latent_settings[setting].key;
  odl_canvas_lab_renew (self);
  if (g_str_equal (key, "series")
      || (self->slate.untouched && (all || g_strv_contains (fillers, key))))
    fill (self);
  else if (all || g_strv_contains (readers, key))
    self->now.points++;
  if (all || g_strv_contains (views, key))
    self->now.view++;
  return TRUE;
}

/* ---- Actions ---- */

static gboolean
observe (OdlCanvasLab *self, const OdlAction *action, GError **error)
{
  if (action->phase != ODL_PHASE_END)
    return TRUE;
  if (!action->shift)
    return odl_slate_add (&self->slate, action->x, action->y, action->index, error);
  const OdlSeriesScale scale = odl_canvas_lab_scale (self);
  const guint channel
      = (guint)CLAMP (action->index, 0, (int)ODL_CANVAS_MAX_CHANNELS - 1);
  const int place = odl_slate_nearest (
      &self->slate, action->x, action->y, channel,
      scale.span * odl_values_real (self->values, "horizon"), 2 * scale.scale[channel]);
  return place < 0 || odl_slate_remove (&self->slate, place, error);
}

static gboolean
move (OdlCanvasLab *self, const OdlAction *action, GError **error)
{
  if (action->phase == ODL_PHASE_BEGIN || self->dragged < 0)
    self->dragged = action->index; /* where it is until it is let go */
  const gboolean good
      = odl_slate_move (&self->slate, self->dragged, action->x, action->y, error);
  if (!good || action->phase == ODL_PHASE_END) {
    self->dragged = -1;
    odl_slate_sort (&self->slate);
  }
  self->axes.held = self->dragged >= 0;
  return good;
}

static gboolean
pull_edge (OdlCanvasLab *self, const OdlAction *action, GError **error)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  const OdlSeriesScale scale = odl_canvas_lab_scale (self);
  const double horizon = (action->x - scale.t0) / scale.span;
  self->axes.held = action->phase != ODL_PHASE_END;
  if (!isfinite (horizon))
    return TRUE;
  g_ascii_formatd (text, sizeof text, "%.6g",
                   CLAMP (horizon, 1, ODL_CANVAS_MAX_HORIZON));
  return odl_values_set_text (self->values, "horizon", text, error);
}

static gboolean
draw_another (OdlCanvasLab *self)
{
  char text[32];
  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT,
              (integer (self, "series-seed") + 1) % G_MAXINT32);
  odl_values_set_text (self->values, "series-seed", text, NULL);
  if (g_str_equal (odl_values_text (self->values, "series"), "own"))
    odl_values_set_text (self->values, "series", "model", NULL);
  fill (self);
  return TRUE;
}

static gboolean
clear_points (OdlCanvasLab *self)
{
  g_array_set_size (self->slate.points, 0);
  self->slate.known = self->slate.untouched = FALSE;
  return TRUE;
}

static gboolean
keep_series (OdlCanvasLab *self, GError **error)
{
  if (!odl_slate_keep (&self->slate, error))
    return FALSE;
  odl_canvas_lab_reset_series (self);
  return TRUE;
}

static gboolean
forget_series (OdlCanvasLab *self)
{
  g_ptr_array_set_size (self->slate.set, 0);
  odl_canvas_lab_reset_series (self);
  return TRUE;
}

/* A hand that went elsewhere holds nothing any more. */
static void
drop (OdlCanvasLab *self)
{
  self->dragged = -1;
  self->axes.held = FALSE;
}

static gboolean
change (OdlCanvasLab *self, const OdlAction *action, GError **error)
{
  const char *kind = action->kind;
  if (!g_str_equal (kind, "move") && !g_str_equal (kind, "edge"))
    drop (self);
  if (g_str_equal (kind, "observe"))
    return observe (self, action, error);
  if (g_str_equal (kind, "move"))
    return move (self, action, error);
  if (g_str_equal (kind, "remove"))
    return odl_slate_remove (&self->slate, action->index, error);
  if (g_str_equal (kind, "edge"))
    return pull_edge (self, action, error);
  if (g_str_equal (kind, "clear"))
    return clear_points (self);
  if (g_str_equal (kind, "random"))
    return draw_another (self);
  if (g_str_equal (kind, "csv"))
    return odl_slate_read (&self->slate, action->text, error);
  if (g_str_equal (kind, "keep"))
    return keep_series (self, error);
  if (g_str_equal (kind, "forget"))
    return forget_series (self);
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "action: “%.24s” is not known here; observe, move, remove, edge, clear, "
               "random, csv, keep and forget are accepted",
               kind);
  return FALSE;
}

static void
touch (OdlCanvasLab *self)
{
  self->now.points++;
  if (!self->slate.untouched)
    odl_values_set_text (self->values, "series", "own", NULL);
}

/* All or nothing: what is refused leaves the canvas as it was. */
static gboolean
act (gpointer data, const OdlAction *action, GError **error)
{
  OdlCanvasLab *self = data;
  OdlSlate before;
  odl_slate_copy (&before, &self->slate);
  const gboolean good = change (self, action, error);
  if (!good) {
    odl_slate_clear (&self->slate);
    self->slate = before;
    return FALSE;
  }
  if (g_str_equal (action->kind, "edge"))
    self->now.view++;
  else if (!odl_slate_same_points (&before, &self->slate))
    touch (self);
  odl_slate_clear (&before);
  return TRUE;
}

/* ---- Life ---- */

static void
reset (gpointer data)
{
  odl_canvas_lab_restart (data);
}

static void
destroy (gpointer data)
{
  OdlCanvasLab *self = data;
  odl_canvas_lab_forget (self);
  odl_latent_study_free (self->study);
  odl_slate_clear (&self->slate);
  g_free (self->recipe);
  g_free (self->trouble);
  g_free (self);
}

static gpointer
create (OdlValues *values, struct _OdlRuns *runs, GError **error)
{
  OdlCanvasLab *self = g_new0 (OdlCanvasLab, 1);
  self->values = values;
  self->runs = runs;
  self->dragged = -1;
  odl_slate_init (&self->slate);
  odl_canvas_lab_renew (self);
  fill (self);
  return self;
}

static const OdlImport import = { "csv", "Open a series…", ".csv .txt" };
static const OdlButton buttons[] = {
  { "random", "New random series",
    "Draws another series of the kind that is chosen, with a true curve to be judged "
    "by.",
    "Series", FALSE },
  { "clear", "Remove all points", "Leaves an empty canvas: the prior is shown.",
    "Series", FALSE },
  { "keep", "Keep for training",
    "Adds the series on the canvas to the own series that the model “Own series” "
    "learns "
    "from.",
    "Model", FALSE },
  { "forget", "Forget own series", "Empties the set of own series.", "Model", FALSE },
  { NULL },
};

const OdlExperimentClass odl_experiment_latent = {
  .id = "latent",
  .title = "Latent",
  .about
  = "A latent ODE reads the points of an irregular series and answers with a curve "
    "and honest bands, between the points and beyond them.",
  .settings = odl_latent_settings,
  .n_settings = ODL_LATENT_N_SETTINGS,
  .saves_weights = TRUE,
  .create = create,
  .set = set,
  .act = act,
  .settle = odl_latent_settle,
  .step = odl_latent_step,
  .reset = reset,
  .snapshot = odl_latent_snapshot,
  .save = odl_latent_save,
  .load = odl_latent_load,
  .destroy = destroy,
  .import = &import,
  .buttons = buttons,
};
