/* From words to a solved problem: reads each part of a request, runs one lane, gathers
 * the rows. SPDX-License-Identifier: MIT
 *
 * Every part of the request is checked by the same rules as the settings of an
 * experiment (setting.h), under the name that the command line gives it. Rows come from
 * dense output when times are asked for, and from the recorder, a row per accepted
 * step, when they are not. A row that was not reached, or is not finite, ends the
 * table: what is before it is kept. */
#include "service-solve.h"

#include <math.h>
#include <string.h>
#include "base/status.h"
#include "field/systems.h"
#include "graph/expression.h"
#include "solve/solve.h"

#define MAX_STEPS   10000000
#define MAX_POINTS  1000000
#define MAX_NUMBERS 50000000 /* in a table: 400 MB */

static const OdlSetting rows[] = {
  { .key = "--from", .kind = ODL_SETTING_REALS, .min = -1e300, .max = 1e300 },
  { .key = "--span", .kind = ODL_SETTING_REALS, .min = -1e12, .max = 1e12 },
  { .key = "--at", .kind = ODL_SETTING_REALS, .min = -1e12, .max = 1e12 },
  { .key = "--steps", .kind = ODL_SETTING_INTEGER, .min = 1, .max = MAX_STEPS },
  { .key = "--points", .kind = ODL_SETTING_INTEGER, .min = 1, .max = MAX_POINTS },
  { .key = "--rtol", .kind = ODL_SETTING_REAL, .min = 1e-14, .max = 1 },
  { .key = "--atol", .kind = ODL_SETTING_REAL, .min = 1e-100, .max = 1e12 },
  { .key = "--parameter", .kind = ODL_SETTING_REAL, .min = -1e300, .max = 1e300 },
};

/* A request that has been read. */
typedef struct {
  const OdlSystem *system;
  OdlEquations *equations;
  OdlField *field;
  const OdlMethod *method;
  double *theta;
  double t0, t1;
  double *y0;
  guint64 steps; /* 0: adaptive */
  double rtol, atol;
  double *at;
  guint n_at;
} Problem;

static void
clear_problem (Problem *p)
{
  g_clear_pointer (&p->equations, odl_equations_free);
  g_clear_pointer (&p->field, odl_field_free);
  g_clear_pointer (&p->theta, g_free);
  g_clear_pointer (&p->y0, g_free);
  g_clear_pointer (&p->at, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Problem, clear_problem)

static gboolean
read_value (const char *key, const char *text, OdlValue *value, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].key, key))
      return odl_value_parse (&rows[i], text, value, error);
  g_assert_not_reached ();
}

/* NULL with error: not a list of finite numbers. */
static double *
read_list (const char *key, const char *text, guint *n, GError **error)
{
  OdlValue value;
  *n = 0;
  if (!read_value (key, text, &value, error))
    return NULL;
  *n = value.reals.n;
  double *items = g_memdup2 (value.reals.items, sizeof (double) * MAX (*n, 1));
  odl_value_clear (&value);
  return items;
}

static gboolean
read_real (const char *key, const char *text, double *number, GError **error)
{
  OdlValue value;
  if (text && !read_value (key, text, &value, error))
    return FALSE;
  if (text)
    *number = value.real;
  return TRUE;
}

static gboolean
read_field (Problem *p, const OdlSolveRequest *r, GError **error)
{
  if (!r->system == !r->equations) {
    odl_error_set_invalid (error, "%s: --system NAME or --equations 'dx = …; dy = …'",
                           r->system ? "both a system and equations are given"
                                     : "there is nothing to solve");
    return FALSE;
  }
  if (r->system && !(p->system = odl_system_find (r->system, error)))
    return FALSE;
  p->equations
      = odl_equations_parse (p->system ? p->system->equations : r->equations, error);
  if (!p->equations)
    return FALSE;
  p->field = odl_field_new (odl_graph_copy (p->equations->graph), ODL_ISA_BEST);
  p->theta = g_new0 (double, p->equations->n_parameters + 1);
  memcpy (p->theta, p->equations->defaults,
          sizeof (double) * p->equations->n_parameters);
  return TRUE;
}

