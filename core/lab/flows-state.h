/* The Flows experiment from inside: what is kept between commands. Shared by experiment-flows.c and flows-*.c only.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "experiment-flows.h"
#include "history.h"
#include "learn/dataset.h"
#include "learn/optimizer.h"
#include "model/classifier.h"

/* ---- Data ---- */

#define ODL_FLOWS_MAX_OWN   10000u   /* own points that are kept */
#define ODL_FLOWS_MAX_BATCH 2048u

/* Points the user made, in the box of the plots, and how they came there from the user's units. */
typedef struct {
  GArray *x, *y, *label;       /* double, double, int */
  double unit, origin_x, origin_y;
} OdlFlowsOwn;

typedef struct {
  int kind;                    /* OdlDatasetKind, or −1: own points */
  gboolean flip;
  guint dim, n_classes;
  OdlDataset *train, *test;
  guint n_train_shown, n_test_shown;
  OdlDataset *ring;            /* dense circles through both sets, or NULL */
  double inner, outer;         /* radii of the test circles, NaN: none */
  double box;                  /* half the side of the sheet */
  double floor;                /* of the loss of a flow on the flip, NaN otherwise */
} OdlFlowsData;

/* ---- Models ---- */

/* Weights as they were after an iteration, and the optimiser with them while in memory. */
typedef struct {
  guint64 iteration;
  double *theta;
  OdlOptimizer *optimizer;     /* NULL: came from a session */
  double seconds;
} OdlFlowsMoment;

/* A part of the picture of one model: computed when it is out of date, shared with frames as a frame of its own. */
typedef enum { ODL_PIECE_POINTS, ODL_PIECE_SHEET, ODL_PIECE_RINGS, ODL_PIECE_CHECKS, ODL_N_PIECES } OdlFlowsPieceKind;
typedef struct {
  guint64 weights, solver, data;
} OdlFlowsKey;
typedef struct {
  OdlFrame *frame;             /* payload: OdlFlowsPart; NULL: none yet */
  OdlFrame *before;            /* the one of the points before, while other models still show those */
  guint64 before_data;
  OdlFlowsKey key;
  gint64 due_us;               /* while training: not again before */
} OdlFlowsPiece;
typedef struct {
  GPtrArray *blocks;
  OdlFlowModel model;          /* only what the piece is about */
} OdlFlowsPart;

typedef struct {
  OdlFlowKind kind;
  gboolean active;
  char *structure, *origin;    /* texts of the settings that made it, and of the data it began on */
  OdlClassifier *classifier;
  double *theta, *good, *gradient;   /* good: before the last update */
  OdlOptimizer *optimizer;
  guint64 iteration;
  double seconds;              /* of training, pauses left out */
  guint64 run;                 /* in the book; 0: not begun */
  char *failure;
  OdlClassifierPass pass;      /* the last */
  GPtrArray *moments;          /* of OdlFlowsMoment, ascending */
  guint64 stride;
  guint64 weights;             /* counts changes of what is shown */
  OdlFlowsPiece pieces[ODL_N_PIECES];
} OdlFlow;

typedef struct {
  OdlValues *values;           /* the wrapper's */
  OdlRuns *runs;
  OdlFlowsOwn own;
  OdlFlowsData data;
  OdlFrame *shown;             /* the points that frames show (payload: OdlFlowsShown) */
  OdlFlow flows[ODL_N_FLOWS];
  guint64 solver, data_version;
  char *solver_text, *data_text;     /* the settings they were counted for */
  char *trouble;               /* why nothing can be trained, or NULL */
  char *stopped;               /* which stop condition was met, or NULL */
  double last_x, last_y;       /* of the stroke being painted */
  gboolean watched;            /* a frame has been taken since the last part was made */
  guint turn;                  /* the model whose iteration is next */
  /* The batch. */
  guint64 batch_epoch;
  guint batch_n;
  guint *order;
  double *batch_x, *batch_probe;
  int *batch_label;
} OdlFlows;

/* The points of a frame, copied once for all frames that show them. */
typedef struct {
  GPtrArray *blocks;
  guint64 version;
  guint n, n_train, n_train_all, n_test_all, dim, n_classes;
  gboolean flip;
  double *x, *y;
  guint8 *label;
  char *id, *title;
  double box, inner, outer, unit, origin_x, origin_y, floor;
} OdlFlowsShown;

/* flows-data.c */
void odl_flows_own_init (OdlFlowsOwn *own);
void odl_flows_own_clear (OdlFlowsOwn *own);
void odl_flows_own_copy (OdlFlowsOwn *to, const OdlFlowsOwn *from);
void odl_flows_own_add (OdlFlowsOwn *own, double x, double y, int label);
/* Replaces the points by those of a table; FALSE with a sentence naming the line. */
gboolean odl_flows_own_read (OdlFlowsOwn *own, const char *text, GError **error);
/* Makes all data from the values and own points. */
void odl_flows_data_make (OdlFlowsData *data, const OdlValues *values, const OdlFlowsOwn *own);
void odl_flows_data_clear (OdlFlowsData *data);
OdlFrame *odl_flows_shown_new (const OdlFlows *self);

