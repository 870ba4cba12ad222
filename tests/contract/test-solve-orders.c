/* Every method does what its order promises. SPDX-License-Identifier: MIT
 *
 * Two nonlinear problems with closed forms, one without t in it and one with, forwards
 * and backwards. With equal steps the error must fall as h^order, at the end and
 * between steps; with a tolerance it must stay near it and fall with it. Every checker
 * is shown a method that is wrong in one number. */
#include <math.h>
#include <string.h>

#include "solve/control.h"
#include "support/ivp.h"

typedef struct {
  const char *name, *equations;
  double t0, t1;
  void (*exact) (double t, double *y);
} Case;

static void
tangent (double t, double *y)
{
  y[0] = tan (t);
  y[1] = 1 / cos (t);
}

/* y' = y² cos t */
static void
driven (double t, double *y)
{
  y[0] = 1 / (1.25 - sin (t));
}

static const Case cases[] = {
  { "autonomous", "dx = 1 + x^2; dy = x*y", 0.1, 1, tangent },
  { "autonomous, backwards", "dx = 1 + x^2; dy = x*y", 1, 0.1, tangent },
  { "driven", "dy = y^2*cos(t)", 0, 3, driven },
  { "driven, backwards", "dy = y^2*cos(t)", 3, 0, driven },
};

static Ivp *
start (const Case *c)
{
  double y[2];
  c->exact (c->t0, y);
  return ivp_new (c->equations, c->t0, c->t1, y);
}

static double
error_at (const Case *c, double t, const double *y, guint dim)
{
  double exact[2], worst = 0;
  c->exact (t, exact);
  for (guint i = 0; i < dim; i++)
    worst = fmax (worst, fabs (y[i] - exact[i]));
  return worst;
}

static double
end_error (const Case *c, const OdlSolution *s)
{
  return error_at (c, s->t1[0], s->y1, s->dim);
}

/* The largest error at the end of a step: at one time alone it may change its sign. */
typedef struct {
  const Case *c;
  guint dim;
  double worst;
} Watch;

static void
watch (gpointer data, const OdlStepRecord *step)
{
  Watch *w = data;
  if (step->accepted)
    w->worst = fmax (w->worst, error_at (w->c, step->t1, step->y1, w->dim));
}

static double
step_error (const Case *c, const Ivp *ivp, OdlSolveOptions options)
{
  Watch w = { c, ivp->field->dim, 0 };
  options.recorder = watch;
  options.recorder_data = &w;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
  return w.worst;
}

#define N_SAMPLES 701

/* The largest error of samples that lie nowhere special in a step. */
static double
sample_error (const Case *c, const Ivp *ivp, OdlSolveOptions options)
{
  double at[N_SAMPLES], worst = 0;
  for (guint i = 0; i < N_SAMPLES; i++)
    at[i] = c->t0 + (c->t1 - c->t0) * (i + 0.37) / N_SAMPLES;
  options.n_at = N_SAMPLES;
  options.at = at;
  g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
  for (guint i = 0; i < N_SAMPLES; i++)
    worst = fmax (worst, error_at (c, at[i], s->samples + i * s->dim, s->dim));
  return worst;
}

/* The mean slope of a row of halvings, those between a coarse beginning and rounding.
 */
typedef struct {
  double first, last;
  guint halvings;
} Row;

static void
add (Row *row, double error)
{
  if (error < 1e-12)
    return;
  if (row->first == 0)
    row->first = error;
  else
    row->halvings++;
  row->last = error;
}

static double
slope_of (const Row *row)
{
  g_assert_cmpuint (row->halvings, >, 0);
  return log2 (row->first / row->last) / row->halvings;
}

/* How the largest error of the whole curve falls. At steps' ends alone the leading
 * terms of a method with small ones may cancel, and the slope means nothing. */
static double
measure (const Case *c, const OdlMethod *method)
{
  g_autoptr (Ivp) ivp = start (c);
  Row row = { 0 };
  /* The high orders reach rounding soon, the low ones straighten late. */
  for (guint i = 0; i < 4; i++) {
    const guint steps = (method->order > 5 ? 6u : method->order > 3 ? 32u : 256u) << i;
    const OdlSolveOptions options = ivp_fixed (method, steps);
    add (&row, fmax (step_error (c, ivp, options), sample_error (c, ivp, options)));
  }
  return slope_of (&row);
}

