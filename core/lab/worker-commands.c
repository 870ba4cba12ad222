/* The queue of commands.
 * SPDX-License-Identifier: MIT
 *
 * Order is kept. A value of a slider or of a text, and an update of a drag, take the
 * place of the command before them when that is of the same kind and for the same
 * thing, for then the earlier one was only on the way to the later: the end is the same
 * and nothing piles up behind a slow worker. Choices and switches are never replaced,
 * since each is a change of its own that can be undone, nor are strokes, of which every
 * point matters. Commands for other experiments may lie between, as those do not touch
 * this one; a save or a load may not. */
#include "worker-commands.h"

#define LOOK_BACK 16u /* commands of other experiments to look past */

OdlCommand *
odl_command_new (OdlCommandKind kind, guint experiment)
{
  OdlCommand *command = g_new0 (OdlCommand, 1);
  command->kind = kind;
  command->experiment = experiment;
  return command;
}

OdlCommand *
odl_command_new_set (guint experiment, guint setting, const OdlValue *value)
{
  guint n;
  const OdlExperimentClass *klass = odl_experiments (&n)[experiment];
  g_return_val_if_fail (setting < klass->n_settings, NULL);
  g_return_val_if_fail (klass->settings[setting].kind == value->kind, NULL);
  OdlCommand *command = odl_command_new (ODL_COMMAND_SET, experiment);
  command->setting = setting;
  odl_value_copy (&command->value, value);
  return command;
}

void
odl_command_free (OdlCommand *command)
{
  if (command == NULL)
    return;
  if (command->kind == ODL_COMMAND_SET)
    odl_value_clear (&command->value);
  if (command->sets)
    g_array_unref (command->sets);
  g_free (command->action.text);
  json_decref (command->document);
  g_free (command);
}

static void
clear_assignment (gpointer data)
{
  odl_value_clear (&((OdlAssignment *)data)->value);
}

GArray *
odl_assignments_copy (const OdlAssignment *sets, guint n)
{
  GArray *copies = g_array_new (FALSE, FALSE, sizeof (OdlAssignment));
  g_array_set_clear_func (copies, clear_assignment);
  for (guint i = 0; i < n; i++) {
    OdlAssignment copy = { .setting = sets[i].setting };
    odl_value_copy (&copy.value, &sets[i].value);
    g_array_append_val (copies, copy);
  }
  return copies;
}

static void
free_command (gpointer data)
{
  odl_command_free (data);
}

void
odl_commands_init (OdlCommands *commands)
{
  g_return_if_fail (commands);
  commands->list = g_ptr_array_new_with_free_func (free_command);
  commands->posted = 0;
}

void
odl_commands_clear (OdlCommands *commands)
{
  g_return_if_fail (commands);
  g_clear_pointer (&commands->list, g_ptr_array_unref);
}

/* The last command waiting for this experiment, or −1. */
static int
last_of (const OdlCommands *commands, guint experiment)
{
  const guint n = commands->list->len;
  for (guint back = 1; back <= MIN (n, LOOK_BACK); back++) {
    const OdlCommand *other = g_ptr_array_index (commands->list, n - back);
    if (other->kind == ODL_COMMAND_SAVE || other->kind == ODL_COMMAND_LOAD)
      return -1;
    if (other->experiment == experiment)
      return (int)(n - back);
  }
  return -1;
}

static gboolean
is_stroke (const OdlCommand *command)
{
  guint n;
  const OdlExperimentClass *klass = odl_experiments (&n)[command->experiment];
  return klass->strokes && g_strv_contains (klass->strokes, command->action.kind);
}

gboolean
odl_command_is_passing (const OdlCommand *command)
{
  g_return_val_if_fail (command, FALSE);
  return (command->kind == ODL_COMMAND_SET
          && odl_setting_is_stream (command->value.kind))
         || (command->kind == ODL_COMMAND_ACT
             && command->action.phase == ODL_PHASE_UPDATE);
}

/* Whether `older` was only on the way to `newer`. */
static gboolean
replaces (const OdlCommand *newer, const OdlCommand *older)
{
  if (newer->kind != older->kind || !odl_command_is_passing (newer)
      || !odl_command_is_passing (older))
    return FALSE;
  if (newer->kind == ODL_COMMAND_SET)
    return newer->setting == older->setting;
  return newer->action.index == older->action.index
         && g_str_equal (newer->action.kind, older->action.kind) && !is_stroke (newer);
}

guint64
odl_commands_post (OdlCommands *commands, OdlCommand *command)
{
  g_return_val_if_fail (commands && command, 0);
  command->number = ++commands->posted;
  const int last = last_of (commands, command->experiment);
  if (last >= 0 && replaces (command, g_ptr_array_index (commands->list, last)))
    g_ptr_array_remove_index (commands->list, (guint)last);
  g_ptr_array_add (commands->list, command);
  return command->number;
}

void
odl_commands_take (OdlCommands *commands, GPtrArray **into)
{
  g_return_if_fail (commands && into && (*into)->len == 0);
  GPtrArray *empty = *into;
  *into = commands->list;
  commands->list = empty;
}
