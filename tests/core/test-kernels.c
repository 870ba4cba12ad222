/* Tests of the kernels, on every instruction set that the machine has: errors in units
 * of the last place against long double, special values, operands of every form.
 * SPDX-License-Identifier: MIT */
#include "graph/kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ALLOWED 4.0 /* units in the last place */
#define WIDTH   64
#define SEED    20240611

#define FOR_EACH_ISA(isa)                                                              \
  for (OdlIsa isa = ODL_ISA_BASELINE; isa < ODL_N_ISAS; isa++)                         \
    if (odl_isa_available (isa))

/* The operations by their definitions, with eleven bits more. */

typedef long double Real;

static Real
real_sigmoid (Real x)
{
  return 1 / (1 + expl (-x));
}

static Real
real_softplus (Real x)
{
  return x > 0 ? x + log1pl (expl (-x)) : log1pl (expl (x));
}

static Real
real_sign (Real x)
{
  return x > 0 ? 1 : x < 0 ? -1 : x;
}

static Real
real_step (Real x)
{
  return isnan (x) ? x : x > 0;
}

static Real
real_silu (Real x)
{
  return x < -20000 ? -0.0L : x * real_sigmoid (x);
}

static Real
real_elu (Real x)
{
  return x > 0 ? x : expm1l (x);
}

static Real
real_unary (OdlOp op, Real x)
{
  switch (op) {
  case ODL_OP_NEG:
    return -x;
  case ODL_OP_SIN:
    return sinl (x);
  case ODL_OP_COS:
    return cosl (x);
  case ODL_OP_TAN:
    return tanl (x);
  case ODL_OP_ASIN:
    return asinl (x);
  case ODL_OP_ACOS:
    return acosl (x);
  case ODL_OP_ATAN:
    return atanl (x);
  case ODL_OP_SINH:
    return sinhl (x);
  case ODL_OP_COSH:
    return coshl (x);
  case ODL_OP_TANH:
    return tanhl (x);
  case ODL_OP_EXP:
    return expl (x);
  case ODL_OP_LOG:
    return logl (x);
  case ODL_OP_SQRT:
    return sqrtl (x);
  case ODL_OP_ABS:
    return fabsl (x);
  case ODL_OP_SIGN:
    return real_sign (x);
  case ODL_OP_STEP:
    return real_step (x);
  case ODL_OP_RECIPROCAL:
    return 1 / x;
  case ODL_OP_SQUARE:
    return x * x;
  case ODL_OP_SIGMOID:
    return real_sigmoid (x);
  case ODL_OP_SOFTPLUS:
    return real_softplus (x);
  case ODL_OP_RELU:
    return x <= 0 ? 0 : x;
  case ODL_OP_ELU:
    return real_elu (x);
  case ODL_OP_SILU:
    return real_silu (x);
  default:
    g_assert_not_reached ();
  }
}

static const char *
unary_name (OdlOp op)
{
#define X(id, name) #name,
  static const char *const names[] = { ODL_UNARY_OPS (X) };
#undef X
  return names[op - ODL_OP_NEG];
}

/* Distance in units of the last place of the wanted number; infinite where only one of
 * the two is NaN, infinite or 0 (beyond rounding of the smallest). */
static double
distance (double got, Real wanted)
{
  double rounded = (double)wanted;
  if (isnan (rounded) || isnan (got))
    return isnan (rounded) && isnan (got) ? 0 : INFINITY;
  if (isinf (rounded) || isinf (got))
    return rounded == got ? 0 : INFINITY;
  int exponent = rounded == 0 ? -1022 : MAX (ilogb (rounded), -1022);
  return (double)(fabsl (got - wanted) / ldexpl (1, exponent - 52));
}

/* Zeros of odd functions have the sign of the argument. */
static gboolean
keeps_sign (OdlOp op)
{
  return op == ODL_OP_SIN || op == ODL_OP_TAN || op == ODL_OP_SINH || op == ODL_OP_TANH
         || op == ODL_OP_ASIN || op == ODL_OP_ATAN || op == ODL_OP_SQRT
         || op == ODL_OP_ELU || op == ODL_OP_SIGN;
}

static double
measure (OdlOp op, double x, double got)
{
  if (x == 0 && keeps_sign (op) && (signbit (x) != 0) != (signbit (got) != 0))
    return INFINITY;
  return distance (got, real_unary (op, x));
}

typedef struct {
  double error, at;
} Worst;

