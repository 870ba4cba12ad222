/* Axes: data to pixels and back, and ticks that are round, cover the axis and stand
 * apart. SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "plot/axis.h"
#include "plot/canvas.h"

static double
measure (gpointer data, const char *label)
{
  double width;
  odl_canvas_measure (data, label, &(OdlWords){ .size = 0.92 }, &width, NULL);
  return width;
}

static OdlTickRule
rule_for (OdlCanvas *canvas, gboolean vertical)
{
  double em = canvas->em;
  return (OdlTickRule){ .vertical = vertical,
                        .line_height = em * 1.15,
                        .gap = vertical ? em * 0.25 : em * 0.9,
                        .wanted = vertical ? em * 2.6 : em * 4.6,
                        .measure = measure,
                        .data = canvas };
}

static double
random_between (GRand *random, double low, double high)
{
  return g_rand_double_range (random, low, high);
}

/* A range of any size and place, an axis of any length. */
static void
random_axis (GRand *random, OdlScale scale, OdlAxis *axis)
{
  double size = pow (10, random_between (random, -12, 12));
  double low = scale == ODL_SCALE_LOG
                   ? size
                   : size * random_between (random, -20, 20) * g_rand_boolean (random);
  double high = scale == ODL_SCALE_LOG
                    ? low * pow (10, random_between (random, 0.02, 14))
                    : low + size;
  double from = random_between (random, 0, 50),
         length = random_between (random, 40, 1500);
  if (g_rand_boolean (random))
    odl_axis_set (axis, scale, low, high, from + length, from);
  else
    odl_axis_set (axis, scale, low, high, from, from + length);
}

static guint
count_labels (const OdlTicks *ticks)
{
  guint n = 0;
  for (guint i = 0; i < ticks->n; i++)
    n += *ticks->tick[i].label != '\0';
  return n;
}

static void
check_apart (const OdlTicks *ticks, const OdlTickRule *rule)
{
  const OdlTick *last = NULL;
  for (guint i = 0; i < ticks->n; i++) {
    const OdlTick *tick = &ticks->tick[i];
    if (*tick->label == '\0')
      continue;
    double need = rule->vertical ? rule->line_height
                  : last == NULL ? 0
                                 : (tick->width + last->width) / 2;
    if (last != NULL)
      g_assert_cmpfloat (fabs (tick->pixel - last->pixel), >=, need);
    last = tick;
  }
}

static void
check_within (const OdlAxis *axis, const OdlTicks *ticks)
{
  double low = fmin (axis->from, axis->to), high = fmax (axis->from, axis->to);
  for (guint i = 0; i < ticks->n; i++) {
    g_assert_cmpfloat (ticks->tick[i].pixel, >=, low - 0.01);
    g_assert_cmpfloat (ticks->tick[i].pixel, <=, high + 0.01);
    g_assert_true (g_utf8_validate (ticks->tick[i].label, -1, NULL));
    g_assert_null (strchr (ticks->tick[i].label, '-'));
  }
}

static gboolean
is_one_two_five (double step)
{
  double part = step / pow (10, floor (log10 (step) + 1e-9));
  return fabs (part - 1) < 1e-6 || fabs (part - 2) < 1e-6 || fabs (part - 5) < 1e-6;
}

static void
test_linear (void)
{
  GRand *random = g_rand_new_with_seed (7);
  OdlCanvas canvas;
  odl_canvas_init (&canvas, NULL, NULL);
  guint few = 0;
  for (guint trial = 0; trial < 400; trial++) {
    OdlAxis axis;
    OdlTicks ticks;
    random_axis (random, ODL_SCALE_LINEAR, &axis);
    OdlTickRule rule = rule_for (&canvas, trial % 2);
    odl_axis_ticks (&axis, &rule, &ticks);
    check_within (&axis, &ticks);
    check_apart (&ticks, &rule);
    if (ticks.n < 2) {
      few++;
      g_assert_cmpfloat (fabs (axis.to - axis.from), <, 420);
      continue;
    }
    double step = ticks.tick[1].value - ticks.tick[0].value;
    g_assert_true (is_one_two_five (step));
    g_assert_cmpfloat (ticks.tick[0].value - step, <, axis.low);
    g_assert_cmpfloat (ticks.tick[ticks.n - 1].value + step, >, axis.high);
    for (guint i = 1; i < ticks.n; i++)
      g_assert_cmpstr (ticks.tick[i].label, !=, ticks.tick[i - 1].label);
  }
  g_assert_cmpuint (few, <, 80);
  odl_canvas_clear (&canvas);
  g_rand_free (random);
}

