/* The tables of methods, for method.c.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "solve/method.h"

extern const OdlMethod odl_method_dop853;
extern const OdlMethod odl_method_dopri8;
extern const OdlMethod *const odl_method_table[];
extern const guint odl_method_table_length;
