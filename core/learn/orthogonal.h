/* The orthogonal matrix nearest to a given one, roughly: what Muon makes of a momentum.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* Doubles of scratch that a matrix of this size needs. */
gsize odl_orthogonal_scratch (guint rows, guint columns);
/* x, rows × columns and row-major, U S Vᵀ → U p(S/|S|) Vᵀ, with p five times the quintic 3.4445 s − 4.7750 s³ + 2.0315 s⁵ and
 * |S| the Frobenius norm: singular values end between 0.68 and 1.14 where they were not below 0.5 % of the norm, and what is
 * smaller grows by up to 3.4445⁵ (Jordan and others 2024, "Muon: an optimizer for hidden layers"). Zero stays zero. `scratch` is
 * aligned to 64 bytes. */
void odl_orthogonalise (double *x, guint rows, guint columns, double *scratch);
