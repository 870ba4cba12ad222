/* Sums of stages and error norms on tiles, once for each instruction set.
 * SPDX-License-Identifier: MIT
 *
 * A vector of lanes of one row stays in a register while all its stages are added, so
 * that each stage is read once. The number of terms is a constant in each of the copies
 * that the switch chooses from, which keeps the sums free of branches. Even and odd
 * terms are two sums, in the order of the stages, fused: half the latency where a tile
 * has one vector a row. A lane's result does not depend on its place.
 */
#include "solve/kernels-step.h"

#include "graph/kernels-math.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_ (a, b)
#define TABLE(name) JOIN (name, ISA_NAME)

INLINE V
sum (const double *const k[], const OdlWeights *w, guint n, gsize at)
{
  V even = splat (w->weight[0]) * load (k[0] + at), odd = splat (0);
  for (guint j = 2; j < n; j += 2)
    even = fma_ (splat (w->weight[j]), load (k[j] + at), even);
  for (guint j = 1; j < n; j += 2)
    odd = fma_ (splat (w->weight[j]), load (k[j] + at), odd);
  return n > 1 ? even + odd : even;
}

INLINE void
combine_n (const OdlStepTile *tile, const OdlWeights *w, guint n, double *out)
{
  const gsize size = tile->rows * tile->width;
  const double *k[ODL_MAX_STAGES];
  for (guint j = 0; j < n; j++)
    k[j] = tile->k + w->stage[j] * size;
  for (gsize first = 0; first < size; first += tile->width)
    for (gsize lane = 0; lane < tile->width; lane += VL) {
      const gsize at = first + lane;
      store (out + at,
             fma_ (load (tile->h + lane), sum (k, w, n, at), load (tile->y + at)));
    }
}

/* Calls f with the number of terms as a constant. */
#define FOR_TERMS(n, f)                                                                \
  switch (n) {                                                                         \
  case 1:                                                                              \
    f (1);                                                                             \
    break;                                                                             \
  case 2:                                                                              \
    f (2);                                                                             \
    break;                                                                             \
  case 3:                                                                              \
    f (3);                                                                             \
    break;                                                                             \
  case 4:                                                                              \
    f (4);                                                                             \
    break;                                                                             \
  case 5:                                                                              \
    f (5);                                                                             \
    break;                                                                             \
  case 6:                                                                              \
    f (6);                                                                             \
    break;                                                                             \
  case 7:                                                                              \
    f (7);                                                                             \
    break;                                                                             \
  case 8:                                                                              \
    f (8);                                                                             \
    break;                                                                             \
  case 9:                                                                              \
    f (9);                                                                             \
    break;                                                                             \
  case 10:                                                                             \
    f (10);                                                                            \
    break;                                                                             \
  case 11:                                                                             \
    f (11);                                                                            \
    break;                                                                             \
  case 12:                                                                             \
    f (12);                                                                            \
    break;                                                                             \
  default:                                                                             \
    f (n);                                                                             \
  }

static void
combine (const OdlStepTile *tile, const OdlWeights *w, double *out)
{
  g_assert (w->n > 0 && tile->width % VL == 0);
#define COMBINE(n) combine_n (tile, w, n, out)
  FOR_TERMS (w->n, COMBINE)
}

static void
node (gsize width, double c, const double *t, const double *h, double *out)
{
  for (gsize lane = 0; lane < width; lane += VL)
    store (out + lane, fma_ (splat (c), load (h + lane), load (t + lane)));
}

static void
error (const OdlStepTile *tile, const OdlWeights *w, const double tolerance[2],
       gsize norm_rows, double *out)
{
  const gsize size = tile->rows * tile->width;
  const V rtol = splat (tolerance[0]), atol = splat (tolerance[1]);
  const double *k[ODL_MAX_STAGES];
  g_assert (w->n > 0 && tile->width % VL == 0);
  for (guint j = 0; j < w->n; j++)
    k[j] = tile->k + w->stage[j] * size;
  for (gsize lane = 0; lane < tile->width; lane += VL) {
    const V h = load (tile->h + lane);
    V squares = splat (0), bad = splat (0);
    for (gsize row = 0; row < tile->rows; row++) {
      const gsize at = row * tile->width + lane;
      const V y1 = load (tile->y1 + at);
      bad += y1 - y1;
      if (row >= norm_rows)
        continue;
      const V scale = fma_ (rtol, max_ (abs_ (load (tile->y + at)), abs_ (y1)), atol);
      const V part = h * sum (k, w, w->n, at) / scale;
      squares = fma_ (part, part, squares);
    }
    store (out + lane, squares + bad);
  }
}

/* Errors below this do not make a step longer than the largest factor does. */
#define TINY 1e-60

INLINE V
between (V x, double least, double most)
{
  return max_ (splat (least), min_ (splat (most), x));
}

static void
judge (gsize width, gsize n, const OdlControlLaw *law, const OdlJudgement *of)
{
  g_assert (width % VL == 0);
  for (gsize lane = 0; lane < width; lane += VL) {
    V square = load (of->squares + lane) / (double)n;
    if (of->squares2) {
      const V other = load (of->squares2 + lane) / (double)n;
      const V sum = square + 0.01 * other;
      square = choose (less (splat (0), sum), square * square / sum, sum);
    }
    const V log = 0.5 * log_ (max_ (splat (TINY), square));
    const V now = exp_ (splat (-law->now) * log);
    const V past = exp_ (splat (law->last) * load (of->last + lane)
                         - splat (law->before) * load (of->before + lane));
    store (of->norm + lane, sqrt_ (square));
    store (of->log + lane, log);
    store (of->grow + lane,
           between (splat (law->safety) * now * past, law->least, law->most));
    store (of->repeat + lane, between (splat (law->safety) * now, law->least, 1));
  }
}

static void
commit (gsize rows, gsize width, const double *mask, const double *from, double *to)
{
  g_assert (width % VL == 0);
  for (gsize lane = 0; lane < width; lane += VL) {
    const M taken = less (splat (0), load (mask + lane));
    for (gsize row = 0; row < rows; row++) {
      double *here = to + row * width + lane;
      store (here, choose (taken, load (from + row * width + lane), load (here)));
    }
  }
}

static void
check_finite (gsize rows, gsize width, const double *y, double *out)
{
  g_assert (width % VL == 0);
  for (gsize lane = 0; lane < width; lane += VL) {
    V bad = splat (0);
    for (gsize row = 0; row < rows; row++) {
      const V here = load (y + row * width + lane);
      bad += here - here;
    }
    store (out + lane, bad);
  }
}

const OdlStepKernels TABLE (odl_step_kernels_)
    = { combine, node, error, judge, commit, check_finite };
