/* Tests of programs, on every instruction set: random graphs against the reference,
 * lanes that know nothing of each other, shapes, and no allocation.
 * SPDX-License-Identifier: MIT */
#include "graph/evaluate.h"

#include <math.h>
#include <string.h>
#include "graph/derive.h"
#include "graph/simplify.h"
#include "support/allocations.h"
#include "support/random-graph.h"
#include "support/reference.h"

#define SEED      90210
#define TOLERANCE 1e-11 /* of values near 1 through some dozens of operations */

#define FOR_EACH_ISA(isa)                                                              \
  for (OdlIsa isa = ODL_ISA_BASELINE; isa < ODL_N_ISAS; isa++)                         \
    if (odl_isa_available (isa))

/* A program with arrays for one tile, each with a guard behind it. */
typedef struct {
  const OdlGraph *graph;
  OdlProgram *program;
  guint width, n_in, n_out, n_theta;
  double **in, **out;
  double *scratch, *gradient;
} Tile;

#define GUARD 123.456

static double *
new_array (gsize n)
{
  double *x = g_aligned_alloc0 (n + 8, sizeof (double), 64);
  x[n] = GUARD;
  return x;
}

static guint
in_rows (const OdlGraph *graph, guint i)
{
  return odl_graph_operation (graph, odl_graph_input_node (graph, i))->rows;
}

static guint
out_rows (const OdlGraph *graph, guint i)
{
  return odl_graph_operation (graph, odl_graph_output_node (graph, i))->rows;
}

static Tile
new_tile (const OdlGraph *graph, OdlIsa isa, guint width)
{
  Tile tile = { .graph = graph, .program = odl_program_new (graph, isa) };
  tile.width = width;
  tile.n_in = odl_graph_n_inputs (graph);
  tile.n_out = odl_graph_n_outputs (graph);
  tile.n_theta = odl_graph_n_theta (graph);
  tile.in = g_new (double *, tile.n_in + 1);
  tile.out = g_new (double *, tile.n_out + 1);
  for (guint i = 0; i < tile.n_in; i++)
    tile.in[i] = new_array ((gsize)in_rows (graph, i) * width);
  for (guint i = 0; i < tile.n_out; i++)
    tile.out[i] = new_array ((gsize)out_rows (graph, i) * width);
  tile.scratch = new_array (odl_program_scratch (tile.program, width));
  tile.gradient = new_array (tile.n_theta);
  return tile;
}

static void
check_guards (const Tile *tile)
{
  for (guint i = 0; i < tile->n_out; i++)
    g_assert_cmpfloat (tile->out[i][out_rows (tile->graph, i) * tile->width], ==,
                       GUARD);
  g_assert_cmpfloat (tile->scratch[odl_program_scratch (tile->program, tile->width)],
                     ==, GUARD);
  g_assert_cmpfloat (tile->gradient[tile->n_theta], ==, GUARD);
}

static void
clear_tile (Tile *tile)
{
  check_guards (tile);
  for (guint i = 0; i < tile->n_in; i++)
    g_aligned_free (tile->in[i]);
  for (guint i = 0; i < tile->n_out; i++)
    g_aligned_free (tile->out[i]);
  g_free (tile->in);
  g_free (tile->out);
  g_aligned_free (tile->scratch);
  g_aligned_free (tile->gradient);
  odl_program_free (tile->program);
}

static void
run (Tile *tile, const double *theta)
{
  odl_program_run (tile->program, tile->width, theta, (const double *const *)tile->in,
                   tile->out, tile->gradient, tile->scratch);
}

static void
set_lane (Tile *tile, guint lane, const double *x)
{
  for (guint i = 0; i < tile->n_in; i++)
    for (guint row = 0; row < in_rows (tile->graph, i); row++)
      tile->in[i][row * tile->width + lane] = *x++;
}

/* Scratch starts with rubbish, so that nothing is read before it is written. */
static void
spoil (Tile *tile)
{
  gsize n = odl_program_scratch (tile->program, tile->width);
  for (gsize i = 0; i < n; i++)
    tile->scratch[i] = NAN;
}

