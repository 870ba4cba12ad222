/* The settings of the Flows panel: rows that are controls, command-line keys and
 * session keys at once. SPDX-License-Identifier: MIT
 *
 * Ids of methods, gradients, data sets and activations stand here as literals because a
 * row is static; a test compares them with the registries, so that a new one cannot be
 * forgotten. */
#include "flows-settings.h"

#define DATA      "Data"
#define MODELS    "Models"
#define SOLVER    "Solver"
#define LEARNING  "Learning"
#define PENALTIES "Penalties"
#define CHANGE    "Change of solver"
#define STOP      "Stop"
#define PICTURE   "Picture"
#define MACHINE   "Time machine"

static const char *const datasets[] = {
  "circles",   "Disc and annulus", "rings",       "Thin rings", "moons",
  "Two moons", "spirals",          "Two spirals", "xor",        "Exclusive or",
  "flip",      "Flip of the line", "own",         "Own points", NULL,
};

static const char *const models[] = {
  "standard",  "Standard neural ODE",
  "augmented", "Augmented neural ODE",
  "resnet",    "ResNet",
  NULL,
};

static const char *const activations[] = {
  "tanh", "tanh",    "softplus", "softplus", "elu",  "ELU", "relu",
  "ReLU", "sigmoid", "sigmoid",  "silu",     "SiLU", NULL,
};

static const char *const readouts[] = {
  "all", "All dimensions", "first", "Those of the data only", NULL,
};

static const char *const residuals[] = {
  "one", "h + f(h)", "share", "h + f(h)·T/L", NULL,
};

static const char *const modes[] = {
  "adaptive", "Adaptive steps", "fixed", "Equal steps of one size", NULL,
};

#define EXPLICIT_METHODS                                                               \
  "euler", "Euler", "midpoint", "Midpoint", "heun", "Heun", "ralston", "Ralston",      \
      "kutta3", "Kutta 3", "rk4", "RK4", "rk38", "RK4 3/8", "heun-euler",              \
      "Heun–Euler 2(1)", "bosh3", "Bogacki–Shampine 3(2)", "fehlberg45",               \
      "Fehlberg 4(5)", "cash-karp", "Cash–Karp 5(4)", "dopri5", "Dormand–Prince 5(4)", \
      "tsit5", "Tsitouras 5(4)", "dop853", "DOP853", "dopri8", "Dormand–Prince 8(7)"

static const char *const methods[] = { EXPLICIT_METHODS, NULL };

static const char *const other_methods[]
    = { "none", "As trained", EXPLICIT_METHODS, NULL };

static const char *const gradients[] = {
  "backprop",   "Backpropagation",     "checkpointed", "Checkpointed",
  "reversible", "Reversible",          "adjoint",      "Adjoint, backsolve",
  "seminorm",   "Adjoint, seminorm",   "interpolated", "Adjoint, interpolated",
  "tutorial",   "Euler sweep (wrong)", NULL,
};

static const char *const optimizers[] = {
  "adam", "Adam", "adamw", "AdamW", "sgd", "SGD with momentum", "muon", "Muon", NULL,
};

static const char *const losses[] = {
  "logistic", "Logistic (softmax)", "squared", "Squared", "smooth-l1", "SmoothL1", NULL,
};

static const char *const colors[] = {
  "class", "Class", "nfe", "Evaluations of that input", NULL,
};

static const char *const layers[] = {
  "points",  "Points",       "paths",      "Trajectories",
  "grid",    "Grid",         "background", "Decision background",
  "readout", "Readout line", "test",       "Test points",
  "circles", "Test circles", "crossings",  "Crossings",
  NULL,
};

static const char *const plots[] = {
  "flow",         "Flow",        "inputs", "Inputs",   "lift",
  "Lifted space", "loss",        "Loss",   "accuracy", "Accuracy",
  "nfe",          "Evaluations", "meters", "Meters",   NULL,
};

