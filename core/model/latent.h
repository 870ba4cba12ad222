/* The latent ODE: an encoder that runs backwards over irregular observations, a Gaussian over the latent start, a
 * latent ODE, and a decoder to a mean and a log-variance per channel.
 * SPDX-License-Identifier: MIT
 *
 * Times here are inner ones: 0 is where z0 lives, 1 the end of the span; values are inner ones as well (series are
 * brought to them by OdlSeriesScale, series.h). Everything runs on tiles: element (row, lane) at row·width + lane. A
 * model is read-only once made; its weights θ are the caller's; tapes are scratch of one owner. */
#pragma once

#include "graph/evaluate.h"
#include "learn/matrices.h"

typedef struct {
  guint channels; /* 1 … ODL_LATENT_MAX_CHANNELS */
  guint latent;   /* rows of z */
  guint hidden;   /* rows of the encoder's state */
  guint units;    /* width of the networks' hidden layers; the latent ODE's is of gated units */
  guint steps;    /* Runge–Kutta steps of the latent ODE in a unit of time */
} OdlLatentShape;
#define ODL_LATENT_MAX_CHANNELS 4

/* The parts of the model as graphs, each compiled with its reverse derivative.
 * X (ID, inputs, outputs):
 *   EVENT   h (hidden), gap, live, x (inputs) → h at the event, after the update where live is 1
 *   HEAD    h → mean, log deviation of z0 (latent each)
 *   SAMPLE  mean, log deviation, eps → z0
 *   KL      mean, log deviation, and those of the other Gaussian → their divergence
 *   STEP    z → z one step later, dz/dt
 *   DECODE  z, dz/dt at the ends of a step, place s ∈ [0, 1] in it → mean, log-variance
 *   SCORE   the same, then y, mask (channels each), trust → −log p(y), the unmasked channels' sum; the log-variance is
 *           trust × the decoder's + (1 − trust) × ln ODL_LATENT_FIXED_VARIANCE */
#define ODL_LATENT_PARTS(X)                                                              \
  X (EVENT, 4, 1) X (HEAD, 1, 2) X (SAMPLE, 3, 1) X (KL, 4, 1) X (STEP, 1, 2)            \
  X (DECODE, 5, 2) X (SCORE, 8, 1)
typedef enum {
#define X(ID, inputs, outputs) ODL_LATENT_##ID,
  ODL_LATENT_PARTS (X)
#undef X
  ODL_LATENT_N_PARTS
} OdlLatentPart;
#define ODL_LATENT_MIN_VARIANCE   1e-4 /* added to the decoder's */
#define ODL_LATENT_FIXED_VARIANCE 0.02

typedef struct {
  OdlLatentShape shape;
  guint n_x;     /* rows of an event's input: values, mask, time, gap */
  guint n_theta;
  OdlProgram *forward[ODL_LATENT_N_PARTS], *reverse[ODL_LATENT_N_PARTS];
  gsize scratch; /* doubles that any of them needs at ODL_LATENT_WIDTH lanes */
} OdlLatent;
#define ODL_LATENT_WIDTH 32

/* NULL with ODL_ERROR_INVALID for a shape that is not accepted. */
OdlLatent *odl_latent_new (const OdlLatentShape *shape, GError **error);
void odl_latent_free (OdlLatent *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLatent, odl_latent_free)
/* Initial weights, θ[n_theta]; the stream is advanced. */
void odl_latent_init (const OdlLatent *model, double *theta, OdlRandom *random);
/* Its weight matrices, of OdlMatrix. Unref it. */
GArray *odl_latent_matrices (const OdlLatent *model);
/* The latent field dz/dt = f(z) as a graph of its own ("t", "y" → "dy"; θ as the model's), for other solvers.
 * Free it. */
OdlGraph *odl_latent_field (const OdlLatent *model);

/* Events of a tile, from the last to the first: event e of lane l has its gap to the one before (in order of the
 * encoder; ≤ 0 times go backwards, so gap is how far back), live 0 where the lane has none. The last event carries
 * every lane back to time 0. */
typedef struct {
  guint n;
  double *gap, *live, *x; /* n × width, n × width, n × n_x × width */
} OdlLatentEvents;

/* The encoder's run: h before event e at h[e], after the last at h[n]. */
typedef struct {
  guint width, capacity;
  OdlLatentEvents events;
  double *h;                     /* (capacity + 1) × hidden × width */
  double *mean, *deviation;      /* q(z0): mean and log deviation, latent × width */
  double *dmean, *ddeviation;    /* what the loss adds to their cotangents */
  double *dh, *dh_before, *scratch;
  double *slab;
} OdlLatentEncoder;
OdlLatentEncoder *odl_latent_encoder_new (const OdlLatent *model, guint width, guint capacity);
void odl_latent_encoder_free (OdlLatentEncoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLatentEncoder, odl_latent_encoder_free)
/* Runs over encoder->events and fills h, mean and deviation; the cotangents become 0. */
void odl_latent_encode (const OdlLatent *model, const double *theta, OdlLatentEncoder *encoder);
/* Adds to the θ-gradient what dmean and ddeviation ask. */
void odl_latent_encode_back (const OdlLatent *model, const double *theta, OdlLatentEncoder *encoder,
                             double *theta_gradient);

/* The latent ODE's run on the grid k/steps, k = 0 … n, and the cotangents of what was read from it. */
typedef struct {
  guint width, capacity, n;
  double *z, *f;   /* (capacity + 2) and (capacity + 1) × latent × width */
  double *dz, *df; /* the same; dz[0] is the answer of the way back */
  double *gather, *spare, *scratch;
  double *slab;
} OdlLatentPath;
OdlLatentPath *odl_latent_path_new (const OdlLatent *model, guint width, guint capacity);
void odl_latent_path_free (OdlLatentPath *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlLatentPath, odl_latent_path_free)
/* From z[0], over n ≤ capacity steps; the cotangents become 0. */
void odl_latent_flow (const OdlLatent *model, const double *theta, OdlLatentPath *path, guint n);
/* dz[0] from all cotangents; adds to the θ-gradient (nullable). */
void odl_latent_flow_back (const OdlLatent *model, const double *theta, OdlLatentPath *path,
                           double *theta_gradient);
/* Where inner time t ≥ 0 lies on a grid of n steps: the step and the place in it. Beyond the end: the end. */
guint odl_latent_locate (const OdlLatent *model, guint n, double t, double *place);
/* Mean and log-variance (channels × width) at a place of one step for all lanes: row k of the grid. */
void odl_latent_decode (const OdlLatent *model, const double *theta, OdlLatentPath *path, guint step,
                        const double *place, double *mean, double *log_variance);
/* A point per lane: step and place, y and mask (channels × width), trust, a weight. `score` (width) gets −log p; with
 * `weight` its gradient goes to dz, df and the θ-gradient (nullable). */
typedef struct {
  const guint *step;
  gboolean together; /* all lanes are in step[0] */
  const double *place, *y, *mask, *trust;
  const double *weight; /* NULL: no gradient */
} OdlLatentPoint;
void odl_latent_score (const OdlLatent *model, const double *theta, OdlLatentPath *path,
                       const OdlLatentPoint *point, double *score, double *theta_gradient);
