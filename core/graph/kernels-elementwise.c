/* The elementwise kernels of one instruction set. SPDX-License-Identifier: MIT
 *
 * core/kernels.cmake compiles this source once for each instruction set, with ISA_NAME
 * defined. A kernel is a loop over vectors around one expression; macros write the
 * loops for the forms of the operands. Every vector of a tile goes through the same
 * instructions, so a lane's result does not depend on its place. */
#include "graph/kernels-math.h"
#include "graph/kernels-parts.h"

#define VECTORS(call, i) for (gsize i = 0, n_ = (call)->width; i < n_; i += VL)

/* Body with i running over the lanes of each row; a, b, c and out at the row. */
#define ROWS(call, ...)                                                                \
  do {                                                                                 \
    const double *a = (call)->a, *b = (call)->b, *c = (call)->c;                       \
    double *out = (call)->out;                                                         \
    for (gsize row_ = 0; row_ < (call)->rows; row_++) {                                \
      __VA_ARGS__ a += (call)->a_step;                                                 \
      b += (call)->b_step;                                                             \
      c += (call)->c_step;                                                             \
      out += (call)->width;                                                            \
    }                                                                                  \
    (void)b, (void)c;                                                                  \
  } while (0)

#define UNARY(name, expression)                                                        \
  static void unary_##name (const OdlCall *call)                                       \
  {                                                                                    \
    ROWS (                                                                             \
        call, VECTORS (call, i) {                                                      \
          V x = load (a + i);                                                          \
          store (out + i, expression);                                                 \
        });                                                                            \
  }

/* How many vectors go through a function together: what the registers hold. */
#if VL == 8
#define AT_ONCE 4
#else
#define AT_ONCE 2
#endif

