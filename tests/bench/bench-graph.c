/* What an evaluation costs: kernels, products and whole programs, on every instruction
 * set of the machine.
 * SPDX-License-Identifier: MIT
 *
 * Products are compared with the peak of the machine, measured in the same run by a
 * loop of independent multiply-adds in registers; the baseline has no fused ones, so
 * there it is a product and a sum. Fields are evaluated over 10,000
 * lanes, tile by tile, as a solver does it. */
#include "bench/support-bench.h"

#include <math.h>
#if defined __x86_64__
#include <immintrin.h>
#endif
#include "field/network.h"
#include "graph/derive.h"
#include "graph/expression.h"
#include "graph/kernels.h"
#include "graph/pool.h"

#define REPEATS 15
#define LANES   10000
#define SWEEPS  2    /* in a row, as the stages of a step */
#define ROUNDS  4096 /* of the peak loop */
#define CHAINS  12

static double *
random_array (gsize n)
{
  OdlRandom random = odl_random (7, 0);
  double *x = g_aligned_alloc0 (n + 8, sizeof (double), 64);
  for (gsize i = 0; i < n; i++)
    x[i] = 2 * odl_random_uniform (&random) - 1;
  return x;
}

/* The peak. */

/* Twelve independent sums in registers: more than latency times units. */
#define EACH(X)                                                                        \
  X (0) X (1) X (2) X (3) X (4) X (5) X (6) X (7) X (8) X (9) X (10) X (11)
#define START(k) s##k = term * (double)k;
#define TOTAL(k) s##0 += s##k;
#define PEAK(name, vector, target_, multiply_add)                                      \
  target_ static void name (gpointer data)                                             \
  {                                                                                    \
    double *seed = data;                                                               \
    vector s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, factor = { 0 };           \
    factor += seed[0];                                                                 \
    vector term = factor * seed[1];                                                    \
    EACH (START)                                                                       \
    for (guint i = 0; i < ROUNDS; i++) {                                               \
      EACH (multiply_add)                                                              \
    }                                                                                  \
    EACH (TOTAL)                                                                       \
    seed[2] = s0[0];                                                                   \
  }

typedef double Pair __attribute__ ((vector_size (16)));
#define NEXT_2(k) s##k = s##k * factor + term;
#define NEXT_4(k) s##k = _mm256_fmadd_pd (s##k, factor, term);
#define NEXT_8(k) s##k = _mm512_fmadd_pd (s##k, factor, term);
PEAK (peak_baseline, Pair, , NEXT_2)
#if defined __x86_64__
PEAK (peak_avx2, __m256d, __attribute__ ((target ("avx2,fma"))), NEXT_4)
PEAK (peak_avx512, __m512d, __attribute__ ((target ("avx512f"))), NEXT_8)
static const BenchWork peaks[] = { peak_baseline, peak_avx2, peak_avx512 };
static const guint peak_lanes[] = { 2, 4, 8 };
#else
static const BenchWork peaks[] = { peak_baseline };
static const guint peak_lanes[] = { 2 };
#endif

/* Kernels. */

typedef struct {
  OdlKernel kernel;
  OdlCall call;
} Kernel;

static void
run_kernel (gpointer data)
{
  Kernel *work = data;
  work->kernel (&work->call);
}

