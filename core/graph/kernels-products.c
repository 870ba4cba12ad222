/* The products of one instruction set. SPDX-License-Identifier: MIT
 *
 * One block does all of them: it keeps R × C vectors of sums in registers while it runs
 * along the inner index, with one load for a vector and one broadcast for a scalar (the
 * scheme of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication",
 * 2008, without packing: a tile is in the cache already). In W x and Wᵀ x the vectors
 * run along the lanes and W gives the scalars, by rows or by columns. The outer product
 * sums over lanes, so there one operand is transposed first and its rows become the
 * vectors; that spares the sums across a register, and it adds lane by lane, in order.
 * Where an operand has but a row or two that would be more work than the product
 * itself: there the lanes stay the vectors, and as many results as a vector has
 * elements are summed across together. Like kernels-elementwise.c this source is
 * compiled once for each instruction set. */
#include "graph/kernels-parts.h"
#include "graph/kernels-vector.h"

/* Sums in registers: R_BLOCK × C_BLOCK vectors, and C_BLOCK + 1 for the operands; where
 * one vector is all the lanes there are, R_NARROW of them, to cover the latency. */
#define R_BLOCK  4
#define R_NARROW 8
#if VL == 8
#define C_BLOCK 4
#else
#define C_BLOCK 2
#endif

#define THIN   ODL_SUM_FEW /* rows that are too few to transpose the other operand */
#define UNROLL _Pragma ("GCC unroll 8")

/* The compiler must not load a vector again for each sum that takes it. */
#define KEEP(v) __asm__("" : "+v"(v))

/* Σ_k s[r·s_step + k·s_inner] v[k·v_inner + c·VL]. */
typedef struct {
  const double *s, *v;
  gsize s_step, s_inner, v_inner, inner;
} Terms;

INLINE void
sum_block (const Terms *t, V sums[R_NARROW][C_BLOCK], const int R, const int C)
{
  const double *s = t->s, *v = t->v;
  for (gsize k = 0; k < t->inner; k++) {
    V x[C_BLOCK];
    UNROLL for (int c = 0; c < C; c++) x[c] = load (v + c * VL);
    UNROLL for (int r = 0; r < R; r++)
    {
      V w = splat (s[(gsize)r * t->s_step]);
      UNROLL for (int c = 0; c < C; c++) sums[r][c] = fma_ (w, x[c], sums[r][c]);
    }
    s += t->s_inner;
    v += t->v_inner;
  }
}

/* Rows i … i + R of C vectors from lane l on. */
INLINE void
product_block (const OdlCall *call, gsize i, gsize l, const int R, const int C)
{
  V sums[R_NARROW][C_BLOCK];
  UNROLL for (int r = 0; r < R; r++)
  {
    V start = call->c ? splat (call->c[(i + (gsize)r) * call->c_step]) : splat (0);
    UNROLL for (int c = 0; c < C; c++) sums[r][c] = start;
  }
  Terms terms = { call->b + i * call->b_step, call->a + l, call->b_step,
                  call->inner_step,           call->width, call->inner };
  sum_block (&terms, sums, R, C);
  double *out = call->out + i * call->width + l;
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
      store (out + (gsize)r * call->width + c * VL, sums[r][c]);
}

INLINE void
product_lanes (const OdlCall *call, gsize l, const int C)
{
  gsize i = 0;
  for (; C == 1 && i + R_NARROW <= call->rows; i += R_NARROW)
    product_block (call, i, l, R_NARROW, C);
  for (; i + R_BLOCK <= call->rows; i += R_BLOCK)
    product_block (call, i, l, R_BLOCK, C);
  if (i + 2 <= call->rows) {
    product_block (call, i, l, 2, C);
    i += 2;
  }
  if (i < call->rows)
    product_block (call, i, l, 1, C);
}

void
TABLE (odl_product_) (const OdlCall *call)
{
  gsize l = 0;
  for (; l + C_BLOCK * VL <= call->width; l += C_BLOCK * VL)
    product_lanes (call, l, C_BLOCK);
  for (; l < call->width; l += VL)
    product_lanes (call, l, 1);
}

/* Lane k of one stage of the transposition, whose blocks are d × d: the first result
 * keeps the lanes without bit d and takes the other operand's into those with it. */
#define LOW(d, k)  ((k) & (d) ? VL + (k) - (d) : (k))
#define HIGH(d, k) ((k) & (d) ? VL + (k) : (k) + (d))
#if VL == 8
#define LANES(f, d)                                                                    \
  f (d, 0), f (d, 1), f (d, 2), f (d, 3), f (d, 4), f (d, 5), f (d, 6), f (d, 7)
#elif VL == 4
#define LANES(f, d) f (d, 0), f (d, 1), f (d, 2), f (d, 3)
#else
#define LANES(f, d) f (d, 0), f (d, 1)
#endif
#define STAGE(v, d)                                                                    \
  UNROLL for (int k = 0; k < VL; k++) if (!(k & (d)))                                  \
  {                                                                                    \
    V low = v[k], high = v[k + (d)];                                                   \
    v[k] = __builtin_shufflevector (low, high, LANES (LOW, d));                        \
    v[k + (d)] = __builtin_shufflevector (low, high, LANES (HIGH, d));                 \
  }