static gboolean
read_parameter (Problem *p, const char *assignment, GError **error)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *name
      = g_strstrip (g_strndup (assignment, equals ? (gsize)(equals - assignment) : 0));
  if (!equals) {
    odl_error_set_invalid (error, "--parameter %s is not acceptable: NAME=NUMBER",
                           assignment);
    return FALSE;
  }
  for (guint i = 0; i < p->equations->n_parameters; i++)
    if (g_str_equal (name, p->equations->parameters[i]))
      return read_real ("--parameter", equals + 1, &p->theta[i], error);
  g_autofree char *names = g_strjoinv (", ", p->equations->parameters);
  odl_error_set_invalid (error, "--parameter %s: there is no parameter '%s': %s%s",
                         assignment, name,
                         *names ? "accepted are " : "the equations have none", names);
  return FALSE;
}

static gboolean
read_start (Problem *p, const char *from, GError **error)
{
  guint n;
  if (!from)
    from = p->system ? p->system->start : NULL;
  if (!from) {
    p->y0 = g_new (double, p->field->dim);
    for (guint i = 0; i < p->field->dim; i++)
      p->y0[i] = 1;
    return TRUE;
  }
  if (!(p->y0 = read_list ("--from", from, &n, error)))
    return FALSE;
  if (n == p->field->dim)
    return TRUE;
  g_autofree char *names = g_strjoinv (", ", p->equations->states);
  odl_error_set_invalid (error, "--from %s has %u number%s: %u accepted, for %s", from,
                         n, n == 1 ? "" : "s", p->field->dim, names);
  return FALSE;
}

static gboolean
read_span (Problem *p, const char *span, GError **error)
{
  guint n;
  p->t0 = p->system ? p->system->t0 : 0;
  p->t1 = p->system ? p->system->t1 : 6;
  if (!span)
    return TRUE;
  g_autofree double *ends = read_list ("--span", span, &n, error);
  if (!ends)
    return FALSE;
  if (n != 2 || ends[0] == ends[1]) {
    odl_error_set_invalid (error, "--span %s %s: two different times, first,last", span,
                           n != 2 ? "is not a span" : "is empty");
    return FALSE;
  }
  p->t0 = ends[0];
  p->t1 = ends[1];
  return TRUE;
}

static gboolean
is_adaptive (const OdlMethod *method)
{
  return method->error_order > 0 || method->kind == ODL_METHOD_CVODE;
}

static void
refuse_tolerance (const OdlMethod *method, GError **error)
{
  guint n;
  const OdlMethod *const *all = odl_methods (&n);
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    if (is_adaptive (all[i]))
      g_string_append_printf (list, "%s%s", list->len ? ", " : "", all[i]->id);
  odl_error_set_invalid (error,
                         "%s has no error estimate, so no tolerance: --steps N, or a "
                         "method of %s",
                         method->id, list->str);
  g_string_free (list, TRUE);
}

static gboolean
read_method (Problem *p, const OdlSolveRequest *r, GError **error)
{
  const gboolean tolerance = r->rtol || r->atol;
  const char *usual = tolerance ? "dopri5" : "rk4";
  OdlValue steps;
  p->rtol = 1e-6;
  p->atol = 1e-9;
  if (!(p->method = odl_method_find (r->method ? r->method : usual, error)))
    return FALSE;
  if (tolerance && r->steps) {
    odl_error_set_invalid (error,
                           "both steps and a tolerance are given: --steps N for "
                           "equal steps, or --rtol R --atol A for adaptive ones");
    return FALSE;
  }
  if (r->steps && p->method->kind == ODL_METHOD_CVODE) {
    odl_error_set_invalid (error, "%s chooses its own steps: --rtol R --atol A",
                           p->method->id);
    return FALSE;
  }
  if (tolerance && !is_adaptive (p->method)) {
    refuse_tolerance (p->method, error);
    return FALSE;
  }
  if (r->steps) {
    if (!read_value ("--steps", r->steps, &steps, error))
      return FALSE;
    p->steps = (guint64)steps.integer;
    return TRUE;
  }
  p->steps = is_adaptive (p->method) ? 0 : 100;
  return read_real ("--rtol", r->rtol, &p->rtol, error)
         && read_real ("--atol", r->atol, &p->atol, error);
}

