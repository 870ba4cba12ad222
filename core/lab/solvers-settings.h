/* The settings of the Solvers panel, and texts that follow from a problem.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "setting.h"

#define ODL_SOLVERS_N_SETTINGS 21
extern const OdlSetting odl_solvers_settings[ODL_SOLVERS_N_SETTINGS];
