/* odelab gradient: a network's gradient by each method, beside differences.
 * SPDX-License-Identifier: MIT
 *
 * The words go to the core as they were typed; here only the options are named and the
 * answer is printed: a table of what each method costs and how right it is, or, as
 * JSON, the gradients themselves too. */
#include <stdio.h>

#include "service-gradient.h"
#include "verbs.h"

static double
number (const json_t *method, const char *key)
{
  return json_number_value (json_object_get (method, key));
}

static void
print_method (const json_t *method)
{
  const json_t *error = json_object_get (method, "relative_error");
  g_autofree char *relative = json_is_null (error)
                                  ? g_strdup ("-")
                                  : g_strdup_printf ("%.2e", json_number_value (error));
  printf ("%-14s %14.8g %10s %9.0f %9.0f %10.0f %10.4f\n",
          json_string_value (json_object_get (method, "id")), number (method, "loss"),
          relative, number (method, "evaluations_forward"),
          number (method, "evaluations_backward"), number (method, "bytes"),
          1e3 * number (method, "seconds"));
}

static void
print_table (const json_t *answer)
{
  const json_t *methods = json_object_get (answer, "methods"), *method;
  size_t i;
  printf ("%-14s %14s %10s %9s %9s %10s %10s\n", "gradient", "loss", "error", "forward",
          "backward", "bytes", "ms");
  json_array_foreach (methods, i, method) print_method (method);
}

static int
gradient (OdlCall *call)
{
  const OdlGradientRequest request = {
    .network = odl_call_argument (call, 0),
    .input = odl_call_option (call, "input"),
    .target = odl_call_option (call, "target"),
    .span = odl_call_option (call, "span"),
    .method = odl_call_option (call, "method"),
    .steps = odl_call_option (call, "steps"),
    .rtol = odl_call_option (call, "rtol"),
    .atol = odl_call_option (call, "atol"),
    .gradient = odl_call_option (call, "gradient"),
    .threads = call->threads,
  };
  GError *error = NULL;
  g_autofree char *skipped = NULL;
  json_t *answer = odl_service_gradient (&request, &skipped, &error);
  if (!answer)
    return odl_call_fail (error);
  if (skipped)
    odl_call_say (call, "left out: %s", skipped);
  if (call->json) {
    odl_call_print_json (answer);
    return ODL_EXIT_DONE;
  }
  print_table (answer);
  json_decref (answer);
  return ODL_EXIT_DONE;
}

static const OdlOption options[] = {
  { "input", "X,Y,…", "h at the first time" },
  { "target", "X,Y,…", "the loss is ½‖h(T) − target‖²" },
  { "span", "T0,T1", "first and last time; 0,1 when not given" },
  { "method", "NAME", "the solver, rk4 when not given: odelab list methods" },
  { "steps", "N", "that many equal steps; 20 without a tolerance" },
  { "rtol", "R", "adaptive steps: relative tolerance, 1e-6 when not given" },
  { "atol", "A", "adaptive steps: absolute tolerance, 1e-9 when not given" },
  { "gradient", "NAME,…",
    "one or several, or all; checkpointed when not given: odelab list gradients" },
  { NULL },
};

const OdlVerb odl_verb_gradient = {
  "gradient",
  "NETWORK.json",
  1,
  1,
  "Gradients of a loss through the flow of W2·tanh (W1·h + b1) + b2",
  options,
  gradient,
};
