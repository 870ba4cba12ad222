/* A session file: one JSON document, checked wholly before anything is touched, written atomically with one backup.
 * SPDX-License-Identifier: MIT
 *
 * {"format": "odelab-session", "version": 1, "program": "…", "experiments": [ … experiment.h … ], "view": { … ui's own … }} */
#pragma once

#include <glib.h>
#include <jansson.h>

#define ODL_SESSION_VERSION 1
#define ODL_SESSION_MAX_BYTES (64u << 20)

/* A document without experiments or view. */
json_t *odl_session_new (void);
/* Writes to `path`: temporary file beside it, fsync, rename; the file that stood there becomes `path~`. On failure the old
 * file is whole and error says why. */
gboolean odl_session_write (const json_t *session, const char *path, GError **error);
/* Reads, migrates and checks. The error names file, place and reason. */
json_t *odl_session_read (const char *path, GError **error);
json_t *odl_session_parse (const char *text, gsize length, const char *name, GError **error);
/* Structure, known experiments, settings of the right kinds, all numbers finite. */
gboolean odl_session_check (const json_t *session, GError **error);
/* What is in it, for `odelab inspect`: lines of text. */
char *odl_session_describe (const json_t *session);