INLINE void
transpose (V v[VL])
{
  STAGE (v, 1)
#if VL > 2
  STAGE (v, 2)
#endif
#if VL > 4
  STAGE (v, 4)
#endif
}

/* `count` rows of lanes → a row per lane of `padded` numbers, the last of them 0. */
static void
transpose_tile (const double *from, gsize count, gsize width, gsize padded, double *to)
{
  for (gsize j = 0; j < padded; j += VL)
    for (gsize l = 0; l < width; l += VL) {
      V v[VL];
      UNROLL for (gsize k = 0; k < VL; k++) v[k]
          = j + k < count ? load (from + (j + k) * width + l) : splat (0);
      transpose (v);
      UNROLL for (gsize k = 0; k < VL; k++) store (to + (l + k) * padded + j, v[k]);
    }
}

/* Where a block of sums goes: to[r·r_step + j·j_step] for j < count. */
typedef struct {
  double *to;
  gsize r_step, j_step, count;
} Target;

INLINE void
add_vector (const Target *t, gsize r, gsize j, V sum)
{
  double *to = t->to + r * t->r_step + j * t->j_step;
  if (t->j_step == 1 && j + VL <= t->count)
    store (to, load (to) + sum);
  else
    for (gsize k = 0; k < VL && j + k < t->count; k++)
      to[k * t->j_step] += sum[k];
}

INLINE void
outer_block (Terms terms, const Target *t, gsize i, gsize j, const int R, const int C)
{
  V sums[R_NARROW][C_BLOCK];
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) sums[r][c]
      = splat (0);
  terms.s += i * terms.s_step;
  terms.v += j;
  sum_block (&terms, sums, R, C);
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
      add_vector (t, i + (gsize)r, j + (gsize)c * VL, sums[r][c]);
}

INLINE void
outer_columns (const Terms *terms, const Target *t, gsize rows, gsize j, const int C)
{
  gsize i = 0;
  for (; i + R_BLOCK <= rows; i += R_BLOCK)
    outer_block (*terms, t, i, j, R_BLOCK, C);
  for (; i < rows; i++)
    outer_block (*terms, t, i, j, 1, C);
}

/* One stage of the sums across: neighbours d apart give their halves to one vector. */
#define FOLD(v, d)                                                                     \
  UNROLL for (int k = 0; k < VL; k += 2 * (d))                                         \
  {                                                                                    \
    V low = __builtin_shufflevector (v[k], v[k + (d)], LANES (LOW, d));                \
    V high = __builtin_shufflevector (v[k], v[k + (d)], LANES (HIGH, d));              \
    v[k] = low + high;                                                                 \
  }

/* out[k] += Σ sums[k], k < count ≤ VL. The sums fold together as their vectors are
 * transposed, neighbours first. */
INLINE void
add_across (V sums[VL], double *out, gsize count)
{
  FOLD (sums, 1)
#if VL > 2
  FOLD (sums, 2)
#endif
#if VL > 4
  FOLD (sums, 4)
#endif
  if (count >= VL)
    store (out, load (out) + sums[0]);
  else
    for (gsize k = 0; k < count; k++)
      out[k] += sums[0][k];
}

/* Where VL rows of an operand begin, from row i on; the last stands for those beyond.
 */
INLINE void
find_rows (const double *first, gsize step, gsize rows, gsize i, const double *at[VL])
{
  for (gsize k = 0; k < VL; k++)
    at[k] = first + MIN (i + k, rows - 1) * step;
}

/* A few rows by many: VL of those at a time with all of the few. */
typedef struct {
  const double *few, *many;
  gsize rows, width; /* rows of the many */
  double *out;
} Thin;

INLINE void
thin_sums (const Thin *t, gsize i, V sums[THIN][VL], const int F)
{
  const double *at[VL];
  find_rows (t->many, t->width, t->rows, i, at);
  UNROLL for (int f = 0; f < F; f++) UNROLL for (int k = 0; k < VL; k++) sums[f][k]
      = splat (0);
  for (gsize l = 0; l < t->width; l += VL) {
    V x[THIN];
    UNROLL for (int f = 0; f < F; f++) x[f] = load (t->few + (gsize)f * t->width + l);
    UNROLL for (int k = 0; k < VL; k++)
    {
      V y = load (at[k] + l);
      UNROLL for (int f = 0; f < F; f++) sums[f][k] = fma_ (x[f], y, sums[f][k]);
    }
  }
}

/* The many rows are those of the result. */
INLINE void
outer_thin_b (const Thin *t, const int F)
{
  for (gsize i = 0; i < t->rows; i += VL) {
    V sums[THIN][VL], mixed[VL];
    thin_sums (t, i, sums, F);
    UNROLL for (int half = 0; half < F; half++)
    {
      const gsize done = i * (gsize)F + (gsize)half * VL;
      UNROLL for (int k = 0; k < VL; k++) mixed[k] = sums[k % F][(half * VL + k) / F];
      if (done < t->rows * (gsize)F)
        add_across (mixed, t->out + done, t->rows * (gsize)F - done);
    }
  }
}

