/* Tests of irregular series: the CSV reader and writer, order, thinning, scale.
 * SPDX-License-Identifier: MIT */
#include "learn/series.h"

#include <math.h>
#include <string.h>

static OdlSeries *
parse (const char *text)
{
  GError *error = NULL;
  OdlSeries *series = odl_series_parse_csv (text, strlen (text), &error);
  g_assert_no_error (error);
  return series;
}

static void
refuse (const char *text, const char *what)
{
  GError *error = NULL;
  OdlSeries *series = odl_series_parse_csv (text, strlen (text), &error);
  g_assert_null (series);
  g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
  if (strstr (error->message, what) == NULL)
    g_error ("“%s” does not say “%s”", error->message, what);
  g_assert_null (strchr (error->message, '\n'));
  g_error_free (error);
}

static void
test_reads (void)
{
  static const char *const texts[] = {
    "t,y\n0,1\n2,3\n1,5\n",
    "0;1\r\n2;3\r\n1;5\r\n",
    "# a remark\n\n t\ty\n0\t1\n2\t3\n1\t5",
    "0 1\n  2   3\n1 5 # the last\n",
    "\xef\xbb\xbf\"t\",\"y\"\n\"0\",\"1\"\n2, 3 \n1,5\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (OdlSeries) series = parse (texts[i]);
    g_assert_cmpuint (series->n, ==, 3);
    g_assert_cmpuint (series->channels, ==, 1);
    for (guint k = 0; k < 3; k++) {
      g_assert_cmpfloat (series->t[k], ==, k);
      g_assert_cmpfloat (series->y[k], ==, k == 1 ? 5 : 1 + k);
    }
  }
}

static void
test_missing (void)
{
  g_autoptr (OdlSeries) series = parse ("time,a,b\n1,,2\n0,3,NA\n2,nan,\n");
  g_assert_cmpuint (series->n, ==, 2);
  g_assert_cmpuint (series->channels, ==, 2);
  g_assert_cmpfloat (series->y[0], ==, 3);
  g_assert_true (isnan (series->y[1]) && isnan (series->y[2]));
  g_assert_cmpfloat (series->y[3], ==, 2);
  g_assert_cmpstr (series->names[2], ==, "b");
}

static void
test_refuses (void)
{
  refuse ("", "no points");
  refuse ("t,y\n", "no points");
  refuse ("t,y\n0,1\n1,banana\n", "line 3: “banana” is not accepted");
  refuse ("t,y\n0,1\nt,y\n", "line 3: “t” is not accepted as a time");
  refuse ("t,y,y\n0,1,2\n", "line 1: two columns are called “y”");
  refuse ("0,1\n1\n", "line 2: 1 cells, but the first line has 2");
  refuse ("0,1\n1,2,3\n", "line 2: 3 cells");
  refuse ("0,1\n1,2,3,4,5,6,7\n", "line 2: more than 5 cells");
  refuse ("0\n1\n", "line 1: a time and 1 to 4 values");
  refuse ("0,inf\n", "line 1: “inf” is not accepted");
  refuse ("nan,1\n", "line 1: “nan” is not accepted as a time");
  refuse ("0,1e16\n", "numbers up to 1e+15");
  refuse ("0,0x\n", "line 1");
  GError *error = NULL;
  g_assert_null (odl_series_parse_csv ("0,1\0\n", 5, &error));
  g_assert_error (error, ODL_ERROR, ODL_ERROR_UNREADABLE);
  g_clear_error (&error);
  g_autofree char *line = g_strnfill (5000, '1');
  refuse (line, "line 1: longer than");
}

/* Hostile bytes end in an error or a series, never in anything else. */
static void
test_noise (void)
{
  GRand *rand = g_rand_new_with_seed (31);
  static const char letters[] = "0123456789.,;\t\n\"-+eE #nai\r\xc3";
  for (guint i = 0; i < 3000; i++) {
    char text[64];
    gsize n = (gsize)g_rand_int_range (rand, 0, sizeof text);
    for (gsize k = 0; k < n; k++)
      text[k] = letters[g_rand_int_range (rand, 0, sizeof letters)];
    g_autoptr (GError) error = NULL;
    g_autoptr (OdlSeries) series = odl_series_parse_csv (text, n, &error);
    g_assert_true ((series == NULL) == (error != NULL));
  }
  g_rand_free (rand);
}

