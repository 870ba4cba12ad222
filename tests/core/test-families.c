/* Tests of the families of series: their definitions at chosen draws, ranges of what is
 * drawn, names. SPDX-License-Identifier: MIT */
#include "learn/families.h"

#include <math.h>

static void
test_definitions (void)
{
  double y[2];
  OdlFamilyDraw draw = { ODL_FAMILY_DAMPED, { 2, 0.5, 0.25, 0 } };
  odl_family_at (&draw, 4, y);
  g_assert_cmpfloat_with_epsilon (y[0], 2 * exp (-2), 1e-12);
  draw = (OdlFamilyDraw){ ODL_FAMILY_LOGISTIC, { 1.2, 1, 5 } };
  odl_family_at (&draw, 5, y);
  g_assert_cmpfloat_with_epsilon (y[0], 0.6, 1e-12);
  draw = (OdlFamilyDraw){ ODL_FAMILY_DECAY, { 2, 1, 0.3 } };
  odl_family_at (&draw, 1, y);
  g_assert_cmpfloat_with_epsilon (y[0], 0.3 + 2 / G_E, 1e-12);
  draw = (OdlFamilyDraw){ ODL_FAMILY_SINES, { 1, 0.5, 0.1, 0.3, G_PI / 2, 0 } };
  odl_family_at (&draw, 0, y);
  g_assert_cmpfloat_with_epsilon (y[0], 1, 1e-12);
  draw = (OdlFamilyDraw){ ODL_FAMILY_SPIRALS, { 0.3, 0.1, 0.25, 0, -1 } };
  odl_family_at (&draw, 1, y);
  g_assert_cmpfloat_with_epsilon (y[0], 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (y[1], -0.4, 1e-12);
}

/* Periodic and chirp: the phase is the integral of the frequency, so zeros are where
 * its whole half turns are. */
static void
test_phases (void)
{
  double y;
  OdlFamilyDraw draw = { ODL_FAMILY_PERIODIC, { 0.4, 0.8, 1 } };
  for (double t = 0; t < 7.5; t += 0.01) {
    double phase = 0, h = t / 1000;
    for (guint i = 0; i < 1000; i++)
      phase += 2 * G_PI * (0.4 + 0.4 * (i + 0.5) * h / 5) * h;
    odl_family_at (&draw, t, &y);
    g_assert_cmpfloat_with_epsilon (y, 1 + sin (phase), 1e-6);
  }
  draw = (OdlFamilyDraw){ ODL_FAMILY_CHIRP, { 1, 0.5, 0, 0 } };
  odl_family_at (&draw, 3, &y);
  g_assert_cmpfloat_with_epsilon (y, 0, 1e-12);
}

/* Offset and scale bring what is drawn to about −1 … 1 within the span. */
static void
test_draws (void)
{
  for (OdlFamily family = 0; family < ODL_N_FAMILIES; family++) {
    const OdlFamilyInfo *info = odl_family_info (family);
    OdlRandom random = odl_random (2, family);
    double squares = 0;
    for (guint i = 0; i < 500; i++) {
      OdlFamilyDraw draw = odl_family_draw (family, &random);
      double y[2];
      odl_family_at (&draw, info->span * odl_random_uniform (&random), y);
      double inner = (y[0] - info->offset) / info->scale;
      g_assert_cmpfloat (fabs (inner), <, 2.5);
      squares += inner * inner / 500;
    }
    g_test_message ("%s: root mean square %.2f", info->id, sqrt (squares));
    g_assert_cmpfloat (sqrt (squares), >, 0.3);
    g_assert_cmpfloat (sqrt (squares), <, 1.2);
  }
}

static void
test_names (void)
{
  GError *error = NULL;
  OdlFamily family;
  for (OdlFamily i = 0; i < ODL_N_FAMILIES; i++) {
    g_assert_true (odl_family_find (odl_family_info (i)->id, &family, NULL));
    g_assert_cmpint (family, ==, i);
  }
  g_assert_false (odl_family_find ("sawtooth", &family, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_INVALID);
  g_error_free (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/families/definitions", test_definitions);
  g_test_add_func ("/families/phases", test_phases);
  g_test_add_func ("/families/draws", test_draws);
  g_test_add_func ("/families/names", test_names);
  return g_test_run ();
}
