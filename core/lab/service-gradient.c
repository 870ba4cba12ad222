/* One gradient per method, and the differences they are judged by.
 * SPDX-License-Identifier: MIT
 *
 * The differences are central and of fourth order: with steps of 10⁻³ their error is
 * near 10⁻¹² of the derivative, far below that of any method that is not exact. They
 * are taken of the loss as the method's own forward pass computes it, because a
 * discrete gradient is the derivative of exactly that number. Of an adaptive solve they
 * are taken at a tight tolerance instead: steps that jump from one difference to the
 * next would drown them. When a network has many parameters, every k-th coordinate is
 * compared. */
#include "service-gradient.h"

#include <math.h>
#include <string.h>
#include "base/numbers.h"
#include "base/status.h"
#include "gradient/gradient.h"
#include "graph/pool.h"
#include "service-network.h"

#define MAX_COMPARED 600

static const OdlSetting rows[] = {
  { .key = "--input", .kind = ODL_SETTING_REALS, .min = -1e100, .max = 1e100 },
  { .key = "--target", .kind = ODL_SETTING_REALS, .min = -1e100, .max = 1e100 },
  { .key = "--span", .kind = ODL_SETTING_REALS, .min = -1e6, .max = 1e6 },
  { .key = "--steps", .kind = ODL_SETTING_INTEGER, .min = 1, .max = 1000000 },
  { .key = "--rtol", .kind = ODL_SETTING_REAL, .min = 1e-14, .max = 1 },
  { .key = "--atol", .kind = ODL_SETTING_REAL, .min = 1e-100, .max = 1e12 },
};
enum { ROW_INPUT, ROW_TARGET, ROW_SPAN, ROW_STEPS, ROW_RTOL, ROW_ATOL };

/* All coordinates that a gradient has, in one vector: θ, h0, T. */
typedef struct {
  OdlNetworkFile *network;
  OdlField *field;
  OdlPool *pool;
  double *point, *target;
  double t0;
  OdlGradientOptions options;
} Problem;

