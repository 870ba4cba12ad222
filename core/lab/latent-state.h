/* The Latent experiment from inside: what is kept between commands. Shared by experiment-latent.c and latent-*.c only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-latent.h"
#include "history.h"
#include "latent-slate.h"
#include "model/latent-posterior.h"
#include "model/latent-study.h"

#define ODL_CANVAS_FIRST       64u  /* samples of the encoder's answer, for which a hand waits */
#define ODL_CANVAS_SAMPLES     128u /* of a refined one */
#define ODL_CANVAS_MAX_USED    400u /* times of a series that a posterior rests on */
#define ODL_CANVAS_MAX_ENCODED 120u /* of these, times that the encoder looks at */
#define ODL_CANVAS_MAX_HORIZON 3.0  /* spans */

/* A posterior at work: of all channels together, or of one. */
typedef struct {
  guint first, n_channels; /* of the canvas */
  OdlSeries *series;       /* inner, thinned, with the channels of the model */
  OdlLatentPosterior *amortised, *refined;
  GArray *bound;           /* double: before each step of refinement */
} OdlCanvasReader;

/* A part of the picture: computed when it is out of date, shared with frames as a frame of its own. */
typedef enum {
  ODL_SHEET_AMORTISED, /* the answer at once */
  ODL_SHEET_REFINED,   /* the answer after some steps of refinement */
  ODL_SHEET_SCORES,    /* how the present answer does on unseen points */
  ODL_SHEET_PROCESS,   /* the Gaussian process */
  ODL_SHEET_PRIOR,
  ODL_N_SHEETS
} OdlCanvasSheetKind;

/* What a sheet was made from. */
typedef struct {
  guint64 points, weights, view, refined;
} OdlCanvasKey;

/* Times and arrays of a sheet; only the members it is about are there. */
typedef struct {
  GPtrArray *blocks;
  double t0, span, edge, first, last;
  guint n_grid, n_channels, n_readings;
  double *t;
  OdlCanvasChannel channels[ODL_CANVAS_MAX_CHANNELS];
  OdlCanvasReading readings[ODL_CANVAS_MAX_CHANNELS];
} OdlCanvasSheet;

typedef struct {
  OdlFrame *frame; /* payload: OdlCanvasSheet; NULL: none yet */
  OdlCanvasKey key;
} OdlCanvasPiece;

/* Axes that do not run away under a hand, nor tremble while an answer is refined. */
typedef struct {
  guint64 points;  /* whose axes they are */
  gboolean held;   /* something is being dragged */
  double end, low[ODL_CANVAS_MAX_CHANNELS], high[ODL_CANVAS_MAX_CHANNELS];
} OdlCanvasAxes;

typedef struct {
  OdlValues *values; /* the wrapper's */
  OdlRuns *runs;
  OdlSlate slate;
  int dragged;       /* place of the point under the hand; −1: none */
  /* The model. */
  OdlLatentStudy *study; /* NULL: not made yet, for that takes a while */
  char *recipe;      /* texts of the settings that made it */
  gboolean shipped;  /* it began at shipped weights */
  gboolean gentle;   /* it learns at a rate for weights that are good already */
  gboolean given;    /* it began at weights of a session */
  char *trouble;     /* why there is no answer, or NULL */
  double seconds;    /* of training, pauses left out */
  guint64 run;       /* in the book; 0: not begun */
  /* The answer. */
  OdlCanvasKey now;  /* counters of what answers are made from */
  OdlCanvasKey read; /* what the readers have read */
  OdlSeriesScale scale;
  double first, last; /* of the observations; NaN: none */
  OdlCanvasReader readers[ODL_CANVAS_MAX_CHANNELS];
  guint n_readers, n_channels;
  OdlLatentPosterior *prior;
  OdlCanvasPiece pieces[ODL_N_SHEETS];
  gboolean watched;  /* a frame has been taken since the last answer */
  gint64 due_us;     /* while training: no answer before */
  OdlCanvasAxes axes;
} OdlCanvasLab;

