/* A tile of lanes under way: explicit and reversible methods, equal or adaptive steps.
 * SPDX-License-Identifier: MIT
 *
 * A slot is a column of the tile; it holds a lane or is idle. Idle slots are stepped with
 * h = 0 and nobody reads them. */
#pragma once

#include "solve/run.h"
#include "solve/step.h"

/* What a tile knows of a lane beside its numbers. */
typedef struct {
  gboolean busy;
  OdlSampler sampler;
  double direction, end;     /* of time; t1 */
  gboolean last, repeated;   /* the step ends at t1; the one before it was rejected */
  gboolean hopeless;         /* stiff, and too few steps are left: the next ends it */
  double apart;              /* what the look for stiffness divides by; 0: no look is due */
  guint bad;                 /* steps in a row whose error was not a number */
  guint64 tried, accepted, evaluations;
  guint stiff, not_stiff;    /* in a row, of the steps that were looked at */
} OdlSlot;

typedef struct {
  const OdlRun *run;
  OdlStepper stepper;
  guint width, dim, stages, all; /* all: with those of dense output */
  gboolean fsal, late;           /* late: the last stage is not part of the error */
  OdlSlot *slots;                /* width */
  void *bound;                   /* see odl_stepper_attach */
  double *slab;                  /* the rows: everything of a lane, then the stepper's work */
  guint rows;
  double *t, *h, *t_new, *mask, *y, *y1, *k, *aux, *z, *z1;
  double *squares, *squares2, *last, *before, *norm, *log, *grow, *repeat;
  double *point; /* n_aux or dim or stages of one lane: dim · (all + 2) + n_aux */
} OdlTile;

/* A tile of a run, idle, with room of its own. */
OdlTile *odl_tile_new (const OdlRun *run, guint width);
void odl_tile_free (OdlTile *tile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlTile, odl_tile_free)

/* All slots idle, this wide (at most what it was made for). */
void odl_tile_reset (OdlTile *tile, guint width);
/* The lane's start: t, y, z, aux; nothing of k. */
void odl_tile_load (OdlTile *tile, guint slot, guint lane);
/* Idle slots are dropped down to this width, a multiple of 8 that holds the busy ones. */
void odl_tile_narrow (OdlTile *tile, guint width);

/* k_0 = f (t, y), or f (t, z) of a reversible method. */
void odl_tile_begin (OdlTile *tile);
/* From k_0: the other stages and y1. A late last stage is left for odl_tile_finish. */
void odl_tile_try (OdlTile *tile);
void odl_tile_finish (OdlTile *tile);
/* The stages that only dense output needs; the last one must be there. */
void odl_tile_densify (OdlTile *tile);
/* y, k_0 and z of the next step, in the slots whose mask is not 0. */
void odl_tile_commit (OdlTile *tile);

/* Writes the samples of a slot up to t_new; the step is accepted. */
void odl_tile_sample (OdlTile *tile, guint slot);
/* Tells the recorder. */
void odl_tile_record (OdlTile *tile, guint slot, double error, gboolean accepted);
/* The slot's lane ends at t and y and the slot is idle. */
void odl_tile_end (OdlTile *tile, guint slot, OdlStatus status);
