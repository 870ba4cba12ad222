/* The names that the two sources of one instruction set share; ISA_NAME is defined by
 * the build (core/kernels.cmake).
 * SPDX-License-Identifier: MIT */
#pragma once

#include "graph/kernels.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_ (a, b)
#define TABLE(name) JOIN (name, ISA_NAME)

void TABLE (odl_product_) (const OdlCall *call);
void TABLE (odl_outer_) (const OdlCall *call);
void TABLE (odl_sum_lanes_) (const OdlCall *call);
void TABLE (odl_defer_sums_) (const OdlCall *call);