static double
lane_of (const Tile *tile, guint output, guint row, guint lane)
{
  return tile->out[output][row * tile->width + lane];
}

static gboolean
is_near (double got, double wanted)
{
  if (isnan (wanted) || isnan (got))
    return isnan (wanted) && isnan (got);
  return fabs (got - wanted) <= TOLERANCE * (1 + fabs (wanted));
}

static void
assert_near (double got, double wanted)
{
  if (!is_near (got, wanted))
    g_test_message ("%.17g instead of %.17g", got, wanted);
  g_assert_true (is_near (got, wanted));
}

static void
compare_with_reference (const OdlGraph *graph, OdlIsa isa, guint width, GRand *rand)
{
  Tile tile = new_tile (graph, isa, width);
  guint n = random_graph_n_inputs (graph), total = 0;
  for (guint i = 0; i < tile.n_out; i++)
    total += out_rows (graph, i);
  g_autofree double *theta = random_graph_numbers (rand, tile.n_theta);
  g_autofree double *x = random_graph_numbers (rand, (gsize)n * width);
  g_autofree double *wanted = g_new (double, total + 1);
  g_autofree double *gradient = g_new0 (double, tile.n_theta + 1);
  for (guint lane = 0; lane < width; lane++)
    set_lane (&tile, lane, x + (gsize)lane * n);
  spoil (&tile);
  run (&tile, theta);
  for (guint lane = 0; lane < width; lane++) {
    const double *next = wanted;
    reference_run (graph, theta, x + (gsize)lane * n, wanted, gradient);
    for (guint i = 0; i < tile.n_out; i++)
      for (guint row = 0; row < out_rows (graph, i); row++)
        assert_near (lane_of (&tile, i, row, lane), *next++);
  }
  for (guint i = 0; i < tile.n_theta; i++)
    assert_near (tile.gradient[i], gradient[i]);
  clear_tile (&tile);
}

static void
test_random_graphs (void)
{
  const guint widths[] = { 8, 16, 24, 64, 256 };
  FOR_EACH_ISA (isa)
  {
    GRand *rand = g_rand_new_with_seed (SEED);
    for (guint i = 0; i < 200; i++) {
      g_autoptr (OdlGraph) graph = random_graph (rand, 2 + i / 5, FALSE);
      compare_with_reference (graph, isa, widths[i % G_N_ELEMENTS (widths)], rand);
    }
    g_rand_free (rand);
  }
}

static void
test_derivatives (void)
{
  FOR_EACH_ISA (isa)
  {
    GRand *rand = g_rand_new_with_seed (SEED);
    for (guint i = 0; i < 60; i++) {
      g_autoptr (OdlGraph) graph = random_graph (rand, 2 + i / 3, TRUE);
      g_autoptr (OdlGraph) jvp = odl_graph_jvp (graph);
      g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
      compare_with_reference (jvp, isa, 16, rand);
      compare_with_reference (vjp, isa, 16, rand);
    }
    g_rand_free (rand);
  }
}

static gboolean
same_bits (double a, double b)
{
  return memcmp (&a, &b, sizeof a) == 0;
}

/* A lane gives the same bits at every place of every tile, whatever its neighbours
 * are, NaN and infinity among them. */
static void
check_lane (const OdlGraph *graph, OdlIsa isa, GRand *rand)
{
  const double rubbish[] = { NAN, INFINITY, -INFINITY, 1e300, -1e6, 0 };
  Tile wide = new_tile (graph, isa, 64), narrow = new_tile (graph, isa, 8);
  guint n = random_graph_n_inputs (graph), lane = (guint)g_rand_int_range (rand, 0, 64);
  g_autofree double *theta = random_graph_numbers (rand, wide.n_theta);
  g_autofree double *x = random_graph_numbers (rand, n);
  g_autofree double *other = g_new (double, n + 1);
  for (guint l = 0; l < 8; l++)
    set_lane (&narrow, l, x);
  for (guint l = 0; l < 64; l++) {
    for (guint i = 0; i < n; i++)
      other[i] = rubbish[g_rand_int_range (rand, 0, G_N_ELEMENTS (rubbish))];
    set_lane (&wide, l, l == lane ? x : other);
  }
  run (&wide, theta);
  run (&narrow, theta);
  for (guint i = 0; i < wide.n_out; i++)
    for (guint row = 0; row < out_rows (graph, i); row++)
      for (guint l = 0; l < 8; l++)
        g_assert_true (
            same_bits (lane_of (&wide, i, row, lane), lane_of (&narrow, i, row, l)));
  clear_tile (&wide);
  clear_tile (&narrow);
}

