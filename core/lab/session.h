/* A session file: one JSON document, checked wholly before anything is touched, written atomically with one backup.
 * SPDX-License-Identifier: MIT
 *
 * {"format": "odelab-session", "version": 1, "program": "odelab 0.1.0", "experiments": [ … experiment.h … ],
 *  "runs": { … history.h … }, "view": { … ui's own … }, "origin": "path"}
 * Format, version and experiments must be there; nothing else than these may. Each experiment is there at most once; one that
 * is not there has its defaults. "origin" is in files of recovery only (session-recovery.h). resources/session.schema.json says
 * the same to other programs. */
#pragma once

#include <glib.h>
#include <jansson.h>

#define ODL_SESSION_FORMAT     "odelab-session"
#define ODL_SESSION_VERSION    1
#define ODL_SESSION_MAX_BYTES  (64u << 20)
#define ODL_SESSION_MAX_VALUES (2u << 20)   /* numbers, texts, … in a document: bounds memory and time */
#define ODL_SESSION_MAX_DEPTH  64u

/* A document with an empty array of experiments. */
json_t *odl_session_new (void);
/* Writes to `path`: temporary file beside it, fsync, rename; the file that stood there becomes `path~`. A link is followed. On
 * failure the old file is whole and error says why. */
gboolean odl_session_write (const json_t *session, const char *path, GError **error);
/* Reads, migrates and checks. The error names file, place and reason. */
json_t *odl_session_read (const char *path, GError **error);
json_t *odl_session_parse (const char *text, gsize length, const char *name, GError **error);
/* Structure, known experiments, settings of the right kinds, runs; all numbers finite. What an experiment's data and state may be
 * only the experiment can say, when it loads them. */
gboolean odl_session_check (const json_t *session, GError **error);
/* What is in it, for `odelab inspect`: lines of text. Free it. */
char *odl_session_describe (const json_t *session);