static int
compare_up (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int
compare_down (gconstpointer a, gconstpointer b)
{
  return compare_up (b, a);
}

static gboolean
read_at (Problem *p, const char *at, GError **error)
{
  if (!(p->at = read_list ("--at", at, &p->n_at, error)))
    return FALSE;
  const double low = MIN (p->t0, p->t1), high = MAX (p->t0, p->t1);
  for (guint i = 0; i < p->n_at; i++)
    if (p->at[i] < low || p->at[i] > high) {
      odl_error_set_invalid (error,
                             "--at %.17g is outside the span: times from %.17g to "
                             "%.17g",
                             p->at[i], low, high);
      return FALSE;
    }
  if (p->n_at == 0)
    odl_error_set_invalid (error, "--at names no time: times from %.17g to %.17g", low,
                           high);
  /* Rows stand in the order in which the solve passes them. */
  qsort (p->at, p->n_at, sizeof (double), p->t0 < p->t1 ? compare_up : compare_down);
  return p->n_at > 0;
}

static gboolean
read_times (Problem *p, const OdlSolveRequest *r, GError **error)
{
  OdlValue points;
  if (r->at && r->points) {
    odl_error_set_invalid (error, "both --at and --points are given: one of them");
    return FALSE;
  }
  if (r->at)
    return read_at (p, r->at, error);
  if (r->points) {
    if (!read_value ("--points", r->points, &points, error))
      return FALSE;
    const guint n = p->n_at = (guint)points.integer;
    p->at = g_new (double, n);
    for (guint i = 0; i < n; i++)
      p->at[i] = i + 1 == n ? p->t1 : p->t0 + (p->t1 - p->t0) * i / (n - 1.0);
  }
  const double numbers = (double)(p->at ? p->n_at : p->steps) * (p->field->dim + 1);
  if (numbers > MAX_NUMBERS)
    odl_error_set_invalid (error,
                           "a table of %.0f numbers is too large: at most %d, by "
                           "--points or --at",
                           numbers, MAX_NUMBERS);
  return numbers <= MAX_NUMBERS;
}

static gboolean
read_request (Problem *p, const OdlSolveRequest *r, GError **error)
{
  if (!read_field (p, r, error) || !read_method (p, r, error)
      || !read_span (p, r->span, error) || !read_start (p, r->from, error)
      || !read_times (p, r, error))
    return FALSE;
  for (const char *const *a = r->parameters; a && *a; a++)
    if (!read_parameter (p, *a, error))
      return FALSE;
  return TRUE;
}

/* The table while it grows: a row is t and then y. */
typedef struct {
  guint dim;
  GArray *numbers;
  gboolean full;
} Table;

static gboolean
add_row (Table *table, double t, const double *y)
{
  for (guint i = 0; i < table->dim; i++)
    if (!isfinite (y[i]))
      return FALSE;
  g_array_append_val (table->numbers, t);
  g_array_append_vals (table->numbers, y, table->dim);
  return TRUE;
}

static void
on_step (gpointer data, const OdlStepRecord *step)
{
  Table *table = data;
  if (!step->accepted)
    return;
  if (table->numbers->len + table->dim + 1 > MAX_NUMBERS)
    table->full = TRUE;
  else
    add_row (table, step->t1, step->y1);
}

static gboolean
is_full (gpointer data)
{
  return ((const Table *)data)->full;
}

/* "NON_FINITE" → "non-finite". */
static char *
status_id (OdlStatus status)
{
  static const char *const names[] = {
#define X(id, message) #id,
    ODL_STATUSES (X)
#undef X
  };
  char *id = g_ascii_strdown (names[status], -1);
  return g_strdelimit (id, "_", '-');
}

static OdlSolveAnswer *
answer (const Problem *p, const OdlSolveRequest *r, const OdlSolution *s, Table *table)
{
  OdlSolveAnswer *a = g_new0 (OdlSolveAnswer, 1);
  const OdlStatus status = s->status[0];
  const guint dim = a->n_states = p->field->dim;
  a->system = g_strdup (p->system ? p->system->id : r->equations);
  a->method = g_strdup (p->method->id);
  a->states = g_strdupv (p->equations->states);
  a->done = status == ODL_STATUS_DONE;
  a->status = status_id (status);
  a->message
      = a->done       ? g_strdup ("done")
        : table->full ? g_strdup_printf (
              "the table is full at t = %g: fewer rows by --points or --at", s->t1[0])
                      : g_strdup_printf ("%s, at t = %.9g", odl_status_message (status),
                                         s->t1[0]);
  a->evaluations = s->evaluations[0];
  a->accepted = s->accepted[0];
  a->rejected = s->rejected[0];
  a->n = table->numbers->len / (dim + 1);
  a->t = g_new (double, a->n + 1);
  a->y = g_new (double, (gsize)a->n *dim + 1);
  for (guint i = 0; i < a->n; i++) {
    const double *row = &g_array_index (table->numbers, double, (gsize)i *(dim + 1));
    a->t[i] = row[0];
    memcpy (a->y + (gsize)i * dim, row + 1, sizeof (double) * dim);
  }
  return a;
}

OdlSolveAnswer *
odl_service_solve (const OdlSolveRequest *request, GError **error)
{
  g_return_val_if_fail (request, NULL);
  g_auto (Problem) p = { 0 };
  if (!read_request (&p, request, error))
    return NULL;
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  Table table = { p.field->dim, numbers, FALSE };
  const OdlProblem problem = {
    .field = p.field, .theta = p.theta, .lanes = 1, .t0 = &p.t0, .t1 = &p.t1, .y0 = p.y0
  };
  const OdlSolveOptions options = {
    .method = p.method,
    .steps = p.steps,
    .rtol = p.rtol,
    .atol = p.atol,
    .control = ODL_CONTROL_PI,
    .max_steps = p.steps ? p.steps : MAX_STEPS,
    .recorder = p.at ? NULL : on_step,
    .recorder_data = &table,
    .n_at = p.n_at,
    .at = p.at,
    .interrupted = is_full,
    .interrupted_data = &table,
  };
  if (!p.at)
    add_row (&table, p.t0, p.y0);
  g_autoptr (OdlSolution) solution = odl_solve (&problem, &options, error);
  if (!solution)
    return NULL;
  for (guint i = 0; i < p.n_at; i++)
    if (!add_row (&table, p.at[i], solution->samples + (gsize)i * p.field->dim))
      break;
  return answer (&p, request, solution, &table);
}

void
odl_solve_answer_free (OdlSolveAnswer *a)
{
  if (!a)
    return;
  g_free (a->system);
  g_free (a->method);
  g_free (a->status);
  g_free (a->message);
  g_strfreev (a->states);
  g_free (a->t);
  g_free (a->y);
  g_free (a);
}

json_t *
odl_solve_answer_to_json (const OdlSolveAnswer *a)
{
  g_return_val_if_fail (a, NULL);
  json_t *t = json_array (), *y = json_array ();
  for (guint i = 0; i < a->n; i++) {
    json_t *row = json_array ();
    json_array_append_new (t, json_real (a->t[i]));
    for (guint j = 0; j < a->n_states; j++)
      json_array_append_new (row, json_real (a->y[(gsize)i * a->n_states + j]));
    json_array_append_new (y, row);
  }
  return json_pack ("{s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:I}", "system",
                    a->system, "method", a->method, "status", a->status, "message",
                    a->message, "t", t, "y", y, "evaluations",
                    (json_int_t)a->evaluations, "accepted", (json_int_t)a->accepted,
                    "rejected", (json_int_t)a->rejected);
}

char *
odl_solve_answer_to_csv (const OdlSolveAnswer *a)
{
  g_return_val_if_fail (a, NULL);
  GString *csv = g_string_new ("t");
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  for (guint j = 0; j < a->n_states; j++)
    g_string_append_printf (csv, ",%s", a->states[j]);
  g_string_append_c (csv, '\n');
  for (guint i = 0; i < a->n; i++) {
    g_string_append (csv, g_ascii_dtostr (digits, sizeof digits, a->t[i]));
    for (guint j = 0; j < a->n_states; j++) {
      g_string_append_c (csv, ',');
      g_string_append (csv, g_ascii_dtostr (digits, sizeof digits,
                                            a->y[(gsize)i * a->n_states + j]));
    }
    g_string_append_c (csv, '\n');
  }
  if (!a->done)
    g_string_append_printf (csv, "# partial: %s\n", a->message);
  return g_string_free (csv, FALSE);
}