static void
clear_problem (Problem *p)
{
  g_clear_pointer (&p->network, odl_network_file_free);
  g_clear_pointer (&p->field, odl_field_free);
  g_clear_pointer (&p->pool, odl_pool_free);
  g_clear_pointer (&p->point, g_free);
  g_clear_pointer (&p->target, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Problem, clear_problem)

static guint
n_coordinates (const Problem *p)
{
  return p->network->n_theta + p->network->dim + 1;
}

/* Exactly n numbers into `to`. */
static gboolean
read_numbers (guint row, const char *text, const char *fallback, guint n, double *to,
              GError **error)
{
  OdlValue value;
  if (!text && !fallback) {
    odl_error_set_invalid (error, "%s is missing: %u numbers", rows[row].key, n);
    return FALSE;
  }
  if (!odl_value_parse (&rows[row], text ? text : fallback, &value, error))
    return FALSE;
  const gboolean ok = value.reals.n == n;
  if (ok)
    memcpy (to, value.reals.items, sizeof (double) * n);
  else
    odl_error_set_invalid (error, "%s %s has %u numbers: %u are accepted",
                           rows[row].key, text, value.reals.n, n);
  odl_value_clear (&value);
  return ok;
}

static gboolean
read_number (guint row, const char *text, double *to, GError **error)
{
  OdlValue value;
  if (!text)
    return TRUE;
  if (!odl_value_parse (&rows[row], text, &value, error))
    return FALSE;
  *to = row == ROW_STEPS ? (double)value.integer : value.real;
  return TRUE;
}

static gboolean
read_solver (Problem *p, const OdlGradientRequest *r, GError **error)
{
  double steps = r->rtol || r->atol ? 0 : 20;
  p->options.rtol = 1e-6;
  p->options.atol = 1e-9;
  p->options.pool = p->pool;
  if (!(p->options.method = odl_method_find (r->method ? r->method : "rk4", error)))
    return FALSE;
  if (r->steps && (r->rtol || r->atol)) {
    odl_error_set_invalid (error, "both steps and a tolerance are given: --steps N, or "
                                  "--rtol R --atol A");
    return FALSE;
  }
  if ((r->rtol || r->atol) && p->options.method->error_order == 0) {
    odl_error_set_invalid (error,
                           "%s has no error estimate, so no tolerance: --steps N",
                           p->options.method->id);
    return FALSE;
  }
  if (!read_number (ROW_STEPS, r->steps, &steps, error)
      || !read_number (ROW_RTOL, r->rtol, &p->options.rtol, error)
      || !read_number (ROW_ATOL, r->atol, &p->options.atol, error))
    return FALSE;
  p->options.steps = (guint64)steps;
  return TRUE;
}

static gboolean
read_request (Problem *p, const OdlGradientRequest *r, GError **error)
{
  double span[2];
  if (!(p->network = odl_network_file_read (r->network, error)))
    return FALSE;
  const guint dim = p->network->dim, n_theta = p->network->n_theta;
  p->pool = odl_pool_new (r->threads);
  p->point = g_new0 (double, n_coordinates (p));
  p->target = g_new0 (double, dim);
  memcpy (p->point, p->network->theta, sizeof (double) * n_theta);
  if (!read_solver (p, r, error)
      || !read_numbers (ROW_INPUT, r->input, NULL, dim, p->point + n_theta, error)
      || !read_numbers (ROW_TARGET, r->target, NULL, dim, p->target, error)
      || !read_numbers (ROW_SPAN, r->span, "0, 1", 2, span, error))
    return FALSE;
  p->t0 = span[0];
  p->point[n_theta + dim] = span[1];
  if (span[0] == span[1]) {
    odl_error_set_invalid (error, "--span %s is empty: two different times", r->span);
    return FALSE;
  }
  p->field = odl_field_new (odl_network_file_graph (p->network), ODL_ISA_BEST);
  return TRUE;
}

/* The loss at a point, and the cotangent of the end state when w is not NULL. NaN: the
 * solve stopped. */
static double
loss_at (const Problem *p, OdlTape *tape, const double *point, double *w,
         OdlStatus *status)
{
  const guint dim = p->network->dim, n_theta = p->network->n_theta;
  g_autofree double *y1 = g_new (double, dim);
  const OdlProblem problem = { .field = p->field,
                               .theta = point,
                               .lanes = 1,
                               .t0 = &p->t0,
                               .t1 = point + n_theta + dim,
                               .y0 = point + n_theta };
  double loss = 0;
  *status = odl_tape_forward (tape, &problem, y1, NULL);
  for (guint i = 0; i < dim; i++) {
    const double d = y1[i] - p->target[i];
    loss += 0.5 * d * d;
    if (w)
      w[i] = d;
  }
  return *status == ODL_STATUS_DONE ? loss : NAN;
}

/* ‖g − differences‖ / ‖differences‖ over every k-th coordinate. */
static double
compare (const Problem *p, const OdlGradientMethod *method, const double *gradient,
         GError **error)
{
  const guint n = n_coordinates (p), stride = 1 + (n - 1) / MAX_COMPARED;
  OdlGradientOptions options = p->options;
  OdlStatus status;
  options.gradient = method;
  if (options.steps == 0) {
    options.gradient = odl_gradient_find ("backprop", NULL);
    options.method = odl_method_find ("dop853", NULL);
    options.rtol = options.atol = 1e-12;
  }
  g_autoptr (OdlTape) tape = odl_tape_new (p->field, &options, error);
  g_autofree double *point = g_memdup2 (p->point, sizeof (double) * n);
  double distance = 0, size = 0;
  for (guint i = 0; tape && i < n; i += stride) {
    const double x = p->point[i], h = 1e-3 * fmax (1, fabs (x));
    static const double at[] = { -2, -1, 1, 2 }, weight[] = { 1, -8, 8, -1 };
    double difference = 0;
    for (guint k = 0; k < 4; k++) {
      point[i] = x + at[k] * h;
      difference += weight[k] * loss_at (p, tape, point, NULL, &status) / (12 * h);
    }
    point[i] = x;
    distance += (gradient[i] - difference) * (gradient[i] - difference);
    size += difference * difference;
  }
  return size > 0 ? sqrt (distance / size) : sqrt (distance);
}

/* A number for JSON, which has no infinities: null. */
static json_t *
real (double number)
{
  return isfinite (number) ? json_real (number) : json_null ();
}

static json_t *
describe (const Problem *p, const OdlGradientMethod *method, double loss,
          const double *gradient, const OdlGradientReport *report, double relative)
{
  const guint dim = p->network->dim, n_theta = p->network->n_theta;
  return json_pack (
      "{s:s, s:f, s:o, s:o, s:o, s:I, s:I, s:I, s:f, s:o}", "id", method->id, "loss",
      loss, "dtheta", odl_network_file_shape (p->network, gradient), "dh0",
      odl_numbers_to_json (gradient + n_theta, dim), "dT",
      real (gradient[n_theta + dim]), "evaluations_forward",
      (json_int_t)report->evaluations_forward, "evaluations_backward",
      (json_int_t)report->evaluations_backward, "bytes", (json_int_t)report->bytes,
      "seconds", report->seconds_forward + report->seconds_backward, "relative_error",
      real (relative));
}

/* A solve may arrive where its loss, or the way back, exceeds what a number holds. */
static gboolean
check_finite (const OdlGradientMethod *method, double loss, const double *gradient,
              guint n, GError **error)
{
  guint i = 0;
  while (i < n && isfinite (gradient[i]))
    i++;
  if (isfinite (loss) && i == n)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_FAILED, "%s: the %s is not finite",
               method->id, isfinite (loss) ? "gradient" : "loss");
  return FALSE;
}

