/* The entry: a verb of the command line, or the window.
 * SPDX-License-Identifier: MIT */
#include "application.h"
#include "commands/commands.h"

int
main (int argc, char **argv)
{
  gboolean handled;
  int status = odl_command_main (argc, argv, &handled);
  return handled ? status : odl_application_main (argc, argv);
}
