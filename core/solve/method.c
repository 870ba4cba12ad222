/* The registry of methods, and what follows from a table. SPDX-License-Identifier: MIT
 *
 * Whether a method is FSAL is read off its table: the last stage is f at the end of the
 * step when its row of a is b and its c is 1, and then the first stage of the next step
 * need not be computed when the first row is empty. The stability function is the step
 * itself, taken by y' = zy with h = 1 in complex numbers (Hairer & Wanner II, IV.2);
 * every table here is lower triangular, so its stages are found one after another. */
#include "solve/method.h"

#include <complex.h>
#include <math.h>
#include "base/status.h"
#include "solve/tableaus.h"

const OdlMethod *const *
odl_methods (guint *n)
{
  g_return_val_if_fail (n != NULL, NULL);
  *n = odl_method_table_length;
  return odl_method_table;
}

const OdlMethod *
odl_method_find (const char *id, GError **error)
{
  g_return_val_if_fail (id != NULL, NULL);
  GString *list = g_string_new (NULL);
  const OdlMethod *found = NULL;
  for (guint i = 0; i < odl_method_table_length && !found; i++) {
    if (g_str_equal (id, odl_method_table[i]->id))
      found = odl_method_table[i];
    g_string_append_printf (list, "%s%s", i ? ", " : "", odl_method_table[i]->id);
  }
  if (!found)
    g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID, "there is no method '%s': %s", id,
                 list->str);
  g_string_free (list, TRUE);
  return found;
}

gboolean
odl_method_is_fsal (const OdlMethod *method)
{
  g_return_val_if_fail (method != NULL, FALSE);
  const guint s = method->stages;
  if (method->kind == ODL_METHOD_REVERSIBLE)
    return TRUE;
  if (s < 2 || method->a == NULL || method->c[s - 1] != 1)
    return FALSE;
  for (guint j = 0; j < s; j++)
    if (method->a[(s - 1) * s + j] != method->b[j] || method->a[j] != 0)
      return FALSE;
  return TRUE;
}

/* DOP853 divides the square of its fifth-order estimate by one dominated by the
 * third-order one (Hairer, Norsett & Wanner I, II.10). */
guint
odl_method_error_power (const OdlMethod *method)
{
  g_return_val_if_fail (method != NULL, 0);
  if (method->error_order == 0)
    return 0;
  if (method->e2)
    return 2 * (method->error_order + 1) - (method->error_order - 1);
  return MIN (method->order, method->error_order) + 1;
}

double
odl_method_stability (const OdlMethod *method, double re, double im)
{
  g_return_val_if_fail (method != NULL, NAN);
  if (method->a == NULL)
    return NAN;
  const guint s = method->stages;
  const double complex z = re + im * I;
  double complex k[ODL_MAX_STAGES], y1 = 1;
  g_assert (s <= ODL_MAX_STAGES);
  for (guint i = 0; i < s; i++) {
    double complex y = 1;
    for (guint j = 0; j < i; j++)
      y += method->a[i * s + j] * k[j];
    k[i] = z * y / (1 - z * method->a[i * s + i]);
    y1 += method->b[i] * k[i];
  }
  return cabs (y1);
}
