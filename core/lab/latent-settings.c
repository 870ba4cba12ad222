/* The settings of the Latent panel: rows that are controls, command-line keys and
 * session keys at once. SPDX-License-Identifier: MIT
 *
 * Ids of families stand here as literals because a row is static; a test compares them
 * with the registry, so that a new one cannot be forgotten. */
#include "latent-settings.h"

#define SERIES   "Series"
#define MODEL    "Model"
#define ANSWER   "Answer"
#define LEARNING "Learning"
#define PICTURE  "Picture"

#define FAMILIES                                                                       \
  "periodic", "Periodic", "damped", "Damped oscillation", "logistic",                  \
      "Logistic growth", "chirp", "Chirp", "sines", "Sum of two sines", "decay",       \
      "Decay", "spirals", "Spirals (2 channels)"

static const char *const models[]
    = { "mixed", "Mixed", FAMILIES, "own", "Own series", NULL };

static const char *const series[] = {
  "model",
  "What the model knows",
  FAMILIES,
  "sine",
  "Example: a sine",
  "gap",
  "Example: a gap",
  "outlier",
  "Example: an outlier",
  "empty",
  "Empty canvas",
  "own",
  "Own points",
  NULL,
};

static const char *const starts[]
    = { "shipped", "The shipped weights", "random", "Random weights", NULL };

static const char *const bounds[] = {
  "conditional", "All and seen points", "published", "Seen points only", NULL,
};

static const char *const layers[] = {
  "band95",    "95 % band",
  "band50",    "50 % band",
  "mean",      "Mean",
  "samples",   "Posterior samples",
  "process",   "Gaussian process",
  "truth",     "True curve",
  "prior",     "Prior",
  "amortised", "Before refinement",
  "regions",   "Between and beyond",
  NULL,
};

static const char *const plots[] = {
  "canvas",  "Canvas",  "latent",     "Latent trajectories",
  "encoder", "Encoder", "refinement", "Refinement",
  "loss",    "Loss",    "numbers",    "Numbers",
  NULL,
};

const OdlSetting odl_latent_settings[ODL_LATENT_N_SETTINGS] = {
  { .key = "series",
    .title = "Series",
    .group = SERIES,
    .help = "Fills the canvas: a series drawn from a family, an example, or nothing. "
            "Clicking, dragging or opening a file makes it your own.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "model",
    .choices = series },
  { .key = "points",
    .title = "Points",
    .group = SERIES,
    .help = "How many a drawn series has, at random times.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 5000,
    .fallback = "14",
    .flags = ODL_SETTING_LOG },
  { .key = "series-seed",
    .title = "Which series",
    .group = SERIES,
    .help = "Each number is another series of its kind; “New random series” counts it "
            "up.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 2147483647,
    .fallback = "1" },
  { .key = "channels",
    .title = "Channels",
    .group = SERIES,
    .help = "How many the canvas has, at least those of the points on it. A model of "
            "one channel answers for each by itself.",
    .kind = ODL_SETTING_INTEGER,
    .min = 1,
    .max = 4,
    .fallback = "1" },

  { .key = "family",
    .title = "Model",
    .group = MODEL,
    .help = "What the model knows and learns from: a family of series, all those of "
            "one channel mixed, or the own series that were kept.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "mixed",
    .choices = models,
    .flags = ODL_SETTING_RESTARTS },
  { .key = "start",
    .title = "Begin with",
    .group = MODEL,
    .help
    = "Whether the model is as it was shipped, and training goes on from there, or "
      "has random weights and learns from nothing.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "shipped",
    .choices = starts,
    .flags = ODL_SETTING_RESTARTS },

  { .key = "horizon",
    .title = "Forecast to",
    .unit = "spans",
    .group = ANSWER,
    .help = "Where the curve ends, in units of the canvas's span: 1 is the end of the "
            "span, 1.5 as far as models were trained to look.",
    .kind = ODL_SETTING_REAL,
    .min = 1,
    .max = 3,
    .fallback = "1.5" },
  { .key = "refine",
    .title = "Refine",
    .group = ANSWER,
    .help = "After the encoder's answer, which is there at once, the posterior of this "
            "very series is improved by gradient steps until it settles.",
    .kind = ODL_SETTING_BOOLEAN,
    .fallback = "true" },
  { .key = "samples",
    .title = "Curves",
    .group = ANSWER,
    .help = "How many samples of the posterior are drawn, the most probable first.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 32,
    .fallback = "6" },

  { .key = "seed",
    .title = "Seed",
    .group = LEARNING,
    .help = "Of random weights, batches and posterior samples: the same seed gives the "
            "same numbers, whatever machine or number of threads.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 2147483647,
    .fallback = "1",
    .flags = ODL_SETTING_RESTARTS | ODL_SETTING_ADVANCED },
  { .key = "schedule",
    .title = "Schedule",
    .unit = "iterations",
    .group = LEARNING,
    .help = "Iterations in which the learning rate falls to its end; 0: as many as the "
            "model's recipe says.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 1e9,
    .fallback = "0",
    .flags = ODL_SETTING_RESTARTS | ODL_SETTING_ADVANCED },
  { .key = "rate",
    .title = "Learning rate",
    .group = LEARNING,
    .help = "The highest one of Muon; 0: as the recipe says, or, from shipped weights, "
            "where their training ended.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 1,
    .fallback = "0",
    .flags = ODL_SETTING_RESTARTS | ODL_SETTING_ADVANCED },
  { .key = "batch",
    .title = "Batch",
    .unit = "× 32 series",
    .group = LEARNING,
    .help = "How many times 32 series an iteration learns from; 0: as the recipe says.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 32,
    .fallback = "0",
    .flags = ODL_SETTING_RESTARTS | ODL_SETTING_ADVANCED },
  { .key = "bound",
    .title = "Bound",
    .group = LEARNING,
    .help = "What is maximised: the mean of the bounds for all points and for the seen "
            "ones, which makes bands honest, or the published one, for the seen ones "
            "alone.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "conditional",
    .choices = bounds,
    .flags = ODL_SETTING_RESTARTS | ODL_SETTING_ADVANCED },

  { .key = "show",
    .title = "Show",
    .group = PICTURE,
    .help = "What is drawn on the canvas. The Gaussian process and the prior are "
            "computed only when they are shown.",
    .kind = ODL_SETTING_CHOICES,
    .fallback = "band95,band50,mean,samples,truth,regions",
    .choices = layers },
  { .key = "plots",
    .title = "Plots",
    .group = PICTURE,
    .help = "Which plots are shown.",
    .kind = ODL_SETTING_CHOICES,
    .min = 1,
    .fallback = "canvas,latent,encoder,refinement,numbers",
    .choices = plots },
};
