/* One experiment on the worker's hands.
 * SPDX-License-Identifier: MIT
 *
 * Work has an order: what follows from settings is settled first, then come single
 * iterations that were asked for, then the run. A single iteration that a command has
 * cut short is not counted, and is begun again after that command; whether it was
 * complete is told by the number of iterations, not by the clock.
 *
 * An error stays until the same setting (or, for an action, another action) is
 * accepted, or the experiment goes to another state altogether. Anything else that is
 * accepted clears it too, but only when a frame with it has been taken: what nobody has
 * read is not lost. */
#include "worker-desk.h"

#include "session.h"

#define RATE_WINDOW_US 400000
#define CATCH_UP_US    100000 /* a limited run that was held up runs no longer after */

void
odl_desk_open (OdlDesk *desk, OdlExperiment *experiment)
{
  g_return_if_fail (desk && experiment && desk->experiment == NULL);
  desk->experiment = experiment;
  desk->unsettled = desk->dirty = desk->urgent = desk->stale = TRUE;
}

static void
clear_error (OdlDesk *desk)
{
  g_clear_pointer (&desk->error, g_free);
  g_clear_pointer (&desk->error_key, g_free);
  desk->error_seen = FALSE;
}

void
odl_desk_close (OdlDesk *desk)
{
  g_return_if_fail (desk);
  clear_error (desk);
  g_clear_pointer (&desk->experiment, odl_experiment_free);
}

/* Takes the error. */
static void
keep_error (OdlDesk *desk, const char *key, GError *error)
{
  clear_error (desk);
  desk->error_key = g_strdup (key);
  desk->error = g_strdup (error ? error->message : "this is not acceptable");
  g_clear_error (&error);
}

/* Something was accepted for `key` (NULL: an action). */
static void
forgive (OdlDesk *desk, const char *key)
{
  if (desk->error && (desk->error_seen || !g_strcmp0 (desk->error_key, key)))
    clear_error (desk);
}

static void
stop (OdlDesk *desk)
{
  desk->running = FALSE;
  desk->steps = 0;
  desk->rate = 0;
  desk->rate_us = 0;
  desk->unsettled = desk->dirty = desk->urgent = TRUE;
}

static void
start (OdlDesk *desk)
{
  desk->running = TRUE;
  desk->next_us = 0;
}

static void
set (OdlDesk *desk, const OdlCommand *command)
{
  GError *error = NULL;
  const char *key
      = odl_experiment_values (desk->experiment)->settings[command->setting].key;
  if (odl_experiment_set (desk->experiment, command->setting, &command->value, &error))
    forgive (desk, key);
  else
    keep_error (desk, key, error);
  desk->unsettled = TRUE;
}

static void
set_many (OdlDesk *desk, const OdlCommand *command)
{
  GError *error = NULL;
  guint refused = 0;
  const OdlValues *values = odl_experiment_values (desk->experiment);
  if (odl_experiment_set_many (desk->experiment,
                               (const OdlAssignment *)command->sets->data,
                               command->sets->len, &refused, &error))
    clear_error (desk);
  else
    keep_error (desk, values->settings[refused].key, error);
  desk->unsettled = TRUE;
}

static void
act (OdlDesk *desk, const OdlCommand *command)
{
  GError *error = NULL;
  if (odl_experiment_act (desk->experiment, &command->action, &error))
    forgive (desk, NULL);
  else
    keep_error (desk, NULL, error);
  desk->unsettled = TRUE;
}

static void
reset (OdlDesk *desk)
{
  stop (desk);
  odl_experiment_reset (desk->experiment);
  clear_error (desk);
}

static void
travel (OdlDesk *desk, gboolean (*go) (OdlExperiment *))
{
  if (!go (desk->experiment))
    return;
  clear_error (desk);
  desk->unsettled = TRUE;
}

void
odl_desk_obey (OdlDesk *desk, const OdlCommand *command)
{
  g_return_if_fail (desk && command);
  switch (command->kind) {
  case ODL_COMMAND_SET:
    set (desk, command);
    break;
  case ODL_COMMAND_SET_MANY:
    set_many (desk, command);
    break;
  case ODL_COMMAND_ACT:
    act (desk, command);
    break;
  case ODL_COMMAND_RUN:
    forgive (desk, NULL);
    command->run ? start (desk) : stop (desk);
    break;
  case ODL_COMMAND_SPEED:
    desk->speed = command->speed;
    desk->next_us = 0;
    break;
  case ODL_COMMAND_STEP:
    forgive (desk, NULL);
    desk->steps++;
    break;
  case ODL_COMMAND_RESET:
    reset (desk);
    break;
  case ODL_COMMAND_UNDO:
    travel (desk, odl_experiment_undo);
    break;
  case ODL_COMMAND_REDO:
    travel (desk, odl_experiment_redo);
    break;
  case ODL_COMMAND_SHOW:
    break;
  case ODL_COMMAND_SAVE:
  case ODL_COMMAND_LOAD:
    g_return_if_reached ();
  }
  desk->command = command->number;
  desk->dirty = desk->urgent = TRUE;
}

