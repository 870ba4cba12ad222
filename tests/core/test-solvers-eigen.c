/* Eigenvalues of known matrices and the words for them.
 * SPDX-License-Identifier: MIT */
#include "lab/solvers-eigen.h"

#include <math.h>

static void
test_eigenvalues (void)
{
  double re[3], im[3];
  g_assert_true (odl_eigenvalues (2, (double[]){ -0.1, 1, -1, -0.1 }, re, im));
  g_assert_cmpfloat_with_epsilon (re[0], -0.1, 1e-15);
  g_assert_cmpfloat_with_epsilon (im[0], 1, 1e-15);
  g_assert_cmpstr (odl_equilibrium_kind (2, re, im), ==, "stable spiral");
  g_assert_true (odl_eigenvalues (2, (double[]){ 1, 2, 3, -4 }, re, im));
  g_assert_cmpfloat_with_epsilon (re[0], 2, 1e-14);
  g_assert_cmpfloat_with_epsilon (re[1], -5, 1e-14);
  g_assert_cmpstr (odl_equilibrium_kind (2, re, im), ==, "saddle");
  /* A rotation about (1, 1, 1)/√3 less twice the identity: −2 + 1 and −2 + e^(±iφ). */
  g_assert_true (
      odl_eigenvalues (3, (double[]){ -2, 0, 1, 1, -2, 0, 0, 1, -2 }, re, im));
  g_assert_cmpfloat_with_epsilon (re[0], -1, 1e-12);
  g_assert_cmpfloat_with_epsilon (re[1], -2.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (im[1], sqrt (3) / 2, 1e-12);
  g_assert_cmpstr (odl_equilibrium_kind (3, re, im), ==, "stable spiral");
  g_assert_false (odl_eigenvalues (2, (double[]){ 1, NAN, 0, 1 }, re, im));
  g_assert_cmpstr (odl_equilibrium_kind (2, re, im), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solvers-eigen/known", test_eigenvalues);
  return g_test_run ();
}
