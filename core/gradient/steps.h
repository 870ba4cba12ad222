/* Tapes that march tiles step by step: what their kinds share.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gradient/arena.h"
#include "gradient/march.h"
#include "gradient/tape.h"

/* One attempt of a tile, from its states on. Of equal steps t and h are not stored. */
typedef struct {
  double *y;         /* dim */
  double *t, *h;     /* h: 0 for lanes that did not move */
  OdlRecord record;  /* where there was room */
  gboolean recorded; /* … and it is of the steps that were taken */
} OdlTapeSlot;

/* A state on the way that was kept: the march's block before attempt `index`. */
typedef struct {
  guint64 index;
  guint level; /* of the online scheme */
  double *block;
} OdlCheckpoint;

/* What a tile leaves for its reversal. */
typedef struct {
  OdlArena arena;
  GArray *slots;       /* of OdlTapeSlot */
  GArray *checkpoints; /* of OdlCheckpoint, by index */
  GArray *spares;      /* of double *: blocks of checkpoints that were given up */
  guint64 attempts;
  OdlSlab own;
  double *t0, *t1, *aux; /* of its lanes */
  double *last;          /* the slot or attempt of each lane's last step */
  double *kept;          /* kept_rows */
  guint64 backward;      /* evaluations of the backward pass */
  double reconstruction;
} OdlTrack;

/* The arrays of a worker, each width or rows × width, unless said. */
typedef struct {
  double *scratch, *block, *record_block;
  OdlMarch march;
  OdlRecord record, other;
  double *y1, *e, *e2, *w, *spare; /* rows */
  double *h, *t, *verdict, *bar_t, *bar_h, *dt0, *dt1;
  guint64 *counts; /* 3 × width */
  OdlStatus *status;
  double *daux, *bar_aux; /* n_aux */
} OdlWork;

typedef struct _OdlSteps OdlSteps;
typedef struct {
  guint states;    /* of dim rows that a march carries on; 0: one */
  OdlStepMap step; /* NULL: the explicit method */
  guint step_cost; /* … and its evaluations */
  guint result;    /* which of the states is y */
  /* Fills the states behind the first, which is y0 at t0; NULL: there are none. */
  void (*begin) (OdlRoute *route, OdlMarch *m);
  /* Marches a tile that has begun, leaving what the reversal needs. */
  void (*march) (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route,
                 OdlWork *work);
  /* Turns bar, the cotangents at the end, into those at the start. */
  void (*reverse) (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route,
                   OdlWork *work, const OdlStepCotangent *bar);
} OdlStepsKind;

struct _OdlSteps {
  OdlStepsKind kind;
  OdlStages *stages;
  guint rows;      /* of a state */
  guint kept_rows; /* that a track keeps from forward to backward */
  OdlTiling tiling;
  OdlTrack *tracks;
  guint n_tracks, threads;
  OdlSlab *work; /* by worker */
  OdlSlab theta; /* gradients by chunk */
};

/* kept_rows: that a track keeps from forward to backward. */
OdlSteps *odl_steps_new (const OdlTape *tape, const OdlStepsKind *kind, guint kept_rows);
/* Of OdlTapeClass. */
void odl_steps_free (gpointer self);
void odl_steps_forward (gpointer self, OdlTape *tape, double *y1);
OdlStatus odl_steps_backward (gpointer self, OdlTape *tape, const double *w1,
                              const OdlGradient *out);

/* For kinds. Whether to stop; the lanes' status then says so. */
gboolean odl_steps_interrupted (const OdlTape *tape, const OdlRoute *route);
/* t and h (width) of equal step `index`. */
void odl_steps_place (const OdlRoute *route, guint64 index, double *t, double *h);
/* Hands the cotangents of a step's t and h on to those of t0 and t1, and clears them. */
void odl_steps_add_times (const OdlTrack *track, guint64 steps, guint64 step,
                          guint width, OdlWork *work);
/* Marches to the end, leaving a slot for every step (backprop.c). */
void odl_backprop_march (OdlSteps *self, OdlTape *tape, guint tile, OdlRoute *route,
                         OdlWork *work);
