/* An irregular series from a file, answered with a curve and bands.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "service.h"

/* Everything as a person typed it; NULL where nothing was given. */
typedef struct {
  const char *file;      /* a CSV: time, value … */
  const char *session;   /* whose model answers; the shipped mixed one */
  const char *at;        /* rows at these times, … */
  const char *points;    /* … or at that many even ones from the first observation to the last (100) */
  guint threads;
} OdlLatentRequest;

typedef struct {
  guint n, n_channels;
  char **names;          /* of time and channels, NULL-terminated */
  double *t;             /* n */
  double *mean, *lower50, *upper50, *lower95, *upper95;   /* n × n_channels, row-major, in the units of the file */
  char *status;          /* "settled", or "amortised" where the session's settings leave refinement out */
  char *remark;          /* what a person should know: "5000 values, of which the answer rests on 400", or NULL */
} OdlLatentAnswer;

/* NULL: the request is not acceptable, a file cannot be read, or there is no model for it. */
OdlLatentAnswer *odl_service_latent (const OdlLatentRequest *request, GError **error);
void odl_latent_answer_free (OdlLatentAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLatentAnswer, odl_latent_answer_free)
/* Lists of numbers, of lists of numbers where there are several channels. */
json_t *odl_latent_answer_to_json (const OdlLatentAnswer *answer);
/* A head line and a row per time, 17 digits; columns of a channel are headed by its name where there are several. Free it. */
char *odl_latent_answer_to_csv (const OdlLatentAnswer *answer);