static void
test_lanes (void)
{
  FOR_EACH_ISA (isa)
  {
    GRand *rand = g_rand_new_with_seed (SEED);
    for (guint i = 0; i < 150; i++) {
      g_autoptr (OdlGraph) graph = random_graph (rand, 4 + i / 5, FALSE);
      check_lane (graph, isa, rand);
    }
    g_rand_free (rand);
  }
}

/* Instruction sets differ by rounding at most. */
static void
test_isas_agree (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint k = 0; k < 40; k++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 20, TRUE);
    Tile base = new_tile (graph, ODL_ISA_BASELINE, 8);
    guint n = random_graph_n_inputs (graph);
    g_autofree double *theta = random_graph_numbers (rand, base.n_theta);
    g_autofree double *x = random_graph_numbers (rand, n);
    for (guint lane = 0; lane < 8; lane++)
      set_lane (&base, lane, x);
    run (&base, theta);
    FOR_EACH_ISA (isa)
    {
      Tile tile = new_tile (graph, isa, 8);
      for (guint lane = 0; lane < 8; lane++)
        set_lane (&tile, lane, x);
      run (&tile, theta);
      for (guint i = 0; i < tile.n_out; i++)
        for (guint row = 0; row < out_rows (graph, i); row++)
          assert_near (lane_of (&tile, i, row, 5), lane_of (&base, i, row, 5));
      clear_tile (&tile);
    }
    clear_tile (&base);
  }
  g_rand_free (rand);
}

/* Outputs that are not wanted, and no gradient, change nothing else. */
static void
test_not_wanted (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint k = 0; k < 60; k++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 12, TRUE);
    g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
    Tile all = new_tile (vjp, ODL_ISA_BEST, 16),
         some = new_tile (vjp, ODL_ISA_BEST, 16);
    g_autofree double *theta = random_graph_numbers (rand, all.n_theta);
    g_autofree double *x = random_graph_numbers (rand, random_graph_n_inputs (vjp));
    for (guint lane = 0; lane < 16; lane++) {
      set_lane (&all, lane, x);
      set_lane (&some, lane, x);
    }
    double *outputs[] = { NULL, some.out[1], NULL };
    g_assert_cmpuint (some.n_out, ==, G_N_ELEMENTS (outputs));
    run (&all, theta);
    odl_program_run (some.program, 16, theta, (const double *const *)some.in, outputs,
                     NULL, some.scratch);
    for (guint i = 0; i < out_rows (vjp, 1) * 16; i++)
      g_assert_true (same_bits (all.out[1][i], some.out[1][i]));
    for (guint i = 0; i < some.n_theta; i++)
      g_assert_cmpfloat (some.gradient[i], ==, 0);
    clear_tile (&all);
    clear_tile (&some);
  }
  g_rand_free (rand);
}

