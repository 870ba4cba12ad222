/* A Latent experiment for tests. SPDX-License-Identifier: MIT */
#pragma once

#include "lab/experiment-latent.h"
#include "graph/pool.h"
#include "lab/history.h"

typedef struct {
  OdlRuns *runs;
  OdlExperiment *experiment;
  OdlFrame *frame;
  const OdlLatentPayload *payload;
} LatentFixture;
void latent_set_up (LatentFixture *f, gconstpointer data);
void latent_tear_down (LatentFixture *f, gconstpointer data);
/* Each fails the test when what it does is refused. */
void latent_put (LatentFixture *f, const char *key, const char *text);
void latent_do (LatentFixture *f, const char *kind, int index, double x, double y);
void latent_csv (LatentFixture *f, const char *text);
void latent_train (LatentFixture *f, guint iterations, OdlPool *pool);
gboolean latent_act (LatentFixture *f, const OdlAction *action, GError **error);
/* Takes the frame; settles first, all at once or in slices of `slice_us` with a look after each. */
void latent_look (LatentFixture *f);
void latent_settle (LatentFixture *f, guint slice_us);
/* Mean and all bands, equal bit for bit. */
void latent_check_same (const LatentFixture *a, const LatentFixture *b);
