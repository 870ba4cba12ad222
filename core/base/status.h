/* How numerical work ends: statuses, and the error domain for what a person can mend.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* X (id, message for a person). Numbers cause these; they are results, never aborts. */
#define ODL_STATUSES(X)                                                                  \
  X (DONE, "done")                                                                       \
  X (STOPPED, "stopped before the end")                                                  \
  X (NON_FINITE, "the field or the state is not finite")                                 \
  X (STEP_TOO_SMALL, "the step fell below the spacing of floating-point t")              \
  X (BUDGET_SPENT, "the limit of steps was reached")                                     \
  X (LIKELY_STIFF, "the problem looks stiff: the step is held down by stability")        \
  X (SOLVER_FAILED, "the implicit solver did not converge")

typedef enum {
#define X(id, message) ODL_STATUS_##id,
  ODL_STATUSES (X)
#undef X
  ODL_N_STATUSES
} OdlStatus;

/* The message of a status, for a person. Static. */
const char *odl_status_message (OdlStatus status);

/* What a user or a file can cause. */
#define ODL_ERROR (odl_error_quark ())
GQuark odl_error_quark (void);
typedef enum {
  ODL_ERROR_INVALID,    /* a value that is not acceptable: exit 2 on the command line */
  ODL_ERROR_FAILED,     /* the work itself failed: exit 1 */
  ODL_ERROR_UNREADABLE, /* a file that cannot be read, written or understood: exit 1 */
} OdlErrorCode;
/* Sets the error and returns FALSE, so that a check can end with it. */
gboolean odl_error_refuse (GError **error, OdlErrorCode code, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The same for a file: "place: what is expected is expected". */
gboolean odl_error_expect (GError **error, const char *place, const char *expected);
