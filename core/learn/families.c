/* Families of series.
 * SPDX-License-Identifier: MIT
 *
 * A draw is a handful of numbers, so the true curve can be evaluated anywhere, again
 * and at any density; noise is added by who observes it. The phase of the periodic
 * family is the exact integral of its frequency, which drifts on beyond the span. */
#include "learn/families.h"

#include <math.h>
#include <string.h>

static const OdlFamilyInfo infos[ODL_N_FAMILIES] = {
#define X(ID, ...) { __VA_ARGS__ },
  ODL_FAMILIES (X)
#undef X
};

const OdlFamilyInfo *
odl_family_info (OdlFamily family)
{
  g_return_val_if_fail (family < ODL_N_FAMILIES, NULL);
  return &infos[family];
}

gboolean
odl_family_find (const char *id, OdlFamily *family, GError **error)
{
  g_return_val_if_fail (id != NULL && family != NULL, FALSE);
  g_autoptr (GString) known = g_string_new (NULL);
  for (guint i = 0; i < ODL_N_FAMILIES; i++) {
    if (strcmp (infos[i].id, id) == 0) {
      *family = i;
      return TRUE;
    }
    g_string_append_printf (known, "%s%s", i ? ", " : "", infos[i].id);
  }
  g_set_error (error, ODL_ERROR, ODL_ERROR_INVALID,
               "there is no family “%.80s”: %s are accepted", id, known->str);
  return FALSE;
}

/* Ranges of the parameters in the order of their letters; the phases come last. */
static const double ranges[ODL_N_FAMILIES][6][2] = {
  [ODL_FAMILY_PERIODIC] = { { 0.4, 0.8 }, { 0.4, 0.8 } },
  [ODL_FAMILY_DAMPED] = { { 0.7, 1.5 }, { 0.05, 0.3 }, { 0.15, 0.4 }, { 0, 2 * G_PI } },
  [ODL_FAMILY_LOGISTIC] = { { 0.5, 1.5 }, { 0.6, 2 }, { 2, 8 } },
  [ODL_FAMILY_CHIRP] = { { 0.5, 1.2 }, { 0.2, 0.4 }, { 0.02, 0.06 }, { 0, 2 * G_PI } },
  [ODL_FAMILY_SINES] = { { 0.5, 1 },
                         { 0.2, 0.6 },
                         { 0.08, 0.2 },
                         { 0.22, 0.4 },
                         { 0, 2 * G_PI },
                         { 0, 2 * G_PI } },
  [ODL_FAMILY_DECAY] = { { 0.5, 2 }, { 0.3, 1.5 }, { -0.3, 0.3 } },
  [ODL_FAMILY_SPIRALS]
  = { { 0.2, 0.5 }, { 0.02, 0.1 }, { 0.1, 0.25 }, { 0, 2 * G_PI }, { -1, 1 } },
};

OdlFamilyDraw
odl_family_draw (OdlFamily family, OdlRandom *random)
{
  OdlFamilyDraw draw = { .family = family };
  g_return_val_if_fail (family < ODL_N_FAMILIES && random != NULL, draw);
  for (guint i = 0; i < 6; i++) {
    const double *range = ranges[family][i];
    draw.p[i] = range[0] + (range[1] - range[0]) * odl_random_uniform (random);
  }
  if (family == ODL_FAMILY_PERIODIC)
    draw.p[2] = 1 + 0.1 * odl_random_normal (random);
  if (family == ODL_FAMILY_SPIRALS)
    draw.p[4] = draw.p[4] < 0 ? -1 : 1;
  return draw;
}

void
odl_family_at (const OdlFamilyDraw *draw, double t, double *y)
{
  g_return_if_fail (draw != NULL && y != NULL);
  const double *p = draw->p, turn = 2 * G_PI;
  const double span = infos[draw->family].span;
  switch (draw->family) {
  case ODL_FAMILY_PERIODIC:
    y[0] = sin (turn * (p[0] * t + (p[1] - p[0]) * t * t / (2 * span))) + p[2];
    break;
  case ODL_FAMILY_DAMPED:
    y[0] = p[0] * exp (-p[1] * t) * cos (turn * p[2] * t + p[3]);
    break;
  case ODL_FAMILY_LOGISTIC:
    y[0] = p[0] / (1 + exp (-p[1] * (t - p[2])));
    break;
  case ODL_FAMILY_CHIRP:
    y[0] = p[0] * sin (turn * (p[1] * t + p[2] * t * t / 2) + p[3]);
    break;
  case ODL_FAMILY_SINES:
    y[0] = p[0] * sin (turn * p[2] * t + p[4]) + p[1] * sin (turn * p[3] * t + p[5]);
    break;
  case ODL_FAMILY_DECAY:
    y[0] = p[2] + p[0] * exp (-p[1] * t);
    break;
  case ODL_FAMILY_SPIRALS:
    y[0] = (p[0] + p[1] * t) * cos (p[3] + p[4] * turn * p[2] * t);
    y[1] = (p[0] + p[1] * t) * sin (p[3] + p[4] * turn * p[2] * t);
    break;
  case ODL_N_FAMILIES:
    g_assert_not_reached ();
  }
}