#define UNARY_TOGETHER(name)                                                           \
  static void unary_##name (const OdlCall *call)                                       \
  {                                                                                    \
    ROWS (call, gsize i = 0;                                                           \
          for (; i + AT_ONCE * VL <= call->width; i += AT_ONCE * VL)                   \
              name##_together (a + i, out + i, AT_ONCE);                               \
          for (; i < call->width; i += VL) name##_together (a + i, out + i, 1););      \
  }

#define BY_LANE(name, f)                                                               \
  static void unary_##name (const OdlCall *call)                                       \
  {                                                                                    \
    ROWS (                                                                             \
        call, for (gsize i = 0; i < call->width; i++) { out[i] = f (a[i]); });         \
  }

UNARY (neg, -x)
UNARY (sin, sin_ (x))
UNARY (cos, cos_ (x))
UNARY (tan, tan_ (x))
BY_LANE (asin, asin)
BY_LANE (acos, acos)
BY_LANE (atan, atan)
UNARY (sinh, sinh_ (x))
UNARY (cosh, cosh_ (x))
UNARY_TOGETHER (tanh)
UNARY (exp, exp_ (x))
UNARY (log, log_ (x))
UNARY (sqrt, sqrt_ (x))
UNARY (abs, abs_ (x))
/* ±0 and NaN stay. */
UNARY (sign, choose (less (x, splat (0)), splat (-1),
                     choose (less (splat (0), x), splat (1), x)))
UNARY (step, choose (is_nan (x), x, choose (less (splat (0), x), splat (1), splat (0))))
UNARY (reciprocal, 1.0 / x)
UNARY (square, x *x)
UNARY (sigmoid, sigmoid_ (x))
UNARY (softplus, softplus_ (x))
UNARY (relu, max_ (splat (0), x))
UNARY (elu, elu_ (x))
UNARY (silu, silu_ (x))

#define BINARY(name, expression)                                                       \
  static void name##_vv (const OdlCall *call)                                          \
  {                                                                                    \
    ROWS (                                                                             \
        call, VECTORS (call, i) {                                                      \
          V x = load (a + i), y = load (b + i);                                        \
          store (out + i, expression);                                                 \
        });                                                                            \
  }                                                                                    \
  static void name##_vs (const OdlCall *call)                                          \
  {                                                                                    \
    ROWS (                                                                             \
        call, V y = splat (*b); VECTORS (call, i) {                                    \
          V x = load (a + i);                                                          \
          store (out + i, expression);                                                 \
        });                                                                            \
  }                                                                                    \
  static void name##_sv (const OdlCall *call)                                          \
  {                                                                                    \
    ROWS (                                                                             \
        call, V x = splat (*a); VECTORS (call, i) {                                    \
          V y = load (b + i);                                                          \
          store (out + i, expression);                                                 \
        });                                                                            \
  }

INLINE V
pow_ (V x, V y)
{
  V r = { 0 };
  for (guint lane = 0; lane < VL; lane++)
    r[lane] = pow (x[lane], y[lane]);
  return r;
}

BINARY (add, x + y)
BINARY (sub, x - y)
BINARY (mul, x *y)
BINARY (div, x / y)
BINARY (pow, pow_ (x, y))
BINARY (min, choose (is_nan (x), x, min_ (x, y)))
BINARY (max, choose (is_nan (x), x, max_ (x, y)))
BINARY (less, choose (less (x, y), splat (1), splat (0)))

/* Fused: x y ± z with y and z lanes or scalars. */
#define FUSED_FORM(name, form, at_row, y_, z_, expression)                             \
  static void name##_##form (const OdlCall *call)                                      \
  {                                                                                    \
    ROWS (                                                                             \
        call, at_row VECTORS (call, i) {                                               \
          V x = load (a + i), y = y_, z = z_;                                          \
          store (out + i, expression);                                                 \
        });                                                                            \
  }
#define FUSED(name, expression)                                                        \
  FUSED_FORM (name, vv, , load (b + i), load (c + i), expression)                      \
  FUSED_FORM (name, vs, V cs = splat (*c);, load (b + i), cs, expression)              \
  FUSED_FORM (name, sv, V bs = splat (*b);, bs, load (c + i), expression)              \
  FUSED_FORM (name, ss, V bs = splat (*b); V cs = splat (*c);, bs, cs, expression)

FUSED (fused_add, fma_ (x, y, z))
FUSED (fused_sub, fma_ (x, y, -z))
FUSED (fused_sub_by, fma_ (-x, y, z))

FUSED_FORM (slope, of_scalar, V cs = splat (*c);, load (b + i), cs, fma_ (-x, x, z) * y)

static void
copy (const OdlCall *call)
{
  ROWS (
      call, VECTORS (call, i) { store (out + i, load (a + i)); });
}

static void
fill (const OdlCall *call)
{
  ROWS (
      call, V x = splat (*a); VECTORS (call, i) { store (out + i, x); });
}

static void
sum_rows (const OdlCall *call)
{
  VECTORS (call, i)
  {
    V sum = load (call->a + i);
    for (gsize row = 1; row < call->rows; row++)
      sum += load (call->a + row * call->a_step + i);
    store (call->out + i, sum);
  }
}

#define FORMS(name)                                                                    \
  {                                                                                    \
    name##_vv, name##_vs, name##_sv                                                    \
  }
#define FUSED_FORMS(name)                                                              \
  {                                                                                    \
    { name##_vv, name##_vs },                                                          \
    {                                                                                  \
      name##_sv, name##_ss                                                             \
    }                                                                                  \
  }

const OdlKernels TABLE (odl_kernels_) = {
#define X(id, name) [ODL_OP_##id - ODL_OP_NEG] = unary_##name,
  .unary = { ODL_UNARY_OPS (X) },
#undef X
#define X(id, name) [ODL_OP_##id - ODL_OP_ADD] = FORMS (name),
  .binary = { ODL_BINARY_OPS (X) },
#undef X
  .fused = { [ODL_FUSED_ADD] = FUSED_FORMS (fused_add),
             [ODL_FUSED_SUB] = FUSED_FORMS (fused_sub),
             [ODL_FUSED_SUB_BY] = FUSED_FORMS (fused_sub_by) },
  .slope = slope_of_scalar,
  .copy = copy,
  .fill = fill,
  .sum_rows = sum_rows,
  .product = TABLE (odl_product_),
  .outer = TABLE (odl_outer_),
  .sum_lanes = TABLE (odl_sum_lanes_),
#if VL == ODL_SUM_LANES
  .defer_sums = TABLE (odl_defer_sums_),
#endif
};
