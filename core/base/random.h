/* Counter-based random numbers: a stream is (seed, stream, counter), so its state is three integers that a
 * session can hold exactly, and streams never overlap.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

typedef struct {
  guint64 seed, stream, counter;
} OdlRandom;

/* A stream of its own for every (seed, stream) pair. */
OdlRandom odl_random (guint64 seed, guint64 stream);
guint64 odl_random_bits (OdlRandom *random);
/* Uniform on [0, 1), 53 bits. */
double odl_random_uniform (OdlRandom *random);
/* Standard normal; uses a fixed number of counter ticks per call, so the state stays simple. */
double odl_random_normal (OdlRandom *random);
/* Uniform on 0 … n − 1, without bias. */
guint64 odl_random_below (OdlRandom *random, guint64 n);
