/* Undo and redo of an experiment: what the user set and made, as it was before each gesture.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment.h"

#define ODL_UNDO_MAX_ENTRIES 200u
#define ODL_UNDO_MAX_BYTES   (16u << 20)

/* Settings and data of one moment. */
typedef struct {
  OdlValues *values;
  char *data;       /* save (ODL_SAVE_DATA) as compact JSON text */
  gsize bytes;      /* about what it takes */
} OdlMoment;
OdlMoment *odl_moment_new (const OdlExperimentClass *klass, gpointer self, const OdlValues *values);
void odl_moment_free (OdlMoment *moment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlMoment, odl_moment_free)
gboolean odl_moment_equal (const OdlMoment *a, const OdlMoment *b);
/* The data again as JSON. */
json_t *odl_moment_data (const OdlMoment *moment);

/* A bounded stack: when it is full the oldest moment goes. */
typedef struct {
  GQueue moments;   /* newest at the head */
  gsize bytes;
} OdlMoments;
void odl_moments_push (OdlMoments *moments, OdlMoment *moment);   /* takes it */
OdlMoment *odl_moments_pop (OdlMoments *moments);                 /* NULL: empty */
void odl_moments_clear (OdlMoments *moments);
