/* Where the weight matrices of networks lie within θ. SPDX-License-Identifier: MIT */
#pragma once

#include "field/network.h"

/* rows × columns, row-major, from `offset` on. */
typedef struct {
  guint offset, rows, columns;
} OdlMatrix;

/* Appends those of a network whose first θ is at `shift` to an array of OdlMatrix. What has but one column, biases and the
 * weights of a single input, is a vector. */
void odl_matrices_append (GArray *matrices, const OdlNetwork *network, guint shift);