/* An output may be an input, a constant, θ, a part of another, or one given twice. */
static void
test_trivial_outputs (void)
{
  FOR_EACH_ISA (isa)
  {
    GRand *rand = g_rand_new_with_seed (SEED);
    g_autoptr (OdlGraph) graph = odl_graph_new ();
    OdlNode x = odl_graph_input (graph, "x", 3);
    OdlNode theta = odl_graph_theta (graph, 1, 2);
    OdlNode y = odl_graph_unary (graph, ODL_OP_SIN, x);
    OdlNode part = odl_graph_slice (graph, y, 1, 2);
    OdlNode uniform = odl_graph_unary (graph, ODL_OP_EXP, theta);
    OdlNode sum = odl_graph_binary (graph, ODL_OP_ADD, part, uniform);
    OdlNode twice = odl_graph_concat (graph, sum, sum);
    OdlNode again = odl_graph_concat (graph, twice, odl_graph_concat (graph, theta, x));
    const OdlNode outputs[] = { x,       odl_graph_constant (graph, 2.5, 2),
                                theta,   part,
                                y,       y,
                                uniform, sum,
                                twice,   again,
                                part };
    for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
      odl_graph_output (graph, NULL, outputs[i]);
    compare_with_reference (graph, isa, 24, rand);
    g_rand_free (rand);
  }
}

/* θ alone: a value that is the same in every lane, through every kind of operation, and
 * its gradient, which counts each lane. */
static void
test_uniform (void)
{
  FOR_EACH_ISA (isa)
  {
    GRand *rand = g_rand_new_with_seed (SEED);
    g_autoptr (OdlGraph) graph = odl_graph_new ();
    OdlNode a = odl_graph_theta (graph, 0, 3), b = odl_graph_theta (graph, 3, 1);
    OdlNode p = odl_graph_binary (graph, ODL_OP_MUL, a, b);
    p = odl_graph_binary (graph, ODL_OP_SUB, a, p);
    OdlNode w = odl_graph_linear (graph, 4, 2, odl_graph_unary (graph, ODL_OP_TANH, p));
    OdlNode all = odl_graph_concat (graph, odl_graph_concat (graph, w, b), p);
    OdlNode sum = odl_graph_sum_rows (graph, odl_graph_slice (graph, all, 1, 4));
    OdlNode wide = odl_graph_broadcast (graph, sum, 3);
    odl_graph_output (graph, NULL, odl_graph_binary (graph, ODL_OP_ADD, wide, a));
    odl_graph_output (graph, NULL, all);
    g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
    compare_with_reference (graph, isa, 16, rand);
    compare_with_reference (vjp, isa, 16, rand);
    g_rand_free (rand);
  }
}

/* The number of instructions says what was merged, folded, fused and left out. */
static void
test_instructions (void)
{
  g_autoptr (OdlGraph) graph = odl_graph_new ();
  OdlNode x = odl_graph_input (graph, "x", 4);
  OdlNode two = odl_graph_unary (graph, ODL_OP_SQRT, odl_graph_constant (graph, 4, 1));
  OdlNode s = odl_graph_unary (graph, ODL_OP_SIN, x);
  OdlNode again = odl_graph_unary (graph, ODL_OP_SIN, x);
  OdlNode sum = odl_graph_binary (graph, ODL_OP_ADD, x,
                                  odl_graph_binary (graph, ODL_OP_MUL, two, s));
  odl_graph_unary (graph, ODL_OP_COS, sum);
  OdlNode layer
      = odl_graph_binary (graph, ODL_OP_ADD, odl_graph_linear (graph, 0, 5, sum),
                          odl_graph_theta (graph, 20, 5));
  odl_graph_output (graph, NULL, odl_graph_concat (graph, layer, sum));
  g_autoptr (OdlProgram) program = odl_program_new (graph, ODL_ISA_BEST);
  /* sin, multiply and add, linear with bias; nothing for the concatenation. */
  g_assert_cmpuint (odl_program_n_instructions (program), ==, 3);
  odl_graph_output (graph, NULL, again);
  g_autoptr (OdlProgram) more = odl_program_new (graph, ODL_ISA_BEST);
  g_assert_cmpuint (odl_program_n_instructions (more), ==, 3);
}

/* w (c − z²) is one instruction where the difference has no other use, whatever is
 * scalar, of one row or added to. */
