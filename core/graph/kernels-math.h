/* Elementary functions of vectors. SPDX-License-Identifier: MIT
 *
 * Every function reduces its argument to a small interval, evaluates a polynomial there
 * and puts the result together (Muller, Elementary Functions, 3rd ed., 2016, chapters 3
 * and 11). The polynomials are near-minimax: Chebyshev interpolants made with 60
 * digits; the bound of each stands beside it, relative to what it is multiplied by.
 * Products with parts of π/2 and ln 2 are exact, because the parts are short, so the
 * reductions lose nothing with or without a fused multiply-add. Arguments outside the
 * interval where that holds, and those whose result would be subnormal or infinite, are
 * given to libm lane by lane; a result depends on its own lane alone. All stay within 4
 * units in the last place; tests/core/test-kernels.c measures each. */
#pragma once

#include "graph/kernels-vector.h"

#define LN2_HI   0x1.62e42fefa3000p-1 /* 41 bits */
#define LN2_LO   0x1.3de6af278ece6p-42
#define LOG2_E   1.4426950408889634
#define ROUNDER  0x1.8p52 /* adding it rounds to an integer, left in the low bits */
#define EXP_MAX  708.0    /* e^±708 is a normal number */
#define TRIG_MAX 1e6      /* the multiple of π/2 has at most 20 bits */

/* Lanes in `special` get the scalar function instead. */
static __attribute__ ((noinline, cold)) V
mend (V r, V x, M special, double (*f) (double))
{
  for (guint lane = 0; lane < VL; lane++)
    if (lane_set (special, lane))
      r[lane] = f (x[lane]);
  return r;
}

#define MEND(r, x, special, f)                                                         \
  (G_UNLIKELY (any (special)) ? mend ((r), (x), (special), (f)) : (r))

/* 2^n, where n is in the low bits of k + ROUNDER. */
INLINE V
power_of_two (V shifted)
{
  return (V)(((U)shifted << 52) + ((guint64)1023 << 52));
}

/* x = n ln 2 + r; returns e^r − 1 and 2^n. |x| ≤ 708. */
INLINE V
reduced_expm1 (V x, V *scale)
{
  V shifted = fma_ (x, splat (LOG2_E), splat (ROUNDER));
  V n = shifted - ROUNDER;
  V r = fma_ (n, splat (-LN2_HI), x);
  r = fma_ (n, splat (-LN2_LO), r);
  *scale = power_of_two (shifted);
  /* (e^r − 1 − r − r²/2) / r³, 6.1e-16 */
  V z = r * r;
  V p0 = fma_ (r, splat (0.04166666666665131), splat (0.16666666666666666));
  V p1 = fma_ (r, splat (0.0013888888905922382), splat (0.008333333333332152));
  V p2 = fma_ (r, splat (2.480153630713628e-05), splat (0.00019841269854370018));
  V p3 = fma_ (r, splat (2.7613852100963253e-07), splat (2.755728000429909e-06));
  p3 = fma_ (z, splat (2.5095589467479502e-08), p3);
  V p = fma_ (fma_ (fma_ (p3, z, p2), z, p1), z, p0);
  return fma_ (z, fma_ (p, r, splat (0.5)), r);
}

/* e^x for |x| ≤ 708. */
INLINE V
tame_exp (V x)
{
  V scale, p = reduced_expm1 (x, &scale);
  return fma_ (scale, p, scale);
}

/* e^x − 1 for |x| ≤ 708. */
INLINE V
tame_expm1 (V x)
{
  V scale, p = reduced_expm1 (x, &scale);
  return fma_ (scale, p, scale - 1.0);
}

/* −min (|x|, 708); NaN stays. */
INLINE V
tame_fall (V x)
{
  return -min_ (splat (EXP_MAX), abs_ (x));
}

INLINE V
exp_ (V x)
{
  M special = not_less (abs_ (x), splat (EXP_MAX));
  return MEND (tame_exp (x), x, special, exp);
}

#define TOGETHER(j, n) _Pragma ("GCC unroll 4") for (int j = 0; j < (n); j++)

/* E / (E + 2) with E = e^2|x| − 1. Here r is x − n ln 2 / 2, and one part of ln 2 is
 * enough, because the quotient weakens an error of E the more the greater n is. Beyond
 * 20 it is 1. One result is a long chain of instructions that wait for each other, so
 * `n` vectors take every step together and fill each other's pauses. */
