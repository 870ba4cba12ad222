/* A frame: an immutable, reference-counted snapshot of an experiment. The only thing that crosses threads.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "setting.h"

typedef enum { ODL_SEVERITY_INFO, ODL_SEVERITY_WARNING, ODL_SEVERITY_ERROR } OdlSeverity;

/* A live parameter: one slider. */
typedef struct {
  char *name;
  double value, min, max, fallback;
} OdlParameter;

typedef struct _OdlFrame OdlFrame;
struct _OdlFrame {
  gatomicrefcount refs;
  const struct _OdlExperimentClass *klass;
  /* Filled by the worker. */
  guint64 command, serial;      /* last command obeyed; number of this frame */
  gboolean running, can_undo, can_redo;
  gboolean busy;                /* running, or work that follows from settings is not done yet */
  guint64 undo_depth;           /* gestures done and not undone: says what the view's own undo comes before and after */
  double rate;                  /* iterations a second while running, 0 otherwise */
  OdlValues *values;            /* a copy, of the moment of the snapshot */
  /* Filled by the experiment's snapshot. */
  guint64 iteration;
  double progress;              /* 0…1, or NaN: not known */
  gboolean can_run;             /* there is something to run, step or play */
  OdlSeverity severity;
  char *status;                 /* a sentence: what is going on; never NULL once published */
  char *error_key, *error;      /* the setting whose value is not acceptable and why, or NULL */
  OdlParameter *parameters;     /* sliders of the PARAMETERS setting */
  guint n_parameters;
  double scrub_min, scrub_max;  /* range of the transport's scrubber; equal: there is none */
  char *scrub_label;            /* "depth t", "iteration", … or NULL */
  gpointer payload;             /* what experiment-<name>.h says; const once published */
  GDestroyNotify free_payload;
};

OdlFrame *odl_frame_new (gpointer payload, GDestroyNotify free_payload);
OdlFrame *odl_frame_ref (const OdlFrame *frame);
void odl_frame_unref (const OdlFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlFrame, odl_frame_unref)