static void
test_slopes (void)
{
  FOR_EACH_ISA (isa)
  {
    GRand *rand = g_rand_new_with_seed (SEED);
    for (guint k = 0; k < 8; k++) {
      g_autoptr (OdlGraph) graph = odl_graph_new ();
      OdlNode z = odl_graph_input (graph, "z", 3);
      OdlNode w = odl_graph_input (graph, "w", k & 1 ? 1 : 3);
      OdlNode c
          = k & 2 ? odl_graph_theta (graph, 1, 3) : odl_graph_constant (graph, 1, 1);
      OdlNode square = odl_graph_unary (graph, ODL_OP_SQUARE, z);
      OdlNode slope = odl_graph_binary (graph, ODL_OP_SUB, c, square);
      OdlNode out = odl_graph_binary (graph, ODL_OP_MUL, slope, w);
      guint least = 1;
      if (k & 4) {
        out = odl_graph_binary (graph, ODL_OP_ADD, out, z);
        least = 2;
      }
      odl_graph_output (graph, NULL, out);
      g_autoptr (OdlProgram) program = odl_program_new (graph, isa);
      g_assert_cmpuint (odl_program_n_instructions (program), ==, least);
      compare_with_reference (graph, isa, 16, rand);
      odl_graph_output (graph, NULL, slope);
      compare_with_reference (graph, isa, 16, rand);
    }
    g_rand_free (rand);
  }
}

/* Buffers are shared: a chain of a hundred operations needs the rows of one or two. */
static void
test_scratch (void)
{
  g_autoptr (OdlGraph) graph = odl_graph_new ();
  OdlNode x = odl_graph_input (graph, "x", 10);
  for (guint i = 0; i < 100; i++)
    x = odl_graph_unary (graph, i % 2 ? ODL_OP_SIN : ODL_OP_TANH, x);
  odl_graph_output (graph, NULL, x);
  g_autoptr (OdlProgram) program = odl_program_new (graph, ODL_ISA_BEST);
  g_assert_cmpuint (odl_program_scratch (program, 8), <=, 3 * 10 * 8);
  guint width = odl_program_width (program);
  g_assert_cmpuint (width % 8, ==, 0);
  g_assert_cmpuint (width, >=, 8);
  g_assert_cmpuint (width, <=, ODL_MAX_WIDTH);
}

static void
test_no_allocation (void)
{
  if (!allocations_are_counted ()) {
    g_test_skip ("allocations cannot be counted here");
    return;
  }
  GRand *rand = g_rand_new_with_seed (SEED);
  guint start = allocations_count ();
  for (guint k = 0; k < 20; k++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 30, TRUE);
    g_autoptr (OdlGraph) vjp = odl_graph_vjp (graph, TRUE);
    Tile tile = new_tile (vjp, ODL_ISA_BEST, 64);
    g_autofree double *theta = random_graph_numbers (rand, tile.n_theta);
    guint before = allocations_count ();
    g_assert_cmpuint (before, >, start); /* it does count */
    run (&tile, theta);
    g_assert_cmpuint (allocations_count (), ==, before);
    clear_tile (&tile);
  }
  g_rand_free (rand);
}

/* A run bound to its arrays gives the same bits, again when the inputs have changed. */
static void
test_bound (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint k = 0; k < 60; k++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 30, FALSE);
    Tile plain = new_tile (graph, ODL_ISA_BEST, 16);
    Tile bound = new_tile (graph, ODL_ISA_BEST, 16);
    const guint n = random_graph_n_inputs (graph);
    g_autofree double *theta = random_graph_numbers (rand, plain.n_theta);
    g_autofree OdlBound *memory = g_malloc (odl_program_bound_size (bound.program));
    odl_program_bind (bound.program, 16, theta, (const double *const *)bound.in,
                      bound.out, bound.scratch, memory);
    for (guint again = 0; again < 2; again++) {
      g_autofree double *x = random_graph_numbers (rand, n);
      for (guint lane = 0; lane < 16; lane++) {
        set_lane (&plain, lane, x);
        set_lane (&bound, lane, x);
      }
      run (&plain, theta);
      odl_bound_run (memory);
      for (guint i = 0; i < plain.n_out; i++)
        g_assert_cmpmem (plain.out[i], sizeof (double) * 16 * out_rows (graph, i),
                         bound.out[i], sizeof (double) * 16 * out_rows (graph, i));
    }
    clear_tile (&plain);
    clear_tile (&bound);
  }
  g_rand_free (rand);
}