INLINE void
tanh_together (const double *x, double *out, const int n)
{
  V r[4], scale[4], z[4], p[4], q[4];
  TOGETHER (j, n)
  {
    V size = min_ (splat (20), abs_ (load (x + j * VL)));
    V shifted = fma_ (size, splat (2 * LOG2_E), splat (ROUNDER));
    r[j] = fma_ (shifted - ROUNDER, splat (-0.5 * G_LN2), size);
    scale[j] = power_of_two (shifted);
  }
  TOGETHER (j, n) z[j] = r[j] * r[j];
  /* (e^2r − 1 − 2 r − 2 r²) / r³: the polynomial of reduced_expm1, of 2 r */
  TOGETHER (j, n)
  p[j] = fma_ (r[j], splat (1024 * 2.7613852100963253e-07),
               splat (512 * 2.755728000429909e-06));
  TOGETHER (j, n)
  q[j] = fma_ (r[j], splat (256 * 2.480153630713628e-05),
               splat (128 * 0.00019841269854370018));
  TOGETHER (j, n) p[j] = fma_ (z[j], splat (2048 * 2.5095589467479502e-08), p[j]);
  TOGETHER (j, n) p[j] = fma_ (p[j], z[j], q[j]);
  TOGETHER (j, n)
  q[j] = fma_ (r[j], splat (64 * 0.0013888888905922382),
               splat (32 * 0.008333333333332152));
  TOGETHER (j, n) p[j] = fma_ (p[j], z[j], q[j]);
  TOGETHER (j, n)
  q[j] = fma_ (r[j], splat (16 * 0.04166666666665131), splat (8 * 0.16666666666666666));
  TOGETHER (j, n) p[j] = fma_ (p[j], z[j], q[j]);
  TOGETHER (j, n) p[j] = fma_ (p[j], r[j], splat (2));
  TOGETHER (j, n) p[j] = fma_ (z[j], p[j], r[j] + r[j]);
  TOGETHER (j, n) p[j] = fma_ (scale[j], p[j], scale[j] - 1.0);
  TOGETHER (j, n) p[j] = p[j] / (p[j] + 2.0);
  TOGETHER (j, n) store (out + j * VL, with_sign (p[j], load (x + j * VL)));
}

static double
scalar_sigmoid (double x)
{
  return x < 0 ? exp (x) : 1; /* beyond ±708 */
}

INLINE V
sigmoid_ (V x)
{
  V e = tame_exp (tame_fall (x));
  V r = choose (less (x, splat (0)), e, splat (1)) / (e + 1.0);
  return MEND (r, x, less (x, splat (-EXP_MAX)), scalar_sigmoid);
}

/* Below −708, where e^x alone would have lost places before it is multiplied. */
static double
scalar_silu (double x)
{
  double root = exp (x * 0.5);
  return x < -1000 ? -0.0 : x * root * root;
}

INLINE V
silu_ (V x)
{
  V e = tame_exp (tame_fall (x));
  V r = x * choose (less (x, splat (0)), e, splat (1)) / (e + 1.0);
  return MEND (r, x, less (x, splat (-EXP_MAX)), scalar_silu);
}

/* log (1 + f) + k ln 2 for √½ ≤ 1 + f ≤ √2: with s = f / (2 + f) it is
 * 2 artanh s = 2 s + s³ p (s²), arranged so that the error of the quotient counts
 * little beside f. */
INLINE V
reduced_log1p (V f, V k)
{
  V s = f / (f + 2.0), z = s * s, half = f * f * 0.5;
  /* (2 artanh s − 2 s) / s³, 3.1e-16 */
  V w = z * z;
  V p0 = fma_ (z, splat (0.399999999998992), splat (0.666666666666667));
  V p1 = fma_ (z, splat (0.22222211112104948), splat (0.2857142862611452));
  V p2 = fma_ (z, splat (0.15331666676597175), splat (0.1818289077802613));
  p2 = fma_ (w, splat (0.146171283998073), p2);
  V p = fma_ (fma_ (p2, w, p1), w, p0) * z;
  V tail = fma_ (s, half + p, k * LN2_LO);
  return fma_ (k, splat (LN2_HI), f - (half - tail));
}

INLINE V
log_ (V x)
{
  const guint64 root = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000; /* √½, 1 */
  const guint64 mantissa = 0x000fffffffffffff, two52 = 0x4330000000000000;
  U shifted = (U)x + (one - root);
  V k = (V)((shifted >> 52) | two52) - (0x1p52 + 1023);
  V m = (V)((shifted & mantissa) + root);
  M special = either (less (x, splat (0x1p-1022)), not_less (x, splat (INFINITY)));
  return MEND (reduced_log1p (m - 1.0, k), x, special, log);
}

/* max (x, 0) + log (1 + e^−|x|). */
INLINE V
softplus_ (V x)
{
  V e = tame_exp (tame_fall (x));
  M big = less (splat (0.41421356), e); /* 1 + e > √2: take half of it */
  V f = choose (big, fma_ (e, splat (0.5), splat (-0.5)), e);
  V r = reduced_log1p (f, choose (big, splat (1), splat (0))) + max_ (splat (0), x);
  return MEND (r, x, less (x, splat (-EXP_MAX)), exp);
}

