/* A tile on its way from t0 to t1, attempt after attempt, each lane by its own steps.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "base/status.h"
#include "gradient/gradient.h"
#include "gradient/stages.h"

/* All that decides how the march goes on: a flat block, so that a copy of it is a
 * checkpoint. Rows are width wide. */
typedef struct {
  double *y;             /* rows */
  double *t, *h;         /* where a lane is and the step it tries; finished: h = 0 */
  double *left;          /* 1: on its way; 0: finished */
  double *last, *before; /* logarithms of the errors of its last two steps */
  double *repeated;      /* 1: its last attempt was refused */
  double *bad;           /* attempts in a row that were not finite. Equal steps: the
                          * first counts the steps behind it */
} OdlMarch;
gsize odl_march_size (guint rows, guint width);
OdlMarch odl_march_at (guint rows, guint width, double *block);

typedef struct _OdlRoute OdlRoute;
/* A step of all lanes from m->y at t by m->h, into route->y1. */
typedef void (*OdlStepMap) (OdlRoute *route, const OdlMarch *m, const double *t);

/* What stays the same on the way, and what is counted. Arrays by lane of the tile. */
struct _OdlRoute {
  const OdlStages *stages;
  const OdlGradientOptions *options;
  guint rows;      /* of a state; the first dim of them are where f is evaluated */
  OdlStepMap step; /* NULL: the explicit method, rows = dim */
  guint step_cost; /* its evaluations */
  OdlStageTile tile;
  const double *t0, *t1;
  guint lanes;          /* of the width, those that are real */
  double *y1, *e, *e2; /* rows each: the attempt's result, work */
  double *verdict;     /* ODL_VERDICT_ROWS: how it is judged */
  OdlRecord record;    /* of the attempt */
  OdlRecord other;     /* a second one, for steps that run the stages twice */
  gboolean has_first;   /* stage 0 of the record is that of the present state; an
                         * attempt uses this up */
  guint refused;       /* lanes, by the last attempt */
  OdlStatus *status;
  guint64 *evaluations, *accepted, *rejected;
};

#define ODL_VERDICT_ROWS 7

/* Puts every lane at its start; y0 is in m->y. With steps of its own choice that costs
 * two evaluations, and leaves stage 0 in the record. */
void odl_march_begin (OdlRoute *route, OdlMarch *m);
/* One attempt: h_done (width) is set to the step of each lane whose attempt was
 * accepted, and to 0 of all others. Returns how many lanes are still on their way. */
guint odl_march_attempt (OdlRoute *route, OdlMarch *m, double *h_done);
/* Where the method's last stage is the next step's first: stage 0 of `to` from the last
 * stage of `from` where a step was done, from its first where none was. */
void odl_march_hand_over (const OdlRoute *route, const double *h_done,
                          const OdlRecord *from, const OdlRecord *to);
