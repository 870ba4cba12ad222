/* Rooted trees. SPDX-License-Identifier: MIT
 *
 * A tree of order n is a root over a multiset of trees whose orders add up to n - 1.
 * The multisets are the non-increasing sequences of trees already in the list, so each
 * is met once. Density and elementary weights follow the same recursion (Hairer,
 * Norsett & Wanner I, II.2): γ (t) = order (t) Π γ (child), Φ_i (t) = Π_child Σ_j a_ij
 * Φ_j. */
#include "support/trees.h"

static const Tree *
tree (const GArray *trees, guint i)
{
  return &g_array_index (trees, Tree, i);
}

/* Completes `t` with children of at most `rest` orders, none later than `last`. */
static void
grow (GArray *trees, Tree t, guint rest, guint last)
{
  if (rest == 0) {
    t.density = t.order;
    for (guint i = 0; i < t.n; i++)
      t.density *= tree (trees, t.child[i])->density;
    g_array_append_val (trees, t);
    return;
  }
  for (guint i = 0; i <= last; i++) {
    if (tree (trees, i)->order > rest)
      break;
    Tree longer = t;
    longer.child[longer.n++] = i;
    grow (trees, longer, rest - tree (trees, i)->order, i);
  }
}

GArray *
trees_new (guint order)
{
  g_assert (order >= 1 && order <= TREES_MAX_ORDER);
  GArray *trees = g_array_new (FALSE, FALSE, sizeof (Tree));
  for (guint n = 1; n <= order; n++)
    grow (trees, (Tree){ .order = n }, n - 1, trees->len ? trees->len - 1 : 0);
  return trees;
}

double *
trees_weights (const GArray *trees, guint n, const double *a)
{
  double *phi = g_new (double, (gsize)trees->len *n);
  for (guint k = 0; k < trees->len; k++)
    for (guint i = 0; i < n; i++) {
      double product = 1;
      for (guint c = 0; c < tree (trees, k)->n; c++) {
        const double *below = phi + (gsize)tree (trees, k)->child[c] * n;
        double sum = 0;
        for (guint j = 0; j < n; j++)
          sum += a[i * n + j] * below[j];
        product *= sum;
      }
      phi[(gsize)k * n + i] = product;
    }
  return phi;
}