INLINE V
elu_ (V x)
{
  V e = tame_expm1 (tame_fall (x));
  return choose (less (splat (0), x), x, with_sign (e, x));
}

INLINE V
sinh_ (V x)
{
  V e = tame_expm1 (min_ (splat (EXP_MAX), abs_ (x)));
  V r = with_sign ((e + e / (e + 1.0)) * 0.5, x);
  return MEND (r, x, not_less (abs_ (x), splat (EXP_MAX)), sinh);
}

INLINE V
cosh_ (V x)
{
  V e = tame_exp (min_ (splat (EXP_MAX), abs_ (x)));
  return MEND ((e + 1.0 / e) * 0.5, x, not_less (abs_ (x), splat (EXP_MAX)), cosh);
}

/* x = n π/2 + r + tail, |r| ≤ π/4; returns r, and n in the low bits. The third part is
 * taken off with its rounding error kept, so that r is right to its last place even
 * next to a multiple of π/2. */
INLINE V
reduced_angle (V x, V *tail, I *n)
{
  V shifted = fma_ (x, splat (0.6366197723675814), splat (ROUNDER));
  V k = shifted - ROUNDER;
  *n = (I)shifted;
  V first = fma_ (k, splat (-0x1.921fb544p+0), x);
  V second = k * 0x1.0b4611a6p-34;
  V rest = first - second;
  V lost = (first - rest) - second;
  V third = fma_ (k, splat (-0x1.3198a2e037073p-69), lost);
  V r = rest + third;
  *tail = (rest - r) + third;
  return r;
}

INLINE V
reduced_sin (V r, V tail)
{
  V z = r * r, w = z * z;
  /* (sin r − r) / r³, 2.1e-17 */
  V p0 = fma_ (z, splat (0.008333333333330936), splat (-0.16666666666666666));
  V p1 = fma_ (z, splat (2.7557316093196066e-06), splat (-0.00019841269836740527));
  V p2 = fma_ (z, splat (1.5917988944318716e-10), splat (-2.5051129895962807e-08));
  V p = fma_ (fma_ (p2, w, p1), w, p0);
  return r + fma_ (r * z, p, fma_ (tail, z * -0.5, tail));
}

INLINE V
reduced_cos (V r, V tail)
{
  V z = r * r, w = z * z, half = z * 0.5, near = 1.0 - half;
  /* (cos r − 1 + r²/2) / r⁴, 1.3e-18 */
  V p0 = fma_ (z, splat (-0.0013888888888887389), splat (0.041666666666666664));
  V p1 = fma_ (z, splat (-2.7557317265876615e-07), splat (2.48015872987544e-05));
  V p2 = fma_ (z, splat (-1.1382544623404291e-11), splat (2.087614504910828e-09));
  V p = fma_ (fma_ (p2, w, p1), w, p0);
  V lost = (1.0 - near) - half;
  return near + (lost + fma_ (w, p, -r * tail));
}

/* Quadrant q of the angle: the sine of it is sin, cos, −sin, −cos of r. */
INLINE V
sine_of_quadrant (V r, V tail, I q)
{
  V value = choose (is_set (q, 1), reduced_cos (r, tail), reduced_sin (r, tail));
  return (V)((I)value ^ ((q & 2) << 62));
}

INLINE V
sin_ (V x)
{
  V tail;
  I n;
  V r = reduced_angle (x, &tail, &n);
  V y = sine_of_quadrant (r, tail, n);
  /* −0 is its own sine, which the reduction would lose. */
  y = choose (less (abs_ (x), splat (0x1p-27)), x, y);
  return MEND (y, x, not_less (abs_ (x), splat (TRIG_MAX)), sin);
}

INLINE V
cos_ (V x)
{
  V tail;
  I n;
  V r = reduced_angle (x, &tail, &n);
  return MEND (sine_of_quadrant (r, tail, (I)((U)n + 1)), x,
               not_less (abs_ (x), splat (TRIG_MAX)), cos);
}

INLINE V
tan_ (V x)
{
  V tail;
  I n;
  V r = reduced_angle (x, &tail, &n);
  V s = reduced_sin (r, tail), c = reduced_cos (r, tail);
  M odd = is_set (n, 1);
  V y = choose (odd, c, s) / choose (odd, -s, c);
  y = choose (less (abs_ (x), splat (0x1p-27)), x, y);
  return MEND (y, x, not_less (abs_ (x), splat (TRIG_MAX)), tan);
}
