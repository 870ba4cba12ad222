/* Rooted trees, which the order conditions of Runge-Kutta methods are indexed by.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

#define TREES_MAX_ORDER 9

/* A tree is its root's subtrees, all earlier in the list. */
typedef struct {
  guint order, n;
  guint child[TREES_MAX_ORDER];
  double density; /* γ: Φ = 1/γ where a method is of the tree's order */
} Tree;

/* All trees of at most this order, by order: 1, 1, 2, 4, 9, 20, 48, 115, 286. */
GArray *trees_new (guint order);
/* Φ_i of every tree for a table a (n × n): row tree, column stage; trees->len × n. */
double *trees_weights (const GArray *trees, guint n, const double *a);
