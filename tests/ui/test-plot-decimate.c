/* Decimation and level lines: fewer points, the same picture.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "plot/decimate.h"
#include "plot/grid.h"

static const OdlBox box = { -64, -64, 964, 664 };

static OdlPixel *
noisy_curve (gsize n, guint32 seed)
{
  GRand *random = g_rand_new_with_seed (seed);
  OdlPixel *points = g_new (OdlPixel, n);
  for (gsize i = 0; i < n; i++)
    points[i]
        = (OdlPixel){ 900.0 * i / n, 300 + 200 * sin (i * 0.001)
                                         + g_rand_double_range (random, -90, 90) };
  g_rand_free (random);
  return points;
}

static double
distance_to_segment (OdlPixel p, OdlPixel a, OdlPixel b)
{
  double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  double part = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
  part = CLAMP (part, 0, 1);
  return hypot (p.x - a.x - part * dx, p.y - a.y - part * dy);
}

static double
distance_to_path (const OdlPath *path, OdlPixel p)
{
  double least = INFINITY;
  for (gsize i = 0; i + 1 < path->n; i++)
    if (!isnan (path->point[i].x) && !isnan (path->point[i + 1].x))
      least = fmin (least, distance_to_segment (p, path->point[i], path->point[i + 1]));
  return least;
}

/* The path goes through the lowest and the highest point of every pixel column, to what
 * the eye can see, and has at most four points there. */
static void
test_columns (void)
{
  enum { N = 100000 };
  g_autofree OdlPixel *points = noisy_curve (N, 1);
  OdlPixel low[900], high[900];
  guint kept[900] = { 0 };
  for (guint i = 0; i < 900; i++) {
    low[i] = (OdlPixel){ NAN, INFINITY };
    high[i] = (OdlPixel){ NAN, -INFINITY };
  }
  for (gsize i = 0; i < N; i++) {
    guint column = (guint)points[i].x;
    low[column] = points[i].y < low[column].y ? points[i] : low[column];
    high[column] = points[i].y > high[column].y ? points[i] : high[column];
  }
  OdlPath path = { 0 };
  odl_path_add (&path, points, N, &box);
  g_assert_cmpuint (path.n, <=, 4 * 900 + 1);
  for (gsize i = 0; i < path.n; i++)
    if (!isnan (path.point[i].x))
      kept[(guint)path.point[i].x]++;
  for (guint i = 0; i < 900; i++) {
    g_assert_cmpuint (kept[i], <=, 4);
    g_assert_cmpfloat (distance_to_path (&path, low[i]), <, 0.15);
    g_assert_cmpfloat (distance_to_path (&path, high[i]), <, 0.15);
  }
  odl_path_clear (&path);
}

/* A smooth curve needs few points, and stays where it is. */
static void
test_smooth (void)
{
  enum { N = 5000 };
  g_autofree OdlPixel *points = g_new (OdlPixel, N);
  for (gsize i = 0; i < N; i++)
    points[i] = (OdlPixel){ 900.0 * i / N, 300 + 250 * sin (10.0 * i / N) };
  OdlPath path = { 0 };
  odl_path_add (&path, points, N, &box);
  g_assert_cmpuint (path.n, <, 300);
  for (gsize i = 0; i < N; i += 7)
    g_assert_cmpfloat (distance_to_path (&path, points[i]), <, 0.4);
  odl_path_clear (&path);
}

/* Gaps stay gaps: the pieces of the path are the pieces of the data. */
static void
test_gaps (void)
{
  enum { N = 20000 };
  g_autofree OdlPixel *points = noisy_curve (N, 2);
  for (gsize i = 0; i < N; i += 4000)
    points[i].y = NAN;
  points[8002].x = NAN;
  OdlPath path = { 0 };
  odl_path_add (&path, points, N, &box);
  guint pieces = 0;
  for (gsize i = 0; i < path.n; i++)
    pieces += isnan (path.point[i].x);
  g_assert_cmpuint (pieces, ==, 6);
  g_assert_true (isnan (path.point[path.n - 1].x));
  odl_path_clear (&path);
}

/* A curve that turns back stays within half a pixel of itself. */
static void
test_turning (void)
{
  enum { N = 50000 };
  g_autofree OdlPixel *points = g_new (OdlPixel, N);
  for (gsize i = 0; i < N; i++) {
    double t = 6 * G_PI * i / N;
    points[i] = (OdlPixel){ 450 + 40 * t * cos (t) / 4, 300 + 40 * t * sin (t) / 4 };
  }
  OdlPath path = { 0 };
  odl_path_add (&path, points, N, &box);
  g_assert_cmpuint (path.n, <, N / 5);
  for (gsize i = 0; i < N; i += 37)
    g_assert_cmpfloat (distance_to_path (&path, points[i]), <, 0.7);
  odl_path_clear (&path);
}

/* Huge coordinates are cut to the box on the straight line between them. */
static void
test_cut (void)
{
  const OdlPixel points[] = {
    { -1e15, -1e15 }, { 1e15, 1e15 }, { 1e15, -1e15 }, { 100, 100 }, { 200, 5000 }
  };
  OdlPath path = { 0 };
  odl_path_add (&path, points, G_N_ELEMENTS (points), &box);
  g_assert_cmpuint (path.n, >, 3);
  for (gsize i = 0; i < path.n; i++) {
    OdlPixel p = path.point[i];
    if (isnan (p.x))
      continue;
    g_assert_cmpfloat (p.x, >=, box.x0 - 0.5);
    g_assert_cmpfloat (p.x, <=, box.x1 + 0.5);
    g_assert_cmpfloat (p.y, >=, box.y0 - 0.5);
    g_assert_cmpfloat (p.y, <=, box.y1 + 0.5);
  }
  g_assert_cmpfloat (fabs (path.point[0].x - path.point[0].y), <, 1);
  odl_path_clear (&path);
}

