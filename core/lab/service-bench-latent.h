/* How soon the Latent panel answers and how honestly.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "service.h"

/* Adds rows like those of odl_service_bench; takes some seconds for each shipped model. */
void odl_bench_latent (json_t *rows);