static void
bench_products (OdlIsa isa, guint size, guint width)
{
  double *w = random_array (size * size), *x = random_array (size * width);
  double *out = random_array (size * MAX (size, width)), seed[] = { 0.999, 1e-3, 0 };
  double *work = random_array ((gsize)width * (size + 8)), seconds[4];
  const OdlKernels *kernels = odl_kernels (isa);
  OdlCall plain = { .out = out,
                    .a = x,
                    .b = w,
                    .b_step = size,
                    .rows = size,
                    .width = width,
                    .inner = size,
                    .inner_step = 1,
                    .work = work };
  OdlCall transposed = plain, outer = plain;
  transposed.b_step = 1;
  transposed.inner_step = size;
  outer.b = x;
  outer.a_step = outer.b_step = width;
  Kernel kernel[] = { { kernels->product, plain },
                      { kernels->product, transposed },
                      { kernels->outer, outer } };
  const BenchWork works[] = { peaks[isa], run_kernel, run_kernel, run_kernel };
  gpointer data[] = { seed, &kernel[0], &kernel[1], &kernel[2] };
  bench_compare (4, works, data, REPEATS, seconds);
  double peak = 2.0 * peak_lanes[isa] * CHAINS * ROUNDS / seconds[0] * 1e-9;
  double flops = 2.0 * size * size * width * 1e-9;
  bench_row (isa == ODL_ISA_BASELINE ? "peak, product and sum apart"
                                     : "peak of fused multiply-adds",
             peak, "GFLOP/s", BENCH_NO_TARGET, 0);
  bench_row ("64 x 64 product in a tile", flops / seconds[1], "GFLOP/s",
             BENCH_NO_TARGET, 0);
  BenchGoal goal = isa == ODL_ISA_BASELINE ? BENCH_NO_TARGET : BENCH_AT_LEAST;
  bench_row ("  part of the peak", flops / seconds[1] / peak, "", goal, 0.7);
  bench_row ("  transposed", flops / seconds[2] / peak, "", goal, 0.7);
  bench_row ("  outer, to the gradient", flops / seconds[3] / peak, "", BENCH_NO_TARGET,
             0);
  g_aligned_free (w);
  g_aligned_free (x);
  g_aligned_free (out);
  g_aligned_free (work);
}

static void
bench_functions (OdlIsa isa)
{
  enum { N = 1024 };
  static const struct {
    OdlOp op;
    const char *name;
  } rows[] = { { ODL_OP_TANH, "tanh" },        { ODL_OP_EXP, "exp" },
               { ODL_OP_LOG, "log" },          { ODL_OP_SIN, "sin" },
               { ODL_OP_COS, "cos" },          { ODL_OP_SIGMOID, "sigmoid" },
               { ODL_OP_SOFTPLUS, "softplus" } };
  double *x = random_array (N), *out = random_array (N);
  for (guint i = 0; i < N; i++)
    x[i] = 1.5 + 1.4 * x[i];
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Kernel work = { odl_kernels (isa)->unary[rows[i].op - ODL_OP_NEG],
                    { .out = out, .a = x, .b = x, .c = x, .rows = 1, .width = N } };
    double seconds = bench_seconds (run_kernel, &work, REPEATS);
    gboolean aimed = rows[i].op == ODL_OP_TANH && isa == ODL_ISA_AVX512;
    bench_row (rows[i].name, seconds / N * 1e9, "ns an element",
               aimed ? BENCH_AT_MOST : BENCH_NO_TARGET, 0.7);
  }
  g_aligned_free (x);
  g_aligned_free (out);
}

/* Programs over lanes. */

typedef struct {
  OdlProgram *program;
  OdlPool *pool;
  const double *theta;
  guint dim, n_theta, width, workers, inputs, outputs;
  gsize scratch;
  double *slab;                  /* by tile: inputs, then outputs */
  double *scratches, *gradients; /* by worker */
} Sweep;

static gsize
tile_size (const Sweep *s)
{
  return (gsize)(s->inputs + s->outputs) * s->width;
}

/* Inputs t, y[, w]; outputs dy, or the cotangents of t and y. */
static void
run_tile (gpointer data, guint job, guint worker)
{
  const Sweep *s = data;
  guint width = s->width;
  double *t = s->slab + job * tile_size (s), *y = t + width, *w = y + s->dim * width;
  double *out = t + s->inputs * width;
  gboolean reverse = s->inputs > 1 + s->dim;
  double *outputs[] = { out, reverse ? out + width : NULL };
  odl_program_run (s->program, width, s->theta, (const double *[]){ t, y, w }, outputs,
                   reverse ? s->gradients + (gsize)worker * s->n_theta : NULL,
                   s->scratches + worker * s->scratch);
}

static guint
n_tiles (const Sweep *s)
{
  return (LANES + s->width - 1) / s->width;
}

static void
run_sweep (gpointer data)
{
  Sweep *s = data;
  for (guint i = 0; i < SWEEPS; i++)
    odl_pool_run (s->pool, n_tiles (s), run_tile, s);
}

