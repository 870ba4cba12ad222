/* What all tapes share, and the table of functions of each kind.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gradient/gradient.h"

/* A way to record and reverse. `self` is what create returned. */
typedef struct {
  gpointer (*create) (OdlTape *tape);
  void (*destroy) (gpointer self);
  /* Fills y1 and the status of each lane; counts into the tape's arrays. */
  void (*forward) (gpointer self, OdlTape *tape, double *y1);
  /* dtheta and daux are there; of the others any may be NULL. */
  OdlStatus (*backward) (gpointer self, OdlTape *tape, const double *w1,
                         const OdlGradient *out);
} OdlTapeClass;

extern const OdlTapeClass odl_tape_backprop, odl_tape_checkpointed, odl_tape_reversible,
    odl_tape_adjoint, odl_tape_tutorial;

struct _OdlTape {
  const OdlField *field;
  OdlGradientOptions options; /* defaults filled in */
  const OdlTapeClass *class;
  gpointer self;
  gsize kept_bytes;   /* that records of steps may take, all tiles together */
  OdlProblem problem; /* of the last forward pass */
  gboolean done;      /* … which arrived, in every lane */
  OdlGradientReport report;
  /* By lane, of the last forward pass. */
  guint lanes, lanes_size;
  OdlStatus *status;
  guint64 *evaluations, *accepted, *rejected;
};

/* A block of doubles, 64-byte aligned, that keeps its memory and grows as it must. What
 * is in it is lost when it grows. */
typedef struct {
  double *data;
  gsize size;
} OdlSlab;
double *odl_slab_need (OdlSlab *slab, gsize doubles);
void odl_slab_clear (OdlSlab *slab);

/* Lanes of a problem in tiles of `width`; the last is filled up with copies of its last
 * real lane. Tiles are grouped in at most ODL_MAX_CHUNKS chunks, whose number depends
 * on that of the lanes alone: sums over lanes run tile by tile in a chunk, then chunk
 * by chunk, so no number of threads changes their bits. */
#define ODL_MAX_CHUNKS 32
typedef struct {
  guint lanes, width, n_tiles, n_chunks;
} OdlTiling;
OdlTiling odl_tiling (guint lanes, guint most_width);
guint odl_tiling_real (const OdlTiling *tiling, guint tile);
guint odl_tiling_chunk_start (const OdlTiling *tiling, guint chunk);
/* rows × lanes → rows × width of a tile, and back. */
void odl_tiling_gather (const OdlTiling *tiling, guint tile, guint rows,
                        const double *from, double *to);
void odl_tiling_scatter (const OdlTiling *tiling, guint tile, guint rows,
                         const double *from, double *to);
