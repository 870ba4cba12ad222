/* One call of a verb: its options and arguments, parsed from a table, and how it reports.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <jansson.h>
#include "commands.h"

/* An option as data: the parser, --help and the message about unknown options read the same row. */
typedef struct {
  const char *name;     /* without the dashes */
  const char *argument; /* what follows it, "N", or NULL: a flag */
  const char *help;
  gboolean repeated;
} OdlOption;

typedef struct _OdlCall OdlCall;
typedef struct {
  const char *name;
  const char *arguments; /* "EXPERIMENT|FILE" as the usage line has it, "" for none */
  guint min_arguments, max_arguments;
  const char *about;
  const OdlOption *options; /* ended by a row without a name */
  int (*run) (OdlCall *call);
} OdlVerb;

struct _OdlCall {
  const OdlVerb *verb;
  gboolean json, quiet, help;
  guint threads;        /* 0: one per core */
  GPtrArray *arguments; /* of char*, without the options */
  GPtrArray *given;     /* of char*: option name, its argument, … in order */
  gint64 drawn_us;      /* when the progress bar was last drawn; 0: never */
  gint64 start_us;
};

/* argv without the program and the verb. NULL with an error (odl_error_is_invalid). */
OdlCall *odl_call_parse (const OdlVerb *verb, int argc, char **argv, GError **error);
void odl_call_free (OdlCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlCall, odl_call_free)

/* NULL: not there. Owned by the call. */
const char *odl_call_argument (const OdlCall *call, guint index);
/* NULL: not given; the last one when repeated. */
const char *odl_call_option (const OdlCall *call, const char *name);
/* Every one of a repeated option, NULL-terminated. Free the array only. */
const char **odl_call_options (const OdlCall *call, const char *name);
/* A whole number within a range; `fallback` when not given. */
gboolean odl_call_integer (const OdlCall *call, const char *name, gint64 min, gint64 max,
                           gint64 fallback, gint64 *number, GError **error);

void odl_call_print_help (const OdlVerb *verb);
/* One line `odelab: …` on stderr; the exit status that the error's code means. Takes the error. */
int odl_call_fail (GError *error);
/* A remark on stderr, unless --quiet. */
void odl_call_say (const OdlCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Prints and frees a document: one line, 17 digits. */
void odl_call_print_json (json_t *document);

/* A bar on stderr when that is a terminal and not --quiet: done of total, rate, time left. Drawn at most ten times a
 * second; `done` = total, or odl_call_progress_end, ends its line. */
void odl_call_progress (OdlCall *call, double done, double total, const char *unit);
void odl_call_progress_end (OdlCall *call);