/* Simplification keeps the ports and never makes a graph longer. */
static void
test_simplify (void)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  for (guint k = 0; k < 100; k++) {
    g_autoptr (OdlGraph) graph = random_graph (rand, 30, FALSE);
    g_autoptr (OdlGraph) once = odl_graph_simplify (graph, odl_kernels (ODL_ISA_BEST));
    g_autoptr (OdlGraph) twice = odl_graph_simplify (once, odl_kernels (ODL_ISA_BEST));
    g_assert_cmpuint (odl_graph_n_inputs (once), ==, odl_graph_n_inputs (graph));
    g_assert_cmpuint (odl_graph_n_outputs (once), ==, odl_graph_n_outputs (graph));
    for (guint i = 0; i < odl_graph_n_outputs (graph); i++)
      g_assert_cmpuint (out_rows (once, i), ==, out_rows (graph, i));
    g_assert_cmpuint (odl_graph_n_operations (twice), <=,
                      odl_graph_n_operations (once));
  }
  g_rand_free (rand);
}

/* sin (x) + factor θ, and its program's value at a point. */
static double
value_with (double factor, double x)
{
  const double theta = 0.25;
  g_autoptr (OdlGraph) graph = odl_graph_new ();
  OdlNode node = odl_graph_unary (graph, ODL_OP_SIN, odl_graph_input (graph, "x", 1));
  OdlNode part = odl_graph_binary (graph, ODL_OP_MUL, odl_graph_theta (graph, 0, 1),
                                   odl_graph_constant (graph, factor, 1));
  odl_graph_output (graph, NULL, odl_graph_binary (graph, ODL_OP_ADD, node, part));
  Tile tile = new_tile (graph, ODL_ISA_BEST, 8);
  set_lane (&tile, 3, &x);
  run (&tile, &theta);
  double value = lane_of (&tile, 0, 0, 3);
  clear_tile (&tile);
  return value;
}

/* A term off by a part in 10⁹, lost or of the other sign is seen; so are NaN for a
 * number, a number for NaN, and a last bit. */
static void
test_faults_are_caught (void)
{
  double right = value_with (1, 0.5);
  g_assert_true (is_near (right, sin (0.5) + 0.25));
  g_assert_false (is_near (value_with (1 + 1e-9, 0.5), right));
  g_assert_false (is_near (value_with (0, 0.5), right));
  g_assert_false (is_near (value_with (-1, 0.5), right));
  g_assert_false (is_near (value_with (1, NAN), right));
  g_assert_false (is_near (right, NAN));
  g_assert_false (same_bits (right, nextafter (right, 1)));
  g_assert_false (same_bits (0.0, -0.0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluate/random-graphs", test_random_graphs);
  g_test_add_func ("/evaluate/derivatives", test_derivatives);
  g_test_add_func ("/evaluate/lanes", test_lanes);
  g_test_add_func ("/evaluate/isas-agree", test_isas_agree);
  g_test_add_func ("/evaluate/not-wanted", test_not_wanted);
  g_test_add_func ("/evaluate/trivial-outputs", test_trivial_outputs);
  g_test_add_func ("/evaluate/uniform", test_uniform);
  g_test_add_func ("/evaluate/instructions", test_instructions);
  g_test_add_func ("/evaluate/slopes", test_slopes);
  g_test_add_func ("/evaluate/scratch", test_scratch);
  g_test_add_func ("/evaluate/no-allocation", test_no_allocation);
  g_test_add_func ("/evaluate/bound", test_bound);
  g_test_add_func ("/evaluate/simplify", test_simplify);
  g_test_add_func ("/evaluate/faults-are-caught", test_faults_are_caught);
  return g_test_run ();
}