/* Fills the tile, runs the kernel and keeps the worst. */
static void
probe (const OdlKernels *kernels, OdlOp op, const double x[WIDTH], Worst *worst)
{
  double out[WIDTH];
  OdlCall call = { .out = out, .a = x, .b = x, .c = x, .rows = 1, .width = WIDTH };
  kernels->unary[op - ODL_OP_NEG](&call);
  for (guint i = 0; i < WIDTH; i++) {
    double error = measure (op, x[i], out[i]);
    if (error > worst->error)
      *worst = (Worst){ error, x[i] };
  }
}

/* Arguments of eight kinds, first by tile, then mixed in one, so that every vector
 * mixes tame lanes with those that go to libm. */
static double
argument (GRand *rand, guint kind)
{
  double u = g_rand_double_range (rand, -1, 1);
  switch (kind % 8) {
  case 0:
    return u;
  case 1:
    return 10 * u;
  case 2:
    return 40 * u;
  case 3:
    return 760 * u;
  case 4: /* the whole range of exponents */
    return copysign (exp2 (g_rand_double_range (rand, -1074, 1024)), u);
  case 5: { /* next to a multiple of π/2 */
    double x = g_rand_int_range (rand, 1, 600000) * G_PI_2;
    return copysign (x, u);
  }
  case 6:
    return 2e6 * u;
  default: /* near 1, where log is small */
    return 1 + u * exp2 (g_rand_double_range (rand, -52, -1));
  }
}

static Worst
worst_of (const OdlKernels *kernels, OdlOp op)
{
  Worst worst = { 0, 0 };
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint round = 0; round < 400; round++) {
    double x[WIDTH];
    for (guint i = 0; i < WIDTH; i++)
      x[i] = argument (rand, round < 200 ? round : i);
    probe (kernels, op, x, &worst);
  }
  g_rand_free (rand);
  return worst;
}

static void
test_accuracy (void)
{
  FOR_EACH_ISA (isa)
  {
    const OdlKernels *kernels = odl_kernels (isa);
    for (OdlOp op = ODL_OP_NEG; op < ODL_OP_ADD; op++) {
      Worst worst = worst_of (kernels, op);
      g_test_message ("%s %s: %.3g ulp at %a", odl_isa_name (isa), unary_name (op),
                      worst.error, worst.at);
      g_assert_cmpfloat (worst.error, <=, ALLOWED);
    }
  }
}

static void
test_special_values (void)
{
  const double specials[]
      = { 0.0,      -0.0,      INFINITY, -INFINITY, NAN,     DBL_MIN,  -DBL_MIN,
          4.9e-324, -4.9e-324, 1e-310,   -1e-310,   DBL_MAX, -DBL_MAX, 1,
          -1,       708,       -708,     709.7,     -709.7,  709.9,    -745.2,
          -745.1,   -750,      1e6,      -1e6,      1000001, 1e22,     -1e300,
          22,       -22,       0x1p-27,  -0x1p-27,  G_PI,    G_PI_2,   G_PI_4 };
  FOR_EACH_ISA (isa)
  {
    for (OdlOp op = ODL_OP_NEG; op < ODL_OP_ADD; op++)
      for (guint lane = 0; lane < 8; lane++)
        for (guint i = 0; i < G_N_ELEMENTS (specials); i++) {
          double x[WIDTH];
          Worst worst = { 0, 0 };
          for (guint k = 0; k < WIDTH; k++)
            x[k] = k % 8 == lane ? specials[i] : 0.5;
          probe (odl_kernels (isa), op, x, &worst);
          if (worst.error > ALLOWED)
            g_test_message ("%s %s at %a", odl_isa_name (isa), unary_name (op),
                            worst.at);
          g_assert_cmpfloat (worst.error, <=, ALLOWED);
        }
  }
}

/* Values a few units off, signs lost and NaN swallowed are all seen. */
static void
test_faults_are_caught (void)
{
  double x = 0.7, right = tanh (x), wrong = right;
  for (guint i = 0; i < 6; i++)
    wrong = nextafter (wrong, 1);
  g_assert_cmpfloat (measure (ODL_OP_TANH, x, right), <=, 1);
  g_assert_cmpfloat (measure (ODL_OP_TANH, x, wrong), >, ALLOWED);
  g_assert_cmpfloat (measure (ODL_OP_TANH, x, -right), >, ALLOWED);
  g_assert_cmpfloat (measure (ODL_OP_SIN, -0.0, 0.0), >, ALLOWED);
  g_assert_cmpfloat (measure (ODL_OP_EXP, NAN, 1), >, ALLOWED);
  g_assert_cmpfloat (measure (ODL_OP_EXP, 1000, DBL_MAX), >, ALLOWED);
  g_assert_cmpfloat (measure (ODL_OP_EXP, -740, 0), >, ALLOWED);
}

