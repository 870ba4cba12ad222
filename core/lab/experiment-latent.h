/* What a frame of the Latent panel holds: plain arrays, const once published.
 * SPDX-License-Identifier: MIT
 *
 * Times and values are in the user's units everywhere here; the model's inner ones do not show, but for its states z and h. Arrays
 * over the grid of times have n_grid elements, t ascending from the start of the canvas to the edge of the forecast. NaN is "not
 * there": not computed yet, does not apply. A pointer is NULL where nothing of its kind is there. Every array belongs to the payload's
 * blocks.
 *
 * Actions (kind): "observe" adds a point at (x, y) to channel `index` when its phase is END; with shift it removes the point of that
 * channel nearest to (x, y) instead. "move" drags a point: BEGIN takes the one of place `index` in the payload's points, which keeps
 * its place until the END (afterwards points are in order of time again); an x or y that is NaN stays as it was. "remove" takes the
 * point of place `index` away. "edge" drags the end of the forecast to time x. "clear" removes all points. "random" draws a new series
 * (settings "series" and "series-seed", which it raises by one). "csv" reads `text` as the canvas; "keep" adds the canvas to the own series that are learned from (family "own"),
 * "forget" empties that set. */
#pragma once

#include "experiment.h"

extern const OdlExperimentClass odl_experiment_latent;

#define ODL_CANVAS_MAX_CHANNELS 4u
#define ODL_CANVAS_MAX_POINTS   20000u   /* of all channels together */
#define ODL_CANVAS_MAX_CURVES   32u
#define ODL_CANVAS_GRID         161u

/* How a predicted curve does on points it has not seen: fresh noisy observations of the true curve, at many times of the region. */
typedef struct {
  guint n;                     /* times looked at; 0: the truth is not known, or the region is empty */
  double mse;                  /* mean square distance of the mean from the observations, in squared user's units */
  double coverage50, coverage95;  /* share of the observations within the bands */
} OdlCanvasScore;

/* A curve with its bands over the grid. */
typedef struct {
  double *mean, *lower50, *upper50, *lower95, *upper95;   /* n_grid each */
} OdlCanvasBand;

typedef struct {
  char *name;                  /* from the CSV's head line, or "value", "value 2" …; never NULL */
  double low, high;            /* for the axis of values: holds the points and most of the bands. Stays while something is dragged, and only
                                  widens while an answer is refined */
  OdlCanvasBand band;          /* the answer as it stands: after refinement where that is on. Members NULL before the first answer */
  OdlCanvasBand amortised;     /* the answer before any refinement; members NULL while both are the same */
  guint n_curves;
  double *curves;              /* n_curves × n_grid: samples of the posterior, without noise */
  guint n_prior;
  double *prior;               /* n_prior × n_grid: samples of the prior (only when shown); they start from the model alone */
  double *truth;               /* n_grid: the curve without noise, when the series was drawn from a family */
  double truth_noise;          /* σ of its observations; NaN: not known */
  /* The exact Gaussian process (only when shown, and done): NULL members before. length in time, noise and amplitude in values. */
  OdlCanvasBand process;
  double process_length, process_noise, process_amplitude;
  guint process_n;             /* points it rests on: it takes at most ODL_GAUSSIAN_PROCESS_MAX */
  /* On unseen points between the first and the last observation, and outside of them (to 1.5 × the span): the latent model's, and
   * the Gaussian process's where that is shown. */
  OdlCanvasScore inside, outside, process_inside, process_outside;
} OdlCanvasChannel;

/* A posterior: of all channels together when the model has several, else one for each channel. */
typedef struct {
  guint first, n_channels;     /* the payload's channels it explains */
  guint n_used;                /* times it rests on: very long series are thinned */
  guint n_encoded;             /* of these the encoder looks at so many */
  guint latent, hidden;        /* rows of z and of h */
  double *mean, *deviation;    /* latent: of q(z0) as it stands; deviation is not its logarithm */
  /* The encoder's state after each event, in its own order: from the last observation backwards to the start of the canvas. */
  guint n_states;
  double *state_t;             /* n_states */
  double *states;              /* n_states × hidden */
  /* Latent trajectories of the curves that are shown, z component fastest. */
  guint n_paths;
  double *paths;               /* n_paths × n_grid × latent */
  /* Refinement. bound: the series' own ELBO (nats) before each step, the mean over the samples of the last steps;
   * n_bound = iteration. */
  guint iteration;
  guint rounds;                /* then, of the samples' walk to the posterior, */
  guint all_rounds;            /* out of so many */
  gboolean settled;            /* refined and walked to the end; TRUE when refinement is off or there are no points */
  guint n_bound;
  double *bound;
  double effective;            /* samples' worth of the weighted samples, 1 … n_samples, all of them once they walk; NaN: not yet */
  guint n_samples;
} OdlCanvasReading;

typedef struct {
  gpointer page;               /* owns every array and string below */
  gboolean fresh;              /* everything is of these points and settings; while FALSE, bands may be of those before */
  gboolean refining;           /* steps are still being made */
  double progress;             /* of the refinement, 0 … 1; NaN: none under way */

  /* Points: handles of the canvas, place by place. */
  guint n_points;
  double *x, *y;               /* n_points: time and value */
  guint8 *channel;             /* n_points */
  char *time_name;             /* "t", or from the CSV; never NULL */

  /* Times. The canvas begins at t0; t0 + span is where the model's own span ends; edge is the end of the forecast. Points may lie
   * beyond the span. first and last: of the observations (NaN without any): between them is interpolation, outside of them
   * extrapolation. */
  double t0, span, edge, edge_min, edge_max, first, last;
  double shown_end;            /* for the axis of time: a little beyond the edge; stays while something is dragged */
  guint n_grid;
  double *t;                   /* n_grid */

  guint n_channels;
  OdlCanvasChannel *channels;
  guint n_readings;
  OdlCanvasReading *readings;  /* none without a model */

  /* The model whose answer is shown. */
  char *model;                 /* the setting "family", which says what it learns from: "mixed", "periodic", …, "own" */
  char *about;                 /* "8 latent, 24 hidden dimensions, 9,210 weights, as shipped"; never NULL */
  gboolean shipped;            /* its weights are the shipped ones */
  gboolean random;             /* its weights are still the random ones of the beginning */

  /* The data. drawn: id of the family the series was drawn from, or NULL; drawn_title for a person. */
  char *drawn, *drawn_title;
  guint n_set, n_set_points;   /* own series that are kept for training, and the points in them */

  /* Training of this model: rows of the run (history.h), ascending. */
  guint64 iteration;
  double seconds;
  guint n_history;
  guint64 *history_iteration;
  double *loss, *nll, *gradient_norm, *history_seconds;  /* loss and nll: a point's mean */
  double divergence, beta, trust, rate;  /* of the last iteration: Kullback–Leibler divergence a point, its weight, the trust in the
                                            decoder's variance, the learning rate; NaN before the first */
  char *failure;               /* "stopped at iteration 120: …" when training diverged, else NULL */

  char *sentence;              /* what the picture says; never NULL */
  char *trouble;               /* why there is no answer (no model; a model of another shape), else NULL */
} OdlLatentPayload;
