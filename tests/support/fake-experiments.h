/* Experiments with known behaviour, for tests of what handles experiments. A program that calls FAKE_REGISTRY has these in
 * the registry instead of the real ones, so that it links without them.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "lab/experiment.h"
#include "lab/history.h"

/* counter: iterates the logistic map; every iteration is a row in the book of runs.
 *   gain   REAL 0…4 (3.75)   limit INTEGER 0… (0: none): iterations after which nothing is left
 *   label  TEXT; "forbidden" is refused by `set`     kind CHOICE plain | slow | failing | endless
 *   echo   TEXT that follows from `label`
 *   actions: "add" a point (x < 0 is refused), "move" one (a drag), "paint" (a stroke) adds one per update
 * slow: an iteration takes 4 ms and leaves no trace when interrupted. failing: iteration 10 fails. endless: settle goes on until
 * interrupted, and for a minute at most. */
extern const OdlExperimentClass fake_counter;
/* watcher: shows the book of runs, and counts its frames. No settings, nothing to run. */
extern const OdlExperimentClass fake_watcher;

#define FAKE_MAX_POINTS 4096
typedef struct {
  guint64 iteration;
  double x, sum;         /* sum: of the points, so that a reader can check that it got all of them */
  guint n, begins, updates, ends;
  guint settles;         /* how often endless work was begun */
  double points[FAKE_MAX_POINTS];
} FakeFrame;

enum { FAKE_GAIN, FAKE_LIMIT, FAKE_LABEL, FAKE_KIND, FAKE_ECHO, FAKE_N_SETTINGS };

/* The counter twice, so that two can run, and the watcher. */
#define FAKE_REGISTRY()                                                                          \
  static const OdlExperimentClass *const fakes[] = { &fake_counter, &fake_twin, &fake_watcher }; \
  const OdlExperimentClass *const *odl_experiments (guint *n)                                    \
  {                                                                                              \
    *n = G_N_ELEMENTS (fakes);                                                                   \
    return fakes;                                                                                \
  }                                                                                              \
  const OdlExperimentClass *odl_experiment_find (const char *id, GError **error)                 \
  {                                                                                              \
    return fake_find (fakes, G_N_ELEMENTS (fakes), id, error);                                   \
  }
extern const OdlExperimentClass fake_twin;
const OdlExperimentClass *fake_find (const OdlExperimentClass *const *fakes, guint n, const char *id, GError **error);