static double
plain_binary (OdlOp op, double a, double b)
{
  switch (op) {
  case ODL_OP_ADD:
    return a + b;
  case ODL_OP_SUB:
    return a - b;
  case ODL_OP_MUL:
    return a * b;
  case ODL_OP_DIV:
    return a / b;
  case ODL_OP_POW:
    return pow (a, b);
  case ODL_OP_MIN:
    return isnan (a) || a < b ? a : b;
  case ODL_OP_MAX:
    return isnan (a) || a > b ? a : b;
  case ODL_OP_LESS:
    return a < b;
  default:
    g_assert_not_reached ();
  }
}

static gboolean
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static void
fill_random (GRand *rand, double *x, guint n)
{
  const double specials[] = { 0, -0.0, INFINITY, -INFINITY, NAN, DBL_MIN };
  for (guint i = 0; i < n; i++)
    x[i] = g_rand_int_range (rand, 0, 12) > 0
               ? g_rand_double_range (rand, -3, 3)
               : specials[g_rand_int_range (rand, 0, G_N_ELEMENTS (specials))];
}

/* Every form against scalar arithmetic, with rows broadcast and not. */
static void
test_binary (void)
{
  enum { ROWS = 3, LANES = 24 };
  GRand *rand = g_rand_new_with_seed (SEED);
  FOR_EACH_ISA (isa)
  for (OdlOp op = ODL_OP_ADD; op < ODL_OP_LINEAR; op++)
    for (guint form = 0; form < ODL_N_FORMS; form++)
      for (guint repeat = 0; repeat < 8; repeat++) {
        gboolean scalar_a = form == ODL_FORM_SV, scalar_b = form == ODL_FORM_VS;
        double a[ROWS * LANES], b[ROWS * LANES], out[ROWS * LANES];
        fill_random (rand, a, ROWS * LANES);
        fill_random (rand, b, ROWS * LANES);
        gsize step_a = repeat & 1 ? 0 : scalar_a ? 1 : LANES;
        gsize step_b = repeat & 2 ? 0 : scalar_b ? 1 : LANES;
        OdlCall call = { .out = out,
                         .a = a,
                         .b = b,
                         .c = a,
                         .a_step = step_a,
                         .b_step = step_b,
                         .rows = ROWS,
                         .width = LANES };
        odl_kernels (isa)->binary[op - ODL_OP_ADD][form](&call);
        for (guint row = 0; row < ROWS; row++)
          for (guint lane = 0; lane < LANES; lane++) {
            double x = a[row * step_a + (scalar_a ? 0 : lane)];
            double y = b[row * step_b + (scalar_b ? 0 : lane)];
            g_assert_true (same (out[row * LANES + lane], plain_binary (op, x, y)));
          }
      }
  g_rand_free (rand);
}

static void
test_fused (void)
{
  enum { LANES = 16 };
  GRand *rand = g_rand_new_with_seed (SEED);
  FOR_EACH_ISA (isa)
  for (guint kind = 0; kind < 4 * ODL_N_FUSED; kind++) {
    OdlFused fused = kind / 4;
    gboolean scalar_b = kind >> 1 & 1, scalar_c = kind & 1;
    double a[LANES], b[LANES], c[LANES], out[LANES];
    fill_random (rand, a, LANES);
    fill_random (rand, b, LANES);
    fill_random (rand, c, LANES);
    OdlCall call = { .out = out, .a = a, .b = b, .c = c, .rows = 1, .width = LANES };
    odl_kernels (isa)->fused[fused][scalar_b][scalar_c](&call);
    for (guint lane = 0; lane < LANES; lane++) {
      double x = a[lane], y = b[scalar_b ? 0 : lane], z = c[scalar_c ? 0 : lane];
      double product = fused == ODL_FUSED_SUB_BY ? -x * y : x * y;
      double sum = fused == ODL_FUSED_SUB ? product - z : product + z;
      if (isfinite (sum))
        g_assert_cmpfloat (fabs (out[lane] - sum), <=,
                           DBL_EPSILON * (fabs (product) + fabs (z)));
      else
        g_assert_true (same (out[lane], sum));
    }
  }
  g_rand_free (rand);
}

static double *
random_array (GRand *rand, gsize n)
{
  double *x = g_new (double, n + 1);
  for (gsize i = 0; i < n; i++)
    x[i] = g_rand_double_range (rand, -1, 1);
  return x;
}

/* W x + c and Wᵀ x against sums in long double. The bound of a sum of n products of
 * numbers below 1: n units of n. */
