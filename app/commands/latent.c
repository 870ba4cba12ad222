/* odelab latent: a file of points, answered with a curve and bands.
 * SPDX-License-Identifier: MIT
 *
 * The words go to the core as they were typed; here only the options are named and the
 * answer is printed. */
#include <stdio.h>

#include "service-latent.h"
#include "verbs.h"

static int
latent (OdlCall *call)
{
  const OdlLatentRequest request = {
    .file = odl_call_argument (call, 0),
    .session = odl_call_option (call, "session"),
    .at = odl_call_option (call, "at"),
    .points = odl_call_option (call, "points"),
    .threads = call->threads,
  };
  GError *error = NULL;
  g_autoptr (OdlLatentAnswer) answer = odl_service_latent (&request, &error);
  if (!answer)
    return odl_call_fail (error);
  if (answer->remark)
    odl_call_say (call, "%s", answer->remark);
  if (call->json) {
    odl_call_print_json (odl_latent_answer_to_json (answer));
    return ODL_EXIT_DONE;
  }
  g_autofree char *csv = odl_latent_answer_to_csv (answer);
  fputs (csv, stdout);
  return ODL_EXIT_DONE;
}

static const OdlOption options[] = {
  { "session", "FILE", "whose model answers; the shipped mixed one when not given" },
  { "at", "T,T,…", "rows at these times, also beyond the last observation" },
  { "points", "N",
    "rows at N even times from the first observation to the last; 100 when not given" },
  { NULL },
};

const OdlVerb odl_verb_latent = {
  "latent",
  "FILE.csv",
  1,
  1,
  "Curve and bands through the points of an irregular series",
  options,
  latent,
};
