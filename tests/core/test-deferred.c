/* Sums over lanes that are put off until they are settled.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>
#include "graph/evaluate.h"
#include "support/random-graph.h"

#define SEED 20
#define RUNS 3

/* θ: one that nobody adds to, then Σ a bᵀ, then Σ a. */
typedef struct {
  guint rows, n, width, n_theta;
  OdlGraph *graph;
  double *in[2][RUNS];
} Sums;

static double *
random_tile (GRand *rand, gsize size)
{
  g_autofree double *x = random_graph_numbers (rand, (guint)size);
  double *tile = g_aligned_alloc (size, sizeof (double), 64);
  memcpy (tile, x, sizeof (double) * size);
  return tile;
}

static Sums
new_sums (guint rows, guint n, guint width)
{
  GRand *rand = g_rand_new_with_seed (SEED);
  Sums s = { rows, n, width, 1 + rows * n + rows, odl_graph_new (), { { NULL } } };
  OdlNode a = odl_graph_input (s.graph, "a", rows);
  OdlNode b = odl_graph_input (s.graph, "b", n);
  odl_graph_outer_to_theta (s.graph, 1, a, b);
  odl_graph_sum_to_theta (s.graph, 1 + rows * n, a);
  for (guint run = 0; run < RUNS; run++) {
    s.in[0][run] = random_tile (rand, (gsize)rows * width);
    s.in[1][run] = random_tile (rand, (gsize)n * width);
  }
  g_rand_free (rand);
  return s;
}

static void
clear_sums (Sums *s)
{
  odl_graph_free (s->graph);
  for (guint run = 0; run < RUNS; run++) {
    g_aligned_free (s->in[0][run]);
    g_aligned_free (s->in[1][run]);
  }
}

/* The θ-gradient of all runs (n_sums doubles), by a program of either kind. */
static double *
gradient_of (const Sums *s, OdlIsa isa, gboolean deferring)
{
  g_autoptr (OdlProgram) program
      = deferring ? odl_program_new_deferring (s->graph, isa, s->n_theta)
                  : odl_program_new (s->graph, isa);
  const gsize n = deferring ? odl_program_n_sums (program) : s->n_theta;
  g_assert_cmpuint (n, >=, s->n_theta);
  double *gradient = g_aligned_alloc0 (n, sizeof (double), 64);
  double *scratch = g_aligned_alloc0 (odl_program_scratch (program, s->width) + 8,
                                      sizeof (double), 64);
  for (guint run = 0; run < RUNS; run++)
    odl_program_run (program, s->width, NULL,
                     (const double *[]){ s->in[0][run], s->in[1][run] }, NULL, gradient,
                     scratch);
  if (deferring)
    odl_program_settle (program, gradient);
  g_aligned_free (scratch);
  return gradient;
}

/* The sums are the same, whichever operand is thin, but for the order in which lanes
 * are added, and so for some rounding of each; the same runs give the same bits. */
static void
check (OdlIsa isa, guint rows, guint n, guint width)
{
  Sums s = new_sums (rows, n, width);
  double *now = gradient_of (&s, isa, FALSE), *later = gradient_of (&s, isa, TRUE);
  double *again = gradient_of (&s, isa, TRUE);
  for (guint i = 0; i < s.n_theta; i++)
    g_assert_cmpfloat_with_epsilon (later[i], now[i], 1e-14 * RUNS * width);
  g_assert_cmpfloat (later[0], ==, 0);
  g_assert_cmpmem (later, sizeof (double) * s.n_theta, again,
                   sizeof (double) * s.n_theta);
  g_aligned_free (now);
  g_aligned_free (later);
  g_aligned_free (again);
  clear_sums (&s);
}

static void
test_sums (void)
{
  static const guint shapes[][2]
      = { { 1, 1 }, { 1, 9 }, { 9, 1 }, { 2, 9 }, { 9, 2 }, { 3, 5 }, { 2, 40 } };
  for (OdlIsa isa = ODL_ISA_BASELINE; isa < ODL_N_ISAS; isa++)
    for (guint k = 0; odl_isa_available (isa) && k < G_N_ELEMENTS (shapes); k++)
      for (guint width = 8; width <= 40; width += 16)
        check (isa, shapes[k][0], shapes[k][1], width);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deferred/sums", test_sums);
  return g_test_run ();
}
