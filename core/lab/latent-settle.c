/* When each part of the Latent panel's picture is made. SPDX-License-Identifier: MIT
 *
 * The encoder's answer comes first, in one piece and in a slice of its own, because a
 * hand is waiting for it.
 * Then what it is held against, and then refinement, which shows where it has come to
 * at the end of each slice while anybody looks. The steps of refinement are whole and
 * depend on the points alone, so where the slices fall changes nothing. */
#include <math.h>
#include "latent-state.h"

#define SHARE 0.1 /* of the time of training that pictures may take */

gboolean
odl_canvas_is_asked_for (const OdlTime *time)
{
  return time->interrupted != NULL && time->interrupted (time->data);
}

static gboolean
is_over (const OdlTime *time)
{
  return g_get_monotonic_time () >= time->deadline_us || odl_canvas_is_asked_for (time);
}

static gboolean
is_shown (const OdlCanvasLab *self, const char *layer)
{
  return odl_values_has_choice (self->values, "show", layer);
}

/* Whether a sheet is wanted and of other points, weights or settings. */
static gboolean
is_due (const OdlCanvasLab *self, OdlCanvasSheetKind kind)
{
  const OdlCanvasPiece *piece = &self->pieces[kind];
  const OdlCanvasKey *now = &self->now, *key = &piece->key;
  const gboolean wanted[ODL_N_SHEETS] = {
    [ODL_SHEET_AMORTISED] = now->refined == 0 || is_shown (self, "amortised"),
    [ODL_SHEET_REFINED] = now->refined > 0 && !odl_canvas_lab_refines (self),
    [ODL_SHEET_SCORES] = self->slate.known && isfinite (self->first),
    [ODL_SHEET_PROCESS] = is_shown (self, "process"),
    [ODL_SHEET_PRIOR] = is_shown (self, "prior"),
  };
  if (!wanted[kind])
    return FALSE;
  const gboolean refined = kind == ODL_SHEET_REFINED || kind == ODL_SHEET_SCORES;
  return piece->frame == NULL || key->points != now->points
         || key->weights != now->weights || key->view != now->view
         || (refined && key->refined != now->refined);
}

static gboolean
is_read (const OdlCanvasLab *self)
{
  return self->read.points == self->now.points
         && self->read.weights == self->now.weights;
}

gboolean
odl_canvas_lab_is_stale (const OdlCanvasLab *self)
{
  if (!is_read (self))
    return TRUE;
  if (self->n_readers == 0)
    return FALSE;
  for (guint kind = 0; kind < ODL_N_SHEETS; kind++)
    if (is_due (self, kind))
      return TRUE;
  return odl_canvas_lab_refines (self);
}

/* ---- Refinement ---- */

static void
refine_once (OdlCanvasLab *self)
{
  for (guint i = 0; i < self->n_readers; i++) {
    OdlCanvasReader *reader = &self->readers[i];
    const double *theta = odl_latent_study_theta (self->study);
    if (odl_latent_posterior_settled (reader->refined))
      continue;
    if (odl_latent_posterior_refined (reader->refined)) {
      odl_latent_posterior_walk (reader->refined, theta);
      continue;
    }
    const double bound = odl_latent_posterior_refine (reader->refined, theta);
    g_array_append_val (reader->bound, bound);
  }
  self->now.refined++;
}

/* At least one step; at the end of the slice the answer as it is then. */
static void
refine (OdlCanvasLab *self, const OdlTime *time)
{
  do
    refine_once (self);
  while (odl_canvas_lab_refines (self) && !is_over (time));
  const gboolean shown = self->watched || !odl_canvas_lab_refines (self);
  if (shown && odl_canvas_lab_answer (self, ODL_SHEET_REFINED, time))
    self->watched = FALSE;
}

/* ---- Settling ---- */

/* Makes one part; FALSE: it was interrupted. */
static gboolean
make (OdlCanvasLab *self, OdlCanvasSheetKind kind, const OdlTime *time)
{
  switch (kind) {
  case ODL_SHEET_AMORTISED:
  case ODL_SHEET_REFINED:
    return odl_canvas_lab_answer (self, kind, time);
  case ODL_SHEET_PROCESS:
    return odl_canvas_lab_process (self, time);
  case ODL_SHEET_PRIOR:
    odl_canvas_lab_prior (self);
    return TRUE;
  case ODL_SHEET_SCORES:
    odl_canvas_lab_scores (self);
    return TRUE;
  case ODL_N_SHEETS:
    break;
  }
  g_return_val_if_reached (TRUE);
}

gboolean
odl_latent_settle (gpointer data, const OdlTime *time)
{
  static const OdlCanvasSheetKind order[]
      = { ODL_SHEET_REFINED, ODL_SHEET_AMORTISED, ODL_SHEET_PRIOR, ODL_SHEET_PROCESS };
  OdlCanvasLab *self = data;
  odl_canvas_lab_open (self);
  if (!odl_canvas_lab_read (self))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    if (!is_due (self, order[i]))
      continue;
    const gboolean whole = make (self, order[i], time);
    if (!whole || order[i] <= ODL_SHEET_REFINED || is_over (time))
      return odl_canvas_lab_is_stale (self);
  }
  if (odl_canvas_lab_refines (self))
    refine (self, time);
  else if (is_due (self, ODL_SHEET_SCORES))
    make (self, ODL_SHEET_SCORES, time);
  return odl_canvas_lab_is_stale (self);
}

void
odl_canvas_lab_refresh (OdlCanvasLab *self, const OdlTime *time)
{
  const gint64 start = g_get_monotonic_time ();
  if (!self->watched || start < self->due_us || !odl_canvas_lab_read (self))
    return;
  if (is_due (self, ODL_SHEET_AMORTISED))
    odl_canvas_lab_answer (self, ODL_SHEET_AMORTISED, time);
  self->watched = FALSE;
  const gint64 now = g_get_monotonic_time ();
  self->due_us = now + (gint64)((double)(now - start) / SHARE);
}
