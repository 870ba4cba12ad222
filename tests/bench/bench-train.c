/* What an iteration of training costs: forward, backward and the optimiser's step.
 * SPDX-License-Identifier: MIT
 *
 * Two works: a network 2-16-2 by 20 steps of RK4, and the circles by adaptive dopri5,
 * the first 50 iterations. Ratios are against torchdiffeq 0.2.5 on the same work as it
 * was measured before the project began (ours double, theirs single precision), and,
 * where Debian's python3-torch is installed, against a plain loop in torch timed in
 * this run. Then what a field of 10,000 lanes costs, how time grows with lanes and
 * steps, and what each gradient holds. */
#include "bench/support-bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "field/network.h"
#include "gradient/gradient.h"
#include "learn/optimizer.h"

#define REPEATS     21
#define ITERATIONS  50 /* of the circles, from their start */
#define LANES       10000
#define STEPS       20
#define EVALUATIONS (4.0 * STEPS * LANES)

/* A training problem: θ is the field's, then the readout's weights and bias. */
typedef struct {
  OdlField *field;
  OdlTape *tape;
  OdlOptimizer *optimizer;
  OdlPool *pool;
  guint lanes, n_theta, n; /* n: with the readout */
  double *theta, *start, *gradient;
  double *t0, *t1, *y0, *y1, *w1, *label;
  guint iteration;
  double forward, backward; /* evaluations of a lane, summed over `iteration` */
} Training;

static OdlField *
new_field (guint hidden_layers, guint hidden, double *theta)
{
  const guint widths[] = { hidden, hidden_layers > 1 ? hidden : 2, 2 };
  OdlPerceptron p = { .inputs = 2, .n_layers = hidden_layers + 1, .widths = widths };
  g_autoptr (OdlNetwork) network = odl_network_mlp (&p, NULL);
  OdlRandom random = odl_random (1, 0);
  odl_network_init (network, theta, &random);
  return odl_field_new (odl_graph_copy (network->graph), ODL_ISA_BEST);
}

static void
reset (Training *t)
{
  const OdlOptimizerOptions adam = { .kind = ODL_OPTIMIZER_ADAM, .rate = 1e-3 };
  memcpy (t->theta, t->start, sizeof (double) * t->n);
  if (t->optimizer)
    odl_optimizer_free (t->optimizer);
  t->optimizer = odl_optimizer_new (t->n, &adam);
}

static Training
new_training (OdlField *field, const double *theta, guint lanes,
              const OdlGradientOptions *options)
{
  OdlRandom random = odl_random (5, 0);
  Training t = { .field = field, .pool = options->pool, .lanes = lanes };
  t.n_theta = field->n_theta;
  t.n = t.n_theta + 3;
  t.theta = g_new0 (double, t.n);
  t.start = g_new0 (double, t.n);
  t.gradient = g_new0 (double, t.n);
  t.t0 = g_new0 (double, lanes);
  t.t1 = g_new0 (double, lanes);
  t.label = g_new0 (double, lanes);
  t.y0 = g_new0 (double, 2 * lanes);
  t.y1 = g_new0 (double, 2 * lanes);
  t.w1 = g_new0 (double, 2 * lanes);
  memcpy (t.start, theta, sizeof (double) * t.n_theta);
  t.start[t.n_theta] = 0.5;
  t.start[t.n_theta + 1] = -0.5;
  for (guint i = 0; i < lanes; i++) {
    const double angle = 2 * G_PI * odl_random_uniform (&random);
    const double u = odl_random_uniform (&random);
    const double r = i % 2 ? 1 + 0.5 * u : 0.5 * sqrt (u);
    t.t1[i] = 1;
    t.label[i] = i % 2 ? -1 : 1;
    t.y0[i] = r * cos (angle);
    t.y0[lanes + i] = r * sin (angle);
  }
  t.tape = odl_tape_new (field, options, NULL);
  reset (&t);
  return t;
}

