/* Reversible solves: exact for their own map, their states come back, memory is flat.
 * SPDX-License-Identifier: MIT */
#include "gradient/gradient.h"

#include <math.h>
#include <string.h>
#include "gradient/steps.h"
#include "support/allocations.h"
#include "support/gradient-case.h"
#include "support/point.h"

#define LIMIT          1e-8 /* relative, against differences right to about 1e-11 */
#define RECONSTRUCTION 1e-12
#define COUPLING       0.99

static const guint hidden[] = { 9, 5, 0 };
static const char forced[]
    = "dx = y; dy = -d*y + x - x^3 + g*cos(w*t); d = 0.3; g = 0.5; w = 1.2";

static OdlTape *
new_tape (const Case *c, const char *method, guint64 steps, double tolerance,
          OdlPool *pool)
{
  g_autoptr (GError) error = NULL;
  OdlGradientOptions o = { .gradient = odl_gradient_find ("reversible", &error),
                           .method = odl_method_find (method, &error),
                           .steps = steps,
                           .rtol = tolerance,
                           .atol = tolerance,
                           .coupling = COUPLING,
                           .pool = pool };
  OdlTape *tape = odl_tape_new (c->field, &o, &error);
  g_assert_no_error (error);
  return tape;
}

static void
check_equal (const Case *c, const char *method)
{
  g_autoptr (OdlTape) tape = new_tape (c, method, 12, 0, NULL);
  g_autoptr (CaseGradient) g = case_gradient (c, tape);
  const OdlGradientReport report = *odl_tape_report (tape);
  double worst = case_worst (c, g, case_forward, tape, 51);
  g_test_message ("%s: %.1e, reconstruction %.1e", method, worst,
                  report.reconstruction);
  g_assert_cmpfloat (worst, <=, LIMIT);
  g_assert_cmpfloat (report.reconstruction, <=, RECONSTRUCTION);
  g_assert_cmpfloat (report.reconstruction, >, 0); /* it was measured */
}

static gboolean
is_meant (const OdlMethod *method)
{
  return method->kind == ODL_METHOD_EXPLICIT || method->kind == ODL_METHOD_REVERSIBLE;
}

static void
test_equal (void)
{
  guint n;
  const OdlMethod *const *methods = odl_methods (&n);
  g_autoptr (Case) network = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 11);
  g_autoptr (Case) forced_case = case_equations (forced, 5);
  g_autoptr (Case) gru = case_gru (5);
  for (guint i = 0; i < n; i++)
    if (is_meant (methods[i])) {
      check_equal (network, methods[i]->id);
      check_equal (forced_case, methods[i]->id);
      check_equal (gru, methods[i]->id);
    }
}

/* A lane of a case at a point. */
typedef struct {
  const Case *c;
  guint lane;
  Point *point;
  double *x;
} Lane;

static void
evaluate (const Lane *lane, double t, const double *y, double *dy)
{
  const Case *c = lane->c;
  lane->x[0] = t;
  memcpy (lane->x + 1, y, sizeof (double) * c->field->dim);
  for (guint i = 0; i < c->field->n_aux; i++)
    lane->x[1 + c->field->dim + i] = c->aux[i * c->lanes + lane->lane];
  point_run (lane->point, c->theta, lane->x, dy, NULL);
}

/* to += sign · Ψ (h; t, y). */
static void
add_increment (const Lane *lane, const OdlMethod *m, double t, double h,
               const double *y, double sign, double *to)
{
  guint dim = lane->c->field->dim, s = m->stages;
  double k[ODL_MAX_STAGES][8], x[8], sum[8] = { 0 };
  g_assert (dim <= 8);
  for (guint i = 0; i < s; i++) {
    for (guint row = 0; row < dim; row++) {
      x[row] = y[row];
      for (guint j = 0; j < i; j++)
        x[row] += h * m->a[i * s + j] * k[j][row];
    }
    evaluate (lane, t + m->c[i] * h, x, k[i]);
    for (guint row = 0; row < dim; row++)
      sum[row] += sign * h * m->b[i] * k[i][row];
  }
  for (guint row = 0; row < dim; row++)
    to[row] += sum[row];
}

static void
follow_coupled (const Lane *lane, const OdlMethod *m, const GArray *steps, double *y)
{
  guint dim = lane->c->field->dim;
  double z[8], t = lane->c->t0[lane->lane];
  memcpy (z, y, sizeof (double) * dim);
  for (guint n = 0; n < steps->len; n++) {
    gboolean last = n + 1 == steps->len;
    double h = last ? lane->c->t1[lane->lane] - t : g_array_index (steps, double, n);
    for (guint row = 0; row < dim; row++)
      y[row] = COUPLING * y[row] + (1 - COUPLING) * z[row];
    add_increment (lane, m, t, h, z, 1, y);
    add_increment (lane, m, t + h, -h, y, -1, z);
    t += h;
  }
}

static void
follow_heun (const Lane *lane, const GArray *steps, double *y)
{
  guint dim = lane->c->field->dim;
  double at[8], f[8], f1[8], t = lane->c->t0[lane->lane];
  memcpy (at, y, sizeof (double) * dim);
  evaluate (lane, t, at, f);
  for (guint n = 0; n < steps->len; n++) {
    gboolean last = n + 1 == steps->len;
    double h = last ? lane->c->t1[lane->lane] - t : g_array_index (steps, double, n);
    for (guint row = 0; row < dim; row++)
      at[row] = 2 * y[row] - at[row] + h * f[row];
    evaluate (lane, t + h, at, f1);
    for (guint row = 0; row < dim; row++)
      y[row] += 0.5 * h * (f[row] + f1[row]);
    memcpy (f, f1, sizeof (double) * dim);
    t += h;
  }
}

