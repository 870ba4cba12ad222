/* The fit of slopes finds what was planted and nothing where nothing is.
 * SPDX-License-Identifier: MIT */
#include "lab/solvers-study.h"

#include <math.h>

/* The fit finds a planted slope beside a planted floor and a planted pre-asymptotic
 * bend. */
static void
test_fit (void)
{
  OdlLadder ladder = { .n = 14 };
  for (guint i = 0; i < ladder.n; i++) {
    ladder.step[i] = pow (0.5, i);
    ladder.evaluations[i] = 4 / ladder.step[i];
    ladder.error[i] = i < 3   ? 0.5
                      : i > 9 ? 1e-14 * (1 + i % 2)
                              : 0.1 * pow (ladder.step[i], 3);
  }
  odl_solvers_fit (&ladder, 1e-13);
  g_assert_cmpfloat_with_epsilon (ladder.slope, 3, 1e-9);
  g_assert_cmpfloat_with_epsilon (ladder.work_slope, -3, 1e-9);
  g_assert_cmpuint (ladder.first, >=, 3);
  g_assert_cmpuint (ladder.last, <=, 9);
  for (guint i = 0; i < ladder.n; i++)
    ladder.error[i] = i % 2 == 0 ? 1 : 2;
  odl_solvers_fit (&ladder, 0);
  g_assert_true (isnan (ladder.slope));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solvers-study/fit", test_fit);
  return g_test_run ();
}