static void
clear_training (Training *t)
{
  double *const arrays[] = { t->theta, t->start, t->gradient, t->t0,   t->t1,
                             t->y0,    t->y1,    t->w1,       t->label };
  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_free (arrays[i]);
  odl_tape_free (t->tape);
  odl_optimizer_free (t->optimizer);
}

static void
run_forward (Training *t)
{
  const OdlProblem problem = { .field = t->field,
                               .theta = t->theta,
                               .lanes = t->lanes,
                               .t0 = t->t0,
                               .t1 = t->t1,
                               .y0 = t->y0 };
  if (odl_tape_forward (t->tape, &problem, t->y1, NULL) != ODL_STATUS_DONE)
    g_error ("the solve stopped");
}

static void
run_backward (Training *t)
{
  const OdlGradient out = { .dtheta = t->gradient };
  odl_tape_backward (t->tape, t->w1, &out);
}

/* ½ Σ ‖y1‖², as the tutorial's to the target 0. */
static void
iterate_squared (gpointer data)
{
  Training *t = data;
  memset (t->gradient, 0, sizeof (double) * t->n);
  run_forward (t);
  memcpy (t->w1, t->y1, sizeof (double) * 2 * t->lanes);
  run_backward (t);
  odl_optimizer_step (t->optimizer, t->theta, t->gradient);
}

/* The mean of log (1 + exp (−label · (v·y1 + c))). */
static void
iterate_logistic (Training *t)
{
  const guint n = t->lanes;
  const double *v = t->theta + t->n_theta;
  memset (t->gradient, 0, sizeof (double) * t->n);
  run_forward (t);
  for (guint i = 0; i < n; i++) {
    const double score = v[0] * t->y1[i] + v[1] * t->y1[n + i] + v[2];
    const double slope = -t->label[i] / (1 + exp (t->label[i] * score)) / n;
    t->w1[i] = slope * v[0];
    t->w1[n + i] = slope * v[1];
    t->gradient[t->n_theta] += slope * t->y1[i];
    t->gradient[t->n_theta + 1] += slope * t->y1[n + i];
    t->gradient[t->n_theta + 2] += slope;
  }
  run_backward (t);
  odl_optimizer_step (t->optimizer, t->theta, t->gradient);
}

/* The next of the first iterations, over and over. */
static void
iterate_circles (gpointer data)
{
  Training *t = data;
  if (t->iteration++ % ITERATIONS == 0)
    reset (t);
  iterate_logistic (t);
  const OdlGradientReport *r = odl_tape_report (t->tape);
  t->forward += (double)r->evaluations_forward / t->lanes;
  t->backward += (double)r->evaluations_backward / t->lanes;
}

/* Seconds of an iteration in torch, in this run; 0: it is not installed. */
static double
torch_seconds (const char *work, guint batch)
{
  g_autofree char *size = g_strdup_printf ("%u", batch), *out = NULL;
  const char *const argv[]
      = { "/usr/bin/python3", ODL_BENCH "/peer-torch.py", work, size, NULL };
  int status;
  if (!g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                     &out, NULL, &status, NULL)
      || !g_spawn_check_wait_status (status, NULL))
    return 0;
  return g_ascii_strtod (out, NULL);
}

/* theirs: seconds, 0 where the peer is not there; target: 0 for none. */
static void
compare (const char *name, double ours, double theirs, double target)
{
  if (theirs > 0)
    bench_row (name, theirs / ours, "times as fast",
               target > 0 ? BENCH_AT_LEAST : BENCH_NO_TARGET, target);
}

static void
bench_tutorial (guint batch, double theirs, double target)
{
  double theta[128];
  OdlField *field = new_field (1, 16, theta);
  const OdlGradientOptions options = { .gradient = odl_gradient_find ("backprop", NULL),
                                       .method = odl_method_find ("rk4", NULL),
                                       .steps = STEPS };
  Training t = new_training (field, theta, batch, &options);
  g_autofree char *name
      = g_strdup_printf ("tutorial 2-16-2, RK4 20 steps, batch %u", batch);
  const double ours = bench_seconds (iterate_squared, &t, REPEATS);
  const double torch = torch_seconds ("tutorial", batch);
  bench_row (name, ours * 1e6, "us an iter.", BENCH_NO_TARGET, 0);
  compare ("  against torchdiffeq's backprop", ours, theirs, target);
  compare ("  against a plain torch loop, this run", ours, torch, 0);
  clear_training (&t);
  odl_field_free (field);
}