/* They are its columns. */
INLINE void
outer_thin_a (const Thin *t, const int F)
{
  for (gsize i = 0; i < t->rows; i += VL) {
    V sums[THIN][VL];
    thin_sums (t, i, sums, F);
    UNROLL for (int f = 0; f < F; f++)
        add_across (sums[f], t->out + (gsize)f * t->rows + i, t->rows - i);
  }
}

/* The operand with more rows is transposed: its rows fill the vectors better. */
static void
outer_transposed (const OdlCall *call)
{
  gsize width = call->width, n_a = call->rows, n_b = call->inner;
  gboolean along_b = n_b >= n_a || n_b % VL == 0;
  const double *s = along_b ? call->a : call->b, *v = along_b ? call->b : call->a;
  gsize rows = along_b ? n_a : n_b, count = along_b ? n_b : n_a;
  gsize padded = (count + VL - 1) / VL * VL, j = 0;
  transpose_tile (v, count, width, padded, call->work);
  Terms terms = { s, call->work, width, 1, padded, width };
  Target target = { call->out, along_b ? n_b : 1, along_b ? 1 : n_b, count };
  for (; j + C_BLOCK * VL <= padded; j += C_BLOCK * VL)
    outer_columns (&terms, &target, rows, j, C_BLOCK);
  for (; j < padded; j += VL)
    outer_columns (&terms, &target, rows, j, 1);
}

void
TABLE (odl_outer_) (const OdlCall *call)
{
  const Thin b = { call->b, call->a, call->rows, call->width, call->out };
  const Thin a = { call->a, call->b, call->inner, call->width, call->out };
  if (call->inner == 1)
    outer_thin_b (&b, 1);
  else if (call->inner == 2)
    outer_thin_b (&b, 2);
  else if (call->rows == 1)
    outer_thin_a (&a, 1);
  else if (call->rows == 2)
    outer_thin_a (&a, 2);
  else
    outer_transposed (call);
}

/* VL rows at a time: their vectors of sums fold to a vector of totals. */
void
TABLE (odl_sum_lanes_) (const OdlCall *call)
{
  for (gsize i = 0; i < call->rows; i += VL) {
    V sums[VL];
    const double *at[VL];
    find_rows (call->a, call->a_step, call->rows, i, at);
    UNROLL for (int k = 0; k < VL; k++) sums[k] = load (at[k]);
    for (gsize l = VL; l < call->width; l += VL)
      UNROLL for (int k = 0; k < VL; k++) sums[k] += load (at[k] + l);
    add_across (sums, call->out + i, call->rows - i);
  }
}

#if VL == ODL_SUM_LANES

/* The many rows by the few (none: by 1). Result (r, f) stands at out + r·r_step +
 * f·f_step. */
typedef struct {
  Thin thin;
  gsize r_step, f_step;
} Deferred;

/* Rows i … i + R of the many by F of the few. */
INLINE void
defer_block (const Deferred *d, gsize i, const gboolean plain, const int F, const int R)
{
  const Thin *t = &d->thin;
  const double *many = t->many + i * t->width;
  double *out = t->out + i * d->r_step;
  V sums[R_BLOCK][THIN], x[THIN];
#define EACH_SUM UNROLL for (int r = 0; r < R; r++) UNROLL for (int f = 0; f < F; f++)
#define SUM_AT   (out + (gsize)r * d->r_step + (gsize)f * d->f_step)
  EACH_SUM sums[r][f] = load (SUM_AT);
  for (gsize l = 0; l < t->width; l += VL) {
    UNROLL for (int f = 0; f < F; f++) x[f]
        = plain ? splat (1) : load (t->few + (gsize)f * t->width + l);
    UNROLL for (int r = 0; r < R; r++)
    {
      V y = load (many + (gsize)r * t->width + l);
      KEEP (y);
      UNROLL for (int f = 0; f < F; f++) sums[r][f] = fma_ (x[f], y, sums[r][f]);
    }
  }
  EACH_SUM store (SUM_AT, sums[r][f]);
}

INLINE void
defer_rows (const Deferred *d, const gboolean plain, const int F)
{
  gsize i = 0;
  for (; i + R_BLOCK <= d->thin.rows; i += R_BLOCK)
    defer_block (d, i, plain, F, R_BLOCK);
  for (; i < d->thin.rows; i++)
    defer_block (d, i, plain, F, 1);
}

void
TABLE (odl_defer_sums_) (const OdlCall *call)
{
  const gsize inner = MAX (call->inner, 1);
  const gboolean few_b = inner <= THIN;
  const Thin by_b = { call->b, call->a, call->rows, call->width, call->out };
  const Thin by_a = { call->a, call->b, call->inner, call->width, call->out };
  const Deferred d
      = { few_b ? by_b : by_a, few_b ? inner * VL : VL, few_b ? VL : inner * VL };
  if (call->inner == 0)
    defer_rows (&d, TRUE, 1);
  else if ((few_b ? inner : call->rows) == 1)
    defer_rows (&d, FALSE, 1);
  else
    defer_rows (&d, FALSE, 2);
}

#endif
