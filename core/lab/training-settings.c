/* The settings of the Training panel: rows that are controls, command-line keys and
 * session keys at once. SPDX-License-Identifier: MIT */
#include "training-state.h"

static const char *const shows[] = {
  "all",  "All runs", "current", "Running and kept", "live", "Running",
  "kept", "Kept",     "chosen",  "The chosen run",   NULL,
};

static const char *const horizontals[] = {
  "iteration", "Iteration", "time", "Time spent", NULL,
};

static const char *const plots[] = {
  "loss",         "Loss",
  "accuracy",     "Accuracy",
  "table",        "Table of runs",
  "nfe-forward",  "NFE forward",
  "nfe-backward", "NFE backward",
  "gradient",     "Gradient norm",
  "pace",         "Time per iteration",
  "nll",          "NLL",
  "differences",  "Settings that differ",
  NULL,
};

#define CURVES "Curves"
#define CHOSEN "Chosen run"

const OdlSetting odl_training_settings[ODL_TRAINING_N_SETTINGS] = {
  { .key = "show",
    .title = "Show",
    .group = CURVES,
    .help = "Which runs have curves. A single run is hidden by its dot in the table.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "all",
    .choices = shows },
  { .key = "against",
    .title = "Against",
    .group = CURVES,
    .help = "What the horizontal axis counts: iterations of the optimiser, or seconds "
            "spent on training, pauses left out.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "iteration",
    .choices = horizontals },
  { .key = "smoothing",
    .title = "Smoothing",
    .unit = "iterations",
    .group = CURVES,
    .help = "The bold curve is an average of the rows before, in which a row counts "
            "half as much after this many iterations. The measured values stay in "
            "sight, pale, behind it. 0: no average.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 10000,
    .fallback = "3",
    .flags = ODL_SETTING_LOG },
  { .key = "plots",
    .title = "Plots",
    .group = CURVES,
    .help = "Which plots are shown. One without any numbers is left out.",
    .kind = ODL_SETTING_CHOICES,
    .fallback = "loss,accuracy,table,nfe-forward,nfe-backward,gradient,pace,nll,"
                "differences",
    .choices = plots },
  { .key = "run",
    .title = "Number",
    .group = CHOSEN,
    .help = "The run that is drawn bold and that the rows below speak of; 0: none. Or "
            "click its name in the table.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = G_MAXINT32,
    .fallback = "0" },
  { .key = "name",
    .title = "Name",
    .group = CHOSEN,
    .help = "What the chosen run is called in every plot.",
    .kind = ODL_SETTING_TEXT,
    .fallback = "" },
  { .key = "hidden",
    .title = "Hidden",
    .group = CHOSEN,
    .help = "Whether the chosen run is left out of the plots.",
    .kind = ODL_SETTING_BOOLEAN,
    .fallback = "false" },
  { .key = "kept",
    .title = "Kept",
    .group = CHOSEN,
    .help = "Sixty-four runs are remembered; then the oldest finished one goes, unless "
            "it is kept.",
    .kind = ODL_SETTING_BOOLEAN,
    .fallback = "false" },
};
