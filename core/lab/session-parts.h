/* Steps of reading and writing a session, apart so that tests can reach them. Inside of session*.c.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <jansson.h>

/* A migration makes a document of version `from` one of version from + 1, in place. */
typedef struct {
  guint from;
  gboolean (*migrate) (json_t *session, GError **error);
} OdlMigration;
/* Brings a document to `target` by the table's steps and sets its version. Newer ones, and those that no step leads on from, are
 * refused; steps may be NULL when n is 0. */
gboolean odl_session_migrate (json_t *session, const OdlMigration *steps, guint n, guint target,
                              GError **error);
/* Bounds of size, depth and number of values, before anything is parsed. The error names line and column. */
gboolean odl_session_scan (const char *text, gsize length, GError **error);