/* flows-paint.c */
gboolean odl_flows_paint (OdlFlows *self, const OdlAction *action, GError **error);

/* flows-read.c */
gboolean odl_flows_read_shape (const OdlFlows *self, OdlFlowKind kind, OdlClassifierShape *shape, GError **error);
gboolean odl_flows_read_plan (const OdlFlows *self, OdlClassifierPlan *plan, GError **error);
/* The solver pictures are made with; TRUE when it is not the one of training. */
gboolean odl_flows_read_view (const OdlFlows *self, OdlClassifierPlan *plan);
void odl_flows_read_optimizer (const OdlFlows *self, OdlOptimizerOptions *options);
char *odl_flows_structure (const OdlFlows *self, OdlFlowKind kind);
char *odl_flows_origin (const OdlFlows *self);
char *odl_flows_solver_name (const OdlClassifierPlan *plan);

/* flows-train.c */
/* By the settings, for the model's weights. */
OdlOptimizer *odl_flow_new_optimizer (const OdlFlows *self, const OdlFlow *flow);
/* A model anew from its first weights. */
void odl_flow_restart (OdlFlows *self, OdlFlow *flow);
void odl_flow_clear (OdlFlow *flow);
gboolean odl_flows_step (gpointer self, const OdlTime *time, gboolean many, GError **error);

/* flows-moments.c */
void odl_flows_moment_free (gpointer moment);
/* Keeps the present weights if their iteration is on the grid of kept ones. */
void odl_flow_keep (OdlFlow *flow);
/* Drops moments after the present iteration. */
void odl_flow_forget_later (OdlFlow *flow);
/* The kept moment at or before an iteration, or NULL: the present. */
const OdlFlowsMoment *odl_flow_moment (const OdlFlow *flow, gint64 iteration);
/* The weights that are shown, and their iteration. */
const double *odl_flow_shown_theta (const OdlFlows *self, const OdlFlow *flow, guint64 *iteration);
gboolean odl_flows_fork (OdlFlows *self, GError **error);

/* flows-pieces.c, flows-points.c, flows-sheet.c, flows-rings.c, flows-checks.c */
gboolean odl_flows_settle (gpointer self, const OdlTime *time);
/* After an iteration: makes the parts of the picture that are due, when frames are being taken; of `many` iterations those that
 * fit before the deadline, at least one. */
void odl_flows_refresh (OdlFlows *self, const OdlTime *time, gboolean many);
gboolean odl_flows_is_stale (const OdlFlows *self);
void odl_flow_drop_pieces (OdlFlow *flow);

/* What a piece is made from. */
typedef struct {
  const OdlFlows *self;
  const OdlFlow *flow;
  const double *theta;
  const OdlClassifierPlan *plan;
  guint n_depths, step_every;
  double depth[ODL_FLOWS_MAX_DEPTHS];
  GPtrArray *blocks;
} OdlFlowsMaking;
/* FALSE: interrupted. */
gboolean odl_flows_make_points (const OdlFlowsMaking *making, OdlFlowModel *model);
gboolean odl_flows_make_sheet (const OdlFlowsMaking *making, OdlFlowModel *model);
gboolean odl_flows_make_rings (const OdlFlowsMaking *making, OdlFlowModel *model);
gboolean odl_flows_make_checks (const OdlFlowsMaking *making, OdlFlowModel *model);
/* States of n points (feature-major) at all depths as floats of the slab. */
OdlClassifierPaths *odl_flows_follow (const OdlFlowsMaking *making, guint n, const double *x);
float *odl_flows_floats (const OdlFlowsMaking *making, const OdlClassifierPaths *paths);
/* End states, dim × lanes. Free it. */
double *odl_flows_ends (const OdlClassifierPaths *paths);
OdlFlowScore odl_flows_score (const OdlFlowsMaking *making, const OdlDataset *points, const double *ends);

/* flows-frame.c, flows-words.c */
OdlFrame *odl_flows_snapshot (gpointer self);
char *odl_flows_sentence (const OdlFlowsPayload *payload, const OdlFlowModel *model);
char *odl_flows_resolve_sentence (const OdlFlowsPayload *payload);

/* flows-save.c */
json_t *odl_flows_save (gpointer self, guint parts);
gboolean odl_flows_load (gpointer self, const json_t *from, guint parts, GError **error);

/* experiment-flows.c: after the values or own points have changed. */
gboolean odl_flows_apply (OdlFlows *self, GError **error);
