/* What the Solvers experiment computes, stage by stage.
 * SPDX-License-Identifier: MIT
 *
 * A change only marks the earliest stage it touches; settle goes on from there. The
 * first stages, the runs and the reference, take well under a frame for ordinary
 * problems, so a dragged start is answered at once: a call that has finished them ends
 * there. Times and ladders follow in later calls. What was computed for the earlier
 * settings stays on show until its successor is whole. Every solve can be interrupted;
 * the stage is then begun again after the command. */
#include "solvers-slab.h"
#include "solvers-state.h"

#include <math.h>

static gboolean
wants (const OdlSolvers *self, const char *plot)
{
  return odl_values_has_choice (self->values, "plots", plot);
}

static const OdlMethod **
chosen_methods (const OdlSolvers *self, guint *n)
{
  guint n_all;
  const OdlMethod *const *all = odl_methods (&n_all);
  const OdlMethod **chosen = g_new0 (const OdlMethod *, n_all + 1);
  *n = 0;
  for (guint i = 0; i < n_all; i++)
    if (odl_values_has_choice (self->values, "methods", all[i]->id))
      chosen[(*n)++] = all[i];
  return chosen;
}

/* One method is solved. FALSE: interrupted. */
static gboolean
run_next (OdlSolvers *self)
{
  guint n;
  g_autofree const OdlMethod **methods = chosen_methods (self, &n);
  if (self->at == 0) {
    g_array_set_size (self->fresh, 0);
    g_array_set_size (self->fresh, n);
    self->budget = odl_solvers_budget (&self->plan, methods, n);
  }
  if (self->at < n) {
    OdlContender *contender = odl_solvers_contender (self->fresh, self->at);
    contender->method = methods[self->at];
    g_clear_pointer (&contender->blocks, g_ptr_array_unref);
    contender->blocks = odl_slab_new ();
    if (!odl_solvers_run (self->problem, &self->plan, contender->method, self->budget,
                          contender->blocks, &contender->run))
      return FALSE;
  }
  if (++self->at >= n) {
    self->stage = ODL_STAGE_REFERENCE;
    self->at = 0;
  }
  return TRUE;
}

/* What was computed for the same method before stays until there is better. */
static void
inherit (OdlContender *to, GArray *from)
{
  for (guint i = 0; i < from->len; i++) {
    OdlContender *old = odl_solvers_contender (from, i);
    if (old->method != to->method)
      continue;
    to->region = g_steal_pointer (&old->region);
    to->run.fixed = old->run.fixed;
    to->run.adaptive_ladder = old->run.adaptive_ladder;
    to->run.seconds = old->run.seconds;
  }
}

/* The runs get their errors and take the place of the old ones. */
static gboolean
refer (OdlSolvers *self)
{
  guint n = self->fresh->len;
  g_autofree OdlSolverRun *runs = g_new (OdlSolverRun, n + 1);
  for (guint i = 0; i < n; i++)
    runs[i] = odl_solvers_contender (self->fresh, i)->run;
  OdlReference *reference = odl_reference_new (self->problem, &self->plan, runs, n);
  if (reference == NULL)
    return FALSE;
  g_clear_pointer (&self->reference, odl_reference_free);
  self->reference = reference;
  for (guint i = 0; i < n; i++) {
    OdlContender *contender = odl_solvers_contender (self->fresh, i);
    odl_reference_compare (reference, self->problem, contender->blocks,
                           &contender->run);
    inherit (contender, self->shown);
    odl_solvers_judge_step (self->problem, contender->method, &self->stability,
                            &contender->run);
  }
  GArray *old = self->shown;
  self->shown = self->fresh;
  self->fresh = old;
  g_array_set_size (self->fresh, 0);
  self->stage = ODL_STAGE_PORTRAIT;
  return TRUE;
}

/* Under a drag the picture behind stands still: neither field nor equilibria depend on
 * the start. */
static void
paint (OdlSolvers *self)
{
  self->stage = ODL_STAGE_STABILITY;
  if (self->dragging && self->portrait.blocks != NULL)
    return;
  guint n = self->shown->len;
  g_autofree OdlSolverRun *runs = g_new (OdlSolverRun, n + 1);
  for (guint i = 0; i < n; i++)
    runs[i] = odl_solvers_contender (self->shown, i)->run;
  odl_portrait_clear (&self->portrait);
  OdlPortrait axes = { .axis_x = self->axis_x,
                       .axis_y = self->axis_y,
                       .over_time = self->over_time };
  self->portrait = odl_portrait_frame (self->problem, axes, self->reference, runs, n);
  odl_portrait_fill (&self->portrait, self->problem, self->reference);
}