/* CaseMap: the reversible map over given steps, written once more, lane by lane. */
static gboolean
given_steps (const Case *c, gpointer data, double *y1)
{
  const CaseSteps *given = data;
  g_autoptr (Point) point = point_new (c->field->graph);
  g_autofree double *x = g_new (double, 1 + c->field->dim + c->field->n_aux);
  for (guint i = 0; i < c->lanes; i++) {
    const Lane lane = { c, i, point, x };
    double y[8];
    for (guint row = 0; row < c->field->dim; row++)
      y[row] = c->y0[row * c->lanes + i];
    if (given->method->kind == ODL_METHOD_REVERSIBLE)
      follow_heun (&lane, given->steps[i], y);
    else
      follow_coupled (&lane, given->method, given->steps[i], y);
    for (guint row = 0; row < c->field->dim; row++)
      y1[row * c->lanes + i] = y[row];
  }
  return TRUE;
}

/* Returns how many attempts were refused. */
static guint64
check_adaptive (const Case *c, const char *method, double tolerance)
{
  g_autoptr (OdlTape) tape = new_tape (c, method, 0, tolerance, NULL);
  g_autoptr (CaseGradient) g = case_gradient (c, tape);
  const OdlGradientReport *report = odl_tape_report (tape);
  CaseSteps given = case_steps_of (tape);
  g_autofree double *y1 = g_new (double, (gsize)c->field->dim * c->lanes);
  g_autofree double *again = g_new (double, (gsize)c->field->dim * c->lanes);
  case_forward (c, tape, y1);
  given_steps (c, &given, again);
  for (guint i = 0; i < c->field->dim * c->lanes; i++)
    g_assert_cmpfloat_with_epsilon (y1[i], again[i], 1e-10 * (1 + fabs (y1[i])));
  double worst = case_worst (c, g, given_steps, &given, 53);
  g_test_message ("%s at %g: %.1e, %" G_GUINT64_FORMAT " accepted, %" G_GUINT64_FORMAT
                  " rejected",
                  method, tolerance, worst, report->accepted, report->rejected);
  g_assert_cmpfloat (worst, <=, LIMIT);
  case_steps_clear (&given, c->lanes);
  return report->rejected;
}

static void
test_adaptive (void)
{
  guint n;
  const OdlMethod *const *methods = odl_methods (&n);
  g_autoptr (Case) network = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 11);
  g_autoptr (Case) rough
      = case_equations ("dx = tanh(9*sin(7*t)) - x*y; dy = x^2 - y", 7);
  guint64 refused = 0;
  for (guint i = 0; i < n; i++)
    if (is_meant (methods[i]) && methods[i]->error_order > 0)
      check_adaptive (network, methods[i]->id, 1e-5);
  refused += check_adaptive (rough, "dopri5", 1e-5);
  refused += check_adaptive (rough, "reversible-heun", 1e-4);
  g_assert_cmpuint (refused, >, 5); /* or this test does not see refused steps */
}

/* What is held does not depend on the number of equal steps. */
static void
test_memory (void)
{
  static const char *const methods[] = { "rk4", "reversible-heun" };
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 40);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
    gsize bytes[2];
    for (guint k = 0; k < 2; k++) {
      g_autoptr (OdlTape) tape = new_tape (c, methods[i], k ? 1000 : 10, 0, NULL);
      g_autoptr (CaseGradient) g = case_gradient (c, tape);
      bytes[k] = odl_tape_report (tape)->bytes;
      g_assert_cmpuint (bytes[k], >=, 2 * sizeof (double) * 2 * c->lanes);
    }
    g_assert_cmpuint (bytes[0], ==, bytes[1]);
  }
}

static void
test_threads (void)
{
  static const guint threads[] = { 2, 3, 8 };
  static const char *const methods[] = { "dopri5", "reversible-heun" };
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 700);
  for (guint i = 0; i < 4; i++) {
    guint64 steps = i / 2 * 6;
    g_autoptr (OdlTape) alone = new_tape (c, methods[i % 2], steps, 1e-3, NULL);
    g_autoptr (CaseGradient) one = case_gradient (c, alone);
    for (guint k = 0; k < G_N_ELEMENTS (threads); k++) {
      g_autoptr (OdlPool) pool = odl_pool_new (threads[k]);
      g_autoptr (OdlTape) tape = new_tape (c, methods[i % 2], steps, 1e-3, pool);
      g_autoptr (CaseGradient) more = case_gradient (c, tape);
      case_assert_same_bits (c, one, more);
    }
  }
}

static void
test_allocations (void)
{
  static const char *const methods[] = { "dopri5", "reversible-heun" };
  g_autoptr (Case) c = case_network (ODL_ACTIVATION_TANH, hidden, TRUE, 100);
  if (!allocations_are_counted ()) {
    g_test_skip ("allocations cannot be counted here");
    return;
  }
  for (guint i = 0; i < 4; i++) {
    g_autoptr (OdlTape) tape = new_tape (c, methods[i % 2], i / 2 * 9, 1e-3, NULL);
    case_assert_no_allocation (c, tape);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reversible/equal", test_equal);
  g_test_add_func ("/reversible/adaptive", test_adaptive);
  g_test_add_func ("/reversible/memory", test_memory);
  g_test_add_func ("/reversible/threads", test_threads);
  g_test_add_func ("/reversible/allocations", test_allocations);
  return g_test_run ();
}
