/* The Training experiment from inside. Shared by experiment-training.c and training-*.c only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-training.h"

/* What a person has done to a run, where it differs from what every run begins with. */
typedef struct {
  guint64 id;
  gboolean hidden, kept;
  gboolean removed;        /* out of sight, still in the book so that it can be undone */
  char *name, *was;        /* given by hand, and the name before; NULL: not renamed */
} OdlRunNote;

typedef struct {
  OdlValues *values;       /* the wrapper's */
  OdlRuns *runs;           /* the book */
  OdlRuns *own;            /* the book when none was given */
  GArray *notes;           /* of OdlRunNote, by id */
} OdlTraining;

#define ODL_TRAINING_N_SETTINGS 8
extern const OdlSetting odl_training_settings[ODL_TRAINING_N_SETTINGS];

/* training-notes.c. The note of a run, or NULL. */
const OdlRunNote *odl_training_note (const OdlTraining *self, guint64 id);
gboolean odl_training_is_hidden (const OdlTraining *self, guint64 id);
gboolean odl_training_is_removed (const OdlTraining *self, guint64 id);
/* A run that is there for the user; NULL: no such run, or removed. */
OdlRun *odl_training_run (const OdlTraining *self, guint64 id);
void odl_training_hide (OdlTraining *self, guint64 id, gboolean hidden);
void odl_training_keep (OdlTraining *self, guint64 id, gboolean kept);
void odl_training_rename (OdlTraining *self, guint64 id, const char *name);
void odl_training_remove (OdlTraining *self, guint64 id);
json_t *odl_training_save_notes (const OdlTraining *self);
gboolean odl_training_load_notes (OdlTraining *self, const json_t *from, GError **error);
void odl_training_note_clear (gpointer note);

/* training-curves.c. Fills the curves and the numbers of a run from its history, every `stride`-th row. */
void odl_training_curves (const OdlHistory *history, guint stride, double smoothing, GPtrArray *blocks, OdlTrainingRun *run);
void odl_training_numbers (const OdlHistory *history, OdlTrainingRun *run);

/* training-compare.c. `settings`: text of each run of the payload, lines "key=value". */
void odl_training_compare (OdlTrainingPayload *payload, const char *const *settings);

/* training-frame.c: the class's snapshot. */
OdlFrame *odl_training_snapshot (gpointer self);
