/* What a frame of the Flows panel holds: plain arrays, const once published.
 * SPDX-License-Identifier: MIT
 *
 * Positions are floats, depth-major: coordinate c of point i at depth sample k is at [(k·n + i)·dim + c]; between two samples they
 * are joined linearly, samples are close enough for that to look smooth. Sample 0 is the input (extra coordinates zero), the last
 * one is what the readout sees. NaN is "not there": does not apply, not computed yet. Every array belongs to the payload's blocks.
 *
 * Actions (kind): "paint" adds a point of class `index` at (x, y), with shift it erases; "paint-a", "paint-b", "paint-c" add one of
 * that class; "erase" removes the nearest point within reach; "clear" removes all; "csv" reads `text`; "moment" looks at the kept
 * weights nearest below iteration x (x < 0 or not below the newest: the present); "fork" goes on training from the moment looked
 * at; "present" looks at the present again. */
#pragma once

#include "experiment.h"

extern const OdlExperimentClass odl_experiment_flows;

/* X (ID, "id", "title"), also the bits of the setting "models" and the names of the runs. */
#define ODL_FLOWS(X)                                                                     \
  X (STANDARD, "standard", "Standard neural ODE")                                        \
  X (AUGMENTED, "augmented", "Augmented neural ODE")                                     \
  X (RESNET, "resnet", "ResNet")
typedef enum {
#define X(ID, id, title) ODL_FLOW_##ID,
  ODL_FLOWS (X)
#undef X
  ODL_N_FLOWS
} OdlFlowKind;

#define ODL_FLOWS_MAX_CLASSES 8
#define ODL_FLOWS_MAX_SHOWN   2000u    /* points with a path in a frame; metrics use all */
#define ODL_FLOWS_MAX_DEPTHS  65u
#define ODL_FLOWS_MAX_DIM     8u
#define ODL_FLOWS_LATTICE     49u      /* vertices along a side of the sheet */
#define ODL_FLOWS_CIRCLE      256u     /* vertices of a test circle; the last joins the first */
#define ODL_FLOWS_MAX_CROSSINGS 64u

/* Numbers of one set of points under one model and one solver. */
typedef struct {
  double loss, accuracy;       /* loss: mean, without regularisers; accuracy 0…1 */
} OdlFlowScore;

/* Where two paths of a coarse discretisation meet although an exact flow's cannot. */
typedef struct {
  float depth, x, y;           /* 1-D: y is the coordinate and x is 0 */
} OdlFlowCrossing;

