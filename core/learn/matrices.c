/* The weight matrices of networks. SPDX-License-Identifier: MIT */
#include "learn/matrices.h"

void
odl_matrices_append (GArray *matrices, const OdlNetwork *network, guint shift)
{
  g_return_if_fail (matrices != NULL && network != NULL);
  for (guint i = 0; i < network->n_slices; i++) {
    const OdlSlice *slice = &network->slices[i];
    const OdlMatrix matrix = { shift + slice->offset, slice->rows, slice->columns };
    if (slice->columns > 1)
      g_array_append_val (matrices, matrix);
  }
}
