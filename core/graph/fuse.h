/* Which operations are computed along with others.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/graph.h"

static inline gboolean
odl_op_is_linear (OdlOp op)
{
  return op == ODL_OP_LINEAR || op == ODL_OP_LINEAR_T;
}

static inline gboolean
odl_op_is_accumulator (OdlOp op)
{
  return op == ODL_OP_OUTER_TO_THETA || op == ODL_OP_SUM_TO_THETA;
}

/* By operation of a graph; all FALSE on entry. */
typedef struct {
  gboolean *live;     /* an output or an accumulator depends on it */
  gboolean *uniform;  /* the same in every lane */
  gboolean *absorbed; /* computed by the one operation that uses it */
} OdlMarks;
void odl_graph_mark (const OdlGraph *graph, const OdlMarks *marks);
