/* The entry: a verb of the command line, or the window.
 * SPDX-License-Identifier: MIT */
#include "commands/commands.h"

int
main (int argc, char **argv)
{
  gboolean handled;
  int status = odl_command_main (argc, argv, &handled);
  return handled ? status : ODL_EXIT_WRONG_CALL;
}