static void
find_stability (OdlSolvers *self)
{
  guint n;
  g_autofree const OdlMethod **methods = chosen_methods (self, &n);
  OdlSolversStability old = self->stability;
  self->stability = (OdlSolversStability){ 0 };
  odl_solvers_stability (self->problem, self->reference, &self->portrait, methods, n,
                         &self->stability);
  gboolean same = old.x0 == self->stability.x0 && old.x1 == self->stability.x1
                  && old.y1 == self->stability.y1;
  odl_solvers_stability_clear (&old);
  for (guint i = 0; i < self->shown->len; i++) {
    OdlContender *contender = odl_solvers_contender (self->shown, i);
    odl_solvers_judge_step (self->problem, contender->method, &self->stability,
                            &contender->run);
    if (!same)
      g_clear_pointer (&contender->region, g_free);
    if (contender->region != NULL || !wants (self, "stability")
        || !odl_solvers_has_region (contender->method))
      continue;
    contender->region = g_new (double, ODL_REGION_SIDE *ODL_REGION_SIDE);
    odl_solvers_fill_region (contender->method, &self->stability, contender->region);
  }
  self->stage = ODL_STAGE_TIMES;
  self->at = 0;
}

static void
advance (OdlSolvers *self, guint n)
{
  if (++self->at < n)
    return;
  self->stage++;
  self->at = 0;
}

/* The clock is read once per method; a run that takes long is timed once only. */
static gboolean
time_next (OdlSolvers *self)
{
  guint n = wants (self, "table") ? self->shown->len : 0;
  if (self->at < n) {
    OdlContender *contender = odl_solvers_contender (self->shown, self->at);
    double seconds = odl_solvers_seconds (self->problem, &self->plan, contender->method,
                                          self->budget);
    if (isnan (seconds))
      return FALSE;
    contender->run.seconds = seconds;
  }
  advance (self, n);
  return TRUE;
}

static double
error_floor (const OdlSolvers *self)
{
  double rounding = 3e-14 * self->reference->scale;
  return fmax (rounding, 10 * self->reference->uncertainty);
}

/* One rung of one method's ladder. FALSE: interrupted. */
static gboolean
climb (OdlSolvers *self, gboolean adaptive, gboolean wanted)
{
  guint n = wanted ? self->shown->len : 0;
  if (self->at >= n) {
    advance (self, n);
    return TRUE;
  }
  OdlContender *contender = odl_solvers_contender (self->shown, self->at);
  gboolean fits = adaptive ? odl_solvers_adapts (&self->plan, contender->method)
                           : contender->method->kind != ODL_METHOD_CVODE;
  OdlRung rung = fits ? odl_solvers_add_rung (
                     self->problem, &self->plan, contender->method, self->reference,
                     adaptive, contender->next_rung, &contender->climbing)
                      : ODL_RUNG_LAST;
  if (rung == ODL_RUNG_INTERRUPTED)
    return FALSE;
  contender->next_rung++;
  if (rung == ODL_RUNG_ADDED)
    return TRUE;
  odl_solvers_fit (&contender->climbing, error_floor (self));
  OdlLadder *into = adaptive ? &contender->run.adaptive_ladder : &contender->run.fixed;
  *into = contender->climbing;
  contender->climbing = (OdlLadder){ 0 };
  contender->next_rung = 0;
  advance (self, n);
  return TRUE;
}

static gboolean
go_on (OdlSolvers *self)
{
  switch (self->stage) {
  case ODL_STAGE_RUNS:
    return run_next (self);
  case ODL_STAGE_REFERENCE:
    return refer (self);
  case ODL_STAGE_PORTRAIT:
    paint (self);
    return TRUE;
  case ODL_STAGE_STABILITY:
    find_stability (self);
    return TRUE;
  case ODL_STAGE_TIMES:
    return time_next (self);
  case ODL_STAGE_CONVERGENCE:
    return climb (self, FALSE,
                  wants (self, "convergence")
                      || (self->plan.fixed && wants (self, "precision")));
  case ODL_STAGE_PRECISION:
    return climb (self, TRUE, wants (self, "precision"));
  case ODL_STAGE_DONE:
    break;
  }
  return FALSE;
}

gboolean
odl_solvers_settle (gpointer data, const OdlTime *time)
{
  OdlSolvers *self = data;
  self->plan.interrupted = time->interrupted;
  self->plan.interrupted_data = time->data;
  const gboolean answers = self->stage <= ODL_STAGE_STABILITY;
  while (self->stage != ODL_STAGE_DONE) {
    if (!go_on (self))
      break;
    if (answers && self->stage > ODL_STAGE_STABILITY)
      break;
    if (time->interrupted != NULL && time->interrupted (time->data))
      break;
    if (g_get_monotonic_time () >= time->deadline_us)
      break;
  }
  return self->stage != ODL_STAGE_DONE;
}