/* ── Level lines ── */

enum { SIDE = 61 };

static OdlHeat
paraboloid (double *z)
{
  for (guint row = 0; row < SIDE; row++)
    for (guint column = 0; column < SIDE; column++) {
      double x = -2 + 4.0 * column / (SIDE - 1), y = -2 + 4.0 * row / (SIDE - 1);
      z[row * SIDE + column] = x * x + y * y;
    }
  return (OdlHeat){
    .z = z, .rows = SIDE, .columns = SIDE, .x0 = -2, .x1 = 2, .y0 = -2, .y1 = 2
  };
}

static guint
count_pieces (const OdlRings *rings)
{
  guint n = 0;
  for (guint i = 0; i < rings->x->len; i++)
    n += isnan (g_array_index (rings->x, double, i));
  return n;
}

/* Σ of signed areas, each made positive: pieces here do not lie within each other. */
static double
area_of (const OdlRings *rings)
{
  double sum = 0, area = 0;
  for (guint i = 0; i + 1 < rings->x->len; i++) {
    double x0 = g_array_index (rings->x, double, i),
           y0 = g_array_index (rings->y, double, i);
    double x1 = g_array_index (rings->x, double, i + 1),
           y1 = g_array_index (rings->y, double, i + 1);
    if (!isnan (x0 + x1))
      area += (x0 * y1 - x1 * y0) / 2;
    if (isnan (x1)) {
      sum += fabs (area);
      area = 0;
    }
  }
  return sum;
}

static void
test_contour (void)
{
  g_autofree double *z = g_new (double, SIDE *SIDE);
  OdlHeat grid = paraboloid (z);
  OdlRings rings = odl_grid_contour (&grid, 1);
  g_assert_cmpuint (count_pieces (&rings), ==, 1);
  /* Linear interpolation of a parabola over h = 1/15 errs by h²/4 at most, in z. */
  for (guint i = 0; i + 1 < rings.x->len; i++) {
    double radius = hypot (g_array_index (rings.x, double, i),
                           g_array_index (rings.y, double, i));
    g_assert_cmpfloat (fabs (radius - 1), <, 1.0 / 900 + 1e-9);
  }
  g_assert_cmpfloat (g_array_index (rings.x, double, 0), ==,
                     g_array_index (rings.x, double, rings.x->len - 2));
  odl_rings_clear (&rings);
  z[SIDE * 30 + 45] = NAN;
  rings = odl_grid_contour (&grid, 1);
  g_assert_cmpuint (count_pieces (&rings), ==, 1);
  g_assert_cmpfloat (g_array_index (rings.y, double, 0), !=,
                     g_array_index (rings.y, double, rings.y->len - 2));
  odl_rings_clear (&rings);
}

/* A disc, a disc cut by the rectangle, everything, nothing. */
static void
test_region (void)
{
  g_autofree double *z = g_new (double, SIDE *SIDE);
  OdlHeat grid = paraboloid (z);
  OdlRings disc = odl_grid_region (&grid, 1), cut = odl_grid_region (&grid, 6.25);
  OdlRings all = odl_grid_region (&grid, 100), none = odl_grid_region (&grid, -1);
  g_assert_cmpfloat (fabs (area_of (&disc) - G_PI), <, 0.01);
  /* ∫ of the disc of radius 2.5 within |x|, |y| ≤ 2. */
  double segment = 2.5 * 2.5 * acos (0.8) - 2 * 1.5;
  g_assert_cmpfloat (fabs (area_of (&cut) - (G_PI * 6.25 - 4 * segment)), <, 0.02);
  g_assert_cmpfloat (fabs (area_of (&all) - 16), <, 1e-9);
  g_assert_cmpuint (none.x->len, ==, 0);
  odl_rings_clear (&disc);
  odl_rings_clear (&cut);
  odl_rings_clear (&all);
  odl_rings_clear (&none);
}

/* Saddles, flat grids and random ones: every piece ends, region plus complement fill
 * the rectangle. */
static void
test_random_grids (void)
{
  GRand *random = g_rand_new_with_seed (4);
  double z[30], minus[30];
  for (guint trial = 0; trial < 300; trial++) {
    for (guint i = 0; i < 30; i++) {
      z[i] = g_rand_int_range (random, -2, 3) + (trial % 2 ? 0.25 : 0);
      minus[i] = -z[i];
    }
    OdlHeat grid
        = { .z = z, .rows = 5, .columns = 6, .x0 = 0, .x1 = 5, .y0 = 0, .y1 = 4 },
        other = grid;
    other.z = minus;
    OdlRings below = odl_grid_region (&grid, 0.1),
             above = odl_grid_region (&other, -0.1);
    for (guint i = 0; i + 1 < below.x->len; i++)
      g_assert_true (isnan (g_array_index (below.x, double, i))
                     || isfinite (g_array_index (below.y, double, i)));
    if (below.x->len == 0)
      g_assert_cmpfloat (fabs (area_of (&above) - 20), <, 1e-9);
    odl_rings_clear (&below);
    odl_rings_clear (&above);
  }
  g_rand_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot-decimate/columns", test_columns);
  g_test_add_func ("/plot-decimate/smooth", test_smooth);
  g_test_add_func ("/plot-decimate/gaps", test_gaps);
  g_test_add_func ("/plot-decimate/turning", test_turning);
  g_test_add_func ("/plot-decimate/cut", test_cut);
  g_test_add_func ("/plot-decimate/contour", test_contour);
  g_test_add_func ("/plot-decimate/region", test_region);
  g_test_add_func ("/plot-decimate/random-grids", test_random_grids);
  return g_test_run ();
}