/* latent-answer.c: posteriors and what they predict. */
/* What inner times and values are of the points that are there now. */
OdlSeriesScale odl_canvas_lab_scale (const OdlCanvasLab *self);
/* Takes the points in if they or the model have changed; FALSE: there is no answer, `trouble` says why. */
gboolean odl_canvas_lab_read (OdlCanvasLab *self);
void odl_canvas_lab_forget (OdlCanvasLab *self);
/* FALSE: nothing to refine. */
gboolean odl_canvas_lab_refines (const OdlCanvasLab *self);
/* A refined answer gives way to whoever waits for this thread: FALSE, and the sheet is as it was. The encoder's, for which
 * somebody waits, does not. */
gboolean odl_canvas_lab_answer (OdlCanvasLab *self, OdlCanvasSheetKind kind, const OdlTime *time);
OdlCanvasSheet *odl_canvas_sheet_new (const OdlCanvasLab *self);
void odl_canvas_sheet_free (gpointer sheet);
gpointer odl_canvas_sheet_keep (OdlCanvasSheet *sheet, gpointer block);
void odl_canvas_lab_put (OdlCanvasLab *self, OdlCanvasSheetKind kind, OdlCanvasSheet *sheet);
/* Inner times of the grid. Free it. */
double *odl_canvas_lab_grid (const OdlCanvasLab *self);

/* The posterior that answers: refined, or as the encoder gave it. */
OdlLatentPosterior *odl_canvas_reader_posterior (const OdlCanvasLab *self, const OdlCanvasReader *reader);
/* Inner times of a channel of a reader, counted from the reader's first. */
typedef struct {
  guint channel, n;
  const double *inner;
} OdlCanvasTimes;
/* Mean and the ends of the bands, 2.5 %, 25 %, 75 % and 97.5 %, in the user's units, of a posterior that has been sampled so far. */
void odl_canvas_lab_predict (const OdlCanvasLab *self, const OdlCanvasReader *reader, const OdlCanvasTimes *times, double *const columns[5]);

/* latent-referee.c: what answers are held against. FALSE: interrupted. */
gboolean odl_canvas_lab_process (OdlCanvasLab *self, const OdlTime *time);
void odl_canvas_lab_prior (OdlCanvasLab *self);
void odl_canvas_lab_scores (OdlCanvasLab *self);

/* latent-settle.c */
/* Somebody waits for this thread. */
gboolean odl_canvas_is_asked_for (const OdlTime *time);
gboolean odl_latent_settle (gpointer self, const OdlTime *time);
/* While training: an answer by the present weights, when frames are being taken and it is due. */
void odl_canvas_lab_refresh (OdlCanvasLab *self, const OdlTime *time);
gboolean odl_canvas_lab_is_stale (const OdlCanvasLab *self);

/* latent-learn.c */
/* Drops the model when settings that make it have changed. */
void odl_canvas_lab_renew (OdlCanvasLab *self);
/* The model is there afterwards; FALSE: it cannot be, `trouble` says why. */
gboolean odl_canvas_lab_open (OdlCanvasLab *self);
/* A model of the settings; shape NULL: that of its recipe. */
OdlLatentStudy *odl_canvas_lab_study (OdlCanvasLab *self, const OdlLatentShape *shape, gboolean gentle, GError **error);
void odl_canvas_lab_adopt (OdlCanvasLab *self, OdlLatentStudy *study, gboolean gentle);
/* It holds more than its settings say. */
gboolean odl_canvas_lab_has_learned (const OdlCanvasLab *self);
/* Back to the weights of the beginning. */
void odl_canvas_lab_restart (OdlCanvasLab *self);
/* The set of own series has changed: what was learned stays. */
void odl_canvas_lab_reset_series (OdlCanvasLab *self);
gboolean odl_latent_step (gpointer self, const OdlTime *time, gboolean many, GError **error);

/* latent-frame.c, latent-words.c */
OdlFrame *odl_latent_snapshot (gpointer self);
char *odl_canvas_sentence (const OdlLatentPayload *payload);

/* latent-save.c */
json_t *odl_latent_save (gpointer self, guint parts);
gboolean odl_latent_load (gpointer self, const json_t *from, guint parts, GError **error);
