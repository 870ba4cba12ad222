/* Tests of fields: evaluation, derivatives of typed equations, lanes.
 * SPDX-License-Identifier: MIT */
#include "field/field.h"

#include <math.h>
#include <string.h>
#include "base/random.h"
#include "graph/expression.h"

static OdlField *
field_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  OdlEquations *equations = odl_equations_parse (text, &error);
  g_assert_no_error (error);
  OdlField *field = odl_field_new (odl_graph_copy (equations->graph), ODL_ISA_BEST);
  odl_equations_free (equations);
  return field;
}

/* Every function and operator, at points inside their domains; t, y0 … in (0.2, 0.8).
 */
static const char *const texts[] = {
  "dx = sin(x*y) + cos(t*x); dy = tan(x)*y - asin(y)*acos(x)",
  "dx = atan(x/y) + a*t; dy = sinh(x) - cosh(y)*b",
  "dx = tanh(a*x) + exp(-b*y)*t; dy = log(x + y) - sqrt(x*t)",
  "dx = abs(x - 2*y)*a; dy = min(x, 2*y) - max(t, b*y)",
  "dx = x^3 - y^-2 + x^y; dy = a^x*t - (x*y)^1.5 + (x - 1)^5",
  "dx = step(x)*x + sign(y)*y; dy = -x/y/(1 + t)",
  "dx = a*x; dy = b*y*x; dz = x*y*z; dw = t*w^2 + z; du = u*w; dv = v - u;"
  "dp = p*x; dq = q*p; dr = x*q*r",
};

/* |analytic − difference| for central differences with step h is of order h² ~ 1e-10.
 */
#define STEP  1e-5
#define BOUND 1e-7

static void
fill (OdlRandom *random, double *x, guint n)
{
  for (guint i = 0; i < n; i++)
    x[i] = 0.2 + 0.6 * odl_random_uniform (random);
}

static void
test_jacobian (void)
{
  OdlRandom random = odl_random (1, 0);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (OdlField) field = field_of (texts[i]);
    double theta[4], y[16], dy[16], jacobian[256], high[16], low[16];
    fill (&random, theta, 4);
    fill (&random, y, 16);
    odl_field_at (field, theta, 0.5, y, dy, jacobian);
    for (guint column = 0; column < field->dim; column++) {
      double middle = y[column];
      y[column] = middle + STEP;
      odl_field_at (field, theta, 0.5, y, high, NULL);
      y[column] = middle - STEP;
      odl_field_at (field, theta, 0.5, y, low, NULL);
      y[column] = middle;
      for (guint row = 0; row < field->dim; row++) {
        double difference = (high[row] - low[row]) / (2 * STEP);
        double found = jacobian[row * field->dim + column];
        g_assert_cmpfloat (fabs (found - difference), <, BOUND * (1 + fabs (found)));
      }
    }
  }
}

/* Arrays of one tile, aligned. */
typedef struct {
  double *t, *y, *w, *dy, *dt, *gy, *scratch;
} Tile;

static double *
rows (guint n, guint width)
{
  return g_aligned_alloc0 (n * width, sizeof (double), 64);
}

static Tile
tile_new (const OdlField *field, guint width)
{
  guint dim = field->dim;
  return (Tile){ rows (1, width),
                 rows (dim, width),
                 rows (dim, width),
                 rows (dim, width),
                 rows (1, width),
                 rows (dim, width),
                 g_aligned_alloc0 (field->scratch + 8, sizeof (double), 64) };
}

static void
tile_clear (Tile *tile)
{
  double *arrays[]
      = { tile->t, tile->y, tile->w, tile->dy, tile->dt, tile->gy, tile->scratch };
  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_aligned_free (arrays[i]);
}

/* Σ over rows and lanes of w·f. */
static double
weighted (const OdlField *field, guint width, const double *theta, Tile *tile)
{
  double sum = 0;
  odl_field_eval (field, width, theta, tile->t, tile->y, NULL, tile->dy, tile->scratch);
  for (guint i = 0; i < field->dim * width; i++)
    sum += tile->w[i] * tile->dy[i];
  return sum;
}

/* The derivative of `weighted` in one number, by central differences. */
static double
difference (const OdlField *field, guint width, double *theta, Tile *tile,
            double *number)
{
  double middle = *number;
  *number = middle + STEP;
  double high = weighted (field, width, theta, tile);
  *number = middle - STEP;
  double low = weighted (field, width, theta, tile);
  *number = middle;
  return (high - low) / (2 * STEP);
}

static void
check (double found, double expected, guint width)
{
  g_assert_cmpfloat (fabs (found - expected), <, width * BOUND * (1 + fabs (expected)));
}