gint64
odl_desk_due (const OdlDesk *desk)
{
  g_return_val_if_fail (desk, G_MAXINT64);
  if (desk->unsettled || desk->steps > 0)
    return 0;
  if (!desk->running)
    return G_MAXINT64;
  return desk->speed > 0 ? desk->next_us : 0;
}

static guint64
count_iterations (OdlDesk *desk)
{
  if (desk->stale) {
    g_autoptr (OdlFrame) frame = odl_experiment_snapshot (desk->experiment);
    desk->iteration = frame->iteration;
    desk->stale = FALSE;
  }
  return desk->iteration;
}

/* One call of the experiment's step. TRUE: there was nothing against it. */
static gboolean
iterate (OdlDesk *desk, const OdlTime *time, gboolean many)
{
  GError *error = NULL;
  const gboolean more = odl_experiment_step (desk->experiment, time, many, &error);
  desk->stale = desk->dirty = TRUE;
  if (more && !error)
    return TRUE;
  stop (desk);
  if (error)
    keep_error (desk, NULL, error);
  return FALSE;
}

/* Exactly one iteration, or none when a command came between. Whoever has told the
 * iteration to return still says so now. */
static gboolean
iterate_once (OdlDesk *desk, const OdlTime *time)
{
  const guint64 before = count_iterations (desk);
  if (!iterate (desk, time, FALSE))
    return FALSE;
  return !time->interrupted (time->data) || count_iterations (desk) > before;
}

static void
iterate_slowly (OdlDesk *desk, const OdlTime *time)
{
  const gint64 now = g_get_monotonic_time ();
  if (!iterate_once (desk, time) || !desk->running)
    return;
  const gint64 earliest = now - CATCH_UP_US;
  desk->next_us = MAX (desk->next_us, earliest) + (gint64)(1e6 / desk->speed);
}

void
odl_desk_work (OdlDesk *desk, const OdlTime *time)
{
  g_return_if_fail (desk && time && time->interrupted);
  if (desk->unsettled) {
    desk->unsettled = odl_experiment_settle (desk->experiment, time);
    desk->dirty = TRUE;
    desk->urgent |= !desk->unsettled;
  } else if (desk->steps > 0) {
    const gboolean done = iterate_once (desk, time);
    desk->steps -= done && desk->steps > 0;
    desk->unsettled |= done && desk->steps == 0;
    desk->urgent = TRUE;
  } else if (desk->speed > 0) {
    iterate_slowly (desk, time);
  } else {
    iterate (desk, time, TRUE);
  }
}

static void
measure_rate (OdlDesk *desk, gint64 now)
{
  if (!desk->running)
    return;
  if (desk->rate_us == 0 || desk->iteration < desk->rate_iteration) {
    desk->rate_us = now;
    desk->rate_iteration = desk->iteration;
    return;
  }
  const double seconds = (double)(now - desk->rate_us) * 1e-6;
  if (seconds > 0 && (desk->rate == 0 || seconds * 1e6 >= RATE_WINDOW_US))
    desk->rate = (double)(desk->iteration - desk->rate_iteration) / seconds;
  if (seconds * 1e6 >= RATE_WINDOW_US)
    desk->rate_us = 0;
}

OdlFrame *
odl_desk_snapshot (OdlDesk *desk)
{
  g_return_val_if_fail (desk, NULL);
  const gint64 before = g_get_monotonic_time ();
  OdlFrame *frame = odl_experiment_snapshot (desk->experiment);
  desk->iteration = frame->iteration;
  desk->stale = desk->dirty = desk->urgent = FALSE;
  measure_rate (desk, before);
  frame->command = desk->command;
  frame->running = desk->running;
  frame->busy = desk->running || desk->unsettled || desk->steps > 0;
  frame->rate = desk->rate;
  if (desk->error) {
    g_free (frame->error_key);
    g_free (frame->error);
    frame->error_key = g_strdup (desk->error_key);
    frame->error = g_strdup (desk->error);
  }
  desk->published_us = g_get_monotonic_time ();
  desk->cost_us = desk->published_us - before;
  return frame;
}

json_t *
odl_desks_save (OdlDesk *desks, guint n, const OdlRuns *runs)
{
  g_return_val_if_fail (desks && runs, NULL);
  json_t *session = odl_session_new (), *list = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (list, odl_experiment_save (desks[i].experiment));
  json_object_set_new (session, "experiments", list);
  json_object_set_new (session, "runs", odl_runs_save (runs));
  return session;
}