typedef struct {
  OdlFlowKind kind;
  const char *id, *title;      /* static */
  char *about;                 /* "2 + 3 dimensions, 1,387 weights"; never NULL */
  guint dim;                   /* of the state: data dimensions + extra */
  guint n_theta;
  gboolean discrete;           /* ResNet: depth is counted in blocks, paths are polygons */

  /* Depth: n_depths samples ascending from 0 to depth[n_depths − 1] (the span T, or the number of blocks). When step_every > 0
   * every step_every-th sample is the end of a step that all points share. */
  guint n_depths, step_every;
  double *depth;

  /* The payload's points, in their order. */
  float *path;                 /* n_depths × n × dim */
  guint16 *nfe;                /* n: evaluations forward of each; NULL for ResNet */
  float *probability;          /* n: of the class the model gives the point */
  guint8 *given;               /* n: that class */

  /* The sheet: a lattice of ODL_FLOWS_LATTICE² inputs over the payload's box, row 0 at the bottom. Its lines are the deforming
   * grid, its vertices' values the decision background: at depth 0 over the inputs, later carried along. 1-D data: one row. */
  guint rows, columns;
  float *sheet;                /* n_depths × (rows·columns) × dim */
  float *sheet_logit;          /* rows·columns: > 0 where class 1 is given (two classes); margin of the given class otherwise */
  guint8 *sheet_given;         /* rows·columns */
  guint16 *sheet_nfe;          /* rows·columns; NULL for ResNet */

  /* Readout of the end state: logits = W h + b, W n_outputs × dim (zero columns where a coordinate is not read). Two classes: one
   * output, class 1 where it is positive. The flip has none (n_outputs 0): the first coordinate is the answer. */
  guint n_outputs;
  double *readout_w, *readout_b;

  /* For the view of the lifted space: unit vectors of the state space for x, y and z (3 × dim). z is the direction among the extra
   * coordinates along which the classes end farthest apart. All zero z when dim is 2. */
  double *lift;

  /* Test circles, only for discs and rings: the rim of the inner set and the inner rim of the outer one. n_depths × CIRCLE × dim. */
  float *inner, *outer;
  guint tear_at;               /* the outer circle's edge [tear_at, tear_at + 1] is stretched most */

  /* Meters. */
  OdlFlowScore train, test, ring;  /* ring: a dense set of points on circles through both sets */
  OdlFlowScore as_trained;     /* train, under the solver it was trained with, when the panel re-solves with another; else NaN */
  OdlFlowScore exact;          /* train, under a tight adaptive solve; NaN: ResNet */
  double exact_gap;            /* largest distance of an end point from where the exact flow takes it */
  double nfe_forward, nfe_backward;  /* evaluations a point and iteration, mean of the iteration that made the paths' weights */
  double path_length;          /* mean over the points */
  double stretch;              /* tear: largest ratio of an edge's length after to before, over both circles */
  int winding;                 /* nesting: how often the outer circle's image runs round the inner disc's centre; G_MININT: unknown, or the
                                  tear is too thin to tell */
  gboolean nested;             /* all of the inner circle's image is still inside the outer's (in the plane of x, y) */
  double kinetic, jacobian;    /* regularisers' values on the last batch; NaN when off */
  guint n_folded, n_tried_folds;   /* places of a grid that the discrete map turns over, of so many looked at: 0 for any exact
                                  flow. Plane states with counted steps only; n_tried_folds 0: not looked */
  guint n_crossings;
  OdlFlowCrossing *crossings;
  double floor;                /* no flow of the line gets below it on the flip; NaN otherwise */
  char *sentence;              /* what the numbers say; never NULL */
  char *failure;               /* "stopped at iteration 120: …" when its training diverged, else NULL */

  /* History, ascending: rows of the run (history.h). */
  guint n_history;
  guint64 *iteration;
  double *loss, *accuracy, *history_nfe_forward, *history_nfe_backward, *gradient_norm, *seconds;
} OdlFlowModel;

typedef struct {
  gpointer page;               /* owns every array and string below */
  gboolean settled;            /* pictures are of these weights and settings */
  guint64 iteration;           /* whose weights are shown */
  guint data_dim, n_classes;   /* 1 or 2 */
  gboolean flip;               /* the answer is a place, not a class */
  char *data, *data_title;     /* id and title */

  /* Points shown: training points first, then test points. At most ODL_FLOWS_MAX_SHOWN; n_train_all, n_test_all say how many are. */
  guint n, n_train, n_train_all, n_test_all;
  double *x, *y;               /* n; y 0 when the data are of one dimension */
  guint8 *label;               /* n */

  double x0, x1, y0, y1;       /* box of the sheet and of the plots of inputs */
  /* The user's units: x·unit + origin_x, y·unit + origin_y (1, 0, 0 unless a CSV was scaled to the box). */
  double unit, origin_x, origin_y;
  double inner_radius, outer_radius;  /* of the test circles; NaN: none */

  double span;                 /* T of the neural ODEs */
  char *solver;                /* "Dormand–Prince 5(4) at 1e-4", of what is shown */
  char *trained_solver;        /* the same of training; equal unless re-solved */
  gboolean resolved;           /* shown with another solver than trained with */
  char *resolve_sentence;      /* what the change of solver shows, or NULL */

  /* The active ones whose paths are there (of no points at all: an empty plane to paint on), in the order of ODL_FLOWS; none
   * before the first have been computed. Of each, what is slow to compute may be missing at first (sheet, inner and outer NULL)
   * or be of slightly older weights while training runs. */
  guint n_models;
  OdlFlowModel *models;

  /* The time machine: iterations whose weights are kept, ascending; the last may be the present. */
  guint n_moments;
  guint64 *moments;
  gboolean looking_back;       /* `iteration` is not the present */
  guint64 present;             /* the newest iteration */
} OdlFlowsPayload;
