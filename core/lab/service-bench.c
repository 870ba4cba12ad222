/* A table of measurements: each solves a problem of many lanes again and again and
 * reports the median rate. SPDX-License-Identifier: MIT
 *
 * Equal starts would make every lane take the same steps, so the starts are spread a
 * little. The first run warms up caches and threads and is not counted; the median of
 * the others ignores what else the machine was doing. */
#include "service-bench.h"
#include "service-bench-latent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "field/systems.h"
#include "graph/expression.h"
#include "solve/solve.h"

#define REPEATS 7

typedef struct {
  const char *name, *title, *unit;
  const char *system, *method;
  guint lanes;
  guint64 steps; /* 0: adaptive at 1e-8 */
} Measurement;

/* The unit is nanoseconds for an evaluation of the field in one lane, or microseconds
 * for a whole trajectory. */
static const Measurement measurements[] = {
  { "spiral-rk4", "10,000 spirals, RK4, 200 steps", "ns/evaluation", "spiral", "rk4",
    10000, 200 },
  { "lorenz-dopri5", "1,000 Lorenz, Dormand–Prince 5(4), 1e-8", "us/trajectory",
    "lorenz", "dopri5", 1000, 0 },
  { "lorenz-dop853", "1,000 Lorenz, DOP853, 1e-8", "us/trajectory", "lorenz", "dop853",
    1000, 0 },
  { "robertson-bdf", "1 Robertson, CVODE BDF, 1e-8", "us/trajectory", "robertson",
    "cvode-bdf", 1, 0 },
};

typedef struct {
  OdlField *field;
  double *theta, *t0, *t1, *y0;
  guint64 evaluations;
} Setup;

static void
clear_setup (Setup *s)
{
  g_clear_pointer (&s->field, odl_field_free);
  g_free (s->theta);
  g_free (s->t0);
  g_free (s->t1);
  g_free (s->y0);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, clear_setup)

/* Lanes that start within a percent of the system's own start. */
static gboolean
prepare (Setup *s, const Measurement *m, GError **error)
{
  const OdlSystem *system = odl_system_find (m->system, error);
  g_autoptr (OdlEquations) equations
      = system ? odl_equations_parse (system->equations, error) : NULL;
  if (!equations)
    return FALSE;
  s->field = odl_field_new (odl_graph_copy (equations->graph), ODL_ISA_BEST);
  s->theta = g_new0 (double, equations->n_parameters + 1);
  memcpy (s->theta, equations->defaults, sizeof (double) * equations->n_parameters);
  s->t0 = g_new (double, m->lanes);
  s->t1 = g_new (double, m->lanes);
  s->y0 = g_new0 (double, (gsize)m->lanes * s->field->dim);
  g_auto (GStrv) start = g_strsplit (system->start, ",", -1);
  for (guint lane = 0; lane < m->lanes; lane++) {
    s->t0[lane] = system->t0;
    s->t1[lane] = system->t1;
    for (guint i = 0; i < s->field->dim && start[i]; i++)
      s->y0[(gsize)i * m->lanes + lane]
          = g_ascii_strtod (start[i], NULL)
            * (1 + (m->lanes > 1 ? 0.01 * sin (lane + i) : 0));
  }
  return TRUE;
}

static gboolean
run_once (Setup *s, const Measurement *m, OdlPool *pool, double *seconds,
          GError **error)
{
  const OdlProblem problem = { .field = s->field,
                               .theta = s->theta,
                               .lanes = m->lanes,
                               .t0 = s->t0,
                               .t1 = s->t1,
                               .y0 = s->y0 };
  const OdlSolveOptions options = { .method = odl_method_find (m->method, error),
                                    .steps = m->steps,
                                    .rtol = 1e-8,
                                    .atol = 1e-10,
                                    .control = ODL_CONTROL_PI,
                                    .pool = pool };
  if (!options.method)
    return FALSE;
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (OdlSolution) solution = odl_solve (&problem, &options, error);
  *seconds = (double)(g_get_monotonic_time () - start) * 1e-6;
  s->evaluations = 0;
  for (guint lane = 0; solution && lane < m->lanes; lane++)
    s->evaluations += solution->evaluations[lane];
  return solution != NULL;
}

static int
ascend (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static json_t *
measure (const Measurement *m, OdlPool *pool, GError **error)
{
  g_auto (Setup) setup = { 0 };
  double seconds[REPEATS + 1];
  if (!prepare (&setup, m, error))
    return NULL;
  for (guint i = 0; i <= REPEATS; i++)
    if (!run_once (&setup, m, pool, &seconds[i], error))
      return NULL;
  qsort (seconds + 1, REPEATS, sizeof *seconds, ascend);
  const double median = seconds[1 + REPEATS / 2];
  const double value
      = m->steps ? median * 1e9 / (double)setup.evaluations : median * 1e6 / m->lanes;
  return json_pack ("{s:s, s:s, s:f, s:s}", "name", m->name, "title", m->title, "value",
                    value, "unit", m->unit);
}

#define LATENT "latent" /* a group of rows of its own (service-bench-latent.h) */

static gboolean
check_names (const char *const *names, GError **error)
{
  for (; names && *names; names++) {
    GString *list = g_string_new (NULL);
    gboolean known = g_str_equal (*names, LATENT);
    for (guint i = 0; i < G_N_ELEMENTS (measurements); i++) {
      known |= g_str_equal (*names, measurements[i].name);
      g_string_append_printf (list, "%s%s", i ? ", " : "", measurements[i].name);
    }
    if (!known)
      odl_error_set_invalid (error, "there is no benchmark '%s': %s, " LATENT, *names,
                             list->str);
    g_string_free (list, TRUE);
    if (!known)
      return FALSE;
  }
  return TRUE;
}

json_t *
odl_service_bench (const char *const *names, guint threads, OdlServiceProgress progress,
                   gpointer data, GError **error)
{
  if (!check_names (names, error))
    return NULL;
  g_autoptr (OdlPool) pool = odl_pool_new (threads);
  json_t *rows = json_array ();
  for (guint i = 0; i < G_N_ELEMENTS (measurements); i++) {
    if (names && *names && !g_strv_contains (names, measurements[i].name))
      continue;
    json_t *row = measure (&measurements[i], pool, error);
    if (!row) {
      json_decref (rows);
      return NULL;
    }
    json_array_append_new (rows, row);
    if (progress && !progress (data, i + 1.0, G_N_ELEMENTS (measurements)))
      return rows;
  }
  if (!names || !*names || g_strv_contains (names, LATENT))
    odl_bench_latent (rows);
  return rows;
}
