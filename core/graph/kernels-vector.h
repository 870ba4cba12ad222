/* The vector of one instruction set, for the sources that are compiled once for each.
 * SPDX-License-Identifier: MIT
 *
 * Arithmetic is written with the vector extensions of GCC and Clang; what they lack
 * (fused multiply-add, selection, square root, minimum) is here, three times. A vector
 * is what fits one register: 8 doubles with AVX-512, 4 with AVX2, 2 otherwise, where
 * the compiler makes SSE2 or NEON of it. Contraction is off: a product and a sum are
 * fused where FMA is written and nowhere else, so that a lane's result depends on
 * neither its place in the tile nor the moods of the optimiser. */
#pragma once

#include <glib.h>
#include <math.h>
#if defined __SSE2__
#include <immintrin.h>
#endif

#if defined __AVX512F__
#define VL 8
#elif defined __AVX2__
#define VL 4
#else
#define VL 2
#endif

typedef double V __attribute__ ((vector_size (8 * VL)));
typedef gint64 I __attribute__ ((vector_size (8 * VL)));
typedef guint64 U __attribute__ ((vector_size (8 * VL)));
typedef double Loose __attribute__ ((vector_size (8 * VL), aligned (8), may_alias));

#define INLINE static inline __attribute__ ((always_inline))

INLINE V
load (const double *p)
{
  return (V) * (const Loose *)p;
}

INLINE void
store (double *p, V v)
{
  *(Loose *)p = (Loose)v;
}

INLINE V
splat (double x)
{
  return x - (V){ 0 };
}

#if VL == 8
typedef __mmask8 M;

INLINE V
fma_ (V a, V b, V c)
{
  return (V)_mm512_fmadd_pd ((__m512d)a, (__m512d)b, (__m512d)c);
}
INLINE V
sqrt_ (V a)
{
  return (V)_mm512_sqrt_pd ((__m512d)a);
}
INLINE V
min_ (V a, V b)
{
  return (V)_mm512_min_pd ((__m512d)a, (__m512d)b);
}
INLINE V
max_ (V a, V b)
{
  return (V)_mm512_max_pd ((__m512d)a, (__m512d)b);
}
INLINE M
less (V a, V b)
{
  return _mm512_cmp_pd_mask ((__m512d)a, (__m512d)b, _CMP_LT_OQ);
}
INLINE M
not_less (V a, V b)
{
  return _mm512_cmp_pd_mask ((__m512d)a, (__m512d)b, _CMP_NLT_UQ);
}
INLINE M
is_nan (V a)
{
  return _mm512_cmp_pd_mask ((__m512d)a, (__m512d)a, _CMP_UNORD_Q);
}
INLINE M
is_set (I bits, gint64 bit)
{
  return _mm512_test_epi64_mask ((__m512i)bits, _mm512_set1_epi64 (bit));
}
INLINE M
either (M a, M b)
{
  return (M)(a | b);
}
INLINE V
choose (M m, V yes, V no)
{
  return (V)_mm512_mask_blend_pd (m, (__m512d)no, (__m512d)yes);
}
INLINE gboolean
any (M m)
{
  return m != 0;
}
INLINE gboolean
lane_set (M m, guint lane)
{
  return m >> lane & 1;
}
#else
typedef I M;

#if VL == 4
INLINE V
fma_ (V a, V b, V c)
{
  return (V)_mm256_fmadd_pd ((__m256d)a, (__m256d)b, (__m256d)c);
}
INLINE V
sqrt_ (V a)
{
  return (V)_mm256_sqrt_pd ((__m256d)a);
}
INLINE V
choose (M m, V yes, V no)
{
  return (V)_mm256_blendv_pd ((__m256d)no, (__m256d)yes, (__m256d)m);
}
INLINE gboolean
any (M m)
{
  return _mm256_movemask_pd ((__m256d)m) != 0;
}
#else
INLINE V
fma_ (V a, V b, V c)
{
  return a * b + c;
}
INLINE V
sqrt_ (V a)
{
#if defined __SSE2__
  return (V)_mm_sqrt_pd ((__m128d)a);
#else
  return (V){ __builtin_sqrt (a[0]), __builtin_sqrt (a[1]) };
#endif
}
INLINE V
choose (M m, V yes, V no)
{
  return (V)((m & (I)yes) | (~m & (I)no));
}
INLINE gboolean
any (M m)
{
  return (m[0] | m[1]) != 0;
}
#endif

/* The second where one is not a number. */
#if VL == 4
INLINE V
min_ (V a, V b)
{
  return (V)_mm256_min_pd ((__m256d)a, (__m256d)b);
}
INLINE V
max_ (V a, V b)
{
  return (V)_mm256_max_pd ((__m256d)a, (__m256d)b);
}
#elif defined __SSE2__
INLINE V
min_ (V a, V b)
{
  return (V)_mm_min_pd ((__m128d)a, (__m128d)b);
}
INLINE V
max_ (V a, V b)
{
  return (V)_mm_max_pd ((__m128d)a, (__m128d)b);
}
#else
INLINE V
min_ (V a, V b)
{
  return choose (a < b, a, b);
}
INLINE V
max_ (V a, V b)
{
  return choose (a > b, a, b);
}
#endif

INLINE M
less (V a, V b)
{
  return a < b;
}
INLINE M
not_less (V a, V b)
{
  return ~(a < b);
}
INLINE M
is_nan (V a)
{
  return a != a;
}
INLINE M
is_set (I bits, gint64 bit)
{
  return (bits & bit) != 0;
}
INLINE M
either (M a, M b)
{
  return a | b;
}
INLINE gboolean
lane_set (M m, guint lane)
{
  return m[lane] != 0;
}
#endif

INLINE V
abs_ (V a)
{
  return (V)((I)a & G_MAXINT64);
}

/* |a| with the sign of b. */
INLINE V
with_sign (V a, V b)
{
  return (V)(((I)a & G_MAXINT64) | ((I)b & G_MININT64));
}
