/* The field of one lane. SPDX-License-Identifier: MIT
 *
 * A tile of the narrowest width is run with the lane in all of its places; for the
 * Jacobian the tangents are the unit vectors, eight columns a run. */
#include "solve/local.h"

#include <math.h>
#include <string.h>

#define WIDTH 8

OdlLocal *
odl_local_new (const OdlRun *run)
{
  const OdlField *field = run->problem->field;
  const gsize column = (gsize)field->dim * WIDTH, aux = (gsize)field->n_aux * WIDTH;
  const gsize scratch = MAX (odl_program_scratch (field->f, WIDTH),
                             odl_program_scratch (field->jvp, WIDTH));
  OdlLocal *local = g_new0 (OdlLocal, 1);
  local->run = run;
  local->slab = g_aligned_alloc0 (2 * WIDTH + 4 * column + 2 * aux + scratch,
                                  sizeof (double), 64);
  local->t = local->slab;
  local->t_dot = local->t + WIDTH;
  local->y = local->t_dot + WIDTH;
  local->y_dot = local->y + column;
  local->dy = local->y_dot + column;
  local->dy_dot = local->dy + column;
  local->aux = local->dy_dot + column;
  local->aux_dot = local->aux + aux;
  local->scratch = local->aux_dot + aux;
  local->one_aux = g_new0 (double, field->n_aux + 1);
  return local;
}

void
odl_local_free (OdlLocal *local)
{
  g_return_if_fail (local != NULL);
  g_aligned_free (local->slab);
  g_free (local->one_aux);
  g_free (local);
}

static void
spread (double *to, guint rows, const double *from)
{
  for (guint row = 0; row < rows; row++)
    for (guint i = 0; i < WIDTH; i++)
      to[row * WIDTH + i] = from[row];
}

void
odl_local_enter (OdlLocal *local, guint lane)
{
  const OdlProblem *p = local->run->problem;
  local->lane = lane;
  local->evaluations = 0;
  if (p->field->n_aux == 0 || p->aux_at)
    return;
  for (guint i = 0; i < p->field->n_aux; i++)
    local->one_aux[i] = p->aux[(gsize)i * p->lanes + lane];
  spread (local->aux, p->field->n_aux, local->one_aux);
}

static void
place (OdlLocal *local, double t, const double *y)
{
  const OdlProblem *p = local->run->problem;
  spread (local->t, 1, &t);
  spread (local->y, p->field->dim, y);
  if (p->field->n_aux == 0 || !p->aux_at)
    return;
  p->aux_at (p->aux_data, local->lane, t, local->one_aux);
  spread (local->aux, p->field->n_aux, local->one_aux);
}

gboolean
odl_local_eval (OdlLocal *local, double t, const double *y, double *dy)
{
  const OdlProblem *p = local->run->problem;
  gboolean finite = TRUE;
  place (local, t, y);
  odl_field_eval (p->field, WIDTH, p->theta, local->t, local->y,
                  p->field->n_aux ? local->aux : NULL, local->dy, local->scratch);
  for (guint row = 0; row < p->field->dim; row++) {
    dy[row] = local->dy[row * WIDTH];
    finite = finite && isfinite (dy[row]);
  }
  local->evaluations++;
  return finite;
}

/* Columns `first` and on. */
static gboolean
run_columns (OdlLocal *local, guint first, double *jacobian)
{
  const OdlField *field = local->run->problem->field;
  const guint dim = field->dim, columns = MIN (WIDTH, dim - first);
  gboolean finite = TRUE;
  memset (local->y_dot, 0, sizeof (double) * dim * WIDTH);
  for (guint i = 0; i < columns; i++)
    local->y_dot[(first + i) * WIDTH + i] = 1;
  const double *plain[] = { local->t, local->y, local->t_dot, local->y_dot };
  const double *driven[]
      = { local->t, local->y, local->aux, local->t_dot, local->y_dot, local->aux_dot };
  double *outputs[] = { local->dy, local->dy_dot };
  odl_program_run (field->jvp, WIDTH, local->run->problem->theta,
                   field->n_aux ? driven : plain, outputs, NULL, local->scratch);
  for (guint i = 0; i < columns; i++)
    for (guint row = 0; row < dim; row++) {
      const double x = local->dy_dot[row * WIDTH + i];
      jacobian[(gsize)(first + i) * dim + row] = x;
      finite = finite && isfinite (x);
    }
  return finite;
}

gboolean
odl_local_jacobian (OdlLocal *local, double t, const double *y, double *jacobian)
{
  gboolean finite = TRUE;
  place (local, t, y);
  for (guint first = 0; first < local->run->problem->field->dim; first += WIDTH)
    finite = run_columns (local, first, jacobian) && finite;
  return finite;
}
