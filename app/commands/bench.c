/* odelab bench: how fast this machine solves.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "service-bench.h"
#include "verbs.h"

static gboolean
on_progress (gpointer data, double done, double total)
{
  odl_call_progress (data, done, total, "rows");
  return TRUE;
}

static int
bench (OdlCall *call)
{
  GError *error = NULL;
  g_autofree const char **names = g_new0 (const char *, call->arguments->len + 1);
  for (guint i = 0; i < call->arguments->len; i++)
    names[i] = odl_call_argument (call, i);
  json_t *rows = odl_service_bench (names, call->threads, on_progress, call, &error),
         *row;
  odl_call_progress_end (call);
  if (!rows)
    return odl_call_fail (error);
  if (call->json) {
    odl_call_print_json (rows);
    return ODL_EXIT_DONE;
  }
  size_t i;
  json_array_foreach (rows, i, row) printf (
      "%-22s %10.4g  %-14s %s\n", json_string_value (json_object_get (row, "name")),
      json_real_value (json_object_get (row, "value")),
      json_string_value (json_object_get (row, "unit")),
      json_string_value (json_object_get (row, "title")));
  json_decref (rows);
  return ODL_EXIT_DONE;
}

static const OdlOption options[] = { { NULL } };

const OdlVerb odl_verb_bench = {
  "bench", "[NAME…]", 0, 64, "Measure how fast this machine solves", options, bench,
};