static gboolean
slope_is_right (const OdlMethod *m, double slope)
{
  /* Between the coarse beginning and rounding the eighth order has little room. */
  return slope > m->order - (m->order > 5 ? 0.8 : 0.35) && slope < m->order + 0.8;
}

static void
test_slopes (void)
{
  guint n;
  const OdlMethod *const *all = odl_methods (&n);
  for (guint m = 0; m < n; m++)
    for (guint c = 0; all[m]->kind != ODL_METHOD_CVODE && c < G_N_ELEMENTS (cases);
         c++) {
      const double slope = measure (&cases[c], all[m]);
      g_test_message ("%s, %s: slope %.3f", all[m]->id, cases[c].name, slope);
      g_assert_true (slope_is_right (all[m], slope));
    }
}

/* Error over tolerance at two tolerances, and how the error falls between them. */
typedef struct {
  double ratio, slope;
  guint64 rejected, tried;
} Tolerance;

static Tolerance
follow (const Case *c, const OdlMethod *method, OdlControl control)
{
  const double loose = method->order > 2 ? 1e-5 : 1e-3;
  g_autoptr (Ivp) ivp = start (c);
  double errors[2];
  Tolerance result = { 0 };
  for (guint i = 0; i < 2; i++) {
    const double tolerance = i == 0 ? loose : loose * 1e-4;
    OdlSolveOptions options = ivp_adaptive (method, tolerance);
    options.control = control;
    g_autoptr (OdlSolution) s = ivp_solve (ivp, &options);
    g_assert_cmpint (s->status[0], ==, ODL_STATUS_DONE);
    errors[i] = fmax (end_error (c, s), sample_error (c, ivp, options));
    result.ratio = fmax (result.ratio, errors[i] / tolerance);
    result.rejected += s->rejected[0];
    result.tried += s->rejected[0] + s->accepted[0];
  }
  result.slope = log (errors[0] / errors[1]) / log (1e4);
  return result;
}

/* Local errors of the size of the tolerance add up over this span to some hundreds of
 * it (errors grow sixteenfold along it); CVODE's, which are meant for longer spans, to
 * more. */
static gboolean
follows (const OdlMethod *m, Tolerance t)
{
  return t.ratio < (m->kind == ODL_METHOD_CVODE ? 20000 : 1000) && t.slope > 0.6
         && t.slope < 1.5 && t.rejected * 3 <= t.tried + 12;
}

static void
test_tolerances (void)
{
  guint n;
  const OdlMethod *const *all = odl_methods (&n);
  for (guint m = 0; m < n; m++)
    for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
      for (guint control = ODL_CONTROL_I; control <= ODL_CONTROL_PID; control++) {
        if (all[m]->error_order == 0 && all[m]->kind != ODL_METHOD_CVODE)
          continue;
        const Tolerance t = follow (&cases[c], all[m], control);
        g_test_message ("%s, %s, control %u: %.3g of the tolerance, slope %.2f, %u of "
                        "%u rejected",
                        all[m]->id, cases[c].name, control, t.ratio, t.slope,
                        (guint)t.rejected, (guint)t.tried);
        g_assert_true (follows (all[m], t));
      }
}

/* A copy of a method with one number changed. */
typedef struct {
  OdlMethod method;
  double a[ODL_MAX_STAGES * ODL_MAX_STAGES], b[ODL_MAX_STAGES], e[ODL_MAX_STAGES],
      c[ODL_MAX_STAGES], dense[ODL_MAX_STAGES * 8];
} Copy;

static void
copy (const char *id, Copy *copy)
{
  const OdlMethod *m = odl_method_find (id, NULL);
  const guint s = m->stages;
  copy->method = *m;
  copy->method.a = memcpy (copy->a, m->a, sizeof (double) * s * s);
  copy->method.b = memcpy (copy->b, m->b, sizeof (double) * s);
  copy->method.c = memcpy (copy->c, m->c, sizeof (double) * s);
  copy->method.e = memcpy (copy->e, m->e, sizeof (double) * s);
  copy->method.dense
      = memcpy (copy->dense, m->dense, sizeof (double) * s * m->dense_order);
}