static void
check_product (const OdlKernels *kernels, GRand *rand, guint rows, guint inner,
               guint width, gboolean transposed)
{
  g_autofree double *w = random_array (rand, rows * inner);
  g_autofree double *x = random_array (rand, inner * width);
  g_autofree double *bias = random_array (rand, rows);
  g_autofree double *out = random_array (rand, rows * width + 8);
  double guard = out[rows * width];
  OdlCall call = { .out = out,
                   .a = x,
                   .b = w,
                   .c = transposed ? NULL : bias,
                   .b_step = transposed ? 1 : inner,
                   .c_step = 1,
                   .rows = rows,
                   .width = width,
                   .inner = inner,
                   .inner_step = transposed ? rows : 1 };
  kernels->product (&call);
  for (guint i = 0; i < rows; i++)
    for (guint l = 0; l < width; l++) {
      Real sum = transposed ? 0 : bias[i];
      for (guint k = 0; k < inner; k++)
        sum += (Real)w[transposed ? k * rows + i : i * inner + k] * x[k * width + l];
      g_assert_cmpfloat ((double)fabsl (out[i * width + l] - sum), <=,
                         DBL_EPSILON * (inner + 1) * (inner + 1));
    }
  g_assert_cmpfloat (out[rows * width], ==, guard);
}

/* Gradients start from numbers that are there already. */
static void
check_outer (const OdlKernels *kernels, GRand *rand, guint rows, guint inner,
             guint width)
{
  g_autofree double *a = random_array (rand, rows * width);
  g_autofree double *b = random_array (rand, inner * width);
  g_autofree double *out = random_array (rand, rows * inner + rows + 2);
  g_autofree double *before
      = g_memdup2 (out, (rows * inner + rows + 2) * sizeof (double));
  g_autofree double *work = random_array (rand, width * (MAX (rows, inner) + 7));
  OdlCall call = { .out = out,
                   .a = a,
                   .b = b,
                   .a_step = width,
                   .b_step = width,
                   .rows = rows,
                   .width = width,
                   .inner = inner,
                   .work = work };
  kernels->outer (&call);
  call.out = out + rows * inner;
  kernels->sum_lanes (&call);
  for (guint i = 0; i < rows; i++) {
    Real sums = before[rows * inner + i];
    for (guint j = 0; j < inner; j++) {
      Real sum = before[i * inner + j];
      for (guint l = 0; l < width; l++)
        sum += (Real)a[i * width + l] * b[j * width + l];
      g_assert_cmpfloat ((double)fabsl (out[i * inner + j] - sum), <=,
                         DBL_EPSILON * (width + 1) * (width + 1));
    }
    for (guint l = 0; l < width; l++)
      sums += a[i * width + l];
    g_assert_cmpfloat ((double)fabsl (out[rows * inner + i] - sums), <=,
                       DBL_EPSILON * (width + 1) * (width + 1));
  }
  g_assert_cmpfloat (out[rows * inner + rows], ==, before[rows * inner + rows]);
}

static void
test_products (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  FOR_EACH_ISA (isa)
  for (guint rows = 1; rows <= 19; rows += rows < 9 ? 1 : 5)
    for (guint inner = 1; inner <= 19; inner += inner < 9 ? 1 : 5)
      for (guint width = 8; width <= 72; width += 8) {
        check_product (odl_kernels (isa), rand, rows, inner, width, FALSE);
        check_product (odl_kernels (isa), rand, rows, inner, width, TRUE);
        check_outer (odl_kernels (isa), rand, rows, inner, width);
      }
  g_rand_free (rand);
}

static void
test_isas (void)
{
  guint available = 0;
  FOR_EACH_ISA (isa)
  {
    g_assert_nonnull (odl_isa_name (isa));
    g_assert_nonnull (odl_kernels (isa));
    available++;
  }
  g_assert_true (odl_isa_available (ODL_ISA_BASELINE));
  g_assert_false (odl_isa_available (ODL_N_ISAS));
  g_test_message ("%u instruction sets, the best is %s", available,
                  odl_isa_name (ODL_ISA_BEST));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/isas", test_isas);
  g_test_add_func ("/kernels/accuracy", test_accuracy);
  g_test_add_func ("/kernels/special-values", test_special_values);
  g_test_add_func ("/kernels/faults-are-caught", test_faults_are_caught);
  g_test_add_func ("/kernels/binary", test_binary);
  g_test_add_func ("/kernels/fused", test_fused);
  g_test_add_func ("/kernels/products", test_products);
  return g_test_run ();
}
