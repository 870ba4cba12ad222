/* Problems for gradients, and gradients against signed central differences.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "field/network.h"
#include "gradient/gradient.h"

typedef enum {
  CASE_LINEAR,   /* Σ w·y1 */
  CASE_SQUARED,  /* ½ Σ (y1 − w)² */
  CASE_LOGISTIC, /* Σ log (1 + exp (−w·y1)) by component */
  CASE_N_LOSSES
} CaseLoss;

/* Arrays as of OdlProblem; all owned. */
typedef struct {
  OdlField *field;
  guint lanes;
  double *theta, *t0, *t1, *y0, *aux;
  double *w; /* dim × lanes: what the loss is made with */
  CaseLoss loss;
  double step; /* of the differences: 0: 1e-3; small where the field has kinks */
} Case;

/* Takes the graph. Starts, times and w are drawn from seed: spans differ by lane, go
 * backwards in every third and are empty in the last; θ NULL: drawn. */
Case *case_new (OdlGraph *graph, const double *theta, guint lanes, guint32 seed);
/* widths: hidden layers, ended by 0; the state has 2 rows. */
Case *case_network (OdlActivation activation, const guint *widths, gboolean time,
                    guint lanes);
Case *case_equations (const char *text, guint lanes);
/* dy = GRU (x, y) − y with x the constants of a lane. */
Case *case_gru (guint lanes);
/* A network's flow with its log-density; probes 0: exact divergence. */
Case *case_flow (guint probes, guint lanes);
void case_free (Case *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

OdlProblem case_problem (const Case *c);
/* The loss of y1, and dL/dy1 into w1 if wanted. */
double case_loss (const Case *c, const double *y1, double *w1);

typedef enum { CASE_THETA, CASE_Y0, CASE_T0, CASE_T1, CASE_AUX, CASE_N_GROUPS } CaseGroup;
double *case_group (const Case *c, CaseGroup group, gsize *n);

/* A forward map of a case: writes y1, FALSE when it stopped. */
typedef gboolean (*CaseMap) (const Case *c, gpointer data, double *y1);
/* The forward pass of a tape; data: OdlTape. */
gboolean case_forward (const Case *c, gpointer tape, double *y1);
/* Steps given by lane, the last one ending at t1; data: CaseSteps. */
typedef struct {
  const OdlMethod *method;
  GArray **steps; /* by lane, of double */
} CaseSteps;
gboolean case_given_steps (const Case *c, gpointer steps, double *y1);

/* All gradients of a case, in one block. */
typedef struct {
  double *values;
  OdlGradient out;
  double *groups[CASE_N_GROUPS];
} CaseGradient;
/* Runs the tape forward and backward; fails the test when it stops. */
CaseGradient *case_gradient (const Case *c, OdlTape *tape);
void case_gradient_free (CaseGradient *g);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CaseGradient, case_gradient_free)

/* |g·u − difference along u| over Σ |g u|, for a random direction u of one group. */
double case_error (const Case *c, const CaseGradient *g, CaseGroup group, CaseMap map,
                   gpointer data, guint32 seed);
/* The greatest of all groups that the case has. */
double case_worst (const Case *c, const CaseGradient *g, CaseMap map, gpointer data,
                   guint32 seed);
/* The steps that each lane of an adaptive discrete tape accepted in its last run. */
CaseSteps case_steps_of (const OdlTape *tape);
void case_steps_clear (CaseSteps *steps, guint lanes);

void case_assert_same_bits (const Case *c, const CaseGradient *a, const CaseGradient *b);
/* Forward and backward again and again allocate the first time only. */
void case_assert_no_allocation (const Case *c, OdlTape *tape);
