/* Calls the real program, without a display, and hands back what it said.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef struct {
  int status; /* exit status; −1: ended by a signal */
  char *out, *err;
} Said;

/* The words of `line` as a shell would split them (quotes, no expansion); %s and %d as in printf. Never through a shell. */
Said call (const char *line, ...) G_GNUC_PRINTF (1, 2);
/* The same with no file allowed to grow beyond this many bytes: what a full disk looks like. */
Said call_limited (guint bytes, const char *line, ...) G_GNUC_PRINTF (2, 3);
void said_clear (Said *said);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Said, said_clear)

/* The exit status is `status`; if it is not 0, stderr is one line that begins with "odelab: "; with 2, nothing is on stdout. */
void check_exit (const Said *said, int status);
/* stdout as JSON; fails the test when it is not. */
json_t *read_json (const Said *said);
/* A folder for the files of this program, removed by remove_folder. */
char *make_folder (void);
void remove_folder (char *folder);