static void
test_log (void)
{
  GRand *random = g_rand_new_with_seed (8);
  OdlCanvas canvas;
  odl_canvas_init (&canvas, NULL, NULL);
  for (guint trial = 0; trial < 400; trial++) {
    OdlAxis axis;
    OdlTicks ticks;
    random_axis (random, ODL_SCALE_LOG, &axis);
    OdlTickRule rule = rule_for (&canvas, trial % 2);
    odl_axis_ticks (&axis, &rule, &ticks);
    check_within (&axis, &ticks);
    check_apart (&ticks, &rule);
    if (fabs (axis.to - axis.from) > 400)
      g_assert_cmpuint (count_labels (&ticks), >=, 2);
    for (guint i = 0; i < ticks.n && axis.high > 100 * axis.low; i++) {
      double value = ticks.tick[i].value,
             part = value / pow (10, floor (log10 (value) + 1e-9));
      g_assert_cmpfloat (fabs (part - round (part)), <, 1e-6);
    }
  }
  odl_canvas_clear (&canvas);
  g_rand_free (random);
}

static void
test_round_trip (void)
{
  GRand *random = g_rand_new_with_seed (9);
  for (guint trial = 0; trial < 400; trial++) {
    OdlAxis axis;
    random_axis (random, trial % 2 ? ODL_SCALE_LOG : ODL_SCALE_LINEAR, &axis);
    double pixel = random_between (random, axis.from, axis.to);
    double back = odl_axis_pixel (&axis, odl_axis_value (&axis, pixel));
    g_assert_cmpfloat (fabs (back - pixel), <, 1e-3);
    g_assert_cmpfloat (fabs (odl_axis_pixel (&axis, axis.low) - axis.from), <, 1e-3);
    g_assert_cmpfloat (fabs (odl_axis_pixel (&axis, axis.high) - axis.to), <, 1e-3);
  }
  g_rand_free (random);
}

/* What cannot be shown has no pixel; what is huge has a bounded one; odd ranges are
 * mended. */
static void
test_edges (void)
{
  const double odd[][2] = { { 0, 0 },
                            { 5, 5 },
                            { -3, -3 },
                            { NAN, 1 },
                            { 0, INFINITY },
                            { 2, 1 },
                            { 1e300, 1.0001e300 },
                            { -1e308, 1e308 },
                            { 1, 1 + 1e-15 },
                            { -1, 0 },
                            { 0, 1e-320 } };
  OdlAxis axis;
  odl_axis_set (&axis, ODL_SCALE_LOG, 1, 10, 0, 100);
  g_assert_true (isnan (odl_axis_pixel (&axis, 0)));
  g_assert_true (isnan (odl_axis_pixel (&axis, -1)));
  g_assert_true (isnan (odl_axis_pixel (&axis, NAN)));
  g_assert_true (isnan (odl_axis_pixel (&axis, INFINITY)));
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    for (guint scale = 0; scale < 2; scale++) {
      odl_axis_set (&axis, (OdlScale)scale, odd[i][0], odd[i][1], 0, 100);
      g_assert_true (isfinite (axis.low) && isfinite (axis.high)
                     && isfinite (axis.factor));
      g_assert_cmpfloat (axis.low, <, axis.high);
      g_assert_true (scale == ODL_SCALE_LINEAR || axis.low > 0);
      g_assert_cmpfloat (fabs (odl_axis_pixel (&axis, 1e300)), <=, 1e15);
    }
}

static void
test_numbers (void)
{
  static const struct {
    double value;
    guint digits;
    const char *text;
  } cases[] = {
    { 0, 4, "0" },
    { 1.5, 4, "1.5" },
    { -2, 4, "−2" },
    { 0.001, 3, "0.001" },
    { 1.2e-7, 3, "1.2×10⁻⁷" },
    { -3e12, 3, "−3×10¹²" },
    { 123456, 3, "123456" },
    { 1.0 / 3, 8, "0.33333333" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = odl_number_text (cases[i].value, cases[i].digits);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* The labels themselves, where a person would know them. */
static void
test_labels (void)
{
  OdlCanvas canvas;
  OdlAxis axis;
  OdlTicks ticks;
  odl_canvas_init (&canvas, NULL, NULL);
  OdlTickRule rule = rule_for (&canvas, TRUE);
  odl_axis_set (&axis, ODL_SCALE_LOG, 1e-9, 1, 400, 0);
  odl_axis_ticks (&axis, &rule, &ticks);
  gboolean found = FALSE;
  for (guint i = 0; i < ticks.n; i++)
    found |= strcmp (ticks.tick[i].label, "10⁻⁶") == 0;
  g_assert_true (found);
  odl_axis_set (&axis, ODL_SCALE_LINEAR, -1, 1, 200, 0);
  odl_axis_ticks (&axis, &rule, &ticks);
  g_assert_cmpstr (ticks.tick[0].label, ==, "−1.0");
  odl_canvas_clear (&canvas);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot-axis/linear", test_linear);
  g_test_add_func ("/plot-axis/log", test_log);
  g_test_add_func ("/plot-axis/round-trip", test_round_trip);
  g_test_add_func ("/plot-axis/edges", test_edges);
  g_test_add_func ("/plot-axis/numbers", test_numbers);
  g_test_add_func ("/plot-axis/labels", test_labels);
  return g_test_run ();
}
