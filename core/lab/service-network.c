/* Reads a network's weights, checking every shape, and builds its field.
 * SPDX-License-Identifier: MIT */
#include "service-network.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/numbers.h"
#include "base/status.h"
#include "graph/graph.h"

#define MAX_BYTES (16u << 20)
#define MAX_WIDTH 4096

/* rows × columns numbers from [[…], …]. */
static gboolean
read_matrix (const json_t *root, const char *name, guint rows, guint columns,
             double *to, GError **error)
{
  const json_t *matrix = json_object_get (root, name);
  if (json_array_size (matrix) != rows)
    return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                             "%s: %u rows of %u numbers are accepted", name, rows,
                             columns);
  for (guint i = 0; i < rows; i++) {
    g_autofree char *place = g_strdup_printf ("%s[%u]", name, i);
    if (!odl_numbers_from_json (json_array_get (matrix, i), place,
                                to + (gsize)i * columns, columns, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_weights (OdlNetworkFile *n, const json_t *root, GError **error)
{
  const json_t *first = json_object_get (root, "W1");
  n->hidden = json_array_size (first);
  n->dim = json_array_size (json_array_get (first, 0));
  if (n->hidden == 0 || n->dim == 0 || n->hidden > MAX_WIDTH || n->dim > MAX_WIDTH)
    return odl_error_refuse (
        error, ODL_ERROR_UNREADABLE,
        "W1: a matrix of 1 to %d rows (hidden) and 1 to %d columns (h) "
        "is accepted",
        MAX_WIDTH, MAX_WIDTH);
  const guint d = n->dim, m = n->hidden;
  n->n_theta = m * d + m + d * m + d;
  n->theta = g_new0 (double, n->n_theta);
  double *b1 = n->theta + m * d, *w2 = b1 + m, *b2 = w2 + d * m;
  return read_matrix (root, "W1", m, d, n->theta, error)
         && odl_numbers_from_json (json_object_get (root, "b1"), "b1", b1, m, error)
         && read_matrix (root, "W2", d, m, w2, error)
         && odl_numbers_from_json (json_object_get (root, "b2"), "b2", b2, d, error);
}

/* A misspelt or a third layer would be left out unnoticed. */
static gboolean
check_names (json_t *root, GError **error)
{
  const char *name;
  json_t *value;
  json_object_foreach (
      root, name,
      value) if (strcmp (name, "W1") != 0 && strcmp (name, "b1") != 0
                 && strcmp (name, "W2") != 0
                 && strcmp (name, "b2")
                        != 0) return odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                                                       "there is a “%.40s”: W1, b1, W2 "
                                                       "and b2 are accepted",
                                                       name);
  return TRUE;
}

/* At most MAX_BYTES, for the file may be a pipe or a device that never ends. */
static char *
read_text (const char *path, gsize *size, GError **error)
{
  FILE *file = fopen (path, "r");
  g_autofree char *text = g_malloc (MAX_BYTES + 1);
  errno = file ? 0 : errno;
  *size = file ? fread (text, 1, MAX_BYTES + 1, file) : 0;
  const int problem = !file || ferror (file) ? errno : 0;
  if (file)
    fclose (file);
  if (problem)
    odl_error_refuse (error, ODL_ERROR_UNREADABLE, "%s: cannot be read: %s", path,
                      g_strerror (problem));
  else if (*size > MAX_BYTES)
    odl_error_refuse (error, ODL_ERROR_UNREADABLE,
                      "%s is too large: at most %u MB are accepted", path,
                      MAX_BYTES >> 20);
  return problem || *size > MAX_BYTES ? NULL : g_steal_pointer (&text);
}

OdlNetworkFile *
odl_network_file_read (const char *path, GError **error)
{
  g_return_val_if_fail (path, NULL);
  g_autoptr (OdlNetworkFile) network = g_new0 (OdlNetworkFile, 1);
  g_autofree char *text = NULL;
  gsize size;
  json_error_t where;
  if (!(text = read_text (path, &size, error)))
    return NULL;
  json_t *root = json_loadb (text, size, JSON_REJECT_DUPLICATES, &where);
  gboolean ok = root != NULL;
  if (!ok)
    odl_error_refuse (
        error, ODL_ERROR_UNREADABLE,
        "%s: line %d, column %d: %s: a JSON object with W1, b1, W2 and b2 is "
        "accepted",
        path, where.line, where.column, where.text);
  else if (!(ok = check_names (root, error) && read_weights (network, root, error)))
    g_prefix_error (error, "%s: ", path);
  json_decref (root);
  return ok ? g_steal_pointer (&network) : NULL;
}

void
odl_network_file_free (OdlNetworkFile *network)
{
  if (!network)
    return;
  g_free (network->theta);
  g_free (network);
}

OdlGraph *
odl_network_file_graph (const OdlNetworkFile *n)
{
  g_return_val_if_fail (n, NULL);
  const guint d = n->dim, m = n->hidden;
  OdlGraph *g = odl_graph_new ();
  odl_graph_input (g, "t", 1);
  const OdlNode h = odl_graph_input (g, "y", d);
  const OdlNode inner = odl_graph_binary (g, ODL_OP_ADD, odl_graph_linear (g, 0, m, h),
                                          odl_graph_theta (g, m * d, m));
  const OdlNode z = odl_graph_unary (g, ODL_OP_TANH, inner);
  const OdlNode dy
      = odl_graph_binary (g, ODL_OP_ADD, odl_graph_linear (g, m * d + m, d, z),
                          odl_graph_theta (g, m * d + m + d * m, d));
  odl_graph_output (g, "dy", dy);
  return g;
}

static json_t *
matrix_to_json (const double *from, guint rows, guint columns)
{
  json_t *to = json_array ();
  for (guint i = 0; i < rows; i++)
    json_array_append_new (to,
                           odl_numbers_to_json (from + (gsize)i * columns, columns));
  return to;
}

json_t *
odl_network_file_shape (const OdlNetworkFile *n, const double *vector)
{
  g_return_val_if_fail (n && vector, NULL);
  const guint d = n->dim, m = n->hidden;
  const double *b1 = vector + m * d, *w2 = b1 + m, *b2 = w2 + d * m;
  return json_pack ("{s:o, s:o, s:o, s:o}", "W1", matrix_to_json (vector, m, d), "b1",
                    odl_numbers_to_json (b1, m), "W2", matrix_to_json (w2, d, m), "b2",
                    odl_numbers_to_json (b2, d));
}