static void
test_round_trip (void)
{
  g_autoptr (OdlSeries) series = odl_series_new (3, 2);
  const double t[] = { -1e12, 0.1, 1 / 3.0 }, y[] = { 1e-300, NAN, 2.5, -7, NAN, G_PI };
  memcpy (series->t, t, sizeof t);
  memcpy (series->y, y, sizeof y);
  series->names = g_strsplit ("time|a, b|c\"d", "|", -1);
  g_autofree char *csv = odl_series_to_csv (series);
  g_autoptr (OdlSeries) again = parse (csv);
  g_assert_cmpuint (again->n, ==, 3);
  g_assert_cmpmem (again->t, sizeof t, series->t, sizeof t);
  for (guint i = 0; i < 6; i++)
    g_assert_true (again->y[i] == y[i] || (isnan (again->y[i]) && isnan (y[i])));
  g_assert_cmpstr (again->names[1], ==, "a, b");
}

static void
test_order (void)
{
  g_autoptr (OdlSeries) a = parse ("1,2,3\n0,5,\n1,2,\n1,,0\n");
  g_autoptr (OdlSeries) b = parse ("1,,0\n1,2,\n1,2,3\n0,5,\n");
  g_assert_cmpmem (a->t, 4 * sizeof (double), b->t, 4 * sizeof (double));
  for (guint i = 0; i < 8; i++)
    g_assert_true (a->y[i] == b->y[i] || (isnan (a->y[i]) && isnan (b->y[i])));
}

static void
test_thin (void)
{
  g_autoptr (OdlSeries) series = odl_series_new (1000, 1);
  for (guint i = 0; i < 1000; i++)
    series->t[i] = series->y[i] = i;
  g_autoptr (OdlSeries) thin = odl_series_thin (series, 64);
  g_assert_cmpuint (thin->n, ==, 64);
  g_assert_cmpfloat (thin->t[0], ==, 0);
  g_assert_cmpfloat (thin->t[63], ==, 999);
  for (guint i = 1; i < 64; i++)
    g_assert_cmpfloat (thin->t[i], >, thin->t[i - 1]);
  g_autoptr (OdlSeries) same = odl_series_thin (thin, 64);
  g_assert_cmpmem (same->t, 64 * sizeof (double), thin->t, 64 * sizeof (double));
}

/* Inner time and values are the same for any units the series comes in. */
static void
test_scale (void)
{
  for (double unit = 1e-9; unit < 1e13; unit *= 1e4) {
    g_autoptr (OdlSeries) series = odl_series_new (50, 1);
    for (guint i = 0; i < 50; i++) {
      series->t[i] = unit * (100 + i);
      series->y[i] = unit * (7 + sin (0.3 * i));
    }
    OdlSeriesScale scale = odl_series_scale (series);
    odl_series_apply (series, &scale);
    g_assert_cmpfloat (series->t[0], ==, 0);
    g_assert_cmpfloat_with_epsilon (series->t[49], 1, 1e-12);
    double sum = 0, squares = 0;
    for (guint i = 0; i < 50; i++) {
      sum += series->y[i];
      squares += series->y[i] * series->y[i];
    }
    g_assert_cmpfloat_with_epsilon (sum / 50, 0, 1e-9);
    g_assert_cmpfloat_with_epsilon (squares / 50, 0.25, 1e-9);
  }
}

static void
test_scale_of_little (void)
{
  static const char *const texts[] = { "5,7\n", "5,7\n5,7\n", "0,0\n", "1e12,-1e12\n" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (OdlSeries) series = parse (texts[i]);
    OdlSeriesScale scale = odl_series_scale (series);
    g_assert_cmpfloat (scale.span, >, 0);
    g_assert_cmpfloat (scale.scale[0], >, 0);
    odl_series_apply (series, &scale);
    g_assert_cmpfloat (series->t[0], ==, 0);
    g_assert_cmpfloat (series->y[0], ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series/reads", test_reads);
  g_test_add_func ("/series/missing", test_missing);
  g_test_add_func ("/series/refuses", test_refuses);
  g_test_add_func ("/series/noise", test_noise);
  g_test_add_func ("/series/round-trip", test_round_trip);
  g_test_add_func ("/series/order", test_order);
  g_test_add_func ("/series/thin", test_thin);
  g_test_add_func ("/series/scale", test_scale);
  g_test_add_func ("/series/scale-of-little", test_scale_of_little);
  return g_test_run ();
}