static void
bench_circles (guint batch, const double theirs[2], const double targets[2],
               double threads)
{
  double theta[2048];
  OdlField *field = new_field (2, 32, theta);
  g_autoptr (OdlPool) pool = odl_pool_new (2);
  OdlGradientOptions options = { .gradient = odl_gradient_find ("backprop", NULL),
                                 .method = odl_method_find ("dopri5", NULL),
                                 .rtol = 1e-3,
                                 .atol = 1e-3 };
  Training one = new_training (field, theta, batch, &options);
  options.pool = pool;
  Training two = new_training (field, theta, batch, &options);
  const BenchWork works[] = { iterate_circles, iterate_circles };
  gpointer data[] = { &one, &two };
  double seconds[2];
  bench_compare (2, works, data, 2 * ITERATIONS, seconds);
  const double ours = seconds[0], torch = torch_seconds ("circles", batch);
  g_autofree char *name
      = g_strdup_printf ("circles 2-32-32-2, dopri5 1e-3, batch %u", batch);
  bench_row (name, ours * 1e6, "us an iter.", BENCH_NO_TARGET, 0);
  compare ("  against torchdiffeq's backprop", ours, theirs[0], targets[0]);
  compare ("  against torchdiffeq's adjoint", ours, theirs[1], targets[1]);
  compare ("  against a plain torch loop, this run", ours, torch, 0);
  bench_row ("  two threads", seconds[0] / seconds[1], "times as fast",
             threads > 0 ? BENCH_AT_LEAST : BENCH_NO_TARGET, threads);
  bench_note ("evaluations of a lane: %.1f forward, %.1f backward",
              one.forward / one.iteration, one.backward / one.iteration);
  clear_training (&one);
  clear_training (&two);
  odl_field_free (field);
}

static void
sweep_forward (gpointer data)
{
  run_forward (data);
}

static void
sweep_backward (gpointer data)
{
  run_backward (data);
}

/* Whole passes over many lanes, as densities and large batches have them. */
static void
bench_lanes (void)
{
  double theta[2048], seconds[4];
  OdlField *field = new_field (2, 32, theta);
  g_autoptr (OdlPool) pool = odl_pool_new (2);
  OdlGradientOptions options = { .gradient = odl_gradient_find ("backprop", NULL),
                                 .method = odl_method_find ("rk4", NULL),
                                 .steps = STEPS };
  Training one = new_training (field, theta, LANES, &options);
  options.pool = pool;
  Training two = new_training (field, theta, LANES, &options);
  const BenchWork works[]
      = { sweep_forward, sweep_backward, sweep_forward, sweep_backward };
  gpointer data[] = { &one, &one, &two, &two };
  bench_compare (4, works, data, REPEATS / 3, seconds);
  bench_row ("2-32-32-2, RK4 20 steps, 10,000 lanes: forward",
             seconds[0] / EVALUATIONS * 1e9, "ns an eval.", BENCH_AT_MOST, 80);
  bench_row ("  backward, forward passes", seconds[1] / seconds[0], "", BENCH_NO_TARGET,
             0);
  bench_row ("  two threads, forward", seconds[0] / seconds[2], "times as fast",
             BENCH_AT_LEAST, 1.8);
  bench_row ("  two threads, backward", seconds[1] / seconds[3], "times as fast",
             BENCH_AT_LEAST, 1.8);
  clear_training (&one);
  clear_training (&two);
  odl_field_free (field);
}

/* The slope of log seconds against log n. */
static double
fit (const double *n, const double *seconds, guint count)
{
  double x = 0, y = 0, xx = 0, xy = 0;
  for (guint i = 0; i < count; i++) {
    const double a = log (n[i]), b = log (seconds[i]);
    x += a / count;
    y += b / count;
    xx += a * a / count;
    xy += a * b / count;
  }
  return (xy - x * y) / (xx - x * x);
}

