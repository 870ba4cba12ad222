/* Arrays of numbers to JSON and back, to the same bits.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include "base/random.h"
#include "base/status.h"

json_t *odl_numbers_to_json (const double *numbers, gsize n);
/* Exactly n finite numbers, or FALSE with ODL_ERROR_UNREADABLE naming `place`;
 * `numbers` is then undefined. */
gboolean odl_numbers_from_json (const json_t *from, const char *place, double *numbers,
                                gsize n, GError **error);
/* The same as base64 of little-endian doubles: for many that no person reads. Free it.
 */
char *odl_numbers_to_text (const double *numbers, gsize n);
gboolean odl_numbers_from_text (const char *text, const char *place, double *numbers,
                                gsize n, GError **error);
/* A random stream as its three integers, in hexadecimal text (JSON integers are
 * signed). */
json_t *odl_random_to_json (const OdlRandom *random);
gboolean odl_random_from_json (const json_t *from, const char *place, OdlRandom *random,
                               GError **error);
