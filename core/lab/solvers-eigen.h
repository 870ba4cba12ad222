/* Eigenvalues of small real matrices, and what they make of an equilibrium.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* Eigenvalues of a (dim × dim, row-major; kept), sorted by real part, largest first, a pair with the positive imaginary part
 * first. FALSE: not finite, or the iteration failed; re and im are NaN then. */
gboolean odl_eigenvalues (guint dim, const double *a, double *re, double *im);

/* "stable spiral", "saddle", "centre", … of an equilibrium with these eigenvalues. Static. */
const char *odl_equilibrium_kind (guint dim, const double *re, const double *im);