/* NULL with ODL_ERROR_INVALID: method and solver do not go together; with
 * ODL_ERROR_FAILED: a solve stopped, or what it gave is not finite. */
static json_t *
run_method (const Problem *p, const OdlGradientMethod *method, GError **error)
{
  const guint dim = p->network->dim, n_theta = p->network->n_theta;
  OdlGradientOptions options = p->options;
  options.gradient = method;
  g_autoptr (OdlTape) tape = odl_tape_new (p->field, &options, error);
  if (!tape)
    return NULL;
  g_autofree double *w = g_new (double, dim),
                    *gradient = g_new0 (double, n_coordinates (p));
  const OdlGradient out = { .dtheta = gradient,
                            .dy0 = gradient + n_theta,
                            .dt1 = gradient + n_theta + dim };
  OdlStatus status = ODL_STATUS_DONE;
  double loss = 0;
  /* Twice: what is timed is a run that finds its memory there. */
  for (guint run = 0; run < 2 && status == ODL_STATUS_DONE; run++) {
    memset (gradient, 0, sizeof (double) * n_theta);
    loss = loss_at (p, tape, p->point, w, &status);
    if (status == ODL_STATUS_DONE)
      status = odl_tape_backward (tape, w, &out);
  }
  if (status != ODL_STATUS_DONE) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_FAILED, "%s stopped: %s", method->id,
                 odl_status_message (status));
    return NULL;
  }
  if (!check_finite (method, loss, gradient, n_coordinates (p), error))
    return NULL;
  const double relative = compare (p, method, gradient, error);
  return describe (p, method, loss, gradient, odl_tape_report (tape), relative);
}

/* The methods that are asked for, by the registry's order for "all". */
static GPtrArray *
choose (const char *text, GError **error)
{
  guint n;
  const OdlGradientMethod *all = odl_gradient_methods (&n);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_auto (GStrv) names = g_strsplit (text ? text : "checkpointed", ",", -1);
  if (g_strcmp0 (text, "all") == 0) {
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (chosen, (gpointer)&all[i]);
    return g_steal_pointer (&chosen);
  }
  for (guint i = 0; names[i]; i++) {
    const OdlGradientMethod *one = odl_gradient_find (g_strstrip (names[i]), error);
    if (!one)
      return NULL;
    g_ptr_array_add (chosen, (gpointer)one);
  }
  return g_steal_pointer (&chosen);
}

/* Runs one and keeps its answer; with `lenient`, one that does not go with the solver
 * is only named. */
static gboolean
add_method (const Problem *p, const OdlGradientMethod *method, gboolean lenient,
            json_t *methods, GString *skipped, GError **error)
{
  GError *local = NULL;
  json_t *answer = run_method (p, method, &local);
  if (answer && !local) {
    json_array_append_new (methods, answer);
    return TRUE;
  }
  json_decref (answer);
  if (!lenient) {
    g_propagate_error (error, local);
    return FALSE;
  }
  g_string_append_printf (skipped, "%s%s (%s)", skipped->len ? ", " : "", method->id,
                          local->message);
  g_error_free (local);
  return TRUE;
}

json_t *
odl_service_gradient (const OdlGradientRequest *request, char **skipped, GError **error)
{
  g_return_val_if_fail (request && request->network && skipped, NULL);
  g_auto (Problem) p = { 0 };
  g_autoptr (GPtrArray) chosen = choose (request->gradient, error);
  if (!chosen || !read_request (&p, request, error))
    return NULL;
  const gboolean lenient = g_strcmp0 (request->gradient, "all") == 0;
  json_t *methods = json_array ();
  GString *left_out = g_string_new (NULL);
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < chosen->len; i++)
    ok = add_method (&p, g_ptr_array_index (chosen, i), lenient, methods, left_out,
                     error);
  *skipped = g_string_free (left_out, left_out->len == 0);
  if (ok && json_array_size (methods) == 0) {
    g_set_error (error, ODL_ERROR, ODL_ERROR_FAILED, "no method gave a gradient: %s",
                 *skipped);
    ok = FALSE;
  }
  if (!ok) {
    json_decref (methods);
    return NULL;
  }
  json_t *loss = json_object_get (json_array_get (methods, 0), "loss");
  return json_pack ("{s:O, s:o}", "loss", loss, "methods", methods);
}
