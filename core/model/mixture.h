/* Mixtures of normal distributions in one dimension, and their quantiles.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* The normal distribution function as a table: exact to 1e-5, and about as fast as two loads. */
#define ODL_NORMAL_CELLS 1024
#define ODL_NORMAL_END   5.0
typedef struct {
  double cell[ODL_NORMAL_CELLS + 2];
} OdlNormalTable;
void odl_normal_table_fill (OdlNormalTable *table);
double odl_normal_table_at (const OdlNormalTable *table, double x);

/* n normals with weights that sum to 1; precision is 1 / deviation. */
typedef struct {
  guint n;
  const double *weight, *mean, *precision;
} OdlMixture;
/* The mixture's distribution function. */
double odl_mixture_below (const OdlMixture *mixture, const OdlNormalTable *table, double y);
/* Where it reaches each of the levels (ascending, within 0.001 … 0.999), to about 1e-5 in level. */
void odl_mixture_quantiles (const OdlMixture *mixture, const OdlNormalTable *table, const double *levels, guint n_levels,
                            double *quantiles);
