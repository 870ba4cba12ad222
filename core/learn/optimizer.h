/* Optimisers on one flat parameter vector.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include "base/status.h"
#include "learn/matrices.h"

typedef enum {
  ODL_OPTIMIZER_ADAM,
  ODL_OPTIMIZER_ADAMW,
  ODL_OPTIMIZER_SGD,
  ODL_OPTIMIZER_MUON
} OdlOptimizerKind;
typedef enum {
  ODL_SCHEDULE_CONSTANT,
  ODL_SCHEDULE_COSINE,
  ODL_SCHEDULE_STEP
} OdlSchedule;

/* Zeroed fields take the value in brackets. */
typedef struct {
  OdlOptimizerKind kind;
  double rate;         /* learning rate (0.001) */
  double beta1, beta2; /* Adam's averages (0.9, 0.999), Muon's for what is no matrix */
  double epsilon;      /* (1e-8) */
  double weight_decay; /* AdamW: decoupled; SGD, Adam: added to the gradient */
  double momentum;     /* SGD; Muon (0.95) */
  double clip;         /* largest Euclidean norm of a gradient; 0: no clipping */
  OdlSchedule schedule;
  guint64 warmup;  /* iterations of linear warm-up */
  guint64 horizon; /* cosine: iterations until the rate is 0; step: per tenfold */
} OdlOptimizerOptions;

typedef struct _OdlOptimizer OdlOptimizer;
OdlOptimizer *odl_optimizer_new (guint n, const OdlOptimizerOptions *options);
OdlOptimizer *odl_optimizer_copy (const OdlOptimizer *optimizer);
void odl_optimizer_free (OdlOptimizer *optimizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlOptimizer, odl_optimizer_free)
/* What Muon takes for matrices: of OdlMatrix, copied, apart from each other. All else is
 * stepped as by Adam. */
void odl_optimizer_set_matrices (OdlOptimizer *optimizer, const GArray *matrices);
/* Changes rate, clip and the like; the averages stay. */
void
odl_optimizer_configure (OdlOptimizer *optimizer, const OdlOptimizerOptions *options);
/* theta[n] −= …; gradient[n] is not changed. Returns the gradient's Euclidean norm
 * before clipping; when that is not finite theta is left alone. */
double
odl_optimizer_step (OdlOptimizer *optimizer, double *theta, const double *gradient);
guint64 odl_optimizer_iteration (const OdlOptimizer *optimizer);
/* The learning rate of the next step. */
double odl_optimizer_rate (const OdlOptimizer *optimizer);
/* Exact: the next step after load is the next step after save. */
json_t *odl_optimizer_save (const OdlOptimizer *optimizer);
gboolean
odl_optimizer_load (OdlOptimizer *optimizer, const json_t *from, GError **error);
