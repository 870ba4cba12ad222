/* Step control: how long the next step is to be.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solve/kernels-step.h"
#include "solve/solve.h"

/* Not a number is no error a step can have: after this many in a row the field is given
 * up. */
#define ODL_MAX_BAD_STEPS 12
/* A step is cut by this where its error is not a number. */
#define ODL_BAD_STEP_FACTOR 0.2

OdlControlLaw odl_control_law (const OdlMethod *method, OdlControl control);
/* Whether h is below what t can resolve on a span of this length. */
gboolean odl_step_too_small (double t, double h, double span);

/* Hairer's automatic first step (Hairer, Norsett & Wanner I, II.4), for one lane, in two
 * halves: the length of the probe from ‖y0‖ and ‖f0‖, then the step from ‖f1 − f0‖ of the
 * probe. Norms are scaled RMS; `span` > 0 bounds both. */
double odl_first_probe (double y_norm, double f_norm, double span);
double odl_first_step (const OdlMethod *method, double probe, double f_norm,
                       double change_norm, double span);
