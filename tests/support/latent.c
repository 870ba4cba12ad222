/* A Latent experiment for tests. SPDX-License-Identifier: MIT */
#include "support/latent.h"

#include <string.h>

void
latent_set_up (LatentFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  *f = (LatentFixture){ .runs = odl_runs_new () };
  f->experiment = odl_experiment_new (&odl_experiment_latent, f->runs, &error);
  g_assert_no_error (error);
}

void
latent_tear_down (LatentFixture *f, gconstpointer data)
{
  g_clear_pointer (&f->frame, odl_frame_unref);
  odl_experiment_free (f->experiment);
  odl_runs_free (f->runs);
}

void
latent_put (LatentFixture *f, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  odl_experiment_set_text (f->experiment, key, text, &error);
  g_assert_no_error (error);
}

gboolean
latent_act (LatentFixture *f, const OdlAction *action, GError **error)
{
  return odl_experiment_act (f->experiment, action, error);
}

void
latent_do (LatentFixture *f, const char *kind, int index, double x, double y)
{
  g_autoptr (GError) error = NULL;
  OdlAction action = { .phase = ODL_PHASE_END, .index = index, .x = x, .y = y };
  g_strlcpy (action.kind, kind, sizeof action.kind);
  latent_act (f, &action, &error);
  g_assert_no_error (error);
}

void
latent_csv (LatentFixture *f, const char *text)
{
  g_autoptr (GError) error = NULL;
  const OdlAction action
      = { .kind = "csv", .phase = ODL_PHASE_END, .text = (char *)text };
  latent_act (f, &action, &error);
  g_assert_no_error (error);
}

void
latent_train (LatentFixture *f, guint iterations, OdlPool *pool)
{
  g_autoptr (GError) error = NULL;
  const OdlTime time = { .deadline_us = G_MAXINT64, .pool = pool, .runs = f->runs };
  for (guint i = 0; i < iterations; i++)
    odl_experiment_step (f->experiment, &time, FALSE, &error);
  g_assert_no_error (error);
}

void
latent_look (LatentFixture *f)
{
  g_clear_pointer (&f->frame, odl_frame_unref);
  f->frame = odl_experiment_snapshot (f->experiment);
  f->payload = f->frame->payload;
}

void
latent_settle (LatentFixture *f, guint slice_us)
{
  gboolean more = TRUE;
  while (more) {
    const OdlTime time
        = { .deadline_us
            = slice_us > 0 ? g_get_monotonic_time () + slice_us : G_MAXINT64,
            .runs = f->runs };
    more = odl_experiment_settle (f->experiment, &time);
    if (slice_us > 0)
      latent_look (f);
  }
  latent_look (f);
}

static void
check_band (const OdlCanvasBand *a, const OdlCanvasBand *b, guint n)
{
  const double *const x[] = { a->mean, a->lower50, a->upper50, a->lower95, a->upper95 };
  const double *const y[] = { b->mean, b->lower50, b->upper50, b->lower95, b->upper95 };
  for (guint i = 0; i < G_N_ELEMENTS (x); i++) {
    g_assert_true (x[i] != NULL && y[i] != NULL);
    g_assert_cmpmem (x[i], n * sizeof (double), y[i], n * sizeof (double));
  }
}

void
latent_check_same (const LatentFixture *a, const LatentFixture *b)
{
  const OdlLatentPayload *p = a->payload, *q = b->payload;
  g_assert_cmpuint (p->n_channels, ==, q->n_channels);
  g_assert_cmpuint (p->n_grid, ==, q->n_grid);
  g_assert_cmpmem (p->t, p->n_grid * sizeof (double), q->t,
                   q->n_grid * sizeof (double));
  for (guint c = 0; c < p->n_channels; c++)
    check_band (&p->channels[c].band, &q->channels[c].band, p->n_grid);
}
