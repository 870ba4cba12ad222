/* Equilibria of an autonomous system, with their eigenvalues.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solvers-portrait.h"

/* Writes portrait->equilibria: those within the box behind (states off the axes: within thrice their range). */
void odl_find_equilibria (OdlPortrait *portrait, const OdlSolversProblem *problem, const OdlReference *reference);