static void
check_vjp (const OdlField *field, guint width, OdlRandom *random)
{
  double theta[4], gradient[4] = { 1, 1, 1, 1 }; /* added to */
  Tile tile = tile_new (field, width);
  fill (random, theta, 4);
  fill (random, tile.t, width);
  fill (random, tile.y, field->dim * width);
  fill (random, tile.w, field->dim * width);
  OdlFieldCotangent out = { .dt = tile.dt, .dy = tile.gy, .theta_gradient = gradient };
  odl_field_vjp (field, width, theta, tile.t, tile.y, NULL, tile.w, &out, tile.scratch);
  for (guint i = 0; i < field->n_theta; i++)
    check (gradient[i] - 1, difference (field, width, theta, &tile, &theta[i]), width);
  for (guint i = 0; i < width; i++)
    check (tile.dt[i], difference (field, width, theta, &tile, &tile.t[i]), width);
  for (guint i = 0; i < field->dim * width; i++)
    check (tile.gy[i], difference (field, width, theta, &tile, &tile.y[i]), width);
  tile_clear (&tile);
}

static void
test_vjp (void)
{
  OdlRandom random = odl_random (2, 0);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (OdlField) field = field_of (texts[i]);
    check_vjp (field, 8, &random);
    check_vjp (field, MIN (16, field->width), &random);
  }
}

/* A lane's numbers do not depend on the width or on its neighbours. */
static void
test_lanes (void)
{
  OdlRandom random = odl_random (3, 0);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (OdlField) field = field_of (texts[i]);
    guint width = field->width;
    double theta[4];
    fill (&random, theta, 4);
    Tile wide = tile_new (field, width);
    fill (&random, wide.t, width);
    fill (&random, wide.y, field->dim * width);
    wide.y[0] = NAN; /* lane 0 is ill */
    odl_field_eval (field, width, theta, wide.t, wide.y, NULL, wide.dy, wide.scratch);
    for (guint lane = 1; lane < width; lane++) {
      double y[16], dy[16];
      for (guint row = 0; row < field->dim; row++)
        y[row] = wide.y[row * width + lane];
      odl_field_at (field, theta, wide.t[lane], y, dy, NULL);
      for (guint row = 0; row < field->dim; row++)
        g_assert_cmpfloat (dy[row], ==, wide.dy[row * width + lane]);
    }
    tile_clear (&wide);
  }
}

/* A field with per-lane constants. */
static void
test_aux (void)
{
  OdlGraph *graph = odl_graph_new ();
  odl_graph_input (graph, "t", 1);
  OdlNode y = odl_graph_input (graph, "y", 2), aux = odl_graph_input (graph, "aux", 1);
  odl_graph_output (graph, "dy", odl_graph_binary (graph, ODL_OP_MUL, y, aux));
  g_autoptr (OdlField) field = odl_field_new (graph, ODL_ISA_BEST);
  g_assert_cmpuint (field->n_aux, ==, 1);
  g_assert_cmpuint (field->dim, ==, 2);
  Tile tile = tile_new (field, 8);
  double *c = rows (1, 8), *dc = rows (1, 8);
  OdlRandom random = odl_random (4, 0);
  fill (&random, tile.y, 16);
  fill (&random, tile.w, 16);
  fill (&random, c, 8);
  odl_field_eval (field, 8, NULL, tile.t, tile.y, c, tile.dy, tile.scratch);
  OdlFieldCotangent out = { .dy = tile.gy, .daux = dc };
  odl_field_vjp (field, 8, NULL, tile.t, tile.y, c, tile.w, &out, tile.scratch);
  for (guint lane = 0; lane < 8; lane++) {
    double sum = tile.w[lane] * tile.y[lane] + tile.w[8 + lane] * tile.y[8 + lane];
    g_assert_cmpfloat (tile.dy[8 + lane], ==, tile.y[8 + lane] * c[lane]);
    g_assert_cmpfloat (tile.gy[lane], ==, tile.w[lane] * c[lane]);
    g_assert_cmpfloat (fabs (dc[lane] - sum), <, 1e-15);
  }
  g_aligned_free (c);
  g_aligned_free (dc);
  tile_clear (&tile);
}

/* The comparison with differences notices a derivative that is wrong by one part in a
 * million, or by its sign. */
static void
test_faults_are_caught (void)
{
  g_autoptr (OdlField) field = field_of (texts[0]);
  g_autoptr (OdlField) wrong = field_of ("dx = sin(x*y)*1.000001 + cos(t*x);"
                                         "dy = -tan(x)*y - asin(y)*acos(x)");
  double y[] = { 0.3, 0.6 }, dy[2], right_jacobian[4], jacobian[4];
  odl_field_at (field, NULL, 0.5, y, dy, right_jacobian);
  odl_field_at (wrong, NULL, 0.5, y, dy, jacobian);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (fabs (jacobian[i] - right_jacobian[i]), >,
                       BOUND * (1 + fabs (jacobian[i])));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/field/jacobian", test_jacobian);
  g_test_add_func ("/field/vjp", test_vjp);
  g_test_add_func ("/field/lanes", test_lanes);
  g_test_add_func ("/field/aux", test_aux);
  g_test_add_func ("/field/faults-are-caught", test_faults_are_caught);
  return g_test_run ();
}
