/* Ranges of finite values.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "plot/model.h"

void
odl_extent_clear (OdlExtent *extent)
{
  *extent = (OdlExtent){ INFINITY, -INFINITY, INFINITY, -INFINITY };
}

void
odl_extent_add (OdlExtent *extent, const double *values, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    double value = values[i];
    if (!isfinite (value))
      continue;
    extent->low = fmin (extent->low, value);
    extent->high = fmax (extent->high, value);
    if (value > 0) {
      extent->low_positive = fmin (extent->low_positive, value);
      extent->high_positive = fmax (extent->high_positive, value);
    }
  }
}

void
odl_extent_join (OdlExtent *extent, const OdlExtent *other)
{
  extent->low = fmin (extent->low, other->low);
  extent->high = fmax (extent->high, other->high);
  extent->low_positive = fmin (extent->low_positive, other->low_positive);
  extent->high_positive = fmax (extent->high_positive, other->high_positive);
}

gboolean
odl_extent_is_empty (const OdlExtent *extent)
{
  return !(extent->low <= extent->high);
}
