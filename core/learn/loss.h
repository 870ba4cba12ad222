/* Losses as graphs: each appends operations and returns a node of 1 row, the loss of
 * every lane. SPDX-License-Identifier: MIT
 *
 * Predictions and targets are nodes of the same rows, unless said otherwise; sums run
 * over rows, the mean over lanes is the caller's. All are differentiable by derive.h in
 * every operand and finite wherever their operands are moderate: no logarithm of a
 * number that may round to zero. */
#pragma once

#include "graph/graph.h"

/* Binary classification: log (1 + e^z) − label·z for one logit z and a label of 0 or 1.
 */
OdlNode odl_loss_logistic (OdlGraph *graph, OdlNode logit, OdlNode label);
/* Of k classes, k ≥ 2: log Σ e^z − Σ target·z for k logits and a target that sums to 1.
 */
OdlNode odl_loss_softmax (OdlGraph *graph, OdlNode logits, OdlNode target);
/* Σ (prediction − target)². */
OdlNode odl_loss_squared (OdlGraph *graph, OdlNode prediction, OdlNode target);
/* Σ of e²/2 where e = |prediction − target| is below 1, e − ½ beyond (P. Huber 1964). */
OdlNode odl_loss_smooth_l1 (OdlGraph *graph, OdlNode prediction, OdlNode target);
/* −log of the normal density: Σ ½ (log 2π + v + (target − mean)² e^−v), v the logarithm
 * of the variance. */
OdlNode odl_loss_gaussian_nll (OdlGraph *graph, OdlNode mean, OdlNode log_variance,
                               OdlNode target);
/* KL (N (m, e^v) ‖ N (0, 1)) = Σ ½ (m² + e^v − 1 − v). */
OdlNode odl_loss_gaussian_kl (OdlGraph *graph, OdlNode mean, OdlNode log_variance);
