/* The command line: verbs that compute, draw into files and print, and never touch a display.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* How a command ends. */
enum { ODL_EXIT_DONE = 0, ODL_EXIT_FAILED = 1, ODL_EXIT_WRONG_CALL = 2 };

/* Runs the verb that argv[1] names, or answers --help and --version, and returns the exit status. *handled is FALSE,
 * and nothing has happened, when the arguments ask for the window. Data go to stdout, all else to stderr. */
int odl_command_main (int argc, char **argv, gboolean *handled);
