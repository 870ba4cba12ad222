/* Tapes of explicit solves: what backprop and checkpointed share.
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
} OdlSlot;

/* What a tile leaves for its reversal. */
typedef struct {
  OdlArena arena;
  GArray *slots; /* of OdlSlot */
  OdlSlab own;
  double *t0, *t1, *aux; /* of its lanes */
  double *last;          /* the slot of each lane's last step */
} OdlTrack;

/* The arrays of a worker, each width wide or dim × width, unless said. */
typedef struct {
  double *scratch;
  OdlMarch march;
  OdlRecord record;
  double *y1, *e, *e2, *h, *t, *w;
  double *bar_t, *bar_h, *dt0, *dt1, *spare;
  double *daux; /* n_aux */
} OdlWork;

typedef struct {
  OdlStages *stages;
  OdlTiling tiling;
  OdlTrack *tracks;
  guint n_tracks, threads;
  OdlSlab *work; /* by worker */
  OdlSlab theta; /* gradients by chunk */
} OdlSteps;
