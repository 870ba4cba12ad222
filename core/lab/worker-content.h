/* What all desks hold, made anew: experiments and their book of runs, from the defaults or from a document. Inside of the worker.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment.h"
#include "history.h"

typedef struct {
  guint n;
  OdlRuns *runs;
  OdlExperiment **experiments;   /* n, in the order of the registry */
} OdlContent;
/* Fills zeroed content with the defaults. */
gboolean odl_content_make (OdlContent *content, GError **error);
/* Reads a session into fresh content; after an error it is only good for being cleared. The error names the place. */
gboolean odl_content_read (OdlContent *content, const json_t *document, GError **error);
/* Frees what has not been stolen. */
void odl_content_clear (OdlContent *content);
