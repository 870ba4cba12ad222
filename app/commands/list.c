/* odelab list: what there is to choose from, as aligned columns or as JSON.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "service-list.h"
#include "verbs.h"

/* The columns after id and title: whichever of these the rows have. */
static const char *const columns[]
    = { "equations", "order", "channels", "kind", "default", "about", "help" };

/* On one line, whatever the text has. */
static void
print_cell (const json_t *cell)
{
  if (json_is_integer (cell)) {
    printf ("  %-5" JSON_INTEGER_FORMAT, json_integer_value (cell));
    return;
  }
  g_auto (GStrv) lines = g_strsplit (json_string_value (cell), "\n", -1);
  g_autofree char *text = g_strjoinv ("; ", lines);
  printf ("  %s", text);
}

static void
print_rows (const json_t *rows)
{
  glong id = 0, title = 0;
  size_t i;
  const json_t *row;
  json_array_foreach (rows, i, row)
  {
    id = MAX (id, g_utf8_strlen (json_string_value (json_object_get (row, "id")), -1));
    title = MAX (
        title, g_utf8_strlen (json_string_value (json_object_get (row, "title")), -1));
  }
  json_array_foreach (rows, i, row)
  {
    const char *a = json_string_value (json_object_get (row, "id")),
               *b = json_string_value (json_object_get (row, "title"));
    printf ("%s%*s  %s%*s", a, (int)(id - g_utf8_strlen (a, -1)), "", b,
            (int)(title - g_utf8_strlen (b, -1)), "");
    for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
      if (json_object_get (row, columns[c]))
        print_cell (json_object_get (row, columns[c]));
    putchar ('\n');
  }
}

static int
list (OdlCall *call)
{
  GError *error = NULL;
  json_t *rows = odl_service_list (odl_call_argument (call, 0),
                                   odl_call_argument (call, 1), &error);
  if (!rows)
    return odl_call_fail (error);
  if (call->json) {
    odl_call_print_json (rows);
  } else {
    print_rows (rows);
    json_decref (rows);
  }
  return ODL_EXIT_DONE;
}

static const OdlOption options[] = { { NULL } };

const OdlVerb odl_verb_list = {
  "list",
  "systems|methods|gradients|datasets|experiments|settings EXPERIMENT",
  1,
  2,
  "List what there is to choose from",
  options,
  list,
};
