/* odelab new: a session with an experiment and its settings, ready to be opened.
 * SPDX-License-Identifier: MIT
 *
 * The settings are set through the experiment itself, so what is refused here is what
 * the window would refuse. */
#include "service.h"
#include "verbs.h"

static int
create (OdlCall *call)
{
  GError *error = NULL;
  const char *output = odl_call_option (call, "output");
  if (!output || !g_str_has_suffix (output, ".odelab")) {
    odl_error_set_invalid (&error, "new %s: --output FILE.odelab",
                           output ? "writes sessions only" : "lacks its output");
    return odl_call_fail (error);
  }
  g_autofree const char **settings = odl_call_options (call, "set");
  g_autoptr (OdlStand) stand
      = odl_stand_open (odl_call_argument (call, 0), (const char *const *)settings,
                        call->threads, &error);
  if (!stand || !odl_stand_save (stand, output, &error))
    return odl_call_fail (error);
  if (call->json)
    odl_call_print_json (json_pack ("{s:s}", "file", output));
  else
    odl_call_say (call, "wrote %s", output);
  return ODL_EXIT_DONE;
}

static const OdlOption options[] = {
  { "set", "KEY=VALUE", "a setting: odelab list settings EXPERIMENT", TRUE },
  { "output", "FILE", "the session to write, FILE.odelab" },
  { NULL },
};

const OdlVerb odl_verb_new = {
  "new", "EXPERIMENT", 1, 1, "Write a session with these settings", options, create,
};
