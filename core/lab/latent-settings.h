/* Rows of the Latent panel's settings.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "setting.h"

#define ODL_LATENT_N_SETTINGS 16
extern const OdlSetting odl_latent_settings[ODL_LATENT_N_SETTINGS];
