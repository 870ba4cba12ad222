/* Commands on their way to the worker: numbered, in order, with what only the newest matters of replaced. Inside of the worker;
 * no locks here, the worker holds its own.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment.h"

typedef enum {
  ODL_COMMAND_SET,
  ODL_COMMAND_SET_MANY,
  ODL_COMMAND_ACT,
  ODL_COMMAND_RUN,
  ODL_COMMAND_SPEED,
  ODL_COMMAND_STEP,
  ODL_COMMAND_RESET,
  ODL_COMMAND_UNDO,
  ODL_COMMAND_REDO,
  ODL_COMMAND_SHOW,
  ODL_COMMAND_SAVE,
  ODL_COMMAND_LOAD,
} OdlCommandKind;

typedef struct {
  OdlCommandKind kind;
  guint64 number;
  guint experiment;     /* none for SAVE and LOAD */
  guint setting;        /* SET */
  OdlValue value;       /* SET */
  GArray *sets;         /* SET_MANY: of OdlAssignment */
  OdlAction action;     /* ACT; owns its text */
  gboolean run;         /* RUN */
  double speed;         /* SPEED: iterations a second, 0: as many as there are */
  json_t *document;     /* LOAD: a reference, or NULL */
} OdlCommand;
OdlCommand *odl_command_new (OdlCommandKind kind, guint experiment);
/* SET, with a copy of the value. */
OdlCommand *odl_command_new_set (guint experiment, guint setting, const OdlValue *value);
void odl_command_free (OdlCommand *command);
/* A copy for SET_MANY. */
GArray *odl_assignments_copy (const OdlAssignment *sets, guint n);
/* A value of a slider or a text, or a place of a drag: more of them may come. */
gboolean odl_command_is_passing (const OdlCommand *command);

typedef struct {
  GPtrArray *list;      /* of OdlCommand */
  guint64 posted;       /* number of the last one */
} OdlCommands;
void odl_commands_init (OdlCommands *commands);
void odl_commands_clear (OdlCommands *commands);
/* Takes the command and numbers it; returns the number. */
guint64 odl_commands_post (OdlCommands *commands, OdlCommand *command);
/* Hands over what was posted since: `into` must be empty and gets the commands. */
void odl_commands_take (OdlCommands *commands, GPtrArray **into);
