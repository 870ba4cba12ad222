/* A Flows experiment for tests, small enough that hundreds of iterations are a blink.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "lab/experiment-flows.h"
#include "graph/pool.h"
#include "lab/history.h"

typedef struct {
  OdlRuns *runs;
  OdlExperiment *experiment;
  OdlFrame *frame;
  const OdlFlowsPayload *payload;
} FlowsFixture;
void flows_set_up (FlowsFixture *f, gconstpointer data);
void flows_tear_down (FlowsFixture *f, gconstpointer data);
/* Each fails the test when what it does is refused. */
void flows_put (FlowsFixture *f, const char *key, const char *text);
void flows_train (FlowsFixture *f, guint iterations, OdlPool *pool);
/* Takes the frame; settles first, in short slices as the worker does. */
void flows_look (FlowsFixture *f);
void flows_settle (FlowsFixture *f);
gboolean flows_step (FlowsFixture *f, OdlPool *pool, GError **error);
gboolean flows_act (FlowsFixture *f, const char *kind, double x, double y, GError **error);
gboolean flows_read_csv (FlowsFixture *f, const char *text, GError **error);
/* What must be equal bit for bit: weights, optimiser and iteration, without times. By free (). */
char *flows_fingerprint (const FlowsFixture *f, const char *model);
void flows_check_same (const FlowsFixture *a, const FlowsFixture *b, const char *model);
/* The row of a setting; it must exist. */
const OdlSetting *flows_row (const char *key);
