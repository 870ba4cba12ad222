/* odelab inspect: checks a session as opening it would, and says what is in it.
 * SPDX-License-Identifier: MIT
 *
 * Reading checks the document; then every experiment in it is made and loaded, because
 * only the experiment can tell whether its data and weights fit each other. Nothing is
 * computed. */
#include <stdio.h>

#include "service-session.h"
#include "verbs.h"

static int
inspect (OdlCall *call)
{
  GError *error = NULL;
  json_t *document = odl_service_check_session (odl_call_argument (call, 0), &error);
  if (!document)
    return odl_call_fail (error);
  if (call->json) {
    odl_call_print_json (document);
  } else {
    fputs (json_string_value (json_object_get (document, "description")), stdout);
    json_decref (document);
  }
  return ODL_EXIT_DONE;
}

static const OdlOption options[] = { { NULL } };

const OdlVerb odl_verb_inspect = {
  "inspect", "FILE.odelab", 1, 1, "Check a session and describe it", options, inspect,
};
