/* Random numbers from Philox2x64-10. SPDX-License-Identifier: MIT
 *
 * The generator is a keyed bijection of 128-bit blocks: ten rounds of a wide product
 * and an exclusive or, the key moved by the golden ratio each round. A stream is all
 * blocks (counter, stream) under the key `seed`, so distinct (seed, stream) pairs share
 * no block, and a stream is put back by its three integers. Nothing is kept between
 * calls: every call spends whole blocks. Source: J. Salmon, M. Moraes, R. Dror, D.
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#include "base/random.h"

#include <math.h>

#define ROUNDS     10
#define MULTIPLIER G_GUINT64_CONSTANT (0xD2B74407B1CE6E93)
#define WEYL       G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)

__extension__ typedef unsigned __int128 Wide;

typedef struct {
  guint64 a, b;
} Block;

/* The next block of the stream: one tick. */
static Block
draw (OdlRandom *random)
{
  Block block = { random->counter++, random->stream };
  guint64 key = random->seed;
  for (int round = 0; round < ROUNDS; round++) {
    Wide product = (Wide)MULTIPLIER * block.a;
    block.a = (guint64)(product >> 64) ^ key ^ block.b;
    block.b = (guint64)product;
    key += WEYL;
  }
  return block;
}

OdlRandom
odl_random (guint64 seed, guint64 stream)
{
  return (OdlRandom){ seed, stream, 0 };
}

guint64
odl_random_bits (OdlRandom *random)
{
  return draw (random).a;
}

double
odl_random_uniform (OdlRandom *random)
{
  return (double)(draw (random).a >> 11) * 0x1p-53;
}

/* Box and Muller's cosine, from the two words of one block; the radius takes a number
 * in (0, 1], whose logarithm exists. */
double
odl_random_normal (OdlRandom *random)
{
  Block block = draw (random);
  double u = (double)((block.a >> 11) + 1) * 0x1p-53;
  double angle = (double)(block.b >> 11) * (0x1p-53 * 2 * G_PI);
  return sqrt (-2 * log (u)) * cos (angle);
}

/* Lemire's method: the high word of bits·n, drawn again when the low word falls in the
 * uneven rest (D. Lemire, ACM TOMACS 29, 2019). */
guint64
odl_random_below (OdlRandom *random, guint64 n)
{
  g_return_val_if_fail (n > 0, 0);
  guint64 rest = (guint64)-n % n;
  Wide product;
  do
    product = (Wide)draw (random).a * n;
  while ((guint64)product < rest);
  return (guint64)(product >> 64);
}
