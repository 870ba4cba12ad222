/* Classifiers with continuous or counted depth: the neural ODE, plain or with extra
 * dimensions, and the residual network. SPDX-License-Identifier: MIT
 *
 * A point x is put into the first coordinates of a state h, the extra ones start at
 * zero; depth carries h from 0 to its end; a linear readout W h + b judges where it
 * ended. θ is the field's (or the blocks', one after another), then W (row-major), then
 * b. Points and states of batches are feature-major, row stride = lanes; paths are
 * lane-major, as the functions say. */
#pragma once

#include "learn/matrices.h"
#include "gradient/gradient.h"

typedef enum {
  ODL_CLASSIFIER_LOGISTIC, /* logistic loss of two classes, softmax of more */
  ODL_CLASSIFIER_SQUARED,  /* against ±1 for two classes, against one-hot for more */
  ODL_CLASSIFIER_SMOOTH_L1
} OdlClassifierLoss;

#define ODL_CLASSIFIER_MAX_DIM    8
#define ODL_CLASSIFIER_MAX_HIDDEN 6
#define ODL_CLASSIFIER_MAX_BLOCKS 64
typedef struct {
  guint data_dim, extra; /* state rows: their sum, at most MAX_DIM */
  guint n_hidden, hidden[ODL_CLASSIFIER_MAX_HIDDEN];
  OdlActivation activation;
  gboolean time;   /* the field sees t (a block: its index over their number) */
  double span;     /* ODE: depth runs from 0 to it */
  guint blocks;    /* > 0: a ResNet h ← h + residual · f_l (h) of so many blocks */
  gboolean shared; /* its blocks share one set of weights */
  double residual;
  guint n_classes; /* ≥ 2; 0: no classes, the first data_dim rows of the end state are to
                      be −x, and there is no readout */
  guint read;      /* coordinates that the readout sees, the first; 0: all */
  OdlClassifierLoss loss; /* without classes LOGISTIC stands for SMOOTH_L1 */
} OdlClassifierShape;

typedef struct _OdlClassifier OdlClassifier;
/* NULL with ODL_ERROR_INVALID when a width or size is not accepted. */
OdlClassifier *odl_classifier_new (const OdlClassifierShape *shape, GError **error);
void odl_classifier_free (OdlClassifier *classifier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlClassifier, odl_classifier_free)
const OdlClassifierShape *odl_classifier_shape (const OdlClassifier *classifier);
guint odl_classifier_n_theta (const OdlClassifier *classifier);
/* The weight matrices of its field or blocks, of OdlMatrix; the readout is none of them. Unref it. */
GArray *odl_classifier_matrices (const OdlClassifier *classifier);
guint odl_classifier_dim (const OdlClassifier *classifier);
/* Rows of the readout; θ at `readout`: W (outputs × dim of what it reads), b. */
guint odl_classifier_n_outputs (const OdlClassifier *classifier);
guint odl_classifier_readout (const OdlClassifier *classifier);
void odl_classifier_init (const OdlClassifier *classifier, double *theta,
                          OdlRandom *random);

/* How depth is solved and differentiated. */
typedef struct {
  const OdlMethod *method;
  guint64 steps;    /* > 0: equal steps; 0: adaptive */
  double tolerance; /* rtol = atol */
  const OdlGradientMethod *gradient; /* only for odl_classifier_gradient */
  double kinetic;  /* weight of ∫ |f|² dt (C. Finlay and others 2020) */
  double jacobian; /* weight of ∫ |∂f/∂h|²_F dt */
  guint probes;    /* of Hutchinson's estimate of it; 0: exact */
  OdlPool *pool;
  gboolean (*interrupted) (gpointer data);
  gpointer interrupted_data;
} OdlClassifierPlan;

/* Points with their classes. */
typedef struct {
  guint lanes;
  const double *x;     /* data_dim × lanes */
  const int *label;    /* lanes; not read without classes */
  const double *probe; /* probes·dim × lanes, or NULL when there are none */
} OdlClassifierBatch;

/* Means over the lanes; loss without the penalties, which are unweighted. */
typedef struct {
  OdlStatus status;
  guint bad_lane; /* of a status that is not DONE */
  double loss, accuracy, kinetic, jacobian;
  double nfe_forward, nfe_backward;
} OdlClassifierPass;

/* TRUE when the plan can be carried out; compiles what it needs, and is quick when
 * nothing has changed. */
gboolean odl_classifier_prepare (OdlClassifier *classifier,
                                 const OdlClassifierPlan *plan, GError **error);
/* Writes dθ of the mean loss plus penalties. The plan is the one last prepared; pool and
 * interrupted are taken from it. Not DONE: dtheta is undefined. STOPPED: interrupted.
 * The same bits for any number of threads. */
OdlStatus odl_classifier_gradient (OdlClassifier *classifier, const double *theta,
                                   const OdlClassifierBatch *batch, double *dtheta,
                                   OdlClassifierPass *pass);

/* Where points go: states at depths, lane-major. */
typedef struct {
  guint lanes, dim, n_depths;
  double *state; /* depth k of lane i: [(k·lanes + i)·dim …]; NaN: not reached */
  guint64 *nfe;  /* lanes: evaluations */
} OdlClassifierPaths;
void odl_classifier_paths_free (OdlClassifierPaths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlClassifierPaths, odl_classifier_paths_free)
/* x: data_dim × lanes. depth: n_depths ascending within [0, span], the last one being
 * the span; of a ResNet they are not read, its n_depths are blocks + 1. Penalties are
 * left out. NULL: interrupted. */
OdlClassifierPaths *odl_classifier_follow (const OdlClassifier *classifier,
                                           const double *theta,
                                           const OdlClassifierPlan *plan, guint lanes,
                                           const double *x, guint n_depths,
                                           const double *depth);
/* Judges end states (dim × lanes): outputs (n_outputs × lanes), loss (lanes); any may
 * be NULL, and label when there is no loss wanted or there are no classes. x is only
 * read without classes. */
typedef struct {
  guint lanes;
  const double *h, *x;
  const int *label;
  double *outputs, *loss;
} OdlClassifierJudgement;
void odl_classifier_judge (const OdlClassifier *classifier, const double *theta,
                           const OdlClassifierJudgement *judgement);
/* The class that outputs (one of `lanes` lanes, row stride lanes) give; without classes:
 * 1 where the first is positive. */
guint odl_classifier_choose (const OdlClassifier *classifier, const double *outputs,
                             guint lanes, guint lane);