static Sweep
new_sweep (const OdlGraph *graph, OdlIsa isa, guint dim, gboolean reverse,
           const double *theta, OdlPool *pool)
{
  Sweep s = { .program = odl_program_new (graph, isa), .pool = pool, .theta = theta };
  s.dim = dim;
  s.n_theta = odl_graph_n_theta (graph);
  s.width = MIN (odl_program_width (s.program), 256);
  s.workers = odl_pool_threads (pool);
  s.inputs = 1 + (reverse ? 2 : 1) * dim;
  s.outputs = 1 + dim;
  s.scratch = (odl_program_scratch (s.program, s.width) + 15) / 8 * 8;
  s.slab = random_array (n_tiles (&s) * tile_size (&s));
  s.scratches = random_array (s.workers * s.scratch);
  s.gradients = random_array ((gsize)s.workers * s.n_theta);
  return s;
}

static void
clear_sweep (Sweep *s)
{
  odl_program_free (s->program);
  g_aligned_free (s->slab);
  g_aligned_free (s->scratches);
  g_aligned_free (s->gradients);
}

static void
bench_field (const char *name, const OdlGraph *graph, OdlIsa isa, guint dim,
             const double *theta, double target)
{
  g_autoptr (OdlPool) pool = odl_pool_new (2);
  g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
  Sweep sweeps[] = { new_sweep (graph, isa, dim, FALSE, theta, NULL),
                     new_sweep (vjp, isa, dim, TRUE, theta, NULL),
                     new_sweep (graph, isa, dim, FALSE, theta, pool) };
  const BenchWork works[] = { run_sweep, run_sweep, run_sweep };
  gpointer data[] = { &sweeps[0], &sweeps[1], &sweeps[2] };
  double seconds[3];
  bench_compare (3, works, data, REPEATS, seconds);
  bench_row (name, seconds[0] / SWEEPS / LANES * 1e9, "ns an eval.",
             target > 0 ? BENCH_AT_MOST : BENCH_NO_TARGET, target);
  bench_row ("  its VJP, forward evaluations", seconds[1] / seconds[0], "",
             target >= 80 ? BENCH_AT_MOST : BENCH_NO_TARGET, 2.5);
  bench_row ("  two threads", seconds[0] / seconds[2], "times as fast",
             target >= 80 ? BENCH_AT_LEAST : BENCH_NO_TARGET, 1.8);
  bench_note ("%u lanes a tile, %u instructions, VJP %u", sweeps[0].width,
              odl_program_n_instructions (sweeps[0].program),
              odl_program_n_instructions (sweeps[1].program));
  for (guint i = 0; i < G_N_ELEMENTS (sweeps); i++)
    clear_sweep (&sweeps[i]);
}

static void
bench_network (OdlIsa isa, guint hidden, const char *name, double target)
{
  const guint widths[] = { hidden, hidden, 2 };
  OdlPerceptron perceptron = { .inputs = 2, .n_layers = 3, .widths = widths };
  g_autoptr (OdlNetwork) network = odl_network_mlp (&perceptron, NULL);
  OdlRandom random = odl_random (1, 0);
  g_autofree double *theta = g_new (double, network->n_theta);
  odl_network_init (network, theta, &random);
  bench_field (name, network->graph, isa, 2, theta, target);
}

static void
bench_equations (OdlIsa isa)
{
  const char *text = "dx = y; dy = mu*(1 - x^2)*y - x";
  g_autoptr (OdlEquations) equations = odl_equations_parse (text, NULL);
  bench_field ("Van der Pol, typed", equations->graph, isa, 2, equations->defaults, 1);
}

int
main (void)
{
  static const double targets[] = { 0, 120, 80 };
  for (int isa = ODL_N_ISAS - 1; isa >= ODL_ISA_BASELINE; isa--) {
    if (!odl_isa_available ((OdlIsa)isa))
      continue;
    bench_title (odl_isa_name ((OdlIsa)isa));
    bench_products ((OdlIsa)isa, 64, 32);
    bench_functions ((OdlIsa)isa);
    bench_network ((OdlIsa)isa, 32, "2-32-32-2 tanh", targets[isa]);
    bench_network ((OdlIsa)isa, 64, "2-64-64-2 tanh", 0);
    bench_equations ((OdlIsa)isa);
  }
  return 0;
}