static void
test_faults_are_caught (void)
{
  Copy faulty;
  copy ("dopri5", &faulty);
  g_assert_true (slope_is_right (&faulty.method, measure (&cases[0], &faulty.method)));
  g_assert_true (follows (&faulty.method, follow (&cases[0], &faulty.method, 1)));
  faulty.a[4 * 7 + 2] += 1e-3;
  g_assert_false (slope_is_right (&faulty.method, measure (&cases[0], &faulty.method)));
  copy ("dopri5", &faulty);
  faulty.b[3] += 1e-4;
  g_assert_false (slope_is_right (&faulty.method, measure (&cases[0], &faulty.method)));
  copy ("dopri5", &faulty);
  faulty.c[3] += 1e-3; /* seen only where f depends on t */
  g_assert_true (slope_is_right (&faulty.method, measure (&cases[0], &faulty.method)));
  g_assert_false (slope_is_right (&faulty.method, measure (&cases[2], &faulty.method)));
  copy ("dopri5", &faulty);
  faulty.dense[2 * 4 + 1] += 1e-3; /* seen only between steps */
  g_assert_false (slope_is_right (&faulty.method, measure (&cases[0], &faulty.method)));
  copy ("dopri5", &faulty);
  for (guint i = 0; i < 7; i++)
    faulty.e[i] *= 1e-5; /* an estimate that is too kind */
  g_assert_false (follows (&faulty.method, follow (&cases[0], &faulty.method, 1)));
}

/* The steps that a law takes where the error is exactly (h / h*)^q: from a thousand
 * times too small or too large they must settle at the h whose error the safety factor
 * aims for, and pass above 1 seldom on the way. */
static gboolean
settles (const OdlControlLaw *law, double q)
{
  double rows[8][8] = { { 0 } };
  const OdlJudgement j = { .squares = rows[0],
                           .last = rows[1],
                           .before = rows[2],
                           .norm = rows[3],
                           .log = rows[4],
                           .grow = rows[5],
                           .repeat = rows[6] };
  double h[8];
  for (guint i = 0; i < 8; i++) {
    h[i] = pow (10, (i - 3.5) * 6 / 7);
    rows[1][i] = rows[2][i] = log (1e-4);
  }
  guint rejected = 0;
  for (guint n = 0; n < 80; n++) {
    for (guint i = 0; i < 8; i++)
      rows[0][i] = pow (h[i], 2 * q);
    odl_step_kernels ()->judge (8, 1, law, &j);
    for (guint i = 0; i < 8; i++) {
      const gboolean good = rows[3][i] <= 1;
      h[i] *= good ? rows[5][i] : rows[6][i];
      rejected += !good;
      if (!good)
        continue;
      rows[2][i] = rows[1][i];
      rows[1][i] = fmax (rows[4][i], log (1e-4));
    }
  }
  gboolean settled = rejected < 8 * 8;
  for (guint i = 0; i < 8; i++)
    settled = settled && h[i] < 1 && h[i] > 0.7;
  return settled;
}

static void
test_control (void)
{
  guint n;
  const OdlMethod *const *all = odl_methods (&n);
  for (guint m = 0; m < n; m++)
    for (guint control = ODL_CONTROL_I; control <= ODL_CONTROL_PID; control++) {
      const double q = odl_method_error_power (all[m]);
      if (q == 0)
        continue;
      const OdlControlLaw law = odl_control_law (all[m], control);
      g_assert_true (settles (&law, q));
      OdlControlLaw faulty = law;
      faulty.now = 2.5 / q; /* corrects more than the error calls for */
      g_assert_false (settles (&faulty, q));
      faulty = law;
      faulty.safety = 1.2; /* aims above what is accepted */
      g_assert_false (settles (&faulty, q));
      faulty = law;
      faulty.last = -2 * law.now; /* the wrong sign */
      g_assert_false (settles (&faulty, q));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solve-orders/slopes", test_slopes);
  g_test_add_func ("/solve-orders/tolerances", test_tolerances);
  g_test_add_func ("/solve-orders/control", test_control);
  g_test_add_func ("/solve-orders/faults-are-caught", test_faults_are_caught);
  return g_test_run ();
}
