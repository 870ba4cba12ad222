/* Newton–Schulz iterations with the kernels of the graph.
 * SPDX-License-Identifier: MIT
 *
 * The columns take the place of lanes, filled up with zeros to a multiple of the
 * kernels' width, as are the rows; zeros stay zeros. A tall matrix is transposed, so
 * that X Xᵀ is the smaller of the two products. */
#include "learn/orthogonal.h"

#include <math.h>
#include <string.h>

#include "graph/kernels.h"

#define STEPS 5
#define A     3.4445
#define B     (-4.7750)
#define C     2.0315

static gsize
round_up (gsize n)
{
  return (n + 7) & ~(gsize)7;
}

gsize
odl_orthogonal_scratch (guint rows, guint columns)
{
  const gsize r = round_up (MIN (rows, columns)), c = round_up (MAX (rows, columns));
  return 2 * r * c + 2 * r * r + c * (r + 7);
}

/* Both ways between x and its padded, perhaps transposed copy. */
static double *
place (double *padded, gsize width, gboolean tall, gsize i, gsize j)
{
  return tall ? padded + j * width + i : padded + i * width + j;
}

static double
frobenius (const double *x, gsize n)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += x[i] * x[i];
  return sqrt (sum);
}

/* The four places in scratch: X and what is to be added to it, S = X Xᵀ and its
 * polynomial. */
typedef struct {
  gsize rows, width;
  double *x, *change, *square, *polynomial, *work;
} Iterate;

static void
multiply (const double *matrix, const double *x, gsize rows, gsize width, double *out)
{
  const OdlCall call = { .out = out,
                         .a = x,
                         .b = matrix,
                         .b_step = rows,
                         .rows = rows,
                         .width = width,
                         .inner = rows,
                         .inner_step = 1 };
  odl_kernels (ODL_ISA_BEST)->product (&call);
}

static void
gram (const Iterate *it)
{
  const OdlCall call = { .out = it->square,
                         .a = it->x,
                         .b = it->x,
                         .rows = it->rows,
                         .width = it->width,
                         .inner = it->rows,
                         .work = it->work };
  memset (it->square, 0, it->rows * it->rows * sizeof (double));
  odl_kernels (ODL_ISA_BEST)->outer (&call);
}

/* X → A X + (B S + C S²) X. */
static void
advance (const Iterate *it)
{
  gram (it);
  multiply (it->square, it->square, it->rows, it->rows, it->polynomial);
  for (gsize i = 0; i < it->rows * it->rows; i++)
    it->polynomial[i] = B * it->square[i] + C * it->polynomial[i];
  multiply (it->polynomial, it->x, it->rows, it->width, it->change);
  for (gsize i = 0; i < it->rows * it->width; i++)
    it->x[i] = A * it->x[i] + it->change[i];
}

void
odl_orthogonalise (double *x, guint rows, guint columns, double *scratch)
{
  g_return_if_fail (x != NULL && scratch != NULL);
  const gboolean tall = rows > columns;
  const gsize r = round_up (MIN (rows, columns)), c = round_up (MAX (rows, columns));
  Iterate it = { .rows = r, .width = c, .x = scratch };
  it.change = it.x + r * c;
  it.square = it.change + r * c;
  it.polynomial = it.square + r * r;
  it.work = it.polynomial + r * r;
  const double norm = frobenius (x, (gsize)rows * columns);
  if (!(norm > 0))
    return;
  memset (it.x, 0, r * c * sizeof (double));
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < columns; j++)
      *place (it.x, c, tall, i, j) = x[i * columns + j] / norm;
  for (guint step = 0; step < STEPS; step++)
    advance (&it);
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < columns; j++)
      x[i * columns + j] = *place (it.x, c, tall, i, j);
}
