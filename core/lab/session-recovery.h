/* Recovery: unsaved work is put aside while a program runs, and found again after a crash.
 * SPDX-License-Identifier: MIT
 *
 * A folder (of the user's state) has for every running program NAME.odelab, its unsaved work, beside NAME.lock, which the program
 * holds locked while it lives. The system lets go of the lock however the program ends, so work whose lock is free was left
 * behind by a crash. */
#pragma once

#include "session.h"

typedef struct _OdlRecovery OdlRecovery;
/* Makes the folder if it is not there and takes a name in it. The error says why not; the program can do without. */
OdlRecovery *odl_recovery_open (const char *folder, GError **error);
/* Puts `session` aside in place of what was. origin: the file it was opened from or saved to, or NULL: it has none yet. Modifies
 * neither. */
gboolean odl_recovery_put (OdlRecovery *recovery, const json_t *session, const char *origin, GError **error);
/* Nothing is unsaved: forgets what was put aside. */
void odl_recovery_forget (OdlRecovery *recovery);
/* Ends in order: forgets, and gives the name back. */
void odl_recovery_close (OdlRecovery *recovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlRecovery, odl_recovery_close)

/* What a program that is no more has left. */
typedef struct {
  char *path;        /* a session that odl_session_read reads (its "origin" says the same as below) */
  char *origin;      /* the file it is unsaved work of, or NULL */
  gint64 time;       /* of the last put, seconds since 1970 */
} OdlLost;
void odl_lost_free (OdlLost *lost);
/* Newest first, of OdlLost; files that cannot be read are not among them. Takes them over: until this program ends or crashes
 * itself no other finds them. */
GPtrArray *odl_recovery_find (OdlRecovery *recovery);
/* It was opened, or is not wanted: removes the file. */
void odl_recovery_drop (OdlRecovery *recovery, const OdlLost *lost);
