/* Any bytes as a table of labelled points: refused with a message, or a data set whose
 * numbers are finite. SPDX-License-Identifier: MIT */
#include <math.h>

#include "learn/dataset.h"

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OdlDataset) set
      = odl_dataset_parse_csv ((const char *)bytes, size, &error);
  if (!set == !error)
    g_abort ();
  for (guint i = 0; set && i < set->n * set->dim; i++)
    if (!isfinite (set->x[i]))
      g_abort ();
  return 0;
}