const OdlSetting odl_flows_settings[ODL_FLOWS_N_SETTINGS] = {
  { .key = "data",
    .title = "Data",
    .group = DATA,
    .help = "What is to be told apart. The flip is to map −1 to +1 and +1 to −1, which "
            "no flow of the line can do. Own points are painted with the mouse or read "
            "from a file.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "circles",
    .choices = datasets,
    .flags = ODL_SETTING_RESTARTS },
  { .key = "points",
    .title = "Training points",
    .group = DATA,
    .help = "How many are drawn to train on.",
    .kind = ODL_SETTING_INTEGER,
    .min = 4,
    .max = 2000,
    .fallback = "256",
    .flags = ODL_SETTING_RESTARTS | ODL_SETTING_LOG,
    .shown_if = "data=circles|rings|moons|spirals|xor|flip" },
  { .key = "test-points",
    .title = "Test points",
    .group = DATA,
    .help = "How many are drawn to judge by and never trained on. Of own points: how "
            "many are set aside, at most a quarter of them.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 2000,
    .fallback = "256" },
  { .key = "noise",
    .title = "Noise",
    .group = DATA,
    .help = "Standard deviation of what is added to every coordinate.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 1,
    .fallback = "0",
    .flags = ODL_SETTING_RESTARTS,
    .shown_if = "data=circles|rings|moons|spirals|xor|flip" },
  { .key = "seed",
    .title = "Seed",
    .group = DATA,
    .help = "Of points, first weights, batches and probes: the same seed gives the "
            "same numbers, whatever machine or number of threads.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 2147483647,
    .fallback = "1",
    .flags = ODL_SETTING_RESTARTS },

  { .key = "models",
    .title = "Models",
    .group = MODELS,
    .help = "Which are trained, side by side on the same points. One that is switched "
            "off keeps what it has learned.",
    .kind = ODL_SETTING_CHOICES,
    .min = 1,
    .fallback = "standard,augmented",
    .choices = models },
  { .key = "extra",
    .title = "Extra dimensions",
    .group = MODELS,
    .help = "How many the augmented model adds to those of the data, starting at zero.",
    .kind = ODL_SETTING_INTEGER,
    .min = 1,
    .max = 5,
    .fallback = "3",
    .flags = ODL_SETTING_RESTARTS },
  { .key = "hidden",
    .title = "Hidden layers",
    .group = MODELS,
    .help = "Widths of the network's hidden layers, such as 32, 32. At most six.",
    .kind = ODL_SETTING_REALS,
    .min = 1,
    .max = 256,
    .fallback = "32, 32",
    .flags = ODL_SETTING_RESTARTS },
  { .key = "activation",
    .title = "Activation",
    .group = MODELS,
    .help = "What follows each hidden layer.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "tanh",
    .choices = activations,
    .flags = ODL_SETTING_RESTARTS },
  { .key = "time-input",
    .title = "Depth as input",
    .group = MODELS,
    .help = "The field may change with depth. Paths in the plane may then cross at "
            "different depths.",
    .kind = ODL_SETTING_BOOLEAN,
    .fallback = "false",
    .flags = ODL_SETTING_RESTARTS },
  { .key = "readout",
    .title = "Readout of",
    .group = MODELS,
    .help = "What the linear readout at the end sees.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "all",
    .choices = readouts,
    .flags = ODL_SETTING_RESTARTS },
  { .key = "span",
    .title = "Depth T",
    .group = MODELS,
    .help = "A neural ODE runs from 0 to T.",
    .kind = ODL_SETTING_REAL,
    .min = 0.1,
    .max = 10,
    .fallback = "1",
    .flags = ODL_SETTING_RESTARTS },
  { .key = "blocks",
    .title = "ResNet blocks",
    .group = MODELS,
    .help = "L, the depth of the ResNet.",
    .kind = ODL_SETTING_INTEGER,
    .min = 1,
    .max = 64,
    .fallback = "6",
    .flags = ODL_SETTING_RESTARTS },
  { .key = "shared",
    .title = "Blocks share weights",
    .group = MODELS,
    .help = "One f for all blocks, as a neural ODE has, instead of one each.",
    .kind = ODL_SETTING_BOOLEAN,
    .fallback = "false",
    .flags = ODL_SETTING_RESTARTS },
  { .key = "residual",
    .title = "Block",
    .group = MODELS,
    .help = "Only residuals that shrink as 1/L come near an ODE when blocks are added.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "one",
    .choices = residuals,
    .flags = ODL_SETTING_RESTARTS | ODL_SETTING_ADVANCED },

  { .key = "mode",
    .title = "Step size",
    .group = SOLVER,
    .help = "Adaptive steps make the number of evaluations a property of the input; "
            "few equal steps let a net lean on their error.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "adaptive",
    .choices = modes },
  { .key = "method",
    .title = "Method",
    .group = SOLVER,
    .help = "The solver inside the model. One without an error estimate takes equal "
            "steps in both.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "dopri5",
    .choices = methods },
  { .key = "tolerance",
    .title = "Tolerance",
    .group = SOLVER,
    .help = "The error allowed in a step, relative and absolute.",
    .kind = ODL_SETTING_REAL,
    .min = 1e-10,
    .max = 0.1,
    .fallback = "1e-4",
    .flags = ODL_SETTING_LOG,
    .shown_if = "mode=adaptive" },
  { .key = "steps",
    .title = "Steps",
    .group = SOLVER,
    .help = "How many equal steps cover the depth.",
    .kind = ODL_SETTING_INTEGER,
    .min = 1,
    .max = 1000,
    .fallback = "8",
    .flags = ODL_SETTING_LOG },
  { .key = "gradient",
    .title = "Gradient",
    .group = SOLVER,
    .help = "How the loss is differentiated through the solve. The first three are "
            "exact; the adjoints are right up to the solver's error; the Euler sweep "
            "is an exhibit.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "backprop",
    .choices = gradients },

  { .key = "loss",
    .title = "Loss",
    .group = LEARNING,
    .help = "What is made small. On the flip, which maps points to points, logistic "
            "stands for SmoothL1.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "logistic",
    .choices = losses,
    .flags = ODL_SETTING_RESTARTS },
  { .key = "optimizer",
    .title = "Optimiser",
    .group = LEARNING,
    .help
    = "How a gradient becomes a change of the weights. Muon changes a whole matrix "
      "at once, by the orthogonal matrix nearest to its averaged gradient.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "adam",
    .choices = optimizers },
  { .key = "rate",
    .title = "Learning rate",
    .group = LEARNING,
    .help = "The size of a change. It may be moved while training runs.",
    .kind = ODL_SETTING_REAL,
    .min = 1e-6,
    .max = 10,
    .fallback = "0.01",
    .flags = ODL_SETTING_LOG },
  { .key = "batch",
    .title = "Batch",
    .group = LEARNING,
    .help = "Points an iteration looks at; 0: all of them. More than 2048 points are "
            "always looked at in batches.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 2048,
    .fallback = "0" },
  { .key = "clip",
    .title = "Clip gradients at",
    .group = LEARNING,
    .help = "The largest norm a gradient may have; 0: any.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 1000,
    .fallback = "0",
    .flags = ODL_SETTING_ADVANCED },
  { .key = "weight-decay",
    .title = "Weight decay",
    .group = LEARNING,
    .help = "Draws weights towards zero: with AdamW and Muon beside the gradient, "
            "otherwise through it.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 1,
    .fallback = "0",
    .flags = ODL_SETTING_ADVANCED },
  { .key = "momentum",
    .title = "Momentum",
    .group = LEARNING,
    .help = "Of SGD: the part of the last change that goes on.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 0.999,
    .fallback = "0.9",
    .flags = ODL_SETTING_ADVANCED,
    .shown_if = "optimizer=sgd" },

  { .key = "kinetic",
    .title = "Kinetic energy",
    .group = PENALTIES,
    .help = "Weight of ∫|f|² dt in what is made small: paths become short and straight "
            "and need fewer evaluations.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 100,
    .fallback = "0" },
  { .key = "jacobian",
    .title = "Jacobian norm",
    .group = PENALTIES,
    .help = "Weight of ∫|∂f/∂h|² dt: the field becomes smooth.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 100,
    .fallback = "0" },
  { .key = "probes",
    .title = "Probes",
    .group = PENALTIES,
    .help = "Random vectors that estimate the Jacobian's norm, drawn once for each "
            "solve; 0: exact, which is cheap in few dimensions.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 8,
    .fallback = "0",
    .flags = ODL_SETTING_ADVANCED },

  { .key = "resolve",
    .title = "Solve now with",
    .group = CHANGE,
    .help = "The trained net under another solver: a net that leaned on coarse steps "
            "is found out. Training goes on with its own.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "none",
    .choices = other_methods },
  { .key = "resolve-mode",
    .title = "Step size then",
    .group = CHANGE,
    .help = "Adaptive or equal steps for the other solver.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "adaptive",
    .choices = modes },
  { .key = "resolve-tolerance",
    .title = "Tolerance then",
    .group = CHANGE,
    .help = "The error the other solver allows in a step.",
    .kind = ODL_SETTING_REAL,
    .min = 1e-12,
    .max = 0.1,
    .fallback = "1e-7",
    .flags = ODL_SETTING_LOG,
    .shown_if = "resolve-mode=adaptive" },
  { .key = "resolve-steps",
    .title = "Steps then",
    .group = CHANGE,
    .help = "How many equal steps the other solver takes.",
    .kind = ODL_SETTING_INTEGER,
    .min = 1,
    .max = 1000,
    .fallback = "20",
    .flags = ODL_SETTING_LOG },

  { .key = "stop-loss",
    .title = "Stop at loss",
    .group = STOP,
    .help = "Training stops when the loss of every model is at or below it; 0: never.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 1000,
    .fallback = "0",
    .flags = ODL_SETTING_ADVANCED },
  { .key = "stop-iterations",
    .title = "Stop at iteration",
    .group = STOP,
    .help = "Training stops when every model has come to it; 0: never.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 1e12,
    .fallback = "0",
    .flags = ODL_SETTING_ADVANCED },
  { .key = "stop-seconds",
    .title = "Stop after seconds",
    .group = STOP,
    .help = "Training stops when it has taken so long, pauses left out; 0: never.",
    .kind = ODL_SETTING_REAL,
    .min = 0,
    .max = 1e6,
    .fallback = "0",
    .flags = ODL_SETTING_ADVANCED },

  { .key = "color",
    .title = "Colour by",
    .group = PICTURE,
    .help = "The class of a point, or how many evaluations it cost.",
    .kind = ODL_SETTING_CHOICE,
    .fallback = "class",
    .choices = colors },
  { .key = "show",
    .title = "Show",
    .group = PICTURE,
    .help = "What is drawn in the flow.",
    .kind = ODL_SETTING_CHOICES,
    .fallback = "points,paths,grid,background,readout,test",
    .choices = layers },
  { .key = "plots",
    .title = "Plots",
    .group = PICTURE,
    .help = "Which plots are shown.",
    .kind = ODL_SETTING_CHOICES,
    .fallback = "flow,inputs,lift,loss,accuracy,nfe,meters",
    .choices = plots },

  { .key = "moment",
    .title = "Moment",
    .group = MACHINE,
    .help = "The iteration whose weights are looked at; −1: the present. The kept "
            "moment at or before it is shown. Training goes on from the present, "
            "unless it is forked here.",
    .kind = ODL_SETTING_INTEGER,
    .min = -1,
    .max = 1e12,
    .fallback = "-1" },
  { .key = "keep",
    .title = "Kept in a session",
    .unit = "KiB",
    .group = MACHINE,
    .help = "How much a session may spend on the weights of past moments. In memory "
            "more of them are kept, with the optimiser's state, which a session "
            "keeps for the present alone: a fork from an older moment of an opened "
            "session begins with a fresh optimiser.",
    .kind = ODL_SETTING_INTEGER,
    .min = 0,
    .max = 16384,
    .fallback = "512",
    .flags = ODL_SETTING_ADVANCED },
};
