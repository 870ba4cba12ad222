/* Rows of the Flows panel's settings.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "setting.h"

#define ODL_FLOWS_N_SETTINGS 42
extern const OdlSetting odl_flows_settings[ODL_FLOWS_N_SETTINGS];