static void
bench_growth (gboolean by_lanes)
{
  enum { COUNT = 4 };
  double theta[2048], n[COUNT], seconds[COUNT];
  OdlField *field = new_field (2, 32, theta);
  Training all[COUNT];
  BenchWork works[COUNT];
  gpointer data[COUNT];
  for (guint i = 0; i < COUNT; i++) {
    OdlGradientOptions o = { .gradient = odl_gradient_find ("checkpointed", NULL),
                             .method = odl_method_find ("rk4", NULL),
                             .budget = 1u << 20,
                             .steps = by_lanes ? STEPS : 10u << i };
    all[i] = new_training (field, theta, by_lanes ? 256u << i : 256, &o);
    n[i] = by_lanes ? all[i].lanes : o.steps;
    works[i] = iterate_squared;
    data[i] = &all[i];
  }
  bench_compare (COUNT, works, data, REPEATS / 3, seconds);
  bench_row (by_lanes ? "time against lanes, 256 to 2048"
                      : "time against steps, 10 to 80",
             fit (n, seconds, COUNT), "exponent", BENCH_AT_MOST, 1.1);
  for (guint i = 0; i < COUNT; i++)
    bench_note ("%4.0f %s: %8.1f us an iteration", n[i], by_lanes ? "lanes" : "steps",
                seconds[i] * 1e6);
  for (guint i = 0; i < COUNT; i++)
    clear_training (&all[i]);
  odl_field_free (field);
}

static void
bench_memory (void)
{
  guint count;
  double theta[2048];
  const OdlGradientMethod *all = odl_gradient_methods (&count);
  OdlField *field = new_field (2, 32, theta);
  for (guint i = 0; i < count; i++) {
    double bytes[2];
    for (guint k = 0; k < 2; k++) {
      OdlGradientOptions o = { .gradient = &all[i],
                               .method = odl_method_find ("rk4", NULL),
                               .budget = 160,
                               .steps = k ? 1000 : 100 };
      Training t = new_training (field, theta, 512, &o);
      iterate_squared (&t);
      bytes[k] = (double)odl_tape_report (t.tape)->bytes / t.lanes;
      clear_training (&t);
    }
    const gboolean flat = all[i].kind == ODL_GRADIENT_REVERSIBLE
                          || all[i].kind == ODL_GRADIENT_ADJOINT
                          || all[i].kind == ODL_GRADIENT_SEMINORM;
    g_autofree char *name = g_strdup_printf ("%s, 1000 steps", all[i].id);
    bench_row (name, bytes[1], "bytes a lane",
               all[i].kind == ODL_GRADIENT_CHECKPOINTED ? BENCH_AT_MOST
                                                        : BENCH_NO_TARGET,
               256);
    bench_row ("  of 100 steps", bytes[1] / bytes[0], "times",
               flat ? BENCH_AT_MOST : BENCH_NO_TARGET, 1);
  }
  odl_field_free (field);
}

int
main (void)
{
  static const double circles64[] = { 3.4e-3, 8.2e-3 }, targets64[] = { 8, 20 };
  static const double circles256[] = { 3.9e-3, 9.2e-3 }, targets256[] = { 4, 10 };
  bench_title ("training, one thread unless said");
  if (torch_seconds ("tutorial", 1) == 0)
    bench_note (
        "python3-torch is not installed: its rows, taken in this run, are left out");
  bench_tutorial (1, 5.8e-3, 200);
  bench_tutorial (64, 6.1e-3, 60);
  bench_circles (64, circles64, targets64, 0);
  bench_circles (256, circles256, targets256, 1.6);
  bench_title ("large batches");
  bench_lanes ();
  bench_title ("growth");
  bench_growth (TRUE);
  bench_growth (FALSE);
  bench_title (
      "memory held from forward to backward, 512 lanes, budget of 160 bytes a lane");
  bench_memory ();
  return 0;
}
