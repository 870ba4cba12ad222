/* How a latent model is made: what it learns from, its shape and its schedule, as a value.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "model/latent-train.h"

#define ODL_LATENT_MAX_POINTS 1024u /* of a series in a batch */

/* How a model is made. A value; iteration k depends on it and on the weights alone. */
typedef struct {
  OdlLatentShape shape;
  guint families;      /* bit set of OdlFamily that series are drawn from; 0: an own set */
  guint often;         /* those of them that are drawn twice as often */
  gboolean vary;       /* drawn series are stretched in time and value, shifted and turned over */
  guint64 seed;        /* of the first weights and of all batches */
  guint64 iterations;  /* that the schedule is laid out for; training may go on after them, at its last values */
  OdlLatentBound bound;
  guint tiles;         /* of ODL_LATENT_WIDTH series an iteration */
  guint points;        /* a context has at most */
  guint samples;       /* of z0 for each series */
  double part;         /* own set: of each series' points that the encoder sees */
  double rate, clip;   /* the highest rate; the largest norm of a gradient */
  double beta, trust;  /* of the objective at the beginning; both grow to 1 */
  double average;      /* of an average over past weights, how much is kept each iteration; 0: no averaging */
} OdlLatentRecipe;

/* The families with one channel: what "mixed" draws from. */
guint odl_latent_mixed_families (void);
/* The recipe that the shipped weights of a family, or of "mixed", are made with; "own" is for a set of series with one
 * channel. FALSE with ODL_ERROR_INVALID naming what is accepted. */
gboolean odl_latent_recipe (const char *id, OdlLatentRecipe *recipe, GError **error);
/* FALSE with ODL_ERROR_INVALID naming what is accepted; the shape is checked where the model is made. */
gboolean odl_latent_recipe_check (const OdlLatentRecipe *recipe, GError **error);
/* Rate and objective of an iteration. */
typedef struct {
  double rate, beta, trust;
} OdlLatentPace;
OdlLatentPace odl_latent_recipe_pace (const OdlLatentRecipe *recipe, guint64 iteration);
